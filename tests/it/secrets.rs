//! Nobody's words, no name and no token in a log at any level, nor readable on the disk; and of what an update
//! holds only what may be kept is kept, even within the sealed records, and comes out only where it may (promises 9, 10, 12, 15).

use std::net::SocketAddr;

use data_encoding::BASE64;
use samleng::emulator::FaultKind;
use serde_json::json;

use crate::canaries::{
    ALLOWED, NEVER, OF_OTHERS, Place, canary, check_hidden, check_places, find, live, records,
};
use crate::erase::forget;
use crate::support::{Site, UNLIMITED, free_address};

#[test]
fn the_search_finds_what_it_looks_for() {
    let words = canary("x");
    let wide: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(find(format!("..{words}..").as_bytes(), &words));
    assert!(find(&wide, &words));
    for before in ["", "1", "12", "123"] {
        let code = BASE64.encode(format!("{before}{words}behind").as_bytes());
        assert!(find(code.as_bytes(), &words), "{before}");
    }
    assert!(!find(canary("y").as_bytes(), &words));
}

/// A site with these settings, whose time can be moved; and where it shows its metrics.
async fn site(settings: &str) -> (Site, SocketAddr) {
    let observed = free_address();
    let observe = format!("[observe]\nlisten = \"{observed}\"\n");
    let site = Site::with(&format!("{settings}{UNLIMITED}{observe}")).await;
    (site.with_clock(), observed)
}

/// What is shown there.
async fn shown(observed: SocketAddr) -> Vec<(String, String)> {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut pages = Vec::new();
    for page in ["metrics", "healthz", "readyz"] {
        let answer = client.get(format!("http://{observed}/{page}")).send().await;
        let text = answer.unwrap().text().await.unwrap();
        pages.push((page.to_owned(), text));
    }
    assert!(
        pages[0].1.contains("samleng_updates_committed_total"),
        "{pages:?}"
    );
    pages
}

/// Bad luck with every call, so that what is logged of that is seen as well.
async fn with_bad_luck(site: &Site) {
    for kind in [
        FaultKind::BadJson,
        FaultKind::Internal,
        FaultKind::TooMany,
        FaultKind::Reset,
        FaultKind::Html,
    ] {
        for (method, count) in [
            ("getUpdates", 1),
            ("sendMessage", 1),
            ("editMessageText", 1),
        ] {
            let loses = kind == FaultKind::Html && method != "getUpdates";
            if !loses {
                site.people.fault(Some(method), kind, count).await.unwrap();
            }
        }
    }
    // Presses that cannot be answered: refused with 400.
    let short = json!({"lifetime_seconds": 0});
    site.people.post("expire", &short).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_and_names_are_in_no_log_and_readable_on_no_disk() {
    let (mut site, observed) = site("").await;
    site.env.insert("RUST_LOG".to_owned(), "trace".to_owned());
    let bot = site.run().await;
    with_bad_luck(&site).await;
    let lived = live(&site, bot).await;
    let log = lived.bot.err();
    assert!(
        log.contains(" TRACE ") && log.contains("refused for good"),
        "everything is logged"
    );
    check_hidden(&site, &lived.said); // while it runs: also what is in no file yet tomorrow
    lived.check(&site).await;
    check_hidden(&site, &shown(observed).await);
    lived.bot.stop().await;
    let stopped = site.say(&["digest"]).await;
    check_hidden(&site, &[("digest".to_owned(), stopped.err)]);

    // With the key: what may be kept is there, and the rest is nowhere.
    let records = records(&site);
    assert!(records.len() > 5, "{}", records.len());
    check_places(&[(Place::Records, "the records", &records.concat())]);
}

/// Whoever is forgotten is gone: from every output at once, and from the disk with the rebuild, be it with the key.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_forgotten_has_said_nothing() {
    let (site, observed) = site("erase_minutes = 0\n").await;
    let bot = site.run().await;
    let mut lived = live(&site, bot).await;
    lived.member.screen_of_command("/menu").await;
    forget(&mut lived.member).await;
    // The writer answers this only after the rebuild.
    let digest = site.say(&["digest", "--format", "json"]).await.out;
    let export = lived.export(&site, "after.jsonl").await;
    check_hidden(&site, &shown(observed).await);
    lived.bot.stop().await;
    let records = records(&site).concat();
    // What others said stays; everything of hers is gone.
    for of in OF_OTHERS {
        assert!(find(&records, &canary(of)), "{of} is gone");
    }
    let hers = ALLOWED.iter().map(|(of, _)| of);
    for of in hers.filter(|of| !OF_OTHERS.contains(of)).chain(NEVER) {
        for (name, bytes) in [
            ("the digest", digest.as_bytes()),
            ("the export", export.as_slice()),
            ("the records", records.as_slice()),
        ] {
            assert!(!find(bytes, &canary(of)), "{of} stands in {name}");
        }
    }
    check_hidden(&site, &lived.said);
}
