//! Backups of a bot that runs, and the way back, by the whole program.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use samleng::dialogue::Person;
use samleng::domain::{Concern, Deed, Status, Who};
use samleng::store::Store;
use samleng::store::backup;
use samleng::store::erasures::What;
use samleng::store::folder::DataFolder;
use samleng::store::key::MasterKey;
use serde_json::Value;

use super::canaries::{files, find};
use super::crash::Luck;
use super::keeping::{pdfs, submit, until_kept};
use super::support::{Said, Site, UNLIMITED, concerns, until};
use super::whole_path::refused;

const CANARY: &str = "CanaryKookaburraBackup";

fn done(said: &Said) {
    assert_eq!(said.code, Some(0), "{said:?}");
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn master(site: &Site) -> MasterKey {
    MasterKey::from_file(&site.key(), &site.data).unwrap()
}

/// A place for backups, and the settings that name it.
async fn with_folder(more: &str) -> (Site, PathBuf) {
    let mut site = Site::with("").await.with_clock();
    let folder = site.folder.path().join("backups");
    fs::create_dir(&folder).unwrap();
    configure(&mut site, &folder, more);
    (site, folder)
}

fn configure(site: &mut Site, folder: &Path, more: &str) {
    let settings = format!(
        "{more}\n{UNLIMITED}\n[backup]\nfolder = {:?}\n",
        text(folder)
    );
    fs::write(site.folder.path().join("config/samleng.toml"), settings).unwrap();
}

/// The backups there, the oldest first; none of them in the making.
fn kept(site: &Site, folder: &Path) -> Vec<backup::Kept> {
    backup::survey(folder, &master(site)).unwrap()
}

/// Nothing is left of what was in the making.
fn assert_swept(site: &Site) {
    for name in ["scratch", "restoring", "restored"] {
        assert!(!site.data.join(name).exists(), "{name} is left");
    }
}

/// People write while backups are taken. Each backup restores to what was acknowledged when it began, and to nothing that is
/// half or was never said.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_is_taken_while_people_write_is_of_one_moment() {
    let site = Arc::new(Site::new().await);
    let bot = site.run().await;
    let over = Arc::new(AtomicBool::new(false));
    let talk = |id: i64| {
        let (site, over) = (Arc::clone(&site), Arc::clone(&over));
        tokio::spawn(async move {
            let mut phone = site.phone(id, if id % 2 == 0 { "en" } else { "km" }).await;
            phone.start(None).await;
            let mut said = 0;
            while !over.load(Ordering::Relaxed) || said == 0 {
                phone.submit().await;
                said += 1;
            }
        })
    };
    let people: Vec<_> = (0..4).map(|number| talk(7_100 + number)).collect();
    let mut taken = Vec::new();
    for number in 0..3 {
        // What is acknowledged now must be in it.
        let before: BTreeSet<String> = concerns(&site.digest().await).into_keys().collect();
        let path = site.folder.path().join(format!("{number}.backup"));
        let said = site.say(&["backup", text(&path)]).await;
        done(&said);
        assert!(
            said.out.contains("restored for a test, and is equal"),
            "{}",
            said.out
        );
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
        let after: BTreeSet<String> = concerns(&site.digest().await).into_keys().collect();
        taken.push((path, before, after));
    }
    over.store(true, Ordering::Relaxed);
    for person in people {
        person.await.unwrap();
    }
    let all = concerns(&site.digest().await);
    bot.stop().await;
    assert_swept(&site);

    let mut site = Arc::into_inner(site).unwrap();
    for (path, before, after) in taken {
        site.data = path.with_extension("data");
        let said = site.say(&["restore", text(&path), "--yes"]).await;
        done(&said);
        let restored = concerns(&site.digest().await);
        let receipts: BTreeSet<String> = restored.keys().cloned().collect();
        assert!(
            before.is_subset(&receipts),
            "something that was acknowledged is missing"
        );
        assert!(
            receipts.is_subset(&after),
            "something is in it that came later"
        );
        for (receipt, concern) in &restored {
            assert_eq!(Some(concern), all.get(receipt), "half of {receipt}");
        }
    }
}

