//! Updates brought to the webhook at a steady rate, whether or not the last were answered.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde_json::json;
use tokio::task::JoinSet;

use super::people::{Kind, People};
use super::process::{Process, TOKEN};
use super::table::Table;
use super::{Effort, emulator, share};

/// Updates a second.
const OFFERED: u32 = 1_000;
/// Members who send them.
const MEMBERS: i64 = 1_000;
/// Where their ids begin: far from the emulator's own.
const FIRST_ID: u32 = 1_500_000_000;
const HOST: &str = "bot.example.org";

/// What a request needs.
struct Target {
    http: reqwest::Client,
    url: String,
    secret: String,
}

/// Offers [`OFFERED`] a second, and says how many were taken and how soon.
pub(crate) async fn offered(table: &mut Table, place: &Path, effort: Effort) -> anyhow::Result<()> {
    let emulator = emulator().await?;
    let client = emulator.client(TOKEN)?;
    let listen = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    client
        .post("webhook", &json!({"host": HOST, "address": listen}))
        .await?;
    let folder = place.join("webhook");
    let hook = format!(
        "[webhook]\nurl = \"https://{HOST}\"\nlisten = \"{listen}\"\nmax_connections = 100\n"
    );
    let settings = ("mode = \"webhook\"\n", hook.as_str());
    let bot = Process::samleng_with(&emulator.url(), &folder, "warn,samleng=debug", settings)?;
    let set = client
        .calls_of("setWebhook", 0, Duration::from_secs(20))
        .await?;
    let set = &set.calls.first().context("no setWebhook")?.params;
    let text = |name: &str| {
        set[name]
            .as_str()
            .map(str::to_owned)
            .context("no such field")
    };
    let target = Arc::new(Target {
        http: reqwest::Client::builder()
            .no_proxy()
            .tcp_nodelay(true)
            .build()?,
        url: text("url")?.replace(&format!("https://{HOST}"), &format!("http://{listen}")),
        secret: text("secret_token")?,
    });
    let people = People::new(emulator.local(TOKEN)?, Kind::Samleng, MEMBERS)?;
    people.join().await?;

    let before = (bot.cpu()?, bot.written());
    let total = OFFERED * effort.talk.as_secs() as u32;
    let mut tick = tokio::time::interval(Duration::from_secs(1) / OFFERED);
    let mut requests = JoinSet::new();
    let begun = Instant::now();
    for number in 0..total {
        let due = tick.tick().await.into_std();
        requests.spawn(bring(Arc::clone(&target), number, due));
    }
    let (mut waits, mut refused) = (Vec::new(), 0);
    while let Some(answer) = requests.join_next().await {
        match answer?? {
            Some(wait) => waits.push(wait),
            None => refused += 1,
        }
    }
    let took = begun.elapsed().as_secs_f64();
    let cpu = bot.cpu()?.saturating_sub(before.0).as_secs_f64();
    let written = bot.written();
    let commits = written.update_commits - before.1.update_commits;
    let rate = format!(
        "{:.0} a second, {refused} refused",
        waits.len() as f64 / took
    );
    table.row("webhook: 1,000 updates a second offered", &rate, "all");
    let soon = format!(
        "p50 {:.1} ms, p99 {:.1} ms",
        share(&waits, 0.5),
        share(&waits, 0.99)
    );
    table.row("webhook: until 200, on disk", &soon, "");
    let each = cpu * 1e6 / waits.len().max(1) as f64;
    let work = format!(
        "{:.0} % of a core, {each:.0} µs an update",
        cpu / took * 100.0
    );
    table.row("webhook: CPU, answers to people included", &work, "");
    let flushes = format!(
        "{:.1} updates a flush",
        waits.len() as f64 / commits.max(1) as f64
    );
    table.row("webhook: commits", &flushes, "printed");
    bot.end()?;
    emulator.stop().await;
    Ok(())
}

/// Brings one update; how long after it was due it was taken.
async fn bring(target: Arc<Target>, number: u32, due: Instant) -> anyhow::Result<Option<Duration>> {
    let who = super::people::FIRST + i64::from(number) % MEMBERS;
    let update = json!({"update_id": FIRST_ID + number, "message": {
        "message_id": 1_000_000 + number, "date": 1, "chat": {"id": who, "type": "private"},
        "from": {"id": who, "is_bot": false, "first_name": "P"}, "text": "/menu"
    }});
    let answer = target
        .http
        .post(&target.url)
        .header("x-telegram-bot-api-secret-token", &target.secret)
        .header("content-type", "application/json")
        .body(update.to_string())
        .send()
        .await?;
    Ok(answer.status().is_success().then(|| due.elapsed()))
}
