//! What is done by the clock, with as many people as a registry has organisations; docs/BENCHES.md tells how.
//!
//! The store is in memory. Figures are medians of five; nothing here fails because of a figure.

#[path = "../load/table.rs"]
mod table;
#[path = "../load/timed.rs"]
mod timed;

use std::hint::black_box;

use anyhow::Context as _;
use jiff::{Timestamp, ToSpan as _};
use samleng::config;
use samleng::config::reminders::Before;
use samleng::dialogue::desk::late;
use samleng::dialogue::reminding::{self, Kept, Known};
use samleng::dialogue::screen::View;
use samleng::dialogue::{Change, Effect, Late, Membership, Moment, Person, State, World as _};
use samleng::domain::{ChatId, Day, Language, Localised, Meeting, Organisation};
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::memory_kv::MemoryKv;
use samleng::store::{Lane, Stage, Store};
use samleng::text::Forum;

use table::Table;
use timed::milliseconds;

const PEOPLE: u64 = 5_400;
const ORGANISATIONS: u64 = 180;
const REMINDERS: usize = 20;
/// Looks and reminders that are timed together, since one is too short.
const TOGETHER: u32 = 200;

fn main() -> anyhow::Result<()> {
    let forum = forum()?;
    let begin: Timestamp = "2027-01-01T03:00:00Z".parse()?;
    let store = filled(&forum, begin)?;
    let mut table = Table::new();
    next_instant(&mut table, &store, &forum, begin)?;
    let (kept, due) = a_tick(&mut table, &store, &forum, begin)?;
    one_reminder(&mut table, store, &forum, &kept, due)
}

/// As the writer looks ahead: the records are read each time.
fn next_instant(
    table: &mut Table,
    store: &Store,
    forum: &Forum,
    now: Timestamp,
) -> anyhow::Result<()> {
    let stage = Stage::new(store, now)?;
    let times = Known::of(&stage).look(forum, now);
    anyhow::ensure!(times.due.is_empty() && times.next.is_some(), "{times:?}");
    let took = milliseconds(|| {
        for _ in 0..TOGETHER {
            let stage = Stage::new(store, now);
            let known = stage.as_ref().map(|stage| Known::of(stage));
            black_box(known.is_ok_and(|known| known.look(forum, now).next.is_some()));
        }
    });
    table.row(
        &format!("finding the next instant, {REMINDERS} reminders"),
        &format!("{:.3} ms", took / f64::from(TOGETHER)),
        "under 1 ms",
    );
    Ok(())
}

/// Up to the batch that is to be committed. Returns what the last one was, and when.
fn a_tick(
    table: &mut Table,
    store: &Store,
    forum: &Forum,
    begin: Timestamp,
) -> anyhow::Result<(Kept, Timestamp)> {
    let stage = Stage::new(store, begin)?;
    let next = Known::of(&stage).look(forum, begin).next;
    let now = next.context("nothing is due")?;
    let moment = Moment { now, random: 0 };
    let mut last = Kept::default();
    let took = milliseconds(|| -> anyhow::Result<()> {
        let mut stage = Stage::new(store, now)?;
        let kept = reminding::keep(forum, &mut stage, moment)?;
        stage.apply_notices(Vec::new())?;
        for (chat, person, effect) in kept.effects.clone() {
            stage.send(chat, person, false, Lane::Bulk, vec![effect])?;
        }
        black_box(stage.finish()?);
        last = kept;
        Ok(())
    });
    let rows = last.effects.len() as u64;
    anyhow::ensure!(rows == PEOPLE, "{rows} are reminded");
    table.row(
        &format!("a tick that stages a reminder to {PEOPLE}"),
        &format!("{took:.0} ms"),
        "",
    );
    Ok((last, now))
}

