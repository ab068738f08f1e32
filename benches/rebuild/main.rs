//! How long a rebuild of the store takes, and how much memory and disk; docs/BENCHES.md tells how.
//!
//! Everything is printed and nothing fails because of a figure. Each size has a process of its own, so that the most
//! memory is that of the rebuild alone.

mod grown;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use samleng::dialogue::{Change, Membership, Outcome, Person, State, World as _};
use samleng::domain::concern::question;
use samleng::domain::{
    Answer, Answers, ChatId, Concern, Disclosure, Language, Localised, MessageId, Organisation,
    Part, PartContent, Receipt, Status,
};
use samleng::store::folder::DataFolder;
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::rebuild::{self, Rebuilt};
use samleng::store::{Stage, Store};

/// Concerns that one person raised.
const EACH: u64 = 4;
/// People of one organisation.
const MEMBERS: u64 = 5;
const ROUNDS: usize = 5;

fn main() -> anyhow::Result<()> {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("rebuild");
    let words: Vec<String> = std::env::args().collect();
    match words.get(1).map(String::as_str) {
        Some("fill") => return fill(&folder(&place)?, words[2].parse()?),
        Some("rebuild") => return measure(&folder(&place)?),
        Some("grown") => return grown::measure(&folder(&place)?),
        Some(_) | None => {}
    }
    if let Some(at) = words.iter().position(|word| word == "growth") {
        let most = words.get(at + 1).and_then(|word| word.parse().ok());
        return growth(&place, most.unwrap_or(10));
    }
    println!(
        "| concerns | records | ms, median of {ROUNDS} | most memory MiB | store before / after / most disk MiB |"
    );
    println!("|---|---|---|---|---|");
    for concerns in [20_000, 100_000] {
        let _ = fs::remove_dir_all(&place);
        again(&["fill", &concerns.to_string()])?;
        print!("| {concerns} ");
        again(&["rebuild"])?;
    }
    fs::remove_dir_all(&place)?;
    Ok(())
}

/// The store with 1, 10 ... times as many concerns: what grows faster than they do.
fn growth(place: &Path, most: u64) -> anyhow::Result<()> {
    println!("{}", grown::HEAD);
    for times in [1, 10, 100].into_iter().filter(|times| *times <= most) {
        let concerns = times * 20_000;
        let _ = fs::remove_dir_all(place);
        again(&["fill", &concerns.to_string()])?;
        print!("| {concerns} ");
        again(&["grown"])?;
    }
    Ok(fs::remove_dir_all(place)?)
}

/// This program as another process.
fn again(words: &[&str]) -> anyhow::Result<()> {
    use std::io::Write as _;
    std::io::stdout().flush()?;
    let status = Command::new(std::env::current_exe()?)
        .args(words)
        .status()?;
    anyhow::ensure!(status.success(), "{words:?}: {status}");
    Ok(())
}

fn folder(place: &Path) -> anyhow::Result<DataFolder> {
    Ok(DataFolder::open(place)?)
}

fn open(folder: &DataFolder) -> anyhow::Result<Store> {
    let exists = folder.store().exists();
    Epoch::load_or_create(&folder.epoch(), exists)?;
    let master = MasterKey::from_env_value(&"7b".repeat(32))?;
    Ok(rebuild::open(folder, &master)?)
}

fn measure(folder: &DataFolder) -> anyhow::Result<()> {
    let mut store = open(folder)?;
    let before = size(&folder.store());
    let (mut times, mut records, mut most) = (Vec::new(), 0, 0);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let rebuilt = rebuild::rebuild_watched(folder, store, &mut |step| {
            // Measured once, so that looking costs no time in the others.
            if most == 0 && step == "a whole store" {
                most = size(folder.root());
            }
            Ok(())
        });
        match rebuilt {
            Rebuilt::Done(new, count) => (store, records) = (new, count),
            Rebuilt::Kept(_, error) | Rebuilt::Closed(error) => bail!("{error}"),
        }
        times.push(begun.elapsed().as_millis());
    }
    times.sort_unstable();
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    println!(
        "| {records} | {} | {:.1} | {:.0} / {:.0} / {:.0} |",
        times[ROUNDS / 2],
        peak_kib()? / 1024.0,
        mib(before),
        mib(size(&folder.store())),
        mib(most),
    );
    Ok(())
}

