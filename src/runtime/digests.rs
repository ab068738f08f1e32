//! Sending a digest to whoever wished for it: that it is being made, then what was made.
//!
//! A wish is a row of the outbox. When it is fulfilled, a row takes its place that says which message or file of which digest is
//! to be sent next; so nothing that people wrote waits there. What is no longer to be had when its turn comes, after a crash or
//! because something of it was taken back, is made again.

use std::sync::mpsc::Sender;
use std::time::Duration;

use tokio::sync::oneshot;

use super::making::{Failure, Job, Made, Workshop};
use super::work::{End, Unavailable, Work};
use crate::dialogue::desk::format_name;
use crate::dialogue::{Body, Button, Effect, Press, Weight};
use crate::digest::{Edition, Format, Part, Request};
use crate::domain::{ChatId, MessageId};
use crate::telegram::{Api, Outcome};
use crate::text::split::{CAPTION_CHARS, MESSAGE_CHARS, split};
use crate::text::{Forum, Html, Phrases};

/// How often Telegram is told that a file is on its way: it shows it for five seconds.
const ACTION: Duration = Duration::from_secs(4);

/// What it takes to send a digest.
pub(super) struct Digests<'a> {
    pub(super) api: &'a Api,
    pub(super) forum: &'a Forum,
    pub(super) works: &'a Sender<Work>,
    pub(super) workshop: &'a Workshop,
    pub(super) chat: ChatId,
}