/// The machine's data folder is lost. What was withdrawn and erased since the backup does not come back, what was there does, and
/// it goes on.
#[tokio::test]
async fn what_was_erased_since_does_not_come_back() {
    let (site, folder) = with_folder("").await;
    let bot = site.run().await;
    let mut owner = site.owner(&bot, 9_100_000_001).await;
    let mut stays = site.phone(9_100_000_002, "en").await;
    let mut withdraws = site.phone(9_100_000_003, "en").await;
    let mut leaves = site.phone(9_100_000_004, "en").await;
    let mut writes = site.phone(9_100_000_005, "en").await;
    for phone in [&mut withdraws, &mut leaves, &mut writes] {
        phone.words = format!("{CANARY}{}", phone.id);
    }
    let kept_receipt = submit(&mut stays, &pdfs(1, 3_000)).await;
    let withdrawn = submit(&mut withdraws, &pdfs(1, 4_000)).await;
    let forgotten = submit(&mut leaves, &pdfs(1, 5_000)).await;
    until_kept(&site, 3).await;
    // One is at the review and withdraws it once it is sent, another is still at theirs.
    let mut begins = site.phone(9_100_000_006, "en").await;
    for phone in [&mut writes, &mut begins] {
        phone.start(None).await;
        phone.until("submit").await;
    }
    let path = folder.join("by-hand.backup");
    done(&site.say(&["backup", text(&path)]).await);

    writes.submit().await;
    writes.withdraw().await;
    done(&site.say(&["set", "concern", &withdrawn, "withdrawn"]).await);
    let sure = leaves.screen_of_command("/forget").await;
    let yes = sure.message.buttons.iter().flatten();
    let yes = yes.last().unwrap().text.clone();
    leaves.press(&sure, &yes).await;
    leaves
        .sees(|chat| {
            let mut messages = chat.messages.iter();
            messages
                .find(|m| m.from_bot && m.text.contains("You are forgotten here"))
                .map(drop)
        })
        .await;
    // What comes after the backup is lost with the folder.
    let lost = submit(&mut stays, &[]).await;
    let mut bot = bot;
    bot.kill().await;
    fs::remove_dir_all(&site.data).unwrap();

    let asked = site.say(&["restore", text(&path)]).await;
    assert_eq!(asked.code, Some(1), "{asked:?}");
    assert!(asked.err.contains("--yes"), "{}", asked.err);
    for line in [
        "It is whole: 6 people, 3 concerns, 3 files.",
        "There is no store in",
        "3 concerns that were withdrawn since, 1 people who were forgotten, 0 roles",
    ] {
        assert!(asked.out.contains(line), "{line}: {}", asked.out);
    }
    assert!(!site.data.exists(), "it only asked");
    let said = site.say(&["restore", text(&path), "--yes"]).await;
    done(&said);
    // Whoever was forgotten takes their concern along.
    let again = "Erased again: 3 concerns, 1 people, 0 roles.";
    assert!(said.out.contains(again), "{}", said.out);
    assert_swept(&site);

    // Nothing of it is left, in any file, opened with the key.
    let store = site.store();
    assert_gone(&store);
    let all: Vec<Concern> = store.all().unwrap();
    let standing = all.iter().filter(|known| known.status != Status::Withdrawn);
    let standing: Vec<String> = standing.map(|known| known.receipt.to_string()).collect();
    assert_eq!(standing, std::slice::from_ref(&kept_receipt));
    let people: Vec<Person> = store.all().unwrap();
    assert!(people.iter().all(|person| person.chat.0 != leaves.id));
    let drafts = people
        .iter()
        .filter(|person| person.state.draft().is_some());
    let drafts: Vec<i64> = drafts.map(|person| person.chat.0).collect();
    assert_eq!(drafts, [begins.id], "what stands beside it stays");
    let (entries, head) = store.audit().unwrap();
    samleng::domain::audit::verify(&entries, &head).unwrap();
    let restored = entries
        .iter()
        .filter(|entry| matches!(entry.deed, Deed::Restored(_)));
    let restored: Vec<Who> = restored.map(|entry| entry.who).collect();
    assert_eq!(restored, [Who::CommandLine]);
    drop(store);
    assert_eq!(fs::read_dir(site.data.join("files")).unwrap().count(), 1);

    // It goes on, and the owner hears of it once.
    let bot = site.run().await;
    let told = |chat: &samleng::emulator::client::Chat| {
        let messages = chat.messages.iter();
        let told =
            messages.filter(|m| m.from_bot && m.text.contains("I was restored from the backup"));
        let texts: Vec<String> = told.map(|m| m.text.clone()).collect();
        (!texts.is_empty()).then_some(texts)
    };
    let texts = owner.sees(told).await;
    assert_eq!(texts.len(), 1);
    assert!(
        texts[0].contains("What was withdrawn or erased since is not back"),
        "{texts:?}"
    );
    let digest = receipts(&site).await;
    assert!(digest.contains(&kept_receipt));
    for gone in [&lost, &forgotten, &withdrawn] {
        assert!(!digest.contains(gone), "{gone} is there");
    }
    // An old button shows what there is now, and the way on is free.
    let again = submit(&mut stays, &pdfs(1, 6_000)).await;
    // What a digest was made of lies among the files as well, for a while.
    let is_here = |line: &&Value| line["record"]["whereabouts"]["here"].is_object();
    site.until_stored(|lines| lines.iter().filter(is_here).count() == 2)
        .await;
    assert!(receipts(&site).await.contains(&again));
    // Restored once more from the same backup: it is still not back.
    bot.stop().await;
    let said = site.say(&["restore", text(&path), "--yes"]).await;
    done(&said);
    assert!(
        said.out.contains("What was there before is in"),
        "{}",
        said.out
    );
    assert_gone(&site.store());
    let mut found = std::collections::BTreeMap::new();
    files(&site.data, &mut found);
    assert!(!found.values().any(|bytes| find(bytes, CANARY)));
    owner.words.clear();
}

