//! The columns of the table: what somebody does there.

use super::*;

/// Every tap, with one of each thing that it can be about.
pub(super) fn taps(ids: &Ids) -> Vec<Tap> {
    let roles = Role::ALL.into_iter();
    let offers = roles.clone().map(Tap::Offer);
    let gives = roles.map(Tap::Give);
    let files = [Tap::File(ids.voice), Tap::Write(ids.voice)];
    let mut all: Vec<Tap> = Tap::all().collect();
    for more in offers.chain(gives).chain(files) {
        if !all.contains(&more) {
            all.push(more);
        }
    }
    all
}

/// A number for each kind of action, so that a new one is missed.
pub(super) fn kind_of_action(action: &Action) -> usize {
    match action {
        Action::Speak(_) => 0,
        Action::Agree => 1,
        Action::Decline => 2,
        Action::Pick(_) => 3,
        Action::Next => 4,
        Action::Done => 5,
        Action::Undo => 6,
        Action::Back => 7,
        Action::Skip => 8,
        Action::Cancel => 9,
        Action::Yes => 10,
        Action::No => 11,
        Action::NoneOfThese => 12,
        Action::SendMine => 13,
        Action::Mine => 14,
        Action::Others => 15,
        Action::ByPlace => 16,
        Action::Meeting => 17,
        Action::Rsvp => 18,
        Action::Open(_) => 19,
        Action::Page(_) => 20,
        Action::Edit => 21,
        Action::Note => 22,
        Action::Reply => 23,
        Action::Withdraw => 24,
        Action::Endorse => 25,
        Action::Unendorse => 26,
        Action::NewConcern => 27,
        Action::Continue => 28,
        Action::Keep => 29,
        Action::Delete => 30,
        Action::Change(_) => 31,
        Action::Submit => 32,
        Action::Languages => 33,
        Action::Privacy => 34,
        Action::Help => 35,
        Action::Digest => 36,
        Action::Join => 37,
        Action::Right(..) => 38,
        Action::Correct(_) => 39,
        Action::Desk(_) => 40,
        Action::Promise(_) => 41,
        Action::Carry(_) => 42,
    }
}

/// Every action without an argument.
pub(crate) fn plain_actions() -> Vec<Action> {
    vec![
        Action::Agree,
        Action::Decline,
        Action::Next,
        Action::Done,
        Action::Undo,
        Action::Back,
        Action::Skip,
        Action::Cancel,
        Action::Yes,
        Action::No,
        Action::NoneOfThese,
        Action::SendMine,
        Action::Mine,
        Action::Others,
        Action::ByPlace,
        Action::Meeting,
        Action::Rsvp,
        Action::Edit,
        Action::Note,
        Action::Reply,
        Action::Withdraw,
        Action::Endorse,
        Action::Unendorse,
        Action::NewConcern,
        Action::Continue,
        Action::Keep,
        Action::Delete,
        Action::Submit,
        Action::Languages,
        Action::Privacy,
        Action::Help,
        Action::Digest,
        Action::Join,
    ]
}

/// Every action, with one of each thing that it can be about.
pub(super) fn actions(ids: &Ids) -> Vec<Action> {
    let mut all = plain_actions();
    all.extend([
        Action::Speak(english()),
        Action::Page(0),
        Action::Page(1),
        Action::Change("story".to_owned()),
        Action::Right(1, 1),
        Action::Correct(1),
        Action::Promise(ids.promise),
        Action::Carry(1),
    ]);
    let things = ids.concerns.values().copied().chain([
        ids.other,
        ids.third,
        ids.invitation,
        ids.role_link,
        ids.colleague,
        ids.author,
        ids.announcement,
        ids.promise,
        9_999,
    ]);
    all.extend(things.map(Action::Open));
    let picks = [
        "new",
        "urgent",
        "topics",
        "voice",
        "asked",
        "held",
        "approved",
        "agenda",
        "merged",
        "rejected",
        "all",
        "everyone",
        "coming",
        "undecided",
        "silent",
        "place",
        "topic",
        "land",
        "kandal",
        "title",
        "days",
        "deadline",
        "capacity",
        "people",
        "zone",
        "nonsense",
    ];
    all.extend(picks.map(|id| Action::Pick(id.to_owned())));
    all.extend(taps(ids).into_iter().map(Action::Desk));
    let kinds: BTreeSet<usize> = all.iter().map(kind_of_action).collect();
    assert!(kinds.into_iter().eq(0..43), "an action is missing");
    all
}

/// What somebody does.
#[derive(Clone, Debug)]
pub(super) enum Deed_ {
    Press(Action),
    Text(String),
    /// A command, and what it takes.
    Command(String, Option<Act>),
    /// A button outside the screen, and what it takes.
    Outside(Press, Act),
}

