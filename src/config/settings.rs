//! `samleng.toml`: how this instance runs. Every key may be left out; the defaults stand here and nowhere else.

use core::net::SocketAddr;
use std::path::PathBuf;

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::reader::{Document, Mistake, Section};
use crate::domain::Status;

/// What of `samleng.toml` leads outside of the data folder, or says how updates come.
const OUTSIDE: [&str; 6] = [
    "mode", "key_file", "backup", "telegram", "webhook", "observe",
];

/// The same without that; nothing of a file that is none.
pub(super) fn for_a_try(text: &str) -> String {
    let mut table: toml::Table = text.parse().unwrap_or_default();
    table.retain(|key, _| !OUTSIDE.contains(&key));
    table.to_string()
}

/// All settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where Telegram is and how to become the bot.
    pub telegram: Telegram,
    /// How updates come.
    pub mode: Mode,
    /// What a webhook takes, whether it is used or not.
    pub webhook: Webhook,
    /// Where health and metrics are shown: an address of this machine only; nowhere if there is none.
    pub observe: Option<SocketAddr>,
    /// Where the master key is, unless the environment holds it.
    pub key_file: Option<PathBuf>,
    /// How fast messages go out.
    pub sending: Sending,
    /// What the shared edition needs before it lets a concern in.
    pub review: Review,
    /// Who may take part.
    pub join: Join,
    /// Hours after the deadline in which a draft that was begun before it may still be submitted.
    pub grace_hours: u32,
    /// Bytes that the files of one organisation may take.
    pub organisation_bytes: u64,
    /// Minutes after which what was withdrawn or forgotten is gone from the disk as well.
    pub erase_minutes: u32,
    /// Days after the end of the meeting at which everything about people is erased; 0 for never by itself.
    pub retention_days: u32,
    /// Backups that the bot takes by itself; none without a folder for them.
    pub backup: Option<Backup>,
    /// The meeting's time zone.
    pub zone: TimeZone,
}

/// Backups that the bot takes by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Where to; an absolute path.
    pub folder: PathBuf,
    /// Hours from one to the next.
    pub every_hours: u32,
    /// Days that each is kept.
    pub keep_days: u32,
}

impl Backup {
    /// How long it is from one to the next.
    pub fn every(&self) -> SignedDuration {
        SignedDuration::from_hours(self.every_hours.into())
    }

    /// How long each is kept.
    pub fn life(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.keep_days))
    }

    fn read(section: Option<Section>) -> Option<Self> {
        let section = section?;
        let folder = section.string("folder").map(PathBuf::from);
        let number = |key: &str, limits| section.integer(key, limits).map(|n| n as u32); // the limits fit
        let every_hours = number("every_hours", 1..=168).unwrap_or(24);
        // Everybody is told that none lives longer.
        let keep_days = number("keep_days", 1..=14).unwrap_or(14);
        if folder.as_ref().is_some_and(|folder| !folder.is_absolute()) {
            section.mistake(
                "folder",
                "must be an absolute path, such as \"/var/backups/samleng\"",
            );
        }
        section.finish();
        Some(Self {
            folder: folder?,
            every_hours,
            keep_days,
        })
    }
}

/// Who may take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// Everybody.
    Open,
    /// Everybody; what they submit waits until the organisers have approved the organisation.
    Approval,
    /// Whoever has an invitation.
    Invite,
}

/// How updates come from Telegram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The bot asks for them.
    Polling,
    /// Telegram brings them to an address of ours.
    Webhook,
}

/// The bot's own address.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// How Telegram reaches it, `https://…` without a slash at its end; a secret path is added.
    pub url: Option<String>,
    /// Where the bot listens: plain HTTP, behind a proxy that does TLS.
    pub listen: SocketAddr,
    /// A file with the secret that Telegram shows; without it the secret comes from the master key.
    pub secret_file: Option<PathBuf>,
    /// How many updates Telegram brings at once.
    pub max_connections: u8,
    /// The most bytes of one update.
    pub body_bytes: usize,
}

/// How to reach Telegram.
#[derive(Clone, Debug)]
pub struct Telegram {
    /// The Bot API's address, without a trailing slash; the environment may override it.
    pub api_url: String,
    /// A file that holds the token, unless the environment does.
    pub token_file: Option<PathBuf>,
}

