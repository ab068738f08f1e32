//! A damaged store: what is read of it is genuine and never older than what is known, what was erased stays erased, what is missing is told.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use samleng::dialogue::{Change, Effect, Membership, Person, World as _};
use samleng::domain::{
    Attachment, Concern, Localised, Organisation, Receipt, Sealed, SentAs, Status, Whereabouts,
};
use samleng::runtime::restoring::{self, Since};
use samleng::store::backup::{self, FromStore};
use samleng::store::erasures::Gone;
use samleng::store::folder::{DataFolder, create_private_folder, remove_folder};
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::record;
use samleng::store::salvage::{Report, Salvage};
use samleng::store::sled_kv::SledKv;
use samleng::store::{Lane, Stage, Store, StoreError, files, inspect, rebuild, restore};
use samleng::text::clean::fold;
use tempfile::TempDir;

use super::everything::{self, at, change, chat, withdraw};
use crate::in_memory::{english, forum, khmer};

/// Concerns that are known to the backup, and those that came after it.
const OLD: u64 = 60;
const NEW: u64 = 60;
/// Withdrawn after the backup, the second of them raised after it as well.
const WITHDRAWN: [u64; 2] = [700_003, 700_000 + OLD + 3];
/// Changed after the backup.
const CHANGED: [u64; 3] = [700_010, 700_020, 700_030];

fn master() -> MasterKey {
    MasterKey::from_env_value(&"7b".repeat(32)).unwrap()
}

fn open(folder: &DataFolder) -> Store {
    Epoch::load_or_create(&folder.epoch(), folder.store().exists()).unwrap();
    rebuild::open(folder, &master()).unwrap()
}

/// What an organisation is called before the backup, and after it.
const CALLED: [&str; 2] = ["Heron Marsh Circle", "Otter Bend Circle"];

fn call(store: &mut Store, name: &str) {
    change(
        store,
        Change::Organisation(Organisation {
            id: 800_000,
            name: Localised::same([english(), khmer()], name),
            place: "kandal".to_owned(),
            verified: false,
            number: None,
            suspended: false,
        }),
    );
}

/// For which organisation somebody speaks before the backup, and after it.
const SPOKEN_FOR: [u64; 2] = [800_000, 800_001];

fn speak_for(store: &mut Store, organisation: u64) {
    let person = store.person(chat(3)).unwrap().unwrap();
    let membership = Some(Membership {
        organisation,
        agreed_at: at(40),
        invitation: None,
    });
    change(
        store,
        Change::Person(Box::new(Person {
            membership,
            ..person
        })),
    );
}

/// A store, what it says, and a backup of it from before.
struct Scene {
    temporary: TempDir,
    folder: DataFolder,
    backup: PathBuf,
    backed_up: BTreeMap<u64, Concern>,
    truth: BTreeMap<u64, Concern>,
    next_event: u64,
    gone: Vec<Gone>,
}

fn concerns(store: &Store) -> BTreeMap<u64, Concern> {
    let all: Vec<Concern> = store.all().unwrap();
    all.into_iter()
        .map(|concern| (concern.id, concern))
        .collect()
}

/// The number of the next event: whatever waits to be sent goes by these.
fn next_event(store: &Store) -> u64 {
    Stage::new(store, at(90)).unwrap().meta.next_event
}

