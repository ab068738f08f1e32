//! What the tests of the pure rooms share: forums, a world in memory, and what must hold of everything sent.

use std::collections::{BTreeMap, BTreeSet};

use proptest::test_runner::{Config as Cases, RngAlgorithm, TestRng, TestRunner};
use samleng::config;
use samleng::dialogue::{Change, Effect, Outcome, Person, Press, World};
use samleng::domain::{Language, Organisation, Receipt};
use samleng::store::record;
use samleng::text::clean::fold;
use samleng::text::{Forum, Html, Words};

/// The forum as it ships.
pub(crate) fn forum() -> Forum {
    forum_of(&config::files(None).unwrap())
}

/// The forum that these files make.
pub(crate) fn forum_of(files: &config::Files) -> Forum {
    Forum {
        config: config::load(files).unwrap(),
        words: Words::new(&config::locales_of(files)).unwrap_or_else(|m| panic!("{m:#?}")),
    }
}

/// The shipped form with questions of every kind that a forum may add.
pub(crate) fn longer_forum() -> Forum {
    let mut files = config::files(None).unwrap();
    let form = files.get_mut("form.toml").unwrap();
    form.push_str(
        r#"
[[question]]
id = "households"
kind = "number"
required = true
min = 1
max = 5000
prompt.km = "មានប៉ុន្មានគ្រួសារ?"
prompt.en = "How many households?"

[[question]]
id = "second-place"
kind = "place"
required = false
prompt.km = "នៅទីណាទៀត?"
prompt.en = "Where else?"

[[question]]
id = "since"
kind = "text"
required = false
max_chars = 40
prompt.km = "តាំងពីពេលណា?"
prompt.en = "Since when?"
"#,
    );
    forum_of(&files)
}

pub(crate) fn english() -> Language {
    Language::parse("en").unwrap()
}

pub(crate) fn khmer() -> Language {
    Language::parse("km").unwrap()
}

