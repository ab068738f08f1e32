//! A report, made from a digest.

use std::cmp::Ordering;

use super::super::wording::{Told, Wording, grouped};
use super::{
    Annex, By, Change, Chart, Columns, Field, Figure, Flow, Item, Moved, Paragraph, Promised,
    Report, Scored, Surface, Topic, Words,
};
use crate::dialogue::meeting_day;
use crate::digest::{self, Digest, Entry, Place, Reader};
use crate::domain::Language;
use crate::domain::concern::question;
use crate::text::{Forum, Html, card, paper};

impl Report {
    /// The digest in this language, for pages.
    pub fn new<R: Reader>(digest: &Digest<R>, forum: &Forum, language: Language) -> Self {
        Self::on(Surface::Page, digest, forum, language)
    }

    /// The digest in this language, for this surface.
    pub fn on<R: Reader>(
        surface: Surface,
        digest: &Digest<R>,
        forum: &Forum,
        language: Language,
    ) -> Self {
        let maker = Maker {
            wording: Wording::new(digest, forum, language),
            surface,
        };
        maker.report(digest)
    }
}

struct Maker<'a> {
    wording: Wording<'a>,
    surface: Surface,
}

impl Maker<'_> {
    fn report<R: Reader>(&self, digest: &Digest<R>) -> Report {
        let wording = &self.wording;
        let language = wording.language();
        let meeting = digest.meeting.as_ref();
        let fingerprint = digest.fingerprint.as_ref();
        let hex = fingerprint.map(|hash| data_encoding::HEXLOWER.encode(hash));
        Report {
            language: language.as_str().to_owned(),
            title: wording.title(R::EDITION).to_plain(),
            meeting: meeting
                .map(|meeting| self.clean(meeting.title.get(language)))
                .filter(|title| !title.is_empty()),
            about: self.about(digest),
            stamp: self.stamp(digest),
            fingerprint: fingerprint.map(|hash| Field {
                label: wording.phrases.document_fingerprint(),
                value: grouped(hash, hash.len()),
            }),
            code: digest
                .number
                .zip(hex)
                .map(|(number, hex)| format!("samleng-digest/{number}/{hex}")),
            scores: self.scores(digest),
            totals: wording
                .totals(&digest.totals)
                .map(|(label, count)| self.figure(label, count))
                .into(),
            charts: self.charts(digest),
            silence: wording
                .silence(digest)
                .into_iter()
                .map(|field| self.field(field.label, &field.value))
                .collect(),
            topics: wording
                .topics(digest)
                .map(|(name, group)| Topic {
                    concerns: group.iter().map(|entry| self.item(&name, entry)).collect(),
                    name,
                })
                .collect(),
            annex: self.annex(digest),
            words: self.words(digest),
        }
    }

    /// What somebody wrote, as this surface can hold it.
    fn clean(&self, text: &str) -> String {
        match self.surface {
            Surface::Page => paper::page(text),
            Surface::Cell => paper::cell(text),
        }
    }

    fn field(&self, label: String, value: &str) -> Field {
        let value = self.clean(value);
        Field { label, value }
    }

    fn figure(&self, label: String, count: u64) -> Figure {
        Figure {
            label,
            count,
            shown: self.wording.phrases.number(count),
        }
    }

    fn about<R: Reader>(&self, digest: &Digest<R>) -> Vec<Field> {
        let phrases = self.wording.phrases;
        let Some(meeting) = &digest.meeting else {
            return Vec::new();
        };
        let days = meeting.days.iter().map(|day| meeting_day(*day, phrases));
        let mut days: Vec<String> = days.collect();
        if !meeting.is_fixed() && !days.is_empty() {
            days.insert(0, phrases.meeting_one_of());
        }
        let days = (!days.is_empty()).then(|| days.join("\n"));
        let unknown = || phrases.meeting_unknown();
        let place = meeting.place.as_ref();
        let place = place.map(|place| place.get(self.wording.language()).to_owned());
        vec![
            self.field(phrases.meeting_field_days(), &days.unwrap_or_else(unknown)),
            self.field(
                phrases.meeting_field_place(),
                &place.unwrap_or_else(unknown),
            ),
        ]
    }

    fn stamp<R: Reader>(&self, digest: &Digest<R>) -> Vec<Field> {
        let wording = &self.wording;
        let phrases = wording.phrases;
        let number = digest.number.map(|number| phrases.number(number.into()));
        let number = number.unwrap_or_else(|| phrases.document_no_number());
        let selection = wording.selection(&digest.filter);
        let selection = selection.unwrap_or_else(|| phrases.document_everything());
        let mut stamp = vec![
            self.field(phrases.document_number(), &number),
            self.field(phrases.document_made(), &wording.moment(digest.made_at)),
            self.field(phrases.document_selection(), &selection),
        ];
        if let Some(before) = &digest.before {
            stamp.push(self.field(phrases.document_before(), &wording.before(before)));
        }
        stamp
    }

    fn scores<R: Reader>(&self, digest: &Digest<R>) -> Vec<Scored> {
        let wording = &self.wording;
        let scored = |scored: &digest::Scored| Scored {
            title: self.clean(&wording.scored(scored)),
            figures: wording
                .score(R::EDITION, &scored.score)
                .into_iter()
                .map(|(label, count)| self.figure(label, count))
                .collect(),
            promises: (1..)
                .zip(&scored.promises)
                .map(|(number, kept)| {
                    let said = wording.promise(R::EDITION, kept);
                    let [text, facts, standing, places] = said.map(|words| self.clean(&words));
                    Promised {
                        shown: wording.phrases.number(number),
                        text,
                        facts,
                        standing,
                        places,
                    }
                })
                .collect(),
        };
        digest.scores.iter().map(scored).collect()
    }

    fn charts<R: Reader>(&self, digest: &Digest<R>) -> Vec<Chart> {
        let wording = &self.wording;
        let phrases = wording.phrases;
        let is_empty = digest.concerns.is_empty();
        let says_urgency = digest.concerns.iter().any(|entry| entry.urgency.is_some());
        let chart = |by, title: Html, counts: Vec<(String, u64)>| {
            let none = counts.is_empty().then(|| {
                if is_empty {
                    wording.empty(&digest.totals).to_plain()
                } else if by == By::Urgency && !says_urgency {
                    phrases.document_no_urgency()
                } else {
                    phrases.digest_no_breakdown().to_plain()
                }
            });
            let bars = counts.into_iter();
            Chart {
                by,
                title: title.to_plain(),
                bars: bars
                    .map(|(label, count)| self.figure(label, count))
                    .collect(),
                none,
            }
        };
        let counts = &digest.counts;
        let topics = wording.counts(&counts.topic, |id| wording.topic(id));
        let places = wording.counts(&counts.place, |id| wording.place(id));
        let urgencies = wording.counts(&counts.urgency, |id| wording.urgency(id));
        let periods = digest.trend.iter();
        let trend = periods.map(|period| (wording.period(period), period.concerns));
        vec![
            chart(By::Topic, phrases.digest_by_topic(), topics),
            chart(By::Place, phrases.digest_by_place(), places),
            chart(By::Urgency, phrases.digest_by_urgency(), urgencies),
            chart(
                By::Trend,
                Html::text(&phrases.document_trend()),
                trend.collect(),
            ),
        ]
    }

    fn item<R: Reader>(&self, topic: &str, entry: &Entry<R>) -> Item {
        let wording = &self.wording;
        let phrases = wording.phrases;
        let story = wording.story(entry);
        let fields = wording.fields(entry);
        Item {
            number: entry.number,
            shown: phrases.number(entry.number),
            title: self.clean(&wording.name(entry)),
            receipt: entry.receipt().map(|receipt| receipt.to_string()),
            status: card::status(entry.status, phrases),
            topic: topic.to_owned(),
            place: wording.place(&entry.place),
            organisation: wording.organisation(entry).map(|name| self.clean(&name)),
            behind: entry.behind,
            backing: (entry.behind > 1).then(|| phrases.digest_behind(entry.behind).to_plain()),
            story: story
                .into_iter()
                .map(|told| Paragraph {
                    text: self.told(&told),
                    theirs: told.theirs,
                })
                .filter(|paragraph| !paragraph.text.is_empty())
                .collect(),
            fields: fields
                .into_iter()
                .map(|mut field| {
                    field.value = self.clean(&field.value);
                    field
                })
                .collect(),
            beside: wording
                .beside(entry)
                .into_iter()
                .map(|words| self.clean(&words.to_plain()))
                .collect(),
        }
    }

    fn told(&self, told: &Told) -> String {
        let words = self.clean(&told.words.to_plain());
        if told.theirs {
            return words;
        }
        // What is a picture on a phone is a box on paper.
        words
            .trim_start_matches(|c: char| !c.is_alphanumeric())
            .to_owned()
    }

    fn annex<R: Reader>(&self, digest: &Digest<R>) -> Annex {
        let wording = &self.wording;
        let phrases = wording.phrases;
        let before = digest.before.as_ref();
        let then = before.map(|before| wording.totals(&before.totals));
        let then = then.into_iter().flatten().map(|(_, count)| Some(count));
        let now = wording.totals(&digest.totals);
        let changes = digest.changes();
        let flows = changes.iter().flat_map(|changes| &changes.flows);
        let moved = changes.iter().flat_map(|changes| &changes.moved);
        Annex {
            against: before.map_or_else(
                || phrases.document_first(),
                |before| {
                    let at = wording.moment(before.made_at);
                    phrases.document_against(before.number.into(), &at)
                },
            ),
            totals: now
                .into_iter()
                .zip(then.chain(std::iter::repeat(None)))
                .map(|((label, now), then)| Change {
                    shown: self.compared(then, now),
                    label,
                    then,
                    now,
                })
                .collect(),
            flows: flows
                .map(|((from, to), count)| Flow {
                    from: self.from(*from),
                    to: self.to(*to),
                    count: *count,
                    shown: phrases.number(*count),
                })
                .collect(),
            moved: moved
                .map(|(receipt, from, to)| Moved {
                    receipt: receipt.to_string(),
                    from: self.from(*from),
                    to: self.to(*to),
                })
                .collect(),
        }
    }

    fn compared(&self, then: Option<u64>, now: u64) -> [String; 3] {
        let number = |number| self.wording.phrases.number(number);
        let difference = |then: u64| {
            let sign = match now.cmp(&then) {
                Ordering::Less => "−",
                Ordering::Equal => "",
                Ordering::Greater => "+",
            };
            format!("{sign}{}", number(now.abs_diff(then)))
        };
        [
            then.map(number).unwrap_or_default(),
            number(now),
            then.map(difference).unwrap_or_default(),
        ]
    }

    fn from(&self, place: Place) -> String {
        match place {
            Place::Absent => self.wording.phrases.fate_new(),
            Place::Included
            | Place::Merged
            | Place::Withdrawn
            | Place::Held
            | Place::Rejected
            | Place::Withheld => self.to(place),
        }
    }

    fn to(&self, place: Place) -> String {
        let phrases = self.wording.phrases;
        match place {
            Place::Included => phrases.fate_included(),
            Place::Merged => phrases.total_merged(),
            Place::Withdrawn => phrases.total_withdrawn(),
            Place::Held => phrases.total_held(),
            Place::Rejected => phrases.total_rejected(),
            Place::Withheld => phrases.total_withheld(),
            Place::Absent => phrases.fate_gone(),
        }
    }

    fn words<R: Reader>(&self, digest: &Digest<R>) -> Words {
        let phrases = self.wording.phrases;
        let is_empty = digest.concerns.is_empty();
        Words {
            contents: phrases.document_contents(),
            promises: phrases.document_promises(),
            summary: phrases.document_summary(),
            totals: phrases.document_totals(),
            silence: phrases.document_silence(),
            concerns: phrases.document_concerns(),
            figures: phrases.document_figures(),
            reconciliation: phrases.document_reconciliation(),
            annex: phrases.document_annex(),
            flows: phrases.document_flows(),
            moved: phrases.document_moved(),
            columns: self.columns(),
            empty: is_empty.then(|| self.wording.empty(&digest.totals).to_plain()),
            colon: phrases.card_field("").to_plain(),
            page: phrases.document_page("{page}", "{pages}"),
            proof: phrases.document_proof().to_plain(),
            part: None,
            rest: phrases.report_rest("{count}"),
            digits: (0..10).map(|digit| phrases.number(digit)).collect(),
        }
    }

    fn columns(&self) -> Columns {
        let wording = &self.wording;
        let phrases = wording.phrases;
        let field = |id| {
            let question = wording.config.question(id);
            question.map_or_else(String::new, |(_, known)| card::field(known, phrases))
        };
        Columns {
            number: phrases.column_number(),
            receipt: phrases.column_receipt(),
            status: phrases.column_status(),
            topic: field(question::TOPIC),
            place: field(question::PLACE),
            title: field(question::TITLE),
            organisation: phrases.field_organisation(),
            behind: phrases.column_behind(),
            story: field(question::STORY),
            beside: phrases.column_beside(),
            what: phrases.column_what(),
            count: phrases.column_count(),
            then: phrases.column_then(),
            now: phrases.column_now(),
            difference: phrases.column_difference(),
            from: phrases.column_from(),
            to: phrases.column_to(),
        }
    }
}
