//! The audit log: whatever is done to it shows, and where; nothing that anybody said is in it.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use samleng::dialogue::organising::{
    self, Announce, By, Invite, OfferRole, OnConcern, Order, Standing, Words,
};
use samleng::dialogue::{Change, Membership, Moment, Outcome, Person, World as _};
use samleng::domain::audit::{Entry, Head, Tampered, verify};
use samleng::domain::concern::question;
use samleng::domain::{
    Answer, Answers, Audience, ChatId, Concern, Deed, Disclosure, Invitation, Localised, MessageId,
    Organisation, Receipt, Role, Status, Who,
};
use samleng::store::folder::DataFolder;
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::memory_kv::MemoryKv;
use samleng::store::rebuild::{self, Rebuilt};
use samleng::store::{Stage, Store};
use serde_json::Value;

use crate::in_memory::{MemoryWorld, english, forum, khmer};
use crate::records::variants;

/// Entries of a log to which everything is done.
const MANY: u64 = 1_000;
/// The hash of [`written`]. It covers the names under which entries are kept: if a rename changes it, no log that was
/// written before is sound any more.
const HASH: &str = "105d1bcefbdd29935da902a2343a13ad72ab995d99e083e3d6748eb6c6e944f0";
/// The same of release 6.
const HASH_OF_RELEASE_6: &str = "3f4f353699efb8df69fcd99a5ba1987940ea57a6244badec442a4abde0fc9f81";
/// And of release 7.
const HASH_OF_RELEASE_7: &str = "5014efecc327b66b39c252fe6540fe6ef5f906b5b405c3d709fb277608b9d0cb";
/// The same of release 5.
const HASH_OF_RELEASE_5: &str = "5e52f1411b915b90a7b3e215b08b53668da209efdcbf6cb40adf0e82222a9455";
/// The hash of what release 3 could write of it: deeds are added at the end, and change nothing before.
const HASH_OF_RELEASE_3: &str = "ff670f91a22fc65efdf2b361f25321e5d4b159b97adc32acd17a17d311c2f671";

fn at(second: u64) -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap() + SignedDuration::from_secs(second as i64)
}

/// Every deed.
fn deeds() -> Vec<Deed> {
    let mut deeds = vec![Deed::OwnerClaimed];
    deeds.extend(Role::ALL.map(Deed::RoleOffered));
    deeds.extend(Role::ALL.map(|role| Deed::RoleGiven(12, role)));
    deeds.extend([
        Deed::RoleTaken(12),
        Deed::GroupBound,
        Deed::GroupUnbound,
        Deed::GroupLost,
        Deed::Looked(9),
        Deed::FileSeen(9),
        Deed::Searched,
        Deed::DigestMade,
        Deed::SharedDigestMade,
        Deed::AuditRead,
        Deed::Exported,
    ]);
    deeds.extend(Status::ALL.map(|status| Deed::StatusSet(9, status)));
    deeds.extend([
        Deed::Merged(9, 8),
        Deed::Unmerged(9),
        Deed::Asked(9),
        Deed::WrittenDown(9),
        Deed::MeetingSet(5),
        Deed::OrganisationApproved(3),
        Deed::OrganisationSuspended(3),
        Deed::OrganisationPlain(3),
        Deed::OrganisationRenamed(3),
        Deed::OrganisationsMerged(3, 4),
        Deed::Invited(2),
        Deed::InvitationRevoked(7),
        Deed::RegistryRead(5_400),
        Deed::Announced(40, 540),
        Deed::AnnouncementStopped(u64::MAX),
        Deed::Erased(5),
        Deed::Restored(1_800_000_000),
        Deed::AgendaPlanned(5),
        Deed::ItemTimed(6),
        Deed::ItemByHand(7),
        Deed::AgendaSettled(8),
        Deed::AgendaTaken(9),
        Deed::PromiseMade(10),
        Deed::PromiseChanged(10),
        Deed::PromiseTakenBack(10),
        Deed::ReportsRead(10),
        Deed::FloorBegun(5),
        Deed::MinutesCorrected(5),
        Deed::FloorUndone(5),
        Deed::PromiseHeard(10),
    ]);
    deeds
}

