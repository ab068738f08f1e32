//! Words that are found wherever they are, put into every field of everything that can be said to the bot, by the real program; and where
//! each of them may stand.
//!
//! [`live`] goes through every feature with a canary in each field. [`ALLOWED`] names those that may be kept, and where they may
//! come out; every other one may stand nowhere, be it sealed. A new feature gets its canaries here, and its line there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use samleng::emulator::client::Button;
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::kv::Kv as _;
use samleng::store::seal::{CHECK_KEY, Sealer};
use samleng::store::sled_kv::SledKv;
use serde_json::{Value, json};

use crate::documents::read::parts;
use crate::support::{BotProcess, Phone, Said, Screen, Site, TOKEN, number_of};

/// The member who says all this, and the owner.
pub(crate) const MEMBER: i64 = 901;
const OWNER: i64 = 902;
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
    /// What the bot sends.
    Sent,
}

/// What may be kept, and where it may come out.
pub(crate) const ALLOWED: &[(&str, &[Place])] = {
    use Place::{Export, Organisers, Records, Sent, Shared};
    &[
        ("organisation", &[Records, Export, Organisers, Shared, Sent]),
        ("title", &[Records, Export, Organisers, Shared, Sent]),
        ("story", &[Records, Export, Organisers, Shared, Sent]),
        ("caption", &[Records, Export, Organisers, Shared, Sent]),
        ("edited", &[Records, Export, Organisers, Shared, Sent]),
        ("ask", &[Records, Export, Organisers, Shared, Sent]),
        // Who prepares the meeting asks, and is answered; that is for nobody else.
        ("asked", &[Records, Export, Organisers, Sent]),
        ("answered", &[Records, Export, Organisers, Sent]),
        ("refused", &[Records, Export, Sent]),
        ("announced", &[Records, Export, Sent]),
        ("called", &[Records, Export, Sent]),
        ("meeting", &[Records, Export, Organisers, Shared, Sent]),
        ("hall", &[Records, Export, Organisers, Shared, Sent]),
        ("registered", &[Records, Export, Organisers, Sent]),
        // It is said back to whoever searched, and kept nowhere.
        ("searched", &[Sent]),
    ]
};

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
];

/// Fields that a message may have beside what it says, with a canary in each.
fn beside() -> Value {
    let user = json!({"id": 901, "is_bot": false, "first_name": canary("first"), "last_name": canary("family"),
        "username": canary("username"), "language_code": canary("tongue")});
    let other =
        json!({"id": 78, "is_bot": true, "first_name": canary("via"), "username": canary("via")});
    json!({
        "date": 1,
        "chat": {"id": 901, "type": "private", "first_name": canary("first"), "last_name": canary("family"),
            "username": canary("username"), "title": canary("title-of-chat")},
        "from": user,
        "via_bot": other,
        "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": canary("hidden")},
        "quote": {"text": canary("quote"), "position": 0},
        "reply_to_message": {"message_id": 1, "date": 1, "chat": {"id": 901, "type": "private", "first_name": "x"},
            "text": canary("replied")},
        "external_reply": {"origin": {"type": "channel", "date": 1, "message_id": 1,
            "author_signature": canary("signature"),
            "chat": {"id": -9, "type": "channel", "title": canary("channel"), "username": canary("channel")}},
            "document": {"file_id": "x", "file_unique_id": "x", "file_name": canary("elsewhere")}},
        "entities": [
            {"type": "text_link", "offset": 0, "length": 3, "url": format!("https://{}.example/", canary("address-of-link"))},
            {"type": "text_mention", "offset": 0, "length": 3, "user": {"id": 79, "is_bot": false, "first_name": canary("mentioned")}},
        ],
        "author_signature": canary("signature"),
        "effect_id": canary("effect"),
        "sender_boost_count": 1,
        "sender_tag": canary("boost"),
    })
}