/// What stands in a digest; what was withdrawn is only counted there.
async fn receipts(site: &Site) -> BTreeSet<String> {
    let digest = site.digest().await;
    let concerns = digest["concerns"].as_array().unwrap().iter();
    let receipts = concerns.map(|concern| concern["receipt"].as_str().unwrap().to_owned());
    receipts.collect()
}

/// All that is left with these words in it is what the organisations of those who only withdrew are called.
fn assert_gone(store: &Store) {
    let all = store.export().unwrap();
    let left = all.lines().filter(|line| line.contains(CANARY));
    let left: Vec<&str> = left.collect();
    assert_eq!(left.len(), 2, "{left:?}");
    for (line, name) in left.iter().zip(["9100000003.1", "9100000005.1"]) {
        assert!(line.contains("\"kind\":\"organisation\""), "{left:?}");
        assert!(line.contains(name), "{left:?}");
    }
}

/// Without the list nobody knows what was erased; that is said, here and to the owners.
#[tokio::test]
async fn without_the_list_it_says_so() {
    let site = Site::new().await;
    let bot = site.run().await;
    let owner = site.owner(&bot, 9_100_000_011).await;
    let mut member = site.phone(9_100_000_012, "en").await;
    let receipt = submit(&mut member, &[]).await;
    let path = site.folder.path().join("one.backup");
    done(&site.say(&["backup", text(&path)]).await);
    done(&site.say(&["set", "concern", &receipt, "withdrawn"]).await);
    let running = site.say(&["restore", text(&path), "--yes"]).await;
    refused(&running, "a bot runs on the data folder; stop it first");
    bot.stop().await;
    // The store that is there knows.
    let said = site.say(&["restore", text(&path), "--yes"]).await;
    done(&said);
    assert!(
        said.out.contains("Erased again: 1 concerns"),
        "{}",
        said.out
    );
    fs::remove_dir_all(&site.data).unwrap();
    let said = site.say(&["restore", text(&path), "--yes"]).await;
    done(&said);
    assert!(said.out.contains("IS NOT KNOWN"), "{}", said.out);
    let bot = site.run().await;
    owner
        .sees(|chat| {
            let mut messages = chat.messages.iter();
            messages
                .find(|m| m.text.contains("is not known any more"))
                .map(drop)
        })
        .await;
    bot.stop().await;
}

