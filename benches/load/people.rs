//! Simulated people: each does the next thing when the answer to the last one is there, at once or after a pause.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use samleng::emulator::local::{Local, Screen};
use serde_json::json;

use crate::plain_bot::NEXT;

/// How long a person waits for an answer before the bench gives up.
const PATIENCE: Duration = Duration::from_secs(60);
/// The chat of the first person.
pub(crate) const FIRST: i64 = 1_000;

/// What a person does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// Writes this.
    Write(&'static str),
    /// Presses the button with this label.
    Press(&'static str),
    /// Presses it and waits for any answer, since that has no buttons by which it is known.
    Tap(&'static str),
}

use Act::{Press, Tap, Write};

/// From the first word to the menu.
pub(crate) const JOIN: [Act; 5] = [
    Write("/start"),
    Press("English"),
    Tap("✅ I agree"),
    Write("Fishers of the lake"),
    Press("Phnom Penh"),
];

/// One concern, from the menu to the menu.
pub(crate) const CONCERN: [Act; 11] = [
    Press("✍️ New concern"),
    Press("Land and housing"),
    Press("Phnom Penh"),
    Write("The road to our village floods every year"),
    Write(
        "Since the canal was filled, the water has stood knee-high in our fields for two months.",
    ),
    Press("✅ Done"),
    Write("About two hundred families in three villages"),
    Write("Open the canal again before the rains come"),
    Press("It should be solved within months"),
    Press("With our name"),
    Press("✅ Submit"),
];

/// Which bot is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Ours.
    Samleng,
    /// The plain one: the same acts, each press on its one button that leads on.
    Plain,
}

/// What came of a stretch of conversation.
pub(crate) struct Talk {
    /// From the first act to the last answer.
    pub(crate) took: Duration,
    /// How long each answer took.
    pub(crate) waits: Vec<Duration>,
    /// When each act was done.
    pub(crate) acted: Vec<Instant>,
}

/// People of one emulator.
#[derive(Clone)]
pub(crate) struct People {
    local: Local,
    kind: Kind,
    count: i64,
    /// What each takes to read an answer.
    pause: Duration,
}

impl People {
    /// People who have never written yet, and read in no time.
    pub(crate) fn new(local: Local, kind: Kind, count: i64) -> anyhow::Result<Self> {
        local.act("log", json!({"calls": false}))?;
        for id in FIRST..FIRST + count {
            let fields = json!({"id": id, "first_name": "P", "language_code": "en"});
            local.act("user", fields)?;
        }
        let pause = Duration::ZERO;
        Ok(Self {
            local,
            kind,
            count,
            pause,
        })
    }

    /// The same, who take so long to read.
    pub(crate) fn who_pause(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    /// Everybody joins.
    pub(crate) async fn join(&self) -> anyhow::Result<Talk> {
        let over = Arc::new(AtomicBool::new(false));
        self.each(&JOIN, true, over).await
    }

    /// Everybody raises concerns, one after the other, for so long.
    pub(crate) async fn raise(&self, how_long: Duration) -> anyhow::Result<Talk> {
        let over = Arc::new(AtomicBool::new(false));
        let timer = Arc::clone(&over);
        tokio::spawn(async move {
            tokio::time::sleep(how_long).await;
            timer.store(true, Ordering::Relaxed);
        });
        self.raise_until(over).await
    }

    /// The same until somebody says that it is over.
    pub(crate) async fn raise_until(&self, over: Arc<AtomicBool>) -> anyhow::Result<Talk> {
        self.each(&CONCERN, false, over).await
    }

    /// The first `count` people write at one instant; waits for all answers.
    pub(crate) async fn write_together(&self, count: i64) -> anyhow::Result<()> {
        let people = FIRST..FIRST + count;
        let before: Vec<u64> = people.clone().map(|id| self.local.event(id)).collect();
        self.local.act_together(
            people
                .clone()
                .map(|id| ("send", json!({"from": id, "text": "/menu"}))),
        )?;
        for (id, before) in people.zip(before) {
            let screen = self.local.screen(id, before, PATIENCE).await;
            screen.context("no answer")?;
        }
        Ok(())
    }

    async fn each(
        &self,
        acts: &'static [Act],
        once: bool,
        over: Arc<AtomicBool>,
    ) -> anyhow::Result<Talk> {
        let begun = Instant::now();
        let people: Vec<_> = (FIRST..FIRST + self.count)
            .map(|id| tokio::spawn(self.clone().talk(id, acts, once, Arc::clone(&over))))
            .collect();
        let (mut acted, mut waits) = (Vec::new(), Vec::new());
        for person in people {
            for (at, wait) in person.await?? {
                acted.push(at);
                waits.push(wait);
            }
        }
        Ok(Talk {
            took: begun.elapsed(),
            waits,
            acted,
        })
    }

    async fn talk(
        self,
        id: i64,
        acts: &'static [Act],
        once: bool,
        over: Arc<AtomicBool>,
    ) -> anyhow::Result<Vec<(Instant, Duration)>> {
        let mut waits = Vec::new();
        let mut screen = self.local.screen(id, 0, Duration::ZERO).await;
        loop {
            for act in acts {
                if over.load(Ordering::Relaxed) {
                    return Ok(waits);
                }
                if !self.pause.is_zero() {
                    tokio::time::sleep(self.pause).await;
                }
                let begun = Instant::now();
                let before = self.local.event(id);
                self.act(id, *act, screen.as_ref())?;
                if matches!(act, Tap(_)) && self.kind == Kind::Samleng {
                    // Brought by a webhook, what they write next could overtake it.
                    let said = self.local.said(id, before, PATIENCE).await;
                    anyhow::ensure!(!said.is_empty(), "no answer to {act:?}");
                    continue;
                }
                screen = self.local.screen(id, before, PATIENCE).await;
                anyhow::ensure!(screen.is_some(), "no answer to {act:?}");
                waits.push((begun, begun.elapsed()));
            }
            if once {
                return Ok(waits);
            }
        }
    }

    fn act(&self, id: i64, act: Act, screen: Option<&Screen>) -> anyhow::Result<()> {
        let done = match act {
            Write(text) => self.local.act("send", json!({"from": id, "text": text})),
            Press(label) | Tap(label) => {
                let screen = screen.context("nothing to press")?;
                let label = match self.kind {
                    Kind::Samleng => label,
                    Kind::Plain => NEXT,
                };
                let fields = json!({"from": id, "label": label, "message_id": screen.message_id});
                self.local.act("press", fields)
            }
        };
        done.with_context(|| format!("{act:?} on {screen:?}"))
            .map(drop)
    }
}
