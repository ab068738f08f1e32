//! `samleng check`: every mistake in the configuration, a line each; else the calendar that follows from it.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{Common, setup};
use crate::dialogue::reminding::Known;
use crate::domain::{Meeting, Reminded};
use crate::runtime::socket::{self, Ask};
use crate::schedule::{self, Occurrence, Rules};
use crate::store::Stage;
use crate::store::folder::DataFolder;
use crate::text::Forum;

pub(super) const HELP: &str = "\
Example:
  samleng check --config /etc/samleng

Prints file:line: key: what, one line for each mistake, and exits with 1 if there is any. If there is none and a meeting is known,
prints the calendar that follows: what comes when, in the meeting's time zone, and what became of what has come. The meeting is asked
of a running bot, or read from the data folder.";

pub(super) fn run(common: &Common) -> anyhow::Result<ExitCode> {
    let forum = match setup::forum(common) {
        Ok(forum) => forum,
        Err(mistakes) => {
            for mistake in mistakes {
                eprintln!("{mistake}");
            }
            return Ok(ExitCode::FAILURE);
        }
    };
    let data = setup::absolute(&common.data)?;
    if let Err(error) = setup::backups_elsewhere(&forum.config.settings, &data) {
        eprintln!("samleng.toml: backup.folder: {error}");
        return Ok(ExitCode::FAILURE);
    }
    // Whoever only writes a configuration has no data yet.
    let Ok(data) = setup::existing(&common.data) else {
        return Ok(ExitCode::SUCCESS);
    };
    match &forum.config.settings.backup {
        Some(backup) => log::info!(
            "a backup goes to {} every {} hours, and is kept {} days",
            backup.folder.display(),
            backup.every_hours,
            backup.keep_days
        ),
        None => log::warn!(
            "no backups are taken by themselves: samleng.toml names no folder for them ([backup])"
        ),
    }
    let known = known(&forum, &data).context(
        "the configuration is good; which calendar follows from it cannot be told, since the meeting cannot be read",
    )?;
    let (known, now) = known;
    let text = match &known.meeting {
        Some(meeting) => calendar(meeting, &known.reminded, &forum, now),
        None => "No meeting is known yet, so nothing is due.\n".to_owned(),
    };
    super::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// What is known, and the time by whose clock it is.
fn known(forum: &Forum, data: &Path) -> anyhow::Result<(Known, Timestamp)> {
    DataFolder::open(data)?;
    std::env::set_current_dir(data).with_context(|| format!("cannot enter {}", data.display()))?;
    if let Some(answer) = socket::ask(Path::new("socket"), &Ask::Known)? {
        return serde_json::from_str(&answer).context("the running bot is of another version");
    }
    let store = setup::open(&forum.config.settings, data)?.store;
    let stage = Stage::new(&store, Timestamp::now())?;
    let known = Known::of(&stage);
    stage.checked()?;
    Ok((known, Timestamp::now()))
}

/// What comes when, a line each, in order.
fn calendar(meeting: &Meeting, reminded: &[Reminded], forum: &Forum, now: Timestamp) -> String {
    let settings = &forum.config.settings;
    let zone = meeting.zone(&settings.zone);
    let mut lines: Vec<(DateTime, String)> = Vec::new();
    let mut at = |at: Timestamp, what: String| lines.push((zone.to_datetime(at), what));
    for occurrence in schedule::occurrences(meeting, Rules::of(&forum.config)) {
        let line = line(&occurrence, reminded, now);
        at(occurrence.due, line);
    }
    if let Some(deadline) = meeting.deadline {
        at(deadline, "-- the deadline".to_owned());
        let grace = schedule::grace_ends_at(meeting, settings);
        if let Some(end) = grace.filter(|end| *end > deadline) {
            at(end, "-- the end of the grace for drafts".to_owned());
        }
    }
    if let Some(erased_at) = schedule::erased_at(meeting, settings) {
        let what = "-- what is personal is erased, a day after the owners were warned or later";
        at(erased_at, what.to_owned());
    }
    at(now, "-- now".to_owned());
    let many = !meeting.is_fixed();
    for day in &meeting.days {
        let what = if many {
            "-- perhaps the meeting"
        } else {
            "-- the meeting"
        };
        let noted = match day.time {
            Some(_) => what.to_owned(),
            None => format!("{what}, at a time that is not known"),
        };
        lines.push((day.date.to_datetime(day.time.unwrap_or_default()), noted));
    }
    lines.sort();
    let title = meeting.title.all().next().unwrap_or_default();
    let mut text = format!("{title}, in {}:\n", name(&zone));
    for (at, what) in lines {
        text.push_str(&format!("{}  {what}\n", at.strftime("%a %Y-%m-%d %H:%M")));
    }
    text
}

/// A reminder, and what became of it.
fn line(occurrence: &Occurrence<'_>, reminded: &[Reminded], now: Timestamp) -> String {
    let reminder = occurrence.reminder;
    let became = match reminded.iter().find(|done| occurrence.is(done)) {
        Some(done) => became(done),
        None if occurrence.useless <= now => "left out: its time had passed".to_owned(),
        None if occurrence.due <= now => "due".to_owned(),
        None => String::new(),
    };
    let line = format!(
        "{:<18} to {:<11} before the {:<8} of {}   {became}",
        reminder.id,
        reminder.whom.id(),
        reminder.anchor.id(),
        occurrence.date,
    );
    line.trim_end().to_owned()
}

/// How many got it, and why others did not.
fn became(done: &Reminded) -> String {
    let mut became = format!("sent to {} of {}", done.tally.sent, done.people);
    for (count, why) in [
        (done.tally.unreachable, "cannot be written to"),
        (done.tally.spared, "not concerned any more"),
        (done.tally.late, "too late when its turn came"),
    ] {
        if count > 0 {
            became.push_str(&format!(", {count} {why}"));
        }
    }
    became
}

fn name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("UTC")
}
