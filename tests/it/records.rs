//! Bytes of every version of every record: they decode to the same values for ever.
//!
//! `tests/data/records/vN/NAME.hex` are bytes as release N wrote them: those of release 1 were all of version 1, from
//! release 2 on the first byte is the version. A file is never written again;
//! `UPDATE=1 cargo test --release --test it records` adds those of the newest release that are not there yet.

mod eighth;
mod fifth;
mod fourth;
mod ninth;
mod second;
mod seventh;
mod sixth;
mod tenth;
mod third;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use samleng::agenda::Why;
use samleng::dialogue::desk::{
    AgendaDesk, AnnounceDesk, ConcernDesk, DigestDesk, Field, FloorDesk, InviteDesk, Lens,
    MeetingDesk, Narrow, OrganisationDesk, PeopleDesk, PromiseDesk, Selection, Span, Wanted, Whom,
    Wish,
};
use samleng::dialogue::organising::Words;
use samleng::dialogue::state::WrongLinks;
use samleng::dialogue::{
    Body, Button, Desk, Draft, Effect, Late, Membership, Person, State, Visit, Weight,
};
use samleng::digest::frozen::Fate;
use samleng::digest::{Edition, Filter, Format, Request};
use samleng::domain::{
    Answer, Answers, Attachment, Audience, ChatId, Concern, Day, Deed, Disclosure, Endorsement,
    FileRef, Invitation, Localised, Meeting, MessageId, Organisation, Part, PartContent, Past,
    Receipt, Role, Rsvp, Sealed, Seen, SentAs, Status, Whereabouts, Who,
};
use samleng::store::erasures::What;
use samleng::store::record::{
    self, Aside, ChatOf, CodeOf, FileOf, MemberOf, Meta, Numbered, OrganisationName, PartOf,
    ReceiptOf, Record, Shown, WrittenBy,
};
use samleng::store::{Lane, Row, RowId};
use samleng::text::Html;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::in_memory::{english, khmer};

pub(crate) use seventh::promise;

/// Every place at a desk, with every variant of what it holds.
pub(crate) fn desks() -> Vec<(String, Desk)> {
    let mut all = third::desks();
    all.extend(seventh::desks());
    all
}

/// The newest release, whose files are added.
const NEWEST: u8 = 10;

fn folder(release: u8) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/records");
    folder.join(format!("v{release}"))
}

/// The bytes of this file.
pub(crate) fn bytes_of(release: u8, name: &str) -> Vec<u8> {
    let path = folder(release).join(format!("{name}.hex"));
    let hex = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let hex: String = hex.split_whitespace().collect();
    HEXLOWER.decode(hex.as_bytes()).unwrap()
}

