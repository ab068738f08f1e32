//! setWebhook, deleteWebhook, getWebhookInfo, and what is known of a bot's webhook (rows 44, 47, 48, 50).
//!
//! Guarantees the server's checks in its order, and that setting a webhook once more as it is changes nothing. A webhook that
//! replaces another takes its place even where the new one is refused, as on the real server. Never calls anybody: `carrier`
//! brings the updates.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use serde::Deserialize;
use serde_json::{Value, json};

use super::bot::Bot;
use super::control::{Answer, body, wrong};
use super::error::{ApiError, bad, flood};
use super::limits::Limits;
use super::messages::Context;
use super::params::Params;

/// Longest address.
const MAX_URL: usize = 4_096;

/// A bot's webhook.
#[derive(Debug, Default)]
pub(super) struct Webhook {
    /// Where it is, as it was given; empty if there is none.
    pub(super) url: String,
    /// Shown with each update.
    pub(super) secret: String,
    /// How many updates are under way at once at most.
    pub(super) max_connections: usize,
    /// Grows with each change; what was begun for an older one ends.
    pub(super) generation: u64,
    /// The generation whose updates somebody brings.
    pub(super) carried: u64,
    /// Grows whenever whatever waits for another try is to be tried now.
    pub(super) hurry: u64,
    /// Which address of this machine stands for a host.
    stands_for: BTreeMap<String, SocketAddr>,
    last_error: Option<(i64, String)>,
    last_set_ms: Option<i64>,
}

/// An address in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// Host and port, as in the address.
    pub(super) host: String,
    /// What follows, from the slash on.
    pub(super) path: String,
}

impl Webhook {
    /// Whether there is one.
    pub(super) fn is_set(&self) -> bool {
        !self.url.is_empty()
    }

    /// The address that stands for its host, and its parts.
    pub(super) fn reached_at(&self) -> Option<(SocketAddr, Target)> {
        let (_, target) = parse(&self.url)?;
        let name = target
            .host
            .rsplit_once(':')
            .map_or(&*target.host, |(name, _)| name);
        let at = self
            .stands_for
            .get(&target.host)
            .or_else(|| self.stands_for.get(name))?;
        Some((*at, target))
    }

    /// A delivery failed.
    pub(super) fn failed(&mut self, now_ms: i64, why: String) {
        self.last_error = Some((now_ms.div_euclid(1000), why));
    }

    fn clear(&mut self) {
        self.url.clear();
        self.secret.clear();
        self.last_error = None;
        self.generation += 1;
    }
}

/// Whether it is HTTPS, and the parts; HTTPS is what an address without a scheme means.
fn parse(url: &str) -> Option<(bool, Target)> {
    let (secure, rest) = match url.split_once("://") {
        Some(("https", rest)) => (true, rest),
        Some(("http", rest)) => (false, rest),
        Some(_) => return None,
        None => (true, url),
    };
    let rest = rest.split('#').next().unwrap_or_default();
    let at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(at);
    let legal = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
    if host.is_empty() || !host.chars().all(legal) || url.len() > MAX_URL {
        return None;
    }
    let slash = if path.starts_with('/') { "" } else { "/" };
    Some((
        secure,
        Target {
            host: host.to_ascii_lowercase(),
            path: format!("{slash}{path}"),
        },
    ))
}

