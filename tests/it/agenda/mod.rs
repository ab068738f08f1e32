//! The agenda: the Method of Equal Shares, what completes it, reasons, order, and what the records make of it.

mod given;
mod pabulib;
mod plan;
mod properties;
mod reasons;
mod records;
mod selected;
mod speaking;
