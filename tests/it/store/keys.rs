//! Where the master key comes from, and what comes from it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use samleng::store::key::{Epoch, KeyError, KeyOrigin, KeySources, MasterKey, resolve};

const ENV: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F";

fn put(path: &Path, text: &str, mode: u32) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_key_is_made_only_where_there_is_neither_store_nor_key() {
    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Is {
        Env,
        File,
        Default,
        MadeInFile,
        MadeAtDefault,
        Missing,
        Malformed,
    }
    use Is::{Default, Env, File, MadeAtDefault, MadeInFile, Malformed, Missing};
    let good = "ab".repeat(32);
    // environment, the settings name a file, it is there, the default is there, then without and with a store.
    let table = [
        (Some(ENV), false, false, false, Env, Env),
        (Some(ENV), true, true, true, Env, Env),
        (Some("xyz"), true, true, true, Malformed, Malformed),
        (Some(""), false, false, true, Malformed, Malformed),
        (None, true, true, true, File, File),
        (None, true, true, false, File, File),
        (None, true, false, true, Default, Default),
        (None, true, false, false, MadeInFile, Missing),
        (None, false, false, true, Default, Default),
        (None, false, false, false, MadeAtDefault, Missing),
    ];
    for row in table {
        let (env, named, file_there, default_there, without, with) = row;
        for (store, expected) in [(false, without), (true, with)] {
            let folder = tempfile::tempdir().unwrap();
            let (file, default) = (folder.path().join("a/key"), folder.path().join("b/c/key"));
            if file_there {
                put(&file, &format!(" {good}\n"), 0o600);
            }
            if default_there {
                put(&default, &good, 0o400);
            }
            let sources = KeySources {
                env: env.map(str::to_owned),
                file: named.then(|| file.clone()),
                default_path: default.clone(),
                ..KeySources::default()
            };
            let found = resolve(sources, &folder.path().join("data"), store);
            let is = match &found {
                Ok((_, KeyOrigin::Env)) => Env,
                Ok((_, KeyOrigin::File(path))) if *path == file => File,
                Ok((_, KeyOrigin::File(_))) => Default,
                Ok((_, KeyOrigin::Created(path))) if *path == file => MadeInFile,
                Ok((_, KeyOrigin::Created(_))) => MadeAtDefault,
                Err(KeyError::Missing(_)) => Missing,
                Err(KeyError::Malformed(_)) => Malformed,
                Err(other) => panic!("{row:?}: {other}"),
            };
            assert_eq!(is, expected, "{row:?}, store {store}");
            assert_eq!(
                file.exists(),
                file_there || is == MadeInFile,
                "{row:?}, store {store}"
            );
            assert_eq!(
                default.exists(),
                default_there || is == MadeAtDefault,
                "{row:?}, store {store}"
            );
            if let Ok((key, KeyOrigin::Created(path))) = found {
                assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
                let again = MasterKey::from_file(&path, &folder.path().join("data")).unwrap();
                assert_eq!(key.owner_code(0), again.owner_code(0));
                let left = fs::read_dir(path.parent().unwrap()).unwrap().count();
                assert_eq!(left, 1, "no temporary file stays");
            }
        }
    }
}

/// What the service manager hands over comes after the file of the settings and before the default, is never made, and may be open to
/// the group, by whose bits the manager lets the service's user in.
#[test]
fn a_key_that_is_handed_over_has_its_place() {
    let (named, handed, usual) = ("11".repeat(32), "22".repeat(32), "33".repeat(32));
    for (named_there, handed_there, bits, expected) in [
        (true, true, 0o400, Some(&named)),
        (false, true, 0o400, Some(&handed)),
        (false, true, 0o440, Some(&handed)),
        (false, true, 0o460, None),
        (false, true, 0o404, None),
        (false, false, 0, Some(&usual)),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        if named_there {
            put(&path("named"), &named, 0o600);
        }
        if handed_there {
            put(&path("handed/key"), &handed, bits);
        }
        put(&path("usual"), &usual, 0o600);
        let sources = KeySources {
            env: None,
            file: Some(path("named")),
            credential: Some(path("handed/key")),
            default_path: path("usual"),
        };
        let found = resolve(sources, &path("data"), true);
        match (found, expected) {
            (Ok((key, _)), Some(hex)) => {
                let right = MasterKey::from_env_value(hex).unwrap();
                assert_eq!(key.fingerprint(), right.fingerprint(), "{bits:o}");
            }
            (Err(KeyError::Exposed { .. }), None) => {}
            (found, _) => panic!("{bits:o}: {found:?}"),
        }
    }
    // Where there is none, one is made where it stays, not in the manager's folder.
    let folder = tempfile::tempdir().unwrap();
    let sources = KeySources {
        credential: Some(folder.path().join("handed/key")),
        default_path: folder.path().join("usual"),
        ..KeySources::default()
    };
    let (_, origin) = resolve(sources, &folder.path().join("data"), false).unwrap();
    assert_eq!(origin, KeyOrigin::Created(folder.path().join("usual")));
}

