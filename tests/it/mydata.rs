//! `/mydata`: what is shown to a person is what is stored of them, and nothing of anybody else (promise 18).
//!
//! A store holds three people, each with something in every kind of record that can be somebody's. Every record of the export that
//! names one of them, by number or by words of theirs, must be found again in what they are shown.

use std::collections::BTreeMap;

use jiff::Timestamp;
use samleng::dialogue::{Change, Draft, Membership, Person, State, World as _, leaving};
use samleng::documents::held;
use samleng::domain::announcement::Tally;
use samleng::domain::concern::question;
use samleng::domain::promise::{Piece, Verdict};
use samleng::domain::{
    Announcement, Answer, Answers, Attachment, Audience, ChatId, Concern, Deed, Disclosure,
    Endorsement, FileRef, FloorDeed, FloorEntry, Localised, MessageId, Organisation, Part,
    PartContent, Past, Receipt, Report, Role, Rsvp, Sealed, SentAs, Status, Transcript,
    Whereabouts, Who,
};
use samleng::store::{Stage, Store};
use serde_json::{Value, json};

use crate::in_memory::{MemoryWorld, english, forum, khmer};

/// The kinds of the export that can hold something of a person; a new one is to be thought of here.
const THEIRS: [&str; 10] = [
    "organisation",
    "person",
    "concern",
    "past",
    "endorsement",
    "rsvp",
    "report",
    "attachment",
    "announcement",
    "floor",
];
/// Where ids stand and nothing else: compared by who did what.
const LOG: &str = "audit";
/// What says nothing of anybody.
const NOBODYS: [&str; 3] = ["meeting", "invitation", "promise"];

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// Somebody, by a number that is found wherever it is.
#[derive(Clone, Copy)]
struct Somebody {
    number: u64,
    organisation: u64,
    role: Option<Role>,
}

const ALL: [Somebody; 3] = [
    Somebody {
        number: 7_000_111,
        organisation: 8_000_111,
        role: None,
    },
    // A colleague of the first, who is an organiser as well.
    Somebody {
        number: 7_000_222,
        organisation: 8_000_111,
        role: Some(Role::Organiser),
    },
    Somebody {
        number: 7_000_333,
        organisation: 8_000_333,
        role: Some(Role::Owner),
    },
];

impl Somebody {
    fn chat(self) -> ChatId {
        ChatId(5_000_000_000 + self.number as i64)
    }

    /// Words of theirs.
    fn says(self, what: &str) -> String {
        format!("{what} by Canary{}Canary", self.number)
    }

    fn answers(self, what: &str) -> Answers {
        let text = |question: &str| Answer::Text {
            text: self.says(&format!("{what} {question}")),
            source: MessageId(4),
        };
        let file = FileRef {
            id: self.says("file"),
            size: Some(9),
            kept: Some(self.number + 30),
        };
        let parts = [
            PartContent::Text(self.says(&format!("{what} story"))),
            PartContent::Voice { file, seconds: 42 },
        ];
        let story = parts.map(|content| Part {
            source: MessageId(5),
            content,
        });
        Answers(BTreeMap::from([
            (question::TITLE.to_owned(), text("title")),
            (question::STORY.to_owned(), Answer::Story(story.to_vec())),
            ("since".to_owned(), text("since")),
        ]))
    }

