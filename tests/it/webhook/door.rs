//! What a request to the webhook meets.

use std::collections::BTreeSet;
use std::time::Duration;

use samleng::dialogue::{Effect, Person};
use samleng::runtime::deliver::Delivery;
use samleng::runtime::webhook::SECRET_HEADER;
use samleng::store::kv::KvError;
use samleng::store::memory_kv::{Call, Fault, Lasting, MemoryKv, Moment};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{BYTES, Brought, PATH, SECRET, says, unlock};
use crate::luck::{Luck, how_many};

/// Path, method, headers, body and the status that they must meet.
type Request<'r> = (&'r str, &'r str, Vec<(&'r str, &'r str)>, String, u16);

#[tokio::test]
async fn whoever_does_not_show_path_and_secret_learns_nothing() {
    let disk = MemoryKv::new();
    let brought = Brought::over(&disk).await;
    let before = disk.contents();
    let body = says(5, 1, 1, "/start").to_string();
    let json_kind = ("content-type", "application/json");
    let secret = (SECRET_HEADER, SECRET);
    let longer = format!("{SECRET}x");
    let large = "x".repeat(BYTES + 1);
    let requests: Vec<Request<'_>> = vec![
        // A stranger hears the same whatever is wrong.
        (PATH, "POST", vec![json_kind], body.clone(), 404),
        (
            PATH,
            "POST",
            vec![json_kind, (SECRET_HEADER, "wrong")],
            body.clone(),
            404,
        ),
        (
            PATH,
            "POST",
            vec![json_kind, (SECRET_HEADER, &longer)],
            body.clone(),
            404,
        ),
        (
            PATH,
            "POST",
            vec![json_kind, (SECRET_HEADER, "")],
            body.clone(),
            404,
        ),
        ("/", "POST", vec![json_kind, secret], body.clone(), 404),
        (
            "/under/",
            "POST",
            vec![json_kind, secret],
            body.clone(),
            404,
        ),
        (PATH, "GET", vec![], String::new(), 404),
        (PATH, "POST", vec![], large.clone(), 404),
        // Whoever knows both hears what is wrong.
        (PATH, "GET", vec![secret], String::new(), 405),
        (PATH, "PUT", vec![json_kind, secret], body.clone(), 405),
        (PATH, "POST", vec![secret], body.clone(), 415),
        (
            PATH,
            "POST",
            vec![("content-type", "text/plain"), secret],
            body.clone(),
            415,
        ),
        (PATH, "POST", vec![json_kind, secret], large, 413),
        (PATH, "POST", vec![json_kind, secret], String::new(), 400),
        (
            PATH,
            "POST",
            vec![json_kind, secret],
            body[..body.len() - 2].to_owned(),
            400,
        ),
        (PATH, "POST", vec![json_kind, secret], "[]".to_owned(), 400),
        (
            PATH,
            "POST",
            vec![json_kind, secret],
            json!({"update_id": "5"}).to_string(),
            400,
        ),
        (
            PATH,
            "POST",
            vec![json_kind, secret],
            format!("{body}{body}"),
            400,
        ),
        (
            PATH,
            "POST",
            vec![json_kind, secret],
            "[".repeat(BYTES),
            400,
        ),
    ];
    for (path, method, headers, body, status) in requests {
        let method = method.parse().unwrap();
        let mut request = brought
            .http
            .request(method, format!("{}{path}", brought.url));
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        let answer = request.body(body).send().await.unwrap();
        let what = format!("{path} {headers:?}");
        assert_eq!(answer.status().as_u16(), status, "{what}");
        assert!(answer.headers().get("server").is_none());
        assert_eq!(answer.text().await.unwrap(), "", "{what}");
    }
    assert_eq!(disk.contents(), before, "nothing changed");
    assert_eq!(brought.bring(&says(5, 1, 1, "/start")).await, 200);
    assert_ne!(disk.contents(), before, "the right one does");
    brought.end();
}

