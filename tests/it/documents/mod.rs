//! Documents, opened by programs that are not ours.

mod card;
mod pdf;
mod printed;
