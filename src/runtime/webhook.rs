//! The webhook: Telegram brings updates to an address of ours, and hears that one is taken when its effects are on disk.
//!
//! Guarantees: 2xx only after the commit. Many requests at once become one batch, with one flush: whatever comes while the writer writes
//! is its next. While the store is away, and when the program stops, the answer is 503, and Telegram brings the update again. An
//! update that comes twice is handled once. Nothing is read of a request that does not show path and secret, which are compared in
//! constant time; its answer is that of an address where nothing is.
//!
//! Telegram brings the messages and edits of one chat one after the other, and the presses of one person likewise
//! (`Client.cpp`, `webhook_queue_id`), but a press and a message side by side. A batch is handled in the order of ids; otherwise what came
//! first is answered first.
//!
//! Every minute Telegram is asked whether it can bring what waits: [`super::alive`] counts from the last time that it could.
//!
//! Must never: confirm what cannot be read, log what was brought, path or secret.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::value::RawValue;
use subtle::ConstantTimeEq as _;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use zeroize::Zeroizing;

use super::alive::Alive;
use super::back::{Back, Untold, heard_in};
use super::http;
use super::metrics::{Metrics, Way};
use super::pulse::Pulse;
use super::trouble::{Trouble, words};
use super::work::{Unavailable, Work};
use crate::domain::ChatId;
use crate::telegram::{Api, CallError, SetWebhook, WebhookInfo, decode};

/// The header with which Telegram shows the secret. <https://core.telegram.org/bots/api#setwebhook>
pub const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";
/// How long a body may take to come.
const BODY: Duration = Duration::from_secs(20);
/// When Telegram is to bring again what could not be kept, in seconds.
const AGAIN: HeaderValue = HeaderValue::from_static("5");
/// How often Telegram is asked whether it can bring what waits.
const ASK_EVERY: Duration = Duration::from_secs(60);
/// The same while something waits to be brought after an absence.
const ASK_SOON: Duration = Duration::from_secs(2);
/// How often it is looked until nothing waits, before people are told although something does.
const LOOKS: u32 = 30;

/// Where updates are brought.
pub struct Hook {
    /// The socket on which Telegram, or the proxy in between, is answered.
    pub listener: TcpListener,
    /// The whole address as Telegram knows it, secret path included.
    pub url: Zeroizing<String>,
    /// Its path.
    pub path: Zeroizing<String>,
    /// What Telegram shows with each update.
    pub secret: Zeroizing<String>,
    /// How many updates Telegram brings at once.
    pub max_connections: u8,
    /// The most bytes of one update.
    pub body_bytes: usize,
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook(..)")
    }
}

/// What a request must show, and how long and large it may be.
pub struct Lock {
    /// The path.
    pub path: Zeroizing<String>,
    /// The secret.
    pub secret: Zeroizing<String>,
    /// The most bytes of a body.
    pub body_bytes: usize,
    /// How long a body may take to come.
    pub patience: Duration,
}

/// What a request meets.
pub struct Door {
    lock: Lock,
    works: Sender<Work>,
    stop: watch::Receiver<bool>,
    metrics: Arc<Metrics>,
    /// Updates of Telegram's that ended here, kept or not to be kept.
    ended: AtomicU64,
    /// Who was heard, while somebody may have to be told that the bot was away.
    heard: Mutex<Option<BTreeSet<ChatId>>>,
}

