//! One call, and what became of it.

use std::sync::Arc;

use super::super::digests::Digests;
use super::super::work::End;
use super::super::{agendas, held, late, menus};
use super::{Ended, Means};
use crate::dialogue::{Body, Effect, Late};
use crate::domain::{ChatId, MessageId};
use crate::store::Row;
use crate::telegram::Outcome;

/// One call with what it needs.
pub(super) struct Call {
    pub(super) means: Means,
    /// The message whose buttons go when a new screen comes.
    pub(super) above: Option<MessageId>,
}

impl Call {
    pub(super) async fn make(self, row: Arc<Row>) -> Ended {
        let chat = row.chat;
        let (outcome, end) = match &row.effect {
            Effect::Toast { query, text } => (
                self.means.api.toast(query, text.as_deref()).await,
                End::Done,
            ),
            Effect::Strip { message } => (self.means.api.strip(chat, *message).await, End::Done),
            Effect::Edit {
                message,
                body,
                weight,
            } => self.edit(chat, *message, body, weight.is_screen()).await,
            Effect::Send {
                body,
                clears,
                weight,
            } => self.send(chat, body, *clears, weight.is_screen()).await,
            Effect::Digest(request) => {
                let digests = Digests {
                    api: &self.means.api,
                    forum: &self.means.forum,
                    works: &self.means.works,
                    workshop: &self.means.workshop,
                    chat,
                };
                digests.send(request).await
            }
            Effect::MyData => {
                held::send(&self.means.api, &self.means.forum, &self.means.works, chat).await
            }
            Effect::Late(late) => {
                let means = &self.means;
                match late {
                    Late::Agenda { .. } => {
                        agendas::work_out(&means.works, &means.forum, chat).await
                    }
                    late @ (Late::Card { .. }
                    | Late::Report { .. }
                    | Late::Reminder { .. }
                    | Late::Asked { .. }
                    | Late::Erased
                    | Late::File(_)
                    | Late::Links { .. }
                    | Late::Floor
                    | Late::Paper(..)) => late::send(means, chat, *late).await,
                }
            }
            Effect::Commands => {
                let outcome =
                    menus::send(&self.means.api, &self.means.forum, &self.means.works, chat).await;
                (outcome, End::Done)
            }
        };
        Ended { outcome, end }
    }

    /// A message that cannot be rewritten, perhaps because it was deleted, is sent anew.
    async fn edit(
        &self,
        chat: ChatId,
        message: MessageId,
        body: &Body,
        screen: bool,
    ) -> (Outcome, End) {
        let outcome = self.means.api.edit(chat, message, body).await;
        if matches!(&outcome, Outcome::Refused(why) if is_missing(why)) {
            return self.send(chat, body, screen, screen).await;
        }
        let end = if screen && !body.buttons.is_empty() {
            End::Shown(Some(message))
        } else if self.above == Some(message) {
            End::Shown(None)
        } else {
            End::Done
        };
        (outcome, end)
    }

    /// The new screen and the end of the old one go side by side. Nobody waits for the latter: buttons that stay would be
    /// recognised as old.
    async fn send(&self, chat: ChatId, body: &Body, clears: bool, screen: bool) -> (Outcome, End) {
        let above = self.above.filter(|_| clears);
        if let Some(above) = above {
            let api = self.means.api.clone();
            tokio::spawn(async move { api.strip(chat, above).await });
        }
        let outcome = self.means.api.send(chat, body).await;
        let end = match &outcome {
            Outcome::Sent(message) if screen && !body.buttons.is_empty() => End::Shown(*message),
            Outcome::Sent(_) if above.is_some() => End::Shown(None),
            Outcome::Sent(_)
            | Outcome::RetryAfter(_)
            | Outcome::Transient(_)
            | Outcome::Refused(_)
            | Outcome::Migrated(_)
            | Outcome::Gone => End::Done,
        };
        (outcome, end)
    }
}

/// Whether an edit was refused because there is nothing to edit. <https://core.telegram.org/bots/api#editmessagetext>
pub(in super::super) fn is_missing(why: &str) -> bool {
    let why = why.to_ascii_lowercase();
    [
        "message to edit not found",
        "message can't be edited",
        "message_id_invalid",
    ]
    .iter()
    .any(|text| why.contains(text))
}
