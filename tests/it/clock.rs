//! The clock: the system's, or one that a file moves; and the program that goes by it.
//!
//! No test here measures how long something takes. Who waits is waited for.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp, ToSpan as _};
use samleng::runtime::clock::{Clock, ClockError, parse_offset};
use tempfile::TempDir;

use super::support::{GUARD, Site};
use super::whole_path::refused;

const DAY: i64 = 24 * 3_600;

#[test]
fn an_offset_is_a_decimal_number_of_seconds() {
    for (text, seconds, nanoseconds) in [
        ("0", 0, 0),
        ("3600\n", 3_600, 0),
        (" +5 ", 5, 0),
        ("-5", -5, 0),
        ("-0.25", 0, -250_000_000),
        ("-1.5", -1, -500_000_000),
        ("604800.000\n", 604_800, 0),
        ("1.000000001", 1, 1),
        ("0.1234567899", 0, 123_456_789),
        ("9223372036854775807.9", i64::MAX, 900_000_000),
    ] {
        let offset = Some(SignedDuration::new(seconds, nanoseconds));
        assert_eq!(parse_offset(text), offset, "{text:?}");
    }
    for text in [
        "",
        "\n",
        ".",
        "-",
        "5.",
        ".5",
        "1e3",
        "0x10",
        "1 2",
        "--1",
        "1.-5",
        "1,5",
        "inf",
        "nan",
        "១២",
        "1.១",
        "9223372036854775808",
    ] {
        assert_eq!(parse_offset(text), None, "{text:?}");
    }
}

/// A clock that follows a file.
struct Followed {
    folder: TempDir,
    clock: Clock,
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("clock")
}

impl Followed {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(file(&folder), text).unwrap();
        let clock = Clock::following(&file(&folder)).unwrap();
        Self { folder, clock }
    }

    fn write(&self, text: &str) {
        let beside = self.folder.path().join("beside");
        fs::write(&beside, text).unwrap();
        fs::rename(&beside, file(&self.folder)).unwrap();
    }

    /// By how much it is ahead of the system's clock.
    fn ahead(&self) -> SignedDuration {
        let before = Timestamp::now();
        self.clock.now().duration_since(before)
    }
}

async fn within<T>(what: impl Future<Output = T>) -> T {
    let waited = tokio::time::timeout(GUARD, what);
    waited.await.expect("it does not come")
}

fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at + SignedDuration::from_secs(seconds)
}

#[tokio::test]
async fn a_file_moves_the_time_and_wakes_whoever_waits() {
    let followed = Followed::new("-3600.5\n");
    let clock = &followed.clock;
    let behind = followed.ahead();
    assert!(behind < SignedDuration::ZERO, "{behind}");
    assert!(
        behind >= SignedDuration::new(-3_600, -500_000_000),
        "{behind}"
    );

    let begun = Timestamp::now();
    let wait = |seconds| {
        let (clock, at) = (clock.clone(), later(begun, seconds));
        tokio::spawn(async move {
            clock.until(at).await;
            assert!(clock.now() >= at);
        })
    };
    let (day, week) = (wait(DAY), wait(7 * DAY));
    followed.write(&format!("{DAY}"));
    within(day).await.unwrap();
    assert!(!week.is_finished(), "only a day has passed");
    assert!(clock.now() < later(begun, 7 * DAY));
    followed.write(&format!("{}.000\n", 7 * DAY));
    within(week).await.unwrap();

    // Who comes too late waits for nothing, and is not woken.
    let wakes = clock.wakes();
    within(clock.until(later(begun, 2 * DAY))).await;
    within(clock.until(Timestamp::MIN)).await;
    assert_eq!(clock.wakes(), wakes);

    // It also goes back.
    let moved = {
        let clock = clock.clone();
        tokio::spawn(async move {
            while clock.now() >= later(begun, DAY) {
                clock.moved().await;
            }
        })
    };
    followed.write("0");
    within(moved).await.unwrap();
}

#[tokio::test]
async fn a_file_that_cannot_be_read_any_more_changes_nothing() {
    let followed = Followed::new(&format!("{DAY}"));
    let clock = &followed.clock;
    let is_ahead = || {
        let ahead = followed.ahead();
        assert!(ahead >= SignedDuration::from_secs(DAY), "{ahead}");
    };
    let long_enough = || clock.until(clock.now() + SignedDuration::from_millis(500));
    for damage in ["", "8640\u{0}", "later"] {
        followed.write(damage);
        within(long_enough()).await;
        is_ahead();
    }
    fs::remove_file(file(&followed.folder)).unwrap();
    within(long_enough()).await;
    is_ahead();

    let at = clock.now() + SignedDuration::from_secs(DAY);
    followed.write(&format!("{}", 2 * DAY));
    within(clock.until(at)).await;
}

#[tokio::test]
async fn without_a_file_nobody_is_woken_but_by_the_time() {
    let clock = Clock::system();
    let far = {
        let clock = clock.clone();
        tokio::spawn(async move { clock.until(Timestamp::MAX).await })
    };
    let near = clock.now() + SignedDuration::from_millis(700);
    within(clock.until(near)).await;
    assert!(clock.now() >= near);
    assert_eq!(clock.wakes(), 1, "once, when it was time");
    assert!(!far.is_finished(), "the end of all time has not come");
    far.abort();
}

#[tokio::test]
async fn an_offset_beyond_all_time_ends_at_its_end() {
    let followed = Followed::new("9223372036854775807");
    assert_eq!(followed.clock.now(), Timestamp::MAX);
    within(followed.clock.until(Timestamp::MAX)).await;
    let followed = Followed::new("-9223372036854775807");
    assert_eq!(followed.clock.now(), Timestamp::MIN);
    let waits = tokio::time::timeout(
        Duration::ZERO,
        followed.clock.until(Timestamp::MIN + 1.second()),
    );
    waits.await.unwrap_err();
}