    /// Puts in a record of every kind that can be theirs.
    fn live(self, stage: &mut Stage<'_>) {
        let draft = Draft {
            begun_at: at(1),
            answers: self.answers("draft"),
            revises: None,
            beneath: Some(Box::new(Draft {
                begun_at: at(1),
                answers: self.answers("older draft"),
                revises: None,
                beneath: None,
            })),
        };
        stage.change(Change::Person(Box::new(Person {
            language: Some(english()),
            role: self.role,
            called: self.role.map(|_| self.says("called")),
            membership: Some(Membership {
                organisation: self.organisation,
                agreed_at: at(1),
                invitation: None,
            }),
            state: State::Menu { kept: Some(draft) },
            muted: true,
            screen: 7,
            ..Person::new(self.number, self.chat())
        })));
        let concern = self.number + 10;
        stage.change(Change::Concern(Box::new(Concern {
            status: Status::Rejected,
            disclosure: Disclosure::Unnamed,
            reason: Some(self.says("refused")),
            past: 3,
            ..Concern::new(
                concern,
                Receipt::from_random(self.number),
                self.organisation,
                self.number,
                at(2),
                self.answers("concern"),
            )
        })));
        let pasts = [
            Past::Version {
                at: at(2),
                disclosure: Disclosure::Named,
                answers: self.answers("version"),
            },
            Past::Note {
                at: at(3),
                text: self.says("note"),
            },
            Past::Question {
                at: at(3),
                text: self.says("asked"),
                answer: Some((at(4), self.says("answered"))),
                by: None,
            },
        ];
        for (place, past) in (0..).zip(pasts) {
            stage.change(Change::Past {
                concern,
                place,
                past,
            });
        }
        for (id, here) in [(self.number + 30, true), (self.number + 31, false)] {
            let sealed = Sealed {
                name: format!("{id:032x}"),
                key: vec![7; 32],
                kind: "ogg".to_owned(),
                size: 99,
            };
            let away = FileRef {
                id: self.says("file"),
                size: Some(9),
                kept: None,
            };
            stage.change(Change::Attachment(Attachment {
                id,
                concern,
                organisation: self.organisation,
                sent_as: SentAs::Voice,
                whereabouts: match here {
                    true => Whereabouts::Here(sealed),
                    false => Whereabouts::Telegram(away),
                },
                transcript: here.then(|| Transcript {
                    text: self.says("spoken"),
                    by: None,
                    at: at(4),
                    approved: true,
                }),
            }));
        }
        // A colleague supports something else.
        stage.change(Change::Endorsed(Endorsement {
            concern: 9_000_000 + self.number,
            organisation: self.organisation,
            person: Some(self.number),
            at: at(5),
        }));
        stage.change(Change::Rsvp(Rsvp {
            meeting: self.number + 40,
            organisation: self.organisation,
            person: Some(self.number),
            at: at(6),
            people: BTreeMap::from([("2027-01-17".parse().unwrap(), 3)]),
        }));
        stage.change(Change::Report(Report {
            promise: self.number + 60,
            organisation: self.organisation,
            person: self.number,
            vouched: false,
            at: at(6),
            verdict: Verdict::Partly,
            words: vec![Piece {
                source: MessageId(9),
                text: self.says("seen"),
            }],
            photos: Vec::new(),
            place: "kandal".to_owned(),
        }));
        stage.change(Change::Floor(FloorEntry {
            meeting: 5,
            place: self.number,
            at: at(6),
            by: Some(self.number),
            what: FloorDeed::Stopped,
        }));
        let who = Who::Person(self.number);
        if let Some(role) = self.role {
            stage.change(Change::Announcement(Announcement {
                id: self.number + 50,
                by: self.number,
                at: at(7),
                audience: Audience::Everyone,
                text: self.says("announced"),
                stopped: false,
                people: 3,
                tally: Tally::default(),
                report: None,
                reported: 0,
                report_waits: false,
            }));
            let given = Deed::RoleGiven(self.number, role);
            stage.change(Change::Audit(Who::CommandLine, given));
            stage.change(Change::Audit(who, Deed::Searched));
            stage.change(Change::Audit(who, Deed::DigestMade));
        }
    }
}

fn lived() -> Store {
    let mut store = MemoryWorld::default().store;
    let mut stage = Stage::new(&store, at(0)).unwrap();
    for id in [8_000_111, 8_000_333] {
        stage.change(Change::Organisation(Organisation {
            id,
            name: Localised::same([english(), khmer()], &format!("Network {id}")),
            place: "kandal".to_owned(),
            verified: false,
            number: None,
            suspended: false,
        }));
    }
    for somebody in ALL {
        somebody.live(&mut stage);
    }
    stage.apply_notices(Vec::new()).unwrap();
    let finished = stage.finish().unwrap();
    store.commit(finished).unwrap();
    store
}

