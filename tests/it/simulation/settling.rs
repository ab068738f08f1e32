//! What Telegram has taken leaves the outbox soon: a process that dies before that sends it again.

use std::time::Duration;

use samleng::store::Row;

use super::life::{Life, in_virtual_time};
use super::people::ORGANISERS;
use super::plan::{Act, Plan};

/// How often it is looked at.
const LOOK: u64 = 5;
const ACTS: u64 = 40;

#[test]
fn what_was_sent_is_noted_at_once_and_in_few_commits() {
    let (unnoted_ms, messages, commits) = in_virtual_time(async {
        let mut plan = Plan::of(5);
        plan.people = 1;
        let mut life = Life::new(&plan, false).await;
        let (sent, commits) = (life.wire.sent_from(0).len(), committed(&life));
        let mut unnoted_ms = 0;
        for _ in 0..ACTS {
            life.acts(ORGANISERS, Act::Go);
            // Nobody waits for a limit.
            for _ in 0..1_500 / LOOK {
                life.passes(Duration::from_millis(LOOK)).await;
                if life.wire.under_way() == 0 && waits(&life) {
                    unnoted_ms += LOOK;
                }
            }
        }
        let messages = life.wire.sent_from(sent).len() as u64;
        (unnoted_ms, messages, committed(&life) - commits)
    });
    println!("{messages} messages, {unnoted_ms} ms not noted, {commits} commits");
    assert!(messages > ACTS / 2, "only {messages} messages");
    assert!(
        unnoted_ms <= LOOK * messages,
        "{unnoted_ms} ms for {messages} messages"
    );
    // The act's own, and one each for the answer to the press and for the message.
    assert!(commits <= 3 * ACTS, "{commits} commits");
}

fn committed(life: &Life) -> u64 {
    life.machine.disk.kv.calls().commits
}

fn waits(life: &Life) -> bool {
    let rows: Vec<Row> = life.machine.disk.look().unwrap().all().unwrap();
    !rows.is_empty()
}
