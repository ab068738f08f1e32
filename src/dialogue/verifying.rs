//! Whether a receipt was in the digests that were handed out, and as what.
//!
//! Guarantees: whoever holds a receipt, or has typed one, hears where it went and nothing else: no word of a concern, no name,
//! no other's receipt. Who has a role looks at what is not theirs in the open: it is in the audit log.

use serde::{Deserialize, Serialize};

use super::{Change, Turn, Weight, World, desk, promising};
use crate::digest::Edition;
use crate::digest::frozen::{Fate, Frozen, Hash, Salt, in_short};
use crate::digest::merkle::{self, Path};
use crate::domain::receipt::ReceiptError;
use crate::domain::{Act, Concern, Deed, Disclosure, Receipt, Who};
use crate::text::{Html, Phrases, card, date};

/// How many digests are told of one by one.
const TOLD: usize = 5;

/// What is known of a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The receipt.
    pub receipt: Receipt,
    /// Each digest that it was in, the newest first.
    pub digests: Vec<Mention>,
}

/// As what a receipt was in a digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// The digest.
    pub digest: Frozen,
    /// As what.
    pub fate: Fate,
    /// Of what it was part, where that is known.
    pub into: Option<Receipt>,
    /// The salt; nothing once it was withdrawn.
    #[serde(with = "crate::digest::hex::option")]
    pub salt: Option<Salt>,
    /// The leaf.
    #[serde(with = "crate::digest::hex")]
    pub leaf: Hash,
}

impl Mention {
    /// Whether it was withdrawn since.
    pub fn is_erased(&self) -> bool {
        self.salt.is_none() && self.fate != Fate::Withdrawn
    }
}

/// What is known of a receipt; nothing of one that nobody has.
fn known(receipt: Receipt, world: &dyn World) -> Option<(Concern, Known)> {
    let concern = world.concern_of(receipt)?;
    let digests = world.digests_with(concern.id).into_iter();
    let mention = |(digest, opening): (Frozen, crate::digest::frozen::Opening)| {
        let into = match opening.fate {
            Fate::Merged { into } => world.concern(into).map(|whole| whole.receipt),
            Fate::Included { .. }
            | Fate::Withdrawn
            | Fate::Held
            | Fate::Waiting
            | Fate::Rejected
            | Fate::OrganisersOnly
            | Fate::Unreviewed => None,
        };
        Mention {
            digest,
            fate: opening.fate,
            into,
            salt: opening.salt,
            leaf: opening.leaf,
        }
    };
    let known = Known {
        receipt,
        digests: digests.map(mention).collect(),
    };
    Some((concern, known))
}

/// The answer to whoever asks on the command line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What is known.
    pub known: Known,
    /// That the leaf is in the digest that was asked about.
    pub path: Option<Path>,
}

/// What is known of a receipt, in this digest above all, and the concern's id; nothing of one that nobody has.
pub fn answer(receipt: Receipt, digest: Option<u32>, world: &dyn World) -> Option<(u64, Answer)> {
    let (concern, known) = known(receipt, world)?;
    let mut asked = known.digests.iter();
    let asked = asked.find(|mention| Some(mention.digest.number) == digest);
    let path = asked.and_then(|mention| path(mention, world));
    Some((concern.id, Answer { known, path }))
}

/// That a mention's leaf is in its digest; nothing if the digest's leaves are not all there.
fn path(mention: &Mention, world: &dyn World) -> Option<Path> {
    let leaves = world.leaves(mention.digest.number);
    let place = leaves.iter().position(|leaf| *leaf == mention.leaf)?;
    merkle::path(&leaves, place).filter(|path| path.proves(&mention.leaf, &mention.digest.root))
}