#[test]
fn keys_others_can_read_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let data = folder.path().join("data");
    for (bits, fine) in [
        (0o600, true),
        (0o400, true),
        (0o640, false),
        (0o604, false),
        (0o610, false),
        (0o602, false),
    ] {
        put(&path, ENV, bits);
        let read = MasterKey::from_file(&path, &data);
        assert_eq!(read.is_ok(), fine, "{bits:o}");
        if let Err(error) = read {
            let line = error.to_string();
            assert!(
                line.contains(&format!("{bits:04o}")) && line.contains("chmod 600"),
                "{line}"
            );
        }
    }
    for text in [
        "",
        "ab",
        &ENV[1..],
        &format!("{ENV}0"),
        &format!("{ENV}\n{ENV}"),
        &"zz".repeat(32),
    ] {
        put(&path, text, 0o600);
        assert!(
            matches!(
                MasterKey::from_file(&path, &data),
                Err(KeyError::Malformed(_))
            ),
            "{text:?}"
        );
    }
    assert!(matches!(
        MasterKey::from_file(folder.path(), &data),
        Err(KeyError::Malformed(_))
    ));
}

#[test]
fn a_key_inside_the_data_folder_is_refused_however_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    put(&data.join("sub/key"), ENV, 0o600);
    put(&folder.path().join("outside/key"), ENV, 0o600);
    std::os::unix::fs::symlink(&data, folder.path().join("link")).unwrap();
    std::os::unix::fs::symlink(data.join("sub/key"), folder.path().join("outside/into")).unwrap();
    std::os::unix::fs::symlink(folder.path().join("outside/key"), data.join("out")).unwrap();
    let inside: Vec<PathBuf> = [
        "data/sub/key",
        "data/none",
        "data/no/folder/key",
        "link/sub/key",
        "link/none",
        "outside/../data/none",
        "none/../data/none",
        "outside/into",
        "data/out",
        "data/../data/none",
    ]
    .map(|path| folder.path().join(path))
    .to_vec();
    for path in &inside {
        for data in [&data, &folder.path().join("link")] {
            let is = |result: Result<MasterKey, KeyError>| {
                matches!(result, Err(KeyError::InsideData(_)))
            };
            assert!(is(MasterKey::from_file(path, data)), "{path:?}");
            assert!(is(MasterKey::create(path, data)), "{path:?}");
        }
    }
    MasterKey::from_file(&folder.path().join("outside/key"), &data).unwrap();
    // A data folder that is not there yet, and a neighbour whose name begins alike.
    let absent = folder.path().join("absent");
    assert!(MasterKey::create(&absent.join("key"), &absent).is_err());
    MasterKey::create(&folder.path().join("absent-not/key"), &absent).unwrap();
}

#[test]
fn a_key_that_is_there_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let (path, data) = (folder.path().join("key"), folder.path().join("data"));
    let codes: Vec<String> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| {
                let sources = KeySources {
                    default_path: path.clone(),
                    ..KeySources::default()
                };
                let data = &data;
                scope.spawn(move || resolve(sources, data, false).unwrap().0.owner_code(0))
            })
            .collect();
        starts
            .into_iter()
            .map(|start| start.join().unwrap())
            .collect()
    });
    assert!(
        codes.iter().all(|code| *code == codes[0]),
        "all who start at once have the same key"
    );
    assert!(MasterKey::create(&path, &data).is_err());
    assert_eq!(
        MasterKey::from_file(&path, &data).unwrap().owner_code(0),
        codes[0]
    );
}

