//! The menus and descriptions that Telegram's apps show: set at the start, changed only where they differ, never in the
//! way of an answer.

use std::collections::BTreeSet;
use std::fs;

use jiff::Timestamp;
use samleng::config;
use samleng::dialogue::{Content, Event, Moment};
use samleng::domain::{ChatId, Language, MessageId, Role};
use samleng::emulator::FaultKind;
use samleng::emulator::client::Call;
use samleng::text::Phrases;
use serde_json::json;

use super::in_memory::{MemoryWorld, english, forum, khmer};
use super::support::{BotProcess, GUARD, Phone, Site};

type Menu = Vec<(String, String)>;

fn menu(names: &[&str], phrases: Phrases<'_>) -> Menu {
    let describe = |name: &&str| match *name {
        "concerns" => phrases.command_concerns(),
        "digest" => phrases.command_digest(),
        "search" => phrases.command_search(),
        "stats" => phrases.command_stats(),
        "announce" => phrases.command_announce(),
        "invite" => phrases.command_invite(),
        "orgs" => phrases.command_orgs(),
        "agenda" => phrases.command_agenda(),
        "outcome" => phrases.command_outcome(),
        "promises" => phrases.command_promises(),
        "people" => phrases.command_people(),
        "audit" => phrases.command_audit(),
        "menu" => phrases.command_menu(),
        "mine" => phrases.command_mine(),
        "meeting" => phrases.command_meeting(),
        "help" => phrases.command_help(),
        "language" => phrases.command_language(),
        "privacy" => phrases.command_privacy(),
        "cancel" => phrases.command_cancel(),
        "reminders" => phrases.command_reminders(),
        "verify" => phrases.command_verify(),
        "mydata" => phrases.command_mydata(),
        "forget" => phrases.command_forget(),
        "start" => phrases.command_start(),
        other => panic!("{other}"),
    };
    names
        .iter()
        .map(|name| ((*name).to_owned(), describe(name)))
        .collect()
}

const MEMBER: [&str; 11] = [
    "menu",
    "mine",
    "meeting",
    "help",
    "language",
    "privacy",
    "cancel",
    "reminders",
    "verify",
    "mydata",
    "forget",
];

/// Those of the role before those of everybody.
fn with_role(role: Role, language: Language) -> Menu {
    let mut names = match role {
        Role::Owner | Role::Organiser => vec![
            "concerns", "digest", "search", "stats", "announce", "invite", "orgs", "agenda",
            "outcome", "promises", "people", "audit",
        ],
        Role::Auditor => vec!["audit"],
    };
    // Only owners say who has which role.
    names.retain(|name| *name != "people" || role == Role::Owner);
    names.extend(MEMBER);
    menu(&names, forum().words.phrases(language))
}

/// The texts are looked at in this order: at first those of every other language.
fn languages() -> Vec<Option<Language>> {
    let forum = forum();
    std::iter::once(None)
        .chain(forum.words.languages().map(Some))
        .collect()
}

/// Waits until this method was called for each language.
async fn until_each(site: &Site, after: u64, method: &str) -> u64 {
    let last = languages().pop().flatten().unwrap();
    let calls = site
        .until_call(after, method, |call| {
            call.ok && call.params["language_code"] == json!(last)
        })
        .await;
    calls.last().unwrap().seq
}

/// What was set since then: the methods, and for which language and chat.
async fn changes(site: &Site, after: u64) -> Vec<String> {
    // What was about to be called when the last answer came has been called by then.
    site.until_confirmed().await;
    let calls = site.people.calls_after(after, std::time::Duration::ZERO);
    let calls = calls.await.unwrap().calls;
    let said = |call: &Call| {
        let of = |field: &str| call.params[field].as_str().unwrap_or_default().to_owned();
        let scope = &call.params["scope"];
        // An object may be sent as one or as its text.
        let scope = scope
            .as_str()
            .map_or_else(|| scope.clone(), |text| serde_json::from_str(text).unwrap());
        let scope = scope["type"].as_str().unwrap_or_default().to_owned();
        format!("{} {} {scope}", call.method, of("language_code"))
            .trim_end()
            .to_owned()
    };
    let changes = calls
        .iter()
        .filter(|call| call.method.starts_with("setMy") || call.method.starts_with("deleteMy"));
    changes.map(said).collect()
}

async fn seen(site: &Site, chat: i64, user: i64) -> Menu {
    site.people.commands_seen(chat, user).await.unwrap()
}

async fn until_menu_of(site: &Site, after: u64, method: &str, chat: i64) {
    let calls = site.until_call(after, method, |call| {
        call.ok && call.params["scope"].to_string().contains(&chat.to_string())
    });
    calls.await;
}

