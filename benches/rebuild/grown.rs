//! A store of some size: how long it takes to open it, to begin, and to take a step; how much disk and memory.

use std::time::Instant;

use anyhow::ensure;
use jiff::Timestamp;
use samleng::config;
use samleng::dialogue::{self, Content, Event, Moment, World as _};
use samleng::domain::{Announcement, Attachment, ChatId, MessageId};
use samleng::store::erasures::Gone;
use samleng::store::folder::DataFolder;
use samleng::store::{Row, Stage};
use samleng::text::Forum;

use super::{open, peak_kib, size};

pub(super) const HEAD: &str = "\
| concerns | open ms | read at start ms | memory MiB then | first search by likeness ms | memory MiB then | a step and its commit, median µs | disk MiB |
|---|---|---|---|---|---|---|---|";
const STEPS: usize = 301;

pub(super) fn measure(folder: &DataFolder) -> anyhow::Result<()> {
    let begun = Instant::now();
    let mut store = open(folder)?;
    let opened = begun.elapsed();
    // What the writer reads before it begins.
    let begun = Instant::now();
    let read = (
        store.all::<Row>()?.len(),
        store.all::<Gone>()?.len(),
        store.all::<Attachment>()?.len(),
        store.all::<Announcement>()?.len(),
    );
    let started = begun.elapsed();
    let small = peak_kib()?;
    let begun = Instant::now();
    let found = Stage::new(&store, Timestamp::now())?
        .organisations_like("Association 1")
        .len();
    let searched = begun.elapsed();
    let large = peak_kib()?;
    ensure!(found > 0 && read.0 == 0, "the folder was filled");

    let files = config::files(None).map_err(|mistakes| anyhow::anyhow!("{mistakes:?}"))?;
    let forum = Forum::read(files).map_err(|mistakes| anyhow::anyhow!("{mistakes:?}"))?;
    let mut times = Vec::new();
    for number in 0..STEPS {
        let chat = ChatId(1_000_000 + i64::try_from(number)?);
        let begun = Instant::now();
        let mut stage = Stage::new(&store, Timestamp::now())?;
        let person = stage.person_in(chat)?;
        let event = Event::Message {
            id: MessageId(1),
            content: Content::Text("/mine".to_owned()),
        };
        let moment = Moment {
            now: Timestamp::now(),
            random: number as u128,
        };
        let outcome = dialogue::step(person, event, &forum, &mut stage, moment);
        stage.apply(chat, outcome)?;
        let finished = stage.finish()?;
        store.commit(finished)?;
        times.push(begun.elapsed().as_micros());
    }
    times.sort_unstable();
    drop(store);
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    println!(
        "| {} | {} | {:.1} | {} | {:.1} | {} | {:.0} |",
        opened.as_millis(),
        started.as_millis(),
        small / 1024.0,
        searched.as_millis(),
        large / 1024.0,
        times[STEPS / 2],
        mib(size(&folder.store())),
    );
    Ok(())
}
