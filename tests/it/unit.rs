//! `deploy/samleng.service`: how little it leaves open, and that the bot can live in it.
//!
//! No service manager runs here. So what the unit allows is asked of systemd's own tool, and what the bot does in its whole
//! life, the making of a digest included, is seen from outside and held against that.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::disk::fifo;
use super::support::{BotProcess, Site, can_trace};

fn unit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/samleng.service")
}

/// What systemd's tool says; nothing where it is not installed.
fn analyze(args: &[&str]) -> Option<Output> {
    let output = Command::new("systemd-analyze")
        .env("SYSTEMD_PAGER", "")
        .args(args)
        .output();
    if output.is_err() {
        println!("skipped: systemd is not installed");
    }
    output.ok()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The values of a key, in order.
fn values(key: &str) -> Vec<String> {
    let unit = fs::read_to_string(unit()).unwrap();
    let lines = unit.lines().filter_map(|line| line.split_once('='));
    let values = lines.filter(|(name, _)| *name == key);
    values.map(|(_, value)| value.to_owned()).collect()
}

#[test]
fn little_is_left_open() {
    let path = unit();
    let path = path.to_str().unwrap();
    let Some(said) = analyze(&["security", "--offline=true", "--threshold=15", path]) else {
        return;
    };
    let report = text(&said.stdout);
    assert!(report.contains("Overall exposure level"), "{report}");
    assert!(said.status.success(), "{report}");
}

/// But for the program, which need not be installed here, systemd has nothing to say but what an older one does not know.
#[test]
fn systemd_understands_it() {
    let place = tempfile::tempdir().unwrap();
    let copy = place.path().join("samleng.service");
    let program = env!("CARGO_BIN_EXE_samleng");
    let unit = fs::read_to_string(unit()).unwrap();
    assert!(unit.contains("ExecStart=/usr/local/bin/samleng run "));
    fs::write(&copy, unit.replace("/usr/local/bin/samleng", program)).unwrap();
    let Some(said) = analyze(&["verify", copy.to_str().unwrap()]) else {
        return;
    };
    let complaints = text(&said.stderr);
    let ours = complaints.lines().filter(|line| {
        line.contains("samleng.service")
            && !["RestartSteps", "RestartMaxDelaySec"]
                .iter()
                .any(|newer| line.contains(&format!("Unknown key '{newer}'")))
            // In a test the program lies where only we can reach it.
            && !line.contains("is not executable")
    });
    let ours: Vec<&str> = ours.collect();
    assert!(ours.is_empty(), "{ours:#?}");
}

/// The command line of the unit is one that the program understands.
#[tokio::test]
async fn it_starts_what_there_is() {
    let [start] = &values("ExecStart")[..] else {
        panic!("one command")
    };
    let args: Vec<&str> = start.split(' ').skip(1).chain(["--help"]).collect();
    let site = Site::new().await;
    let output = tokio::process::Command::new(env!("CARGO_BIN_EXE_samleng"))
        .args(&args)
        .current_dir(site.folder.path())
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(values("Type"), ["notify"]);
    assert_eq!(values("StateDirectory"), ["samleng"]);
    assert!(
        args.windows(2)
            .any(|pair| pair == ["--data", "/var/lib/samleng"])
    );
}

/// System calls by group, groups within them included.
fn groups(listing: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in listing.lines() {
        let name = line.trim();
        if name.is_empty() || name.starts_with('#') {
            continue;
        }
        if line.starts_with('@') {
            current = name.to_owned();
            groups.entry(current.clone()).or_default();
        } else if let Some(group) = groups.get_mut(&current) {
            group.insert(name.to_owned());
        }
    }
    groups
}

fn spread(name: &str, groups: &BTreeMap<String, BTreeSet<String>>, into: &mut BTreeSet<String>) {
    match groups.get(name) {
        Some(group) => group.iter().for_each(|name| spread(name, groups, into)),
        None => {
            assert!(!name.starts_with('@'), "systemd knows no {name}");
            into.insert(name.to_owned());
        }
    }
}

/// What the unit allows.
fn allowed(groups: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    let mut allowed = BTreeSet::new();
    spread("@default", groups, &mut allowed);
    for line in values("SystemCallFilter") {
        let mut named = BTreeSet::new();
        let (denies, names) = match line.strip_prefix('~') {
            Some(names) => (true, names),
            None => (false, line.as_str()),
        };
        for name in names.split(' ') {
            spread(name, groups, &mut named);
        }
        if denies {
            allowed.retain(|name| !named.contains(name));
        } else {
            allowed.extend(named);
        }
    }
    allowed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_bot_does_nothing_that_it_forbids() {
    let Some(listing) = analyze(&["syscall-filter"]) else {
        return;
    };
    if !can_trace() {
        return;
    }
    let allowed = allowed(&groups(&text(&listing.stdout)));
    assert!(allowed.contains("epoll_wait") && !allowed.contains("ptrace"));

    let site = Site::new().await;
    let trace = site.folder.path().join("trace");
    fifo(&trace);
    let path = trace.clone();
    let lines = tokio::task::spawn_blocking(move || fs::read(path).unwrap());
    let wrapper = [
        "strace",
        "-D",
        "-f",
        "-qq",
        "-s",
        "0",
        "-e",
        "signal=none",
        "-o",
    ];
    let wrapper: Vec<&str> = wrapper.into_iter().chain(trace.to_str()).collect();
    let mut bot = BotProcess::behind(&site, &wrapper).await;
    bot.until_it_polls(&site).await;
    let mut phone = site.phone(51, "km").await;
    phone.start(None).await;
    phone.submit().await;
    let pdf = site.folder.path().join("digest.pdf");
    let made = site
        .say(&["digest", "--format", "pdf", "--out", pdf.to_str().unwrap()])
        .await;
    assert_eq!(made.code, Some(0), "{}", made.err);
    bot.stop().await;

    let lines = text(&lines.await.unwrap());
    let mut forbidden = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let families = values("RestrictAddressFamilies").join(" ");
    for line in lines.lines() {
        let Some((_, call)) = line.trim_start().split_once(' ') else {
            continue;
        };
        let call = call.trim_start();
        let name: &str = call.split('(').next().unwrap_or_default();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            continue;
        }
        seen.insert(name.to_owned());
        let writes_and_runs = call.contains("PROT_WRITE") && call.contains("PROT_EXEC");
        let made_to_run = name.starts_with("mprotect") && call.contains("PROT_EXEC");
        let family = call
            .strip_prefix("socket(")
            .and_then(|rest| rest.split(',').next());
        let foreign =
            family.is_some_and(|family| !families.split(' ').any(|known| known == family));
        if !allowed.contains(name) || writes_and_runs || made_to_run || foreign {
            forbidden.insert(call.to_owned());
        }
    }
    assert!(forbidden.is_empty(), "{forbidden:#?}");
    // It was seen, and so was the process that makes digests, which stands back.
    for call in [
        "execve",
        "setpriority",
        "fdatasync",
        "landlock_restrict_self",
    ] {
        assert!(seen.contains(call), "{call} is not in {seen:?}");
    }
}
