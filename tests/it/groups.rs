//! The organisers' group, by the whole program: what stands there, who may press, and what becomes of it when the group
//! moves, when the bot is thrown out, and when the program dies.

use samleng::domain::{Role, Status};
use samleng::emulator::client::Message;
use samleng::emulator::{FaultKind, Standing};
use samleng::text::{Html, Phrases, card};
use serde_json::{Value, json};

use super::in_memory::{english, forum, khmer};
use super::support::{BotProcess, Phone, Site, concerns};

const OWNER: i64 = 9_001;
const ORGANISER: i64 = 9_002;
const AUTHOR: i64 = 9_003;
const MEMBER: i64 = 9_004;
const STRANGER: i64 = 9_005;
const GROUP: i64 = -50;
const OTHER: i64 = -60;

/// Everybody, and the group with the bot in it.
struct Scene {
    /// It goes before the folder in which it writes.
    bot: BotProcess,
    site: Site,
    owner: Phone,
    author: Phone,
}

impl Scene {
    /// The group is the organisers' already.
    async fn bound() -> Self {
        let mut scene = Self::unbound().await;
        scene.bind(GROUP).await;
        scene
    }

    async fn unbound() -> Self {
        let site = Site::new().await;
        site.run().await.stop().await; // now there is a store
        site.members([AUTHOR, MEMBER].into_iter()).await;
        site.colleague(ORGANISER, Role::Organiser).await;
        let bot = site.run().await;
        let owner = site.owner(&bot, OWNER).await;
        site.phone(STRANGER, "en").await;
        let author = Phone::new(site.people.clone(), AUTHOR, "en");
        for id in [GROUP, OTHER] {
            let everybody = [OWNER, ORGANISER, AUTHOR, MEMBER, STRANGER];
            let group = json!({"id": id, "type": "group", "members": everybody, "bot": "member", "by": OWNER});
            site.people.group(&group).await.unwrap();
        }
        Self {
            site,
            bot,
            owner,
            author,
        }
    }

    async fn bind(&mut self, group: i64) {
        let people = &self.site.people;
        people.send_text_in(group, OWNER, "/bind").await.unwrap();
        let all = concerns_of(&self.site).await;
        let open = all.values().filter(|concern| concern["status"] == "new");
        let open = open.count() as u64;
        let bound = says(|phrases| phrases.group_bound(open));
        self.wall(group)
            .sees(|chat| posted(&chat.messages, &bound))
            .await;
    }

    /// Whoever reads a group.
    fn wall(&self, group: i64) -> Phone {
        Phone::new(self.site.people.clone(), group, "en")
    }

    /// One more concern; its receipt.
    async fn submitted(&mut self) -> String {
        self.author.screen_of_command("/menu").await;
        self.author.words = format!("{}zither", self.author.words);
        self.author.submit().await
    }

    async fn set(&self, receipt: &str, status: &str) {
        let said = self.site.say(&["set", "concern", receipt, status]).await;
        assert_eq!(said.code, Some(0), "{}", said.err);
    }

    /// The concern as the digest has it.
    async fn concern(&self, receipt: &str) -> Option<Value> {
        concerns_of(&self.site).await.remove(receipt)
    }

    /// Waits for the concern's card as it is to be.
    async fn card(&self, group: i64, receipt: &str, status: Status) -> Message {
        let status = said(status);
        self.wall(group)
            .sees(|chat| {
                let mut cards = cards(&chat.messages, receipt).into_iter();
                cards.find(|card| card.text.contains(&status)).cloned()
            })
            .await
    }

    /// The messages of a group that name this receipt.
    async fn all_cards(&self, group: i64, receipt: &str) -> Vec<Message> {
        let chat = self.wall(group).chat(0).await;
        cards(&chat.messages, receipt)
            .into_iter()
            .cloned()
            .collect()
    }

    /// No update reaches the bot from here on.
    async fn deaf(&self) {
        let after = self.site.last_call().await;
        let hang = self
            .site
            .people
            .fault(Some("getUpdates"), FaultKind::Hang, -1);
        hang.await.unwrap();
        self.site.poke().await;
        let hangs = |call: &samleng::emulator::client::Call| call.fault == Some(FaultKind::Hang);
        self.site.until_call(after, "getUpdates", hangs).await;
    }

    async fn clear(&self) {
        self.site.people.clear_faults().await.unwrap();
        self.site.until_confirmed().await;
    }