/// A log in which everybody did something and every deed was done.
pub(crate) fn written() -> (Vec<Entry>, Head) {
    let whose = [Who::CommandLine, Who::Person(12), Who::Program];
    let deeds = deeds().into_iter().enumerate();
    log(deeds.map(|(n, deed)| (whose[n % 3], deed)))
}

fn log(deeds: impl IntoIterator<Item = (Who, Deed)>) -> (Vec<Entry>, Head) {
    let mut head = Head::default();
    let entries = (0..)
        .zip(deeds)
        .map(|(second, (who, deed))| head.append(at(second), who, deed))
        .collect();
    (entries, head)
}

/// A long one, in which neighbours often did the same.
fn long() -> (Vec<Entry>, Head) {
    let deeds = deeds();
    log((0..MANY).map(|n| (Who::Person(n / 7), deeds[n as usize / 3 % deeds.len()])))
}

fn check<'e>(
    entries: impl IntoIterator<Item = &'e Entry>,
    head: &Head,
    found: Result<(), u64>,
    what: &str,
) {
    let is = verify(entries, head);
    assert_eq!(is, found.map_err(Tampered), "{what}");
}

#[test]
fn a_log_as_it_was_written_is_sound() {
    check(&[], &Head::default(), Ok(()), "no log");
    let (entries, head) = long();
    check(&entries, &head, Ok(()), "a long one");
    // What was noted of it earlier fits what was there then, and is found to be followed by more.
    for count in [0, 1, 500, 999] {
        let mut earlier = Head::default();
        for entry in &entries[..count] {
            earlier.append(entry.at, entry.who, entry.deed);
        }
        check(&entries[..count], &earlier, Ok(()), "an earlier head");
        check(&entries, &earlier, Err(count as u64), "more than noted");
    }
}

#[test]
fn what_is_left_out_is_found() {
    let (entries, head) = long();
    for place in 0..entries.len() {
        let left = entries[..place].iter().chain(&entries[place + 1..]);
        check(left, &head, Err(place as u64), "one left out");
        check(&entries[..place], &head, Err(place as u64), "the end cut");
    }
}

#[test]
fn what_is_put_in_is_found() {
    let (entries, head) = long();
    let mut so_far = Head::default();
    for place in 0..=entries.len() {
        let (before, after) = entries.split_at(place);
        // What was done elsewhere in the log, as it stands there; beside itself it is found one later.
        let other = &entries[(place * 7 + 1) % entries.len()];
        let same = after.first() == Some(other);
        let copied = before.iter().chain([other]).chain(after);
        check(
            copied,
            &head,
            Err((place + usize::from(same)) as u64),
            "a copy",
        );
        // One that fits those before it: what it pushes on does not fit any more.
        let forged = so_far.clone().append(at(5), Who::Program, Deed::Searched);
        let with_it = before.iter().chain([&forged]).chain(after);
        let shown = (place + 1).min(entries.len());
        check(with_it, &head, Err(shown as u64), "one that fits");
        if let Some(entry) = after.first() {
            so_far.append(entry.at, entry.who, entry.deed);
        }
    }
}

#[test]
fn neighbours_that_changed_places_are_found() {
    let (entries, head) = long();
    for place in 0..entries.len() - 1 {
        let mut swapped: Vec<&Entry> = entries.iter().collect();
        swapped.swap(place, place + 1);
        check(swapped, &head, Err(place as u64), "swapped");
        // With their numbers made to fit.
        let [first, second] = [&entries[place + 1], &entries[place]].map(Entry::clone);
        let first = Entry {
            place: place as u64,
            ..first
        };
        let second = Entry {
            place: place as u64 + 1,
            ..second
        };
        let (before, after) = (&entries[..place], &entries[place + 2..]);
        let swapped = before.iter().chain([&first, &second]).chain(after);
        check(swapped, &head, Err(place as u64), "swapped and numbered");
    }
}

