//! The Bot API without HTTP: a call as its caller would see it end.
//!
//! Guarantees the same methods, limits, faults and log as `server`, which serves them by HTTP. Waits by the emulator's clock
//! only.

use serde_json::{Map, Value};

use super::call::Call;
use super::error::{ApiError, not_found};
use super::fault::FaultKind;
use super::local::Local;
use super::methods::Method;
use super::mishap;
use super::params::Params;
use super::server::lock;

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
        let Some(found) = Method::find(name) else {
            return refused(&not_found(Some("method not found")));
        };
        let call = Call::begin(shop, bot, found, &params);
        let met = call.met.as_ref();
        if let Some((error, kind)) = mishap::refused(met).zip(met.map(|met| met.kind)) {
            let unhang = lock(bot).unhang.clone();
            let unhung = unhang.notified();
            call.log(&Err(error.clone()));
            return match kind {
                FaultKind::Hang => {
                    unhung.await;
                    Ended::Reset
                }
                FaultKind::Reset => Ended::Reset,
                FaultKind::Html => Ended::Answered(200, "<html>".to_owned()),
                FaultKind::BadGateway => Ended::Answered(502, "<html>".to_owned()),
                FaultKind::TooMany
                | FaultKind::Internal
                | FaultKind::Refuse
                | FaultKind::DropReply
                | FaultKind::BadJson
                | FaultKind::CutBody
                | FaultKind::Slow => refused(&error),
            };
        }
        let outcome = call.run().await;
        call.waited(&outcome);
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
                shop.clock
                    .sleep_until(met.slow_until(shop.clock.now_ms()))
                    .await;
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
