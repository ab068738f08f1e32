//! The cage: what is outside is denied, what was named is not. It cannot be opened again, so each runs in a process of its own: this
//! test program, started again for one test that is ignored otherwise.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::Command;

use samleng::cage::{Cage, Doors};

use super::support::Site;

const PLACE: &str = "SAMLENG_TEST_CAGE";

/// Runs an ignored test of this file in a process of its own; what it printed.
fn apart(name: &str, place: &Path) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            &format!("cage::{name}"),
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env(PLACE, place)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}\n{errors}");
    assert!(said.contains("1 passed"), "{said}");
    said
}

/// Whether this kernel has it, said where a test rests on it.
fn has_landlock(said: &str) -> bool {
    let has = !said.contains("has no Landlock");
    if !has {
        println!("skipped: this kernel has no Landlock");
    }
    has
}

#[test]
fn what_is_outside_is_denied() {
    let place = tempfile::tempdir().unwrap();
    for folder in ["data", "read", "outside"] {
        fs::create_dir(place.path().join(folder)).unwrap();
        fs::write(place.path().join(folder).join("file"), "here").unwrap();
    }
    has_landlock(&apart("tries_everything", place.path()));
}

fn is_denied<T>(tried: std::io::Result<T>) -> bool {
    tried.is_err_and(|error| error.kind() == std::io::ErrorKind::PermissionDenied)
}

#[test]
#[ignore = "shuts its process in: only by what_is_outside_is_denied"]
fn tries_everything() {
    let place = PathBuf::from(std::env::var_os(PLACE).unwrap());
    let path = |name: &str| place.join(name);
    let open = TcpListener::bind("127.0.0.1:0").unwrap();
    let shut = TcpListener::bind("127.0.0.1:0").unwrap();
    let (open_at, shut_at) = (open.local_addr().unwrap(), shut.local_addr().unwrap());
    let (near, far) = UnixDatagram::pair().unwrap();
    let mut already = OpenOptions::new()
        .append(true)
        .open(path("outside/file"))
        .unwrap();

    let mut doors = Doors {
        written: vec![path("data"), PathBuf::from("/dev/null")],
        read: vec![path("read")],
        ..Doors::default()
    };
    doors.itself().unwrap();
    doors.connect.push(open_at.port());
    let cage = doors.shut().unwrap();
    println!("{cage}");
    let (Cage::Whole(abi) | Cage::Partial(abi)) = cage else {
        return;
    };

    // What it needs.
    fs::write(path("data/new"), "words").unwrap();
    fs::create_dir(path("data/folder")).unwrap();
    fs::rename(path("data/new"), path("data/folder/moved")).unwrap();
    fs::remove_file(path("data/file")).unwrap();
    std::os::unix::net::UnixListener::bind(path("data/socket")).unwrap();
    assert_eq!(fs::read_to_string(path("read/file")).unwrap(), "here");
    fs::write("/dev/null", "gone").unwrap();
    near.send(b"told").unwrap();
    assert_eq!(far.recv(&mut [0; 8]).unwrap(), 4);
    // What is open stays open.
    already.write_all(b"!").unwrap();
    let itself = Command::new("/proc/self/exe")
        .arg("--list")
        .output()
        .unwrap();
    assert!(itself.status.success());

    // What it does not.
    let outside = [
        "/etc/passwd",
        "/proc/1/environ",
        "/proc/self/environ",
        "/root/.bashrc",
        "/usr/bin/env",
        "/dev/zero",
        "/var/log/dpkg.log",
    ];
    let files = outside.map(PathBuf::from);
    for file in files.iter().chain([&path("outside/file")]) {
        if fs::symlink_metadata(file).is_ok() {
            assert!(is_denied(fs::read(file)), "read {}", file.display());
            let written = OpenOptions::new().append(true).open(file);
            assert!(is_denied(written), "write {}", file.display());
        }
    }
    for folder in ["/", "/etc", "/home", "/root", "/tmp", "/proc", "/var/lib"] {
        assert!(is_denied(fs::read_dir(folder)), "list {folder}");
    }
    assert!(is_denied(fs::write(path("read/file"), "changed")));
    assert!(is_denied(fs::write(path("outside/new"), "new")));
    assert!(is_denied(fs::remove_file(path("outside/file"))));
    assert!(is_denied(fs::create_dir(path("outside/folder"))));
    let away = fs::rename(path("data/folder/moved"), path("outside/moved"));
    assert!(away.is_err());
    std::os::unix::fs::symlink(path("outside/file"), path("data/link")).unwrap();
    assert!(is_denied(fs::read(path("data/link"))));
    assert!(is_denied(Command::new("/usr/bin/env").output()));
    fs::copy(path("read/file"), path("data/program")).unwrap();
    assert!(is_denied(Command::new(path("data/program")).output()));
    // What it starts is in it as well, and so are its threads.
    let thread = std::thread::spawn(|| is_denied(fs::read("/etc/passwd")));
    assert!(thread.join().unwrap());
    if abi >= 4 {
        assert!(TcpStream::connect(open_at).is_ok());
        assert!(is_denied(TcpStream::connect(shut_at)));
        assert!(is_denied(TcpListener::bind("127.0.0.1:0")));
    }
    // Nothing opens it again.
    let wider = Doors {
        read: vec![PathBuf::from("/")],
        ..Doors::default()
    };
    wider.shut().unwrap();
    assert!(is_denied(fs::read("/etc/passwd")));
}

