//! What must hold: of everything that is sent, after each step, and of the records and chats, whenever it is quiet.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;
use samleng::dialogue::screen::{self, View};
use samleng::dialogue::{Action, Effect, Late, Press};
use samleng::digest::readers::{Authority, Organisers};
use samleng::digest::{Edition, Filter, Reader, make_frozen};
use samleng::documents::json;
use samleng::domain::audit::{self, Entry};
use samleng::domain::{
    Announcement, Concern, Endorsement, FloorEntry, Meeting, Organisation, Past, Promise, Report,
    Rsvp, Status, Who,
};
use samleng::emulator::local::Local;
use samleng::store::{Row, Stage, Store};
use serde_json::Value;

use super::bot::{Machine, chat};
use super::erased::{Erased, erasures};
use super::ledger::{Ledger, everybody_was_asked};
use super::life::Count;
use super::people::{Mark, ORGANISERS, Soul, marks};
use super::wire::Sent;
use crate::in_memory::english;

/// How long after a message the commit is on disk that says so, in milliseconds.
const SETTLED: u64 = 400;

/// A message by what it says: to whom, and how often they were greeted, since screens are counted anew for whoever comes back
/// after they were forgotten; text, what its buttons carry.
type Said = (i64, usize, String, Vec<String>);

/// What is remembered from one look to the next.
#[derive(Default)]
pub(super) struct Checks {
    /// How much of what was sent was looked at.
    seen: usize,
    /// How much of it was looked at once it was quiet.
    heard: usize,
    /// Where it stands among what was sent when it came last.
    came: HashMap<Said, usize>,
    /// How often each was asked for their language.
    greeted: HashMap<i64, usize>,
    /// When the bot died, or its disk did not work.
    troubles: Vec<(u64, u64)>,
    /// The ends of the meeting as known at the last two looks.
    meeting_ends: [Option<Timestamp>; 2],
    /// Those who ever had a role, by internal number.
    organisers: BTreeSet<u64>,
    /// Receipts that were shown, by chat.
    receipts: BTreeMap<String, BTreeSet<i64>>,
    /// What a chat said last of a receipt: the marks in it.
    said_of: BTreeMap<(i64, String), BTreeSet<Mark>>,
    pub(super) erased: Erased,
    pub(super) ledger: Ledger,
    /// Who did something before nobody need be answered: the rows that waited went as well.
    nobody_until_ms: u64,
}

impl Checks {
    /// The bot was dead, or its disk away, from then until then.
    pub(super) fn trouble(&mut self, from: u64, to: u64) {
        self.troubles.push((from, to));
    }

    /// Looks at everything that was sent since the last look.
    pub(super) fn after_each(&mut self, machine: &Machine, souls: &[Soul], count: &mut Count) {
        if let Some(what) = machine.wire.hurried().first() {
            panic!("told to wait, and did not: {what}");
        }
        for (call, status) in machine.wire.refused() {
            is_refused_rightly(&call, status);
        }
        let sent = machine.wire.sent_from(self.seen);
        let store = machine.disk.look().ok();
        if let Some(store) = &store {
            self.notes(store, machine, souls);
        }
        for sent in sent {
            self.is_not_doubled(machine, &sent, count);
            self.is_in_time(&sent, count);
            let erased = marks(&sent.text).find(|mark| self.erased.holds(*mark));
            assert!(
                erased.is_none(),
                "erased words were sent: {erased:?} to {}: {:?}",
                sent.chat,
                sent.text
            );
            self.ledger.hears(&sent);
            if sent.chat > 0 {
                self.is_for_them(&sent, store.as_ref(), souls, count);
                self.shows_receipts(&sent, souls);
            }
            self.seen += 1;
        }
    }

    fn notes(&mut self, store: &Store, machine: &Machine, souls: &[Soul]) {
        for soul in &souls[..ORGANISERS] {
            if let Ok(Some(person)) = store.person(chat(soul.id)) {
                self.organisers.insert(person.number);
            }
        }
        let zone = &machine.forum.config.settings.zone;
        let meeting: Option<Meeting> = store.all().ok().and_then(|all| all.into_iter().next());
        let ends = meeting.and_then(|meeting| meeting.ends_at(zone));
        if ends != self.meeting_ends[1] {
            self.meeting_ends = [self.meeting_ends[1], ends];
        }
    }

