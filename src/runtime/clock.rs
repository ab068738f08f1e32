//! What time it is: the one source of wall time of a running bot.
//!
//! Guarantees: all clones show the same time; whoever waits for an instant hears it however the time comes there: by
//! passing, by a jump of the system's clock, by a suspended machine that wakes, by a change of the offset; and is woken for nothing
//! else, so a bot that waits uses no power. An offset that cannot be read any more stays as it was.
//!
//! Without a file it is the system's clock. With one, the seconds that stand in the file are added, and it is read again five
//! times a second: for demos and tests, which move time instead of waiting. A clock that was set ([`Clock::set`]) knows nothing of
//! the system's and goes by tokio's time, which a simulation moves.
//!
//! Must never: be used where only the distance of two instants of one process counts. Limits and pauses are measured with
//! `Instant`, which nobody can move.

use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rustix::io::Errno;
use rustix::time::{
    ClockId, Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, clock_gettime,
    timerfd_create, timerfd_settime,
};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::watch;
use tokio::time::Instant;

/// How often the file is read.
const READ_EVERY: Duration = Duration::from_millis(200);
/// More bytes than a number of seconds has.
const FILE_BYTES: u64 = 64;
/// The digits of a fraction that count: to the nanosecond.
const FRACTION_DIGITS: usize = 9;
/// How long one timer runs at most: the kernel counts to the year 2262, [`Timestamp`] much further.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 365);
/// Where the system gives no timer: how long to sleep at most before looking at the clock again.
const WITHOUT_TIMER: Duration = Duration::from_secs(60);

/// See the module. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Clock {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// What it showed when it was set, and when that was; none follows the system's clock.
    set: Option<(Timestamp, Instant)>,
    /// What is added to the system's clock.
    offset: watch::Sender<SignedDuration>,
    /// How often somebody who waited was woken.
    wakes: AtomicU64,
}

/// Why a clock cannot follow a file. Each is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// The file is not there, or cannot be read.
    #[error("cannot read the clock file {path}: {source}", path = .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The refusal.
        source: std::io::Error,
    },
    /// Something else stands in it.
    #[error("the clock file {} holds no number of seconds", .0.display())]
    NoNumber(PathBuf),
    /// Nobody can read it again.
    #[error("no thread for the clock: {0}")]
    NoThread(std::io::Error),
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::ahead(SignedDuration::ZERO)
    }

    /// The system's clock and what stands in this file, now and whenever that changes, as long as a clone of it is left. Says
    /// so loudly.
    ///
    /// # Errors
    /// If there is no such number yet.
    pub fn following(path: &Path) -> Result<Self, ClockError> {
        let offset = read(path)?;
        log::warn!(
            "THIS IS NOT THE REAL TIME: it follows {}, which is {} s from the system's clock. --clock is for demos and \
             tests only: deadlines and reminders come when the file says so",
            path.display(),
            seconds(offset)
        );
        let clock = Self::ahead(offset);
        let (shared, path) = (Arc::downgrade(&clock.shared), path.to_owned());
        std::thread::Builder::new()
            .name("clock".to_owned())
            .spawn(move || follow(&shared, &path))
            .map_err(ClockError::NoThread)?;
        Ok(clock)
    }

    /// A clock that shows this now, and goes on from there by tokio's time: for simulation.
    #[must_use]
    pub fn set(now: Timestamp) -> Self {
        Self::of(Some((now, Instant::now())), SignedDuration::ZERO)
    }

    /// Moves the clock, forth or back, as somebody may move the system's.
    pub fn shift(&self, by: SignedDuration) {
        let moved = |offset: &mut SignedDuration| *offset = offset.saturating_add(by);
        self.shared.offset.send_modify(moved);
    }

    fn ahead(offset: SignedDuration) -> Self {
        Self::of(None, offset)
    }

    fn of(set: Option<(Timestamp, Instant)>, offset: SignedDuration) -> Self {
        Self {
            shared: Arc::new(Shared {
                set,
                offset: watch::Sender::new(offset),
                wakes: AtomicU64::new(0),
            }),
        }
    }

    /// The time, UTC; the first or last instant there is, where the offset leads beyond.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        plus(self.shared.base(), *self.shared.offset.borrow())
    }

    /// How long the machine has been up, suspended or not. Nobody can move that.
    #[must_use]
    pub fn up(&self) -> Duration {
        if let Some((_, since)) = self.shared.set {
            return since.elapsed();
        }
        let since = clock_gettime(ClockId::Boottime);
        let seconds = u64::try_from(since.tv_sec).unwrap_or_default();
        Duration::new(seconds, u32::try_from(since.tv_nsec).unwrap_or_default())
    }

    /// Waits until the clock shows `at` or later.
    pub async fn until(&self, at: Timestamp) {
        let mut offsets = self.shared.offset.subscribe();
        loop {
            let offset = *offsets.borrow_and_update();
            let base = self.shared.base();
            if plus(base, offset) >= at {
                return;
            }
            let by_base = plus(at, -offset).min(plus(base, LONGEST));
            tokio::select! {
                // It cannot end: the sender is in `self`.
                _ = offsets.changed() => {}
                () = self.shared.alarm(by_base) => {}
            }
            self.woke();
        }
    }

    /// Waits until the clock is moved: the offset changes, or somebody sets the system's clock. What was computed from the time
    /// before is to be computed again then; [`Clock::until`] does so by itself. Once a year it ends for no reason.
    ///
    /// Moves from the first poll of the future on count. To miss none, poll it before reading [`Clock::now`].
    pub async fn moved(&self) {
        let mut offsets = self.shared.offset.subscribe();
        tokio::select! {
            _ = offsets.changed() => {}
            () = self.shared.alarm(plus(self.shared.base(), LONGEST)) => {}
        }
        self.woke();
    }

    /// How often somebody who waited by this clock was woken, all clones together: one that waits for nothing but the passing of
    /// time is woken once.
    #[must_use]
    pub fn wakes(&self) -> u64 {
        self.shared.wakes.load(Ordering::Relaxed)
    }

    fn woke(&self) {
        self.shared.wakes.fetch_add(1, Ordering::Relaxed);
    }
}

