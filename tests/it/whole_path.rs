//! From the first word to the digest, and every way in which the program begins and ends.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;

use samleng::emulator::FaultKind;
use samleng::emulator::client::{Chat, File, Message};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::support::{BotProcess, Phone, Said, Site, UNLIMITED, Way, concerns, until};

#[tokio::test]
async fn two_people_reach_their_receipts_in_two_languages() {
    let site = Site::new().await;
    let bot = site.run().await;
    let mut english = site.phone(101, "en").await;
    english.start(None).await;
    let one = english.submit().await;
    let mut khmer = site.phone(102, "km").await;
    khmer.start(None).await;
    let two = khmer.submit().await;

    let mut running = site.digest().await;
    let stored = concerns(&running);
    assert_eq!(stored.len(), 2);
    assert!(stored.contains_key(&one) && stored.contains_key(&two));
    bot.stop().await;
    let mut stopped = site.digest().await;
    for digest in [&mut running, &mut stopped] {
        assert!(digest["made_at"].is_string());
        digest["made_at"].take();
    }
    assert_eq!(running, stopped);
}

/// What the link carries.
pub(crate) fn code(link: &str) -> &str {
    let code = link.trim_end().split_once("?start=").unwrap().1;
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    assert!(code.len() == 22 && code.chars().all(legal), "{link}");
    code
}

/// Opens the owner's link and comes to the organisers' menu.
pub(crate) async fn become_owner(phone: &mut Phone, link: &str) {
    phone.start(Some(code(link))).await;
    let languages = phone.screen().await;
    phone.act(&languages).await;
    let menu = phone.screen().await;
    assert_eq!(menu.verb(0), Some("digest"), "{}", menu.message.text);
}

#[tokio::test]
async fn the_owners_link_is_printed_until_it_is_used() {
    let site = Site::new().await;
    let file = site.data.join("owner-link");
    let bot = site.run().await;
    // It has polled by now, so the line is there.
    let link = bot.out();
    assert!(
        link.starts_with("https://t.me/") && link.ends_with('\n'),
        "{link}"
    );
    assert_eq!(link.lines().count(), 1, "{link}");
    assert_eq!(fs::read_to_string(&file).unwrap(), link.trim_end());
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(site.say(&["owner-link"]).await.out, link);
    bot.stop().await;
    assert_eq!(site.say(&["owner-link"]).await.out, link);

    let bot = site.run().await;
    assert_eq!(bot.out(), link, "the same until it is used");
    let mut owner = site.phone(201, "en").await;
    become_owner(&mut owner, &link).await;
    site.digest().await; // the writer has gone on from that
    assert!(!file.exists(), "gone with its use");
    let said = site.say(&["owner-link"]).await;
    refused(&said, "there is an owner");
    assert_eq!(said.out, "");
    bot.stop().await;
    refused(&site.say(&["owner-link"]).await, "there is an owner");

    // As if it had been killed between the commit and the removal.
    fs::write(&file, link.trim_end()).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let bot = site.run().await;
    assert_eq!(bot.out(), "", "there is an owner");
    assert!(!file.exists(), "a link that was used does not stay");

    // Somebody who uses it later gets no further than anybody else.
    let mut late = site.phone(202, "en").await;
    late.start(Some(code(&link))).await;
    let screen = late.screen().await;
    late.act(&screen).await;
    assert_eq!(late.screen().await.verb(0), Some("agree"));

    let fresh = site.say(&["owner-link", "--new-owner"]).await;
    assert_eq!(fresh.code, Some(0), "{}", fresh.err);
    assert_ne!(fresh.out, link);
    assert_eq!(fs::read_to_string(&file).unwrap(), fresh.out.trim_end());
    let mut second = site.phone(203, "en").await;
    become_owner(&mut second, &fresh.out).await;
    site.digest().await;
    assert!(!file.exists(), "gone with its use, too");
    bot.stop().await;

    let fresh = site.say(&["owner-link", "--new-owner"]).await;
    assert_eq!(fresh.code, Some(0), "{}", fresh.err);
    let bot = site.run().await;
    let mut third = site.phone(204, "km").await;
    become_owner(&mut third, &fresh.out).await;
    bot.stop().await;
}

/// The file with this ending, once it is there.
fn file_of(chat: &Chat, ending: &str) -> Option<File> {
    let mut files = chat.messages.iter().filter_map(|m| m.document.clone());
    files.find(|file| file.file_name.as_ref().unwrap().ends_with(ending))
}

