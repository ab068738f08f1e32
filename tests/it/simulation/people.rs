//! People with phones, who do what comes to their mind.
//!
//! Whatever one of them writes holds a mark that nothing else holds: `qz`, their id, the message's number, its version. So
//! whose words are where can be told of every message and record.

use std::collections::VecDeque;

use samleng::emulator::local::{Button, Local};
use serde_json::{Map, Value, json};

use crate::luck::Luck;

/// The organisers' group.
pub(super) const GROUP: i64 = -500;
/// The first three are the organisers; the first of them is the owner.
pub(super) const ORGANISERS: usize = 3;
const FIRST: i64 = 1_000;
/// Messages of a chat that are looked at; its newest.
const NEWEST: usize = 8;

/// A person.
pub(super) struct Soul {
    pub(super) id: i64,
    pub(super) language: &'static str,
    organisation: String,
    /// What is still to be done to the end that they have in mind.
    errand: VecDeque<String>,
    /// What they wrote: the message, its number among theirs, its version.
    pub(super) said: Vec<Said>,
    /// The last thing that wants an answer: the chat's event then, the update, when.
    pub(super) asked: Option<Asked>,
    pub(super) blocked: bool,
    /// Whether they ever had: what came then they have not seen.
    pub(super) missed: bool,
    /// Whether they ever went back to change what they had sent, so that two drafts may lie one above the other.
    pub(super) changed: bool,
    /// Presses that may submit something, by their updates.
    pub(super) submits: Vec<i64>,
    last: Option<String>,
    /// Data of buttons that they have seen; for others to forge.
    seen: Vec<String>,
}

/// A message of theirs.
#[derive(Clone, Debug)]
pub(super) struct Said {
    message: i64,
    /// Whether it holds words of theirs, and not a command.
    tells: bool,
    /// The update of each version.
    pub(super) versions: Vec<i64>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) event: u64,
    pub(super) update: i64,
    pub(super) at_ms: u64,
    /// Of a press, what is to be answered.
    pub(super) query: Option<u64>,
}

/// The number of a callback query, among the fields of whatever speaks of it.
pub(super) fn query(fields: &Map<String, Value>) -> Option<u64> {
    fields.get("callback_query_id")?.as_str()?.parse().ok()
}

/// What a button of a screen does: what stands behind the screen's number.
fn verb(button: &Button) -> &str {
    button.data.split_once(':').map_or("", |(_, verb)| verb)
}

/// Agreeing to be asked what became of a promise once everything about people is erased.
const FOLLOW: &[&str] = &["/mine", "promise.*", "pick.follow"];

/// Telling everybody something.
const ANNOUNCE: &[&str] = &["/announce", "pick.everyone", "\"", "desk.send", "yes"];

/// What somebody can do in a row. A verb is pressed, `*` is any of what begins so, `"` is written.
const ERRANDS: [&[&str]; 20] = [
    &["/menu", "mine", "open.*", "withdraw", "yes"],
    &[
        "/menu",
        "mine",
        "open.*",
        "edit",
        "change.title",
        "\"",
        "submit",
    ],
    &[
        "/menu",
        "mine",
        "open.*",
        "edit",
        "change.disclosure",
        "pick.*",
        "submit",
    ],
    &["/menu", "others", "pick.*", "open.*", "endorse"],
    &["/menu", "others", "by-place", "pick.*", "open.*", "endorse"],
    &["/menu", "meeting", "rsvp", "yes", "\"2"],
    &["/menu", "meeting", "rsvp", "no"],
    &["/menu", "mine", "open.*", "reply", "\""],
    FOLLOW,
    &["/forget", "yes"],
    &[
        "/concerns",
        "pick.new",
        "desk.approve",
        "desk.approve",
        "desk.hold",
    ],
    &["/concerns", "pick.new", "desk.ask", "\""],
    &["/concerns", "pick.new", "desk.reject", "\""],
    &["/concerns", "pick.all", "open.*", "desk.merge", "pick.*"],
    &["/concerns", "pick.approved", "open.*", "desk.agenda"],
    ANNOUNCE,
    &["/orgs", "open.*", "desk.approve-organisation"],
    &["/search", "\"", "open.*", "desk.hold"],
    &["/digest"],
    &["/digest"],
];
/// Of these, the first are for those who speak for an organisation.
const MEMBERS_ERRANDS: usize = 10;

