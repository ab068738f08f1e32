//! The registry: reading a list of organisations, and finding one by a typed name.

mod finding;
mod reading;
