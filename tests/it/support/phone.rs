//! A person with a phone, who reads what is there and answers it.
//!
//! They know nothing of the form: at a choice they press the first answer, at a question they type. They act once on
//! each screen and then wait, however often the bot dies meanwhile: nothing is ever sent twice, so an answer that
//! does not come is an answer that was lost.

use std::collections::BTreeSet;

use samleng::emulator::client::{Button, Chat, Client, Message};
use serde_json::Value;

use super::GUARD;

/// Messages looked at; a conversation's newest.
const NEWEST: usize = 40;

pub(crate) struct Phone {
    pub(crate) client: Client,
    pub(crate) id: i64,
    language: &'static str,
    /// What everything typed begins with.
    pub(crate) words: String,
    typed: u32,
    acted: Acted,
}

/// The screen that was acted on last.
#[derive(Default)]
struct Acted {
    number: u32,
    /// Where they agreed, and what stood there: the one question that has no buttons follows in its place.
    agreed: Option<(i64, String)>,
}

/// What the person sees.
pub(crate) struct Screen {
    pub(crate) number: Option<u32>,
    pub(crate) message: Message,
}

impl Phone {
    pub(crate) fn new(client: Client, id: i64, language: &'static str) -> Self {
        Self {
            client,
            id,
            language,
            words: format!("{id}"),
            typed: 0,
            acted: Acted::default(),
        }
    }

    /// Opens the bot; the answer is the next screen.
    pub(crate) async fn start(&mut self, payload: Option<&str>) {
        self.client.start(self.id, payload).await.unwrap();
        self.acted.agreed = None;
    }

    /// Goes through everything until one more concern has its receipt and the menu is there again.
    pub(crate) async fn submit(&mut self) -> String {
        let before = self.receipts().await;
        loop {
            let screen = self.screen().await;
            if screen.verb(0) == Some("new") {
                let now = self.receipts().await;
                if let Some(receipt) = now.difference(&before).next() {
                    assert_eq!(now.len(), before.len() + 1, "one submission, one receipt");
                    return receipt.clone();
                }
            }
            self.act(&screen).await;
        }
    }

    /// From the menu to the first of their concerns, and takes it back.
    pub(crate) async fn withdraw(&mut self) {
        let menu = self.screen().await;
        self.press(&menu, "📂 My concerns").await;
        let list = self.screen().await;
        self.act(&list).await;
        let concern = self.screen().await;
        self.press(&concern, "🗑 Withdraw it").await;
        let really = self.screen().await;
        self.press(&really, "🗑 Yes, withdraw it").await;
        self.screen().await;
    }

    /// Goes on until the first button of a screen does this.
    pub(crate) async fn until(&mut self, verb: &str) -> Screen {
        loop {
            let screen = self.screen().await;
            if screen.verb(0) == Some(verb) {
                return screen;
            }
            self.act(&screen).await;
        }
    }

    /// Goes on until the form asks the question with this number.
    pub(crate) async fn until_question(&mut self, number: usize) -> Screen {
        let progress = format!("{number} of 8");
        loop {
            let screen = self.screen().await;
            if screen.message.text.contains(&progress) {
                return screen;
            }
            self.act(&screen).await;
        }
    }

    /// Answers a screen in the first way that leads on.
    pub(crate) async fn act(&mut self, screen: &Screen) {
        let speak = format!("speak.{}", self.language);
        let labels = screen.message.buttons.iter().flatten();
        let own_language = labels.clone().find(|button| data_of(button) == speak);
        let nothing_told = screen.verb(0) == Some("done")
            && !labels.clone().any(|button| data_of(button) == "undo");
        match (own_language, screen.verb(0)) {
            (Some(button), _) => self.press(screen, &button.text).await,
            (None, None | Some("back" | "skip" | "cancel")) => self.say(screen).await,
            (None, Some("done")) if nothing_told => self.say(screen).await,
            (None, Some(_)) => {
                let label = screen.message.buttons[0][0].text.clone();
                self.press(screen, &label).await;
            }
        }
    }

    /// Types something that nobody ever typed.
    pub(crate) async fn say(&mut self, screen: &Screen) {
        self.typed += 1;
        let text = format!("{}.{}", self.words, self.typed);
        self.type_in(screen, &text).await;
    }

    /// Types this; returns the message.
    pub(crate) async fn type_in(&mut self, screen: &Screen, text: &str) -> i64 {
        self.acted(screen, false);
        let done = self.client.send_text(self.id, text).await.unwrap();
        done.message_id.unwrap()
    }

    /// Sends anything; returns the message.
    pub(crate) async fn send(&mut self, screen: &Screen, mut fields: Value) -> i64 {
        self.acted(screen, false);
        fields["from"] = self.id.into();
        self.client.send(&fields).await.unwrap().message_id.unwrap()
    }

