//! The erasure of everything about people after a meeting: what is counted, who may have it done and when, what people see of
//! it, and the command line.

use jiff::{SignedDuration, Timestamp};
use samleng::dialogue::desk::late::Made;
use samleng::dialogue::organising::erasure::preview;
use samleng::dialogue::organising::{self, By, Order, Refused};
use samleng::dialogue::{Action, Content, Event, Moment, Person, Press, State, Visit, World as _};
use samleng::digest::readers::Organisers;
use samleng::digest::{self, Edition, Filter};
use samleng::documents::stats;
use samleng::domain::{
    Archive, Card, ChatId, Concern, Day, Deed, Group, Localised, Meeting, MessageId, Organisation,
    Role, Rsvp, Status, Who,
};
use samleng::schedule::erased_at;
use samleng::store::Stage;
use samleng::store::folder::DataFolder;
use samleng::text::Forum;

use crate::audit::concern;
use crate::canaries::{files, find};
use crate::in_memory::{MemoryWorld, check_sendable, english, forum, khmer};
use crate::keeping::{pdfs, submit, until_kept};
use crate::support::{Said, Site};
use crate::whole_path::refused;

const OWNER: ChatId = ChatId(9_000_000_801);
const MEMBER: ChatId = ChatId(9_000_000_802);
const CANARY: &str = "CanaryKookaburraRetention";

fn at(day: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap() + SignedDuration::from_hours(24 * day)
}

fn moment(day: i64) -> Moment {
    Moment {
        now: at(day),
        random: 0x1234_5678_9ABC_DEF0_1234 + day as u128,
    }
}

fn meeting(date: &str, zone: Option<&str>) -> Meeting {
    Meeting {
        id: 5,
        title: Localised::same([english(), khmer()], "Third meeting"),
        days: vec![Day {
            date: date.parse().unwrap(),
            time: None,
        }],
        place: None,
        deadline: None,
        capacity: None,
        people_at_most: None,
        zone: zone.map(str::to_owned),
    }
}

/// Where clocks are changed at midnight a day begins later, and one day was left out altogether.
#[test]
fn a_meeting_ends_when_the_next_day_begins_in_its_zone() {
    let forum = forum();
    let home = &forum.config.settings.zone;
    for (date, zone, end) in [
        ("2027-01-17", None, "2027-01-17T17:00:00Z"),
        (
            "2027-01-17",
            Some("America/New_York"),
            "2027-01-18T05:00:00Z",
        ),
        // Its last day has 25 hours, and 23.
        (
            "2026-11-01",
            Some("America/New_York"),
            "2026-11-02T05:00:00Z",
        ),
        (
            "2026-03-08",
            Some("America/New_York"),
            "2026-03-09T04:00:00Z",
        ),
        // The next day begins at one o'clock.
        (
            "2018-11-03",
            Some("America/Sao_Paulo"),
            "2018-11-04T03:00:00Z",
        ),
        // The next day was left out.
        ("2011-12-29", Some("Pacific/Apia"), "2011-12-30T10:00:00Z"),
    ] {
        let known = meeting(date, zone);
        let end: Timestamp = end.parse().unwrap();
        assert_eq!(known.ends_at(home), Some(end), "{date} {zone:?}");
        let second = SignedDuration::from_secs(1);
        assert!(known.is_over(end, home) && !known.is_over(end - second, home));
        // The last of several counts.
        let mut several = known.clone();
        several.days.insert(
            0,
            Day {
                date: "2001-01-01".parse().unwrap(),
                time: None,
            },
        );
        assert_eq!(several.ends_at(home), Some(end));
    }
    let unknown = Meeting {
        days: Vec::new(),
        ..meeting("2027-01-17", None)
    };
    assert_eq!(unknown.ends_at(home), None);
    assert!(!unknown.is_over(at(99_999), home));
}

