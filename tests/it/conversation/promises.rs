//! What nobody may ever see, and what an organisation may never do, whatever happens.
//!
//! Whatever a person writes carries a mark that is written once, so that it shows in whatever anybody reads. The names
//! that organisations go by carry marks of their own.

use std::collections::BTreeSet;

use samleng::config::{Join, Review};
use samleng::dialogue::{Body, Desk, Effect, Outcome, Person};
use samleng::domain::{
    Act, AgendaItem, AgendaPlan, Announcement, Attachment, Card, Concern, Disclosure, Endorsement,
    FloorEntry, Invitation, Meeting, Organisation, Past, Promise, Report, Rsvp, Status, access,
    audit,
};
use samleng::store::erasures::Gone;
use samleng::store::record::{
    Aside, ChatOf, CodeOf, FileOf, MemberOf, Meta, Numbered, OrganisationName, PartOf, ReceiptOf,
    Record, Shown, WrittenBy,
};
use samleng::store::{Row, Store};
use samleng::text::Forum;

use super::{Records, Step, Talk};

/// The names that organisations go by besides those of the registry.
pub(super) const NAMES: [&str; 3] = ["Lotus Pond qorga", "River Mouth qorgb", "Tall Palms qorgc"];

/// A mark that nobody has written before, in this person's words.
pub(super) fn mark(who: usize, count: usize) -> String {
    format!("qz{who}n{count}q")
}

fn marks_in(text: &str) -> BTreeSet<&str> {
    let mut marks = BTreeSet::new();
    for (start, _) in text.match_indices("qz") {
        let rest = &text[start + 2..];
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let who = digits(rest);
        let Some(rest) = rest[who..].strip_prefix('n') else {
            continue;
        };
        let count = digits(rest);
        if rest[count..].starts_with('q') {
            marks.insert(&text[start..start + 2 + who + 1 + count + 1]);
        }
    }
    marks
}

fn writer(mark: &str) -> usize {
    let (who, _) = mark[2..].split_once('n').unwrap();
    who.parse().unwrap()
}

/// Whether others than its author may read a concern: its author and the organisers both say so.
fn is_let_out(concern: &Concern, forum: &Forum) -> bool {
    let by_author = match concern.disclosure {
        Disclosure::Named | Disclosure::Unnamed => true,
        Disclosure::OrganisersOnly => false,
    };
    let by_organisers = match concern.status {
        Status::New => forum.config.settings.review == Review::None,
        Status::Approved
        | Status::Agenda
        | Status::Answered
        | Status::Promised
        | Status::Deflected
        | Status::NotReached
        | Status::Done => true,
        Status::Waiting | Status::Held | Status::Rejected | Status::Merged | Status::Withdrawn => {
            false
        }
    };
    by_author && by_organisers
}

/// Holds a step of somebody's to all promises.
pub(super) fn check(talk: &Talk<'_>, who: usize, step: &Step) {
    for body in bodies(&step.outcome) {
        seen_by(talk, who, body, &step.is);
    }
    notices(talk, &step.outcome.notices, &step.is);
    always(&step.is);
    if let Some(membership) = &step.before.membership
        && step.was.organisations[&membership.organisation].suspended
    {
        nothing_added(membership.organisation, step);
    }
    if step.outcome.person.is_none() {
        forgotten(talk, who, step);
    }
}

/// What others hear, whoever caused it.
pub(super) fn notices(talk: &Talk<'_>, notices: &[samleng::dialogue::Notice], is: &Records) {
    for notice in notices {
        let chats = talk.chats.iter();
        let to = chats.position_of(notice.chat);
        seen_by(talk, to, &notice.body, is);
    }
}

trait PositionOf {
    fn position_of(self, chat: samleng::domain::ChatId) -> usize;
}

impl<'c, I: Iterator<Item = &'c super::Chat>> PositionOf for I {
    fn position_of(mut self, chat: samleng::domain::ChatId) -> usize {
        self.position(|known| known.id == chat)
            .expect("nobody else hears anything")
    }
}

fn bodies(outcome: &Outcome) -> impl Iterator<Item = &Body> {
    outcome.effects.iter().filter_map(|effect| match effect {
        Effect::Send { body, .. } | Effect::Edit { body, .. } => Some(body),
        Effect::Toast { .. }
        | Effect::Strip { .. }
        | Effect::Digest(_)
        | Effect::MyData
        | Effect::Late(_)
        | Effect::Commands => None,
    })
}

