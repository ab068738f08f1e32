//! Working out an agenda while the bot runs: beside the writer, since it can take seconds.
//!
//! Guarantees: neither the writer nor anybody in conversation waits for it, and one is worked out at a time; what was worked out counts
//! only if it is still what is wanted ([`crate::dialogue::Event::Proposed`]). Its row stays in the outbox until that is on disk, so after a
//! crash it is worked out again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use tokio::sync::{Mutex, oneshot};

use super::work::{End, Planned, Unavailable, Work};
use crate::agenda::{self, Proposal, Voices};
use crate::domain::ChatId;
use crate::store::StoreError;
use crate::telegram::Outcome;
use crate::text::Forum;

/// Whose turn it is: two at once would hold all records twice.
static TURN: Mutex<()> = Mutex::const_new(());

/// Works it out for whoever is in this chat.
pub(super) async fn work_out(
    works: &Sender<Work>,
    forum: &Arc<Forum>,
    chat: ChatId,
) -> (Outcome, End) {
    let outcome = match once(works, forum, chat).await {
        Ok(()) => Outcome::Sent(None),
        Err(Unavailable) => Outcome::Transient(Unavailable.to_string()),
    };
    (outcome, End::Done)
}

async fn once(works: &Sender<Work>, forum: &Arc<Forum>, chat: ChatId) -> Result<(), Unavailable> {
    let _turn = TURN.lock().await;
    let (done, hear) = oneshot::channel();
    works.send(Work::Agenda(done)).map_err(|_| Unavailable)?;
    let Some(planned) = hear.await.map_err(|_| Unavailable)?? else {
        return Ok(());
    };
    let review = Arc::clone(forum);
    let work_out = move || proposed(planned, &review);
    let proposal = match tokio::task::spawn_blocking(work_out).await {
        Ok(Ok(Some(proposal))) => proposal,
        Ok(Ok(None)) => return Ok(()),
        // It would fail again.
        Ok(Err(error)) => {
            log::error!("an agenda cannot be worked out: {error}");
            return Ok(());
        }
        Err(_) => {
            log::error!("an agenda cannot be worked out: a panic");
            return Ok(());
        }
    };
    let (done, hear) = oneshot::channel();
    let work = Work::Proposed(chat, Box::new(proposal), done);
    works.send(work).map_err(|_| Unavailable)?;
    hear.await.map_err(|_| Unavailable)?
}

fn proposed(planned: Planned, forum: &Forum) -> Result<Option<Proposal>, StoreError> {
    let (snapshot, plan, items) = planned;
    let mut records = snapshot.open()?;
    // Whoever spoke at an earlier meeting only has no share of this one.
    records.leave_earlier();
    let voices = Voices {
        concerns: &records.concerns,
        endorsements: &records.endorsements,
        organisations: &records.organisations,
    };
    let known: BTreeMap<u64, _> = items.into_iter().map(|item| (item.concern, item)).collect();
    let review = forum.config.settings.review;
    Ok(agenda::work_out(voices, review, &plan, &known))
}