    /// Nothing comes twice but what was on its way when the bot died, or of which it never heard that it had come.
    fn is_not_doubled(&mut self, machine: &Machine, sent: &Sent, count: &mut Count) {
        let is_screen = |data: &String| matches!(Press::read(data), Some(Press::Screen(..)));
        let is_reminder = |data: &String| data.starts_with("reminder:");
        // Everything was erased: of a meeting that is set after it people hear anew, on whichever day it is.
        if sent.text.starts_with('🗑') && sent.data.is_empty() {
            self.came
                .retain(|(_, _, _, data), _| !data.iter().any(is_reminder));
        }
        // Whoever is behind a promise is asked once for each day on which it is due, and that day stands in the question.
        let is_question = |data: &String| data.starts_with("promise:");
        // Whoever asks for a digest twice gets it twice.
        let is_thanks = sent.text.starts_with('✅') && sent.text.contains("SL-");
        let is_receipt = is_thanks && marks(&sent.text).next().is_some();
        let one_of_its_kind = match sent.data.as_slice() {
            [] => is_receipt,
            data => data
                .iter()
                .any(|data| is_screen(data) || is_reminder(data) || is_question(data)),
        };
        // A message that is rewritten with the same words is the same message.
        if sent.edit || !one_of_its_kind {
            return;
        }
        let greeted = self.greeted.entry(sent.chat).or_default();
        if sent.data.iter().any(|data| data.contains(":speak.")) {
            *greeted += 1;
            return;
        }
        let key = (sent.chat, *greeted, sent.text.clone(), sent.data.clone());
        if let Some(before) = self.came.insert(key, self.seen) {
            count.doubled += 1;
            let first = &machine.wire.sent_from(before)[0];
            let (from, to) = (first.at_ms, first.at_ms + SETTLED);
            let was_in_flight = |(begun, over): &(u64, u64)| *begun <= to && from <= *over;
            assert!(
                !machine.wire.was_heard(before)
                    || first.boot != sent.boot && self.troubles.iter().any(was_in_flight),
                "doubled: at {} and at {} came {:?} to {}",
                first.at_ms,
                sent.at_ms,
                sent.text,
                sent.chat
            );
        }
    }

    /// No reminder comes after the meeting.
    fn is_in_time(&self, sent: &Sent, count: &mut Count) {
        if !sent.data.iter().any(|data| data.starts_with("reminder:")) {
            return;
        }
        count.reminders += 1;
        let ends = self.meeting_ends.iter().flatten().max();
        assert!(
            ends.is_none_or(|ends| sent.at < *ends),
            "a reminder after the meeting: {:?} at {}",
            sent.text,
            sent.at
        );
    }

    /// Whoever has no role gets nothing that is for those who have one, and nobody's words that they may not read.
    fn is_for_them(&self, sent: &Sent, store: Option<&Store>, souls: &[Soul], count: &mut Count) {
        if is_an_organisers(souls, sent.chat) {
            return;
        }
        for data in &sent.data {
            let for_organisers = match Press::read(data) {
                Some(Press::Screen(_, Action::Desk(_) | Action::Digest)) => true,
                Some(
                    Press::Digest(..)
                    | Press::Select(_)
                    | Press::Card(..)
                    | Press::Stop(_)
                    | Press::Floor(_),
                ) => true,
                Some(
                    Press::Screen(..)
                    | Press::Concern(_)
                    | Press::Carry(_)
                    | Press::Reminder(_)
                    | Press::Promise(..)
                    | Press::Promised(_)
                    | Press::Unfollow(_),
                )
                | None => false,
            };
            assert!(
                !for_organisers,
                "a button for organisers: {} got {data}",
                sent.chat
            );
        }
        let others: Vec<Mark> = marks(&sent.text)
            .filter(|mark| mark.who != sent.chat)
            .collect();
        if others.is_empty() {
            return;
        }
        count.foreign += others.len();
        let Some(store) = store else { return };
        let concerns: Vec<Concern> = store.all().unwrap_or_default();
        let reports: Vec<Report> = store.all().unwrap_or_default();
        for mark in others {
            let is_beside_an_answer = reports
                .iter()
                .flat_map(|report| &report.words)
                .any(|piece| marks(&piece.text).any(|said| said == mark));
            assert!(
                !is_beside_an_answer,
                "what somebody else says of a promise: {} was shown {mark}",
                sent.chat
            );
            let holders = concerns
                .iter()
                .filter_map(|concern| readable(store, concern, mark));
            let holders: Vec<bool> = holders.collect();
            // What is withdrawn or forgotten by now tells nothing any more.
            assert!(
                holders.is_empty() || holders.contains(&true),
                "words for the organisers only: {} was shown {mark}: {:?}",
                sent.chat,
                sent.text
            );
        }
    }

