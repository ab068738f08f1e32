//! The tasks that run the bot, and the pure pieces they are made of.

pub mod bucket;
pub mod budget;
mod chat;
pub mod queue;
pub mod ticket;
