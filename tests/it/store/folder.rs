//! Nobody else can read the data folder.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use samleng::store::folder::{DataFolder, FolderError, write_private, write_private_new};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn it_is_made_private_with_its_parents() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("a/b/data");
    let data = DataFolder::open(&root).unwrap();
    for path in [&folder.path().join("a"), &root, &data.files()] {
        assert_eq!(mode(path), 0o700, "{path:?}");
    }
    assert_eq!(data.store(), root.join("store"));
    DataFolder::open(&root).unwrap();
}

#[test]
fn one_that_others_can_read_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("data");
    fs::create_dir(&root).unwrap();
    for bit in 0..9 {
        let bits = 0o700 & !(1 << bit) | 1 << bit;
        fs::set_permissions(&root, fs::Permissions::from_mode(bits)).unwrap();
        let opened = DataFolder::open(&root);
        assert_eq!(opened.is_ok(), bit >= 6, "{bits:o}");
        if let Err(error) = opened {
            let line = error.to_string();
            assert!(
                line.contains(&format!("{bits:04o}"))
                    && line.contains("chmod 700")
                    && !line.contains('\n'),
                "{line}"
            );
        }
        assert_eq!(mode(&root), bits);
    }
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(
        DataFolder::open(&file),
        Err(FolderError::NotAFolder(_))
    ));
}

#[test]
fn private_files_are_whole_and_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("link");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(
        write_private_new(&path, b"new").unwrap_err().kind(),
        ErrorKind::AlreadyExists
    );
    assert_eq!(fs::read(&path).unwrap(), b"old");
    write_private(&path, b"new").unwrap();
    assert_eq!(
        (fs::read(&path).unwrap(), mode(&path)),
        (b"new".to_vec(), 0o600)
    );
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "no temporary file stays"
    );
    // It cannot replace a folder; what it began is removed.
    fs::create_dir(folder.path().join("taken")).unwrap();
    assert!(write_private(&folder.path().join("taken"), b"new").is_err());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}
