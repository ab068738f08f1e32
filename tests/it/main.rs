//! The one integration test crate.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod crash;
mod disk;
mod emulator;
mod faults;
mod queue;
mod secrets;
mod store;
mod support;
mod whole_path;
