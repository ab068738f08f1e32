//! What waits to be sent: rows written by the commit that caused them, deleted by the commit that settles them.

use serde::{Deserialize, Serialize};

use crate::dialogue::Effect;
use crate::domain::ChatId;

/// The event that caused a row, and its place among what that event caused. Rows go out in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowId {
    /// The event's number.
    pub event: u64,
    /// The place.
    pub index: u16,
}

/// Who waits for a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Somebody who has just done something.
    Interactive,
    /// Nobody in particular.
    Bulk,
}

/// One thing to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its id.
    pub id: RowId,
    /// Where it goes.
    pub chat: ChatId,
    /// The person's internal number, for log lines.
    pub person: u64,
    /// Whether the person had not joined.
    pub stranger: bool,
    /// Who waits for it.
    pub lane: Lane,
    /// The announcement that it belongs to.
    #[serde(default)]
    pub announcement: Option<u64>,
    /// What it is.
    pub effect: Effect,
}