    fn shows_receipts(&mut self, sent: &Sent, souls: &[Soul]) {
        if is_an_organisers(souls, sent.chat) {
            return;
        }
        // Which were not typed by themselves, as `/verify` shows them again.
        for receipt in receipts(&sent.text) {
            self.receipts.entry(receipt).or_default().insert(sent.chat);
        }
    }

    /// What was said last of each receipt. Whether the bot heard that a message was taken is known once nothing is under way.
    fn hears_of_receipts(&mut self, machine: &Machine, souls: &[Soul]) {
        let sent = machine.wire.sent_from(self.heard);
        self.heard += sent.len();
        for sent in sent {
            if sent.unheard || sent.chat <= 0 || is_an_organisers(souls, sent.chat) {
                continue;
            }
            let receipts: BTreeSet<String> = receipts(&sent.text).collect();
            let told: BTreeSet<Mark> = marks(&sent.text).collect();
            if let Some(receipt) = receipts.first()
                && receipts.len() == 1
                && !told.is_empty()
            {
                self.said_of.insert((sent.chat, receipt.clone()), told);
            }
        }
    }

    /// Whether nothing waits any more.
    pub(super) fn is_over(&self, machine: &Machine, local: &Local) -> bool {
        let Ok(store) = machine.disk.look() else {
            return false;
        };
        waiting_rows(&store).is_empty() && waiting_updates(local) == 0
    }

    pub(super) fn what_waits(&self, machine: &Machine, local: &Local) -> String {
        let rows = machine.disk.look().map(|store| waiting_rows(&store));
        format!("{} updates; {rows:#?}", waiting_updates(local))
    }

    /// Looks at everything.
    pub(super) fn when_quiet(
        &mut self,
        machine: &Machine,
        local: &Local,
        souls: &[Soul],
        count: &mut Count,
    ) {
        let store = machine.disk.look().unwrap();
        let concerns: Vec<Concern> = store.all().unwrap();
        // What Telegram dropped, since it waited for too long.
        let lost: BTreeSet<i64> = local.expired().into_iter().collect();
        let erased = self.erased.when_quiet(&store, &machine.disk, souls);
        self.hears_of_receipts(machine, souls);
        if erased {
            self.receipts.clear();
            self.said_of.clear();
            self.nobody_until_ms = machine.wire.now_ms();
        }
        let asked = souls.iter().filter(|soul| {
            let since = soul.asked.map(|asked| asked.at_ms);
            since.is_some_and(|since| since >= self.nobody_until_ms)
        });
        nobody_waits(machine, local, asked, &lost, count);
        self.everybody_has_their_screen(&store, machine, local, souls);
        self.receipts_are_kept(&store, &concerns, souls);
        nothing_is_submitted_twice(&concerns);
        edits_are_kept(&concerns, souls, &lost, count);
        let entries = self.log_holds(&store);
        self.ledger.when_quiet(&store, &entries, erased);
        editions_hold(&store, machine, &concerns);
        for announcement in store.all::<Announcement>().unwrap() {
            assert!(
                announcement.is_over(),
                "an announcement is not over: {announcement:?}"
            );
            assert_eq!(announcement.tally.done(), announcement.people);
        }
    }

    /// Everything was done that was to be done; how much that was.
    pub(super) fn at_the_end(&self, machine: &Machine) {
        let store = machine.disk.look().unwrap();
        let rows: Vec<Row> = store.all().unwrap();
        assert!(rows.is_empty(), "the outbox does not drain: {rows:#?}");
    }

