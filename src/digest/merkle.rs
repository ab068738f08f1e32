//! A Merkle tree as in RFC 6962 (section 2.1): one hash for many leaves, and short proofs that a leaf is among them.
//!
//! Guarantees: a proof that holds names the one leaf at its place in the one tree with that root. Leaves are hashes already:
//! whoever makes one puts the byte 0 before what it hashes, so that no node can pass for a leaf.
//!
//! <https://www.rfc-editor.org/rfc/rfc6962#section-2.1>

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::frozen::Hash;

/// What stands before the two halves of a node.
const NODE: u8 = 1;

/// That a leaf is in a tree: its place, and the hashes beside the way to the root, from below.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Path {
    /// The place of the leaf, from 0.
    pub index: u64,
    /// How many leaves there are.
    pub size: u64,
    /// The hashes beside the way.
    #[serde(with = "super::hex::list")]
    pub beside: Vec<Hash>,
}

/// The root of a tree with these leaves, in this order.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        more => {
            let (left, right) = more.split_at(split(more.len()));
            node(&root(left), &root(right))
        }
    }
}

/// The way from the leaf at this place to the root; nothing where there is no such leaf.
pub fn path(leaves: &[Hash], index: usize) -> Option<Path> {
    if index >= leaves.len() {
        return None;
    }
    let mut beside = Vec::new();
    let (mut part, mut place) = (leaves, index);
    while part.len() > 1 {
        let (left, right) = part.split_at(split(part.len()));
        if place < left.len() {
            beside.push(root(right));
            part = left;
        } else {
            beside.push(root(left));
            place -= left.len();
            part = right;
        }
    }
    beside.reverse();
    Some(Path {
        index: index as u64,
        size: leaves.len() as u64,
        beside,
    })
}

impl Path {
    /// Whether this leaf is at this place in the tree with this root.
    ///
    /// As in RFC 9162, section 2.1.3.2.
    pub fn proves(&self, leaf: &Hash, root: &Hash) -> bool {
        if self.index >= self.size {
            return false;
        }
        let (mut place, mut last) = (self.index, self.size - 1);
        let mut hash = *leaf;
        for beside in &self.beside {
            if last == 0 {
                return false;
            }
            if place % 2 == 1 || place == last {
                hash = node(beside, &hash);
                // A lone node at the right edge went up without a partner.
                while place.is_multiple_of(2) && place > 0 {
                    place /= 2;
                    last /= 2;
                }
            } else {
                hash = node(&hash, beside);
            }
            place /= 2;
            last /= 2;
        }
        last == 0 && hash == *root
    }
}

fn node(left: &Hash, right: &Hash) -> Hash {
    let mut hash = Sha256::new();
    hash.update([NODE]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

/// The largest power of two below this number, which is at least two.
fn split(count: usize) -> usize {
    count.next_power_of_two() / 2
}