/// Answers `/verify` and what was written behind it.
pub(super) fn verify(turn: &mut Turn, typed: &str) {
    let receipt = match Receipt::parse(typed) {
        _ if typed.is_empty() => return tell(turn, |phrases| phrases.verify_ask()),
        Ok(receipt) => receipt,
        Err(ReceiptError::Shape) => return tell(turn, |phrases| phrases.verify_shape()),
        Err(ReceiptError::Check) => return tell(turn, |phrases| phrases.verify_check()),
    };
    let Some((concern, known)) = known(receipt, turn.world) else {
        return tell(turn, |phrases| phrases.verify_unknown());
    };
    let number = turn.person.number;
    if turn.person.role.is_some() && concern.author != number {
        let who = Who::Person(number);
        let looked = Change::Audit(who, Deed::Looked(concern.id));
        turn.world.change(looked);
    }
    if known.digests.is_empty() {
        let why = why_in_none(&concern, turn);
        let status = promising::status(&concern, turn.view());
        return tell(turn, |phrases| {
            let mut html = phrases.verify_none(&receipt.to_string());
            html.line(&phrases.mine_status(&card::status(status, phrases)));
            if let Some(why) = why {
                html.line(&why(phrases));
            }
            html
        });
    }
    // The receipt of what it is part of is for those who have both, and for those who may read everything.
    let may_name = |into: &Receipt| {
        let whole = turn.world.concern_of(*into);
        let theirs = whole.is_some_and(|whole| whole.author == number);
        desk::may(&turn.person, Act::Read) || (theirs && concern.author == number)
    };
    let mentions: Vec<(Mention, Option<Receipt>)> = known.digests[..]
        .iter()
        .take(TOLD)
        .map(|mention| (mention.clone(), mention.into.filter(may_name)))
        .collect();
    let more = known.digests.len().saturating_sub(TOLD) as u64;
    let count = known.digests.len() as u64;
    let zone = turn.view().zone();
    tell(turn, |phrases| {
        let mut html = phrases.verify_found(&receipt.to_string(), count);
        for (mention, into) in &mentions {
            let made_at = date::moment(phrases, mention.digest.made_at, &zone);
            let edition = edition(mention.digest.edition, phrases);
            let number = u64::from(mention.digest.number);
            html.paragraph(&phrases.verify_digest(number, &edition, &made_at));
            html.line(&fate(mention.fate, *into, phrases));
            if mention.is_erased() {
                html.line(&phrases.verify_erased());
            }
            html.line(&phrases.verify_fingerprint(&in_short(&mention.digest.root)));
        }
        if more > 0 {
            html.paragraph(&phrases.verify_more(more));
        }
        html.paragraph(&phrases.verify_compare());
        html
    });
}

fn tell(turn: &mut Turn, say: impl Fn(Phrases<'_>) -> Html) {
    turn.tell(Weight::Page, say);
    turn.show();
}

fn edition(edition: Edition, phrases: Phrases<'_>) -> String {
    match edition {
        Edition::Organisers => phrases.verify_for_organisers(),
        Edition::Shared => phrases.verify_for_ministry(),
        Edition::Group => phrases.verify_for_group(),
    }
}

fn fate(fate: Fate, into: Option<Receipt>, phrases: Phrases<'_>) -> Html {
    match fate {
        Fate::Included { number } => phrases.verify_included(number),
        Fate::Merged { .. } => match into {
            Some(into) => phrases.verify_merged_into(&into.to_string()),
            None => phrases.verify_merged(),
        },
        Fate::Withdrawn => phrases.verify_withdrawn(),
        Fate::Held => phrases.verify_held(),
        Fate::Waiting => phrases.verify_waiting(),
        Fate::Rejected => phrases.verify_rejected(),
        Fate::OrganisersOnly => phrases.verify_organisers_only(),
        Fate::Unreviewed => phrases.verify_unreviewed(),
    }
}

type Why = for<'p> fn(Phrases<'p>) -> Html;

/// Why it will not be in the ministry's edition as it stands; nothing where its status says it, or it will.
fn why_in_none(concern: &Concern, turn: &Turn) -> Option<Why> {
    if !concern.status.is_in() {
        return None;
    }
    let review = turn.forum.config.settings.review;
    match concern.disclosure {
        Disclosure::OrganisersOnly => Some(|phrases| phrases.verify_will_be_inside()),
        Disclosure::Named | Disclosure::Unnamed if review.lets_in(concern.status) => {
            Some(|phrases| phrases.verify_will_be())
        }
        Disclosure::Named | Disclosure::Unnamed => Some(|phrases| phrases.verify_not_reviewed()),
    }
}
