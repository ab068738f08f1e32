//! The figures as a message.

use crate::dialogue::{archived, counted, meeting_day, score_line};
use crate::digest::Figures;
use crate::domain::Language;
use crate::text::{Forum, Html, card, date};

/// The message, in this language.
pub fn html(figures: &Figures, forum: &Forum, language: Language) -> Html {
    let phrases = forum.words.phrases(language);
    let config = &forum.config;
    let forum_zone = &config.settings.zone;
    let meeting = figures.meeting.as_ref();
    let zone = meeting.map_or_else(|| forum_zone.clone(), |meeting| meeting.zone(forum_zone));
    let made = date::moment(phrases, figures.made_at, &zone);
    let mut html = phrases.stats_title(&made);
    html.paragraph(&phrases.stats_organisations(figures.joined, figures.heard));
    if !figures.statuses.is_empty() {
        html.paragraph(&phrases.stats_by_status());
        for (status, count) in &figures.statuses {
            html.line(&phrases.digest_count(&card::status(*status, phrases), *count));
        }
    }
    if figures.unwritten > 0 {
        html.line(&phrases.stats_voice(figures.unwritten));
    }
    if figures.asked > 0 {
        html.line(&phrases.stats_asked(figures.asked));
    }
    let breakdowns = [
        (phrases.digest_by_topic(), &figures.topics),
        (phrases.digest_by_place(), &figures.places),
    ];
    for (place, (title, counts)) in breakdowns.into_iter().enumerate() {
        if counts.is_empty() {
            continue;
        }
        html.paragraph(&title);
        let mut counts: Vec<_> = counts.iter().collect();
        counts.sort_by_key(|(id, count)| (std::cmp::Reverse(**count), (*id).clone()));
        for (id, count) in counts {
            let name = if place == 0 {
                card::label(&config.topics, id, language)
            } else {
                card::place(config, id, language)
            };
            html.line(&phrases.digest_count(&name, *count));
        }
    }
    if !figures.coming.is_empty() {
        html.paragraph(&phrases.stats_coming());
        for (day, organisations, people) in &figures.coming {
            let day = meeting_day(*day, phrases);
            html.line(&phrases.stats_day(&day, *organisations, *people));
        }
    }
    for scored in &figures.scores {
        let title = match scored.title.get(language) {
            "" => phrases.archive_untitled(),
            title => title.to_owned(),
        };
        html.paragraph(&phrases.score_of(&title));
        html.line(&score_line(&scored.score, phrases));
    }
    // What there was before, and what there is now, in the same lines.
    if !figures.archives.is_empty() {
        html.paragraph(&phrases.archive_now());
        html.line(&counted(&figures.as_archive(), forum, phrases));
        html.paragraph(&archived(&figures.archives, forum, phrases));
    }
    html
}
