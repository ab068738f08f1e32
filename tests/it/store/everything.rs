//! A store with records of every kind, and how it is told whether two stores say the same.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;
use samleng::dialogue::{
    Body, Change, Draft, Effect, Membership, Notice, Outcome, Person, State, Weight, World as _,
};
use samleng::digest::frozen::{Fate, Freeze, Frozen, Opening};
use samleng::digest::{Edition, Filter, Totals};
use samleng::domain::announcement::Tally;
use samleng::domain::concern::question;
use samleng::domain::promise::{Outliving, Piece, Verdict, heard};
use samleng::domain::reminder::Outcomes;
use samleng::domain::{
    AgendaItem, AgendaPlan, Announcement, Answer, Answers, Archive, Attachment, Audience, Card,
    ChatId, Concern, Day, Deed, Disclosure, Endorsement, FileRef, FloorDeed, FloorEntry,
    FloorOutcome, Group, Invitation, Localised, Meeting, MessageId, Organisation, Part,
    PartContent, Past, Promise, Receipt, Reminded, Report, Role, Rsvp, Sealed, SentAs, Status,
    Transcript, Voice, Whereabouts, Who, audit,
};
use samleng::store::erasures::Gone;
use samleng::store::kind;
use samleng::store::record::{self, Record};
use samleng::store::{Lane, Stage, Store};
use samleng::text::Html;
use samleng::text::clean::fold;

use crate::in_memory::{english, khmer, runner};

/// Words that are found wherever they are.
pub(super) const CANARY: &str = "CanaryKookaburraCanary";

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// Numbers that follow from a seed (SplitMix64).
struct Luck(u64);

impl Luck {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.bits() % end
    }
}

/// Fills a store with `size` of every kind at least, and erases something.
pub(super) fn fill(store: &mut Store, seed: u64, size: u64) {
    store.keep_username("samleng_bot").unwrap();
    store.owner_link(true, jiff::Timestamp::UNIX_EPOCH).unwrap();
    let mut luck = Luck(seed);
    let mut stage = Stage::new(store, at(0)).unwrap();
    stage.meta.offset = Some(77);
    (5..1_000).step_by(7).for_each(|id| {
        stage.meta.seen.note(id);
    });
    let archive = Archive {
        id: stage.fresh_id(),
        ..Archive::default()
    };
    let change = erased(&stage, archive);
    stage.change(change);
    stage.apply_notices(Vec::new()).unwrap();
    let mut ids = Ids::default();
    for n in 0..size {
        one(&mut stage, &mut luck, &mut ids, n);
    }
    let meeting = Meeting {
        id: stage.fresh_id(),
        title: Localised::same([english(), khmer()], "Third meeting"),
        days: vec![Day {
            date: "2027-01-17".parse().unwrap(),
            time: None,
        }],
        place: None,
        deadline: Some(at(500)),
        capacity: Some(300),
        people_at_most: None,

        zone: None,
    };
    stage.change(Change::Meeting(meeting));
    stage.change(Change::Group(Some(Group {
        since: None,
        chat: GROUP,
        language: Some(khmer()),
    })));
    stage.apply_notices(Vec::new()).unwrap();
    freeze(&mut stage, &mut luck, &ids);
    forget_in(&mut stage, 999_999);
    let finished = stage.finish().unwrap();
    store.commit(finished).unwrap();
}

/// With stores of many seeds and sizes.
pub(super) fn of_any_size(check: fn(u64, u64)) {
    runner(8)
        .run(&(any::<u64>(), 1..30u64), |(seed, size)| {
            check(seed, size);
            Ok(())
        })
        .unwrap();
    // Over several pages.
    check(1, 300);
}