/// Nobody sees a word of others that is not let out, nor the name of an organisation that does not show itself.
fn seen_by(talk: &Talk<'_>, who: usize, body: &Body, is: &Records) {
    let mut text = body.html.to_plain();
    for button in body.buttons.iter().flatten() {
        text.push('\n');
        text.push_str(&button.label);
    }
    let reader = talk.world.person(talk.chats[who].id);
    // At their desk organisers read what is said and who says it, whether it is let out or not.
    let at_desk = reader.as_ref().is_some_and(|reader| {
        let desk = reader.desk().map(Desk::act);
        desk.is_some_and(|act| access::allows(reader.role, act, None))
            && access::allows(reader.role, Act::Read, None)
    });
    let let_out = || {
        let concerns = is.concerns.values();
        concerns.filter(|concern| {
            at_desk && concern.status != Status::Withdrawn || is_let_out(concern, talk.forum)
        })
    };
    for mark in marks_in(&text) {
        let said = |concern: &Concern| json(&concern.answers).contains(mark);
        assert!(
            writer(mark) == who || let_out().any(said),
            "{who} reads {mark} in {text:?}"
        );
    }
    let own = reader.and_then(|person| person.membership);
    for (number, name) in NAMES.iter().enumerate() {
        let (_, mark) = name.rsplit_once(' ').unwrap();
        let called = |id: &u64| {
            let organisation = is.organisations.get(id);
            organisation.is_some_and(|known| json(&known.name).contains(mark))
        };
        let mut named = let_out().filter(|concern| concern.disclosure == Disclosure::Named);
        assert!(
            !text.contains(mark)
                || talk.chats[who].names.contains(&number)
                || own.as_ref().is_some_and(|own| called(&own.organisation))
                || named.any(|concern| called(&concern.organisation))
                || at_desk && is.organisations.keys().any(called),
            "{who} reads {mark} in {text:?}"
        );
    }
}

/// What holds of the records at any time.
pub(super) fn always(is: &Records) {
    let mut seen = BTreeSet::new();
    for endorsement in &is.endorsements {
        let once = seen.insert((endorsement.concern, endorsement.organisation));
        assert!(once, "endorsed twice: {endorsement:?}");
        let concern = &is.concerns[&endorsement.concern];
        // Of an unnamed one nobody learns whose it is, not even by not being offered it.
        if concern.disclosure == Disclosure::Named {
            assert_ne!(concern.organisation, endorsement.organisation, "its own");
        }
        assert_ne!(concern.status, Status::Withdrawn);
        assert!(is.organisations.contains_key(&endorsement.organisation));
    }
    for promise in &is.promises {
        let concern = promise.concern.and_then(|id| is.concerns.get(&id));
        assert!(concern.is_none_or(|concern| concern.status != Status::Withdrawn));
        assert_eq!(
            promise.concern.is_some(),
            concern.is_some(),
            "tied to nothing"
        );
    }
    let mut carried = BTreeSet::new();
    for concern in is.concerns.values() {
        assert!(
            concern.carried_from.is_none_or(|from| carried.insert(from)),
            "carried over twice"
        );
    }
    for report in &is.reports {
        assert!(
            is.promises
                .iter()
                .any(|promise| promise.id == report.promise)
        );
        assert!(is.organisations.contains_key(&report.organisation));
        for photo in &report.photos {
            let file = is.attachments.iter().find(|file| file.id == *photo);
            let file = file.expect("a photo beside what is said");
            assert_eq!(file.concern, report.promise);
            assert_eq!(file.organisation, report.organisation);
        }
    }
    // No file stands beside a promise that nothing leads to.
    for file in &is.attachments {
        let Some(promise) = is.promises.iter().find(|known| known.id == file.concern) else {
            continue;
        };
        let shown = is.reports.iter().flat_map(|report| &report.photos);
        let shows = shown.chain(&promise.evidence).filter(|id| **id == file.id);
        assert_eq!(shows.count(), 1, "whose file it is");
    }
    for concern in is.concerns.values() {
        if concern.status == Status::Withdrawn {
            assert!(concern.answers.0.is_empty());
            assert!(!is.past.contains_key(&concern.id));
            assert!(is.attachments.iter().all(|file| file.concern != concern.id));
        }
        let past = is.past.get(&concern.id).map_or(0, Vec::len);
        assert_eq!(past, concern.past as usize);
    }
}