#[test]
fn names_are_resolved_from_within() {
    let place = tempfile::tempdir().unwrap();
    has_landlock(&apart("resolves_a_name", place.path()));
}

#[test]
#[ignore = "shuts its process in: only by names_are_resolved_from_within"]
fn resolves_a_name() {
    use std::net::ToSocketAddrs as _;
    let mut doors = Doors::default();
    doors.itself().unwrap();
    doors.reach(443, true);
    assert_eq!(doors.connect, [443, 53]);
    println!("{}", doors.shut().unwrap());
    let found: Vec<_> = ("localhost", 443).to_socket_addrs().unwrap().collect();
    assert!(
        found.iter().all(|found| found.ip().is_loopback()),
        "{found:?}"
    );
    assert!(!found.is_empty());
    // To an address no name server is needed.
    let mut doors = Doors::default();
    doors.reach(8081, false);
    assert_eq!(doors.connect, [8081]);
    assert!(doors.read.is_empty());
}

#[test]
fn a_cage_without_a_door_has_none() {
    let place = tempfile::tempdir().unwrap();
    has_landlock(&apart("tries_the_smallest", place.path()));
}

#[test]
#[ignore = "shuts its process in: only by a_cage_without_a_door_has_none"]
fn tries_the_smallest() {
    let place = PathBuf::from(std::env::var_os(PLACE).unwrap());
    let cage = Doors::default().shut().unwrap();
    println!("{cage}");
    if cage == Cage::None {
        return;
    }
    assert!(is_denied(fs::write(place.join("new"), "new")));
    assert!(is_denied(fs::read_dir(&place)));
    assert!(is_denied(fs::read("/proc/self/exe")));
    assert!(is_denied(Command::new("/proc/self/exe").output()));
    assert!(is_denied(fs::read("/dev/null")));
}

/// A static program reads its random numbers from a file.
#[test]
fn random_numbers_are_read_from_within() {
    let place = tempfile::tempdir().unwrap();
    has_landlock(&apart("reads_random_numbers", place.path()));
}

#[test]
#[ignore = "shuts its process in: only by random_numbers_are_read_from_within"]
fn reads_random_numbers() {
    let mut doors = Doors::default();
    doors.random();
    println!("{}", doors.shut().unwrap());
    for file in ["/dev/urandom", "/dev/random"] {
        let mut byte = [0];
        let mut file = fs::File::open(file).unwrap();
        std::io::Read::read_exact(&mut file, &mut byte).unwrap();
    }
}

#[test]
fn what_is_in_force_is_said_in_one_line() {
    for (cage, line) in [
        (Cage::Whole(7), "Landlock ABI 7: the bot is confined by it"),
        (
            Cage::Partial(3),
            "Landlock ABI 3: the bot is confined by it as far as this kernel can: files, not connections",
        ),
        (
            Cage::Partial(5),
            "Landlock ABI 5: the bot is confined by it as far as this kernel can: files and connections",
        ),
        (
            Cage::None,
            "this kernel has no Landlock: the bot is not confined by it",
        ),
    ] {
        assert_eq!(cage.to_string(), line);
    }
}

/// The real bot: a file of its data folder is made to lead out of it, and what it writes there arrives nowhere.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bot_writes_nothing_outside_its_data_folder() {
    let site = Site::new().await;
    let bot = site.run().await;
    let said = bot.err();
    let confined = said
        .lines()
        .filter(|line| line.contains("Landlock"))
        .count();
    assert_eq!(confined, 1, "{said}");
    // It answers, and makes a digest in a process that is in a cage of its own.
    let mut phone = site.phone(31, "km").await;
    phone.start(None).await;
    phone.submit().await;
    let pdf = site.folder.path().join("digest.pdf");
    let made = site
        .say(&["digest", "--format", "pdf", "--out", pdf.to_str().unwrap()])
        .await;
    assert_eq!(made.code, Some(0), "{}", made.err);
    assert!(fs::read(&pdf).unwrap().starts_with(b"%PDF"));
    let outside = site.folder.path().join("outside");
    fs::write(&outside, "untouched").unwrap();
    let alive = site.data.join("alive");
    fs::remove_file(&alive).unwrap();
    std::os::unix::fs::symlink(&outside, &alive).unwrap();
    let confined = has_landlock(&said);
    bot.terminate();
    let mut bot = bot;
    assert_eq!(bot.ended().await.code(), Some(0));
    if confined {
        assert_eq!(fs::read_to_string(&outside).unwrap(), "untouched");
        assert!(bot.err().contains("cannot write"), "{}", bot.err());
    }
}