/// A digest of all of these concerns is handed out.
fn freeze(stage: &mut Stage<'_>, luck: &mut Luck, ids: &Ids) {
    let mut opening = |concern: &u64| {
        let status = stage.concern(*concern).map(|known| known.status);
        let salt = u128::from(luck.bits()) << 64 | u128::from(luck.bits());
        Opening {
            concern: *concern,
            salt: (status != Some(Status::Withdrawn)).then_some(salt.to_be_bytes()),
            leaf: [luck.bits() as u8; 32],
            fate: match status {
                Some(Status::Withdrawn) => Fate::Withdrawn,
                _ => Fate::Held,
            },
            named: false,
        }
    };
    let openings: Vec<Opening> = ids.concerns.iter().map(&mut opening).collect();
    let freeze = Freeze {
        frozen: Frozen {
            number: stage.meta.last_digest + 1,
            edition: Edition::Organisers,
            filter: Filter::default(),
            made_at: at(10),
            totals: Totals::default(),
            root: [7; 32],
            scores: None,
        },
        openings,
        is_new: true,
    };
    assert!(stage.freeze(&freeze));
    stage.apply_notices(Vec::new()).unwrap();
}

#[derive(Default)]
struct Ids {
    organisations: Vec<u64>,
    people: Vec<u64>,
    concerns: Vec<u64>,
}

