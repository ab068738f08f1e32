//! What is told while nothing can be stored goes around the outbox. What Telegram answers to it holds for the outbox all the same.

use std::time::Duration;

use samleng::store::memory_kv::Lasting;
use serde_json::json;

use super::life::{Life, in_virtual_time};
use super::plan::Plan;
use crate::in_memory::english;

#[test]
fn an_order_to_wait_holds_for_what_the_outbox_holds_as_well() {
    in_virtual_time(async {
        let mut life = Life::new(&Plan::of(1), false).await;
        life.passes(Duration::from_secs(60)).await;
        let organiser = life.souls[0].id;
        let place = life.wire.sent_from(0).len();
        let came = |life: &Life| {
            let sent = life.wire.sent_from(place).into_iter();
            let theirs = sent.filter(|sent| sent.chat == organiser);
            theirs.map(|sent| sent.text).collect::<Vec<String>>()
        };
        let wait = json!({"kind": "429", "method": "SendMessage", "count": 1, "retry_after": 30});
        life.local.act("fault", wait).unwrap();
        life.disk_fails(Lasting::Once, false);
        // What could not be stored is brought again, and answered.
        let asks = json!({"from": organiser, "text": "/help"});
        life.local.act("send", asks).unwrap();
        life.passes(Duration::from_secs(25)).await;
        assert_eq!(came(&life), [""; 0], "it waits");
        life.passes(Duration::from_secs(35)).await;
        let came = came(&life);
        let words = &life.machine.forum.words;
        let outage = words.phrases(english()).note_outage();
        let is_notice = came[0].contains(outage.as_str());
        assert!(is_notice, "first the notice: {came:?}");
        assert!(came.len() > 1, "and the answer: {came:?}");
        assert!(life.wire.hurried().is_empty());
    });
}