/// The same with the agenda, the floor log and the promises. `~` is a button of the log.
const AT_THE_MEETING: [&[&str]; 15] = [
    &["/concerns", "pick.approved", "open.*", "desk.agenda"],
    &["/agenda", "open.*", "desk.put-in", "\""],
    &["/agenda", "open.*", "desk.take-out", "\""],
    &["/agenda", "desk.settle", "yes"],
    &["/outcome", "~open", "~answered"],
    &[
        "/outcome",
        "~open",
        "~promised",
        "\"",
        "\"The office",
        "pick.1",
    ],
    &[
        "/outcome",
        "~open",
        "~promised",
        "\"",
        "pick.skip",
        "pick.skip",
    ],
    &["/outcome", "~open", "~deflected", "~undo"],
    &["/outcome", "~open", "~not-reached", "~answered"],
    &["/outcome", "~organisations", "~authority", "~stop"],
    &["/outcome", "desk.correct", "pick.organisations", "pick.5"],
    &["/promises", "desk.add-promise", "\"", "desk.save-promise"],
    &[
        "/promises",
        "open.*",
        "desk.change-promise",
        "pick.due",
        "\"4/3/2027",
        "desk.save-promise",
    ],
    &["/promises", "open.*", "desk.take-promise-back", "yes"],
    &["/promises", "open.*", "desk.reports"],
];

const COMMANDS: [&str; 22] = [
    "/start",
    "/menu",
    "/help",
    "/privacy",
    "/meeting",
    "/language",
    "/cancel",
    "/reminders",
    "/stop",
    "/verify SL-7K3F-9QX2-M4TD",
    "/concerns",
    "/orgs",
    "/people",
    "/audit",
    "/search land",
    "/announce",
    "/invite",
    "/bind",
    "/nothing",
    "/start AAAAAAAAAAAAAAAAAAAAAA",
    "/mydata",
    "/unbind",
];

/// What people say. Few sentences, so that some of it is close to what others said.
const STORIES: [(&str, &str); 4] = [
    (
        "The road to our village has been closed since March and nobody tells us why",
        "ផ្លូវទៅកាន់ភូមិរបស់យើងត្រូវបានបិទតាំងពីខែមីនា ហើយគ្មានអ្នកណាប្រាប់ថាហេតុអ្វីទេ",
    ),
    (
        "Our registration waits for an answer for two years",
        "ការចុះបញ្ជីរបស់យើងរង់ចាំចម្លើយអស់រយៈពេលពីរឆ្នាំហើយ",
    ),
    (
        "The well is dry and the pump was taken away",
        "អណ្តូងទឹករីងស្ងួត ហើយម៉ាស៊ីនបូមទឹកត្រូវបានគេយកទៅបាត់",
    ),
    (
        "Meetings in our commune need a permit that nobody gives",
        "ការជួបជុំនៅឃុំរបស់យើងត្រូវការលិខិតអនុញ្ញាត ដែលគ្មាននរណាចេញឱ្យទេ",
    ),
];

/// The marks within this text.
pub(super) fn marks(text: &str) -> impl Iterator<Item = Mark> + '_ {
    text.match_indices("qz")
        .filter_map(|(at, _)| Mark::read(&text[at + 2..]))
}

/// Whose words, which, in which version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    pub(super) who: i64,
    pub(super) said: usize,
    pub(super) version: usize,
}

impl Mark {
    fn read(text: &str) -> Option<Self> {
        let (who, rest) = number(text)?;
        let (said, rest) = number(rest.strip_prefix('m')?)?;
        let (version, rest) = number(rest.strip_prefix('v')?)?;
        // A name that was cut short says nothing of its version.
        rest.starts_with('q').then_some(Self {
            who,
            said: said as usize,
            version: version as usize,
        })
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "qz{}m{}v{}q", self.who, self.said, self.version)
    }
}

fn number(text: &str) -> Option<(i64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    Some((text[..end].parse().ok()?, &text[end..]))
}

impl Soul {
    pub(super) fn new(number: usize, people: usize) -> Self {
        let id = FIRST + number as i64;
        let organisation = number % (people * 2 / 3).max(2);
        Self {
            id,
            language: if number.is_multiple_of(2) { "en" } else { "km" },
            organisation: format!(
                "Circle {}",
                ["Reed", "Heron", "Otter", "Crane"][organisation % 4]
            ) + &format!(" {organisation}"),
            errand: VecDeque::new(),
            said: Vec::new(),
            asked: None,
            blocked: false,
            missed: false,
            changed: false,
            submits: Vec::new(),
            last: None,
            seen: Vec::new(),
        }
    }

    /// Comes into the world of the emulator.
    pub(super) fn appear(&self, local: &Local) {
        let person =
            json!({"id": self.id, "first_name": "Somebody", "language_code": self.language});
        local.act("user", person).unwrap();
    }