pub(super) fn deeds(ids: &Ids) -> Vec<Deed_> {
    let mut all: Vec<_> = actions(ids).into_iter().map(Deed_::Press).collect();
    let texts = [
        "Words that mean nothing",
        "wall",
        "1001",
        "17/1/2027 8:30",
        "12",
        "Own Voices",
        &ids.receipt,
        "\u{200B}",
    ];
    all.extend(texts.map(|text| Deed_::Text(text.to_owned())));
    let commands = [
        ("/start", None),
        ("/start AAAAAAAAAAAAAAAAAAAAAA", None),
        ("/menu", None),
        ("/cancel", None),
        ("/help", None),
        ("/privacy", None),
        ("/language", None),
        ("/meeting", None),
        ("/mydata", None),
        ("/nonsense", None),
        ("/digest", Some(Act::Digest)),
        ("/concerns", Some(Act::Read)),
        ("/announce", Some(Act::Announce)),
        ("/invite", Some(Act::Invite)),
        ("/orgs", Some(Act::Organisations)),
        ("/people", Some(Act::People)),
        ("/audit", Some(Act::Audit)),
        ("/stats", Some(Act::Digest)),
        ("/promises", Some(Act::Ledger)),
        ("/search", Some(Act::Read)),
        ("/search wall", Some(Act::Read)),
        ("/outcome", Some(Act::Floor)),
        ("/bind", Some(Act::Bind)),
        ("/unbind", Some(Act::Bind)),
    ];
    let commands = commands
        .into_iter()
        .map(|(command, act)| Deed_::Command(command.to_owned(), act));
    all.extend(commands);
    for edition in [Edition::Organisers, Edition::Shared] {
        for format in Format::ALL {
            for number in [None, Some(1), Some(9_999)] {
                let press = Press::Digest(edition, format, number);
                all.push(Deed_::Outside(press, Act::Digest));
            }
        }
        all.push(Deed_::Outside(Press::Select(edition), Act::Digest));
    }
    for id in [ids.announcement, 9_999] {
        all.push(Deed_::Outside(Press::Stop(id), Act::Announce));
    }
    for what in [
        Tapped::Open(ids.concerns[&Status::Answered]),
        Tapped::Answered(ids.concerns[&Status::Agenda]),
        Tapped::Deflected(ids.concerns[&Status::New]),
        Tapped::Promised(ids.concerns[&Status::Agenda]),
        Tapped::NotReached(9_999),
        Tapped::Speaks(Side::Authority),
        Tapped::Stop,
        Tapped::Undo(0),
        Tapped::Undo(9),
    ] {
        let (meeting, seen) = (900, 1);
        let tap = FloorTap {
            meeting,
            seen,
            what,
        };
        all.push(Deed_::Outside(Press::Floor(tap), Act::Floor));
    }
    // That of another meeting.
    for tap in FloorTap::all().take(1) {
        all.push(Deed_::Outside(Press::Floor(tap), Act::Floor));
    }
    // Their author alone may look at a concern by it.
    for id in ids.concerns.values() {
        all.push(Deed_::Outside(Press::Concern(*id), Act::Machine));
    }
    // Only those behind what was promised may say what became of it.
    for verdict in Verdict::ALL {
        let press = Press::Promise(ids.promise, verdict);
        all.push(Deed_::Outside(press, Act::Machine));
    }
    all
}

impl Deed_ {
    pub(super) fn event(&self, screen: u32) -> Event {
        let press = |press: Press| Event::Press {
            query: "query".to_owned(),
            message: Some(MessageId(50)),
            data: press.write(),
        };
        let message = |text: &String| Event::Message {
            id: MessageId(60),
            content: Content::Text(text.clone()),
        };
        match self {
            Self::Press(action) => press(Press::Screen(screen, action.clone())),
            Self::Text(text) | Self::Command(text, _) => message(text),
            Self::Outside(data, _) => press(data.clone()),
        }
    }

    /// What it takes beyond being where one is.
    pub(super) fn act(&self) -> Option<Act> {
        match self {
            Self::Press(Action::Desk(tap)) => Some(tap.act()),
            Self::Press(Action::Digest) => Some(Act::Digest),
            Self::Press(_) | Self::Text(_) => None,
            Self::Command(_, act) => *act,
            Self::Outside(_, act) => Some(*act),
        }
    }

    pub(super) fn is_offered(&self, screen: &Screen) -> bool {
        match self {
            Self::Press(action) => screen.offers(action),
            Self::Text(_) | Self::Command(..) | Self::Outside(..) => true,
        }
    }

    /// Whether it works wherever one is.
    pub(super) fn is_absolute(&self) -> bool {
        match self {
            Self::Press(_) | Self::Text(_) => false,
            Self::Command(..) | Self::Outside(..) => true,
        }
    }
}
