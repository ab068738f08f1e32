//! `samleng verify`: whether a receipt was in a digest, and as what; whether a file of it was altered since.

mod attached;

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use jiff::{Timestamp, tz::TimeZone};

use super::{Common, setup};
use crate::dialogue::verifying::{self, Answer, Mention};
use crate::digest::Edition;
use crate::digest::frozen::{Fate, Frozen, Salt, in_short, leaf};
use crate::digest::paper::{Doubt, Paper, Proof};
use crate::domain::{Deed, Receipt, Who};
use crate::runtime::socket::{self, Ask};
use crate::store::Stage;
use crate::store::folder::DataFolder;
use crate::text::Forum;

pub(super) const HELP: &str = "\
Example:
  samleng verify SL-7K3F-9QX2-M4T0
  samleng verify SL-7K3F-9QX2-M4T0 --in 3
  samleng verify digest.json SL-7K3F-9QX2-M4T0

One line a digest that speaks of the receipt, the newest first: as what, and the beginning of
the fingerprint that stands on its title page. Exit code 0 if there is one, also where the
digest only counts it; 1 otherwise. A FILE is a digest as JSON, or a PDF that has it attached:
what it says of this concern must be what the digest with its number said, and its fingerprint
that digest's. Nothing is said of the other concerns in it, nor of what is printed: the data that
is attached to a PDF is read, never its pages.

With --proof a file is made that shows the same to somebody without this data folder:
  samleng verify SL-7K3F-9QX2-M4T0 --in 3 --proof proof.json
  samleng verify SL-7K3F-9QX2-M4T0 --in digest.json --with proof.json
Give it away only if its author agrees: whoever has it can prove for ever that this receipt
was in that digest. That somebody looked is in the audit log.";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The receipt; a digest's number or file may stand before it
    #[arg(value_name = "CODE", num_args = 1..=2, required = true)]
    what: Vec<String>,
    /// Only in this digest, by its number or by a file of it
    #[arg(long = "in", value_name = "N|FILE")]
    within: Option<String>,
    /// Make a file that proves it
    #[arg(long, value_name = "FILE", conflicts_with = "with")]
    proof: Option<PathBuf>,
    /// Look at no store, but at this proof
    #[arg(long, value_name = "FILE")]
    with: Option<PathBuf>,
}

/// Where to look.
enum Within {
    Number(u32),
    Paper(Paper),
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let (code, within) = match args.what.as_slice() {
        [] => bail!("a receipt is wanted"),
        [code] => (code, None),
        [within, code, ..] if args.within.is_none() => (code, Some(within)),
        [..] => bail!("--in, or a digest before the receipt, not both"),
    };
    let receipt = Receipt::parse(code).with_context(|| format!("{code} is no receipt"))?;
    let within = within.or(args.within.as_ref());
    let within = within.map(|name| read(name)).transpose()?;
    if let Some(proof) = &args.with {
        let paper = match &within {
            Some(Within::Paper(paper)) => Some(paper),
            Some(Within::Number(_)) => bail!("a proof is held against a file, not a number"),
            None => None,
        };
        return by_proof(receipt, proof, paper);
    }
    let out = args.proof.as_deref().map(setup::absolute).transpose()?;
    let forum = setup::sound_forum(common)?;
    let data = setup::existing(&common.data)?;
    DataFolder::open(&data)?;
    let number = match &within {
        Some(Within::Number(number)) => Some(*number),
        Some(Within::Paper(paper)) => Some(paper.number()?),
        None => None,
    };
    ensure!(
        out.is_none() || number.is_some(),
        "say by --in of which digest the proof is to be"
    );
    std::env::set_current_dir(&data).with_context(|| format!("cannot enter {}", data.display()))?;
    let answer = asked(&forum, &data, receipt, number)?;
    let Answer { known, path } = answer.context("no concern has this receipt")?;
    let mut mentions = known.digests;
    mentions.retain(|mention| number.is_none_or(|number| mention.digest.number == number));
    ensure!(
        !mentions.is_empty(),
        "{}",
        match number {
            Some(number) => format!("digest {number} does not speak of {receipt}"),
            None => format!("no digest speaks of {receipt} so far"),
        }
    );
    let mut lines = String::new();
    for mention in &mentions {
        let said = match (&within, mention.salt) {
            (Some(Within::Paper(paper)), salt) => {
                paper.is_that(&mention.digest)?;
                let said = paper.said(receipt, mention.fate)?;
                same(receipt, mention, salt, said)?;
                said
            }
            (Some(Within::Number(_)) | None, _) => None,
        };
        if let Some(out) = &out {
            let salt = mention.salt;
            let proof = Proof {
                receipt,
                salt: salt.context("it was withdrawn: nothing can be proven of it any more")?,
                number: mention.digest.number,
                edition: mention.digest.edition,
                path: path
                    .clone()
                    .context("the leaves of this digest are not whole")?,
                root: mention.digest.root,
                fate: mention.fate,
                concern: said.cloned(),
            };
            keep(out, &proof)?;
        }
        lines.push_str(&line(mention, &forum.config.settings.zone));
    }
    super::print(&lines)
}

