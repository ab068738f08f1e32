//! The play: a dozen organisations say what they want raised, and the organisers read it.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use tokio::task::JoinSet;

use super::bot::Bot;
use super::phone::Phone;
use super::voices::{VOICES, Voice};
use crate::config::Kind;
use crate::domain::concern::{Disclosure, question};
use crate::domain::{Language, Receipt};
use crate::emulator::client::{Client, Message};
use crate::text::{Forum, Phrases, card};

pub(super) async fn run(client: &Client, bot: &Bot, forum: &Arc<Forum>) -> anyhow::Result<()> {
    println!("Samleng demo: a Bot API emulator and the bot, both on this machine only.\n");
    let mut people = JoinSet::new();
    for (voice, user) in VOICES.iter().zip(1_001..) {
        let (client, forum) = (client.clone(), Arc::clone(forum));
        let aloud = user == 1_001;
        people.spawn(async move {
            let talk = Talk::new(&client, user, voice, &forum, aloud).await?;
            talk.whole()
                .await
                .with_context(|| format!("talking as {}", voice.organisation))
        });
    }
    let mut receipts = BTreeSet::new();
    while let Some(receipt) = people.join_next().await {
        receipts.insert(receipt??);
        let mut out = std::io::stdout();
        writeln!(
            out,
            "  … {} of {} organisations have their receipt",
            receipts.len(),
            VOICES.len()
        )?;
        out.flush()?;
    }
    let digest = organiser(client, bot, forum).await?;
    println!("\nWhat the organiser gets with /digest:\n");
    for message in &digest {
        println!("{}\n", indent(&message.text));
    }
    let read: String = digest.iter().map(|message| message.text.as_str()).collect();
    let missing = receipts
        .iter()
        .filter(|receipt| !read.contains(&receipt.to_string()))
        .count();
    ensure!(missing == 0, "{missing} concerns are not in the digest");
    ensure!(bot.data().join("store").exists(), "nothing was stored");
    println!("All {} receipts are in the digest.\n", receipts.len());
    println!("Next:");
    println!("  samleng demo --chat      talk to the bot yourself, in this terminal");
    println!("  samleng run --help       run it with a token from BotFather");
    println!("  samleng check --help     change the form, the topics, the words");
    Ok(())
}

/// The owner opens the link, goes through the queue and asks for the digest.
async fn organiser(client: &Client, bot: &Bot, forum: &Forum) -> anyhow::Result<Vec<Message>> {
    let english = forum
        .words
        .phrases(Language::parse("en").context("en is a language")?);
    let mut phone = Phone::new(client, 1_000, "Organiser", "en").await?;
    let payload = bot
        .owner_link()
        .split_once("start=")
        .map(|(_, payload)| payload);
    phone.open(payload).await?;
    phone.press(&english.language_name()).await?;
    // Through the queue, a tap a concern.
    let waiting = english.number(VOICES.len() as u64);
    phone.press(&english.button_concerns(&waiting)).await?;
    let newest = format!("{} · {waiting}", english.lens_new());
    phone.press(&newest).await?;
    for _ in VOICES {
        phone.press(&english.button_approve()).await?;
    }
    println!(
        "\nThe organiser has gone through the queue: {} concerns, a tap each.",
        VOICES.len()
    );
    phone.press(&english.button_back()).await?;
    phone.press(&english.button_digest()).await?;
    // The last message of the digest is the one with the buttons for other forms of it.
    let shared = english.button_shared();
    let is_last = |message: &Message| {
        message
            .buttons
            .iter()
            .flatten()
            .any(|button| button.text == shared)
    };
    let news = phone.wait_for(|news| news.iter().any(is_last)).await?;
    Ok(news
        .into_iter()
        .filter(|message| message.edits == 0)
        .collect())
}

/// One person's conversation.
struct Talk<'a> {
    phone: Phone,
    voice: &'static Voice,
    forum: &'a Forum,
    phrases: Phrases<'a>,
    /// Whether it is shown as it goes.
    aloud: bool,
}

