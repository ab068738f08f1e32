//! Those who are many, and the owner who writes to them.
//!
//! Members' records are made as if they had joined long ago: to let hundreds of them fill in forms would test the forms.

use jiff::Timestamp;
use samleng::dialogue::{Change, Membership, Person, State, World as _};
use samleng::domain::{ChatId, Language, Localised, Organisation, Role};
use samleng::store::Stage;
use serde_json::{Value, json};

use super::{BotProcess, GUARD, Phone, Site};

impl Site {
    /// Makes a member of an organisation of its own of each of these. The store must be there, and no bot run.
    pub(crate) async fn members(&self, ids: impl Iterator<Item = i64>) {
        let languages = ["en", "km"].map(|code| Language::parse(code).unwrap());
        let mut store = self.store();
        let now = Timestamp::now();
        let mut stage = Stage::new(&store, now).unwrap();
        for (id, language) in ids.zip(languages.iter().cycle()) {
            let person = json!({"id": id, "started": true, "language_code": language.as_str()});
            self.people.post("user", &person).await.unwrap();
            let organisation = stage.fresh_id();
            stage.change(Change::Organisation(Organisation {
                id: organisation,
                name: Localised::same(languages, &format!("Network {id}")),
                place: "kandal".to_owned(),
                verified: false,
                number: None,
                suspended: false,
            }));
            let number = stage.fresh_id();
            stage.change(Change::Person(Box::new(Person {
                language: Some(*language),
                membership: Some(Membership {
                    organisation,
                    agreed_at: now,
                    invitation: None,
                }),
                // Whoever has seen no screen was never here.
                screen: 1,
                state: State::Menu { kept: None },
                ..Person::new(number, ChatId(id))
            })));
        }
        stage.apply_notices(Vec::new()).unwrap();
        let finished = stage.finish().unwrap();
        store.commit(finished).unwrap();
    }

    /// Makes somebody with this role. The store must be there, and no bot run.
    pub(crate) async fn colleague(&self, id: i64, role: Role) {
        let person = json!({"id": id, "started": true, "language_code": "en"});
        self.people.post("user", &person).await.unwrap();
        let mut store = self.store();
        let mut stage = Stage::new(&store, Timestamp::now()).unwrap();
        let number = stage.fresh_id();
        stage.change(Change::Person(Box::new(Person {
            language: Language::parse("en"),
            role: Some(role),
            screen: 1,
            state: State::Menu { kept: None },
            ..Person::new(number, ChatId(id))
        })));
        stage.apply_notices(Vec::new()).unwrap();
        let finished = stage.finish().unwrap();
        store.commit(finished).unwrap();
    }

    /// The bot's first owner, at their menu: whoever opens the link that it printed.
    pub(crate) async fn owner(&self, bot: &BotProcess, id: i64) -> Phone {
        self.role(id, bot.out().trim()).await
    }

    /// Whoever opens this link gets a role by it, and is at their menu.
    pub(crate) async fn role(&self, id: i64, link: &str) -> Phone {
        let mut phone = self.phone(id, "en").await;
        self.people.open_link(id, link).await.unwrap();
        let languages = phone.screen().await;
        phone.act(&languages).await;
        let menu = phone.screen().await;
        assert_eq!(menu.verb(0), Some("digest"), "{}", menu.message.text);
        phone
    }

    /// Waits until the export says so of what it holds.
    pub(crate) async fn until_stored(&self, such: impl Fn(&[Value]) -> bool) {
        let until = tokio::time::Instant::now() + GUARD;
        loop {
            let path = self.folder.path().join("export.jsonl");
            let said = self.say(&["export", path.to_str().unwrap()]).await;
            assert_eq!(said.code, Some(0), "{}", said.err);
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            let lines: Vec<Value> = text
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            if such(&lines) {
                return;
            }
            let late = tokio::time::Instant::now() > until;
            assert!(!late, "what is stored stays otherwise");
        }
    }
}
