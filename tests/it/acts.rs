//! How much somebody has to do until they hold a receipt: presses and messages, counted.
//!
//! Everybody here does all that the way they can: one types Khmer, one types Khmer in Latin letters, one only speaks.

use std::fs;

use samleng::emulator::client::Button;
use serde_json::json;

use super::support::{Phone, Screen, Site};

/// From opening the bot to the first receipt.
const FIRST: u32 = 16;
/// From the menu to the next one.
const NEXT: u32 = 11;

/// What somebody says, and how.
struct Words {
    /// The organisation's name as they write it; nothing for somebody who was invited.
    organisation: Option<&'static str>,
    /// The name that they look for among the offered ones; nothing if it is none of them.
    meant: Option<&'static str>,
    /// Title, story, who is affected, what should be done; nothing if they speak.
    answers: Option<[&'static str; 4]>,
}

struct Person {
    phone: Phone,
    words: Words,
    acts: u32,
}

/// What a button does, without the number of its screen.
fn action(button: &Button) -> &str {
    let data = button.data.as_deref().unwrap_or_default();
    data.split_once(':').map_or(data, |(_, action)| action)
}

impl Person {
    async fn press(&mut self, screen: &Screen, wanted: impl Fn(&Button) -> bool) {
        let mut buttons = screen.message.buttons.iter().flatten();
        let button = buttons.find(|button| wanted(button));
        let label = button
            .unwrap_or_else(|| panic!("no such button: {:?}", screen.message))
            .text
            .clone();
        self.acts += 1;
        self.phone.press(screen, &label).await;
    }

    async fn press_to(&mut self, screen: &Screen, wanted: &str) {
        self.press(screen, |button| action(button) == wanted).await;
    }

    async fn write(&mut self, screen: &Screen, words: &str) {
        assert!(self.words.answers.is_some(), "who speaks never types");
        self.acts += 1;
        self.phone.type_in(screen, words).await;
    }

    async fn speak(&mut self, screen: &Screen) {
        self.acts += 1;
        let voice = json!({"voice": {"size": 4000, "duration": 42}});
        self.phone.send(screen, voice).await;
    }

    /// From the first word to the menu.
    async fn join(&mut self, payload: Option<&str>) -> Screen {
        self.acts += 1;
        self.phone.start(payload).await;
        let languages = self.phone.screen().await;
        self.press_to(&languages, "speak.km").await;
        let consent = self.phone.screen().await;
        self.press_to(&consent, "agree").await;
        if let Some(name) = self.words.organisation {
            let asked = self.phone.screen().await;
            self.write(&asked, name).await;
        }
        loop {
            let screen = self.phone.screen().await;
            let labels = screen.message.buttons.iter().flatten();
            match screen.verb(0) {
                Some("new") => return screen,
                Some("yes") => self.press_to(&screen, "yes").await,
                // The five closest, the end of whose names a button may leave out.
                Some("pick") if labels.clone().any(|button| action(button) == "none") => {
                    match self.words.meant {
                        Some(meant) => {
                            let lines = screen.message.text.lines().skip(1).collect::<Vec<_>>();
                            let line = lines.iter().find(|line| line.contains(meant));
                            let line = line.unwrap_or_else(|| panic!("{lines:#?}"));
                            let number = line.split('.').next().unwrap().to_owned();
                            self.press(&screen, |b| b.text.starts_with(&format!("{number}.")))
                                .await;
                        }
                        None => self.press_to(&screen, "none").await,
                    }
                }
                Some("pick") => self.press_to(&screen, "pick.kandal").await,
                verb => panic!("{verb:?}: {:?}", screen.message),
            }
        }
    }

    /// From the menu to the receipt, with an answer to everything that this person can answer.
    async fn submit(&mut self, menu: &Screen) -> Screen {
        let before = self.phone.receipts().await.len();
        self.press_to(menu, "new").await;
        let topic = self.phone.screen().await;
        self.press_to(&topic, "pick.land").await;
        let place = self.phone.screen().await;
        self.press_to(&place, "pick.kandal").await;
        let title = self.phone.screen().await;
        match self.words.answers {
            Some([words, ..]) => self.write(&title, words).await,
            None => self.press_to(&title, "skip").await,
        }
        let story = self.phone.screen().await;
        match self.words.answers {
            Some([_, words, ..]) => self.write(&story, words).await,
            None => self.speak(&story).await,
        }
        let told = self.phone.screen().await;
        self.press_to(&told, "done").await;
        for question in [2, 3] {
            let screen = self.phone.screen().await;
            match self.words.answers {
                Some(words) => self.write(&screen, words[question]).await,
                None => self.press_to(&screen, "skip").await,
            }
        }
        let urgency = self.phone.screen().await;
        self.press_to(&urgency, "pick.soon").await;
        let disclosure = self.phone.screen().await;
        self.press_to(&disclosure, "pick.named").await;
        let review = self.phone.screen().await;
        self.press_to(&review, "submit").await;
        let mut after = self.phone.screen().await;
        // Only where others said something close.
        if after.verb(0) == Some("mine-too") {
            self.press_to(&after, "mine-too").await;
            after = self.phone.screen().await;
        }
        assert_eq!(after.verb(0), Some("new"), "{:?}", after.message);
        assert_eq!(self.phone.receipts().await.len(), before + 1);
        after
    }