#[tokio::test]
async fn what_must_be_refused_is_refused_and_nothing_is_touched() {
    let mut site = Site::new().await;
    let path = site.folder.path().join("one.backup");
    refused(
        &site.say(&["backup", text(&path)]).await,
        "has the bot run there?",
    );
    let bot = site.run().await;
    let mut member = site.phone(9_100_000_021, "en").await;
    submit(&mut member, &[]).await;
    for runs in [true, false] {
        let inside = site.data.join("inside.backup");
        let said = site.say(&["backup", text(&inside)]).await;
        refused(&said, "lies inside the data folder");
        let there = site.folder.path().join("clock");
        fs::write(&there, "0").unwrap();
        let said = site.say(&["backup", text(&there)]).await;
        refused(&said, "is there already, and is not replaced");
        let nowhere = site.folder.path().join("nowhere/one.backup");
        refused(&site.say(&["backup", text(&nowhere)]).await, "cannot make");
        let each = path.with_extension(if runs { "running" } else { "stopped" });
        done(&site.say(&["backup", text(&each)]).await);
        if runs {
            // The bot is stopped for the second round.
            let id = i32::try_from(bot.pid()).unwrap();
            let pid = rustix::process::Pid::from_raw(id).unwrap();
            rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
            until(|| (!site.data.join("socket").exists()).then_some(())).await;
        }
    }
    let whole = path.with_extension("stopped");
    let data = |site: &Site| {
        let mut found = std::collections::BTreeMap::new();
        files(&site.data, &mut found);
        found
    };
    let was = data(&site);
    let bytes = fs::read(&whole).unwrap();
    let broken = path.with_extension("broken");
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 1;
    let cases = [
        (flipped, "it is damaged: chunk"),
        (bytes[..bytes.len() - 1].to_vec(), "is missing or cut short"),
        (
            [bytes.as_slice(), b"x"].concat(),
            "something was added to it",
        ),
        (b"no backup at all".to_vec(), "it is no backup of samleng"),
    ];
    for (bytes, why) in cases {
        fs::write(&broken, bytes).unwrap();
        refused(&site.say(&["restore", text(&broken), "--yes"]).await, why);
        assert_eq!(data(&site), was, "{why}");
    }
    let missing = path.with_extension("missing");
    refused(
        &site.say(&["restore", text(&missing), "--yes"]).await,
        "No such file",
    );
    site.env.insert("SAMLENG_KEY".to_owned(), "5a".repeat(32));
    let said = site.say(&["restore", text(&whole), "--yes"]).await;
    refused(
        &said,
        "the key is not the one with which this backup was made",
    );
    site.env.clear();
    let key = fs::read_to_string(site.key()).unwrap();
    fs::remove_file(site.key()).unwrap();
    refused(
        &site.say(&["restore", text(&whole), "--yes"]).await,
        "there is no key",
    );
    let another = path.with_extension("another");
    refused(
        &site.say(&["backup", text(&another)]).await,
        "there is a store but no key",
    );
    assert!(!another.exists() && !site.key().exists());
    assert_eq!(data(&site), was);
    // The key alone is enough, on another machine.
    site.env
        .insert("SAMLENG_KEY".to_owned(), key.trim().to_owned());
    site.data = site.folder.path().join("elsewhere/data");
    done(&site.say(&["restore", text(&whole), "--yes"]).await);
    assert_eq!(site.digest().await["totals"]["received"], 1);
    // An empty folder that is there will do as well, and one that others can read will not.
    site.data = site.folder.path().join("empty");
    fs::create_dir(&site.data).unwrap();
    fs::set_permissions(&site.data, fs::Permissions::from_mode(0o755)).unwrap();
    refused(
        &site.say(&["restore", text(&whole), "--yes"]).await,
        "others can read",
    );
    fs::set_permissions(&site.data, fs::Permissions::from_mode(0o700)).unwrap();
    done(&site.say(&["restore", text(&whole), "--yes"]).await);
    // Nor is a file made in another user's folder, or a store opened there; only root can give one away.
    if std::os::unix::fs::chown(&site.data, Some(1234), Some(1234)).is_ok() {
        let was = data(&site);
        let said = site.say(&["restore", text(&whole), "--yes"]).await;
        refused(&said, "run this as that user");
        assert_eq!(data(&site), was);
    }
    drop(bot);
}

