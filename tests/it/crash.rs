//! The program killed at any moment under load: nothing acknowledged is lost, nothing is doubled, nobody waits in vain.
//!
//! The moments come from a seed, which is printed: `SAMLENG_CRASH_SEED` gives it, `SAMLENG_CRASH_KILLS` how often.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::support::{GUARD, Site, UNLIMITED, Way, concerns};

const PEOPLE: i64 = 30;
const KILLS: u64 = 200;
/// How often with a webhook, and where the way is changed.
const FEWER_KILLS: u64 = 60;

/// A generator of numbers that a seed determines (xorshift64*).
pub(super) struct Luck(pub(super) u64);

impl Luck {
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % limit
    }
}

pub(super) fn number(name: &str, otherwise: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.map_or(otherwise, |text| text.parse().expect("a whole number"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_it_loses_and_doubles_nothing() {
    killed_at_any_moment(&[Way::Polling], KILLS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_does_it_with_a_webhook() {
    killed_at_any_moment(&[Way::Webhook], FEWER_KILLS).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_when_the_way_changes_each_time() {
    killed_at_any_moment(&[Way::Webhook, Way::Polling], FEWER_KILLS).await;
}

/// As each start's updates come in the next of these ways.
async fn killed_at_any_moment(ways: &[Way], usually: u64) {
    let by_clock = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let seed = number("SAMLENG_CRASH_SEED", by_clock.as_millis() as u64);
    let kills = number("SAMLENG_CRASH_KILLS", usually);
    println!("SAMLENG_CRASH_SEED={seed}");
    let mut luck = Luck(seed | 1);
    let begun = Instant::now();

    let site = Arc::new(Site::by(ways[0]).await);
    let over = Arc::new(AtomicBool::new(false));
    let people: Vec<_> = (0..PEOPLE)
        .map(|number| tokio::spawn(talk(Arc::clone(&site), 5_000 + number, Arc::clone(&over))))
        .collect();

    let mut early = 0;
    for (_, way) in (0..kills).zip(ways.iter().cycle()) {
        site.settle(*way, UNLIMITED);
        let mut bot = site.spawn().await;
        if luck.below(6) == 0 {
            // While it starts, on the way to its first poll.
            early += 1;
            tokio::time::sleep(Duration::from_micros(luck.below(120_000))).await;
        } else {
            bot.until_it_polls(&site).await;
            after_calls(&site, luck.below(90)).await;
            // Somewhere between two calls.
            tokio::time::sleep(Duration::from_micros(luck.below(8_000))).await;
        }
        bot.kill().await;
    }
    over.store(true, Ordering::Relaxed);
    let killing = begun.elapsed();

    let bot = site.run().await;
    let mut shown = BTreeSet::new();
    let mut conversations = 0;
    for person in people {
        let receipts = person.await.expect("everybody has got their answers");
        conversations += receipts.len();
        shown.extend(receipts);
    }
    assert_eq!(shown.len(), conversations, "every receipt is another one");
    let running = site.digest().await;
    bot.stop().await;
    let digest = site.digest().await;
    assert_eq!(concerns(&running), concerns(&digest));

    let stored = concerns(&digest);
    let stored_receipts: BTreeSet<String> = stored.keys().cloned().collect();
    assert_eq!(shown, stored_receipts, "shown is what is stored");
    let title = |concern: &Value| concern["title"].as_str().unwrap().to_owned();
    let titles: BTreeSet<String> = stored.values().map(title).collect();
    assert_eq!(titles.len(), stored.len(), "each was submitted once");
    assert!(conversations > PEOPLE as usize, "there was load");
    println!(
        "{kills} kills ({early} while starting), {conversations} conversations, {:.1} s, {:.1} s in all",
        killing.as_secs_f64(),
        begun.elapsed().as_secs_f64()
    );
}

/// The last of each way's calls, its deliveries included, after which it is killed.
const POINTS: u64 = 24;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_after_each_call_in_turn_it_goes_on() {
    for way in [Way::Polling, Way::Webhook] {
        let site = Arc::new(Site::by(way).await);
        let over = Arc::new(AtomicBool::new(false));
        let person = tokio::spawn(talk(Arc::clone(&site), 5_000, Arc::clone(&over)));
        for point in 0..POINTS {
            let mut bot = site.spawn().await;
            bot.until_it_polls(&site).await;
            // Whoever waits for an answer goes on at once, so there are more calls.
            after_calls(&site, point).await;
            bot.kill().await;
        }
        over.store(true, Ordering::Relaxed);
        let bot = site.run().await;
        let shown = person.await.expect("they have got their answers");
        bot.stop().await;
        let stored: BTreeSet<String> = concerns(&site.digest().await).into_keys().collect();
        assert_eq!(shown, stored, "{way:?}");
    }
}

/// Waits until so many calls have ended from now on.
async fn after_calls(site: &Site, count: u64) {
    let until = site.last_call().await + count;
    let mut last = 0;
    while last < until {
        let calls = site.people.calls_after(until - 1, GUARD).await.unwrap();
        assert!(!calls.calls.is_empty(), "no call comes any more");
        last = calls.last;
    }
}

/// Submits one concern after the other until it is over; every receipt that was shown.
async fn talk(site: Arc<Site>, id: i64, over: Arc<AtomicBool>) -> BTreeSet<String> {
    let language = if id % 2 == 0 { "en" } else { "km" };
    let mut phone = site.phone(id, language).await;
    phone.start(None).await;
    loop {
        let receipt = phone.submit().await;
        assert!(receipt.starts_with("SL-"));
        if over.load(Ordering::Relaxed) {
            return phone.receipts().await;
        }
        // The menu is there; the next concern begins with it.
    }
}