    pub(super) fn press_data(&self, luck: &mut Luck) -> Option<String> {
        luck.of(&self.seen).cloned()
    }

    /// The highest number of a screen whose buttons are in the chat's newest messages.
    pub(super) fn newest_screen(&self, local: &Local) -> Option<u32> {
        self.screens(local, NEWEST).max()
    }

    /// Whether the buttons of this screen are anywhere in the chat: a message that is rewritten stays where it is.
    pub(super) fn has_screen(&self, local: &Local, number: u32) -> bool {
        self.screens(local, usize::MAX).any(|known| known == number)
    }

    fn screens(&self, local: &Local, newest: usize) -> impl Iterator<Item = u32> {
        let buttons = local.buttons(self.id, newest).into_iter();
        buttons.filter_map(|button| button.data.split_once(':')?.0.parse().ok())
    }

    fn screen(&self, local: &Local) -> Vec<Button> {
        let mut buttons = local.buttons(self.id, NEWEST);
        let newest = buttons.last().map(|button| button.message_id);
        buttons.retain(|button| Some(button.message_id) == newest);
        buttons
    }

    /// Notes that an answer is wanted.
    fn asks(&mut self, local: &Local, done: &Value, at_ms: u64) {
        if let Some(update) = done["update_id"].as_i64() {
            self.asked = Some(Asked {
                event: local.event(self.id),
                update,
                at_ms,
                query: done.as_object().and_then(query),
            });
        }
    }

    /// Opens the bot by a link.
    pub(super) fn opens(&mut self, local: &Local, code: &str, at_ms: u64) {
        let start = json!({"from": self.id, "payload": code});
        if let Ok(done) = local.act("start", start) {
            self.asks(local, &done, at_ms);
        }
    }

    pub(super) fn writes(&mut self, local: &Local, text: &str, at_ms: u64) {
        let message = json!({"from": self.id, "text": text});
        // Whoever has blocked the bot cannot.
        let Ok(done) = local.act("send", message) else {
            return;
        };
        self.asks(local, &done, at_ms);
        self.said.push(Said {
            message: done["message_id"].as_i64().unwrap_or(0),
            tells: marks(text).next().is_some(),
            versions: vec![done["update_id"].as_i64().unwrap_or(0)],
        });
        self.last = Some(text.to_owned());
    }

    /// Words of their own, with their mark.
    fn words(&self, luck: &mut Luck, said: usize, version: usize) -> String {
        let mark = Mark {
            who: self.id,
            said,
            version,
        };
        let (english, khmer) = STORIES[luck.below(4) as usize];
        let story = if self.language == "en" {
            english
        } else {
            khmer
        };
        format!("{mark} {story}")
    }

    pub(super) fn tells(&mut self, local: &Local, luck: &mut Luck, at_ms: u64) {
        let words = self.words(luck, self.said.len(), 0);
        self.writes(local, &words, at_ms);
    }

    pub(super) fn presses(&mut self, local: &Local, message: i64, data: &str, at_ms: u64) {
        let press = json!({"from": self.id, "message_id": message, "data": data});
        let Ok(done) = local.act("press", press) else {
            return;
        };
        self.asks(local, &done, at_ms);
        if data.ends_with(":submit") || data.ends_with(":mine-too") {
            self.submits.push(done["update_id"].as_i64().unwrap_or(0));
        }
    }

    fn press(&mut self, local: &Local, button: &Button, at_ms: u64) {
        self.presses(local, button.message_id, &button.data, at_ms);
    }

