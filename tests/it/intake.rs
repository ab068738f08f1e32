//! The writer by itself, over a store in memory: floods stay small, and cost nobody else an answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::Sender;

use samleng::dialogue::{Content, Effect, Event, InGroup, Person, State, Weight};
use samleng::domain::{ChatId, MessageId};
use samleng::runtime::clock::Clock;
use samleng::runtime::deliver::Delivery;
use samleng::runtime::intake::Intake;
use samleng::runtime::work::{Ears, End, Opener, Settled, Work};
use samleng::store::kv::{Batch, Kv as _, KvError};
use samleng::store::memory_kv::{Call, Fault, Lasting, MemoryKv, Moment};
use samleng::store::record::{Aside, Record as _};
use samleng::store::{Row, Store, key};
use samleng::telegram::{Update, What};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::in_memory::forum;

/// A writer, what it gives to be sent, and its disk.
struct Desk {
    works: Sender<Work>,
    deliveries: UnboundedReceiver<Delivery>,
    disk: MemoryKv,
    next: u32,
    /// What was given and not settled, by chat.
    rows: BTreeMap<ChatId, Vec<Row>>,
}

/// A writer over a store in memory, and what it gives to be sent.
fn writer() -> (Intake, UnboundedReceiver<Delivery>, MemoryKv) {
    let disk = MemoryKv::new();
    let same = disk.clone();
    let open: Opener = Box::new(move || unlock(&same));
    let (deliver, deliveries) = tokio::sync::mpsc::unbounded_channel();
    let ears = Ears {
        next_due: tokio::sync::watch::Sender::new(None),
        deliver,
        strangers_at_most: 1_000,
        fetch: tokio::sync::mpsc::unbounded_channel().0,
        files_gone: Box::new(|_| {}),
        link_used: Box::new(|| {}),
        erased: Box::new(|_| {}),
    };
    let store = open().unwrap();
    let intake = Intake::new(Arc::new(forum()), store, open, ears, Clock::system()).unwrap();
    (intake, deliveries, disk)
}

impl Desk {
    fn new() -> Self {
        let (intake, deliveries, disk) = writer();
        let (works, work) = std::sync::mpsc::channel();
        std::thread::spawn(move || intake.run(&work));
        Self {
            works,
            deliveries,
            disk,
            next: 1,
            rows: BTreeMap::new(),
        }
    }

    /// These people do these things, a hundred to a batch; nothing is sent meanwhile.
    async fn take(&mut self, events: Vec<(ChatId, Event)>) {
        for batch in events.chunks(100) {
            let privately = |(chat, event): &(ChatId, Event)| What::Private(*chat, event.clone());
            self.brings(batch.iter().map(privately).collect()).await;
        }
        // The confirmation comes first; a question in between makes sure that the rows have come too.
        let (done, hear) = tokio::sync::oneshot::channel();
        self.works.send(Work::Preview(done)).unwrap();
        assert!(hear.await.unwrap().is_ok());
        while let Ok(delivery) = self.deliveries.try_recv() {
            if let Delivery::Rows(rows) = delivery {
                for row in rows {
                    self.rows.entry(row.chat).or_default().push(row);
                }
            }
        }
    }

    /// These updates come in one batch, and are confirmed.
    async fn brings(&mut self, what: Vec<What>) {
        let updates: Vec<Update> = (self.next..)
            .zip(what)
            .map(|(id, what)| Update { id, what })
            .collect();
        self.next += updates.len() as u32;
        let (done, hear) = tokio::sync::oneshot::channel();
        let offset = self.next.into();
        let works = Work::Updates {
            updates,
            offset,
            done,
        };
        self.works.send(works).unwrap();
        hear.await.unwrap().unwrap();
    }

    fn waiting(&self, chat: ChatId) -> usize {
        self.rows.get(&chat).map_or(0, Vec::len)
    }

    /// Everything that waits for this chat was sent.
    fn sent(&mut self, chat: ChatId) {
        let rows = self.rows.remove(&chat).unwrap_or_default();
        let settled = |row: &Row| Settled::of(row, End::Done);
        let settled = rows.iter().map(settled).collect();
        self.works.send(Work::Settled(settled)).unwrap();
    }

