//! `demo --chat`: talking to the bot in the terminal. Buttons are numbers.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;

use crate::emulator::client::{Chat, Client, Message};

const ME: i64 = 2_001;
const OWNER: i64 = 2_002;

/// How long nothing must come before the conversation is taken to be over.
const QUIET: Duration = Duration::from_secs(2);

const INTRODUCTION: &str = "\
You are a person with a phone, and this is your chat with the bot. Write as you would there.
  3             press the button with this number
  /voice 20     send a voice note of 20 seconds        /photo   send a photo
  /edit TEXT    edit the last message that you wrote   /owner   become the organiser, or the member again
  Ctrl-D        end
";

/// Talks until the input ends.
pub(super) async fn run(client: &Client, owner_link: &str) -> anyhow::Result<()> {
    println!("{INTRODUCTION}");
    client.user(ME, "You", "en").await?;
    client.user(OWNER, "Organiser", "en").await?;
    let mut lines = lines();
    let mut talk = Talk {
        client,
        user: ME,
        seen: 0,
        toast: None,
        said: BTreeMap::new(),
        buttons: Vec::new(),
    };
    client.start(ME, None).await?;
    let mut owner_knows = false;
    loop {
        let chat = tokio::select! {
            line = lines.recv() => {
                let Some(line) = line else { return talk.rest().await };
                if line == "/owner" {
                    talk.change_sides();
                    if talk.user == OWNER && !owner_knows {
                        owner_knows = true;
                        client.start(OWNER, owner_link.split_once("start=").map(|(_, code)| code)).await?;
                    }
                } else if let Err(error) = talk.act(&line).await {
                    println!("  ({error:#})");
                }
                continue;
            }
            chat = client.chat(talk.user, talk.seen, Duration::from_secs(20)) => chat?,
        };
        talk.show(&chat)?;
    }
}

/// The lines of the input, read on a thread of their own, since a terminal cannot be waited for otherwise.
fn lines() -> mpsc::UnboundedReceiver<String> {
    let (sender, receiver) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    receiver
}

struct Talk<'a> {
    client: &'a Client,
    user: i64,
    seen: u64,
    /// The press whose notice was shown last.
    toast: Option<String>,
    /// What each message of the bot said when it was printed.
    said: BTreeMap<i64, String>,
    /// The newest buttons: the message and the label.
    buttons: Vec<(i64, String)>,
}

impl Talk<'_> {
    fn change_sides(&mut self) {
        self.user = if self.user == ME { OWNER } else { ME };
        self.seen = 0;
        self.said.clear();
        self.buttons.clear();
        println!(
            "\n--- you are {} now ---",
            if self.user == ME {
                "the member"
            } else {
                "the organiser"
            }
        );
    }

    async fn act(&self, line: &str) -> anyhow::Result<()> {
        let button = line
            .trim()
            .parse::<usize>()
            .ok()
            .and_then(|n| self.buttons.get(n.checked_sub(1)?));
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match (button, verb) {
            (Some((message, label)), _) => self
                .client
                .press_in(self.user, *message, label)
                .await
                .map(drop),
            (None, "/voice") => {
                let seconds: u32 = rest.trim().parse().unwrap_or(20);
                let voice = json!({"from": self.user, "voice": {"size": 4_000 * seconds, "duration": seconds}});
                self.client.send(&voice).await.map(drop)
            }
            (None, "/photo") => self
                .client
                .send(&json!({"from": self.user, "photo": {"size": 90_000}}))
                .await
                .map(drop),
            (None, "/edit") => {
                let chat = self.client.chat(self.user, 0, Duration::ZERO).await?;
                let mine = chat
                    .messages
                    .iter()
                    .rev()
                    .find(|message| !message.from_bot && message.kind == "text");
                match mine {
                    Some(message) => self
                        .client
                        .edit(self.user, message.id, rest)
                        .await
                        .map(drop),
                    None => anyhow::bail!("you have not written anything yet"),
                }
            }
            (None, _) => self.client.send_text(self.user, line).await.map(drop),
        }
    }

    /// Prints what still comes once there is nothing more to say.
    async fn rest(&mut self) -> anyhow::Result<()> {
        loop {
            let chat = self.client.chat(self.user, self.seen, QUIET).await?;
            if chat.event <= self.seen {
                return Ok(());
            }
            self.show(&chat)?;
        }
    }

    /// Prints what is new.
    fn show(&mut self, chat: &Chat) -> anyhow::Result<()> {
        let mut out = std::io::stdout();
        for message in &chat.messages {
            if message.from_bot && !message.deleted && message.event > self.seen {
                self.show_message(&mut out, message)?;
                self.said.insert(message.id, message.text.clone());
            }
        }
        if let Some(toast) = &chat.last_toast {
            let is_new = self.toast.as_ref() != Some(&toast.callback_query_id);
            if is_new && !toast.text.is_empty() {
                writeln!(out, "  ( {} )", toast.text)?;
            }
            self.toast = Some(toast.callback_query_id.clone());
        }
        self.seen = chat.event;
        out.flush()?;
        Ok(())
    }

    fn show_message(
        &mut self,
        out: &mut impl std::io::Write,
        message: &Message,
    ) -> anyhow::Result<()> {
        if message.buttons.is_empty() {
            self.buttons.retain(|(id, _)| *id != message.id);
            // That it lost its buttons is no news.
            if self.said.get(&message.id) == Some(&message.text) {
                return Ok(());
            }
        }
        writeln!(out)?;
        for line in message.text.lines() {
            writeln!(out, "    {line}")?;
        }
        if let Some(file) = &message.document {
            writeln!(
                out,
                "    (file {}, {} bytes)",
                file.file_name.as_deref().unwrap_or("?"),
                file.file_size
            )?;
        }
        if !message.buttons.is_empty() {
            self.buttons.clear();
        }
        for row in &message.buttons {
            let mut labels = Vec::new();
            for button in row {
                self.buttons.push((message.id, button.text.clone()));
                labels.push(format!("{} [{}]", self.buttons.len(), button.text));
            }
            writeln!(out, "      {}", labels.join("   "))?;
        }
        Ok(())
    }
}
