//! Links for people who are to join: many as a file that spreadsheets open, one as a picture.
//!
//! Guarantees: what somebody called an organisation cannot become a formula in the spreadsheet that opens the file.

use qrcode::{Color, EcLevel, QrCode};

use super::{DocumentError, csv};
use crate::dialogue::desk::late::Line;

/// Dots on a side of a module of the picture.
const MODULE: usize = 10;
/// Modules of white around it, as the standard wants. ISO/IEC 18004, 5.3.
const QUIET: usize = 4;

/// The file: number, name, link, a line each.
///
/// # Errors
/// None that words in memory could cause.
pub fn csv(lines: &[Line]) -> Result<Vec<u8>, DocumentError> {
    let head = ["number", "name", "link"].map(str::to_owned).into();
    let rows = lines
        .iter()
        .map(|line| vec![line.number.clone(), line.name.clone(), line.link.clone()]);
    csv::written(std::iter::once(head).chain(rows))
}

/// The picture: a QR code as PNG, black on white.
///
/// # Errors
/// If the link is longer than such a picture holds.
pub fn picture(link: &str) -> anyhow::Result<Vec<u8>> {
    let code = QrCode::with_error_correction_level(link, EcLevel::M)?;
    let modules = code.width();
    let side = (modules + 2 * QUIET) * MODULE;
    let is_dark = |x: usize, y: usize| {
        let (x, y) = (
            (x / MODULE).checked_sub(QUIET),
            (y / MODULE).checked_sub(QUIET),
        );
        match (x, y) {
            (Some(x), Some(y)) if x < modules && y < modules => code[(x, y)] == Color::Dark,
            (_, _) => false,
        }
    };
    let dots: Vec<u8> = (0..side)
        .flat_map(|y| (0..side).map(move |x| (x, y)))
        .map(|(x, y)| if is_dark(x, y) { 0 } else { 255 })
        .collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side as u32, side as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(&dots)?;
    Ok(bytes)
}
