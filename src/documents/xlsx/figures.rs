//! The sheet of figures: each as a table with a chart beside it that is drawn from the table.

use rust_xlsxwriter::{
    Chart, ChartAxis, ChartDataLabel, ChartFont, ChartFormat, ChartLine, ChartSolidFill,
    ExcelDateTime, Worksheet, XlsxError,
};

use super::cells::{Cells, INK, RULE, height};
use crate::digest::{Digest, Period, Reader};
use crate::documents::FONT;
use crate::documents::report::{self, By, Report};

/// Pixels of a row at least.
const ROW: u32 = 20;
/// Letters of the first column.
const LABELS: f64 = 46.0;

/// Writes it; `name` is what the sheet is called.
pub(super) fn write<R: Reader>(
    sheet: &mut Worksheet,
    name: &str,
    digest: &Digest<R>,
    report: &Report,
    cells: &Cells,
) -> Result<(), XlsxError> {
    for (column, width) in [(0, LABELS), (1, 12.0), (2, 13.0), (3, 13.0), (4, 3.0)] {
        sheet.set_column_width(column, width)?;
    }
    let mut row = 0;
    cells.write(sheet, (row, 0), &report.title, &cells.title)?;
    sheet.set_row_height(row, 26.0)?;
    let fingerprint = report.fingerprint.iter();
    let mut lines: Vec<(&str, &str)> = report
        .meeting
        .iter()
        .map(|name| (name.as_str(), ""))
        .collect();
    let fields = report.about.iter().chain(&report.stamp).chain(fingerprint);
    lines.extend(fields.map(|field| (field.label.as_str(), field.value.as_str())));
    for (label, value) in lines {
        row += 1;
        cells.write(sheet, (row, 0), label, &cells.plain)?;
        for (value, line) in value.split('\n').zip(0..) {
            row += line.min(1);
            cells.write(sheet, (row, 1), value, &cells.plain)?;
        }
    }
    row += 2;
    let words = &report.words;
    let columns = &words.columns;
    cells.write(sheet, (row, 0), &words.totals, &cells.heading)?;
    row += 1;
    for figure in &report.totals {
        cells.write(sheet, (row, 0), &figure.label, &cells.body)?;
        cells.number(sheet, (row, 1), figure.count)?;
        row += 1;
    }
    for chart in &report.charts {
        row += 1;
        cells.write(sheet, (row, 0), &chart.title, &cells.heading)?;
        row += 1;
        if let Some(none) = &chart.none {
            cells.write(sheet, (row, 0), none, &cells.plain)?;
            row += 1;
            continue;
        }
        let top = row;
        cells.write(sheet, (row, 0), &columns.what, &cells.head)?;
        cells.write(sheet, (row, 1), &columns.count, &cells.head)?;
        if chart.by == By::Trend {
            cells.write(sheet, (row, 2), &columns.from, &cells.head)?;
            cells.write(sheet, (row, 3), &columns.to, &cells.head)?;
        }
        for (figure, at) in chart.bars.iter().zip(0..) {
            row += 1;
            cells.write(sheet, (row, 0), &figure.label, &cells.body)?;
            sheet.set_row_height(row, height(&figure.label, LABELS))?;
            cells.number(sheet, (row, 1), figure.count)?;
            if let (By::Trend, Some(period)) = (chart.by, digest.trend.get(at)) {
                days(sheet, row, period, cells)?;
            }
        }
        sheet.insert_chart(top, 5, &drawn(name, chart, top + 1, row))?;
        row = row.max(top + tall(chart).div_ceil(ROW)) + 1;
    }
    if !report.silence.is_empty() {
        row += 1;
        cells.write(sheet, (row, 0), &words.silence, &cells.heading)?;
        for silent in &report.silence {
            row += 1;
            cells.write(sheet, (row, 0), &silent.label, &cells.body)?;
            sheet.merge_range(row, 1, row, 12, "", &cells.body)?;
            cells.write(sheet, (row, 1), &silent.value, &cells.body)?;
            let tall = height(&silent.value, 110.0).max(height(&silent.label, LABELS));
            sheet.set_row_height(row, tall.min(super::ROW_AT_MOST))?;
        }
    }
    Ok(())
}

fn days(sheet: &mut Worksheet, row: u32, period: &Period, cells: &Cells) -> Result<(), XlsxError> {
    for (day, column) in [(period.from, 2), (period.to, 3)] {
        let part = |part: i8| part.unsigned_abs(); // parts of a date are positive
        let year = day.year().unsigned_abs();
        let day = ExcelDateTime::from_ymd(year, part(day.month()), part(day.day()))?;
        sheet.write_datetime_with_format(row, column, &day, &cells.day)?;
    }
    Ok(())
}

/// Bars across, the first on top; over time they stand.
fn drawn(name: &str, chart: &report::Chart, first: u32, last: u32) -> Chart {
    let font = || {
        let mut font = ChartFont::new();
        font.set_name(FONT).set_size(9);
        font
    };
    let mut drawn = match chart.by {
        By::Topic | By::Place | By::Urgency => Chart::new_bar(),
        By::Trend => Chart::new_column(),
    };
    let fill = ChartSolidFill::new().set_color(INK).clone();
    drawn
        .add_series()
        .set_categories((name, first, 0, last, 0))
        .set_values((name, first, 1, last, 1))
        .set_name(chart.title.as_str())
        .set_gap(45)
        .set_format(ChartFormat::new().set_solid_fill(&fill))
        .set_data_label(ChartDataLabel::new().show_value().set_font(&font()));
    drawn
        .title()
        .set_name(chart.title.as_str())
        .set_font(font().set_size(12).set_bold());
    drawn.legend().set_hidden();
    // Each bar says its number itself, so there is no scale. The axes of bars that lie change places.
    if chart.by == By::Trend {
        labels_of(drawn.x_axis(), &font());
        scale_of(drawn.y_axis());
    } else {
        labels_of(drawn.y_axis(), &font()).set_reverse();
        scale_of(drawn.x_axis());
    }
    drawn.set_width(640).set_height(tall(chart));
    drawn
}

fn labels_of<'c>(axis: &'c mut ChartAxis, font: &ChartFont) -> &'c mut ChartAxis {
    let line = ChartLine::new().set_color(RULE).clone();
    axis.set_font(font)
        .set_format(ChartFormat::new().set_line(&line))
        .set_major_gridlines(false)
}

fn scale_of(axis: &mut ChartAxis) {
    axis.set_min(0).set_major_gridlines(false).set_hidden(true);
}

/// Pixels of a chart from top to bottom.
fn tall(chart: &report::Chart) -> u32 {
    let bars = match chart.by {
        By::Topic | By::Place | By::Urgency => chart.bars.len() as u32, // there are few
        By::Trend => 8,
    };
    (80 + 25 * bars).clamp(220, 900)
}
