//! An order to wait holds for a chat, whatever it was given for: a notice that goes around the outbox, or what is called off by now.

use std::time::Duration;

use samleng::dialogue::organising::Order;
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

/// The call under way is asked to wait, and whom it is to is forgotten meanwhile.
#[test]
fn an_order_to_wait_holds_where_what_it_was_given_for_is_called_off() {
    in_virtual_time(async {
        let mut life = Life::new(&Plan::of(1), false).await;
        life.passes(Duration::from_secs(60)).await;
        let stranger = life.souls.last().unwrap().id;
        let wait = json!({"kind": "429", "method": "SendMessage", "count": 1, "retry_after": 30});
        life.local.act("fault", wait).unwrap();
        let starts = json!({"from": stranger, "text": "/start"});
        life.local.act("send", starts.clone()).unwrap();
        // The message is on its way, and everything is erased.
        while life.wire.under_way() == 0 {
            life.passes(Duration::from_millis(1)).await;
        }
        let place = life.wire.sent_from(0).len();
        life.order(Order::Erase).await.unwrap();
        life.local.act("send", starts).unwrap();
        life.passes(Duration::from_secs(25)).await;
        let came = |life: &Life| {
            let sent = life.wire.sent_from(place).into_iter();
            sent.filter(|sent| sent.chat == stranger).count()
        };
        assert_eq!(came(&life), 0, "it waits");
        life.passes(Duration::from_secs(35)).await;
        assert!(came(&life) > 0, "they are answered");
        assert!(life.wire.hurried().is_empty());
    });
}
