//! The control API from Rust, for demo, tests and benches.
//!
//! Guarantees one method for each verb, and that a refused call is an error with the server's words. Follows no redirect and
//! uses no proxy. Never waits by itself: what waits says so in its parameters.

use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};

pub use shapes::{Button, Call, Calls, Chat, Done, File, Message, Toast};

mod groups;
mod luck;
mod shapes;

/// A client for one bot of an emulator. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Client {
    /// A client for the bot with this token; `base_url` is what the emulator printed.
    ///
    /// # Errors
    /// When no HTTP client can be built.
    pub fn new(base_url: &str, token: &str) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true)
            .build()
            .context("cannot build an HTTP client")?;
        Ok(Self::with_http(http, base_url, token))
    }

    /// As [`Client::new`], sharing connections with others.
    #[must_use]
    pub fn with_http(http: reqwest::Client, base_url: &str, token: &str) -> Self {
        Self {
            http,
            base: base_url.trim_end_matches('/').to_owned(),
            token: token.to_owned(),
        }
    }

    /// Any POST verb.
    ///
    /// # Errors
    /// When the emulator refuses, with its words, or cannot be reached. The same holds for every other method here.
    pub async fn post(&self, verb: &str, fields: &Value) -> anyhow::Result<Value> {
        let url = format!("{}/control/{}/{verb}", self.base, self.token);
        let response = self
            .http
            .post(url)
            .json(fields)
            .send()
            .await
            .context("the emulator does not answer")?;
        read(verb, response).await
    }

    /// Any GET verb, with its query.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn get(&self, verb: &str, query: &[(&str, String)]) -> anyhow::Result<Value> {
        let url = format!("{}/control/{}/{verb}", self.base, self.token);
        let response = self
            .http
            .get(url)
            .query(query)
            .send()
            .await
            .context("the emulator does not answer")?;
        read(verb, response).await
    }

    /// Creates a person and their private chat.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn user(&self, id: i64, first_name: &str, language_code: &str) -> anyhow::Result<()> {
        let fields = json!({"id": id, "first_name": first_name, "language_code": language_code});
        self.post("user", &fields).await.map(drop)
    }

    /// A person writes.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn send_text(&self, from: i64, text: &str) -> anyhow::Result<Done> {
        self.send(&json!({"from": from, "text": text})).await
    }

    /// A person sends anything; the fields of the verb `send`.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn send(&self, fields: &Value) -> anyhow::Result<Done> {
        done(self.post("send", fields).await?)
    }

    /// A person opens the bot by its link.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn start(&self, from: i64, payload: Option<&str>) -> anyhow::Result<Done> {
        done(
            self.post("start", &json!({"from": from, "payload": payload}))
                .await?,
        )
    }

    /// A person opens a link into the bot, such as `https://t.me/<bot>?start=<payload>`.
    ///
    /// # Errors
    /// As [`Client::post`]; also when the link opens another bot.
    pub async fn open_link(&self, from: i64, link: &str) -> anyhow::Result<Done> {
        let fields = json!({"from": from, "link": link});
        done(self.post("start", &fields).await?)
    }

    /// A person sends an album; each item is as the fields of the verb `send`. One [`Done`] for each item.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn album(&self, from: i64, items: &[Value]) -> anyhow::Result<Vec<Done>> {
        let mut sent = self
            .post("album", &json!({"from": from, "items": items}))
            .await?;
        read_as(sent["messages"].take())
    }

    /// The commands that a person sees in a chat, as `command` and `description`.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn commands_seen(
        &self,
        chat: i64,
        user: i64,
    ) -> anyhow::Result<Vec<(String, String)>> {
        let query = [("user", user.to_string())];
        let seen = self.get(&format!("commands/{chat}"), &query).await?;
        let text = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
        let list = seen["commands"].as_array().context("no list of commands")?;
        Ok(list
            .iter()
            .map(|item| (text(item, "command"), text(item, "description")))
            .collect())
    }

    /// `name`, `description` and `short_description` as a person of this language sees them.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn profile(&self, language: &str) -> anyhow::Result<Value> {
        self.get("profile", &[("language", language.to_owned())])
            .await
    }

    /// A person presses the button with this label, in the newest message with buttons or on the reply keyboard.
    ///
    /// # Errors
    /// As [`Client::post`]; also when no button, or several, have the label.
    pub async fn press(&self, from: i64, label: &str) -> anyhow::Result<Done> {
        done(
            self.post("press", &json!({"from": from, "label": label}))
                .await?,
        )
    }

    /// As [`Client::press`], in this message.
    ///
    /// # Errors
    /// As [`Client::press`].
    pub async fn press_in(&self, from: i64, message_id: i64, label: &str) -> anyhow::Result<Done> {
        done(
            self.post(
                "press",
                &json!({"from": from, "label": label, "message_id": message_id}),
            )
            .await?,
        )
    }

    /// A broken client sends this data as if a button held it.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn press_data(
        &self,
        from: i64,
        message_id: Option<i64>,
        data: &str,
    ) -> anyhow::Result<Done> {
        let mut fields = json!({"from": from, "data": data});
        if let Some(id) = message_id {
            fields["message_id"] = json!(id);
        }
        done(self.post("press", &fields).await?)
    }

    /// A person edits an own text.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn edit(&self, from: i64, message_id: i64, text: &str) -> anyhow::Result<Done> {
        done(
            self.post(
                "edit",
                &json!({"from": from, "message_id": message_id, "text": text}),
            )
            .await?,
        )
    }

    /// A person blocks or unblocks the bot.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn block(&self, from: i64, blocked: bool) -> anyhow::Result<Done> {
        done(
            self.post("block", &json!({"from": from, "blocked": blocked}))
                .await?,
        )
    }

    /// Calls after number `after`; waits up to `wait` for the first.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn calls_after(&self, after: u64, wait: Duration) -> anyhow::Result<Calls> {
        let query = [
            ("after", after.to_string()),
            ("wait", wait.as_secs_f64().to_string()),
        ];
        read_as(self.get("calls", &query).await?)
    }

    /// As [`Client::calls_after`], only of one method.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn calls_of(
        &self,
        method: &str,
        after: u64,
        wait: Duration,
    ) -> anyhow::Result<Calls> {
        let wait = wait.as_secs_f64().to_string();
        let query = [
            ("after", after.to_string()),
            ("wait", wait),
            ("method", method.to_owned()),
        ];
        read_as(self.get("calls", &query).await?)
    }

    /// A chat with all its messages, once its event is above `after`; waits up to `wait` for that, then shows it anyway.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn chat(&self, id: i64, after: u64, wait: Duration) -> anyhow::Result<Chat> {
        self.chat_newest(id, after, wait, usize::MAX).await
    }

    /// As [`Client::chat`], with only the newest messages; for long chats.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn chat_newest(
        &self,
        id: i64,
        after: u64,
        wait: Duration,
        newest: usize,
    ) -> anyhow::Result<Chat> {
        let query = [
            ("after", after.to_string()),
            ("wait", wait.as_secs_f64().to_string()),
            ("newest", newest.to_string()),
        ];
        read_as(self.get(&format!("chat/{id}"), &query).await?)
    }

    /// The updates with their state, the next id, and the offsets the bot confirmed.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn updates(&self) -> anyhow::Result<Value> {
        self.get("updates", &[]).await
    }

    /// The bytes of a file of any size.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn file(&self, file_id: &str) -> anyhow::Result<Vec<u8>> {
        let url = format!("{}/control/{}/file/{file_id}", self.base, self.token);
        let response = self
            .http
            .get(url)
            .send()
            .await
            .context("the emulator does not answer")?;
        if !response.status().is_success() {
            bail!("file: {}", response.text().await.unwrap_or_default());
        }
        Ok(response.bytes().await.context("the file broke off")?.into())
    }
}

async fn read(verb: &str, response: reqwest::Response) -> anyhow::Result<Value> {
    let good = response.status().is_success();
    let answer: Value = response
        .json()
        .await
        .with_context(|| format!("{verb}: no JSON"))?;
    if !good {
        bail!("{verb}: {}", answer["error"].as_str().unwrap_or("refused"));
    }
    Ok(answer)
}

fn read_as<T: serde::de::DeserializeOwned>(answer: Value) -> anyhow::Result<T> {
    serde_json::from_value(answer).context("the emulator answers in another shape")
}

fn done(answer: Value) -> anyhow::Result<Done> {
    read_as(answer)
}
