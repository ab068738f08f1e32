//! HTTP: which bot, which method, which fault; the call log.
//!
//! Guarantees that every call of the Bot API ends in the log, and that a fault is met before the work or after it as its
//! kind says. Holds a bot's lock only for the work itself, never while it waits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::connect_info::ConnectInfo;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::Value;
use tokio::sync::{Notify, watch};

use super::bot::Bot;
use super::call::Call;
use super::calls::Ended;
use super::clock::Clock;
use super::error::{ApiError, not_found, unauthorized};
use super::limits::Limits;
use super::methods::Method;
use super::params::{Params, decode_percent};
use super::wire::Switch;
use super::{carrier, control, download, guard, mishap};

/// Everything the handlers share.
#[derive(Debug)]
pub(super) struct Shop {
    /// The clock.
    pub(super) clock: Clock,
    /// Whether send limits hold.
    pub(super) limits: Limits,
    /// Wakes whoever watches `events`, of whichever bot.
    pub(super) changed: Notify,
    bots: Mutex<HashMap<String, Arc<Mutex<Bot>>>>,
    stop: watch::Receiver<bool>,
}

impl Shop {
    /// A server without bots; `stop` ends everything that waits.
    pub(super) fn new(clock: Clock, limits: Limits, stop: watch::Receiver<bool>) -> Self {
        Self {
            clock,
            limits,
            changed: Notify::new(),
            bots: Mutex::default(),
            stop,
        }
    }

    /// Whether the server is stopping.
    pub(super) fn is_stopped(&self) -> bool {
        *self.stop.borrow() || self.stop.has_changed().is_err()
    }

    /// Waits until the server stops.
    pub(super) async fn stopped(&self) {
        // An error means that whoever could stop the server is gone, which is the same.
        let _ = self.stop.clone().wait_for(|stop| *stop).await;
    }

    /// The bot of a token; a well-formed one that is new makes a new bot (row 64).
    pub(super) fn bot(&self, token: &str) -> Result<Arc<Mutex<Bot>>, ApiError> {
        let invalid = || unauthorized(Some("invalid token specified"));
        if token.starts_with('0') || token.len() > 80 {
            return Err(invalid());
        }
        let (id, secret) = token.split_once(':').ok_or_else(invalid)?;
        let id = id
            .parse::<i64>()
            .ok()
            .filter(|id| *id > 0)
            .ok_or_else(invalid)?;
        if secret.is_empty() {
            return Err(invalid());
        }
        let mut bots = lock(&self.bots);
        if let Some(bot) = bots.get(token) {
            return Ok(Arc::clone(bot));
        }
        let bot = Arc::new(Mutex::new(Bot::new(id)));
        bots.insert(token.to_owned(), Arc::clone(&bot));
        Ok(bot)
    }
}

/// Locks; a panic of another holder changes nothing, since every change is made in one go.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The routes, and pages beside them.
pub(super) fn router(shop: Arc<Shop>, pages: Router) -> Router {
    // Bodies are bounded where they are read, with the server's own error.
    let emulator = Router::new()
        .fallback(handle)
        .layer(DefaultBodyLimit::disable())
        .with_state(shop);
    pages
        .merge(emulator)
        .layer(axum::middleware::from_fn(guard::only_home))
}

async fn handle(
    State(shop): State<Arc<Shop>>,
    ConnectInfo(switch): ConnectInfo<Switch>,
    request: Request,
) -> Response {
    let path = decode_percent(request.uri().path(), false);
    if let Some(rest) = path.strip_prefix("/bot") {
        return api(&shop, &switch, rest, request).await;
    }
    if let Some(rest) = path.strip_prefix("/file/bot") {
        return download::serve(&shop, &switch, rest).await;
    }
    if let Some(rest) = path.strip_prefix("/control/") {
        return control::handle(&shop, rest, request).await;
    }
    refusal(&not_found(None))
}

/// A JSON answer.
pub(super) fn answer(code: u16, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() =
        StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Bytes as they are.
pub(super) fn raw(code: u16, kind: &'static str, bytes: Bytes) -> Response {
    let mut response = answer(code, String::new());
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    *response.body_mut() = Body::from(bytes);
    response
}

/// The envelope of a failed call.
pub(super) fn refusal(error: &ApiError) -> Response {
    let mut response = answer(error.code, error.body());
    if let Some(seconds) = error.retry_after {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

async fn api(shop: &Arc<Shop>, switch: &Switch, rest: &str, request: Request) -> Response {
    let (token, name) = rest.split_once('/').unwrap_or((rest, ""));
    let bot = match shop.bot(token) {
        Ok(bot) if lock(&bot).revoked => return refusal(&unauthorized(None)),
        Ok(bot) => bot,
        Err(error) => return refusal(&error),
    };
    let params = Params::read(request).await;
    let Some((name, method)) = Method::find(name) else {
        let error = not_found(Some("method not found"));
        let params = params.as_ref().map(Params::logged).unwrap_or_default();
        record(
            shop,
            &mut lock(&bot),
            name,
            params,
            None,
            &Err(error.clone()),
            None,
        );
        return refusal(&error);
    };
    let params = match params {
        Ok(params) => params,
        Err(error) => {
            record(
                shop,
                &mut lock(&bot),
                name,
                Value::Null,
                None,
                &Err(error.clone()),
                None,
            );
            return refusal(&error);
        }
    };
    let call = Call::begin(shop, &bot, (name, method), &params);
    let met = call.met.as_ref();
    if let Some((error, kind)) = mishap::refused(met).zip(met.map(|met| met.kind)) {
        let log = || call.log(&Err(error.clone()));
        return mishap::before(shop, switch, &bot, kind, &error, log).await;
    }
    let outcome = call.run().await;
    if method == Method::SetWebhook {
        carrier::begin(shop, &bot);
    }
    let whole = match &outcome {
        Ok(result) => answer(200, format!("{{\"ok\":true,\"result\":{result}}}")),
        Err(error) => refusal(error),
    };
    mishap::after(shop, switch, &bot, met, whole, || call.waited(&outcome)).await
}

/// Writes a call into the log.
pub(super) fn record(
    shop: &Shop,
    bot: &mut Bot,
    method: &str,
    params: Value,
    chat: Option<i64>,
    outcome: &Result<String, ApiError>,
    fault: Option<Value>,
) {
    bot.calls.add(Ended {
        method,
        params,
        chat,
        outcome: outcome.as_deref(),
        fault,
        at_ms: shop.clock.now_ms(),
    });
    shop.changed.notify_waiters();
}
