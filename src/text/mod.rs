//! Every word that a person reads, and every word that a person wrote, as text.
//!
//! [`words`] speaks the forum's languages from Fluent files, [`html`] is the one place where text becomes
//! Telegram markup, [`date`] says dates and times, [`split`] cuts what is too long for one message, [`clean`] makes what people write safe to
//! keep and to compare, also where Khmer has several spellings, [`paper`] fits it to a page. Nothing here reads a file or a clock.

pub mod card;
mod catalogue;
pub mod clean;
pub mod date;
pub mod html;
mod khmer;
pub mod paper;
pub mod split;
pub mod words;

pub use html::Html;
pub use words::{Phrases, Words};

use crate::config::{self, Config, Files, Mistake};

/// A forum: what it asks and how it speaks. It does not change while the program runs.
pub struct Forum {
    /// The configuration.
    pub config: Config,
    /// Its words.
    pub words: Words,
    /// The files that say both, as they were read: for another process of this program.
    pub files: Files,
}

impl Forum {
    /// The forum that these files describe.
    ///
    /// # Errors
    /// Every mistake in them.
    pub fn read(files: Files) -> Result<Self, Vec<Mistake>> {
        let config = config::load(&files);
        let words = Words::new(&config::locales_of(&files));
        match (config, words) {
            (Ok(config), Ok(words)) => Ok(Self {
                config,
                words,
                files,
            }),
            (config, words) => {
                let found = config.err().into_iter().chain(words.err());
                let mut mistakes: Vec<Mistake> = found.flatten().collect();
                mistakes.sort();
                Err(mistakes)
            }
        }
    }
}