/// The bytes that this release wrote in this file are this value.
fn check<R: Record + PartialEq + Debug>(release: u8, name: &str, value: &R) {
    let path = folder(release).join(format!("{name}.hex"));
    if release == NEWEST && !path.exists() && std::env::var_os("UPDATE").is_some() {
        let mut bytes = vec![R::VERSION];
        bytes.extend(record::encode(value).unwrap());
        let hex = HEXLOWER.encode(&bytes);
        let lines: Vec<&str> = hex
            .as_bytes()
            .chunks(100)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        std::fs::create_dir_all(folder(release)).unwrap();
        std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    }
    let bytes = bytes_of(release, name);
    let (version, bytes) = match release {
        1 => (1, bytes.as_slice()),
        _ => (bytes[0], &bytes[1..]),
    };
    let decoded: R =
        record::decode(version, bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(&decoded, value, "{name}");
}

fn instant() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn answers() -> Answers {
    let file = |id: &str, size| FileRef {
        id: id.to_owned(),
        size,
        kept: None,
    };
    let part = |source, content| Part {
        source: MessageId(source),
        content,
    };
    let story = vec![
        part(7, PartContent::Text("តាំងពីខែឧសភា\nSince May".to_owned())),
        part(
            8,
            PartContent::Voice {
                file: file("AwADvoice", Some(20_000)),
                seconds: 42,
            },
        ),
        part(9, PartContent::Photo(file("AgADphoto", None))),
        part(9, PartContent::Text("the gate".to_owned())),
        part(10, PartContent::Document(file("BQADfile", Some(u64::MAX)))),
    ];
    let all = [
        (
            "topic",
            Answer::Choice {
                id: "land".to_owned(),
                source: None,
            },
        ),
        (
            "place",
            Answer::Choice {
                id: "kandal".to_owned(),
                source: Some(MessageId(5)),
            },
        ),
        (
            "title",
            Answer::Text {
                text: "Fields <behind> the wall 😀".to_owned(),
                source: MessageId(6),
            },
        ),
        ("story", Answer::Story(story)),
        ("affected", Answer::Skipped),
        (
            "households",
            Answer::Number {
                value: 40,
                source: MessageId(11),
            },
        ),
    ];
    Answers(all.map(|(id, answer)| (id.to_owned(), answer)).into())
}

fn draft() -> Draft {
    Draft {
        begun_at: instant(),
        answers: answers(),
        revises: None,
        beneath: None,
    }
}

fn name() -> Localised {
    Localised(BTreeMap::from([
        (english(), "Lotus Pond Association".to_owned()),
        (khmer(), "សមាគមត្រពាំងឈូក".to_owned()),
    ]))
}

#[test]
fn a_person_in_every_state() {
    let person = |state| Person {
        muted: false,
        number: 12,
        chat: ChatId(5_000_000_001),
        language: Some(khmer()),
        membership: Some(Membership {
            organisation: 3,
            agreed_at: instant(),
            invitation: None,
        }),
        role: Some(Role::Owner),
        called: None,
        unreachable: true,
        screen: 70_000,
        shown_in: Some(MessageId(44)),
        state,
        invitation: None,
        wrong_links: WrongLinks::default(),
        told_away: false,
        follows: Default::default(),
    };
    let agreed_at = instant();
    let kept = || Some(draft());
    let form = |from_review| State::Form {
        draft: draft(),
        at: "story".to_owned(),
        from_review,
    };
    let leaving = |at| State::Leaving { draft: draft(), at };
    let province = State::Province {
        agreed_at,
        name: "Lotus Pond Association".to_owned(),
        source: MessageId(4),
        organisation: None,
    };
    let back = State::Language {
        back: Some(Box::new(form(false))),
    };
    check(1, "person-new", &Person::new(1, ChatId(7)));
    check(1, "person-language", &person(back));
    check(1, "person-consent", &person(State::Consent));
    check(
        1,
        "person-organisation",
        &person(State::Organisation { agreed_at }),
    );
    check(1, "person-province", &person(province));
    check(1, "person-menu", &person(State::Menu { kept: None }));
    check(1, "person-menu-kept", &person(State::Menu { kept: kept() }));
    check(1, "person-form", &person(form(false)));
    check(1, "person-form-from-review", &person(form(true)));
    check(
        1,
        "person-review",
        &person(State::Review { draft: draft() }),
    );
    check(
        1,
        "person-leaving",
        &person(leaving(Some("ask".to_owned()))),
    );
    check(1, "person-leaving-review", &person(leaving(None)));
    check(
        1,
        "person-deleting",
        &person(State::Deleting { draft: draft() }),
    );
}

#[test]
fn a_concern_in_every_status_and_disclosure() {
    for status in Status::ALL {
        for disclosure in Disclosure::ALL {
            // One file for each status, and for each disclosure of the first.
            if status != Status::New && disclosure != Disclosure::Named {
                continue;
            }
            let concern = Concern {
                let_in_at: None,
                id: 9,
                receipt: Receipt::from_random(0x1234_5678_9ABC_DEF0),
                organisation: 3,
                author: 12,
                submitted_at: instant(),
                status,
                disclosure,
                answers: answers(),
                vouched: false,
                into: None,
                before: None,
                reason: None,
                past: 0,
                open_question: None,
                dealt_with_at: None,
                carried_from: None,
                begun_at: None,
            };
            check(
                1,
                &format!("concern-{}-{}", status.id(), disclosure.id()),
                &concern,
            );
        }
    }
}

#[test]
fn an_organisation_and_the_pointers() {
    let organisation = Organisation {
        id: 3,
        name: name(),
        place: "kandal".to_owned(),
        verified: true,
        number: None,
        suspended: false,
    };
    check(1, "organisation", &organisation);
    check(1, "organisation-name", &OrganisationName(3));
    check(1, "receipt-of", &ReceiptOf(u64::MAX));
    check(
        1,
        "shown",
        &Shown {
            chat: ChatId(-100_123),
            message: MessageId(44),
        },
    );
    check(
        1,
        "aside",
        &Aside {
            update: u32::MAX,
            why: "a panic".to_owned(),
        },
    );
}

#[test]
fn what_there_is_once() {
    let mut seen = Seen::default();
    for id in [5, 6, 7, 100, 101, 3_000_000_000] {
        seen.note(id);
    }
    let new = Meta {
        layout: 0,
        ..Meta::default()
    };
    check(1, "meta-new", &new);
    check(
        1,
        "meta",
        &Meta {
            told_news_at: None,
            last_digest: 0,
            next_erasure: 0,
            offset: Some(3_000_000_001),
            seen,
            next_id: 14,
            next_event: 99,
            has_owner: true,
            owner_link: Some(2),
            next_owner_link: 3,
            username: Some("samleng_bot".to_owned()),
            layout: 0,
            erased_since: None,
            group: None,
            audit: Default::default(),
        },
    );
}

/// A kind that stands in no file here would not be noticed when it changes.
#[test]
fn every_kind_of_record_stands_here() {
    let kinds = samleng::store::kind::PREFIXES.len();
    assert_eq!(kinds, 37, "a new kind needs files here");
}

/// A variant that stands in no file here would not be noticed when it changes.
#[test]
fn every_variant_stands_here() {
    let mut records = Vec::new();
    for release in 1..=NEWEST {
        for file in std::fs::read_dir(folder(release)).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            let name = name.strip_suffix(".hex").unwrap();
            let bytes = bytes_of(release, name);
            let bytes = if release == 1 { &bytes } else { &bytes[1..] };
            let Loose(value) = rmp_serde::from_slice(bytes).unwrap();
            // A past is a variant itself.
            let key = if name.starts_with("past-") {
                "past"
            } else {
                ""
            };
            records.push(Value::Object(
                [(key.to_owned(), value)].into_iter().collect(),
            ));
        }
    }
    let names = |keys: &[&str]| {
        let mut names = BTreeSet::new();
        records
            .iter()
            .for_each(|record| note_names(record, keys, &mut names));
        names
    };
    let has_all = |keys: &[&str], variants: &[&str]| {
        let names = names(keys);
        assert!(!variants.is_empty());
        for variant in variants {
            assert!(names.contains(*variant), "no {variant} among {names:?}");
        }
    };
    has_all(&["state", "back"], variants::<State>());
    has_all(&["visit", "from"], variants::<Visit>());
    has_all(&["role"], variants::<Role>());
    has_all(&["status"], variants::<Status>());
    has_all(&["disclosure"], variants::<Disclosure>());
    let questions = ["topic", "title", "story", "affected", "households"];
    has_all(&questions, variants::<Answer>());
    has_all(&["content"], variants::<PartContent>());
    has_all(&["past"], variants::<Past>());
    has_all(&["sent_as"], variants::<SentAs>());
    has_all(&["whereabouts"], variants::<Whereabouts>());
    has_all(&["effect"], variants::<Effect>());
    has_all(&["weight"], variants::<Weight>());
    has_all(&["lane"], variants::<Lane>());
    has_all(&["fate"], variants::<Fate>());
    has_all(&["edition"], variants::<Edition>());
    has_all(&["format"], variants::<Format>());
    let rooms = [
        variants::<ConcernDesk>(),
        variants::<AnnounceDesk>(),
        variants::<InviteDesk>(),
        variants::<OrganisationDesk>(),
        variants::<PeopleDesk>(),
        variants::<MeetingDesk>(),
        variants::<DigestDesk>(),
        variants::<AgendaDesk>(),
        variants::<FloorDesk>(),
        variants::<PromiseDesk>(),
    ];
    rooms.iter().for_each(|room| has_all(&["desk"], room));
    // A desk is stored without its room.
    let places: BTreeSet<&str> = rooms.concat().into_iter().collect();
    assert_eq!(places.len(), rooms.concat().len(), "two of one name");
    has_all(&["agenda_time"], variants::<Span>());
    has_all(&["why"], variants::<Why>());
    has_all(&["digest_by"], variants::<Narrow>());
    has_all(&["lens"], variants::<Lens>());
    has_all(&["wanted"], variants::<Wanted>());
    has_all(&["announce_by"], variants::<Wish>());
    has_all(&["audience"], variants::<Audience>());
    has_all(&["words"], variants::<Words>());
    has_all(&["whom"], variants::<Whom>());
    has_all(&["offering"], variants::<Role>());
    has_all(&["meeting_field"], variants::<Field>());
    has_all(&["late"], variants::<Late>());
    has_all(&["who"], variants::<Who>());
    has_all(&["deed"], variants::<Deed>());
    has_all(&["what"], variants::<What>());
    has_all(&["role_offered", "role_given"], variants::<Role>());
    has_all(&["status_set"], variants::<Status>());
}

