//! The agenda by the whole program: worked out beside the writer, shown where it was asked for, taken along as files.

use std::io::{Cursor, Read as _};

use jiff::Timestamp;
use samleng::dialogue::{Change, World as _};
use samleng::domain::agenda::{AgendaItem, ByHand, Decision};
use samleng::domain::concern::question;
use samleng::domain::{
    Answer, Answers, Concern, Disclosure, Localised, Meeting, MessageId, Organisation, Part,
    PartContent, Receipt, Role, Status,
};
use samleng::store::Stage;

use super::in_memory::{MemoryWorld, english, forum, khmer};
use super::support::{Phone, Site};

const ORGANISER: i64 = 9_002;
const HIDDEN: &str = "Quiet Orchard Circle";

/// A meeting, and a concern that names nobody, of an organisation with a voice.
fn fill(site: &Site) {
    let mut store = site.store();
    let mut stage = Stage::new(&store, Timestamp::UNIX_EPOCH).unwrap();
    let same = |text: &str| Localised::same([english(), khmer()], text);
    stage.change(Change::Meeting(Meeting {
        id: 900,
        title: same("Third meeting"),
        days: Vec::new(),
        place: None,
        deadline: None,
        capacity: None,
        people_at_most: None,
        zone: None,
    }));
    let organisation = stage.fresh_id();
    stage.change(Change::Organisation(Organisation {
        id: organisation,
        name: same(HIDDEN),
        place: "kep".to_owned(),
        verified: true,
        number: None,
        suspended: false,
    }));
    let id = stage.fresh_id();
    stage.change(Change::Concern(Box::new(concern(id, organisation))));
    stage.apply_notices(Vec::new()).unwrap();
    let finished = stage.finish().unwrap();
    store.commit(finished).unwrap();
}

/// A concern of this organisation that is good and names nobody.
fn concern(id: u64, organisation: u64) -> Concern {
    let source = MessageId(1);
    let text = |text: &str| Answer::Text {
        text: text.to_owned(),
        source,
    };
    let story = PartContent::Text("The well is dry.\nWe carry water.".to_owned());
    let answers = [
        (question::TITLE, text("No water")),
        (question::ASK, text("Open the well")),
        (
            question::STORY,
            Answer::Story(vec![Part {
                source,
                content: story,
            }]),
        ),
    ];
    Concern {
        status: Status::Approved,
        disclosure: Disclosure::Unnamed,
        ..Concern::new(
            id,
            Receipt::from_random(77),
            organisation,
            0,
            Timestamp::UNIX_EPOCH,
            Answers(answers.map(|(id, answer)| (id.to_owned(), answer)).into()),
        )
    }
}

/// The words of a document.
fn words(docx: Vec<u8>) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(docx)).unwrap();
    let mut xml = String::new();
    let mut part = zip.by_name("word/document.xml").unwrap();
    part.read_to_string(&mut xml).unwrap();
    xml
}

