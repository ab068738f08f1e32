//! `samleng invite`: links by which people join.

use std::path::PathBuf;

use anyhow::{Context as _, anyhow, ensure};
use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::{Common, order, setup};
use crate::dialogue::organising::{Invite, Order};
use crate::text::Forum;

pub(super) const HELP: &str = "\
Examples:
  samleng invite
  samleng invite --org 1027 --uses 3 --expires 2027-01-10
  samleng invite --file numbers.txt
  samleng invite --revoke https://t.me/samleng_bot?start=Zm9vYmFyYmF6cXV4cXV1eA

Prints one link a line: in the order of the file, whose lines are registry numbers. Without an organisation the link is
for any. A link is good for one person unless --uses says otherwise.";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The organisation that it is for, by its number in the registry
    #[arg(long, value_name = "NUMBER", conflicts_with = "file")]
    org: Option<String>,
    /// A file with registry numbers, one a line: a link for each
    #[arg(long, value_name = "LIST")]
    file: Option<PathBuf>,
    /// How many people may join by it
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    uses: u32,
    /// The last day on which it is good, in the forum's time zone
    #[arg(long, value_name = "DATE")]
    expires: Option<String>,
    /// Take this link, or code, back instead
    #[arg(long, value_name = "CODE", allow_hyphen_values = true, conflicts_with_all = ["org", "file", "expires"])]
    revoke: Option<String>,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let forum = setup::sound_forum(common)?;
    let order = match &args.revoke {
        Some(link) => {
            let code = link
                .rsplit_once("start=")
                .map_or(link.as_str(), |(_, code)| code);
            Order::Revoke(code.trim().to_owned())
        }
        None => Order::Invite(invites(args, &forum)?),
    };
    order::print(&order::give(common, &forum, order)?)
}

fn invites(args: &Args, forum: &Forum) -> anyhow::Result<Vec<Invite>> {
    let numbers: Vec<Option<String>> = match &args.file {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("cannot read {}", file.display()))?;
            let lines = text
                .lines()
                .map(|line| line.trim_matches(['\u{feff}', ' ', '\t']));
            let numbers: Vec<_> = lines
                .filter(|line| !line.is_empty())
                .map(|line| Some(line.to_owned()))
                .collect();
            ensure!(
                !numbers.is_empty(),
                "{} names no organisation",
                file.display()
            );
            numbers
        }
        None => vec![args.org.clone()],
    };
    let expires_at = args
        .expires
        .as_deref()
        .map(|day| end_of(day, forum))
        .transpose()?;
    numbers
        .into_iter()
        .map(|number| {
            Ok(Invite {
                code: code()?,
                number,
                organisation: None,
                uses: args.uses,
                expires_at,
            })
        })
        .collect()
}

/// The last instant of a day.
fn end_of(day: &str, forum: &Forum) -> anyhow::Result<Timestamp> {
    let date: Date = day
        .parse()
        .map_err(|_| anyhow!("{day:?} is no day such as 2027-01-10"))?;
    let end = date
        .to_datetime(Time::MAX)
        .to_zoned(forum.config.settings.zone.clone())?
        .timestamp();
    ensure!(end > Timestamp::now(), "{day} has passed");
    Ok(end)
}

/// 128 random bits.
fn code() -> anyhow::Result<String> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).map_err(|error| anyhow!("no random bits: {error}"))?;
    Ok(BASE64URL_NOPAD.encode(&bits))
}
