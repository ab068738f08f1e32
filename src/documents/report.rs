//! A digest in words: everything that a document says, in one language, so that a renderer only sets it.
//!
//! Guarantees: every text is one that a page can hold (no control characters, no marks that turn the direction, no letters
//! without a place to break), every number is the digest's.

mod made;

use serde::Serialize;

/// Where a report is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// On pages, whose lines must be able to end somewhere.
    Page,
    /// In cells, where what people wrote stays as it is.
    Cell,
}

/// Everything that a document says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The language's code.
    pub language: String,
    /// For whom it is.
    pub title: String,
    /// The meeting's name, once one is known.
    pub meeting: Option<String>,
    /// What is known of the meeting: days, place.
    pub about: Vec<Field>,
    /// Number, when it was made, of what it is, the digest before.
    pub stamp: Vec<Field>,
    /// The fingerprint: a label, and hexadecimal digits in groups of four.
    pub fingerprint: Option<Field>,
    /// What the code on the title page says: `samleng-digest/<number>/<fingerprint>`.
    pub code: Option<String>,
    /// What became of what was promised, meeting by meeting.
    pub scores: Vec<Scored>,
    /// What became of everything that was received, the sum first.
    pub totals: Vec<Figure>,
    /// The figures as bars: by topic, by place, by urgency, over time; always these four.
    pub charts: Vec<Chart>,
    /// Who and where has been silent: a heading, and names.
    pub silence: Vec<Field>,
    /// The concerns, topic by topic.
    pub topics: Vec<Topic>,
    /// The reconciliation against the digest before.
    pub annex: Annex,
    /// Headings and the like.
    pub words: Words,
}

/// What was promised at a meeting, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scored {
    /// The meeting.
    pub title: String,
    /// How many promises stand how, the sum first.
    pub figures: Vec<Figure>,
    /// Each promise.
    pub promises: Vec<Promised>,
}

/// A promise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Promised {
    /// Its running number within the meeting, in the language's digits.
    pub shown: String,
    /// What was promised.
    pub text: String,
    /// By whom and by when; empty if neither was said.
    pub facts: String,
    /// How it stands.
    pub standing: String,
    /// What organisations say where; empty if none does, or too few do.
    pub places: String,
}

/// A label and what it labels.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Field {
    /// The label.
    pub label: String,
    /// What it labels; lines are ended by `\n`.
    pub value: String,
}

/// A label and a number.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// The label.
    pub label: String,
    /// The number.
    pub count: u64,
    /// The number in the language's digits.
    pub shown: String,
}

/// Bars.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chart {
    /// By what it is counted; a page says it by the title.
    #[serde(skip)]
    pub by: By,
    /// What is counted.
    pub title: String,
    /// Each bar: the largest first and others together last, but for time.
    pub bars: Vec<Figure>,
    /// Why there are no bars, where there are none.
    pub none: Option<String>,
}

/// By what is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// By topic.
    Topic,
    /// By place.
    Place,
    /// By urgency.
    Urgency,
    /// By the days on which they came.
    Trend,
}

/// The concerns of a topic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// The concerns, by the organisations behind them.
    pub concerns: Vec<Item>,
}

/// A concern.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// Its running number.
    pub number: u64,
    /// The same in the language's digits.
    pub shown: String,
    /// Its title, or what stands for one.
    pub title: String,
    /// Its receipt, for those who may see it.
    pub receipt: Option<String>,
    /// Where it stands.
    pub status: String,
    /// The topic's name.
    pub topic: String,
    /// The place's name.
    pub place: String,
    /// Who raises it, or that this is not said; nothing where no edition says it.
    pub organisation: Option<String>,
    /// How many organisations stand behind it.
    pub behind: u64,
    /// The same in a sentence, where there are several.
    pub backing: Option<String>,
    /// The story, paragraph by paragraph.
    pub story: Vec<Paragraph>,
    /// Its other answers, the forum's own questions included, each with the question's id.
    pub fields: Vec<Answered>,
    /// What stands beside it: notes, questions, answers.
    pub beside: Vec<String>,
}

/// A paragraph of a story.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Paragraph {
    /// What it says; lines are ended by `\n`.
    pub text: String,
    /// Whether these are the author's words, rather than what the program says of a file.
    pub theirs: bool,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answered {
    /// The question's id.
    pub id: String,
    /// The question, short.
    pub label: String,
    /// The answer in words.
    pub value: String,
    /// The answer as a number, where one was asked for.
    pub number: Option<u64>,
}

/// The reconciliation against the digest before.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Annex {
    /// What it is held against, or that there is no digest before.
    pub against: String,
    /// The totals: then, now.
    pub totals: Vec<Change>,
    /// For organisers: from where to where.
    pub flows: Vec<Flow>,
    /// For organisers: each concern that is new or went elsewhere.
    pub moved: Vec<Moved>,
}

/// A total in the digest before and in this one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// What is counted.
    pub label: String,
    /// In the digest before; nothing where there is none.
    pub then: Option<u64>,
    /// In this one.
    pub now: u64,
    /// The three columns in the language's digits: then, now, and the difference with its sign; nothing where there is no
    /// digest before.
    pub shown: [String; 3],
}

/// How many went from where to where.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flow {
    /// From where.
    pub from: String,
    /// To where.
    pub to: String,
    /// How many.
    pub count: u64,
    /// The same in the language's digits.
    pub shown: String,
}

/// A concern that is new or went elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moved {
    /// Its receipt.
    pub receipt: String,
    /// From where.
    pub from: String,
    /// To where.
    pub to: String,
}

/// Headings and the like.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Words {
    /// Over the table of contents.
    pub contents: String,
    /// Over what became of what was promised.
    pub promises: String,
    /// Over the summary.
    pub summary: String,
    /// Over what became of everything.
    pub totals: String,
    /// Over who and where was silent.
    pub silence: String,
    /// Over the concerns.
    pub concerns: String,
    /// Over the figures.
    pub figures: String,
    /// Over the reconciliation, in a word.
    pub reconciliation: String,
    /// Over the reconciliation.
    pub annex: String,
    /// Over the flows.
    pub flows: String,
    /// Over the concerns that moved.
    pub moved: String,
    /// Over columns: what is counted, then, now, difference, from, to, how many.
    pub columns: Columns,
    /// Where nothing belongs in the digest.
    pub empty: Option<String>,
    /// Between a label and what it labels.
    pub colon: String,
    /// At the foot of each page: `{page}` and `{pages}` are put in by the renderer.
    pub page: String,
    /// What the code and the fingerprint are for.
    pub proof: String,
    /// That it is a part, where it is one: which concerns are in it.
    pub part: Option<String>,
    /// What bars for which there is no room stand under: `{count}` is put in by the renderer.
    pub rest: String,
    /// The language's digits, from nought to nine, for the numbers that the renderer puts in.
    pub digits: String,
}

/// What stands over columns.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Columns {
    /// The running number.
    pub number: String,
    /// The receipt.
    pub receipt: String,
    /// Where a concern stands.
    pub status: String,
    /// The topic.
    pub topic: String,
    /// The place.
    pub place: String,
    /// The title.
    pub title: String,
    /// Who raises it.
    pub organisation: String,
    /// How many stand behind it.
    pub behind: String,
    /// The story.
    pub story: String,
    /// What stands beside it.
    pub beside: String,
    /// What is counted.
    pub what: String,
    /// How many.
    pub count: String,
    /// In the digest before.
    pub then: String,
    /// In this one.
    pub now: String,
    /// The difference.
    pub difference: String,
    /// From where.
    pub from: String,
    /// To where.
    pub to: String,
}
