//! The hot parts on their fixed inputs.
//!
//! Only what runs in a function `hot_…` is counted, in the thread that called it. None of them holds a closure, whose name would hold
//! theirs and switch the counting off.

use std::hint::black_box;
use std::path::PathBuf;

use anyhow::Context as _;
use jiff::Timestamp;
use samleng::config;
use samleng::dialogue::{self, Content, Effect, Event, Moment, Outcome, Person};
use samleng::digest::readers::Organisers;
use samleng::digest::{self, Filter, Records};
use samleng::documents::text::Text;
use samleng::domain::{ChatId, Language, MessageId};
use samleng::registry::{Finder, Found, read};
use samleng::similar::{Board, Shingles};
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::kv::Kv;
use samleng::store::memory_kv::MemoryKv;
use samleng::store::sled_kv::SledKv;
use samleng::store::{Finished, Stage, Store};
use samleng::text::Forum;
use serde_json::Value;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data");
/// People whose every step is counted, and every commit.
const STEPPING: i64 = 20;
/// People whose concerns are in the digest.
const IN_DIGEST: i64 = 50;
/// Texts that are held against all others, and names that are looked up.
const LOOKED_UP: usize = 100;
/// From /start to the receipt.
const STEPS: usize = 16;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The steps of whole conversations.
    Step,
    /// Their commits: sealed, in sled's tree, and flushed; without sled's own threads.
    Commit,
    /// A digest from the records to a text.
    Digest,
    /// From a text to those that say something close.
    Close,
    /// From a typed name to the registry's closest five.
    Lookup,
}

impl Part {
    pub(crate) const ALL: [Self; 5] = [
        Self::Step,
        Self::Commit,
        Self::Digest,
        Self::Close,
        Self::Lookup,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Commit => "commit",
            Self::Digest => "digest",
            Self::Close => "close",
            Self::Lookup => "lookup",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name() == name)
    }

    /// Does it; a sum that shows that it was done.
    pub(crate) fn run(self) -> anyhow::Result<usize> {
        match self {
            Self::Step => conversations(&forum()?, &mut in_memory()?, STEPPING),
            Self::Commit => on_disk(),
            Self::Digest => in_digest(),
            Self::Close => close(),
            Self::Lookup => lookups(),
        }
    }
}

#[inline(never)]
fn hot_step(
    person: Person,
    event: Event,
    forum: &Forum,
    stage: &mut Stage,
    moment: Moment,
) -> Outcome {
    black_box(dialogue::step(person, event, forum, stage, moment))
}

#[inline(never)]
fn hot_commit_staged(stage: Stage) -> anyhow::Result<Finished> {
    Ok(black_box(stage.finish()?))
}

#[inline(never)]
fn hot_commit(store: &mut Store, finished: Finished) -> anyhow::Result<()> {
    black_box(store.commit(finished)?);
    Ok(())
}

#[inline(never)]
fn hot_digest(records: &Records, forum: &Forum, language: Language, now: Timestamp) -> String {
    let digest = digest::make::<Organisers>(records, &Filter::default(), &forum.config, now);
    black_box(Text::new(&digest, forum, language).plain())
}

#[inline(never)]
fn hot_close(board: &Board, text: &str) -> Vec<(u64, f32)> {
    black_box(board.close_to(&Shingles::of(text), 5))
}

#[inline(never)]
fn hot_lookup(finder: &Finder, typed: &str) -> Vec<Found> {
    black_box(finder.closest(typed, 5))
}

/// So many people go from /start to a receipt by first answers, each step a commit; how many concerns there are.
fn conversations(forum: &Forum, store: &mut Store, people: i64) -> anyhow::Result<usize> {
    let texts = texts("title")?;
    let mut typed = texts.iter().cycle();
    for number in 1..=people {
        let chat = ChatId(number);
        // The data of the newest screen's buttons, row by row.
        let mut buttons: Vec<Vec<String>> = Vec::new();
        for step in 0..STEPS {
            let moment = Moment {
                now: now()?,
                random: u128::try_from(number)? * 1_000 + step as u128,
            };
            let mut stage = Stage::new(store, moment.now)?;
            let person = stage.person_in(chat)?;
            let said = typed.next().context("no texts")?;
            let event = first_answer(&buttons, if step == 0 { "/start" } else { said });
            let outcome = hot_step(person, event, forum, &mut stage, moment);
            for effect in &outcome.effects {
                match effect {
                    Effect::Send { body, .. } | Effect::Edit { body, .. } => {
                        let rows = body.buttons.iter();
                        buttons = rows
                            .map(|row| row.iter().map(|button| button.data.clone()).collect())
                            .collect();
                    }
                    Effect::Toast { .. }
                    | Effect::Strip { .. }
                    | Effect::Digest(_)
                    | Effect::Commands
                    | Effect::Late(_)
                    | Effect::MyData => {}
                }
            }
            stage.apply(chat, outcome)?;
            stage.show(chat, Some(MessageId(6)))?;
            let finished = hot_commit_staged(stage)?;
            hot_commit(store, finished)?;
        }
    }
    let concerns = store.snapshot()?.open()?.concerns.len();
    anyhow::ensure!(
        concerns as i64 == people,
        "{concerns} concerns of {people} people"
    );
    Ok(concerns)
}