/// Opens the owner's link and chooses the language.
async fn become_owner(site: &Site, bot: &BotProcess, id: i64, link: &str) -> Phone {
    let language = "en";
    let after = site.last_call().await;
    let mut phone = site.phone(id, language).await;
    let code = link.trim_end().split_once("?start=").unwrap().1;
    phone.start(Some(code)).await;
    let languages = phone.screen().await;
    phone.act(&languages).await;
    let menu = phone.screen().await;
    assert_eq!(menu.verb(0), Some("digest"), "{}", bot.err());
    // First in the forum's first language, then in the one that was chosen.
    until_menu_of(site, after, "setMyCommands", id).await;
    phone
}

#[tokio::test]
async fn all_is_set_at_the_first_start_and_nothing_at_the_second() {
    let site = Site::new().await;
    let forum = forum();
    for (id, language) in [(1, "en"), (2, "km"), (3, "fr")] {
        site.people.user(id, "Somebody", language).await.unwrap();
        site.people.start(id, None).await.unwrap();
    }
    let group = json!({"id": -50, "title": "Network", "type": "group", "members": [1, 2], "bot": "member", "by": 1});
    site.people.group(&group).await.unwrap();
    let after = site.last_call().await;
    let bot = site.run().await;
    until_each(&site, after, "setMyShortDescription").await;

    let first = forum.words.phrases_or_first(None);
    for (id, phrases) in [
        (1, forum.words.phrases(english())),
        (2, forum.words.phrases(khmer())),
        (3, first),
    ] {
        assert_eq!(seen(&site, id, id).await, menu(&MEMBER, phrases));
        if id != 3 {
            assert_eq!(seen(&site, -50, id).await, menu(&["start"], phrases));
        }
    }
    for (language, phrases) in [
        ("en", forum.words.phrases(english())),
        ("km", forum.words.phrases(khmer())),
        ("fr", first),
    ] {
        let profile = site.people.profile(language).await.unwrap();
        assert_eq!(profile["description"], phrases.bot_description());
        assert_eq!(profile["short_description"], phrases.bot_about());
    }
    assert_eq!(changes(&site, after).await.len(), 4 * languages().len());
    bot.stop().await;

    let after = site.last_call().await;
    let bot = site.run().await;
    until_each(&site, after, "getMyShortDescription").await;
    assert_eq!(changes(&site, after).await, [""; 0]);
    let warns = |line: &&str| line.contains("WARN") && !line.contains("NO BACKUPS");
    assert_eq!(bot.err().lines().find(warns), None);
    bot.stop().await;

    // One text in one language is other than it was.
    let source = fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/config/locales/en.ftl"
    ))
    .unwrap();
    let changed = source.replace(
        "\ncommand-menu = The menu",
        "\ncommand-menu = The &amp; <menu>",
    );
    assert_ne!(source, changed);
    let about = forum.words.phrases(english()).bot_about();
    let changed = changed.replace(
        &format!("\nbot-about = {about}"),
        "\nbot-about = What <b>you</b> &amp; we say.",
    );
    fs::create_dir(site.folder.path().join("config/locales")).unwrap();
    fs::write(site.folder.path().join("config/locales/en.ftl"), changed).unwrap();
    let after = site.last_call().await;
    let bot = site.run().await;
    until_each(&site, after, "getMyShortDescription").await;
    let changes = changes(&site, after).await;
    assert_eq!(
        changes,
        [
            "setMyCommands en all_private_chats",
            "setMyShortDescription en"
        ]
    );
    let (_, description) = seen(&site, 1, 1).await.remove(0);
    assert_eq!(description, "The &amp; <menu>", "a command has no markup");
    let profile = site.people.profile("en").await.unwrap();
    assert_eq!(profile["short_description"], "What you & we say.");
    bot.stop().await;
}

