//! One call of the Bot API, and what can come of it.
//!
//! Calls go by HTTP, or by whatever a [`Carrier`] is: a simulation has neither network nor sockets.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;
use reqwest::{StatusCode, Url};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use teloxide::requests::Payload;

/// How long a call may take, but for the long poll.
const CALL_TIMEOUT: Duration = Duration::from_secs(17);

/// Room for the JSON of a call; most fit.
const BODY_BYTES: usize = 2 * 1024;

/// A bot's token. Nothing prints it.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A token as BotFather gives it, `123456:ABC...`; `None` if this cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (id, secret) = text.split_once(':')?;
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let is_token =
            !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()) && !secret.is_empty();
        (is_token && secret.chars().all(legal)).then(|| Self(text.to_owned()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// Why a call brought no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Telegram refuses: the HTTP code and its description.
    #[error("{code} {description}")]
    Refused {
        /// The error code.
        code: u16,
        /// What Telegram says.
        description: String,
    },
    /// Too many calls: again after so many seconds.
    #[error("429, again in {0} s")]
    RetryAfter(u32),
    /// The group has become a supergroup with this id.
    #[error("the group has become a supergroup")]
    Migrated(i64),
    /// The network failed, or the server did. Never holds the address.
    #[error("{0}")]
    Transient(String),
    /// Telegram accepted the call, and its answer cannot be read.
    #[error("an answer of 200 that cannot be read")]
    Unreadable,
}

/// What a call carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Load {
    /// A JSON object.
    Json(Vec<u8>),
    /// Fields, and a file that one of them names `attach://file`.
    Parts {
        /// The fields by name.
        fields: Vec<(&'static str, String)>,
        /// The file's name.
        name: String,
        /// What is in it.
        bytes: Vec<u8>,
    },
}

/// An answer as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status of HTTP.
    pub status: u16,
    /// The body; nothing if the connection broke within it.
    pub body: Option<Vec<u8>>,
}

/// A call under way: its answer, or in words why there is none.
pub type Carried<'c> = Pin<Box<dyn Future<Output = Result<Reply, String>> + Send + 'c>>;

/// Carries calls to a server of the Bot API in another way than by HTTP.
pub trait Carrier: Send + Sync {
    /// Calls a method.
    fn carry(&self, method: &'static str, load: Load) -> Carried<'_>;
}

/// A bot's access to the Bot API.
#[derive(Clone)]
pub struct Api {
    /// Carries calls, if not HTTP.
    carrier: Option<Arc<dyn Carrier>>,
    client: reqwest::Client,
    /// The address of a method is this with the method's name in the place of the last segment.
    base: Url,
    /// The address of a file is this with its path behind it.
    files: Url,
    /// Addresses that were needed before: to parse one costs as much as to write the call.
    known: Arc<Mutex<BTreeMap<&'static str, Url>>>,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Api(..)")
    }
}

#[derive(Deserialize)]
struct Envelope<R> {
    ok: bool,
    result: Option<R>,
    error_code: Option<u16>,
    description: Option<String>,
    parameters: Option<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    retry_after: Option<u32>,
    migrate_to_chat_id: Option<i64>,
}

impl Api {
    /// Access through the server at this address, without a slash at its end.
    ///
    /// # Errors
    /// If no HTTP client can be made here.
    pub fn new(address: &str, token: &Token) -> anyhow::Result<Self> {
        // A redirect would carry the token to wherever it leads, in the address and as the referrer.
        let client = teloxide::net::default_reqwest_settings()
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .build()
            .map_err(|error| anyhow::anyhow!("no HTTP client: {}", error.without_url()))?;
        let parse = |url: String| {
            Url::parse(&url).map_err(|error| anyhow::anyhow!("{address} is no address: {error}"))
        };
        Ok(Self {
            carrier: None,
            client,
            base: parse(format!("{address}/bot{}/", token.0))?,
            files: parse(format!("{address}/file/bot{}", token.0))?,
            known: Arc::default(),
        })
    }

    /// The same, but that another carries its calls. Files cannot be downloaded so.
    #[must_use]
    pub fn carried_by(mut self, carrier: Arc<dyn Carrier>) -> Self {
        self.carrier = Some(carrier);
        self
    }

