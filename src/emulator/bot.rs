//! The state of one bot: people, chats, presses, and who may be written to.
//!
//! Guarantees that whoever may not be written to is refused in the server's words. Never waits; all of it is plain data
//! behind one lock.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tokio::sync::Notify;

use super::calls::Calls;
use super::chat::{Chat, ChatKind, Message, Standing};
use super::commands::Commands;
use super::error::{ApiError, bad, forbidden, migrated};
use super::fault::Fault;
use super::files::Files;
use super::limits::{self, Bucket, Limits};
use super::poll::Poll;
use super::profile::Profile;
use super::queue::Queue;
use super::webhook::Webhook;

/// Presses remembered.
const MAX_QUERIES: usize = 100_000;

/// A person.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) id: i64,
    pub(super) first_name: String,
    pub(super) username: Option<String>,
    pub(super) language_code: Option<String>,
    /// Whether the person ever wrote to the bot, without which it may not write (row 57).
    pub(super) started: bool,
    /// Whether the person blocked the bot (row 55).
    pub(super) blocked: bool,
    /// Whether the account is gone (row 56).
    pub(super) deleted: bool,
    /// Whether the person takes voice messages; who pays Telegram can refuse them.
    pub(super) voices: bool,
}

impl User {
    /// The two letters by which commands and profile texts are chosen; empty when the app tells no language.
    pub(super) fn language(&self) -> &str {
        let code = self.language_code.as_deref().unwrap_or("");
        code.split('-').next().unwrap_or("")
    }

    /// As the Bot API shows a person.
    pub(super) fn json(&self) -> Value {
        let mut user = json!({"id": self.id, "is_bot": false, "first_name": self.first_name});
        if let Some(name) = &self.username {
            user["username"] = json!(name);
        }
        if let Some(code) = &self.language_code {
            user["language_code"] = json!(code);
        }
        user
    }
}

/// A press of a button.
#[derive(Debug, Clone)]
pub(super) struct Query {
    pub(super) chat: i64,
    pub(super) message: Option<i64>,
    pub(super) at_ms: i64,
    /// Answered or too old.
    pub(super) over: bool,
}

/// One bot.
#[derive(Debug)]
pub(super) struct Bot {
    pub(super) id: i64,
    pub(super) first_name: String,
    pub(super) username: String,
    pub(super) revoked: bool,
    /// Privacy mode (row 81).
    pub(super) privacy: bool,
    /// Albums that people sent.
    pub(super) albums: u64,
    pub(super) users: HashMap<i64, User>,
    pub(super) chats: HashMap<i64, Chat>,
    pub(super) queries: HashMap<String, Query>,
    /// How long a press can be answered, in milliseconds.
    pub(super) query_ms: i64,
    pub(super) queue: Queue,
    pub(super) poll: Poll,
    pub(super) webhook: Webhook,
    pub(super) calls: Calls,
    pub(super) files: Files,
    pub(super) commands: Commands,
    pub(super) profile: Profile,
    pub(super) faults: Vec<Fault>,
    /// Grows when a person comes or changes.
    pub(super) people_changes: u64,
    /// Grows when the profile or the commands change.
    pub(super) profile_changes: u64,
    /// What whoever runs the bot lets pages know.
    pub(super) note: Value,
    /// Lets hanging calls go.
    pub(super) unhang: Arc<Notify>,
    /// Ids for people and groups that come without one.
    pub(super) next_person: i64,
    query_order: VecDeque<String>,
    query_count: u64,
    next_message: i64,
    all: Bucket,
}

impl Bot {
    /// A bot that nobody knows yet.
    pub(super) fn new(id: i64) -> Self {
        Self {
            id,
            first_name: "Samleng".to_owned(),
            username: format!("emulated_{id}_bot"),
            revoked: false,
            privacy: true,
            albums: 0,
            users: HashMap::new(),
            chats: HashMap::new(),
            queries: HashMap::new(),
            query_ms: 150_000,
            // Any start is allowed but 1; one that depends on the bot keeps runs alike.
            queue: Queue::new(2_000_001 + id.rem_euclid(900_000_000)),
            poll: Poll::default(),
            webhook: Webhook::default(),
            calls: Calls::default(),
            files: Files::new(id),
            commands: Commands::default(),
            profile: Profile::default(),
            faults: Vec::new(),
            people_changes: 0,
            profile_changes: 0,
            note: Value::Null,
            unhang: Arc::default(),
            next_person: 700_000_001,
            query_order: VecDeque::new(),
            query_count: 0,
            next_message: 1,
            all: Bucket::new(30.0, 1000.0, 30.0),
        }
    }

    /// The bot as a user.
    pub(super) fn user_json(&self) -> Value {
        json!({"id": self.id, "is_bot": true, "first_name": self.first_name, "username": self.username})
    }

    /// A chat as the Bot API shows it.
    pub(super) fn chat_json(&self, chat: &Chat) -> Value {
        let mut shown = json!({"id": chat.id, "type": chat.kind.name()});
        match chat.kind {
            ChatKind::Private => {
                if let Some(user) = self.users.get(&chat.id) {
                    shown["first_name"] = json!(user.first_name);
                    if let Some(name) = &user.username {
                        shown["username"] = json!(name);
                    }
                }
            }
            ChatKind::Group | ChatKind::Supergroup => shown["title"] = json!(chat.title),
        }
        shown
    }