    /// A receipt that a chat shows is in the records, as the chat said last.
    fn receipts_are_kept(&self, store: &Store, concerns: &[Concern], souls: &[Soul]) {
        let by_receipt: BTreeMap<String, &Concern> = concerns
            .iter()
            .map(|concern| (concern.receipt.to_string(), concern))
            .collect();
        for (receipt, chats) in &self.receipts {
            let Some(concern) = by_receipt.get(receipt) else {
                // One that nobody ever had, asked about.
                assert!(
                    receipt == "SL-7K3F-9QX2-M4TD",
                    "a receipt is nowhere: {receipt}, shown to {chats:?}"
                );
                continue;
            };
            for id in chats {
                let person = store.person(chat(*id)).unwrap();
                let is_theirs = concern.author == 0
                    || person
                        .as_ref()
                        .is_some_and(|person| person.number == concern.author);
                assert!(
                    is_theirs,
                    "a receipt of another: {receipt} of member {} was shown to {id}",
                    concern.author
                );
            }
        }
        for ((chat, receipt), told) in &self.said_of {
            let Some(concern) = by_receipt.get(receipt) else {
                continue;
            };
            // Whoever had blocked the bot was not told of what they changed.
            let hears = souls.iter().any(|soul| soul.id == *chat && !soul.missed);
            if concern.status == Status::Withdrawn || !hears {
                continue;
            }
            let kept = marks_of(concern);
            let own: BTreeSet<Mark> = told
                .iter()
                .copied()
                .filter(|mark| mark.who == *chat)
                .collect();
            assert!(
                own.iter()
                    .all(|mark| kept.contains(mark) || !is_answer(concern, *mark)),
                "the records say something else: {receipt}: the chat says {own:?}, they {kept:?}"
            );
        }
    }

    /// The buttons that somebody has are those of the screen at which the records say that they are.
    fn everybody_has_their_screen(
        &self,
        store: &Store,
        machine: &Machine,
        local: &Local,
        souls: &[Soul],
    ) {
        // With everything about people what was on a screen goes, and its buttons with it: they are told so, and have none.
        if erasures(store) > 0 {
            return;
        }
        let stage = Stage::new(store, machine.clock.now()).unwrap();
        let view = View {
            forum: &machine.forum,
            world: &stage,
            now: machine.clock.now(),
        };
        // Whoever had blocked the bot has not seen what came then.
        for soul in souls.iter().filter(|soul| !soul.missed) {
            let person = store.person(chat(soul.id)).unwrap();
            let Some(person) = person.filter(|person| person.screen > 0) else {
                continue;
            };
            let screen = screen::of(&person, view);
            if screen.rows.is_empty() {
                continue;
            }
            let shown = soul.newest_screen(local);
            // Whoever comes back after they were forgotten is counted anew, and may have had one twice before.
            let anew = self.greeted.get(&soul.id).is_some_and(|times| *times > 1);
            let is_above =
                (anew || shown < Some(person.screen)) && soul.has_screen(local, person.screen);
            assert!(
                shown == Some(person.screen) || is_above,
                "a screen is lost: {} has {shown:?}, and should have {}: {:?}",
                soul.id,
                person.screen,
                person.state
            );
        }
    }

    /// The log is whole, and only those who may did what is in it.
    fn log_holds(&self, store: &Store) -> Vec<Entry> {
        let (entries, head) = store.audit().unwrap();
        audit::verify(&entries, &head).unwrap();
        for Entry { who, deed, .. } in &entries {
            if let Who::Person(number) = who {
                assert!(
                    self.organisers.contains(number),
                    "somebody without a role decided: member {number} did {deed:?}"
                );
            }
        }
        entries
    }

    /// What there is in the end.
    pub(super) fn tally(&self, machine: &Machine, count: &mut Count) {
        let store = machine.disk.look().unwrap();
        let concerns: Vec<Concern> = store.all().unwrap();
        count.concerns += concerns.len();
        count.receipts += self.receipts.len();
        let of =
            |such: fn(&Concern) -> bool| concerns.iter().filter(|concern| such(concern)).count();
        count.withdrawn += of(|concern| concern.status == Status::Withdrawn);
        count.decided += of(|concern| {
            !matches!(
                concern.status,
                Status::New | Status::Waiting | Status::Withdrawn
            )
        });
        let past: Vec<Past> = store.all().unwrap();
        count.revised += past
            .iter()
            .filter(|past| matches!(past, Past::Version { .. }))
            .count();
        count.endorsed += store.all::<Endorsement>().unwrap().len();
        count.rsvps += store.all::<Rsvp>().unwrap().len();
        count.announced += store.all::<Announcement>().unwrap().len();
        count.logged += store.all::<FloorEntry>().unwrap().len();
        count.asked += everybody_was_asked(&store, machine);
    }

