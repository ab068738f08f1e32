//! What people and organisers do.

use super::*;

impl Life {
    pub(in super::super) fn acts(&mut self, who: usize, act: Act) {
        let forged = {
            let other = self.luck.below(self.souls.len() as u64) as usize;
            match self.luck.below(4) {
                0 => Some("card:1.new.0:approve".to_owned()),
                1 => Some("digest:organisers.messages".to_owned()),
                _ => self.souls[other].press_data(&mut self.luck),
            }
        };
        let at = self.wire.now_ms();
        let Self {
            souls, local, luck, ..
        } = self;
        let Some(soul) = souls.get_mut(who) else {
            return;
        };
        match act {
            Act::Go => soul.goes_on(local, luck, at),
            Act::Wander => soul.wanders(local, luck, at),
            Act::Old => soul.presses_something_old(local, luck, at),
            Act::Forge => {
                if let Some(data) = forged {
                    soul.forges(local, &data, at);
                }
            }
            Act::Write => soul.tells(local, luck, at),
            Act::Command => soul.commands(local, luck, at),
            Act::Edit => soul.edits(local, luck, at),
            Act::Again => soul.says_it_again(local, at),
            Act::Odd => soul.does_something_odd(local, luck, at),
            Act::Errand => soul.sets_out(local, luck, who < ORGANISERS, at),
            // Who prepares the meeting does not leave it.
            Act::Block if who >= ORGANISERS => soul.blocks(local),
            Act::Block => soul.goes_on(local, luck, at),
            Act::Group if who < ORGANISERS => soul.meets_the_group(local, luck),
            Act::Floor if who < ORGANISERS => soul.is_at_the_meeting(local, luck, at),
            Act::Group | Act::Floor => soul.goes_on(local, luck, at),
        }
    }

    /// Whoever is at something goes on with it for a while, once an answer may have come.
    pub(super) async fn goes_on(&mut self, who: usize, act: Act) {
        let times = match act {
            Act::Go => 2 + self.luck.below(10),
            Act::Errand | Act::Floor => 6,
            Act::Wander
            | Act::Old
            | Act::Forge
            | Act::Write
            | Act::Command
            | Act::Edit
            | Act::Again
            | Act::Odd
            | Act::Block
            | Act::Group => 0,
        };
        for _ in 0..times {
            let pause = Duration::from_millis(150 + self.luck.below(1_500));
            self.passes(pause).await;
            let at = self.wire.now_ms();
            let Self {
                souls, local, luck, ..
            } = self;
            if let Some(soul) = souls.get_mut(who) {
                // Somewhere in the form they think of a better word.
                if luck.one_in(12) {
                    soul.edits(local, luck, at);
                } else {
                    soul.goes_on(local, luck, at);
                }
            }
        }
    }

    /// A decision on the command line.
    pub(super) async fn decides(&mut self) {
        if self.luck.one_in(3) {
            return self.meets().await;
        }
        if self.luck.one_in(4) {
            // Only a person can announce something.
            let at = self.wire.now_ms();
            let Self {
                souls, local, luck, ..
            } = self;
            souls[1].announces(local, luck, at);
            return self.goes_on(1, Act::Errand).await;
        }
        let Ok(store) = self.machine.disk.look() else {
            return;
        };
        let concerns: Vec<Concern> = store.all().unwrap_or_default();
        let organisations: Vec<Organisation> = store.all().unwrap_or_default();
        drop(store);
        let promised = concerns
            .iter()
            .filter(|concern| concern.status == Status::Promised);
        let promised: Vec<u64> = promised.map(|concern| concern.id).collect();
        if let Some(&concern) = self.luck.of(&promised)
            && self.luck.one_in(2)
        {
            return self.is_promised(concern).await;
        }
        let order = match self.luck.below(4) {
            0 => self.luck.of(&organisations).map(|organisation| {
                let standing = [Standing::Approved, Standing::Suspended, Standing::Plain];
                Order::Standing(organisation.id, standing[organisation.id as usize % 3])
            }),
            _ => {
                let status = [
                    Status::Approved,
                    Status::Held,
                    Status::Agenda,
                    Status::Rejected,
                    Status::Merged,
                    Status::Approved,
                    Status::Agenda,
                    Status::Promised,
                    Status::NotReached,
                    Status::Answered,
                ][self.luck.below(10) as usize];
                let into = self.luck.of(&concerns).map(|concern| concern.receipt);
                self.luck.of(&concerns).map(|concern| {
                    Order::Concern(OnConcern {
                        receipt: concern.receipt,
                        status: Some(status),
                        into: into.filter(|_| status == Status::Merged),
                        reason: (status == Status::Rejected).then(|| "Not ours".to_owned()),
                        ask: None,
                    })
                })
            }
        };
        if let Some(order) = order {
            let _ = self.order(order).await;
        }
    }
}
