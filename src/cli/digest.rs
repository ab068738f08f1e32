//! `samleng digest`: a digest on standard output or in a file, whether the bot runs or not.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use clap::ValueEnum;
use data_encoding::BASE64;
use jiff::Timestamp;

use super::{Common, setup};
use crate::digest::{Edition, Filter, Format, Request, Since};
use crate::documents::produce::{Product, produce};
use crate::domain::{Language, Status, Who};
use crate::runtime::random;
use crate::runtime::socket::{self, Ask};
use crate::store::folder::DataFolder;
use crate::text::Forum;

pub(super) const HELP: &str = "\
Example:
  samleng digest
  samleng digest --edition shared --format pdf --out digest.pdf
  samleng digest --format json --topic land --place pursat --since last

Each digest gets a number and a fingerprint; one that says the same as the last of its kind
keeps that one's. A PDF of more than 1,000 concerns is several files: digest.pdf,
digest-part-1.pdf ...";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// For whom: the organisers, who may read everything, or the authority
    #[arg(long, value_enum, default_value = "organisers")]
    edition: EditionName,
    /// The form
    #[arg(long, value_enum, default_value = "text")]
    format: FormatName,
    /// The language of headings [default: the first of the forum's]
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Only this topic, by its id in topics.toml
    #[arg(long, value_name = "ID")]
    topic: Option<String>,
    /// Only this place, by its id in places.toml
    #[arg(long, value_name = "ID")]
    place: Option<String>,
    /// Only this status
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// Only what came since then: "last" for the last digest of the same edition and selection, a digest's number, or a time
    /// such as 2027-01-05T08:00Z
    #[arg(long, value_name = "WHEN", value_parser = since)]
    since: Option<Since>,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EditionName {
    Organisers,
    Shared,
}

/// A form of what is handed over.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum FormatName {
    Text,
    Json,
    Pdf,
    Xlsx,
    Docx,
    Csv,
}

fn since(text: &str) -> Result<Since, String> {
    if text == "last" {
        return Ok(Since::Last);
    }
    if let Ok(number) = text.parse() {
        return Ok(Since::Number(number));
    }
    let at = text.parse().map(Since::At);
    at.map_err(|_| {
        "neither \"last\", nor a number, nor a time such as 2027-01-05T08:00Z".to_owned()
    })
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let forum = setup::sound_forum(common)?;
    let request = request(args, &forum)?;
    let out = out(args.format, args.out.as_deref())?;
    let data = setup::existing(&common.data)?;
    DataFolder::open(&data)?;
    std::env::set_current_dir(&data).with_context(|| format!("cannot enter {}", data.display()))?;
    let ask = Ask::Digest(request.clone(), args.since);
    let files = match socket::ask(Path::new("socket"), &ask)? {
        Some(lines) => lines
            .lines()
            .map(|line| BASE64.decode(line.as_bytes()))
            .collect::<Result<_, _>>()
            .context("the running bot is of another version")?,
        None => from_store(&forum, request, args.since, &data)?,
    };
    match (out, files.as_slice()) {
        (Some(path), files) => {
            let mut files = files.iter().enumerate();
            files.try_for_each(|(index, file)| write(Some(&part(&path, index)), file))
        }
        (None, [file]) => write(None, file),
        (None, _) => bail!("there are {} files: say --out FILE", files.len()),
    }
}

/// Where it is written to, if that is not standard output: a form that is no text is not for a terminal.
pub(super) fn out(format: FormatName, out: Option<&Path>) -> anyhow::Result<Option<PathBuf>> {
    let is_text = match format {
        FormatName::Text | FormatName::Json | FormatName::Csv => true,
        FormatName::Pdf | FormatName::Xlsx | FormatName::Docx => false,
    };
    ensure!(
        is_text || out.is_some() || !std::io::stdout().is_terminal(),
        "this form is for a file: say --out FILE"
    );
    out.map(setup::absolute).transpose()
}

