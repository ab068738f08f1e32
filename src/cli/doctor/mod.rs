//! `samleng doctor`: one line for each thing that a bot needs, and what to do where one is amiss.
//!
//! Guarantees: it can be asked at any time, while the bot runs, too. It changes nothing, makes nothing, and confirms no update; what it
//! cannot look at it names. A thing that fails ends with what to do.
//!
//! Must never: print a secret, or what anybody wrote.

mod backups;
mod bot;
mod disk;
mod place;
mod telegram;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

use super::{Common, setup};
use crate::config::{Mistake, Settings};
use crate::telegram::Api;

pub(super) const HELP: &str = "\
Example:
  samleng doctor --config /etc/samleng --data /var/lib/samleng

Prints a line for each check: ok, warn or FAIL, what it is about, what was found, and what to do. Exits with 1 if anything fails.
It can be asked while the bot runs; while it does not, it also reads every record of the store. Run it as the bot's user, with the bot's
environment. If the bot does not run here, it finds out in a few seconds whether another does with the same token: that other one gets a 409
for it, and goes on.";

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Ok,
    Warn,
    Fail,
}

/// What a check found, and what to do.
struct Finding {
    verdict: Verdict,
    words: String,
}

fn ok(words: impl Into<String>) -> Finding {
    let words = words.into();
    Finding {
        verdict: Verdict::Ok,
        words,
    }
}

fn warn(words: impl Into<String>) -> Finding {
    let words = words.into();
    Finding {
        verdict: Verdict::Warn,
        words,
    }
}

fn fail(words: impl Into<String>) -> Finding {
    let words = words.into();
    Finding {
        verdict: Verdict::Fail,
        words,
    }
}

/// Prints as it goes: some checks take their time.
#[derive(Default)]
struct Report {
    failed: bool,
}

impl Report {
    fn line(&mut self, about: &str, found: Finding) -> anyhow::Result<()> {
        let verdict = match found.verdict {
            Verdict::Ok => "ok",
            Verdict::Warn => "warn",
            Verdict::Fail => "FAIL",
        };
        self.failed |= found.verdict == Verdict::Fail;
        // One line, whatever an error of the system holds.
        let words = found.words.replace('\n', " ");
        super::print(&format!("{verdict:<4}  {about:<13}  {words}\n"))
    }
}

pub(super) fn run(common: &Common) -> anyhow::Result<ExitCode> {
    let mut report = Report::default();
    let forum = match setup::forum(common) {
        Ok(forum) => {
            report.line("configuration", ok("every file can be used"))?;
            let languages = forum.config.locales.iter();
            let languages: Vec<String> = languages.map(|one| one.language.to_string()).collect();
            let languages = languages.join(", ");
            report.line("texts", ok(format!("complete in {languages}")))?;
            forum
        }
        Err(mistakes) => {
            let (texts, settings): (Vec<Mistake>, Vec<Mistake>) = mistakes
                .into_iter()
                .partition(|mistake| mistake.file.ends_with(".ftl"));
            report.line("configuration", mistaken(&settings))?;
            report.line("texts", mistaken(&texts))?;
            let rest = "nothing else was looked at: mend the files first, samleng check names every mistake";
            report.line("the rest", warn(rest))?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let settings = &forum.config.settings;
    // While paths that are relative are still where they are meant from.
    let data = setup::absolute(&common.data)?;
    let sources = setup::key_sources(settings);
    let secrets = place::secrets(settings);
    let api = telegram::api(settings);

    let there = data.is_dir();
    if there {
        // The name of a socket holds 108 bytes.
        std::env::set_current_dir(&data)
            .with_context(|| format!("cannot enter {}", data.display()))?;
    }
    let health = bot::health(there);
    report.line("bot", health.finding())?;

    match api {
        Ok(api) => with_telegram(&mut report, &api, settings, health.running())?,
        Err(error) => {
            report.line("token", fail(format!("{error:#}")))?;
            let words = "neither Telegram nor the time was looked at, for want of a token";
            report.line("Telegram", warn(words))?;
        }
    }
    report.line("secrets", secrets)?;
    report.line("permissions", place::permissions(&data, there))?;
    report.line("disk", disk::space(&data))?;
    report.line("backups", backups::finding(settings, &data, &sources))?;
    let (key, store) = bot::key_and_store(&data, there, sources, &health);
    report.line("key", key)?;
    report.line("store", store)?;
    Ok(if report.failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn with_telegram(
    report: &mut Report,
    api: &Api,
    settings: &Settings,
    running: Option<&crate::runtime::socket::Health>,
) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (token, knows) = telegram::token(api).await;
        report.line("token", token)?;
        report.line("time", telegram::time(api).await)?;
        let updates = match knows {
            true => telegram::updates(api, settings, running).await,
            false => warn("not looked at: Telegram did not say who the bot is"),
        };
        report.line("updates", updates)
    })
}

/// The first mistake, and how many more there are.
fn mistaken(mistakes: &[Mistake]) -> Finding {
    match mistakes {
        [] => ok("no mistake was found"),
        [only] => fail(only.to_string()),
        [first, rest @ ..] => fail(format!("{first} (and {} more)", rest.len())),
    }
}

/// How a path is named.
fn shown(path: &Path) -> String {
    path.display().to_string()
}
