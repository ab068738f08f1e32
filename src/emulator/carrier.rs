//! Brings updates to a bot's webhook (row 49), by the rules of the real server's `WebhookActor.cpp`.
//!
//! Guarantees: what concerns one chat, or one person's presses, comes one after the other, in order, the next when the last was
//! answered with 2xx; all else comes side by side, at most `max_connections` at once, of twice as many that were looked at. What fails
//! is tried at once, then after 2, 4, 8... seconds up to a minute or two, or when `Retry-After` says so (an hour at most), until the
//! update is too old. An answer takes 60 s at most. All times are the emulator's clock's.
//!
//! Never leaves this machine: only what a control call named stands for a host, over plain HTTP. Follows no redirect. A method
//! call in an answer is not done; the log names it.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_TYPE, HOST, RETRY_AFTER};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::bot::Bot;
use super::error::ApiError;
use super::fault::{self, FaultKind};
use super::server::{Shop, lock, record};

/// How long an answer may take, in milliseconds.
const PATIENCE_MS: i64 = 60_000;
/// The longest `Retry-After`, in seconds.
const LONGEST_WISH: i64 = 3_600;
/// From here to twice as much the longest pause is, in seconds.
const LONGEST_PAUSE: i64 = 60;

/// An update that was looked at.
#[derive(Debug)]
struct Loaded {
    /// Its number in the queue.
    number: u64,
    /// Whether it is brought once more.
    again: bool,
    lane: i64,
    wake_ms: i64,
    delay_s: i64,
    fails: u32,
    under_way: bool,
}

/// What came of a try.
struct Tried {
    ticket: u64,
    /// 2xx, or what went wrong, and the seconds that the bot wishes.
    outcome: Result<Value, (String, i64)>,
    code: u16,
}

struct Carrier {
    shop: Arc<Shop>,
    bot: Arc<Mutex<Bot>>,
    http: reqwest::Client,
    generation: u64,
    hurry: u64,
    /// The first number that was not looked at.
    next: u64,
    tickets: u64,
    loaded: BTreeMap<u64, Loaded>,
    lanes: HashMap<i64, VecDeque<u64>>,
    tries: JoinSet<Tried>,
}

/// Begins to bring updates to a webhook that was just set, unless somebody does already.
pub(super) fn begin(shop: &Arc<Shop>, bot: &Arc<Mutex<Bot>>) {
    let generation = {
        let mut bot = lock(bot);
        let hook = &mut bot.webhook;
        if !hook.is_set() || hook.carried == hook.generation {
            return;
        }
        hook.carried = hook.generation;
        let generation = hook.generation;
        bot.queue.broken_off();
        generation
    };
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .tcp_nodelay(true)
        .http1_only()
        .build();
    let http = match http {
        Ok(http) => http,
        Err(error) => return log::error!("no HTTP client: {error}"),
    };
    let carrier = Carrier {
        shop: Arc::clone(shop),
        bot: Arc::clone(bot),
        http,
        generation,
        hurry: 0,
        next: 0,
        tickets: 0,
        loaded: BTreeMap::new(),
        lanes: HashMap::new(),
        tries: JoinSet::new(),
    };
    tokio::spawn(carrier.run());
}

impl Carrier {
    /// Carries until the webhook is another one; what is under way then is broken off.
    async fn run(mut self) {
        let shop = Arc::clone(&self.shop);
        let wake = lock(&self.bot).queue.wake.clone();
        loop {
            let woken = wake.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            let Some(next_ms) = self.start() else {
                return;
            };
            tokio::select! {
                () = &mut woken => {}
                Some(Ok(tried)) = self.tries.join_next() => self.tried(tried),
                () = shop.clock.sleep_until(next_ms.unwrap_or(i64::MAX)), if next_ms.is_some() => {}
                () = shop.stopped() => return,
            }
        }
    }

    /// Starts every try that may be made; when to look again. Nothing if the webhook is another one now.
    fn start(&mut self) -> Option<Option<i64>> {
        let bot = Arc::clone(&self.bot);
        let mut bot = lock(&bot);
        if bot.webhook.generation != self.generation {
            return None;
        }
        let Some((address, target)) = bot.webhook.reached_at() else {
            return Some(None);
        };
        let now_ms = self.shop.clock.now_ms();
        self.load(&mut bot, now_ms);
        if bot.webhook.hurry != self.hurry {
            self.hurry = bot.webhook.hurry;
            self.loaded
                .values_mut()
                .for_each(|update| update.wake_ms = now_ms);
        }
        let mut ready: Vec<(i64, u64)> = self
            .lanes
            .values()
            .filter_map(|lane| lane.front())
            .filter_map(|ticket| {
                let update = self.loaded.get(ticket).filter(|update| !update.under_way)?;
                Some((update.wake_ms, *ticket))
            })
            .collect();
        ready.sort_unstable();
        for (wake_ms, ticket) in ready {
            if wake_ms > now_ms {
                return Some(Some(wake_ms));
            }
            if self.tries.len() >= bot.webhook.max_connections {
                break;
            }
            let Some(update) = self.loaded.get_mut(&ticket) else {
                continue;
            };
            update.under_way = true;
            let body = bot.queue.hand_out(update.number);
            let met = fault::meet(&mut bot.faults, "webhook", None).map(|met| met.kind);
            let mut request = self
                .http
                .post(format!("http://{address}{}", target.path))
                .header(HOST, &target.host)
                .header(CONTENT_TYPE, "application/json")
                .header(ACCEPT_ENCODING, "gzip, deflate")
                .body(body);
            if !bot.webhook.secret.is_empty() {
                request = request.header("X-Telegram-Bot-Api-Secret-Token", &bot.webhook.secret);
            }
            let shop = Arc::clone(&self.shop);
            self.tries.spawn(async move {
                let (code, outcome) = attempt(&shop, request, met).await;
                Tried {
                    ticket,
                    outcome,
                    code,
                }
            });
        }
        Some(None)
    }