    /// What the screen asks for.
    pub(super) fn goes_on(&mut self, local: &Local, luck: &mut Luck, at_ms: u64) {
        if let Some(next) = self.errand.pop_front() {
            return self.next_of_errand(local, luck, &next, at_ms);
        }
        let screen = self.screen(local);
        self.seen
            .extend(screen.iter().map(|button| button.data.clone()));
        let keep = self.seen.len().saturating_sub(60);
        self.seen.drain(..keep);
        let find = |wanted: &str| screen.iter().find(|button| verb(button) == wanted).cloned();
        let asked = screen
            .iter()
            .filter(|button| button.data.starts_with("promise:"));
        let asked: Vec<Button> = asked.cloned().collect();
        if let Some(button) = luck.of(&asked) {
            let button = button.clone();
            return self.press(local, &button, at_ms);
        }
        let speak = format!("speak.{}", self.language);
        for verb in ["submit", "mine-too", "agree", &speak, "next", "continue"] {
            if let Some(button) = find(verb) {
                return self.press(local, &button, at_ms);
            }
        }
        let picks: Vec<Button> = screen
            .iter()
            .filter(|button| verb(button).starts_with("pick."))
            .cloned()
            .collect();
        if let Some(button) = luck.of(&picks) {
            let button = button.clone();
            return self.press(local, &button, at_ms);
        }
        if let Some(done) = find("done") {
            if find("undo").is_some() && !luck.one_in(3) {
                return self.press(local, &done, at_ms);
            }
            return self.tells(local, luck, at_ms);
        }
        if let Some(skip) = find("skip")
            && luck.one_in(2)
        {
            return self.press(local, &skip, at_ms);
        }
        if find("cancel").is_some() {
            return self.tells(local, luck, at_ms);
        }
        if let Some(button) = find("new").or_else(|| find("join")) {
            return self.press(local, &button, at_ms);
        }
        if let (Some(yes), Some(no)) = (find("yes"), find("no")) {
            let button = if luck.one_in(4) { no } else { yes };
            return self.press(local, &button, at_ms);
        }
        match screen.first() {
            None if self.said.is_empty() => self.writes(local, "/start", at_ms),
            None => {
                let name = self.organisation.clone();
                self.writes(local, &name, at_ms);
            }
            Some(_) => self.writes(local, "/menu", at_ms),
        }
    }

    /// Begins something that takes several things in a row.
    pub(super) fn sets_out(&mut self, local: &Local, luck: &mut Luck, organises: bool, at_ms: u64) {
        let which = if organises && !luck.one_in(4) {
            MEMBERS_ERRANDS as u64 + luck.below((ERRANDS.len() - MEMBERS_ERRANDS) as u64)
        } else if luck.one_in(12) {
            MEMBERS_ERRANDS as u64 - 1
        } else if luck.one_in(20) {
            luck.below(ERRANDS.len() as u64)
        } else {
            luck.below(MEMBERS_ERRANDS as u64 - 1)
        };
        if (1..=2).contains(&which) {
            self.changed = true;
        }
        self.begins(ERRANDS[which as usize], local, luck, at_ms);
    }

    fn begins(&mut self, errand: &[&str], local: &Local, luck: &mut Luck, at_ms: u64) {
        self.errand = errand.iter().map(|&next| next.to_owned()).collect();
        if let Some(first) = self.errand.pop_front() {
            self.next_of_errand(local, luck, &first, at_ms);
        }
    }

    /// As an organiser: begins to announce something.
    pub(super) fn announces(&mut self, local: &Local, luck: &mut Luck, at_ms: u64) {
        self.begins(ANNOUNCE, local, luck, at_ms);
    }

    /// Agrees to be asked about a promise later, where that is offered.
    pub(super) fn agrees(&mut self, local: &Local, luck: &mut Luck, at_ms: u64) {
        self.begins(FOLLOW, local, luck, at_ms);
    }

    /// As an organiser: begins something with the agenda, the floor log or the promises.
    pub(super) fn is_at_the_meeting(&mut self, local: &Local, luck: &mut Luck, at_ms: u64) {
        let errand = luck.of(&AT_THE_MEETING).copied().unwrap_or_default();
        self.begins(errand, local, luck, at_ms);
    }

    fn next_of_errand(&mut self, local: &Local, luck: &mut Luck, next: &str, at_ms: u64) {
        if let Some(words) = next.strip_prefix('"') {
            return match words {
                "" => self.tells(local, luck, at_ms),
                words => self.writes(local, words, at_ms),
            };
        }
        if next.starts_with('/') {
            return self.writes(local, next, at_ms);
        }
        let screen = self.screen(local);
        let fitting: Vec<Button> = screen
            .into_iter()
            .filter(
                |button| match (next.strip_suffix('*'), next.strip_prefix('~')) {
                    (Some(beginning), _) => verb(button).starts_with(beginning),
                    (None, Some(logged)) => {
                        let log = button.data.strip_prefix("floor:");
                        log.is_some_and(|log| log.contains(&format!(".{logged}.")))
                    }
                    (None, None) => verb(button) == next,
                },
            )
            .collect();
        match luck.of(&fitting) {
            Some(button) => {
                let button = button.clone();
                self.press(local, &button, at_ms);
            }
            // It has come otherwise.
            None => self.errand.clear(),
        }
    }

    pub(super) fn wanders(&mut self, local: &Local, luck: &mut Luck, at_ms: u64) {
        let screen = self.screen(local);
        if let Some(button) = luck.of(&screen) {
            let button = button.clone();
            self.press(local, &button, at_ms);
        }
    }

