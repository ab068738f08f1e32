//! What `samleng check` finds in the files of a forum.

use super::*;

/// As `samleng check` says it.
pub(super) fn mistakes(files: &Files) -> Vec<String> {
    let config = config::load(files).err().into_iter().flatten();
    let words = Words::new(&config::locales_of(files))
        .err()
        .into_iter()
        .flatten();
    let mut mistakes: Vec<Mistake> = config.chain(words).collect();
    mistakes.sort();
    mistakes.iter().map(ToString::to_string).collect()
}

#[test]
fn every_damage_is_found_at_its_line() {
    let shipped = config::files(None).unwrap();
    let mut wrong = Vec::new();
    for (file, was, becomes, expected) in DAMAGES {
        let mut files = shipped.clone();
        let text = files.get_mut(*file).unwrap();
        assert_eq!(text.matches(was).count(), 1, "{file}: {was}");
        let at = text.find(was).unwrap();
        *text = text.replace(was, becomes);
        let line = |at: usize| (text[..at].matches('\n').count() + 1).to_string();
        // Fluent files grow; what counts is that the line is that of the damage, or the file's last.
        let key_line = if becomes.starts_with("   *") {
            line(text[..at].rfind("count-photos =").unwrap())
        } else {
            line(at)
        };
        let next = line(at + text[at..].find('\n').unwrap() + 1);
        let last = line(text.trim_end().len());
        let mut expected: Vec<String> = expected
            .iter()
            .map(|line| {
                line.replace("LINE", &key_line)
                    .replace("LAST", &last)
                    .replace("NEXT", &next)
            })
            .collect();
        let mut found = mistakes(&files);
        expected.sort();
        found.sort();
        if found != expected {
            wrong.push(format!(
                "{becomes}\n  expected {expected:#?}\n  found {found:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Nothing is erased of which nobody was told.
#[test]
fn the_owners_must_be_warned_before_an_erasure() {
    let mut files = config::files(None).unwrap();
    let reminders = files.get_mut("reminders.toml").unwrap();
    reminders.truncate(
        reminders
            .find("[[reminder]]\nid = \"erasure-week\"")
            .unwrap(),
    );
    let first = reminders[..reminders.find("[[reminder]]").unwrap()]
        .matches('\n')
        .count();
    let expected = format!(
        "reminders.toml:{}: reminder: none has before = \"erasure\": the owners must be warned before data is erased \
         (retention_days)",
        first + 1
    );
    assert_eq!(mistakes(&files), [expected]);
    let settings = files.get_mut("samleng.toml").unwrap();
    *settings = settings.replace("retention_days = 90", "retention_days = 0");
    assert_eq!(mistakes(&files), [""; 0]);
}

/// People are told that no backup lives longer than 14 days; one within the data folder would be lost with it.
#[test]
fn backups_have_a_place_of_their_own_and_an_end() {
    for (was, is, expected) in [
        ("keep_days = 14", "keep_days = 15", "keep_days"),
        ("every_hours = 24", "every_hours = 0", "every_hours"),
        (
            "# folder = \"/var",
            "folder = \"var",
            "must be an absolute path",
        ),
        ("# folder = \"/var", "folder = \"/var", ""),
    ] {
        let mut files = config::files(None).unwrap();
        let settings = files.get_mut("samleng.toml").unwrap();
        assert!(settings.contains(was));
        *settings = settings.replace(was, is);
        let found = mistakes(&files);
        match expected {
            "" => assert_eq!(found, [""; 0]),
            some => assert!(found.len() == 1 && found[0].contains(some), "{found:?}"),
        }
    }
}

/// Telegram refuses what is longer, and then shows nothing new.
#[test]
fn what_the_apps_show_of_the_bot_has_its_lengths() {
    let shipped = config::files(None).unwrap();
    for (key, limit, what) in [
        ("command-menu", 256, "what a command says of itself"),
        ("bot-description", 512, "the description"),
        ("bot-about", 120, "the short description"),
    ] {
        let with = |text: &str| {
            let mut files = shipped.clone();
            let source = files.get_mut("locales/en.ftl").unwrap();
            let at = source.find(&format!("\n{key} = ")).unwrap() + 1;
            let end = at + source[at..].find('\n').unwrap();
            source.replace_range(at..end, &format!("{key} = {text}"));
            mistakes(&files).join("\n")
        };
        assert_eq!(with(&"x".repeat(limit)), "", "{key}");
        let long = with(&"x".repeat(limit + 1));
        let expected = format!("{key}: has {} letters; {what} holds {limit}", limit + 1);
        assert!(long.ends_with(&expected), "{long}");
        if key != "command-menu" {
            let marked = with(&format!("<b>{}</b>", "x".repeat(limit)));
            assert_eq!(marked, "", "{key}: tags do not count");
            // Outside the first plane a character is two units.
            assert_ne!(with(&"🗑".repeat(limit / 2 + 1)), "", "{key}");
            assert!(with("<b>open").ends_with("<b> is not closed"), "{key}");
        }
    }
}

#[test]
fn more_choices_or_questions_than_fit_are_refused() {
    let shipped = config::files(None).unwrap();
    let mut files = shipped.clone();
    let topics = files.get_mut("topics.toml").unwrap();
    for i in 0..90 {
        topics.push_str(&format!(
            "[[topic]]\nid = \"t{i}\"\nkm = \"ក\"\nen = \"x\"\n"
        ));
    }
    assert_eq!(
        mistakes(&files),
        ["topics.toml:4: topic: 101 choices; a message of Telegram's holds 97"]
    );
    let mut files = shipped.clone();
    let topics = files.get_mut("topics.toml").unwrap();
    for i in 0..60 {
        let label = "ក".repeat(40);
        topics.push_str(&format!(
            "[[topic]]\nid = \"t{i}\"\nkm = \"{label}\"\nen = \"x\"\n"
        ));
    }
    let found = mistakes(&files);
    assert!(
        found.len() == 1 && found[0].contains("Telegram takes 9000"),
        "{found:?}"
    );
    let mut files = shipped.clone();
    let form = files.get_mut("form.toml").unwrap();
    for i in 0..40 {
        form.push_str(&format!(
            "[[question]]\nid = \"q{i}\"\nkind = \"text\"\nrequired = false\nprompt.km = \"ក\"\nprompt.en = \"x\"\n"
        ));
    }
    assert_eq!(
        mistakes(&files),
        ["form.toml:7: question: 48 questions; a form holds 40"]
    );
    let mut files = shipped;
    files.insert("topics.toml".to_owned(), String::new());
    assert_eq!(
        mistakes(&files)[0],
        "topics.toml:1: topic: there is nothing to choose from"
    );
}

#[test]
fn check_tells_all_mistakes_of_all_files_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let shipped = config::files(None).unwrap();
    std::fs::create_dir(folder.path().join("locales")).unwrap();
    let write = |name: &str, was: &str, becomes: &str| {
        let text = shipped[name].replace(was, becomes);
        assert_ne!(text, shipped[name]);
        std::fs::write(folder.path().join(name), text).unwrap();
    };
    write("samleng.toml", "review = ", "reviews = ");
    write("topics.toml", "en = \"Land and housing\"\n", "");
    write("form.toml", "max_files = 10", "max_files = 99");
    write(
        "locales/en.ftl",
        "digits = 0123456789",
        "digits = 012345678",
    );
    std::fs::write(folder.path().join("locales/khmer.ftl"), "").unwrap();
    let check = |folder: &std::path::Path| {
        let output = Command::new(env!("CARGO_BIN_EXE_samleng"))
            .args(["check", "--config"])
            .arg(folder)
            .env_clear()
            .output()
            .unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(output.stdout.is_empty());
        (output.status.code(), text)
    };
    let (code, text) = check(folder.path());
    assert_eq!(
        text.lines().collect::<Vec<_>>(),
        [
            "form.toml:34: question[4].max_files: must be a whole number from 0 to 10",
            "locales/en.ftl:4: digits: must hold the ten digits from zero to nine",
            "locales/khmer.ftl:1: (file): the name must be a two-letter language code and .ftl",
            "samleng.toml:9: reviews: is not a key known here",
            "topics.toml:9: topic[2].en: is missing",
        ]
    );
    assert_eq!(code, Some(1));
    // A folder with nothing in it changes nothing; none at all is a mistake.
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(check(empty.path()), (Some(0), String::new()));
    let (code, text) = check(&empty.path().join("nowhere"));
    assert!(code == Some(1) && text.lines().count() == 1 && text.contains("is no folder"));
}

/// What a real bot's settings say of backups, addresses and keys is nothing to a demo in the same folder.
#[test]
fn a_try_touches_nothing_outside() {
    let real = r#"
mode = "webhook"
join = "invite"
key_file = "/etc/samleng/key"
[backup]
folder = "/var/backups/samleng"
[telegram]
token_file = "/etc/samleng/token"
[webhook]
url = "https://bot.example.org"
[observe]
listen = "127.0.0.1:9464"
"#;
    let mut files = config::files(None).unwrap();
    files.insert("samleng.toml".to_owned(), real.to_owned());
    let real = config::load(&files).unwrap().settings;
    assert!(real.backup.is_some() && real.observe.is_some());
    let tried = config::for_a_try(files.clone());
    let settings = config::load(&tried).unwrap().settings;
    assert_eq!(settings.mode, config::Mode::Polling);
    assert_eq!((settings.backup, settings.observe), (None, None));
    assert_eq!(
        (settings.key_file, settings.telegram.token_file),
        (None, None)
    );
    assert_eq!((settings.webhook.url, settings.join), (None, real.join));
    // All else is as it was.
    let others = |files: &config::Files| {
        let mut others = files.clone();
        others.remove("samleng.toml");
        others
    };
    assert_eq!(others(&tried), others(&files));
}