    /// The button on the newest screen whose data ends so.
    fn press(&self, chat: ChatId, ending: &str) -> Event {
        let bodies = self.rows[&chat].iter().filter_map(|row| match &row.effect {
            Effect::Send { body, .. } | Effect::Edit { body, .. } => Some(body),
            Effect::Toast { .. }
            | Effect::Strip { .. }
            | Effect::Digest(_)
            | Effect::MyData
            | Effect::Late(_)
            | Effect::Commands => None,
        });
        let buttons = bodies.flat_map(|body| body.buttons.iter().flatten());
        let mut found = buttons.filter(|button| button.data.ends_with(ending));
        Event::Press {
            query: "q".to_owned(),
            message: None,
            data: found.next_back().unwrap().data.clone(),
        }
    }

    async fn join(&mut self, chat: ChatId) {
        self.take(vec![(chat, text("/start"))]).await;
        for act in ["speak.en", "agree"] {
            let press = self.press(chat, act);
            self.take(vec![(chat, press)]).await;
        }
        self.take(vec![(chat, text("Heron Marsh Circle"))]).await;
        let press = self.press(chat, "pick.pursat");
        self.take(vec![(chat, press)]).await;
        self.sent(chat);
    }
}

fn unlock(disk: &MemoryKv) -> Result<Store, samleng::store::StoreError> {
    let master = key::MasterKey::from_env_value(&"5".repeat(64)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("epoch");
    std::fs::write(&path, [7; 32]).unwrap();
    let epoch = key::Epoch::load_or_create(&path, true).unwrap();
    Store::unlock(Box::new(disk.reopen()), master, &epoch)
}

fn text(words: &str) -> Event {
    Event::Message {
        id: MessageId(1),
        content: Content::Text(words.to_owned()),
    }
}

#[tokio::test]
async fn one_stranger_does_not_take_the_place_of_all() {
    let mut desk = Desk::new();
    let flood = (0..1_200).map(|_| (ChatId(1), text("/privacy"))).collect();
    desk.take(flood).await;
    assert!(desk.waiting(ChatId(1)) < 300, "{}", desk.waiting(ChatId(1)));
    desk.take((2..12).map(|chat| (ChatId(chat), text("/start"))).collect())
        .await;
    for chat in 2..12 {
        assert_eq!(desk.waiting(ChatId(chat)), 1, "newcomer {chat} is answered");
    }
}

#[tokio::test]
async fn a_thousand_strangers_fill_their_share_and_no_more() {
    let mut desk = Desk::new();
    desk.join(ChatId(5_000)).await;
    let flood = |_| (1..=1_500).map(|chat| (ChatId(chat), text("hello")));
    desk.take((0..4).flat_map(flood).collect()).await;
    let waiting: usize = (1..=1_500).map(|chat| desk.waiting(ChatId(chat))).sum();
    assert!((1_000..=1_001).contains(&waiting), "{waiting} rows wait");
    // Whoever has joined is outside the share, and so is whoever opens the owner's link.
    desk.take(vec![(ChatId(5_000), text("/menu"))]).await;
    assert_eq!(desk.waiting(ChatId(5_000)), 1);
    // Once their rows have gone, strangers are answered again.
    for chat in 1..=1_500 {
        desk.sent(ChatId(chat));
    }
    desk.take(vec![(ChatId(1_500), text("hello"))]).await;
    assert_eq!(desk.waiting(ChatId(1_500)), 1);
}

/// What waited while the disk failed is settled at once, together with what somebody does next.
#[test]
fn what_is_settled_by_a_commit_takes_no_place_in_it() {
    let (mut intake, mut deliveries, _) = writer();
    let mut batch = |first: u32, texts: u32, settled: Vec<Settled>| {
        let updates = (first..first + texts).map(|id| Update {
            id,
            what: What::Private(ChatId(1), text("hello")),
        });
        let updates = Work::Updates {
            updates: updates.collect(),
            offset: (first + texts).into(),
            done: tokio::sync::oneshot::channel().0,
        };
        intake.handle(vec![Work::Settled(settled), updates]);
        let mut rows = Vec::new();
        while let Ok(delivery) = deliveries.try_recv() {
            if let Delivery::Rows(more) = delivery {
                rows.extend(more);
            }
        }
        rows
    };
    let rows = batch(1, 100, Vec::new());
    assert_eq!(batch(101, 1, Vec::new()), [], "too much waits");
    let settled = rows.iter().map(|row| Settled::of(row, End::Done)).collect();
    assert_eq!(batch(102, 1, settled).len(), 1);
}

/// It is noted once the disk works again, though nothing else happens: else it would be sent again after a crash.
#[tokio::test(start_paused = true)]
async fn what_left_while_the_disk_failed_is_noted_unasked() {
    for moment in [Moment::BeforeApplying, Moment::AfterApplying] {
        let (mut intake, mut deliveries, disk) = writer();
        let hello = Update {
            id: 1,
            what: What::Private(ChatId(1), text("hello")),
        };
        let hello = Work::Updates {
            updates: vec![hello],
            offset: 2,
            done: tokio::sync::oneshot::channel().0,
        };
        intake.handle(vec![hello]);
        let rows: Vec<Row> = unlock(&disk).unwrap().all().unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(intake.look_after_store(), None, "nothing is to be done");
        disk.fail(the_next_commit(&disk, moment));
        let settled = Settled::of(&rows[0], End::Done);
        intake.handle(vec![Work::Settled(vec![settled])]);
        while deliveries.try_recv().is_ok() {}
        let at = intake.look_after_store().expect("it is opened again");
        tokio::time::advance(at - tokio::time::Instant::now()).await;
        assert_eq!(intake.look_after_store(), None, "it works again");
        assert_eq!(unlock(&disk).unwrap().all::<Row>().unwrap(), []);
        // What waits at the deliverer is held against what is stored.
        let standing = match deliveries.try_recv() {
            Ok(Delivery::Standing(standing)) => standing,
            other => panic!("{:?}", other.is_ok()),
        };
        let is_there = standing.contains(&rows[0].id);
        assert_eq!(is_there, moment == Moment::BeforeApplying);
    }
}

/// A full disk has room for a little now and then. Whoever was told hears of it once more only if it fails much later.
#[tokio::test(start_paused = true)]
async fn while_the_disk_works_now_and_then_each_is_told_once() {
    let (mut intake, mut deliveries, disk) = writer();
    let mut comes = |intake: &mut Intake, id: u32, fails: bool| {
        if fails {
            disk.fail(the_next_commit(&disk, Moment::BeforeApplying));
        }
        let updates = vec![Update {
            id,
            what: What::Private(ChatId(1), text("hello")),
        }];
        intake.handle(vec![Work::Updates {
            updates,
            offset: i64::from(id) + 1,
            done: tokio::sync::oneshot::channel().0,
        }]);
        let (mut told, mut stored) = (0, 0);
        while let Ok(delivery) = deliveries.try_recv() {
            told += usize::from(matches!(delivery, Delivery::Notice(..)));
            stored += usize::from(matches!(delivery, Delivery::Stored(_)));
        }
        (told, stored)
    };
    assert_eq!(comes(&mut intake, 1, true), (1, 0));
    for _ in 0..3 {
        let at = intake.look_after_store().expect("it is tried again");
        tokio::time::advance(at - tokio::time::Instant::now()).await;
        assert_eq!(intake.look_after_store(), None, "little is written");
        assert_eq!(comes(&mut intake, 1, true), (0, 0));
    }
    let at = intake.look_after_store().expect("it is tried again");
    tokio::time::advance(at - tokio::time::Instant::now()).await;
    assert_eq!(comes(&mut intake, 1, false), (0, 1), "it is stored");
    assert_eq!(comes(&mut intake, 2, true), (1, 0), "another is not");
    let at = intake.look_after_store().expect("it is tried again");
    tokio::time::advance(at - tokio::time::Instant::now()).await;
    intake.look_after_store();
    tokio::time::advance(std::time::Duration::from_secs(3_600)).await;
    assert_eq!(comes(&mut intake, 2, true), (1, 0), "an hour later");
}

fn the_next_commit(disk: &MemoryKv, moment: Moment) -> Fault {
    Fault {
        call: Call::Commit,
        nth: disk.calls().commits + 1,
        lasting: Lasting::Once,
        moment,
        error: KvError::from(std::io::Error::from(std::io::ErrorKind::StorageFull)),
    }
}

/// One record that cannot be read keeps nobody else waiting, not even where its person writes in a group, or the group goes.
#[tokio::test]
async fn a_damaged_record_of_somebody_in_a_group_is_set_aside_alone() {
    let mut desk = Desk::new();
    let (owner, other, group) = (ChatId(1), ChatId(2), ChatId(-7));
    let mut store = unlock(&desk.disk).unwrap();
    store.keep_username("heron_bot").unwrap();
    let (done, hear) = tokio::sync::oneshot::channel();
    desk.works.send(Work::FreshOwnerLink { done }).unwrap();
    let link = hear.await.unwrap().unwrap().unwrap();
    let (_, code) = link.split_once('=').unwrap();
    desk.take(vec![(owner, text(&format!("/start {code}")))])
        .await;
    let words = |words: &str| What::Group {
        group,
        who: owner,
        what: InGroup::Words(words.to_owned()),
    };
    desk.brings(vec![words("/bind")]).await;
    assert_eq!(store.meta().unwrap().group.unwrap().chat, group);

    let mut batch = Batch::new();
    for (key, value) in desk.disk.contents() {
        if key.starts_with(&[Person::PREFIX]) {
            batch.put(key, vec![0; value.len()]);
        }
    }
    desk.disk.reopen().commit(batch).unwrap();
    let hello = What::Private(other, text("/start"));
    desk.brings(vec![words("hello"), What::GroupLost(group), hello])
        .await;
    assert_eq!(store.all::<Aside>().unwrap().len(), 2);
    // Their rows are given right behind that.
    let mut chats = BTreeSet::new();
    while !chats.contains(&other) {
        if let Delivery::Rows(rows) = desk.deliveries.recv().await.unwrap() {
            chats.extend(rows.iter().map(|row| row.chat));
        }
    }
}

#[tokio::test]
async fn a_flooding_member_fills_no_disk_and_loses_no_answer() {
    let mut desk = Desk::new();
    let member = ChatId(1);
    desk.join(member).await;
    let before = desk.disk.contents().len();
    desk.take((0..2_000).map(|_| (member, text("/help"))).collect())
        .await;
    // Screens of one chat replace each other at the deliverer; pages are not even stored.
    let pages = desk.rows[&member].iter().filter(|row| {
        matches!(
            row.effect,
            Effect::Send {
                weight: Weight::Page,
                ..
            }
        )
    });
    assert!(pages.count() < 150);
    assert!(desk.disk.contents().len() < before + 2_300);
    // What they say counts all the same.
    desk.sent(member);
    desk.take(vec![(member, text("/menu"))]).await;
    let press = desk.press(member, "new");
    desk.take(vec![(member, press)]).await;
    let store = unlock(&desk.disk).unwrap();
    let people = store.all::<Person>().unwrap();
    assert!(matches!(people[0].state, State::Form { .. }));
}

#[tokio::test]
async fn a_screen_that_was_refused_for_good_is_shown_anew() {
    let mut desk = Desk::new();
    let member = ChatId(1);
    desk.join(member).await;
    desk.take(vec![(member, text("/menu"))]).await;
    let Event::Press { data, .. } = desk.press(member, "new") else {
        unreachable!("it is a press")
    };
    let press = || Event::Press {
        query: "q".to_owned(),
        message: Some(MessageId(7)),
        data: data.clone(),
    };
    desk.sent(member);
    desk.take(vec![(member, press())]).await;
    let is_edit = |row: &&Row| matches!(row.effect, Effect::Edit { .. });
    let edit = desk.rows[&member].iter().find(is_edit).unwrap();
    let lost = Settled::of(edit, End::Lost);
    desk.works.send(Work::Settled(vec![lost])).unwrap();
    desk.rows.clear();
    // The button they see is one behind; a second tap would only be told so.
    desk.take(vec![(member, press())]).await;
    let is_screen =
        |row: &Row| matches!(&row.effect, Effect::Send { weight, .. } if weight.is_screen());
    assert!(desk.rows[&member].iter().any(is_screen));
}
