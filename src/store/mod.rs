//! The store: what is known is kept here, sealed, in one folder on one disk.
//!
//! Guarantees: a commit that returned `Ok` survives a power cut; what is on the disk cannot be read
//! or changed unnoticed without the master key; a missing key is an error once a store exists, never
//! a reason to make another.
//!
//! Must never: name Telegram, read the environment or a clock, write a word of a person or a key to
//! a log. Only `sled_kv` names sled.
//!
//! From the bottom: [`folder`] the data folder and private files, [`key`] the master key and what is
//! derived from it, [`seal`] sealed values and hashed store keys, [`files`] sealed files, [`kv`] the seam, [`sled_kv`] and
//! [`memory_kv`] its two implementers, [`record`] and [`outbox`] what is kept, [`kind`] the list of its kinds, `pointer` and `index` how it is
//! found, [`vault`] typed access to it, `counted` whether it is all that there was, `digests` what was handed out, `export` all of it as JSON, [`stage`] a batch in the making, [`inspect`] looks without
//! touching, [`rebuild`] and `reseal` how what was erased leaves the disk, [`backup`] everything in one file, from a `copy` that goes on beside commits, [`restore`] the way back, [`salvage`] what a damaged store still gives, by `sled_log`,
//! [`erasures`] what no backup may bring back.

pub mod backup;
mod copy;
mod counted;
mod digests;
pub mod erasures;
mod export;
pub mod files;
pub mod folder;
mod index;
pub mod inspect;
pub mod key;
pub mod kind;
pub mod kv;
pub mod memory_kv;
pub mod outbox;
mod pointer;
pub mod pour;
pub mod rebuild;
pub mod record;
mod reseal;
pub mod restore;
pub mod salvage;
pub mod seal;
pub mod sled_kv;
mod sled_log;
pub mod stage;
pub mod vault;

pub use outbox::{Lane, Row, RowId};
pub use stage::{Aftermath, Finished, Stage};
pub use vault::{Snapshot, Store, StoreError};
