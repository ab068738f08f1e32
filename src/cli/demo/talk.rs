//! A person of the demo talks to the bot: joins, answers the form, gets the receipt.

use anyhow::Context as _;

use super::phone::Phone;
use super::voices::Voice;
use crate::config::Kind;
use crate::domain::concern::{Disclosure, question};
use crate::domain::{Language, Receipt};
use crate::emulator::client::{Client, Message};
use crate::text::{Forum, Phrases, card};

/// One person's conversation.
pub(super) struct Talk<'a> {
    pub(super) phone: Phone,
    pub(super) voice: &'static Voice,
    forum: &'a Forum,
    pub(super) phrases: Phrases<'a>,
    /// Whether it is shown as it goes.
    aloud: bool,
}

impl<'a> Talk<'a> {
    pub(super) async fn new(
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

    /// From the first word to the receipt.
    pub(super) async fn whole(&mut self) -> anyhow::Result<Receipt> {
        self.join().await?;
        self.press(&self.phrases.button_new()).await?;
        self.answer_from(0, usize::MAX).await?;
        self.submit().await
    }

    /// Up to the menu.
    pub(super) async fn join(&mut self) -> anyhow::Result<()> {
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
        Ok(())
    }

    /// Answers so many questions of the form, from this one on.
    pub(super) async fn answer_from(&mut self, first: usize, count: usize) -> anyhow::Result<()> {
        for question in self.forum.config.form.iter().skip(first).take(count) {
            self.answer(&question.id, &question.kind).await?;
        }
        Ok(())
    }

    /// From the review to the receipt.
    pub(super) async fn submit(&mut self) -> anyhow::Result<Receipt> {
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
            Kind::Number { min, .. } => {
                self.say(&min.to_string()).await?;
            }
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

    pub(super) async fn say(&mut self, words: &str) -> anyhow::Result<Vec<Message>> {
        self.shown(format!("▶ {words}"));
        let news = self.phone.say(words).await?;
        self.heard(&news);
        Ok(news)
    }

    pub(super) async fn press(&mut self, label: &str) -> anyhow::Result<Vec<Message>> {
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

/// Set off from what is said about it.
pub(super) fn indent(text: &str) -> String {
    text.lines()
        .map(|line| format!("    {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}
