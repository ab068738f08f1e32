//! A random walk beside a reference that is slow and plain: every row in one list, every charge in one log.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use samleng::runtime::queue::{Cost, Lane, Limits, Millis, Next, Queue, Retry, Ticket};

use super::Row;

const LIMITS: Limits = Limits {
    per_second: 7,
    chat_per_second: 2,
    chat_burst: 3,
    group_per_minute: 4,
    person_per_minute: 9,
    strangers_waiting: 5,
    chat_waiting: 4,
};

#[derive(Clone, Debug)]
enum Op {
    Push {
        chat: i64,
        lane: Lane,
        cost: Cost,
        stranger: bool,
        supersedable: bool,
    },
    /// The outcome of one of the rows in flight.
    Outcome {
        which: usize,
        outcome: Outcome,
    },
    Pass {
        milliseconds: u64,
    },
    /// Lets the time pass that the queue itself asks for.
    Wait,
    Gone {
        chat: i64,
    },
}

#[derive(Clone, Copy, Debug)]
enum Outcome {
    Done,
    After(u32),
    Backoff(u32),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let chat = || prop_oneof![Just(-1_i64), 1..5_i64];
    let lane = prop_oneof![2 => Just(Lane::Interactive), 1 => Just(Lane::Bulk)];
    let cost = prop_oneof![6 => Just(Cost::Send), 2 => Just(Cost::Edit), 1 => Just(Cost::Free)];
    let push = (chat(), lane, cost, any::<bool>(), any::<bool>());
    let push = push.prop_map(|(chat, lane, cost, stranger, supersedable)| Op::Push {
        chat,
        lane,
        cost,
        stranger,
        supersedable,
    });
    let outcome = prop_oneof![
        8 => Just(Outcome::Done),
        1 => (0..4_u32).prop_map(Outcome::After),
        1 => any::<u32>().prop_map(Outcome::Backoff),
    ];
    let outcome =
        (any::<usize>(), outcome).prop_map(|(which, outcome)| Op::Outcome { which, outcome });
    let op = prop_oneof![
        8 => push,
        8 => outcome,
        3 => (0..700_u64).prop_map(|milliseconds| Op::Pass { milliseconds }),
        5 => Just(Op::Wait),
        1 => chat().prop_map(|chat| Op::Gone { chat }),
    ];
    prop::collection::vec(op, 1..250)
}

/// Instants at which a bucket of `burst`, filled with `tokens` every `period` milliseconds, was charged.
struct Log {
    tokens: u64,
    period: u64,
    burst: u64,
    charged: Vec<u64>,
}

impl Log {
    fn new(tokens: u64, period: u64, burst: u64) -> Self {
        Self {
            tokens,
            period,
            burst,
            charged: Vec::new(),
        }
    }

    /// The definition: from no earlier charge until now more than the burst and what flowed in since.
    fn allows(&self, now: u64) -> bool {
        let n = self.charged.len() as u64;
        let earlier = self.charged.iter().zip(0..);
        earlier.into_iter().all(|(at, i)| {
            (n - i + 1) * self.period <= self.burst * self.period + (now - at) * self.tokens
        })
    }
}

struct Waiting {
    row: Row,
    not_before: u64,
}

struct Model {
    now: u64,
    /// In the order of their push; rows in flight are not among them.
    waiting: Vec<Waiting>,
    /// With the number of the push, so that a retried row finds its place.
    order: BTreeMap<u32, usize>,
    flying: Vec<Row>,
    tries: BTreeMap<u32, u32>,
    paused: BTreeMap<i64, u64>,
    all_paused: u64,
    last_429: Option<(u64, i64)>,
    overall: Log,
    bulk: Log,
    strangers: Log,
    paces: BTreeMap<i64, Log>,
    people: BTreeMap<i64, Log>,
    group: Vec<u64>,
    settled: BTreeSet<u32>,
}

impl Model {
    fn new() -> Self {
        // "Starts empty" is "was just emptied".
        let emptied = |tokens, period, burst| Log {
            charged: vec![0; burst as usize],
            ..Log::new(tokens, period, burst)
        };
        Self {
            now: 0,
            waiting: Vec::new(),
            order: BTreeMap::new(),
            flying: Vec::new(),
            tries: BTreeMap::new(),
            paused: BTreeMap::new(),
            all_paused: 0,
            last_429: None,
            overall: emptied(7, 1_000, 7),
            bulk: emptied(7, 1_000, 1),
            strangers: emptied(7, 3_000, 2),
            paces: BTreeMap::new(),
            people: BTreeMap::new(),
            group: Vec::new(),
            settled: BTreeSet::new(),
        }
    }