    fn method(&self, name: &'static str) -> Result<Url, CallError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(url) = known.get(name) {
            return Ok(url.clone());
        }
        let url = self.base.join(name);
        let url = url.map_err(|_| CallError::Transient("unwritable call".to_owned()))?;
        known.insert(name, url.clone());
        Ok(url)
    }

    /// Calls a method with JSON.
    pub(super) async fn call<P, R>(&self, payload: &P) -> Result<R, CallError>
    where
        P: Payload + Serialize,
        R: DeserializeOwned,
    {
        self.call_within(payload, CALL_TIMEOUT).await
    }

    /// The same with a limit of its own.
    pub(super) async fn call_within<P, R>(
        &self,
        payload: &P,
        limit: Duration,
    ) -> Result<R, CallError>
    where
        P: Payload + Serialize,
        R: DeserializeOwned,
    {
        let mut body = Vec::with_capacity(BODY_BYTES);
        serde_json::to_writer(&mut body, payload)
            .map_err(|_| CallError::Transient("unwritable call".to_owned()))?;
        self.carry(P::NAME, Load::Json(body), limit).await
    }

    /// Calls a method with parts, one of them perhaps a file.
    pub(super) async fn upload<R: DeserializeOwned>(
        &self,
        method: &'static str,
        fields: Vec<(&'static str, String)>,
        name: String,
        bytes: Vec<u8>,
    ) -> Result<R, CallError> {
        let load = Load::Parts {
            fields,
            name,
            bytes,
        };
        // A slow line needs its time: two minutes for what is never more than a few megabytes.
        self.carry(method, load, Duration::from_secs(120)).await
    }

    async fn carry<R: DeserializeOwned>(
        &self,
        method: &'static str,
        load: Load,
        limit: Duration,
    ) -> Result<R, CallError> {
        if let Some(carrier) = &self.carrier {
            let reply = tokio::time::timeout(limit, carrier.carry(method, load)).await;
            let reply = reply.unwrap_or_else(|_| Err("no answer in time".to_owned()));
            return answer(reply.map_err(CallError::Transient)?);
        }
        let request = self.client.post(self.method(method)?).timeout(limit);
        let request = match load {
            Load::Json(body) => request
                .header(reqwest::header::CONTENT_TYPE, "application/json")
                .body(body),
            Load::Parts {
                fields,
                name,
                bytes,
            } => {
                let form = fields
                    .into_iter()
                    .fold(Form::new(), |form, (name, text)| form.text(name, text));
                request.multipart(form.part("file", Part::bytes(bytes).file_name(name)))
            }
        };
        let transient = |error: reqwest::Error| CallError::Transient(describe(&error));
        let response = request.send().await.map_err(transient)?;
        let status = response.status();
        let body = if is_no_answer(status) {
            None
        } else {
            match response.bytes().await {
                Ok(bytes) => Some(bytes.into()),
                // The head said that it was done; the rest of the answer does not change that.
                Err(_) if status == StatusCode::OK => None,
                Err(error) => return Err(transient(error)),
            }
        };
        answer(Reply {
            status: status.as_u16(),
            body,
        })
    }

    /// The bare answer to a method without parameters.
    pub(super) async fn look(&self, method: &'static str) -> Result<reqwest::Response, CallError> {
        if self.carrier.is_some() {
            return Err(CallError::Transient("no network".to_owned()));
        }
        let request = self.client.get(self.method(method)?);
        let sent = request.timeout(CALL_TIMEOUT).send().await;
        sent.map_err(|error| CallError::Transient(describe(&error)))
    }

    /// The download of a file by the path that Telegram gave; `None` if there can be no such link.
    pub(super) fn file(&self, path: &str) -> Option<reqwest::RequestBuilder> {
        if self.carrier.is_some() {
            return None;
        }
        let mut url = self.files.clone();
        // Segment by segment, so that no path leads to another server.
        url.path_segments_mut().ok()?.extend(path.split('/'));
        Some(self.client.get(url))
    }
}

/// Whether nothing of an answer with this status counts but the status.
fn is_no_answer(status: StatusCode) -> bool {
    status.is_server_error() || status.is_redirection()
}

fn answer<R: DeserializeOwned>(reply: Reply) -> Result<R, CallError> {
    let status = StatusCode::from_u16(reply.status)
        .map_err(|_| CallError::Transient("no status".to_owned()))?;
    if is_no_answer(status) {
        return Err(CallError::Transient(format!(
            "the server answered {}",
            status.as_u16()
        )));
    }
    let Some(bytes) = reply.body else {
        return Err(match status {
            StatusCode::OK => CallError::Unreadable,
            _ => CallError::Transient("the connection broke".to_owned()),
        });
    };
    match serde_json::from_slice::<Envelope<R>>(&bytes) {
        Ok(Envelope {
            ok: true,
            result: Some(result),
            ..
        }) => Ok(result),
        Ok(Envelope {
            ok: true,
            result: None,
            ..
        }) => Err(CallError::Unreadable),
        Ok(Envelope {
            ok: false,
            error_code,
            description,
            parameters,
            ..
        }) => Err(refusal(
            error_code.unwrap_or(status.as_u16()),
            description.unwrap_or_default(),
            parameters,
        )),
        Err(_) if status == StatusCode::OK => Err(CallError::Unreadable),
        Err(_) => Err(CallError::Transient(format!(
            "the server answered {} without a reason",
            status.as_u16()
        ))),
    }
}

fn refusal(code: u16, description: String, parameters: Option<Parameters>) -> CallError {
    let parameters = parameters.unwrap_or(Parameters {
        retry_after: None,
        migrate_to_chat_id: None,
    });
    match (code, parameters) {
        (
            _,
            Parameters {
                retry_after: Some(seconds),
                ..
            },
        ) => CallError::RetryAfter(seconds),
        (
            _,
            Parameters {
                migrate_to_chat_id: Some(chat),
                ..
            },
        ) => CallError::Migrated(chat),
        (429, _) => CallError::RetryAfter(1),
        (500.., _) => CallError::Transient(format!("the server answered {code}")),
        (_, _) => CallError::Refused { code, description },
    }
}

/// Why a download is answered with anything but 200.
pub(super) async fn refused(response: reqwest::Response) -> CallError {
    let status = response.status();
    if status.is_client_error()
        && let Ok(bytes) = response.bytes().await
        && let Ok(Envelope::<IgnoredAny> {
            ok: false,
            error_code,
            description,
            parameters,
            ..
        }) = serde_json::from_slice(&bytes)
    {
        let code = error_code.unwrap_or(status.as_u16());
        return refusal(code, description.unwrap_or_default(), parameters);
    }
    match status {
        StatusCode::TOO_MANY_REQUESTS => CallError::RetryAfter(1),
        _ => CallError::Transient(format!("the server answered {}", status.as_u16())),
    }
}

/// What failed, in words of our own: reqwest's would hold the address, and so the token.
pub(super) fn describe(error: &reqwest::Error) -> String {
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    what.to_owned()
}
