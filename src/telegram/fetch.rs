//! Fetching a file that somebody sent: asking for its link, and following it.
//!
//! Guarantees: bytes are counted as they come, whatever size anybody declared; what is returned is whole. A link is used
//! once and at once, so it need not be kept.
//!
//! Must never: let the link out, into an error either: the token stands in it.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;
use teloxide::payloads::GetFile;
use teloxide::types::FileId;

use super::api::{Api, CallError, describe, refused};

/// How long the link may take to come: Telegram's server first gets the whole file.
const LINK: Duration = Duration::from_secs(60);
/// How long a download may take at most.
const WHOLE: Duration = Duration::from_secs(600);
/// How long a download may stand still.
const STILL: Duration = Duration::from_secs(30);

/// How a fetch ended.
#[derive(Clone, PartialEq, Eq)]
pub enum Fetched {
    /// Here it is.
    Bytes(Vec<u8>),
    /// Again after so many seconds.
    RetryAfter(u32),
    /// Again after a while: the network or the server failed.
    Transient(String),
    /// Telegram does not give it, or not as declared, for a reason that may pass: it may be lost, or "temporarily
    /// unavailable".
    Doubtful,
    /// Never: too large, or no file of this bot.
    Refused,
}

impl std::fmt::Debug for Fetched {
    /// The length, never the content.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Self::RetryAfter(seconds) => write!(f, "RetryAfter({seconds})"),
            Self::Transient(why) => write!(f, "Transient({why})"),
            Self::Doubtful => f.write_str("Doubtful"),
            Self::Refused => f.write_str("Refused"),
        }
    }
}

#[derive(Deserialize)]
struct Link {
    file_path: Option<String>,
    file_size: Option<u64>,
}

impl Api {
    /// Fetches the file with this id, if it has at most `limit` bytes. <https://core.telegram.org/bots/api#getfile>
    pub async fn fetch(&self, id: &str, limit: usize) -> Fetched {
        let call = GetFile::new(FileId(id.to_owned()));
        let link: Link = match self.call_within(&call, LINK).await {
            Ok(link) => link,
            Err(error) => return without_link(error),
        };
        let Some(path) = link.file_path else {
            return Fetched::Transient("no link was given".to_owned());
        };
        self.download(&path, link.file_size, limit).await
    }

    async fn download(&self, path: &str, declared: Option<u64>, limit: usize) -> Fetched {
        let Some(request) = self.file(path) else {
            return Fetched::Transient("an unreadable link was given".to_owned());
        };
        let mut response = match request.timeout(WHOLE).send().await {
            Ok(response) => response,
            Err(error) => return Fetched::Transient(describe(&error)),
        };
        if response.status() != StatusCode::OK {
            return match refused(response).await {
                CallError::RetryAfter(seconds) => Fetched::RetryAfter(seconds),
                // An old link, perhaps; the next try asks for a new one, and that says whether there is a file.
                CallError::Refused { code, .. } => {
                    Fetched::Transient(format!("the download was answered with {code}"))
                }
                error @ (CallError::Transient(_)
                | CallError::Migrated(_)
                | CallError::Unreadable) => Fetched::Transient(error.to_string()),
            };
        }
        let mut bytes = Vec::new();
        loop {
            let chunk = match tokio::time::timeout(STILL, response.chunk()).await {
                Ok(Ok(Some(chunk))) => chunk,
                Ok(Ok(None)) => break,
                Ok(Err(error)) => return Fetched::Transient(describe(&error)),
                Err(_) => return Fetched::Transient("the download stood still".to_owned()),
            };
            if bytes.len() + chunk.len() > limit {
                return Fetched::Refused;
            }
            bytes.extend_from_slice(&chunk);
        }
        // Broken off where no length was told, or a proxy's page instead of the file.
        if declared.is_some_and(|declared| bytes.len() as u64 != declared) {
            return Fetched::Doubtful;
        }
        Fetched::Bytes(bytes)
    }
}

/// What it means that no link was given. Texts are those of today's server.
fn without_link(error: CallError) -> Fetched {
    match error {
        CallError::RetryAfter(seconds) => Fetched::RetryAfter(seconds),
        CallError::Transient(_) | CallError::Unreadable | CallError::Migrated(_) => {
            Fetched::Transient(error.to_string())
        }
        // The token was revoked, or the address is wrong: nothing is wrong with the file.
        CallError::Refused {
            code: code @ (401 | 404 | 409),
            ..
        } => Fetched::Transient(format!("the server answered {code}")),
        CallError::Refused { description, .. } => {
            let lower = description.to_ascii_lowercase();
            let for_good = [
                "file is too big",
                "invalid file_id",
                "file_id not specified",
            ];
            if for_good.iter().any(|text| lower.contains(text)) {
                Fetched::Refused
            } else {
                Fetched::Doubtful
            }
        }
    }
}
