//! `samleng set`: what the organisers decide about the meeting, a concern, an organisation.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Subcommand, ValueEnum};

use super::{Common, order, setup};
use crate::config;
use crate::dialogue::organising::{OnConcern, Order, Standing};
use crate::domain::{Receipt, Status};

pub(super) const HELP: &str = "\
Examples:
  samleng set meeting meeting.toml
  samleng set concern SL-7K3F-9QX2-M4T0 agenda
  samleng set organisation 1027 suspended";

const MEETING_HELP: &str = "\
Example of a file; all but the title may be left out while it is not known:
  title.km = \"កិច្ចប្រជុំលើកទី ៣\"
  title.en = \"Third meeting\"
  days = [2027-01-17T08:30:00, 2027-01-18T08:30:00]   # one: fixed; several: candidates; times may be left out
  place.km = \"ភ្នំពេញ\"
  place.en = \"Phnom Penh\"
  deadline = 2027-01-10T17:00:00   # in the time zone of samleng.toml
  capacity = 300                   # seats
  people_at_most = 3               # of one organisation

It replaces what was known before; a meeting whose last day has passed makes way for a new one.";

const CONCERN_HELP: &str = "\
Examples:
  samleng set concern SL-7K3F-9QX2-M4T0 approved
  samleng set concern SL-7K3F-9QX2-M4T0 rejected --reason \"It belongs to another ministry.\"
  samleng set concern SL-7K3F-9QX2-M4T0 merged --into SL-0000-0000-0000
  samleng set concern SL-7K3F-9QX2-M4T0 --ask \"In which commune?\"

The sender hears of it in their language. `withdrawn` erases what the concern says, for good.";

const ORGANISATION_HELP: &str = "\
Examples:
  samleng set organisation 1027 approved
  samleng set organisation \"Lotus Pond Association\" suspended";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// What is known of the meeting
    #[command(after_help = MEETING_HELP)]
    Meeting {
        /// The file
        #[arg(value_name = "FILE.toml")]
        file: PathBuf,
    },
    /// Where a concern stands
    #[command(after_help = CONCERN_HELP)]
    Concern {
        /// Its receipt, however it was written down
        #[arg(value_name = "CODE")]
        receipt: String,
        /// new, waiting, approved, held, rejected, merged, withdrawn, agenda, answered, promised, deflected,
        /// not_reached or done
        #[arg(value_name = "STATUS", required_unless_present = "ask")]
        status: Option<String>,
        /// The concern that it becomes part of, for merged
        #[arg(long, value_name = "CODE")]
        into: Option<String>,
        /// Why, for rejected; the sender reads it
        #[arg(long, value_name = "WORDS")]
        reason: Option<String>,
        /// A question to the sender
        #[arg(long, value_name = "WORDS")]
        ask: Option<String>,
    },
    /// Whether an organisation is approved or suspended
    #[command(after_help = ORGANISATION_HELP)]
    Organisation {
        /// Its number in the registry, or its name
        #[arg(value_name = "NUMBER|NAME")]
        which: String,
        /// What it is from now on
        #[arg(value_enum)]
        standing: StandingName,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StandingName {
    /// The organisers know that it is what it says
    Approved,
    /// It may read and withdraw, and add nothing
    Suspended,
    /// Neither
    Plain,
}

pub(super) fn run(common: &Common, args: Args) -> anyhow::Result<()> {
    let forum = setup::sound_forum(common)?;
    let order = match args.what {
        What::Meeting { file } => {
            let text = std::fs::read_to_string(&file)
                .with_context(|| format!("cannot read {}", file.display()))?;
            match config::meeting(&file.display().to_string(), &text, &forum.config) {
                Ok(meeting) => Order::Meeting(meeting),
                Err(mistakes) => match mistakes.as_slice() {
                    [first, ..] => bail!("{first}"),
                    [] => bail!("{} cannot be used", file.display()),
                },
            }
        }
        What::Concern {
            receipt,
            status,
            into,
            reason,
            ask,
        } => {
            let status = status
                .map(|id| Status::from_id(&id).with_context(|| format!("{id:?} is no status")))
                .transpose()?;
            Order::Concern(OnConcern {
                receipt: read(&receipt)?,
                status,
                into: into.as_deref().map(read).transpose()?,
                reason,
                ask,
            })
        }
        What::Organisation { which, standing } => {
            let standing = match standing {
                StandingName::Approved => Standing::Approved,
                StandingName::Suspended => Standing::Suspended,
                StandingName::Plain => Standing::Plain,
            };
            Order::Organisation(which, standing)
        }
    };
    order::print(&order::give(common, &forum, order)?)
}

fn read(receipt: &str) -> anyhow::Result<Receipt> {
    Receipt::parse(receipt)
        .with_context(|| format!("{receipt:?} is no receipt such as SL-7K3F-9QX2-M4T0"))
}