/// What is no answer to anything, wherever it comes; that it is answered shows in a new screen, where there is one.
fn useless() -> Vec<Value> {
    let file = |of: &str| {
        json!({"file_id": canary(of), "file_unique_id": canary(of), "width": 9, "height": 9, "duration": 1,
        "file_name": canary("filename"), "mime_type": canary("mime"), "file_size": 100, "title": canary("performer"),
        "performer": canary("performer"), "thumbnail": {"file_id": canary(of), "file_unique_id": canary(of), "width": 1, "height": 1}})
    };
    let mut sticker = file("thumbnail");
    for (field, value) in [
        ("type", json!("regular")),
        ("is_animated", json!(false)),
        ("is_video", json!(false)),
        ("emoji", json!("🙂")),
        ("set_name", json!(canary("sticker-set"))),
    ] {
        sticker[field] = value;
    }
    let contact = json!({"phone_number": canary("phone"), "first_name": canary("contact"),
        "last_name": canary("contact"), "user_id": 80, "vcard": canary("vcard")});
    let place = json!({"location": {"latitude": 1.0, "longitude": 1.0}, "title": canary("venue"),
        "address": canary("address"), "foursquare_id": canary("address")});
    let option =
        json!({"text": canary("option"), "voter_count": 0, "persistent_id": canary("option")});
    let poll = json!({"id": canary("question"), "question": canary("question"), "options": [option, option],
        "explanation": canary("explanation"), "total_voter_count": 0, "is_closed": false, "is_anonymous": true,
        "type": "regular", "allows_multiple_answers": false});
    vec![
        json!({"sticker": sticker}),
        json!({"contact": contact}),
        json!({"venue": place, "location": place["location"]}),
        json!({"poll": poll}),
        json!({"audio": file("thumbnail")}),
        json!({"video": file("thumbnail"), "caption": canary("menu")}),
        // A document of a kind that is not kept, by what it claims to be.
        json!({"document": file("thumbnail"), "caption": canary("menu")}),
        json!({"text": format!("/{}", canary("command"))}),
    ]
}

/// Sends this as an update, among everything that a message may have beside it.
async fn raw(site: &Site, id: i64, what: &Value) {
    let mut message = beside();
    message["message_id"] = json!(id);
    for (field, value) in what.as_object().unwrap() {
        message[field] = value.clone();
    }
    site.people.raw(&json!({"message": message})).await.unwrap();
}

/// What nobody asked for, in the midst of a conversation; the screen that is there then.
async fn meddle(site: &Site, phone: &mut Phone, mut at: Screen, id: i64) -> Screen {
    for (id, what) in (id..).zip(useless()) {
        phone.acted(&at, false);
        raw(site, id, &what).await;
        at = phone.screen().await;
    }
    let from = json!({"id": 901, "is_bot": false, "first_name": canary("first")});
    for update in [
        json!({"inline_query": {"id": "1", "from": from, "query": canary("inline"), "offset": canary("inline")}}),
        json!({"chosen_inline_result": {"result_id": canary("chosen"), "from": from, "query": canary("inline")}}),
    ] {
        site.people.raw(&update).await.unwrap();
    }
    let press = json!({"callback_query": {"id": "2", "from": from, "chat_instance": canary("instance"),
        "inline_message_id": canary("inline"), "data": canary("data")}});
    site.people.raw(&press).await.unwrap();
    // Some of these are answered and some are not; whatever comes for this comes last.
    let help = site
        .people
        .send_text(901, "/help")
        .await
        .unwrap()
        .message_id;
    phone
        .sees(|chat| {
            let ours = chat.messages.iter().filter(|m| m.from_bot && !m.deleted);
            let mut after =
                ours.skip_while(|m| Some(m.id) < help || !m.text.contains("How this works"));
            let newest = after.find_map(|m| Some((number_of(m)?, m)))?;
            Some(Screen {
                number: Some(newest.0),
                message: newest.1.clone(),
            })
        })
        .await
}