#[test]
fn what_is_no_clock_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Clock::following(&file(&folder)).unwrap_err();
    assert!(matches!(missing, ClockError::Unreadable { .. }));
    for (text, is_text) in [(&b"tomorrow"[..], true), (b"", true), (b"\xff", false)] {
        fs::write(file(&folder), text).unwrap();
        let error = Clock::following(&file(&folder)).unwrap_err();
        assert_eq!(matches!(error, ClockError::NoNumber(_)), is_text, "{error}");
        assert!(!error.to_string().contains('\n'), "{error}");
    }
}

/// Asks the bot for a digest until its clock shows this or later.
pub(crate) async fn until_the_bot_shows(site: &Site, at: Timestamp) -> Timestamp {
    let shows = async {
        loop {
            let digest = site.digest().await;
            let made_at: Timestamp = digest["made_at"].as_str().unwrap().parse().unwrap();
            if made_at >= at {
                return made_at;
            }
        }
    };
    within(shows).await
}

fn meeting(folder: &Path, deadline: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::get("Asia/Phnom_Penh").unwrap();
    let local = deadline.to_zoned(zone);
    let text = format!(
        "title.en = \"Third meeting\"\ntitle.km = \"កិច្ចប្រជុំ\"\ndays = [{}]\ndeadline = {}\n",
        (local.date() + 30.days()).strftime("%Y-%m-%d"),
        local.strftime("%Y-%m-%dT%H:%M:%S")
    );
    let path = folder.join("meeting.toml");
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_deadline_passes_when_the_emulator_moves_the_time() {
    let site = Site::new().await.with_clock();
    assert_eq!(fs::read_to_string(site.clock_file()).unwrap(), "0.000\n");
    let bot = site.run().await;
    let deadline = later(Timestamp::now(), DAY);
    let said = site
        .say(&["set", "meeting", &meeting(site.folder.path(), deadline)])
        .await;
    assert_eq!(said.code, Some(0), "{}", said.err);
    let mut phone = site.phone(101, "en").await;
    phone.start(None).await;
    let earlier = phone.submit().await;
    let before = phone.screen_of_command("/meeting").await;
    assert!(before.message.text.contains("Concerns are taken until"));

    site.people
        .time(Duration::from_secs(2 * DAY as u64))
        .await
        .unwrap();
    // The call was answered, so it stands there.
    let written = fs::read_to_string(site.clock_file()).unwrap();
    assert_eq!(written, "172800.000\n");
    let made_at = until_the_bot_shows(&site, deadline).await;
    assert!(made_at >= later(deadline, DAY - 60), "{made_at}");
    let after = phone.screen_of_command("/meeting").await;
    let text = &after.message.text;
    assert!(text.contains("Concerns were taken until"), "{text}");

    let mut late = site.phone(102, "en").await;
    late.start(None).await;
    let menu = late.until("new").await;
    late.act(&menu).await;
    let refusal = late.screen().await;
    let text = &refusal.message.text;
    assert!(text.contains("cannot be submitted any more"), "{text}");
    let digest = site.digest().await;
    let received = super::support::concerns(&digest);
    assert_eq!(received.into_keys().collect::<Vec<_>>(), [earlier]);
    bot.stop().await;
}

#[tokio::test]
async fn a_moved_clock_is_said_loudly_and_a_missing_one_is_refused() {
    let mut site = Site::new().await.with_clock();
    site.people
        .time(Duration::from_millis(90_500))
        .await
        .unwrap();
    let bot = site.run().await;
    let said = bot.err();
    let loud = |line: &&str| line.contains("THIS IS NOT THE REAL TIME");
    let loud = said.lines().find(loud);
    let loud = loud.unwrap_or_else(|| panic!("nothing is said: {said}"));
    assert!(loud.contains("WARN"), "{loud}");
    assert!(loud.contains("90.5 s"), "{loud}");
    assert!(loud.contains(site.clock_file().to_str().unwrap()), "{loud}");
    bot.stop().await;

    site.started_by.truncate(1);
    let bot = site.run().await;
    assert!(!bot.err().contains("REAL TIME"), "{}", bot.err());
    bot.stop().await;

    let untouched = Site::new().await;
    let file = untouched.clock_file();
    let run = ["run", "--clock", file.to_str().unwrap()];
    for damage in ["soon\n", ""] {
        fs::write(&file, damage).unwrap();
        refused(&untouched.say(&run).await, "holds no number of seconds");
    }
    fs::remove_file(&file).unwrap();
    refused(&untouched.say(&run).await, "cannot read the clock file");
    assert!(!untouched.data.exists(), "nothing was made");
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_was_set_goes_by_virtual_time() {
    let begins: Timestamp = "2027-03-01T03:00:00Z".parse().unwrap();
    let clock = Clock::set(begins);
    let same = clock.clone();
    let day = SignedDuration::from_hours(24);
    same.until(begins + day).await;
    assert_eq!(clock.now(), begins + day);
    assert_eq!(clock.up(), Duration::from_secs(DAY as u64));
    // Moved, it wakes whoever waits; how long the machine has been up stays.
    let waits = tokio::spawn(async move { same.until(begins + day * 3).await });
    tokio::task::yield_now().await;
    clock.shift(day * 2);
    waits.await.unwrap();
    assert_eq!(clock.now(), begins + day * 3);
    assert_eq!(clock.up(), Duration::from_secs(DAY as u64));
}
