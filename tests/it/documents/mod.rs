//! The digest in every form, opened by programs that are not ours.

mod agreement;
mod alone;
mod card;
mod docx;
mod hostile;
mod listing;
mod paper;
mod pdf;
mod printed;
mod promises;
pub(crate) mod read;
mod report;
mod sample;
mod schema;
mod sheets;
