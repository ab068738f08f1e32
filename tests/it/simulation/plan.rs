//! What happens in a life: a list that follows from its seed, of which anything can be left out.

use std::collections::BTreeSet;
use std::fmt;

use crate::luck::Luck;

/// Something that somebody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Act {
    /// What the screen asks for.
    Go,
    /// Any button of the screen.
    Wander,
    /// A button of an older message.
    Old,
    /// Data that was never on this person's screen.
    Forge,
    /// Words, whatever is asked.
    Write,
    /// A command.
    Command,
    /// An own message is changed.
    Edit,
    /// The last message is sent once more.
    Again,
    /// A sticker, a place, a voice note.
    Odd,
    /// Several things in a row, to one end.
    Errand,
    /// The bot is stopped, or let in again.
    Block,
    /// Something in the organisers' group.
    Group,
    /// As an organiser: something with the agenda, the floor log or the promises.
    Floor,
}

/// Something that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// Somebody does something.
    Person(u16, Act),
    /// The organisers decide something on the command line.
    Order,
    /// The bot dies after so many more steps of calls.
    Crash(u8),
    /// It dies in a commit: before or after it was applied; with the power, or without.
    CrashInCommit { applied: bool, power: bool },
    /// It dies in the next rebuild of the store: before or after the new one is in its place.
    CrashInRebuild { swapped: bool },
    /// It is ended and started again, in good order.
    Restart,
    /// The disk fails for so many seconds; 0 is for one commit only.
    Disk { seconds: u8, applied: bool },
    /// No network for so many seconds.
    Network(u16),
    /// A call goes wrong, of any method or of one.
    Fault(u8),
    /// The bot does not run for so many hours.
    Away(u8),
    /// The bot's clock is moved by so many hours.
    Clock(i8),
    /// It is evening by the bot's clock: what was promised for today is asked about.
    Evening,
    /// Half an hour passes and some more: what was erased goes from the disk.
    Pause,
    /// Everything about people is erased, on the command line.
    Erase,
    /// A backup is begun, and goes on with each step.
    Backup,
    /// Telegram brings the last updates again.
    Redeliver(u8),
    /// Faults end; everything is looked at once it is quiet.
    Quiet,
}

impl Step {
    /// What can be left out together.
    fn kind(self) -> u8 {
        match self {
            Self::Person(_, act) => act as u8,
            Self::Order => 32,
            Self::Crash(_) => 33,
            Self::CrashInCommit { .. } => 34,
            Self::Restart => 35,
            Self::Disk { .. } => 36,
            Self::Network(_) => 37,
            Self::Fault(_) => 38,
            Self::Away(_) => 39,
            Self::Clock(_) => 40,
            Self::Redeliver(_) => 41,
            Self::Quiet => 42,
            Self::CrashInRebuild { .. } => 43,
            Self::Evening => 44,
            Self::Pause => 45,
            Self::Erase => 46,
            Self::Backup => 47,
        }
    }
}

/// A step, how long after the one before, and the luck that settles the rest of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Planned {
    pub(super) after_ms: u64,
    pub(super) step: Step,
    pub(super) luck: u64,
}

/// A life that can be played.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) seed: u64,
    /// How many people there are besides the organisers.
    pub(super) people: u16,
    pub(super) steps: Vec<Planned>,
    /// Which of the steps are played.
    pub(super) kept: Vec<usize>,
}

impl Plan {
    pub(super) fn of(seed: u64) -> Self {
        let mut luck = Luck(seed.wrapping_mul(0xD134_2543_DE82_EF95) ^ 0x51A1);
        let (people, count) = match luck.below(500) {
            0 => (300, 500),
            1..=9 => (100, 200),
            10..=59 => (30, 90),
            _ => (3 + luck.below(6) as u16, 30 + luck.below(40)),
        };
        let steps: Vec<Planned> = (0..count).map(|_| planned(&mut luck, people)).collect();
        Self {
            seed,
            people,
            kept: (0..steps.len()).collect(),
            steps,
        }
    }

    /// The same with these steps only.
    pub(super) fn keeping(&self, kept: Vec<usize>) -> Self {
        Self {
            kept,
            ..self.clone()
        }
    }

