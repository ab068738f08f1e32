//! Looking for canaries: in what came out, in every file, in every record without its seal.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use data_encoding::BASE64;
use samleng::store::key::{Epoch, MasterKey};
use samleng::store::kv::Kv as _;
use samleng::store::seal::{CHECK_KEY, Sealer};
use samleng::store::sled_kv::SledKv;

use super::{ALLOWED, NEVER, Place, STEM, canary};
use crate::support::{Site, TOKEN};

/// Each may stand in these only where it is allowed, and there it does stand: so the search looks in the right places, and every word
/// was said.
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
        let missing = allowed
            .iter()
            .filter(|place| looked.contains(place) && !came_out.contains(place));
        wrong.extend(missing.map(|place| format!("{of} is missing: {place:?}")));
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