#[tokio::test]
async fn whoever_has_a_role_has_its_commands_in_their_language() {
    let site = Site::new().await;
    let bot = site.run().await;
    let mut member = site.phone(1, "en").await;
    member.start(None).await;
    member.screen().await;
    let link = bot.out();
    let mut owner = become_owner(&site, &bot, 2, &link).await;
    let english_menu = with_role(Role::Owner, english());
    until_seen(&site, 2, &english_menu).await;

    // The app's language does not matter, the chosen one does.
    let after = site.last_call().await;
    let screen = owner.screen_of_command("/language").await;
    owner.press(&screen, "ខ្មែរ").await;
    until_menu_of(&site, after, "setMyCommands", 2).await;
    until_seen(&site, 2, &with_role(Role::Owner, khmer())).await;
    let everybody = menu(&MEMBER, forum().words.phrases(english()));
    until_seen(&site, 1, &everybody).await;
    bot.stop().await;

    // The next start looks at their menu, too, and mends it: here it was changed by somebody else.
    let scope = json!({"type": "chat", "chat_id": 2});
    let reset = format!(
        "{}/bot{}/deleteMyCommands",
        site.emulator.url(),
        super::support::TOKEN
    );
    let done = reqwest::Client::new()
        .post(reset)
        .header("Content-Type", "application/json")
        .body(json!({"scope": scope}).to_string());
    assert!(done.send().await.unwrap().status().is_success());
    assert_eq!(seen(&site, 2, 2).await, everybody);
    let bot = site.run().await;
    until_seen(&site, 2, &with_role(Role::Owner, khmer())).await;

    // Whoever is forgotten has the menu of everybody again.
    let link = site.say(&["owner-link", "--new-owner"]).await.out;
    become_owner(&site, &bot, 3, &link).await;
    let asked = owner.screen_of_command("/forget").await;
    let after = site.last_call().await;
    let forget = forum().words.phrases(khmer()).button_forget();
    owner.press(&asked, &forget).await;
    until_menu_of(&site, after, "deleteMyCommands", 2).await;
    until_seen(&site, 2, &everybody).await;
    until_seen(&site, 3, &english_menu).await;
    bot.stop().await;
}

/// Has the owner make a link for this role.
async fn offered(owner: &mut Phone, role: Role, called: &str) -> String {
    let forum = forum();
    let phrases = forum.words.phrases(english());
    let name = match role {
        Role::Owner => phrases.role_owner(),
        Role::Organiser => phrases.role_organiser(),
        Role::Auditor => phrases.role_auditor(),
    };
    let people = owner.screen_of_command("/people").await;
    owner.press(&people, &phrases.button_offer(&name)).await;
    let asked = owner.screen().await;
    owner.type_in(&asked, called).await;
    let link = owner
        .sees(|chat| {
            let ours = chat.messages.iter().filter(|m| m.from_bot);
            let mut texts = ours.filter(|m| m.text.contains(called) && m.photo.is_some());
            texts.find_map(|m| {
                let mut words = m.text.split_whitespace();
                words
                    .find(|word| word.contains("?start="))
                    .map(str::to_owned)
            })
        })
        .await;
    link.split_once("?start=").unwrap().1.to_owned()
}

#[tokio::test]
async fn the_commands_follow_the_role() {
    let site = Site::new().await;
    let bot = site.run().await;
    let link = bot.out();
    let mut owner = become_owner(&site, &bot, 2, &link).await;
    let everybody = menu(&MEMBER, forum().words.phrases(english()));
    for (id, role) in (3..).zip(Role::ALL) {
        let called = format!("Colleague {id}");
        let code = offered(&mut owner, role, &called).await;
        let mut phone = site.phone(id, "en").await;
        phone.start(Some(&code)).await;
        let languages = phone.screen().await;
        phone.act(&languages).await;
        until_seen(&site, id, &with_role(role, english())).await;
    }
    // The organiser checks from now on, and then has no role any more.
    let forum = forum();
    let phrases = forum.words.phrases(english());
    let give = phrases.button_give(&phrases.role_auditor());
    for (label, wanted) in [
        (give, with_role(Role::Auditor, english())),
        (phrases.button_take_role(), everybody),
    ] {
        let people = owner.screen_of_command("/people").await;
        let mut labels = people.message.buttons.iter().flatten();
        let colleague = labels.find(|button| button.text.ends_with("Colleague 4"));
        let colleague = colleague.unwrap().text.clone();
        owner.press(&people, &colleague).await;
        let one = owner.screen().await;
        owner.press(&one, &label).await;
        until_seen(&site, 4, &wanted).await;
    }
    bot.stop().await;
}

/// Waits until the app shows these commands.
async fn until_seen(site: &Site, id: i64, wanted: &Menu) {
    let until = tokio::time::Instant::now() + GUARD;
    let mut after = 0;
    loop {
        let is = seen(site, id, id).await;
        if is == *wanted {
            return;
        }
        assert!(tokio::time::Instant::now() < until, "{is:?}");
        after = site
            .people
            .calls_after(after, std::time::Duration::from_secs(1))
            .await
            .unwrap()
            .last;
    }
}

