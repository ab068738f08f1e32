//! What of a name is compared: runs of two and three letters, runs of three and four sounds, and its abbreviations.
//!
//! Spaces, case, punctuation, accents, digits of either script and letters that only look like Latin ones make no
//! difference. Nothing here depends on where words of Khmer end, since people write them with and without spaces.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use super::sound;
use crate::text::clean;

/// Characters that are looked at; a name has 150 at most.
const CHARS: usize = 300;
/// Letters of an abbreviation.
const ABBREVIATION: std::ops::RangeInclusive<usize> = 2..=8;
/// Letters of other scripts beside the Latin ones that they look like, both in lower case.
const LOOK_ALIKES: [(&str, &str); 2] = [
    ("авеѕіјкмнорстухѵԁԛԝһӏ", "abesijkmhopctyxvdqwhl"),
    ("αβεζηικμνορτυχ", "abezhikmnoptyx"),
];
/// Words that give an abbreviation no letter.
const SMALL: [&str; 15] = [
    "a", "an", "and", "at", "by", "for", "from", "in", "into", "of", "on", "the", "to", "towards",
    "with",
];
/// Words that say what kind of thing it is; an abbreviation may have their letter or not.
const KIND: [&str; 14] = [
    "association",
    "associations",
    "centre",
    "center",
    "committee",
    "foundation",
    "group",
    "institute",
    "ngo",
    "organisation",
    "organization",
    "org",
    "programme",
    "society",
];

/// A run of characters, packed: up to three letters of 21 bits, or four sounds of 8.
pub(super) type Gram = u64;
/// Marks grams of sounds.
const SOUND: Gram = 1 << 63;

/// A name, or what was typed, ready to be compared.
pub(super) struct Keys {
    /// Without doubles, in order.
    pub(super) letters: Vec<Gram>,
    /// Without doubles, in order.
    pub(super) sounds: Vec<Gram>,
    /// Whether most letters are Khmer.
    pub(super) is_khmer: bool,
    /// The words in Latin letters or digits.
    words: Vec<Word>,
}

struct Word {
    letters: String,
    /// Written in capitals throughout.
    is_capital: bool,
}

impl Keys {
    pub(super) fn of(text: &str) -> Self {
        let text: String = text.chars().take(CHARS).collect();
        let plain = plain(&text);
        let only_letters = |text: &str| text.chars().filter(|c| is_letter(*c)).collect::<String>();
        let letters = only_letters(&clean::fold(&plain));
        let sounds = sound::of(&only_letters(&plain));
        let words = words(&text);
        // Runs go across spaces, since people leave them out; only this tells where a word begins.
        let begin = |word: &Word| {
            let two = &word.letters[..word.letters.len().min(2)]; // words are ASCII
            runs(&format!(" {two}"), 3, 21, 0)
        };
        let begins = words.iter().flat_map(begin).collect();
        Self {
            letters: in_order(
                [runs(&letters, 2, 21, 0), runs(&letters, 3, 21, 0), begins].concat(),
            ),
            sounds: in_order([runs(&sounds, 3, 8, SOUND), runs(&sounds, 4, 8, SOUND)].concat()),
            is_khmer: 2 * letters.chars().filter(|c| is_khmer(*c)).count()
                > letters.chars().count(),
            words,
        }
    }

    /// What was typed, cut where one script gives way to another: people mix them, and each part stands in another of
    /// the names.
    pub(super) fn parts(typed: &str) -> Vec<Self> {
        let (mut khmer, mut other) = (String::new(), String::new());
        for c in typed.chars().take(CHARS) {
            // What belongs to neither parts the words of both.
            if !c.is_alphanumeric() && !is_letter(c) {
                khmer.push(c);
            }
            let part = if is_khmer(c) { &mut khmer } else { &mut other };
            part.push(c);
        }
        let parts = [khmer, other].into_iter().map(|part| Self::of(&part));
        parts.filter(|part| !part.letters.is_empty()).collect()
    }

