//! Faults that a test queues, and which of them a call meets.
//!
//! Guarantees that faults are met in the order in which they were queued, each as often as asked. Never touches a call of
//! another method or, where a chat is named, of another chat.

use serde::{Deserialize, Serialize};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// 429 with `retry_after`; the call is not done.
    #[serde(rename = "429")]
    TooMany,
    /// 500 with the JSON envelope; the call is not done.
    #[serde(rename = "500")]
    Internal,
    /// 502 with a proxy's HTML page; the call is not done.
    #[serde(rename = "502")]
    BadGateway,
    /// The connection is reset; the call is not done.
    Reset,
    /// No answer until the caller gives up, the faults are cleared or the emulator stops; the call is not done.
    Hang,
    /// The call is done, then the connection is reset.
    DropReply,
    /// The call is done, and 200 is answered with JSON that ends in the middle.
    BadJson,
    /// 200 with an HTML page, as a captive portal gives; the call is not done.
    Html,
    /// An error of the given code and description; the call is not done.
    Refuse,
    /// The call is done; half of the answer, or of the file, arrives, then the connection ends.
    CutBody,
    /// The call is done; the second half of the answer, or of the file, comes `delay_seconds` later by the emulator's clock,
    /// or when the faults are cleared.
    Slow,
}

/// A queued fault.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    /// Only for this method, in any case.
    #[serde(default)]
    pub(super) method: Option<String>,
    /// What goes wrong.
    pub(super) kind: FaultKind,
    /// Seconds, with 429.
    #[serde(default = "one_second")]
    pub(super) retry_after: u64,
    /// With `refuse`: the status, 400 to 499.
    #[serde(default)]
    pub(super) code: Option<u16>,
    /// With `refuse`: the whole description, prefix included.
    #[serde(default)]
    pub(super) description: Option<String>,
    /// With `slow`: seconds.
    #[serde(default = "one_second")]
    pub(super) delay_seconds: u64,
    /// How often; -1 until cleared.
    #[serde(default = "once")]
    pub(super) count: i64,
    /// Only for this chat.
    #[serde(default)]
    pub(super) chat_id: Option<i64>,
}

/// A fault that a call meets.
#[derive(Debug, Clone)]
pub(super) struct Met {
    pub(super) kind: FaultKind,
    pub(super) retry_after: u64,
    pub(super) code: u16,
    pub(super) description: String,
    pub(super) delay_seconds: u64,
}

impl Met {
    /// Until when a slow answer takes that is begun now, in milliseconds.
    pub(super) fn slow_until(&self, now_ms: i64) -> i64 {
        now_ms.saturating_add_unsigned(self.delay_seconds.saturating_mul(1_000))
    }
}

fn one_second() -> u64 {
    1
}

fn once() -> i64 {
    1
}

/// The fault that a call meets, if any, counted down. A download is the method `file`.
pub(super) fn meet(faults: &mut Vec<Fault>, method: &str, chat: Option<i64>) -> Option<Met> {
    let index = faults.iter().position(|fault| {
        fault
            .method
            .as_deref()
            .is_none_or(|name| name.eq_ignore_ascii_case(method))
            && fault.chat_id.is_none_or(|id| chat == Some(id))
    })?;
    let fault = &mut faults[index];
    let met = Met {
        kind: fault.kind,
        retry_after: fault.retry_after,
        code: fault.code.unwrap_or(400),
        description: fault.description.clone().unwrap_or_default(),
        delay_seconds: fault.delay_seconds,
    };
    if fault.count > 0 {
        fault.count -= 1;
        if fault.count == 0 {
            faults.remove(index);
        }
    }
    Some(met)
}
