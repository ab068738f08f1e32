//! Words that are found wherever they are, put into every field of everything that can be said to the bot, by the real program; and where
//! each of them may stand.
//!
//! [`live`] goes through every feature with a canary in each field. [`ALLOWED`] names those that may come out, and where: there each
//! does come out, or the search proves nothing. Every other one may stand nowhere, be it sealed. A new feature gets its canaries here, and
//! its line there.
//!
//! `talk` is what people say, `meeting` what becomes of it before, at and after the meeting, `search` looks for all of it.

mod meeting;
mod search;
mod talk;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use jiff::civil::Date;
use jiff::{ToSpan as _, Zoned};
use samleng::emulator::client::{Button, Chat};
use serde_json::json;

use crate::documents::read::parts;
use crate::support::{BotProcess, Phone, Said, Screen, Site};

pub(crate) use search::{check_hidden, check_places, files, find, records};
use talk::{beside, join, talk};

/// The member who says most of this, the owner, and a member of another organisation.
pub(crate) const MEMBER: i64 = 901;
const OWNER: i64 = 902;
const NEIGHBOUR: i64 = 903;
const GROUP: i64 = -9_050;

/// How all of them begin.
const STEM: &str = "CanaryKookaburra";

/// Words that are found wherever they are. Each is told apart by its purpose.
pub(crate) fn canary(of: &str) -> String {
    format!("{STEM}{of}Canary")
}

/// Where words may come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// The records, once their seal is off.
    Records,
    /// `samleng export`.
    Export,
    /// Digests for the organisers.
    Organisers,
    /// Digests for the authority.
    Shared,
    /// The agenda, which may be handed over.
    Agenda,
    /// Cards to read from at the meeting, for organisers.
    Cards,
    /// What the bot sends.
    Sent,
}

/// What may come out, and where it does.
pub(crate) const ALLOWED: &[(&str, &[Place])] = {
    use Place::{Agenda, Cards, Export, Organisers, Records, Sent, Shared};
    &[
        (
            "organisation",
            &[Records, Export, Organisers, Shared, Cards, Sent],
        ),
        (
            "title",
            &[Records, Export, Organisers, Shared, Agenda, Cards, Sent],
        ),
        ("story", &[Records, Export, Organisers, Shared, Cards, Sent]),
        (
            "caption",
            &[Records, Export, Organisers, Shared, Cards, Sent],
        ),
        ("edited", &[Records, Export, Organisers, Shared, Sent]),
        ("affected", &[Records, Export, Organisers, Shared, Sent]),
        ("ask", &[Records, Export, Organisers, Shared, Cards, Sent]),
        // What organisers heard in a voice note is in the place of nothing once its author has written it.
        ("written", &[Sent]),
        (
            "spoken",
            &[Records, Export, Organisers, Shared, Cards, Sent],
        ),
        // Who prepares the meeting asks, and is answered; that is for nobody else, and stays with the concern when it is raised again.
        ("asked", &[Records, Export, Sent]),
        ("answered", &[Records, Export, Sent]),
        ("refused", &[Records, Export, Sent]),
        ("announced", &[Records, Export, Sent]),
        ("called", &[Records, Export, Sent]),
        ("meeting", &[Records, Export, Organisers, Shared, Sent]),
        ("hall", &[Records, Export, Organisers, Shared, Sent]),
        ("registered", &[Records, Export, Sent]),
        // It is said back to whoever searched, and kept nowhere.
        ("searched", &[Sent]),
        // Who only supports is a number to all but organisers. It had another name, of which nothing is left.
        ("supporter", &[Sent]),
        ("renamed", &[Records, Export, Organisers, Sent]),
        (
            "first-meeting",
            &[Records, Export, Organisers, Shared, Agenda, Cards, Sent],
        ),
        ("by-hand", &[Records, Export, Agenda, Sent]),
        // What was logged and undone, written down and taken back, or put in other words.
        ("mistaken", &[Sent]),
        ("taken-back", &[Sent]),
        ("pledged", &[Sent]),
        ("promised", &[Records, Export, Organisers, Shared, Sent]),
        ("promised-by", &[Records, Export, Organisers, Shared, Sent]),
        ("reworded", &[Records, Export, Organisers, Shared, Sent]),
        ("pledged-by", &[Records, Export, Organisers, Shared, Sent]),
        // What organisations say of a promise is for organisers, and a count for all others.
        ("noted", &[Records, Export, Sent]),
        ("below-photo", &[Records, Export, Sent]),
        ("noted-by-author", &[Records, Export, Sent]),
    ]
};

