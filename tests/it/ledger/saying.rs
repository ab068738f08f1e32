//! What is said of a promise is its author's: nobody who merely speaks for the same organisation learns, reads, deletes or counts.

use samleng::dialogue::desk::PromiseDesk;
use samleng::dialogue::leaving::held;
use samleng::domain::promise::Piece;
use samleng::domain::{Sealed, Who};

use super::played::concern;
use super::*;

/// Somebody who typed the name of an organisation that was there.
const JOINED: u64 = 66;
/// A second person of it who raised a part of the same.
const COLLEAGUE: u64 = 67;
const COLLEAGUES: u64 = 102;

fn evening(played: &Played) -> Timestamp {
    local(&played.forum, DUE, 17)
}

fn photo(name: &str, caption: Option<&str>) -> Content {
    Content::File {
        file: Media::Photo(FileRef {
            id: name.to_owned(),
            size: Some(9_000),
            kept: None,
        }),
        caption: caption.map(str::to_owned),
    }
}

fn text(words: &str) -> Content {
    Content::Text(words.to_owned())
}

impl Played {
    fn joins(&mut self, number: u64, organisation: u64) {
        self.change(|stage| {
            stage.change(Change::Person(Box::new(Person {
                language: Some(english()),
                membership: Some(Membership {
                    organisation,
                    agreed_at: at("2027-01-02T00:00:00Z"),
                    invitation: None,
                }),
                screen: 3,
                state: State::Menu { kept: None },
                ..Person::new(number, chat(number))
            })));
        });
    }

    /// A colleague of those who raised it raised a part of it as well.
    fn with_a_colleague(&mut self) {
        self.joins(COLLEAGUE, RAISED);
        self.change(|stage| {
            let part = Concern {
                author: COLLEAGUE,
                ..concern(COLLEAGUES, RAISED, Status::Merged, Some(WHOLE))
            };
            stage.change(Change::Concern(Box::new(part)));
        });
    }

    fn says(&mut self, who: u64, id: i32, content: Content, now: Timestamp) -> Outcome {
        let id = MessageId(id);
        self.event(who, Event::Message { id, content }, now)
    }

    fn edits(&mut self, who: u64, id: i32, content: Content, now: Timestamp) -> Outcome {
        let id = MessageId(id);
        self.event(who, Event::Edited { id, content }, now)
    }

    fn says_done(&mut self, who: u64, id: u64, verdict: Verdict) {
        let now = evening(self);
        self.press(who, Press::Promise(id, verdict), now);
    }

    fn report_of(&self, who: u64) -> Option<Report> {
        self.reports().into_iter().find(|said| said.person == who)
    }

    fn said_in(&self, who: u64) -> String {
        let report = self.report_of(who).unwrap();
        let words: Vec<String> = report.words.into_iter().map(|piece| piece.text).collect();
        words.join(" | ")
    }

    fn photos_there(&self) -> Vec<u64> {
        let files: Vec<Attachment> = self.world.store.all().unwrap();
        let beside = files.iter().filter(|file| file.sent_as == SentAs::Photo);
        beside.map(|file| file.id).collect()
    }

    /// Everything that this outcome and their screen show somebody.
    fn reads(&self, who: u64, outcome: &Outcome, now: Timestamp) -> String {
        let person = self.world.person(chat(who)).unwrap();
        let screen = self.world.screen(&person, &self.forum, now);
        format!("{outcome:?} {screen:?}")
    }
}