impl Digests<'_> {
    /// Does what is wished for, if whoever is in the chat may still have it.
    pub(super) async fn send(self, request: &Request) -> (Outcome, End) {
        if let Some(instead) = self.instead(request).await {
            return instead;
        }
        match request.part {
            Some(part) => self.part(request, part).await,
            None => match request.format {
                Format::Stats => self.picture(request).await,
                Format::Pdf | Format::Xlsx | Format::Docx => self.telling(request).await,
                Format::Messages | Format::Text | Format::Json | Format::Csv => {
                    let job = self.workshop.begin(request);
                    let made = self.workshop.made(&job).await;
                    self.ended(made.map(|made| self.first(request, made)), request)
                }
            },
        }
    }

    /// What becomes of the wish where it may not be fulfilled now. To be asked once more after whatever takes a while.
    async fn instead(&self, request: &Request) -> Option<(Outcome, End)> {
        match self.may_have(request).await {
            Ok(May::Have) => None,
            // They have lost their role since they asked.
            Ok(May::Not) => Some((Outcome::Sent(None), End::Done)),
            // Something of it was taken back since: what is sent from now on is another digest.
            Ok(May::HaveAnother) => {
                let anew = Effect::Digest(request.whole());
                Some((Outcome::Sent(None), End::Became(vec![anew])))
            }
            Err(unavailable) => Some((Outcome::Transient(unavailable.to_string()), End::Done)),
        }
    }

    /// Whether whoever is in this chat may have it now.
    async fn may_have(&self, request: &Request) -> Result<May, Unavailable> {
        let (done, hear) = oneshot::channel();
        let number = request.part.and_then(|part| part.number);
        let ask = Work::MayHave(self.chat, request.edition, number, done);
        self.works.send(ask).map_err(|_| Unavailable)?;
        hear.await.map_err(|_| Unavailable)?
    }

    /// The messages of a digest, with the buttons below the last.
    fn messages(&self, request: &Request, made: &Made) -> Vec<Body> {
        let phrases = self.forum.words.phrases(request.language);
        let mut bodies: Vec<Body> = Vec::new();
        if made.whole {
            bodies.extend(made.messages.iter().cloned().map(Body::from));
        } else {
            for summary in &made.messages {
                let mut summary = summary.clone();
                summary.paragraph(&phrases.digest_attached());
                bodies.extend(split(&summary, MESSAGE_CHARS).into_iter().map(Body::from));
            }
        }
        if let Some(last) = bodies.last_mut() {
            last.buttons = buttons(request.edition, made.number(), phrases);
        }
        bodies
    }

    /// A row for what is sent first; with each that is sent comes a row for the next.
    fn first(&self, request: &Request, made: &Made) -> Vec<Effect> {
        let count = match request.format {
            Format::Messages => self.messages(request, made).len(),
            Format::Stats
            | Format::Text
            | Format::Json
            | Format::Pdf
            | Format::Xlsx
            | Format::Docx
            | Format::Csv => made.files.len(),
        };
        let part = Part {
            number: made.number(),
            index: 0,
            of: count as u32,
            said: made.said(),
        };
        let first = (count > 0).then(|| request.of_part(part));
        first.map(Effect::Digest).into_iter().collect()
    }

    /// What follows when this part is sent.
    fn next(&self, request: &Request, part: Part, made: &Made) -> Vec<Effect> {
        let index = part.index + 1;
        if index < part.of {
            return vec![Effect::Digest(request.of_part(Part { index, ..part }))];
        }
        // The messages are only the summary.
        let rest = (!made.whole).then(|| request.whole().as_format(Format::Pdf));
        rest.map(Effect::Digest).into_iter().collect()
    }

    /// The figures, as a picture; what finds no room below it follows.
    async fn picture(&self, request: &Request) -> (Outcome, End) {
        let job = self.workshop.begin(request);
        let made = match self.workshop.made(&job).await {
            Ok(made) => made,
            Err(failure) => return self.ended(Err(failure), request),
        };
        if let Some(instead) = self.instead(request).await {
            return instead;
        }
        let words = made.messages.iter();
        let mut words = words.flat_map(|words| split(words, CAPTION_CHARS));
        let caption = words.next().unwrap_or_default();
        let Some(picture) = made.files.first() else {
            let words = std::iter::once(caption).chain(words);
            let rest = words.map(Body::from).map(lasting).collect();
            return (Outcome::Sent(None), End::Became(rest));
        };
        let picture = match picture.read().await {
            Ok(picture) => picture,
            Err(error) => return (Outcome::Transient(error.to_string()), End::Done),
        };
        let outcome = self.api.photo(self.chat, picture, &caption).await;
        let rest: Vec<Effect> = words.map(Body::from).map(lasting).collect();
        (outcome, End::Became(rest))
    }

    /// Says that it is being made, and how far it is, until it is made.
    async fn telling(&self, request: &Request) -> (Outcome, End) {
        let phrases = self.forum.words.phrases(request.language);
        let name = format_name(request.format, phrases);
        let message = match self.workshop.told(self.chat, request) {
            Some(message) => Some(message),
            None => {
                let begun = Body::from(phrases.digest_being_made(&name));
                match self.api.send(self.chat, &begun).await {
                    Outcome::Sent(message) => message,
                    outcome @ (Outcome::RetryAfter(_)
                    | Outcome::Transient(_)
                    | Outcome::Refused(_)
                    | Outcome::Migrated(_)
                    | Outcome::Gone) => return (outcome, End::Done),
                }
            }
        };
        let job = self.workshop.begin(request);
        let made = tokio::select! {
            made = self.workshop.made(&job) => made,
            never = self.tell(&job, message, &name, phrases) => match never {},
        };
        let said = match &made {
            Ok(made) => said(made, &name, phrases),
            Err(Failure::Failed(_)) => phrases.digest_not_made(&name),
            Err(Failure::Unavailable(_)) => {
                if let Some(message) = message {
                    self.workshop.tells(self.chat, request, message);
                }
                phrases.digest_not_made(&name)
            }
        };
        let (outcome, mut end) = self.ended(made.map(|made| self.first(request, made)), request);
        // A row, so that the message says how it ended also after a restart.
        if let (End::Became(effects), Some(message)) = (&mut end, message) {
            let told = Effect::Edit {
                message,
                body: Body::from(said),
                weight: Weight::Lasting,
            };
            effects.insert(0, told);
        }
        (outcome, end)
    }

    /// Shows that something is being made, and rewrites the message whenever a part of it is.
    async fn tell(
        &self,
        job: &Job,
        message: Option<MessageId>,
        name: &str,
        phrases: Phrases<'_>,
    ) -> std::convert::Infallible {
        let mut progress = job.progress();
        loop {
            self.api.uploading(self.chat).await;
            let changed = tokio::time::timeout(ACTION, progress.changed()).await;
            if let Ok(Ok(())) = changed {
                let (done, of) = *progress.borrow_and_update();
                if done < of {
                    let (done, of) = (u64::from(done), u64::from(of));
                    let progress = phrases.digest_progress(name, done, of);
                    if let Some(Outcome::RetryAfter(seconds)) = self.edit(message, progress).await {
                        tokio::time::sleep(Duration::from_secs(seconds.into())).await;
                    }
                }
            }
        }
    }

    /// Only words about what comes: without them it comes as well.
    async fn edit(&self, message: Option<MessageId>, html: Html) -> Option<Outcome> {
        let body = Body::from(html);
        Some(self.api.edit(self.chat, message?, &body).await)
    }

    /// One message or file of a digest that was made.
    async fn part(&self, request: &Request, part: Part) -> (Outcome, End) {
        let whole = request.whole();
        // What has no number is made each time: only so it is known whether it still says the same.
        let kept = part
            .number
            .and_then(|number| self.workshop.kept(&whole, number));
        let was_kept = kept.is_some();
        let job = kept.unwrap_or_else(|| self.workshop.begin(&whole));
        let made = match self.workshop.made(&job).await {
            Ok(made) => made,
            Err(failure) => return self.ended(Err(failure), request),
        };
        // After a restart, or without a number, it may be another digest: it is sent from its beginning.
        if (made.number(), made.said()) != (part.number, part.said) {
            return (Outcome::Sent(None), End::Became(self.first(&whole, made)));
        }
        if !was_kept && let Some(instead) = self.instead(request).await {
            return instead;
        }
        let Some(outcome) = self.send_part(&whole, part, made).await else {
            let anew = Effect::Digest(whole);
            return (Outcome::Sent(None), End::Became(vec![anew]));
        };
        let next = self.next(&whole, part, made);
        // One that Telegram refuses takes none of the others with it.
        let outcome = match outcome {
            Outcome::Refused(_) if !next.is_empty() => {
                log::error!("a part of a digest is refused for good");
                Outcome::Sent(None)
            }
            outcome @ (Outcome::Sent(_)
            | Outcome::RetryAfter(_)
            | Outcome::Transient(_)
            | Outcome::Refused(_)
            | Outcome::Migrated(_)
            | Outcome::Gone) => outcome,
        };
        (outcome, End::Became(next))
    }

    /// Nothing, if it cannot be read any more.
    async fn send_part(&self, request: &Request, part: Part, made: &Made) -> Option<Outcome> {
        if request.format == Format::Messages {
            let messages = self.messages(request, made);
            let message = messages.get(part.index as usize)?;
            return Some(self.api.send(self.chat, message).await);
        }
        let Ok(bytes) = made.files.get(part.index as usize)?.read().await else {
            log::error!("a digest that was made cannot be read; it is made again");
            return None;
        };
        let name = file_name(request, part);
        Some(self.api.document(self.chat, &name, bytes, &[]).await)
    }

    /// What takes the wish's place.
    fn ended(&self, made: Result<Vec<Effect>, Failure>, request: &Request) -> (Outcome, End) {
        match made {
            Ok(effects) => (Outcome::Sent(None), End::Became(effects)),
            Err(Failure::Unavailable(why)) => (Outcome::Transient(why.to_string()), End::Done),
            Err(Failure::Failed(_)) => {
                // What a library says of it may quote somebody.
                log::error!("a digest cannot be made as {}", request.format.id());
                match request.format {
                    // There is nothing simpler.
                    Format::Text | Format::Messages => {
                        let why = "a digest cannot be made".to_owned();
                        (Outcome::Refused(why), End::Done)
                    }
                    Format::Stats
                    | Format::Json
                    | Format::Pdf
                    | Format::Xlsx
                    | Format::Docx
                    | Format::Csv => {
                        let text = Effect::Digest(request.whole().as_format(Format::Text));
                        (Outcome::Sent(None), End::Became(vec![text]))
                    }
                }
            }
        }
    }
}