/// Writes one file there, or to standard output.
pub(super) fn write(path: Option<&Path>, file: &[u8]) -> anyhow::Result<()> {
    match (path, std::str::from_utf8(file)) {
        (Some(path), _) => {
            std::fs::write(path, file).with_context(|| format!("cannot write {}", path.display()))
        }
        (None, Ok(text)) => super::print(text),
        (None, Err(_)) => std::io::stdout()
            .write_all(file)
            .context("cannot write to standard output"),
    }
}

/// The language of this code, or the first of the forum's.
pub(super) fn language(code: Option<&str>, forum: &Forum) -> anyhow::Result<Language> {
    let Some(code) = code else {
        let first = forum.words.languages().next();
        return first.context("there is no language");
    };
    let language =
        Language::parse(code).filter(|language| forum.words.languages().any(|l| l == *language));
    language.with_context(|| format!("{code:?} is no language of this forum"))
}

/// The name of one file of several: the first is the summary.
fn part(path: &Path, index: usize) -> PathBuf {
    if index == 0 {
        return path.to_owned();
    }
    let stem = path.file_stem().unwrap_or_default().display();
    let name = match path.extension() {
        Some(ending) => format!("{stem}-part-{index}.{}", ending.display()),
        None => format!("{stem}-part-{index}"),
    };
    path.with_file_name(name)
}

fn from_store(
    forum: &Forum,
    mut request: Request,
    since: Option<Since>,
    data: &Path,
) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut store = setup::open(&forum.config.settings, data)?.store;
    let now = Timestamp::now();
    store.note(now, Who::CommandLine, request.edition.deed())?;
    if let Some(since) = since {
        let after = store.since(request.edition, &request.filter, since)?;
        request.filter.after = Some(after.context(socket::NO_SUCH)?);
    }
    let records = store
        .snapshot_for(request.edition, &request.filter)?
        .open()?;
    let mut files = Vec::new();
    let mut frozen = None;
    produce(
        &request,
        records,
        forum,
        now,
        &mut random::salt,
        &mut |product| {
            match product {
                Product::Frozen(freeze) => frozen = Some(freeze),
                Product::File(bytes) => files.push(bytes),
                Product::Progress(..) | Product::Messages(_) | Product::Summary(_) => {}
            }
            Ok(())
        },
    )?;
    if let Some(freeze) = frozen {
        ensure!(store.freeze(&freeze, now)?, "the store changed meanwhile");
    }
    Ok(files)
}

fn request(args: &Args, forum: &Forum) -> anyhow::Result<Request> {
    let language = language(args.language.as_deref(), forum)?;
    let known =
        |id: &Option<String>, mut ids: Box<dyn Iterator<Item = &String> + '_>, what| match id {
            Some(id) => {
                ensure!(
                    ids.any(|known| known == id),
                    "{id:?} is no {what} of this forum"
                );
                Ok(Some(id.clone()))
            }
            None => Ok(None),
        };
    let status = match &args.status {
        Some(id) => Some(Status::from_id(id).with_context(|| format!("{id:?} is no status"))?),
        None => None,
    };
    let filter = Filter {
        topic: known(
            &args.topic,
            Box::new(forum.config.topics.iter().map(|topic| &topic.id)),
            "topic",
        )?,
        place: known(
            &args.place,
            Box::new(forum.config.place_choices().map(|place| &place.id)),
            "place",
        )?,
        status,
        ..Filter::default()
    };
    let edition = match args.edition {
        EditionName::Organisers => Edition::Organisers,
        EditionName::Shared => Edition::Shared,
    };
    let format = match args.format {
        FormatName::Text => Format::Text,
        FormatName::Json => Format::Json,
        FormatName::Pdf => Format::Pdf,
        FormatName::Xlsx => Format::Xlsx,
        FormatName::Docx => Format::Docx,
        FormatName::Csv => Format::Csv,
    };
    Ok(Request {
        edition,
        format,
        language,
        filter,
        part: None,
    })
}