/// A forum with an owner who is a member as well, another member, concerns everywhere, who comes, a meeting on day 2.
fn lived(forum: &Forum) -> MemoryWorld {
    let mut world = MemoryWorld::default();
    let organisation = |id: u64, number: Option<&str>| Organisation {
        id,
        name: Localised::same([english(), khmer()], &format!("Network {id} {CANARY}")),
        place: "kandal".to_owned(),
        verified: true,
        number: number.map(str::to_owned),
        suspended: false,
    };
    let known = meeting("2027-01-17", None);
    world.change(forum, at(0), |stage| {
        use samleng::dialogue::{Change, Membership};
        let person = |number, chat, role, organisation| {
            Change::Person(Box::new(Person {
                language: Some(english()),
                membership: Some(Membership {
                    organisation,
                    agreed_at: at(0),
                    invitation: None,
                }),
                role,
                screen: 7,
                state: State::Visit {
                    kept: None,
                    visit: Visit::Meeting,
                },
                ..Person::new(number, chat)
            }))
        };
        // Ids are counted.
        while stage.fresh_id() < 1_000 {}
        stage.change(Change::Organisation(organisation(3, Some("1003"))));
        stage.change(Change::Organisation(organisation(4, None)));
        stage.change(person(12, OWNER, Some(Role::Owner), 3));
        stage.change(person(13, MEMBER, None, 4));
        stage.change(Change::Meeting(known.clone()));
        for (n, status) in (0..).zip(Status::ALL) {
            let raised = Concern {
                id: 100 + n,
                receipt: samleng::domain::Receipt::from_random(n + 1),
                organisation: if n < 6 { 3 } else { 4 },
                author: 13,
                status,
                ..concern(format!("{CANARY} {n}"))
            };
            stage.change(Change::Concern(Box::new(raised)));
        }
        stage.change(Change::Endorsed(samleng::domain::Endorsement {
            concern: 100,
            organisation: 4,
            person: Some(13),
            at: at(1),
        }));
        stage.change(Change::Rsvp(Rsvp {
            meeting: 5,
            organisation: 4,
            person: Some(13),
            at: at(1),
            people: [(known.days[0].date, 3)].into(),
        }));
        Vec::new()
    });
    world
}

fn by(
    world: &mut MemoryWorld,
    by: By,
    forum: &Forum,
    day: i64,
) -> Result<organising::Done, Refused> {
    let mut done = Ok(organising::Done::default());
    world.change(forum, at(day), |stage| {
        done = organising::carry_out(Order::Erase, by, forum, stage, moment(day));
        done.as_ref()
            .map_or_else(|_| Vec::new(), |done| done.notices.clone())
    });
    done
}

fn say(world: &mut MemoryWorld, forum: &Forum, chat: ChatId, words: &str, day: i64) -> String {
    let content = Content::Text(words.to_owned());
    event(
        world,
        forum,
        chat,
        Event::Message {
            id: MessageId(9),
            content,
        },
        day,
    )
}

fn event(world: &mut MemoryWorld, forum: &Forum, chat: ChatId, event: Event, day: i64) -> String {
    let outcome = world.step(chat, event, forum, moment(day));
    check_sendable(&outcome);
    format!("{:?}", outcome.effects)
}

#[test]
fn what_stays_is_what_a_digest_counted() {
    let forum = forum();
    let mut world = lived(&forum);
    let records = world.store.snapshot().unwrap().open().unwrap();
    let was = digest::make::<Organisers>(&records, &Filter::default(), &forum.config, at(3));
    let figures = digest::figures(&records, &forum.config, at(3));
    let seen = Stage::new(&world.store, at(3)).unwrap();
    let preview = preview(&forum, &seen, at(3));
    assert_eq!((preview.toll.people, preview.toll.roles), (1, 1));
    assert_eq!((preview.toll.concerns, preview.toll.stripped), (13, 1));
    drop(seen);
    let done = world.order(Order::Erase, &forum, moment(3)).unwrap();
    assert_eq!(done.notices.len(), 1, "the owner hears of it");

    let archives: Vec<Archive> = world.store.all().unwrap();
    let [archive] = archives.as_slice() else {
        panic!("{archives:?}")
    };
    let counted = serde_json::to_value(archive.totals).unwrap();
    assert_eq!(counted, serde_json::to_value(was.totals).unwrap());
    assert_eq!(archive.totals.received, 13);
    assert_eq!(archive.topics, was.counts.topic);
    assert_eq!(archive.places, was.counts.place);
    assert_eq!(archive.urgencies, was.counts.urgency);
    assert_eq!(archive.statuses, figures.statuses.into_iter().collect());
    assert_eq!((archive.raised, archive.backed), (2, 1));
    assert_eq!((archive.joined, archive.people), (2, 2));
    let coming: Vec<_> = archive.coming.values().collect();
    assert_eq!((coming[0].organisations, coming[0].people), (1, 3));
    assert_eq!(archive.meeting, Some(5));
    assert_eq!(archive.days, meeting("2027-01-17", None).days);
    assert_eq!(Some(archive.id), done.made);
    // Nobody's words, no name but the meeting's.
    let all = world.store.export().unwrap();
    assert!(all.contains("Third meeting") && all.contains("\"kind\":\"archive\""));
    let left = all.lines().filter(|line| line.contains(CANARY));
    let left: Vec<&str> = left.collect();
    assert!(left.len() == 1 && left[0].contains("1003"), "{left:?}");
    let (entries, _) = world.store.audit().unwrap();
    let last = entries.last().unwrap();
    assert_eq!((last.who, last.deed), (Who::CommandLine, Deed::Erased(5)));
    // A second time there is nothing.
    let done = world.order(Order::Erase, &forum, moment(4)).unwrap();
    assert_eq!(done.said, ["there is nothing to erase"]);
    assert_eq!(world.store.all::<Archive>().unwrap(), archives);
}

