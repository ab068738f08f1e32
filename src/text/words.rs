//! The forum's words in its languages, from Fluent files.
//!
//! The messages that the program needs, with their arguments, stand in `catalogue`: each is a method of
//! [`Phrases`], so a key that does not exist does not compile. A file that lacks one of them, or lacks or adds
//! an argument, is refused at start with file, line and key.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue};
use fluent_syntax::ast;
use unicode_segmentation::UnicodeSegmentation;

use super::catalogue::{self, Message, Shape};
use super::html::{self, Html};
use crate::config::form::LABEL_LETTERS;
use crate::config::{Locale, Mistake};
use crate::domain::Language;

/// All languages.
pub struct Words {
    languages: Vec<(Language, Speech)>,
}

struct Speech {
    bundle: FluentBundle<FluentResource>,
    /// The ten digits, where the language has its own.
    digits: Option<Vec<char>>,
}

/// The phrases of one language.
#[derive(Clone, Copy)]
pub struct Phrases<'a> {
    language: Language,
    speech: &'a Speech,
}

/// An argument of a phrase.
pub enum Arg<'a> {
    /// Somebody's words; escaped where the phrase is markup.
    Text(&'a str),
    /// Markup made elsewhere.
    Markup(&'a Html),
    /// A number, shown in the language's digits.
    Number(u64),
}

impl Words {
    /// Understands the Fluent sources.
    ///
    /// # Errors
    /// Every mistake in every file: syntax, a missing or unknown message or argument, markup that Telegram would
    /// refuse, a label that is too long for a button.
    pub fn new(locales: &[Locale]) -> Result<Self, Vec<Mistake>> {
        let mut languages = Vec::new();
        let mut mistakes = Vec::new();
        for locale in locales {
            let (speech, found) = Speech::new(locale);
            mistakes.extend(found);
            languages.push((locale.language, speech));
        }
        if languages.is_empty() {
            let what = "there is no language".to_owned();
            mistakes.push(Mistake {
                file: "locales".to_owned(),
                line: 1,
                key: "(file)".to_owned(),
                what,
            });
        }
        if mistakes.is_empty() {
            Ok(Self { languages })
        } else {
            Err(mistakes)
        }
    }

    /// The languages, in the order in which they are offered.
    pub fn languages(&self) -> impl Iterator<Item = Language> + '_ {
        self.languages.iter().map(|(language, _)| *language)
    }

    /// The phrases of this language; of the first one, if there is no such language any more.
    pub fn phrases(&self, language: Language) -> Phrases<'_> {
        let found = self.languages.iter().find(|(code, _)| *code == language);
        let (language, speech) = found.unwrap_or_else(|| &self.languages[0]); // `new` refuses an empty list
        Phrases {
            language: *language,
            speech,
        }
    }

    /// The phrases of this language, or of the first one offered.
    pub fn phrases_or_first(&self, language: Option<Language>) -> Phrases<'_> {
        self.phrases(language.unwrap_or(self.languages[0].0)) // `new` refuses an empty list
    }

    /// The phrases of every language.
    pub fn each(&self) -> impl Iterator<Item = Phrases<'_>> {
        self.languages.iter().map(|(language, speech)| Phrases {
            language: *language,
            speech,
        })
    }
}

impl Speech {
    fn new(locale: &Locale) -> (Self, Vec<Mistake>) {
        let mut check = Check {
            locale,
            mistakes: Vec::new(),
        };
        let resource = match FluentResource::try_new(locale.source.clone()) {
            Ok(resource) => resource,
            Err((resource, errors)) => {
                for error in errors {
                    check.at(error.pos.start, "(syntax)", error.kind.to_string());
                }
                resource
            }
        };
        let catalogue = catalogue::messages();
        check.messages(&catalogue, &resource);
        let identifier = locale.language.as_str().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        // Isolation marks are bidirectional controls; no language here is written from the right.
        bundle.set_use_isolating(false);
        // What stands twice was told of by `messages`.
        bundle.add_resource_overriding(resource);
        let mut speech = Self {
            bundle,
            digits: None,
        };
        let digits: Vec<char> = speech
            .format("digits", &[])
            .unwrap_or_default()
            .chars()
            .collect();
        if digits.len() != 10 {
            check.missing("digits", "must hold the ten digits from zero to nine");
        }
        speech.digits = Some(digits).filter(|digits| digits.len() == 10 && digits[0] != '0');
        for message in &catalogue {
            check.rendered(message, &speech);
        }
        check.fields(&catalogue, &speech);
        (speech, check.mistakes)
    }