    /// What there is in the end, be everything about people erased.
    pub(super) fn remaining(&self, machine: &Machine, count: &mut Count) {
        let store = machine.disk.look().unwrap();
        let is_left = store.erased_since();
        assert!(
            is_left.is_none(),
            "what was erased stays on the disk: {is_left:?}"
        );
        count.promised += store.all::<Promise>().unwrap().len();
        count.archived += erasures(&store);
        count.rebuilt += usize::from(machine.disk.rebuilds());
        count.erased += self.erased.count();
    }
}

/// Telegram takes everything that the bot sends, but for what somebody did meanwhile.
fn is_refused_rightly(call: &str, status: u16) {
    let rightly = match status {
        // They have blocked the bot.
        403 => true,
        // Too fast, as a fault says; a second poll while the first one's end is not known.
        429 | 409 => true,
        _ => ["query is too old", "message is not modified"]
            .iter()
            .any(|why| call.contains(why)),
    };
    assert!(rightly, "Telegram refuses: {call}");
}

/// Rows that are to go now; those held for the morning wait rightly.
fn waiting_rows(store: &Store) -> Vec<Row> {
    let mut rows: Vec<Row> = store.all().unwrap_or_default();
    rows.retain(|row| !matches!(row.effect, Effect::Late(Late::Reminder { .. })));
    rows
}

fn waiting_updates(local: &Local) -> u64 {
    let updates = local.updates(0);
    updates["waiting"].as_u64().unwrap() + updates["again"].as_u64().unwrap()
}

/// Everybody whose last act asks for an answer has one.
fn nobody_waits<'s>(
    machine: &Machine,
    local: &Local,
    souls: impl Iterator<Item = &'s Soul>,
    lost: &BTreeSet<i64>,
    count: &mut Count,
) {
    let too_late = machine.wire.too_late();
    let words = &machine.forum.words;
    let outage = words.phrases(english()).note_outage();
    for soul in souls.filter(|soul| !soul.blocked) {
        let Some(asked) = soul.asked else { continue };
        // What Telegram dropped nobody can answer, nor say a few words above a button that was pressed long ago.
        let is_too_late = asked.query.is_some_and(|query| too_late.contains(&query));
        if lost.contains(&asked.update) || is_too_late {
            continue;
        }
        count.waited += 1;
        // That nothing can be kept is no answer.
        let told = machine.wire.told(soul.id, asked.at_ms, outage.as_str());
        assert!(
            local.event(soul.id) > asked.event + told,
            "somebody waits for ever: {}, since {} (update {})",
            soul.id,
            asked.at_ms,
            asked.update
        );
    }
}

/// One submission is one concern.
fn nothing_is_submitted_twice(concerns: &[Concern]) {
    let mut of: BTreeMap<(i64, usize), u64> = BTreeMap::new();
    for concern in concerns {
        for mark in marks_of(concern) {
            let other = of.insert((mark.who, mark.said), concern.id);
            assert!(
                other.is_none_or(|other| other == concern.id),
                "submitted twice: {mark} is in {other:?} and {}",
                concern.id
            );
        }
    }
}

/// What was changed before it was submitted stands as it was changed.
fn edits_are_kept(concerns: &[Concern], souls: &[Soul], lost: &BTreeSet<i64>, count: &mut Count) {
    for concern in concerns {
        for mark in marks_of(concern) {
            let soul = souls.iter().find(|soul| soul.id == mark.who);
            let Some(soul) = soul.filter(|soul| !soul.changed) else {
                continue;
            };
            let versions = &soul.said[mark.said].versions;
            let submitted = soul.submits.iter().find(|update| **update > versions[0]);
            let Some(submitted) = submitted else { continue };
            let came = |update: &i64| update < submitted && !lost.contains(update);
            let last = versions.iter().rposition(came).unwrap_or(0);
            count.edited += usize::from(last > 0);
            assert!(
                mark.version >= last,
                "an edit is lost: {mark} should be version {last} of {versions:?}, submitted by {submitted}"
            );
        }
    }
}

