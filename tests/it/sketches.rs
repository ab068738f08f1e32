//! Meetings at random, as lists of sketches: what a digest looks at, by index.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use samleng::digest::Records;
use samleng::domain::{
    Answer, Answers, Concern, Disclosure, FileRef, Localised, MessageId, Organisation, Part,
    PartContent, Receipt, Status,
};
use samleng::text::Forum;

use crate::in_memory::{english, khmer};

/// A concern before it has its number: everything that a digest looks at, by index.
#[derive(Clone, Debug)]
pub(crate) struct Sketch {
    pub(crate) organisation: u64,
    pub(crate) status: usize,
    pub(crate) disclosure: usize,
    pub(crate) topic: usize,
    pub(crate) place: usize,
    pub(crate) urgency: Option<usize>,
    pub(crate) has_title: bool,
    /// Days from the first.
    pub(crate) day: i64,
}

pub(crate) fn sketches() -> impl Strategy<Value = Vec<Sketch>> {
    let fields = (
        1u64..9,
        0usize..13,
        0usize..3,
        // Few of each, so that cells have one, two, three and more; 10 is the topic "other".
        prop_oneof![3 => 0usize..4, 1 => Just(10usize)],
        0usize..5,
        proptest::option::of(0usize..3),
        any::<bool>(),
        prop_oneof![4 => 0i64..6, 1 => 0i64..60],
    );
    let sketch = fields.prop_map(
        |(organisation, status, disclosure, topic, place, urgency, has_title, day)| Sketch {
            organisation,
            status,
            disclosure,
            topic,
            place,
            urgency,
            has_title,
            day,
        },
    );
    proptest::collection::vec(sketch, 0..40)
}

/// Names and words that are found again wherever they come out.
pub(crate) fn name_of(organisation: u64) -> String {
    format!("Name{organisation}Name")
}

pub(crate) fn title_of(id: u64) -> String {
    format!("Title{id}Title")
}

pub(crate) fn story_of(id: u64) -> String {
    format!("Story{id}Story <b>&amp; រឿង")
}

pub(crate) fn choice(id: &str) -> Answer {
    Answer::Choice {
        id: id.to_owned(),
        source: None,
    }
}

pub(crate) fn records(sketches: &[Sketch], forum: &Forum) -> Records {
    let urgencies = ["now", "soon", "lasting"];
    let mut records = Records::default();
    for organisation in 1..=9 {
        let known = Organisation {
            id: organisation,
            name: Localised::same([english(), khmer()], &name_of(organisation)),
            place: "kandal".to_owned(),
            verified: organisation % 2 == 0,
            number: None,
            suspended: false,
        };
        records.joined.insert(organisation);
        records.organisations.insert(organisation, known);
    }
    for (sketch, id) in sketches.iter().zip(1..) {
        let title = if sketch.has_title {
            Answer::Text {
                text: title_of(id),
                source: MessageId(1),
            }
        } else {
            Answer::Skipped
        };
        let part = |content| Part {
            source: MessageId(2),
            content,
        };
        let file = FileRef {
            id: "FILE-ID".to_owned(),
            size: None,
            kept: None,
        };
        let story = vec![
            part(PartContent::Text(story_of(id))),
            part(PartContent::Voice {
                file: file.clone(),
                seconds: 65,
            }),
            part(PartContent::Photo(file.clone())),
            part(PartContent::Document(file)),
        ];
        let mut answers = BTreeMap::from([
            ("topic", choice(&forum.config.topics[sketch.topic].id)),
            (
                "place",
                choice(&forum.config.places[sketch.place].choice.id),
            ),
            ("title", title),
            ("story", Answer::Story(story)),
            ("affected", Answer::Skipped),
        ]);
        if let Some(urgency) = sketch.urgency {
            answers.insert("urgency", choice(urgencies[urgency]));
        }
        let disclosure = Disclosure::ALL[sketch.disclosure];
        answers.insert("disclosure", choice(disclosure.id()));
        records.concerns.push(Concern {
            status: Status::ALL[sketch.status],
            disclosure,
            vouched: id.is_multiple_of(5),
            ..Concern::new(
                id,
                Receipt::from_random(id.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
                sketch.organisation,
                100 + sketch.organisation,
                instant() + SignedDuration::from_hours(24 * (sketch.day - 60)),
                Answers(
                    answers
                        .into_iter()
                        .map(|(id, a)| (id.to_owned(), a))
                        .collect(),
                ),
            )
        });
    }
    records
}

pub(crate) fn instant() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}
