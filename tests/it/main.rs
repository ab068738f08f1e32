//! The one integration test crate.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod access;
mod acts;
mod announcing;
mod audit;
mod clock;
mod close;
mod conversation;
mod crash;
mod date;
mod demo;
mod digest;
mod disk;
mod domain;
mod emulator;
mod erase;
mod export;
mod faults;
mod fetching;
mod files;
mod fold;
mod groups;
mod in_memory;
mod intake;
mod keeping;
mod layers;
mod living;
mod organisers_files;
mod organising;
mod profile;
mod queue;
mod queue_work;
mod reconcile;
mod records;
mod registry;
mod retention;
mod roles;
mod secrets;
mod stage;
mod store;
mod support;
mod telegram;
mod text;
mod transcripts;
mod whole_path;
