//! `samleng export` and `samleng audit`: everything that is kept and nothing that opens anything, the same whether the bot runs
//! or not; and a log that shows who had it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use data_encoding::{BASE64, HEXLOWER};
use jiff::Timestamp;
use samleng::dialogue::{Change, Draft, Person, State, World as _};
use samleng::domain::audit::Entry;
use samleng::domain::concern::question;
use samleng::domain::{
    Announcement, Answer, Answers, Attachment, ChatId, Concern, Deed, Endorsement, FileRef,
    Invitation, Meeting, MessageId, Organisation, Part, PartContent, Past, Rsvp, Whereabouts, Who,
};
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::kv::{Batch, Kv as _};
use samleng::store::record::{self, Record};
use samleng::store::seal::Sealer;
use samleng::store::sled_kv::SledKv;
use serde_json::{Value, json};

use crate::audit::concern;
use crate::in_memory::{MemoryWorld, forum};
use crate::keeping::{pdfs, submit, until_kept};
use crate::support::{Said, Site};
use crate::whole_path::{become_owner, code, refused};

const OWNER: i64 = 9_000_000_701;
const MEMBER: i64 = 9_000_000_702;
const MEETING: &str = "title = \"Third meeting\"\ndays = [\"2099-01-17\"]\n";

fn done(said: &Said) {
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(!said.err.contains("samleng: "), "{}", said.err);
}

fn path(site: &Site, name: &str) -> PathBuf {
    site.folder.path().join(name)
}

/// Exports into this file; the lines.
async fn export(site: &Site, name: &str) -> Vec<String> {
    let path = path(site, name);
    let said = site.say(&["export", path.to_str().unwrap()]).await;
    done(&said);
    assert_eq!(said.out, "");
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.ends_with('\n'));
    text.lines().map(str::to_owned).collect()
}

/// How many records of each kind these lines hold; every line is one.
fn kinds(lines: &[String]) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for line in lines {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["record"].is_object(), "{line}");
        let kind = line["kind"].as_str().unwrap().to_owned();
        *kinds.entry(kind).or_default() += 1;
    }
    kinds
}

/// A bot with an owner, a member whose concern has two files, a meeting, an open link of each kind; not running.
/// Also the codes of the links.
async fn lived(site: &Site) -> Vec<String> {
    let bot = site.run().await;
    let mut codes = vec![code(&bot.out()).to_owned()];
    let mut owner = site.phone(OWNER, "en").await;
    become_owner(&mut owner, &bot.out()).await;
    let mut member = site.phone(MEMBER, "en").await;
    submit(&mut member, &pdfs(2, 3_000)).await;
    until_kept(site, 2).await;
    let meeting = path(site, "meeting.toml");
    fs::write(&meeting, MEETING).unwrap();
    done(
        &site
            .say(&["set", "meeting", meeting.to_str().unwrap()])
            .await,
    );
    let invited = site.say(&["invite", "--uses", "3"]).await;
    done(&invited);
    codes.push(code(&invited.out).to_owned());
    let fresh = site.say(&["owner-link", "--new-owner"]).await;
    done(&fresh);
    codes.push(code(&fresh.out).to_owned());
    // Whoever is stopped finishes what was begun: where the files are is known then.
    bot.stop().await;
    codes
}

