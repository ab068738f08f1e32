//! The digest in every form.

mod agreement;
mod alone;
mod docx;
mod hostile;
mod read;
mod report;
mod sample;
mod schema;
mod sheets;
