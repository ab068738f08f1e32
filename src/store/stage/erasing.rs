//! The erasure of everything about people, after a meeting: what becomes of each kind of record.
//!
//! Guarantees: [`KINDS`] names every kind there is, which a test holds against their list; a kind that goes leaves not one
//! record; what stays in part says nothing of who took part, but for people with a role, who have it still, and for whoever agreed to be
//! asked about a promise. All of it is one
//! change, so it happens whole or not at all, and the store is rebuilt after it. More than fits in one batch goes in several: first what
//! stays, with its counts, last the meeting. Where that is cut short it is still due, and what was counted is not counted again.
//!
//! What stood in the organisers' group is blanked there: until that has gone out a card's record stays, which holds no words.
//!
//! Must never: keep what a person said, or the number of anybody who has no role and did not agree to be asked, outside of the audit log.

use std::collections::{BTreeMap, BTreeSet};

use super::{Indexed, Stage};
use crate::dialogue::{Effect, Late, Person, State, Toll};
use crate::digest::frozen::Frozen;
use crate::domain::promise::Outliving;
use crate::domain::{
    AgendaItem, AgendaPlan, Announcement, Archive, Attachment, Card, ChatId, Concern, Endorsement,
    FloorEntry, Invitation, Meeting, Organisation, Past, Promise, Reminded, Report, Rsvp, Voice,
    Whereabouts, audit,
};
use crate::store::erasures::{Gone, What};
use crate::store::kv::Kv as _;
use crate::store::outbox::Row;
use crate::store::pointer::{Pointed as _, Pointer};
use crate::store::record::{
    self, Aside, ChatOf, CodeOf, FileOf, Leaves, MemberOf, Meta, Numbered, Openings,
    OrganisationName, PartOf, ReceiptOf, Record, Shown, WrittenBy,
};
use crate::store::vault::StoreError;

/// How many records are looked at together.
const TOGETHER: usize = 256;

/// What becomes of a kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// All of it goes.
    Goes,
    /// All of it stays, as it is.
    Stays,
    /// What belongs to a role, or to the registry, stays and loses everything else; the rest goes.
    Stripped,
    /// It goes once what it speaks of has been blanked in the organisers' group.
    Follows,
}

/// What becomes of every kind there is, by the first byte of its keys.
pub const KINDS: [(u8, Fate); 37] = [
    // What the program needs to go on: no word and no name but the bot's own. The organisers' group stays theirs.
    (Meta::PREFIX, Fate::Stays),
    // Who did what when, by ids.
    (audit::Entry::PREFIX, Fate::Stays),
    // Counts.
    (Archive::PREFIX, Fate::Stays),
    // Keyed hashes of what went before.
    (Gone::PREFIX, Fate::Stays),
    // Counts of digests that were handed out, and hashes that nobody can open once the salts are gone.
    (Frozen::PREFIX, Fate::Stays),
    (Leaves::PREFIX, Fate::Stays),
    // Whoever has a role keeps it, and speaks for nobody; who agreed to be asked about a promise is kept for that.
    (Person::PREFIX, Fate::Stripped),
    (ChatOf::PREFIX, Fate::Stripped),
    (Shown::PREFIX, Fate::Stripped),
    // What stands in the registry says nothing of who came.
    (Organisation::PREFIX, Fate::Stripped),
    (OrganisationName::PREFIX, Fate::Stripped),
    (Numbered::PREFIX, Fate::Stripped),
    // An open link of a role was given to somebody who prepares the next meeting; those for organisations say who was asked
    // to this one.
    (Invitation::PREFIX, Fate::Stripped),
    (CodeOf::PREFIX, Fate::Stripped),
    // What was promised is the authority's; which concern it answers goes, and of what was said of it counts stay.
    (Promise::PREFIX, Fate::Stripped),
    (Report::PREFIX, Fate::Goes),
    // Whoever agreed to be asked, at this erasure or one before.
    (Voice::PREFIX, Fate::Stays),
    (Card::PREFIX, Fate::Follows),
    (Meeting::PREFIX, Fate::Goes),
    (Rsvp::PREFIX, Fate::Goes),
    // Reasons are somebody's words.
    (AgendaPlan::PREFIX, Fate::Goes),
    (AgendaItem::PREFIX, Fate::Goes),
    // What came of how many, and how long each side spoke, is in the archive.
    (FloorEntry::PREFIX, Fate::Goes),
    (Concern::PREFIX, Fate::Goes),
    (Openings::PREFIX, Fate::Goes),
    (Past::PREFIX, Fate::Goes),
    (Endorsement::PREFIX, Fate::Goes),
    (Attachment::PREFIX, Fate::Goes),
    (Announcement::PREFIX, Fate::Goes),
    (Reminded::PREFIX, Fate::Goes),
    // Any of them may show what somebody said, also to organisers.
    (Row::PREFIX, Fate::Goes),
    (Aside::PREFIX, Fate::Goes),
    (MemberOf::PREFIX, Fate::Goes),
    (ReceiptOf::PREFIX, Fate::Goes),
    (WrittenBy::PREFIX, Fate::Goes),
    (PartOf::PREFIX, Fate::Goes),
    (FileOf::PREFIX, Fate::Goes),
];