#[tokio::test]
async fn a_body_that_never_ends_is_not_waited_for() {
    let disk = MemoryKv::new();
    let mut brought = Brought::waiting(&disk, Duration::from_millis(50)).await;
    brought.work();
    let before = disk.contents();
    let host = brought.url.trim_start_matches("http://").to_owned();
    for announced in ["content-length: 500", "transfer-encoding: chunked"] {
        let mut stream = TcpStream::connect(&host).await.unwrap();
        let head = format!(
            "POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{SECRET_HEADER}: {SECRET}\r\n{announced}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(b"5\r\n{\"upd").await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 "), "{announced}: {answer}");
    }
    assert_eq!(disk.contents(), before);
    assert_eq!(brought.bring(&says(5, 1, 1, "/start")).await, 200);
    brought.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_at_once_share_a_flush_and_are_answered_after_it() {
    let disk = MemoryKv::new();
    let mut brought = Brought::waiting(&disk, Duration::from_secs(60)).await;
    let mut requests = tokio::task::JoinSet::new();
    for id in 0..100 {
        let body = says(1_000 + id, 7_000 + i64::from(id), 1, "/start").to_string();
        let request = brought.post(PATH).header(SECRET_HEADER, SECRET).body(body);
        requests.spawn(async move { request.send().await.unwrap().status().as_u16() });
    }
    // All have come; nobody has been answered, since nothing is written.
    let all = "samleng_updates_received_total{way=\"webhook\"} 100\n";
    while !brought.metrics.text().contains(all) {
        tokio::task::yield_now().await;
    }
    assert!(
        requests.try_join_next().is_none(),
        "answered before it is on disk"
    );
    drop(unlock(&disk).unwrap()); // to make a store takes a commit of its own
    let before = disk.calls().commits;
    brought.work();
    while let Some(status) = requests.join_next().await {
        assert_eq!(status.unwrap(), 200);
    }
    assert_eq!(disk.calls().commits - before, 1, "one flush");
    let people = unlock(&disk).unwrap().all::<Person>().unwrap();
    assert_eq!(people.len(), 100);
    brought.end();
}

#[tokio::test]
async fn what_cannot_be_kept_is_to_be_brought_again() {
    let disk = MemoryKv::new();
    let mut brought = Brought::over(&disk).await;
    disk.fail(Fault {
        call: Call::Commit,
        nth: disk.calls().commits + 1,
        lasting: Lasting::Forever,
        moment: Moment::BeforeApplying,
        error: KvError::from(std::io::Error::from(std::io::ErrorKind::StorageFull)),
    });
    for _ in 0..3 {
        let request = brought.post(PATH).header(SECRET_HEADER, SECRET);
        let request = request.body(says(5, 1, 1, "/start").to_string());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 503);
        assert_eq!(answer.headers()["retry-after"], "5");
    }
    let ready = |brought: &Brought| {
        brought
            .http
            .get(format!("{}/readyz", brought.observed))
            .send()
    };
    let answer = ready(&brought).await.unwrap();
    assert_eq!(answer.status().as_u16(), 503);
    assert!(
        answer
            .text()
            .await
            .unwrap()
            .contains("writer: ok\nstore: no\n")
    );
    disk.mend();
    // It is opened again after a while; until then nothing is taken.
    while brought.bring(&says(5, 1, 1, "/start")).await != 200 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (mut notices, mut rows) = (0, 0);
    let text = brought.metrics.text();
    assert!(text.contains("samleng_store_open 1\n"), "{text}");
    brought
        .end_deliveries(|delivery| match delivery {
            Delivery::Notice(..) => notices += 1,
            Delivery::Rows(some) => rows += some.len(),
            Delivery::Forget(_)
            | Delivery::StopAnnouncement(_)
            | Delivery::Standing(_)
            | Delivery::Stored(_)
            | Delivery::Ping(_)
            | Delivery::Stop => {}
        })
        .await;
    assert_eq!((notices, rows), (1, 1), "told once, and answered once");
}

impl Brought {
    async fn end_deliveries(&mut self, mut each: impl FnMut(Delivery)) {
        let _ = self.works.send(samleng::runtime::work::Work::Stop);
        self.writer.take().unwrap().join().unwrap();
        while let Some(delivery) = self.deliveries.recv().await {
            each(delivery);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_together_is_handled_in_the_true_order() {
    let disk = MemoryKv::new();
    let mut brought = Brought::waiting(&disk, Duration::from_secs(60)).await;
    // The edit and what follows come before what was edited.
    let edited =
        json!({"update_id": 12, "edited_message": says(12, 1, 2, "Reed Bank Circle")["message"]});
    let updates = [
        says(13, 1, 3, "/privacy"),
        edited,
        says(11, 1, 2, "hello"),
        says(10, 1, 1, "/start"),
    ];
    let mut requests = tokio::task::JoinSet::new();
    for (count, update) in updates.into_iter().enumerate() {
        let request = brought.post(PATH).header(SECRET_HEADER, SECRET);
        let request = request.body(update.to_string());
        requests.spawn(async move { request.send().await.unwrap().status().as_u16() });
        let came = format!(
            "samleng_updates_received_total{{way=\"webhook\"}} {}\n",
            count + 1
        );
        while !brought.metrics.text().contains(&came) {
            tokio::task::yield_now().await;
        }
    }
    brought.work();
    while let Some(status) = requests.join_next().await {
        assert_eq!(status.unwrap(), 200);
    }
    let reordered = brought.shape();
    brought.end();
    // One by one, as polling would have it.
    let disk = MemoryKv::new();
    let brought = Brought::over(&disk).await;
    let edited =
        json!({"update_id": 12, "edited_message": says(12, 1, 2, "Reed Bank Circle")["message"]});
    for update in [
        says(10, 1, 1, "/start"),
        says(11, 1, 2, "hello"),
        edited,
        says(13, 1, 3, "/privacy"),
    ] {
        assert_eq!(brought.bring(&update).await, 200);
    }
    assert_eq!(brought.shape(), reordered);
    brought.end();
}

impl Brought {
    /// What is to be sent, in order, without numbers that chance gives.
    fn shape(&self) -> Vec<String> {
        let store = unlock(&self.disk).unwrap();
        let mut rows = store.all::<samleng::store::Row>().unwrap();
        rows.sort_by_key(|row| row.id);
        let words = |row: &samleng::store::Row| match &row.effect {
            Effect::Send { body, .. } | Effect::Edit { body, .. } => body.html.to_plain(),
            Effect::Toast { .. }
            | Effect::Strip { .. }
            | Effect::Digest(_)
            | Effect::MyData
            | Effect::Late(_)
            | Effect::Commands => String::new(),
        };
        rows.iter().map(words).collect()
    }

    /// The newest button of somebody's whose data ends so.
    fn button(&self, who: i64, ending: &str) -> String {
        let store = unlock(&self.disk).unwrap();
        let mut rows = store.all::<samleng::store::Row>().unwrap();
        rows.retain(|row| row.chat.0 == who);
        rows.sort_by_key(|row| row.id);
        let bodies = rows.iter().rev().filter_map(|row| match &row.effect {
            Effect::Send { body, .. } | Effect::Edit { body, .. } => Some(body),
            Effect::Toast { .. }
            | Effect::Strip { .. }
            | Effect::Digest(_)
            | Effect::MyData
            | Effect::Late(_)
            | Effect::Commands => None,
        });
        let mut buttons = bodies.flat_map(|body| body.buttons.iter().flatten());
        buttons
            .find(|button| button.data.ends_with(ending))
            .unwrap()
            .data
            .clone()
    }
}

/// Everybody joins and begins a concern, and every update comes one to five times, whatever was before it and across restarts:
/// nothing comes of the second time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_again_changes_nothing_in_any_order() {
    let seeds = how_many(20, 1_000);
    let disk = MemoryKv::new();
    let brought = Brought::over(&disk).await;
    let mut updates: Vec<Value> = Vec::new();
    // Ids that begin anew, lower, as after a quiet week.
    let mut next = 900_000;
    for who in 1..=4 {
        if who == 3 {
            next = 5_000;
        }
        let mut message = 0;
        let steps = [
            "/start",
            ":speak.en",
            ":agree",
            "Reed Bank Circle",
            ":pick.pursat",
            ":new",
        ];
        for step in steps {
            next += 1;
            message += 1;
            let update = match step.strip_prefix(':') {
                None => says(next, who, message, step),
                Some(ending) => json!({"update_id": next, "callback_query": {
                    "id": next.to_string(), "from": {"id": who}, "data": brought.button(who, ending),
                    "message": {"message_id": 900, "chat": {"id": who, "type": "private"}}
                }}),
            };
            assert_eq!(brought.bring(&update).await, 200, "{update}");
            updates.push(update);
        }
    }
    let before = brought.everything();
    assert!(before.contains("Reed Bank Circle"));
    brought.end();
    for seed in 1..=seeds {
        let mut luck = Luck(seed);
        let mut again: Vec<&Value> = updates
            .iter()
            .flat_map(|update| std::iter::repeat_n(update, 1 + luck.below(5) as usize))
            .collect();
        for at in (1..again.len()).rev() {
            again.swap(at, luck.below(at as u64 + 1) as usize);
        }
        let mut brought = Brought::over(&disk).await;
        let restart = luck.below(again.len() as u64) as usize;
        for (place, update) in again.into_iter().enumerate() {
            if place == restart {
                brought.end();
                brought = Brought::over(&disk).await;
            }
            assert_eq!(brought.bring(update).await, 200, "seed {seed}");
        }
        assert_eq!(brought.everything(), before, "seed {seed}");
        brought.end();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_it_stops_what_is_under_way_is_kept_or_refused() {
    let disk = MemoryKv::new();
    let mut brought = Brought::waiting(&disk, Duration::from_secs(60)).await;
    let mut requests = tokio::task::JoinSet::new();
    for who in 1..=20 {
        let request = brought.post(PATH).header(SECRET_HEADER, SECRET);
        let request = request.body(says(100 + who, who.into(), 1, "/start").to_string());
        requests.spawn(async move { (who, request.send().await.unwrap().status().as_u16()) });
    }
    let all = "samleng_updates_received_total{way=\"webhook\"} 20\n";
    while !brought.metrics.text().contains(all) {
        tokio::task::yield_now().await;
    }
    brought.stop.send(true).unwrap();
    brought.work();
    let mut taken = BTreeSet::new();
    while let Some(answer) = requests.join_next().await {
        match answer.unwrap() {
            (who, 200) => drop(taken.insert(i64::from(who))),
            (_, status) => assert_eq!(status, 503),
        }
    }
    brought.end_deliveries(drop).await;
    let people = unlock(&disk).unwrap().all::<Person>().unwrap();
    let kept: BTreeSet<i64> = people.iter().map(|person| person.chat.0).collect();
    assert!(taken.is_subset(&kept), "taken, and lost");
    assert!(!taken.is_empty(), "what was under way is kept");
}