#[tokio::test]
async fn it_is_the_same_while_the_bot_runs_and_holds_nothing_that_opens_anything() {
    let site = Site::new().await;
    let codes = lived(&site).await;
    let bot = site.run().await;
    let running = export(&site, "running.jsonl").await;
    bot.stop().await;
    let stopped = export(&site, "stopped.jsonl").await;

    // That it was exported is in it; so the second has one line more.
    let (last, before) = stopped.split_last().unwrap();
    assert_eq!(running, before);
    let exported = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        assert_eq!(line["kind"], "audit");
        assert_eq!(line["record"]["who"], "command_line");
        assert_eq!(line["record"]["deed"], "exported");
    };
    exported(last);
    exported(running.last().unwrap());

    let store = site.store();
    fn count<R: Record>(store: &samleng::store::Store) -> usize {
        store.all::<R>().unwrap().len()
    }
    let expected = [
        ("meeting", count::<Meeting>(&store)),
        ("organisation", count::<Organisation>(&store)),
        ("person", count::<Person>(&store)),
        ("concern", count::<Concern>(&store)),
        ("past", count::<Past>(&store)),
        ("endorsement", count::<Endorsement>(&store)),
        ("rsvp", count::<Rsvp>(&store)),
        ("attachment", count::<Attachment>(&store)),
        ("invitation", count::<Invitation>(&store)),
        ("announcement", count::<Announcement>(&store)),
        ("audit", count::<Entry>(&store)),
    ];
    let expected = expected.map(|(kind, count)| (kind.to_owned(), count));
    let expected: BTreeMap<String, usize> = expected.into_iter().filter(|(_, n)| *n > 0).collect();
    assert_eq!(kinds(&stopped), expected);
    for (kind, least) in [
        ("person", 2),
        ("attachment", 2),
        ("meeting", 1),
        ("audit", 5),
    ] {
        assert!(expected[kind] >= least, "{expected:?}");
    }

    let all = stopped.join("\n");
    // What people said is in it.
    let concerns: Vec<Concern> = store.all().unwrap();
    let words = concerns[0].answers.text(question::TITLE).unwrap();
    assert!(all.contains(words) && all.contains(&concerns[0].receipt.to_string()));
    // And these are not.
    let mut secrets: BTreeSet<String> = codes.into_iter().collect();
    for person in store.all::<Person>().unwrap() {
        assert!([OWNER, MEMBER].contains(&person.chat.0));
        secrets.insert(person.chat.0.to_string());
    }
    for attachment in store.all::<Attachment>().unwrap() {
        let Whereabouts::Here(sealed) = attachment.whereabouts else {
            panic!("{attachment:?}");
        };
        secrets.insert(HEXLOWER.encode(&sealed.key));
        secrets.insert(BASE64.encode(&sealed.key));
        secrets.insert(serde_json::to_string(&sealed.key).unwrap());
        assert!(all.contains(&sealed.name), "which file it is");
    }
    let files = concerns[0].answers.story(question::STORY).iter();
    secrets.extend(files.filter_map(|part| Some(part.content.file()?.id.clone())));
    secrets.insert(fs::read_to_string(site.key()).unwrap().trim().to_owned());
    assert!(secrets.len() > 3 + 2 + 6 + 2, "{}", secrets.len());
    for secret in secrets {
        assert!(secret.len() > 9 && !all.contains(&secret), "{secret}");
    }
}

#[tokio::test]
async fn a_file_that_is_there_is_not_replaced_and_a_failure_leaves_none() {
    let mut site = Site::new().await;
    refused(
        &site.say(&["export", "nowhere.jsonl"]).await,
        "has the bot run there?",
    );
    lived(&site).await;
    for runs in [true, false] {
        let bot = if runs { Some(site.run().await) } else { None };
        let name = format!("{runs}.jsonl");
        let there = path(&site, &name);
        fs::write(&there, "something else").unwrap();
        let said = site.say(&["export", there.to_str().unwrap()]).await;
        refused(&said, &format!("cannot make {}", there.display()));
        assert_eq!(fs::read_to_string(&there).unwrap(), "something else");
        let nowhere = path(&site, "no-folder/archive.jsonl");
        let said = site.say(&["export", nowhere.to_str().unwrap()]).await;
        refused(&said, "cannot make");
        if let Some(bot) = bot {
            bot.stop().await;
        }
    }
    // What could not be had leaves no empty file in the way of the next attempt; nor is it in the log.
    let before = site.store().audit().unwrap();
    let file = path(&site, "archive.jsonl");
    site.env.insert("SAMLENG_KEY".to_owned(), "7".repeat(64));
    let said = site.say(&["export", file.to_str().unwrap()]).await;
    refused(&said, "the key is not the one");
    assert!(!file.exists());
    site.env.clear();
    assert_eq!(site.store().audit().unwrap(), before);
    export(&site, "archive.jsonl").await;
}

/// The lines of `samleng audit` but the last, and that.
async fn audit(site: &Site) -> (Vec<String>, String) {
    let said = site.say(&["audit"]).await;
    done(&said);
    let mut lines: Vec<String> = said.out.lines().map(str::to_owned).collect();
    let head = lines.pop().unwrap();
    (lines, head)
}

/// What lies under this entry's key is this from now on, sealed as the store would; the bot does not run.
fn change(site: &Site, place: u64, what: Option<&Entry>) {
    let master = MasterKey::from_file(&site.key(), &site.data).unwrap();
    let epoch = Epoch::load_or_create(&site.data.join("epoch"), true).unwrap();
    let keys = master.derive(&epoch);
    let sealer = Sealer::new(&keys.seal, &keys.index);
    let key = record::beginning::<Entry>(&[place]);
    let mut kv = SledKv::open(&site.data.join("store")).unwrap();
    let mut batch = Batch::new();
    match what {
        Some(entry) => {
            let plain = record::encode(entry).unwrap();
            batch.put(key.clone(), sealer.seal(&key, Entry::VERSION, &plain));
        }
        None => batch.delete(key),
    }
    kv.commit(batch).unwrap();
}