/// What was written where a number or a file is wanted.
fn read(name: &str) -> anyhow::Result<Within> {
    if let Ok(number) = name.parse() {
        return Ok(Within::Number(number));
    }
    let bytes = fs::read(name).with_context(|| format!("cannot read {name}"))?;
    let json = match attached::json(&bytes) {
        Some(json) => json,
        None if bytes.starts_with(b"%PDF-") => bail!("{name}: there is no digest in this PDF"),
        None => bytes,
    };
    let paper = Paper::read(&json).with_context(|| name.to_owned())?;
    Ok(Within::Paper(paper))
}

/// Asks the running bot, or looks into the store.
fn asked(
    forum: &Forum,
    data: &Path,
    receipt: Receipt,
    digest: Option<u32>,
) -> anyhow::Result<Option<Answer>> {
    let ask = Ask::Verify { receipt, digest };
    if let Some(answer) = socket::ask(Path::new("socket"), &ask)? {
        return serde_json::from_str(&answer).context("the running bot is of another version");
    }
    let mut store = setup::open(&forum.config.settings, data)?.store;
    let stage = Stage::new(&store, Timestamp::now())?;
    let found = verifying::answer(receipt, digest, &stage);
    stage.checked()?;
    let Some((concern, answer)) = found else {
        return Ok(None);
    };
    store.note(Timestamp::now(), Who::CommandLine, Deed::Looked(concern))?;
    Ok(Some(answer))
}

/// Whether the file says what the digest said. What was withdrawn since cannot be held against anything.
fn same(
    receipt: Receipt,
    mention: &Mention,
    salt: Option<Salt>,
    said: Option<&serde_json::Value>,
) -> Result<(), Doubt> {
    let Frozen {
        number, edition, ..
    } = mention.digest;
    match salt {
        Some(salt) if leaf(&salt, edition, receipt, mention.fate, said) != mention.leaf => {
            Err(Doubt::Altered { number, receipt })
        }
        Some(_) | None => Ok(()),
    }
}

fn by_proof(receipt: Receipt, proof: &Path, paper: Option<&Paper>) -> anyhow::Result<()> {
    let name = proof.display();
    let bytes = fs::read(proof).with_context(|| format!("cannot read {name}"))?;
    let proof: Proof =
        serde_json::from_slice(&bytes).with_context(|| format!("{name} is no proof"))?;
    proof.check(receipt, paper)?;
    super::print(&format!(
        "digest {}, {}: {}; fingerprint {}\n",
        proof.number,
        edition(proof.edition),
        fate(proof.fate, None),
        in_short(&proof.root)
    ))
}

/// For its maker alone, and never over another.
fn keep(path: &Path, proof: &Proof) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(proof)? + "\n";
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot make {}", path.display()))?;
    file.write_all(text.as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))
}

fn line(mention: &Mention, zone: &TimeZone) -> String {
    let digest = &mention.digest;
    let date = zone.to_datetime(digest.made_at).date();
    let since = match mention.salt {
        None if mention.is_erased() => ", withdrawn and erased since",
        Some(_) | None => "",
    };
    format!(
        "digest {}, {}, {date}: {}{since}; fingerprint {}\n",
        digest.number,
        edition(digest.edition),
        fate(mention.fate, mention.into),
        in_short(&digest.root)
    )
}

fn edition(edition: Edition) -> &'static str {
    match edition {
        Edition::Organisers => "organisers' edition",
        Edition::Shared => "shared edition",
        Edition::Group => "the organisers' group",
    }
}

fn fate(fate: Fate, into: Option<Receipt>) -> String {
    let counted = match fate {
        Fate::Included { number } => return format!("included as number {number}"),
        Fate::Merged { .. } => {
            return match into {
                Some(into) => format!("merged into {into}"),
                None => "merged into another concern".to_owned(),
            };
        }
        Fate::Withdrawn => "withdrawn",
        Fate::Held => "held",
        Fate::Waiting => "waiting for its organisation's approval",
        Fate::Rejected => "rejected",
        Fate::OrganisersOnly => "withheld, its author lets only the organisers read it",
        Fate::Unreviewed => "withheld, it was not reviewed yet",
    };
    counted.to_owned()
}