/// The names of the variants that stand under these keys, however deep.
fn note_names(value: &Value, keys: &[&str], names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                if keys.contains(&key.as_str()) {
                    // A variant with two fields holds them as an array.
                    let beside = value.as_array().into_iter().flatten();
                    for value in std::iter::once(value).chain(beside) {
                        names.extend(value.as_str().map(str::to_owned));
                        let tagged = value.as_object().filter(|fields| fields.len() == 1);
                        names.extend(tagged.and_then(|fields| fields.keys().next().cloned()));
                    }
                }
                note_names(value, keys, names);
            }
        }
        Value::Array(values) => values
            .iter()
            .for_each(|value| note_names(value, keys, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Whatever stands in a record, with nothing in the place of bytes, which JSON does not have.
struct Loose(Value);

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Anything)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Loose;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("anything")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Loose, E> {
        Ok(Loose(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Loose, E> {
        Ok(Loose(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Loose, E> {
        Ok(Loose(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Loose, E> {
        Ok(Loose(value.into()))
    }

    fn visit_bytes<E>(self, _: &[u8]) -> Result<Loose, E> {
        Ok(Loose(Value::Null))
    }

    fn visit_unit<E>(self) -> Result<Loose, E> {
        Ok(Loose(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Loose, A::Error> {
        let mut all = Vec::new();
        while let Some(Loose(value)) = values.next_element()? {
            all.push(value);
        }
        Ok(Loose(Value::Array(all)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Loose, A::Error> {
        let mut all = serde_json::Map::new();
        // A name of a field, or an id.
        while let Some((Loose(name), Loose(value))) = fields.next_entry()? {
            let name = name.as_str().map_or(name.to_string(), str::to_owned);
            all.insert(name, value);
        }
        Ok(Loose(Value::Object(all)))
    }
}

/// The names under which the variants of this enum are stored.
pub(crate) fn variants<T: DeserializeOwned>() -> &'static [&'static str] {
    match T::deserialize(Asked) {
        Err(Variants(variants)) => variants,
        Ok(_) => panic!("read out of nothing"),
    }
}

/// Holds nothing, and tells which variants it was asked for.
struct Asked;

#[derive(Debug, thiserror::Error)]
#[error("asked for one of {0:?}")]
struct Variants(&'static [&'static str]);

impl serde::de::Error for Variants {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self(&[])
    }
}

impl<'de> Deserializer<'de> for Asked {
    type Error = Variants;

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Variants> {
        Err(Variants(variants))
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Variants> {
        Err(Variants(&[]))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map struct identifier
        ignored_any
    }
}

#[test]
fn a_row_of_every_effect() {
    let row = |lane, effect| Row {
        id: RowId {
            event: 98,
            index: 1,
        },
        chat: ChatId(5_000_000_001),
        person: 12,
        stranger: lane == Lane::Bulk,
        lane,
        announcement: None,
        effect,
    };
    let body = || Body {
        html: Html::bold("តើ <b> & អ្វី?"),
        buttons: vec![vec![Button {
            label: "✅ ខ្ញុំយល់ព្រម".to_owned(),
            data: "12:agree".to_owned(),
        }]],
    };
    let send = Effect::Send {
        body: body(),
        clears: true,
        weight: Weight::Confirmation,
    };
    let edit = Effect::Edit {
        message: MessageId(44),
        body: body(),
        weight: Weight::Lasting,
    };
    let toast = |text| Effect::Toast {
        query: "4382bfdwdsb323b2d9".to_owned(),
        text,
    };
    let digest = |edition, format, filter| {
        Effect::Digest(Request {
            edition,
            format,
            language: khmer(),
            filter,
            part: None,
        })
    };
    let filter = Filter {
        after: None,
        until: None,
        topic: Some("land".to_owned()),
        place: Some("kandal".to_owned()),
        status: Some(Status::NotReached),
    };
    check(1, "row-send", &row(Lane::Interactive, send));
    check(1, "row-edit", &row(Lane::Bulk, edit));
    check(1, "row-toast", &row(Lane::Interactive, toast(None)));
    check(
        1,
        "row-toast-text",
        &row(Lane::Interactive, toast(Some("ចាស់".to_owned()))),
    );
    let strip = Effect::Strip {
        message: MessageId(44),
    };
    check(1, "row-strip", &row(Lane::Interactive, strip));
    let messages = digest(Edition::Organisers, Format::Messages, Filter::default());
    check(1, "row-digest-messages", &row(Lane::Interactive, messages));
    let text = digest(Edition::Shared, Format::Text, Filter::default());
    check(1, "row-digest-text", &row(Lane::Bulk, text));
    let json = digest(Edition::Shared, Format::Json, filter);
    check(1, "row-digest-json", &row(Lane::Interactive, json));
}

#[test]
fn another_version_and_other_bytes_are_refused_without_a_word_of_them() {
    let bytes = record::encode(&Person::new(1, ChatId(7))).unwrap();
    let error = record::decode::<Person>(7, &bytes).unwrap_err();
    assert_eq!(
        error,
        "a record of version 7; this program knows those up to 6"
    );
    for cut in 0..bytes.len() {
        let error = record::decode::<Person>(1, &bytes[..cut]).unwrap_err();
        assert_eq!(error, "a record that is not of its kind");
    }
    let organisation = record::encode(&OrganisationName(3)).unwrap();
    assert!(record::decode::<Person>(1, &organisation).is_err());
}
