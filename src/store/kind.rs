//! The kinds of records, in one list. Whatever is done with every kind goes by it: a backup that is checked, a store that is
//! sealed anew, the fuzzing, and the tests that no kind may escape.
//!
//! Guarantees: no two kinds begin their keys with the same byte; that does not build.
//!
//! A kind whose keys hold a hash of the store's own, or to which something points, needs a line in `reseal` besides.

use super::erasures::Gone;
use super::outbox::Row;
use super::record::{
    Aside, ChatOf, CodeOf, FileOf, Leaves, MemberOf, Meta, Numbered, Openings, OrganisationName,
    PartOf, ReceiptOf, Record, Shown, WrittenBy,
};
use crate::dialogue::Person;
use crate::digest::frozen::Frozen;
use crate::domain::{
    AgendaItem, AgendaPlan, Announcement, Archive, Attachment, Card, Concern, Endorsement,
    FloorEntry, Invitation, Meeting, Organisation, Past, Promise, Reminded, Report, Rsvp, Voice,
    audit,
};

/// What is done alike with a record of whichever kind.
pub trait Each {
    /// What comes of it.
    type Done;

    /// Does it with one of this kind.
    fn with<R: Record>(self) -> Self::Done;
}

macro_rules! kinds {
    ($($prefix:literal => $kind:ty, $version:literal;)*) => {
        $(impl Record for $kind {
            const PREFIX: u8 = $prefix;
            const VERSION: u8 = $version;
        })*

        /// The first bytes of the keys of all kinds.
        pub const PREFIXES: &[u8] = &[$($prefix),*];

        /// Does it with one of the kind whose keys begin with this byte; nothing if there is no such kind.
        #[deny(unreachable_patterns)]
        pub fn with<E: Each>(prefix: u8, each: E) -> Option<E::Done> {
            match prefix {
                $($prefix => Some(each.with::<$kind>()),)*
                _ => None,
            }
        }
    };
}

// The first byte of its keys, and the version that is written now. `c` is taken: with it begins the key of the check value. A new
// kind goes to the end, since files for the fuzzing name a kind by its place.
kinds! {
    b'm' => Meta, 6;
    b'k' => Shown, 1;
    b'n' => OrganisationName, 1;
    b'r' => ReceiptOf, 1;
    b'a' => Aside, 1;
    b't' => Numbered, 1;
    b'w' => ChatOf, 1;
    b'j' => MemberOf, 1;
    b'b' => WrittenBy, 1;
    b'u' => PartOf, 1;
    b'd' => FileOf, 1;
    b'l' => CodeOf, 1;
    b'O' => Openings, 1;
    b'L' => Leaves, 1;
    b'F' => Frozen, 2;
    b'p' => Person, 6;
    b'o' => Organisation, 2;
    b'g' => Meeting, 2;
    b'v' => Rsvp, 1;
    b'e' => Endorsement, 1;
    b'z' => Past, 2;
    b'f' => Attachment, 2;
    b'i' => Invitation, 2;
    b'h' => Announcement, 1;
    b'E' => Archive, 2;
    b'G' => Gone, 2;
    b'x' => Card, 1;
    b'R' => Reminded, 1;
    b'y' => audit::Entry, 1;
    b's' => Concern, 6;
    b'q' => Row, 4;
    b'A' => AgendaPlan, 2;
    b'I' => AgendaItem, 2;
    b'T' => FloorEntry, 1;
    b'P' => Promise, 2;
    b'H' => Report, 2;
    b'V' => Voice, 1;
}
