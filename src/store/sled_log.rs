//! What sled 0.34.7 has written into its file, read without sled: for a store that sled refuses to open.
//!
//! The file is a log in segments of 512 KiB. A message has a checksum, a kind, a length, the numbers of its segment and page; what is
//! put, removed, or written anew as a whole page is a message. The number of the segment and the place in it give the moment (sled: LSN)
//! at which it was written, so the messages that are whole can be put in their order, whatever lies between them.
//!
//! Guarantees: only messages whose checksum is right are read; the same bytes give the same changes. Whether something is missing
//! cannot be told: a segment that sled has used again lacks what was in it as well.
//!
//! Must never: write, or take a part of a message.

use std::collections::BTreeMap;

use super::sled_kv;

const SEGMENT: usize = 512 * 1024;
/// What a segment says of itself, before its first message.
const SEGMENT_HEAD: usize = 20;
const BATCH: u8 = 3;
const PAGE: u8 = 8;
const LINK: u8 = 10;
const KINDS: std::ops::RangeInclusive<u8> = 1..=11;

/// What became of a key of sled's at some moment.
struct Version {
    /// The number of batches that were begun by then.
    batch: usize,
    /// Its value, or nothing: it was removed.
    value: Option<Vec<u8>>,
}

type Histories = BTreeMap<Vec<u8>, Vec<Version>>;

enum Message {
    Batch,
    /// The key lacks what all keys of its page begin with.
    Put(Vec<u8>, Vec<u8>),
    /// As before.
    Removed(Vec<u8>),
    Page(Page),
    /// Of no concern here.
    Other,
}

/// A page as a whole.
struct Page {
    /// What all its keys begin with.
    prefix: Vec<u8>,
    /// All keys are there from this one on, and before `to`, where there is one.
    from: Vec<u8>,
    to: Vec<u8>,
    pairs: BTreeMap<Vec<u8>, Vec<u8>>,
}

/// Every key of the seam, with the values that it had one after the other; nothing where it was removed. A value of which a piece is
/// missing is not whole, and does not open.
pub(super) fn values(log: &[u8]) -> BTreeMap<Vec<u8>, Vec<Option<Vec<u8>>>> {
    let histories = histories(log);
    let heads = histories.range(sled_kv::head_key(&[])..sled_kv::piece_key(&[], 0));
    let whole = |key: &[u8], version: &Version| {
        let head = version.value.as_ref()?;
        match sled_kv::inline(head) {
            Some(value) => Some(value.to_vec()),
            None => Some(joined(&histories, key, head, version.batch)),
        }
    };
    heads
        .map(|(head, versions)| {
            let key = head[1..].to_vec();
            let values = versions.iter().map(|version| whole(&key, version));
            let values = values.collect();
            (key, values)
        })
        .collect()
}

/// The pieces that a batch has written, or as they were then.
fn joined(histories: &Histories, key: &[u8], head: &[u8], batch: usize) -> Vec<u8> {
    let mut value = Vec::new();
    for number in 0..sled_kv::pieces(head) {
        let history = histories.get(&sled_kv::piece_key(key, number));
        let versions = history.into_iter().flatten();
        let by_then = versions
            .clone()
            .rev()
            .find(|version| version.batch <= batch);
        // One that a page was found to hold only later.
        let piece = by_then.or_else(|| versions.clone().next());
        let piece = piece.and_then(|version| version.value.as_deref());
        value.extend_from_slice(piece.unwrap_or_default());
    }
    value
}

/// Reads the log.
fn histories(log: &[u8]) -> Histories {
    let mut messages = BTreeMap::new();
    for segment in log.chunks(SEGMENT) {
        let mut at = SEGMENT_HEAD;
        while at < segment.len() {
            match message(&segment[at..]) {
                Some((segment, page, message, length)) => {
                    messages.insert((segment, at), (page, message));
                    at += length;
                }
                // The next one may begin anywhere.
                None => at += 1,
            }
        }
    }
    let mut histories = Histories::new();
    let mut batch = 0;
    let mut prefixes: BTreeMap<u64, Vec<u8>> = BTreeMap::new();
    for (number, message) in messages.into_values() {
        // Of a page that was not found nobody knows what its keys begin with; what comes out then does not open.
        let whole = |key: &[u8]| match prefixes.get(&number) {
            Some(prefix) => [prefix, key].concat(),
            None => key.to_vec(),
        };
        match message {
            Message::Batch => batch += 1,
            Message::Put(key, value) => add(&mut histories, batch, whole(&key), Some(value)),
            Message::Removed(key) => add(&mut histories, batch, whole(&key), None),
            Message::Page(page) => {
                // A tree in which nothing is: sled makes one for itself.
                let is_other = page.pairs.is_empty() && page.from.is_empty() && page.to.is_empty();
                if !is_other {
                    replace(&mut histories, batch, &page);
                }
                prefixes.insert(number, page.prefix);
            }
            Message::Other => {}
        }
    }
    histories
}