    fn format(&self, key: &str, args: &[(&str, FluentValue<'_>)]) -> Option<String> {
        self.format_checked(key, args).map(|(text, _)| text)
    }

    fn format_checked(
        &self,
        key: &str,
        args: &[(&str, FluentValue<'_>)],
    ) -> Option<(String, Vec<FluentError>)> {
        let message = self.bundle.get_message(key)?.value()?;
        let mut values = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            values.set(*name, value.clone());
        }
        let mut errors = Vec::new();
        let text = self
            .bundle
            .format_pattern(message, Some(&values), &mut errors)
            .into_owned();
        Some((text, errors))
    }

    fn number(&self, number: u64) -> String {
        let digit = |c: char| match &self.digits {
            Some(digits) => c.to_digit(10).map_or(c, |digit| digits[digit as usize]),
            None => c,
        };
        number.to_string().chars().map(digit).collect()
    }
}

impl Phrases<'_> {
    /// Which language these are.
    pub fn language(&self) -> Language {
        self.language
    }

    /// A number in the language's digits.
    pub fn number(&self, number: u64) -> String {
        self.speech.number(number)
    }

    /// A text with digits in the language's own.
    pub fn digits(&self, text: &str) -> String {
        text.chars()
            .map(|c| {
                c.to_digit(10)
                    .map_or_else(|| c.to_string(), |d| self.number(d.into()))
            })
            .collect()
    }

    /// The phrase with this key, if the file happens to have it: names of things that the configuration adds.
    pub fn optional(&self, key: &str) -> Option<String> {
        self.speech.format(key, &[])
    }

    pub(super) fn markup(&self, key: &str, args: &[(&str, Arg<'_>)]) -> Html {
        Html::trusted(self.format(key, args, |text| Html::text(text).as_str().to_owned()))
    }

    pub(super) fn plain(&self, key: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.format(key, args, str::to_owned)
    }

    fn format(
        &self,
        key: &str,
        args: &[(&str, Arg<'_>)],
        escape: impl Fn(&str) -> String,
    ) -> String {
        let value = |arg: &Arg<'_>| match arg {
            Arg::Text(text) => FluentValue::from(escape(text)),
            Arg::Markup(html) => FluentValue::from(html.as_str().to_owned()),
            // Only a language with plain digits also has plurals to select by.
            Arg::Number(number) if self.speech.digits.is_none() => FluentValue::from(*number),
            Arg::Number(number) => FluentValue::from(self.speech.number(*number)),
        };
        let values: Vec<_> = args.iter().map(|(name, arg)| (*name, value(arg))).collect();
        // Every file was checked against the catalogue at start, so the fallback is never read.
        self.speech
            .format(key, &values)
            .unwrap_or_else(|| key.to_owned())
    }
}

/// Collects the mistakes of one file.
struct Check<'a> {
    locale: &'a Locale,
    mistakes: Vec<Mistake>,
}

impl Check<'_> {
    fn at(&mut self, offset: usize, key: &str, what: impl Into<String>) {
        let before = self
            .locale
            .source
            .get(..offset)
            .unwrap_or(&self.locale.source);
        self.mistakes.push(Mistake {
            file: self.locale.file.clone(),
            line: before.matches('\n').count() + 1,
            key: key.to_owned(),
            what: what.into(),
        });
    }

    /// At the line of this message; at the end of the file where there is none.
    fn missing(&mut self, key: &str, what: &str) {
        let begins = |line: &str| {
            line.strip_prefix(key)
                .is_some_and(|rest| rest.trim_start().starts_with('='))
        };
        let mut offset = 0;
        for line in self.locale.source.split_inclusive('\n') {
            if begins(line) {
                break;
            }
            offset += line.len();
        }
        let last = self.locale.source.trim_end().len();
        self.at(offset.min(last), key, what);
    }

    fn messages(&mut self, catalogue: &[Message], resource: &FluentResource) {
        let known: BTreeMap<&str, &Message> = catalogue
            .iter()
            .map(|message| (message.key.as_ref(), message))
            .collect();
        let mut found = BTreeSet::new();
        for entry in resource.entries() {
            let ast::Entry::Message(message) = entry else {
                continue;
            };
            let key = message.id.name;
            if message.value.is_none() {
                continue; // attributes alone are no text
            }
            if !found.insert(key) {
                let second = self.locale.source.rfind(&format!("\n{key} "));
                self.at(second.map_or(0, |at| at + 1), key, "stands twice");
            }
            match known.get(key) {
                Some(known) => self.arguments(key, known, message),
                None if key == "digits" || key.starts_with("field-") => {}
                None => self.missing(key, "is not a text known here"),
            }
        }
        for key in known.keys().filter(|key| !found.contains(*key)) {
            self.missing(key, "this text is missing");
        }
    }

    fn arguments(&mut self, key: &str, known: &Message, message: &ast::Message<&str>) {
        let mut used = BTreeSet::new();
        if let Some(pattern) = &message.value {
            variables(pattern, &mut used);
        }
        for name in known.arguments.iter().filter(|name| !used.contains(**name)) {
            self.missing(key, &format!("the argument ${name} is missing"));
        }
        for name in used.iter().filter(|name| !known.arguments.contains(*name)) {
            self.missing(key, &format!("there is no argument ${name}"));
        }
    }

    fn rendered(&mut self, message: &Message, speech: &Speech) {
        // A text may differ by number; each of its forms is looked at, and the first fault of any is told.
        let before = self.mistakes.len();
        for number in [1, 0, 2, 3, 5, 11] {
            let value = |name| (name, FluentValue::from(number));
            let args: Vec<_> = message.arguments.iter().copied().map(value).collect();
            self.one_form(message, speech, &args);
            if message.arguments.is_empty() || self.mistakes.len() > before {
                return;
            }
        }
    }

    fn one_form(&mut self, message: &Message, speech: &Speech, args: &[(&str, FluentValue<'_>)]) {
        let Some((text, errors)) = speech.format_checked(&message.key, args) else {
            return;
        };
        // A variable that is not there was told of already.
        let is_new = |error: &FluentError| !error.to_string().contains('$');
        if let Some(error) = errors.iter().find(|error| is_new(error)) {
            let error = error.to_string();
            let what = error.trim_start_matches("Resolver error: ");
            self.missing(&message.key, &format!("cannot be put together: {what}"));
        }
        match message.shape {
            Shape::Markup => {
                self.is_markup(&message.key, &text);
                if text.chars().count() > super::split::MESSAGE_CHARS {
                    self.missing(&message.key, "is too long for one message");
                }
            }
            Shape::Label => self.fits(
                &message.key,
                text.graphemes(true).count(),
                LABEL_LETTERS,
                "a button",
            ),
            Shape::Plain => self.fits(&message.key, text.chars().count(), 200, "a phrase"),
            // https://core.telegram.org/bots/api#answercallbackquery
            Shape::Toast => self.fits(&message.key, text.chars().count(), 200, "a notice"),
            // https://core.telegram.org/bots/api#botcommand
            Shape::Command => self.fits(
                &message.key,
                text.trim().chars().count(),
                256,
                "what a command says of itself",
            ),
            // https://core.telegram.org/bots/api#setmydescription
            Shape::Description => self.shown_plain(&message.key, &text, 512, "the description"),
            // https://core.telegram.org/bots/api#setmyshortdescription
            Shape::About => self.shown_plain(&message.key, &text, 120, "the short description"),
        }
    }

    fn is_markup(&mut self, key: &str, text: &str) {
        if let Some(fault) = html::fault(text) {
            self.missing(key, &fault);
        }
    }

    /// Markup of which only the words are shown, counted in UTF-16 units: Telegram says characters, and this is the
    /// strictest reading.
    fn shown_plain(&mut self, key: &str, text: &str, limit: usize, what: &str) {
        self.is_markup(key, text);
        let plain = Html::trusted(text.to_owned()).to_plain();
        self.fits(key, plain.encode_utf16().count(), limit, what);
    }

    /// The short names of questions stand on buttons, too.
    fn fields(&mut self, catalogue: &[Message], speech: &Speech) {
        let known = |key: &str| catalogue.iter().any(|message| message.key == key);
        let lines = self.locale.source.lines();
        let names: Vec<String> = lines
            .filter(|line| line.starts_with("field-"))
            .filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned()))
            .filter(|key| !known(key))
            .collect();
        for key in names {
            if let Some(text) = speech.format(&key, &[]) {
                self.fits(
                    &key,
                    text.graphemes(true).count(),
                    LABEL_LETTERS,
                    "a button",
                );
            }
        }
    }

    fn fits(&mut self, key: &str, length: usize, limit: usize, what: &str) {
        if length > limit {
            self.missing(key, &format!("has {length} letters; {what} holds {limit}"));
        }
    }
}

/// The variables of a pattern, wherever they stand.
fn variables<'s>(pattern: &ast::Pattern<&'s str>, found: &mut BTreeSet<&'s str>) {
    for element in &pattern.elements {
        match element {
            ast::PatternElement::TextElement { .. } => {}
            ast::PatternElement::Placeable { expression } => in_expression(expression, found),
        }
    }
}

fn in_expression<'s>(expression: &ast::Expression<&'s str>, found: &mut BTreeSet<&'s str>) {
    match expression {
        ast::Expression::Inline(inline) => in_inline(inline, found),
        ast::Expression::Select { selector, variants } => {
            in_inline(selector, found);
            for variant in variants {
                variables(&variant.value, found);
            }
        }
    }
}

fn in_inline<'s>(inline: &ast::InlineExpression<&'s str>, found: &mut BTreeSet<&'s str>) {
    match inline {
        ast::InlineExpression::VariableReference { id } => {
            found.insert(id.name);
        }
        ast::InlineExpression::Placeable { expression } => in_expression(expression, found),
        ast::InlineExpression::FunctionReference { arguments, .. } => {
            for argument in &arguments.positional {
                in_inline(argument, found);
            }
        }
        ast::InlineExpression::StringLiteral { .. }
        | ast::InlineExpression::NumberLiteral { .. }
        | ast::InlineExpression::MessageReference { .. }
        | ast::InlineExpression::TermReference { .. } => {}
    }
}
