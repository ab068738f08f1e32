//! Files that people sent or the bot uploaded.
//!
//! Guarantees that a `file_id` belongs to one bot and one kind, that any size of a photo stands for the whole of it, and that
//! a download link lasts an hour (rows 66 to 71). Never reads or writes a disk.

use std::collections::HashMap;

use axum::body::Bytes;
use serde_json::{Map, Value, json};

use super::error::{ApiError, bad};

/// Largest file a bot may fetch, in bytes (row 70).
const MAX_FETCH: u64 = 20 << 20;
/// How long a download link lasts, in milliseconds (row 71).
const LINK_MS: i64 = 3_600_000;
/// Longer sides of the smaller sizes that Telegram makes of a photo, in pixels.
const SIZES: [u32; 3] = [90, 320, 800];

/// What a file is inside Telegram; a `file_id` works only as its own kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    /// A file.
    Document,
    /// A picture.
    Photo,
    /// A voice message.
    Voice,
    /// A piece of music.
    Audio,
    /// A film.
    Video,
    /// A sticker.
    Sticker,
}

impl FileKind {
    /// As the server's errors call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Document => "Document",
            Self::Photo => "Photo",
            Self::Voice => "VoiceNote",
            Self::Audio => "Audio",
            Self::Video => "Video",
            Self::Sticker => "Sticker",
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Self::Document => "documents",
            Self::Photo => "photos",
            Self::Voice => "voice",
            Self::Audio => "music",
            Self::Video => "videos",
            Self::Sticker => "stickers",
        }
    }

    fn prefix(self) -> &'static str {
        match self {
            Self::Document => "BQ",
            Self::Photo => "Ag",
            Self::Voice => "Aw",
            Self::Audio => "CQ",
            Self::Video => "BA",
            Self::Sticker => "CA",
        }
    }

    fn default_extension(self) -> &'static str {
        match self {
            Self::Document => "bin",
            Self::Photo => "jpg",
            Self::Voice => "oga",
            Self::Audio => "mp3",
            Self::Video => "mp4",
            Self::Sticker => "webp",
        }
    }
}

/// What is inside a file.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// These bytes.
    Bytes(Bytes),
    /// As many zeros; a test that needs only a size holds no memory.
    Zeros(u64),
}

impl Content {
    /// Size in bytes.
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Zeros(size) => *size,
        }
    }

    /// The bytes.
    pub(super) fn bytes(&self) -> Bytes {
        match self {
            Self::Bytes(bytes) => bytes.clone(),
            Self::Zeros(size) => vec![0; usize::try_from(*size).unwrap_or(0)].into(),
        }
    }
}

/// A stored file.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    /// Its kind.
    pub(super) kind: FileKind,
    /// Its bytes.
    pub(super) content: Content,
    /// What a message shows of it: an object with `file_id`, `file_unique_id`, `file_size` and more, or a photo's sizes.
    pub(super) shown: Value,
    unique: String,
    path: String,
    link_until_ms: i64,
    gone: bool,
}

/// The files of one bot.
#[derive(Debug)]
pub(super) struct Files {
    bot: i64,
    by_id: HashMap<String, Stored>,
    by_path: HashMap<String, String>,
    count: u64,
}

impl Files {
    /// No files yet.
    pub(super) fn new(bot: i64) -> Self {
        Self {
            bot,
            by_id: HashMap::new(),
            by_path: HashMap::new(),
            count: 0,
        }
    }

    /// Stores a file; what a message shows of it.
    pub(super) fn add(
        &mut self,
        kind: FileKind,
        content: Content,
        name: Option<&str>,
        more: Map<String, Value>,
    ) -> Value {
        self.count += 1;
        let unique = format!("{}u{}", kind.prefix(), self.count);
        let id = format!(
            "{}ACAgUAAxkBAAI{:x}f{}",
            kind.prefix(),
            self.bot,
            self.count
        );
        let extension = name
            .and_then(|name| name.rsplit_once('.'))
            .map(|(_, extension)| extension)
            .filter(|extension| {
                extension.len() <= 8 && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
            })
            .unwrap_or(kind.default_extension());
        let path = format!("{}/file_{}.{extension}", kind.folder(), self.count);
        let mut fields = more;
        fields.insert("file_id".to_owned(), json!(id));
        fields.insert("file_unique_id".to_owned(), json!(unique));
        fields.insert("file_size".to_owned(), json!(content.size()));
        self.by_path.insert(path.clone(), id.clone());
        let shown = Value::Object(fields);
        let stored = Stored {
            kind,
            content,
            shown: shown.clone(),
            unique,
            path,
            link_until_ms: i64::MIN,
            gone: false,
        };
        self.by_id.insert(id, stored);
        shown
    }