    /// Joins, submits twice, and has counted.
    async fn go(&mut self, who: &str, payload: Option<&str>) {
        let menu = self.join(payload).await;
        let joined = self.acts;
        if let Some(meant) = self.words.meant {
            let text = &menu.message.text;
            assert!(text.contains(meant), "{text}");
        }
        let menu = self.submit(&menu).await;
        let first = self.acts;
        self.acts = 0;
        if let Some(answers) = &mut self.words.answers {
            // About something else.
            answers[0] = "ផ្លូវចូលភូមិលិចទឹក";
            answers[1] = "រាល់រដូវវស្សា កុមារទៅសាលាមិនបាន";
        }
        self.submit(&menu).await;
        let next = self.acts;
        println!("{who}: {joined} to join, {first} to the first receipt, {next} to the next");
        assert!(first <= FIRST, "{who}: {first} acts to the first receipt");
        assert!(next <= NEXT, "{who}: {next} acts to the next receipt");
    }
}

async fn person(site: &Site, id: i64, words: Words) -> Person {
    Person {
        phone: site.phone(id, "km").await,
        words,
        acts: 0,
    }
}

/// A registry of 5,400, so that what is offered is what would be offered.
async fn with_registry() -> Site {
    let site = Site::new().await;
    site.run().await.stop().await;
    let registry = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/registry/registry.csv"
    );
    assert!(fs::exists(registry).unwrap());
    let said = site.say(&["import", "registry", registry]).await;
    assert_eq!(said.code, Some(0), "{}", said.err);
    site
}

const KHMER: [&str; 4] = [
    "ដីព្រៃសហគមន៍ត្រូវគេឈូស",
    "កាលពីខែមុន មានគ្រឿងចក្រចូលឈូសដីព្រៃសហគមន៍ ដោយមិនបានប្រាប់អ្នកភូមិទេ។",
    "ប្រហែល ៣០០ គ្រួសារ",
    "សូមឱ្យក្រសួងបញ្ឈប់ការឈូស",
];
const ROMANISED: [&str; 4] = [
    "dey prey sahakum trov ke chhous",
    "khae mun mean kreung chak chol chhous dey prey, min ban prab neak phum te",
    "prahael 300 kruosar",
    "som oy krasuong banhchhob kar chhous",
];

#[tokio::test]
async fn who_types_khmer_has_a_receipt_after_sixteen_acts() {
    let site = with_registry().await;
    let bot = site.run().await;
    let words = Words {
        organisation: Some("សហគមន៍កម្មករកាត់ដេរព្រែកជ្រៃ"),
        meant: Some("សហគមន៍កម្មករកាត់ដេរព្រែកជ្រៃ"),
        answers: Some(KHMER),
    };
    person(&site, 1, words).await.go("Khmer", None).await;
    // Written as people write it, with a letter missing.
    let words = Words {
        organisation: Some("កម្មករសំណង់ទេពប្រណម"),
        meant: Some("អង្គការកម្មករសំណង់ទេពប្រណម្យ"),
        answers: Some(["តម្លៃថ្នាំខ្ពស់", "ថ្នាំថ្លៃពេក", KHMER[2], KHMER[3]]),
    };
    person(&site, 2, words)
        .await
        .go("Khmer, misspelt", None)
        .await;
    bot.stop().await;
}

#[tokio::test]
async fn who_types_khmer_in_latin_letters_does_too() {
    let site = with_registry().await;
    let bot = site.run().await;
    let words = Words {
        organisation: Some("bandagn kamako kat der samnang"),
        meant: Some("បណ្ដាញកម្មករកាត់ដេរ សំណាង"),
        answers: Some(ROMANISED),
    };
    person(&site, 1, words).await.go("romanised", None).await;
    bot.stop().await;
}

#[tokio::test]
async fn who_only_speaks_does_too() {
    let site = with_registry().await;
    let bot = site.run().await;
    let said = site.say(&["invite", "--org", "8146"]).await;
    assert_eq!(said.code, Some(0), "{}", said.err);
    let code = said.out.trim_end().split_once("?start=").unwrap().1;
    let words = Words {
        organisation: None,
        meant: Some("សហគមន៍កម្មករកាត់ដេរព្រែកជ្រៃ"),
        answers: None,
    };
    let mut speaker = person(&site, 1, words).await;
    speaker.go("speaks", Some(code)).await;
    bot.stop().await;
}

#[tokio::test]
async fn an_organisation_that_is_not_in_the_registry_costs_no_act_more() {
    let site = with_registry().await;
    let bot = site.run().await;
    let words = Words {
        organisation: Some("សមាគមផលិតទឹកឃ្មុំព្រៃដូនឡែ"),
        meant: None,
        answers: Some(KHMER),
    };
    person(&site, 1, words)
        .await
        .go("not in the registry", None)
        .await;
    bot.stop().await;
}
