//! The one integration test crate.

mod emulator;
