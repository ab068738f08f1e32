//! `samleng doctor`, well and ill: what it says of each thing, that it says what to do, that it harms nobody and tells no secret.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use samleng::domain::Concern;
use samleng::store::kv::{Batch, Kv as _};
use samleng::store::record::Record as _;
use samleng::store::sled_kv::SledKv;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::disk::SmallDisk;
use super::support::{Site, TOKEN, Way};

/// What it said, by what it is about.
struct Said {
    code: Option<i32>,
    lines: BTreeMap<String, (String, String)>,
}

impl Said {
    /// This line begins so, and its words hold this.
    fn has(&self, about: &str, verdict: &str, words: &str) {
        let Some((is, said)) = self.lines.get(about) else {
            panic!("nothing of {about}: {:#?}", self.lines);
        };
        assert_eq!(is, verdict, "{about}: {said}");
        assert!(said.contains(words), "{about}: {said}");
    }

    /// Nothing fails but this.
    fn only_fails(&self, about: &[&str]) {
        let failing = self.lines.iter().filter(|(_, (is, _))| is == "FAIL");
        let failing: Vec<&str> = failing.map(|(about, _)| about.as_str()).collect();
        assert_eq!(failing, about, "{:#?}", self.lines);
    }
}

const WORDS: &str = "the well at the school gives brown water";

/// Asks it, and holds what it says against what always holds.
async fn doctor(site: &Site) -> Said {
    let said = site.say(&["doctor"]).await;
    assert_eq!(said.err, "", "nothing but the report is said");
    let mut lines = BTreeMap::new();
    for line in said.out.lines() {
        let (verdict, rest) = line.split_once("  ").expect("a verdict and more");
        let (about, words) = rest
            .trim_start()
            .split_once("  ")
            .expect("a thing and more");
        let verdict = verdict.trim();
        assert!(["ok", "warn", "FAIL"].contains(&verdict), "{line}");
        let words = words.trim();
        assert!(!words.is_empty(), "{line}");
        let twice = lines.insert(about.to_owned(), (verdict.to_owned(), words.to_owned()));
        assert!(twice.is_none(), "{about} comes twice");
    }
    let fails = lines.values().any(|(verdict, _)| verdict == "FAIL");
    assert_eq!(said.code, Some(i32::from(fails)), "{}", said.out);
    let (_, secret) = TOKEN.split_once(':').unwrap();
    let mut secrets = vec![
        secret.to_owned(),
        WORDS.to_owned(),
        "owner-link?".to_owned(),
    ];
    if let Ok(key) = fs::read_to_string(site.key()) {
        secrets.push(key.trim().to_owned());
    }
    for secret in secrets {
        assert!(!said.out.contains(&secret), "{}", said.out);
    }
    Said {
        code: said.code,
        lines,
    }
}

/// A bot has run here, and somebody has sent something; an update about nobody waits, which makes the doctor quick.
async fn visited() -> Site {
    let site = Site::new().await;
    let bot = site.run().await;
    let mut phone = site.phone(41, "en").await;
    WORDS.clone_into(&mut phone.words);
    phone.start(None).await;
    phone.submit().await;
    site.until_confirmed().await;
    bot.stop().await;
    site.poke().await;
    site
}

