//! The digest as text: for Telegram with its markup, for a file or a terminal without.

use super::wording::{Wording, grouped};
use crate::digest::{Digest, Entry, Reader};
use crate::domain::Language;
use crate::text::split::{MESSAGE_CHARS, split};
use crate::text::{Forum, Html};

/// More messages than this, and a file serves better.
const MESSAGES: usize = 10;
/// Groups of a fingerprint that are enough to tell it from others.
const SHORT: usize = 4;

/// A digest in words.
pub struct Text {
    /// Title, totals, counts, silence.
    pub summary: Html,
    /// A heading and its concerns, topic by topic.
    pub topics: Vec<Html>,
}

impl Text {
    /// The digest in this language.
    pub fn new<R: Reader>(digest: &Digest<R>, forum: &Forum, language: Language) -> Self {
        let wording = Wording::new(digest, forum, language);
        Self {
            summary: summary(digest, &wording),
            topics: topics(digest, &wording),
        }
    }

    /// Everything as one plain text, ended by a newline.
    pub fn plain(&self) -> String {
        let mut whole = self.summary.clone();
        for topic in &self.topics {
            whole.paragraph(topic);
        }
        whole.to_plain() + "\n"
    }

    /// The messages that it makes: as few as can be, each concern whole where it fits. `None` if they are too many.
    pub fn messages(&self) -> Option<Vec<Html>> {
        let mut whole = self.summary.clone();
        for topic in &self.topics {
            whole.paragraph(topic);
        }
        // Cut at the best places it makes no fewer.
        if whole.chars() > MESSAGES * MESSAGE_CHARS {
            return None;
        }
        let messages = split(&whole, MESSAGE_CHARS);
        (messages.len() <= MESSAGES).then_some(messages)
    }
}

fn summary<R: Reader>(digest: &Digest<R>, wording: &Wording<'_>) -> Html {
    let phrases = wording.phrases;
    let mut html = wording.title(R::EDITION);
    stamp(&mut html, digest, wording);
    for scored in &digest.scores {
        html.paragraph(&phrases.score_of(&wording.scored(scored)));
        for (label, count) in wording.score(R::EDITION, &scored.score) {
            html.line(&phrases.digest_count(&label, count));
        }
    }
    let [received, included, others @ ..] = wording.totals(&digest.totals);
    html.paragraph(&phrases.digest_sum(&received.0, received.1))
        .line(&phrases.digest_sum(&included.0, included.1));
    for (label, count) in others {
        if count > 0 {
            html.line(&phrases.digest_count(&label, count));
        }
    }
    if digest.concerns.is_empty() {
        html.paragraph(&wording.empty(&digest.totals));
    } else {
        let counts = &digest.counts;
        let mut breakdown = |heading, counts: Vec<(String, u64)>| {
            html.paragraph(&heading);
            if counts.is_empty() {
                html.line(&phrases.digest_no_breakdown());
            }
            for (label, count) in counts {
                html.line(&phrases.digest_count(&label, count));
            }
        };
        let topics = wording.counts(&counts.topic, |id| wording.topic(id));
        breakdown(phrases.digest_by_topic(), topics);
        let places = wording.counts(&counts.place, |id| wording.place(id));
        breakdown(phrases.digest_by_place(), places);
        if digest.concerns.iter().any(|entry| entry.urgency.is_some()) {
            let urgencies = wording.counts(&counts.urgency, |id| wording.urgency(id));
            breakdown(phrases.digest_by_urgency(), urgencies);
        }
    }
    for silent in wording.silence(digest) {
        html.paragraph(&phrases.digest_field(&silent.label, &silent.value));
    }
    html
}

/// When it was made; number, fingerprint, selection and the digest before, where they are there.
fn stamp<R: Reader>(html: &mut Html, digest: &Digest<R>, wording: &Wording<'_>) {
    let phrases = wording.phrases;
    // In digits everybody reads.
    let made = wording.local(digest.made_at).strftime("%Y-%m-%d %H:%M");
    html.line(&phrases.digest_made(&phrases.digits(&made.to_string())));
    let mut field = |label: String, value: Option<String>| {
        if let Some(value) = value {
            html.line(&phrases.digest_field(&label, &value));
        }
    };
    let number = digest.number.map(|number| phrases.number(number.into()));
    field(phrases.document_number(), number);
    let fingerprint = digest.fingerprint.as_ref();
    let fingerprint = fingerprint.map(|hash| format!("{} …", grouped(hash, SHORT)));
    field(phrases.document_fingerprint(), fingerprint);
    field(
        phrases.document_selection(),
        wording.selection(&digest.filter),
    );
    let before = digest.before.as_ref().map(|before| wording.before(before));
    field(phrases.document_before(), before);
}

fn topics<R: Reader>(digest: &Digest<R>, wording: &Wording<'_>) -> Vec<Html> {
    let mut topics = Vec::new();
    if !digest.scores.is_empty() {
        topics.push(promises(digest, wording));
    }
    for (name, group) in wording.topics(digest) {
        let mut html = wording.phrases.digest_topic(&name);
        for concern in group {
            html.paragraph(&entry(concern, wording));
        }
        topics.push(html);
    }
    topics
}

/// Each promise, and what became of it.
fn promises<R: Reader>(digest: &Digest<R>, wording: &Wording<'_>) -> Html {
    let phrases = wording.phrases;
    let mut html = phrases.digest_topic(&phrases.document_promises());
    for scored in &digest.scores {
        html.paragraph(&phrases.score_of(&wording.scored(scored)));
        for (number, kept) in (1..).zip(&scored.promises) {
            let [text, facts, standing, places] = wording.promise(R::EDITION, kept);
            let number = phrases.number(number);
            html.paragraph(&phrases.promise_entry(&number, &text, &standing));
            for line in [facts, places] {
                if !line.is_empty() {
                    html.line(&Html::text(&line));
                }
            }
        }
    }
    html
}

fn entry<R: Reader>(entry: &Entry<R>, wording: &Wording<'_>) -> Html {
    let phrases = wording.phrases;
    let place = wording.place(&entry.place);
    let mut html = Html::text(&format!("{}. ", phrases.number(entry.number)));
    html.push(&Html::bold(&wording.name(entry)));
    if let Some(receipt) = entry.receipt() {
        html.line(&Html::code(&receipt.to_string()));
    }
    html.line(&Html::text(&match wording.organisation(entry) {
        Some(organisation) => format!("{organisation} · {place}"),
        None => place,
    }));
    if entry.behind > 1 {
        html.line(&phrases.digest_behind(entry.behind));
    }
    for told in wording.story(entry) {
        html.line(&told.words);
    }
    for field in wording.fields(entry) {
        html.line(&phrases.digest_field(&field.label, &field.value));
    }
    for beside in wording.beside(entry) {
        html.line(&beside);
    }
    html
}
