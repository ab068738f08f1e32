//! getUpdates (rows 39 to 44).
//!
//! Guarantees that at most one poll of a bot waits: a newer one that must wait, too, ends the older with 409. Waits by the
//! emulator's clock.

use std::sync::Mutex;

use super::bot::Bot;
use super::error::{ApiError, conflict};
use super::params::Params;
use super::server::{Shop, lock};
use super::webhook::remember_kinds;

/// What is remembered between polls.
#[derive(Debug, Default)]
pub(super) struct Poll {
    serial: u64,
    waiting: Option<u64>,
    last: Option<(i64, i64)>,
    last_conflict_ms: Option<i64>,
}

impl Poll {
    /// The poll that waits is to end.
    pub(super) fn stop_waiting(&mut self) {
        self.waiting = None;
    }
}

/// Frees the seat of a waiting poll when its caller goes away.
struct Seat<'a> {
    bot: &'a Mutex<Bot>,
    serial: u64,
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut bot = lock(self.bot);
        if bot.poll.waiting == Some(self.serial) {
            bot.poll.waiting = None;
        }
    }
}

enum Begun {
    Done(String),
    Wait {
        serial: u64,
        limit: usize,
        until_ms: i64,
    },
}

/// getUpdates.
pub(super) async fn get_updates(
    shop: &Shop,
    bot: &Mutex<Bot>,
    params: &Params,
) -> Result<String, ApiError> {
    let begun = begin(&mut lock(bot), params, shop.clock.now_ms())?;
    let (serial, limit, until_ms) = match begun {
        Begun::Done(answer) => return Ok(answer),
        Begun::Wait {
            serial,
            limit,
            until_ms,
        } => (serial, limit, until_ms),
    };
    let seat = Seat { bot, serial };
    let wake = lock(bot).queue.wake.clone();
    loop {
        let woken = wake.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        let now_ms = shop.clock.now_ms();
        let ended = {
            let mut bot = lock(bot);
            if bot.poll.waiting == Some(serial) {
                if let Some(answer) = bot.queue.take(limit, now_ms) {
                    return Ok(answer);
                }
                None
            } else if !bot.webhook.is_set() {
                let soon = bot
                    .poll
                    .last_conflict_ms
                    .is_some_and(|at| now_ms - at < 3000);
                bot.poll.last_conflict_ms = Some(now_ms);
                Some((
                    soon,
                    "terminated by other getUpdates request; make sure that only one bot instance is running",
                ))
            } else {
                Some((false, "terminated by setWebhook request"))
            }
        };
        if let Some((delay, reason)) = ended {
            drop(seat);
            if delay {
                tokio::select! {
                    () = shop.clock.sleep_until(now_ms + 3000) => {}
                    () = shop.stopped() => {}
                }
            }
            return Err(conflict(reason));
        }
        if now_ms >= until_ms || shop.is_stopped() {
            return Ok("[]".to_owned());
        }
        tokio::select! {
            () = &mut woken => {}
            () = shop.clock.sleep_until(until_ms) => {}
            () = shop.stopped() => {}
        }
    }
}

fn begin(bot: &mut Bot, params: &Params, now_ms: i64) -> Result<Begun, ApiError> {
    if bot.webhook.is_set() {
        let cure = "use deleteWebhook to delete the webhook first";
        return Err(conflict(format!(
            "can't use getUpdates method while webhook is active; {cure}"
        )));
    }
    let offset = params.int("offset").unwrap_or(0);
    let limit = params.int("limit").unwrap_or(100).clamp(1, 100);
    let mut limit = usize::try_from(limit).unwrap_or(100);
    let mut timeout = params.int("timeout").unwrap_or(0).clamp(0, 50);
    remember_kinds(bot, params);
    // Row 41: a hurried repetition waits, and a very hurried one gets only one update.
    if let Some((last_offset, at)) = bot.poll.last
        && last_offset == offset
    {
        if timeout < 3 && now_ms - at < 3000 {
            timeout = 3;
        }
        if now_ms - at < 500 {
            limit = 1;
        }
    }
    bot.poll.last = Some((offset, now_ms));
    let logged = bot.calls.last();
    bot.queue.confirm(offset, logged);
    if let Some(answer) = bot.queue.take(limit, now_ms) {
        return Ok(Begun::Done(answer));
    }
    if timeout == 0 {
        return Ok(Begun::Done("[]".to_owned()));
    }
    bot.poll.serial += 1;
    let serial = bot.poll.serial;
    if bot.poll.waiting.replace(serial).is_some() {
        bot.queue.wake.notify_waiters();
    }
    let until_ms = now_ms + timeout * 1000;
    Ok(Begun::Wait {
        serial,
        limit,
        until_ms,
    })
}
