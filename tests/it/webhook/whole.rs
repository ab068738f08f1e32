//! The whole program with a webhook: what Telegram is told, who hears of mistakes, a hundred at once.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{GUARD, HOST, Site, TOKEN, UNLIMITED, Way, free_address};
use crate::whole_path::refused;

/// The parameters of the newest setWebhook.
async fn set(site: &Site) -> Value {
    let calls = site.people.calls_of("setWebhook", 0, GUARD).await.unwrap();
    let mut params = calls.calls.last().unwrap().params.clone();
    if let Some(kinds) = params["allowed_updates"].as_str() {
        params["allowed_updates"] = serde_json::from_str(kinds).unwrap();
    }
    params
}

#[tokio::test]
async fn telegram_is_told_of_a_secret_address_that_stays() {
    let mut site = Site::by(Way::Webhook).await;
    site.env.insert("RUST_LOG".to_owned(), "trace".to_owned());
    let bot = site.run().await;
    let first = set(&site).await;
    let url = first["url"].as_str().unwrap();
    let path = url.strip_prefix(&format!("https://{HOST}/")).unwrap();
    let secret = first["secret_token"].as_str().unwrap();
    assert_eq!((path.len(), secret.len()), (22, 43));
    assert_eq!(first["max_connections"], 40);
    assert_eq!(
        first["allowed_updates"],
        json!([
            "message",
            "edited_message",
            "callback_query",
            "my_chat_member"
        ])
    );
    assert!(
        first
            .get("drop_pending_updates")
            .is_none_or(|drops| drops == false)
    );
    let mut phone = site.phone(31, "en").await;
    phone.start(None).await;
    phone.submit().await;
    for hidden in [path, secret] {
        assert!(!bot.err().contains(hidden) && !bot.out().contains(hidden));
    }
    bot.stop().await;
    let bot = site.run().await;
    assert_eq!(set(&site).await, first, "the same after a restart");
    bot.stop().await;
    // Another secret, from a file.
    let file = site.folder.path().join("secret");
    let from_file = || {
        format!(
            "{UNLIMITED}\n[webhook]\nurl = \"https://{HOST}/deep/\"\nlisten = \"{}\"\nsecret_file = {file:?}\nmax_connections = 9\n",
            site.listen
        )
    };
    let config = site.folder.path().join("config/samleng.toml");
    fs::write(&config, format!("mode = \"webhook\"\n{}", from_file())).unwrap();
    fs::write(&file, "").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    for (text, good) in [
        ("short", false),
        ("not a secret at all, really", false),
        ("0123456789abcdef_-\n", true),
    ] {
        fs::write(&file, text).unwrap();
        if good {
            let bot = site.run().await;
            let now = set(&site).await;
            assert_eq!(now["secret_token"], text.trim());
            assert_eq!(now["url"], format!("https://{HOST}/deep/{path}"));
            assert_eq!(now["max_connections"], 9);
            phone.submit().await;
            bot.stop().await;
        } else {
            let said = site.say(&["run"]).await;
            refused(&said, "16 to 256");
            assert!(!said.err.contains(text));
        }
    }
}