#[test]
fn who_merely_joins_an_organisation_learns_and_changes_nothing_of_what_it_stands_behind() {
    for disclosure in [
        Disclosure::Named,
        Disclosure::Unnamed,
        Disclosure::OrganisersOnly,
    ] {
        let mut played = Played::new();
        played.change(|stage| {
            let whole = Concern {
                disclosure,
                ..concern(WHOLE, RAISED, Status::Agenda, None)
            };
            stage.change(Change::Concern(Box::new(whole)));
        });
        let id = played.promise(Some(DUE));
        for (number, organisation) in [(JOINED, RAISED), (JOINED + 2, SUPPORTS)] {
            played.joins(number, organisation);
        }
        let now = evening(&played);
        assert_eq!(played.keep(now), [RAISED, SUPPORTS, OF_PART].map(chat));
        played.says_done(RAISED, id, Verdict::NotDone);
        let words = played.says(RAISED, 70, text("PRIVATE"), now);
        played.says(RAISED, 71, photo("ours", Some("Qzcaption")), now);
        for joined in [JOINED, JOINED + 2] {
            assert!(words.notices.iter().all(|told| told.chat != chat(joined)));
            let before = played.reports();
            let mut seen = String::new();
            let menu = played.says(joined, 72, text("/menu"), now);
            seen += &played.reads(joined, &menu, now);
            let mine = played.on_screen(joined, Action::Mine, now);
            seen += &played.reads(joined, &mine, now);
            assert!(!played.offers(joined, now).contains(&Action::Promise(id)));
            for verdict in Verdict::ALL {
                let pressed = played.press(joined, Press::Promise(id, verdict), now);
                assert!(pressed.notices.is_empty());
                seen += &played.reads(joined, &pressed, now);
            }
            assert!(
                !seen.contains("PRIVATE") && !seen.contains("mended"),
                "{seen}"
            );
            assert_eq!(played.reports(), before);
        }
        assert_eq!(played.said_in(RAISED), "PRIVATE | Qzcaption");
    }
}

#[test]
fn colleagues_behind_the_same_keep_their_own_words_and_count_once() {
    let mut played = Played::new();
    played.with_a_colleague();
    let id = played.promise(Some(DUE));
    let now = evening(&played);
    played.says_done(RAISED, id, Verdict::Done);
    played.says(RAISED, 70, text("PRIVATE"), now);
    played.says(RAISED, 71, photo("ours", None), now);
    let own = played.report_of(RAISED).unwrap();
    let later = local(&played.forum, DUE, 18);
    let pressed = played.press(COLLEAGUE, Press::Promise(id, Verdict::NotDone), later);
    // They see what the organisation says, and nothing beside it.
    let seen = played.reads(COLLEAGUE, &pressed, later);
    assert!(!seen.contains("PRIVATE"), "{seen}");
    played.says(COLLEAGUE, 72, text("Qzother"), later);
    assert!(
        !played
            .offers(RAISED, later)
            .contains(&Action::Pick("done".to_owned()))
    );
    played.on_screen(COLLEAGUE, Action::Pick("alone".to_owned()), later);
    assert_eq!(played.report_of(RAISED), Some(own.clone()));
    assert_eq!(played.photos_there(), own.photos);
    // One voice, the latest.
    let reports = played.reports();
    let voices = heard(&reports, |_| true);
    assert_eq!(voices.len(), 1);
    let counts = played.known(id).counts(voices, &[]);
    assert_eq!((counts.done, counts.not_done), (0, 1));
    // Each is shown exactly their own.
    let stage = Stage::new(&played.world.store, later).unwrap();
    for who in [RAISED, COLLEAGUE] {
        let person = played.world.person(chat(who)).unwrap();
        let shown = held(person, &stage).reports;
        let shown: Vec<Report> = shown.into_iter().map(|held| held.said).collect();
        assert_eq!(shown, Vec::from_iter(played.report_of(who)));
    }
    drop(stage);
    // And with them it goes, at once and whole.
    played.says(RAISED, 73, text("/forget"), later);
    played.on_screen(RAISED, Action::Yes, later);
    assert!(played.reports().iter().all(|said| said.person == COLLEAGUE));
    assert!(played.photos_there().is_empty());
    assert!(!played.world.store.export().unwrap().contains("PRIVATE"));
}

