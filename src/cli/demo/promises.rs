//! What `demo --fast-forward` holds the bot to when the story is over: the summary, each line of it checked.

use std::collections::BTreeSet;

use anyhow::ensure;
use jiff::civil::{Date, Time};

use super::ledger::{Ledger, Sent};
use super::life::{BLOCKER, MEMBERS, MUTED};
use super::organiser::{GROUP, OWNER};
use crate::text::Forum;

/// Every reminder of the story: the day, the hour, to whom, its id.
const REMINDERS: [(i32, i8, i64, &str); 19] = [
    (11, 9, 1_003, "draft-week"),
    (11, 9, 1_004, "silent-week"),
    (11, 9, 1_005, "silent-week"),
    (19, 9, 1_005, "silent-days"),
    (20, 9, 1_003, "draft-day"),
    (22, 7, 1_003, "draft-grace"),
    (24, 9, 1_001, "undecided"),
    (24, 9, 1_002, "undecided"),
    (24, 9, 1_003, "undecided"),
    (24, 9, 1_004, "undecided"),
    (24, 9, 1_005, "undecided"),
    (31, 9, OWNER, "unreachable"),
    (31, 9, 1_004, "undecided-days"),
    (31, 9, 1_005, "undecided-days"),
    (33, 9, 1_001, "coming"),
    (33, 9, 1_002, "coming"),
    (33, 9, 1_004, "coming"),
    (118, 9, OWNER, "erasure-week"),
    (124, 9, OWNER, "erasure-day"),
];

/// The days on which there was something new for the group.
const NEWS: [i32; 3] = [3, 14, 24];
/// The notices of change: the deadline, the day.
const NOTICES: usize = 2;
/// Nothing comes from the first to the second.
const NIGHT: (Time, Time) = (Time::constant(20, 30, 0, 0), Time::constant(7, 0, 0, 0));

/// Prints the summary.
///
/// # Errors
/// If a promise was broken.
pub(super) fn check(
    ledger: &Ledger,
    forum: &Forum,
    monday: Date,
    export: &str,
    said: &BTreeSet<String>,
) -> anyhow::Result<()> {
    let all = &ledger.all;
    let day = |sent: &Sent| {
        let since = monday.until(sent.at.date());
        since.map_or(i32::MIN, |since| since.get_days())
    };
    let mut came: Vec<_> = all
        .iter()
        .filter_map(|sent| {
            let id = sent.reminder.clone()?;
            Some((day(sent), sent.at.hour(), sent.chat, id))
        })
        .collect();
    came.sort();
    let expected = REMINDERS.map(|(day, hour, whom, id)| (day, hour, whom, id.to_owned()));
    let mut broken = 0;
    let mut line = |holds: bool, text: String| {
        println!("  {} {text}", if holds { "✓" } else { "✗" });
        broken += usize::from(!holds);
    };

    let wrong = came.iter().filter(|one| !expected.contains(one));
    let mut faults: Vec<_> = wrong.map(|one| format!("; unexpected {one:?}")).collect();
    let missing = expected.iter().filter(|one| !came.contains(one));
    faults.extend(missing.map(|one| format!("; missing {one:?}")));
    line(
        came == expected,
        format!(
            "{} of {} reminders came, each once, on its day, to whom it concerns{}",
            came.len(),
            expected.len(),
            faults.concat()
        ),
    );
    let (from, until) = NIGHT;
    let is_night = |sent: &&Sent| sent.at.time() >= from || sent.at.time() < until;
    let night: Vec<_> = all.iter().filter(is_night).collect();
    let fault = |sent: &&Sent| {
        let (at, opening) = (sent.at.strftime("%d %b %H:%M"), sent.text.lines().next());
        format!("; {at} to {}: {}", sent.chat, opening.unwrap_or_default())
    };
    line(
        night.is_empty(),
        format!(
            "{} of {} messages came between 20:30 and 7:00{}",
            night.len(),
            all.len(),
            night.iter().map(fault).collect::<String>()
        ),
    );
    let to = |whom: i64| all.iter().filter(move |sent| sent.chat == whom);
    let reminded = |whom| to(whom).filter(|sent| sent.reminder.is_some()).count();
    line(
        reminded(MUTED) == 0,
        format!(
            "{} reminders came to the one that muted them",
            reminded(MUTED)
        ),
    );
    line(
        to(BLOCKER).all(|sent| day(sent) == 0),
        "nothing reached the one that blocked the bot".to_owned(),
    );
    let announced = |whom: i64| to(whom).filter(|sent| sent.text.starts_with('📢')).count();
    let told = MEMBERS.filter(|member| announced(*member) == NOTICES);
    line(
        told.clone().eq(MEMBERS.filter(|member| *member != BLOCKER)),
        format!(
            "{NOTICES} changes of the meeting were told to {} organisations, each once",
            told.count()
        ),
    );
    let titles = forum.words.each();
    let titles: Vec<_> = titles
        .map(|words| words.digest_title_group().to_plain())
        .collect();
    let is_news = |sent: &&Sent| titles.iter().any(|title| sent.text.starts_with(title));
    let news: Vec<_> = to(GROUP).filter(is_news).map(day).collect();
    line(
        news == NEWS,
        format!(
            "{} times the group read what was new, never when nothing was",
            news.len()
        ),
    );
    let left = said.iter().filter(|words| export.contains(*words)).count();
    line(
        left == 0,
        format!(
            "{left} of {} names, titles and receipts are left after the erasure",
            said.len()
        ),
    );
    ensure!(broken == 0, "promises that were not kept: {broken}");
    Ok(())
}