/// Presses the first button that leads on, or types.
fn first_answer(buttons: &[Vec<String>], said: &str) -> Event {
    let does = |data: &String, verb: &str| {
        data.rsplit(':')
            .next()
            .is_some_and(|does| does.starts_with(verb))
    };
    let all = || buttons.iter().flatten();
    let first = buttons.first().and_then(|row| row.first());
    let nothing_told = |data: &String| does(data, "done") && !all().any(|data| does(data, "undo"));
    match first {
        Some(data)
            if !nothing_told(data)
                && !["back", "skip", "cancel"]
                    .iter()
                    .any(|verb| does(data, verb)) =>
        {
            Event::Press {
                query: "4711".to_owned(),
                message: Some(MessageId(6)),
                data: data.clone(),
            }
        }
        Some(_) | None => Event::Message {
            id: MessageId(5),
            content: Content::Text(said.to_owned()),
        },
    }
}

fn on_disk() -> anyhow::Result<usize> {
    let place =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("hot-{}", std::process::id()));
    let result = (|| {
        let mut store = unlocked(Box::new(SledKv::open(&place)?))?;
        conversations(&forum()?, &mut store, STEPPING)
    })();
    std::fs::remove_dir_all(&place)?;
    result
}

fn in_digest() -> anyhow::Result<usize> {
    let forum = forum()?;
    let mut store = in_memory()?;
    conversations(&forum, &mut store, IN_DIGEST)?;
    let records = store.snapshot()?.open()?;
    let language = Language::parse("km").context("no language")?;
    Ok(hot_digest(&records, &forum, language, now()?).len())
}

/// The stories of the labelled pairs on one board.
fn close() -> anyhow::Result<usize> {
    let texts = texts("story")?;
    let mut board = Board::new();
    for (id, text) in (0..).zip(&texts) {
        board.insert(id, Shingles::of(text));
    }
    let asked = texts
        .iter()
        .step_by(texts.len() / LOOKED_UP)
        .take(LOOKED_UP);
    Ok(asked.map(|text| hot_close(&board, text).len()).sum())
}

/// The titles or the stories of the labelled pairs: Khmer, English and romanised.
fn texts(which: &str) -> anyhow::Result<Vec<String>> {
    let mut texts = Vec::new();
    for line in std::fs::read_to_string(format!("{DATA}/close/pairs.jsonl"))?.lines() {
        let pair: Value = serde_json::from_str(line)?;
        for side in ["a", "b"] {
            let text = pair[side][which].as_str().context("no text")?;
            texts.push(text.to_owned());
        }
    }
    Ok(texts)
}

fn lookups() -> anyhow::Result<usize> {
    let csv = std::fs::read(format!("{DATA}/registry/registry.csv"))?;
    let mut finder = Finder::default();
    for entry in &read::csv(&csv, &forum()?)?.entries {
        finder.insert(entry.line as u64, entry.name.all());
    }
    let mut found = 0;
    let mut typed = csv::Reader::from_path(format!("{DATA}/registry/typed.csv"))?;
    for row in typed.records().take(LOOKED_UP) {
        found += hot_lookup(&finder, &row?[0]).len();
    }
    Ok(found)
}

fn in_memory() -> anyhow::Result<Store> {
    unlocked(Box::new(MemoryKv::new()))
}

fn unlocked(kv: Box<dyn Kv>) -> anyhow::Result<Store> {
    let master = MasterKey::from_env_value(&"7b".repeat(32))?;
    Ok(Store::unlock(kv, master, &Epoch::random()?)?)
}

/// Always the same.
fn now() -> anyhow::Result<Timestamp> {
    Ok("2027-01-15T08:23:00Z".parse()?)
}

/// The compiled configuration.
fn forum() -> anyhow::Result<Forum> {
    let wrong = |mistakes: Vec<config::Mistake>| anyhow::anyhow!("{} mistakes", mistakes.len());
    Forum::read(config::files(None).map_err(wrong)?).map_err(wrong)
}
