//! What strangers' bytes meet first, one function a parser. Each takes any bytes at all, and panics where a guarantee does not hold.
//!
//! libFuzzer calls them by the programs in `fuzz_targets`, with inputs that it makes (`tests/fuzz`); `tests/it/fuzzing.rs` calls them
//! with the files of `tests/data/fuzz/NAME`, and with thousands of small changes to those.

use std::cell::RefCell;
use std::io::{Cursor, Read as _};
use std::sync::LazyLock;

use jiff::Timestamp;
use samleng::config;
use samleng::dialogue::{self, Change, Content, Event, Moment, Press, World as _};
use samleng::digest::readers::{Authority, Organisers};
use samleng::digest::{self, Digest, Filter, Reader, Records};
use samleng::documents::text::Text;
use samleng::documents::{csv, docx, json, xlsx};
use samleng::domain::{
    Answer, Answers, ChatId, Concern, Disclosure, Invitation, Language, Localised, MessageId,
    Organisation, Part, PartContent, Receipt, Role, Status,
};
use samleng::emulator::{self, Emulator};
use samleng::files::{self, Sent};
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::kind::{self, Each};
use samleng::store::memory_kv::MemoryKv;
use samleng::store::record::{self, Record};
use samleng::store::{Stage, Store};
use samleng::telegram::decode;
use samleng::text::clean::{clean, clean_line, fold, parse_number};
use samleng::text::{Forum, Html, split};
use serde_json::Value;
use serde_json::value::RawValue;

/// A target: its name, and what it does with some bytes.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const ALL: [Target; 8] = [
    ("update", update),
    ("press", press),
    ("start", start),
    ("words", words),
    ("renderers", renderers),
    ("files", files),
    ("record", record),
    ("emulator", emulator),
];

static FORUM: LazyLock<Forum> = LazyLock::new(|| {
    let files = config::files(None).expect("the compiled ones are there");
    Forum::read(files).expect("they hold no mistake")
});

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).expect("a time of this century")
}

fn english() -> Language {
    Language::parse("en").expect("a language")
}

/// An update's JSON: whatever has an id is an update, the same each time.
pub fn update(bytes: &[u8]) {
    let Ok(raw) = serde_json::from_slice::<Box<RawValue>>(bytes) else {
        return;
    };
    let read = decode::update(&raw);
    let number = serde_json::from_str::<Value>(raw.get()).ok();
    let number = number.and_then(|json| json.get("update_id")?.as_u64());
    // Words that are no Unicode keep nobody from reading the number; JSON as a whole they are not.
    if let (Some(update), Some(number)) = (&read, number) {
        assert_eq!(u64::from(update.id), number);
    }
    assert_eq!(decode::update(&raw), read);
}

/// Button data: what is read is what this program writes, and nothing else is.
pub fn press(bytes: &[u8]) {
    let data = String::from_utf8_lossy(bytes);
    if let Some(press) = Press::read(&data) {
        assert_eq!(press.write(), data);
    }
}

/// The code of a link that gives a role; it stands in no file.
const ROLE: &str = "AAAAAAAAAAAAAAAAAAAAAA";

thread_local! {
    static STORE: RefCell<Store> = RefCell::new(store());
}

fn store() -> Store {
    let key = MasterKey::from_env_value(&"5a".repeat(32)).expect("64 digits");
    let epoch = Epoch::random().expect("the kernel has random bytes");
    let mut store =
        Store::unlock(Box::new(MemoryKv::new()), key, &epoch).expect("a store in memory opens");
    store
        .keep_username("samleng_bot")
        .expect("it can be written");
    let mut stage = Stage::new(&store, now()).expect("it can be read");
    stage.change(Change::Invitation(Invitation {
        id: 7,
        organisation: None,
        uses_left: 1,
        expires_at: None,
        revoked: false,
        role: Some(Role::Owner),
        called: Some("Whoever helps".to_owned()),
    }));
    stage.change(Change::InvitationCode {
        id: 7,
        code: ROLE.to_owned(),
    });
    stage.apply_notices(Vec::new()).expect("it is small");
    let finished = stage.finish().expect("it is small");
    store.commit(finished).expect("it can be written");
    store
}