#[tokio::test]
async fn an_agenda_is_worked_out_and_taken_along() {
    let site = Site::new().await;
    site.run().await.stop().await; // now there is a store
    site.colleague(ORGANISER, Role::Organiser).await;
    fill(&site);
    let bot = site.run().await;
    let mut organiser = Phone::new(site.people.clone(), ORGANISER, "en");
    organiser.screen_of_command("/agenda").await;
    let says = |words: &'static str| {
        move |chat: &samleng::emulator::client::Chat| {
            let mut theirs = chat.messages.iter().filter(|message| message.from_bot);
            theirs
                .find(|message| message.text.contains(words))
                .map(|_| ())
        }
    };
    organiser.sees(says("1. No water · 10 min")).await;

    let mut given = Vec::new();
    let labels = [
        "📝 DOCX",
        "🗂 DOCX",
        "🖨 PDF",
        "🗂 PDF",
        "📊 Excel",
        "📋 CSV",
        "🔧 JSON",
    ];
    for (count, label) in (1..).zip(labels) {
        let screen = organiser.screen().await;
        organiser.press(&screen, label).await;
        let file = organiser
            .sees(|chat| {
                let documents = chat.messages.iter().filter(|m| m.kind == "document");
                documents.filter_map(|m| m.file()).nth(count - 1).cloned()
            })
            .await;
        given.push(site.people.file(&file.file_id).await.unwrap());
    }
    // How pages and cells look is the documents' affair.
    let data = given.split_off(4);
    for printed in given.split_off(2) {
        assert!(printed.starts_with(b"%PDF-"));
    }
    assert!(data[0].starts_with(b"PK"));
    let [table, json] = [&data[1], &data[2]].map(|bytes| String::from_utf8(bytes.clone()).unwrap());
    for text in [&table, &json] {
        assert!(
            text.contains("No water") && !text.contains(HIDDEN),
            "{text}"
        );
    }
    // On the command line it is the same, whether the bot runs or not.
    let without_time = |json: &str| {
        let mut value: serde_json::Value = serde_json::from_str(json).unwrap();
        value["made_at"].take();
        value
    };
    let asked = ["agenda", "--format", "json", "--language", "en"];
    let said = site.say(&asked).await;
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert_eq!(without_time(&said.out), without_time(&json));
    let given: Vec<String> = given.into_iter().map(words).collect();
    for paper in &given {
        assert!(paper.contains("No water"), "{paper}");
        assert!(!paper.contains(HIDDEN), "{paper}");
    }
    // The agenda may be handed over; the cards are for organisers.
    let receipt = Receipt::from_random(77).to_string();
    assert!(!given[0].contains(&receipt) && given[1].contains(&receipt));
    for line in ["Open the well", "The well is dry.", "We carry water."] {
        assert!(given[1].contains(line), "{line}");
    }
    let (count, kept) = {
        bot.stop().await;
        let said = site.say(&asked).await;
        assert_eq!(said.code, Some(0), "{}", said.err);
        assert_eq!(without_time(&said.out), without_time(&json));
        for form in ["text", "csv", "docx", "pdf", "xlsx"] {
            let file = site.folder.path().join(format!("agenda.{form}"));
            let path = file.to_str().unwrap();
            let said = site.say(&["agenda", "--format", form, "--out", path]).await;
            assert_eq!(
                (said.code, said.out.as_str()),
                (Some(0), ""),
                "{}",
                said.err
            );
            let bytes = std::fs::read(&file).unwrap();
            let begins: &[u8] = match form {
                "docx" | "xlsx" => b"PK",
                "pdf" => b"%PDF-",
                "csv" => "\u{feff}".as_bytes(),
                _ => "របៀបវារៈ".as_bytes(),
            };
            let held = String::from_utf8_lossy(&bytes);
            assert!(bytes.starts_with(begins), "{form}: {held}");
            assert!(!held.contains(HIDDEN), "{form}");
        }
        // That it was taken is in the audit log: by the command line, and by the organiser.
        let audit = site.say(&["audit"]).await.out;
        assert_eq!(audit.matches("agenda_taken").count(), 14, "{audit}");
        let store = site.store();
        let stage = Stage::new(&store, Timestamp::UNIX_EPOCH).unwrap();
        let items = stage.agenda_items(900);
        (items.len(), items[0].is_in())
    };
    assert_eq!((count, kept), (1, true));
}

/// No typeface of the program has pictures in place of words.
#[test]
fn what_stands_on_paper_has_letters_only() {
    let forum = forum();
    for phrases in forum.words.each() {
        for said in [
            phrases.agenda_settled("1"),
            phrases.paper_proposal(),
            phrases.why_put_in("1"),
            phrases.why_taken_out("1"),
            phrases.why_moved("1"),
            phrases.brief_carried(),
            phrases.brief_filled(),
            phrases.brief_too_long(),
            phrases.brief_no_room(),
        ] {
            let said = said.to_plain();
            let picture = said.chars().find(|c| ('\u{2190}'..).contains(c));
            assert_eq!(picture, None, "{said}");
        }
    }
}

#[test]
fn what_is_withdrawn_leaves_no_reason() {
    let (mut world, forum) = (MemoryWorld::default(), forum());
    let concern = concern(7, 3);
    let item = AgendaItem {
        by_hand: Some(Decision {
            what: ByHand::PutIn,
            reason: "We gave our word".to_owned(),
        }),
        ..AgendaItem::new(900, concern.id)
    };
    let now = Timestamp::UNIX_EPOCH;
    world.change(&forum, now, |stage| {
        stage.change(Change::Concern(Box::new(concern.clone())));
        stage.change(Change::AgendaItem(item.clone()));
        Vec::new()
    });
    assert_eq!(world.store.all::<AgendaItem>().unwrap(), [item]);
    world.change(&forum, now, |stage| {
        stage.change(Change::Withdrawn(Box::new(concern.withdrawn())));
        Vec::new()
    });
    assert!(world.store.all::<AgendaItem>().unwrap().is_empty());
}
