//! What the bot remembers of a person and waits for from them.
//!
//! One variant of [`State`] for each wait, holding exactly what that wait needs. The names of variants and
//! fields stand in stored records: a rename needs `#[serde(alias)]` and a look at tests/data/records.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use crate::domain::{Answers, ChatId, Language, MessageId, Role};

/// Somebody who talks to the bot in a private chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Counted; what log lines and concerns say instead of a Telegram id.
    pub number: u64,
    /// Where to write to.
    pub chat: ChatId,
    /// The language they chose.
    pub language: Option<Language>,
    /// The organisation they speak for.
    pub membership: Option<Membership>,
    /// What they may do beyond that.
    pub role: Option<Role>,
    /// What the owner who gave them the role calls them: no name of Telegram's.
    #[serde(default)]
    pub called: Option<String>,
    /// Whether Telegram said that they cannot be written to.
    pub unreachable: bool,
    /// The number of the newest screen with buttons. Buttons carry it, so old ones are recognised.
    pub screen: u32,
    /// The message that was pressed last and rewritten, while nothing newer was said: there a second tap comes.
    pub shown_in: Option<MessageId>,
    /// Whether they want no reminders.
    #[serde(default)]
    pub muted: bool,
    /// What they are asked at the moment.
    pub state: State,
    /// The invitation whose link they opened and by which they have not joined yet.
    #[serde(default)]
    pub invitation: Option<u64>,
    /// Links that were not valid.
    #[serde(default)]
    pub wrong_links: WrongLinks,
    /// Whether they were told that the bot was away, and have not acted since.
    #[serde(default)]
    pub told_away: bool,
    /// The promises about which they agreed to be asked after everything about people is erased, and until when they agreed to be kept for
    /// each.
    #[serde(default)]
    pub follows: BTreeMap<u64, Timestamp>,
}

/// How often somebody opened a link that is not valid, and until when no further one is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongLinks {
    /// How often in a row.
    pub count: u32,
    /// Until when the next is not looked at.
    pub closed_until: Option<Timestamp>,
}

/// Speaking for an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The organisation's id.
    pub organisation: u64,
    /// When they agreed to the privacy notice.
    pub agreed_at: Timestamp,
    /// The invitation by which they joined.
    #[serde(default)]
    pub invitation: Option<u64>,
}

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The choice of a language, and where to go on then.
    Language {
        /// What it interrupted; nothing at the very first.
        back: Option<Box<State>>,
    },
    /// Agreement to the privacy notice.
    Consent,
    /// The link of an invitation, without which nobody joins.
    Uninvited,
    /// Whether they speak for the organisation that the invitation names.
    Confirm {
        /// When the privacy notice was agreed to.
        agreed_at: Timestamp,
        /// The organisation.
        organisation: u64,
    },
    /// The name of the organisation, typed.
    Organisation {
        /// When the privacy notice was agreed to.
        agreed_at: Timestamp,
    },
    /// Which organisation of the registry was meant, or that it is none of them.
    Choosing {
        /// When the privacy notice was agreed to.
        agreed_at: Timestamp,
        /// The organisation's name as it was typed, cleaned.
        name: String,
        /// The message it came in.
        source: MessageId,
        /// The closest of the registry, best first.
        offered: Vec<u64>,
    },
    /// The organisation's province.
    Province {
        /// When the privacy notice was agreed to.
        agreed_at: Timestamp,
        /// The organisation's name, cleaned.
        name: String,
        /// The message it came in.
        source: MessageId,
        /// The organisation, if it is known already.
        #[serde(default)]
        organisation: Option<u64>,
    },
    /// Nothing; a draft may be kept for later.
    Menu {
        /// The draft.
        kept: Option<Draft>,
    },
    /// The answer to a question of the form.
    Form {
        /// Everything answered so far.
        draft: Draft,
        /// The question's id.
        at: String,
        /// Whether the review sent them here, and is where to return.
        from_review: bool,
    },
    /// The last look before submitting.
    Review {
        /// Everything answered.
        draft: Draft,
    },
    /// Whether to keep or delete the draft that is being left.
    Leaving {
        /// The draft.
        draft: Draft,
        /// The question they were at; none at the review.
        at: Option<String>,
    },
    /// Whether the kept draft may really be deleted.
    Deleting {
        /// The draft.
        draft: Draft,
    },
    /// Others said something close: whether to stand behind one of those, or to send this as well.
    Close {
        /// Everything answered.
        draft: Draft,
        /// What others said, closest first.
        close: Vec<u64>,
    },
    /// What one looks at from the menu; a draft may be kept for later meanwhile.
    Visit {
        /// The draft.
        kept: Option<Draft>,
        /// Where they are.
        visit: Visit,
    },
}

