//! What a digest says, piece by piece, in one language: what messages, pages and tables have in common.
//!
//! Guarantees: each thing is said in one way, wherever it is read.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::report::{Answered, Field};
use crate::config::{Config, Kind};
use crate::dialogue::verdict_name;
use crate::digest::{
    Before, Beside, Digest, Edition, Entry, Filter, Kept, Period, Piece, Reader, Scored, Totals,
};
use crate::domain::Language;
use crate::domain::concern::question;
use crate::domain::promise::{Score, Standing};
use crate::text::{Forum, Html, Phrases, card, date};

/// Where small cells are counted together.
const OTHER: &str = "other";

/// A digest's words in one language.
pub(super) struct Wording<'a> {
    pub(super) config: &'a Config,
    pub(super) phrases: Phrases<'a>,
    /// The meeting's time zone.
    zone: TimeZone,
}

/// A piece of a story.
pub(super) struct Told {
    pub(super) words: Html,
    /// Whether these are the author's.
    pub(super) theirs: bool,
}

/// The concerns of one topic.
pub(super) type Group<'d, R> = &'d [Entry<R>];

impl<'a> Wording<'a> {
    pub(super) fn new<R: Reader>(digest: &Digest<R>, forum: &'a Forum, language: Language) -> Self {
        let own = &forum.config.settings.zone;
        let meeting = digest.meeting.as_ref();
        Self {
            config: &forum.config,
            phrases: forum.words.phrases(language),
            zone: meeting.map_or_else(|| own.clone(), |meeting| meeting.zone(own)),
        }
    }

    pub(super) fn language(&self) -> Language {
        self.phrases.language()
    }

    /// For whom it is.
    pub(super) fn title(&self, edition: Edition) -> Html {
        match edition {
            Edition::Organisers => self.phrases.digest_title_organisers(),
            Edition::Shared => self.phrases.digest_title_shared(),
            Edition::Group => self.phrases.digest_title_group(),
        }
    }

    /// That there is no concern in it.
    pub(super) fn empty(&self, totals: &Totals) -> Html {
        match totals.withheld {
            0 => self.phrases.digest_empty(),
            _ => self.phrases.digest_empty_withheld(),
        }
    }

    /// What became of everything, the sum and what is included first.
    pub(super) fn totals(&self, totals: &Totals) -> [(String, u64); 7] {
        let phrases = self.phrases;
        [
            (phrases.total_received(), totals.received),
            (phrases.total_included(), totals.included),
            (phrases.total_merged(), totals.merged),
            (phrases.total_withdrawn(), totals.withdrawn),
            (phrases.total_held(), totals.held),
            (phrases.total_rejected(), totals.rejected),
            (phrases.total_withheld(), totals.withheld),
        ]
    }

    /// How many promises of a meeting stand how, the sum first.
    pub(super) fn score(&self, edition: Edition, score: &Score) -> Vec<(String, u64)> {
        let parts = Standing::ALL.into_iter();
        let parts = parts.map(|one| (self.standing(edition, one), score.part(one)));
        let sum = (self.phrases.score_made(), score.made);
        std::iter::once(sum).chain(parts).collect()
    }

    /// How a promise stands.
    pub(super) fn standing(&self, edition: Edition, standing: Standing) -> String {
        let phrases = self.phrases;
        match (standing, edition) {
            (Standing::Kept, _) => phrases.standing_kept(),
            (Standing::Partly, _) => phrases.standing_partly(),
            (Standing::Broken, _) => phrases.standing_broken(),
            // Those of which one or two organisations said something are among them.
            (Standing::NobodySaid, Edition::Shared) => phrases.standing_too_few(),
            (Standing::NobodySaid, Edition::Organisers | Edition::Group) => {
                phrases.standing_nobody()
            }
            (Standing::NotYetDue, _) => phrases.standing_not_due(),
        }
    }

    /// The meeting at which it was promised.
    pub(super) fn scored(&self, scored: &Scored) -> String {
        let title = match scored.title.get(self.language()) {
            "" => self.phrases.archive_untitled(),
            title => title.to_owned(),
        };
        match scored.held_on {
            Some(day) => format!("{title}, {}", date::day(self.phrases, day)),
            None => title,
        }
    }

