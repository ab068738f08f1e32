//! What can be wished for: an edition, a form, a selection.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::concern::question;
use crate::domain::{Concern, Deed, Language, Status};

/// For whom a digest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    /// For those who prepare the meeting: everything.
    Organisers,
    /// For the authority: what its authors and the review let out.
    Shared,
    /// For the organisers' group: everything that is said, and not by whom, since no look there can be noted.
    Group,
}

/// In which form it is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Telegram messages; a file where there would be too many.
    Messages,
    /// A text file.
    Text,
    /// A JSON file.
    Json,
    /// A printed document; several files where there are very many concerns.
    Pdf,
    /// A spreadsheet.
    Xlsx,
    /// A document that can be edited.
    Docx,
    /// A table as text.
    Csv,
    /// The figures alone, as a picture.
    Stats,
}

/// Which concerns are wanted; all, unless something is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Only this topic, by id.
    pub topic: Option<String>,
    /// Only this place, by id.
    pub place: Option<String>,
    /// Only this status.
    pub status: Option<Status>,
    /// Only what came after this instant.
    #[serde(default)]
    pub after: Option<Timestamp>,
    /// Only what came until this instant.
    #[serde(default)]
    pub until: Option<Timestamp>,
}

/// A wish for a digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// For whom.
    pub edition: Edition,
    /// In which form.
    pub format: Format,
    /// In which language its headings are.
    pub language: Language,
    /// Of what.
    pub filter: Filter,
    /// The one message or file that is to be sent next, of a digest that was made.
    #[serde(default)]
    pub part: Option<Part>,
}

/// From when on what came is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// Since the newest digest of the same edition, topic, place and status.
    Last,
    /// Since the digest with this number.
    Number(u32),
    /// Since this instant.
    At(Timestamp),
}

/// One message or file of a digest that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The digest's number, if it has one.
    pub number: Option<u32>,
    /// Which one, from 0.
    pub index: u32,
    /// Of how many.
    pub of: u32,
    /// A hash of all that is said in a digest without a number: by it one knows whether it still is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<u64>,
}

impl Request {
    /// The same, whole.
    #[must_use]
    pub fn whole(&self) -> Self {
        Self {
            part: None,
            ..self.clone()
        }
    }

    /// A part of it.
    #[must_use]
    pub fn of_part(&self, part: Part) -> Self {
        Self {
            part: Some(part),
            ..self.clone()
        }
    }

    /// The same in another form.
    #[must_use]
    pub fn as_format(&self, format: Format) -> Self {
        Self {
            format,
            ..self.clone()
        }
    }
}

impl Edition {
    /// Its id in button data and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Organisers => "organisers",
            Self::Shared => "shared",
            Self::Group => "group",
        }
    }

    /// The edition with this id, of those that can be asked for.
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Organisers, Self::Shared]
            .into_iter()
            .find(|edition| edition.id() == id)
    }

    /// What the audit log says of whoever has it made.
    pub fn deed(self) -> Deed {
        match self {
            Self::Organisers => Deed::DigestMade,
            Self::Shared => Deed::SharedDigestMade,
            Self::Group => Deed::DigestMade,
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Organisers | Self::Group => Self::Shared,
            Self::Shared => Self::Organisers,
        }
    }
}

impl Format {
    /// All.
    pub const ALL: [Self; 8] = [
        Self::Messages,
        Self::Text,
        Self::Json,
        Self::Pdf,
        Self::Xlsx,
        Self::Docx,
        Self::Csv,
        Self::Stats,
    ];

    /// Its id in button data.
    pub fn id(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Text => "text",
            Self::Json => "json",
            Self::Pdf => "pdf",
            Self::Xlsx => "xlsx",
            Self::Docx => "docx",
            Self::Csv => "csv",
            Self::Stats => "stats",
        }
    }

    /// The format with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.id() == id)
    }
}

impl Filter {
    /// Whether the other one wants the same topic, place and status, from whenever its concerns are.
    pub fn wants_as(&self, other: &Self) -> bool {
        (&self.topic, &self.place, self.status) == (&other.topic, &other.place, other.status)
    }

    pub(super) fn admits(&self, concern: &Concern) -> bool {
        let same = |wanted: &Option<String>, question| {
            wanted
                .as_deref()
                .is_none_or(|wanted| concern.answers.choice(question) == Some(wanted))
        };
        same(&self.topic, question::TOPIC)
            && same(&self.place, question::PLACE)
            && self.status.is_none_or(|status| status == concern.status)
            && self.after.is_none_or(|after| after < concern.came_at())
            && self.until.is_none_or(|until| concern.came_at() <= until)
    }
}
