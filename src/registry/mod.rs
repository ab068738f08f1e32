//! The registry: a list of organisations that somebody keeps elsewhere.
//!
//! [`read`] understands such a list as a file, [`Finder`] finds an organisation by the name that a person typed.
//! Both are pure: the bytes of the file and the names come as arguments. Nothing here decides who may speak for an
//! organisation, and nothing here is ever logged.

mod columns;
mod finder;
mod keys;
pub mod read;
mod sheet;
mod sound;

pub use finder::{Finder, Found, PLAUSIBLE};