    /// Stores a photo of so many pixels, and smaller sizes of it that hold no picture; the sizes that a message shows, the
    /// smallest first as Telegram lists them.
    pub(super) fn add_photo(&mut self, content: Content, width: u32, height: u32) -> Value {
        let longer = width.max(height);
        let smaller = SIZES.iter().filter(|side| **side < longer);
        let mut measures: Vec<(u32, u32)> = smaller
            .map(|side| {
                let scaled = |length: u32| {
                    let length = u64::from(length) * u64::from(*side) / u64::from(longer);
                    u32::try_from(length).unwrap_or(*side).max(1)
                };
                (scaled(width), scaled(height))
            })
            .collect();
        measures.push((width, height));
        let last = measures.len() - 1;
        let most = content.size().max(1);
        let mut sizes = Vec::new();
        for (index, (width, height)) in measures.into_iter().enumerate() {
            let content = if index == last {
                content.clone()
            } else {
                let bytes = u64::from(width) * u64::from(height) / 8;
                Content::Zeros(bytes.clamp(1, most))
            };
            let more = Map::from_iter([
                ("width".to_owned(), json!(width)),
                ("height".to_owned(), json!(height)),
            ]);
            sizes.push(self.add(FileKind::Photo, content, None, more));
        }
        let shown = Value::Array(sizes);
        // Whichever size a bot sends again, the message shows them all.
        for id in ids(&shown) {
            if let Some(size) = self.by_id.get_mut(id) {
                size.shown = shown.clone();
            }
        }
        shown
    }

    /// A file by its id.
    pub(super) fn get(&self, id: &str) -> Option<&Stored> {
        self.by_id.get(id)
    }

    /// Takes back what was never sent, as a message would have shown it.
    pub(super) fn forget(&mut self, shown: &Value) {
        for id in ids(shown) {
            if let Some(file) = self.by_id.remove(id) {
                self.by_path.remove(&file.path);
            }
        }
    }

    /// From now on the server has lost the file; false when it never had it.
    pub(super) fn lose(&mut self, id: &str) -> bool {
        self.by_id
            .get_mut(id)
            .map(|file| file.gone = true)
            .is_some()
    }

    /// No download link handed out so far works any longer; how many that were.
    pub(super) fn expire_links(&mut self) -> usize {
        let linked = |file: &&mut Stored| file.link_until_ms != i64::MIN;
        self.by_id
            .values_mut()
            .filter(linked)
            .map(|file| file.link_until_ms = i64::MIN)
            .count()
    }

    /// getFile (row 70).
    pub(super) fn link(&mut self, id: Option<&str>, now_ms: i64) -> Result<Value, ApiError> {
        let id = id
            .filter(|id| !id.is_empty())
            .ok_or_else(|| bad("file_id not specified"))?;
        let file = self
            .by_id
            .get_mut(id)
            .ok_or_else(|| bad("invalid file_id"))?;
        if file.gone {
            return Err(bad("wrong file_id or the file is temporarily unavailable"));
        }
        if file.content.size() > MAX_FETCH {
            return Err(bad("file is too big"));
        }
        file.link_until_ms = now_ms + LINK_MS;
        Ok(json!({
            "file_id": id,
            "file_unique_id": file.unique,
            "file_size": file.content.size(),
            "file_path": file.path,
        }))
    }

    /// The file behind a download link, while it lasts.
    pub(super) fn fetch(&self, path: &str, now_ms: i64) -> Option<Bytes> {
        let file = self.by_id.get(self.by_path.get(path)?)?;
        (!file.gone && file.link_until_ms > now_ms).then(|| file.content.bytes())
    }
}

/// The ids in what a message shows of a file.
fn ids(shown: &Value) -> impl Iterator<Item = &str> {
    let all = match shown {
        Value::Array(sizes) => sizes.as_slice(),
        Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            std::slice::from_ref(shown)
        }
    };
    all.iter().filter_map(|file| file["file_id"].as_str())
}