/// Bytes of all files below.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(about) if about.is_dir() => size(&entry.path()),
            Ok(about) => about.len(),
            Err(_) => 0,
        })
        .sum()
}

fn peak_kib() -> anyhow::Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let words = line.context("Linux says it")?.split_whitespace().nth(1);
    Ok(words.context("a number of KiB")?.parse()?)
}

/// As the folder of the bench `load`: concerns in Khmer, the people who raised them, their organisations.
fn fill(folder: &DataFolder, concerns: u64) -> anyhow::Result<()> {
    let mut store = open(folder)?;
    let people: Vec<u64> = (0..concerns / EACH).collect();
    for together in people.chunks(50) {
        let now = Timestamp::now();
        let mut stage = Stage::new(&store, now)?;
        let mut organisation = 0;
        for number in together {
            if number % MEMBERS == 0 {
                organisation = stage.fresh_id();
                let name = format!("Association {organisation} for the rivers and the lake");
                stage.change(Change::Organisation(Organisation {
                    id: organisation,
                    name: Localised::same(Language::parse("km"), &name),
                    place: "pursat".to_owned(),
                    verified: number % 2 == 0,
                    number: Some(organisation.to_string()),
                    suspended: false,
                }));
            }
            let chat = ChatId(1_000_000 + i64::try_from(*number)?);
            let mut person = Person::new(stage.fresh_id(), chat);
            person.language = Language::parse("km");
            person.membership = Some(Membership {
                organisation,
                agreed_at: now,
                invitation: None,
            });
            person.state = State::Menu { kept: None };
            for n in 0..EACH {
                let id = stage.fresh_id();
                let concern = concern(id, organisation, person.number, number * EACH + n, now);
                stage.change(Change::Concern(Box::new(concern)));
            }
            let outcome = Outcome {
                person: Some(person),
                effects: Vec::new(),
                notices: Vec::new(),
            };
            stage.apply(chat, outcome)?;
            stage.show(chat, Some(MessageId(77)))?;
        }
        let finished = stage.finish()?;
        store.commit(finished)?;
    }
    Ok(())
}

fn concern(id: u64, organisation: u64, author: u64, nth: u64, now: Timestamp) -> Concern {
    let choice = |id: &str| Answer::Choice {
        id: id.to_owned(),
        source: None,
    };
    let text = |text: &str| Answer::Text {
        text: text.to_owned(),
        source: MessageId(12),
    };
    let story = "ផ្លូវចូលភូមិយើងលិចទឹករៀងរាល់ឆ្នាំ ហើយវាលស្រែលិចទឹកអស់ពីរខែ។ ".repeat(4);
    let answers = BTreeMap::from([
        (question::TOPIC, choice("land")),
        (question::PLACE, choice("pursat")),
        (question::TITLE, text(&format!("ផ្លូវលិចទឹក {nth}"))),
        (
            question::STORY,
            Answer::Story(vec![Part {
                source: MessageId(13),
                content: PartContent::Text(story),
            }]),
        ),
        (question::AFFECTED, text("ប្រហែលពីររយគ្រួសារ ក្នុងបីភូមិ")),
        (question::ASK, text("សូមបើកព្រែកជីកឡើងវិញ មុនរដូវវស្សា")),
        (question::URGENCY, choice("soon")),
        (question::DISCLOSURE, choice(Disclosure::Named.id())),
    ]);
    Concern {
        status: Status::Approved,
        disclosure: Disclosure::Named,
        ..Concern::new(
            id,
            Receipt::from_random(nth.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            organisation,
            author,
            now,
            Answers(
                answers
                    .into_iter()
                    .map(|(question, answer)| (question.to_owned(), answer))
                    .collect(),
            ),
        )
    }
}