impl Shared {
    /// The time without the offset.
    fn base(&self) -> Timestamp {
        match self.set {
            None => Timestamp::now(),
            Some((at, since)) => plus(
                at,
                SignedDuration::try_from(since.elapsed()).unwrap_or(SignedDuration::MAX),
            ),
        }
    }

    /// Waits until the time without the offset is `at`, or that clock is set, or for no reason; whoever waits looks at the clock
    /// again.
    async fn alarm(&self, at: Timestamp) {
        match self.set {
            None => alarm(at).await,
            Some(_) => {
                let left = at.duration_since(self.base());
                // Never too early: tokio's time goes by milliseconds.
                tokio::time::sleep(Duration::try_from(left).unwrap_or_default()).await;
            }
        }
    }
}

/// The offset that a text says: seconds, with a fraction and a sign if wanted.
#[must_use]
pub fn parse_offset(text: &str) -> Option<SignedDuration> {
    let text = text.trim_ascii();
    let (negative, number) = match text.strip_prefix(['-', '+']) {
        Some(number) => (text.starts_with('-'), number),
        None => (false, text),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let fraction = fraction.get(..FRACTION_DIGITS).unwrap_or(fraction);
    let nanoseconds: i32 = format!("{fraction:0<FRACTION_DIGITS$}").parse().ok()?;
    let offset = SignedDuration::new(whole, nanoseconds);
    Some(if negative { -offset } else { offset })
}

/// The number that stands in this file.
///
/// # Errors
/// If there is no such number.
pub fn read(path: &Path) -> Result<SignedDuration, ClockError> {
    let unreadable = |source| ClockError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(FILE_BYTES)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    parse_offset(&text).ok_or_else(|| ClockError::NoNumber(path.to_owned()))
}

/// Reads the file again and again, until nobody has the clock any more.
fn follow(shared: &Weak<Shared>, path: &Path) {
    let mut told = false;
    loop {
        std::thread::sleep(READ_EVERY);
        let Some(shared) = shared.upgrade() else {
            return;
        };
        match read(path) {
            Ok(offset) => {
                told = false;
                let moved = shared.offset.send_if_modified(|current| {
                    let moved = *current != offset;
                    *current = offset;
                    moved
                });
                if moved {
                    log::warn!(
                        "the clock was moved: {} s from the system's",
                        seconds(offset)
                    );
                }
            }
            // Somebody may be writing it at this moment.
            Err(_) if !std::mem::replace(&mut told, true) => {}
            Err(error) => log::debug!("{error}; the last offset stays"),
        }
    }
}

fn seconds(offset: SignedDuration) -> f64 {
    offset.as_secs_f64()
}

/// The instant so much later, or the nearest there is.
fn plus(at: Timestamp, offset: SignedDuration) -> Timestamp {
    at.checked_add(offset).unwrap_or(if offset.is_negative() {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}

/// Waits until the system's clock shows `at`, or is set, or for no reason; whoever waits looks at the clock again.
async fn alarm(at: Timestamp) {
    if let Err(error) = ring(at).await {
        log::debug!("the system gives no timer: {error}");
        let left = at.duration_since(Timestamp::now());
        tokio::time::sleep(left.unsigned_abs().min(WITHOUT_TIMER)).await;
    }
}

/// A timer of the kernel runs by its clock, not by how long the process was awake, and ends early when that clock is set.
async fn ring(at: Timestamp) -> std::io::Result<()> {
    let timer = timerfd_create(
        TimerfdClockId::Realtime,
        TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC,
    )?;
    let zero = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // Zero would switch it off, and before 1970 there is nothing to wait for.
    let (tv_sec, tv_nsec) = match at.as_second() {
        1.. => (at.as_second(), at.subsec_nanosecond().into()),
        ..=0 => (1, 0),
    };
    let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
    let when = Itimerspec {
        it_interval: zero,
        it_value: Timespec { tv_sec, tv_nsec },
    };
    timerfd_settime(&timer, flags, &when)?;
    #[expect(
        deprecated,
        reason = "what replaces it is unsafe, for types that lie about their file; OwnedFd does not"
    )]
    let timer: AsyncFd<OwnedFd> = AsyncFd::with_interest(timer, Interest::READABLE)?;
    let rung = timer.async_io(Interest::READABLE, |timer| {
        let mut count = [0; 8];
        Ok(rustix::io::read(timer, &mut count)?)
    });
    match rung.await {
        // Cancelled: the clock was set.
        Err(error) if error.raw_os_error() == Some(Errno::CANCELED.raw_os_error()) => Ok(()),
        rung => rung.map(drop),
    }
}
