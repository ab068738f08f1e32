//! The `samleng` program.
fn main() {}
