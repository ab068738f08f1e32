//! Making a digest while the bot runs: the writer copies the records, the rest happens elsewhere.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use tokio::sync::oneshot;

use super::clock::Clock;
use super::work::{End, Unavailable, Work};
use crate::dialogue::{Body, Button, Effect, Press, Weight};
use crate::digest::{self, AnyDigest, Digest, Edition, Format, Reader, Records, Request};
use crate::documents::{self, stats, text::Text};
use crate::domain::ChatId;
use crate::telegram::{Api, Outcome};
use crate::text::{Forum, Html};

/// Makes the digest that was asked for and renders it: both on another thread, since a long one takes a while.
///
/// # Errors
/// If the store cannot be used, or a record cannot be read.
pub async fn make<T: Send + 'static>(
    forum: &Arc<Forum>,
    works: &Sender<Work>,
    clock: &Clock,
    request: &Request,
    render: impl FnOnce(&AnyDigest, &Records, &Forum, &Request) -> T + Send + 'static,
) -> anyhow::Result<T> {
    let (done, hear) = oneshot::channel();
    works.send(Work::Snapshot(done)).map_err(|_| Unavailable)?;
    let snapshot = hear.await.map_err(|_| Unavailable)??;
    let (forum, request, clock) = (Arc::clone(forum), request.clone(), clock.clone());
    let make = move || {
        let records = snapshot.open()?;
        let digest = digest::make_any(&records, &request, &forum.config, clock.now());
        Ok(render(&digest, &records, &forum, &request))
    };
    tokio::task::spawn_blocking(make).await?
}

/// Makes the digest for an organiser: a file is sent at once; messages become rows, so that none goes twice.
pub(super) async fn send(
    api: &Api,
    forum: &Arc<Forum>,
    works: &Sender<Work>,
    clock: &Clock,
    chat: ChatId,
    request: &Request,
) -> (Outcome, End) {
    match is_theirs(works, chat, request.edition).await {
        Ok(true) => {}
        // They have lost their role since they asked.
        Ok(false) => return (Outcome::Sent(None), End::Done),
        Err(unavailable) => return (Outcome::Transient(unavailable.to_string()), End::Done),
    }
    match make(forum, works, clock, request, rendered).await.flatten() {
        Ok(Rendered::Messages(effects)) => (Outcome::Sent(None), End::Became(effects)),
        Ok(Rendered::File(name, bytes)) => (api.document(chat, &name, bytes, &[]).await, End::Done),
        Err(error) => (Outcome::Transient(format!("no digest: {error}")), End::Done),
    }
}

/// Whether whoever is in this chat may have it now.
async fn is_theirs(
    works: &Sender<Work>,
    chat: ChatId,
    edition: Edition,
) -> Result<bool, Unavailable> {
    let (done, hear) = oneshot::channel();
    let asked = works.send(Work::MayHave(chat, edition, done));
    asked.map_err(|_| Unavailable)?;
    hear.await.map_err(|_| Unavailable)?
}

enum Rendered {
    Messages(Vec<Effect>),
    /// Name and content.
    File(String, Vec<u8>),
}

fn rendered(
    digest: &AnyDigest,
    records: &Records,
    forum: &Forum,
    request: &Request,
) -> anyhow::Result<Rendered> {
    match request.format {
        Format::Messages => Ok(Rendered::Messages(match digest {
            AnyDigest::Organisers(digest) => messages(digest, forum, request),
            AnyDigest::Shared(digest) => messages(digest, forum, request),
            AnyDigest::Group(digest) => messages(digest, forum, request),
        })),
        Format::Stats => {
            let figures = digest::figures(records, jiff::Timestamp::now());
            let html = stats::html(&figures, forum, request.language);
            let parts = crate::text::split::split(&html, crate::text::split::MESSAGE_CHARS);
            let send = |html: Html| Effect::Send {
                body: Body::from(html),
                clears: false,
                weight: Weight::Lasting,
            };
            Ok(Rendered::Messages(parts.into_iter().map(send).collect()))
        }
        Format::Text | Format::Json | Format::Pdf | Format::Xlsx | Format::Docx | Format::Csv => {
            let mut whole = Vec::new();
            documents::render(
                digest,
                request.format,
                forum,
                request.language,
                &mut |bytes| {
                    whole.extend(bytes);
                    Ok(())
                },
            )?;
            let name = format!("samleng-{}.{}", request.edition.id(), request.format.id());
            Ok(Rendered::File(name, whole))
        }
    }
}

fn messages<R: Reader>(digest: &Digest<R>, forum: &Forum, request: &Request) -> Vec<Effect> {
    // What was new has gone since.
    if R::EDITION == Edition::Group && digest.totals.received == digest.totals.withdrawn {
        return Vec::new();
    }
    let text = Text::new(digest, forum, request.language);
    let message = |html: Html| Body {
        html,
        buttons: Vec::new(),
    };
    let mut file = None;
    let mut bodies: Vec<Body> = match text.messages() {
        Some(messages) => messages.into_iter().map(message).collect(),
        None => {
            file = Some(Effect::Digest(Request {
                format: Format::Text,
                ..request.clone()
            }));
            let mut summary = text.summary;
            summary.paragraph(&forum.words.phrases(request.language).digest_attached());
            crate::text::split::split(&summary, crate::text::split::MESSAGE_CHARS)
                .into_iter()
                .map(message)
                .collect()
        }
    };
    if let Some(last) = bodies.last_mut() {
        last.buttons = buttons(forum, request);
    }
    let send = |body| Effect::Send {
        body,
        clears: false,
        weight: Weight::Lasting,
    };
    bodies.into_iter().map(send).chain(file).collect()
}

/// The other edition, and files. These buttons stay good; who presses them is checked.
fn buttons(forum: &Forum, request: &Request) -> Vec<Vec<Button>> {
    let phrases = forum.words.phrases(request.language);
    let button = |label, edition, format| Button {
        label,
        data: Press::Digest(edition, format).write(),
    };
    let edition = request.edition;
    let other = match edition {
        Edition::Shared => phrases.button_organisers(),
        Edition::Organisers => phrases.button_shared(),
        // In the group nobody is asked for their right to more.
        Edition::Group => return Vec::new(),
    };
    vec![
        vec![button(other, edition.other(), Format::Messages)],
        vec![
            button(phrases.button_as_text(), edition, Format::Text),
            button(phrases.button_as_json(), edition, Format::Json),
        ],
    ]
}