/// What those who prepare the meeting said, and the neighbour: it stays when the member is forgotten.
pub(crate) const OF_OTHERS: &[&str] = &[
    "announced",
    "called",
    "meeting",
    "hall",
    "registered",
    "renamed",
    "first-meeting",
    "promised",
    "promised-by",
    "reworded",
    "pledged-by",
    "noted",
    "below-photo",
];

/// What may stand nowhere, be it sealed.
pub(crate) const NEVER: &[&str] = &[
    "first",
    "last",
    "username",
    "filename",
    "forwarder",
    "phone",
    "contact",
    "vcard",
    "question",
    "menu",
    "venue",
    "first-story",
    "signature",
    "command",
    "data",
    "family",
    "tongue",
    "mime",
    "performer",
    "option",
    "explanation",
    "address",
    "quote",
    "replied",
    "elsewhere",
    "address-of-link",
    "mentioned",
    "sticker-set",
    "hidden",
    "channel",
    "via",
    "inline",
    "chosen",
    "instance",
    "thumbnail",
    "title-of-chat",
    "boost",
    "effect",
    "in-group",
    "title-of-group",
    "tried",
    "head-count",
    "due",
    "evidence",
];

/// What came of it, outside of the site's folder.
pub(crate) struct Lived {
    pub(crate) bot: BotProcess,
    pub(crate) member: Phone,
    owner: Phone,
    neighbour: Phone,
    /// Of the member's last concern.
    receipt: String,
    /// What commands wrote, by where they come out.
    outputs: Vec<(Place, String, Vec<u8>)>,
    /// What commands said beside that.
    pub(crate) said: Vec<(String, String)>,
    folder: tempfile::TempDir,
}

/// The button of this screen that does this.
fn button<'s>(screen: &'s Screen, verb: &str) -> Option<&'s Button> {
    let mut buttons = screen.message.buttons.iter().flatten();
    buttons.find(|button| {
        let data = button.data.as_deref().unwrap_or_default();
        let action = data.split_once(':').map_or(data, |(_, action)| action);
        action == verb
            || action
                .strip_prefix(verb)
                .is_some_and(|rest| rest.starts_with('.'))
    })
}

fn offers(screen: &Screen, verb: &str) -> bool {
    button(screen, verb).is_some()
}

/// Presses the button of this screen that does this.
pub(crate) async fn choose(phone: &mut Phone, screen: &Screen, verb: &str) -> Screen {
    let button =
        button(screen, verb).unwrap_or_else(|| panic!("no {verb} on {:?}", screen.message));
    phone.press(screen, &button.text.clone()).await;
    phone.screen().await
}

