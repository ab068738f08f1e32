//! The network between the bot and the emulator, which is called in process: calls take time, and are cut off by a crash.
//!
//! Whatever reaches the emulator is noted, in order, and goes into the hash of the trace.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jiff::Timestamp;
use samleng::emulator::Ended;
use samleng::emulator::local::Local;
use samleng::runtime::clock::Clock;
use samleng::telegram::api::{Carried, Carrier, Load, Reply};
use serde_json::{Map, Value, json};
use tokio::sync::Notify;

use super::people::query;
use crate::luck::Luck;

/// A message that the bot sent or rewrote, as the emulator took it.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) at_ms: u64,
    /// Which process of the bot sent it.
    pub(super) boot: u32,
    /// The bot's clock then.
    pub(super) at: Timestamp,
    pub(super) chat: i64,
    pub(super) edit: bool,
    pub(super) text: String,
    /// What its buttons carry.
    pub(super) data: Vec<String>,
    /// Whether the bot never heard that it was taken.
    pub(super) unheard: bool,
}

/// The wire. One for a life; each process of the bot has its own end of it.
pub(super) struct Wire {
    pub(super) local: Local,
    clock: Clock,
    /// Whoever plays the rest is to look: something happened.
    pub(super) woken: Notify,
    state: Mutex<State>,
    begun: tokio::time::Instant,
}

/// From when to when a process of the bot is to leave a chat alone.
#[derive(Clone, Copy)]
struct Paused {
    boot: u32,
    from_ms: u64,
    until_ms: u64,
}

struct State {
    luck: Luck,
    hash: DefaultHasher,
    /// Which process of the bot is alive; calls of earlier ones get nowhere.
    boot: u32,
    crash_in: Option<u32>,
    crashed: bool,
    is_cut: bool,
    sent: Vec<Sent>,
    calls: u64,
    /// Calls of this process that have not ended, but for polls.
    under_way: usize,
    refused: Vec<(String, u16)>,
    /// What this process of the bot was told last: to write to a chat no more for a while.
    paused: BTreeMap<i64, Paused>,
    hurried: Vec<String>,
    /// Presses that were to be answered with words when it was too late for that.
    too_late: BTreeSet<u64>,
    aloud: bool,
}