/// The entry with another value in one of its fields.
fn flipped(entry: &Entry, field: u64) -> Entry {
    let mut flipped = entry.clone();
    match field {
        0 => flipped.place ^= 1,
        1 => flipped.at += SignedDuration::from_nanos(1),
        2 => {
            flipped.who = match entry.who {
                Who::Person(number) => Who::Person(number ^ 1),
                Who::CommandLine => Who::Program,
                Who::Program => Who::CommandLine,
            }
        }
        3 => {
            let other = |deed: &Deed| *deed != entry.deed;
            flipped.deed = deeds().into_iter().find(other).unwrap();
        }
        byte => flipped.hash[(byte as usize - 4) % 32] ^= 1,
    }
    assert_ne!(flipped, *entry);
    flipped
}

#[test]
fn any_field_that_was_changed_is_found() {
    let (entries, head) = long();
    let one = |place: u64, field: u64| {
        let (before, after) = entries.split_at(place as usize);
        let changed = flipped(&after[0], field);
        let with_it = before.iter().chain([&changed]).chain(&after[1..]);
        check(with_it, &head, Err(place), &format!("field {field}"));
    };
    // Each entry, each of the four fields and each byte of the hash in turn.
    for place in 0..MANY {
        one(place, place % 4);
        one(place, 4 + place % 32);
    }
    // And every field of some.
    for place in [0, 1, 2, 499, 998, 999] {
        (0..36).for_each(|field| one(place, field));
    }
    // The head is as good as an entry.
    for byte in 0..32 {
        let mut changed = head;
        changed.hash[byte] ^= 1;
        check(&entries, &changed, Err(MANY - 1), "the head's hash");
    }
}

#[test]
fn a_log_that_was_written_anew_from_somewhere_on_does_not_fit_the_head() {
    let (entries, head) = long();
    for place in [0, 1, 500, 998, 999] {
        let changed = flipped(&entries[place], 3);
        let (anew, _) = log(entries.iter().enumerate().map(|(n, entry)| {
            let deed = if n == place { changed.deed } else { entry.deed };
            (entry.who, deed)
        }));
        // All of them fit each other, so only that the last is not that of the head can be told.
        check(&anew, &head, Err(MANY - 1), "written anew");
    }
}

#[test]
fn the_hash_of_a_log_is_the_same_for_ever() {
    let (entries, head) = written();
    check(&entries, &head, Ok(()), "every deed");
    let mut named = [BTreeSet::new(), BTreeSet::new()];
    for entry in &entries {
        named[0].insert(variant(&serde_json::to_value(entry.who).unwrap()));
        named[1].insert(variant(&serde_json::to_value(entry.deed).unwrap()));
    }
    let all = |variants: &[&str]| variants.iter().map(|v| (*v).to_owned()).collect();
    assert_eq!(named, [all(variants::<Who>()), all(variants::<Deed>())]);
    assert_eq!(HEXLOWER.encode(&entries[45].hash), HASH_OF_RELEASE_3);
    assert_eq!(HEXLOWER.encode(&entries[46].hash), HASH_OF_RELEASE_5);
    assert_eq!(HEXLOWER.encode(&entries[47].hash), HASH_OF_RELEASE_6);
    assert_eq!(
        HEXLOWER.encode(&entries[entries.len() - 2].hash),
        HASH_OF_RELEASE_7
    );
    assert_eq!(HEXLOWER.encode(&head.hash), HASH);
}

fn variant(value: &Value) -> String {
    let name = value.as_str().map(str::to_owned);
    name.unwrap_or_else(|| value.as_object().unwrap().keys().next().unwrap().clone())
}

const CHAT: ChatId = ChatId(5_000_000_001);

fn nothing_sent(person: Person) -> Outcome {
    Outcome {
        person: Some(person),
        effects: Vec::new(),
        notices: Vec::new(),
    }
}