/// A suspended organisation may take back, and nothing else.
fn nothing_added(organisation: u64, step: &Step) {
    let Step { was, is, .. } = step;
    for (id, concern) in &is.concerns {
        if concern.organisation != organisation || concern.status == Status::Withdrawn {
            continue;
        }
        let before = was.concerns.get(id).expect("no new concern");
        assert_eq!(before.answers, concern.answers, "a new version");
        assert_eq!(was.past.get(id), is.past.get(id), "something beside it");
    }
    let voices = |records: &Records| -> BTreeSet<u64> {
        let own = records.endorsements.iter();
        own.filter(|endorsement| endorsement.organisation == organisation)
            .map(|endorsement| endorsement.concern)
            .collect()
    };
    assert!(voices(is).is_subset(&voices(was)), "a new endorsement");
    let answers = |records: &Records| -> BTreeSet<String> {
        let own = records.rsvps.iter();
        own.filter(|rsvp| rsvp.organisation == organisation)
            .map(|rsvp| json(&(rsvp.meeting, &rsvp.people)))
            .collect()
    };
    assert!(answers(is).is_subset(&answers(was)), "a new answer");
    let said = |records: &Records| -> BTreeSet<String> {
        let own = records.reports.iter();
        own.filter(|report| report.organisation == organisation)
            .flat_map(|report| {
                let whose = (report.promise, report.person);
                let words = report.words.iter().map(move |piece| json(&(whose, piece)));
                let photos = report.photos.iter().map(move |photo| json(&(whose, photo)));
                let said = json(&(whose, report.verdict, report.at));
                std::iter::once(said).chain(words).chain(photos)
            })
            .collect()
    };
    assert!(said(is).is_subset(&said(was)), "a new word about a promise");
}

/// Nothing of whoever is forgotten is left, but that they were there.
fn forgotten(talk: &Talk<'_>, who: usize, step: &Step) {
    let Step {
        before, was, is, ..
    } = step;
    assert_eq!(was.concerns.len(), is.concerns.len());
    for notice in &step.outcome.notices {
        assert_ne!(notice.chat, before.chat, "a word after the last one");
    }
    let left = everything(&talk.world.store);
    assert_eq!(
        left.len() + 1,
        talk.kv.contents().len(),
        "there are records of a kind that this test does not know"
    );
    let words = format!("qz{who}n");
    let chat = before.chat.0.to_string();
    for record in left {
        assert!(!record.contains(&words), "left: {record}");
        assert!(!record.contains(&chat), "left: {record}");
    }
    let number = before.number;
    assert!(is.concerns.values().all(|concern| concern.author != number));
    let endorsements = is.endorsements.iter();
    assert!(endorsements.clone().all(|e| e.person != Some(number)));
    assert!(is.rsvps.iter().all(|rsvp| rsvp.person != Some(number)));
    assert!(is.reports.iter().all(|report| report.person != number));
}

/// Every record there is, in words.
fn everything(store: &Store) -> Vec<String> {
    fn all<R: Record>(store: &Store) -> impl Iterator<Item = String> {
        store
            .all::<R>()
            .unwrap()
            .into_iter()
            .map(|record| json(&record))
    }
    all::<Meta>(store)
        .chain(all::<Person>(store))
        .chain(all::<Organisation>(store))
        .chain(all::<Concern>(store))
        .chain(all::<Past>(store))
        .chain(all::<Endorsement>(store))
        .chain(all::<Attachment>(store))
        .chain(all::<Meeting>(store))
        .chain(all::<Rsvp>(store))
        .chain(all::<AgendaPlan>(store))
        .chain(all::<AgendaItem>(store))
        // It holds internal numbers only, as the audit log does.
        .chain(all::<FloorEntry>(store))
        .chain(all::<Promise>(store))
        .chain(all::<Report>(store))
        .chain(all::<Invitation>(store))
        .chain(all::<Announcement>(store))
        .chain(all::<Card>(store))
        // It holds internal numbers only, so what somebody did who was forgotten stays.
        .chain(all::<audit::Entry>(store))
        .chain(all::<Row>(store))
        .chain(all::<Shown>(store))
        .chain(all::<Aside>(store))
        .chain(all::<CodeOf>(store))
        .chain(all::<Numbered>(store))
        .chain(all::<ChatOf>(store))
        .chain(all::<MemberOf>(store))
        .chain(all::<WrittenBy>(store))
        .chain(all::<PartOf>(store))
        .chain(all::<FileOf>(store))
        .chain(all::<OrganisationName>(store))
        .chain(all::<ReceiptOf>(store))
        .chain(all::<Gone>(store))
        .collect()
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

/// Whoever joins without an invitation where that is needed, or whose concern skips the organisers' approval.
pub(super) fn let_in(step: &Step, forum: &Forum) {
    let Some(after) = &step.outcome.person else {
        return;
    };
    let join = forum.config.settings.join;
    if let Some(membership) = &after.membership
        && step.before.membership.is_none()
        && join == Join::Invite
    {
        let id = membership.invitation.expect("invited");
        let invitation = step.was.invitations.iter().find(|known| known.id == id);
        assert!(invitation.is_some_and(|known| known.is_good(step.now)));
    }
    for concern in step.is.concerns.values() {
        if step.was.concerns.contains_key(&concern.id) {
            continue;
        }
        let vouched = after
            .membership
            .as_ref()
            .is_some_and(|m| m.invitation.is_some());
        let verified = step.was.organisations[&concern.organisation].verified;
        let waits = join == Join::Approval && !vouched && !verified;
        let expected = if waits { Status::Waiting } else { Status::New };
        assert_eq!(concern.status, expected);
    }
}
