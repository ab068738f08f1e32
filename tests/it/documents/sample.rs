//! A small meeting, invented, with everything that a document can show.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{date, time};
use samleng::digest::frozen::{Fate, Frozen, Opening};
use samleng::digest::{Edition, Filter, Records, Totals};
use samleng::domain::meeting::Day;
use samleng::domain::{
    Answer, Answers, Concern, Disclosure, Endorsement, FileRef, Language, Localised, Meeting,
    MessageId, Organisation, Part, PartContent, Past, Receipt, Status,
};

/// Name in English and Khmer; whether somebody vouches for it.
const ORGANISATIONS: [(&str, &str, bool); 12] = [
    ("Lotus Pond Circle", "រង្វង់ស្រះឈូក", true),
    ("Weavers of the East Bank", "អ្នកត្បាញត្រើយខាងកើត", true),
    ("Night School Friends", "មិត្តសាលាយប់", true),
    ("Blue Kingfisher Network", "បណ្តាញចាបពូកខៀវ", false),
    ("Three Rivers Youth", "យុវជនទន្លេបី", true),
    ("Palm Sugar Cooperative", "សហគមន៍ស្ករត្នោត", true),
    ("Open Window Association", "សមាគមបង្អួចចំហ", true),
    ("Rice Field Radio", "វិទ្យុវាលស្រែ", false),
    ("Mothers of the Harbour", "ម្តាយកំពង់ផែ", true),
    ("Forest Edge Neighbours", "អ្នកជិតខាងមាត់ព្រៃ", true),
    ("Clear Water Committee", "គណៈកម្មការទឹកថ្លា", true),
    ("Quiet Library Fund", "មូលនិធិបណ្ណាល័យស្ងប់", true),
];