#[tokio::test]
async fn settings_that_do_not_fit_are_mistakes() {
    let site = Site::by(Way::Polling).await;
    let config = site.folder.path().join("config/samleng.toml");
    for (settings, mistake) in [
        ("mode = \"push\"", "1: mode: must be one of"),
        ("mode = \"webhook\"", "1: mode: needs url in [webhook]"),
        (
            "[webhook]\nurl = \"http://a.org\"",
            "2: webhook.url: must begin with https://",
        ),
        (
            "[webhook]\nurl = \"https://a.org:8080\"",
            "2: webhook.url: must use port 443, 80, 88 or 8443",
        ),
        (
            "[webhook]\nurl = \"https://a.org/?x\"",
            "2: webhook.url: must be a plain address",
        ),
        ("[webhook]\nurl = \"https://\"", "2: webhook.url: "),
        (
            "[webhook]\nlisten = \"8080\"",
            "2: webhook.listen: must be an address and a port",
        ),
        (
            "[webhook]\nmax_connections = 101",
            "2: webhook.max_connections: must be a whole number from 1 to 100",
        ),
        (
            "[webhook]\nsecret = \"x\"",
            "2: webhook.secret: is not a key",
        ),
        (
            "[observe]\nlisten = \"0.0.0.0:9464\"",
            "2: observe.listen: must be an address of this machine only",
        ),
        ("[observe]\n", "1: observe.listen: is missing"),
        (
            "mode = \"webhook\"\n[webhook]\nurl = \"https://a.org\"\n[observe]\nlisten = \"127.0.0.1:8080\"",
            "4: observe: must listen at another address",
        ),
    ] {
        fs::write(&config, settings).unwrap();
        let said = site.say(&["check"]).await;
        assert_eq!(said.code, Some(1), "{settings}: {said:?}");
        let all = format!("{}{}", said.out, said.err);
        let lines: Vec<&str> = all
            .lines()
            .filter(|line| line.contains("samleng.toml:"))
            .collect();
        assert_eq!(lines.len(), 1, "{settings}: {said:?}");
        assert!(
            lines[0].contains(&format!("samleng.toml:{mistake}")),
            "{settings}: {}",
            lines[0]
        );
    }
    fs::write(&config, "mode = \"webhook\"\n[webhook]\nurl = \"https://a.org:8443/deep\"\n[observe]\nlisten = \"[::1]:9464\"").unwrap();
    let said = site.say(&["check"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_at_once_are_all_answered() {
    let site = Site::by(Way::Webhook).await;
    let config = site.folder.path().join("config/samleng.toml");
    let many = fs::read_to_string(&config).unwrap() + "max_connections = 100\n";
    fs::write(&config, many).unwrap();
    let bot = site.run().await;
    let local = site.emulator.local(TOKEN).unwrap();
    let people = 6_000..6_100;
    for id in people.clone() {
        local
            .act(
                "user",
                json!({"id": id, "first_name": "P", "language_code": "en"}),
            )
            .unwrap();
    }
    let acts = people.clone().map(|id| ("start", json!({"from": id})));
    local.act_together(acts).unwrap();
    for id in people {
        let screen = local.screen(id, 0, GUARD).await.expect("an answer");
        assert!(
            screen.labels.iter().any(|label| label == "English"),
            "{screen:?}"
        );
    }
    site.until_confirmed().await;
    bot.stop().await;
}

#[tokio::test]
async fn the_program_shows_its_health_either_way() {
    for way in [Way::Polling, Way::Webhook] {
        let site = Site::by(way).await;
        let address = free_address();
        let config = site.folder.path().join("config/samleng.toml");
        let observed = fs::read_to_string(&config).unwrap()
            + &format!("\n[observe]\nlisten = \"{address}\"\n");
        fs::write(&config, observed).unwrap();
        let bot = site.run().await;
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let get = |path: &str| http.get(format!("http://{address}{path}")).send();
        let mut phone = site.phone(41, "en").await;
        phone.start(None).await;
        phone.submit().await;
        site.until_confirmed().await;
        let until = tokio::time::Instant::now() + GUARD;
        loop {
            let answer = get("/readyz").await.unwrap();
            let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
            if status == 200 {
                break;
            }
            assert!(tokio::time::Instant::now() < until, "{way:?}: {text}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(get("/healthz").await.unwrap().status().as_u16(), 200);
        let text = get("/metrics").await.unwrap().text().await.unwrap();
        let count = |name: &str| -> f64 {
            let line = text.lines().find(|line| line.starts_with(name)).unwrap();
            line.rsplit_once(' ').unwrap().1.parse().unwrap()
        };
        let came = match way {
            Way::Polling => "samleng_updates_received_total{way=\"polling\"}",
            Way::Webhook => "samleng_updates_received_total{way=\"webhook\"}",
        };
        assert!(count(came) > 8.0, "{text}");
        assert!(count("samleng_updates_committed_total") > 8.0);
        assert!(count("samleng_sends_total{outcome=\"sent\"}") > 8.0);
        assert_eq!(count("samleng_store_open"), 1.0);
        bot.stop().await;
        assert!(get("/healthz").await.is_err(), "gone with it");
    }
}

/// A webhook that somebody else deletes is set again; and an address that is taken is one clear line.
#[tokio::test]
async fn what_others_do_to_it_is_seen() {
    let site = Site::by(Way::Webhook).await;
    let taken = std::net::TcpListener::bind(site.listen).unwrap();
    refused(&site.say(&["run"]).await, "cannot listen at");
    drop(taken);
    // Telegram cannot be told at first.
    site.people
        .fault(
            Some("setWebhook"),
            samleng::emulator::FaultKind::BadGateway,
            1,
        )
        .await
        .unwrap();
    let bot = site.run().await;
    let mut phone = site.phone(51, "en").await;
    phone.start(None).await;
    phone.submit().await;
    assert!(bot.err().contains("no updates"), "{}", bot.err());
    bot.stop().await;
}
