//! The one integration test crate.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod conversation;
mod crash;
mod digest;
mod disk;
mod domain;
mod emulator;
mod faults;
mod in_memory;
mod intake;
mod layers;
mod queue;
mod records;
mod secrets;
mod store;
mod support;
mod telegram;
mod text;
mod transcripts;
mod whole_path;
