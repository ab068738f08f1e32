//! The parameters of a call, from whichever place and encoding they came in.
//!
//! Query string, urlencoded form, JSON and multipart are all read; a later place wins over an earlier one. Values of forms are
//! text, values of JSON keep their type; the accessors hide the difference, as the real server does. Never keeps more than
//! [`MAX_BODY`] bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use serde_json::{Map, Value, json};

use super::error::{ApiError, bad, too_large};

/// Largest upload of the cloud server, in bytes (row 66).
pub(super) const MAX_UPLOAD: usize = 50 << 20;
/// Largest body read at all, in bytes.
const MAX_BODY: usize = MAX_UPLOAD + (2 << 20);

/// A file part of a multipart body.
#[derive(Debug, Clone)]
pub(super) struct Upload {
    /// File name as sent.
    pub(super) name: Option<String>,
    /// Content type as sent.
    pub(super) mime: Option<String>,
    /// The bytes.
    pub(super) bytes: Bytes,
}

/// Parameters by name.
#[derive(Debug, Default)]
pub(super) struct Params {
    values: BTreeMap<String, Value>,
    files: BTreeMap<String, Upload>,
}

impl Params {
    /// Reads query and body of a request.
    pub(super) async fn read(request: Request) -> Result<Self, ApiError> {
        let mut params = Self::default();
        if let Some(query) = request.uri().query() {
            params.add_form(query);
        }
        let kind = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or("")
            .to_owned();
        if kind.starts_with("multipart/") {
            params.add_multipart(request).await?;
            return Ok(params);
        }
        let body = axum::body::to_bytes(request.into_body(), MAX_BODY)
            .await
            .map_err(|_| too_large())?;
        if body.is_empty() {
            return Ok(params);
        }
        if kind.starts_with("application/json") {
            let Ok(Value::Object(fields)) = serde_json::from_slice(&body) else {
                return Err(bad("can't parse JSON object"));
            };
            params
                .values
                .extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
        } else {
            let form =
                std::str::from_utf8(&body).map_err(|_| bad("strings must be encoded in UTF-8"))?;
            params.add_form(form);
        }
        Ok(params)
    }

    /// Parameters that are given as they are: fields, and a file in the part `file`.
    pub(super) fn given(fields: Map<String, Value>, file: Option<(String, Vec<u8>)>) -> Self {
        let values = fields.into_iter().filter(|(_, value)| !value.is_null());
        let files = file.map(|(name, bytes)| {
            let upload = Upload {
                name: Some(name),
                mime: None,
                bytes: bytes.into(),
            };
            ("file".to_owned(), upload)
        });
        Self {
            values: values.collect(),
            files: files.into_iter().collect(),
        }
    }

    fn add_form(&mut self, form: &str) {
        for pair in form.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            self.values.insert(
                decode_percent(name, true),
                Value::String(decode_percent(value, true)),
            );
        }
    }

    async fn add_multipart(&mut self, request: Request) -> Result<(), ApiError> {
        let broken = |_| bad("can't parse multipart body");
        let mut parts = Multipart::from_request(request, &())
            .await
            .map_err(|_| bad("can't parse multipart body"))?;
        let mut total = 0;
        while let Some(mut part) = parts.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or("").to_owned();
            let file_name = part.file_name().map(str::to_owned);
            let mime = part.content_type().map(str::to_owned);
            let mut bytes = Vec::new();
            while let Some(chunk) = part.chunk().await.map_err(broken)? {
                total += chunk.len();
                // What is too large is read to its end, so that the caller sees the answer, but not kept.
                if total > MAX_BODY {
                    bytes = Vec::new();
                } else {
                    bytes.extend_from_slice(&chunk);
                }
            }
            if file_name.is_some() {
                if bytes.len() > MAX_UPLOAD {
                    return Err(too_large());
                }
                let upload = Upload {
                    name: file_name,
                    mime,
                    bytes: bytes.into(),
                };
                self.files.insert(name, upload);
            } else {
                let text = String::from_utf8(bytes)
                    .map_err(|_| bad("strings must be encoded in UTF-8"))?;
                self.values.insert(name, Value::String(text));
            }
        }
        if total > MAX_BODY {
            Err(too_large())
        } else {
            Ok(())
        }
    }

    /// The value as text; numbers, booleans and structures as they are written in JSON.
    pub(super) fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.values.get(name).map(|value| match value {
            Value::String(text) => Cow::Borrowed(text.as_str()),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => Cow::Owned(value.to_string()),
        })
    }

    /// A whole number; absent or malformed is `None`.
    pub(super) fn int(&self, name: &str) -> Option<i64> {
        self.text(name)?.trim().parse().ok()
    }

    /// A boolean, false when absent.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.text(name)
            .is_some_and(|text| matches!(text.to_ascii_lowercase().as_str(), "true" | "yes" | "1"))
    }

    /// A JSON-valued parameter: a structure, or text to parse. Empty text counts as absent.
    pub(super) fn json(&self, name: &str) -> Option<Result<Value, serde_json::Error>> {
        let value = self.values.get(name)?;
        match value.as_str() {
            Some("") => None,
            Some(text) => Some(serde_json::from_str(text)),
            None => Some(Ok(value.clone())),
        }
    }

    /// A file part.
    pub(super) fn file(&self, name: &str) -> Option<&Upload> {
        self.files.get(name)
    }

    /// All parameters as JSON for the call log; a file as its name and size.
    pub(super) fn logged(&self) -> Value {
        let mut all = Map::new();
        for (name, value) in &self.values {
            // Structures sent as text are shown as structures, so that a test reads every encoding alike.
            let structure = value.as_str().filter(|text| text.starts_with(['{', '[']));
            let structure = structure.and_then(|text| serde_json::from_str(text).ok());
            let shown = structure.unwrap_or_else(|| value.clone());
            all.insert(name.clone(), shown);
        }
        for (name, file) in &self.files {
            let shown =
                json!({"file_name": file.name, "mime_type": file.mime, "size": file.bytes.len()});
            all.insert(name.clone(), shown);
        }
        Value::Object(all)
    }
}

/// Undoes percent-encoding; `plus` also turns `+` into a space, as forms want it.
pub(super) fn decode_percent(text: &str, plus: bool) -> String {
    if !text.contains(['%', '+']) {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|two| std::str::from_utf8(two).ok());
        let byte = hex.and_then(|two| u8::from_str_radix(two, 16).ok());
        match (bytes[at], byte) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (b'+', _) if plus => {
                out.push(b' ');
                at += 1;
            }
            (other, _) => {
                out.push(other);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