/// Where one can be besides the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visit {
    /// The list of one's own concerns.
    Mine {
        /// The page, from 0.
        page: u32,
    },
    /// One of one's own concerns.
    Concern {
        /// Which.
        id: u64,
    },
    /// The words of a note to one's concern.
    Noting {
        /// Which.
        id: u64,
    },
    /// The answer to the organisers' question about one's concern.
    Answering {
        /// Which.
        id: u64,
    },
    /// Whether one's concern may really be withdrawn.
    Withdrawing {
        /// Which.
        id: u64,
    },
    /// What is said in one's voice note, where the organisers did not write it down rightly.
    Correcting {
        /// The concern.
        id: u64,
        /// The voice note, by its attachment.
        attachment: u64,
    },
    /// What others said: by which topics one can look.
    Topics,
    /// What others said, by topic or by place.
    Shared {
        /// Only this topic.
        topic: Option<String>,
        /// Only this place.
        at: Option<String>,
        /// The page, from 0.
        page: u32,
    },
    /// By which places one can look.
    Places,
    /// One concern of others.
    Other {
        /// Which.
        id: u64,
        /// Where they came from.
        from: Box<Visit>,
    },
    /// What is known of the meeting.
    Meeting,
    /// Whether the organisation comes on a day, day after day, and then with how many.
    Rsvp {
        /// The meeting.
        meeting: u64,
        /// The days answered so far, and whether they could come.
        days: BTreeMap<Date, bool>,
    },
    /// A promise, and what their organisation says became of it; words and a photo are put beside that.
    Promise {
        /// Which.
        id: u64,
    },
    /// Whether they are reminded.
    Reminders,
    /// Whether everything about the person may really be erased.
    Forgetting,
    /// What somebody with a role does.
    Desk(Desk),
}

/// A concern in the making.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// When it was begun.
    pub begun_at: Timestamp,
    /// The answers so far.
    pub answers: Answers,
    /// The submitted concern that this is to replace, if it is no new one.
    #[serde(default)]
    pub revises: Option<u64>,
    /// The draft that was kept when this one was begun, and comes back after it.
    #[serde(default)]
    pub beneath: Option<Box<Draft>>,
}

impl Draft {
    /// Bytes that this takes in a record, with what is beneath it; rather too many than too few.
    pub fn bytes(&self) -> usize {
        serde_json::to_vec(self).map_or(usize::MAX, |bytes| bytes.len())
    }

    /// This and what is beneath it, without those that go.
    fn without(mut self, goes: &impl Fn(&Self) -> bool) -> Option<Self> {
        let beneath = self.beneath.take();
        let beneath = beneath.and_then(|beneath| beneath.without(goes));
        if goes(&self) {
            return beneath;
        }
        self.beneath = beneath.map(Box::new);
        Some(self)
    }
}

impl Person {
    /// Where they are, if that is at an organiser's desk.
    pub fn desk(&self) -> Option<&Desk> {
        match self.state.visit() {
            Some(Visit::Desk(desk)) => Some(desk),
            Some(
                Visit::Mine { .. }
                | Visit::Concern { .. }
                | Visit::Noting { .. }
                | Visit::Answering { .. }
                | Visit::Withdrawing { .. }
                | Visit::Correcting { .. }
                | Visit::Topics
                | Visit::Shared { .. }
                | Visit::Places
                | Visit::Other { .. }
                | Visit::Meeting
                | Visit::Rsvp { .. }
                | Visit::Promise { .. }
                | Visit::Reminders
                | Visit::Forgetting,
            )
            | None => None,
        }
    }

