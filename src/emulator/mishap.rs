//! What a fault does to the answer of a call or of a download.
//!
//! Guarantees that what stands in the log is what happened: a call that a fault kept from being done is logged as refused
//! before the caller sees anything. Who holds something back lets go when the faults are cleared or the emulator stops.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::response::Response;
use http_body::Frame;

use super::bot::Bot;
use super::error::{ApiError, flood, internal};
use super::fault::{FaultKind, Met};
use super::server::{Shop, answer, lock, raw, refusal};
use super::wire::Switch;

/// What the log says of a call that its fault keeps from being done; `None` when the fault comes after the work, or there is
/// none.
pub(super) fn refused(met: Option<&Met>) -> Option<ApiError> {
    let met = met?;
    match met.kind {
        FaultKind::TooMany => Some(flood(met.retry_after)),
        FaultKind::Internal => Some(internal(500, "Internal Server Error")),
        FaultKind::BadGateway => Some(internal(502, "Bad Gateway")),
        FaultKind::Html => Some(internal(200, "a page instead of an answer")),
        FaultKind::Reset => Some(internal(0, "connection reset")),
        FaultKind::Hang => Some(internal(0, "no answer")),
        FaultKind::Refuse => Some(internal(met.code, &met.description)),
        FaultKind::DropReply | FaultKind::BadJson | FaultKind::CutBody | FaultKind::Slow => None,
    }
}

/// Answers a call that is not done; `log` writes it down.
pub(super) async fn before(
    shop: &Shop,
    switch: &Switch,
    bot: &Mutex<Bot>,
    kind: FaultKind,
    error: &ApiError,
    log: impl FnOnce(),
) -> Response {
    let unhang = lock(bot).unhang.clone();
    // Heard from before the call is logged: who reads the log may clear the faults at once.
    let unhung = unhang.notified();
    tokio::pin!(unhung);
    unhung.as_mut().enable();
    log();
    match kind {
        FaultKind::Hang => {
            tokio::select! {
                () = unhung => {}
                () = shop.stopped() => {}
            }
            cut(switch)
        }
        FaultKind::Reset => cut(switch),
        FaultKind::Html => raw(200, "text/html", page("Sign in to this network")),
        FaultKind::BadGateway => raw(502, "text/html", page("502 Bad Gateway")),
        FaultKind::TooMany
        | FaultKind::Internal
        | FaultKind::Refuse
        | FaultKind::DropReply
        | FaultKind::BadJson
        | FaultKind::CutBody
        | FaultKind::Slow => refusal(error),
    }
}

/// Spoils the answer to a call that was done; `log` writes it down.
pub(super) async fn after(
    shop: &Arc<Shop>,
    switch: &Switch,
    bot: &Mutex<Bot>,
    met: Option<&Met>,
    whole: Response,
    log: impl FnOnce(),
) -> Response {
    let unhang = lock(bot).unhang.clone();
    let mut unhung = Box::pin(unhang.notified_owned());
    unhung.as_mut().enable();
    log();
    let Some(met) = met else {
        return whole;
    };
    match met.kind {
        FaultKind::DropReply => cut(switch),
        FaultKind::BadJson => answer(200, "{\"ok\":true,\"result\":{\"message_id\":".to_owned()),
        FaultKind::CutBody => {
            // Once around, so that the first half is on its way before the connection ends.
            halve(whole, Box::pin(tokio::task::yield_now()), false).await
        }
        FaultKind::Slow => {
            let shop = Arc::clone(shop);
            let until = met.slow_until(shop.clock.now_ms());
            let gate = async move {
                tokio::select! {
                    () = shop.clock.sleep_until(until) => {}
                    () = unhung => {}
                    () = shop.stopped() => {}
                }
            };
            halve(whole, Box::pin(gate), true).await
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

/// The answer is never written: the connection is cut first.
fn cut(switch: &Switch) -> Response {
    switch.cut();
    answer(500, String::new())
}

fn page(title: &str) -> Bytes {
    format!("<html>\n<head><title>{title}</title></head>\n<body><h1>{title}</h1></body>\n</html>\n")
        .into()
}

type Gate = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The same answer in two halves: the second comes when the gate opens, or, unless it `arrives`, the connection ends there.
async fn halve(whole: Response, gate: Gate, arrives: bool) -> Response {
    let (mut parts, body) = whole.into_parts();
    // All answers of the emulator are in memory already, so nothing can break off here.
    let bytes = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    parts.headers.insert(CONTENT_LENGTH, bytes.len().into());
    let mut first = bytes;
    let second = first.split_off(first.len() / 2);
    let halves = Halves {
        first: Some(first),
        gate: Some(gate),
        second: Some(if arrives {
            Ok(second)
        } else {
            Err(io::ErrorKind::ConnectionAborted.into())
        }),
    };
    Response::from_parts(parts, Body::new(halves))
}

struct Halves {
    first: Option<Bytes>,
    gate: Option<Gate>,
    second: Option<io::Result<Bytes>>,
}

impl http_body::Body for Halves {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if let Some(gate) = &mut self.gate {
            ready!(gate.as_mut().poll(cx));
            self.gate = None;
        }
        Poll::Ready(self.second.take().map(|second| second.map(Frame::data)))
    }
}
