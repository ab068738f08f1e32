//! Sending a person everything that is held about them.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use tokio::sync::oneshot;

use super::work::{End, Unavailable, Work};
use crate::documents::held;
use crate::domain::ChatId;
use crate::telegram::{Api, Outcome};
use crate::text::Forum;

/// Gathers it now and sends it as a file.
pub(super) async fn send(
    api: &Api,
    forum: &Arc<Forum>,
    works: &Sender<Work>,
    chat: ChatId,
) -> (Outcome, End) {
    match render(forum, works, chat).await {
        Ok(text) => {
            let outcome = api
                .document(chat, "samleng-my-data.txt", text.into_bytes(), &[])
                .await;
            (outcome, End::Done)
        }
        Err(Unavailable) => (
            Outcome::Transient("the store cannot be used at the moment".to_owned()),
            End::Done,
        ),
    }
}

async fn render(
    forum: &Arc<Forum>,
    works: &Sender<Work>,
    chat: ChatId,
) -> Result<String, Unavailable> {
    let (done, hear) = oneshot::channel();
    works
        .send(Work::Held(chat, done))
        .map_err(|_| Unavailable)?;
    let held = hear.await.map_err(|_| Unavailable)??;
    Ok(held::text(&held, forum))
}