    /// Presses the button with this label. One that has just gone has given way to a newer screen, which is then read.
    pub(crate) async fn press(&mut self, screen: &Screen, label: &str) {
        let mut buttons = screen.message.buttons.iter().flatten();
        let button = buttons.find(|button| button.text == label).unwrap();
        self.acted(screen, data_of(button) == "agree");
        let message = screen.message.id;
        if let Err(error) = self.client.press_in(self.id, message, label).await {
            let gone = error.to_string().contains("no button is called");
            assert!(gone, "{error:#}");
            self.acted.agreed = None;
        }
    }

    /// Types a command wherever they are; the answer is the next screen.
    pub(crate) async fn screen_of_command(&mut self, command: &str) -> Screen {
        let newest = self.newest().await;
        self.acted.number = self.acted.number.max(newest);
        self.acted.agreed = None;
        self.client.send_text(self.id, command).await.unwrap();
        self.screen().await
    }

    /// The number of the newest screen that the chat shows.
    async fn newest(&self) -> u32 {
        // As it is: a chat in which nothing was said yet has nothing to wait for.
        let now = self
            .client
            .chat_newest(self.id, 0, std::time::Duration::ZERO, NEWEST);
        let chat = now.await.unwrap();
        let ours = chat.messages.iter().filter(|m| m.from_bot && !m.deleted);
        ours.filter_map(number_of).max().unwrap_or_default()
    }

    /// From now on the answer to this screen is waited for.
    pub(crate) fn acted(&mut self, screen: &Screen, agreed: bool) {
        if let Some(number) = screen.number {
            self.acted.number = number;
        }
        let here = || (screen.message.id, screen.message.text.clone());
        self.acted.agreed = agreed.then(here);
    }

    /// Waits for the answer to what was done last.
    pub(crate) async fn screen(&self) -> Screen {
        let mut event = 0;
        let until = tokio::time::Instant::now() + GUARD;
        loop {
            let chat = self.chat(event).await;
            if let Some(screen) = self.answer(&chat) {
                return screen;
            }
            event = chat.event;
            let late = tokio::time::Instant::now() > until;
            assert!(!late, "{} waits in vain: {}", self.id, shown(&chat));
        }
    }

    fn answer(&self, chat: &Chat) -> Option<Screen> {
        let ours = chat.messages.iter().filter(|m| m.from_bot && !m.deleted);
        let numbered = ours.clone().filter_map(|m| Some((number_of(m)?, m)));
        // Of several with one number the last came after a crash.
        if let Some((number, message)) = numbered.max_by_key(|(number, m)| (*number, m.id))
            && number > self.acted.number
        {
            return Some(Screen {
                number: Some(number),
                message: message.clone(),
            });
        }
        let (agreed, text) = self.acted.agreed.as_ref()?;
        let message = ours.clone().find(|m| m.id == *agreed)?;
        let asks = message.buttons.is_empty() && message.text != *text;
        asks.then(|| Screen {
            number: None,
            message: message.clone(),
        })
    }

    /// The chat, once there is something after `event`.
    pub(crate) async fn chat(&self, event: u64) -> Chat {
        let chat = self.client.chat_newest(self.id, event, GUARD, NEWEST);
        chat.await.unwrap()
    }

    /// Waits until the chat shows what is looked for.
    pub(crate) async fn sees<T>(&self, what: impl Fn(&Chat) -> Option<T>) -> T {
        let until = tokio::time::Instant::now() + GUARD;
        let mut event = 0;
        loop {
            let chat = self.chat(event).await;
            if let Some(found) = what(&chat) {
                return found;
            }
            event = chat.event;
            let late = tokio::time::Instant::now() > until;
            assert!(!late, "{} waits in vain: {}", self.id, shown(&chat));
        }
    }

    /// Every receipt that the chat shows.
    pub(crate) async fn receipts(&self) -> BTreeSet<String> {
        let chat = self.client.chat(self.id, 0, std::time::Duration::ZERO);
        let messages = chat.await.unwrap().messages;
        messages
            .iter()
            .filter(|message| message.from_bot)
            .flat_map(|message| receipts_in(&message.text))
            .collect()
    }
}

impl Screen {
    /// What a row's first button does.
    pub(crate) fn verb(&self, row: usize) -> Option<&str> {
        let button = self.message.buttons.get(row)?.first()?;
        data_of(button).split('.').next()
    }
}

/// A button's data without the number of its screen.
fn data_of(button: &Button) -> &str {
    let data = button.data.as_deref().unwrap_or_default();
    data.split_once(':').map_or(data, |(_, data)| data)
}

/// The number of a screen, by its buttons.
pub(crate) fn number_of(message: &Message) -> Option<u32> {
    let data = message.buttons.first()?.first()?.data.as_deref()?;
    data.split_once(':')?.0.parse().ok()
}

/// The receipts in a text.
pub(crate) fn receipts_in(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    text.split(|c| !is_part(c))
        .filter(|word| word.len() == "SL-XXXX-XXXX-XXXX".len() && word.starts_with("SL-"))
        .map(str::to_owned)
        .collect()
}

fn shown(chat: &Chat) -> String {
    let newest = chat.messages.iter().rev().take(6).rev();
    newest
        .map(|m| format!("\n{} {}: {} {:?}", m.id, m.from_bot, m.text, m.buttons))
        .collect()
}