    /// A promise: what, by whom and by when, how it stands, who says what where.
    pub(super) fn promise(&self, edition: Edition, kept: &Kept) -> [String; 4] {
        let phrases = self.phrases;
        let due = kept.due.map(|due| date::day(phrases, due));
        let owner = Some(kept.owner.clone()).filter(|owner| !owner.is_empty());
        let facts: Vec<String> = owner.into_iter().chain(due).collect();
        let places = kept.places.iter().map(|(id, counts)| {
            let place = match id.as_str() {
                "" => phrases.promise_elsewhere(),
                id => self.place(id),
            };
            let counts = phrases.counts(counts.done, counts.partly, counts.not_done);
            phrases.promise_place(&place, &counts).to_plain()
        });
        let heard = kept.heard.map(|heard| {
            phrases
                .promise_heard(&verdict_name(heard, phrases))
                .to_plain()
        });
        let places: Vec<String> = places.chain(heard).collect();
        [
            kept.text.clone(),
            facts.join(" · "),
            self.standing(edition, kept.standing),
            places.join("; "),
        ]
    }

    /// Counts with their labels: the largest first, others together last.
    pub(super) fn counts(
        &self,
        counts: &BTreeMap<String, u64>,
        name: impl Fn(&str) -> String,
    ) -> Vec<(String, u64)> {
        let mut sorted: Vec<_> = counts.iter().collect();
        sorted.sort_by_key(|(id, count)| (*id == OTHER, Reverse(**count), *id));
        let labelled = sorted.into_iter().map(|(id, count)| {
            let named = name(id);
            // "other" that is no choice of the forum's is what small cells were folded into.
            let label = if id == OTHER && named == OTHER {
                self.phrases.digest_other()
            } else {
                named
            };
            (label, *count)
        });
        labelled.collect()
    }

    pub(super) fn topic(&self, id: &str) -> String {
        card::label(&self.config.topics, id, self.language())
    }

    pub(super) fn place(&self, id: &str) -> String {
        card::place(self.config, id, self.language())
    }

    pub(super) fn urgency(&self, id: &str) -> String {
        self.answer(question::URGENCY, id)
    }

    /// A stored answer in words: the label where it is a choice's id, a number in the language's digits.
    fn answer(&self, question: &str, value: &str) -> String {
        match self.config.question(question).map(|(_, known)| &known.kind) {
            Some(Kind::Choice(choices)) => card::label(choices, value, self.language()),
            Some(Kind::Place) => self.place(value),
            Some(Kind::Number { .. }) => self.phrases.digits(value),
            Some(Kind::Disclosure | Kind::Text { .. } | Kind::Story { .. }) | None => {
                value.to_owned()
            }
        }
    }

    /// Some days, short.
    pub(super) fn period(&self, period: &Period) -> String {
        let short = |day: Date| {
            let number = |part: i8| u64::from(part.unsigned_abs()); // parts of a date are positive
            date::short(self.phrases, number(day.day()), number(day.month()))
        };
        if period.from == period.to {
            short(period.from)
        } else {
            self.phrases
                .date_span(&short(period.from), &short(period.to))
        }
    }

    /// An instant, with its day.
    pub(super) fn moment(&self, at: Timestamp) -> String {
        date::moment(self.phrases, at, &self.zone)
    }

    /// An instant in the meeting's zone.
    pub(super) fn local(&self, at: Timestamp) -> jiff::civil::DateTime {
        self.zone.to_datetime(at)
    }

    /// Of what it is.
    pub(super) fn selection(&self, filter: &Filter) -> Option<String> {
        let phrases = self.phrases;
        let Filter {
            topic,
            place,
            status,
            after,
            until,
        } = filter;
        let parts = [
            topic
                .as_deref()
                .map(|id| phrases.document_only_topic(&self.topic(id))),
            place
                .as_deref()
                .map(|id| phrases.document_only_place(&self.place(id))),
            status.map(|status| phrases.document_only_status(&card::status(status, phrases))),
            after.map(|at| phrases.document_since(&self.moment(at))),
            until.map(|at| phrases.document_until(&self.moment(at))),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    }

    /// Which digest is the one before.
    pub(super) fn before(&self, before: &Before) -> String {
        let at = self.moment(before.made_at);
        self.phrases.document_dated(before.number.into(), &at)
    }

    /// Who and where has been silent: a heading, and names or a number.
    pub(super) fn silence<R: Reader>(&self, digest: &Digest<R>) -> Vec<Field> {
        let phrases = self.phrases;
        let mut fields = Vec::new();
        let mut field = |label, value| fields.push(Field { label, value });
        let places: Vec<String> = digest
            .silent_places
            .iter()
            .map(|id| self.place(id))
            .collect();
        if !places.is_empty() {
            field(
                phrases.silent_places(places.len() as u64),
                places.join(", "),
            );
        }
        if let Some(silence) = digest.silence() {
            if silence.absent > 0 {
                field(phrases.silent_registry(), phrases.number(silence.absent));
            }
            let names = silence.organisations.iter();
            let names: Vec<&str> = names.map(|name| name.get(self.language())).collect();
            if !names.is_empty() {
                field(
                    phrases.silent_organisations(names.len() as u64),
                    names.join(", "),
                );
            }
        }
        fields
    }

    /// The concerns topic by topic, each with the topic's name.
    pub(super) fn topics<'d, R: Reader>(
        &self,
        digest: &'d Digest<R>,
    ) -> impl Iterator<Item = (String, Group<'d, R>)> {
        let groups = digest.concerns.chunk_by(|a, b| a.topic == b.topic);
        groups.map(|group| (self.topic(&group[0].topic), group))
    }

