//! Freezing a digest: the tree is the one of RFC 6962, proofs hold for what is in it and for nothing else, and a digest has
//! the number of the last one if and only if it says the same.

use data_encoding::HEXLOWER;
use proptest::prelude::*;
use samleng::config::Review;
use samleng::digest::frozen::{
    Fate, Freeze, Frozen, Hash, Opening, Salt, canonical, fingerprint, in_full, in_short, leaf,
};
use samleng::digest::merkle::{path, root};
use samleng::digest::readers::{Authority, Group, Organisers};
use samleng::digest::{Digest, Edition, Filter, Reader, Records, make_frozen};
use samleng::domain::concern::question;
use samleng::domain::{Answer, Disclosure, MessageId, Past, Receipt, Status};
use samleng::text::Forum;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::in_memory::{forum, runner};
use crate::sketches::{Sketch, instant, records, sketches};

/// The inputs and roots with which the implementations of RFC 6962 are tested.
/// <https://github.com/google/certificate-transparency/blob/master/cpp/merkletree/merkle_tree_test.cc>
const KNOWN: [(&str, &str); 8] = [
    (
        "",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    ),
    (
        "00",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    ),
    (
        "10",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    ),
    (
        "2021",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (
        "3031",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    ),
    (
        "40414243",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    ),
    (
        "5051525354555657",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    ),
    (
        "606162636465666768696a6b6c6d6e6f",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ),
];

fn plain_leaf(bytes: &[u8]) -> Hash {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(bytes);
    hash.finalize().into()
}

fn plain_leaves(count: usize) -> Vec<Hash> {
    (0..count)
        .map(|place| plain_leaf(&place.to_be_bytes()))
        .collect()
}

#[test]
fn the_tree_is_that_of_the_rfc() {
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(HEXLOWER.encode(&root(&[])), nothing);
    let mut leaves = Vec::new();
    for (input, known) in KNOWN {
        leaves.push(plain_leaf(&HEXLOWER.decode(input.as_bytes()).unwrap()));
        assert_eq!(HEXLOWER.encode(&root(&leaves)), known);
    }
    // The proofs that those tests expect: of leaves 0, 5 and 2 in trees of 8, 8 and 3.
    for (leaf, size, beside) in [
        (
            0,
            8,
            vec![
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            vec![
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            3,
            vec!["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
        ),
    ] {
        let path = path(&leaves[..size], leaf).unwrap();
        let found: Vec<String> = path
            .beside
            .iter()
            .map(|hash| HEXLOWER.encode(hash))
            .collect();
        assert_eq!(found, beside, "{leaf} of {size}");
    }
}

#[test]
fn every_proof_holds_and_none_for_anything_else() {
    for size in 1..=33 {
        let leaves = plain_leaves(size);
        let root = root(&leaves);
        for (place, leaf) in leaves.iter().enumerate() {
            let good = path(&leaves, place).unwrap();
            assert!(good.proves(leaf, &root), "{place} of {size}");
            for (other, wrong) in leaves.iter().enumerate() {
                assert_eq!(good.proves(wrong, &root), other == place);
            }
            for index in (0..size as u64 + 2).filter(|index| *index != good.index) {
                let mut moved = good.clone();
                moved.index = index;
                assert!(!moved.proves(leaf, &root), "{place} of {size} at {index}");
            }
            for beside in 0..good.beside.len() {
                let mut altered = good.clone();
                altered.beside[beside][place % 32] ^= 1 << (size % 8);
                assert!(!altered.proves(leaf, &root));
                let mut shorter = good.clone();
                shorter.beside.remove(beside);
                assert!(!shorter.proves(leaf, &root));
            }
            let mut longer = good.clone();
            longer.beside.push(*leaf);
            assert!(!longer.proves(leaf, &root));
            let mut altered = root;
            altered[size % 32] ^= 1;
            assert!(!good.proves(leaf, &altered));
            let as_read = serde_json::to_string(&good).unwrap();
            assert_eq!(good, serde_json::from_str(&as_read).unwrap());
        }
        assert_eq!(path(&leaves, size), None);
    }
}

#[test]
fn what_is_hashed_has_one_form() {
    let mut text = Vec::new();
    let value = json!({"z": [1, {"b": null, "a": "\"ក\n"}], "a b": true, "": -2});
    canonical(&value, &mut text);
    assert_eq!(
        String::from_utf8(text).unwrap(),
        "{\"\":-2,\"a b\":true,\"z\":[1,{\"a\":\"\\\"ក\\n\",\"b\":null}]}"
    );
    let receipt = Receipt::from_random(7);
    let entry = format!(
        "{{\"concern\":{{\"a\":1}},\"edition\":\"shared\",\"fate\":\"included\",\"receipt\":\"{receipt}\"}}"
    );
    let salt = [9; 16];
    let expected = plain_leaf(&[&salt[..], entry.as_bytes()].concat());
    let fate = Fate::Included { number: 1 };
    let made = leaf(
        &salt,
        Edition::Shared,
        receipt,
        fate,
        Some(&json!({"a": 1})),
    );
    assert_eq!(made, expected);
    assert_eq!(in_full(&[0xab; 32]), "ab".repeat(32));
    assert_eq!(in_short(&[0xab; 32]), "abab abab abab abab");
}

fn salts() -> impl FnMut() -> Salt {
    let mut count = 0_u128;
    move || {
        count += 1;
        count.to_be_bytes()
    }
}

fn freeze<R: Reader>(
    records: &Records,
    forum: &Forum,
    salts: &mut dyn FnMut() -> Salt,
) -> (Digest<R>, Freeze) {
    make_frozen(records, &Filter::default(), &forum.config, instant(), salts)
}

/// Keeps it as a store would.
fn keep(records: &mut Records, freeze: Freeze) {
    if freeze.is_new {
        records.last_number = freeze.frozen.number;
        records.frozen.push((freeze.frozen, freeze.openings));
        let older = records.frozen.len().saturating_sub(2);
        records.frozen.drain(..older);
    }
}

/// Whether everything that opens a leaf opens it, and the leaves are those of the fingerprint.
fn check_opens<R: Reader>(
    digest: &Digest<R>,
    frozen: &Frozen,
    openings: &[Opening],
    records: &Records,
) {
    let json: Value = serde_json::from_str(&samleng::documents::json::render(digest)).unwrap();
    for opening in openings {
        let concern = records
            .concerns
            .iter()
            .find(|known| known.id == opening.concern)
            .unwrap();
        let said = if let Fate::Included { number } = opening.fate {
            Some(&json["concerns"][number as usize - 1])
        } else {
            None
        };
        match opening.salt {
            Some(salt) => assert_eq!(
                leaf(&salt, R::EDITION, concern.receipt, opening.fate, said),
                opening.leaf
            ),
            None => assert_eq!(opening.fate, Fate::Withdrawn),
        }
    }
    let mut leaves: Vec<Hash> = openings.iter().map(|opening| opening.leaf).collect();
    assert_eq!(fingerprint(&mut leaves), frozen.root);
    assert_eq!(openings.len() as u64, digest.totals.received);
    assert_eq!(
        (digest.number, digest.fingerprint),
        (Some(frozen.number), Some(frozen.root))
    );
}

/// What was made before these records is held back exactly if one that is made of them holds back something of it.
fn check_stands<R: Reader>(records: &Records, now: &Freeze) {
    let Some((frozen, openings)) = records.frozen.last() else {
        return;
    };
    for opening in openings {
        let mut concerns = records.concerns.iter();
        let concern = concerns.find(|known| known.id == opening.concern);
        let mut known = now.openings.iter();
        let known = known.find(|known| known.concern == opening.concern);
        let was_in = matches!(opening.fate, Fate::Included { .. });
        let was_gone = opening.fate == Fate::Withdrawn;
        let lets = known.map_or(was_gone, |known| match (R::EDITION, known.fate) {
            (_, Fate::Withdrawn) => was_gone,
            (Edition::Shared, Fate::Included { .. }) => !opening.named || known.named,
            // It was looked at when it was let in.
            (Edition::Shared, Fate::Unreviewed) => {
                let discloses = concern.map(|concern| concern.disclosure);
                !opening.named || discloses == Some(Disclosure::Named)
            }
            (Edition::Shared, _) => !was_in,
            (Edition::Organisers | Edition::Group, _) => true,
        });
        let stands = opening.stands(frozen.edition, concern);
        assert_eq!(stands, lets, "{opening:?} is now {known:?}");
    }
}

/// Something that a digest says of a concern, or of all, and that can change.
#[derive(Clone, Debug)]
enum Edit {
    Title(usize),
    Note(usize),
    Status(usize, Status),
    Disclosure(usize, Disclosure),
    Gone(usize),
    Backed(usize),
    /// Nothing.
    Again,
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let n = any::<usize>;
    let status = proptest::sample::select(Status::ALL.to_vec());
    let disclosure = proptest::sample::select(Disclosure::ALL.to_vec());
    let edit = prop_oneof![
        n().prop_map(Edit::Title),
        n().prop_map(Edit::Note),
        (n(), status).prop_map(|(which, status)| Edit::Status(which, status)),
        (n(), disclosure).prop_map(|(which, disclosure)| Edit::Disclosure(which, disclosure)),
        n().prop_map(Edit::Gone),
        n().prop_map(Edit::Backed),
        Just(Edit::Again),
    ];
    proptest::collection::vec(edit, 0..12)
}

fn apply(edit: &Edit, records: &mut Records) {
    let count = records.concerns.len();
    let which = match edit {
        Edit::Title(n)
        | Edit::Note(n)
        | Edit::Status(n, _)
        | Edit::Disclosure(n, _)
        | Edit::Gone(n)
        | Edit::Backed(n) => *n,
        Edit::Again => return,
    };
    if count == 0 {
        return;
    }
    let place = which % count;
    let concern = &mut records.concerns[place];
    match edit {
        Edit::Title(_) => {
            let was = concern
                .answers
                .text(question::TITLE)
                .unwrap_or_default()
                .to_owned();
            let text = Answer::Text {
                text: was + "!",
                source: MessageId(3),
            };
            concern.answers.0.insert(question::TITLE.to_owned(), text);
        }
        Edit::Note(_) => {
            let note = Past::Note {
                at: instant(),
                text: "More.".to_owned(),
            };
            records.past.entry(concern.id).or_default().push(note);
        }
        Edit::Status(_, status) => {
            concern.status = *status;
            // What is withdrawn loses its salts.
            if *status == Status::Withdrawn {
                let openings = records.frozen.iter_mut().flat_map(|(_, openings)| openings);
                for opening in openings.filter(|opening| opening.concern == concern.id) {
                    opening.salt = None;
                }
            }
        }
        Edit::Disclosure(_, disclosure) => concern.disclosure = *disclosure,
        Edit::Gone(_) => {
            records.concerns.remove(place);
        }
        Edit::Backed(_) => {
            let organisation = 1 + (records.endorsements.len() as u64) % 9;
            records.endorsements.push(samleng::domain::Endorsement {
                concern: concern.id,
                organisation,
                person: None,
                at: instant(),
            });
        }
        Edit::Again => {}
    }
}

/// What a digest says of concerns.
fn said<R: Reader>(digest: &Digest<R>) -> String {
    let json: Value = serde_json::from_str(&samleng::documents::json::render(digest)).unwrap();
    json["concerns"].to_string() + &json["totals"].to_string()
}

fn check_history<R: Reader>(sketches: &[Sketch], edits: &[Edit], forum: &Forum) {
    let mut records = records(sketches, forum);
    let mut salts = salts();
    let mut last: Option<(String, u32)> = None;
    for edit in std::iter::once(&Edit::Again).chain(edits) {
        apply(edit, &mut records);
        let known = records.frozen.last().map(|(frozen, _)| frozen.number);
        let (digest, freeze) = freeze::<R>(&records, forum, &mut salts);
        check_stands::<R>(&records, &freeze);
        let number = freeze.frozen.number;
        // Whoever asks for what is frozen already gets it as it was.
        assert_eq!(freeze.is_new, known != Some(number));
        let fates: Vec<_> = if freeze.is_new {
            &freeze.openings
        } else {
            &records.frozen.last().unwrap().1
        }
        .iter()
        .map(|opening| (opening.concern, opening.fate))
        .collect();
        let said = said(&digest) + &format!("{fates:?}");
        match &last {
            Some((was, number_was)) => {
                assert_eq!(*was == said, *number_was == number, "after {edit:?}");
                assert!(number - number_was <= 1);
            }
            None => assert_eq!(number, 1),
        }
        let before = if freeze.is_new {
            known
        } else {
            known
                .and_then(|number| number.checked_sub(1))
                .filter(|number| *number > 0)
        };
        assert_eq!(digest.before.as_ref().map(|before| before.number), before);
        last = Some((said, number));
        // It crosses a pipe.
        let piped = serde_json::to_string(&freeze).unwrap();
        assert_eq!(freeze, serde_json::from_str(&piped).unwrap());
        keep(&mut records, freeze);
        let (frozen, openings) = records.frozen.last().unwrap();
        check_opens(&digest, frozen, openings, &records);
    }
}

#[test]
fn a_digest_has_the_last_number_only_if_it_says_the_same() {
    let (reviewed, mut open) = (forum(), forum());
    open.config.settings.review = Review::None;
    runner(64)
        .run(
            &(sketches(), edits(), any::<bool>()),
            |(sketches, edits, is_open)| {
                let forum = if is_open { &open } else { &reviewed };
                check_history::<Organisers>(&sketches, &edits, forum);
                check_history::<Authority>(&sketches, &edits, forum);
                check_history::<Group>(&sketches, &edits, forum);
                Ok(())
            },
        )
        .unwrap();
}