#[test]
fn an_answer_stays_while_its_author_stands_behind_the_promise_by_another_part() {
    let mut played = Played::new();
    played.change(|stage| {
        let part = Concern {
            author: OF_PART,
            ..concern(COLLEAGUES, OF_PART, Status::Merged, Some(WHOLE))
        };
        stage.change(Change::Concern(Box::new(part)));
    });
    let id = played.promise(Some(DUE));
    let now = evening(&played);
    played.says_done(OF_PART, id, Verdict::NotDone);
    played.says(OF_PART, 70, text("Ours"), now);
    for (part, left) in [(PART, true), (COLLEAGUES, false)] {
        played.press(OF_PART, Press::Concern(part), now);
        played.on_screen(OF_PART, Action::Withdraw, now);
        played.on_screen(OF_PART, Action::Yes, now);
        assert_eq!(played.report_of(OF_PART).is_some(), left, "{part}");
    }
    // What others said of it stays with them.
    played.says_done(SUPPORTS, id, Verdict::Done);
    played.press(RAISED, Press::Concern(WHOLE), now);
    played.on_screen(RAISED, Action::Withdraw, now);
    played.on_screen(RAISED, Action::Yes, now);
    assert_eq!(played.known(id).concern, None);
    assert!(played.report_of(SUPPORTS).is_some());
}

#[test]
fn only_organisations_that_are_approved_and_not_suspended_count() {
    let mut played = Played::new();
    let id = played.promise(Some(DUE));
    for (who, verdict) in [
        (RAISED, Verdict::NotDone),
        (SUPPORTS, Verdict::Done),
        (OF_PART, Verdict::Done),
    ] {
        played.says_done(who, id, verdict);
    }
    let now = evening(&played);
    let standing = |played: &Played| {
        let stage = Stage::new(&played.world.store, now).unwrap();
        let records = stage.records();
        let filter = samleng::digest::Filter::default();
        let config = &played.forum.config;
        let made = samleng::digest::make::<samleng::digest::readers::Organisers>(
            &records, &filter, config, now,
        );
        let kept = &made.scores[0].promises[0];
        let counts = kept.places.values();
        let counts = counts.fold(Counts::default(), |sum, counts| sum.plus(*counts));
        (kept.standing, counts.total())
    };
    assert_eq!(standing(&played), (Standing::Kept, 3));
    let set = |played: &mut Played, id, verified, suspended| {
        played.change(|stage| {
            let known = stage.organisation(id).unwrap();
            stage.change(Change::Organisation(Organisation {
                verified,
                suspended,
                ..known
            }));
        });
    };
    set(&mut played, SUPPORTS, false, false);
    assert_eq!(standing(&played), (Standing::Partly, 2));
    set(&mut played, OF_PART, true, true);
    assert_eq!(standing(&played), (Standing::Broken, 1));
    // Organisers see the others apart, and so does what outlives the erasure not.
    let card = organiser_reads(&mut played, id, now);
    assert!(
        card.contains("Not counted, since not approved or suspended: done 2"),
        "{card}"
    );
    played.order(Order::Erase).unwrap();
    assert_eq!(played.known(id).counts([], &[]).total(), 1);
}

/// The card of a promise, as an organiser reads it.
fn organiser_reads(played: &mut Played, id: u64, now: Timestamp) -> String {
    let desk = samleng::dialogue::Desk::Promises(PromiseDesk::Promise {
        page: 0,
        id,
        seen: played.known(id).version,
    });
    let person = Person {
        role: Some(Role::Organiser),
        language: Some(english()),
        state: State::Visit {
            kept: None,
            visit: samleng::dialogue::Visit::Desk(desk),
        },
        screen: 5,
        ..Person::new(90, chat(90))
    };
    played.change(|stage| stage.change(Change::Person(Box::new(person.clone()))));
    let screen = played.world.screen(&person, &played.forum, now);
    screen.html.to_plain()
}

