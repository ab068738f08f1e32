//! What release 4 added: whether somebody was told that the bot was away.

use super::*;

#[test]
fn a_person_as_of_release_4() {
    let told = Person {
        language: Some(khmer()),
        screen: 7,
        state: State::Review { draft: draft() },
        told_away: true,
        ..Person::new(12, ChatId(5_000_000_001))
    };
    check(4, "person-told-away", &told);
}