/// What an erasure does.
#[derive(Default)]
pub(super) struct Plan {
    /// How many of each go and stay.
    pub(super) toll: Toll,
    /// The keys of what goes.
    goes: Vec<Vec<u8>>,
    /// Those who stay and lose something, as they are then.
    people: Vec<Person>,
    /// Organisations of the registry that lose something, as they are then.
    organisations: Vec<Organisation>,
    /// What leads to organisations that stay and led to others before.
    points: Vec<Pointer>,
    /// Chats to which nothing more is sent of what was to be sent.
    chats: BTreeSet<ChatId>,
    /// Sealed files.
    files: Vec<String>,
    /// Concerns whose cards are to be blanked.
    cards: BTreeSet<u64>,
}

impl Stage<'_> {
    /// Erases everything about people; this stays of it.
    pub(super) fn erase(&mut self, archive: &Archive, left: &[Outliving]) {
        let plan = self.plan(left);
        for key in plan.goes {
            self.drop_key(key);
        }
        for person in plan.people {
            let key = record::person(&self.store.sealer, person.chat);
            self.put(&key, &person);
        }
        for organisation in plan.organisations {
            self.put(&record::organisation(organisation.id), &organisation);
        }
        for Outliving { promise, voices } in left {
            self.put(&record::promise(promise.id), promise);
            for voice in voices {
                self.put(&record::voice(voice), voice);
            }
        }
        for (key, pointer) in plan.points {
            self.pending.writes.insert(key, Some(pointer));
        }
        let kept = record::archive(archive.id);
        self.put(&kept, archive);
        self.kept = Some(kept.bytes);
        self.indexed(Indexed::Nothing);
        self.pending.aftermath.calendar = true;
        self.pending.cards.extend(plan.cards);
        let aftermath = &mut self.pending.aftermath;
        aftermath.gone.extend(plan.files);
        aftermath.forgotten.extend(plan.chats);
        self.pending.erased.push((What::Everything, [0; 16]));
    }

    /// What would go, and what would stay, where this is left of the promises.
    pub(super) fn plan(&self, left: &[Outliving]) -> Plan {
        let mut plan = Plan::default();
        let mut counts = BTreeMap::new();
        for (prefix, fate) in KINDS {
            match fate {
                Fate::Goes => {
                    let keys = self.keys(prefix);
                    counts.insert(prefix, keys.len() as u64);
                    plan.goes.extend(keys);
                }
                Fate::Stays | Fate::Stripped | Fate::Follows => {}
            }
        }
        let count = |prefix: u8| counts.get(&prefix).copied().unwrap_or_default();
        plan.toll = Toll {
            meeting: count(Meeting::PREFIX) > 0,
            concerns: count(Concern::PREFIX),
            past: count(Past::PREFIX),
            files: count(Attachment::PREFIX),
            endorsements: count(Endorsement::PREFIX),
            rsvps: count(Rsvp::PREFIX),
            announcements: count(Announcement::PREFIX),
            waiting: count(Row::PREFIX),
            asides: count(Aside::PREFIX),
            reports: count(Report::PREFIX),
            promises: left.len() as u64,
            ..Toll::default()
        };
        self.plan_people(&mut plan, left);
        self.plan_organisations(&mut plan);
        self.plan_invitations(&mut plan);
        self.plan_files(&mut plan);
        self.plan_cards(&mut plan);
        plan
    }

    fn plan_people(&self, plan: &mut Plan, left: &[Outliving]) {
        let mut stay = BTreeSet::new();
        let new = left.iter().flat_map(|left| &left.voices).cloned();
        let known = self.look_all::<Voice>(&[Voice::PREFIX]).into_iter();
        let voices = known.chain(new);
        let voices = voices.filter_map(|voice| Some((voice.person?, voice.promise)));
        let voices: BTreeSet<(u64, u64)> = voices.collect();
        for (key, mut person) in self.look_range::<Person>(&[Person::PREFIX]) {
            // What waits for those who stay may show what was said as well.
            plan.chats.insert(person.chat);
            let number = person.number;
            person
                .follows
                .retain(|promise, _| voices.contains(&(number, *promise)));
            match person.role {
                None if person.follows.is_empty() => {
                    plan.toll.people += 1;
                    plan.goes.push(key);
                    continue;
                }
                None => plan.toll.followers += 1,
                Some(_) => plan.toll.roles += 1,
            }
            stay.insert(person.chat);
            let holds_more = person.membership.is_some()
                || person.invitation.is_some()
                || person.state.draft().is_some();
            plan.toll.stripped += u64::from(holds_more);
            plan.people.push(stripped(person));
        }
        self.plan_pointers::<ChatOf>(plan, |ChatOf(chat)| stay.contains(chat));
        self.plan_pointers::<Shown>(plan, |shown| stay.contains(&shown.chat));
    }

    fn plan_organisations(&self, plan: &mut Plan) {
        let mut stay = BTreeSet::new();
        let mut left = Vec::new();
        for (key, known) in self.look_range::<Organisation>(&[Organisation::PREFIX]) {
            if known.number.is_none() {
                plan.toll.organisations += 1;
                plan.goes.push(key);
                continue;
            }
            plan.toll.registered += 1;
            stay.insert(known.id);
            if known.verified {
                plan.toll.unverified += 1;
                plan.organisations.push(Organisation {
                    verified: false,
                    ..known.clone()
                });
            }
            left.push(known);
        }
        let names = self.plan_pointers::<OrganisationName>(plan, |name| stay.contains(&name.0));
        let numbers = self.plan_pointers::<Numbered>(plan, |number| stay.contains(&number.0));
        // A name may have led to one of the same name that goes; from here on the oldest that stays is found by it.
        let mut held: BTreeSet<Vec<u8>> = names.into_iter().chain(numbers).collect();
        for (key, pointer) in left
            .iter()
            .flat_map(|known| known.pointers(&self.store.sealer))
        {
            if held.insert(key.clone()) {
                plan.points.push((key, pointer));
            }
        }
    }

    fn plan_invitations(&self, plan: &mut Plan) {
        let mut stay = BTreeSet::new();
        for (key, known) in self.look_range::<Invitation>(&[Invitation::PREFIX]) {
            if known.role.is_some() && known.is_good(self.now) {
                plan.toll.links += 1;
                stay.insert(known.id);
            } else {
                plan.toll.invitations += 1;
                plan.goes.push(key);
            }
        }
        self.plan_pointers::<CodeOf>(plan, |code| stay.contains(&code.0));
    }

    fn plan_files(&self, plan: &mut Plan) {
        for file in self.look_all::<Attachment>(&[Attachment::PREFIX]) {
            if let Whereabouts::Here(sealed) = file.whereabouts {
                plan.files.push(sealed.name);
            }
        }
    }

    /// A card may also be on its way at this moment.
    fn plan_cards(&self, plan: &mut Plan) {
        let stand = self.look_all::<Card>(&[Card::PREFIX]).into_iter();
        plan.cards.extend(stand.map(|card| card.concern));
        for row in self.look_all::<Row>(&[Row::PREFIX]) {
            plan.chats.insert(row.chat);
            if let Effect::Late(Late::Card { concern, .. }) = row.effect {
                plan.cards.insert(concern);
            }
        }
    }

    /// Of records of this kind those go that do not belong to what stays; the keys of those that do.
    fn plan_pointers<R: Record>(
        &self,
        plan: &mut Plan,
        stays: impl Fn(&R) -> bool,
    ) -> Vec<Vec<u8>> {
        let all = self.look_range::<R>(&[R::PREFIX]).into_iter();
        let (stay, go): (Vec<_>, Vec<_>) = all.partition(|(_, record)| stays(record));
        plan.goes.extend(go.into_iter().map(|(key, _)| key));
        stay.into_iter().map(|(key, _)| key).collect()
    }

    /// The keys of all records of a kind.
    pub(super) fn keys(&self, prefix: u8) -> BTreeSet<Vec<u8>> {
        let mut keys = self.stored_keys(prefix).unwrap_or_else(|error| {
            self.fail::<()>(error);
            BTreeSet::new()
        });
        for layer in [&self.writes, &self.pending.writes] {
            let changed = layer.range(vec![prefix]..);
            for (key, value) in changed.take_while(|(key, _)| key.first() == Some(&prefix)) {
                match value {
                    Some(_) => keys.insert(key.clone()),
                    None => keys.remove(key),
                };
            }
        }
        keys
    }

    /// Those on disk, without holding what lies under them.
    fn stored_keys(&self, prefix: u8) -> Result<BTreeSet<Vec<u8>>, StoreError> {
        let mut keys = BTreeSet::new();
        // Some kinds have one record, whose key is this byte alone; a page begins after it.
        let alone = vec![prefix];
        if self.store.kv.get(&alone)?.is_some() {
            keys.insert(alone.clone());
        }
        let mut after = alone;
        loop {
            let page = self.store.kv.page(&after, TOGETHER)?;
            let Some((last, _)) = page.last() else { break };
            after.clone_from(last);
            let is_over = after.first() != Some(&prefix);
            let ours = page.into_iter().map(|(key, _)| key);
            keys.extend(ours.filter(|key| key.first() == Some(&prefix)));
            if is_over {
                break;
            }
        }
        Ok(keys)
    }
}

/// What is left of somebody with a role, or with a voice in a promise. Every field is named: whoever adds one decides here what becomes of it.
fn stripped(person: Person) -> Person {
    let Person {
        number,
        chat,
        language,
        membership: _,
        role,
        called,
        unreachable,
        screen,
        shown_in: _,
        muted,
        told_away: _,
        state: _,
        invitation: _,
        wrong_links: _,
        follows,
    } = person;
    let state = match (language, role) {
        (Some(_), Some(_)) => State::Menu { kept: None },
        (Some(_), None) | (None, _) => State::Language { back: None },
    };
    Person {
        language,
        role,
        called,
        follows,
        unreachable,
        muted,
        // What they saw last is an old one from here on.
        screen: screen.saturating_add(1),
        state,
        ..Person::new(number, chat)
    }
}