/// A conversation with a canary in every field that an update has.
async fn talk(site: &Site) -> (Phone, String) {
    let user = json!({"id": 901, "first_name": canary("first"),
        "username": canary("username"), "language_code": "en"});
    site.people.post("user", &user).await.unwrap();
    let mut phone = Phone::new(site.people.clone(), 901, "en");
    phone.start(None).await;
    phone.until("agree").await;
    let consent = phone.screen().await;
    let consent = meddle(site, &mut phone, consent, 9_000).await;
    phone.act(&consent).await;
    let organisation = phone.screen().await;
    // This question has no buttons by which a newer one could be told.
    for (id, what) in (9_100..).zip(useless()) {
        raw(site, id, &what).await;
    }
    site.until_confirmed().await;
    phone.type_in(&organisation, &canary("organisation")).await;

    // At the menu nothing is kept; nor of what is of no use anywhere.
    let menu = phone.until("new").await;
    let origin = |name: &str| {
        let user = json!({"id": 77, "is_bot": false, "first_name": name, "last_name": canary("last"), "username": name});
        json!({"type": "user", "date": 1, "sender_user": user})
    };
    let contact = json!({"phone_number": canary("phone"), "first_name": canary("contact"), "vcard": canary("vcard")});
    let mut at = menu;
    for useless in [
        json!({"text": canary("menu")}),
        json!({"contact": contact}),
        json!({"poll": {"question": canary("question"), "options": ["a", "b"]}}),
        json!({"message": {"venue": {"location": {"latitude": 1.0, "longitude": 1.0}, "title": canary("venue"), "address": "x"}}}),
        json!({"text": format!("/{}", canary("command"))}),
        json!({"text": format!("/start {}", canary("command"))}),
    ] {
        phone.send(&at, useless).await;
        at = phone.screen().await;
    }
    phone.acted(&at, false);
    let data = canary("data");
    phone.client.press_data(901, None, &data).await.unwrap();

    let title = phone.until_question(3).await;
    let title = meddle(site, &mut phone, title, 9_200).await;
    phone.acted(&title, false);
    raw(site, 9_300, &json!({"text": canary("title")})).await;
    let mut story = phone.until_question(4).await;
    let document = json!({"size": 50, "file_name": format!("{}.pdf", canary("filename")), "mime_type": "application/pdf"});
    for part in [
        json!({"text": canary("story"), "forward": origin(&canary("forwarder")), "message": {"author_signature": canary("signature")}}),
        json!({"document": document, "caption": canary("caption")}),
        json!({"voice": {"size": 4000, "duration": 3}}),
        json!({"photo": {"size": 4000, "width": 90, "height": 60}}),
    ] {
        phone.send(&story, part).await;
        story = phone.screen().await;
    }
    let message = phone.type_in(&story, &canary("first-story")).await;
    let told = phone.screen().await;
    phone.acted(&told, false);
    site.people
        .edit(901, message, &canary("edited"))
        .await
        .unwrap();
    let ask = phone.until_question(6).await;
    let ask = meddle(site, &mut phone, ask, 9_400).await;
    phone.type_in(&ask, &canary("ask")).await;
    let receipt = phone.submit().await;
    (phone, receipt)
}

/// What came of it, outside of the site's folder.
pub(crate) struct Lived {
    pub(crate) bot: BotProcess,
    pub(crate) member: Phone,
    pub(crate) owner: Phone,
    pub(crate) receipt: String,
    /// What commands wrote, by where they come out.
    outputs: Vec<(Place, String, Vec<u8>)>,
    /// What commands said beside that.
    pub(crate) said: Vec<(String, String)>,
    folder: tempfile::TempDir,
}

