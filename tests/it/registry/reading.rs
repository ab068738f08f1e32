//! Lists as people save them: every row is an entry or told as bad, with its line.

use std::io::{Cursor, Read as _, Write as _};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use samleng::config;
use samleng::registry::read::{self, List, Unreadable};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use crate::in_memory::{forum, forum_of};

/// `line number | names by language | place`, then `line: what is bad`, then `line? what is doubtful`.
fn told(list: &List) -> String {
    let mut told = String::new();
    for entry in &list.entries {
        let names: Vec<_> = entry
            .name
            .0
            .iter()
            .map(|(language, name)| format!("{language}={name}"))
            .collect();
        let place = entry.place.as_deref().unwrap_or("-");
        let names = names.join(", ");
        told += &format!("{} {} | {names} | {place}\n", entry.line, entry.number);
    }
    for bad in &list.bad {
        told += &format!("{}: {}\n", bad.line, bad.why);
    }
    for bad in &list.doubtful {
        told += &format!("{}? {}\n", bad.line, bad.why);
    }
    told
}

#[track_caller]
fn check(file: impl AsRef<[u8]>, expected: &str) {
    let list = read::any(file.as_ref(), &forum()).unwrap();
    let expected: String = expected
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(told(&list), expected);
}

#[track_caller]
fn check_refused(file: impl AsRef<[u8]>, expected: &str) {
    let error = read::any(file.as_ref(), &forum()).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn columns_are_found_by_their_headings_in_any_order() {
    let row = "7 | en=Rice Farmers, km=សមាគមកសិករ | pursat";
    for (headings, cells) in [
        (
            "number,name_km,name_en,province",
            "7,សមាគមកសិករ,Rice Farmers,Pursat",
        ),
        (
            "Province,Name in English,Name in Khmer,No.",
            "Pursat,Rice Farmers,សមាគមកសិករ,7",
        ),
        (
            "ល.រ,ឈ្មោះជាភាសាខ្មែរ,ឈ្មោះជាភាសាអង់គ្លេស,ខេត្ត",
            "7,សមាគមកសិករ,Rice Farmers,ពោធិ៍សាត់",
        ),
        (
            "No,Registration No.,Khmer Name,English name,Province",
            "1,7,សមាគមកសិករ,Rice Farmers,pursat",
        ),
        (
            "លេខចុះបញ្ជី,ឈ្មោះអង្គការ,NGO name,រាជធានី/ខេត្ត",
            "៧,សមាគមកសិករ,Rice Farmers,ខេត្តពោធិ៍សាត់",
        ),
        (
            "ID,KM,EN,Phone,Place,,",
            "7,សមាគមកសិករ,Rice Farmers,012,PURSAT PROVINCE,,",
        ),
        (
            "\"number\",\"name_km\",\"name-en\",\"Province\"",
            "\"7\",\"សមាគមកសិករ\",\"Rice  Farmers\",\" Pursat \"",
        ),
    ] {
        check(format!("{headings}\n{cells}\n"), &format!("2 {row}"));
    }
    // A place's label may hold the word for what it is, and the list may leave it out.
    for place in ["រាជធានីភ្នំពេញ", "ភ្នំពេញ", "phnom-penh", "PHNOMPENH CITY"]
    {
        let file = format!("number,name_en,province\n1,Voice,{place}\n");
        check(file, "2 1 | en=Voice | phnom-penh");
    }
    // Above the headings a title may stand; other columns are passed over and named.
    let list = read::csv(
        b"List of 2026,,\n,,\nnumber,phone,name_en\n7,012,Rice Farmers\n",
        &forum(),
    )
    .unwrap();
    assert_eq!(told(&list), "4 7 | en=Rice Farmers | -\n");
    assert_eq!(list.passed_over, ["phone"]);
}

#[test]
fn a_forum_with_another_language_has_a_column_for_it() {
    let mut files = config::files(None).unwrap();
    let english = files["locales/en.ftl"].replace("English", "Français");
    files.insert("locales/fr.ftl".to_owned(), english);
    for name in ["topics.toml", "places.toml", "form.toml", "reminders.toml"] {
        let text = files[name].clone();
        let doubled = text.lines().flat_map(|line| {
            let french = line
                .strip_prefix("en = ")
                .map(|rest| format!("fr = {rest}"))
                .or_else(|| {
                    line.contains(".en = ")
                        .then(|| line.replacen(".en = ", ".fr = ", 1))
                });
            [Some(line.to_owned()), french]
        });
        let doubled: Vec<String> = doubled.flatten().collect();
        files.insert(name.to_owned(), doubled.join("\n"));
    }
    let forum = forum_of(&files);
    for heading in ["name_fr", "Français", "FR"] {
        let text = format!("number,{heading},name_km\n1,Voix,សំឡេង\n");
        let list = read::csv(text.as_bytes(), &forum).unwrap();
        assert_eq!(told(&list), "2 1 | fr=Voix, km=សំឡេង | -\n");
    }
}

#[test]
fn what_excel_saves_is_read() {
    let rows = "number;name_km;name_en;province\r\n១២៣;កសិករ;\"Farmers; \"\"Fishers\"\"\";\r\n";
    let expected = "2 123 | en=Farmers; \"Fishers\", km=កសិករ | -";
    check(rows, expected);
    check(rows.replace("\r\n", "\r"), expected);
    check(rows.replace("\r\n", "\n"), expected);
    check(format!("\u{FEFF}{rows}"), expected);
    check(format!("sep=;\r\n{rows}"), &expected.replacen('2', "3", 1));
    let tabs = rows
        .replace("\"Farmers; ", "\"Farmers# ")
        .replace(';', "\t")
        .replace('#', ";");
    check(&tabs, expected);
    // "Unicode text" is UTF-16 with tabs.
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let units = format!("\u{FEFF}{tabs}");
        let bytes: Vec<u8> = units.encode_utf16().flat_map(order).collect();
        check(bytes, expected);
    }
}

