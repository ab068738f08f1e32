//! People who go through the form once, each from `/start` to the receipt, and what became of what they said.
//!
//! Whoever gets no answer acts as people do: the same again, and when that does not help, from the beginning.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use samleng::emulator::local::{Local, Said};
use serde_json::json;

/// How long somebody waits, counted from what they did or from when the bot was there again.
pub(crate) const PATIENCE: Duration = Duration::from_secs(4);
/// How often somebody begins before they give it up.
const BEGINNINGS: u32 = 6;
/// The chat of the first person.
const FIRST: i64 = 1_000;

/// What a person does.
#[derive(Clone, Copy)]
enum Act {
    Start,
    /// Writes these words, with a mark of their own.
    Write(&'static str),
    /// Presses the button with this label.
    Press(&'static str),
}

use Act::{Press, Start, Write};

/// Everything, with words of the answer by which it is known.
const ACTS: [(Act, &str); 14] = [
    (Start, "Please choose your language."),
    (Press("English"), "Do you agree?"),
    (Press("✅ I agree"), "Which organisation do you speak for?"),
    (
        Write("Fishers of the lake"),
        "In which province does it mainly work?",
    ),
    (Press("Phnom Penh"), "What would you like to do?"),
    (Press("✍️ New concern"), "What is it about?"),
    (Press("Land and housing"), "Where does it happen?"),
    (Press("Phnom Penh"), "Give it a short title"),
    (
        Write("The road to our village floods"),
        "What is happening?",
    ),
    (
        Write("The water has stood knee-high in our fields for two months."),
        "So far: 1",
    ),
    (
        Write("Nobody has come to look at it although we asked three times."),
        "So far: 2",
    ),
    (Press("✅ Done"), "Who may read it?"),
    (Press("With our name"), "Please check."),
    (Press("✅ Submit"), RECEIPT),
];
/// How many answers a conversation has when nothing goes wrong.
pub(crate) const ANSWERS: u64 = ACTS.len() as u64;
const RECEIPT: &str = "Your receipt: ";
/// What a bot says that does not know whom it speaks to.
const UNKNOWN: &str = "Please write /start.";

/// What one person met.
#[derive(Debug, Default)]
pub(crate) struct Conversation {
    pub(crate) number: i64,
    /// From each act to its answer, however often it had to be done.
    pub(crate) waits: Vec<Duration>,
    /// None when they gave it up.
    pub(crate) receipt: Option<String>,
    /// Acts that were never answered.
    pub(crate) in_vain: u32,
    /// How often they had to begin anew.
    pub(crate) begun_anew: u32,
    /// Whether words that had been answered had to be written again for that.
    pub(crate) words_again: bool,
}

enum Heard {
    /// To this act.
    Answer(usize, Said),
    /// The bot does not know them.
    Unknown,
    Nothing,
}

/// Everybody, and the bot they speak to.
pub(crate) struct People {
    local: Local,
    /// Since when the bot polls; none while it is not there.
    polls_since: Mutex<Option<Instant>>,
    answered: AtomicU64,
}

impl People {
    pub(crate) fn new(local: Local) -> Self {
        Self {
            local,
            polls_since: Mutex::new(None),
            answered: AtomicU64::new(0),
        }
    }

    /// The bot polls from now on, or it is not there.
    pub(crate) fn it_polls(&self, polls: bool) {
        let mut since = self
            .polls_since
            .lock()
            .unwrap_or_else(|broken| broken.into_inner());
        *since = polls.then(Instant::now);
    }

    /// How many acts were answered so far.
    pub(crate) fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// What this person writes with these words: marked, so that it is known wherever it is kept.
    fn marked(words: &str, number: i64) -> String {
        format!("{words} ({number})")
    }

    /// All words that this person writes.
    pub(crate) fn words(number: i64) -> impl Iterator<Item = String> {
        ACTS.iter().filter_map(move |(act, _)| match act {
            Write(words) => Some(Self::marked(words, number)),
            Start | Press(_) => None,
        })
    }

    /// Whose words these are.
    pub(crate) fn of_whom(words: &str) -> Option<i64> {
        let (_, mark) = words.rsplit_once('(')?;
        mark.strip_suffix(')')?.parse().ok()
    }

    /// One person's way to the receipt.
    pub(crate) async fn converse(&self, number: i64) -> anyhow::Result<Conversation> {
        let chat = FIRST + number;
        let mut met = Conversation {
            number,
            ..Conversation::default()
        };
        let person = json!({"id": chat, "first_name": "P", "language_code": "en"});
        self.local.act("user", person)?;
        let (mut at, mut again) = (0, false);
        // Where they were when they had to begin anew, and the message in which they read the last answer.
        let (mut reached, mut screen) = (0, None);
        let mut first_tried = None;
        while let Some((act, _)) = ACTS.get(at) {
            let begun = Instant::now();
            let before = self.local.event(chat);
            // Where a button has gone, its answer may be on its way.
            let _ = self.act(chat, number, *act, screen);
            match self.hear(chat, before, at, begun).await {
                Heard::Answer(which, said) => {
                    met.waits
                        .push(first_tried.take().unwrap_or(begun).elapsed());
                    self.answered.fetch_add(1, Ordering::Relaxed);
                    met.receipt = receipt(&said.text);
                    (at, again, screen) = (which + 1, false, Some(said.message_id));
                    let asked_again = ACTS.get(at..reached).unwrap_or_default();
                    met.words_again |= asked_again.iter().any(|(act, _)| matches!(act, Write(_)));
                    reached = at;
                    continue;
                }
                Heard::Nothing if !again => {
                    met.in_vain += 1;
                    (again, first_tried) = (true, Some(begun));
                    continue;
                }
                Heard::Nothing | Heard::Unknown => {}
            }
            met.begun_anew += 1;
            if met.begun_anew == BEGINNINGS {
                break;
            }
            reached = reached.max(at);
            (at, again) = (0, false);
        }
        Ok(met)
    }

    fn act(&self, chat: i64, number: i64, act: Act, screen: Option<i64>) -> anyhow::Result<()> {
        let text = |text: &str| self.local.act("send", json!({"from": chat, "text": text}));
        let done = match act {
            Start => text("/start"),
            Write(words) => text(&Self::marked(words, number)),
            // What they read last, else the newest buttons that there are.
            Press(label) => {
                let there = json!({"from": chat, "label": label, "message_id": screen});
                let newest = json!({"from": chat, "label": label});
                (self.local.act("press", there)).or_else(|_| self.local.act("press", newest))
            }
        };
        done.map(drop)
    }

    /// Waits for the answer to what was done at `begun`; which it is. To `/start` it may be any: some bots know where they were.
    async fn hear(&self, chat: i64, mut after: u64, at: usize, begun: Instant) -> Heard {
        let answers = if at == 0 { 0..ACTS.len() } else { at..at + 1 };
        loop {
            let said = self.local.said(chat, after, Duration::from_millis(100));
            for said in said.await {
                after = after.max(said.event);
                let is_that = |which: &usize| is_answer(&said.text, ACTS[*which].1);
                if let Some(which) = answers.clone().rev().find(is_that) {
                    return Heard::Answer(which, said);
                }
                if said.text.contains(UNKNOWN) {
                    return Heard::Unknown;
                }
            }
            let since = *(self.polls_since.lock()).unwrap_or_else(|broken| broken.into_inner());
            if since.is_some_and(|since| since.max(begun).elapsed() > PATIENCE) {
                return Heard::Nothing;
            }
        }
    }

    /// How many messages of the bot came to this person twice, with nothing said between them.
    pub(crate) fn twice(&self, number: i64) -> usize {
        let chat = self.local.chat(FIRST + number, 1_000);
        let messages = chat["messages"].as_array().map_or(&[][..], Vec::as_slice);
        let pairs = messages.windows(2).filter(|pair| {
            pair.iter().all(|message| message["from_bot"] == true)
                && pair[0]["text"] == pair[1]["text"]
        });
        pairs.count()
    }
}

/// Whether this text is the answer that is known by these words. Where pieces are counted, more than were sent will do: one may have
/// been counted twice.
fn is_answer(text: &str, words: &str) -> bool {
    let counted = |text: &str| -> Option<u32> {
        let (_, after) = text.split_once("So far: ")?;
        let digits = after
            .split(|letter: char| !letter.is_ascii_digit())
            .next()?;
        digits.parse().ok()
    };
    match counted(words) {
        Some(at_least) => counted(text).is_some_and(|count| count >= at_least),
        None => text.contains(words),
    }
}

fn receipt(text: &str) -> Option<String> {
    let (_, after) = text.split_once(RECEIPT)?;
    after.split_whitespace().next().map(str::to_owned)
}