/// A file that there is no room for is tried again and again; nobody hears of each time.
#[tokio::test]
async fn that_a_digest_is_being_made_is_told_once_however_often_it_is_tried() {
    let site = Site::new().await;
    let bot = site.run().await;
    let mut owner = site.phone(302, "en").await;
    become_owner(&mut owner, &bot.out()).await;
    owner.client.send_text(302, "/digest").await.unwrap();
    let digest = owner
        .sees(|chat| {
            let mut ours = chat.messages.iter().filter(|m| m.from_bot);
            let has_pdf = |m: &&Message| m.buttons.iter().flatten().any(|b| b.text == "PDF");
            ours.find(has_pdf).cloned()
        })
        .await;
    let (files, away) = (site.data.join("files"), site.data.join("files-away"));
    fs::rename(&files, &away).unwrap();
    owner.client.press_in(302, digest.id, "PDF").await.unwrap();
    let tries = || bot.err().matches("cannot be kept until it is sent").count();
    until(|| (tries() >= 2).then_some(())).await;
    fs::rename(&away, &files).unwrap();
    owner.sees(|chat| file_of(chat, ".pdf")).await;
    let told = owner
        .sees(|chat| {
            let ours = chat.messages.iter().filter(|m| m.from_bot);
            let told: Vec<_> = ours.filter(|m| m.text.starts_with("PDF")).collect();
            let is_over = told.iter().any(|m| m.text == "PDF of digest 1.");
            is_over.then_some(told.len())
        })
        .await;
    assert_eq!(told, 1);
    bot.stop().await;
}

#[tokio::test]
async fn the_owner_has_the_digest_as_messages_and_as_files() {
    let site = Site::new().await;
    let bot = site.run().await;
    let mut member = site.phone(301, "km").await;
    member.start(None).await;
    let receipt = member.submit().await;

    let mut owner = site.phone(302, "en").await;
    become_owner(&mut owner, &bot.out()).await;
    owner.client.send_text(302, "/digest").await.unwrap();
    let digest = owner
        .sees(|chat| {
            let mut ours = chat.messages.iter().filter(|m| m.from_bot);
            ours.find(|m| m.text.contains(&receipt)).cloned()
        })
        .await;
    let made = [("PDF", "%PDF-"), ("Word", "PK"), ("Excel", "PK")];
    for ((label, begins), ending) in made.into_iter().zip([".pdf", ".docx", ".xlsx"]) {
        owner.client.press_in(302, digest.id, label).await.unwrap();
        let file = owner.sees(|chat| file_of(chat, ending)).await;
        assert_eq!(
            file.file_name.as_deref(),
            Some(format!("samleng-digest-1-organisers{ending}").as_str())
        );
        let bytes = owner.client.file(&file.file_id).await.unwrap();
        assert!(bytes.starts_with(begins.as_bytes()), "{label}");
        if ending == ".pdf" {
            // What is attached to it is what was handed out.
            let printed = site.data.with_file_name("digest.pdf");
            fs::write(&printed, bytes).unwrap();
            let said = site
                .say(&["verify", printed.to_str().unwrap(), &receipt])
                .await;
            assert_eq!(said.code, Some(0), "{said:?}");
            assert!(said.out.contains("included as number 1"), "{}", said.out);
        }
        // That it was being made was told, and is told no more.
        let told = owner
            .sees(|chat| {
                let mut ours = chat.messages.iter().filter(|m| m.from_bot);
                let told = ours.find(|m| m.text.starts_with(label))?;
                Some(told.text.clone())
            })
            .await;
        assert_eq!(told, format!("{label} of digest 1."));
    }
    owner.client.send_text(302, "/stats").await.unwrap();
    let picture = owner
        .sees(|chat| chat.messages.iter().find(|m| m.photo.is_some()).cloned())
        .await;
    assert!(picture.text.contains("Figures"), "{}", picture.text);
    for (label, ending) in [("Text", ".txt"), ("JSON", ".json"), ("CSV", ".csv")] {
        owner.client.press_in(302, digest.id, label).await.unwrap();
        let file = owner.sees(|chat| file_of(chat, ending)).await;
        let bytes = owner.client.file(&file.file_id).await.unwrap();
        assert!(String::from_utf8(bytes).unwrap().contains(&receipt));
    }

    // To anybody else the command is unknown, and the buttons are old ones.
    let sends = site.last_call().await;
    member.client.send_text(301, "/digest").await.unwrap();
    let forged = member
        .client
        .press_data(301, Some(1), "digest:organisers.json");
    forged.await.unwrap();
    member
        .sees(|chat| {
            chat.last_toast
                .clone()
                .filter(|toast| !toast.text.is_empty())
        })
        .await;
    let calls = member
        .client
        .calls_after(sends, std::time::Duration::ZERO)
        .await
        .unwrap();
    let shown = calls.calls.iter().any(|call| call.method == "sendDocument");
    assert!(!shown);
    bot.stop().await;
}