#[test]
fn every_bad_row_is_told_with_its_line() {
    let long = "ក".repeat(151);
    let fits = "ក".repeat(150);
    let number = "9".repeat(41);
    check(
        format!(
            "number,name_km,name_en,province\n\
             1,,Rice Farmers,Pursat\n\
             ,,Fishers,Pursat\n\
             1,,Weavers,Kandal\n\
             \n\
             2,,,Kandal\n\
             3,-,\u{200B},Kandal\n\
             4,{long},Potters,Kandal\n\
             5,{fits},Potters,Kandal\n\
             6,,Potters of Atlantis,Atlan\u{202E}tis\n\
             7,,Too few\n\
             8,,Too many,Kandal,x\n\
             9,,Empty ones at the end,Kandal,,\n\
             10,????? ???,Lost letters,Kandal\n\
             11,,=1+1,Kandal\n\
             {number},,,Nowhere\n\
             ១,,Khmer digits,\n\
             ,,,\n\
             6,,rice farmers,\n"
        ),
        &format!(
            "2 1 | en=Rice Farmers | pursat
             9 5 | en=Potters, km={fits} | kandal
             13 9 | en=Empty ones at the end | kandal
             15 11 | en==1+1 | kandal
             3: the number is missing
             4: the number 1 stands in line 2 already
             6: the name is missing in every language
             7: the name is missing in every language
             8: the name in \"name_km\" has 151 characters; 150 are the most
             10: there is no place called \"Atlantis\"
             11: 3 columns; the headings are 4
             12: 5 columns; the headings are 4
             14: \"name_km\" cannot be read: was the file saved as UTF-8?
             16: the number has 41 characters; 40 are the most
             16: the name is missing in every language
             16: there is no place called \"Nowhere\"
             17: the number 1 stands in line 2 already
             19: the number 6 stands in line 10 already"
        ),
    );
}

