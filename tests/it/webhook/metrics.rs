//! Health, readiness and metrics: what they say, to whom, and in which form.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use samleng::runtime::metrics::{Counter, File, Made, Metrics, Sent, Way};
use samleng::store::memory_kv::MemoryKv;

use super::{Brought, says};

/// A sample: its labels and its value.
type Sample = (BTreeMap<String, String>, f64);

/// Reads the text format 0.0.4, strictly: every family has its help, its type and then its samples, all together, and no sample stands
/// twice. The families by name with their type and samples.
fn read(text: &str) -> BTreeMap<String, (String, Vec<(String, Sample)>)> {
    assert!(text.ends_with('\n'), "the last line ends, too");
    let mut families: BTreeMap<String, (String, Vec<(String, Sample)>)> = BTreeMap::new();
    let mut current: Option<(String, String)> = None;
    let mut helped = None;
    let mut seen = BTreeSet::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            assert!(!help.is_empty() && !help.contains('\\'), "{line}");
            helped = Some(name.to_owned());
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert_eq!(helped.as_deref(), Some(name), "{line}");
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            let new = families.insert(name.to_owned(), (kind.to_owned(), Vec::new()));
            assert!(new.is_none(), "twice: {line}");
            current = Some((name.to_owned(), kind.to_owned()));
        } else {
            let (series, value) = line.rsplit_once(' ').unwrap();
            assert!(seen.insert(series.to_owned()), "twice: {line}");
            let value: f64 = value.parse().unwrap();
            assert!(value.is_finite() && value >= 0.0, "{line}");
            let (name, labels) = labels(series);
            let (family, kind) = current.as_ref().unwrap();
            let ending = name
                .strip_prefix(family.as_str())
                .unwrap_or_else(|| panic!("{line} of {family}"));
            let fits = match kind.as_str() {
                "histogram" => ["_bucket", "_sum", "_count"].contains(&ending),
                _ => ending.is_empty(),
            };
            assert!(fits, "{line}");
            let (_, samples) = families.get_mut(family).unwrap();
            samples.push((ending.to_owned(), (labels, value)));
        }
    }
    families
}

fn labels(series: &str) -> (&str, BTreeMap<String, String>) {
    let is_name = |name: &str| {
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        !name.is_empty()
            && name.chars().all(legal)
            && !name.starts_with(|c: char| c.is_ascii_digit())
    };
    let Some((name, rest)) = series.split_once('{') else {
        assert!(is_name(series), "{series}");
        return (series, BTreeMap::new());
    };
    assert!(is_name(name), "{series}");
    let mut labels = BTreeMap::new();
    for pair in rest.strip_suffix('}').unwrap().split(',') {
        let (key, value) = pair.split_once('=').unwrap();
        assert!(is_name(key), "{series}");
        let value = value
            .strip_prefix('"')
            .and_then(|v| v.strip_suffix('"'))
            .unwrap();
        assert!(!value.contains(['"', '\\']), "{series}");
        assert!(labels.insert(key.to_owned(), value.to_owned()).is_none());
    }
    (name, labels)
}

/// Something of everything has happened.
fn eventful() -> Metrics {
    let metrics = Metrics::default();
    metrics.received(Way::Polling, 3);
    metrics.received(Way::Webhook, 2);
    metrics.answered(200);
    metrics.answered(503);
    metrics.sent(Sent::RetryAfter);
    metrics.digest(Made::Made, Duration::from_millis(700));
    metrics.file(File::Kept);
    metrics.progressed();
    for seconds in [0.0, 0.001, 0.003, 99.0] {
        metrics.commit_seconds.note(seconds);
    }
    metrics.batch_updates.note(256.0);
    let counters: [&Counter; 4] = [
        &metrics.committed,
        &metrics.repeated,
        &metrics.waiting[0],
        &metrics.held,
    ];
    counters.into_iter().for_each(Counter::one);
    metrics
}

