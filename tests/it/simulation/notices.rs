//! What is told of an outage, and what of it is not told any more; an order to wait holds for a chat, whatever it was given for.

use std::time::Duration;

use samleng::dialogue::organising::Order;
use samleng::store::memory_kv::Lasting;
use serde_json::json;

use super::life::{Life, in_virtual_time};
use super::plan::Plan;
use crate::in_memory::english;

impl Life {
    async fn on_a_quiet_day() -> Self {
        let mut life = Self::new(&Plan::of(1), false).await;
        life.passes(Duration::from_secs(60)).await;
        life
    }

    /// What a chat got from this place on.
    fn came(&self, place: usize, chat: i64) -> Vec<String> {
        let sent = self.wire.sent_from(place).into_iter();
        let theirs = sent.filter(|sent| sent.chat == chat);
        theirs.map(|sent| sent.text).collect()
    }

    fn is_notice(&self, text: &str) -> bool {
        let words = &self.machine.forum.words;
        text.contains(words.phrases(english()).note_outage().as_str())
    }

    /// The next call of this kind is told to wait so long.
    fn is_to_wait(&self, method: &str, seconds: u64) {
        let wait = json!({"kind": "429", "method": method, "count": 1, "retry_after": seconds});
        self.local.act("fault", wait).unwrap();
    }

    fn says(&self, chat: i64, words: &str) {
        let says = json!({"from": chat, "text": words});
        self.local.act("send", says).unwrap();
    }

    /// Time passes until a call is on its way.
    async fn until_under_way(&mut self) {
        while self.wire.under_way() == 0 {
            self.passes(Duration::from_millis(1)).await;
        }
    }
}

#[test]
fn an_order_to_wait_holds_for_a_notice_as_well() {
    in_virtual_time(async {
        let mut life = Life::on_a_quiet_day().await;
        let organiser = life.souls[0].id;
        let place = life.wire.sent_from(0).len();
        life.is_to_wait("SendMessage", 30);
        life.disk_fails(Lasting::Forever, false);
        life.says(organiser, "/help");
        life.passes(Duration::from_secs(25)).await;
        assert_eq!(life.came(place, organiser), [""; 0], "it waits");
        life.passes(Duration::from_secs(35)).await;
        let came = life.came(place, organiser);
        assert!(came.len() == 1 && life.is_notice(&came[0]), "{came:?}");
        // What could not be stored is brought again, and answered.
        life.machine.disk.kv.mend();
        life.passes(Duration::from_secs(10)).await;
        let came = life.came(place, organiser);
        assert!(came.len() > 1 && !life.is_notice(&came[1]), "{came:?}");
        assert!(life.wire.hurried().is_empty());
    });
}

/// Whoever has read their answer is not told after it that nothing is kept.
#[test]
fn a_notice_that_is_not_true_any_more_is_not_told() {
    in_virtual_time(async {
        let mut life = Life::on_a_quiet_day().await;
        let organiser = life.souls[0].id;
        let fails = [
            json!({"kind": "429", "retry_after": 30}),
            json!({"kind": "500", "count": 4}),
            // Its call is under way when the disk works again.
            json!({"kind": "hang"}),
        ];
        for mut fault in fails {
            let place = life.wire.sent_from(0).len();
            life.disk_fails(Lasting::Once, false);
            fault["method"] = json!("SendMessage");
            life.local.act("fault", fault).unwrap();
            life.says(organiser, "/help");
            life.passes(Duration::from_secs(70)).await;
            let came = life.came(place, organiser);
            assert!(!came.is_empty(), "they are answered");
            let told = came.iter().any(|text| life.is_notice(text));
            assert!(!told, "{came:?}");
        }
        assert!(life.wire.hurried().is_empty());
    });
}

#[test]
fn a_hundred_notices_are_within_the_limits() {
    in_virtual_time(async {
        let mut life = Life::on_a_quiet_day().await;
        life.wire.refused();
        life.disk_fails(Lasting::Forever, false);
        let place = life.wire.sent_from(0).len();
        let many = 9_000..9_100;
        for id in many.clone() {
            let user = json!({"id": id, "first_name": "X", "language_code": "en"});
            life.local.act("user", user).unwrap();
            life.local.act("start", json!({"from": id})).unwrap();
        }
        life.passes(Duration::from_secs(30)).await;
        for id in many {
            let came = life.came(place, id);
            assert!(came.len() == 1 && life.is_notice(&came[0]), "{came:?}");
        }
        assert_eq!(life.wire.refused(), [], "no order to wait");
    });
}

/// The call under way is asked to wait, and whom it is to is forgotten meanwhile.
#[test]
fn an_order_to_wait_holds_where_what_it_was_given_for_is_called_off() {
    in_virtual_time(async {
        let mut life = Life::on_a_quiet_day().await;
        let stranger = life.souls.last().unwrap().id;
        life.is_to_wait("SendMessage", 30);
        let starts = json!({"from": stranger, "text": "/start"});
        life.local.act("send", starts.clone()).unwrap();
        // The message is on its way, and everything is erased.
        life.until_under_way().await;
        let place = life.wire.sent_from(0).len();
        life.order(Order::Erase).await.unwrap();
        assert!(life.wire.under_way() > 0, "it is on its way still");
        life.local.act("send", starts).unwrap();
        life.passes(Duration::from_secs(25)).await;
        assert_eq!(life.came(place, stranger).len(), 0, "it waits");
        life.passes(Duration::from_secs(35)).await;
        assert!(!life.came(place, stranger).is_empty(), "they are answered");
        assert!(life.wire.hurried().is_empty());
    });
}

/// The commit that forgets them is on the disk, and says that it failed.
#[test]
fn whoever_is_forgotten_by_a_commit_that_failed_hears_nothing_more() {
    in_virtual_time(async {
        let mut life = Life::on_a_quiet_day().await;
        let stranger = life.souls.last().unwrap().id;
        life.is_to_wait("SendMessage", 30);
        life.local.act("start", json!({"from": stranger})).unwrap();
        life.passes(Duration::from_secs(5)).await;
        let place = life.wire.sent_from(0).len();
        life.disk_fails(Lasting::Once, true);
        life.order(Order::Erase).await.unwrap_err();
        life.passes(Duration::from_secs(60)).await;
        assert_eq!(life.came(place, stranger), [""; 0]);
    });
}