#[test]
fn bytes_that_are_no_text_cost_their_row_only() {
    let mut file = b"number,name_en,remark\n1,Caf\xE9,\n2,Voice,\xFF\n3,".to_vec();
    file.extend("\u{FFFD}x,\n4,Fine,\n".as_bytes());
    check(
        file,
        "3 2 | en=Voice | -
         5 4 | en=Fine | -
         2: \"name_en\" cannot be read: was the file saved as UTF-8?
         4: \"name_en\" cannot be read: was the file saved as UTF-8?",
    );
}

#[test]
fn a_quotation_mark_that_is_not_closed_is_told() {
    check(
        "number,name_en,remark\n1,Pipe 5\" long,\n2,\"Two\nlines\",\n3,Three,\"open\n4,Four,\n5,Five,\n",
        "2 1 | en=Pipe 5\" long | -
         3 2 | en=Two lines | -
         5: a quotation mark is opened and not closed; lines below may be lost in it",
    );
}

#[test]
fn the_same_name_with_another_number_is_doubtful_and_kept() {
    check(
        "number,name_km,name_en\n1,កសិករ,Rice Farmers\n2,កសិករ,RICE  FARMERS\n3,,Fishers\n",
        "2 1 | en=Rice Farmers, km=កសិករ | -
         3 2 | en=RICE FARMERS, km=កសិករ | -
         4 3 | en=Fishers | -
         3? the name is the same as in line 2, which has another number",
    );
}

#[test]
fn what_is_no_list_is_refused_in_one_sentence() {
    check_refused("", "number, name_km or name_en, and province");
    check_refused("1,Rice Farmers,Pursat\n", "must name the columns");
    check_refused("number,province\n1,Pursat\n", "must name the columns");
    check_refused(
        "name_en,EN,number\nx,y,1\n",
        "\"name_en\" and \"EN\" mean the same",
    );
    check_refused([0xD0, 0xCF, 0x11, 0xE0, 0xA1], "old Excel");
    check_refused(b"PK\x03\x04 and nothing more", "damaged");
    check_refused(vec![b','; (32 << 20) + 1], "too large");
    let mut rows = "number,name_en\n".to_owned();
    for number in 0..100_000 {
        rows += &format!("{number},x{number}\n");
    }
    check_refused(&rows, "100,000 rows");
}

#[test]
fn xlsx_is_read_like_csv() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(1, 1, "Registered organisations").unwrap();
    for (column, heading) in ["Number", "Name (Khmer)", "Name (English)", "Province"]
        .into_iter()
        .enumerate()
    {
        sheet.write(3, column as u16, heading).unwrap();
    }
    sheet.write(4, 0, 123).unwrap();
    sheet.write(4, 1, "កសិករ").unwrap();
    sheet.write(4, 3, "kandal").unwrap();
    sheet.write(5, 0, "0042").unwrap();
    sheet.write(5, 2, "Fishers").unwrap();
    let date = Format::new().set_num_format("d/m/yyyy");
    let day = ExcelDateTime::from_ymd(2026, 1, 2).unwrap();
    sheet.write_with_format(6, 0, &day, &date).unwrap();
    sheet.write(6, 2, "Date").unwrap();
    sheet.write(7, 0, 123.0).unwrap();
    sheet.write(7, 2, "Twice").unwrap();
    sheet.write(9, 0, 1.5).unwrap();
    sheet.write(9, 2, "Beyond").unwrap();
    sheet.write(9, 5, "x").unwrap();
    book.add_worksheet().write(0, 0, "another").unwrap();
    check(
        book.save_to_buffer().unwrap(),
        "5 123 | km=កសិករ | kandal
         6 0042 | en=Fishers | -
         7: \"Number\" holds a date; make the cell a text
         8: the number 123 stands in line 5 already
         10: 6 columns; the headings are 4",
    );
}

