//! The vocabulary: languages, receipts, organisations, concerns and what they are made of.
//!
//! Values here are plain data with their legal changes. This room imports no other, reads no clock and
//! draws no random number; both are arguments wherever they are needed.

pub mod answers;
pub mod concern;
pub mod language;
pub mod organisation;
pub mod person;
pub mod receipt;
pub mod seen;

pub use answers::{Answer, Answers, FileRef, MessageId, Part, PartContent};
pub use concern::{Concern, Disclosure, Status};
pub use language::{Language, Localised};
pub use organisation::Organisation;
pub use person::{ChatId, Role};
pub use receipt::Receipt;
pub use seen::Seen;
