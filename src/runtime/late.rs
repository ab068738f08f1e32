//! Making what is made when its turn comes, and sending it: cards in the organisers' group, reports, files, links.

use std::sync::mpsc::Sender;

use tokio::sync::oneshot;

use super::deliver::Means;
use super::making::Failure;
use super::work::{End, Unavailable, Work};
use crate::dialogue::desk::Paper;
use crate::dialogue::desk::late::Made;
use crate::dialogue::{Body, Late, PaperForm};
use crate::documents::{agenda, links};
use crate::domain::{ChatId, MessageId, Sealed};
use crate::store::files;
use crate::store::folder::DataFolder;
use crate::telegram::{Api, Outcome};

/// Makes it now and sends it.
pub(super) async fn send(means: &Means, chat: ChatId, late: Late) -> (Outcome, End) {
    let Means {
        api, works, folder, ..
    } = means;
    let made = match made(works, chat, late).await {
        Ok(made) => made,
        Err(Unavailable) => {
            let why = Unavailable.to_string();
            return (Outcome::Transient(why), End::Done);
        }
    };
    let outcome = match made {
        Made::Nothing => {
            let end = End::Late {
                late,
                message: None,
                told: 0,
            };
            return (Outcome::Sent(None), end);
        }
        Made::Later(at) => return (Outcome::Sent(None), End::Later(at)),
        Made::Over(ending) => return (Outcome::Sent(None), End::Over(late, ending)),
        Made::Message { at, body, told } => return message(api, chat, late, at, &body, told).await,
        Made::File {
            sealed,
            sent_as,
            name,
        } => match opened(folder, &sealed).await {
            Ok(bytes) => api.file_of(chat, sent_as, &name, bytes).await,
            Err(error) => Outcome::Refused(format!("a sealed file cannot be opened: {error}")),
        },
        Made::Link { link, caption } => match links::picture(&link) {
            Ok(picture) => api.photo(chat, picture, &caption).await,
            // Without its picture the link is as good.
            Err(_) => api.send(chat, &Body::from(caption)).await,
        },
        Made::Links(lines) => match links::csv(&lines) {
            Ok(bytes) => api.document(chat, "samleng-links.csv", bytes, &[]).await,
            Err(error) => Outcome::Refused(format!("the links cannot be written: {error}")),
        },
        Made::Paper(paper, form) => paper_file(means, chat, paper, form).await,
    };
    (outcome, End::Done)
}

/// What is taken along to a meeting, as a file.
async fn paper_file(means: &Means, chat: ChatId, paper: Box<Paper>, form: PaperForm) -> Outcome {
    let name = paper.file();
    let ending = agenda::ending(form);
    let made = match form {
        PaperForm::Message => Ok(agenda::text(&paper)),
        PaperForm::Docx => agenda::docx(&paper),
        PaperForm::Data(form) => agenda::data(&paper, form),
        PaperForm::Pdf => match means.workshop.paper(paper).await {
            Ok(bytes) => Ok(bytes),
            Err(Failure::Unavailable(error)) => return Outcome::Transient(error.to_string()),
            Err(Failure::Failed(why)) => return Outcome::Refused(why),
        },
    };
    match made {
        Ok(bytes) => {
            let name = format!("samleng-{name}.{ending}");
            means.api.document(chat, &name, bytes, &[]).await
        }
        Err(error) => Outcome::Refused(error.to_string()),
    }
}

/// Asks the writer, who knows the records.
async fn made(works: &Sender<Work>, chat: ChatId, late: Late) -> Result<Made, Unavailable> {
    let (done, hear) = oneshot::channel();
    works
        .send(Work::Late { chat, late, done })
        .map_err(|_| Unavailable)?;
    hear.await.map_err(|_| Unavailable)?
}

/// Rewrites the message where it stands, else sends it. A card that somebody deleted stays away until its concern changes.
async fn message(
    api: &Api,
    chat: ChatId,
    late: Late,
    at: Option<MessageId>,
    body: &Body,
    told: u64,
) -> (Outcome, End) {
    let (outcome, message) = match at {
        Some(at) => match api.edit(chat, at, body).await {
            Outcome::Sent(_) => (Outcome::Sent(None), Some(at)),
            Outcome::Refused(why) if super::deliver::is_missing(&why) => {
                (Outcome::Sent(None), None)
            }
            outcome @ (Outcome::RetryAfter(_)
            | Outcome::Transient(_)
            | Outcome::Refused(_)
            | Outcome::Migrated(_)
            | Outcome::Gone) => (outcome, Some(at)),
        },
        None => {
            let outcome = api.send(chat, body).await;
            let message = match &outcome {
                Outcome::Sent(message) => *message,
                Outcome::RetryAfter(_)
                | Outcome::Transient(_)
                | Outcome::Refused(_)
                | Outcome::Migrated(_)
                | Outcome::Gone => None,
            };
            (outcome, message)
        }
    };
    let end = End::Late {
        late,
        message,
        told,
    };
    (outcome, end)
}

/// What is in a sealed file.
async fn opened(folder: &DataFolder, sealed: &Sealed) -> anyhow::Result<Vec<u8>> {
    let (folder, sealed) = (folder.clone(), sealed.clone());
    let read = move || files::read(&folder, &sealed);
    Ok(tokio::task::spawn_blocking(read).await??)
}