/// setWebhook; an empty address deletes.
pub(super) fn set(bot: &mut Bot, context: Context, params: &Params) -> Result<String, ApiError> {
    let url = params.text("url").unwrap_or_default().into_owned();
    if url.is_empty() {
        return delete(bot, params);
    }
    let now_ms = context.now_ms;
    match context.limits {
        Limits::Strict if bot.webhook.last_set_ms.is_some_and(|at| now_ms - at < 1000) => {
            return Err(flood(1));
        }
        Limits::Strict | Limits::Off => bot.webhook.last_set_ms = Some(now_ms),
    }
    let secret = params.text("secret_token").unwrap_or_default().into_owned();
    let connections = params.int("max_connections").unwrap_or(40).clamp(1, 100);
    let connections = usize::try_from(connections).unwrap_or(40);
    let drops = params.flag("drop_pending_updates");
    let hook = &bot.webhook;
    let same = hook.url == url && hook.secret == secret && hook.max_connections == connections;
    if same && !drops {
        remember_kinds(bot, params);
        return Ok("true".to_owned());
    }
    // The poll under way ends, and the old webhook, before the new one is looked at.
    bot.poll.stop_waiting();
    bot.webhook.clear();
    bot.queue.wake.notify_waiters();
    if drops {
        bot.queue.drop_all();
    }
    let (secure, target) = parse(&url).ok_or_else(|| bad("invalid webhook URL specified"))?;
    if secret.len() > 256 {
        return Err(bad("secret token is too long"));
    }
    if !secret
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    {
        return Err(bad("secret token contains unallowed characters"));
    }
    if !secure {
        return Err(bad(
            "bad webhook: An HTTPS URL must be provided for webhook",
        ));
    }
    let (name, port) = target
        .host
        .rsplit_once(':')
        .unwrap_or((&target.host, "443"));
    if name.starts_with('[') {
        return Err(bad("bad webhook: IPv6-only addresses are not allowed"));
    }
    if !["443", "80", "88", "8443"].contains(&port) {
        return Err(bad(
            "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ));
    }
    if let Ok(ip) = name.parse::<Ipv4Addr>()
        && (ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified())
    {
        return Err(bad(format!("bad webhook: IP address {ip} is reserved")));
    }
    remember_kinds(bot, params);
    let hook = &mut bot.webhook;
    hook.url = url;
    hook.secret = secret;
    hook.max_connections = connections;
    Ok("true".to_owned())
}

/// deleteWebhook.
pub(super) fn delete(bot: &mut Bot, params: &Params) -> Result<String, ApiError> {
    if params.flag("drop_pending_updates") {
        bot.queue.drop_all();
    }
    if bot.webhook.is_set() {
        bot.webhook.clear();
        bot.queue.wake.notify_waiters();
    }
    Ok("true".to_owned())
}

/// `allowed_updates` of a call (row 45).
pub(super) fn remember_kinds(bot: &mut Bot, params: &Params) {
    if let Some(Ok(Value::Array(list))) = params.json("allowed_updates") {
        bot.queue.allow(Some(&list));
    }
}

/// getWebhookInfo.
pub(super) fn info(bot: &Bot) -> String {
    let hook = &bot.webhook;
    let mut info = json!({
        "url": hook.url,
        "has_custom_certificate": false,
        "pending_update_count": bot.queue.len(),
    });
    if let Some((date, message)) = &hook.last_error {
        info["last_error_date"] = json!(date);
        info["last_error_message"] = json!(message);
    }
    if hook.is_set() {
        info["max_connections"] = json!(hook.max_connections);
        let at = hook.reached_at().map(|(at, _)| at.ip().to_string());
        info["ip_address"] = json!(at.unwrap_or_else(|| "<unknown>".to_owned()));
    }
    if let Some(allowed) = bot.queue.allowed() {
        info["allowed_updates"] = json!(allowed);
    }
    info.to_string()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hook {
    host: Option<String>,
    address: Option<SocketAddr>,
    retry_now: Option<bool>,
}

/// The control verb: which address of this machine stands for a host; whether what waits for another try is tried now.
pub(super) fn control(bot: &mut Bot, fields: Value) -> Answer {
    let what: Hook = body(fields)?;
    match (what.host, what.address) {
        (Some(host), Some(address)) if address.ip().is_loopback() => {
            let host = host.to_ascii_lowercase();
            bot.webhook.stands_for.insert(host, address);
        }
        (Some(_), Some(_)) => {
            return Err(wrong(
                "address is one of this machine, such as 127.0.0.1:8080",
            ));
        }
        (None, None) => {}
        (Some(_), None) | (None, Some(_)) => return Err(wrong("host and address go together")),
    }
    if what.retry_now == Some(true) {
        bot.webhook.hurry += 1;
    }
    bot.queue.wake.notify_waiters();
    let hosts: BTreeMap<&String, String> = bot
        .webhook
        .stands_for
        .iter()
        .map(|(host, address)| (host, address.to_string()))
        .collect();
    Ok(json!({"hosts": hosts}))
}