    /// The chat a call names (row 58).
    pub(super) fn find_chat(&self, name: Option<&str>) -> Result<i64, ApiError> {
        let name = name
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .ok_or_else(|| bad("chat_id is empty"))?;
        let id = name.parse::<i64>().map_err(|_| bad("chat not found"))?;
        if self.chats.contains_key(&id) {
            Ok(id)
        } else {
            Err(bad("chat not found"))
        }
    }

    /// Whether a chat that exists is within the bot's reach (rows 56, 60 to 62), which everything done there needs.
    pub(super) fn may_reach(&self, id: i64) -> Result<&Chat, ApiError> {
        let chat = self.chats.get(&id).ok_or_else(|| bad("chat not found"))?;
        let kind = chat.kind.name();
        match (chat.kind, chat.standing) {
            (ChatKind::Private, _) => {
                let user = self.users.get(&id).ok_or_else(|| bad("chat not found"))?;
                if user.deleted {
                    return Err(forbidden("user is deactivated"));
                }
            }
            (
                ChatKind::Group | ChatKind::Supergroup,
                Standing::Member | Standing::Administrator,
            ) => {
                // Whoever was gone before is not told what became of the group.
                if let Some(to) = chat.migrated_to {
                    return Err(migrated(to));
                }
            }
            (ChatKind::Group | ChatKind::Supergroup, Standing::Left) => {
                return Err(forbidden(format!("bot is not a member of the {kind} chat")));
            }
            (ChatKind::Group | ChatKind::Supergroup, Standing::Kicked) => {
                return Err(forbidden(format!("bot was kicked from the {kind} chat")));
            }
        }
        Ok(chat)
    }

    /// Whether the bot may write to a chat that exists (rows 55 to 62).
    pub(super) fn may_write(&self, id: i64) -> Result<&Chat, ApiError> {
        let chat = self.may_reach(id)?;
        match self.users.get(&id) {
            Some(user) if user.blocked => Err(forbidden("bot was blocked by the user")),
            Some(user) if !user.started => {
                Err(forbidden("bot can't initiate conversation with a user"))
            }
            Some(_) | None => Ok(chat),
        }
    }

    /// Takes a send from the buckets (row 52).
    pub(super) fn take_send(
        &mut self,
        id: i64,
        limits: Limits,
        now_ms: i64,
    ) -> Result<(), ApiError> {
        match limits {
            Limits::Off => return Ok(()),
            Limits::Strict => {}
        }
        let Some(chat) = self.chats.get_mut(&id) else {
            return Ok(());
        };
        match chat.kind {
            ChatKind::Private => limits::take(&mut [&mut self.all, &mut chat.second], now_ms),
            ChatKind::Group | ChatKind::Supergroup => limits::take(
                &mut [&mut self.all, &mut chat.second, &mut chat.minute],
                now_ms,
            ),
        }
    }

    /// Puts a message into a chat that exists: id, date, chat and sender are filled in. The message as stored.
    pub(super) fn post(
        &mut self,
        chat_id: i64,
        from: Option<i64>,
        mut body: Map<String, Value>,
        now_ms: i64,
    ) -> Option<&Message> {
        let from_json = match from {
            Some(id) => self.users.get(&id)?.json(),
            None => self.user_json(),
        };
        let chat_json = self.chat_json(self.chats.get(&chat_id)?);
        let chat = self.chats.get_mut(&chat_id)?;
        let counter = match chat.kind {
            ChatKind::Supergroup => &mut chat.next_message,
            ChatKind::Private | ChatKind::Group => &mut self.next_message,
        };
        let id = *counter;
        *counter += 1;
        let date = now_ms.div_euclid(1000);
        body.insert("message_id".to_owned(), json!(id));
        body.insert("date".to_owned(), json!(date));
        body.insert("chat".to_owned(), chat_json);
        body.insert("from".to_owned(), from_json);
        let event = chat.touch();
        chat.messages.push(Message {
            id,
            body,
            from_bot: from.is_none(),
            editable: true,
            edits: 0,
            deleted: false,
            date,
            event,
        });
        chat.messages.last()
    }

    /// Remembers a press; its id.
    pub(super) fn add_query(&mut self, chat: i64, message: Option<i64>, now_ms: i64) -> String {
        self.query_count += 1;
        let id = format!("{}{:09}", self.id % 1_000_000_000, self.query_count);
        let query = Query {
            chat,
            message,
            at_ms: now_ms,
            over: false,
        };
        self.queries.insert(id.clone(), query);
        self.query_order.push_back(id.clone());
        if self.query_order.len() > MAX_QUERIES
            && let Some(oldest) = self.query_order.pop_front()
        {
            self.queries.remove(&oldest);
        }
        id
    }

    /// People by id, as the control API lists them.
    pub(super) fn people(&self) -> BTreeMap<i64, &User> {
        self.users.iter().map(|(id, user)| (*id, user)).collect()
    }
}