    /// Looks at more updates: those to be brought once more, then those that wait.
    fn load(&mut self, bot: &mut Bot, now_ms: i64) {
        let room = 2 * bot.webhook.max_connections;
        while self.loaded.len() < room {
            let (number, again, lane) = if let Some(number) = bot.queue.take_again() {
                // It belongs to no order any more.
                (number, true, None)
            } else if let Some((number, lane)) = bot.queue.next_waiting(self.next, now_ms) {
                self.next = number + 1;
                (number, false, lane)
            } else {
                return;
            };
            self.tickets += 1;
            let ticket = self.tickets;
            // No chat and no person has a number that low.
            let lane = lane.unwrap_or(i64::MIN + i64::try_from(ticket).unwrap_or(0));
            let update = Loaded {
                number,
                again,
                lane,
                wake_ms: now_ms,
                delay_s: 1,
                fails: 0,
                under_way: false,
            };
            self.loaded.insert(ticket, update);
            self.lanes.entry(lane).or_default().push_back(ticket);
        }
    }

    fn tried(&mut self, tried: Tried) {
        let bot = Arc::clone(&self.bot);
        let mut bot = lock(&bot);
        let Some(update) = self.loaded.get_mut(&tried.ticket) else {
            return;
        };
        if bot.webhook.generation != self.generation {
            return;
        }
        update.under_way = false;
        let now_ms = self.shop.clock.now_ms();
        let (id, expires_ms) = bot.queue.about(update.number);
        let shown = json!({"update_id": id, "try": update.fails + 1});
        let (over, outcome) = match tried.outcome {
            Ok(answer) => {
                bot.queue.delivered(update.number);
                (true, Ok(answer.to_string()))
            }
            Err((why, wish_s)) => {
                let pause_s = update.pause(wish_s, tried.ticket);
                update.wake_ms = now_ms + pause_s * 1000;
                let over = update.wake_ms > expires_ms;
                if over {
                    bot.queue.expire(update.number);
                }
                bot.webhook.failed(now_ms, why.clone());
                let error = ApiError {
                    code: tried.code,
                    description: why,
                    retry_after: None,
                    migrate_to: None,
                };
                (over, Err(error))
            }
        };
        if over {
            let lane = update.lane;
            if update.again {
                bot.queue.repeated();
            }
            self.loaded.remove(&tried.ticket);
            if let Some(rest) = self.lanes.get_mut(&lane) {
                rest.retain(|ticket| *ticket != tried.ticket);
                if rest.is_empty() {
                    self.lanes.remove(&lane);
                }
            }
        }
        record(&self.shop, &mut bot, "webhook", shown, None, &outcome, None);
    }
}

impl Loaded {
    /// How long to wait after one more failure, in seconds. `luck` is any number.
    fn pause(&mut self, wish_s: i64, luck: u64) -> i64 {
        let wish_s = wish_s.clamp(0, LONGEST_WISH);
        let mut pause_s = wish_s;
        if wish_s == 0 && self.fails > 0 {
            let more = i64::try_from(luck)
                .unwrap_or(0)
                .rem_euclid(LONGEST_PAUSE + 1);
            self.delay_s = (self.delay_s * 2).min(LONGEST_PAUSE + more);
            pause_s = self.delay_s;
        }
        self.fails += 1;
        pause_s
    }
}

/// One try: the status, if one came, and what it means.
async fn attempt(
    shop: &Shop,
    request: reqwest::RequestBuilder,
    met: Option<FaultKind>,
) -> (u16, Result<Value, (String, i64)>) {
    let closed = || (0, Err(("Webhook connection closed".to_owned(), 0)));
    // Only a reply that gets lost lets the update arrive; with any other fault it does not.
    if met.is_some_and(|kind| kind != FaultKind::DropReply) {
        return closed();
    }
    let until_ms = shop.clock.now_ms() + PATIENCE_MS;
    let answer = async {
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok::<_, reqwest::Error>((status, headers, response.bytes().await?))
    };
    let answer = tokio::select! {
        answer = answer => answer,
        () = shop.clock.sleep_until(until_ms) => {
            return (0, Err(("Read timeout expired".to_owned(), 0)));
        }
    };
    if met.is_some() {
        return closed();
    }
    match answer {
        Ok((status, _, body)) if status.is_success() => {
            let mut shown = json!({"status": status.as_u16()});
            let called = serde_json::from_slice::<Value>(&body).ok();
            if let Some(method) = called.as_ref().and_then(|called| called["method"].as_str()) {
                shown["method_not_done"] = json!(method);
            }
            (status.as_u16(), Ok(shown))
        }
        Ok((status, headers, _)) => {
            let reason = status.canonical_reason().unwrap_or_default();
            let why = format!(
                "Wrong response from the webhook: {} {reason}",
                status.as_u16()
            );
            (status.as_u16(), Err((why, wish(&headers))))
        }
        Err(error) if error.is_connect() => (0, Err(("Connection refused".to_owned(), 0))),
        Err(_) => closed(),
    }
}

/// The seconds of `Retry-After`; 0 if there are none.
fn wish(headers: &HeaderMap) -> i64 {
    let text = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok());
    text.and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}
