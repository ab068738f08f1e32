//! What Telegram's apps show of the bot besides its messages: the menu of commands, by audience and language, and the
//! descriptions.
//!
//! Guarantees: what is set already is only read, never set again, so any number of starts cost no calls that Telegram
//! counts. Rules: <https://core.telegram.org/bots/api#setmycommands>, and what follows it there.

use serde::Deserialize;
use serde::de::IgnoredAny;
use teloxide::payloads::{
    DeleteMyCommands, DeleteMyCommandsSetters as _, GetMyCommands, GetMyCommandsSetters as _,
    GetMyDescription, GetMyDescriptionSetters as _, GetMyShortDescription,
    GetMyShortDescriptionSetters as _, SetMyCommands, SetMyCommandsSetters as _, SetMyDescription,
    SetMyDescriptionSetters as _, SetMyShortDescription, SetMyShortDescriptionSetters as _,
};
use teloxide::types::{BotCommand, BotCommandScope, ChatId as TelegramChat, Recipient};

use super::api::{Api, CallError};
use crate::domain::{ChatId, Language, Role};
use crate::text::Phrases;

/// Whose menu it is. A narrower one hides a wider one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everybody in private.
    Private,
    /// Every group.
    Groups,
    /// One private chat.
    Chat(ChatId),
}

/// A command with what it says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Command {
    /// Its name, without the slash.
    pub command: String,
    /// What it does, in one language.
    pub description: String,
}

/// The commands of everybody.
#[must_use]
pub fn members(phrases: Phrases<'_>) -> Vec<Command> {
    vec![
        command("menu", phrases.command_menu()),
        command("mine", phrases.command_mine()),
        command("meeting", phrases.command_meeting()),
        command("help", phrases.command_help()),
        command("language", phrases.command_language()),
        command("privacy", phrases.command_privacy()),
        command("cancel", phrases.command_cancel()),
        command("reminders", phrases.command_reminders()),
        command("verify", phrases.command_verify()),
        command("mydata", phrases.command_mydata()),
        command("forget", phrases.command_forget()),
    ]
}

/// The commands of somebody with a role: those of everybody, after those of the role.
#[must_use]
pub fn with_role(role: Role, phrases: Phrases<'_>) -> Vec<Command> {
    let audit = command("audit", phrases.command_audit());
    let mut commands = match role {
        Role::Auditor => vec![audit],
        Role::Owner | Role::Organiser => {
            let mut commands = vec![
                command("concerns", phrases.command_concerns()),
                command("digest", phrases.command_digest()),
                command("search", phrases.command_search()),
                command("stats", phrases.command_stats()),
                command("announce", phrases.command_announce()),
                command("invite", phrases.command_invite()),
                command("orgs", phrases.command_orgs()),
                command("agenda", phrases.command_agenda()),
                command("outcome", phrases.command_outcome()),
                command("promises", phrases.command_promises()),
            ];
            if role == Role::Owner {
                commands.push(command("people", phrases.command_people()));
            }
            commands.push(audit);
            commands
        }
    };
    commands.extend(members(phrases));
    commands
}

/// The commands in a group.
#[must_use]
pub fn groups(phrases: Phrases<'_>) -> Vec<Command> {
    vec![command("start", phrases.command_start())]
}

fn command(name: &str, description: String) -> Command {
    Command {
        command: name.to_owned(),
        // As Telegram keeps it: with spaces around it would differ for ever.
        description: description.trim().to_owned(),
    }
}

#[derive(Deserialize)]
struct Description {
    description: String,
}

#[derive(Deserialize)]
struct ShortDescription {
    short_description: String,
}

impl Api {
    /// Has this audience see these commands if its apps are set to this language, or to none that has commands of its own.
    /// Without any it sees those of the next wider audience.
    ///
    /// # Errors
    /// Of a call.
    pub async fn keep_commands(
        &self,
        audience: Audience,
        language: Option<Language>,
        wanted: &[Command],
    ) -> Result<(), CallError> {
        let (scope, code) = (scope(audience), code(language));
        let get = GetMyCommands::new()
            .scope(scope.clone())
            .language_code(code.clone());
        let known: Vec<Command> = readable(self.call(&get).await)?;
        if known == wanted {
            return Ok(());
        }
        if wanted.is_empty() {
            let delete = DeleteMyCommands::new().scope(scope).language_code(code);
            return done(self.call(&delete).await);
        }
        let commands = wanted
            .iter()
            .map(|wanted| BotCommand::new(&wanted.command, &wanted.description));
        let set = SetMyCommands::new(commands)
            .scope(scope)
            .language_code(code);
        done(self.call(&set).await)
    }

    /// Has an empty chat with the bot show this text, in this language or in all that have none of their own.
    ///
    /// # Errors
    /// Of a call.
    pub async fn keep_description(
        &self,
        language: Option<Language>,
        wanted: &str,
    ) -> Result<(), CallError> {
        let code = code(language);
        let get = GetMyDescription::new().language_code(code.clone());
        let known: Description = readable(self.call(&get).await)?;
        if known.description == wanted {
            return Ok(());
        }
        let set = SetMyDescription::new()
            .description(wanted)
            .language_code(code);
        done(self.call(&set).await)
    }

    /// The same for the bot's profile, and for what goes with a link to it.
    ///
    /// # Errors
    /// Of a call.
    pub async fn keep_short_description(
        &self,
        language: Option<Language>,
        wanted: &str,
    ) -> Result<(), CallError> {
        let code = code(language);
        let get = GetMyShortDescription::new().language_code(code.clone());
        let known: ShortDescription = readable(self.call(&get).await)?;
        if known.short_description == wanted {
            return Ok(());
        }
        let set = SetMyShortDescription::new()
            .short_description(wanted)
            .language_code(code);
        done(self.call(&set).await)
    }
}

fn scope(audience: Audience) -> BotCommandScope {
    match audience {
        Audience::Private => BotCommandScope::AllPrivateChats,
        Audience::Groups => BotCommandScope::AllGroupChats,
        Audience::Chat(chat) => BotCommandScope::Chat {
            chat_id: Recipient::Id(TelegramChat(chat.0)),
        },
    }
}

/// An empty code means every language that has nothing of its own.
fn code(language: Option<Language>) -> String {
    language.map_or_else(String::new, |language| language.to_string())
}

/// What cannot be read cannot be compared.
fn readable<T>(answer: Result<T, CallError>) -> Result<T, CallError> {
    answer.map_err(|error| match error {
        CallError::Unreadable => CallError::Transient(error.to_string()),
        CallError::Refused { .. }
        | CallError::RetryAfter(_)
        | CallError::Migrated(_)
        | CallError::Transient(_) => error,
    })
}

/// A change whose answer cannot be read was made.
fn done(answer: Result<IgnoredAny, CallError>) -> Result<(), CallError> {
    match answer {
        Ok(_) | Err(CallError::Unreadable) => Ok(()),
        Err(error) => Err(error),
    }
}
