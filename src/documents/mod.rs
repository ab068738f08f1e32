//! A digest value as bytes or messages, one file a format. Pure: date and words are arguments.

pub mod held;
pub mod json;
pub mod links;
pub mod stats;
pub mod text;