/// Several events in one batch, some of which come to nothing; a batch that is never committed; notes of the command line
/// between them. Returns what was done.
fn write(store: &mut Store, round: u64) -> Vec<(Who, Deed)> {
    let who = Who::Person(12);
    let mut done = Vec::new();
    let mut stage = Stage::new(store, at(round)).unwrap();
    for event in 0..6 {
        let looked = Deed::Looked(round * 100 + event);
        stage.change(Change::Audit(who, looked));
        stage.change(Change::Audit(who, Deed::Searched));
        match event {
            // Taken back.
            1 | 4 => {
                stage.disregard();
                continue;
            }
            // It cannot be taken in: the record is too large.
            2 => {
                stage.change(Change::Organisation(Organisation {
                    id: 3,
                    name: Default::default(),
                    place: "x".repeat(100_000),
                    verified: false,
                    number: None,
                    suspended: false,
                }));
                let outcome = nothing_sent(Person::new(12, CHAT));
                assert!(stage.apply(CHAT, outcome).is_err());
                continue;
            }
            3 => {
                stage.apply_notices(Vec::new()).unwrap();
            }
            _ => {
                let outcome = nothing_sent(Person::new(12, CHAT));
                stage.apply(CHAT, outcome).unwrap();
            }
        }
        done.extend([(who, looked), (who, Deed::Searched)]);
        // A step sees what was taken in.
        let (entries, head) = stage.audit();
        verify(&entries, &head).unwrap();
    }
    let finished = stage.finish().unwrap();
    store.commit(finished).unwrap();

    let mut never = Stage::new(store, at(round)).unwrap();
    never.change(Change::Audit(who, Deed::GroupBound));
    never.apply_notices(Vec::new()).unwrap();
    drop(never.finish().unwrap());

    store
        .note(at(round), Who::CommandLine, Deed::Exported)
        .unwrap();
    done.push((Who::CommandLine, Deed::Exported));
    done
}

/// The store's log is sound, without a gap, and says this.
fn says(store: &Store, done: &[(Who, Deed)]) {
    let (entries, head) = store.audit().unwrap();
    verify(&entries, &head).unwrap();
    assert_eq!(head.count, done.len() as u64);
    let said: Vec<(Who, Deed)> = entries
        .iter()
        .map(|entry| (entry.who, entry.deed))
        .collect();
    assert_eq!(said, done);
}

#[test]
fn what_a_store_writes_has_no_gap_and_survives_a_rebuild_and_a_reopening() {
    let master = || MasterKey::from_env_value(&"7b".repeat(32)).unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let folder = DataFolder::open(temporary.path().join("data")).unwrap();
    Epoch::load_or_create(&folder.epoch(), false).unwrap();
    let mut store = rebuild::open(&folder, &master()).unwrap();
    let mut done = Vec::new();
    // Many enough that their keys have more than one page.
    for round in 0..60 {
        done.extend(write(&mut store, round));
        if round % 20 == 0 {
            says(&store, &done);
            store = match rebuild::rebuild(&folder, store, &|| false) {
                Rebuilt::Done(store, _) => store,
                Rebuilt::Kept(_, error) | Rebuilt::Closed(error) => panic!("{error}"),
            };
            says(&store, &done);
        }
        if round % 20 == 10 {
            drop(store);
            store = rebuild::open(&folder, &master()).unwrap();
            says(&store, &done);
        }
    }
    says(&store, &done);
}

/// A word that stands in everything that anybody says here.
const CANARY: &str = "Kookaburra";

pub(crate) fn concern(title: String) -> Concern {
    let title = Answer::Text {
        text: title,
        source: MessageId(6),
    };
    Concern {
        disclosure: Disclosure::Named,
        ..Concern::new(
            9,
            Receipt::from_random(9),
            3,
            12,
            at(0),
            Answers([(question::TITLE.to_owned(), title)].into()),
        )
    }
}

