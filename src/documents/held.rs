//! Everything that is held about a person, as a text that they can read, and as data that a machine can.
//!
//! The data is the records themselves, so nothing can be left out of it by oversight.

use crate::dialogue::leaving::{Held, HeldConcern, HeldReport};
use crate::dialogue::verdict_name;
use crate::domain::Past;
use crate::text::{Forum, Html, Phrases, card, date};

/// The text, in the person's language.
pub fn text(held: &Held, forum: &Forum) -> String {
    let phrases = forum.words.phrases_or_first(held.person.language);
    let zone = &forum.config.settings.zone;
    let at = |at| date::moment(phrases, at, zone);
    let mut html = phrases.held_title();
    if let Some(organisation) = &held.organisation {
        let agreed = held.person.membership.as_ref().map(|m| at(m.agreed_at));
        html.paragraph(&phrases.held_member(
            organisation.name.get(phrases.language()),
            &agreed.unwrap_or_default(),
        ));
    }
    for concern in &held.concerns {
        html.paragraph(&one(concern, held, forum, phrases));
    }
    if let Some(draft) = held.person.state.draft() {
        html.paragraph(&phrases.held_draft());
        html.line(&card::of(&draft.answers, None, &forum.config, phrases));
    }
    for HeldReport { said, .. } in &held.reports {
        html.paragraph(&phrases.promise_yours(&verdict_name(said.verdict, phrases)));
        for piece in &said.words {
            html.line(&phrases.promise_note(&piece.text));
        }
        if !said.photos.is_empty() {
            html.line(&phrases.promise_photos(said.photos.len() as u64));
        }
    }
    for kept in &held.voices {
        html.paragraph(&phrases.held_voice(&kept.promise, &at(kept.until)));
        if let Some((_, verdict)) = kept.voice.said {
            html.line(&phrases.promise_yours(&verdict_name(verdict, phrases)));
        }
    }
    html.paragraph(&phrases.held_support(held.endorsements.len() as u64));
    html.line(&phrases.held_rsvps(held.rsvps.len() as u64));
    html.paragraph(&phrases.held_data());
    let data = serde_json::to_string_pretty(held).expect("records can be written as JSON"); // their maps have string keys
    format!("{}\n\n{data}\n", html.to_plain())
}

fn one(held: &HeldConcern, of: &Held, forum: &Forum, phrases: Phrases<'_>) -> Html {
    let concern = &held.concern;
    let mut html = Html::code(&concern.receipt.to_string());
    html.line(&phrases.mine_status(&card::status(concern.status, phrases)));
    html.line(&card::of(
        &concern.answers,
        of.organisation.as_ref(),
        &forum.config,
        phrases,
    ));
    for past in &held.past {
        match past {
            Past::Version { answers, .. } => {
                html.paragraph(&phrases.held_version());
                html.line(&card::of(answers, None, &forum.config, phrases));
            }
            Past::Note { text, .. } => {
                html.line(&phrases.card_note(text));
            }
            Past::Question { text, answer, .. } => {
                html.line(&phrases.card_question(text));
                if let Some((_, answer)) = answer {
                    html.line(&phrases.card_answer(answer));
                }
            }
        }
    }
    html.line(&phrases.held_files(held.files.len() as u64));
    html
}
