//! The vocabulary: languages, receipts, organisations, concerns, the meeting and what they are made of.
//!
//! Values here are plain data with their legal changes. This room imports no other, reads no clock and
//! draws no random number; both are arguments wherever they are needed.

pub mod access;
pub mod agenda;
pub mod announcement;
pub mod answers;
pub mod archive;
pub mod attachment;
pub mod audit;
pub mod concern;
pub mod floor;
pub mod group;
pub mod invitation;
pub mod language;
pub mod meeting;
pub mod organisation;
pub mod person;
pub mod promise;
pub mod receipt;
pub mod reminder;
pub mod seen;

pub use access::Act;
pub use agenda::{AgendaItem, AgendaPlan, Sides};
pub use announcement::{Announcement, Audience};
pub use answers::{Answer, Answers, FileRef, MessageId, Part, PartContent};
pub use archive::Archive;
pub use attachment::{Attachment, Sealed, SentAs, Transcript, Whereabouts};
pub use audit::{Deed, Who};
pub use concern::{Concern, Disclosure, Endorsement, Past, Stamp, Status};
pub use floor::{FloorDeed, FloorEntry, FloorOutcome, Side};
pub use group::{Card, Group};
pub use invitation::Invitation;
pub use language::{Language, Localised};
pub use meeting::{Day, Meeting, Rsvp};
pub use organisation::Organisation;
pub use person::{ChatId, Role};
pub use promise::{Promise, Report, Voice};
pub use receipt::Receipt;
pub use reminder::Reminded;
pub use seen::Seen;