/// The file that they get, and the data at its end.
fn shown(store: &Store, somebody: Somebody) -> (String, Value) {
    let mut stage = Stage::new(store, at(100)).unwrap();
    let person = stage.person_in(somebody.chat()).unwrap();
    let held = leaving::held(person, &stage);
    stage.checked().unwrap();
    let text = held::text(&held, &forum());
    let begins = text.rfind("\n\n{\n").expect("the data is there");
    let data = serde_json::from_str(&text[begins..]).unwrap();
    (text, data)
}

/// Every word and number in it.
fn leaves(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.values().for_each(|value| leaves(value, found)),
        Value::Array(values) => values.iter().for_each(|value| leaves(value, found)),
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) => found.push(value.to_string()),
    }
}

/// Whether it stands somewhere in there, with all that it says; there may be more beside it.
fn stands(wanted: &Value, within: &Value) -> bool {
    let covers = match (wanted, within) {
        (Value::Object(wanted), Value::Object(fields)) => wanted
            .iter()
            .all(|(name, value)| fields.get(name).is_some_and(|field| covered(value, field))),
        (_, _) => wanted == within,
    };
    covers
        || match within {
            Value::Object(fields) => fields.values().any(|value| stands(wanted, value)),
            Value::Array(values) => values.iter().any(|value| stands(wanted, value)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        }
}

fn covered(wanted: &Value, within: &Value) -> bool {
    match (wanted, within) {
        (Value::Object(wanted), Value::Object(fields)) => wanted
            .iter()
            .all(|(name, value)| fields.get(name).is_some_and(|field| covered(value, field))),
        (Value::Array(wanted), Value::Array(values)) => {
            let pairs = || wanted.iter().zip(values);
            wanted.len() == values.len() && pairs().all(|(wanted, value)| covered(wanted, value))
        }
        (_, _) => wanted == within,
    }
}

#[test]
fn what_is_shown_is_what_is_stored_and_nothing_of_anybody_else() {
    let store = lived();
    let lines = store.export().unwrap();
    for somebody in ALL {
        let (text, data) = shown(&store, somebody);
        let number = json!(somebody.number).to_string();
        let mut theirs: BTreeMap<String, usize> = BTreeMap::new();
        for line in lines.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let kind = line["kind"].as_str().unwrap();
            let mut found = Vec::new();
            leaves(&line["record"], &mut found);
            let names_them = found
                .iter()
                .any(|leaf| *leaf == number || leaf.contains(&format!("Canary{number}Canary")));
            let is_theirs = names_them
                || kind == "organisation" && line["record"]["id"] == json!(somebody.organisation)
                || kind == "attachment" && line["record"]["concern"] == json!(somebody.number + 10);
            if !is_theirs {
                continue;
            }
            assert!(!NOBODYS.contains(&kind), "{line}");
            assert!(THEIRS.contains(&kind) || kind == LOG, "a new kind: {line}");
            *theirs.entry(kind.to_owned()).or_default() += 1;
            let mut record = line["record"].clone();
            if kind == "attachment" {
                // Where it lies is no business of anybody's; what it is and what is said in it is.
                record = json!({"sent_as": record["sent_as"], "transcript": record["transcript"]});
            }
            assert!(stands(&record, &data), "{kind} is not shown: {record}");
        }
        let mut expected = BTreeMap::from(
            [
                ("organisation", 1),
                ("person", 1),
                ("concern", 1),
                ("past", 3),
                ("endorsement", 1),
                ("rsvp", 1),
                ("report", 1),
                ("floor", 1),
                ("attachment", 2),
            ]
            .map(|(kind, count)| (kind.to_owned(), count)),
        );
        if somebody.role.is_some() {
            expected.extend([("announcement".to_owned(), 1), (LOG.to_owned(), 3)]);
        }
        assert_eq!(theirs, expected);
        for other in ALL.iter().filter(|other| other.number != somebody.number) {
            let of_others = other.number.to_string();
            assert!(!text.contains(&of_others), "{of_others} is another's");
        }
        // In words as well, for whoever does not read data.
        let (words, _) = text.split_at(text.rfind("\n\n{\n").unwrap());
        for what in [
            "concern story",
            "version title",
            "note",
            "asked",
            "answered",
            "draft story",
        ] {
            assert!(words.contains(&somebody.says(what)), "{what}: {words}");
        }
        assert!(!text.contains("\"key\""), "no file can be opened by it");
    }
}
