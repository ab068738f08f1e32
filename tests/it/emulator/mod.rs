//! The emulator against the table of rules it enforces, row by row, over plain HTTP.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod albums;
mod commands;
mod control;
mod documented;
mod downloads;
mod edits;
mod events;
mod faults;
mod files;
mod groups;
mod library;
mod limits;
mod markup;
mod methods;
mod migration;
mod people;
mod polls;
mod profile;
mod said;
mod texts;
mod voices;
mod webhooks;

use std::time::Duration;

use reqwest::multipart::{Form, Part};
use samleng::emulator::client::Client;
use samleng::emulator::{Config, Emulator, Limits, Running};
use serde_json::{Value, json};

const TOKEN: &str = "4242:AAemulator";
/// A person who wrote to the bot.
const SOK: i64 = 1001;
/// Another person; a test that needs them makes them.
const CHAN: i64 = 1002;
/// Long enough that only a lost wake-up gets there.
const LONG: Duration = Duration::from_secs(30);

/// One emulator and one bot.
struct World {
    running: Running,
    http: reqwest::Client,
    people: Client,
}

/// A rule: row, method, parameters, status, description.
type Rule<'a> = (u8, &'a str, Value, u16, &'a str);

impl World {
    async fn new(limits: Limits) -> Self {
        let running = Emulator::start(Config {
            limits,
            ..Config::default()
        })
        .await
        .unwrap();
        let people = running.client(TOKEN).unwrap();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        // Time stands still, so that no test depends on how fast it runs.
        people.freeze(true).await.unwrap();
        people.user(SOK, "Sok", "km").await.unwrap();
        people.send_text(SOK, "/start").await.unwrap();
        Self {
            running,
            http,
            people,
        }
    }

    /// Without send limits.
    async fn free() -> Self {
        Self::new(Limits::Off).await
    }

    fn url(&self, method: &str) -> String {
        format!("{}/bot{TOKEN}/{method}", self.running.url())
    }

    async fn post(&self, method: &str, params: &Value) -> reqwest::Response {
        self.http
            .post(self.url(method))
            .json(params)
            .send()
            .await
            .unwrap()
    }

    /// Status and body of a call.
    async fn call(&self, method: &str, params: Value) -> (u16, Value) {
        let response = self.post(method, &params).await;
        let status = response.status().as_u16();
        (status, response.json().await.unwrap())
    }

    /// The result of a call that must succeed.
    async fn ok(&self, method: &str, params: Value) -> Value {
        let (status, body) = self.call(method, params).await;
        assert_eq!(
            (status, &body["ok"]),
            (200, &json!(true)),
            "{method}: {body}"
        );
        body["result"].clone()
    }

    /// The description of a call that must fail with this code.
    async fn err(&self, code: u16, method: &str, params: Value) -> String {
        let (status, body) = self.call(method, params).await;
        assert_eq!(
            (status, &body["error_code"]),
            (code, &json!(code)),
            "{method}: {body}"
        );
        assert_eq!(body["ok"], json!(false));
        body["description"].as_str().unwrap().to_owned()
    }

    /// Status and body of a call with files.
    async fn upload(&self, method: &str, form: Form) -> (u16, Value) {
        let request = self.http.post(self.url(method)).multipart(form);
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap())
    }

    /// The result of a call with files that must succeed.
    async fn uploaded(&self, method: &str, form: Form) -> Value {
        let (status, body) = self.upload(method, form).await;
        assert_eq!(status, 200, "{method}: {body}");
        body["result"].clone()
    }

    /// Walks rules that are broken.
    async fn refused(&self, rules: &[Rule<'_>]) {
        for (row, method, params, code, description) in rules {
            let (status, body) = self.call(method, params.clone()).await;
            assert_eq!(status, *code, "row {row}: {method} {params}: {body}");
            assert_eq!(
                body["description"], *description,
                "row {row}: {method} {params}"
            );
            assert_eq!(body["error_code"], *code, "row {row}");
            assert_eq!(body["ok"], json!(false), "row {row}");
        }
    }

    /// The bot writes to Sok; the message.
    async fn say(&self, text: &str, markup: Value) -> Value {
        self.ok(
            "sendMessage",
            json!({"chat_id": SOK, "text": text, "reply_markup": markup}),
        )
        .await
    }

    /// A group of Sok and Chan with the bot in it.
    async fn group(&self, kind: &str) -> i64 {
        self.people.user(CHAN, "Chan", "en").await.unwrap();
        let group = json!({"type": kind, "title": "G", "members": [SOK, CHAN], "by": CHAN});
        self.people.group(&group).await.unwrap()
    }

    /// The newest update, confirmed or not.
    async fn newest(&self) -> Value {
        let updates = self.people.updates().await.unwrap();
        updates["updates"].as_array().unwrap().last().unwrap()["update"].clone()
    }

    /// The updates that wait, none confirmed; once in a test, since a hurried repetition is answered otherwise (row 41).
    async fn updates(&self) -> Vec<Value> {
        let updates = self.ok("getUpdates", json!({})).await;
        updates.as_array().unwrap().clone()
    }
}

/// A keyboard of one row: labels with data equal to the label.
fn buttons(labels: &[&str]) -> Value {
    let row: Vec<Value> = labels
        .iter()
        .map(|label| json!({"text": label, "callback_data": label}))
        .collect();
    json!({"inline_keyboard": [row]})
}

/// The answer to a call with this text to Sok.
fn text(text: &str) -> Value {
    json!({"chat_id": SOK, "text": text})
}

fn html(text: &str) -> Value {
    json!({"chat_id": SOK, "text": text, "parse_mode": "HTML"})
}

/// A call to a chat with one file in the part of this name.
fn file_to(chat: i64, field: &str, bytes: Vec<u8>) -> Form {
    let part = Part::bytes(bytes)
        .file_name("list.csv")
        .mime_str("text/csv")
        .unwrap();
    Form::new()
        .text("chat_id", chat.to_string())
        .part(field.to_owned(), part)
}

/// The head of a picture of so many pixels.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes
}

/// The first page of an Ogg stream with this as its first packet, and what follows it.
fn ogg(packet: &[u8], rest: &[u8]) -> Vec<u8> {
    let mut bytes = b"OggS\0\x02".to_vec();
    bytes.extend([0; 20]);
    bytes.extend([1, u8::try_from(packet.len()).unwrap()]);
    bytes.extend(packet);
    bytes.extend(rest);
    bytes
}

/// What an app records: Opus in Ogg.
fn speech() -> Vec<u8> {
    ogg(b"OpusHead\x01\x01\x38\x01\x80\xbb\0\0\0\0\0", b"speech")
}
