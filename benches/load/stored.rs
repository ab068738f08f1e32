//! A data folder with many concerns, written through the library.

use std::path::Path;

use jiff::Timestamp;
use samleng::dialogue::{Change, Membership, Outcome, Person, State, World as _};
use samleng::domain::concern::question;
use samleng::domain::{
    Answer, Answers, ChatId, Concern, Disclosure, Language, Localised, MessageId, Organisation,
    Part, PartContent, Receipt, Status,
};
use samleng::store::folder::DataFolder;
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::sled_kv::SledKv;
use samleng::store::{Stage, Store};
use samleng::text::Forum;

use crate::process::KEY;

/// Concerns that one person raised.
const EACH: u64 = 4;
/// People of one organisation.
const MEMBERS: u64 = 5;

/// Opens the store of a data folder, making both where there are none.
pub(crate) fn open(data: &Path) -> anyhow::Result<Store> {
    let folder = DataFolder::open(data)?;
    let place = folder.store();
    let exists = SledKv::exists(&place)?;
    let epoch = Epoch::load_or_create(&folder.epoch(), exists)?;
    let master = MasterKey::from_env_value(KEY)?;
    Ok(Store::unlock(
        Box::new(SledKv::open(&place)?),
        master,
        &epoch,
    )?)
}

/// Fills a data folder with this many concerns, the people who raised them and their organisations.
pub(crate) fn fill(data: &Path, forum: &Forum, concerns: u64) -> anyhow::Result<()> {
    let mut store = open(data)?;
    let people: Vec<u64> = (0..concerns / EACH).collect();
    for together in people.chunks(50) {
        let mut stage = Stage::new(&store, Timestamp::now())?;
        let mut organisation = 0;
        for number in together {
            if number % MEMBERS == 0 {
                organisation = stage.fresh_id();
                let name = format!("Association {organisation} for the rivers and the lake");
                stage.change(Change::Organisation(Organisation {
                    id: organisation,
                    name: Localised::same(forum.words.languages(), &name),
                    place: pick(
                        forum.config.places.iter().map(|place| &place.choice.id),
                        *number,
                    ),
                    verified: number % 2 == 0,
                    number: None,
                    suspended: false,
                }));
            }
            let chat = ChatId(1_000_000 + i64::try_from(*number)?);
            let mut person = Person::new(stage.fresh_id(), chat);
            person.language = Language::parse("km");
            person.membership = Some(Membership {
                organisation,
                agreed_at: Timestamp::now(),
                invitation: None,
            });
            person.state = State::Menu { kept: None };
            for n in 0..EACH {
                let id = stage.fresh_id();
                let concern = concern(forum, id, organisation, person.number, number * EACH + n);
                stage.change(Change::Concern(Box::new(concern)));
            }
            let outcome = Outcome {
                person: Some(person),
                effects: Vec::new(),
                notices: Vec::new(),
            };
            stage.apply(chat, outcome)?;
            stage.show(chat, Some(MessageId(77)))?;
        }
        let finished = stage.finish()?;
        store.commit(finished)?;
    }
    Ok(())
}

fn concern(forum: &Forum, id: u64, organisation: u64, author: u64, nth: u64) -> Concern {
    let choice = |id: String| Answer::Choice { id, source: None };
    let text = |text: &str| Answer::Text {
        text: text.to_owned(),
        source: MessageId(12),
    };
    let story = "ផ្លូវចូលភូមិយើងលិចទឹករៀងរាល់ឆ្នាំ ហើយវាលស្រែលិចទឹកអស់ពីរខែ។ ".repeat(4);
    let answers = [
        (
            question::TOPIC,
            choice(pick(forum.config.topics.iter().map(|topic| &topic.id), nth)),
        ),
        (
            question::PLACE,
            choice(pick(
                forum.config.places.iter().map(|place| &place.choice.id),
                nth / 3,
            )),
        ),
        (question::TITLE, text(&format!("ផ្លូវលិចទឹក {nth}"))),
        (
            question::STORY,
            Answer::Story(vec![Part {
                source: MessageId(13),
                content: PartContent::Text(story),
            }]),
        ),
        (question::AFFECTED, text("ប្រហែលពីររយគ្រួសារ ក្នុងបីភូមិ")),
        (question::ASK, text("សូមបើកព្រែកជីកឡើងវិញ មុនរដូវវស្សា")),
        (question::URGENCY, choice("soon".to_owned())),
        (
            question::DISCLOSURE,
            choice(Disclosure::Named.id().to_owned()),
        ),
    ];
    Concern {
        status: Status::Approved,
        disclosure: Disclosure::Named,
        ..Concern::new(
            id,
            Receipt::from_random(nth.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
            organisation,
            author,
            Timestamp::now(),
            Answers(
                answers
                    .into_iter()
                    .map(|(question, answer)| (question.to_owned(), answer))
                    .collect(),
            ),
        )
    }
}

/// One of these, the same for the same number.
fn pick<'s>(mut ids: impl Iterator<Item = &'s String> + Clone, number: u64) -> String {
    let count = ids.clone().count().max(1);
    let at = usize::try_from(number).unwrap_or(0) % count;
    ids.nth(at).cloned().unwrap_or_default()
}