/// Two weeks by the clock: a backup a day, none older than 14 days, whatever the files are called; a folder within the data is refused.
#[tokio::test]
async fn one_is_taken_a_day_and_none_lives_longer_than_14_days() {
    const DAY: Duration = Duration::from_secs(86_400);
    let (mut site, folder) = with_folder("").await;
    let bot = site.run().await;
    until(|| (site.key().exists() && !kept(&site, &folder).is_empty()).then_some(())).await;
    let mut newest = kept(&site, &folder)[0].taken_at;
    // A name says nothing of an age.
    let first = kept(&site, &folder)[0].path.clone();
    let odd = folder.join("samleng-2999-01-01-000000.backup");
    fs::rename(&first, &odd).unwrap();
    fs::write(folder.join("other.backup"), "somebody else's").unwrap();
    fs::write(folder.join("notes.txt"), "somebody else's").unwrap();
    for day in 1..=16 {
        site.people.time(DAY).await.unwrap();
        let there = until(|| {
            let there = kept(&site, &folder);
            let is_newer = there.last().is_some_and(|last| last.taken_at > newest);
            // Those that have had their time go with it.
            let is_kept = there.len() <= 14;
            (is_newer && is_kept).then_some(there)
        })
        .await;
        let last = there.last().unwrap().taken_at;
        let days = last.duration_since(newest).as_hours();
        assert!((24..25).contains(&days), "{days} hours");
        newest = last;
        assert_eq!(there.len(), (day + 1).min(14), "on day {day}");
        let oldest = newest.duration_since(there[0].taken_at);
        assert!(oldest.as_hours() < 14 * 24, "{oldest}");
    }
    assert!(!odd.exists());
    assert!(folder.join("other.backup").exists() && folder.join("notes.txt").exists());
    bot.stop().await;
    for one in kept(&site, &folder) {
        backup::check(&one.path, &master(&site)).unwrap();
    }
    let inside = site.data.join("backups");
    configure(&mut site, &inside, "");
    refused(&site.say(&["run"]).await, "lies inside the data folder");
    let checked = site.say(&["check"]).await;
    assert_eq!(checked.code, Some(1));
    assert!(
        checked.err.contains("samleng.toml: backup.folder: "),
        "{}",
        checked.err
    );
}

/// A folder that is not there: the owners hear of it once, also across a restart, and it is tried again.
#[tokio::test]
async fn owners_hear_once_that_there_is_no_backup() {
    let (site, folder) = with_folder("").await;
    let bot = site.run().await;
    let owner = site.owner(&bot, 9_100_000_031).await;
    until(|| (!kept(&site, &folder).is_empty()).then_some(())).await;
    bot.stop().await;
    let away = folder.with_extension("away");
    fs::rename(&folder, &away).unwrap();
    let warned = |chat: &samleng::emulator::client::Chat| {
        let messages = chat.messages.iter();
        let count = messages
            .filter(|m| m.text.contains("No backup can be made"))
            .count();
        (count > 0).then_some(count)
    };
    for _ in 0..2 {
        let bot = site.run().await;
        assert_eq!(owner.sees(warned).await, 1);
        until(|| site.data.join("backup-failed").exists().then_some(())).await;
        let failures = || bot.err().matches("NO BACKUP").count();
        let was = failures();
        site.people.time(Duration::from_secs(3_700)).await.unwrap();
        until(|| (failures() > was).then_some(())).await;
        assert_eq!(owner.sees(warned).await, 1);
        bot.stop().await;
    }
    // What was not there when it started stays shut to it.
    fs::rename(&away, &folder).unwrap();
    let bot = site.run().await;
    site.people.time(Duration::from_secs(90_000)).await.unwrap();
    until(|| (kept(&site, &folder).len() == 2).then_some(())).await;
    until(|| (!site.data.join("backup-failed").exists()).then_some(())).await;
    bot.stop().await;
}

