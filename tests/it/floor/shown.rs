//! What stands on an organiser's floor screen, and what does not.

use samleng::dialogue::{Change, World as _};
use samleng::domain::{Concern, Disclosure, Status};

use super::at;
use super::hall::{CHATS, CONCERNS, Hall, concern};

/// The first concern becomes this.
fn becomes(hall: &mut Hall, change: impl FnOnce(Concern) -> Concern) {
    let changed = change(concern(CONCERNS[0]));
    hall.world.change(&hall.forum, at(1), |stage| {
        stage.change(Change::Concern(Box::new(changed)));
        Vec::new()
    });
}

#[test]
fn what_only_organisers_may_read_is_not_spoken_of() {
    let mut hall = Hall::new();
    let next = hall.tap(0, "Next");
    becomes(&mut hall, |concern| Concern {
        disclosure: Disclosure::OrganisersOnly,
        ..concern
    });
    // A button from before opens nothing.
    hall.press(0, &next);
    assert!(!hall.reads(0).contains("Concern 101"), "{}", hall.reads(0));
    assert!(hall.log().is_empty());
    let next = hall.tap(0, "Next");
    hall.press(0, &next);
    assert!(hall.reads(0).contains("Concern 102"), "{}", hall.reads(0));
}

#[test]
fn whoever_looks_hears_that_what_is_spoken_of_was_withdrawn() {
    let mut hall = Hall::new();
    let next = hall.tap(0, "Next");
    hall.press(0, &next);
    hall.world.late.clear();
    becomes(&mut hall, |concern| Concern {
        status: Status::Withdrawn,
        ..concern
    });
    let told: Vec<_> = hall.world.late.iter().map(|row| row.chat).collect();
    // In whichever order.
    assert_eq!(told.len(), CHATS.len());
    assert!(CHATS.iter().all(|chat| told.contains(chat)));
    assert!(!hall.reads(1).contains("Concern 101"), "{}", hall.reads(1));
}

#[test]
fn a_step_back_keeps_what_was_promised_and_whoever_leaves_reads_it() {
    let mut hall = Hall::new();
    let next = hall.tap(0, "Next");
    hall.press(0, &next);
    let promised = hall.tap(0, "Promised");
    hall.press(0, &promised);
    // Whoever writes it knows who will read it.
    assert!(hall.reads(0).contains("name nobody"), "{}", hall.reads(0));
    hall.say(0, "The bridge is mended");
    hall.say(0, "The road office");
    let back = hall.tap(0, "Back");
    hall.press(0, &back);
    assert!(
        hall.reads(0).contains("The bridge is mended"),
        "{}",
        hall.reads(0)
    );
    hall.say(0, "/menu");
    assert!(hall.said.contains("The bridge is mended"), "{}", hall.said);
    assert!(hall.log().iter().all(|entry| entry.place == 0));
}

#[test]
fn what_was_promised_stands_on_the_screen() {
    let mut hall = Hall::new();
    let next = hall.tap(0, "Next");
    hall.press(0, &next);
    let promised = hall.tap(0, "Promised");
    hall.press(0, &promised);
    hall.say(0, "The bridge is mended");
    for _ in 0..2 {
        let skip = hall.tap(0, "Skip");
        hall.press(0, &skip);
    }
    assert!(
        hall.reads(1).contains("The bridge is mended"),
        "{}",
        hall.reads(1)
    );
}
