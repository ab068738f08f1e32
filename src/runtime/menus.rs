//! Keeps what Telegram's apps show of the bot as the forum's files and the organisers' roles have it: at every start
//! as a whole, and an organiser's own menu whenever their role or language changes.
//!
//! Must never: keep anybody waiting. What fails is tried again later; the bot answers all the same.

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use tokio::sync::oneshot;

use super::random;
use super::work::{Unavailable, Work};
use crate::domain::{ChatId, Language, Role};
use crate::telegram::profile::{self, Audience};
use crate::telegram::{Api, CallError, Outcome};
use crate::text::Forum;

/// How long the first pause after a failure is; the following ones double, up to [`LONGEST`].
const SHORTEST: Duration = Duration::from_secs(1);
/// The longest pause: what Telegram refuses for good is not asked for every minute.
const LONGEST: Duration = Duration::from_secs(3_600);

/// Sets what differs, and tries until all of it is as it should be. `organisers` are the chats of those who have a role.
pub(super) async fn keep(
    api: Api,
    forum: Arc<Forum>,
    works: Sender<Work>,
    organisers: Vec<ChatId>,
) {
    let mut failures = 0u32;
    loop {
        let error = match pass(&api, &forum, &works, &organisers).await {
            Ok(()) if failures > 0 => {
                log::info!("the menus and descriptions are set, after {failures} failures");
                return;
            }
            Ok(()) => return,
            Err(error) => error,
        };
        if failures == 0 {
            log::warn!("the menus and descriptions cannot be set: {error}; trying again later");
        }
        tokio::time::sleep(pause(&error, failures)).await;
        failures = failures.saturating_add(1);
    }
}

fn pause(error: &CallError, failures: u32) -> Duration {
    match error {
        CallError::RetryAfter(seconds) => Duration::from_secs((*seconds).into()),
        CallError::Refused { .. }
        | CallError::Migrated(_)
        | CallError::Transient(_)
        | CallError::Unreadable => {
            let doubled = SHORTEST.saturating_mul(1 << failures.min(12)).min(LONGEST);
            // Up to a quarter less, so that many bots do not come back at once.
            doubled - doubled.mul_f64((random::bits() % 250) as f64 / 1_000.0)
        }
    }
}

/// Looks at everything once. A refusal of one text holds up none of the others.
async fn pass(
    api: &Api,
    forum: &Forum,
    works: &Sender<Work>,
    organisers: &[ChatId],
) -> Result<(), CallError> {
    let mut refused = Ok(());
    let mut note = |result: Result<(), CallError>| match result {
        Err(error @ CallError::Refused { .. }) => {
            refused = Err(error);
            Ok(())
        }
        result => result,
    };
    let languages = forum.words.languages().map(Some);
    for language in std::iter::once(None).chain(languages) {
        let phrases = forum.words.phrases_or_first(language);
        let (members, groups) = (profile::members(phrases), profile::groups(phrases));
        let (description, about) = (phrases.bot_description(), phrases.bot_about());
        note(
            api.keep_commands(Audience::Private, language, &members)
                .await,
        )?;
        note(api.keep_commands(Audience::Groups, language, &groups).await)?;
        note(api.keep_description(language, &description).await)?;
        note(api.keep_short_description(language, &about).await)?;
    }
    for chat in organisers {
        match of(api, forum, works, *chat).await {
            // Whoever has blocked the bot or is gone needs no menu.
            Ok(()) | Err(CallError::Refused { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    refused
}

/// Brings the menu of one private chat in line with the role and the language of whoever is there.
pub(super) async fn send(api: &Api, forum: &Forum, works: &Sender<Work>, chat: ChatId) -> Outcome {
    Outcome::of(of(api, forum, works, chat).await)
}

/// Two of these may run at once for one chat, in whichever order: each looks again after it has set something, so what was
/// set last is what holds.
async fn of(api: &Api, forum: &Forum, works: &Sender<Work>, chat: ChatId) -> Result<(), CallError> {
    loop {
        let wanted = organiser(works, chat).await?;
        let commands = wanted.map(|(role, language)| {
            let phrases = forum.words.phrases_or_first(language);
            profile::with_role(role, phrases)
        });
        api.keep_commands(Audience::Chat(chat), None, &commands.unwrap_or_default())
            .await?;
        if organiser(works, chat).await? == wanted {
            return Ok(());
        }
    }
}

/// The role and the language of whoever has a role; nothing if nobody with a role is there.
async fn organiser(
    works: &Sender<Work>,
    chat: ChatId,
) -> Result<Option<(Role, Option<Language>)>, CallError> {
    let away = |_| CallError::Transient(Unavailable.to_string());
    let (done, hear) = oneshot::channel();
    works
        .send(Work::Held(chat, done))
        .map_err(|_| away(Unavailable))?;
    let held = hear.await.map_err(|_| away(Unavailable))?.map_err(away)?;
    Ok(held.person.organisers_menu())
}