/// What follows `/start`, of somebody new: it is answered, and gives nothing unless it is a code.
pub fn start(bytes: &[u8]) {
    let payload = String::from_utf8_lossy(bytes);
    let chat = ChatId(5_000_000_001);
    STORE.with_borrow(|store| {
        let mut stage = Stage::new(store, now()).expect("it can be read");
        let person = stage.person_in(chat).expect("it can be read");
        let event = Event::Message {
            id: MessageId(1),
            content: Content::Text(format!("/start {payload}")),
        };
        let moment = Moment {
            now: now(),
            random: 7,
        };
        let outcome = dialogue::step(person, event, &FORUM, &mut stage, moment);
        assert!(!outcome.effects.is_empty(), "nobody answers");
        let person = outcome.person.as_ref().expect("whoever opens it is kept");
        let is_code = payload.split_whitespace().next() == Some(ROLE);
        assert_eq!(person.role, is_code.then_some(Role::Owner));
        assert_eq!(person.membership, None);
        stage.apply(chat, outcome).expect("it fits the store");
    });
}

/// Whether a reader must never meet this.
fn is_harmful(c: char) -> bool {
    let turns = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{61C}');
    turns || (c.is_control() && c != '\n')
}

/// What people write: clean once cleaned, folded once folded, never markup, cut into pieces without losing a letter.
pub fn words(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let cleaned = clean(&text);
    assert_eq!(clean(&cleaned), cleaned);
    assert!(!cleaned.contains(is_harmful), "{cleaned:?}");
    let line = clean_line(&text);
    assert!(
        !line.contains('\n') && !line.contains(is_harmful),
        "{line:?}"
    );
    let folded = fold(&text);
    assert_eq!(fold(&folded), folded);
    let _ = parse_number(&text);
    if let Ok(receipt) = Receipt::parse(&text) {
        assert_eq!(Receipt::parse(&receipt.to_string()), Ok(receipt));
    }
    let html = Html::text(&cleaned);
    assert_eq!(html.to_plain(), cleaned);
    // A sign that shows nothing by itself would be an empty message, and may go.
    let letters = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
    let mut whole = String::new();
    for piece in split::split(&html, 40) {
        assert!(piece.chars() <= 40);
        whole.push_str(&piece.to_plain());
    }
    assert_eq!(letters(&whole), letters(&cleaned));
}

/// One concern of an unnamed and one of a named organisation, made of these words.
fn records(said: &[&str]) -> Records {
    let word = |place: usize| match said[place % said.len()] {
        // Nothing that can be read is no answer to anything.
        blank if clean(blank).is_empty() => "nothing".to_owned(),
        words => words.to_owned(),
    };
    let text = |place| Answer::Text {
        text: word(place),
        source: MessageId(1),
    };
    let choice = |id: &str| Answer::Choice {
        id: id.to_owned(),
        source: None,
    };
    let mut records = Records::default();
    for (id, disclosure) in [(1, Disclosure::Named), (2, Disclosure::Unnamed)] {
        let organisation = Organisation {
            id,
            name: Localised::same([english()], &word(0)),
            place: "kandal".to_owned(),
            verified: true,
            number: None,
            suspended: false,
        };
        records.joined.insert(id);
        records.organisations.insert(id, organisation);
        let part = Part {
            source: MessageId(2),
            content: PartContent::Text(word(2)),
        };
        let answers = [
            ("topic", choice("land")),
            ("place", choice("kandal")),
            ("title", text(1)),
            ("story", Answer::Story(vec![part])),
            ("affected", text(3)),
            ("ask", text(4)),
            ("since", text(5)),
            ("disclosure", choice(disclosure.id())),
        ];
        records.concerns.push(Concern {
            status: Status::Approved,
            disclosure,
            ..Concern::new(
                id,
                Receipt::from_random(id),
                id,
                100 + id,
                now(),
                Answers(answers.map(|(id, answer)| (id.to_owned(), answer)).into()),
            )
        });
    }
    records
}

/// A digest of whatever people wrote, in every form but the printed one: it is made, a reader of that form can read it, and nothing
/// in it is live.
pub fn renderers(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let said: Vec<&str> = text.split('|').collect();
    let records = records(&said);
    rendered::<Organisers>(&records);
    rendered::<Authority>(&records);
}