/// Serves until told to stop; sees to it that Telegram knows the address.
pub(super) async fn run(
    api: Api,
    works: Sender<Work>,
    hook: Hook,
    mut alive: Alive,
    pulse: Pulse,
    metrics: Arc<Metrics>,
    mut stop: watch::Receiver<bool>,
) {
    let set = SetWebhook {
        url: hook.url.to_string(),
        secret_token: hook.secret.to_string(),
        max_connections: hook.max_connections,
    };
    let lock = Lock {
        path: hook.path,
        secret: hook.secret,
        body_bytes: hook.body_bytes,
        patience: BODY,
    };
    let door = Arc::new(Door::new(lock, works, metrics, stop.clone()));
    // Before Telegram is told: it may know the address from the last run.
    let router = Arc::clone(&door).router();
    let serving = tokio::spawn(http::serve(hook.listener, router, stop.clone()));
    let mut keeper = Keeper {
        api,
        set,
        door,
        is_set: false,
        ended: 0,
        told_of: None,
        looks: 0,
        trouble: Trouble::default(),
        pulse,
        unable: None,
        back: Back::default(),
    };
    loop {
        let pause = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            pause = keeper.look(&mut alive) => pause,
        };
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
    let _ = serving.await;
    keeper.back.end(alive);
}

/// Keeps the address known to Telegram, and knows whether updates come.
struct Keeper {
    api: Api,
    set: SetWebhook,
    door: Arc<Door>,
    is_set: bool,
    /// [`Door::ended`] at the last look.
    ended: u64,
    /// When Telegram failed to bring something, as it said last.
    told_of: Option<i64>,
    /// How often it was looked since it is known that the bot was away.
    looks: u32,
    trouble: Trouble,
    pulse: Pulse,
    /// Why Telegram cannot bring what waits, as it said at this look.
    unable: Option<String>,
    back: Back,
}

impl Keeper {
    /// Looks once, and says when to look again.
    async fn look(&mut self, alive: &mut Alive) -> Duration {
        self.pulse.begins();
        let looked = self.try_look(alive).await;
        self.pulse.ends(match &looked {
            Ok(_) => self.unable.take(),
            Err(error) => Some(words(error)),
        });
        match looked {
            Ok(pause) => pause,
            Err(error) => {
                // Whoever is heard from now on may be heard after an absence.
                self.door.listen();
                self.trouble.pause(&error)
            }
        }
    }

    async fn try_look(&mut self, alive: &mut Alive) -> Result<Duration, CallError> {
        if !self.is_set {
            let before = self.api.webhook_info().await?;
            if before.pending_update_count > 0 && before.last_error_date.is_some() {
                // What failed while nobody listened would wait for up to two minutes; what waits for a new webhook is brought at once.
                self.api.delete_webhook().await?;
            }
            self.api.set_webhook(&self.set).await?;
            self.is_set = true;
            log::info!("Telegram brings updates to the webhook");
        }
        let info = self.api.webhook_info().await?;
        self.trouble.over();
        self.door.metrics.in_contact();
        if info.url != self.set.url {
            log::warn!("somebody else has changed the webhook; it is set again");
            self.is_set = false;
            return Ok(ASK_SOON);
        }
        let fails = self.fails(&info);
        let ended = self.door.ended.load(Ordering::Relaxed);
        let comes = ended != std::mem::replace(&mut self.ended, ended);
        let waits = info.pending_update_count;
        if waits > 0 && (fails || !comes) {
            self.door.listen();
            self.unable = info.last_error_message.as_deref().map(|why| {
                let why: String = why.chars().take(120).collect();
                format!("Telegram cannot bring them: {why}; {waits} wait")
            });
            let soon = self.back.is_due() || self.door.metrics.standstill().is_none();
            return Ok(if soon { ASK_SOON } else { ASK_EVERY / 4 });
        }
        self.door.metrics.progressed();
        let heard = self.door.heard().take();
        self.back.fetched(alive, heard.unwrap_or_default());
        if !self.back.is_due() {
            self.back.note(alive);
            return Ok(ASK_EVERY);
        }
        self.door.listen();
        // What waits is handled first, and then those are told whom it concerns. Where there is always something under way, a
        // while later.
        self.looks += 1;
        let few = u32::from(self.set.max_connections);
        if waits > few || (waits > 0 && self.looks < LOOKS) {
            return Ok(ASK_SOON);
        }
        match self.back.tell(&self.door.works).await {
            Ok(()) => {
                self.looks = 0;
                self.back.note(alive);
                Ok(ASK_EVERY)
            }
            Err(Untold::StoreAway | Untold::NoWriter) => Ok(ASK_SOON),
        }
    }

