//! The buttons of the organisers' screens, and how button data says them.

use super::floor::FloorTap;
use crate::domain::{Act, Role};

/// What a button at a desk, or in the organisers' menu, does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tap {
    /// To the concerns.
    Concerns,
    /// To announcing.
    Announce,
    /// To inviting.
    Invite,
    /// To the organisations.
    Organisations,
    /// To those who have a role.
    People,
    /// To the audit log.
    Audit,
    /// To what is known of the meeting.
    EditMeeting,
    /// Have what comes by the clock.
    Calendar,
    /// Have the figures.
    Stats,
    /// To searching.
    Search,
    /// To a concern, from a button outside the screen.
    Look,
    /// The concern is good.
    Approve,
    /// It is kept back.
    Hold,
    /// It comes on the agenda.
    Agenda,
    /// It is refused; the reason is asked for.
    Reject,
    /// It becomes part of another; which is asked for.
    Merge,
    /// It stands for itself again.
    Unmerge,
    /// Its author is asked something; what is asked for.
    Ask,
    /// The organisation that raises it is approved.
    ApproveAuthor,
    /// Have a file of it sent, by its attachment.
    File(u64),
    /// Write down what is said in a voice note, by its attachment.
    Write(u64),
    /// To the next concern.
    Next,
    /// To the one before.
    Before,
    /// Send what is previewed.
    Send,
    /// The link is for any organisation.
    ForAny,
    /// For one; which is asked for.
    ForOne,
    /// For each of a list; which is asked for.
    ForList,
    /// For each of the registry that is not here.
    ForMissing,
    /// It is good for another number of people.
    Uses,
    /// It is good for another number of days.
    Days,
    /// Make it.
    Make,
    /// To the links that were made.
    Made,
    /// Take it back.
    Revoke,
    /// The organisation is approved.
    ApproveOrganisation,
    /// It is suspended.
    Suspend,
    /// It is neither.
    Plain,
    /// It has another name; which is asked for.
    Rename,
    /// It is another in truth; which is asked for.
    MergeOrganisation,
    /// Offer this role to somebody.
    Offer(Role),
    /// Somebody has this role instead.
    Give(Role),
    /// Somebody has no role any more.
    TakeRole,
    /// Save what is known of the meeting.
    Save,
    /// This is not known.
    Unknown,
    /// To the agenda.
    Plan,
    /// To how the meeting's time is divided.
    Times,
    /// How long an item takes; which is asked for.
    Minutes,
    /// It is in; why is asked for.
    PutIn,
    /// It is out; why is asked for.
    TakeOut,
    /// It is left to the method again.
    TakeBack,
    /// It is spoken of one place earlier; why is asked for the first time.
    Earlier,
    /// And one place later.
    Later,
    /// Where it stands in the order is left to the rule again.
    OrderBack,
    /// To what would be in with most votes first.
    Compare,
    /// The agenda is settled, once that is confirmed.
    Settle,
    /// Have the agenda as a message.
    AgendaText,
    /// Have it as a document.
    AgendaDocx,
    /// Have a card for each item, or for this one, as a message.
    Cards,
    /// Have the cards as a document.
    CardsDocx,
    /// To the floor log.
    Outcome,
    /// To all that can be spoken of.
    Items,
    /// How long a side has spoken is corrected; which side's is asked for.
    Correct,
    /// Something that happens at the meeting is logged.
    Floor(FloorTap),
    /// Have the agenda for printing.
    AgendaPdf,
    /// Have the agenda as a workbook.
    AgendaXlsx,
    /// Have it as a table.
    AgendaCsv,
    /// Have it as data.
    AgendaJson,
    /// Have the cards for printing.
    CardsPdf,
    /// To the promises.
    Promises,
    /// Write down another promise; what it is is asked for.
    AddPromise,
    /// Change a promise.
    ChangePromise,
    /// Take it back, once that is confirmed.
    TakePromiseBack,
    /// To what organisations say of it.
    Reports,
    /// That was not said.
    NotSaid,
    /// Save it.
    SavePromise,
}

impl Tap {
    /// Those without an argument.
    const PLAIN: [(&str, Self); 69] = [
        ("concerns", Self::Concerns),
        ("announce", Self::Announce),
        ("invite", Self::Invite),
        ("organisations", Self::Organisations),
        ("people", Self::People),
        ("audit", Self::Audit),
        ("edit-meeting", Self::EditMeeting),
        ("calendar", Self::Calendar),
        ("stats", Self::Stats),
        ("search", Self::Search),
        ("look", Self::Look),
        ("approve", Self::Approve),
        ("hold", Self::Hold),
        ("agenda", Self::Agenda),
        ("reject", Self::Reject),
        ("merge", Self::Merge),
        ("unmerge", Self::Unmerge),
        ("ask", Self::Ask),
        ("approve-author", Self::ApproveAuthor),
        ("next", Self::Next),
        ("before", Self::Before),
        ("send", Self::Send),
        ("for-any", Self::ForAny),
        ("for-one", Self::ForOne),
        ("for-list", Self::ForList),
        ("for-missing", Self::ForMissing),
        ("uses", Self::Uses),
        ("days", Self::Days),
        ("make", Self::Make),
        ("made", Self::Made),
        ("revoke", Self::Revoke),
        ("approve-organisation", Self::ApproveOrganisation),
        ("suspend", Self::Suspend),
        ("plain", Self::Plain),
        ("rename", Self::Rename),
        ("merge-organisation", Self::MergeOrganisation),
        ("save", Self::Save),
        ("unknown", Self::Unknown),
        ("take-role", Self::TakeRole),
        ("plan", Self::Plan),
        ("times", Self::Times),
        ("minutes", Self::Minutes),
        ("put-in", Self::PutIn),
        ("take-out", Self::TakeOut),
        ("take-back", Self::TakeBack),
        ("earlier", Self::Earlier),
        ("later", Self::Later),
        ("order-back", Self::OrderBack),
        ("compare", Self::Compare),
        ("settle", Self::Settle),
        ("agenda-text", Self::AgendaText),
        ("agenda-docx", Self::AgendaDocx),
        ("cards", Self::Cards),
        ("cards-docx", Self::CardsDocx),
        ("outcome", Self::Outcome),
        ("items", Self::Items),
        ("correct", Self::Correct),
        ("agenda-pdf", Self::AgendaPdf),
        ("agenda-xlsx", Self::AgendaXlsx),
        ("agenda-csv", Self::AgendaCsv),
        ("agenda-json", Self::AgendaJson),
        ("cards-pdf", Self::CardsPdf),
        ("promises", Self::Promises),
        ("add-promise", Self::AddPromise),
        ("change-promise", Self::ChangePromise),
        ("take-promise-back", Self::TakePromiseBack),
        ("reports", Self::Reports),
        ("not-said", Self::NotSaid),
        ("save-promise", Self::SavePromise),
    ];