impl Wire {
    pub(super) fn new(local: Local, clock: Clock, seed: u64, aloud: bool) -> Arc<Self> {
        Arc::new(Self {
            local,
            clock,
            woken: Notify::new(),
            state: Mutex::new(State {
                luck: Luck(seed),
                hash: DefaultHasher::new(),
                boot: 0,
                crash_in: None,
                crashed: false,
                is_cut: false,
                sent: Vec::new(),
                calls: 0,
                under_way: 0,
                refused: Vec::new(),
                paused: BTreeMap::new(),
                hurried: Vec::new(),
                too_late: BTreeSet::new(),
                aloud,
            }),
            begun: tokio::time::Instant::now(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Milliseconds since the life began.
    pub(super) fn now_ms(&self) -> u64 {
        self.begun.elapsed().as_millis() as u64
    }

    /// The end of a process that begins.
    pub(super) fn end(self: &Arc<Self>) -> End {
        let mut state = self.state();
        state.boot += 1;
        state.under_way = 0;
        state.crashed = false;
        state.crash_in = None;
        End {
            boot: state.boot,
            wire: Arc::clone(self),
        }
    }

    /// The process dies: nothing of its calls goes on.
    pub(super) fn die(&self) {
        self.state().boot += 1;
    }

    /// The process dies now.
    pub(super) fn crash(&self) {
        self.state().crashed = true;
    }

    /// The process is to die after so many steps of calls, or not.
    pub(super) fn crash_in(&self, steps: Option<u32>) {
        self.state().crash_in = steps;
    }

    pub(super) fn has_crashed(&self) -> bool {
        self.state().crashed
    }

    /// Takes the network away, or gives it back.
    pub(super) fn cut(&self, is_cut: bool) {
        self.state().is_cut = is_cut;
    }

    /// What was sent from this place on.
    pub(super) fn sent_from(&self, place: usize) -> Vec<Sent> {
        self.state().sent[place..].to_vec()
    }

    /// How many messages with these words in them a chat got for certain since then.
    pub(super) fn told(&self, chat: i64, since_ms: u64, words: &str) -> u64 {
        let state = self.state();
        let since = state.sent.iter().rev();
        let since = since.take_while(|sent| sent.at_ms >= since_ms);
        let told = since.filter(|sent| sent.chat == chat && !sent.unheard);
        let told = told.filter(|sent| sent.text.contains(words));
        told.count() as u64
    }

    /// Whether the bot heard that this one was taken.
    pub(super) fn was_heard(&self, place: usize) -> bool {
        !self.state().sent[place].unheard
    }

    /// Calls that were refused for good since this was asked last.
    pub(super) fn refused(&self) -> Vec<(String, u16)> {
        std::mem::take(&mut self.state().refused)
    }

    /// Calls that were made although their chat was to be left alone, since this was asked last.
    pub(super) fn hurried(&self) -> Vec<String> {
        std::mem::take(&mut self.state().hurried)
    }

    /// Presses that were to be answered with words when it was too late for that.
    pub(super) fn too_late(&self) -> BTreeSet<u64> {
        self.state().too_late.clone()
    }

    /// How many calls of this process have not ended, but for polls.
    pub(super) fn under_way(&self) -> usize {
        self.state().under_way
    }

    pub(super) fn calls(&self) -> u64 {
        self.state().calls
    }

    /// Something that happened becomes part of the trace.
    pub(super) fn trace(&self, what: impl Hash + Debug) {
        let now = self.now_ms();
        let mut state = self.state();
        (now, &what).hash(&mut state.hash);
        if state.aloud {
            println!("{now:>9} {what:?}");
        }
    }

    pub(super) fn hash(&self) -> u64 {
        self.state().hash.finish()
    }
}

/// One process's end of the wire.
pub(super) struct End {
    boot: u32,
    wire: Arc<Wire>,
}

impl End {
    /// A step of a call. A process that is dead never gets past it.
    async fn step(&self) {
        let is_alive = {
            let mut state = self.wire.state();
            let mine = state.boot == self.boot;
            match state.crash_in {
                Some(0) if mine => {
                    state.crashed = true;
                    state.crash_in = None;
                    self.wire.woken.notify_one();
                }
                Some(steps) if mine => state.crash_in = Some(steps - 1),
                Some(_) | None => {}
            }
            mine && !state.crashed
        };
        if !is_alive {
            std::future::pending::<()>().await;
        }
    }

    fn draw(&self, from: u64, below: u64) -> Duration {
        Duration::from_millis(from + self.wire.state().luck.below(below))
    }
}

impl Carrier for End {
    fn carry(&self, method: &'static str, load: Load) -> Carried<'_> {
        if method == "GetUpdates" {
            return self.carried(method, load);
        }
        Box::pin(async move {
            self.wire.state().under_way += 1;
            let carried = self.carried(method, load).await;
            let mut state = self.wire.state();
            state.under_way = state.under_way.saturating_sub(1);
            drop(state);
            carried
        })
    }
}

impl End {
    fn carried(&self, method: &'static str, load: Load) -> Carried<'_> {
        Box::pin(async move {
            let wire = &self.wire;
            let made_ms = wire.now_ms();
            self.step().await;
            wire.woken.notify_one();
            tokio::time::sleep(self.draw(5, 60)).await;
            self.step().await;
            if wire.state().is_cut {
                tokio::time::sleep(self.draw(1, 900)).await;
                return Err("no connection".to_owned());
            }
            let (fields, file) = given(load);
            let note = noted(method, &fields);
            if let Some(note) = &note {
                self.is_awaited(note, made_ms);
            }
            let chat = note.as_ref().map(|note| note.chat);
            let toast = query(&fields).filter(|_| fields.contains_key("text"));
            // A poll waits for long; whether anything comes of it is traced by what comes.
            let is_poll = method == "GetUpdates";
            let ended = wire.local.call(method, fields, file).await;
            let place = self.took(method, note, &ended, is_poll);
            if let (Some(query), Ended::Answered(400, _)) = (toast, &ended) {
                wire.state().too_late.insert(query);
            }
            wire.woken.notify_one();
            let unheard = |place: Option<usize>, is: bool| {
                if let Some(place) = place {
                    wire.state().sent[place].unheard = is;
                }
            };
            unheard(place, true);
            self.step().await;
            tokio::time::sleep(self.draw(5, 60)).await;
            self.step().await;
            wire.woken.notify_one();
            if wire.state().is_cut {
                return Err("the connection broke".to_owned());
            }
            if let (Some(chat), Ended::Answered(429, body)) = (chat, &ended) {
                self.is_told_to_wait(chat, body);
            }
            let reply = match ended {
                Ended::Answered(status, body) => Reply {
                    status,
                    body: Some(body.into_bytes()),
                },
                Ended::Torn => Reply {
                    status: 200,
                    body: None,
                },
                Ended::Reset => return Err("the connection broke".to_owned()),
            };
            unheard(place, false);
            Ok(reply)
        })
    }
}

impl End {
    /// The bot hears that it is to leave this chat alone for a while.
    fn is_told_to_wait(&self, chat: i64, body: &str) {
        let body: Value = serde_json::from_str(body).unwrap();
        let seconds = body["parameters"]["retry_after"].as_u64().unwrap();
        let from_ms = self.wire.now_ms();
        let paused = Paused {
            boot: self.boot,
            from_ms,
            until_ms: from_ms + seconds * 1_000,
        };
        let mut state = self.wire.state();
        let before = state.paused.entry(chat).or_insert(paused);
        // A shorter order does not end a longer one.
        if before.boot != self.boot || before.until_ms < paused.until_ms {
            *before = paused;
        }
    }

    /// Notes what was made then and comes although the bot was told to wait before.
    fn is_awaited(&self, note: &Sent, made_ms: u64) {
        let now = self.wire.now_ms();
        let mut state = self.wire.state();
        let paused = state.paused.get(&note.chat).copied();
        if let Some(paused) = paused
            && paused.boot == self.boot
            && paused.from_ms < made_ms
            && now < paused.until_ms
        {
            let what = format!(
                "{} ms too early to {}: {:?}",
                paused.until_ms - now,
                note.chat,
                note.text
            );
            state.hurried.push(what);
        }
    }

    /// Notes what the emulator made of a call; the place of what it sent, if it sent something.
    fn took(
        &self,
        method: &'static str,
        note: Option<Sent>,
        ended: &Ended,
        is_poll: bool,
    ) -> Option<usize> {
        let wire = &self.wire;
        let status = match ended {
            Ended::Answered(status, _) => *status,
            Ended::Torn => 200,
            Ended::Reset => 0,
        };
        if !is_poll {
            let said = note
                .as_ref()
                .map(|note| (note.chat, &note.text, &note.data));
            wire.trace((method, status, said));
        }
        let now = wire.now_ms();
        let mut state = wire.state();
        state.calls += 1;
        if (400..500).contains(&status) {
            let Ended::Answered(_, body) = ended else {
                return None;
            };
            state.refused.push((format!("{method} {body}"), status));
        }
        // Whether a call that was reset was done is known to the emulator alone: what is in the chat was.
        let note = note.filter(|_| status == 200 || status == 0)?;
        state.sent.push(Sent {
            at_ms: now,
            boot: self.boot,
            at: wire.clock.now(),
            ..note
        });
        Some(state.sent.len() - 1)
    }
}

/// A file's name, and what is in it.
type File = (String, Vec<u8>);

/// The fields of a call, and its file.
fn given(load: Load) -> (Map<String, Value>, Option<File>) {
    match load {
        Load::Json(bytes) => (serde_json::from_slice(&bytes).unwrap(), None),
        Load::Parts {
            fields,
            name,
            bytes,
        } => {
            let fields = fields
                .into_iter()
                .map(|(name, text)| (name.to_owned(), json!(text)));
            (fields.collect(), Some((name, bytes)))
        }
    }
}

/// What a call sends or rewrites.
fn noted(method: &str, fields: &Map<String, Value>) -> Option<Sent> {
    let edit = match method {
        "SendMessage" => false,
        "EditMessageText" => true,
        _ => return None,
    };
    let rows = fields
        .get("reply_markup")
        .map(|markup| &markup["inline_keyboard"]);
    let rows = rows.and_then(Value::as_array).map(Vec::as_slice);
    let buttons = rows
        .unwrap_or_default()
        .iter()
        .flat_map(|row| row.as_array().map(Vec::as_slice).unwrap_or_default());
    let data = buttons.filter_map(|button| button["callback_data"].as_str());
    Some(Sent {
        at_ms: 0,
        boot: 0,
        at: Timestamp::UNIX_EPOCH,
        chat: fields.get("chat_id").and_then(Value::as_i64).unwrap_or(0),
        edit,
        text: fields["text"].as_str().unwrap_or_default().to_owned(),
        data: data.map(str::to_owned).collect(),
        unheard: false,
    })
}
