//! The form on teloxide's own dialogues, in the order of its examples: the answer, then the state.
//!
//! STORAGE is "memory", or the path of a database for its SqliteStorage. What is submitted is appended to records.jsonl.

use std::collections::BTreeMap;
use std::env::var;
use std::error::Error;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::sync::Arc;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use teloxide::RequestError;
use teloxide::dispatching::UpdateHandler;
use teloxide::dispatching::dialogue::serializer::Json;
use teloxide::dispatching::dialogue::{self, ErasedStorage, InMemStorage, SqliteStorage, Storage};
use teloxide::prelude::*;
use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup};

type Failure = Box<dyn Error + Send + Sync + 'static>;
type Done = Result<(), Failure>;
type Form = Dialogue<State, ErasedStorage<State>>;
type Screens = Arc<BTreeMap<String, Question>>;

#[derive(Clone, Default, Serialize, Deserialize)]
enum State {
    #[default]
    Start,
    Language(Answers),
    Consent(Answers),
    Organisation(Answers),
    Province(Answers),
    Menu(Answers),
    Topic(Answers),
    Place(Answers),
    Title(Answers),
    Story(Answers),
    Disclosure(Answers),
    Review(Answers),
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct Answers {
    language: String,
    organisation: String,
    province: String,
    topic: String,
    place: String,
    title: String,
    story: Vec<String>,
    disclosure: String,
}

#[derive(Deserialize)]
struct Question {
    text: String,
    buttons: Vec<String>,
}

#[tokio::main]
async fn main() -> Done {
    let screens: Screens = Arc::new(serde_json::from_slice(&std::fs::read(var("FORM")?)?)?);
    let storage: Arc<ErasedStorage<State>> = match var("STORAGE")?.as_str() {
        "memory" => InMemStorage::new().erase(),
        path => SqliteStorage::open(path, Json).await?.erase(),
    };
    let bot = Bot::new(var("BOT_TOKEN")?).set_api_url(var("API_URL")?.parse()?);
    Dispatcher::builder(bot, schema())
        .dependencies(dptree::deps![storage, screens])
        .build()
        .dispatch()
        .await;
    Ok(())
}

fn schema() -> UpdateHandler<Failure> {
    use dptree::case;
    let messages = Update::filter_message()
        .branch(dptree::filter(|message: Message| message.text() == Some("/start")).endpoint(start))
        .branch(case![State::Organisation(answers)].endpoint(organisation))
        .branch(case![State::Title(answers)].endpoint(title))
        .branch(case![State::Story(answers)].endpoint(story))
        .endpoint(other);
    let presses = Update::filter_callback_query()
        .branch(
            case![State::Language(answers)]
                .filter(on("language"))
                .endpoint(language),
        )
        .branch(
            case![State::Consent(answers)]
                .filter(on("consent"))
                .endpoint(consent),
        )
        .branch(
            case![State::Province(answers)]
                .filter(on("province"))
                .endpoint(province),
        )
        .branch(
            case![State::Menu(answers)]
                .filter(on("menu"))
                .endpoint(menu),
        )
        .branch(
            case![State::Topic(answers)]
                .filter(on("topic"))
                .endpoint(topic),
        )
        .branch(
            case![State::Place(answers)]
                .filter(on("place"))
                .endpoint(place),
        )
        .branch(
            case![State::Story(answers)]
                .filter(on("story"))
                .endpoint(told),
        )
        .branch(
            case![State::Disclosure(answers)]
                .filter(on("disclosure"))
                .endpoint(disclosure),
        )
        .branch(
            case![State::Review(answers)]
                .filter(on("review"))
                .endpoint(submit),
        )
        .endpoint(old);
    dialogue::enter::<Update, ErasedStorage<State>, State, _>()
        .branch(messages)
        .branch(presses)
}

/// Whether a button of this question was pressed.
fn on(name: &'static str) -> impl Fn(CallbackQuery) -> bool + Send + Sync {
    move |query| {
        query
            .data
            .is_some_and(|data| data.starts_with(&format!("{name}:")))
    }
}

/// What the pressed button says.
fn chosen(query: &CallbackQuery, screens: &Screens) -> String {
    let pressed = query.data.as_deref().and_then(|data| data.split_once(':'));
    let label =
        pressed.and_then(|(name, number)| screens[name].buttons.get(number.parse::<usize>().ok()?));
    label.cloned().unwrap_or_default()
}

fn keyboard(name: &str, screens: &Screens) -> InlineKeyboardMarkup {
    let of = name.replace("so_far", "story");
    let buttons: Vec<_> = (screens[name].buttons.iter().enumerate())
        .map(|(number, label)| InlineKeyboardButton::callback(label, format!("{of}:{number}")))
        .collect();
    InlineKeyboardMarkup::new(buttons.chunks(2).map(<[_]>::to_vec))
}

async fn say(bot: &Bot, chat: ChatId, name: &str, text: &str, screens: &Screens) -> Done {
    let keyboard = keyboard(name, screens);
    let sending = bot.send_message(chat, text);
    if keyboard.inline_keyboard.is_empty() {
        sending.await?;
    } else {
        sending.reply_markup(keyboard).await?;
    }
    Ok(())
}

/// On to another question, in the message that was pressed.
async fn turn(bot: &Bot, query: &CallbackQuery, name: &str, text: &str, screens: &Screens) -> Done {
    done(bot.answer_callback_query(query.id.clone()).await)?;
    let message = query.message.as_ref().ok_or("no message")?;
    let edit = bot.edit_message_text(message.chat().id, message.id(), text);
    done(edit.reply_markup(keyboard(name, screens)).await)
}

/// What was done before a kill already is refused the second time, which is no reason to end.
fn done<T>(outcome: Result<T, RequestError>) -> Done {
    match outcome {
        Ok(_) | Err(RequestError::Api(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn ask(bot: &Bot, query: &CallbackQuery, name: &str, screens: &Screens) -> Done {
    turn(bot, query, name, &screens[name].text, screens).await
}

async fn start(bot: Bot, form: Form, message: Message, screens: Screens) -> Done {
    say(
        &bot,
        message.chat.id,
        "language",
        &screens["language"].text,
        &screens,
    )
    .await?;
    form.update(State::Language(Answers::default())).await?;
    Ok(())
}

async fn language(
    bot: Bot,
    form: Form,
    mut answers: Answers,
    query: CallbackQuery,
    screens: Screens,
) -> Done {
    answers.language = chosen(&query, &screens);
    ask(&bot, &query, "consent", &screens).await?;
    form.update(State::Consent(answers)).await?;
    Ok(())
}

async fn consent(
    bot: Bot,
    form: Form,
    answers: Answers,
    query: CallbackQuery,
    screens: Screens,
) -> Done {
    ask(&bot, &query, "organisation", &screens).await?;
    form.update(State::Organisation(answers)).await?;
    Ok(())
}

async fn organisation(
    bot: Bot,
    form: Form,
    mut answers: Answers,
    message: Message,
    screens: Screens,
) -> Done {
    answers.organisation = message.text().unwrap_or_default().to_owned();
    say(
        &bot,
        message.chat.id,
        "province",
        &screens["province"].text,
        &screens,
    )
    .await?;
    form.update(State::Province(answers)).await?;
    Ok(())
}

async fn province(
    bot: Bot,
    form: Form,
    mut answers: Answers,
    query: CallbackQuery,
    screens: Screens,
) -> Done {
    answers.province = chosen(&query, &screens);
    ask(&bot, &query, "menu", &screens).await?;
    form.update(State::Menu(answers)).await?;
    Ok(())
}

async fn menu(
    bot: Bot,
    form: Form,
    answers: Answers,
    query: CallbackQuery,
    screens: Screens,
) -> Done {
    ask(&bot, &query, "topic", &screens).await?;
    form.update(State::Topic(answers)).await?;
    Ok(())
}

async fn topic(
    bot: Bot,
    form: Form,
    mut answers: Answers,
    query: CallbackQuery,
    screens: Screens,
) -> Done {
    answers.topic = chosen(&query, &screens);
    ask(&bot, &query, "place", &screens).await?;
    form.update(State::Place(answers)).await?;
    Ok(())
}

async fn place(
    bot: Bot,
    form: Form,
    mut answers: Answers,
    query: CallbackQuery,
    screens: Screens,
) -> Done {
    answers.place = chosen(&query, &screens);
    ask(&bot, &query, "title", &screens).await?;
    form.update(State::Title(answers)).await?;
    Ok(())
}

async fn title(
    bot: Bot,
    form: Form,
    mut answers: Answers,
    message: Message,
    screens: Screens,
) -> Done {
    answers.title = message.text().unwrap_or_default().to_owned();
    say(
        &bot,
        message.chat.id,
        "story",
        &screens["story"].text,
        &screens,
    )
    .await?;
    form.update(State::Story(answers)).await?;
    Ok(())
}

async fn story(
    bot: Bot,
    form: Form,
    mut answers: Answers,
    message: Message,
    screens: Screens,
) -> Done {
    answers
        .story
        .push(message.text().unwrap_or_default().to_owned());
    let text = screens["so_far"]
        .text
        .replace("{count}", &answers.story.len().to_string());
    say(&bot, message.chat.id, "so_far", &text, &screens).await?;
    form.update(State::Story(answers)).await?;
    Ok(())
}

async fn told(
    bot: Bot,
    form: Form,
    answers: Answers,
    query: CallbackQuery,
    screens: Screens,
) -> Done {
    ask(&bot, &query, "disclosure", &screens).await?;
    form.update(State::Disclosure(answers)).await?;
    Ok(())
}

async fn disclosure(
    bot: Bot,
    form: Form,
    mut answers: Answers,
    query: CallbackQuery,
    screens: Screens,
) -> Done {
    answers.disclosure = chosen(&query, &screens);
    let text = (screens["review"].text)
        .replace("{organisation}", &answers.organisation)
        .replace("{topic}", &answers.topic)
        .replace("{place}", &answers.place)
        .replace("{title}", &answers.title)
        .replace("{story}", &answers.story.join("\n"))
        .replace("{disclosure}", &answers.disclosure);
    turn(&bot, &query, "review", &text, &screens).await?;
    form.update(State::Review(answers)).await?;
    Ok(())
}

async fn submit(
    bot: Bot,
    form: Form,
    answers: Answers,
    query: CallbackQuery,
    screens: Screens,
) -> Done {
    let since = SystemTime::UNIX_EPOCH.elapsed()?.as_nanos();
    let receipt = format!("{:012x}", since & 0xffff_ffff_ffff);
    let mut record = serde_json::to_value(&answers)?;
    record["receipt"] = receipt.clone().into();
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open("records.jsonl")?;
    file.write_all(format!("{record}\n").as_bytes())?;
    let text = screens["receipt"].text.replace("{receipt}", &receipt);
    turn(&bot, &query, "receipt", &text, &screens).await?;
    form.exit().await?;
    Ok(())
}

async fn other(bot: Bot, form: Form, message: Message, screens: Screens) -> Done {
    let name = if matches!(form.get_or_default().await?, State::Start) {
        "unknown"
    } else {
        "wrong"
    };
    say(&bot, message.chat.id, name, &screens[name].text, &screens).await
}

async fn old(bot: Bot, form: Form, query: CallbackQuery, screens: Screens) -> Done {
    done(bot.answer_callback_query(query.id.clone()).await)?;
    if matches!(form.get_or_default().await?, State::Start) {
        let message = query.message.as_ref().ok_or("no message")?;
        say(
            &bot,
            message.chat().id,
            "unknown",
            &screens["unknown"].text,
            &screens,
        )
        .await?;
    }
    Ok(())
}
