//! Bad luck from Rust: faults, expiry, repetition, time.
//!
//! Guarantees one method for each verb; see [`Client`].

use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};

use super::Client;
use crate::emulator::fault::FaultKind;

impl Client {
    /// Queues a fault for `count` calls of `method`, or of any method; -1 is until [`Client::clear_faults`].
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn fault(
        &self,
        method: Option<&str>,
        kind: FaultKind,
        count: i64,
    ) -> anyhow::Result<()> {
        self.post(
            "fault",
            &json!({"method": method, "kind": kind, "count": count}),
        )
        .await
        .map(drop)
    }

    /// As [`Client::fault`]: an error of this code (400 to 499) and this whole description, prefix included.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn refuse(
        &self,
        method: &str,
        code: u16,
        description: &str,
        count: i64,
    ) -> anyhow::Result<()> {
        let kind = FaultKind::Refuse;
        let fields = json!({"method": method, "kind": kind, "code": code, "description": description, "count": count});
        self.post("fault", &fields).await.map(drop)
    }

    /// As [`Client::fault`]: the second half of the answer, or of the file, comes after this many seconds of the emulator's
    /// clock.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn slow(&self, method: &str, delay_seconds: u64, count: i64) -> anyhow::Result<()> {
        let kind = FaultKind::Slow;
        let fields =
            json!({"method": method, "kind": kind, "delay_seconds": delay_seconds, "count": count});
        self.post("fault", &fields).await.map(drop)
    }

    /// No download link handed out so far works any longer.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn expire_links(&self) -> anyhow::Result<()> {
        self.post("expire", &json!({"links": true})).await.map(drop)
    }

    /// Ends all faults and lets hanging calls go.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn clear_faults(&self) -> anyhow::Result<()> {
        self.post("fault", &json!({"clear": true})).await.map(drop)
    }

    /// All presses made so far can no longer be answered.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn expire_all(&self) -> anyhow::Result<()> {
        self.post("expire", &json!({"all": true})).await.map(drop)
    }

    /// Delivers updates once more, with the same ids.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn redeliver(&self, update_ids: &[i64]) -> anyhow::Result<()> {
        self.post("redeliver", &json!({"update_ids": update_ids}))
            .await
            .map(drop)
    }

    /// Delivers the newest confirmed updates once more.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn redeliver_last(&self, count: usize) -> anyhow::Result<()> {
        self.post("redeliver", &json!({"last": count}))
            .await
            .map(drop)
    }

    /// The next update has this id.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn new_ids(&self, start: i64) -> anyhow::Result<()> {
        self.post("new-ids", &json!({"start": start}))
            .await
            .map(drop)
    }

    /// Moves the emulator's clock forward, for all its bots.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn time(&self, forward: Duration) -> anyhow::Result<()> {
        self.post("time", &json!({"forward_seconds": forward.as_secs_f64()}))
            .await
            .map(drop)
    }

    /// Stops the emulator's clock, so that only [`Client::time`] moves it, or lets it run again.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn freeze(&self, frozen: bool) -> anyhow::Result<()> {
        self.post("time", &json!({"frozen": frozen}))
            .await
            .map(drop)
    }

    /// Queues an update as it is; its id.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn raw(&self, update: &Value) -> anyhow::Result<i64> {
        let done = self.post("raw", update).await?;
        done["update_id"]
            .as_i64()
            .context("no update_id in the answer")
    }

    /// Switches the log of calls on or off; benches want it off.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub async fn log_calls(&self, on: bool) -> anyhow::Result<()> {
        self.post("log", &json!({"calls": on})).await.map(drop)
    }
}