/// Organisation, topic, place, title, story, ask; the other fields follow from the place in the list.
const CONCERNS: [(u64, usize, usize, &str, &str, &str); 16] = [
    (
        1,
        0,
        1,
        "Annual reports are asked for three times a year",
        "Since the new form came, the provincial office asks for the same report in March, July and November. Each takes two people a week.\n\nLast year one of our branches was told that it would be struck off because the July report was four days late.",
        "Ask for one report a year, on one form.",
    ),
    (
        2,
        0,
        2,
        "ការចុះបញ្ជីសាខានៅខេត្ត ចំណាយពេលលើសមួយឆ្នាំ",
        "យើងបានដាក់ពាក្យចុះបញ្ជីសាខាតាំងពីខែមករាឆ្នាំមុន។ គេប្រាប់ឱ្យកែឈ្មោះបីដង ហើយរហូតមកដល់ពេលនេះ មិនទាន់មានចម្លើយជាលាយលក្ខណ៍អក្សរទេ។ សមាជិកជាងពីររយគ្រួសារកំពុងរង់ចាំសេវារបស់យើង។",
        "សូមកំណត់ពេលវេលាច្បាស់លាស់ សម្រាប់ការចុះបញ្ជីសាខា។",
    ),
    (
        3,
        3,
        1,
        "Training days are stopped at the gate",
        "Twice this spring police came to a training for young teachers and asked for a permit that the law does not name. The hall's owner was afraid and closed the hall.",
        "Say in writing to every district that no permit is needed for trainings indoors.",
    ),
    (
        4,
        1,
        3,
        "ដីសហគមន៍ត្រូវបានវាស់ដោយគ្មានការជូនដំណឹង",
        "ក្រុមអ្នកវាស់ដីបានមកដល់ភូមិនៅពេលព្រឹក ដោយគ្មាននរណាម្នាក់ដឹងជាមុន។ ប្រជាពលរដ្ឋដែលកំពុងធ្វើស្រែនៅឆ្ងាយ មិនបានចូលរួមឡើយ។ ព្រំដីថ្មីបានកាត់ចូលដីចម្ការរបស់គ្រួសារចំនួន ៣៤។",
        "សូមឱ្យអាជ្ញាធរវាស់ដីឡើងវិញ ដោយមានសហគមន៍ចូលរួម។",
    ),
    (
        5,
        1,
        4,
        "Houses behind the railway",
        "Families who have lived there since 1994 were given numbers painted on their doors, and no paper.",
        "Publish the plan and the list.",
    ),
    (
        6,
        2,
        5,
        "ត្រីស្លាប់ក្រោយពេលបើកទ្វារទឹក",
        "រៀងរាល់ខែមេសា ពេលគេបើកទ្វារទឹក ត្រីងាប់អណ្តែតពេញបឹង។ អ្នកនេសាទប្រហែល ១២០ គ្រួសារ បាត់បង់ចំណូលពេញមួយខែ។",
        "សូមប្រាប់អ្នកភូមិជាមុន ៧ ថ្ងៃ។",
    ),
    (
        7,
        4,
        2,
        "A guard was followed home",
        "After the meeting in May two men on a motorbike followed our night guard to his house and photographed the door.",
        "Name one officer whom organisations can call.",
    ),
    (
        8,
        5,
        6,
        "ឃុំមិនអនុវត្តអ្វីដែលបានព្រមព្រៀងនៅរាជធានី",
        "អ្វីដែលបានព្រមព្រៀងគ្នានៅកិច្ចប្រជុំលើកមុន មេឃុំប្រាប់ថាមិនដែលបានទទួលលិខិតទេ។",
        "សូមផ្ញើលិខិតណែនាំដល់ឃុំទាំងអស់ ហើយផ្សព្វផ្សាយជាសាធារណៈ។",
    ),
    (
        9,
        6,
        7,
        "Workers who return without papers",
        "Women who come back over the border have lost their identity cards to a broker. Without a card there is no clinic and no school for the children.",
        "Issue a temporary card at the border.",
    ),
    (
        10,
        7,
        3,
        "មណ្ឌលសុខភាពគ្មានឆ្មបពេលយប់",
        "ពេលយប់ ស្ត្រីត្រូវជិះទូក ២ ម៉ោងទៅមន្ទីរពេទ្យ។",
        "សូមឱ្យមានឆ្មបម្នាក់ប្រចាំការ។",
    ),
    (
        11,
        9,
        1,
        "Bank asks for a letter nobody issues",
        "To open an account the bank wants a letter of no objection. The ministry says that there is no such letter.",
        "Agree with the central bank on what is needed.",
    ),
    (
        12,
        0,
        8,
        "A name was refused for a word in it",
        "The word is in the dictionary.",
        "Publish the reasons for which a name can be refused.",
    ),
    (
        1,
        1,
        2,
        "ផ្លូវចូលទីបញ្ចុះសពត្រូវបានបិទ",
        "ក្រុមហ៊ុនបានធ្វើរបងបិទផ្លូវដែលអ្នកភូមិប្រើតាំងពីដើមមក។",
        "សូមបើកផ្លូវឡើងវិញ។",
    ),
    (
        2,
        2,
        5,
        "Sand boats at night",
        "Dredgers work between ten at night and four in the morning, close to the bank. Three gardens have slid into the river.",
        "Check the licences at night.",
    ),
    (
        3,
        8,
        4,
        "ក្មេងៗឈប់រៀនពេលច្រូត",
        "ក្នុងថ្នាក់ទី ៥ មានសិស្ស ៤១ នាក់ ពេលច្រូតនៅសល់ ១២ នាក់។",
        "សូមកែប្រតិទិនសាលាតាមតំបន់។",
    ),
    (
        4,
        10,
        9,
        "Signs in one language only",
        "Old people of the hill villages cannot read the signs at the district office.",
        "Put up signs in both.",
    ),
];

fn languages() -> [Language; 2] {
    ["en", "km"].map(|code| Language::parse(code).unwrap())
}

fn named(en: &str, km: &str) -> Localised {
    let mut name = Localised::same(languages(), en);
    name.0.insert(languages()[1], km.to_owned());
    name
}

pub(crate) fn made_at() -> Timestamp {
    "2027-01-08T02:30:00Z".parse().unwrap()
}

