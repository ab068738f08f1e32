//! States and answers as a transcript shows them, and the escapes of its turns.

use samleng::dialogue::desk::{AnnounceDesk, ConcernDesk, DigestDesk, MeetingDesk};

use super::*;

pub(super) fn summary(person: &Person) -> String {
    let language = person
        .language
        .map_or_else(|| "-".to_owned(), |l| l.to_string());
    let role = match person.role {
        Some(Role::Owner) => ", owner",
        Some(Role::Organiser) => ", organiser",
        Some(Role::Auditor) => ", auditor",
        None => "",
    };
    let member = match &person.membership {
        Some(membership) => format!(", speaks for {}", membership.organisation),
        None => String::new(),
    };
    let unreachable = if person.unreachable {
        ", unreachable"
    } else {
        ""
    };
    format!(
        "{language}{role}{member}{unreachable}; {}",
        state(&person.state)
    )
}

pub(super) fn state(state: &State) -> String {
    let of = |draft: &Draft| answers(&draft.answers);
    match state {
        State::Language { back: None } => "language".to_owned(),
        State::Language { back: Some(back) } => format!("language, then {}", self::state(back)),
        State::Consent => "consent".to_owned(),
        State::Uninvited => "uninvited".to_owned(),
        State::Confirm { organisation, .. } => format!("confirming {organisation}"),
        State::Organisation { .. } => "organisation".to_owned(),
        State::Choosing { name, .. } => format!("choosing for {name}"),
        State::Province { name, .. } => format!("province of {name}"),
        State::Close { draft, .. } => format!("close: {}", of(draft)),
        State::Visit { kept, visit } => {
            let kept = kept.as_ref().map(|draft| format!(", kept: {}", of(draft)));
            format!("{}{}", self::visit(visit), kept.unwrap_or_default())
        }
        State::Menu { kept: None } => "menu".to_owned(),
        State::Menu { kept: Some(draft) } => format!("menu, kept: {}", of(draft)),
        State::Form {
            draft,
            at,
            from_review,
        } => {
            let review = if *from_review { " from the review" } else { "" };
            format!("form at {at}{review}: {}", of(draft))
        }
        State::Review { draft } => format!("review: {}", of(draft)),
        State::Leaving { draft, at } => {
            format!(
                "leaving {}: {}",
                at.as_deref().unwrap_or("review"),
                of(draft)
            )
        }
        State::Deleting { draft } => format!("deleting: {}", of(draft)),
    }
}

pub(super) fn visit(visit: &Visit) -> String {
    match visit {
        Visit::Mine { page } => format!("own concerns, page {page}"),
        Visit::Concern { id } => format!("own concern {id}"),
        Visit::Noting { id } => format!("noting to {id}"),
        Visit::Answering { id } => format!("answering about {id}"),
        Visit::Withdrawing { id } => format!("withdrawing {id}"),
        Visit::Topics => "topics".to_owned(),
        Visit::Places => "places".to_owned(),
        Visit::Shared { topic, at, page } => {
            let what = topic.as_deref().or(at.as_deref()).unwrap_or_default();
            format!("others on {what}, page {page}")
        }
        Visit::Other { id, .. } => format!("other concern {id}"),
        Visit::Meeting => "meeting".to_owned(),
        Visit::Rsvp { days, .. } => format!("answering whether they come, {} days", days.len()),
        Visit::Promise { id } => format!("promise {id}"),
        Visit::Reminders => "reminders".to_owned(),
        Visit::Forgetting => "forgetting".to_owned(),
        Visit::Correcting { id, .. } => format!("correcting what is said in {id}"),
        Visit::Desk(desk) => format!("desk: {}", self::desk(desk)),
    }
}

/// Where an organiser is.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the others print themselves"
)]
fn desk(desk: &Desk) -> String {
    match desk {
        Desk::Concerns(ConcernDesk::Card { lens, id, .. }) => format!("concern {id} of {lens:?}"),
        Desk::Concerns(ConcernDesk::Words { id, wanted, .. }) => format!("{wanted:?} about {id}"),
        Desk::Concerns(ConcernDesk::Merging { id, offered, .. }) => {
            format!("merging {id} into one of {offered:?}")
        }
        Desk::Announce(AnnounceDesk::Preview { audience, sure, .. }) => {
            format!("preview to {audience:?}, sure {sure}")
        }
        Desk::Meeting(MeetingDesk::Meeting(_)) => "the meeting".to_owned(),
        Desk::Digest(DigestDesk::Digest(_)) => "which digest".to_owned(),
        Desk::Digest(DigestDesk::DigestBy(_, narrow)) => format!("which digest, by {narrow:?}"),
        Desk::Meeting(MeetingDesk::MeetingField(_, field)) => format!("the meeting's {field:?}"),
        other => visible(&format!("{other:?}")),
    }
}

pub(super) fn answers(answers: &Answers) -> String {
    let short = |text: &str| {
        let length = text.chars().count();
        if length > 60 {
            let head: String = text.chars().take(20).collect();
            format!("{}... ({length} characters)", visible(&head))
        } else {
            visible(&text.replace('\n', "\\n"))
        }
    };
    let one = |(id, answer): (&String, &Answer)| {
        let said = match answer {
            Answer::Choice { id, source: None } => id.clone(),
            Answer::Choice { id, .. } => format!("{id} (typed)"),
            Answer::Text { text, .. } => format!("\"{}\"", short(text)),
            Answer::Number { value, .. } => value.to_string(),
            Answer::Skipped => "-".to_owned(),
            Answer::Story(parts) => {
                let parts: Vec<_> = parts
                    .iter()
                    .map(|part| match &part.content {
                        PartContent::Text(text) => format!("\"{}\"", short(text)),
                        PartContent::Voice { seconds, .. } => format!("voice {seconds}"),
                        PartContent::Photo(_) => "photo".to_owned(),
                        PartContent::Document(_) => "document".to_owned(),
                    })
                    .collect();
                format!("[{}]", parts.join(", "))
            }
        };
        format!("{id}={said}")
    };
    let all: Vec<_> = answers.0.iter().map(one).collect();
    if all.is_empty() {
        "nothing answered".to_owned()
    } else {
        all.join("; ")
    }
}

/// Zero-width and bidirectional characters made readable, but for the space of zero width that Khmer is full of.
pub(super) fn visible(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{200C}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                format!("\\u{{{:X}}}", c as u32)
            }
            _ => c.to_string(),
        })
        .collect()
}

/// Reads `\n`, `\u{200B}` and `{4096 x a}`.
pub(super) fn unescape(text: &str) -> String {
    let mut read = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let escaped = rest.strip_prefix("\\u{").and_then(|more| {
            let (digits, after) = more.split_once('}')?;
            let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
            Some((c.to_string(), after))
        });
        let newline = || {
            rest.strip_prefix("\\n")
                .map(|after| ("\n".to_owned(), after))
        };
        let repeated = || {
            let (count, more) = rest.strip_prefix('{')?.split_once(" x ")?;
            let end = if more.starts_with("\\u{") { "}}" } else { "}" };
            let (what, after) = more.split_once(end)?;
            let what = unescape(&format!("{what}{}", &end[1..]));
            Some((what.repeat(count.parse().ok()?), after))
        };
        let (piece, after) = escaped
            .or_else(newline)
            .or_else(repeated)
            .unwrap_or_else(|| (c.to_string(), &rest[c.len_utf8()..]));
        read.push_str(&piece);
        rest = after;
    }
    read
}
