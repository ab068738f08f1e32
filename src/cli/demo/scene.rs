//! The stage of `demo --fast-forward`: time that is moved, what is told of it, and what the bot sent meanwhile.
//!
//! Guarantees: time goes forward only, and whoever moved it goes on when the bot has seen that and done what was due: it has
//! answered somebody who wrote after that. What is told is dated by the emulator's clock, in the meeting's time zone.

use std::ffi::OsStr;
use std::time::Duration;

use anyhow::Context as _;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};
use serde_json::{Value, json};

use super::bot::Bot;
use super::ledger::{Ledger, reminder};
use super::phone::Phone;
use crate::emulator::client::{Client, Message};
use crate::text::Forum;

/// Letters of a line.
const WIDTH: usize = 100;
/// From this number on people are nobody's members: they come by, and get an answer.
const PASSERS: i64 = 9_000;
/// What stands before a line that has no date of its own.
const MARGIN: &str = "                   ";

/// See the module.
pub(super) struct Scene<'a> {
    pub(super) client: &'a Client,
    pub(super) bot: &'a Bot,
    pub(super) forum: &'a Forum,
    pub(super) zone: TimeZone,
    /// The Monday on which it begins: day 0.
    pub(super) monday: Date,
    pub(super) ledger: Ledger,
    /// How many have come by.
    passers: i64,
    /// The date that was printed last.
    dated: String,
}

impl<'a> Scene<'a> {
    /// On the next Monday morning.
    pub(super) async fn new(
        client: &'a Client,
        bot: &'a Bot,
        forum: &'a Forum,
    ) -> anyhow::Result<Self> {
        let zone = forum.config.settings.zone.clone();
        let today = now(client, &zone).await?.date();
        let monday = today.nth_weekday(1, Weekday::Monday)?;
        let mut scene = Self {
            client,
            bot,
            forum,
            zone,
            monday,
            ledger: Ledger::default(),
            passers: 0,
            dated: String::new(),
        };
        scene.forward(0, 10).await?;
        Ok(scene)
    }

    /// The date of a day of the story.
    pub(super) fn date(&self, day: i32) -> anyhow::Result<Date> {
        Ok(self.monday.checked_add(day.days())?)
    }

    /// Moves time to this hour of this day, and waits until the bot knows.
    pub(super) async fn forward(&mut self, day: i32, hour: i8) -> anyhow::Result<()> {
        // What was sent before is dated before, by the bot as well: it has noted that when it answers.
        self.read().await?;
        self.bot_shows().await?;
        let to = self.date(day)?.to_datetime(Time::new(hour, 0, 0, 0)?);
        let to = to.to_zoned(self.zone.clone())?.timestamp();
        let from = now(self.client, &self.zone).await?.timestamp();
        let step = Duration::try_from(to.duration_since(from));
        let step = step.context("the story would go back in time")?;
        self.client.time(step).await?;
        while self.bot_shows().await? < to {}
        // What it found to be due when it saw that is on its way before the answer to whoever writes now.
        self.passers += 1;
        let passer = PASSERS + self.passers;
        let mut phone = Phone::new(self.client, passer, "Passer-by", "en").await?;
        phone.open(None).await.map(drop)
    }

    /// Listens in the night for what must not come: longer than Telegram's limits, which go by real time, keep a reminder from
    /// a chat. What comes is dated, and found when all is over.
    pub(super) async fn listen(&mut self) -> anyhow::Result<()> {
        self.read().await?;
        self.ledger.listen(self.client).await
    }

    /// The bot's time.
    async fn bot_shows(&self) -> anyhow::Result<Timestamp> {
        let digest = ["digest", "--format", "json"].map(OsStr::new);
        let digest: Value = serde_json::from_str(&self.bot.ask(&digest).await?)?;
        let made_at = digest["made_at"].as_str().context("a digest has a date")?;
        Ok(made_at.parse()?)
    }

    /// Reads what was sent.
    pub(super) async fn read(&mut self) -> anyhow::Result<()> {
        let (client, forum) = (self.client, self.forum);
        self.ledger.read(client, forum, &self.zone).await?;
        self.ledger.all.retain(|sent| sent.chat < PASSERS);
        Ok(())
    }

    /// Waits until somebody gets this reminder; its words.
    pub(super) async fn hears(&self, phone: &mut Phone, id: &str) -> anyhow::Result<String> {
        let is_it = |message: &&Message| reminder(&message.text, self.forum).as_deref() == Some(id);
        let news = phone.wait_for(|news| news.iter().any(|message| is_it(&message)));
        let news = news.await.with_context(|| format!("waiting for {id}"))?;
        let message = news.iter().find(is_it).context("it came")?;
        Ok(message.text.clone())
    }

    /// Tells what happens.
    pub(super) async fn tell(&mut self, text: &str) -> anyhow::Result<()> {
        let now = now(self.client, &self.zone).await?;
        let dated = now.strftime("%a %d %b, %H:00").to_string();
        for (number, line) in wrapped(text).into_iter().enumerate() {
            if number == 0 && dated != self.dated {
                println!("{dated:<19}{line}");
                self.dated.clone_from(&dated);
            } else {
                println!("{MARGIN}{line}");
            }
        }
        Ok(())
    }
}

/// What a phone shows, word for word.
pub(super) fn quote(text: &str) {
    for paragraph in text.lines().filter(|line| !line.is_empty()) {
        for line in wrapped(paragraph) {
            println!("{MARGIN}  ┃ {line}");
        }
    }
}

/// The time of the emulator's clock.
async fn now(client: &Client, zone: &TimeZone) -> anyhow::Result<Zoned> {
    let moved = client.post("time", &json!({})).await?;
    let now_ms = moved["now_ms"].as_i64().context("a clock shows a time")?;
    Ok(Timestamp::from_millisecond(now_ms)?.to_zoned(zone.clone()))
}

/// Lines of some length; Khmer sentences are not broken.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let begun = lines.last().map_or(0, |line| line.chars().count());
        if begun > 0 && begun + 1 + word.chars().count() > WIDTH - MARGIN.len() {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}