/// The words of a document as they are, one behind the other.
fn readable(bytes: Vec<u8>) -> Vec<u8> {
    if bytes.starts_with(b"PK") {
        return parts(&bytes).into_values().collect::<String>().into_bytes();
    }
    if !bytes.starts_with(b"%PDF") {
        return bytes;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("printed.pdf");
    fs::write(&path, bytes).unwrap();
    let mut reader = Command::new("pdftotext");
    let read = reader.arg("-raw").arg(&path).arg("-").output();
    let mut words = read.expect("tests/run installs pdftotext").stdout;
    // A long word may stand on two lines.
    words.retain(|byte| !byte.is_ascii_whitespace());
    words
}

/// Whether a message of the bot has a button that carries such data.
fn has_button(chat: &Chat, such: impl Fn(&str) -> bool) -> Option<()> {
    let ours = chat.messages.iter().filter(|m| m.from_bot && !m.deleted);
    let mut buttons = ours.flat_map(|m| m.buttons.iter().flatten());
    let is_it = |button: &Button| button.data.as_deref().is_some_and(&such);
    buttons.any(is_it).then_some(())
}

/// Waits until a message of the bot holds this.
async fn reads(phone: &Phone, words: &str) {
    phone
        .sees(|chat| {
            let mut ours = chat.messages.iter().filter(|m| m.from_bot);
            ours.any(|m| m.text.contains(words)).then_some(())
        })
        .await;
}

/// Goes through every feature with a canary in each field.
pub(crate) async fn live(site: &Site, bot: BotProcess) -> Lived {
    let owner = site.owner(&bot, OWNER).await;
    let (member, receipt) = talk(site).await;
    let neighbour = site.phone(NEIGHBOUR, "en").await;
    let mut lived = Lived {
        bot,
        member,
        owner,
        neighbour,
        receipt,
        outputs: Vec::new(),
        said: Vec::new(),
        folder: tempfile::tempdir().unwrap(),
    };
    lived.prepare(site).await;
    join(&mut lived.neighbour).await;
    lived.in_group(site).await;
    lived.ask(site).await;
    lived.decide(site, &["approved"]).await;
    lived.before_the_meeting().await;
    lived.plan(site).await;
    lived.at_the_meeting().await;
    lived.after_the_meeting(site).await;
    lived.raise_again(site).await;
    lived.hand_out(site).await;
    lived.refuse(site).await;
    lived
}

impl Lived {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command that must succeed.
    pub(crate) async fn command(&mut self, site: &Site, words: &[&str]) -> Said {
        let said = site.say(words).await;
        assert_eq!(said.code, Some(0), "{words:?}: {said:?}");
        self.said.push((words.join(" "), said.err.clone()));
        said
    }

    /// Something is decided about the member's last concern.
    async fn decide(&mut self, site: &Site, what: &[&str]) {
        let receipt = self.receipt.clone();
        let words = [&["set", "concern", &receipt], what].concat();
        self.command(site, &words).await;
    }

    /// A meeting of this name is known.
    async fn meet(&mut self, site: &Site, title: &str, day: Date) {
        let path = self.path("meeting.toml");
        let (title, hall) = (canary(title), canary("hall"));
        let known = format!("title = \"{title}\"\nplace = \"{hall}\"\ndays = [\"{day}\"]\n");
        fs::write(&path, known).unwrap();
        let path = path.to_str().unwrap().to_owned();
        self.command(site, &["set", "meeting", &path]).await;
    }

    /// What the organisers do by the command line and in their chat.
    async fn prepare(&mut self, site: &Site) {
        let soon = Zoned::now().date() + 10.days();
        self.meet(site, "first-meeting", soon).await;
        let list = self.path("list.csv");
        let rows = format!(
            "number,name_km,name_en,province\n1001,,{},Pursat\n",
            canary("registered")
        );
        fs::write(&list, rows).unwrap();
        let list = list.to_str().unwrap().to_owned();
        self.command(site, &["import", "registry", &list]).await;
        self.command(site, &["invite", "--uses", "3"]).await;

        let owner = &mut self.owner;
        owner
            .screen_of_command(&format!("/search {}", canary("searched")))
            .await;
        owner
            .screen_of_command(&format!("/{} {}", canary("command"), canary("tried")))
            .await;
        owner
            .screen_of_command(&format!("/verify {}", canary("tried")))
            .await;
        let people = owner.screen_of_command("/people").await;
        let asked = choose(owner, &people, "desk.offer").await;
        owner.type_in(&asked, &canary("called")).await;
        reads(owner, &canary("called")).await;
        let audiences = owner.screen_of_command("/announce").await;
        owner.act(&audiences).await;
        let words = owner.screen().await;
        owner.type_in(&words, &canary("announced")).await;
        for _ in 0..2 {
            let preview = owner.screen().await;
            owner.act(&preview).await;
        }
        reads(&self.member, &canary("announced")).await;
    }

    /// The organisers' group, in which everybody talks.
    async fn in_group(&mut self, site: &Site) {
        let group = json!({"id": GROUP, "type": "group", "title": canary("title-of-group"), "members": [OWNER, MEMBER],
            "bot": "member", "by": OWNER});
        site.people.group(&group).await.unwrap();
        site.people
            .send_text_in(GROUP, OWNER, "/bind")
            .await
            .unwrap();
        for (id, from) in [(1, OWNER), (2, MEMBER)] {
            let mut message = beside();
            message["chat"] =
                json!({"id": GROUP, "type": "group", "title": canary("title-of-group")});
            message["from"]["id"] = json!(from);
            message["message_id"] = json!(9_900 + id);
            message["text"] = json!(canary("in-group"));
            site.people.raw(&json!({"message": message})).await.unwrap();
            message["text"] = json!(format!("/{} {}", canary("command"), canary("in-group")));
            site.people.raw(&json!({"message": message})).await.unwrap();
        }
        site.until_confirmed().await;
    }

    /// A question to the author, and the answer.
    async fn ask(&mut self, site: &Site) {
        let asked = canary("asked");
        self.decide(site, &["--ask", &asked]).await;
        reads(&self.member, &asked).await;
        let member = &mut self.member;
        let menu = member.screen_of_command("/menu").await;
        let mine = choose(member, &menu, "mine").await;
        let concern = choose(member, &mine, "open").await;
        let question = choose(member, &concern, "reply").await;
        member.type_in(&question, &canary("answered")).await;
        member.screen().await;
    }

    /// It is refused with a reason, and everything leaves the bot as it is then.
    async fn refuse(&mut self, site: &Site) {
        let refused = canary("refused");
        self.decide(site, &["rejected", "--reason", &refused]).await;
        reads(&self.member, &refused).await;
        let lines = self.export(site, "export.jsonl").await;
        self.outputs
            .push((Place::Export, "the export".to_owned(), lines));
        // A backup lies where everything is searched; so does what is printed of the log.
        let backup = site.folder.path().join("one.backup");
        self.command(site, &["backup", backup.to_str().unwrap()])
            .await;
        let receipt = self.receipt.clone();
        for words in [&["audit"][..], &["verify", &receipt], &["doctor"]] {
            let said = site.say(words).await;
            self.said.push((words.join(" "), said.out + &said.err));
        }
        self.member.screen_of_command("/meeting").await;
        self.member.screen_of_command("/mydata").await;
        site.until_confirmed().await;
    }

    /// Digests of a concern that the authority may read, in every form.
    async fn hand_out(&mut self, site: &Site) {
        self.decide(site, &["approved"]).await;
        for (edition, place) in [("organisers", Place::Organisers), ("shared", Place::Shared)] {
            for format in ["text", "json", "csv", "xlsx", "docx", "pdf"] {
                let path = self.path(&format!("{edition}.{format}"));
                let out = path.to_str().unwrap().to_owned();
                let words = [
                    "digest",
                    "--edition",
                    edition,
                    "--format",
                    format,
                    "--out",
                    &out,
                ];
                self.command(site, &words).await;
                let words = readable(fs::read(&path).unwrap());
                self.outputs
                    .push((place, format!("{edition} as {format}"), words));
            }
        }
        self.owner.screen_of_command("/stats").await;
        let owner = self.owner.id;
        site.people.send_text(owner, "/digest").await.unwrap();
        let digest = |chat: &Chat| has_button(chat, |data| data.starts_with("digest:"));
        self.owner.sees(digest).await;
    }

    /// The lines of an export.
    pub(crate) async fn export(&mut self, site: &Site, name: &str) -> Vec<u8> {
        let path = self.path(name);
        let out = path.to_str().unwrap().to_owned();
        self.command(site, &["export", &out]).await;
        fs::read(&path).unwrap()
    }

    /// Every canary comes out where it may, and nowhere else.
    pub(crate) async fn check(&self, site: &Site) {
        let mut outputs: Vec<(Place, &str, &[u8])> = self
            .outputs
            .iter()
            .map(|(place, name, bytes)| (*place, name.as_str(), bytes.as_slice()))
            .collect();
        let calls = site.people.calls_after(0, std::time::Duration::ZERO).await;
        let calls = calls.unwrap().calls.into_iter();
        let sent: String = calls
            .filter(|call| call.method != "getUpdates")
            .map(|call| format!("{} {}\n", call.method, call.params))
            .collect();
        outputs.push((Place::Sent, "what was sent", sent.as_bytes()));
        check_places(&outputs);
    }
}