    /// The next call to this chat with a new message meets this.
    async fn fault(&self, chat: i64, kind: &str) {
        let mut fault = json!({"method": "sendMessage", "chat_id": chat, "kind": kind});
        if kind == "slow" {
            fault["delay_seconds"] = json!(3_600);
        }
        self.site.people.post("fault", &fault).await.unwrap();
    }

    /// Calls to a chat that ended since.
    async fn calls_to(&self, chat: i64, after: u64) -> usize {
        let query = [("after", after.to_string()), ("chat", chat.to_string())];
        let calls = self.site.people.get("calls", &query).await.unwrap();
        calls["calls"].as_array().unwrap().len()
    }
}

async fn concerns_of(site: &Site) -> std::collections::BTreeMap<String, Value> {
    concerns(&site.digest().await)
}

fn says(phrase: impl Fn(Phrases<'_>) -> Html) -> String {
    phrase(forum().words.phrases(english())).to_plain()
}

/// A status in words.
fn said(status: Status) -> String {
    card::status(status, forum().words.phrases(english()))
}

fn posted(messages: &[Message], words: &str) -> Option<Message> {
    let mut ours = messages.iter().filter(|m| m.from_bot);
    ours.find(|message| message.text == words).cloned()
}

fn cards<'m>(messages: &'m [Message], receipt: &str) -> Vec<&'m Message> {
    let ours = messages.iter().filter(|m| m.from_bot && !m.deleted);
    ours.filter(|message| message.text.contains(receipt))
        .collect()
}

/// Waits until they are told this, and makes sure that it is once.
async fn told(phone: &Phone, words: &str) {
    phone
        .sees(|chat| {
            let times = chat
                .messages
                .iter()
                .filter(|m| m.text.contains(words))
                .count();
            assert!(times <= 1, "{words} twice");
            (times == 1).then_some(())
        })
        .await;
}