/// What was erased is in the folder of the backups, sealed, when its sender hears of it.
#[tokio::test]
async fn the_list_is_there_before_anybody_is_told() {
    let (site, folder) = with_folder("").await;
    let bot = site.run().await;
    let mut member = site.phone(9_100_000_041, "en").await;
    let receipt = submit(&mut member, &[]).await;
    done(&site.say(&["set", "concern", &receipt, "withdrawn"]).await);
    let list = |site: &Site| -> Vec<What> {
        let list = samleng::store::erasures::read(&folder, &master(site)).unwrap();
        list.unwrap().into_iter().map(|gone| gone.what).collect()
    };
    let both = [What::Draft, What::Concern];
    assert_eq!(list(&site), both);
    // One that was lost is written anew at the start, from the store.
    fs::remove_file(folder.join("erasures")).unwrap();
    bot.stop().await;
    let bot = site.run().await;
    until(|| folder.join("erasures").exists().then_some(())).await;
    assert_eq!(list(&site), both);
    bot.stop().await;
}

/// Killed at any moment, a backup leaves one that is whole or none under its name, a restore the old store or the new; what is left of
/// either goes the next time.
#[tokio::test]
async fn killed_at_any_moment_whole_things_are_left() {
    let site = Site::new().await;
    let bot = site.run().await;
    let mut member = site.phone(9_100_000_051, "en").await;
    submit(&mut member, &pdfs(3, 90_000)).await;
    until_kept(&site, 3).await;
    let first = site.folder.path().join("first.backup");
    done(&site.say(&["backup", text(&first)]).await);
    submit(&mut member, &[]).await;
    bot.stop().await;
    let seed = super::crash::number("SAMLENG_CRASH_SEED", 1_234_567);
    println!("SAMLENG_CRASH_SEED={seed}");
    let mut luck = Luck(seed | 1);
    let folder = DataFolder::open(&site.data).unwrap();
    let count = || {
        let store = samleng::store::rebuild::open(&folder, &master(&site)).unwrap();
        store.all::<Concern>().unwrap().len()
    };
    let took = tokio::time::Instant::now();
    done(
        &site
            .say(&["backup", text(&first.with_extension("second"))])
            .await,
    );
    let took = took.elapsed().as_micros() as u64;
    let path = first.with_extension("third");
    let (mut wholes, mut olds, mut news) = (0, 0, 0);
    for round in 0..24 {
        let args: &[&str] = if round % 2 == 0 {
            &["backup", text(&path)]
        } else {
            &["restore", text(&first), "--yes"]
        };
        let mut child = site.command::<&str>(&[], args).spawn().unwrap();
        tokio::time::sleep(Duration::from_micros(luck.below(took * 5 / 4))).await;
        child.kill().await.unwrap();
        if path.exists() {
            wholes += 1;
            backup::check(&path, &master(&site)).unwrap();
            fs::remove_file(&path).unwrap();
        }
        match count() {
            1 => news += 1,
            2 => olds += 1,
            other => panic!("{other} concerns"),
        }
        if count() == 1 {
            // Back to where there are two; also what was put aside is whole.
            done(
                &site
                    .say(&["restore", text(&first.with_extension("second")), "--yes"])
                    .await,
            );
            assert_eq!(count(), 2);
        }
    }
    println!("{wholes} whole backups, {olds} times the old store, {news} times the new");
    done(&site.say(&["backup", text(&path)]).await);
    let left = fs::read_dir(site.folder.path()).unwrap();
    let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = left.filter(|name| name.starts_with('.')).collect();
    assert!(left.is_empty(), "{left:?}");
    assert_swept(&site);
}