/// The editions hold what they may, and their totals add up.
fn editions_hold(store: &Store, machine: &Machine, concerns: &[Concern]) {
    let inside = edition::<Organisers>(store, machine);
    let shared = edition::<Authority>(store, machine);
    for digest in [&inside, &shared] {
        let digest: Value = serde_json::from_str(digest).unwrap();
        let totals = digest["totals"].as_object().unwrap();
        let total = |name: &str| totals[name].as_u64().unwrap();
        let parts: u64 = totals
            .keys()
            .filter(|name| *name != "received")
            .map(|name| total(name))
            .sum();
        assert_eq!(total("received"), parts, "{totals:?}");
        assert_eq!(total("received"), concerns.len() as u64, "{totals:?}");
        assert_eq!(
            total("included"),
            digest["concerns"].as_array().unwrap().len() as u64
        );
    }
    assert!(!shared.contains("SL-"), "a receipt in the shared edition");
    let mut value: Value = serde_json::from_str(&shared).unwrap();
    let mut named = BTreeSet::new();
    for concern in value["concerns"].as_array_mut().unwrap() {
        assert!(concern["receipt"].is_null());
        let organisation = &concern["organisation"];
        assert_eq!(
            concern["disclosure"] == "named",
            !organisation.is_null(),
            "{concern}"
        );
        named.extend(organisation["en"].as_str().map(str::to_owned));
        // Whoever writes their own name into their story has named themselves.
        for theirs in ["title", "story", "affected", "ask", "other"] {
            concern[theirs] = Value::Null;
        }
    }
    let said = value.to_string();
    for organisation in store.all::<Organisation>().unwrap() {
        let name = organisation.name.get(english()).to_owned();
        assert!(
            named.contains(&name) || !said.contains(&format!("\"{name}\"")),
            "an unnamed organisation in the shared edition: {name}"
        );
    }
    for concern in concerns {
        let hidden = !concern.disclosure.lets_others_read()
            || matches!(
                concern.status,
                Status::New | Status::Waiting | Status::Held | Status::Rejected | Status::Withdrawn
            );
        for mark in marks_of(concern).into_iter().filter(|_| hidden) {
            assert!(
                !shared.contains(&mark.to_string()),
                "hidden words in the shared edition: {mark}: {:?}",
                concern.status
            );
        }
        let stands = matches!(
            concern.status,
            Status::New | Status::Approved | Status::Agenda
        );
        if stands {
            let receipt = concern.receipt.to_string();
            assert!(
                inside.contains(&receipt),
                "a concern is missing inside: {receipt}: {:?}",
                concern.status
            );
        }
    }
}

fn edition<R: Reader>(store: &Store, machine: &Machine) -> String {
    let filter = Filter::default();
    let records = store
        .snapshot_for(R::EDITION, &filter)
        .unwrap()
        .open()
        .unwrap();
    let mut count = 0_u128;
    let mut salts = || {
        count += 1;
        count.to_be_bytes()
    };
    let (digest, _) = make_frozen::<R>(
        &records,
        &filter,
        &machine.forum.config,
        machine.clock.now(),
        &mut salts,
    );
    assert!(matches!(R::EDITION, Edition::Organisers | Edition::Shared));
    json::render(&digest)
}

/// Whether the chat is an organiser's.
fn is_an_organisers(souls: &[Soul], chat: i64) -> bool {
    souls[..ORGANISERS].iter().any(|soul| soul.id == chat)
}

/// The marks in what a concern says.
fn marks_of(concern: &Concern) -> BTreeSet<Mark> {
    let words = serde_json::to_string(&concern.answers).unwrap();
    marks(&words).collect()
}

/// Whether these words are in an answer of the concern, in whichever version.
fn is_answer(concern: &Concern, mark: Mark) -> bool {
    marks_of(concern)
        .iter()
        .any(|kept| kept.said == mark.said && kept.who == mark.who)
}

/// Whether others might ever read this of a concern; nothing if it was never in it.
fn readable(store: &Store, concern: &Concern, mark: Mark) -> Option<bool> {
    let holds = |answers: &samleng::domain::Answers| {
        let words = serde_json::to_string(answers).unwrap();
        marks(&words).any(|kept| kept == mark)
    };
    let mut readable = holds(&concern.answers).then(|| concern.disclosure.lets_others_read());
    for place in 0..concern.past {
        let past = store.get(&samleng::store::record::past(concern.id, place));
        if let Ok(Some(Past::Version {
            disclosure,
            answers,
            ..
        })) = past
            && holds(&answers)
        {
            readable = Some(readable.unwrap_or(false) || disclosure.lets_others_read());
        }
    }
    readable
}

/// The receipts within this text.
fn receipts(text: &str) -> impl Iterator<Item = String> + '_ {
    text.match_indices("SL-").filter_map(|(at, _)| {
        let receipt = text.get(at..at + 17)?;
        receipt.is_ascii().then(|| receipt.to_owned())
    })
}
