//! The one integration test crate.

mod queue;