/// Presses the button of this screen that does this.
pub(crate) async fn choose(phone: &mut Phone, screen: &Screen, verb: &str) -> Screen {
    let does = |button: &&Button| {
        let data = button.data.as_deref().unwrap_or_default();
        let action = data.split_once(':').map_or(data, |(_, action)| action);
        action == verb
            || action
                .strip_prefix(verb)
                .is_some_and(|rest| rest.starts_with('.'))
    };
    let mut buttons = screen.message.buttons.iter().flatten();
    let button = buttons
        .find(does)
        .unwrap_or_else(|| panic!("no {verb} on {:?}", screen.message));
    phone.press(screen, &button.text.clone()).await;
    phone.screen().await
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
    let mut lived = Lived {
        bot,
        member,
        owner,
        receipt,
        outputs: Vec::new(),
        said: Vec::new(),
        folder: tempfile::tempdir().unwrap(),
    };
    lived.prepare(site).await;
    lived.in_group(site).await;
    lived.ask(site).await;
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

    /// What the organisers do by the command line and in their chat.
    async fn prepare(&mut self, site: &Site) {
        let meeting = self.path("meeting.toml");
        let known = format!(
            "title = \"{}\"\nplace = \"{}\"\ndays = [\"2099-01-17\"]\n",
            canary("meeting"),
            canary("hall")
        );
        fs::write(&meeting, known).unwrap();
        let meeting = meeting.to_str().unwrap().to_owned();
        self.command(site, &["set", "meeting", &meeting]).await;
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
        let receipt = self.receipt.clone();
        let asked = canary("asked");
        self.command(site, &["set", "concern", &receipt, "--ask", &asked])
            .await;
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
        let receipt = self.receipt.clone();
        let refused = canary("refused");
        let words = ["set", "concern", &receipt, "rejected", "--reason", &refused];
        self.command(site, &words).await;
        reads(&self.member, &refused).await;
        let lines = self.export(site, "export.jsonl").await;
        self.outputs
            .push((Place::Export, "the export".to_owned(), lines));
        // A backup lies where everything is searched; so does what is printed of the log.
        let backup = site.folder.path().join("one.backup");
        self.command(site, &["backup", backup.to_str().unwrap()])
            .await;
        for words in [&["audit"][..], &["verify", &receipt], &["doctor"]] {
            let said = site.say(words).await;
            self.said.push((words.join(" "), said.out + &said.err));
        }
        self.member.screen_of_command("/meeting").await;
        self.member.screen_of_command("/mydata").await;
        site.until_confirmed().await;
    }

    /// Digests of a concern that the authority may read, in every form that others than us can search.
    async fn hand_out(&mut self, site: &Site) {
        let receipt = self.receipt.clone();
        self.command(site, &["set", "concern", &receipt, "approved"])
            .await;
        for (edition, place) in [("organisers", Place::Organisers), ("shared", Place::Shared)] {
            for format in ["text", "json", "csv", "xlsx", "docx"] {
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
                let mut bytes = fs::read(&path).unwrap();
                if matches!(format, "xlsx" | "docx") {
                    bytes = parts(&bytes).into_values().collect::<String>().into_bytes();
                }
                self.outputs
                    .push((place, format!("{edition} as {format}"), bytes));
            }
        }
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

/// Each may stand in these only where it is allowed. What may be kept is kept and exported, and something comes out everywhere: so the
/// search looks in the right places.
pub(crate) fn check_places(outputs: &[(Place, &str, &[u8])]) {
    let mut wrong = Vec::new();
    let looked: BTreeSet<Place> = outputs.iter().map(|(place, _, _)| *place).collect();
    let never = NEVER.iter().map(|of| (*of, &[][..]));
    for (of, allowed) in ALLOWED.iter().copied().chain(never) {
        let mut came_out = BTreeSet::new();
        for (place, name, bytes) in outputs {
            if find(bytes, &canary(of)) {
                came_out.insert(*place);
                if !allowed.contains(place) {
                    wrong.push(format!("{of} stands in {name}"));
                }
            }
        }
        for place in allowed.iter().filter(|place| looked.contains(place)) {
            let always = matches!(place, Place::Records | Place::Export) || of == "story";
            if always && !came_out.contains(place) {
                wrong.push(format!("{of} is missing: {place:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// None of them is anywhere below the site's folder: the bot's output, the data, the home, the settings; nor here.
pub(crate) fn check_hidden(site: &Site, also: &[(String, String)]) {
    let mut found = BTreeMap::new();
    files(site.folder.path(), &mut found);
    assert!(found.len() > 8, "{:?}", found.keys());
    for (name, text) in also {
        found.insert(name.clone(), text.as_bytes().to_vec());
    }
    let secret = TOKEN.split(':').nth(1).unwrap();
    let kept = ALLOWED.iter().map(|(of, _)| of);
    let all: Vec<&str> = kept.chain(NEVER).copied().collect();
    for (path, bytes) in &found {
        // Logs are long, and all of them begin alike.
        if find(bytes, STEM) {
            let theirs = all.iter().filter(|of| find(bytes, &canary(of)));
            panic!("in {path} stands {:?}", theirs.collect::<Vec<_>>());
        }
        assert!(!find(bytes, secret), "the token stands in {path}");
    }
}

/// Where one of these stands in some bytes, as it is, in UTF-16 or in any of the shifts of Base64.
pub(crate) fn find(bytes: &[u8], words: &str) -> bool {
    let plain = words.as_bytes().to_vec();
    let wide: Vec<u16> = words.encode_utf16().collect();
    let little: Vec<u8> = wide.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = wide.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let coded = (0..3).map(|shift| {
        let code = BASE64.encode(&[&[0; 2][..shift.min(2)], words.as_bytes()].concat());
        // What neighbours could change is left out.
        code.as_bytes()[4..code.len() - 4].to_vec()
    });
    let mut patterns = [plain, little, big].into_iter().chain(coded);
    patterns.any(|pattern| contains(bytes, &pattern))
}

fn contains(bytes: &[u8], pattern: &[u8]) -> bool {
    let first = pattern[0];
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == first) {
        if rest[at..].starts_with(pattern) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

/// Files of a folder and their bytes; sockets are none.
pub(crate) fn files(folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            files(&entry.path(), found);
        } else if kind.is_file() {
            let path = entry.path().display().to_string();
            found.insert(path, fs::read(entry.path()).unwrap());
        }
    }
}

/// Every record without its seal, with its key.
pub(crate) fn records(site: &Site) -> Vec<Vec<u8>> {
    let master = MasterKey::from_file(&site.key(), &site.data).unwrap();
    let epoch = Epoch::load_or_create(&site.data.join("epoch"), true).unwrap();
    let keys = master.derive(&epoch);
    let sealer = Sealer::new(&keys.seal, &keys.index);
    let store = SledKv::open(&site.data.join("store")).unwrap();
    let pairs = store.range(&[]).unwrap().into_iter();
    pairs
        .filter(|(key, _)| key != CHECK_KEY)
        .map(|(key, sealed)| {
            let (_, plain) = sealer.open(&key, &sealed).unwrap();
            [key, plain].concat()
        })
        .collect()
}