#[test]
fn words_and_photos_beside_an_answer_are_added_and_an_edit_changes_its_own() {
    let mut played = Played::new();
    let id = played.promise(Some(DUE));
    let before = local(&played.forum, DUE.yesterday().unwrap(), 17);
    let now = evening(&played);
    // Before its day nothing can be said, and by others never.
    played.press(RAISED, Press::Promise(id, Verdict::Done), before);
    for who in [STRANGERS, SUSPENDED] {
        let came = played.press(who, Press::Promise(id, Verdict::Done), now);
        assert!(came.notices.is_empty());
    }
    assert_eq!(played.reports(), []);
    played.says_done(RAISED, id, Verdict::Partly);
    played.says(RAISED, 70, text("Only the first kilometre"), now);
    played.says(RAISED, 71, text("and no bridge"), now);
    played.says(RAISED, 72, photo("first", Some("the end of it")), now);
    played.says(RAISED, 73, photo("second", None), now);
    assert_eq!(
        played.said_in(RAISED),
        "Only the first kilometre | and no bridge | the end of it"
    );
    let report = played.report_of(RAISED).unwrap();
    assert_eq!((report.photos.len(), report.place.as_str()), (2, "kep"));
    assert_eq!(report.photos, played.photos_there());
    played.edits(RAISED, 71, text("and a bridge"), now);
    played.says(RAISED, 74, text("/menu"), now);
    played.edits(RAISED, 72, photo("first", Some("its end")), now);
    assert_eq!(
        played.said_in(RAISED),
        "Only the first kilometre | and a bridge | its end"
    );
    // What does not fit is not added, and nothing of what was there goes.
    played.press(RAISED, Press::Promise(id, Verdict::Done), now);
    let report = played.report_of(RAISED).unwrap();
    assert_eq!((report.verdict, report.words.len()), (Verdict::Done, 3));
    played.says(RAISED, 75, text(&"x".repeat(990)), now);
    for n in 0..9 {
        played.says(RAISED, 80 + n, photo(&format!("more {n}"), None), now);
    }
    let report = played.report_of(RAISED).unwrap();
    assert_eq!((report.words.len(), report.photos.len()), (3, 5));
    // They can be taken off, and the answer stays.
    played.on_screen(RAISED, Action::Pick("alone".to_owned()), now);
    let report = played.report_of(RAISED).unwrap();
    assert_eq!(report.verdict, Verdict::Done);
    assert_eq!(
        (report.words, report.photos),
        (Vec::<Piece>::new(), Vec::new())
    );
    assert!(played.photos_there().is_empty());
}

#[test]
fn a_file_that_cannot_be_kept_is_told_in_the_words_of_the_promise_and_takes_no_room() {
    let mut played = Played::new();
    let id = played.promise(Some(DUE));
    let now = evening(&played);
    played.says_done(RAISED, id, Verdict::Partly);
    played.says(RAISED, 70, photo("broken", Some("Only half")), now);
    let photo_id = played.report_of(RAISED).unwrap().photos[0];
    let refuse = |played: &mut Played, file: u64| {
        let mut told = None;
        played.change(|stage| {
            let refused = Whereabouts::Refused;
            told = organising::fetched(file, &refused, &forum(), stage);
        });
        told.expect("somebody is told")
    };
    let told = refuse(&mut played, photo_id);
    assert_eq!(told.chat, chat(RAISED));
    let said = told.body.html.to_plain();
    assert!(
        said.contains("beside your answer about The road is mended"),
        "{said}"
    );
    let report = played.report_of(RAISED).unwrap();
    assert_eq!(
        (report.photos.len(), played.said_in(RAISED)),
        (0, "Only half".to_owned())
    );
    assert!(played.photos_there().is_empty());
    // What shows that it was promised, likewise, and whoever sent it is told.
    organiser_reads(&mut played, id, now);
    played.says(90, 71, photo("evidence", None), now);
    let evidence = played.known(id).evidence[0];
    let told = refuse(&mut played, evidence);
    assert_eq!(told.chat, chat(90));
    assert!(
        told.body
            .html
            .to_plain()
            .contains("was promised could not be kept")
    );
    assert_eq!(
        (played.known(id).evidence, played.photos_there()),
        (vec![], vec![])
    );
    // A wrong kind gets one word about it, the right one.
    let voice = |played: &mut Played, who| {
        let file = FileRef {
            id: "voice".to_owned(),
            size: Some(90),
            kept: None,
        };
        let content = Content::File {
            file: Media::Voice(file, 3),
            caption: None,
        };
        format!("{:?}", played.says(who, 72, content, now).effects)
    };
    organiser_reads(&mut played, id, now);
    let heard = voice(&mut played, 90);
    assert!(heard.contains("a photo or a document can show"), "{heard}");
    played.says_done(RAISED, id, Verdict::Partly);
    let heard = voice(&mut played, RAISED);
    assert!(
        heard.contains("beside this answer") && !heard.contains("cannot keep"),
        "{heard}"
    );
}