/// One more of every kind.
fn one(stage: &mut Stage<'_>, luck: &mut Luck, ids: &mut Ids, n: u64) {
    let organisation = stage.fresh_id();
    ids.organisations.push(organisation);
    let mut name = BTreeMap::from([(
        english(),
        format!("Association {} of the lake", luck.bits()),
    )]);
    if !n.is_multiple_of(3) {
        name.insert(khmer(), format!("សមាគម {}", luck.below(1_000)));
    }
    stage.change(Change::Organisation(Organisation {
        id: organisation,
        name: Localised(name),
        place: "kandal".to_owned(),
        verified: n.is_multiple_of(2),
        number: (n % 4 != 1).then(|| luck.below(100_000).to_string()),
        suspended: n % 9 == 8,
    }));
    let chat = chat(n);
    let invitation = stage.fresh_id();
    let mut person = Person::new(stage.fresh_id(), chat);
    ids.people.push(person.number);
    person.language = Some(khmer());
    person.role = (n == 0).then_some(Role::Owner);
    person.membership = (n % 5 != 4).then(|| Membership {
        organisation: pick(&ids.organisations, luck),
        agreed_at: at(1),
        invitation: Some(invitation),
    });
    person.state = State::Menu {
        kept: n.is_multiple_of(2).then(|| Draft {
            begun_at: at(2),
            beneath: None,
            revises: None,
            answers: answers(luck),
        }),
    };
    let concern = Concern {
        status: Status::ALL[(n % 13) as usize],
        disclosure: Disclosure::ALL[(n % 3) as usize],
        vouched: n % 2 == 1,
        into: (n % 3 != 1)
            .then(|| pick(&ids.concerns, luck))
            .filter(|id| *id != 0)
            .or((n == 0).then_some(1)),
        reason: n
            .is_multiple_of(7)
            .then(|| "It belongs elsewhere.".to_owned()),
        past: 2,
        open_question: Some(1),
        ..Concern::new(
            stage.fresh_id(),
            receipt(luck.bits()),
            pick(&ids.organisations, luck),
            if n % 6 == 5 {
                0
            } else {
                pick(&ids.people, luck)
            },
            at(3),
            answers(luck),
        )
    };
    let id = concern.id;
    ids.concerns.push(id);
    let attached_to = concern.organisation;
    stage.change(Change::Concern(Box::new(concern)));
    for place in 0..2 {
        let past = if place == 0 {
            Past::Note {
                at: at(4),
                text: format!("a note {}", luck.bits()),
            }
        } else {
            Past::Question {
                at: at(5),
                text: "Where?".to_owned(),
                answer: None,
                by: None,
            }
        };
        stage.change(Change::Past {
            concern: id,
            place,
            past,
        });
    }
    let endorsement = Endorsement {
        concern: id,
        organisation: pick(&ids.organisations, luck),
        person: Some(person.number),
        at: at(6),
    };
    stage.change(Change::Endorsed(endorsement));
    let attachment = Attachment {
        id: stage.fresh_id(),
        concern: id,
        organisation: attached_to,
        sent_as: SentAs::Photo,
        transcript: (n % 3 == 1).then(|| Transcript {
            text: format!("spoken {}", luck.bits()),
            by: Some(1),
            at: at(6),
            approved: n % 2 == 1,
        }),
        whereabouts: if n.is_multiple_of(2) {
            Whereabouts::Here(Sealed {
                name: format!("{:016x}", luck.bits()),
                key: luck.bits().to_be_bytes().repeat(4),
                kind: "jpeg".to_owned(),
                size: luck.below(1_000_000),
            })
        } else {
            Whereabouts::Telegram(file(luck))
        },
    };
    stage.change(Change::Attachment(attachment));
    let rsvp = Rsvp {
        meeting: 1,
        organisation,
        person: Some(person.number),
        at: at(7),
        people: BTreeMap::from([("2027-01-17".parse().unwrap(), 3)]),
    };
    stage.change(Change::Rsvp(rsvp));
    stage.change(Change::AgendaPlan(AgendaPlan::new(n)));
    stage.change(Change::AgendaItem(AgendaItem {
        seconds: Some(luck.below(900)),
        ..AgendaItem::new(n, id)
    }));
    stage.change(Change::Floor(FloorEntry {
        meeting: 1,
        place: n,
        at: at(8),
        by: n.is_multiple_of(2).then_some(person.number),
        what: FloorDeed::Outcome(id, FloorOutcome::Deflected, Status::Agenda),
    }));
    let promise = promise(stage.fresh_id(), Some(id));
    let verdict = Verdict::ALL[(n % 3) as usize];
    stage.change(Change::Report(Report {
        promise: promise.id,
        organisation,
        person: person.number,
        vouched: n.is_multiple_of(3),
        at: at(8),
        verdict,
        words: Vec::from_iter(n.is_multiple_of(2).then(|| Piece {
            source: MessageId(n as i32 + 1),
            text: format!("seen {}", luck.bits()),
        })),
        photos: Vec::new(),
        place: "kandal".to_owned(),
    }));
    stage.change(Change::Voice(Voice {
        promise: promise.id,
        person: None,
        shared: n,
        counts: true,
        place: "kandal".to_owned(),
        said: Some((at(8), verdict)),
    }));
    stage.change(Change::Promise(promise));
    stage.change(Change::Invitation(Invitation {
        id: invitation,
        organisation: Some(organisation),
        uses_left: 3,
        expires_at: None,
        revoked: false,
        role: None,
        called: None,
    }));
    stage.change(Change::InvitationCode {
        id: invitation,
        code: code(n),
    });
    let announcement = stage.fresh_id();
    stage.change(Change::Reminded(Reminded {
        id: 900,
        meeting: 5,
        reminder: "silent-week".to_owned(),
        date: jiff::civil::date(2027, 1, 17),
        at: at(9),
        people: 3,
        first_sent_at: Some(at(9)),
        tally: Outcomes {
            sent: 2,
            ..Outcomes::default()
        },
    }));
    stage.change(Change::Announcement(Announcement {
        id: announcement,
        by: person.number,
        at: at(8),
        audience: Audience::Everyone,
        text: format!("news {}", luck.bits()),
        stopped: n % 2 == 1,
        people: 540,
        tally: Tally::default(),
        report: None,
        reported: 0,
        report_waits: false,
    }));
    stage.change(Change::Audit(Who::Person(person.number), Deed::Looked(id)));
    let outcome = Outcome {
        effects: vec![
            send(&"a page ".repeat(luck.below(900) as usize)),
            send("a screen"),
        ],
        notices: vec![Notice {
            person: person.number,
            chat,
            body: Html::text("news").into(),
            announcement: None,
            commands: false,
        }],
        person: Some(person),
    };
    stage.apply(chat, outcome).unwrap();
    stage
        .send(chat, 1, false, Lane::Bulk, vec![Effect::MyData])
        .unwrap();
    stage.show(chat, Some(MessageId(44))).unwrap();
    stage
        .placed_card(id, GROUP, MessageId(900 + n as i32))
        .unwrap();
    stage.set_aside(n as u32, "a panic").unwrap();
}