/// Budgets of sending; 0 switches one off. See `runtime::queue` for what each covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sending {
    /// Messages a second over all chats.
    pub per_second: u32,
    /// Messages a second in one chat.
    pub chat_per_second: u32,
    /// How many of those may go at once after a pause.
    pub chat_burst: u32,
    /// Messages a minute in one group.
    pub group_per_minute: u32,
    /// Answers a minute to one person.
    pub person_per_minute: u32,
}

/// Whether a concern must have been reviewed before the authority may read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Review {
    /// No: `new` is enough.
    None,
    /// Yes: `approved` or later.
    BeforeSharing,
}

impl Review {
    /// Whether others than its author and the organisers may read a concern of this status.
    pub fn lets_in(self, status: Status) -> bool {
        let looked_at = match self {
            Self::None => true,
            Self::BeforeSharing => status != Status::New,
        };
        status.is_in() && looked_at
    }

    /// Whether they may, and no meeting has dealt with it yet: it can be supported, and put on an agenda.
    pub fn keeps_open(self, status: Status) -> bool {
        self.lets_in(status) && !status.was_dealt_with()
    }
}

impl Settings {
    pub(super) fn read(file: &str, text: &str) -> (Self, Vec<Mistake>) {
        Document::read(file, text, |top| {
            let settings = Self {
                telegram: Telegram::read(top.table("telegram")),
                mode: top
                    .one_of(
                        "mode",
                        &[("polling", Mode::Polling), ("webhook", Mode::Webhook)],
                    )
                    .unwrap_or(Mode::Polling),
                webhook: Webhook::read(top.table("webhook")),
                observe: observe(top.table("observe")),
                key_file: top.string("key_file").map(PathBuf::from),
                sending: Sending::read(top.table("sending")),
                review: top
                    .one_of(
                        "review",
                        &[
                            ("none", Review::None),
                            ("before-sharing", Review::BeforeSharing),
                        ],
                    )
                    .unwrap_or(Review::BeforeSharing),
                join: top
                    .one_of(
                        "join",
                        &[
                            ("open", Join::Open),
                            ("approval", Join::Approval),
                            ("invite", Join::Invite),
                        ],
                    )
                    .unwrap_or(Join::Open),
                grace_hours: top.integer("grace_hours", 0..=240).unwrap_or(24) as u32, // fits
                organisation_bytes: top
                    .integer("organisation_megabytes", 1..=10_000)
                    .unwrap_or(100)
                    * 1_000_000,
                erase_minutes: top.integer("erase_minutes", 0..=60).unwrap_or(30) as u32, // fits
                retention_days: top.integer("retention_days", 0..=3_650).unwrap_or(90) as u32, // fits
                backup: Backup::read(top.table("backup")),
                zone: zone(top),
            };
            settings.fit_each_other(top);
            top.finish();
            settings
        })
    }

    fn fit_each_other(&self, top: &Section) {
        match self.mode {
            Mode::Polling => {}
            Mode::Webhook => {
                if self.webhook.url.is_none() {
                    top.mistake(
                        "mode",
                        "needs url in [webhook]: the https:// address at which Telegram reaches the bot",
                    );
                }
                if self.observe == Some(self.webhook.listen) {
                    top.mistake(
                        "observe",
                        "must listen at another address than [webhook]: that one is shown to the world",
                    );
                }
            }
        }
    }
}

/// An address and port, such as `127.0.0.1:8080`.
fn address(section: &Section, key: &str) -> Option<SocketAddr> {
    let text = section.string(key)?;
    let address: Option<SocketAddr> = text.parse().ok();
    let address = address.filter(|address| address.port() != 0);
    if address.is_none() {
        section.mistake(
            key,
            "must be an address and a port, such as \"127.0.0.1:8080\"",
        );
    }
    address
}

fn observe(section: Option<Section>) -> Option<SocketAddr> {
    let section = section?;
    let listen = address(&section, "listen");
    if !section.has("listen") {
        section.mistake("listen", "is missing");
    }
    if listen.is_some_and(|listen| !listen.ip().is_loopback()) {
        section.mistake(
            "listen",
            "must be an address of this machine only, such as \"127.0.0.1:9464\": there is no password",
        );
    }
    section.finish();
    listen
}