    /// The smallest plan that is found of those that still fail: half of the steps left out, a kind of step, then ever fewer.
    pub(super) fn minimised(self, fails: impl Fn(&Self) -> bool) -> Self {
        let mut best = self;
        // Nothing after the failure is of use: the shortest beginning that fails.
        let (mut low, mut high) = (0, best.kept.len());
        while low < high {
            let middle = low.midpoint(high);
            let shorter = best.keeping(best.kept[..middle].to_vec());
            if fails(&shorter) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        let shorter = best.keeping(best.kept[..high].to_vec());
        if fails(&shorter) {
            best = shorter;
        }
        let kinds: BTreeSet<u8> = best.kinds().collect();
        for kind in kinds {
            let without = |place: &usize| best.steps[*place].step.kind() != kind;
            let kept = best.kept.iter().copied().filter(without).collect();
            let fewer = best.keeping(kept);
            if fails(&fewer) {
                best = fewer;
            }
        }
        let mut size = best.kept.len() / 2;
        while size > 0 {
            let mut at = 0;
            while at < best.kept.len() {
                let mut kept = best.kept.clone();
                kept.drain(at..(at + size).min(kept.len()));
                let fewer = best.keeping(kept);
                if fails(&fewer) {
                    best = fewer;
                } else {
                    at += size;
                }
            }
            size /= 2;
        }
        best
    }

    fn kinds(&self) -> impl Iterator<Item = u8> {
        self.kept.iter().map(|place| self.steps[*place].step.kind())
    }
}

/// As `SAMLENG_SIM_KEEP` takes it.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places: Vec<String> = self.kept.iter().map(usize::to_string).collect();
        write!(
            f,
            "SAMLENG_SIM_SEED={} SAMLENG_SIM_KEEP={}",
            self.seed,
            places.join(",")
        )
    }
}

fn planned(luck: &mut Luck, people: u16) -> Planned {
    let after_ms = match luck.below(60) {
        0 => 60_000 + luck.below(600_000),
        1..=5 => 5_000 + luck.below(30_000),
        6..=20 => luck.below(100),
        _ => 200 + luck.below(2_500),
    };
    let act = match luck.below(60) {
        0..=25 => Act::Go,
        26..=30 => Act::Wander,
        31..=33 => Act::Old,
        34..=36 => Act::Forge,
        37..=38 => Act::Write,
        39..=41 => Act::Command,
        42..=44 => Act::Edit,
        45..=46 => Act::Again,
        47 => Act::Odd,
        48..=56 => Act::Errand,
        57 => Act::Block,
        _ => Act::Group,
    };
    // Few of the people do most; the organisers are the first three.
    let busy = 3 + u64::from(people).min(6);
    let who = if luck.one_in(3) {
        luck.below(u64::from(people) + 3)
    } else {
        luck.below(busy)
    };
    let step = match luck.below(116) {
        0..=81 => Step::Person(who as u16, act),
        82..=84 => Step::Order,
        85 => Step::Crash(luck.below(40) as u8),
        86 => Step::Crash(luck.below(6) as u8),
        87 => Step::CrashInCommit {
            applied: luck.one_in(2),
            power: luck.one_in(2),
        },
        88 => Step::Restart,
        89 => Step::Disk {
            seconds: [0, 0, 3, 40][luck.below(4) as usize],
            applied: luck.one_in(2),
        },
        90 => Step::Network([1, 20, 200, 4_000][luck.below(4) as usize]),
        91..=95 => Step::Fault(luck.below(200) as u8),
        96 => Step::Away([1, 6, 14, 23, 30][luck.below(5) as usize]),
        97 => Step::Clock([-30, -3, -1, 1, 3, 26][luck.below(6) as usize]),
        98 => Step::Redeliver(1 + luck.below(20) as u8),
        99..=100 => Step::Quiet,
        101 => Step::CrashInRebuild {
            swapped: luck.one_in(2),
        },
        102 => Step::Evening,
        103 => Step::Pause,
        104 if luck.one_in(4) => Step::Erase,
        104..=105 => Step::Order,
        106 => Step::Backup,
        _ => Step::Person(luck.below(3) as u16, Act::Floor),
    };
    Planned {
        after_ms,
        step,
        luck: luck.next(),
    }
}
