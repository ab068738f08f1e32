//! `samleng digest`: a digest on standard output or in a file, whether the bot runs or not.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use clap::ValueEnum;
use jiff::Timestamp;

use super::{Common, setup};
use crate::digest::{self, Edition, Filter, Format, Request};
use crate::documents;
use crate::domain::{Language, Status, Who};
use crate::runtime::socket::{self, Ask};
use crate::store::folder::DataFolder;
use crate::text::Forum;

pub(super) const HELP: &str = "\
Example:
  samleng digest
  samleng digest --edition shared --format json --out digest.json
  samleng digest --topic land --place pursat --language km";

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
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EditionName {
    Organisers,
    Shared,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatName {
    Text,
    Json,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let forum = setup::sound_forum(common)?;
    let request = request(args, &forum)?;
    let out = args.out.as_deref().map(setup::absolute).transpose()?;
    let data = setup::existing(&common.data)?;
    DataFolder::open(&data)?;
    std::env::set_current_dir(&data).with_context(|| format!("cannot enter {}", data.display()))?;
    let rendered = match socket::ask(
        std::path::Path::new("socket"),
        &Ask::Digest(request.clone()),
    )? {
        Some(rendered) => rendered,
        None => from_store(&forum, &request, &data)?,
    };
    match out {
        Some(path) => std::fs::write(&path, rendered)
            .with_context(|| format!("cannot write {}", path.display())),
        None => super::print(&rendered),
    }
}

fn from_store(forum: &Forum, request: &Request, data: &std::path::Path) -> anyhow::Result<String> {
    let mut store = setup::open(&forum.config.settings, data)?.store;
    store.note(Timestamp::now(), Who::CommandLine, request.edition.deed())?;
    let records = store.snapshot()?.open()?;
    let digest = digest::make_any(&records, request, &forum.config, Timestamp::now());
    let mut whole = Vec::new();
    documents::render(
        &digest,
        request.format,
        forum,
        request.language,
        &mut |bytes| {
            whole.extend(bytes);
            Ok(())
        },
    )?;
    Ok(String::from_utf8(whole)?)
}

fn request(args: &Args, forum: &Forum) -> anyhow::Result<Request> {
    let first = forum
        .words
        .languages()
        .next()
        .context("there is no language")?;
    let language = match &args.language {
        Some(code) => {
            let language = Language::parse(code)
                .filter(|language| forum.words.languages().any(|l| l == *language));
            language.with_context(|| format!("{code:?} is no language of this forum"))?
        }
        None => first,
    };
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
    };
    Ok(Request {
        edition,
        format,
        language,
        filter,
    })
}