    /// What a name may be shortened to, and whether it says so itself.
    pub(super) fn abbreviations(&self) -> BTreeMap<String, bool> {
        let initials = |keep: &dyn Fn(&Word) -> bool| -> String {
            let words = self.words.iter().filter(|word| keep(word));
            words
                .filter_map(|word| word.letters.chars().next())
                .collect()
        };
        let made = [
            initials(&|_| true),
            initials(&|word| !word.is_small()),
            initials(&|word| !word.is_small() && !word.is_kind()),
        ];
        let given = self.words.iter().filter(|word| word.is_capital);
        let given = given.map(|word| (word.letters.clone(), true));
        let made = made.into_iter().map(|short| (short, false));
        // What is given comes last and stands.
        let mut found: BTreeMap<String, bool> = made.chain(given).collect();
        found.retain(|short, _| ABBREVIATION.contains(&short.len()));
        found
    }

    /// The words that may be abbreviations, each with the keys of everything else.
    pub(super) fn readings(&self) -> Vec<(&str, Self)> {
        let telling: Vec<&str> = self
            .words
            .iter()
            .filter(|word| !word.is_small() && !word.is_kind())
            .map(|word| word.letters.as_str())
            .collect();
        let short = telling
            .iter()
            .enumerate()
            .filter(|(_, word)| ABBREVIATION.contains(&word.len()));
        short
            .map(|(index, word)| {
                let rest = [&telling[..index], &telling[index + 1..]].concat();
                (*word, Self::of(&rest.join(" ")))
            })
            .collect()
    }
}

impl Word {
    fn is_small(&self) -> bool {
        SMALL.contains(&self.letters.as_str())
    }

    fn is_kind(&self) -> bool {
        KIND.contains(&self.letters.as_str())
    }
}

/// Lower case, accents gone, digits as 0-9, look-alikes as what they look like.
fn plain(text: &str) -> String {
    text.nfkd()
        .filter(|c| !matches!(c, '\u{300}'..='\u{36F}'))
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            '\u{17E0}'..='\u{17E9}' => char::from(b'0' + (c as u32 - 0x17E0) as u8),
            _ => look_alike(c),
        })
        .collect()
}

fn look_alike(c: char) -> char {
    if !matches!(c, '\u{370}'..='\u{52F}') {
        return c;
    }
    let find = |(from, to): &(&str, &str)| {
        let at = from.chars().position(|other| other == c)?;
        to.chars().nth(at)
    };
    LOOK_ALIKES.iter().find_map(find).unwrap_or(c)
}

/// Letters, digits, and the signs of Khmer that are neither.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\u{1780}'..='\u{17D3}' | '\u{17DD}')
}

fn is_khmer(c: char) -> bool {
    matches!(c, '\u{1780}'..='\u{17FF}')
}

/// The words that an abbreviation can be made of. Letters that stand alone are one word: C. Y. N.
fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut was_single = false;
    let text = text.replace(['\'', '\u{2019}'], "");
    for written in text.split(|c: char| !is_letter(c) && !matches!(c, '\u{300}'..='\u{36F}')) {
        let letters = clean::fold(&plain(written));
        if letters.is_empty() || !letters.bytes().all(|b| b.is_ascii_alphanumeric()) {
            continue;
        }
        let is_capital = !written.chars().any(char::is_lowercase);
        let is_single = letters.len() == 1;
        match words.last_mut() {
            Some(last) if is_single && was_single && last.is_capital == is_capital => {
                last.letters.push_str(&letters);
            }
            _ => words.push(Word {
                letters,
                is_capital,
            }),
        }
        was_single = is_single;
    }
    words
}

/// Every run of so many characters, each packed into so many bits; a shorter key is one run.
fn runs(key: &str, length: usize, bits: u32, kind: Gram) -> Vec<Gram> {
    let chars: Vec<char> = key.chars().collect();
    let pack = |run: &[char]| {
        run.iter()
            .fold(0, |run, c| run << bits | Gram::from(u32::from(*c)))
            | kind
    };
    match length.min(chars.len()) {
        0 => Vec::new(),
        length => chars.windows(length).map(pack).collect(),
    }
}

fn in_order(mut grams: Vec<Gram>) -> Vec<Gram> {
    grams.sort_unstable();
    grams.dedup();
    grams
}