#[tokio::test]
async fn sigterm_loses_nothing() {
    sigterm(Way::Polling).await;
}

#[tokio::test]
async fn sigterm_loses_nothing_that_is_brought() {
    sigterm(Way::Webhook).await;
}

async fn sigterm(way: Way) {
    let site = Site::by(way).await;
    let mut bot = site.run().await;
    let mut people = Vec::new();
    for id in 401..411 {
        let mut phone = site.phone(id, "en").await;
        phone.start(None).await;
        people.push(tokio::spawn(async move { phone.submit().await }));
    }
    // In the middle of what they say.
    for _ in 0..5 {
        bot.until_it_calls(&site, "sendMessage").await;
        bot.stop().await;
        bot = site.run().await;
    }
    let mut receipts = Vec::new();
    for person in people {
        receipts.push(person.await.unwrap());
    }
    receipts.sort();
    let stored: Vec<String> = concerns(&site.digest().await).into_keys().collect();
    assert_eq!(stored, receipts);

    // While a call hangs: it is not waited for long, and what it was to say is said later.
    let hang = FaultKind::Hang;
    site.people
        .fault(Some("sendMessage"), hang, -1)
        .await
        .unwrap();
    let mut phone = site.phone(411, "en").await;
    phone.start(None).await;
    site.until_confirmed().await;
    bot.stop().await;
    site.people.clear_faults().await.unwrap();
    let bot = site.run().await;
    assert_eq!(phone.screen().await.verb(0), Some("speak"));
    bot.stop().await;
}

/// Refused with 1 and one clear line, which says this.
pub(crate) fn refused(said: &Said, why: &str) {
    assert_eq!(said.code, Some(1), "{said:?}");
    let lines = said.err.lines();
    let lines: Vec<&str> = lines.filter(|l| l.starts_with("samleng: ")).collect();
    assert_eq!(lines.len(), 1, "{}", said.err);
    assert!(lines[0].contains(why), "{}", said.err);
    assert!(!said.err.contains("panicked"), "{}", said.err);
    assert_eq!(said.err.lines().last(), Some(lines[0]));
}

#[tokio::test]
async fn a_token_that_telegram_does_not_know_is_refused() {
    let mut site = Site::new().await;
    site.people
        .post("bot", &json!({"revoked": true}))
        .await
        .unwrap();
    refused(&site.say(&["run"]).await, "does not know this token (401)");
    site.env.insert(
        "TELOXIDE_API_URL".to_owned(),
        site.emulator.url() + "/nowhere",
    );
    refused(&site.say(&["run"]).await, "does not know this token (404)");
    site.env
        .insert("TELOXIDE_TOKEN".to_owned(), "no token".to_owned());
    refused(&site.say(&["run"]).await, "is no token");
}