/// What becomes of a wish when its turn comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    /// They may not have it.
    Not,
    /// They may.
    Have,
    /// They may, but something of what was made was taken back since.
    HaveAnother,
}

fn lasting(body: Body) -> Effect {
    Effect::Send {
        body,
        clears: false,
        weight: Weight::Lasting,
    }
}

fn file_name(request: &Request, part: Part) -> String {
    let number = part
        .number
        .map_or_else(String::new, |number| format!("-{number}"));
    let which = match (part.of, part.index) {
        (1, _) => String::new(),
        (_, 0) => "-summary".to_owned(),
        (_, index) => format!("-part-{index}"),
    };
    let ending = match request.format {
        Format::Text | Format::Messages => "txt",
        Format::Stats => "png",
        Format::Json => "json",
        Format::Pdf => "pdf",
        Format::Xlsx => "xlsx",
        Format::Docx => "docx",
        Format::Csv => "csv",
    };
    format!(
        "samleng-digest{number}-{}{which}.{ending}",
        request.edition.id()
    )
}

/// What is said once it is made.
fn said(made: &Made, name: &str, phrases: Phrases<'_>) -> Html {
    let number = made.number().unwrap_or_default().into();
    phrases.digest_ready(name, number, made.files.len() as u64)
}

/// The other edition, files, another selection. These buttons stay good; who presses them is checked.
fn buttons(edition: Edition, number: Option<u32>, phrases: Phrases<'_>) -> Vec<Vec<Button>> {
    let button = |label, edition, format| Button {
        label,
        data: Press::Digest(edition, format, number).write(),
    };
    let other = match edition {
        Edition::Shared => phrases.button_organisers(),
        Edition::Organisers => phrases.button_shared(),
        // In the group nobody is asked for their right to more.
        Edition::Group => return Vec::new(),
    };
    let file = |format| button(format_name(format, phrases), edition, format);
    vec![
        [Format::Pdf, Format::Docx, Format::Xlsx].map(file).into(),
        [Format::Text, Format::Csv, Format::Json].map(file).into(),
        vec![
            button(other, edition.other(), Format::Messages),
            Button {
                label: phrases.button_select(),
                data: Press::Select(edition).write(),
            },
        ],
    ]
}
