//! A file that belongs to a submitted concern: first it lies with Telegram, then here.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::FileRef;

/// A voice note, photo or document of a submitted concern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Counted; [`FileRef::kept`] names it.
    pub id: u64,
    /// The concern.
    pub concern: u64,
    /// The organisation, whose room it takes.
    pub organisation: u64,
    /// What it was sent as.
    pub sent_as: SentAs,
    /// Where it is.
    pub whereabouts: Whereabouts,
    /// What is said in it, once somebody has written it down.
    #[serde(default)]
    pub transcript: Option<Transcript>,
}

/// What is said in a voice note, in writing. It is read by others only once the author has approved it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcript {
    /// The words.
    pub text: String,
    /// The organiser who wrote them down, by internal number; nobody if its author did.
    pub by: Option<u64>,
    /// When.
    pub at: Timestamp,
    /// Whether its author says that it is right.
    pub approved: bool,
}

impl Attachment {
    /// What is said in it, as its author approved it.
    pub fn approved_words(&self) -> Option<&str> {
        let transcript = self.transcript.as_ref().filter(|words| words.approved)?;
        Some(&transcript.text)
    }
}

/// What a file was sent as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SentAs {
    /// A voice note.
    Voice,
    /// A photo.
    Photo,
    /// A document.
    Document,
}

/// Where a file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whereabouts {
    /// With Telegram, to be fetched.
    Telegram(FileRef),
    /// Here, cleaned and sealed.
    Here(Sealed),
    /// Nowhere: it could not be kept.
    Refused,
}

/// A sealed file in the data folder. Whoever erases this erases the file: its key is nowhere else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Its name under `files/`: random.
    pub name: String,
    /// The key with which it is sealed: 32 bytes.
    pub key: Vec<u8>,
    /// Its type, by content: an id such as `jpeg`.
    pub kind: String,
    /// Bytes of what is sealed.
    pub size: u64,
}

impl std::fmt::Debug for Sealed {
    /// Never the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({}, {} bytes)", self.kind, self.size)
    }
}
