//! What release 6 added: what no backup may bring back.

use samleng::store::erasures::Gone;

use super::*;

#[test]
fn what_was_erased() {
    for (name, what) in [
        ("concern", What::Concern),
        ("person", What::Person),
        ("role", What::Role),
        ("everything", What::Everything),
    ] {
        let gone = Gone {
            number: 12,
            at: instant(),
            what,
            hash: [0xab; 16],
        };
        check(6, &format!("gone-{name}"), &gone);
    }
}

#[test]
fn what_there_is_once_as_of_release_6() {
    let meta = Meta {
        layout: 1,
        next_erasure: 13,
        ..Meta::default()
    };
    check(6, "meta", &meta);
}
