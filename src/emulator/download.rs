//! `/file/bot<token>/<file_path>` (row 71).
//!
//! Guarantees that a link works only for its own bot and only while it lasts, that every download stands in the log as the
//! method `file`, and that faults queued for `file` are met.

use std::sync::Arc;

use axum::response::Response;
use serde_json::json;

use super::error::{not_found, unauthorized};
use super::fault;
use super::mishap;
use super::server::{Shop, lock, raw, record, refusal};
use super::wire::Switch;

/// What faults and the log call a download.
const NAME: &str = "file";

/// Serves a download; `rest` is the path behind `/file/bot`.
pub(super) async fn serve(shop: &Arc<Shop>, switch: &Switch, rest: &str) -> Response {
    let Some((token, path)) = rest.split_once('/') else {
        return refusal(&not_found(None));
    };
    let bot = match shop.bot(token) {
        Ok(bot) if lock(&bot).revoked => return refusal(&unauthorized(None)),
        Ok(bot) => bot,
        Err(error) => return refusal(&error),
    };
    let met = fault::meet(&mut lock(&bot).faults, NAME, None);
    let fault = met.as_ref().map(|met| json!(met.kind));
    let params = json!({"file_path": path});
    if let Some(error) = mishap::refused(met.as_ref())
        && let Some(met) = &met
    {
        let log = || {
            let outcome = Err(error.clone());
            record(shop, &mut lock(&bot), NAME, params, None, &outcome, fault);
        };
        return mishap::before(shop, switch, &bot, met.kind, &error, log).await;
    }
    let found = lock(&bot).files.fetch(path, shop.clock.now_ms());
    let (outcome, whole) = match found {
        Some(bytes) => (
            Ok(json!({"size": bytes.len()}).to_string()),
            raw(200, "application/octet-stream", bytes),
        ),
        None => {
            let error = not_found(None);
            let whole = refusal(&error);
            (Err(error), whole)
        }
    };
    let log = || record(shop, &mut lock(&bot), NAME, params, None, &outcome, fault);
    mishap::after(shop, switch, &bot, met.as_ref(), whole, log).await
}
