//! How long a piece of work takes.

use std::hint::black_box;
use std::time::Instant;

use super::table::median;

const ROUNDS: usize = 5;

/// The median of five times.
pub(crate) fn milliseconds<T>(mut work: impl FnMut() -> T) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            black_box(work());
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    median(&mut times)
}