    /// Whether Telegram has failed to bring something since the last look; says so.
    fn fails(&mut self, info: &WebhookInfo) -> bool {
        let last = info.last_error_date;
        let known = std::mem::replace(&mut self.told_of, last);
        let fails = last.is_some() && last != known;
        if fails && info.pending_update_count > 0 {
            let why = info.last_error_message.as_deref().unwrap_or_default();
            let why: String = why.chars().take(120).collect();
            log::warn!(
                "Telegram cannot bring updates: {why}; {} wait",
                info.pending_update_count
            );
        }
        fails
    }
}

async fn take(State(door): State<Arc<Door>>, request: Request) -> Response {
    let status = door.answer(request).await;
    door.metrics.answered(status.as_u16());
    let mut response = status.into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, AGAIN);
    }
    if status == StatusCode::REQUEST_TIMEOUT {
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    response
}

impl Door {
    /// A door behind which the writer takes these works.
    pub fn new(
        lock: Lock,
        works: Sender<Work>,
        metrics: Arc<Metrics>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        Self {
            lock,
            works,
            stop,
            metrics,
            ended: AtomicU64::new(0),
            heard: Mutex::new(Some(BTreeSet::new())),
        }
    }

    /// What answers requests.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new().fallback(take).with_state(self)
    }

    fn heard(&self) -> std::sync::MutexGuard<'_, Option<BTreeSet<ChatId>>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever is heard from now on is remembered.
    fn listen(&self) {
        self.heard().get_or_insert_default();
    }

    async fn answer(&self, request: Request) -> StatusCode {
        if !self.is_telegram(&request) {
            return StatusCode::NOT_FOUND;
        }
        let status = match self.read(request).await {
            Ok(body) => self.commit(&body).await,
            Err(status) => status,
        };
        if status != StatusCode::SERVICE_UNAVAILABLE {
            self.ended.fetch_add(1, Ordering::Relaxed);
        }
        status
    }

    /// Whether path and secret are right. Both are looked at in any case.
    fn is_telegram(&self, request: &Request) -> bool {
        let secret = request.headers().get(SECRET_HEADER);
        let secret = secret.map(HeaderValue::as_bytes).unwrap_or_default();
        let path = request.uri().path().as_bytes();
        let same =
            self.lock.secret.as_bytes().ct_eq(secret) & self.lock.path.as_bytes().ct_eq(path);
        same.into()
    }

    async fn read(&self, request: Request) -> Result<axum::body::Bytes, StatusCode> {
        if request.method() != Method::POST {
            return Err(StatusCode::METHOD_NOT_ALLOWED);
        }
        if !is_json(request.headers()) {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        if announced(request.headers()).is_some_and(|bytes| bytes > self.lock.body_bytes as u64) {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let body = to_bytes(request.into_body(), self.lock.body_bytes);
        match tokio::time::timeout(self.lock.patience, body).await {
            Ok(Ok(body)) => Ok(body),
            // It is too large; whoever broke off reads no answer.
            Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE),
            Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
        }
    }

    async fn commit(&self, body: &[u8]) -> StatusCode {
        let update = serde_json::from_slice::<&RawValue>(body).ok();
        let Some(update) = update.and_then(decode::update) else {
            log::warn!("an update without a readable id is refused");
            return StatusCode::BAD_REQUEST;
        };
        self.metrics.received(Way::Webhook, 1);
        if *self.stop.borrow() {
            return StatusCode::SERVICE_UNAVAILABLE;
        }
        let heard = heard_in(&update);
        let (done, hear) = oneshot::channel();
        if self.works.send(Work::Brought { update, done }).is_err() {
            return StatusCode::SERVICE_UNAVAILABLE;
        }
        match hear.await {
            Ok(Ok(())) => {
                if let Some(all) = &mut *self.heard() {
                    all.extend(heard);
                }
                StatusCode::OK
            }
            Ok(Err(Unavailable)) | Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next());
    kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}
