//! The one integration test crate.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod emulator;
mod queue;
mod store;