fn open(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_is_well_before_the_first_start_while_it_runs_and_after() {
    let site = Site::new().await;
    let said = doctor(&site).await;
    assert_eq!(said.code, Some(0));
    for (about, words) in [
        ("configuration", "every file can be used"),
        ("texts", "complete in km, en"),
        ("bot", "does not run"),
        ("token", "Telegram knows it: @"),
        ("time", "agrees with the server"),
        ("updates", "nobody else fetches them; 0 wait"),
        ("secrets", "in the environment"),
        ("permissions", "the first start makes it"),
        ("disk", "free, the store takes 0 kB"),
        ("key", "the first start makes"),
        ("store", "there is none yet"),
    ] {
        said.has(about, "ok", words);
    }
    said.has("backups", "warn", "name a folder for them");
    assert_eq!(said.lines.len(), 12);
    assert!(
        !site.data.exists() && !site.key().exists(),
        "it makes nothing"
    );

    let bot = site.run().await;
    let mut phone = site.phone(40, "en").await;
    phone.start(None).await;
    phone.submit().await;
    let before = site.last_call().await;
    let said = doctor(&site).await;
    for (about, words) in [
        ("bot", "it runs, and answers"),
        ("updates", "the running bot gets them"),
        ("permissions", "nobody else can read"),
        ("key", "opens the store. Keep a copy"),
        ("store", "the running bot has it open"),
    ] {
        said.has(about, "ok", words);
    }
    assert_eq!(said.code, Some(0));
    // The bot's own poll is the only one, and nobody broke it off.
    site.until_confirmed().await;
    let polls = site
        .people
        .calls_of("getUpdates", before, std::time::Duration::ZERO)
        .await
        .unwrap();
    assert!(polls.calls.iter().all(|call| call.ok));
    assert!(
        polls
            .calls
            .iter()
            .all(|call| call.params["limit"] == json!(100))
    );
    bot.stop().await;

    let store = fs::read(site.data.join("epoch")).unwrap();
    let said = doctor(&site).await;
    said.has("store", "ok", " records can be read");
    said.has("key", "ok", "opens the store");
    assert_eq!(said.code, Some(0));
    assert_eq!(fs::read(site.data.join("epoch")).unwrap(), store);
}

/// Whatever waits for the bot still waits for it after it was looked at.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_confirms_nothing() {
    let site = visited().await;
    let mut phone = site.phone(42, "en").await;
    site.people.start(42, None).await.unwrap();
    // Whether the bot still confirmed the last update it was brought, before it stopped, is left open.
    let before = site.people.updates().await.unwrap();
    let waiting = before["waiting"].as_u64().unwrap();
    assert!((2..=3).contains(&waiting), "{before:#}");
    for _ in 0..2 {
        let said = doctor(&site).await;
        said.has("updates", "ok", &format!("; {waiting} wait for the bot"));
    }
    let after = site.people.updates().await.unwrap();
    assert_eq!(after["waiting"], before["waiting"]);
    assert_eq!(after["offsets"], before["offsets"], "it confirms nothing");
    let bot = site.run().await;
    // The bot answers what was written while it was away.
    phone.until("new").await;
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_telegram_answers_is_told_apart() {
    let site = visited().await;
    let refuse = |code: u16| json!({"method": "getMe", "kind": "refuse", "code": code, "description": format!("no {WORDS}"), "count": -1});
    for (fault, verdict, words) in [
        (refuse(401), "FAIL", "does not know it (401): ask BotFather"),
        (refuse(404), "FAIL", "does not know it (404): ask BotFather"),
        (refuse(403), "FAIL", "refuses with 403: look at api_url"),
        (
            json!({"method": "getMe", "kind": "429", "retry_after": 33, "count": -1}),
            "warn",
            "left alone for 33 s",
        ),
        (
            json!({"method": "getMe", "kind": "500", "count": -1}),
            "warn",
            "answered 500: Telegram is not well",
        ),
        (
            json!({"method": "getMe", "kind": "502", "count": -1}),
            "warn",
            "answered 502: Telegram is not well",
        ),
        (
            json!({"method": "getMe", "kind": "reset", "count": -1}),
            "FAIL",
            "not reached",
        ),
        (
            json!({"method": "getMe", "kind": "html", "count": -1}),
            "FAIL",
            "not the Bot API",
        ),
    ] {
        site.people.clear_faults().await.unwrap();
        site.people.post("fault", &fault).await.unwrap();
        let said = doctor(&site).await;
        said.has("token", verdict, words);
        said.has("updates", "warn", "not looked at");
    }
    site.people.clear_faults().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_network_or_a_token_the_rest_is_looked_at() {
    let mut site = visited().await;
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    site.env.insert("TELOXIDE_API_URL".to_owned(), address);
    let said = doctor(&site).await;
    said.has(
        "token",
        "FAIL",
        "not reached: no connection; look at the network",
    );
    said.has("time", "warn", "not looked at");
    said.has("store", "ok", "can be read");
    said.only_fails(&["token"]);
    for (token, words) in [
        ("", "no token: set TELOXIDE_TOKEN"),
        ("AA-token-of-the-tests_0123456789", "is no token such as"),
    ] {
        site.env
            .insert("TELOXIDE_TOKEN".to_owned(), token.to_owned());
        let said = doctor(&site).await;
        said.has("token", "FAIL", words);
        said.has("store", "ok", "can be read");
        said.only_fails(&["token"]);
    }
}

async fn method(site: &Site, method: &str, fields: &Value) -> Value {
    let address = format!("{}/bot{TOKEN}/{method}", site.emulator.url());
    let call = reqwest::Client::new().post(address);
    let call = call
        .header("content-type", "application/json")
        .body(fields.to_string());
    let answer = call.send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&answer).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_and_a_second_poller_are_found() {
    let site = visited().await;
    let secret = json!({"url": format!("https://example.org/{WORDS}").replace(' ', "-")});
    method(&site, "setWebhook", &secret).await;
    let said = doctor(&site).await;
    said.has("updates", "FAIL", "a webhook is set");
    said.only_fails(&["updates"]);
    assert!(
        !said.lines["updates"].1.contains("example.org"),
        "an address may hold a secret"
    );
    method(&site, "deleteWebhook", &json!({})).await;

    // Another program that fetches what waits, and asks again when it was broken off.
    let address = format!("{}/bot{TOKEN}/getUpdates", site.emulator.url());
    let other = tokio::spawn(async move {
        let client = reqwest::Client::new();
        let mut offset = 0;
        loop {
            let fields = json!({"offset": offset, "timeout": 50});
            let call = client
                .post(&address)
                .header("content-type", "application/json")
                .body(fields.to_string());
            let answer = call.send().await.unwrap().text().await.unwrap();
            let answer: Value = serde_json::from_str(&answer).unwrap();
            let updates = answer["result"].as_array().cloned().unwrap_or_default();
            let last = updates.last().and_then(|last| last["update_id"].as_i64());
            offset = last.map_or(offset, |last| last + 1);
        }
    });
    // It has fetched when what waited is gone.
    while method(&site, "getWebhookInfo", &json!({})).await["result"]["pending_update_count"]
        != json!(0)
    {
        tokio::task::yield_now().await;
    }
    let said = doctor(&site).await;
    said.has(
        "updates",
        "FAIL",
        "another program fetches updates with this token",
    );
    said.only_fails(&["updates"]);
    other.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_of_ours_is_looked_at() {
    let site = Site::by(Way::Webhook).await;
    let bot = site.run().await;
    let said = doctor(&site).await;
    said.has("updates", "ok", "Telegram brings them; 0 wait");
    bot.stop().await;
    // It stays: what comes meanwhile waits to be brought.
    site.phone(41, "en").await.start(None).await;
    let failed = async || {
        let info = method(&site, "getWebhookInfo", &json!({})).await;
        info["result"]["last_error_message"].is_string()
    };
    while !failed().await {
        tokio::task::yield_now().await;
    }
    let said = doctor(&site).await;
    said.has("updates", "FAIL", "Telegram cannot bring them");
    said.only_fails(&["updates"]);

    let other = json!({"url": "https://example.org/another"});
    method(&site, "setWebhook", &other).await;
    let said = doctor(&site).await;
    said.has("updates", "FAIL", "the webhook leads elsewhere");
    method(&site, "deleteWebhook", &json!({})).await;
    let said = doctor(&site).await;
    said.has("updates", "warn", "the bot sets it when it starts");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_bot_tells_of_its_trouble() {
    let site = Site::new().await;
    let bot = site.run().await;
    for (fault, verdict, words) in [
        (
            json!({"method": "getUpdates", "kind": "refuse", "code": 409, "description": "Conflict: x", "count": -1}),
            "FAIL",
            "the running bot gets none: another program",
        ),
        (
            json!({"method": "getUpdates", "kind": "500", "count": -1}),
            "warn",
            "gets none at the moment: the server answered 500",
        ),
    ] {
        site.people.clear_faults().await.unwrap();
        site.until_confirmed().await;
        let before = site.last_call().await;
        site.people.post("fault", &fault).await.unwrap();
        site.poke().await;
        // The first failure was understood when the second comes.
        site.until_call(before, "getUpdates", |call| !call.ok).await;
        let first = site.last_call().await;
        site.until_call(first, "getUpdates", |call| !call.ok).await;
        let said = doctor(&site).await;
        said.has("updates", verdict, words);
    }
    site.people.clear_faults().await.unwrap();
    bot.stop().await;
}

/// A server that knows the bot and says that it is so late, or says nothing of it. It answers until dropped.
async fn server(date: Option<SignedDuration>) -> (String, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                if stream.read_buf(&mut request).await.unwrap() == 0 {
                    break;
                }
            }
            let body = r#"{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"x","username":"fictional_bot"}}"#;
            let date = date.map(|off| {
                let printer = rfc2822::DateTimePrinter::new();
                let at = Timestamp::now().checked_add(off).unwrap();
                format!(
                    "Date: {}\r\n",
                    printer.timestamp_to_rfc9110_string(&at).unwrap()
                )
            });
            let date = date.unwrap_or_default();
            let answer = format!(
                "HTTP/1.1 200 OK\r\n{date}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (address, serving)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_wrong_is_found() {
    for (off, verdict, words) in [
        (Some(0), "ok", "agrees with the server"),
        (Some(15), "ok", "s behind the server"),
        (Some(-15), "ok", "s ahead of the server"),
        (
            Some(120),
            "warn",
            "s behind the server: have it set by the network",
        ),
        (
            Some(-120),
            "warn",
            "s ahead of the server: have it set by the network",
        ),
        (Some(86_400), "FAIL", "s behind the server: have it set"),
        (
            Some(-40_000_000),
            "FAIL",
            "s ahead of the server: have it set",
        ),
        (None, "warn", "does not say what time it is: compare"),
    ] {
        let mut site = Site::new().await;
        let (address, serving) = server(off.map(SignedDuration::from_secs)).await;
        site.env.insert("TELOXIDE_API_URL".to_owned(), address);
        let said = doctor(&site).await;
        said.has("time", verdict, words);
        serving.abort();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_can_read_is_found() {
    let mut site = visited().await;
    let open_file = site.data.join("epoch");
    open(&open_file, 0o644);
    let said = doctor(&site).await;
    said.has("permissions", "FAIL", "epoch: chmod -R go=");
    said.only_fails(&["permissions"]);
    open(&open_file, 0o600);
    open(&site.data, 0o750);
    let said = doctor(&site).await;
    said.has("permissions", "FAIL", "others can read");
    said.only_fails(&["permissions"]);
    open(&site.data, 0o700);
    open(&site.key(), 0o640);
    let said = doctor(&site).await;
    said.has("key", "FAIL", "chmod 600");
    said.only_fails(&["key"]);
    open(&site.key(), 0o600);

    // The token in a file: of the settings, or handed over by the service manager.
    let token = site.folder.path().join("handed/token");
    fs::create_dir(token.parent().unwrap()).unwrap();
    fs::write(&token, format!("{TOKEN}\n")).unwrap();
    site.env.insert("TELOXIDE_TOKEN".to_owned(), String::new());
    let handed = token.parent().unwrap().to_str().unwrap().to_owned();
    for (from_settings, mode, fails) in [
        (true, 0o600, false),
        (true, 0o440, true),
        (false, 0o440, false),
        (false, 0o444, true),
    ] {
        open(&token, mode);
        let settings = if from_settings {
            site.env.remove("CREDENTIALS_DIRECTORY");
            format!("[telegram]\ntoken_file = {:?}\n", token.to_str().unwrap())
        } else {
            let folder = ("CREDENTIALS_DIRECTORY".to_owned(), handed.clone());
            site.env.extend([folder]);
            String::new()
        };
        fs::write(site.folder.path().join("config/samleng.toml"), settings).unwrap();
        let said = doctor(&site).await;
        said.has("token", "ok", "Telegram knows it");
        if fails {
            said.has("secrets", "FAIL", "others can read the token in");
            said.only_fails(&["secrets"]);
        } else {
            said.has("secrets", "ok", "nobody else can read");
            said.only_fails(&[]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_wrong_absent_or_misplaced_is_found() {
    let mut site = visited().await;
    let key = fs::read_to_string(site.key()).unwrap();
    let (hidden, wrong) = (site.folder.path().join("hidden"), "ab".repeat(32));
    fs::rename(site.key(), &hidden).unwrap();
    let said = doctor(&site).await;
    said.has("key", "FAIL", "there is a store and no key");
    said.has("store", "warn", "for want of its key");
    assert!(!site.key().exists(), "none is made");
    site.env.insert("SAMLENG_KEY".to_owned(), wrong.clone());
    let said = doctor(&site).await;
    said.has("key", "FAIL", "SAMLENG_KEY is not the key of this store");
    said.only_fails(&["key"]);
    site.env.insert("SAMLENG_KEY".to_owned(), "zz".to_owned());
    let said = doctor(&site).await;
    said.has("key", "FAIL", "not 64 hexadecimal digits");
    site.env.remove("SAMLENG_KEY");
    let inside = site.data.join("key");
    fs::write(&inside, &key).unwrap();
    open(&inside, 0o600);
    let settings = format!("key_file = {:?}\n", inside.to_str().unwrap());
    let file = site.folder.path().join("config/samleng.toml");
    fs::write(&file, settings).unwrap();
    let said = doctor(&site).await;
    said.has("key", "FAIL", "inside the data folder");
    fs::remove_file(&inside).unwrap();
    fs::write(&file, "").unwrap();

    // While the bot runs with the right one.
    fs::rename(&hidden, site.key()).unwrap();
    let bot = site.run().await;
    site.env.insert("SAMLENG_KEY".to_owned(), wrong);
    let said = doctor(&site).await;
    said.has("key", "FAIL", "another key than the running bot has");
    said.only_fails(&["key"]);
    site.env.remove("SAMLENG_KEY");
    fs::rename(site.key(), &hidden).unwrap();
    let said = doctor(&site).await;
    said.has(
        "key",
        "warn",
        "the running bot has it; from here it is not found",
    );
    assert_eq!(said.code, Some(0));
    bot.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_damaged_is_found() {
    let site = visited().await;
    let files = site.data.join("files");
    let sent = fs::read_dir(&files).unwrap().next();
    if let Some(sent) = sent {
        let sent = sent.unwrap().path();
        fs::rename(&sent, site.folder.path().join("away")).unwrap();
        let said = doctor(&site).await;
        said.has("store", "FAIL", "files that people sent are missing");
        said.only_fails(&["store"]);
    }
    // One record, in which somebody has changed one bit.
    let place = site.data.join("store");
    let mut records = SledKv::open(&place).unwrap();
    let concerns = records.range(&[Concern::PREFIX]).unwrap();
    let (key, mut sealed) = concerns.into_iter().next().unwrap();
    *sealed.last_mut().unwrap() ^= 1;
    let mut batch = Batch::new();
    batch.put(key, sealed);
    records.commit(batch).unwrap();
    drop(records);
    // This process lets others read what it makes.
    for made in fs::read_dir(&place).unwrap() {
        let made = made.unwrap().path();
        open(&made, if made.is_dir() { 0o700 } else { 0o600 });
    }
    let said = doctor(&site).await;
    said.has("store", "FAIL", "a stored record cannot be read");
    said.has("store", "FAIL", "restore --salvage");
    said.only_fails(&["store"]);
    // All of it.
    let db = place.join("db");
    let mut broken = fs::read(&db).unwrap();
    for byte in &mut broken {
        *byte = !*byte;
    }
    fs::write(&db, &broken).unwrap();
    let said = doctor(&site).await;
    said.has("store", "FAIL", "restore --salvage");
    // A rebuild that was cut short is left to the next start.
    fs::create_dir(site.data.join("ready")).unwrap();
    open(&site.data.join("ready"), 0o700);
    let said = doctor(&site).await;
    said.has("store", "warn", "the next start finishes that");
    assert!(site.data.join("ready").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_old_the_newest_backup_is_is_told() {
    let site = visited().await;
    let folder = site.folder.path().join("backups");
    let settings = format!("[backup]\nfolder = {:?}\n", folder.to_str().unwrap());
    fs::write(site.folder.path().join("config/samleng.toml"), settings).unwrap();
    let said = doctor(&site).await;
    said.has("backups", "FAIL", "make it, or mount its disk");
    said.only_fails(&["backups"]);
    fs::create_dir(&folder).unwrap();
    open(&folder, 0o755);
    let said = doctor(&site).await;
    said.has("backups", "FAIL", "chmod 700");
    open(&folder, 0o700);
    let said = doctor(&site).await;
    said.has("backups", "warn", "there is none in");
    said.only_fails(&[]);
    let named = folder.join("samleng-old.backup");
    let is_made = site.say(&["backup", named.to_str().unwrap()]).await;
    assert_eq!(is_made.code, Some(0), "{}", is_made.err);
    let said = doctor(&site).await;
    said.has("backups", "ok", "1 kept, the newest of 20");
    let failed = site.data.join("backup-failed");
    fs::write(&failed, "").unwrap();
    open(&failed, 0o600);
    let said = doctor(&site).await;
    said.has("backups", "FAIL", "after NO BACKUP");
    said.only_fails(&["backups"]);
    fs::remove_file(&failed).unwrap();
    let (hidden, key) = (site.folder.path().join("hidden"), site.key());
    fs::rename(&key, &hidden).unwrap();
    let said = doctor(&site).await;
    said.has("backups", "warn", "for want of the key");
    fs::rename(&hidden, &key).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_found() {
    let site = Site::new().await;
    let Some(disk) = SmallDisk::mount(&site, 160 * 1024) else {
        return;
    };
    let bot = site.run().await;
    let mut phone = site.phone(43, "en").await;
    phone.start(None).await;
    phone.submit().await;
    let said = doctor(&site).await;
    said.has("disk", "ok", "MB free");
    disk.fill();
    open(&disk.ballast(), 0o600);
    let said = doctor(&site).await;
    said.has("disk", "FAIL", "make room");
    said.only_fails(&["disk"]);
    bot.stop().await;
    site.poke().await;
    let said = doctor(&site).await;
    said.has("disk", "FAIL", "make room");
    let (verdict, words) = &said.lines["store"];
    assert!(
        verdict == "ok" || words.contains("disk full") && !words.contains("salvage"),
        "{words}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mistakes_in_the_files_are_found() {
    let site = Site::new().await;
    let config = site.folder.path().join("config");
    fs::create_dir(config.join("locales")).unwrap();
    fs::write(config.join("locales/en.ftl"), "help = Help\n").unwrap();
    let said = doctor(&site).await;
    said.has("texts", "FAIL", "locales/en.ftl:");
    said.has("configuration", "ok", "no mistake");
    said.has("the rest", "warn", "samleng check");
    said.only_fails(&["texts"]);
    fs::remove_dir_all(config.join("locales")).unwrap();
    fs::write(config.join("samleng.toml"), "grace_hours = \"many\"\n").unwrap();
    let said = doctor(&site).await;
    said.has("configuration", "FAIL", "samleng.toml:1: grace_hours");
    said.only_fails(&["configuration"]);
}

/// Nobody makes files in the bot's folder that the bot cannot read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_of_somebody_else_is_left_alone() {
    let site = visited().await;
    if std::os::unix::fs::chown(&site.data, Some(1234), Some(1234)).is_err() {
        println!("skipped: only root can give a folder away");
        return;
    }
    let said = doctor(&site).await;
    said.has("store", "warn", "run this as that user");
    said.has("permissions", "FAIL", "chown -R 1234");
    let run = site.say(&["check"]).await;
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("run this as that user"), "{}", run.err);
}