/// The erasure of everything, of which this stays, and of the promises what [`left`] says.
pub(super) fn erased(stage: &Stage<'_>, archive: Archive) -> Change {
    Change::Erased {
        archive: Box::new(archive),
        left: left(stage),
    }
}

/// What stays of the promises, where nobody agreed to be asked about them.
pub(super) fn left(stage: &Stage<'_>) -> Vec<Outliving> {
    let promises = stage.promises().into_iter();
    let left = promises.map(|promise| {
        let reports = stage.reports(promise.id);
        let counts = |said: &Report| said.counts(stage.organisation(said.organisation).as_ref());
        promise.outliving(&reports, &heard(&reports, counts), &[], at(100))
    });
    left.collect()
}

/// A promise that answers this concern.
pub(super) fn promise(id: u64, concern: Option<u64>) -> Promise {
    Promise {
        id,
        meeting: 1,
        title: Localised::same([english(), khmer()], "Second meeting"),
        held_on: None,
        zone: None,
        concern,
        topic: "land".to_owned(),
        text: "The road is mended".to_owned(),
        owner: "Department of Roads".to_owned(),
        due: Some(jiff::civil::date(2027, 3, 1)),
        evidence: Vec::new(),
        made_at: at(8),
        version: 1,
        asked: BTreeMap::new(),
        counted: BTreeMap::new(),
        heard: None,
        followed_until: None,
    }
}

pub(super) const GROUP: ChatId = ChatId(-1_000_000_000_123);

pub(super) fn chat(n: u64) -> ChatId {
    ChatId(5_000_000_000 + n as i64)
}

fn code(n: u64) -> String {
    format!("code-{n}")
}

fn receipt(bits: u64) -> Receipt {
    Receipt::from_random(bits)
}

/// One of these; 0 if there is none.
fn pick(ids: &[u64], luck: &mut Luck) -> u64 {
    let at = luck.below(ids.len().max(1) as u64) as usize;
    ids.get(at).copied().unwrap_or_default()
}

fn file(luck: &mut Luck) -> FileRef {
    FileRef {
        id: format!("AgAD{}", luck.bits()),
        size: Some(luck.below(9_999)),
        kept: None,
    }
}

/// Some of them longer than one piece of a stored value.
fn answers(luck: &mut Luck) -> Answers {
    let words = "ផ្លូវលិចទឹក ".repeat(luck.below(400) as usize);
    story(&words, file(luck))
}

fn story(words: &str, photo: FileRef) -> Answers {
    let part = |content| Part {
        source: MessageId(9),
        content,
    };
    let parts = vec![
        part(PartContent::Text(words.to_owned())),
        part(PartContent::Photo(photo)),
    ];
    Answers(BTreeMap::from([
        (question::STORY.to_owned(), Answer::Story(parts)),
        (question::AFFECTED.to_owned(), Answer::Skipped),
    ]))
}

fn send(words: &str) -> Effect {
    Effect::Send {
        body: Body::from(Html::text(words)),
        clears: false,
        weight: Weight::Lasting,
    }
}

pub(super) fn change(store: &mut Store, change: Change) {
    let mut stage = Stage::new(store, at(0)).unwrap();
    stage.change(change);
    stage.apply_notices(Vec::new()).unwrap();
    let finished = stage.finish().unwrap();
    store.commit(finished).unwrap();
}

/// Erases what is kept of a chat of which nothing is kept.
pub(super) fn erase(store: &mut Store) {
    change(store, Change::Forgotten(ChatId(999_999)));
}

pub(super) fn forget_in(stage: &mut Stage<'_>, chat: i64) {
    stage.change(Change::Forgotten(ChatId(chat)));
    stage.apply_notices(Vec::new()).unwrap();
}