impl<'a> Talk<'a> {
    async fn new(
        client: &Client,
        user: i64,
        voice: &'static Voice,
        forum: &'a Forum,
        aloud: bool,
    ) -> anyhow::Result<Self> {
        let language = Language::parse(voice.language).context("a language code")?;
        let phone = Phone::new(client, user, "Somebody", voice.language).await?;
        Ok(Self {
            phone,
            voice,
            forum,
            phrases: forum.words.phrases(language),
            aloud,
        })
    }

    async fn whole(mut self) -> anyhow::Result<Receipt> {
        self.shown("▶ /start".to_owned());
        let news = self.phone.open(None).await?;
        self.heard(&news);
        self.press(&self.phrases.language_name()).await?;
        self.press(&self.phrases.button_agree()).await?;
        self.say(self.voice.organisation).await?;
        let province = card::place(
            &self.forum.config,
            self.voice.province,
            self.phrases.language(),
        );
        self.press(&province).await?;
        self.press(&self.phrases.button_new()).await?;
        for question in &self.forum.config.form {
            self.answer(&question.id, &question.kind).await?;
        }
        let news = self.press(&self.phrases.button_submit()).await?;
        let receipt = news
            .iter()
            .flat_map(|message| message.text.split_whitespace())
            .find(|word| word.starts_with("SL-"));
        Receipt::parse(receipt.context("no receipt came")?).context("what came is no receipt")
    }

    async fn answer(&mut self, id: &str, kind: &Kind) -> anyhow::Result<()> {
        let language = self.phrases.language();
        match kind {
            Kind::Choice(choices) => {
                let wanted = if id == question::TOPIC {
                    self.voice.topic
                } else {
                    self.voice.urgency
                };
                let known = choices
                    .iter()
                    .find(|choice| choice.id == wanted)
                    .or(choices.first());
                let label = known.context("a choice")?.label.get(language).to_owned();
                self.press(&label).await?;
            }
            Kind::Place => {
                let label = card::place(&self.forum.config, self.voice.place, language);
                self.press(&label).await?;
            }
            Kind::Disclosure => {
                let chosen = Disclosure::from_id(self.voice.disclosure).context("a disclosure")?;
                self.press(&card::disclosure(chosen, self.phrases)).await?;
            }
            Kind::Text { .. } => {
                self.say(match id {
                    question::TITLE => self.voice.title,
                    question::AFFECTED => self.voice.affected,
                    _ => self.voice.ask,
                })
                .await?;
            }
            Kind::Number { min, .. } => self.say(&min.to_string()).await?,
            Kind::Story { .. } => {
                for words in self.voice.story {
                    self.say(words).await?;
                }
                if let Some(seconds) = self.voice.spoken {
                    self.shown(format!("▶ (voice note, {seconds} s)"));
                    let news = self.phone.speak(seconds).await?;
                    self.heard(&news);
                }
                self.press(&self.phrases.button_done()).await?;
            }
        }
        Ok(())
    }

    async fn say(&mut self, words: &str) -> anyhow::Result<()> {
        self.shown(format!("▶ {words}"));
        let news = self.phone.say(words).await?;
        self.heard(&news);
        Ok(())
    }

    async fn press(&mut self, label: &str) -> anyhow::Result<Vec<Message>> {
        self.shown(format!("▶ [{label}]"));
        let news = self.phone.press(label).await?;
        self.heard(&news);
        Ok(news)
    }

    fn heard(&self, news: &[Message]) {
        for message in news {
            let mut text = indent(&message.text);
            for row in &message.buttons {
                let labels: Vec<_> = row
                    .iter()
                    .map(|button| format!("[{}]", button.text))
                    .collect();
                text.push_str(&format!("\n      {}", labels.join(" ")));
            }
            self.shown(text);
        }
    }

    fn shown(&self, text: String) {
        if self.aloud {
            println!("{text}");
        }
    }
}

fn indent(text: &str) -> String {
    text.lines()
        .map(|line| format!("    {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}
