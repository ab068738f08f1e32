//! How a meeting's time is divided before anything is on the agenda.

/// The time of a meeting. All in seconds, but for the percentages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// From beginning to end.
    pub total: u64,
    /// What each side may say before the first item.
    pub opening: Sides<u64>,
    /// Of what is left after the openings, how much is kept for each side to reply, in percent; a fraction of a second counts for
    /// the side that replies.
    pub reply: Sides<u64>,
    /// What an item gets for which nothing else was said.
    pub item: u64,
}

/// One of something for each side of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sides<T> {
    /// Those who raise concerns.
    pub organisations: T,
    /// Those who are to answer.
    pub authority: T,
}

/// What is made of a [`Plan`], in seconds. The parts and the items' time add up to the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Division {
    /// For the opening of each side.
    pub opening: Sides<u64>,
    /// For the replies of each side.
    pub reply: Sides<u64>,
    /// For items: the budget of the method.
    pub items: u64,
}

/// Why a plan cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The openings take so long that nothing is left.
    #[error("the openings leave no time")]
    Openings,
    /// The replies take all of it.
    #[error("the replies leave no time")]
    Replies,
    /// An item would get no time.
    #[error("an item needs at least a second")]
    Item,
}

impl Plan {
    /// Takes openings and replies off. Fails if nothing is left for items.
    pub fn divide(&self) -> Result<Division, PlanError> {
        if self.item == 0 {
            return Err(PlanError::Item);
        }
        let opening = self.opening;
        let opened = opening.organisations.checked_add(opening.authority);
        let left = opened.and_then(|opened| self.total.checked_sub(opened));
        let left = left.filter(|left| *left > 0).ok_or(PlanError::Openings)?;
        let part = |percent: u64| {
            let part = (u128::from(left) * u128::from(percent)).div_ceil(100);
            u64::try_from(part).map_err(|_| PlanError::Replies)
        };
        let reply = Sides {
            organisations: part(self.reply.organisations)?,
            authority: part(self.reply.authority)?,
        };
        let replies = reply.organisations.checked_add(reply.authority);
        let items = replies.and_then(|replies| left.checked_sub(replies));
        let items = items.filter(|items| *items > 0).ok_or(PlanError::Replies)?;
        Ok(Division {
            opening,
            reply,
            items,
        })
    }
}
