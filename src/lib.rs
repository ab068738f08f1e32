//! Samleng: organisations say in a guided conversation on Telegram what they want raised at a meeting with an
//! authority.
//!
//! The map, in layer order; `tests/it/layers.rs` holds who may import whom.
//!
//! | room | what it is for |
//! |---|---|
//! | [`domain`] | the vocabulary: organisation, concern, receipt; pure values |
//! | [`config`] | what a forum changes: settings, form, topics, places, words |
//! | [`text`] | every word that a person reads, and what people write made safe |
//! | [`registry`] | the list of organisations: reading it, finding one by a typed name; pure |
//! | [`similar`] | which concerns say something close; pure |
//! | [`files`] | what people send, bytes to clean bytes: type by content, metadata stripped; pure |
//! | [`schedule`] | what is due at an instant, and when the next thing is; pure |
//! | [`digest`] | from the records to a digest value; pure |
//! | [`agenda`] | what a meeting has time for, why, and in which order; pure |
//! | [`dialogue`] | the conversation: from state and event to state and effects; pure |
//! | [`documents`] | a digest value to bytes or messages |
//! | [`store`] | sealed, durable records behind a narrow seam |
//! | [`telegram`] | the Bot API: receiving, reading, sending |
//! | [`runtime`] | the tasks: intake, delivery |
//! | [`cage`] | what a process shuts itself out of |
//! | [`cli`] | one file a subcommand |
//! | [`emulator`] | a strict Bot API server for demo and tests; imports none of the others |

pub mod agenda;
pub mod cage;
pub mod cli;
pub mod config;
pub mod dialogue;
pub mod digest;
pub mod documents;
pub mod domain;
pub mod emulator;
pub mod files;
pub mod registry;
pub mod runtime;
pub mod schedule;
pub mod similar;
pub mod store;
pub mod telegram;
pub mod text;
