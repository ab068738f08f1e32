//! Samleng: organisations say in a guided conversation on Telegram what they want raised at a meeting.

pub mod emulator;
pub mod store;
