//! The organiser of the demo: becomes the owner, binds the group, says what is known of the meeting and changes it.

use anyhow::Context as _;
use serde_json::json;

use super::phone::Phone;
use crate::domain::{Language, Receipt};
use crate::emulator::client::{Client, Message};
use crate::text::{Forum, Phrases};

pub(super) const OWNER: i64 = 1_000;
pub(super) const GROUP: i64 = -500;

/// See the module.
pub(super) struct Organiser<'a> {
    pub(super) phone: Phone,
    pub(super) phrases: Phrases<'a>,
    client: &'a Client,
}

impl<'a> Organiser<'a> {
    /// Opens the owner's link, and makes a group the organisers'.
    pub(super) async fn new(
        client: &'a Client,
        forum: &'a Forum,
        owner_link: &str,
    ) -> anyhow::Result<Self> {
        let english = Language::parse("en").context("en is a language")?;
        let phrases = forum.words.phrases(english);
        let mut phone = Phone::new(client, OWNER, "Organiser", "en").await?;
        let payload = owner_link.split_once("start=").map(|(_, payload)| payload);
        phone.open(payload).await?;
        phone.press(&phrases.language_name()).await?;
        let group =
            json!({"id": GROUP, "type": "group", "members": [OWNER], "bot": "member", "by": OWNER});
        client.group(&group).await?;
        client.send_text_in(GROUP, OWNER, "/bind").await?;
        let organiser = Self {
            phone,
            phrases,
            client,
        };
        let bound = organiser.phrases.group_bound(0).to_plain();
        organiser
            .group_sees(|message| message.text == bound)
            .await?;
        Ok(organiser)
    }

    /// Waits until the group shows such a message; the newest that is.
    pub(super) async fn group_sees(
        &self,
        such: impl Fn(&Message) -> bool,
    ) -> anyhow::Result<Message> {
        let mut event = 0;
        for _ in 0..60 {
            let wait = std::time::Duration::from_secs(1);
            let chat = self.client.chat(GROUP, event, wait).await?;
            event = chat.event;
            let mut ours = chat.messages.into_iter().rev().filter(|said| said.from_bot);
            if let Some(message) = ours.find(&such) {
                return Ok(message);
            }
        }
        anyhow::bail!("it does not come to the organisers' group")
    }

    /// Waits until the group shows the card of this concern.
    pub(super) async fn group_sees_card(&self, receipt: Receipt) -> anyhow::Result<()> {
        let receipt = receipt.to_string();
        let card = self.group_sees(|message| message.text.contains(&receipt));
        card.await.map(drop)
    }

    /// Begins to edit the meeting.
    pub(super) async fn edit(&mut self) -> anyhow::Result<()> {
        self.phone.catch_up().await?;
        self.phone.say("/meeting").await?;
        self.phone
            .press(&self.phrases.button_edit_meeting())
            .await?;
        Ok(())
    }

    /// Goes to one thing that is known of it, by its name.
    pub(super) async fn field(&mut self, name: &str) -> anyhow::Result<()> {
        self.phone.press(&self.phrases.button_change(name)).await?;
        Ok(())
    }

    /// Types what is known of it.
    pub(super) async fn set(&mut self, name: &str, words: &str) -> anyhow::Result<()> {
        self.field(name).await?;
        self.phone.say(words).await?;
        Ok(())
    }

    /// Saves it.
    pub(super) async fn save(&mut self) -> anyhow::Result<Vec<Message>> {
        self.phone.press(&self.phrases.button_save()).await
    }

    /// Saves it, and has everybody told; waits until they are.
    pub(super) async fn save_and_tell(&mut self) -> anyhow::Result<()> {
        // To send it, and to send it really: the first button each time.
        let mut screen = self.save().await?;
        for _ in 0..2 {
            let first = |message: &Message| Some(message.buttons.first()?.first()?.text.clone());
            let label = screen.iter().rev().find_map(first);
            screen = self.phone.press(&label.context("no button")?).await?;
        }
        let everybody = self.phrases.audience_everyone();
        let over = self.phrases.report_over(&everybody).to_plain();
        let is_over = |message: &Message| message.text.starts_with(&over);
        if !screen.iter().any(is_over) {
            self.phone
                .wait_for(|news| news.iter().any(is_over))
                .await
                .context("waiting for the report of the announcement")?;
        }
        Ok(())
    }
}
