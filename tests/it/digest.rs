//! The digest: what is in which edition, that it adds up, and that no count points at anybody.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use samleng::config::Review;
use samleng::digest::readers::{Authority, Organisers};
use samleng::digest::{self, Digest, Edition, Filter, Reader, Records};
use samleng::documents::json;
use samleng::documents::text::Text;
use samleng::domain::{
    Answer, Concern, Disclosure, Localised, MessageId, Part, PartContent, Status,
};
use samleng::text::Forum;
use serde_json::Value;

use crate::in_memory::{check_markup, english, forum, khmer, runner};
use crate::sketches::{Sketch, instant, name_of, records, sketches};

/// Does something with the digest of the one edition, then with that of the other: they are of different types.
macro_rules! both {
    ($records:expr, $forum:expr, |$digest:ident| $body:block) => {
        let $digest = make::<Organisers>($records, $forum);
        $body
        let $digest = make::<Authority>($records, $forum);
        $body
    };
}

fn make<R: Reader>(records: &Records, forum: &Forum) -> Digest<R> {
    digest::make(records, &Filter::default(), &forum.config, instant())
}

/// The same forum, where nobody has to look at a concern before the ministry reads it.
fn unreviewed_forum() -> Forum {
    let mut forum = forum();
    forum.config.settings.review = Review::None;
    forum
}

/// Whether the shared edition may hold it, said in other words than the program's.
fn may_share(concern: &Concern, forum: &Forum) -> bool {
    let reviewed = [
        "approved",
        "agenda",
        "answered",
        "promised",
        "deflected",
        "not_reached",
        "done",
    ];
    let unreviewed = forum.config.settings.review == Review::None && concern.status == Status::New;
    concern.disclosure != Disclosure::OrganisersOnly
        && (unreviewed || reviewed.contains(&concern.status.id()))
}

#[test]
fn totals_reconcile_in_both_editions() {
    for forum in [forum(), unreviewed_forum()] {
        runner(300)
            .run(&sketches(), |sketches| {
                let records = records(&sketches, &forum);
                let count = |wanted: &[Status]| {
                    let all = records.concerns.iter();
                    all.filter(|concern| wanted.contains(&concern.status))
                        .count() as u64
                };
                both!(&records, &forum, |digest| {
                    let totals = digest.totals;
                    prop_assert_eq!(totals.received, records.concerns.len() as u64);
                    let sum = totals.included
                        + totals.merged
                        + totals.withdrawn
                        + totals.held
                        + totals.rejected
                        + totals.withheld;
                    prop_assert_eq!(totals.received, sum);
                    prop_assert_eq!(totals.included, digest.concerns.len() as u64);
                    prop_assert_eq!(totals.merged, count(&[Status::Merged]));
                    prop_assert_eq!(totals.withdrawn, count(&[Status::Withdrawn]));
                    prop_assert_eq!(totals.held, count(&[Status::Held, Status::Waiting]));
                    prop_assert_eq!(totals.rejected, count(&[Status::Rejected]));
                    let numbers: Vec<u64> = digest.concerns.iter().map(|e| e.number).collect();
                    prop_assert_eq!(numbers, (1..=totals.included).collect::<Vec<_>>());
                });
                let digest = make::<Organisers>(&records, &forum);
                prop_assert_eq!(digest.totals.withheld, 0);
                Ok(())
            })
            .unwrap();
    }
}

