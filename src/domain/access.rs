//! Who may do what: the one table of roles, acts and where a concern stands.
//!
//! Guarantees: everything that is done beyond speaking for an organisation is an [`Act`], and [`allows`] is asked for each
//! one when it happens, however old the button is that led there.

use serde::{Deserialize, Serialize};

use super::{Role, Status};

/// Something that only some may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Have a digest or the figures.
    Digest,
    /// Read concerns, with who says them, and search them; hear and see their files.
    Read,
    /// Say that a concern is good.
    Approve,
    /// Keep a concern back.
    Hold,
    /// Refuse a concern.
    Reject,
    /// Make a concern part of another.
    Merge,
    /// Let a concern stand for itself again.
    Unmerge,
    /// Put a concern on the agenda.
    Agenda,
    /// Plan the agenda: times, what is in and out, settling it.
    Plan,
    /// Log what happens at the meeting: what is spoken of, for how long, and what comes of it.
    Floor,
    /// Write down what was promised, change it, take it back; read what became of it.
    Ledger,
    /// Ask the author of a concern something.
    Ask,
    /// Write down what is said in a voice note.
    WriteDown,
    /// Change what is known of the meeting.
    Meeting,
    /// Write to many people.
    Announce,
    /// Make and take back invitations.
    Invite,
    /// Approve, rename, merge, suspend organisations.
    Organisations,
    /// Name, change and remove people with a role.
    People,
    /// Say which group is the organisers'.
    Bind,
    /// Read the audit log.
    Audit,
    /// Everything else: what only the command line does.
    Machine,
}

impl Act {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::Digest,
        Self::Read,
        Self::Approve,
        Self::Hold,
        Self::Reject,
        Self::Merge,
        Self::Unmerge,
        Self::Agenda,
        Self::Plan,
        Self::Floor,
        Self::Ledger,
        Self::Ask,
        Self::WriteDown,
        Self::Meeting,
        Self::Announce,
        Self::Invite,
        Self::Organisations,
        Self::People,
        Self::Bind,
        Self::Audit,
        Self::Machine,
    ];

    /// Whether a role has this at all.
    pub fn is_for(self, role: Role) -> bool {
        match self {
            Self::Audit => true,
            Self::People | Self::Bind => role == Role::Owner,
            Self::Digest
            | Self::Read
            | Self::Approve
            | Self::Hold
            | Self::Reject
            | Self::Merge
            | Self::Unmerge
            | Self::Agenda
            | Self::Plan
            | Self::Floor
            | Self::Ledger
            | Self::Ask
            | Self::WriteDown
            | Self::Meeting
            | Self::Announce
            | Self::Invite
            | Self::Organisations => match role {
                Role::Owner | Role::Organiser => true,
                Role::Auditor => false,
            },
            Self::Machine => false,
        }
    }

    /// Whether it can be done with a concern that stands there. Acts that are about no concern can be done always.
    pub fn fits(self, status: Status) -> bool {
        let before = |but: &[Status]| status.is_before_the_meeting() && !but.contains(&status);
        match self {
            // An organisation that waits is to be approved first.
            Self::Approve => {
                status == Status::Rejected || before(&[Status::Waiting, Status::Approved])
            }
            // What waits is held already, and would no longer wait for its organisation.
            Self::Hold => before(&[Status::Waiting, Status::Held]),
            Self::Reject => before(&[]),
            // Its organisation would count with the others before it is approved.
            Self::Merge => before(&[Status::Waiting]),
            Self::Unmerge => status == Status::Merged,
            Self::Agenda => before(&[Status::Waiting, Status::Agenda]),
            Self::Plan => before(&[Status::Waiting, Status::Held]),
            Self::Floor => {
                status == Status::Agenda || (status.was_dealt_with() && status != Status::Done)
            }
            Self::Ledger => [Status::Promised, Status::Done].contains(&status),
            Self::Ask | Self::WriteDown => status != Status::Withdrawn,
            Self::Digest
            | Self::Read
            | Self::Meeting
            | Self::Announce
            | Self::Invite
            | Self::Organisations
            | Self::People
            | Self::Bind
            | Self::Audit
            | Self::Machine => true,
        }
    }
}

/// Whether somebody of this role, or of none, may do this, with a concern that stands there if it is about one.
pub fn allows(role: Option<Role>, act: Act, status: Option<Status>) -> bool {
    role.is_some_and(|role| act.is_for(role)) && status.is_none_or(|status| act.fits(status))
}
