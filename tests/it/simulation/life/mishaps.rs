//! What goes wrong.

use super::*;

impl Life {
    pub(in crate::simulation) fn disk_fails(&self, lasting: Lasting, applied: bool) {
        let disk = &self.machine.disk.kv;
        disk.fail(Fault {
            call: Call::Commit,
            nth: disk.calls().commits + 1,
            lasting,
            moment: if applied {
                Moment::AfterApplying
            } else {
                Moment::BeforeApplying
            },
            error: KvError::from(std::io::Error::from(std::io::ErrorKind::StorageFull)),
        });
    }

    pub(super) fn call_fails(&mut self, which: u8) {
        self.count.faults += 1;
        let method = [
            "SendMessage",
            "EditMessageText",
            "GetUpdates",
            "AnswerCallbackQuery",
        ][self.luck.below(4) as usize];
        let kind = match which % 11 {
            0 | 1 => "429",
            2 => "500",
            3 => "502",
            4 => "reset",
            5 | 6 => "drop_reply",
            7 => "bad_json",
            8 => "cut_body",
            9 => "slow",
            // A page instead of an answer to what is sent counts as sent, as it must: only a message could tell.
            _ if method == "GetUpdates" => "html",
            _ => "hang",
        };
        let mut fault = json!({"kind": kind, "method": method, "count": 1 + self.luck.below(3)});
        if kind == "429" {
            fault["retry_after"] = json!(1 + self.luck.below(20));
        }
        if kind == "slow" {
            fault["delay_seconds"] = json!(1 + self.luck.below(30));
        }
        self.local.act("fault", fault).unwrap();
    }

    pub(super) fn clock_jumps(&mut self, by: SignedDuration) {
        let by = if (self.skew + by).abs() > SignedDuration::from_hours(40) {
            -self.skew
        } else {
            by
        };
        self.skew += by;
        self.furthest = self.furthest.max(self.machine.clock.now());
        self.machine.clock.shift(by);
    }
}