#[test]
fn each_filter_reconciles_too() {
    let forum = forum();
    runner(150)
        .run(&sketches(), |sketches| {
            let records = records(&sketches, &forum);
            let topic = forum.config.topics[1].id.clone();
            let place = forum.config.places[2].choice.id.clone();
            for filter in [
                Filter {
                    topic: Some(topic.clone()),
                    ..Filter::default()
                },
                Filter {
                    place: Some(place.clone()),
                    ..Filter::default()
                },
                Filter {
                    status: Some(Status::Approved),
                    ..Filter::default()
                },
            ] {
                let digest =
                    digest::make::<Organisers>(&records, &filter, &forum.config, instant());
                for entry in &digest.concerns {
                    prop_assert!(
                        filter
                            .topic
                            .as_ref()
                            .is_none_or(|topic| entry.topic == *topic)
                    );
                    prop_assert!(
                        filter
                            .place
                            .as_ref()
                            .is_none_or(|place| entry.place == *place)
                    );
                    prop_assert!(filter.status.is_none_or(|status| entry.status == status));
                }
                let totals = digest.totals;
                prop_assert!(totals.received <= records.concerns.len() as u64);
                prop_assert_eq!(totals.withheld, 0);
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_organisers_edition_holds_everything_that_is_not_settled_otherwise() {
    let forum = forum();
    runner(100)
        .run(&sketches(), |sketches| {
            let records = records(&sketches, &forum);
            let digest = make::<Organisers>(&records, &forum);
            let text = Text::new(&digest, &forum, english()).plain();
            for entry in &digest.concerns {
                let receipt = entry
                    .receipt()
                    .expect("organisers see receipts")
                    .to_string();
                prop_assert!(text.contains(&receipt));
                prop_assert!(entry.organisation.is_some());
            }
            for concern in &records.concerns {
                let settled = ["merged", "withdrawn", "held", "waiting", "rejected"];
                let listed = text.contains(&concern.receipt.to_string());
                prop_assert_eq!(listed, !settled.contains(&concern.status.id()));
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_shared_edition_holds_what_its_authors_and_the_review_let_out() {
    for forum in [forum(), unreviewed_forum()] {
        runner(200)
            .run(&sketches(), |sketches| {
                let records = records(&sketches, &forum);
                let digest = make::<Authority>(&records, &forum);
                let mut named = BTreeSet::new();
                let written = [
                    json::render(&digest),
                    Text::new(&digest, &forum, english()).plain(),
                    Text::new(&digest, &forum, khmer()).plain(),
                    format!("{digest:?}"),
                ];
                for concern in &records.concerns {
                    let shared = may_share(concern, &forum);
                    if shared && concern.disclosure == Disclosure::Named {
                        named.insert(concern.organisation);
                    }
                    let story = format!("Story{}Story", concern.id);
                    for text in &written {
                        prop_assert_eq!(text.contains(&story), shared, "{:?}", concern);
                    }
                }
                for text in &written {
                    prop_assert!(!text.contains("SL-"), "a receipt");
                    prop_assert!(!text.contains("FILE-ID"), "a file");
                    for organisation in 1..=9 {
                        let told = text.contains(&name_of(organisation));
                        prop_assert_eq!(told, named.contains(&organisation), "{}", organisation);
                    }
                }
                Ok(())
            })
            .unwrap();
    }
}

/// Those that do not answer a question: a cell too, since whoever subtracts finds it.
const UNSAID: &str = "";

/// The organisations behind each id of a breakdown, counted anew.
fn cells(
    records: &Records,
    forum: &Forum,
    question: &str,
) -> BTreeMap<String, (u64, BTreeSet<u64>)> {
    let mut cells: BTreeMap<String, (u64, BTreeSet<u64>)> = BTreeMap::new();
    for concern in records.concerns.iter().filter(|c| may_share(c, forum)) {
        let id = concern.answers.choice(question).unwrap_or(UNSAID);
        let cell = cells.entry(id.to_owned()).or_default();
        cell.0 += 1;
        cell.1.insert(concern.organisation);
    }
    cells
}

#[test]
fn no_shared_count_stands_for_fewer_than_three_organisations() {
    let forum = forum();
    let kinds = std::cell::Cell::new([0; 3]);
    runner(600)
        .run(&sketches(), |sketches| {
            let records = records(&sketches, &forum);
            let digest = make::<Authority>(&records, &forum);
            for (question, counts) in [
                ("topic", &digest.counts.topic),
                ("place", &digest.counts.place),
                ("urgency", &digest.counts.urgency),
            ] {
                let cells = cells(&records, &forum, question);
                let everybody: BTreeSet<u64> =
                    cells.values().flat_map(|(_, who)| who.clone()).collect();
                if everybody.len() < 3 {
                    prop_assert!(counts.is_empty(), "{:?}", counts);
                    continue;
                }
                let all: u64 = cells.values().map(|(count, _)| count).sum();
                let mut rest = cells.clone();
                // What is not shown at all did not answer, and that too is at least three.
                let hidden = all - counts.values().sum::<u64>();
                if hidden > 0 {
                    let (concerns, who) = rest.remove(UNSAID).expect("those that do not say");
                    prop_assert_eq!(hidden, concerns);
                    prop_assert!(who.len() >= 3, "subtracting finds {:?}", who);
                }
                for (id, count) in counts.iter().filter(|(id, _)| *id != "other") {
                    let (concerns, who) = rest.remove(id).expect("a cell of the records");
                    prop_assert_eq!(*count, concerns);
                    prop_assert!(who.len() >= 3, "{} of {:?}", id, who);
                }
                // Whatever is not shown by itself is in "other", and that too is at least three.
                let others: BTreeSet<u64> =
                    rest.values().flat_map(|(_, who)| who.clone()).collect();
                let other: u64 = rest.values().map(|(count, _)| count).sum();
                prop_assert_eq!(counts.get("other").copied().unwrap_or(0), other);
                prop_assert!(other == 0 || others.len() >= 3, "other of {:?}", others);
                // Nothing safe was folded without need: at most one cell joined beyond the small ones.
                let small = |who: &BTreeSet<u64>| who.len() < 3;
                let safe = rest
                    .iter()
                    .filter(|(id, (_, who))| *id != "other" && !small(who));
                prop_assert!(safe.count() <= 1);
            }
            Ok(())
        })
        .unwrap();
    // The same again, to know that the data had all three kinds.
    runner(600)
        .run(&sketches(), |sketches| {
            let records = records(&sketches, &forum);
            let counts = make::<Authority>(&records, &forum).counts.place;
            let cells = cells(&records, &forum, "place");
            let kind = match (counts.is_empty(), counts.contains_key("other")) {
                (true, _) => 0,
                (false, true) => 1,
                (false, false) => 2,
            };
            let mut seen = kinds.get();
            seen[kind] += 1;
            kinds.set(seen);
            prop_assert!(counts.len() <= cells.len() + 1);
            Ok(())
        })
        .unwrap();
    let [none, folded, whole] = kinds.get();
    assert!(
        none > 10 && folded > 10 && whole > 0,
        "{none} {folded} {whole}"
    );
}

#[test]
fn small_cells_fold_as_the_rules_say() {
    let forum = forum();
    let sketch = |organisation, topic| Sketch {
        organisation,
        status: 2,
        disclosure: 1,
        topic,
        place: 1,
        urgency: None,
        has_title: true,
        day: 0,
    };
    let topics = |pairs: &[(u64, usize)]| {
        let sketches: Vec<_> = pairs.iter().map(|(o, t)| sketch(*o, *t)).collect();
        let digest = make::<Authority>(&records(&sketches, &forum), &forum);
        let counts = digest.counts.topic.into_iter();
        counts
            .map(|(id, n)| format!("{id} {n}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    // Two organisations in all: nothing.
    assert_eq!(topics(&[(1, 0), (2, 0), (2, 1)]), "");
    // Three in one cell: it stands.
    assert_eq!(topics(&[(1, 0), (2, 0), (3, 0)]), "registration 3");
    // A small cell takes the next smallest with it.
    let six = [
        (1, 0),
        (2, 0),
        (3, 0),
        (4, 1),
        (5, 1),
        (6, 1),
        (7, 1),
        (1, 2),
    ];
    assert_eq!(topics(&six), "land 4, other 4");
    // Small cells that are three together leave the others alone.
    let nine = [(1, 0), (2, 0), (3, 0), (4, 1), (5, 1), (6, 2)];
    assert_eq!(topics(&nine), "other 3, registration 3");
    // Many concerns of one organisation are one organisation.
    assert_eq!(
        topics(&[(1, 0), (1, 0), (1, 0), (2, 1), (3, 1), (4, 1)]),
        "other 6"
    );
    // The forum's own "other" is where small cells go.
    assert_eq!(topics(&[(1, 10), (2, 10), (3, 10), (4, 1)]), "other 4");
    assert_eq!(topics(&[(1, 10), (4, 1), (5, 1), (6, 1)]), "other 4");
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

fn sorted(keys: &str) -> Vec<&str> {
    let mut keys: Vec<&str> = keys.split(' ').collect();
    keys.sort_unstable();
    keys
}

#[test]
fn json_has_the_schema() {
    let forum = forum();
    runner(100)
        .run(&sketches(), |sketches| {
            let records = records(&sketches, &forum);
            both!(&records, &forum, |digest| {
                let text = json::render(&digest);
                prop_assert!(text.ends_with('\n') && text.matches('\n').count() == 1);
                let value: Value = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(
                    keys(&value),
                    sorted(
                        "schema edition number made_at fingerprint filter meeting totals counts trend \
                         silent_places before concerns"
                    )
                );
                prop_assert_eq!(&value["schema"], "samleng-digest/1");
                prop_assert_eq!(&value["edition"], digest.edition().id());
                prop_assert_eq!(&value["made_at"], "2027-01-15T08:00:00Z");
                prop_assert!(value["number"].is_null() && value["meeting"].is_null());
                prop_assert_eq!(
                    keys(&value["totals"]),
                    sorted("received included merged withdrawn held rejected withheld")
                );
                prop_assert_eq!(keys(&value["counts"]), sorted("topic place urgency"));
                for concern in value["concerns"].as_array().unwrap() {
                    check_concern(concern, digest.edition());
                }
            });
            Ok(())
        })
        .unwrap();
}

fn check_concern(concern: &Value, edition: Edition) {
    let beside = match edition {
        Edition::Organisers | Edition::Group => " beside",
        Edition::Shared => "",
    };
    let all = "number receipt status topic place title story affected ask urgency disclosure \
               organisation behind other";
    assert_eq!(keys(concern), sorted(&format!("{all}{beside}")));
    assert_eq!(concern["receipt"].is_null(), edition == Edition::Shared);
    assert!(Status::from_id(concern["status"].as_str().unwrap()).is_some());
    assert!(Disclosure::from_id(concern["disclosure"].as_str().unwrap()).is_some());
    assert_eq!(concern["behind"], 1);
    for piece in concern["story"].as_array().unwrap() {
        let wanted = match piece["kind"].as_str().unwrap() {
            "text" => "kind text",
            "voice" => "kind seconds transcript",
            "photo" | "document" => "kind",
            other => panic!("{other}"),
        };
        assert_eq!(keys(piece), sorted(wanted));
    }
    if !concern["organisation"].is_null() {
        assert_eq!(keys(&concern["organisation"]), sorted("en km verified"));
    }
}

#[test]
fn text_makes_messages_that_telegram_takes() {
    let forum = forum();
    runner(100)
        .run(&sketches(), |sketches| {
            let records = records(&sketches, &forum);
            both!(&records, &forum, |digest| {
                for language in [english(), khmer()] {
                    let text = Text::new(&digest, &forum, language);
                    let messages = text.messages().expect("few enough");
                    messages.iter().for_each(check_markup);
                    let whole: String = messages.iter().map(|html| html.to_plain()).collect();
                    prop_assert_eq!(no_space(&whole), no_space(&text.plain()));
                }
            });
            Ok(())
        })
        .unwrap();
}

fn no_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A single approved and named concern whose every text is this.
fn only(words: &str, count: u64, forum: &Forum) -> Records {
    let sketch = Sketch {
        organisation: 1,
        status: 2,
        disclosure: 0,
        topic: 1,
        place: 1,
        urgency: None,
        has_title: true,
        day: 0,
    };
    let mut records = records(&vec![sketch; count as usize], forum);
    let text = || Answer::Text {
        text: words.to_owned(),
        source: MessageId(1),
    };
    for concern in &mut records.concerns {
        for question in ["title", "affected", "ask"] {
            concern.answers.0.insert(question.to_owned(), text());
        }
        let story = vec![Part {
            source: MessageId(1),
            content: PartContent::Text(words.to_owned()),
        }];
        concern
            .answers
            .0
            .insert("story".to_owned(), Answer::Story(story));
    }
    let known = records.organisations.get_mut(&1).unwrap();
    known.name = Localised::same([english(), khmer()], words);
    records
}

#[test]
fn more_than_ten_messages_are_none() {
    let forum = forum();
    let long = "ក្រុមហ៊ុន និងអ្នកភូមិ ".repeat(100);
    let few = make::<Authority>(&only(&long, 1, &forum), &forum);
    let many = make::<Authority>(&only(&long, 40, &forum), &forum);
    assert!(Text::new(&few, &forum, khmer()).messages().is_some());
    assert!(Text::new(&many, &forum, khmer()).messages().is_none());
    assert_eq!(
        Text::new(&many, &forum, khmer())
            .plain()
            .matches(long.trim_end())
            .count()
            / 40,
        few_count(&few, &forum, &long)
    );
}

fn few_count(few: &Digest<Authority>, forum: &Forum, words: &str) -> usize {
    Text::new(few, forum, khmer())
        .plain()
        .matches(words.trim_end())
        .count()
}

#[test]
fn hostile_words_stay_words() {
    let forum = forum();
    for words in [
        "<b>bold</b><a href=\"tg://user?id=1\">me</a>",
        "&lt;b&gt; &amp;amp; &#60; &",
        "{ $name } { digits } -term",
        "</b></i></code>",
        "=HYPERLINK(\"http://127.0.0.1\")",
        "\\u0000 \" ' \\ \n \" }",
    ] {
        let records = only(words, 2, &forum);
        both!(&records, &forum, |digest| {
            for language in [english(), khmer()] {
                let messages = Text::new(&digest, &forum, language).messages().unwrap();
                messages.iter().for_each(check_markup);
                let plain: String = messages.iter().map(|html| html.to_plain()).collect();
                assert!(plain.matches(words).count() >= 8, "{plain}");
            }
            let value: Value = serde_json::from_str(&json::render(&digest)).unwrap();
            assert_eq!(value["concerns"][0]["title"], words);
            assert_eq!(value["concerns"][0]["organisation"]["km"], words);
        });
    }
}

#[test]
fn a_story_of_nothing_but_invisible_characters_makes_no_empty_message() {
    let forum = forum();
    let words = format!("a{}b", "\u{200B}".repeat(4_200));
    let digest = make::<Organisers>(&only(&words, 1, &forum), &forum);
    let messages = Text::new(&digest, &forum, english()).messages().unwrap();
    messages.iter().for_each(check_markup);
}

#[test]
fn an_empty_digest_says_so() {
    let forum = forum();
    for language in [english(), khmer()] {
        both!(&Records::default(), &forum, |digest| {
            let messages = Text::new(&digest, &forum, language).messages().unwrap();
            assert_eq!(messages.len(), 1);
            check_markup(&messages[0]);
            let empty = forum.words.phrases(language).digest_empty().to_plain();
            assert!(messages[0].to_plain().contains(&empty));
        });
    }
}

#[test]
fn an_edition_into_which_nothing_came_yet_says_why() {
    let forum = forum();
    let mut records = only("a well", 1, &forum);
    records.concerns[0].status = Status::New;
    for language in [english(), khmer()] {
        let digest = make::<Authority>(&records, &forum);
        let messages = Text::new(&digest, &forum, language).messages().unwrap();
        let why = forum.words.phrases(language).digest_empty_withheld();
        assert!(messages[0].to_plain().contains(&why.to_plain()));
    }
}
