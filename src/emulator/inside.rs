//! The Bot API without HTTP: a call as its caller would see it end.
//!
//! Guarantees the same methods, limits, faults and log as `server`, which serves them by HTTP. Waits by the emulator's clock
//! only.

use serde_json::{Map, Value, json};

use super::error::{ApiError, not_found};
use super::fault::{self, FaultKind};
use super::local::Local;
use super::messages::Context;
use super::methods::{Method, run};
use super::params::Params;
use super::server::{chat_of, lock, logged, record};
use super::{mishap, poll};

/// How a call ended for its caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// An answer: its status and its body.
    Answered(u16, String),
    /// The head of an answer of 200; its body broke off.
    Torn,
    /// The connection was reset. Whether the call was done is not known to its caller.
    Reset,
}

impl Local {
    /// Calls a method of the Bot API with these fields, and a file that one of them may name `attach://file`.
    pub async fn call(
        &self,
        name: &str,
        fields: Map<String, Value>,
        file: Option<(String, Vec<u8>)>,
    ) -> Ended {
        let Self { shop, bot, .. } = self;
        let params = Params::given(fields, file);
        let Some((name, method)) = Method::find(name) else {
            return refused(&not_found(Some("method not found")));
        };
        let (chat, met) = {
            let mut bot = lock(bot);
            let chat = chat_of(&bot, method, &params);
            (chat, fault::meet(&mut bot.faults, name, chat))
        };
        let kind = met.as_ref().map(|met| met.kind);
        let log = |outcome: &Result<String, ApiError>| {
            let mut bot = lock(bot);
            let shown = logged(&bot, &params);
            record(
                shop,
                &mut bot,
                name,
                shown,
                chat,
                outcome,
                kind.map(|kind| json!(kind)),
            );
        };
        if let Some(error) = mishap::refused(met.as_ref()) {
            let unhang = lock(bot).unhang.clone();
            let unhung = unhang.notified();
            log(&Err(error.clone()));
            match kind {
                Some(FaultKind::Hang) => {
                    unhung.await;
                    return Ended::Reset;
                }
                Some(FaultKind::Reset) => return Ended::Reset,
                Some(FaultKind::Html) => return Ended::Answered(200, "<html>".to_owned()),
                Some(FaultKind::BadGateway) => return Ended::Answered(502, "<html>".to_owned()),
                Some(
                    FaultKind::TooMany
                    | FaultKind::Internal
                    | FaultKind::Refuse
                    | FaultKind::DropReply
                    | FaultKind::BadJson
                    | FaultKind::CutBody
                    | FaultKind::Slow,
                )
                | None => return refused(&error),
            }
        }
        let outcome = if method == Method::GetUpdates {
            let outcome = poll::get_updates(shop, bot, &params).await;
            log(&outcome);
            outcome
        } else {
            let context = Context {
                now_ms: shop.clock.now_ms(),
                limits: shop.limits,
            };
            let mut bot = lock(bot);
            let outcome = run(&mut bot, context, method, &params);
            let shown = logged(&bot, &params);
            let fault = kind.map(|kind| json!(kind));
            record(shop, &mut bot, name, shown, chat, &outcome, fault);
            outcome
        };
        let whole = match &outcome {
            Ok(result) => Ended::Answered(200, format!("{{\"ok\":true,\"result\":{result}}}")),
            Err(error) => refused(error),
        };
        let Some(met) = met else { return whole };
        match met.kind {
            FaultKind::DropReply => Ended::Reset,
            FaultKind::BadJson => Ended::Answered(200, "{\"ok\":true,\"result\":".to_owned()),
            FaultKind::CutBody => match outcome {
                Ok(_) => Ended::Torn,
                Err(_) => Ended::Reset,
            },
            FaultKind::Slow => {
                let delay = met.delay_seconds.saturating_mul(1_000);
                let until = shop.clock.now_ms().saturating_add_unsigned(delay);
                shop.clock.sleep_until(until).await;
                whole
            }
            FaultKind::TooMany
            | FaultKind::Internal
            | FaultKind::BadGateway
            | FaultKind::Html
            | FaultKind::Reset
            | FaultKind::Hang
            | FaultKind::Refuse => whole,
        }
    }
}

fn refused(error: &ApiError) -> Ended {
    Ended::Answered(error.code, error.body())
}