#[tokio::test]
async fn trouble_with_the_first_call_is_waited_out() {
    let kinds = [
        FaultKind::TooMany,
        FaultKind::Internal,
        FaultKind::BadGateway,
        FaultKind::Reset,
        FaultKind::DropReply,
        FaultKind::BadJson,
        FaultKind::Html,
    ];
    let each = kinds.map(|kind| {
        tokio::spawn(async move {
            let site = Site::new().await;
            site.people.fault(Some("getMe"), kind, 1).await.unwrap();
            let bot = site.run().await;
            let warned = bot.err().contains("asking again");
            assert!(
                warned || kind == FaultKind::TooMany,
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

/// A server of one answer, for what the emulator does not do; it hears when it was asked twice.
async fn answers(listener: TcpListener, answer: &'static str) {
    for _ in 0..2 {
        let (mut stream, _) = listener.accept().await.unwrap();
        asked(&mut stream).await;
        stream.write_all(answer.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
    }
}

/// Reads a request without a body to speak of.
async fn asked(stream: &mut TcpStream) {
    let mut request = Vec::new();
    while !request.windows(4).any(|four| four == b"\r\n\r\n") {
        let more = stream.read_buf(&mut request).await.unwrap();
        assert!(more > 0, "it is whole");
    }
}

#[tokio::test]
async fn a_conflict_and_no_network_are_waited_out() {
    let mut site = Site::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    site.env
        .insert("TELOXIDE_API_URL".to_owned(), format!("http://{address}"));
    let bot = site.spawn().await;
    let body = r#"{"ok":false,"error_code":409,"description":"Conflict"}"#;
    let answer = format!(
        "HTTP/1.1 409 Conflict\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    answers(listener, answer.leak()).await;
    bot.stop().await;

    // Now nobody listens there.
    let mut child = site
        .command::<&str>(&[], &["run"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    loop {
        let line = lines.next_line().await.unwrap().expect("it goes on");
        if line.contains("asking again") {
            break;
        }
    }
    let listener = TcpListener::bind(address).await.unwrap();
    let (mut stream, _) = listener.accept().await.unwrap();
    asked(&mut stream).await;
    child.kill().await.unwrap();
}

#[tokio::test]
async fn wrong_usage_is_2_and_what_is_missing_is_1() {
    let mut site = Site::new().await;
    for wrong in [
        vec![],
        vec!["sing"],
        vec!["run", "--loudly"],
        vec!["digest", "--format", "poem"],
        vec!["agenda", "--format", "poem"],
    ] {
        let said = site.say(&wrong).await;
        assert_eq!(said.code, Some(2), "{wrong:?}: {}", said.err);
        assert_eq!(said.out, "");
    }
    refused(&site.say(&["digest"]).await, "has the bot run there?");
    refused(&site.say(&["agenda"]).await, "has the bot run there?");
    refused(&site.say(&["owner-link"]).await, "has the bot run there?");

    site.env.insert("TELOXIDE_TOKEN".to_owned(), String::new());
    refused(&site.say(&["run"]).await, "no token: set TELOXIDE_TOKEN");
    let mut command = site.command::<&str>(&[], &["run"]);
    let output = command.env_remove("TELOXIDE_TOKEN").output().await.unwrap();
    let said = Said {
        code: output.status.code(),
        out: String::new(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    refused(&said, "no token: set TELOXIDE_TOKEN");
    assert!(
        !site.data.exists(),
        "nothing was made for a bot that cannot run"
    );
    site.env.clear();

    for damage in ["[sending]\nper_second = ", "[sending]\nper_hour = 3\n"] {
        fs::write(site.folder.path().join("config/samleng.toml"), damage).unwrap();
        refused(&site.say(&["run"]).await, "samleng.toml");
    }
    fs::write(site.folder.path().join("config/samleng.toml"), UNLIMITED).unwrap();
    site.run().await.stop().await;
}

#[tokio::test]
async fn one_process_at_a_time_has_the_store() {
    let site = Site::new().await;
    let bot = site.run().await;
    refused(&site.say(&["run"]).await, "open elsewhere");
    // And the first one goes on.
    let mut phone = site.phone(501, "en").await;
    phone.start(None).await;
    phone.submit().await;
    bot.stop().await;
}

#[tokio::test]
async fn a_data_folder_that_others_can_read_is_refused() {
    let site = Site::new().await;
    site.run().await.stop().await;
    let chmod = |mode| fs::set_permissions(&site.data, fs::Permissions::from_mode(mode)).unwrap();
    for mode in [0o750, 0o705, 0o701] {
        chmod(mode);
        for command in ["run", "digest", "owner-link"] {
            refused(&site.say(&[command]).await, "others can read");
        }
    }
    chmod(0o700);
    let everything = walk(&site.data);
    assert!(everything.len() > 3, "{everything:?}");
    for path in everything {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            paths.extend(walk(&entry.path()));
        }
        paths.push(entry.path());
    }
    paths
}

#[tokio::test]
async fn without_its_key_the_store_stays_shut() {
    let mut site = Site::new().await;
    let bot: BotProcess = site.run().await;
    let mut phone = site.phone(601, "en").await;
    phone.start(None).await;
    let receipt = phone.submit().await;
    bot.stop().await;

    let key = fs::read(site.key()).unwrap();
    fs::remove_file(site.key()).unwrap();
    for command in ["run", "digest"] {
        refused(&site.say(&[command]).await, "there is a store but no key");
        assert!(
            !site.key().exists(),
            "no key is made for a store that has one"
        );
    }
    site.env.insert("SAMLENG_KEY".to_owned(), "7".repeat(64));
    for command in ["run", "digest"] {
        refused(&site.say(&[command]).await, "the key is not the one");
    }
    site.env.clear();
    fs::write(site.key(), key).unwrap();
    fs::set_permissions(site.key(), fs::Permissions::from_mode(0o600)).unwrap();
    assert!(concerns(&site.digest().await).contains_key(&receipt));
    site.run().await.stop().await;
}
