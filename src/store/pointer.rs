//! Pointers: by what else than its own key a record is found.
//!
//! They follow from the records alone, so they can be made anew at any time: when a record changes, when the store gets
//! new keys, when an older store is opened.

use super::record::{
    self, ChatOf, FileOf, Key, MemberOf, Numbered, OrganisationName, PartOf, ReceiptOf, Record,
    WrittenBy,
};
use super::seal::Sealer;
use crate::dialogue::Person;
use crate::domain::{Attachment, Concern, Organisation, Whereabouts};
use crate::text::clean::fold;

/// A pointer as it is written: its key, and its version and bytes.
pub(super) type Pointer = (Vec<u8>, (u8, Vec<u8>));

/// The first bytes of the keys of all pointers.
pub(super) const PREFIXES: [u8; 8] = [
    OrganisationName::PREFIX,
    Numbered::PREFIX,
    ChatOf::PREFIX,
    MemberOf::PREFIX,
    ReceiptOf::PREFIX,
    WrittenBy::PREFIX,
    PartOf::PREFIX,
    FileOf::PREFIX,
];

/// A record that others point to.
pub(super) trait Pointed: Record {
    /// Its pointers.
    fn pointers(&self, sealer: &Sealer) -> Vec<Pointer>;
}

impl Pointed for Person {
    fn pointers(&self, _: &Sealer) -> Vec<Pointer> {
        let mut pointers = vec![pointer(record::chat_of(self.number), &ChatOf(self.chat))];
        if let Some(membership) = &self.membership {
            let key = record::member_of(membership.organisation, self.number);
            pointers.push(pointer(key, &MemberOf(self.chat)));
        }
        pointers
    }
}

impl Pointed for Organisation {
    fn pointers(&self, sealer: &Sealer) -> Vec<Pointer> {
        let name = |name: &str| {
            let key = record::organisation_name(sealer, &fold(name));
            pointer(key, &OrganisationName(self.id))
        };
        let number =
            |number: &String| pointer(record::numbered(sealer, number), &Numbered(self.id));
        self.name
            .all()
            .map(name)
            .chain(self.number.iter().map(number))
            .collect()
    }
}

impl Pointed for Concern {
    fn pointers(&self, sealer: &Sealer) -> Vec<Pointer> {
        let mut pointers = vec![pointer(
            record::receipt(sealer, self.receipt),
            &ReceiptOf(self.id),
        )];
        if self.author != 0 {
            let key = record::written_by(self.author, self.id);
            pointers.push(pointer(key, &WrittenBy(self.id)));
        }
        if let Some(whole) = self.into {
            pointers.push(pointer(record::part_of(whole, self.id), &PartOf(self.id)));
        }
        pointers
    }
}

impl Pointed for Attachment {
    fn pointers(&self, _: &Sealer) -> Vec<Pointer> {
        let size = match &self.whereabouts {
            Whereabouts::Telegram(file) => file.size.unwrap_or(0),
            Whereabouts::Here(sealed) => sealed.size,
            Whereabouts::Refused => 0,
        };
        let key = record::file_of(self.organisation, self.concern, self.id);
        vec![pointer(key, &FileOf { id: self.id, size })]
    }
}

fn pointer<R: Record>(key: Key<R>, value: &R) -> Pointer {
    let bytes = record::encode(value).unwrap_or_default(); // numbers can always be written
    (key.bytes, (R::VERSION, bytes))
}