fn rendered<R: Reader>(records: &Records) {
    let digest: Digest<R> = digest::make(records, &Filter::default(), &FORUM.config, now());
    let title = match records.concerns[0].answers.0.get("title") {
        Some(Answer::Text { text, .. }) => text.clone(),
        Some(_) | None => unreachable!("it was put in"),
    };
    let data: Value = serde_json::from_str(&json::render(&digest)).expect("it is JSON");
    let shown = data["concerns"][0]["title"].as_str();
    assert_eq!(shown, Some(title.as_str()));

    let messages = Text::new(&digest, &FORUM, english());
    for html in messages.messages().into_iter().flatten() {
        assert!(html.chars() <= 4_096);
        let unescaped = html.to_plain();
        assert!(!unescaped.is_empty());
    }
    let table = csv::render(&digest, &FORUM, english()).expect("it is made");
    let table = String::from_utf8(table).expect("it is UTF-8");
    // Where a semicolon parts the cells, quotation marks in the middle of one mean nothing.
    for cell in table.trim_start_matches('\u{feff}').split([';', '\n']) {
        let cell = cell.trim_start_matches([' ', '"']);
        assert!(
            !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
            "{cell}"
        );
    }
    for book in [
        xlsx::render(&digest, &FORUM, english()).expect("it is made"),
        docx::render(&digest, &FORUM, english()).expect("it is made"),
    ] {
        let mut parts = zip::ZipArchive::new(Cursor::new(book)).expect("it is an archive");
        for number in 0..parts.len() {
            let mut part = parts.by_index(number).expect("it is whole");
            let name = part.name().expect("it is UTF-8").into_owned();
            let mut xml = String::new();
            let is_text = part.read_to_string(&mut xml).is_ok();
            if is_text && (name.ends_with(".xml") || name.ends_with(".rels")) {
                let read = roxmltree::Document::parse(&xml).expect("it is XML");
                let mut tags = read.descendants().map(|node| node.tag_name().name());
                let is_sheet = name.starts_with("xl/worksheets/");
                assert!(!is_sheet || tags.all(|tag| tag != "f"), "a formula");
            }
        }
    }
}

/// What people send: refused, or clean, and what is clean stays as it is.
pub fn files(bytes: &[u8]) {
    for sent in [Sent::Voice, Sent::Photo, Sent::Document] {
        let Ok(once) = files::clean(bytes, sent) else {
            continue;
        };
        assert_eq!(files::kind(bytes), Some(once.kind));
        assert!(once.bytes.len() <= bytes.len() + 256);
        assert_eq!(files::clean(&once.bytes, sent), Ok(once));
    }
}

/// The bytes of a record, of whichever kind and version: refused, or the same after it was written anew.
pub fn record(bytes: &[u8]) {
    let [nth, version, rest @ ..] = bytes else {
        return;
    };
    let prefix = kind::PREFIXES[usize::from(*nth) % kind::PREFIXES.len()];
    let decoded = Decoded {
        version: *version,
        bytes: rest,
    };
    kind::with(prefix, decoded).expect("a kind that is listed");
}

struct Decoded<'b> {
    version: u8,
    bytes: &'b [u8],
}

impl Each for Decoded<'_> {
    type Done = ();

    fn with<R: Record>(self) {
        let Ok(read) = record::decode::<R>(self.version, self.bytes) else {
            return;
        };
        let written = record::encode(&read).expect("what was read can be written");
        let again: R = record::decode(R::VERSION, &written).expect("what was written can be read");
        let twice = record::encode(&again).expect("what was read can be written");
        assert_eq!(twice, written);
    }
}

/// Methods of the emulator that take words, markup, or files.
const METHODS: [&str; 12] = [
    "sendMessage",
    "editMessageText",
    "editMessageReplyMarkup",
    "deleteMessage",
    "answerCallbackQuery",
    "sendChatAction",
    "sendDocument",
    "sendPhoto",
    "setMyCommands",
    "getMyCommands",
    "setMyDescription",
    "getFile",
];
const ENCODINGS: [&str; 4] = [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "text/plain",
];

struct Server {
    runtime: tokio::runtime::Runtime,
    running: emulator::Running,
    client: reqwest::Client,
}

const TOKEN: &str = "123456:fuzzed";

static SERVER: LazyLock<Server> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("threads can be had");
    let limits = emulator::Limits::Off;
    let config = emulator::Config {
        limits,
        ..emulator::Config::default()
    };
    let running = runtime.block_on(Emulator::start(config)).expect("a port");
    let people = running.client(TOKEN).expect("a client");
    runtime.block_on(async {
        people.user(1, "Somebody", "en").await.expect("a user");
        people.start(1, None).await.expect("they start it");
    });
    Server {
        runtime,
        running,
        client: reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client"),
    }
});

/// A call of the Bot API: whatever it holds, the emulator answers it in JSON and says whether it is done.
pub fn emulator(bytes: &[u8]) {
    let [method, encoding, body @ ..] = bytes else {
        return;
    };
    let server = &*SERVER;
    let method = METHODS[usize::from(*method) % METHODS.len()];
    let encoding = ENCODINGS[usize::from(*encoding) % ENCODINGS.len()];
    let url = format!("{}/bot{TOKEN}/{method}", server.running.url());
    let answer = server.runtime.block_on(async {
        let call = server.client.post(url).header("content-type", encoding);
        let answer = call.body(body.to_vec()).send().await;
        answer.expect("it is answered").text().await
    });
    let answer: Value = serde_json::from_str(&answer.expect("it is whole")).expect("it is JSON");
    assert!(answer["ok"].is_boolean(), "{answer}");
}