#[tokio::test]
async fn the_log_is_printed_with_its_head_and_refused_once_it_was_changed() {
    let site = Site::new().await;
    refused(&site.say(&["audit"]).await, "has the bot run there?");
    lived(&site).await;
    let bot = site.run().await;
    let (running, head) = audit(&site).await;
    bot.stop().await;
    let (stopped, later) = audit(&site).await;
    // Whoever reads it is in it.
    let (last, before) = stopped.split_last().unwrap();
    assert_eq!(running, before);
    assert!(last.ends_with(" command-line \"audit_read\""), "{last}");
    assert!(
        running
            .last()
            .unwrap()
            .ends_with(" command-line \"audit_read\"")
    );
    assert_ne!(head, later);
    let (entries, is) = site.store().audit().unwrap();
    let expected = format!("head {} {}", entries.len(), HEXLOWER.encode(&is.hash));
    assert_eq!(later, expected);
    assert_eq!(entries.len(), stopped.len());
    for (entry, line) in entries.iter().zip(&stopped) {
        let place = format!("{} {} ", entry.place, entry.at);
        assert!(line.starts_with(&place), "{line}");
        let deed = serde_json::to_string(&entry.deed).unwrap();
        assert!(line.ends_with(&deed), "{line}");
    }
    let owner = entries
        .iter()
        .find(|entry| entry.deed == Deed::OwnerClaimed);
    let Who::Person(owner) = owner.unwrap().who else {
        panic!("nobody is the owner")
    };
    let claimed = format!(" person {owner} \"owner_claimed\"");
    assert_eq!(stopped.iter().filter(|l| l.ends_with(&claimed)).count(), 1);

    // Any of them, changed or gone; while the bot runs as well.
    let mut bot = None;
    for (place, entry) in (0..).zip(&entries) {
        let looked = Entry {
            deed: Deed::Looked(1_000_000),
            ..entry.clone()
        };
        for changed in [Some(&looked), None] {
            change(&site, place, changed);
            if place == 1 {
                bot = Some(site.run().await);
            }
            let said = site.say(&["audit"]).await;
            let found = format!("the audit log was tampered with at entry {place}");
            refused(&said, &found);
            assert!(!said.out.contains("head "), "{}", said.out);
            if let Some(bot) = bot.take() {
                bot.stop().await;
            }
            change(&site, place, Some(entry));
        }
    }
    audit(&site).await;
}

/// A question of a forum may be called as a field is that is left out; what was answered to it stays.
#[test]
fn every_answer_is_in_it_whatever_its_question_is_called() {
    let forum = forum();
    let mut world = MemoryWorld::default();
    let names = [
        "answers", "chat", "id", "key", "kept", "report", "shown_in", "size", "source",
    ];
    let text = |name: &str| Answer::Text {
        text: format!("answered to {name}"),
        source: MessageId(1_234_567),
    };
    let mut answers: BTreeMap<String, Answer> =
        names.map(|name| (name.to_owned(), text(name))).into();
    let voice = Part {
        source: MessageId(1_234_567),
        content: PartContent::Voice {
            file: FileRef {
                id: "AwADvoice".to_owned(),
                size: Some(20_000),
                kept: Some(31),
            },
            seconds: 42,
        },
    };
    answers.insert(question::STORY.to_owned(), Answer::Story(vec![voice]));
    let concern = Concern {
        answers: Answers(answers),
        ..concern("A wall".to_owned())
    };
    let draft = Draft {
        begun_at: Timestamp::UNIX_EPOCH,
        answers: concern.answers.clone(),
        revises: None,
        beneath: None,
    };
    let past = Past::Version {
        at: Timestamp::UNIX_EPOCH,
        disclosure: concern.disclosure,
        answers: concern.answers.clone(),
    };
    world.change(&forum, Timestamp::UNIX_EPOCH, |stage| {
        stage.change(Change::Concern(Box::new(Concern { past: 1, ..concern })));
        stage.change(Change::Past {
            concern: 9,
            place: 0,
            past,
        });
        stage.change(Change::Person(Box::new(Person {
            shown_in: Some(MessageId(1_234_567)),
            state: State::Menu { kept: Some(draft) },
            ..Person::new(12, ChatId(5_000_000_001))
        })));
        Vec::new()
    });
    let all = world.store.export().unwrap();
    let lines: Vec<Value> = all
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3, "{all}");
    for (line, answers) in [
        (0, "/record/state/menu/kept/answers"),
        (1, "/record/answers"),
        (2, "/record/version/answers"),
    ] {
        let answers = lines[line].pointer(answers).unwrap();
        for name in names {
            assert_eq!(
                answers[name],
                json!({"text": {"text": format!("answered to {name}")}}),
                "{name}"
            );
        }
        let file = json!({"size": 20_000, "kept": 31});
        let voice = json!([{"content": {"voice": {"file": file, "seconds": 42}}}]);
        assert_eq!(answers[question::STORY], json!({"story": voice}));
    }
    assert_eq!(lines[2]["concern"], 9, "of which concern it is");
    for secret in ["1234567", "AwADvoice", "5000000001"] {
        assert!(!all.contains(secret), "{secret}");
    }
}
