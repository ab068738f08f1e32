//! Health, readiness and metrics, for programs of this machine.
//!
//! | path | 200 if |
//! |---|---|
//! | `/healthz` | the process is alive and the writer answers |
//! | `/readyz` | also, the store can be used, what waits at Telegram was taken in lately, and Telegram was heard of lately |
//! | `/metrics` | always: [`Metrics::text`] |
//!
//! Else the answer is 503. Guarantees: nothing but counts, times and yes or no. A page of the web that was led here by its own name
//! gets nothing: the `Host` must be this machine.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};

use super::http;
use super::metrics::Metrics;
use super::work::Work;

/// How long the writer may take to answer: a rebuild of the store is under way for seconds.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long ago "lately" is: three times as long as the longest pause between two signs of life.
const LATELY: Duration = Duration::from_secs(180);

struct Observed {
    works: Sender<Work>,
    metrics: Arc<Metrics>,
}

/// Shows all that until told to stop.
pub(super) async fn serve(
    listener: TcpListener,
    works: Sender<Work>,
    metrics: Arc<Metrics>,
    stop: watch::Receiver<bool>,
) {
    http::serve(listener, router(works, metrics), stop).await;
}

/// What answers requests.
pub fn router(works: Sender<Work>, metrics: Arc<Metrics>) -> Router {
    Router::new()
        .fallback(show)
        .with_state(Arc::new(Observed { works, metrics }))
}

async fn show(State(observed): State<Arc<Observed>>, request: Request) -> Response {
    if !request.headers().get(HOST).is_some_and(is_here) {
        return StatusCode::MISDIRECTED_REQUEST.into_response();
    }
    let path = request.uri().path();
    if request.method() != Method::GET && ["/healthz", "/readyz", "/metrics"].contains(&path) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    match path {
        "/metrics" => {
            let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
            ([(CONTENT_TYPE, kind)], observed.metrics.text()).into_response()
        }
        "/healthz" => verdict(&[("writer", observed.store_is_open().await.is_some())]),
        "/readyz" => {
            let lately = |age: Option<Duration>| age.is_some_and(|age| age <= LATELY);
            let open = observed.store_is_open().await;
            verdict(&[
                ("writer", open.is_some()),
                ("store", open == Some(true)),
                ("intake", lately(observed.metrics.standstill())),
                ("telegram", lately(observed.metrics.silence())),
            ])
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Observed {
    /// Whether the store can be used; nothing if the writer does not answer.
    async fn store_is_open(&self) -> Option<bool> {
        let (done, hear) = oneshot::channel();
        self.works.send(Work::Ping(done)).ok()?;
        let writer = tokio::time::timeout(PATIENCE, hear).await.ok()?.ok()?;
        Some(writer.key.is_some())
    }
}

fn verdict(checks: &[(&str, bool)]) -> Response {
    let good = checks.iter().all(|(_, good)| *good);
    let status = if good {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let line =
        |(what, good): &(&str, bool)| format!("{what}: {}\n", if *good { "ok" } else { "no" });
    let lines: String = checks.iter().map(line).collect();
    (status, lines).into_response()
}

/// Whether a `Host` is this machine, with or without a port.
fn is_here(host: &HeaderValue) -> bool {
    let Ok(host) = host.to_str() else {
        return false;
    };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        Some(_) | None => host,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || bare.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}
