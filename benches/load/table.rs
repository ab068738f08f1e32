//! The one table that is printed, row by row as figures come.

/// See the module.
pub(crate) struct Table;

impl Table {
    /// A table with these columns: what, measured, goal or remark.
    pub(crate) fn new() -> Self {
        let table = Self;
        println!("| what | measured | goal |");
        println!("|---|---|---|");
        table
    }

    /// A row.
    pub(crate) fn row(&mut self, what: &str, measured: &str, goal: &str) {
        println!("| {what} | {measured} | {goal} |");
    }
}

/// The middle one; of an even number the higher of the two in the middle.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