    /// Whether this waiting row may go now, other chats' claims aside.
    fn may_go(&self, w: &Waiting) -> bool {
        let Ticket {
            chat,
            lane,
            cost,
            stranger,
            id,
            ..
        } = w.row;
        if cost == Cost::Free {
            return w.not_before <= self.now;
        }
        let before = |other: &Waiting| {
            let o = &other.row;
            let lane_first = match (o.lane, lane) {
                (Lane::Interactive, Lane::Bulk) => true,
                (Lane::Bulk, Lane::Interactive) => false,
                (Lane::Interactive, Lane::Interactive) | (Lane::Bulk, Lane::Bulk) => {
                    self.order[&o.id] < self.order[&id]
                }
            };
            o.chat == chat && o.cost != Cost::Free && lane_first
        };
        let busy = self
            .flying
            .iter()
            .any(|f| f.chat == chat && f.cost != Cost::Free);
        let paused = self
            .paused
            .get(&chat)
            .copied()
            .unwrap_or(0)
            .max(self.all_paused);
        if busy || self.waiting.iter().any(before) || w.not_before.max(paused) > self.now {
            return false;
        }
        let person = || {
            self.people
                .get(&chat)
                .is_none_or(|log| log.allows(self.now))
        };
        if cost == Cost::Edit {
            return person();
        }
        let in_group = self
            .group
            .iter()
            .filter(|at| **at + 60_000 > self.now)
            .count();
        self.overall.allows(self.now)
            && (lane == Lane::Interactive || self.bulk.allows(self.now))
            && (!stranger || self.strangers.allows(self.now))
            && self.paces.get(&chat).is_none_or(|log| log.allows(self.now))
            && person()
            && (chat > 0 || in_group < 4)
    }

    fn sent(&mut self, id: u32) -> Result<(), TestCaseError> {
        let Some(at) = self.waiting.iter().position(|w| w.row.id == id) else {
            return Err(TestCaseError::fail(format!("{id} was not waiting")));
        };
        let w = &self.waiting[at];
        prop_assert!(self.may_go(w), "{:?} may not go at {}", w.row, self.now);
        let urgent = |w: &Waiting| w.row.lane == Lane::Interactive && self.may_go(w);
        let free = |w: &Waiting| w.row.cost == Cost::Free && self.may_go(w);
        prop_assert!(
            w.row.cost == Cost::Free || !self.waiting.iter().any(free),
            "a free row goes first"
        );
        prop_assert!(
            w.row.lane == Lane::Interactive
                || w.row.cost == Cost::Free
                || !self.waiting.iter().any(urgent),
            "interactive goes before bulk"
        );
        let row = self.waiting.remove(at).row;
        if row.cost == Cost::Send {
            self.overall.charged.push(self.now);
            if row.lane == Lane::Bulk {
                self.bulk.charged.push(self.now);
            }
            if row.stranger {
                self.strangers.charged.push(self.now);
            }
        }
        self.flying.push(row);
        Ok(())
    }

    /// Charges the chat of a row whose outcome is known.
    fn landed(&mut self, row: &Row) {
        let Ticket { chat, cost, .. } = *row;
        if cost == Cost::Free {
            return;
        }
        if chat > 0 {
            let log = self
                .people
                .entry(chat)
                .or_insert_with(|| Log::new(9, 60_000, 9));
            log.charged.push(self.now);
        }
        if cost == Cost::Send {
            let log = self
                .paces
                .entry(chat)
                .or_insert_with(|| Log::new(2, 1_000, 3));
            log.charged.push(self.now);
            if chat < 0 {
                self.group.push(self.now);
            }
        }
    }

    fn again(&mut self, row: Row, outcome: Outcome) -> Retry {
        let (chat, free) = (row.chat, row.cost == Cost::Free);
        // A row that went is past its instant; only a new failure sets another.
        let mut not_before = 0;
        let retry = match outcome {
            Outcome::Done => unreachable!("done rows do not come again"),
            Outcome::After(seconds) => {
                let until = self.now + u64::from(seconds) * 1_000;
                if free {
                    not_before = until;
                } else {
                    let paused = self.paused.entry(chat).or_default();
                    *paused = until.max(*paused);
                    if self
                        .last_429
                        .is_some_and(|(at, other)| other != chat && self.now - at <= 1_000)
                    {
                        self.all_paused = self.all_paused.max(until);
                    }
                    self.last_429 = Some((self.now, chat));
                }
                Retry::After { seconds }
            }
            Outcome::Backoff(jitter) => {
                let tries = self.tries.entry(row.id).or_default();
                let whole = [1, 2, 4, 8, 16, 32, 60][(*tries).min(6) as usize] * 1_000;
                *tries += 1;
                not_before = self.now + whole - u64::from(jitter) % (whole / 2 + 1);
                Retry::Backoff { jitter }
            }
        };
        self.waiting.push(Waiting { row, not_before });
        retry
    }

    fn superseded_by(&self, row: &Row) -> Option<u32> {
        let soft = |r: &Row| r.supersedable && r.lane == Lane::Interactive && r.cost != Cost::Free;
        let of_chat = |w: &&Waiting| {
            w.row.chat == row.chat && w.row.lane == Lane::Interactive && w.row.cost != Cost::Free
        };
        let full = self.waiting.iter().filter(of_chat).count() >= 4;
        let candidates = self.waiting.iter().filter(of_chat).filter(|w| soft(&w.row));
        candidates
            .map(|w| w.row.id)
            .max_by_key(|id| self.order[id])
            .filter(|_| full && soft(row))
    }
}

