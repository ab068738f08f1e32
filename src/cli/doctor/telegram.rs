//! What Telegram says: whether the token is good, what time it is, whether updates come here and to nobody else.

use std::time::Duration;

use jiff::Timestamp;

use super::{Finding, fail, ok, warn};
use crate::cli::setup;
use crate::config::{Mode, Settings};
use crate::runtime::socket::Health;
use crate::telegram::{Api, CallError, WebhookInfo};

/// How long somebody else is waited for, in seconds: other programs ask again after a second or three.
const LISTEN: u32 = 6;
/// How long an update must lie there until it is clear that nobody fetches.
const LIES: Duration = Duration::from_secs(2);
/// How many seconds ago Telegram may have failed to bring something where it is still failing: it tries again within minutes.
const LATELY: i64 = 15 * 60;
/// By how many seconds a clock may be wrong without anybody noticing, the answer's way included.
const TOLERATED: i64 = 30;
/// From how many on it is wrong enough for deadlines and certificates to suffer.
const WRONG: i64 = 300;

const NETWORK: &str = "look at the network, the firewall and the name service of this machine, and at its clock: one that is wrong by \
     months makes every certificate look bad";
const ELSEWHERE: &str = "another program fetches updates with this token. Stop it, or ask BotFather for a new token (/revoke), which \
     locks it out";

/// Access, if there is a token that looks like one.
pub(super) fn api(settings: &Settings) -> anyhow::Result<Api> {
    let token = setup::token(settings)?;
    Api::new(&setup::address(settings)?, &token)
}

/// Whether the token is good, and whether Telegram has said so.
pub(super) async fn token(api: &Api) -> (Finding, bool) {
    let found = match api.me().await {
        Ok(me) => return (ok(format!("Telegram knows it: @{}", me.username)), true),
        Err(CallError::Refused {
            code: code @ (401 | 404),
            ..
        }) => fail(format!(
            "Telegram does not know it ({code}): ask BotFather for a new one, and look at api_url if it is not Telegram's"
        )),
        Err(error @ CallError::Refused { .. }) => fail(format!(
            "Telegram refuses with {}: look at api_url",
            code(&error)
        )),
        Err(CallError::RetryAfter(seconds)) => warn(format!(
            "Telegram wants to be left alone for {seconds} s: try again then"
        )),
        Err(error @ CallError::Transient(_)) if is_server(&error) => warn(format!(
            "{error}: Telegram is not well; the bot waits for it and goes on by itself"
        )),
        Err(error @ CallError::Transient(_)) => {
            fail(format!("Telegram is not reached: {error}; {NETWORK}"))
        }
        Err(CallError::Unreadable | CallError::Migrated(_)) => fail(
            "what answers is not the Bot API: look at api_url, and for a page that wants a log-in to this network",
        ),
    };
    (found, false)
}

/// Whether the clock of this machine agrees with the server's.
pub(super) async fn time(api: &Api) -> Finding {
    let before = Timestamp::now();
    let told = api.server_time().await;
    let after = Timestamp::now();
    let told = match told {
        Ok(Some(told)) => told,
        Ok(None) => {
            return warn(
                "the server does not say what time it is: compare this machine's clock with another (date -u)",
            );
        }
        Err(error) => return warn(format!("not looked at: {error}")),
    };
    // It was told at some moment in between, and in whole seconds.
    let ahead = (before.as_second() - told.as_second() - 1).max(0);
    let behind = (told.as_second() - after.as_second()).max(0);
    let (off, way) = match (ahead, behind) {
        (0, behind) => (behind, "behind"),
        (ahead, _) => (ahead, "ahead of"),
    };
    let words = format!("this machine is {off} s {way} the server");
    let cure = "have it set by the network (timedatectl set-ntp true): deadlines, reminders and the erasure go by it";
    match off {
        0..=TOLERATED if off <= 1 => ok("this machine agrees with the server"),
        0..=TOLERATED => ok(words),
        _ if off < WRONG => warn(format!("{words}: {cure}")),
        _ => fail(format!("{words}: {cure}")),
    }
}