    /// Every one, with one of each that has an argument: for whoever looks at them all.
    pub fn all() -> impl Iterator<Item = Self> {
        let others = [
            Self::File(1),
            Self::Write(1),
            Self::Offer(Role::Organiser),
            Self::Give(Role::Owner),
        ];
        let others = others
            .into_iter()
            .chain(FloorTap::all().take(1).map(Self::Floor));
        Self::PLAIN.into_iter().map(|(_, tap)| tap).chain(others)
    }

    /// Whether it stands on a concern's card.
    pub fn is_about_a_concern(self) -> bool {
        matches!(
            self,
            Self::Look
                | Self::Approve
                | Self::Hold
                | Self::Agenda
                | Self::Reject
                | Self::Merge
                | Self::Unmerge
                | Self::Ask
                | Self::ApproveAuthor
                | Self::File(_)
                | Self::Write(_)
                | Self::Next
                | Self::Before
        )
    }

    /// What it takes to do it.
    pub fn act(self) -> Act {
        match self {
            Self::Concerns
            | Self::Search
            | Self::Look
            | Self::File(_)
            | Self::Next
            | Self::Before => Act::Read,
            Self::Stats => Act::Digest,
            Self::Approve => Act::Approve,
            Self::Hold => Act::Hold,
            Self::Agenda => Act::Agenda,
            Self::Reject => Act::Reject,
            Self::Merge => Act::Merge,
            Self::Unmerge => Act::Unmerge,
            Self::Ask => Act::Ask,
            Self::Write(_) => Act::WriteDown,
            Self::Announce | Self::Send => Act::Announce,
            Self::Invite
            | Self::ForAny
            | Self::ForOne
            | Self::ForList
            | Self::ForMissing
            | Self::Uses
            | Self::Days
            | Self::Make
            | Self::Made
            | Self::Revoke => Act::Invite,
            Self::Organisations
            | Self::ApproveAuthor
            | Self::ApproveOrganisation
            | Self::Suspend
            | Self::Plain
            | Self::Rename
            | Self::MergeOrganisation => Act::Organisations,
            Self::People | Self::Offer(_) | Self::Give(_) | Self::TakeRole => Act::People,
            Self::Audit => Act::Audit,
            Self::EditMeeting | Self::Calendar | Self::Save | Self::Unknown => Act::Meeting,
            Self::Plan
            | Self::Times
            | Self::Minutes
            | Self::PutIn
            | Self::TakeOut
            | Self::TakeBack
            | Self::Earlier
            | Self::Later
            | Self::OrderBack
            | Self::Compare
            | Self::Settle
            | Self::AgendaText
            | Self::AgendaDocx
            | Self::Cards
            | Self::CardsDocx
            | Self::AgendaPdf
            | Self::AgendaXlsx
            | Self::AgendaCsv
            | Self::AgendaJson
            | Self::CardsPdf => Act::Plan,
            Self::Promises
            | Self::AddPromise
            | Self::ChangePromise
            | Self::TakePromiseBack
            | Self::Reports
            | Self::NotSaid
            | Self::SavePromise => Act::Ledger,
            Self::Outcome | Self::Items | Self::Correct | Self::Floor(_) => Act::Floor,
        }
    }

    /// As button data says it.
    pub fn write(self) -> String {
        if let Self::File(id) = self {
            return format!("file.{id}");
        }
        if let Self::Write(id) = self {
            return format!("write.{id}");
        }
        if let Self::Offer(role) = self {
            return format!("offer.{}", role.id());
        }
        if let Self::Give(role) = self {
            return format!("give.{}", role.id());
        }
        if let Self::Floor(tap) = self {
            return format!("floor.{}", tap.write());
        }
        let mut plain = Self::PLAIN.iter();
        let found = plain.find(|(_, tap)| *tap == self);
        found.map_or_else(String::new, |(name, _)| (*name).to_owned())
    }

    /// The one that is said so.
    pub fn read(text: &str) -> Option<Self> {
        let (verb, argument) = text.split_once('.').unwrap_or((text, ""));
        match verb {
            "file" => Some(Self::File(argument.parse().ok()?)),
            "write" => Some(Self::Write(argument.parse().ok()?)),
            "offer" => Some(Self::Offer(Role::from_id(argument)?)),
            "give" => Some(Self::Give(Role::from_id(argument)?)),
            "floor" => Some(Self::Floor(FloorTap::read(argument)?)),
            verb => {
                let mut all = Self::PLAIN.iter();
                all.find(|(name, _)| *name == verb).map(|(_, tap)| *tap)
            }
        }
    }
}