#[test]
fn the_program_erases_when_it_is_due_and_nobody_in_a_chat() {
    let mut forum = forum();
    let mut world = lived(&forum);
    let known = meeting("2027-01-17", None);
    let due = erased_at(&known, &forum.config.settings).unwrap();
    assert_eq!(due, "2027-04-17T17:00:00Z".parse().unwrap());
    for role in Role::ALL.map(Some).into_iter().chain([None]) {
        let who = By::Person { number: 12, role };
        let refused = by(&mut world, who, &forum, 999).unwrap_err();
        assert_eq!(refused, Refused::NotAllowed);
    }
    let day = |at: Timestamp| (at.as_second() - 1_800_000_000) / 86_400;
    let refused = by(&mut world, By::Program, &forum, day(due)).unwrap_err();
    assert_eq!(refused, Refused::NotAllowed, "hours before");
    // Nor anything else.
    let order = Order::StopAnnouncement(1);
    world.change(&forum, at(999), |stage| {
        let refused = organising::carry_out(order, By::Program, &forum, stage, moment(999));
        assert_eq!(refused, Err(Refused::NotAllowed));
        Vec::new()
    });
    forum.config.settings.retention_days = 0;
    assert_eq!(erased_at(&known, &forum.config.settings), None);
    assert!(by(&mut world, By::Program, &forum, 99_999).is_err());
    assert_eq!(world.concerns().len(), 13);
    forum.config.settings.retention_days = 90;
    by(&mut world, By::Program, &forum, day(due) + 1).unwrap();
    assert!(world.concerns().is_empty());
    let (entries, _) = world.store.audit().unwrap();
    assert_eq!(entries.last().unwrap().who, Who::Program);
    // Once is enough: there is no meeting any more.
    assert!(by(&mut world, By::Program, &forum, 99_999).is_err());
}

#[test]
fn people_go_on_as_strangers_and_those_with_a_role_as_before() {
    let forum = forum();
    let mut world = lived(&forum);
    world.order(Order::Erase, &forum, moment(3)).unwrap();
    let phrases = forum.words.phrases(english());

    // An old button is an old one, to either.
    let old = |message| Event::Press {
        query: "query".to_owned(),
        message: Some(MessageId(message)),
        // The menu offers it, but not on that screen.
        data: Press::Screen(7, Action::Help).write(),
    };
    for chat in [MEMBER, OWNER] {
        let said = event(&mut world, &forum, chat, old(44), 4);
        // A stranger has no language yet; Debug writes some of the Khmer letters otherwise.
        let khmer = format!("{:?}", forum.words.phrases(khmer()).toast_old());
        assert!(
            said.contains(&phrases.toast_old()) || said.contains(&khmer),
            "{said}"
        );
    }
    let said = say(&mut world, &forum, MEMBER, "hello", 4);
    assert!(
        said.contains("speak.en") && !said.contains(CANARY),
        "{said}"
    );
    let stranger = world.person(MEMBER).unwrap();
    assert_eq!(stranger.state, State::Language { back: None });
    assert!(
        stranger.number >= 1_000,
        "nobody has the number of somebody who was"
    );

    // The owner sees what was.
    let said = say(&mut world, &forum, OWNER, "/meeting", 4);
    assert!(
        said.contains("Third meeting") && said.contains("13"),
        "{said}"
    );
    let figures = digest::figures(
        &world.store.snapshot().unwrap().open().unwrap(),
        &forum.config,
        at(4),
    );
    for (language, title) in [(english(), "Earlier meetings"), (khmer(), "កិច្ចប្រជុំមុនៗ")]
    {
        let html = stats::html(&figures, &forum, language);
        assert!(html.as_str().contains(title) && html.as_str().contains("Third meeting"));
        // What there is now stands above, in the same lines.
        let phrases = forum.words.phrases(language);
        let now = phrases.archive_now();
        let (now, then) = (html.as_str().find(now.as_str()), html.as_str().find(title));
        assert!(now.is_some() && now < then, "{}", html.as_str());
        let nothing = phrases.archive_totals(0, 0, 0, 0, 0, 0);
        assert!(html.as_str().contains(nothing.as_str()));
    }
    let owner = world.person(OWNER).unwrap();
    assert_eq!((owner.number, owner.role), (12, Some(Role::Owner)));
    assert_eq!(owner.membership, None);

    // The next meeting starts from zero.
    let next = Meeting {
        id: 0,
        ..meeting("2027-06-17", None)
    };
    let set = world
        .order(Order::Meeting(next), &forum, moment(5))
        .unwrap();
    assert!(set.made.unwrap() > 5);
    let records = world.store.snapshot().unwrap().open().unwrap();
    let (totals, _) = digest::tally(&records, Edition::Organisers, &forum.config);
    assert_eq!((totals.received, records.joined.len()), (0, 0));
    world.change(&forum, at(6), |stage| {
        let id = stage.fresh_id();
        stage.change(samleng::dialogue::Change::Concern(Box::new(Concern {
            id,
            ..concern("A new wall".to_owned())
        })));
        Vec::new()
    });
    world.order(Order::Erase, &forum, moment(999)).unwrap();
    let archives: Vec<Archive> = world.store.all().unwrap();
    let received: Vec<u64> = archives.iter().map(|one| one.totals.received).collect();
    assert_eq!(received, [13, 1]);
    assert_eq!(archives[1].meeting, set.made);
}