#[test]
fn what_organisers_heard_counts_until_an_organisation_answers() {
    let mut played = Played::new();
    let made = played.order(Order::Promise(OnPromise::Make(promised(None, Some(DUE)))));
    let tied_to_none = made.unwrap().made.unwrap();
    let tied = played.promise(Some(DUE));
    let hear = |played: &mut Played, id, heard, now| {
        let seen = played.known(id).version;
        let order = Order::Promise(OnPromise::Hear { id, seen, heard });
        played.world.order(order, &played.forum, moment(now))
    };
    let now = evening(&played);
    let early = local(&played.forum, DUE.yesterday().unwrap(), 17);
    assert!(hear(&mut played, tied, Some(Verdict::Done), early).is_err());
    for id in [tied_to_none, tied] {
        let card = organiser_reads(&mut played, id, now);
        assert!(card.contains("nobody has said"), "{card}");
        played.on_screen(90, Action::Pick("not-done".to_owned()), now);
        let card = organiser_reads(&mut played, id, now);
        assert!(card.contains("not kept") && card.contains("The organisers heard: not done"));
    }
    let (log, _) = Stage::new(&played.world.store, now).unwrap().audit();
    let noted = log.iter().filter(|entry| {
        let heard = samleng::domain::Deed::PromiseHeard;
        entry.who == Who::Person(90) && [heard(tied), heard(tied_to_none)].contains(&entry.deed)
    });
    assert_eq!(noted.count(), 2);
    // One that counts answers: what was heard is no longer asked for, nor counted.
    played.says_done(RAISED, tied, Verdict::Done);
    let promise = played.known(tied);
    let reports = played.reports();
    assert_eq!(
        promise.standing(promise.counts(heard(&reports, |_| true), &[]), DUE),
        Standing::Kept
    );
    organiser_reads(&mut played, tied, now);
    assert!(
        !played
            .offers(90, now)
            .contains(&Action::Pick("done".to_owned()))
    );
    hear(&mut played, tied, None, now).unwrap();
    assert_eq!(played.known(tied).heard, None);
}

#[test]
fn photos_that_are_kept_go_with_the_answer_that_they_stand_beside() {
    let mut played = Played::new();
    played.with_a_colleague();
    let id = played.promise(Some(DUE));
    let now = evening(&played);
    for (who, message) in [(RAISED, 70), (COLLEAGUE, 71)] {
        played.says_done(who, id, Verdict::Partly);
        played.says(who, message, photo("here", None), now);
    }
    let own = played.report_of(RAISED).unwrap().photos[0];
    let sealed = Sealed {
        name: "0badc0de".to_owned(),
        key: vec![7; 32],
        kind: "jpeg".to_owned(),
        size: 9,
    };
    played.change(|stage| {
        organising::fetched(own, &Whereabouts::Here(sealed), &forum(), stage);
    });
    let other = played.report_of(COLLEAGUE).unwrap().photos;
    played.on_screen(RAISED, Action::Pick("alone".to_owned()), now);
    assert_eq!(played.photos_there(), other);
}
