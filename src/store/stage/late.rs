//! What keeps up with what is committed, and is made when its turn comes: the cards in the organisers' group, the report of
//! an announcement, what those see who log a meeting together.

use std::collections::BTreeMap;

use super::{ROWS, Stage, left_out, write};
use crate::dialogue::{Effect, Late, Person, World as _, desk};
use crate::domain::announcement::Fate;
use crate::domain::reminder::Ending;
use crate::domain::{Act, Announcement, Card, ChatId, Concern, MessageId, Status, access};
use crate::store::outbox::{Lane, RowId};
use crate::store::record;
use crate::store::vault::StoreError;

impl Stage<'_> {
    /// Has the cards of what was changed brought in line, if there is a group in which they stand. Returns how many rows
    /// that sends.
    pub(super) fn stage_cards(&mut self) -> Result<usize, StoreError> {
        let mut effects: BTreeMap<ChatId, Vec<Effect>> = BTreeMap::new();
        let mut count = 0;
        for id in std::mem::take(&mut self.cards) {
            count += left_out(self.stage_card(id, &mut effects))?;
        }
        for (chat, effects) in effects {
            for some in effects.chunks(ROWS) {
                self.send(chat, 0, false, Lane::Interactive, some.to_vec())?;
            }
        }
        Ok(count)
    }

    /// Adds what shows this concern anew; how much that is.
    fn stage_card(
        &self,
        id: u64,
        effects: &mut BTreeMap<ChatId, Vec<Effect>>,
    ) -> Result<usize, StoreError> {
        let bound = self.meta.group.map(|group| group.chat);
        let card: Option<Card> = self.get(&record::card(id))?;
        let stood = card.map(|card| card.everywhere()).unwrap_or_default();
        // In groups that are the organisers' no more a card is left alone, unless nothing of its concern may be left.
        let concern: Option<Concern> = self.get(&record::concern(id))?;
        let is_gone = concern.is_none_or(|concern| concern.status == Status::Withdrawn);
        let elsewhere = stood.iter().map(|(chat, _)| *chat);
        let elsewhere = elsewhere.filter(|chat| is_gone && Some(*chat) != bound);
        let mut count = 0;
        for chat in elsewhere.chain(bound) {
            let stands = stood.iter().any(|(place, _)| *place == chat);
            let card = Late::Card {
                concern: id,
                stands,
            };
            effects.entry(chat).or_default().push(Effect::Late(card));
            count += 1;
        }
        Ok(count)
    }

    /// Where a concern's card stands now. That of an erased concern says nothing any more, so nothing is kept of it.
    ///
    /// # Errors
    /// As [`Store::get`](crate::store::Store::get).
    pub fn placed_card(
        &mut self,
        concern: u64,
        chat: ChatId,
        message: MessageId,
    ) -> Result<(), StoreError> {
        if self.is_erased(concern)? {
            return self.blanked_card(concern, chat);
        }
        self.keep_card(concern, chat, message)
    }

    /// A card was on its way while the outbox was emptied. If its concern was erased with it, the card still says what was
    /// said, and is to be blanked.
    ///
    /// # Errors
    /// As [`Store::get`](crate::store::Store::get).
    pub fn stray_card(
        &mut self,
        concern: u64,
        chat: ChatId,
        message: MessageId,
    ) -> Result<(), StoreError> {
        self.keep_card(concern, chat, message)?;
        if self.is_erased(concern)? {
            self.cards.insert(concern);
            self.stage_cards()?;
        }
        Ok(())
    }

    fn keep_card(
        &mut self,
        concern: u64,
        chat: ChatId,
        message: MessageId,
    ) -> Result<(), StoreError> {
        let mut writes = Vec::new();
        let key = record::card(concern);
        let known: Option<Card> = self.get(&key)?;
        let card = match known {
            Some(known) => known.placed(chat, message),
            None => Card {
                concern,
                chat,
                message,
                elsewhere: Vec::new(),
            },
        };
        write(&mut writes, &key, &card)?;
        self.writes.extend(writes);
        Ok(())
    }

    /// A concern's card is not there any more, in this chat. Where another is the organisers' group by now, it belongs there.
    ///
    /// # Errors
    /// As [`Store::get`](crate::store::Store::get).
    pub fn no_card(&mut self, concern: u64, chat: ChatId) -> Result<(), StoreError> {
        if self.is_erased(concern)? {
            return self.blanked_card(concern, chat);
        }
        let card = record::card(concern);
        if self.get(&card)?.is_some_and(|known| known.chat == chat) {
            self.writes.insert(card.bytes, None);
        }
        if self.meta.group.is_some_and(|group| group.chat != chat) {
            self.cards.insert(concern);
            self.stage_cards()?;
        }
        Ok(())
    }

    fn is_erased(&self, concern: u64) -> Result<bool, StoreError> {
        let known: Option<Concern> = self.get(&record::concern(concern))?;
        Ok(known.is_none())
    }

    /// Nothing is left in this chat of an erased concern.
    fn blanked_card(&mut self, concern: u64, chat: ChatId) -> Result<(), StoreError> {
        let key = record::card(concern);
        let Some(known) = self.get(&key)? else {
            return Ok(());
        };
        let mut writes = Vec::new();
        match known.without(chat) {
            Some(elsewhere) => write(&mut writes, &key, &elsewhere)?,
            None => writes.push((key.bytes, None)),
        }
        self.writes.extend(writes);
        Ok(())
    }

    /// One message of an announcement has left the outbox. Its author is told how far it is, now and then.
    ///
    /// # Errors
    /// As [`Store::get`](crate::store::Store::get).
    pub fn count(&mut self, announcement: u64, fate: Fate) -> Result<(), StoreError> {
        self.change_announcement(announcement, |known| known.count(fate))
    }

    /// The report of an announcement was sent: in which message, and how many it told as done.
    ///
    /// # Errors
    /// As [`Store::get`](crate::store::Store::get).
    pub fn reported(
        &mut self,
        announcement: u64,
        message: Option<MessageId>,
        told: u64,
    ) -> Result<(), StoreError> {
        self.change_announcement(announcement, |known| {
            known.report = message.or(known.report);
            known.reported = known.reported.max(told);
            known.report_waits = false;
        })
    }

    fn change_announcement(
        &mut self,
        id: u64,
        change: impl Fn(&mut Announcement),
    ) -> Result<(), StoreError> {
        let key = record::announcement(id);
        let Some(mut announcement) = self.get(&key)? else {
            return Ok(());
        };
        change(&mut announcement);
        let mut writes = Vec::new();
        write(&mut writes, &key, &announcement)?;
        self.writes.extend(writes);
        self.stage_report(announcement).map(drop)
    }

    /// One person's reminder has left the outbox.
    ///
    /// # Errors
    /// As [`Store::get`](crate::store::Store::get).
    pub fn reminded(&mut self, meeting: u64, id: u64, ending: Ending) -> Result<(), StoreError> {
        let key = record::reminded(meeting, id);
        let Some(mut reminded) = self.get(&key)? else {
            return Ok(());
        };
        reminded.count(ending, self.now);
        // That the owners were warned, or cannot be, decides when something is erased.
        self.aftermath.calendar |= reminded.tally.sent == 1 || reminded.is_over();
        let mut writes = Vec::new();
        write(&mut writes, &key, &reminded)?;
        self.writes.extend(writes);
        Ok(())
    }

    /// What is in this row cannot be sent. Of a report that stood there comes a new one; where none can be sent the next one is
    /// tried when more is done. A reminder has reached nobody; the card of an erased concern is there no more.
    ///
    /// # Errors
    /// As [`Store::get`](crate::store::Store::get).
    pub fn row_lost(&mut self, row: RowId) -> Result<(), StoreError> {
        let row = self.row(row)?;
        let chat = row.as_ref().map_or(ChatId(0), |row| row.chat);
        let announcement = match row.map(|row| row.effect) {
            Some(Effect::Late(Late::Report { announcement, .. })) => announcement,
            Some(Effect::Late(Late::Reminder { meeting, id })) => {
                return self.reminded(meeting, id, Ending::Unreachable);
            }
            Some(Effect::Late(Late::Card { concern, .. })) if self.is_erased(concern)? => {
                return self.blanked_card(concern, chat);
            }
            Some(_) | None => return Ok(()),
        };
        self.change_announcement(announcement, |known| {
            let stood = known.report.take().is_some();
            known.reported = if stood { 0 } else { known.tally.done() };
            known.report_waits = false;
        })
    }

    /// Has those who look at the floor log see what somebody else has logged. Returns how many rows that sends.
    pub(super) fn stage_floor(&mut self) -> Result<usize, StoreError> {
        let Some(by) = self.floor.take() else {
            return Ok(0);
        };
        let everybody = self.everybody();
        self.checked()?;
        let mut count = 0;
        for person in everybody {
            let looks = desk::looks_at_the_floor(&person) && !person.unreachable;
            // One that waits already is made from all that is known then.
            let mut rows = self.rows.values();
            let waits =
                rows.any(|row| row.chat == person.chat && row.effect == Effect::Late(Late::Floor));
            if looks && !waits && by != Some(person.number) {
                let effects = vec![Effect::Late(Late::Floor)];
                self.send(
                    person.chat,
                    person.number,
                    false,
                    Lane::Interactive,
                    effects,
                )?;
                count += 1;
            }
        }
        Ok(count)
    }

    /// As much for those of which messages were taken back.
    pub(super) fn stage_reports(&mut self) -> Result<usize, StoreError> {
        let mut count = 0;
        for id in std::mem::take(&mut self.reports) {
            let announcement = self.get(&record::announcement(id));
            let staged = announcement
                .and_then(|known| known.map_or(Ok(0), |known| self.stage_report(known)));
            count += left_out(staged)?;
        }
        Ok(count)
    }

    /// Has the author of an announcement told how far it is, if it is time for that. Returns how many rows that sends.
    fn stage_report(&mut self, mut announcement: Announcement) -> Result<usize, StoreError> {
        if !announcement.wants_report() {
            return Ok(0);
        }
        let author = self.person(announcement.by);
        self.checked()?;
        // Whoever may not announce any more is not told, however much is done.
        let may = |author: &Person| access::allows(author.role, Act::Announce, None);
        let Some(author) = author.filter(may) else {
            return Ok(0);
        };
        announcement.report_waits = true;
        let id = announcement.id;
        let mut writes = Vec::new();
        write(&mut writes, &record::announcement(id), &announcement)?;
        self.writes.extend(writes);
        let report = Effect::Late(Late::Report {
            announcement: id,
            stands: announcement.report.is_some(),
        });
        let lane = Lane::Interactive;
        self.send(author.chat, author.number, false, lane, vec![report])?;
        Ok(1)
    }
}