/// A property's runner with a fixed seed: the same cases on every machine.
pub(crate) fn runner(cases: u32) -> TestRunner {
    let config = Cases {
        cases,
        failure_persistence: None,
        max_shrink_iters: 5_000,
        ..Cases::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// The records, in memory.
#[derive(Clone, Default)]
pub(crate) struct MemoryWorld {
    pub(crate) last_id: u64,
    pub(crate) organisations: BTreeMap<u64, Organisation>,
    pub(crate) names: BTreeMap<String, u64>,
    pub(crate) receipts: BTreeSet<Receipt>,
    pub(crate) owner_code: Option<String>,
}

impl MemoryWorld {
    /// Takes in what a step changed.
    pub(crate) fn apply(&mut self, changes: &[Change]) {
        for change in changes {
            match change {
                Change::Organisation(organisation) => {
                    for name in organisation.name.all() {
                        self.names.insert(fold(name), organisation.id);
                    }
                    self.organisations
                        .insert(organisation.id, organisation.clone());
                }
                Change::Concern(concern) => {
                    assert!(self.receipts.insert(concern.receipt), "a receipt twice");
                }
                Change::OwnerClaimed => self.owner_code = None,
            }
        }
    }
}

impl World for MemoryWorld {
    fn fresh_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn organisation(&self, id: u64) -> Option<Organisation> {
        self.organisations.get(&id).cloned()
    }

    fn organisation_named(&self, name: &str) -> Option<Organisation> {
        self.organisation(*self.names.get(name)?)
    }

    fn receipt_taken(&self, receipt: Receipt) -> bool {
        self.receipts.contains(&receipt)
    }

    fn owner_code(&self) -> Option<String> {
        self.owner_code.clone()
    }
}

/// The person as the store gives them back; they must be what was put in.
pub(crate) fn stored(person: &Person) -> Person {
    let bytes = record::encode(person).unwrap();
    assert!(
        bytes.len() <= 60 * 1024,
        "a person's record has {} bytes",
        bytes.len()
    );
    let back: Person = record::decode(1, &bytes).unwrap();
    assert_eq!(&back, person);
    back
}

/// What must hold of whatever a step sends.
pub(crate) fn check_sendable(outcome: &Outcome) {
    assert!(outcome.effects.len() <= 16, "effects without end");
    for effect in &outcome.effects {
        match effect {
            Effect::Send { body, .. } | Effect::Edit { body, .. } => {
                check_markup(&body.html);
                let buttons = body.buttons.iter().flatten();
                assert!(buttons.clone().count() <= 100, "too many buttons");
                for button in buttons {
                    assert!(button.data.len() <= 64, "{:?} is too long", button.data);
                    assert!(!button.label.trim().is_empty(), "a button without a label");
                    let read = Press::read(&button.data).expect("our own data");
                    assert_eq!(read.write(), button.data);
                }
                let keyboard = serde_json::to_string(&body.buttons).unwrap();
                assert!(keyboard.len() <= 10_000, "a keyboard too large");
            }
            Effect::Toast { text, .. } => {
                let length = text.as_deref().unwrap_or_default().chars().count();
                assert!(length <= 200, "a notice of {length} characters");
            }
            Effect::Strip { .. } | Effect::Digest(_) => {}
        }
    }
}

/// Whether somebody sees something of this effect.
pub(crate) fn is_seen(effect: &Effect) -> bool {
    match effect {
        Effect::Toast { text, .. } => text.is_some(),
        Effect::Edit { .. } | Effect::Send { .. } | Effect::Digest(_) => true,
        Effect::Strip { .. } => false,
    }
}

/// Telegram's rules for a message: something to read, 4,096 characters, tags closed in order, entities known.
pub(crate) fn check_markup(html: &Html) {
    let markup = html.as_str();
    let plain = plain(markup).unwrap_or_else(|fault| panic!("{fault} in {markup:?}"));
    assert!(plain.chars().count() <= 4_096, "a message too long");
    assert!(
        plain.chars().any(is_visible),
        "a message that shows nothing: {markup:?}"
    );
    assert_eq!(plain, html.to_plain(), "to_plain disagrees");
    assert_eq!(plain.chars().count(), html.chars(), "chars disagrees");
}

fn is_visible(c: char) -> bool {
    !c.is_whitespace()
        && !c.is_control()
        && !matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{AD}' | '\u{FE00}'..='\u{FE0F}')
}

/// The words of Telegram's markup, read strictly and without the program's own reader.
pub(crate) fn plain(markup: &str) -> Result<String, String> {
    let mut words = String::new();
    let mut open: Vec<&str> = Vec::new();
    let mut rest = markup;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '<' => {
                let end = rest.find('>').ok_or("a tag without an end")?;
                let tag = &rest[1..end];
                match tag.strip_prefix('/') {
                    Some(name) if open.last() == Some(&name) => {
                        open.pop();
                    }
                    Some(name) => return Err(format!("</{name}> closes nothing")),
                    None if ["b", "i", "u", "s", "code"].contains(&tag) => open.push(tag),
                    None => return Err(format!("<{tag}> is unknown")),
                }
                end + 1
            }
            '>' => return Err("a bare >".to_owned()),
            '&' => {
                let known = [
                    ("&lt;", '<'),
                    ("&gt;", '>'),
                    ("&amp;", '&'),
                    ("&quot;", '"'),
                ];
                let (entity, c) = known
                    .into_iter()
                    .find(|(entity, _)| rest.starts_with(entity))
                    .ok_or("a bare &")?;
                words.push(c);
                entity.len()
            }
            _ => {
                words.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    match open.pop() {
        Some(tag) => Err(format!("<{tag}> is not closed")),
        None => Ok(words),
    }
}

mod refusals {
    #[test]
    fn broken_markup_is_seen() {
        for broken in [
            "<b>x",
            "x</b>",
            "<b><i>x</b></i>",
            "a & b",
            "<p>",
            "1 > 0",
            "&nbsp;",
        ] {
            assert!(super::plain(broken).is_err(), "{broken}");
        }
        assert_eq!(super::plain("<b>a &lt; b</b>").unwrap(), "a < b");
    }
}