/// Every string of an entry's JSON, but for its time.
fn strings(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            found.insert(text.clone());
        }
        Value::Array(values) => values.iter().for_each(|value| strings(value, found)),
        Value::Object(fields) => {
            for (key, value) in fields.iter().filter(|(key, _)| *key != "at") {
                found.insert(key.clone());
                strings(value, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn nothing_that_anybody_said_is_in_it() {
    let forum = forum();
    let mut world = MemoryWorld::default();
    let canary = |what: &str| format!("{CANARY} {what}");
    let concern = concern(canary("title"));
    world.change(&forum, at(0), |stage| {
        stage.change(Change::Organisation(Organisation {
            id: 3,
            name: Localised::same([english(), khmer()], &canary("circle")),
            place: "kandal".to_owned(),
            verified: false,
            number: None,
            suspended: false,
        }));
        stage.change(Change::Person(Box::new(Person {
            language: Some(english()),
            membership: Some(Membership {
                organisation: 3,
                agreed_at: at(0),
                invitation: None,
            }),
            ..Person::new(12, CHAT)
        })));
        stage.change(Change::Concern(Box::new(concern.clone())));
        Vec::new()
    });
    let owner = By::Person {
        number: 99,
        role: Some(Role::Owner),
    };
    let on = |status, reason, ask| {
        Order::Concern(OnConcern {
            receipt: concern.receipt,
            status,
            into: None,
            reason,
            ask,
        })
    };
    let orders = [
        on(Some(Status::Held), None, Some(canary("asked"))),
        on(Some(Status::Rejected), Some(canary("reason")), None),
        Order::Announce(Announce {
            audience: Audience::Everyone,
            words: Words::Text(canary("announced")),
        }),
        Order::Rename(3, canary("association")),
        Order::Organisation(canary("association"), Standing::Suspended),
        Order::Invite(vec![Invite {
            code: canary("code"),
            number: None,
            organisation: None,
            uses: 1,
            expires_at: None,
        }]),
        Order::Revoke(canary("code")),
        Order::OfferRole(OfferRole {
            code: canary("role"),
            role: Role::Auditor,
            called: canary("somebody"),
            expires_at: at(1_000),
        }),
    ];
    let moment = Moment {
        now: at(0),
        random: 1,
    };
    let count = orders.len();
    for order in orders {
        world.change(&forum, moment.now, |stage| {
            let said = format!("{order:?}");
            let done = organising::carry_out(order, owner, &forum, stage, moment);
            done.unwrap_or_else(|why| panic!("{said}: {why}")).notices
        });
    }
    // It is in the records, so it could have been found.
    let stored = |found: &str| assert!(found.contains(CANARY), "{found}");
    world
        .concerns()
        .iter()
        .for_each(|c: &Concern| stored(&format!("{c:?}")));
    let invitations: Vec<Invitation> = world.store.all().unwrap();
    stored(&format!("{invitations:?}"));

    let (entries, head) = world.store.audit().unwrap();
    verify(&entries, &head).unwrap();
    assert!(entries.len() > count, "{entries:?}");
    let known: BTreeSet<&str> = [
        variants::<Who>(),
        variants::<Deed>(),
        variants::<Role>(),
        variants::<Status>(),
        &["place", "who", "deed", "hash"],
    ]
    .concat()
    .into_iter()
    .collect();
    let chat = CHAT.0.to_string();
    for entry in entries.iter().chain(&written().0) {
        let json = serde_json::to_value(entry).unwrap();
        let mut found = BTreeSet::new();
        strings(&json, &mut found);
        for text in found {
            assert!(known.contains(text.as_str()), "{text}");
        }
        let json = json.to_string();
        assert!(!json.contains(CANARY) && !json.contains(&chat), "{json}");
    }
}

/// A step goes on after an order that was refused, so what it changed before that would stay.
#[test]
fn nothing_comes_of_what_was_refused() {
    let forum = forum();
    let mut world = MemoryWorld::default();
    let owner = By::Person {
        number: 99,
        role: Some(Role::Owner),
    };
    let moment = Moment {
        now: at(0),
        random: 1,
    };
    let known = concern("A wall".to_owned());
    let gone = concern("A road".to_owned());
    let gone = Concern {
        id: 10,
        receipt: Receipt::from_random(10),
        ..gone.withdrawn()
    };
    world.change(&forum, at(0), |stage| {
        for (id, name) in [(3, "Heron Marsh Circle"), (4, "Ibis Club")] {
            stage.change(Change::Organisation(Organisation {
                id,
                name: Localised::same([english(), khmer()], name),
                place: "kandal".to_owned(),
                verified: false,
                number: None,
                suspended: false,
            }));
        }
        stage.change(Change::Concern(Box::new(known.clone())));
        stage.change(Change::Concern(Box::new(gone.clone())));
        Vec::new()
    });
    let on = |receipt, status, ask: Option<&str>| {
        Order::Concern(OnConcern {
            receipt,
            status,
            into: None,
            reason: None,
            ask: ask.map(str::to_owned),
        })
    };
    let invite = |number: Option<&str>, organisation| Invite {
        code: format!("code {number:?} {organisation:?}"),
        number: number.map(str::to_owned),
        organisation,
        uses: 1,
        expires_at: None,
    };
    let offer = |called: &str| {
        Order::OfferRole(OfferRole {
            code: "code".to_owned(),
            role: Role::Organiser,
            called: called.to_owned(),
            expires_at: at(1_000),
        })
    };
    let refused = [
        on(known.receipt, Some(Status::Done), None),
        on(known.receipt, None, Some(" ")),
        on(gone.receipt, Some(Status::Approved), None),
        on(Receipt::from_random(11), Some(Status::Approved), None),
        Order::WriteDown(31, "words".to_owned()),
        Order::Organisation("Kingfisher Union".to_owned(), Standing::Approved),
        Order::Standing(5, Standing::Approved),
        Order::Rename(3, "Ibis Club".to_owned()),
        Order::MergeOrganisations(3, 3),
        Order::MergeOrganisations(3, 5),
        Order::Invite(vec![invite(None, Some(3)), invite(None, Some(5))]),
        Order::Invite(vec![invite(None, None), invite(Some("7"), None)]),
        Order::Revoke("code".to_owned()),
        Order::RevokeInvitation(7),
        offer(" "),
        offer(&"x".repeat(61)),
        Order::SetRole(12, Some(Role::Auditor)),
        Order::SetRole(99, None),
        Order::Announce(Announce {
            audience: Audience::Everyone,
            words: Words::Text("Nobody reads this.".to_owned()),
        }),
        Order::StopAnnouncement(40),
        Order::Registry(Vec::new()),
    ];
    let before = world.store.export().unwrap();
    for order in refused {
        world.change(&forum, moment.now, |stage| {
            let said = format!("{order:?}");
            let done = organising::carry_out(order, owner, &forum, stage, moment);
            assert!(done.is_err(), "{said}");
            Vec::new()
        });
        assert_eq!(world.store.export().unwrap(), before);
    }
}

#[test]
fn a_log_is_sound_after_the_disk_refused() {
    use samleng::store::kv::KvError;
    use samleng::store::memory_kv::{Call, Fault, Lasting, Moment};

    let disk = MemoryKv::new();
    let key = MasterKey::from_env_value(&"5a".repeat(32)).unwrap();
    let mut store = Store::unlock(Box::new(disk.clone()), key, &Epoch::random().unwrap()).unwrap();
    let mut done = write(&mut store, 0);
    disk.fail(Fault {
        call: Call::Commit,
        nth: disk.calls().commits + 1,
        lasting: Lasting::Once,
        moment: Moment::BeforeApplying,
        error: KvError::TooLarge(1),
    });
    let refused = store.note(at(1), Who::CommandLine, Deed::AuditRead);
    assert!(refused.is_err());
    says(&store, &done);
    done.extend(write(&mut store, 2));
    says(&store, &done);
}