/// A concern with the canary; its id.
pub(super) fn raise(store: &mut Store) -> u64 {
    let mut luck = Luck(11);
    let concern = Concern {
        disclosure: Disclosure::Named,
        ..Concern::new(
            1_000_000,
            receipt(luck.bits()),
            1,
            1,
            at(0),
            story(CANARY, file(&mut luck)),
        )
    };
    let id = concern.id;
    change(store, Change::Concern(Box::new(concern)));
    id
}

pub(super) fn withdraw(store: &mut Store, id: u64) {
    let concern: Concern = store.get(&record::concern(id)).unwrap().unwrap();
    change(store, Change::Withdrawn(Box::new(concern.withdrawn())));
}

pub(super) fn concern_key(id: u64) -> Vec<u8> {
    record::beginning::<Concern>(&[id])
}

/// The organisation's only name from now on.
pub(super) fn name(store: &mut Store, id: u64, name: &str) {
    let organisation = Organisation {
        id: 5_000_000 + id,
        name: Localised::same([english()], name),
        place: String::new(),
        verified: false,
        number: None,
        suspended: false,
    };
    change(store, Change::Organisation(organisation));
}

pub(super) fn unname(store: &mut Store, id: u64) {
    change(store, Change::NoOrganisation(5_000_000 + id));
}

pub(super) fn named(store: &Store, name: &str) -> Option<u64> {
    let stage = Stage::new(store, at(0)).unwrap();
    let found = stage.organisation_named(&fold(name));
    found.map(|organisation| organisation.id - 5_000_000)
}

/// The bytes of every record, by the first byte of the keys. Their order is that of their keys, or of the bytes where
/// keys hold hashes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kinds(pub(super) BTreeMap<u8, Vec<Vec<u8>>>);

impl Kinds {
    pub(super) fn of(store: &Store) -> Self {
        fn add<R: Record>(kinds: &mut BTreeMap<u8, Vec<Vec<u8>>>, store: &Store) {
            let all = store.all::<R>().unwrap();
            let bytes = all.iter().map(|record| record::encode(record).unwrap());
            kinds.insert(R::PREFIX, bytes.collect());
        }
        let mut kinds = BTreeMap::new();
        add::<record::Aside>(&mut kinds, store);
        add::<record::ChatOf>(&mut kinds, store);
        add::<record::CodeOf>(&mut kinds, store);
        add::<record::FileOf>(&mut kinds, store);
        add::<record::MemberOf>(&mut kinds, store);
        add::<record::Numbered>(&mut kinds, store);
        add::<record::OrganisationName>(&mut kinds, store);
        add::<record::PartOf>(&mut kinds, store);
        add::<record::ReceiptOf>(&mut kinds, store);
        add::<record::Shown>(&mut kinds, store);
        add::<record::WrittenBy>(&mut kinds, store);
        add::<samleng::store::Row>(&mut kinds, store);
        add::<Announcement>(&mut kinds, store);
        add::<Reminded>(&mut kinds, store);
        add::<Archive>(&mut kinds, store);
        add::<Frozen>(&mut kinds, store);
        add::<record::Openings>(&mut kinds, store);
        add::<record::Leaves>(&mut kinds, store);
        add::<Attachment>(&mut kinds, store);
        add::<Card>(&mut kinds, store);
        add::<Gone>(&mut kinds, store);
        add::<audit::Entry>(&mut kinds, store);
        add::<Concern>(&mut kinds, store);
        add::<Endorsement>(&mut kinds, store);
        add::<Invitation>(&mut kinds, store);
        add::<Meeting>(&mut kinds, store);
        add::<Organisation>(&mut kinds, store);
        add::<Past>(&mut kinds, store);
        add::<Person>(&mut kinds, store);
        add::<Rsvp>(&mut kinds, store);
        add::<AgendaPlan>(&mut kinds, store);
        add::<AgendaItem>(&mut kinds, store);
        add::<FloorEntry>(&mut kinds, store);
        add::<Promise>(&mut kinds, store);
        add::<Report>(&mut kinds, store);
        add::<Voice>(&mut kinds, store);
        // All but the one thing that a rebuild changes.
        let meta = record::Meta {
            erased_since: None,
            ..store.meta().unwrap()
        };
        kinds.insert(record::Meta::PREFIX, vec![record::encode(&meta).unwrap()]);
        for hashed in *b"pkntr" {
            kinds.get_mut(&hashed).unwrap().sort();
        }
        Self(kinds)
    }