#[test]
fn each_key_is_random_and_its_file_is_a_line_of_text() {
    let folder = tempfile::tempdir().unwrap();
    let made = |name: &str| {
        let path = folder.path().join(name);
        MasterKey::create(&path, &folder.path().join("data")).unwrap();
        fs::read_to_string(path).unwrap()
    };
    let (one, other) = (made("one"), made("other"));
    assert_ne!(one, other);
    for text in [one, other] {
        assert_ne!(text, format!("{}\n", "0".repeat(64)));
        assert_eq!((text.len(), text.find('\n')), (65, Some(64)));
    }
}

#[test]
fn a_key_that_cannot_be_looked_for_is_not_absent() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let path = folder.path().join("file/key");
    for store in [false, true] {
        let sources = KeySources {
            file: Some(path.clone()),
            default_path: folder.path().join("usual"),
            ..KeySources::default()
        };
        let found = resolve(sources, &folder.path().join("data"), store);
        assert!(matches!(found, Err(KeyError::Io { .. })), "{found:?}");
    }
    assert!(!folder.path().join("usual").exists());
}

#[test]
fn derivations_are_those_of_another_implementation() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("epoch");
    fs::write(&path, (32..64).collect::<Vec<u8>>()).unwrap();
    let epoch = Epoch::load_or_create(&path, true).unwrap();
    let key = MasterKey::from_env_value(ENV).unwrap();
    let keys = key.derive(&epoch);
    assert_eq!(
        HEXLOWER.encode(keys.seal.as_slice()),
        "0cde16c928a33b9e03b20d8bbbfec180a32588e0de8c2ce3b6767ab8cc37c4ee"
    );
    assert_eq!(
        HEXLOWER.encode(keys.index.as_slice()),
        "f33cfbf86470c50aed5d169589e5051d0c2fa86b154429b483f6d3ed4bf4df50"
    );
    assert_eq!(key.owner_code(0), "ntUVwr-3XQe4va_hM0eGjA");
    assert_eq!(key.owner_code(1), "OJ3UOmnzgCHxuRQrqbscUw");
    assert_eq!(key.fingerprint(), "0a21d8dcb8e80134");
    for (hash, expected) in [
        (
            key.invitation_hash("a code"),
            "0999a089dccd4b918f400c443b284cca",
        ),
        (key.gone_role(7), "7b23fef18a58a8110db08d696e1ee216"),
    ] {
        assert_eq!(HEXLOWER.encode(&hash), expected);
    }
    let sources = KeySources {
        env: Some(ENV.into()),
        ..KeySources::default()
    };
    let shown = format!("{key:?} {keys:?} {epoch:?} {sources:?}");
    assert!(
        !shown.contains("0a0b") && !shown.contains("10, 11") && !shown.contains("cde16"),
        "{shown}"
    );
}

#[test]
fn an_epoch_is_made_once_and_missed_when_there_is_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("epoch");
    assert!(matches!(
        Epoch::load_or_create(&path, true),
        Err(KeyError::MissingEpoch(_))
    ));
    assert!(!path.exists());
    let key = MasterKey::from_env_value(ENV).unwrap();
    let derived = |epoch: &Epoch| HEXLOWER.encode(key.derive(epoch).seal.as_slice());
    let made: Vec<String> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| derived(&Epoch::load_or_create(&path, false).unwrap())))
            .collect();
        let ended = starts.into_iter().map(|start| start.join().unwrap());
        ended.collect()
    });
    // All who start at once have the same one.
    let kept = derived(&Epoch::load_or_create(&path, true).unwrap());
    assert!(made.iter().all(|seal| *seal == kept), "{made:?}");
    let bytes = fs::read(&path).unwrap();
    assert_eq!((bytes.len(), mode(&path)), (32, 0o600));
    // A crash between the epoch and the store: the next start keeps it.
    Epoch::load_or_create(&path, false).unwrap();
    assert_eq!(fs::read(&path).unwrap(), bytes);
    Epoch::random().unwrap().write(&path).unwrap();
    assert_ne!(fs::read(&path).unwrap(), bytes);
    assert_eq!(mode(&path), 0o600);
    fs::write(&path, [0; 31]).unwrap();
    assert!(matches!(
        Epoch::load_or_create(&path, false),
        Err(KeyError::MissingEpoch(_))
    ));
}
