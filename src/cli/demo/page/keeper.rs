//! Keeps the bot's process and the list of phones for the page.
//!
//! Guarantees that at most one bot runs, that one that was killed can be started again on the same data, and that every page
//! is told how the bot is and which phones there are, by the emulator's note.

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use tokio::process::Child;
use tokio::sync::{mpsc, oneshot};

use super::super::bot::{self, Home};
use crate::emulator::client::Client;

/// Those of the first two phones: an organiser, and somebody of an organisation. Ids of later ones follow.
const FIRST: i64 = 2_001;
/// Phones that there may be.
const MOST: usize = 12;
/// Languages that Telegram's app has a code for here; any other phone speaks English.
const LANGUAGES: [&str; 2] = ["km", "en"];

/// Invented people, by the language of their phone.
const NAMES: [(&str, &str); 6] = [
    ("ម៉ាលី · ផ្កាឈូក", "Maly · Lotus Friends"),
    ("ដារ៉ា · ទន្លេបី", "Dara · Three Rivers"),
    ("បុប្ផា · ដើមត្នោត", "Bopha · Palm Tree Circle"),
    ("វិចិត្រ · ពន្លឺថ្មី", "Vichet · New Light"),
    ("សុផល · មេឃខៀវ", "Sophal · Blue Sky"),
    ("ចន្ថា · ទូកក្រដាស", "Chantha · Paper Boat"),
];

/// What a page asks for.
#[derive(Debug)]
pub(super) enum Order {
    /// End the bot at once, as a power cut would.
    Kill,
    /// Start it.
    Start,
    /// One more person with a phone of this language.
    Phone { language: String },
}

/// An order, and where its answer goes.
pub(super) type Asked = (Order, oneshot::Sender<anyhow::Result<Value>>);

/// How the bot is.
#[derive(Debug)]
enum Life {
    Running(Box<Child>),
    /// It was killed here.
    Killed,
    /// It ended by itself, and said this last.
    Ended(String),
}

/// See the module.
pub(super) struct Keeper {
    life: Life,
    phones: Vec<i64>,
    client: Client,
    // Dropped after the process.
    home: Home,
}

impl Keeper {
    pub(super) fn new(home: Home, client: Client) -> Self {
        Self {
            life: Life::Killed,
            phones: Vec::new(),
            client,
            home,
        }
    }

    /// Starts the bot; an organiser opens the owner's link, somebody else has a phone in Khmer.
    pub(super) async fn open(&mut self) -> anyhow::Result<()> {
        let mut child = self.home.spawn()?;
        let owner_link = bot::owner_link(&mut child, &self.home).await?;
        self.life = Life::Running(Box::new(child));
        self.phone("km").await?;
        let organiser = FIRST + 1;
        self.client.user(organiser, "Organiser", "en").await?;
        self.client.open_link(organiser, &owner_link).await?;
        self.phones.push(organiser);
        self.tell().await
    }

    /// Does what is asked, and sees when the bot ends.
    pub(super) async fn serve(&mut self, mut orders: mpsc::Receiver<Asked>) -> anyhow::Result<()> {
        loop {
            tokio::select! {
                asked = orders.recv() => {
                    let Some((order, answer)) = asked else { return Ok(()) };
                    let done = self.carry_out(order).await;
                    self.tell().await?;
                    // Whoever asked may have gone.
                    let _ = answer.send(done);
                }
                why = ended(&mut self.life) => {
                    let log = self.home.log();
                    let last = log.lines().last().unwrap_or_default();
                    self.life = Life::Ended(format!("{why}\n{last}"));
                    self.tell().await?;
                }
            }
        }
    }

    async fn carry_out(&mut self, order: Order) -> anyhow::Result<Value> {
        match order {
            Order::Kill => {
                if let Life::Running(child) = &mut self.life {
                    child.kill().await?;
                    self.life = Life::Killed;
                }
                Ok(self.shown())
            }
            Order::Start => {
                match &self.life {
                    Life::Running(_) => {}
                    Life::Killed | Life::Ended(_) => {
                        self.life = Life::Running(Box::new(self.home.spawn()?));
                    }
                }
                Ok(self.shown())
            }
            Order::Phone { language } => {
                ensure!(self.phones.len() < MOST, "there are {MOST} phones already");
                let id = self.phone(&language).await?;
                Ok(json!({"id": id}))
            }
        }
    }

    /// One more person with a phone.
    async fn phone(&mut self, language: &str) -> anyhow::Result<i64> {
        let known = LANGUAGES.iter().find(|known| **known == language);
        let language = known.copied().unwrap_or("en");
        // The organiser is one of them, and the second.
        let number = self.phones.len().saturating_sub(1);
        let round = number / NAMES.len();
        let (khmer, english) = NAMES[number % NAMES.len()];
        let mut name = if language == "km" { khmer } else { english }.to_owned();
        if round > 0 {
            name.push_str(&format!(" {}", round + 1));
        }
        let id = FIRST + i64::try_from(self.phones.len()).context("so many phones")?;
        self.client.user(id, &name, language).await?;
        self.phones.push(id);
        Ok(id)
    }

    fn shown(&self) -> Value {
        let (is, why) = match &self.life {
            Life::Running(_) => ("running", None),
            Life::Killed => ("stopped", None),
            Life::Ended(why) => ("ended", Some(why)),
        };
        json!({"is": is, "why": why})
    }

    /// Tells every page.
    async fn tell(&self) -> anyhow::Result<()> {
        let note = json!({"bot": self.shown(), "phones": self.phones});
        self.client.post("note", &note).await.map(drop)
    }

    /// Ends the bot as an operator would.
    pub(super) async fn close(mut self) -> anyhow::Result<()> {
        match &mut self.life {
            Life::Running(child) => bot::terminate(child).await.map(drop),
            Life::Killed | Life::Ended(_) => Ok(()),
        }
    }
}

/// Waits until a bot that runs has ended; how it did.
async fn ended(life: &mut Life) -> String {
    match life {
        Life::Running(child) => match child.wait().await {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        },
        Life::Killed | Life::Ended(_) => std::future::pending().await,
    }
}