    /// The kinds of which there is something.
    pub(super) fn prefixes(&self) -> BTreeSet<u8> {
        let some = self.0.iter().filter(|(_, records)| !records.is_empty());
        some.map(|(prefix, _)| *prefix).collect()
    }

    /// How many records there are that are no pointers.
    pub(super) fn records(&self) -> u64 {
        let own = self
            .0
            .iter()
            .filter(|(prefix, _)| !b"ntwjrbud".contains(prefix));
        own.map(|(_, records)| records.len() as u64).sum()
    }
}

/// The first bytes of keys of all kinds.
pub(super) fn prefixes() -> BTreeSet<u8> {
    kind::PREFIXES.iter().copied().collect()
}

/// Everything that can be asked of a store, and its answers.
pub(super) fn found(store: &Store) -> Vec<String> {
    let mut stage = Stage::new(store, at(0)).unwrap();
    let mut found = Vec::new();
    let mut say = |what: String| found.push(what);
    for person in store.all::<Person>().unwrap() {
        let number = person.number;
        assert_eq!(stage.person_in(person.chat).unwrap(), person);
        assert_eq!(stage.person(number), Some(person));
        say(format!("{number} wrote {:?}", stage.concerns_by(number)));
    }
    // In the order of hashes until here.
    found.sort();
    let mut say = |what: String| found.push(what);
    for organisation in store.all::<Organisation>().unwrap() {
        let id = organisation.id;
        for name in organisation.name.all() {
            say(format!("{:?}", stage.organisation_named(&fold(name))));
        }
        if let Some(number) = &organisation.number {
            say(format!("{:?}", stage.organisation_numbered(number)));
        }
        let members: Vec<u64> = stage
            .members(id)
            .iter()
            .map(|member| member.number)
            .collect();
        say(format!("{members:?}, {} bytes", stage.room_taken(id)));
        say(format!("{:?}", stage.rsvp(1, id)));
    }
    // These look at all there are.
    for id in 1..20 {
        say(format!(
            "{:?} {:?}",
            stage.endorsements_of(id),
            stage.rsvps_of(id)
        ));
        say(format!("{}", stage.has_other_owner(id)));
    }
    for concern in store.all::<Concern>().unwrap() {
        let id = concern.id;
        assert_eq!(stage.concern_of(concern.receipt), Some(concern));
        say(format!("{:?}", stage.merged_into(id)));
        say(format!("{:?} {:?}", stage.past(id), stage.endorsements(id)));
        say(format!("{:?}", stage.attachments(id)));
        say(format!("{:?}", stage.merged_into(id)));
        say(format!("{:?}", stage.card(id)));
        say(format!("{:?}", stage.digests_with(id)));
        say(format!("{:?}", stage.agenda_item(id)));
    }
    for promise in stage.promises() {
        say(format!("{promise:?} {:?}", stage.reports(promise.id)));
    }
    let shown = store.all::<record::Shown>().unwrap();
    let shown: BTreeSet<ChatId> = shown.into_iter().map(|shown| shown.chat).collect();
    for n in 0..shown.len() as u64 {
        let invitation = stage.invitation_of(&code(n));
        assert!(invitation.is_some() && shown.contains(&chat(n)));
        say(format!("{invitation:?}"));
    }
    say(format!("{:?} {:?}", stage.meeting(), stage.owner_code()));
    for announcement in store.all::<Announcement>().unwrap() {
        assert_eq!(stage.announcement(announcement.id), Some(announcement));
    }
    let (entries, head) = stage.audit();
    audit::verify(&entries, &head).unwrap();
    say(format!("{:?} {entries:?} {head:?}", stage.group()));
    say(format!("{:?}", stage.glances()));
    stage.checked().unwrap();
    found
}
