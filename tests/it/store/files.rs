//! Sealed files: each opens with its own key under its own name, and what a crash leaves goes.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use samleng::domain::Sealed;
use samleng::store::files::{FileError, keep, read, remove, sweep};
use samleng::store::folder::DataFolder;
use samleng::store::seal::{OVERHEAD, SealError};
use tempfile::TempDir;

const PLAIN: &[u8] = b"what somebody sent";

fn folder() -> (TempDir, DataFolder) {
    let folder = tempfile::tempdir().unwrap();
    let data = DataFolder::open(folder.path().join("data")).unwrap();
    (folder, data)
}

fn is_forged(data: &DataFolder, sealed: &Sealed) -> bool {
    matches!(
        read(data, sealed),
        Err(FileError::Seal(SealError::Forged | SealError::TooShort))
    )
}

#[test]
fn a_file_is_sealed_under_a_name_and_a_key_of_its_own() {
    let (_folder, data) = folder();
    let one = keep(&data, "jpeg", PLAIN).unwrap();
    let two = keep(&data, "jpeg", PLAIN).unwrap();
    assert_eq!((one.kind.as_str(), one.size), ("jpeg", PLAIN.len() as u64));
    assert!(one.name != two.name && one.key != two.key && one.key.len() == 32);
    assert_eq!(fs::read_dir(data.files()).unwrap().count(), 2);
    for sealed in [&one, &two] {
        assert_eq!(read(&data, sealed).unwrap(), PLAIN);
        let path = data.files().join(&sealed.name);
        let bytes = fs::read(&path).unwrap();
        assert_eq!(bytes.len(), PLAIN.len() + OVERHEAD);
        assert!(!bytes.windows(8).any(|eight| eight == &PLAIN[..8]));
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert!(!format!("{one:?}").contains(&one.name));
}

#[test]
fn every_changed_byte_and_every_swap_is_noticed() {
    let (_folder, data) = folder();
    let one = keep(&data, "jpeg", PLAIN).unwrap();
    let two = keep(&data, "jpeg", PLAIN).unwrap();
    let path = |sealed: &Sealed| data.files().join(&sealed.name);
    let whole = fs::read(path(&one)).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(path(&one), &bytes).unwrap();
        assert!(is_forged(&data, &one), "byte {at}");
        fs::write(path(&one), &whole[..at]).unwrap();
        assert!(is_forged(&data, &one), "cut at {at}");
    }
    // The same key under another name, and the other file under this one.
    fs::write(path(&two), &whole).unwrap();
    let moved = Sealed {
        key: one.key.clone(),
        ..two.clone()
    };
    assert!(is_forged(&data, &moved) && is_forged(&data, &two));
    fs::write(path(&one), &whole).unwrap();
    assert_eq!(read(&data, &one).unwrap(), PLAIN);
    for name in ["../epoch", "", "ABCDEF"] {
        let name = name.to_owned();
        let odd = Sealed {
            name,
            ..one.clone()
        };
        assert!(matches!(read(&data, &odd), Err(FileError::Record)));
    }
}

#[test]
fn what_is_removed_is_gone_and_nothing_else() {
    let (_folder, data) = folder();
    let one = keep(&data, "pdf", PLAIN).unwrap();
    let two = keep(&data, "pdf", PLAIN).unwrap();
    remove(&data, &one.name).unwrap();
    remove(&data, &one.name).unwrap();
    fs::write(data.epoch(), "epoch").unwrap();
    remove(&data, "../epoch").unwrap();
    assert!(data.epoch().exists());
    assert!(matches!(read(&data, &one), Err(FileError::Io(_))));
    assert_eq!(read(&data, &two).unwrap(), PLAIN);
}

#[test]
fn a_sweep_leaves_what_is_known_and_what_is_not_ours() {
    let (_folder, data) = folder();
    let known = keep(&data, "pdf", PLAIN).unwrap();
    let orphan = keep(&data, "pdf", PLAIN).unwrap();
    let temporary = format!(".{}.0123456789abcdef.tmp", orphan.name);
    let ours = [
        data.files().join(temporary),
        data.root().join(".owner-link.0123456789abcdef.tmp"),
    ];
    let others = [
        data.files().join("README"),
        data.epoch(),
        data.root().join("notes.tmp"),
        data.root().join(".owner-link.0123.tmp"),
    ];
    for path in ours.iter().chain(&others) {
        fs::write(path, "").unwrap();
    }
    let names = BTreeSet::from([known.name.clone()]);
    assert_eq!(sweep(&data, &names).unwrap(), 3);
    assert_eq!(sweep(&data, &names).unwrap(), 0);
    assert_eq!(read(&data, &known).unwrap(), PLAIN);
    assert!(matches!(read(&data, &orphan), Err(FileError::Io(_))));
    assert!(ours.iter().all(|path| !path.exists()));
    assert!(others.iter().all(|path| path.exists()));
}