#[tokio::test]
async fn a_failing_api_stops_nobody_and_is_tried_again() {
    let kinds = [
        FaultKind::TooMany,
        FaultKind::Internal,
        FaultKind::BadGateway,
        FaultKind::Reset,
        FaultKind::DropReply,
        FaultKind::BadJson,
        FaultKind::Html,
        FaultKind::Hang,
    ];
    let each = kinds.map(|kind| {
        tokio::spawn(async move {
            let site = Site::new().await;
            let method = Some("getMyCommands");
            site.people.fault(method, kind, -1).await.unwrap();
            let after = site.last_call().await;
            let bot = site.run().await;
            let mut phone = site.phone(1, "en").await;
            phone.start(None).await;
            phone.submit().await;
            assert_eq!(changes(&site, after).await, [""; 0]);
            site.people.clear_faults().await.unwrap();
            until_each(&site, after, "setMyShortDescription").await;
            until_seen(&site, 1, &menu(&MEMBER, forum().words.phrases(english()))).await;
            let warnings = bot.err().matches("cannot be set").count();
            assert!(warnings <= 1, "{kind:?}: {}", bot.err());
            assert!(
                warnings == 1 || kind == FaultKind::Hang,
                "{kind:?}: {}",
                bot.err()
            );
            bot.stop().await;
        })
    });
    for done in each {
        done.await.unwrap();
    }
}

#[tokio::test]
async fn a_text_that_is_refused_holds_up_none_of_the_others() {
    let site = Site::new().await;
    let why = "Bad Request: BOT_DESCRIPTION_TOO_LONG";
    site.people
        .refuse("setMyDescription", 400, why, -1)
        .await
        .unwrap();
    let after = site.last_call().await;
    let bot = site.run().await;
    until_each(&site, after, "setMyShortDescription").await;
    let mut phone = site.phone(1, "km").await;
    phone.start(None).await;
    phone.submit().await;
    site.people.clear_faults().await.unwrap();
    until_each(&site, after, "setMyDescription").await;
    assert_eq!(
        bot.err().matches("cannot be set").count(),
        1,
        "{}",
        bot.err()
    );
    bot.stop().await;
}

/// The commands that a text names: a slash and letters, with neither a letter, a path nor a tag around it.
fn named(text: &str) -> BTreeSet<&str> {
    let found = text.match_indices('/').filter_map(|(at, _)| {
        let before = text[..at].chars().next_back();
        let rest = &text[at + 1..];
        let end = rest.find(|c: char| !c.is_ascii_lowercase());
        let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
        let is_part = |c: char| c.is_ascii_alphanumeric() || "</.*>_-|".contains(c);
        let alone =
            !before.is_some_and(is_part) && !after.starts_with(['/', '.', '_', '-', '>', '*']);
        (alone && !name.is_empty()).then_some(&text[at..=at + name.len()])
    });
    found.collect()
}

#[test]
fn every_command_that_a_text_names_is_known() {
    let forum = forum();
    let unknown = forum.words.phrases(english()).note_unknown_command();
    let mut texts: Vec<String> = config::files(None)
        .unwrap()
        .into_iter()
        .filter(|(name, _)| name.starts_with("locales/"))
        .map(|(_, text)| text)
        .collect();
    assert_eq!(texts.len(), 2);
    for guide in [
        "ngo.en.html",
        "ngo.km.html",
        "organisers.en.md",
        "organisers.km.md",
    ] {
        texts.push(fs::read_to_string(format!("docs/guides/{guide}")).unwrap());
    }
    let names: BTreeSet<&str> = texts.iter().flat_map(|text| named(text)).collect();
    assert!(names.len() > 20, "{names:?}");

    let (chat, now) = (ChatId(1), Timestamp::UNIX_EPOCH);
    let mut world = MemoryWorld::default();
    let code = world.open_owner_link();
    let mut random = 0;
    let mut answers = |world: &mut MemoryWorld, text: &str| {
        random += 1;
        let content = Content::Text(text.to_owned());
        let id = MessageId(random);
        let event = Event::Message { id, content };
        let moment = Moment { now, random: 1 };
        world.step(chat, event, &forum, moment)
    };
    answers(&mut world, &format!("/start {code}"));
    let mut owner = world.person(chat).unwrap();
    owner.language = Some(english());
    let is_known =
        |outcome: &samleng::dialogue::Outcome| !format!("{outcome:?}").contains(unknown.as_str());
    world.put(owner.clone(), now);
    assert!(!is_known(&answers(&mut world, "/nothing")));
    for name in names {
        // From the same place each time.
        world.put(owner.clone(), now);
        assert!(is_known(&answers(&mut world, name)), "{name}");
    }
}
