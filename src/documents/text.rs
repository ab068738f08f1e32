//! The digest as text: for Telegram with its markup, for a file or a terminal without.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::config::{Config, Kind};
use crate::digest::{Beside, Digest, Edition, Entry, Piece, Reader};
use crate::domain::Language;
use crate::domain::concern::question;
use crate::text::split::{MESSAGE_CHARS, split};
use crate::text::{Forum, Html, Phrases, card};

/// More messages than this, and a file serves better.
const MESSAGES: usize = 10;

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
        let writer = Writer {
            config: &forum.config,
            phrases: forum.words.phrases(language),
        };
        Self {
            summary: writer.summary(digest),
            topics: writer.topics(digest),
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

struct Writer<'a> {
    config: &'a Config,
    phrases: Phrases<'a>,
}

impl Writer<'_> {
    fn summary<R: Reader>(&self, digest: &Digest<R>) -> Html {
        let phrases = self.phrases;
        let mut html = match R::EDITION {
            Edition::Organisers => phrases.digest_title_organisers(),
            Edition::Shared => phrases.digest_title_shared(),
            Edition::Group => phrases.digest_title_group(),
        };
        html.line(&phrases.digest_made(&self.date(digest)));
        let totals = &digest.totals;
        html.paragraph(&phrases.digest_received(totals.received))
            .line(&phrases.digest_included(totals.included));
        for (count, line) in [
            (totals.merged, phrases.digest_merged(totals.merged)),
            (totals.withdrawn, phrases.digest_withdrawn(totals.withdrawn)),
            (totals.held, phrases.digest_held(totals.held)),
            (totals.rejected, phrases.digest_rejected(totals.rejected)),
            (totals.withheld, phrases.digest_withheld(totals.withheld)),
        ] {
            if count > 0 {
                html.line(&line);
            }
        }
        if digest.concerns.is_empty() {
            html.paragraph(&phrases.digest_empty());
            self.silence(&mut html, digest);
            return html;
        }
        let language = phrases.language();
        self.counts(
            &mut html,
            phrases.digest_by_topic(),
            &digest.counts.topic,
            |id| card::label(&self.config.topics, id, language),
        );
        self.counts(
            &mut html,
            phrases.digest_by_place(),
            &digest.counts.place,
            |id| card::place(self.config, id, language),
        );
        if digest.concerns.iter().any(|entry| entry.urgency.is_some()) {
            self.counts(
                &mut html,
                phrases.digest_by_urgency(),
                &digest.counts.urgency,
                |id| self.urgency(id),
            );
        }
        self.silence(&mut html, digest);
        html
    }

    fn counts(
        &self,
        html: &mut Html,
        heading: Html,
        counts: &BTreeMap<String, u64>,
        name: impl Fn(&str) -> String,
    ) {
        html.paragraph(&heading);
        if counts.is_empty() {
            html.line(&self.phrases.digest_no_breakdown());
        }
        let mut counts: Vec<_> = counts.iter().collect();
        counts.sort_by_key(|(id, count)| (std::cmp::Reverse(**count), *id));
        for (id, count) in counts {
            let named = name(id);
            // "other" that is no choice of the forum's is what small cells were folded into.
            let label = if id == "other" && named == "other" {
                self.phrases.digest_other()
            } else {
                named
            };
            html.line(&self.phrases.digest_count(&label, *count));
        }
    }

    fn silence<R: Reader>(&self, html: &mut Html, digest: &Digest<R>) {
        let language = self.phrases.language();
        let places: Vec<_> = digest
            .silent_places
            .iter()
            .map(|id| card::place(self.config, id, language))
            .collect();
        if !places.is_empty() {
            html.paragraph(
                &self
                    .phrases
                    .digest_silent_places(places.len() as u64, &places.join(", ")),
            );
        }
        let Some(silence) = digest.silence() else {
            return;
        };
        let silent: Vec<_> = silence
            .organisations
            .iter()
            .map(|name| name.get(language))
            .collect();
        if silence.absent > 0 {
            html.paragraph(&self.phrases.digest_absent_organisations(silence.absent));
        }
        if !silent.is_empty() {
            html.paragraph(
                &self
                    .phrases
                    .digest_silent_organisations(silent.len() as u64, &silent.join(", ")),
            );
        }
    }

    fn topics<R: Reader>(&self, digest: &Digest<R>) -> Vec<Html> {
        let mut topics = Vec::new();
        for group in digest.concerns.chunk_by(|a, b| a.topic == b.topic) {
            let name = card::label(
                &self.config.topics,
                &group[0].topic,
                self.phrases.language(),
            );
            let mut html = self.phrases.digest_topic(&name);
            for entry in group {
                html.paragraph(&self.entry(entry));
            }
            topics.push(html);
        }
        topics
    }

    fn entry<R: Reader>(&self, entry: &Entry<R>) -> Html {
        let phrases = self.phrases;
        let language = phrases.language();
        let place = card::place(self.config, &entry.place, language);
        let title = entry.title.clone().unwrap_or_else(|| {
            format!(
                "{} – {place}",
                card::label(&self.config.topics, &entry.topic, language)
            )
        });
        let mut html = Html::text(&format!("{}. ", phrases.number(entry.number)));
        html.push(&Html::bold(&title));
        if let Some(receipt) = entry.receipt() {
            html.line(&Html::code(&receipt.to_string()));
        }
        html.line(&Html::text(&match R::EDITION {
            Edition::Organisers | Edition::Shared => {
                format!("{} · {place}", self.organisation(entry))
            }
            Edition::Group => place,
        }));
        if entry.behind > 1 {
            html.line(&phrases.digest_behind(entry.behind));
        }
        for piece in &entry.story {
            html.line(&match piece {
                Piece::Text { text } => Html::text(text),
                Piece::Voice {
                    seconds,
                    transcript: None,
                } => phrases.part_voice_waiting(&card::duration(*seconds, phrases)),
                Piece::Voice {
                    transcript: Some(transcript),
                    ..
                } => Html::text(transcript),
                Piece::Photo => phrases.part_photo(),
                Piece::Document => phrases.part_document(),
            });
        }
        // The organisers must know what they may not hand on.
        let disclosure = match R::EDITION {
            Edition::Organisers | Edition::Group => {
                Some(card::disclosure(entry.disclosure, phrases))
            }
            Edition::Shared => None,
        };
        let fields = [
            (question::AFFECTED, entry.affected.clone()),
            (question::ASK, entry.ask.clone()),
            (
                question::URGENCY,
                entry.urgency.as_deref().map(|id| self.urgency(id)),
            ),
            (question::DISCLOSURE, disclosure),
        ];
        let others = entry
            .other
            .iter()
            .map(|(id, value)| (id.as_str(), Some(self.other(id, value))));
        for (id, value) in fields.into_iter().chain(others) {
            if let (Some(value), Some((_, question))) = (value, self.config.question(id)) {
                html.line(&phrases.digest_field(&card::field(question, phrases), &value));
            }
        }
        for beside in entry.beside() {
            match beside {
                Beside::Note { text: words } => html.line(&phrases.card_note(words)),
                Beside::Question {
                    text: words,
                    answer,
                } => {
                    html.line(&phrases.card_question(words));
                    html.line(&match answer {
                        Some(answer) => phrases.card_answer(answer),
                        None => phrases.card_no_answer(),
                    })
                }
            };
        }
        html
    }

    fn organisation<R: Reader>(&self, entry: &Entry<R>) -> String {
        match &entry.organisation {
            Some(known) if known.verified => known.name.get(self.phrases.language()).to_owned(),
            Some(known) => {
                format!(
                    "{} ({})",
                    known.name.get(self.phrases.language()),
                    self.phrases.digest_unverified()
                )
            }
            None => self.phrases.digest_unnamed(),
        }
    }

    fn urgency(&self, id: &str) -> String {
        self.other(question::URGENCY, id)
    }

    /// A stored answer in words: the label where it is a choice's id.
    fn other(&self, question: &str, value: &str) -> String {
        match self
            .config
            .question(question)
            .map(|(_, question)| &question.kind)
        {
            Some(Kind::Choice(choices)) => card::label(choices, value, self.phrases.language()),
            Some(Kind::Place) => card::place(self.config, value, self.phrases.language()),
            Some(
                Kind::Disclosure | Kind::Text { .. } | Kind::Story { .. } | Kind::Number { .. },
            )
            | None => value.to_owned(),
        }
    }

    /// The date in the meeting's zone, in digits everybody reads.
    fn date<R: Reader>(&self, digest: &Digest<R>) -> String {
        let forum = &self.config.settings.zone;
        let meeting = digest.meeting.as_ref();
        let zone: TimeZone = meeting.map_or_else(|| forum.clone(), |meeting| meeting.zone(forum));
        self.phrases.digits(
            &digest
                .made_at
                .to_zoned(zone)
                .strftime("%Y-%m-%d %H:%M")
                .to_string(),
        )
    }
}