/// Whether updates come to the bot here and to nobody else.
pub(super) async fn updates(api: &Api, settings: &Settings, running: Option<&Health>) -> Finding {
    let webhook = match api.webhook_info().await {
        Ok(webhook) => webhook,
        Err(error) => return warn(format!("not looked at: {}", code(&error))),
    };
    match settings.mode {
        Mode::Polling => fetched(api, &webhook, running).await,
        Mode::Webhook => brought(&webhook, settings, running),
    }
}

/// Whether Telegram can bring them.
fn brought(webhook: &WebhookInfo, settings: &Settings, running: Option<&Health>) -> Finding {
    let waiting = webhook.pending_update_count;
    let ours = settings.webhook.url.as_deref().unwrap_or_default();
    if webhook.url.is_empty() {
        return match running.map(|health| &health.trouble) {
            Some(Some(trouble)) => fail(format!("no webhook is set: {trouble}")),
            Some(None) => warn("no webhook is set: the bot sets it again within a minute"),
            None => warn("no webhook is set: the bot sets it when it starts"),
        };
    }
    if !webhook.url.starts_with(&format!("{ours}/")) {
        return fail(
            "the webhook leads elsewhere: another program uses this token, or url in [webhook] was changed and the bot not restarted",
        );
    }
    // What Telegram says last it goes on saying, long after it was mended.
    let now = Timestamp::now().as_second();
    let is_recent = webhook
        .last_error_date
        .is_none_or(|at| now.saturating_sub(at) < LATELY);
    match &webhook.last_error_message {
        Some(why) if waiting > 0 && is_recent => fail(format!(
            "Telegram cannot bring them ({why}); {waiting} wait: look at the proxy, its certificate, and at listen in [webhook]"
        )),
        Some(_) | None => ok(format!("Telegram brings them; {waiting} wait")),
    }
}

/// Whether they are there to be fetched, and by nobody else.
async fn fetched(api: &Api, webhook: &WebhookInfo, running: Option<&Health>) -> Finding {
    if !webhook.url.is_empty() {
        return fail(
            "a webhook is set, so no update can be fetched: another program uses this token, or did. Ask BotFather for a new token \
             (/revoke), or take the webhook away (deleteWebhook) if it is yours",
        );
    }
    let waiting = webhook.pending_update_count;
    match running {
        // Asking Telegram would break off its poll.
        Some(health) => match &health.trouble {
            None => ok(format!("the running bot gets them; {waiting} wait")),
            Some(trouble) if trouble.starts_with("409") => {
                fail(format!("the running bot gets none: {ELSEWHERE}"))
            }
            Some(trouble) => warn(format!(
                "the running bot gets none at the moment: {trouble}"
            )),
        },
        None => others(api, waiting).await,
    }
}

/// Whether somebody else fetches. Nothing is confirmed: an update that waits and is not gone after a while has found nobody, and
/// if none waits, whoever else waits for one breaks off our waiting.
async fn others(api: &Api, waiting: u32) -> Finding {
    let looked = async {
        let Some(first) = api.first_waiting(LISTEN).await? else {
            return Ok(true);
        };
        tokio::time::sleep(LIES).await;
        let then = api.first_waiting(0).await?;
        Ok::<bool, CallError>(then.is_some_and(|then| then <= first))
    };
    match looked.await {
        Ok(true) => ok(format!(
            "nobody else fetches them; {waiting} wait for the bot"
        )),
        Ok(false) | Err(CallError::Refused { code: 409, .. }) => fail(ELSEWHERE),
        Err(error) => warn(format!(
            "whether somebody else fetches them cannot be told: {}",
            code(&error)
        )),
    }
}

/// An error without what Telegram says of it.
fn code(error: &CallError) -> String {
    match error {
        CallError::Refused { code, .. } => code.to_string(),
        CallError::RetryAfter(_)
        | CallError::Migrated(_)
        | CallError::Transient(_)
        | CallError::Unreadable => error.to_string(),
    }
}

/// Whether an answer came: it is the server that is not well, and not the way there.
fn is_server(error: &CallError) -> bool {
    error.to_string().starts_with("the server answered")
}