    /// Somebody who was not known before.
    pub fn new(number: u64, chat: ChatId) -> Self {
        Self {
            number,
            chat,
            language: None,
            membership: None,
            role: None,
            called: None,
            unreachable: false,
            screen: 0,
            shown_in: None,
            muted: false,
            state: State::Language { back: None },
            invitation: None,
            wrong_links: WrongLinks::default(),
            told_away: false,
            follows: BTreeMap::new(),
        }
    }

    /// Whether they speak for an organisation or have a role.
    pub fn has_joined(&self) -> bool {
        self.membership.is_some() || self.role.is_some()
    }

    /// What the commands in their chat's menu follow from: their language, for somebody with a role; nothing for anybody
    /// else, who sees what everybody does.
    pub fn organisers_menu(&self) -> Option<(Role, Option<Language>)> {
        self.role.map(|role| (role, self.language))
    }

    /// Whether they share a smaller budget with others whom nobody knows: they have not joined, nor opened a valid
    /// invitation, nor agreed to be asked about a promise.
    pub fn is_stranger(&self) -> bool {
        !self.has_joined() && self.invitation.is_none() && self.follows.is_empty()
    }
}

impl State {
    /// Where they are, if that is a visit.
    pub fn visit(&self) -> Option<&Visit> {
        if let Self::Visit { visit, .. } = self {
            Some(visit)
        } else {
            None
        }
    }

    /// Drops every draft that changes this concern, as [`State::drop_drafts`] does.
    pub fn drop_changes_of(&mut self, concern: u64) -> bool {
        self.drop_drafts(&|draft| draft.revises == Some(concern))
    }

    /// Drops every draft that goes; whoever was at one is at the menu then. Returns whether there was one.
    pub fn drop_drafts(&mut self, goes: &impl Fn(&Draft) -> bool) -> bool {
        if let Self::Language { back } = self {
            return back.as_mut().is_some_and(|back| back.drop_drafts(goes));
        }
        let Some(draft) = self.draft().cloned() else {
            return false;
        };
        let was_at_it = goes(&draft);
        let left = draft.clone().without(goes);
        if left.as_ref() == Some(&draft) {
            return false;
        }
        match (self, left) {
            (Self::Visit { kept, .. } | Self::Menu { kept }, left) => *kept = left,
            (state, Some(left)) if !was_at_it => {
                if let Some(draft) = state.draft_mut() {
                    *draft = left;
                }
            }
            (state, kept) => *state = Self::Menu { kept },
        }
        true
    }

    /// All drafts within: that which was begun last, and what is beneath it.
    pub fn drafts(&self) -> impl Iterator<Item = &Draft> {
        std::iter::successors(self.draft(), |draft| draft.beneath.as_deref())
    }

    /// The draft within, if there is one.
    pub fn draft(&self) -> Option<&Draft> {
        match self {
            Self::Form { draft, .. }
            | Self::Review { draft }
            | Self::Leaving { draft, .. }
            | Self::Deleting { draft }
            | Self::Close { draft, .. }
            | Self::Menu { kept: Some(draft) }
            | Self::Visit {
                kept: Some(draft), ..
            } => Some(draft),
            Self::Language { back } => back.as_ref().and_then(|back| back.draft()),
            Self::Menu { kept: None }
            | Self::Visit { kept: None, .. }
            | Self::Consent
            | Self::Uninvited
            | Self::Confirm { .. }
            | Self::Organisation { .. }
            | Self::Choosing { .. }
            | Self::Province { .. } => None,
        }
    }

    /// The same, to be changed.
    pub fn draft_mut(&mut self) -> Option<&mut Draft> {
        match self {
            Self::Form { draft, .. }
            | Self::Review { draft }
            | Self::Leaving { draft, .. }
            | Self::Deleting { draft }
            | Self::Close { draft, .. }
            | Self::Menu { kept: Some(draft) }
            | Self::Visit {
                kept: Some(draft), ..
            } => Some(draft),
            Self::Language { back } => back.as_mut().and_then(|back| back.draft_mut()),
            Self::Menu { kept: None }
            | Self::Visit { kept: None, .. }
            | Self::Consent
            | Self::Uninvited
            | Self::Confirm { .. }
            | Self::Organisation { .. }
            | Self::Choosing { .. }
            | Self::Province { .. } => None,
        }
    }
}