#[test]
fn cards_in_the_group_say_nothing_any_more() {
    let forum = forum();
    for language in [english(), khmer()] {
        let mut world = MemoryWorld::default();
        let group = Group {
            since: None,
            chat: ChatId(-1_000_000_000_123),
            language: Some(language),
        };
        world.change(&forum, at(0), |stage| {
            stage.change(samleng::dialogue::Change::Group(Some(group)));
            let raised = concern(CANARY.to_owned());
            stage.change(samleng::dialogue::Change::Concern(Box::new(raised)));
            Vec::new()
        });
        let cards: Vec<Card> = world.store.all().unwrap();
        let Made::Message { at: None, body, .. } = &world.late.last().unwrap().made else {
            panic!("no card")
        };
        assert!(body.html.as_str().contains(CANARY) && !body.buttons.is_empty());
        world.order(Order::Erase, &forum, moment(1)).unwrap();
        let Made::Message { at, body, .. } = &world.late.last().unwrap().made else {
            panic!("no card")
        };
        assert_eq!(*at, Some(cards[0].message), "where it stood");
        assert_eq!(body.html, forum.words.phrases(language).note_concern_gone());
        assert!(body.buttons.is_empty());
        assert!(world.store.all::<Card>().unwrap().is_empty());
    }
}

#[test]
fn everybody_reads_how_long_it_is_kept() {
    let mut forum = forum();
    let mut world = lived(&forum);
    let said = |forum: &Forum, world: &mut MemoryWorld| say(world, forum, OWNER, "/privacy", 1);
    assert!(said(&forum, &mut world).contains("90 days after the end of the meeting"));
    forum.config.settings.retention_days = 0;
    assert!(said(&forum, &mut world).contains("until the organisers erase it"));
}

/// What is told of an erasure, but for who did it.
fn done(said: &Said) {
    assert_eq!(said.code, Some(0), "{said:?}");
}

/// Whether nothing that anybody said is in any file of the data folder, opened with the key.
fn assert_gone(site: &Site, name: &str) {
    let all = site.store().export().unwrap();
    assert!(!all.contains(name), "{all}");
    let kinds: Vec<&str> = ["\"concern\"", "\"attachment\"", "\"organisation\""]
        .into_iter()
        .filter(|kind| all.contains(&format!("\"kind\":{kind}")))
        .collect();
    assert!(kinds.is_empty(), "{kinds:?}");
    let mut found = std::collections::BTreeMap::new();
    files(&site.data, &mut found);
    assert!(!found.values().any(|bytes| find(bytes, name)));
    let sealed = std::fs::read_dir(site.data.join("files")).unwrap().count();
    assert_eq!(sealed, 0, "files are left");
}