    pub(super) fn presses_something_old(&mut self, local: &Local, luck: &mut Luck, at_ms: u64) {
        let buttons = local.buttons(self.id, NEWEST);
        if luck.one_in(3)
            && let (Some(data), Some(button)) = (self.press_data(luck), buttons.last())
        {
            let message = button.message_id;
            return self.presses(local, message, &data, at_ms);
        }
        if let Some(button) = luck.of(&buttons) {
            let button = button.clone();
            self.press(local, &button, at_ms);
        }
    }

    /// Says what became of a promise, if they were asked.
    pub(super) fn answers(&mut self, local: &Local, luck: &mut Luck, at_ms: u64) {
        let mut asked = local.buttons(self.id, NEWEST);
        asked.retain(|button| button.data.starts_with("promise:"));
        if let Some(button) = luck.of(&asked) {
            let button = button.clone();
            self.press(local, &button, at_ms);
        }
    }

    pub(super) fn forges(&mut self, local: &Local, data: &str, at_ms: u64) {
        if let Some(button) = local.buttons(self.id, NEWEST).last() {
            let message = button.message_id;
            self.presses(local, message, data, at_ms);
        }
    }

    pub(super) fn commands(&mut self, local: &Local, luck: &mut Luck, at_ms: u64) {
        if let Some(command) = luck.of(&COMMANDS) {
            self.writes(local, command, at_ms);
        }
    }

    /// Changes a message of theirs, mostly one of the last.
    pub(super) fn edits(&mut self, local: &Local, luck: &mut Luck, at_ms: u64) {
        let told = self.said.iter().enumerate().rev();
        let told = told.filter(|(_, said)| said.tells);
        let last: Vec<usize> = told.map(|(place, _)| place).take(3).collect();
        let Some(&place) = luck.of(&last) else {
            return;
        };
        let said = self.said[place].clone();
        let words = self.words(luck, place, said.versions.len());
        let edit = json!({"from": self.id, "message_id": said.message, "text": words});
        let Ok(done) = local.act("edit", edit) else {
            return;
        };
        self.asks(local, &done, at_ms);
        let update = done["update_id"].as_i64().unwrap_or(0);
        self.said[place].versions.push(update);
    }

    pub(super) fn says_it_again(&mut self, local: &Local, at_ms: u64) {
        let Some(last) = self.last.clone() else {
            return;
        };
        // It is another message, and so has another mark.
        let mark = marks(&last).next();
        let words = match mark {
            Some(mark) => {
                let again = Mark {
                    said: self.said.len(),
                    version: 0,
                    ..mark
                };
                last.replace(&mark.to_string(), &again.to_string())
            }
            None => last,
        };
        self.writes(local, &words, at_ms);
    }

    pub(super) fn does_something_odd(&mut self, local: &Local, luck: &mut Luck, at_ms: u64) {
        let odd = match luck.below(4) {
            0 => json!({"from": self.id, "sticker": {"emoji": "👍"}}),
            1 => json!({"from": self.id, "location": {"latitude": 11.5, "longitude": 104.9}}),
            2 => json!({"from": self.id, "voice": {"size": 4000, "duration": 9}}),
            _ => {
                json!({"from": self.id, "contact": {"phone_number": "85510000001", "first_name": "X"}})
            }
        };
        if let Ok(done) = local.act("send", odd) {
            self.asks(local, &done, at_ms);
            self.said.push(Said {
                message: done["message_id"].as_i64().unwrap_or(0),
                tells: false,
                versions: vec![done["update_id"].as_i64().unwrap_or(0)],
            });
        }
    }

    pub(super) fn blocks(&mut self, local: &Local) {
        self.blocked = !self.blocked;
        self.missed = true;
        let block = json!({"from": self.id, "blocked": self.blocked});
        local.act("block", block).unwrap();
        self.asked = None;
    }

    /// Presses a card in the organisers' group, or writes there.
    pub(super) fn meets_the_group(&mut self, local: &Local, luck: &mut Luck) {
        if luck.one_in(4) {
            let text = ["/start", "/bind", "/help", "/digest", "hello"][luck.below(5) as usize];
            let _ = local.act(
                "send",
                json!({"from": self.id, "chat": GROUP, "text": text}),
            );
            return;
        }
        let cards = local.buttons(GROUP, 40);
        if let Some(button) = luck.of(&cards) {
            let press = json!({
                "from": self.id, "chat": GROUP,
                "message_id": button.message_id, "data": button.data,
            });
            let _ = local.act("press", press);
        }
    }
}
