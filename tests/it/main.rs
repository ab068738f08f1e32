//! The one integration test crate.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod conversation;
mod digest;
mod domain;
mod emulator;
mod layers;
mod queue;
mod records;
mod store;
mod support;
mod text;
mod transcripts;