#[test]
fn the_text_is_what_prometheus_reads() {
    for metrics in [Metrics::default(), eventful()] {
        let families = read(&metrics.text());
        for (name, (kind, samples)) in &families {
            assert!(name.starts_with("samleng_"), "{name}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{name}");
            assert!(!samples.is_empty(), "{name}");
            if kind == "histogram" {
                let buckets: Vec<&Sample> = samples
                    .iter()
                    .filter(|(e, _)| e == "_bucket")
                    .map(|(_, s)| s)
                    .collect();
                let bound = |sample: &Sample| match sample.0["le"].as_str() {
                    "+Inf" => f64::INFINITY,
                    number => number.parse().unwrap(),
                };
                for two in buckets.windows(2) {
                    assert!(
                        bound(two[0]) < bound(two[1]) && two[0].1 <= two[1].1,
                        "{name}"
                    );
                }
                let last = buckets.last().unwrap();
                let count = samples.iter().find(|(e, _)| e == "_count").unwrap();
                assert!(bound(last).is_infinite() && last.1 == count.1.1, "{name}");
            }
        }
    }
    let families = read(&eventful().text());
    let value = |name: &str, label: Option<(&str, &str)>| {
        let found = families[name].1.iter().find(|(ending, (labels, _))| {
            ending.is_empty() && label.is_none_or(|(key, value)| labels[key] == value)
        });
        found.unwrap().1.1
    };
    assert_eq!(
        value("samleng_updates_received_total", Some(("way", "polling"))),
        3.0
    );
    assert_eq!(
        value("samleng_sends_total", Some(("outcome", "retry_after"))),
        1.0
    );
    assert_eq!(
        value("samleng_webhook_answers_total", Some(("code", "503"))),
        1.0
    );
    assert_eq!(
        value("samleng_outbox_rows_waiting", Some(("lane", "interactive"))),
        1.0
    );
    let commits = &families["samleng_commit_seconds"].1;
    let below = |bound: &str| {
        let bucket = commits
            .iter()
            .find(|(_, (labels, _))| labels.get("le").is_some_and(|le| le == bound));
        bucket.unwrap().1.1
    };
    assert_eq!(
        [below("0.001"), below("0.005"), below("10"), below("+Inf")],
        [2.0, 3.0, 3.0, 4.0]
    );
}

#[test]
fn the_document_names_every_metric_and_no_other() {
    let document = include_str!("../../../docs/METRICS.md");
    let named: BTreeSet<&str> = document
        .lines()
        .filter_map(|line| line.strip_prefix("| `samleng_")?.split_once('`'))
        .map(|(name, _)| name.split('{').next().unwrap())
        .collect();
    let families = read(&eventful().text());
    let known: BTreeSet<&str> = families
        .keys()
        .map(|name| name.strip_prefix("samleng_").unwrap())
        .collect();
    assert_eq!(named, known);
}

#[tokio::test]
async fn it_shows_itself_to_this_machine_only() {
    let disk = MemoryKv::new();
    let brought = Brought::over(&disk).await;
    let get = |path: &str, host: Option<&str>| {
        let mut request = brought.http.get(format!("{}{path}", brought.observed));
        if let Some(host) = host {
            request = request.header("host", host);
        }
        async move {
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        }
    };
    for path in ["/metrics", "/healthz", "/readyz"] {
        for host in [
            "evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.1:80",
            "",
            "localhost.evil:9464",
        ] {
            assert_eq!(
                get(path, Some(host)).await,
                (421, String::new()),
                "{path} {host}"
            );
        }
        for host in ["localhost", "localhost:9464", "127.0.0.1", "[::1]:9464"] {
            let (status, text) = get(path, Some(host)).await;
            assert!(status != 421 && !text.is_empty(), "{path} {host}");
        }
        let posted = brought
            .http
            .post(format!("{}{path}", brought.observed))
            .send()
            .await
            .unwrap();
        assert_eq!(posted.status().as_u16(), 405);
    }
    assert_eq!(get("/", None).await.0, 404);
    brought.end();
}

#[tokio::test]
async fn health_is_of_the_writer_and_readiness_of_all() {
    let disk = MemoryKv::new();
    let brought = Brought::over(&disk).await;
    let get = |path: &str| {
        let request = brought.http.get(format!("{}{path}", brought.observed));
        async move {
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        }
    };
    assert_eq!(get("/healthz").await, (200, "writer: ok\n".to_owned()));
    let (status, text) = get("/readyz").await;
    assert_eq!(
        (status, text.as_str()),
        (503, "writer: ok\nstore: ok\nintake: no\ntelegram: no\n")
    );
    brought.metrics.in_contact();
    let (_, text) = get("/readyz").await;
    assert!(text.ends_with("intake: no\ntelegram: ok\n"), "{text}");
    brought.metrics.progressed();
    assert_eq!(get("/readyz").await.0, 200);

    // What was counted holds nothing of what was said or of who said it.
    let secret = 5_123_456_789;
    assert_eq!(
        brought
            .bring(&says(77_001_177, secret, 88_002, "a canary's words"))
            .await,
        200
    );
    assert_eq!(
        brought
            .bring(&says(77_001_177, secret, 88_002, "a canary's words"))
            .await,
        200
    );
    let (status, text) = get("/metrics").await;
    assert_eq!(status, 200);
    for canary in [
        "5123456789",
        "canary",
        "77001177",
        "88002",
        super::PATH,
        super::SECRET,
    ] {
        assert!(!text.contains(canary), "{canary}");
    }
    assert!(
        text.contains("samleng_updates_committed_total 1\n"),
        "{text}"
    );
    assert!(
        text.contains("samleng_updates_repeated_total 1\n"),
        "{text}"
    );
    let works = brought.works.clone();
    works.send(samleng::runtime::work::Work::Stop).unwrap();
    while get("/healthz").await.0 != 503 {
        tokio::task::yield_now().await;
    }
    brought.end();
}