/// Takes all that may go now, and checks that what is left may not.
fn pump(queue: &mut Queue<u32, ()>, model: &mut Model) -> Result<Option<u64>, TestCaseError> {
    loop {
        match queue.next(Millis(model.now)) {
            Next::Send(row) => model.sent(row.id)?,
            Next::WaitUntil(Millis(at)) => {
                prop_assert!(at > model.now);
                no_row_is_held_back(queue, model)?;
                return Ok(Some(at));
            }
            Next::Idle => {
                no_row_is_held_back(queue, model)?;
                prop_assert!(
                    !model.flying.is_empty() || model.waiting.is_empty(),
                    "idle, but rows wait"
                );
                return Ok(None);
            }
        }
    }
}

fn no_row_is_held_back(queue: &Queue<u32, ()>, model: &Model) -> Result<(), TestCaseError> {
    let held = model.waiting.iter().find(|w| model.may_go(w));
    prop_assert!(
        held.is_none(),
        "{:?} may go at {}",
        held.map(|w| &w.row),
        model.now
    );
    prop_assert_eq!(queue.waiting(), model.waiting.len());
    let strangers = model.waiting.iter().filter(|w| w.row.stranger).count();
    prop_assert_eq!(queue.strangers_waiting(), strangers);
    prop_assert_eq!(queue.strangers_full(), strangers >= 5);
    prop_assert_eq!(
        queue.is_empty(),
        model.waiting.is_empty() && model.flying.is_empty()
    );
    Ok(())
}

fn land(
    queue: &mut Queue<u32, ()>,
    model: &mut Model,
    at: usize,
    outcome: Outcome,
) -> Result<(), TestCaseError> {
    let row = model.flying.remove(at);
    model.landed(&row);
    let now = Millis(model.now);
    match outcome {
        Outcome::Done => {
            prop_assert_eq!(queue.done(row.id, now), Some(row.clone()));
            prop_assert!(model.settled.insert(row.id));
        }
        Outcome::After(_) | Outcome::Backoff(_) => {
            let id = row.id;
            let retry = model.again(row, outcome);
            queue.retry(id, now, retry);
        }
    }
    Ok(())
}

fn walk(ops: Vec<Op>) -> Result<(), TestCaseError> {
    let mut queue = Queue::new(LIMITS, Millis(0));
    let mut model = Model::new();
    let mut pushed = 0;
    for op in ops {
        let wake = pump(&mut queue, &mut model)?;
        match op {
            Op::Push {
                chat,
                lane,
                cost,
                stranger,
                supersedable,
            } => {
                let id = pushed;
                pushed += 1;
                let row = Ticket {
                    id,
                    chat,
                    lane,
                    cost,
                    stranger,
                    supersedable,
                    routine: false,
                    load: (),
                };
                let expected = model.superseded_by(&row);
                let superseded = queue.push(row.clone(), Millis(model.now)).map(|t| t.id);
                prop_assert_eq!(superseded, expected);
                if let Some(gone) = superseded {
                    model.waiting.retain(|w| w.row.id != gone);
                    prop_assert!(model.settled.insert(gone));
                }
                model.order.insert(id, model.order.len());
                model.waiting.push(Waiting { row, not_before: 0 });
            }
            Op::Outcome { which, outcome } => {
                if !model.flying.is_empty() {
                    let at = which % model.flying.len();
                    land(&mut queue, &mut model, at, outcome)?;
                }
            }
            Op::Pass { milliseconds } => model.now += milliseconds,
            Op::Wait => {
                if let Some(at) = wake {
                    // One millisecond earlier nothing may go: the queue does not sleep too long.
                    model.now = at - 1;
                    pump(&mut queue, &mut model)?;
                    model.now = at;
                }
            }
            Op::Gone { chat } => {
                for row in queue.drop_chat(chat) {
                    prop_assert_eq!(row.chat, chat);
                    prop_assert!(model.settled.insert(row.id));
                    model.waiting.retain(|w| w.row.id != row.id);
                }
                prop_assert!(!model.waiting.iter().any(|w| w.row.chat == chat));
            }
        }
    }
    // All that is left goes.
    while !queue.is_empty() {
        let wake = pump(&mut queue, &mut model)?;
        if model.flying.is_empty() {
            let stuck = || TestCaseError::fail("rows are stuck");
            model.now = wake.ok_or_else(stuck)?;
        } else {
            land(&mut queue, &mut model, 0, Outcome::Done)?;
        }
    }
    prop_assert_eq!(model.settled.len(), pushed as usize);
    queue.next(Millis(model.now + 200_000));
    prop_assert_eq!(queue.chats(), 0);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_walk_keeps_the_guarantees(ops in ops()) {
        walk(ops)?;
    }
}
