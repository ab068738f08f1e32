//! The records as a conversation reads and changes them.

use super::super::erasures::What;
use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan as _};

use super::super::record::{
    self, ChatOf, CodeOf, FileOf, Leaves, MemberOf, PartOf, Record as _, WrittenBy,
};
use super::{Indexed, Stage, is_unwritten};
use crate::dialogue::{Change, Glance, Person, Toll, World};
use crate::digest::frozen::{Frozen, Hash, Opening};
use crate::digest::{Edition, Filter, Records};
use crate::domain::promise::Outliving;
use crate::domain::{
    Act, AgendaItem, AgendaPlan, Announcement, Answers, Archive, Attachment, Card, ChatId, Concern,
    Endorsement, FloorEntry, Group, Invitation, Meeting, MessageId, Organisation, Past, Promise,
    Receipt, Reminded, Report, Role, Rsvp, Status, Voice, Whereabouts, audit,
};

impl World for Stage<'_> {
    fn fresh_id(&mut self) -> u64 {
        let id = self.meta.next_id;
        self.meta.next_id += 1;
        id
    }

    fn change(&mut self, change: Change) {
        match change {
            Change::Person(person) => {
                let key = record::person(&self.store.sealer, person.chat);
                self.put_pointed(&key, &*person);
            }
            Change::Organisation(organisation) => {
                self.put_pointed(&record::organisation(organisation.id), &organisation);
                self.indexed(Indexed::Organisation(organisation));
            }
            Change::NoOrganisation(id) => {
                self.drop_pointed(&record::organisation(id));
                self.indexed(Indexed::NoOrganisation(id));
            }
            Change::Concern(concern) => {
                let news = |concern: &Concern| {
                    let glance = Glance::of(concern);
                    (glance.is_news(), glance.came_at)
                };
                let was = self.concern(concern.id);
                // Whoever looks at the floor log sees it as it is now.
                if was.as_ref().is_some_and(|was| Act::Floor.fits(was.status)) {
                    self.pending.floor.get_or_insert(None);
                }
                self.pending.aftermath.calendar |= was.as_ref().map(news) != Some(news(&concern));
                // What comes now is new, also where a clock that was wrong has told of what came until next year.
                let came_at = concern.came_at();
                let comes = was.is_none_or(|was| was.came_at() != came_at);
                if comes && self.told_news_at().is_some_and(|told| came_at <= told) {
                    self.pending.told_news_at = came_at.checked_sub(1.nanosecond()).ok();
                }
                if concern.status == Status::Withdrawn {
                    self.close_leaves(concern.id);
                }
                self.put_pointed(&record::concern(concern.id), &*concern);
                self.pending.cards.insert(concern.id);
                self.indexed(Indexed::Concern(concern));
            }
            Change::Withdrawn(concern) => {
                // What stands beside it is counted in the record as it was.
                if let Some(was) = self.concern(concern.id) {
                    self.drop_beside(&was);
                    self.untie(&was);
                    if let Some(begun_at) = was.begun_at {
                        let hash = self.store.master.gone_draft(was.author, begun_at);
                        self.pending.erased.push((What::Draft, hash));
                    }
                }
                // Why it was put in or taken out speaks of it.
                self.drop_key(record::agenda_item(concern.id).bytes);
                let hash = self.store.master.gone_concern(concern.receipt);
                self.pending.erased.push((What::Concern, hash));
                World::change(self, Change::Concern(concern));
            }
            Change::Past {
                concern,
                place,
                past,
            } => self.put(&record::past(concern, place), &past),
            Change::Endorsed(endorsement) => {
                let key = record::endorsement(endorsement.concern, endorsement.organisation);
                self.put(&key, &endorsement);
            }
            Change::Unendorsed {
                concern,
                organisation,
            } => self.drop_key(record::endorsement(concern, organisation).bytes),
            Change::Attachment(attachment) => {
                self.put_pointed(&record::attachment(attachment.id), &attachment);
                let unwritten = is_unwritten(&attachment);
                self.indexed(Indexed::Attachment(attachment.id, unwritten));
                if let Whereabouts::Telegram(_) = attachment.whereabouts {
                    self.pending.aftermath.fetch.push(attachment);
                }
            }
            Change::NoAttachment(id) => self.drop_file(id),
            Change::NoFile(name) => self.pending.aftermath.gone.push(name),
            Change::Meeting(meeting) => {
                self.pending.aftermath.calendar = true;
                self.put(&record::meeting(), &meeting);
            }
            Change::PastMeeting(meeting) => self.put(&record::past_meeting(meeting.id), &meeting),
            Change::Archived(archive) => self.put(&record::archive(archive.id), &*archive),
            Change::AgendaPlan(plan) => self.put(&record::agenda_plan(plan.meeting), &plan),
            Change::AgendaItem(item) => {
                let key = record::agenda_item(item.concern);
                if item.is_empty() {
                    self.drop_key(key.bytes);
                } else {
                    self.put(&key, &item);
                }
            }
            Change::Floor(entry) => {
                self.pending.floor = Some(entry.by);
                self.put(&record::floor(entry.meeting, entry.place), &entry);
            }
            Change::Promise(promise) => {
                self.pending.aftermath.calendar = true;
                self.put(&record::promise(promise.id), &promise);
            }
            Change::NoPromise(id) => self.drop_promise(id),
            Change::Report(report) => self.put(&record::report(&report), &report),
            Change::NoReport(report) => {
                // Of nobody's words nobody can say that they are to go.
                if report.person != 0 && report.has_more() {
                    let hash = self.store.master.gone_said(report.promise, report.person);
                    self.pending.erased.push((What::Said, hash));
                }
                self.drop_report(&report);
            }
            Change::Voice(voice) => self.put(&record::voice(&voice), &voice),
            Change::Unfollowed { promise, person } => {
                self.drop_key(record::voice_of(promise, person).bytes);
                let hash = self.store.master.gone_voice(promise, person);
                self.pending.erased.push((What::Voice, hash));
            }
            Change::NoVoices(promise) => self.drop_voices(promise),
            Change::Settled(concern) => self.put_pointed(&record::concern(concern.id), &*concern),
            Change::Rsvp(rsvp) => self.put(&record::rsvp(rsvp.meeting, rsvp.organisation), &rsvp),
            Change::NoRsvp {
                meeting,
                organisation,
            } => self.drop_key(record::rsvp(meeting, organisation).bytes),
            Change::Invitation(invitation) => {
                self.put(&record::invitation(invitation.id), &invitation);
            }
            Change::InvitationCode { id, code } => {
                let key = record::code_of(self.store.code_hash(&code));
                self.put(&key, &CodeOf(id));
            }
            Change::Forgotten(chat) => {
                self.drop_chat(chat);
                let hash = self.store.master.gone_person(chat);
                self.pending.erased.push((What::Person, hash));
            }
            Change::NoPerson(chat) => {
                self.drop_pointed(&record::person(&self.store.sealer, chat));
                World::change(self, Change::Forgotten(chat));
            }
            Change::OwnerClaimed => self.pending.owner_claimed = true,
            Change::Announcement(announcement) => {
                if announcement.stopped {
                    self.pending.aftermath.stopped.push(announcement.id);
                }
                self.put(&record::announcement(announcement.id), &announcement);
            }
            Change::Reminded(reminded) => {
                self.pending.aftermath.calendar = true;
                self.put(&record::reminded(reminded.meeting, reminded.id), &reminded);
            }
            Change::NewsTold(at) => {
                self.pending.aftermath.calendar = true;
                self.pending.told_news_at = Some(at);
            }
            Change::Group(group) => {
                self.pending.aftermath.calendar = true;
                self.pending.group = Some(group);
            }
            Change::Audit(who, deed) => self.pending.deeds.push((who, deed)),
            Change::Erased { archive, left } => self.erase(&archive, &left),
        }
    }

    fn organisation(&self, id: u64) -> Option<Organisation> {
        self.look(&record::organisation(id))
    }

    fn organisation_named(&self, name: &str) -> Option<Organisation> {
        let found = self.look(&record::organisation_name(&self.store.sealer, name))?;
        self.organisation(found.0)
    }

    fn organisation_numbered(&self, number: &str) -> Option<Organisation> {
        let found = self.look(&record::numbered(&self.store.sealer, number))?;
        self.organisation(found.0)
    }

    fn organisations_like(&self, typed: &str) -> Vec<u64> {
        self.index(|index| index.organisations_like(typed))
    }

    fn organisations(&self) -> Vec<Organisation> {
        self.look_all(&[Organisation::PREFIX])
    }

    fn joined(&self) -> BTreeSet<u64> {
        let members = self.look_range::<MemberOf>(&[MemberOf::PREFIX]);
        let keys = members.keys();
        keys.filter_map(|key| record::first_id(key)).collect()
    }

    fn members(&self, organisation: u64) -> Vec<Person> {
        let members = self.look_all::<MemberOf>(&record::beginning::<MemberOf>(&[organisation]));
        self.persons(members.into_iter().map(|MemberOf(chat)| chat))
    }

    fn person(&self, number: u64) -> Option<Person> {
        let ChatOf(chat) = self.look(&record::chat_of(number))?;
        self.look(&record::person(&self.store.sealer, chat))
    }

    fn everybody(&self) -> Vec<Person> {
        self.look_all(&[Person::PREFIX])
    }

    fn concern(&self, id: u64) -> Option<Concern> {
        self.look(&record::concern(id))
    }

    fn concern_of(&self, receipt: Receipt) -> Option<Concern> {
        let found = self.look(&record::receipt(&self.store.sealer, receipt))?;
        self.concern(found.0)
    }

    fn concerns_by(&self, person: u64) -> Vec<Concern> {
        let written = self.look_all::<WrittenBy>(&record::beginning::<WrittenBy>(&[person]));
        written
            .into_iter()
            .filter_map(|WrittenBy(id)| self.concern(id))
            .collect()
    }

    fn merged_into(&self, concern: u64) -> Vec<Concern> {
        let parts = self.look_all::<PartOf>(&record::beginning::<PartOf>(&[concern]));
        parts
            .into_iter()
            .filter_map(|PartOf(id)| self.concern(id))
            .collect()
    }

    fn past(&self, concern: u64) -> Vec<Past> {
        self.look_all(&record::beginning::<Past>(&[concern]))
    }

    fn endorsements(&self, concern: u64) -> Vec<Endorsement> {
        self.look_all(&record::beginning::<Endorsement>(&[concern]))
    }

    fn endorsements_of(&self, organisation: u64) -> Vec<Endorsement> {
        let mut all = self.look_all::<Endorsement>(&[Endorsement::PREFIX]);
        all.retain(|endorsement| endorsement.organisation == organisation);
        all
    }

    fn glances(&self) -> Vec<Glance> {
        let (mut glances, mut unwritten) = self.index(|index| (index.glances(), index.unwritten()));
        for layer in [&self.aftermath, &self.pending.aftermath] {
            layer.glances(&mut glances, &mut unwritten);
        }
        let mut glances: Vec<Glance> = glances.into_values().collect();
        for glance in &mut glances {
            glance.unwritten = glance.voices.iter().any(|voice| unwritten.contains(voice));
        }
        glances
    }

    fn close_to(&self, answers: &Answers) -> Vec<u64> {
        self.index(|index| index.close_to(answers))
    }

    fn search(&self, words: &str, most: usize) -> Vec<u64> {
        self.index(|index| index.search(words, most))
    }

    fn attachment(&self, id: u64) -> Option<Attachment> {
        self.look(&record::attachment(id))
    }

    fn attachments(&self, concern: u64) -> Vec<Attachment> {
        let Some(organisation) = self.concern(concern).map(|concern| concern.organisation) else {
            return Vec::new();
        };
        let files = self.look_all::<FileOf>(&record::beginning::<FileOf>(&[organisation, concern]));
        files
            .into_iter()
            .filter_map(|file| self.attachment(file.id))
            .collect()
    }

    fn room_taken(&self, organisation: u64) -> u64 {
        let files = self.look_all::<FileOf>(&record::beginning::<FileOf>(&[organisation]));
        files.iter().map(|file| file.size).sum()
    }

    fn meeting(&self) -> Option<Meeting> {
        self.look(&record::meeting())
    }

    fn past_meetings(&self) -> Vec<Meeting> {
        let all = self.look_range::<Meeting>(&[Meeting::PREFIX]).into_iter();
        all.filter(|(key, _)| *key != record::meeting().bytes)
            .map(|(_, meeting)| meeting)
            .collect()
    }

    fn rsvps(&self, meeting: u64) -> Vec<Rsvp> {
        self.look_all(&record::beginning::<Rsvp>(&[meeting]))
    }

    fn rsvp(&self, meeting: u64, organisation: u64) -> Option<Rsvp> {
        self.look(&record::rsvp(meeting, organisation))
    }

    fn rsvps_of(&self, organisation: u64) -> Vec<Rsvp> {
        let mut all = self.look_all::<Rsvp>(&[Rsvp::PREFIX]);
        all.retain(|rsvp| rsvp.organisation == organisation);
        all
    }

    fn agenda_plan(&self, meeting: u64) -> Option<AgendaPlan> {
        self.look(&record::agenda_plan(meeting))
    }

    fn agenda_items(&self, meeting: u64) -> Vec<AgendaItem> {
        let mut items = self.look_all::<AgendaItem>(&[AgendaItem::PREFIX]);
        items.retain(|item| item.meeting == meeting);
        items
    }

    fn agenda_item(&self, concern: u64) -> Option<AgendaItem> {
        self.look(&record::agenda_item(concern))
    }

    fn floor(&self, meeting: u64) -> Vec<FloorEntry> {
        self.look_all(&record::beginning::<FloorEntry>(&[meeting]))
    }

    fn floor_by(&self, person: u64) -> Vec<FloorEntry> {
        let mut all = self.look_all::<FloorEntry>(&[FloorEntry::PREFIX]);
        all.retain(|entry| entry.by == Some(person));
        all
    }

    fn shown(&self, chat: ChatId) -> Option<MessageId> {
        let shown = self.look(&record::shown(&self.store.sealer, chat))?;
        Some(shown.message)
    }

    fn promise(&self, id: u64) -> Option<Promise> {
        self.look(&record::promise(id))
    }

    fn promises(&self) -> Vec<Promise> {
        self.look_all(&[Promise::PREFIX])
    }

    fn report(&self, promise: u64, person: u64) -> Option<Report> {
        self.look(&record::report_by(promise, person))
    }

    fn reports(&self, promise: u64) -> Vec<Report> {
        self.look_all(&record::beginning::<Report>(&[promise]))
    }

    fn reports_of(&self, organisation: u64) -> Vec<Report> {
        let mut all = self.look_all::<Report>(&[Report::PREFIX]);
        all.retain(|report| report.organisation == organisation);
        all
    }

    fn reports_by(&self, person: u64) -> Vec<Report> {
        let mut all = self.look_all::<Report>(&[Report::PREFIX]);
        all.retain(|report| report.person == person);
        all
    }

    fn voice(&self, promise: u64, person: u64) -> Option<Voice> {
        self.look(&record::voice_of(promise, person))
    }

    fn voices(&self, promise: u64) -> Vec<Voice> {
        self.look_all(&record::beginning::<Voice>(&[promise]))
    }

    fn has_other_owner(&self, person: u64) -> bool {
        let all = self.look_all::<Person>(&[Person::PREFIX]);
        all.iter()
            .any(|other| other.number != person && other.role == Some(Role::Owner))
    }

    fn invitation(&self, id: u64) -> Option<Invitation> {
        self.look(&record::invitation(id))
    }

    fn invitations(&self) -> Vec<Invitation> {
        self.look_all(&[Invitation::PREFIX])
    }

    fn invitation_of(&self, code: &str) -> Option<Invitation> {
        let CodeOf(id) = self.look(&record::code_of(self.store.code_hash(code)))?;
        self.invitation(id)
    }

    fn owner_code(&self) -> Option<String> {
        self.meta
            .owner_link
            .map(|counter| self.store.owner_code(counter))
    }

    fn username(&self) -> Option<String> {
        self.meta.username.clone()
    }

    fn reminders(&self, meeting: u64) -> Vec<Reminded> {
        self.look_all(&record::beginning::<Reminded>(&[meeting]))
    }

    fn reminder(&self, meeting: u64, id: u64) -> Option<Reminded> {
        self.look(&record::reminded(meeting, id))
    }

    fn raised(&self) -> BTreeSet<u64> {
        let changed = self.changed_glances();
        let ids = changed.keys().copied().collect();
        let mut raised = self.index(|index| index.raised(&ids));
        let counting = changed
            .values()
            .filter(|glance| glance.status != Status::Withdrawn);
        raised.extend(counting.map(|glance| glance.organisation));
        raised
    }

    fn has_raised(&self, organisation: u64) -> bool {
        let changed = self.changed_glances();
        let ids = changed.keys().copied().collect();
        let mut counting = changed
            .values()
            .filter(|glance| glance.status != Status::Withdrawn);
        counting.any(|glance| glance.organisation == organisation)
            || self.index(|index| index.has_raised(organisation, &ids))
    }

    fn told_news_at(&self) -> Option<Timestamp> {
        self.pending.told_news_at.or(self.meta.told_news_at)
    }

    fn news(&self) -> Option<(Timestamp, Timestamp)> {
        let after = self.told_news_at();
        let changed = self.changed_glances();
        let ids = changed.keys().copied().collect();
        let stored = self.index(|index| index.news(after, &ids));
        let stored = stored.into_iter().flat_map(|(first, last)| [first, last]);
        let news = changed.values().filter(|glance| glance.is_news());
        let news = news.map(|glance| glance.came_at);
        let news = news.filter(|came_at| after.is_none_or(|after| after < *came_at));
        let news: BTreeSet<Timestamp> = news.chain(stored).collect();
        Some((*news.first()?, *news.last()?))
    }

    fn announcement(&self, id: u64) -> Option<Announcement> {
        self.look(&record::announcement(id))
    }

    fn announcements_by(&self, person: u64) -> Vec<Announcement> {
        let mut all = self.look_all::<Announcement>(&[Announcement::PREFIX]);
        all.retain(|announcement| announcement.by == person);
        all
    }

    fn announced(&self) -> u64 {
        self.keys(Announcement::PREFIX).len() as u64
    }

    fn group(&self) -> Option<Group> {
        self.pending.group.unwrap_or(self.meta.group)
    }

    fn card(&self, concern: u64) -> Option<Card> {
        self.look(&record::card(concern))
    }

    fn audit(&self) -> (Vec<audit::Entry>, audit::Head) {
        (self.look_all(&[audit::Entry::PREFIX]), self.meta.audit)
    }

    fn digest(&self, number: u32) -> Option<Frozen> {
        self.look(&record::frozen(number))
    }

    fn last_digest(&self, edition: Edition, filter: &Filter) -> Option<Frozen> {
        let last = self.store.last_digest(edition, filter);
        last.unwrap_or_else(|error| self.fail(error))
    }

    fn leaves(&self, digest: u32) -> Vec<Hash> {
        let parts = self.look_all::<Leaves>(&record::beginning::<Leaves>(&[digest.into()]));
        parts.into_iter().flat_map(|part| part.leaves).collect()
    }

    fn digests_with(&self, concern: u64) -> Vec<(Frozen, Opening)> {
        let openings = self.openings_of(concern).into_iter().rev();
        let known = openings.filter_map(|(number, opening)| Some((self.digest(number)?, opening)));
        known.collect()
    }

    fn archives(&self) -> Vec<Archive> {
        self.look_all(&[Archive::PREFIX])
    }

    fn records(&self) -> Records {
        let mut past: BTreeMap<u64, Vec<Past>> = BTreeMap::new();
        for (key, beside) in self.look_range(&[Past::PREFIX]) {
            let concern = record::first_id(&key).unwrap_or_default();
            past.entry(concern).or_default().push(beside);
        }
        let files = self.look_all::<Attachment>(&[Attachment::PREFIX]);
        let spoken = |file: Attachment| Some((file.id, file.approved_words()?.to_owned()));
        let organisations = World::organisations(self).into_iter();
        Records {
            concerns: self.look_all(&[Concern::PREFIX]),
            organisations: organisations.map(|known| (known.id, known)).collect(),
            joined: self.joined(),
            endorsements: self.look_all(&[Endorsement::PREFIX]),
            past,
            meeting: World::meeting(self),
            rsvps: self.look_all(&[Rsvp::PREFIX]),
            spoken: files.into_iter().filter_map(spoken).collect(),
            archives: World::archives(self),
            promises: World::promises(self),
            reports: self.look_all(&[Report::PREFIX]),
            voices: self.look_all(&[Voice::PREFIX]),
            ..Records::default()
        }
    }

    fn toll(&self, left: &[Outliving]) -> Toll {
        self.plan(left).toll
    }
}