/// Presses a button of a card; the words of the toast.
async fn press(scene: &Scene, who: i64, card: &Message, label: &str) -> String {
    let after = scene.site.last_call().await;
    let people = &scene.site.people;
    let pressed = people
        .press_in_group(GROUP, who, Some(card.id), label)
        .await;
    let query = json!(pressed.unwrap().callback_query_id.unwrap());
    let is_answer =
        |call: &samleng::emulator::client::Call| call.params["callback_query_id"] == query;
    let calls = scene
        .site
        .until_call(after, "answerCallbackQuery", is_answer)
        .await;
    let text = &calls.last().unwrap().params["text"];
    text.as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_card_is_for_organisers_and_changes_in_its_place() {
    let mut scene = Scene::unbound().await;
    // Nobody but the owner binds it, and only an organiser is told why.
    for who in [STRANGER, MEMBER, ORGANISER] {
        let people = &scene.site.people;
        people.send_text_in(GROUP, who, "/bind").await.unwrap();
    }
    let refused = says(|phrases| phrases.group_owner_only());
    told(&scene.wall(GROUP), &refused).await;
    let early = scene.submitted().await;
    scene.site.until_confirmed().await;
    let written = scene.wall(GROUP).chat(0).await; // there are service messages
    assert_eq!(written.messages.iter().filter(|m| m.from_bot).count(), 1);

    scene.bind(GROUP).await;
    let receipt = scene.submitted().await;
    let card = scene.card(GROUP, &receipt, Status::New).await;
    assert!(scene.all_cards(GROUP, &early).await.is_empty());
    let title = scene.concern(&receipt).await.unwrap()["title"].clone();
    let title = title.as_str().unwrap();
    assert!(card.text.contains(title), "{}", card.text);
    let network = format!("Network {AUTHOR}");
    assert!(!card.text.contains(&network), "{}", card.text);

    // Whoever else presses hears that it is not for them, and nothing else happens.
    let forum = forum();
    let phrases = forum.words.phrases(english());
    let approve = phrases.button_approve();
    let not_theirs = [english(), khmer()].map(|l| forum.words.phrases(l).toast_organisers_only());
    let in_each = forum.words.each();
    let in_each: Vec<String> = in_each
        .map(|phrases| phrases.toast_organisers_only())
        .collect();
    let in_each = in_each.join(" / ");
    let before = scene.site.last_call().await;
    for (who, words) in [
        (STRANGER, &in_each),
        (AUTHOR, &not_theirs[0]),
        (MEMBER, &not_theirs[1]),
    ] {
        for label in card.buttons.iter().flatten().map(|button| &button.text) {
            assert_eq!(press(&scene, who, &card, label).await, *words);
        }
    }
    scene.site.until_confirmed().await;
    assert_eq!(scene.concern(&receipt).await.unwrap()["status"], "new");
    let calls = scene
        .site
        .people
        .calls_after(before, std::time::Duration::ZERO)
        .await;
    let harmless = ["getUpdates", "answerCallbackQuery"];
    for call in calls.unwrap().calls {
        assert!(harmless.contains(&call.method.as_str()), "{call:?}");
    }

    let toast = press(&scene, ORGANISER, &card, &approve).await;
    assert_eq!(toast, phrases.toast_decided(&said(Status::Approved)));
    let approved = scene.card(GROUP, &receipt, Status::Approved).await;
    assert_eq!((approved.id, approved.edits), (card.id, 1));
    told(&scene.author, &phrases.notice_approved(title).to_plain()).await;
    assert_eq!(scene.concern(&receipt).await.unwrap()["status"], "approved");

    // By the command line, too.
    scene.set(&receipt, "agenda").await;
    let agenda = scene.card(GROUP, &receipt, Status::Agenda).await;
    assert_eq!((agenda.id, agenda.edits), (card.id, 2));

    // What was said before the group was bound appears there once something becomes of it.
    scene.set(&early, "held").await;
    scene.card(GROUP, &early, Status::Held).await;
    scene.bot.stop().await;
}

#[tokio::test]
async fn no_word_is_left_of_what_is_withdrawn() {
    let mut scene = Scene::bound().await;
    let receipt = scene.submitted().await;
    let card = scene.card(GROUP, &receipt, Status::New).await;
    let title = scene.concern(&receipt).await.unwrap()["title"].clone();
    let menu = scene.author.screen_of_command("/menu").await;
    let forum = forum();
    let phrases = forum.words.phrases(english());
    scene.author.press(&menu, &phrases.button_mine()).await;
    let list = scene.author.screen().await;
    scene.author.act(&list).await;
    let concern = scene.author.screen().await;
    scene
        .author
        .press(&concern, &phrases.button_withdraw())
        .await;
    let really = scene.author.screen().await;
    scene
        .author
        .press(&really, &phrases.button_withdraw_really())
        .await;
    let gone = phrases.group_withdrawn(&receipt).to_plain();
    let wall = scene.wall(GROUP);
    let left = wall.sees(|chat| posted(&chat.messages, &gone)).await;
    assert_eq!(left.id, card.id);
    assert!(left.buttons.is_empty());
    let title = title.as_str().unwrap();
    let messages = wall.chat(0).await.messages;
    assert!(messages.iter().all(|m| !m.text.contains(title)));
    scene.bot.stop().await;
}

/// What is decided while the card is on its way changes that card: it is neither sent a second time nor left as it was.
#[tokio::test]
async fn a_decision_finds_the_card_that_was_just_sent() {
    for status in ["approved", "withdrawn"] {
        let mut scene = Scene::bound().await;
        scene.fault(GROUP, "slow").await;
        let receipt = scene.submitted().await;
        let card = scene.card(GROUP, &receipt, Status::New).await;
        scene.set(&receipt, status).await;
        scene.clear().await;
        let left = match status {
            "approved" => scene.card(GROUP, &receipt, Status::Approved).await,
            _ => {
                let gone = says(|phrases| phrases.group_withdrawn(&receipt));
                let wall = scene.wall(GROUP);
                wall.sees(|chat| posted(&chat.messages, &gone)).await
            }
        };
        assert_eq!(left.id, card.id);
        scene.bot.stop().await;
        // A process that ends in peace has sent what it began.
        let site = &scene.site;
        let wall = Phone::new(site.people.clone(), GROUP, "en").chat(0).await;
        assert_eq!(cards(&wall.messages, &receipt).len(), 1);
    }
}

#[tokio::test]
async fn a_group_that_becomes_a_supergroup_is_followed() {
    // Told by the group itself.
    let mut scene = Scene::bound().await;
    let before = scene.submitted().await;
    scene.card(GROUP, &before, Status::New).await;
    // This one waits to be sent while it happens.
    scene.fault(GROUP, "hang").await;
    let meanwhile = scene.submitted().await;
    let waits = |call: &samleng::emulator::client::Call| call.fault == Some(FaultKind::Hang);
    scene.site.until_call(0, "sendMessage", waits).await;
    let new = scene.site.people.migrate(GROUP).await.unwrap();
    scene.site.until_confirmed().await;
    scene.clear().await;
    scene.card(new, &meanwhile, Status::New).await;
    let after = scene.submitted().await;
    scene.card(new, &after, Status::New).await;
    // Its old messages are out of reach.
    scene.set(&before, "approved").await;
    scene.card(new, &before, Status::Approved).await;
    scene.set(&after, "approved").await;
    let card = scene.card(new, &after, Status::Approved).await;
    assert_eq!(card.edits, 1);
    for receipt in [&before, &meanwhile, &after] {
        assert_eq!(scene.all_cards(new, receipt).await.len(), 1);
    }
    assert!(scene.all_cards(GROUP, &after).await.is_empty());
    scene.bot.stop().await;
}

#[tokio::test]
async fn a_supergroup_is_found_by_the_refusal_as_well() {
    for stands in [false, true] {
        let mut scene = Scene::unbound().await;
        if stands {
            scene.bind(GROUP).await;
        }
        let receipt = scene.submitted().await;
        if stands {
            scene.card(GROUP, &receipt, Status::New).await;
        } else {
            scene.bind(GROUP).await;
        }
        scene.deaf().await;
        let new = scene.site.people.migrate(GROUP).await.unwrap();
        let after = scene.site.last_call().await;
        scene.set(&receipt, "approved").await;
        scene.card(new, &receipt, Status::Approved).await;
        let refused = scene.calls_to(GROUP, after).await;
        assert_eq!(refused, 1, "it is tried there once");
        scene.clear().await;
        let next = scene.submitted().await;
        scene.card(new, &next, Status::New).await;
        scene.set(&receipt, "agenda").await;
        let card = scene.card(new, &receipt, Status::Agenda).await;
        assert_eq!(card.edits, 1);
        assert_eq!(scene.all_cards(new, &receipt).await.len(), 1);
        assert_eq!(scene.calls_to(GROUP, after).await, 1);
        scene.bot.stop().await;
    }
}

#[tokio::test]
async fn the_owners_hear_once_that_the_bot_was_thrown_out() {
    let lost = says(|phrases| phrases.notice_group_lost());
    for by_refusal in [false, true] {
        let mut scene = Scene::bound().await;
        let receipt = scene.submitted().await;
        scene.card(GROUP, &receipt, Status::New).await;
        if by_refusal {
            scene.deaf().await;
        }
        let kicked = Standing::Kicked;
        let people = &scene.site.people;
        people.place_bot(GROUP, MEMBER, kicked).await.unwrap();
        if !by_refusal {
            scene.site.until_confirmed().await;
        }
        let after = scene.site.last_call().await;
        scene.set(&receipt, "approved").await;
        told(&scene.owner, &lost).await;
        scene.clear().await;
        let next = scene.submitted().await;
        // In another group it goes on.
        scene.bind(OTHER).await;
        scene.set(&receipt, "agenda").await;
        scene.card(OTHER, &receipt, Status::Agenda).await;
        let third = scene.submitted().await;
        scene.card(OTHER, &third, Status::New).await;
        assert!(scene.all_cards(OTHER, &next).await.is_empty());
        told(&scene.owner, &lost).await;
        let tried = scene.calls_to(GROUP, after).await;
        assert_eq!(tried, usize::from(by_refusal), "nothing is retried there");
        scene.bot.stop().await;
    }
}

/// Between the card's arrival and its commit a second one cannot be helped; it is the one that counts from then on.
#[tokio::test]
async fn killed_while_a_card_is_on_its_way_it_goes_on_with_one() {
    let mut scene = Scene::bound().await;
    scene.fault(GROUP, "slow").await;
    let receipt = scene.submitted().await;
    let first = scene.card(GROUP, &receipt, Status::New).await;
    scene.bot.kill().await;
    scene.site.people.clear_faults().await.unwrap();
    scene.bot = scene.site.run().await;
    let wall = scene.wall(GROUP);
    let second = wall
        .sees(|chat| {
            let mut cards = cards(&chat.messages, &receipt).into_iter();
            cards.find(|card| card.id != first.id).cloned()
        })
        .await;
    for (status, edits) in [("approved", 1), ("agenda", 2)] {
        scene.set(&receipt, status).await;
        let status = Status::from_id(status).unwrap();
        let card = scene.card(GROUP, &receipt, status).await;
        assert_eq!((card.id, card.edits), (second.id, edits));
    }
    assert_eq!(scene.all_cards(GROUP, &receipt).await.len(), 2);
    scene.bot.stop().await;
}