    /// A concern's title, or what stands for one.
    pub(super) fn name<R: Reader>(&self, entry: &Entry<R>) -> String {
        entry.title.clone().unwrap_or_else(|| {
            format!(
                "{} – {}",
                self.topic(&entry.topic),
                self.place(&entry.place)
            )
        })
    }

    /// Who raises it, or that this is not said; nothing where that is never said.
    pub(super) fn organisation<R: Reader>(&self, entry: &Entry<R>) -> Option<String> {
        match R::EDITION {
            Edition::Organisers | Edition::Shared => {}
            Edition::Group => return None,
        }
        let phrases = self.phrases;
        Some(match &entry.organisation {
            Some(known) if known.verified => known.name.get(self.language()).to_owned(),
            Some(known) => {
                let name = known.name.get(self.language());
                format!("{name} ({})", phrases.digest_unverified())
            }
            None => phrases.digest_unnamed(),
        })
    }

    /// The story, piece by piece.
    pub(super) fn story<R: Reader>(&self, entry: &Entry<R>) -> Vec<Told> {
        let phrases = self.phrases;
        let theirs = |text: &str| (Html::text(text), true);
        let ours = |html| (html, false);
        let pieces = entry.story.iter().map(|piece| match piece {
            Piece::Text { text } => theirs(text),
            Piece::Voice {
                transcript: Some(transcript),
                ..
            } => theirs(transcript),
            Piece::Voice {
                seconds,
                transcript: None,
            } => ours(phrases.part_voice_waiting(&card::duration(*seconds, phrases))),
            Piece::Photo => ours(phrases.part_photo()),
            Piece::Document => ours(phrases.part_document()),
        });
        pieces
            .map(|(words, theirs)| Told { words, theirs })
            .collect()
    }

    /// Its other answers, in the order of the form's known questions, then the forum's own.
    pub(super) fn fields<R: Reader>(&self, entry: &Entry<R>) -> Vec<Answered> {
        // The organisers must know what they may not hand on.
        let disclosure = match R::EDITION {
            Edition::Organisers | Edition::Group => {
                Some(card::disclosure(entry.disclosure, self.phrases))
            }
            Edition::Shared => None,
        };
        let urgency = entry.urgency.as_deref();
        let known = [
            (question::AFFECTED, entry.affected.clone()),
            (question::ASK, entry.ask.clone()),
            (question::URGENCY, urgency.map(|id| self.urgency(id))),
            (question::DISCLOSURE, disclosure),
        ];
        let others = entry
            .other
            .iter()
            .map(|(id, value)| (id.as_str(), Some(self.answer(id, value))));
        let all = known.into_iter().chain(others);
        all.filter_map(|(id, value)| {
            let (_, question) = self.config.question(id)?;
            Some(Answered {
                id: id.to_owned(),
                label: card::field(question, self.phrases),
                number: match question.kind {
                    Kind::Number { .. } => entry.other.get(id).and_then(|n| n.parse().ok()),
                    Kind::Choice(_)
                    | Kind::Place
                    | Kind::Disclosure
                    | Kind::Text { .. }
                    | Kind::Story { .. } => None,
                },
                value: value?,
            })
        })
        .collect()
    }

    /// What stands beside it: notes, questions, answers.
    pub(super) fn beside<R: Reader>(&self, entry: &Entry<R>) -> Vec<Html> {
        let phrases = self.phrases;
        let mut lines = Vec::new();
        for beside in entry.beside() {
            match beside {
                Beside::Note { text } => lines.push(phrases.card_note(text)),
                Beside::Question { text, answer } => {
                    lines.push(phrases.card_question(text));
                    lines.push(match answer {
                        Some(answer) => phrases.card_answer(answer),
                        None => phrases.card_no_answer(),
                    });
                }
            }
        }
        lines
    }
}

/// A fingerprint in groups of four hexadecimal digits, this many of them.
pub(super) fn grouped(fingerprint: &crate::digest::frozen::Hash, groups: usize) -> String {
    let pairs = fingerprint.chunks(2).take(groups);
    let groups: Vec<String> = pairs
        .map(|pair| data_encoding::HEXLOWER.encode(pair))
        .collect();
    groups.join(" ")
}