/// From now on nothing else is between the ends of this page.
fn replace(histories: &mut Histories, batch: usize, page: &Page) {
    let before_end = |key: &[u8]| page.to.is_empty() || key < page.to.as_slice();
    let known = histories.range(page.from.clone()..);
    let gone: Vec<Vec<u8>> = known
        .take_while(|(key, _)| before_end(key))
        .filter(|(key, _)| !page.pairs.contains_key(*key))
        .map(|(key, _)| key.clone())
        .collect();
    for key in gone {
        add(histories, batch, key, None);
    }
    for (key, value) in &page.pairs {
        add(histories, batch, key.clone(), Some(value.clone()));
    }
}

/// A page that is written anew says again what is known.
fn add(histories: &mut Histories, batch: usize, key: Vec<u8>, value: Option<Vec<u8>>) {
    let history = histories.entry(key).or_default();
    if history.last().map(|last| &last.value) != Some(&value) {
        history.push(Version { batch, value });
    }
}

/// The message that begins here: the numbers of its segment and page, what it says, how long it is.
fn message(bytes: &[u8]) -> Option<(u64, u64, Message, usize)> {
    let (sum, rest) = bytes.split_first_chunk::<4>()?;
    let (kind, mut rest) = rest.split_first()?;
    if !KINDS.contains(kind) {
        return None;
    }
    let length = usize::try_from(number(&mut rest)?).ok()?;
    let segment = number(&mut rest)?;
    let page = number(&mut rest)?;
    let body = rest.get(..length)?;
    let head = bytes.len() - rest.len();
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(body);
    hasher.update(&bytes[4..head]);
    if !hasher.finalize() != u32::from_le_bytes(*sum) {
        return None;
    }
    let message = match *kind {
        BATCH => Some(Message::Batch),
        LINK => link(body),
        PAGE => whole_page(body).map(Message::Page),
        _ => None,
    };
    let message = message.unwrap_or(Message::Other);
    Some((segment, page, message, head + length))
}

fn link(mut body: &[u8]) -> Option<Message> {
    let (what, rest) = body.split_first()?;
    body = rest;
    match what {
        0 => Some(Message::Put(bytes(&mut body)?, bytes(&mut body)?)),
        1 => Some(Message::Removed(bytes(&mut body)?)),
        _ => None,
    }
}

fn whole_page(mut body: &[u8]) -> Option<Page> {
    let body = &mut body;
    let _next = number(body)?;
    let _merging_child = number(body)?;
    let (_merging, prefix) = (byte(body)?, byte(body)?);
    let (from, to) = (bytes(body)?, bytes(body)?);
    // A page of keys, not of pages.
    if byte(body)? != 0 {
        return None;
    }
    let count = number(body)?;
    let prefix = from.get(..prefix.into())?.to_vec();
    let mut keys = Vec::new();
    for _ in 0..count {
        keys.push([prefix.as_slice(), &bytes(body)?].concat());
    }
    let mut pairs = BTreeMap::new();
    for key in keys {
        pairs.insert(key, bytes(body)?);
    }
    Some(Page {
        prefix,
        from,
        to,
        pairs,
    })
}

fn byte(from: &mut &[u8]) -> Option<u8> {
    let (first, rest) = from.split_first()?;
    *from = rest;
    Some(*first)
}

fn bytes(from: &mut &[u8]) -> Option<Vec<u8>> {
    let length = usize::try_from(number(from)?).ok()?;
    let (bytes, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(bytes.to_vec())
}

/// A number of one to nine bytes, as sled writes it.
fn number(from: &mut &[u8]) -> Option<u64> {
    let first = u64::from(byte(from)?);
    match first {
        0..=240 => Some(first),
        241..=248 => Some(240 + 256 * (first - 241) + u64::from(byte(from)?)),
        249 => Some(2288 + 256 * u64::from(byte(from)?) + u64::from(byte(from)?)),
        _ => {
            let (bytes, rest) = from.split_at_checked(first as usize - 247)?;
            *from = rest;
            let mut whole = [0; 8];
            whole[..bytes.len()].copy_from_slice(bytes);
            Some(u64::from_le_bytes(whole))
        }
    }
}