#[tokio::test]
async fn the_command_line_shows_it_asks_and_does_it() {
    for runs in [false, true] {
        let site = Site::with(&format!("erase_minutes = 0\n{}", crate::support::UNLIMITED)).await;
        refused(
            &site.say(&["erase", "--yes"]).await,
            "has the bot run there?",
        );
        let bot = site.run().await;
        let nothing = site.say(&["erase"]).await;
        done(&nothing);
        assert_eq!(nothing.out, "There is nothing to erase.\n");
        let mut owner = site.owner(&bot, 9_000_000_811).await;
        let mut member = site.phone(9_000_000_812, "en").await;
        member.words = CANARY.to_owned();
        submit(&mut member, &pdfs(2, 3_000)).await;
        until_kept(&site, 2).await;
        let path = site.folder.path().join("meeting.toml");
        std::fs::write(
            &path,
            "title = \"Third meeting\"\ndays = [\"2001-01-17\"]\n",
        )
        .unwrap();
        done(&site.say(&["set", "meeting", path.to_str().unwrap()]).await);
        let mut bot = Some(bot);
        if !runs && let Some(bot) = bot.take() {
            bot.stop().await;
        }

        let epoch = || std::fs::read(DataFolder::open(&site.data).unwrap().epoch()).unwrap();
        let old = epoch();
        let asked = site.say(&["erase"]).await;
        assert_eq!(asked.code, Some(1), "{asked:?}");
        for line in [
            "is over since 2001-01-18 00:00 UTC",
            "  1  people\n",
            "  1  concerns",
            "  2  voice notes",
        ] {
            assert!(asked.out.contains(line), "{line}: {}", asked.out);
        }
        let why = asked
            .err
            .lines()
            .filter(|line| line.starts_with("samleng: "));
        assert_eq!(why.count(), 1, "{}", asked.err);
        assert!(asked.err.contains("--yes"), "{}", asked.err);
        assert_eq!(
            site.digest().await["totals"]["received"],
            1,
            "nothing was erased"
        );

        let said = site.say(&["erase", "--yes"]).await;
        done(&said);
        assert!(
            said.out
                .contains("erased: 1 people, 1 organisations, 1 concerns, 2 files"),
            "{}",
            said.out
        );
        let digest = site.digest().await;
        assert_eq!(digest["totals"]["received"], 0);
        assert_eq!(digest["meeting"], serde_json::Value::Null);
        let nothing = site.say(&["erase", "--yes"]).await;
        done(&nothing);
        if let Some(bot) = bot.take() {
            assert!(
                said.out.contains("The running bot takes it from the disk"),
                "{}",
                said.out
            );
            // Those with a role go on; whoever was a member is somebody new.
            let menu = owner.screen_of_command("/menu").await;
            assert_eq!(menu.verb(0), Some("digest"), "{}", menu.message.text);
            member.start(None).await;
            bot.stop().await;
        } else {
            assert!(
                said.out.contains("It is gone from the disk."),
                "{}",
                said.out
            );
        }
        assert_ne!(epoch(), old);
        assert_eq!(site.store().erased_since(), None);
        assert_gone(&site, CANARY);
        let archives: Vec<Archive> = site.store().all().unwrap();
        assert_eq!(archives[0].totals.received, 1);
    }
}

/// What is done at night is told in the morning, and at the hour that every warning named.
#[test]
fn the_owner_is_warned_of_one_hour_and_told_of_it_in_the_morning() {
    let forum = forum();
    let mut world = lived(&forum);
    let mut keep = |now: &str| {
        let now = now.parse().unwrap();
        world.late.clear();
        let (kept, _) = world.keep(&forum, Moment { now, random: 1 });
        assert!(kept.is_some(), "something is due at {now}");
        let late = world.late.iter();
        let to_owner = late.filter(|sent| sent.chat == OWNER);
        to_owner.map(|sent| sent.made.clone()).collect::<Vec<_>>()
    };
    // It is erased when 18 April begins in Phnom Penh.
    for warned_at in ["2027-04-11T02:00:00Z", "2027-04-17T02:00:00Z"] {
        match keep(warned_at).as_slice() {
            [Made::Message { body, .. }] => {
                let text = body.html.to_plain();
                assert!(text.contains("Sunday 18 April, 0:00"), "{text}");
            }
            other => panic!("{warned_at}: {other:?}"),
        }
    }
    let told = keep("2027-04-17T17:00:00Z");
    assert_eq!(told, [Made::Later("2027-04-18T00:00:00Z".parse().unwrap())]);
}
