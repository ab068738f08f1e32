//! `samleng agenda`: the agenda as it stands, on standard output or in a file, whether the bot runs or not.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::Timestamp;

use super::digest::{self, FormatName};
use super::{Common, setup};
use crate::dialogue::desk::{self, Paper};
use crate::dialogue::screen::View;
use crate::dialogue::{DataForm, PaperForm, Papers};
use crate::documents;
use crate::domain::{Deed, Language, Who};
use crate::runtime::socket::{self, Ask};
use crate::store::Stage;
use crate::store::folder::DataFolder;
use crate::text::Forum;

pub(super) const HELP: &str = "\
Example:
  samleng agenda
  samleng agenda --format docx --language km --out agenda.docx
  samleng agenda --format json

It is printed as it was worked out last, be it settled or a proposal; /agenda in Telegram works it
out, changes and settles it. No organisation, no receipt and no number of organisations is in it: it may be handed over.";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The form
    #[arg(long, value_enum, default_value = "text")]
    format: FormatName,
    /// The language of its words [default: the first of the forum's]
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(super) fn run(common: &Common, args: &Args) -> anyhow::Result<()> {
    let forum = setup::sound_forum(common)?;
    let language = digest::language(args.language.as_deref(), &forum)?;
    let out = digest::out(args.format, args.out.as_deref())?;
    let data = setup::existing(&common.data)?;
    DataFolder::open(&data)?;
    std::env::set_current_dir(&data).with_context(|| format!("cannot enter {}", data.display()))?;
    let paper = match socket::ask(Path::new("socket"), &Ask::Agenda(language))? {
        Some(paper) => {
            serde_json::from_str(&paper).context("the running bot is of another version")?
        }
        None => from_store(&forum, language, &data)?,
    };
    let paper: Option<Paper> = paper;
    let paper = paper.context(
        "there is no agenda yet: /agenda in Telegram works one out, once a meeting is known and something can be raised",
    )?;
    let form = match args.format {
        FormatName::Text => PaperForm::Message,
        FormatName::Docx => PaperForm::Docx,
        FormatName::Pdf => PaperForm::Pdf,
        FormatName::Xlsx => PaperForm::Data(DataForm::Xlsx),
        FormatName::Csv => PaperForm::Data(DataForm::Csv),
        FormatName::Json => PaperForm::Data(DataForm::Json),
    };
    digest::write(out.as_deref(), &documents::agenda::made(&paper, form)?)
}

fn from_store(forum: &Forum, language: Language, data: &Path) -> anyhow::Result<Option<Paper>> {
    let mut store = setup::open(&forum.config.settings, data)?.store;
    let now = Timestamp::now();
    let paper = {
        let stage = Stage::new(&store, now)?;
        let view = View {
            forum,
            world: &stage,
            now,
        };
        let paper = desk::paper(Papers::Agenda, language, view);
        stage.checked()?;
        paper
    };
    if let Some(data) = paper.as_ref().and_then(|paper| paper.data.as_ref()) {
        store.note(now, Who::CommandLine, Deed::AgendaTaken(data.meeting.id))?;
    }
    Ok(paper)
}
