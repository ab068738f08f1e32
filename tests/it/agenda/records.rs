//! From the records to items: what is raised, and whose voice counts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use samleng::agenda::Voices;
use samleng::config::Review;
use samleng::domain::concern::question;
use samleng::domain::{
    Answer, Answers, Concern, Disclosure, Endorsement, Localised, Organisation, Receipt, Status,
};

/// Concerns, one a line: id, organisation, status, disclosure; then "vouched", and "into N". After "supported by": who supports it.
const CONCERNS: &str = "
    1 10 approved named           supported by 11 12 13 14 99
    2 11 merged   named  into 1   supported by 15 11
    3 16 merged   organisers_only into 2
    4 12 agenda   unnamed         supported by 12
    5 13 approved organisers_only supported by 10
    6 17 new      named           supported by 10
    7 13 approved named
    8 13 approved named  vouched
    9 14 approved named  vouched
    10 18 held    named           supported by 10
    11 10 answered named
    12 19 withdrawn named
    13 16 rejected named into 1
";

/// Nobody approved 13; 14 is suspended; 99 is unknown.
fn organisations() -> BTreeMap<u64, Organisation> {
    let organisation = |id| Organisation {
        id,
        name: Localised::default(),
        place: String::new(),
        verified: id != 13,
        number: None,
        suspended: id == 14,
    };
    (10..=19).map(|id| (id, organisation(id))).collect()
}

fn read() -> (Vec<Concern>, Vec<Endorsement>) {
    let mut endorsements = Vec::new();
    let lines = CONCERNS.lines().filter(|line| !line.trim().is_empty());
    let concerns = lines.map(|line| {
        let (said, supporters) = line.split_once("supported by").unwrap_or((line, ""));
        let words: Vec<&str> = said.split_whitespace().collect();
        let id = words[0].parse().unwrap();
        endorsements.extend(
            supporters
                .split_whitespace()
                .map(|organisation| Endorsement {
                    concern: id,
                    organisation: organisation.parse().unwrap(),
                    person: None,
                    at: Timestamp::UNIX_EPOCH,
                }),
        );
        let into = words.iter().position(|word| *word == "into");
        let choice = |question: &str, id: &str| {
            let id = id.to_owned();
            (question.to_owned(), Answer::Choice { id, source: None })
        };
        Concern {
            status: Status::from_id(words[2]).unwrap(),
            disclosure: Disclosure::from_id(words[3]).unwrap(),
            vouched: words.contains(&"vouched"),
            into: into.map(|at| words[at + 1].parse().unwrap()),
            ..Concern::new(
                id,
                Receipt::from_random(id),
                words[1].parse().unwrap(),
                1,
                Timestamp::UNIX_EPOCH,
                Answers(BTreeMap::from([
                    choice(question::TOPIC, "land"),
                    choice(question::PLACE, "kep"),
                ])),
            )
        }
    });
    (concerns.collect(), endorsements)
}

#[test]
fn items_are_what_may_be_raised_with_whoever_has_a_voice() {
    let (concerns, endorsements) = read();
    let organisations = organisations();
    let voices = Voices {
        concerns: &concerns,
        endorsements: &endorsements,
        organisations: &organisations,
    };
    for (review, expected, silent) in [
        // What was merged counts at any depth; whoever was vouched for counts for what they raised, unless suspended.
        // Silent are 17 and 18: what they raised is no item. 19 took it back.
        (
            Review::BeforeSharing,
            "1: 10 11 12 15 16, 4: 12, 7: , 8: 13, 9: ",
            2,
        ),
        (
            Review::None,
            "1: 10 11 12 15 16, 4: 12, 6: 10 17, 7: , 8: 13, 9: ",
            1,
        ),
    ] {
        let items = voices.items(review, |id| 60 * id);
        let told: Vec<String> = items
            .iter()
            .map(|item| {
                assert_eq!((&*item.topic, &*item.place), ("land", "kep"));
                assert_eq!(item.seconds, 60 * item.id);
                let supporters = item.supporters.iter().map(u64::to_string);
                let supporters: Vec<String> = supporters.collect();
                format!("{}: {}", item.id, supporters.join(" "))
            })
            .collect();
        assert_eq!(told.join(", "), expected, "{review:?}");
        assert_eq!(voices.silent(&items), silent, "{review:?}");
    }
}