/// When its turn in the outbox has come.
fn one_reminder(
    table: &mut Table,
    mut store: Store,
    forum: &Forum,
    kept: &Kept,
    now: Timestamp,
) -> anyhow::Result<()> {
    let mut stage = Stage::new(&store, now)?;
    reminding::keep(forum, &mut stage, Moment { now, random: 0 })?;
    stage.apply_notices(Vec::new())?;
    let finished = stage.finish()?;
    store.commit(finished)?;
    let (chat, _, effect) = kept.effects.last().context("nobody is reminded")?;
    let Effect::Late(reminder @ Late::Reminder { .. }) = *effect else {
        anyhow::bail!("that is no reminder");
    };
    let make = || -> anyhow::Result<late::Made> {
        let stage = Stage::new(&store, now)?;
        let reader = store.person(*chat)?;
        let view = View {
            forum,
            world: &stage,
            now,
        };
        Ok(late::make(reminder, *chat, reader.as_ref(), view))
    };
    let made = make()?;
    anyhow::ensure!(matches!(made, late::Made::Message { .. }), "{made:?}");
    let took = milliseconds(|| {
        for _ in 0..TOGETHER {
            black_box(make().is_ok());
        }
    });
    table.row(
        "making one person's reminder",
        &format!("{:.3} ms", took / f64::from(TOGETHER)),
        "",
    );
    Ok(())
}

/// Everybody has joined and nobody has raised anything.
fn filled(forum: &Forum, now: Timestamp) -> anyhow::Result<Store> {
    let master = MasterKey::from_env_value(&"7b".repeat(32))?;
    let mut store = Store::unlock(Box::new(MemoryKv::new()), master, &Epoch::random()?)?;
    let zone = &forum.config.settings.zone;
    let date = now.to_zoned(zone.clone()).date();
    let mut stage = Stage::new(&store, now)?;
    for id in 1..=ORGANISATIONS {
        let name = format!("Association {id} for the rivers and the lake");
        stage.change(Change::Organisation(Organisation {
            id,
            name: Localised::same(forum.words.languages(), &name),
            place: "kep".to_owned(),
            verified: true,
            number: None,
            suspended: false,
        }));
    }
    stage.change(Change::Meeting(Meeting {
        id: 1,
        title: Localised::same(forum.words.languages(), "Third meeting"),
        days: vec![Day {
            date: date.checked_add(60.days())?,
            time: None,
        }],
        place: None,
        deadline: Some(
            date.checked_add(40.days())?
                .at(17, 0, 0, 0)
                .to_zoned(zone.clone())?
                .timestamp(),
        ),
        capacity: None,
        people_at_most: None,
        zone: None,
    }));
    stage.meta.next_id = 1_000_000;
    stage.apply_notices(Vec::new())?;
    let finished = stage.finish()?;
    store.commit(finished)?;
    let everybody: Vec<u64> = (0..PEOPLE).collect();
    for together in everybody.chunks(256) {
        let mut stage = Stage::new(&store, now)?;
        for number in together {
            stage.change(Change::Person(Box::new(Person {
                language: Language::parse(if number % 2 == 0 { "km" } else { "en" }),
                membership: Some(Membership {
                    organisation: 1 + number % ORGANISATIONS,
                    agreed_at: now,
                    invitation: None,
                }),
                screen: 1,
                state: State::Menu { kept: None },
                ..Person::new(10_000 + number, ChatId(1_000_000 + i64::try_from(*number)?))
            })));
        }
        stage.apply_notices(Vec::new())?;
        let finished = stage.finish()?;
        store.commit(finished)?;
    }
    Ok(store)
}

/// The compiled configuration, with more reminders: some weeks before the deadline, each on a day of its own.
fn forum() -> anyhow::Result<Forum> {
    let wrong = |mistakes: Vec<config::Mistake>| anyhow::anyhow!("{} mistakes", mistakes.len());
    let mut forum = Forum::read(config::files(None).map_err(wrong)?).map_err(wrong)?;
    let reminders = &mut forum.config.calendar.reminders;
    let like = reminders.first().context("no reminder")?.clone();
    for days in (10..).take(REMINDERS.saturating_sub(reminders.len())) {
        let mut another = like.clone();
        another.id = format!("silent-{days}");
        if let Before::Days(_, at) = like.before {
            another.before = Before::Days(days, at);
        }
        reminders.push(another);
    }
    Ok(forum)
}
