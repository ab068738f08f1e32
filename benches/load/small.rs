//! The pieces by themselves: a step, a batch, a digest.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use jiff::Timestamp;
use samleng::dialogue::{self, Content, Effect, Event, Moment, Person};
use samleng::digest::readers::Organisers;
use samleng::digest::{self, Filter};
use samleng::documents::{json, text::Text};
use samleng::domain::{ChatId, Language, MessageId};
use samleng::runtime::clock::Clock;
use samleng::runtime::intake::Intake;
use samleng::runtime::work::{Ears, Work};
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::memory_kv::MemoryKv;
use samleng::store::{Stage, Store};
use samleng::telegram::{Update, What};
use samleng::text::Forum;
use tokio::sync::{mpsc, oneshot};

use crate::people::{Act, CONCERN, JOIN};
use crate::process::KEY;
use crate::stored;
use crate::table::{Table, median};

/// Concerns raised for the mean time of a step.
const CONCERNS: u32 = 500;
/// Batches of each size.
const BATCHES: u32 = 50;

/// All of them, on a data folder filled by [`stored::fill`] and a fresh one.
pub(crate) fn all(
    table: &mut Table,
    forum: &Arc<Forum>,
    full: &Path,
    fresh: &Path,
) -> anyhow::Result<()> {
    let step = steps(forum)?;
    table.row(
        "a step of the dialogue, mean over a concern",
        &micros(step),
        "",
    );
    batches(table, forum, fresh)?;
    digests(table, forum, full)
}

/// Walks one person through many concerns; the mean time of a step.
fn steps(forum: &Forum) -> anyhow::Result<Duration> {
    let master = MasterKey::from_env_value(KEY)?;
    let store = Store::unlock(Box::new(MemoryKv::new()), master, &Epoch::random()?)?;
    let mut stage = Stage::new(&store, Timestamp::now())?;
    let chat = ChatId(1);
    let mut person = Person::new(0, chat);
    let mut data = BTreeMap::new();
    let mut steps = 0;
    let mut took = Duration::ZERO;
    let concerns = std::iter::repeat_n(CONCERN.as_slice(), CONCERNS as usize).flatten();
    for act in JOIN.iter().chain(concerns) {
        let event = match act {
            Act::Write(text) => Event::Message {
                id: MessageId(5),
                content: Content::Text((*text).to_owned()),
            },
            Act::Press(label) | Act::Tap(label) => Event::Press {
                query: "4711".to_owned(),
                message: Some(MessageId(6)),
                data: data
                    .remove(*label)
                    .with_context(|| format!("no button {label}"))?,
            },
        };
        let moment = Moment {
            now: Timestamp::now(),
            random: steps,
        };
        let begun = Instant::now();
        let outcome = dialogue::step(person, event, forum, &mut stage, moment);
        took += begun.elapsed();
        steps += 1;
        stage.apply(chat, outcome.clone())?;
        for effect in outcome.effects {
            match effect {
                Effect::Send { body, .. } | Effect::Edit { body, .. } => {
                    let buttons = body.buttons.into_iter().flatten();
                    data.extend(buttons.map(|button| (button.label, button.data)));
                }
                Effect::Toast { .. }
                | Effect::Strip { .. }
                | Effect::Digest(_)
                | Effect::Commands
                | Effect::Late(_)
                | Effect::MyData => {}
            }
        }
        person = outcome.person.context("nobody is left")?;
    }
    Ok(took / u32::try_from(steps)?)
}

/// From a batch of updates to the word that it is on disk.
fn batches(table: &mut Table, forum: &Arc<Forum>, data: &Path) -> anyhow::Result<()> {
    let store = stored::open(data)?;
    let (deliver, _rows) = mpsc::unbounded_channel();
    let ears = Ears {
        next_due: tokio::sync::watch::Sender::new(None),
        deliver,
        strangers_at_most: 0,
        fetch: mpsc::unbounded_channel().0,
        files_gone: Box::new(|_| {}),
        link_used: Box::new(|| {}),
        erased: Box::new(|_| {}),
    };
    let again = Box::new(|| Err(samleng::store::StoreError::Closed));
    let intake = Intake::new(Arc::clone(forum), store, again, ears, Clock::system())?;
    let (works, work) = channel();
    let writer = std::thread::spawn(move || intake.run(&work));
    let mut id = 0;
    for size in [1, 10, 100] {
        let mut times = Vec::new();
        for _ in 0..BATCHES {
            let updates: Vec<Update> = (0..size)
                .map(|chat| {
                    id += 1;
                    let event = Event::Message {
                        id: MessageId(5),
                        content: Content::Text("/start".to_owned()),
                    };
                    Update {
                        id,
                        what: What::Private(ChatId(chat + 1), event),
                    }
                })
                .collect();
            let (done, hear) = oneshot::channel();
            let begun = Instant::now();
            works.send(Work::Updates {
                updates,
                offset: i64::from(id) + 1,
                done,
            })?;
            hear.blocking_recv()??;
            times.push(begun.elapsed().as_secs_f64());
        }
        let time = Duration::from_secs_f64(median(&mut times));
        table.row(
            &format!("a batch of {size}: steps, seal, commit, flush"),
            &micros(time),
            "",
        );
    }
    works.send(Work::Stop)?;
    writer
        .join()
        .map_err(|_| anyhow::anyhow!("the writer ended badly"))
}

/// A digest of everything, from the store to a text and to JSON.
fn digests(table: &mut Table, forum: &Forum, data: &Path) -> anyhow::Result<()> {
    let store = stored::open(data)?;
    let begun = Instant::now();
    let records = store.snapshot()?.open()?;
    table.row(
        "20,000 concerns: read and open",
        &millis(begun.elapsed()),
        "",
    );
    let begun = Instant::now();
    let digest = digest::make::<Organisers>(
        &records,
        &Filter::default(),
        &forum.config,
        Timestamp::now(),
    );
    table.row("20,000 concerns: digest", &millis(begun.elapsed()), "");
    let language = Language::parse("km").context("no language")?;
    let begun = Instant::now();
    let text = Text::new(&digest, forum, language).plain();
    let size = |bytes: usize| format!("{:.1} MB", bytes as f64 / 1e6);
    table.row(
        "20,000 concerns: to text",
        &millis(begun.elapsed()),
        &size(text.len()),
    );
    let begun = Instant::now();
    let json = json::render(&digest);
    table.row(
        "20,000 concerns: to JSON",
        &millis(begun.elapsed()),
        &size(json.len()),
    );
    Ok(())
}

fn micros(time: Duration) -> String {
    format!("{:.0} µs", time.as_secs_f64() * 1e6)
}

/// In milliseconds.
pub(crate) fn millis(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1e3)
}