#[test]
fn a_small_file_that_unpacks_to_a_large_one_is_refused() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let (long, rows) = ("a".repeat(32_000), 4_400);
    for row in 0..rows {
        // Every text differs, or they would be kept once.
        sheet.write(row, 0, format!("{row}{long}")).unwrap();
    }
    let file = book.save_to_buffer().unwrap();
    assert!(file.len() < 2 << 20, "{}", file.len());
    assert_eq!(read::xlsx(&file, &forum()), Err(Unreadable::Large));
}

#[test]
fn a_cell_in_the_last_corner_costs_nothing() {
    for (row, column, expected) in [(1_048_575, 0, Ok(1)), (0, 16_383, Err(Unreadable::Columns))] {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "number").unwrap();
        sheet.write(0, 1, "name_en").unwrap();
        sheet.write(row, column, "x").unwrap();
        let list = read::xlsx(&book.save_to_buffer().unwrap(), &forum());
        assert_eq!(list.map(|list| list.bad.len()), expected);
    }
}

/// The files inside an XLSX.
fn unpacked(file: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
    let count = archive.len();
    let read = |index| {
        let mut file = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        (file.name().unwrap().into_owned(), bytes)
    };
    (0..count).map(read).collect()
}

fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        archive.start_file(name.as_str(), options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn small_xlsx() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let rows = [
        ["number", "name_en"],
        ["1", "Rice Farmers"],
        ["2", "Fishers"],
    ];
    for (row, cells) in rows.iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write(row as u32, column as u16, *cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn a_damaged_xlsx_is_an_error_or_a_list_and_never_a_panic() {
    let file = small_xlsx();
    let forum = forum();
    for at in (0..file.len()).step_by(16) {
        let mut damaged = file.clone();
        damaged[at] ^= 0x55;
        let _ = read::xlsx(&damaged, &forum);
        assert!(read::xlsx(&file[..at], &forum).is_err(), "cut at {at}");
    }
    // Damage that no checksum tells: in the files inside.
    let parts = unpacked(&file);
    assert_eq!(
        read::xlsx(&packed(&parts), &forum).unwrap().entries.len(),
        2
    );
    let mut refused = 0;
    for (index, (_, bytes)) in parts.iter().enumerate() {
        for at in (0..bytes.len()).step_by(5) {
            let mut cut = parts.clone();
            cut[index].1.truncate(at);
            let mut short = parts.clone();
            short[index].1.drain(at..(at + 7).min(bytes.len()));
            let mut other = parts.clone();
            other[index].1[at] = b"<>&\"9\0"[at % 6];
            for damaged in [cut, short, other] {
                refused += usize::from(read::xlsx(&packed(&damaged), &forum).is_err());
            }
        }
    }
    assert!(refused > 100, "{refused}");
}

#[test]
fn a_claim_beyond_all_memory_is_refused() {
    for claim in ["99999999999", "99999999999999999999", "4294967295"] {
        let mut parts = unpacked(&small_xlsx());
        for (_, bytes) in &mut parts {
            // More digits than there were, whichever they are.
            let text = String::from_utf8(bytes.clone()).unwrap();
            let claimed = text.replace("uniqueCount=\"", &format!("uniqueCount=\"{claim}"));
            *bytes = claimed.into_bytes();
        }
        let error = read::xlsx(&packed(&parts), &forum()).unwrap_err();
        assert!(error.to_string().contains("more texts"), "{error}");
    }
    // Nor is it passed over in another encoding, which the reader would understand.
    let mut parts = unpacked(&small_xlsx());
    for (_, bytes) in &mut parts {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let text = format!("\u{FEFF}{}", text.replace("UTF-8", "UTF-16"));
        *bytes = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    }
    let error = read::xlsx(&packed(&parts), &forum()).unwrap_err();
    assert!(error.to_string().contains("no XML in UTF-8"), "{error}");
}