/// The records, with a digest before.
pub(crate) fn records(forum: &samleng::text::Forum, edition: Edition) -> Records {
    let mut records = Records::default();
    for ((en, km, verified), id) in ORGANISATIONS.into_iter().zip(1..) {
        let known = Organisation {
            id,
            name: named(en, km),
            place: "kandal".to_owned(),
            verified,
            number: None,
            suspended: false,
        };
        records.joined.insert(id);
        records.organisations.insert(id, known);
    }
    let others = [
        Status::Merged,
        Status::Withdrawn,
        Status::Held,
        Status::Rejected,
        Status::New,
    ];
    let begun: Timestamp = "2026-12-20T01:00:00Z".parse().unwrap();
    let all = (0..24).map(|place| (place, CONCERNS[place % 16]));
    for (place, (organisation, topic, at, title, story, ask)) in all {
        let id = place as u64 + 1;
        let is_first = place < 16;
        let status = if is_first {
            Status::Approved
        } else {
            others[place % 5]
        };
        let disclosure = Disclosure::ALL[if place % 7 == 6 { 2 } else { place % 2 }];
        let organisation = if is_first {
            organisation
        } else {
            organisation % 12 + 1
        };
        let answers = answers(forum, place, (topic, at, title, story, ask), disclosure);
        records.concerns.push(Concern {
            status,
            disclosure,
            into: (status == Status::Merged).then_some(1),
            ..Concern::new(
                id,
                Receipt::from_random(id.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
                organisation,
                100 + organisation,
                begun + jiff::SignedDuration::from_hours(17 * place as i64),
                answers,
            )
        });
    }
    for (concern, organisation) in [(1, 5), (1, 6), (1, 7), (4, 1), (4, 9), (6, 2), (9, 3)] {
        records.endorsements.push(Endorsement {
            concern,
            organisation,
            person: Some(1),
            at: begun,
        });
    }
    let note = |text: &str| Past::Note {
        at: begun,
        text: text.to_owned(),
    };
    records.past.insert(4, vec![note("ឥឡូវនេះ មានគ្រួសារចំនួន ៤០។")]);
    records.past.insert(
        1,
        vec![Past::Question {
            by: Some(1),
            at: begun,
            text: "Which branches?".to_owned(),
            answer: Some((begun, "Those in the two northern provinces.".to_owned())),
        }],
    );
    records.meeting = Some(Meeting {
        id: 1,
        title: named("Second forum with civil society", "វេទិកាលើកទីពីរជាមួយសង្គមស៊ីវិល"),
        days: vec![
            Day {
                date: date(2027, 1, 17),
                time: Some(time(8, 30, 0, 0)),
            },
            Day {
                date: date(2027, 1, 18),
                time: None,
            },
        ],
        place: None,
        deadline: Some("2027-01-10T10:00:00Z".parse().unwrap()),
        capacity: Some(300),
        people_at_most: Some(2),
        zone: None,
    });
    records.frozen = vec![before(&records, edition)];
    records.last_number = 6;
    records
}

fn answers(
    forum: &samleng::text::Forum,
    place: usize,
    (topic, at, title, story, ask): (usize, usize, &str, &str, &str),
    disclosure: Disclosure,
) -> Answers {
    let choice = |id: &str| Answer::Choice {
        id: id.to_owned(),
        source: None,
    };
    let text = |words: &str| Answer::Text {
        text: words.to_owned(),
        source: MessageId(1),
    };
    let part = |content| Part {
        source: MessageId(2),
        content,
    };
    let mut parts = vec![part(PartContent::Text(story.to_owned()))];
    if place % 5 == 2 {
        let file = file();
        parts.push(part(PartContent::Voice { file, seconds: 42 }));
        parts.push(part(PartContent::Photo(self::file())));
    }
    let mut answers = BTreeMap::from([
        ("topic", choice(&forum.config.topics[topic].id)),
        ("place", choice(&forum.config.places[at].choice.id)),
        ("title", text(title)),
        ("story", Answer::Story(parts)),
        ("ask", text(ask)),
        ("disclosure", choice(disclosure.id())),
    ]);
    if place % 3 != 2 {
        answers.insert("urgency", choice(["now", "soon", "lasting"][place % 3]));
    }
    if place.is_multiple_of(2) {
        answers.insert("affected", text("ប្រហែល ២០០ គ្រួសារ / about 200 families"));
    }
    let answers = answers.into_iter();
    Answers(
        answers
            .map(|(id, answer)| (id.to_owned(), answer))
            .collect(),
    )
}

fn file() -> FileRef {
    FileRef {
        id: "FILE".to_owned(),
        size: None,
        kept: None,
    }
}

/// A digest of a week before, in which the first twelve were and one that is gone since.
fn before(records: &Records, edition: Edition) -> (Frozen, Vec<Opening>) {
    let opening = |concern: &Concern| Opening {
        concern: concern.id,
        salt: None,
        leaf: [7; 32],
        fate: match (edition, concern.id) {
            (Edition::Shared, 1..=4) => Fate::Unreviewed,
            (_, id) => Fate::Included { number: id },
        },
        named: false,
    };
    let openings: Vec<Opening> = records.concerns.iter().take(12).map(opening).collect();
    let mut totals = Totals {
        received: 13,
        included: 13,
        ..Totals::default()
    };
    if edition == Edition::Shared {
        (totals.included, totals.withheld) = (9, 4);
    }
    let frozen = Frozen {
        number: 5,
        edition,
        filter: Filter::default(),
        made_at: "2026-12-31T05:00:00Z".parse().unwrap(),
        totals,
        root: [9; 32],
        scores: None,
    };
    (frozen, openings)
}