impl Default for Webhook {
    fn default() -> Self {
        Self {
            url: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            secret_file: None,
            max_connections: 40,
            body_bytes: 1_024 * 1_024,
        }
    }
}

impl Webhook {
    fn read(section: Option<Section>) -> Self {
        let default = Self::default();
        let Some(section) = section else {
            return default;
        };
        let url = section
            .string("url")
            .map(|url| url.trim_end_matches('/').to_owned());
        if let Some(what) = url.as_deref().and_then(unreachable) {
            section.mistake("url", what);
        }
        let webhook = Self {
            url,
            listen: address(&section, "listen").unwrap_or(default.listen),
            secret_file: section.string("secret_file").map(PathBuf::from),
            max_connections: section
                .integer("max_connections", 1..=100)
                .map_or(default.max_connections, |n| n as u8), // fits
            body_bytes: section
                .integer("body_kilobytes", 64..=16_384)
                .map_or(default.body_bytes, |n| n as usize * 1_024), // fits
        };
        section.finish();
        webhook
    }
}

/// Why Telegram brings nothing to this address; nothing if it does. <https://core.telegram.org/bots/api#setwebhook>
fn unreachable(url: &str) -> Option<&'static str> {
    let Some(rest) = url.strip_prefix("https://") else {
        return Some("must begin with https://: Telegram brings updates to nothing else");
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/:[]%".contains(c);
    if !rest.chars().all(plain) {
        return Some("must be a plain address, without user, query or fragment");
    }
    let host = rest.split('/').next().unwrap_or_default();
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port),
        Some(_) | None => (host, "443"),
    };
    if name.is_empty() {
        return Some("names no host");
    }
    let known = ["443", "80", "88", "8443"].contains(&port);
    (!known).then_some("must use port 443, 80, 88 or 8443: Telegram knows no other")
}

fn zone(top: &Section) -> TimeZone {
    let name = top.string("time_zone").unwrap_or("UTC");
    TimeZone::get(name).unwrap_or_else(|_| {
        top.mistake(
            "time_zone",
            "is no zone of the IANA list, such as \"Asia/Phnom_Penh\"",
        );
        TimeZone::UTC
    })
}

impl Telegram {
    fn read(section: Option<Section>) -> Self {
        let url = |section: &Section| {
            let url = section.string("api_url")?.trim_end_matches('/');
            if !(url.starts_with("https://") || url.starts_with("http://")) {
                section.mistake(
                    "api_url",
                    "must begin with https:// (or http:// for a server of your own)",
                );
            }
            Some(url.to_owned())
        };
        let telegram = Self {
            api_url: section
                .as_ref()
                .and_then(url)
                .unwrap_or_else(|| "https://api.telegram.org".to_owned()),
            token_file: section
                .as_ref()
                .and_then(|section| section.string("token_file"))
                .map(PathBuf::from),
        };
        if let Some(section) = section {
            section.finish();
        }
        telegram
    }
}

impl Default for Sending {
    fn default() -> Self {
        Self {
            per_second: 25,
            chat_per_second: 1,
            chat_burst: 5,
            group_per_minute: 20,
            person_per_minute: 30,
        }
    }
}

impl Sending {
    fn read(section: Option<Section>) -> Self {
        let default = Self::default();
        let Some(section) = section else {
            return default;
        };
        let number = |key: &str, limit: u64, default: u32| {
            section
                .integer(key, 0..=limit)
                .map_or(default, |n| n as u32) // the limits fit
        };
        let sending = Self {
            // Telegram's own limits are 30, 1 and 20 (https://core.telegram.org/bots/faq).
            per_second: number("per_second", 30, default.per_second),
            chat_per_second: number("chat_per_second", 1, default.chat_per_second),
            chat_burst: number("chat_burst", 5, default.chat_burst),
            group_per_minute: number("group_per_minute", 20, default.group_per_minute),
            person_per_minute: number("person_per_minute", 60, default.person_per_minute),
        };
        section.finish();
        sending
    }
}