fn raise(store: &mut Store, number: u64) {
    let id = everything::raise(store);
    let pattern: Concern = store.get(&record::concern(id)).unwrap().unwrap();
    change(
        store,
        Change::Concern(Box::new(Concern {
            id: 700_000 + number,
            receipt: Receipt::from_random(number.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            ..pattern
        })),
    );
}

fn keep_file(store: &mut Store, folder: &DataFolder, id: u64, concern: u64) -> Sealed {
    let sealed = files::keep(folder, "pdf", &vec![id as u8; 9_000]).unwrap();
    let whereabouts = Whereabouts::Here(sealed.clone());
    change(
        store,
        Change::Attachment(Attachment {
            id,
            concern,
            organisation: 1,
            sent_as: SentAs::Document,
            whereabouts,
            transcript: None,
        }),
    );
    sealed
}

impl Scene {
    fn lay() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(temporary.path().join("data")).unwrap();
        let mut store = open(&folder);
        everything::fill(&mut store, 4, 20);
        for number in 0..OLD {
            raise(&mut store, number);
        }
        keep_file(&mut store, &folder, 900_000, 700_001);
        call(&mut store, CALLED[0]);
        speak_for(&mut store, SPOKEN_FOR[0]);
        let backup = temporary.path().join("one.backup");
        create_private_folder(&folder.scratch()).unwrap();
        backup::take(
            &backup,
            &folder,
            &master(),
            &mut FromStore(&mut store),
            at(50),
            &|| false,
        )
        .unwrap();
        fs::remove_dir_all(folder.scratch()).unwrap();
        let backed_up = concerns(&store);

        for number in OLD..OLD + NEW {
            raise(&mut store, number);
        }
        keep_file(&mut store, &folder, 900_001, 700_000 + OLD);
        for id in CHANGED {
            let concern: Concern = store.get(&record::concern(id)).unwrap().unwrap();
            let status = Status::Approved;
            change(
                &mut store,
                Change::Concern(Box::new(Concern { status, ..concern })),
            );
        }
        for id in WITHDRAWN {
            withdraw(&mut store, id);
        }
        call(&mut store, CALLED[1]);
        speak_for(&mut store, SPOKEN_FOR[1]);
        let mut stage = Stage::new(&store, at(60)).unwrap();
        stage.change(Change::Forgotten(chat(2)));
        stage.apply_notices(Vec::new()).unwrap();
        let finished = stage.finish().unwrap();
        store.commit(finished).unwrap();
        let truth = concerns(&store);
        let next_event = next_event(&store);
        let gone = store.all().unwrap();
        Self {
            temporary,
            folder,
            backup,
            backed_up,
            truth,
            next_event,
            gone,
        }
    }

    /// A copy of the folder to which this is done.
    fn damaged(&self, name: &str, damage: impl Fn(&Path)) -> DataFolder {
        let root = self.temporary.path().join(name);
        copy(self.folder.root(), &root);
        damage(&root.join("store"));
        DataFolder::open(root).unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    create_private_folder(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

/// Brings everything together and puts it in its place.
fn salvaged(scene: &Scene, folder: &DataFolder, with_backup: bool) -> (Report, Store) {
    let before = fs::read(folder.store().join("db")).unwrap();
    let alone = restore::alone(folder).unwrap();
    let salvage = Salvage::read(folder, &master()).unwrap();
    let mut unpacked = match with_backup {
        true => restore::begin(&alone, &scene.backup, &master()).unwrap(),
        false => salvage.begin(&alone).unwrap(),
    };
    let report = salvage.bring_into(&mut unpacked, folder).unwrap();
    everything_is_found(&unpacked.store, &concerns(&unpacked.store));
    let since = Since {
        gone: &scene.gone,
        all_known: true,
        salvaged: true,
    };
    restoring::bring_up(&mut unpacked, since, &forum(), at(70)).unwrap();
    assert!(
        fs::read(folder.store().join("db")).unwrap() == before,
        "the damaged store is as it was"
    );
    let aside = restore::settle(&alone, unpacked, at(80)).unwrap();
    assert!(aside.unwrap().join("store/db").exists());
    drop(alone);
    (report, rebuild::open(folder, &master()).unwrap())
}

/// What must hold whatever was damaged.
fn check(
    scene: &Scene,
    folder: &DataFolder,
    with_backup: bool,
) -> (Report, BTreeMap<u64, Concern>) {
    let (report, store) = salvaged(scene, folder, with_backup);
    let found = concerns(&store);
    // Others change with whoever was forgotten.
    for (id, concern) in found.range(700_000..) {
        let truth = &scene.truth[id];
        // Where the newest version is lost, one from before: the backup's, or without a backup the last that is left.
        let is_known = concern == truth || Some(concern) == scene.backed_up.get(id);
        // Withdrawn since, it is empty again.
        let goes = WITHDRAWN.contains(id);
        let is_empty = concern.status == Status::Withdrawn && concern.answers.0.is_empty();
        assert!(is_known || goes && is_empty, "{id} is neither: {concern:?}");
    }
    for id in WITHDRAWN {
        let words = found.get(&id).map(|concern| &concern.answers);
        assert!(words.is_none_or(|words| words.0.is_empty()), "{id} is back");
    }
    let people: Vec<Person> = store.all().unwrap();
    assert!(
        people.iter().all(|person| person.chat != chat(2)),
        "who was forgotten is back"
    );
    if with_backup {
        let lost = scene.backed_up.keys().find(|id| !found.contains_key(id));
        assert_eq!(lost, None, "something of the backup is lost");
    }
    let there: BTreeSet<u64> = found.keys().copied().collect();
    everything_is_found(&store, &found);
    let told: BTreeSet<u64> = report.concerns_missing.iter().copied().collect();
    assert!(there.is_disjoint(&told), "told to be missing, and there");
    for attachment in store.all::<Attachment>().unwrap() {
        if let (700_000.., Whereabouts::Here(sealed)) =
            (attachment.concern, &attachment.whereabouts)
        {
            files::read(folder, sealed).unwrap();
        }
    }
    store.state().unwrap();
    (report, found)
}

/// Whatever came from where: each concern by its receipt, each person by their number and among those who speak for their organisation,
/// each organisation by what it is called, and nothing by what it was before.
fn everything_is_found(store: &Store, concerns: &BTreeMap<u64, Concern>) {
    let stage = Stage::new(store, at(90)).unwrap();
    for concern in concerns.values() {
        assert_eq!(stage.concern_of(concern.receipt).as_ref(), Some(concern));
    }
    for person in store.all::<Person>().unwrap() {
        assert_eq!(stage.person(person.number), Some(person));
    }
    for organisation in SPOKEN_FOR {
        let mut speak: Vec<Person> = store.all().unwrap();
        speak.retain(|person| {
            let membership = person.membership.as_ref();
            membership.is_some_and(|known| known.organisation == organisation)
        });
        assert_eq!(stage.members(organisation), speak);
    }
    for name in CALLED {
        let organisations: Vec<Organisation> = store.all().unwrap();
        let mut called = organisations
            .into_iter()
            .filter(|known| known.name.get(english()) == name);
        assert_eq!(stage.organisation_named(&fold(name)), called.next());
    }
    stage.checked().unwrap();
}

/// Bytes that mean nothing.
fn noise(bytes: &mut [u8]) {
    let mut state = 7_u32;
    for byte in bytes {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = (state >> 24) as u8;
    }
}

fn rewrite(path: &Path, change: impl Fn(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

/// How far the file is written.
fn written(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1
}

#[test]
fn where_the_log_is_whole_nothing_is_missing() {
    let scene = Scene::lay();
    let snapshots = |store: &Path| {
        let names = fs::read_dir(store)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let snapshots = names.filter(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("snap.")
        });
        snapshots.for_each(|path| fs::write(path, [9; 100]).unwrap());
        fs::write(store.join("snap.FFFFFFFFFFFFFFFF"), [9; 100]).unwrap();
    };
    let folder = scene.damaged("snapshot", snapshots);
    let refused = rebuild::open(&folder, &master()).map(drop).unwrap_err();
    assert!(refused.to_string().contains("damaged"), "{refused}");
    let no_conf = |store: &Path| fs::remove_file(store.join("conf")).unwrap();
    for with_backup in [true, false] {
        for name in ["snapshot", "conf"] {
            let name = format!("{name}-{with_backup}");
            let folder = match name.starts_with("snap") {
                true => scene.damaged(&name, snapshots),
                false => scene.damaged(&name, no_conf),
            };
            let (report, found) = check(&scene, &folder, with_backup);
            println!("{name}: {report:?}");
            let store = open(&folder);
            assert!(next_event(&store) >= scene.next_event, "{name}");
            let speaks = store.person(chat(3)).unwrap().unwrap().membership;
            assert_eq!(speaks.unwrap().organisation, SPOKEN_FOR[1], "{name}");
            for (id, truth) in scene.truth.range(700_000..) {
                assert_eq!(found.get(id), Some(truth), "{name}");
            }
            assert_eq!(report.unsure.records + report.parts.records, 0, "{name}");
            assert_eq!(report.concerns_missing, [0_u64; 0], "{name}");
            if with_backup {
                assert_eq!(report.only_backup.records, 0, "{name}");
                assert_eq!(report.only_store.concerns, NEW, "{name}");
                assert_eq!(report.files_from_store, 1, "{name}");
            }
        }
    }
}

#[test]
fn where_the_log_is_damaged_the_rest_is_there_and_the_backup_fills_in() {
    let scene = Scene::lay();
    let db = |store: &Path, change: &dyn Fn(&mut Vec<u8>)| rewrite(&store.join("db"), change);
    type Damage = fn(&mut Vec<u8>);
    let damages: [(&str, Damage); 6] = [
        ("header", |bytes| noise(&mut bytes[..4096])),
        ("middle", |bytes| {
            let end = written(bytes);
            for part in 1..4 {
                let from = end * part / 4;
                noise(&mut bytes[from..from + 8_192]);
            }
        }),
        ("zeros", |bytes| {
            let middle = written(bytes) / 2;
            bytes[middle..middle + 65_536].fill(0);
        }),
        ("truncated", |bytes| bytes.truncate(written(bytes) * 9 / 10)),
        ("bits", |bytes| {
            for at in (0..written(bytes)).step_by(20_011) {
                bytes[at] ^= 0x20;
            }
        }),
        ("shifted", |bytes| {
            let middle = written(bytes) / 3;
            bytes.drain(middle..middle + 777);
        }),
    ];
    for (name, damage) in damages {
        for with_backup in [true, false] {
            let label = format!("{name}-{with_backup}");
            let folder = scene.damaged(&label, |store| db(store, &damage));
            if with_backup {
                // For whoever reads the output: what sled itself makes of it.
                let other = scene.damaged(&format!("{name}-opened"), |store| db(store, &damage));
                let opened = rebuild::open(&other, &master());
                let opened = opened.and_then(|store| Ok(store.all::<Concern>()?.len()));
                println!("{name}: opened as it is: {opened:?}");
            }
            let (report, found) = check(&scene, &folder, with_backup);
            println!(
                "{label}: {} of {} concerns, {report:?}",
                found.len(),
                scene.truth.len()
            );
            let gained = found
                .keys()
                .filter(|id| !scene.backed_up.contains_key(id))
                .count();
            assert!(gained > 0, "{label}: nothing of what came after the backup");
        }
    }
}

/// Whatever sled takes for a store that has not begun: nobody begins anew where a bot has run.
#[test]
fn a_store_in_which_nothing_is_left_is_not_begun_anew() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = DataFolder::open(temporary.path().join("data")).unwrap();
    Epoch::load_or_create(&folder.epoch(), false).unwrap();
    drop(SledKv::open(&folder.store()).unwrap());
    fs::write(folder.alive(), "2027-01-15T08:00:00Z\n").unwrap();
    for _ in 0..2 {
        let error = rebuild::open(&folder, &master()).map(drop).unwrap_err();
        assert!(error.to_string().contains("nothing is left"), "{error}");
    }
    // As after a first start that was cut short.
    fs::remove_file(folder.alive()).unwrap();
    rebuild::open(&folder, &master()).unwrap();
    fs::write(folder.alive(), "2027-01-15T08:00:00Z\n").unwrap();
    rebuild::open(&folder, &master()).unwrap();
}

/// sled may make of damaged files, without a word, the store as it was: what was acknowledged since would be gone unnoticed.
#[test]
fn a_store_that_went_back_is_not_opened() {
    let scene = Scene::lay();
    let (folder, earlier) = (&scene.folder, scene.temporary.path().join("earlier"));
    copy(&folder.store(), &earlier);
    let mut store = open(folder);
    let acknowledged = || {
        let mut stage = Stage::new(&store, at(90)).unwrap();
        let query = "1".to_owned();
        let toast = Effect::Toast { query, text: None };
        let (lane, chat) = (Lane::Interactive, chat(1));
        stage.send(chat, 1, false, lane, vec![toast]).unwrap();
        stage.finish().unwrap()
    };
    let finished = acknowledged();
    store.commit(finished).unwrap();
    drop(store);
    // With the note or without it, whatever is whole opens.
    let note = fs::read(folder.counted()).unwrap();
    fs::remove_file(folder.counted()).unwrap();
    drop(open(folder));
    assert_eq!(fs::read(folder.counted()).unwrap(), note);

    remove_folder(&folder.store()).unwrap();
    copy(&earlier, &folder.store());
    let refused = |error: StoreError| assert!(error.to_string().contains("were stored"), "{error}");
    refused(rebuild::open(folder, &master()).map(drop).unwrap_err());
    refused(inspect::inspect(folder, &master()).unwrap_err());
    // What is restored is what there is from then on.
    let alone = restore::alone(folder).unwrap();
    let unpacked = restore::begin(&alone, &scene.backup, &master()).unwrap();
    restore::settle(&alone, unpacked, at(80)).unwrap();
    drop(alone);
    drop(open(folder));
    assert!(fs::read(folder.counted()).unwrap() < note);
}

#[test]
fn what_cannot_be_salvaged_is_refused() {
    let scene = Scene::lay();
    let other = MasterKey::from_env_value(&"7c".repeat(32)).unwrap();
    let error = Salvage::read(&scene.folder, &other).map(drop).unwrap_err();
    assert!(matches!(error, StoreError::WrongKey), "{error}");
    let folder = scene.damaged("noise", |store| {
        rewrite(&store.join("db"), |bytes| noise(bytes))
    });
    let error = Salvage::read(&folder, &master()).map(drop).unwrap_err();
    assert!(error.to_string().contains("nothing"), "{error}");
    fs::remove_file(folder.epoch()).unwrap();
    let error = Salvage::read(&folder, &master()).map(drop).unwrap_err();
    assert!(error.to_string().contains("epoch"), "{error}");
}
