//! The figures as a picture: one card with what there is, to be read on a phone.
//!
//! Guarantees: equal figures give equal bytes; what a topic or the meeting is called is shown, never carried out; the numbers of
//! each chart have the sum that they have in the figures.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::json;
use typst::utils::Scalar;
use typst_render::RenderOptions;

use super::DocumentError;
use super::report::Figure;
use super::typeset::{self, Template};
use crate::dialogue::standing_name;
use crate::digest::Figures;
use crate::domain::Language;
use crate::domain::promise::Standing;
use crate::text::{Forum, Phrases, card, date};

/// Dots on a side, and points of the template for them.
const WIDTH: f64 = 1280.0;
const POINTS: f64 = 480.0;
/// Bars of topics; what there is beyond them is one.
const TOPICS: usize = 12;

/// The picture, as PNG, in this language.
///
/// # Errors
/// What the library has to object.
pub fn png(figures: &Figures, forum: &Forum, language: Language) -> Result<Vec<u8>, DocumentError> {
    let phrases = forum.words.phrases(language);
    let zone = &forum.config.settings.zone;
    let meeting = figures.meeting.as_ref();
    let zone = meeting.map_or_else(|| zone.clone(), |meeting| meeting.zone(zone));
    let figure = |label: String, count: u64| Figure {
        label,
        count,
        shown: phrases.number(count),
    };
    let received = figures.statuses.iter().map(|(_, count)| count).sum();
    let statuses: Vec<Figure> = figures
        .statuses
        .iter()
        .map(|(status, count)| figure(card::status(*status, phrases), *count))
        .collect();
    let mut charts = vec![
        json!({ "title": phrases.stats_by_status().to_plain(), "bars": statuses }),
        json!({ "title": phrases.digest_by_topic().to_plain(), "bars": topics(&figures.topics, forum, phrases) }),
    ];
    // The picture of what was kept and broken, meeting by meeting.
    charts.extend(figures.scores.iter().map(|scored| {
        let meeting = match scored.title.get(phrases.language()) {
            "" => phrases.archive_untitled(),
            title => title.to_owned(),
        };
        let bars =
            Standing::ALL.map(|one| figure(standing_name(one, phrases), scored.score.part(one)));
        let title = phrases.score_chart(&meeting, &phrases.number(scored.score.made));
        json!({ "title": title, "bars": bars })
    }));
    let mut data = json!({
        "language": phrases.language().as_str(),
        "title": phrases.figures_title(),
        "meeting": meeting.map(|meeting| meeting.title.get(phrases.language())),
        "date": date::moment(phrases, figures.made_at, &zone),
        "keys": [
            figure(phrases.figures_heard(figures.joined), figures.heard),
            figure(phrases.figures_received(), received),
        ],
        "charts": charts,
    });
    typeset::clear(&mut data);
    let options = RenderOptions {
        pixel_per_pt: Scalar::new(WIDTH / POINTS),
        render_bleed: false,
    };
    typeset::set(Template::Card, data.to_string(), Vec::new(), |document| {
        let page = document.pages().first();
        let page = page.ok_or_else(|| DocumentError("no page".to_owned()))?;
        let picture = typst_render::render(page, &options);
        picture
            .encode_png()
            .map_err(|error| DocumentError(error.to_string()))
    })
}

/// The largest first, the smallest together where there are very many.
fn topics(counts: &BTreeMap<String, u64>, forum: &Forum, phrases: Phrases<'_>) -> Vec<Figure> {
    let mut counts: Vec<_> = counts.iter().collect();
    counts.sort_by_key(|(id, count)| (Reverse(**count), (*id).clone()));
    let rest = if counts.len() > TOPICS {
        counts.split_off(TOPICS - 1)
    } else {
        Vec::new()
    };
    let figure = |label: String, count: u64| Figure {
        label,
        count,
        shown: phrases.number(count),
    };
    let mut bars: Vec<Figure> = counts
        .into_iter()
        .map(|(id, count)| {
            figure(
                card::label(&forum.config.topics, id, phrases.language()),
                *count,
            )
        })
        .collect();
    if !rest.is_empty() {
        let label = phrases.report_rest(&phrases.number(rest.len() as u64));
        bars.push(figure(
            label,
            rest.into_iter().map(|(_, count)| count).sum(),
        ));
    }
    bars
}
