//! A call of a method on its way through the emulator, whether it came by HTTP or not.
//!
//! Guarantees that calls stand in the log in the order in which they were done: both happen within one lock, which is never
//! held while a call waits.

use std::sync::Mutex;

use serde_json::json;

use super::bot::Bot;
use super::error::ApiError;
use super::fault::{self, Met};
use super::messages::Context;
use super::methods::{Method, run};
use super::params::Params;
use super::poll;
use super::server::{Shop, lock, record};

/// See the module.
pub(super) struct Call<'a> {
    shop: &'a Shop,
    bot: &'a Mutex<Bot>,
    name: &'static str,
    method: Method,
    params: &'a Params,
    chat: Option<i64>,
    /// The fault that it meets.
    pub(super) met: Option<Met>,
}

impl<'a> Call<'a> {
    /// A call of this method; it takes the fault that waits for it.
    pub(super) fn begin(
        shop: &'a Shop,
        bot: &'a Mutex<Bot>,
        (name, method): (&'static str, Method),
        params: &'a Params,
    ) -> Self {
        let mut known = lock(bot);
        let chat = chat_of(&known, method, params);
        let met = fault::meet(&mut known.faults, name, chat);
        drop(known);
        Self {
            shop,
            bot,
            name,
            method,
            params,
            chat,
            met,
        }
    }

    /// Does it, and writes it into the log; but for one that waits for updates, which [`Self::waited`] writes.
    pub(super) async fn run(&self) -> Result<String, ApiError> {
        if self.method == Method::GetUpdates {
            return poll::get_updates(self.shop, self.bot, self.params).await;
        }
        let context = Context {
            now_ms: self.shop.clock.now_ms(),
            limits: self.shop.limits,
        };
        let mut bot = lock(self.bot);
        let outcome = run(&mut bot, context, self.method, self.params);
        self.log_within(&mut bot, &outcome);
        outcome
    }

    /// Writes it into the log if it has waited for updates.
    pub(super) fn waited(&self, outcome: &Result<String, ApiError>) {
        if self.method == Method::GetUpdates {
            self.log(outcome);
        }
    }

    /// Writes it into the log.
    pub(super) fn log(&self, outcome: &Result<String, ApiError>) {
        self.log_within(&mut lock(self.bot), outcome);
    }

    fn log_within(&self, bot: &mut Bot, outcome: &Result<String, ApiError>) {
        let shown = bot.calls.is_on().then(|| self.params.logged());
        let fault = self.met.as_ref().map(|met| json!(met.kind));
        let shown = shown.unwrap_or_default();
        record(self.shop, bot, self.name, shown, self.chat, outcome, fault);
    }
}

fn chat_of(bot: &Bot, method: Method, params: &Params) -> Option<i64> {
    if method == Method::AnswerCallbackQuery {
        return bot
            .queries
            .get(params.text("callback_query_id")?.as_ref())
            .map(|query| query.chat);
    }
    params.int("chat_id")
}
