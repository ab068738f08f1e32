//! On real elections the method selects what pabutools selects.
//!
//! `SAMLENG_PABULIB` names a folder of elections in Pabulib's format (<https://pabulib.org/format>) with an `expected.json`:
//! by file name, what is selected under `cost` and `cardinality`. Nothing of it is part of this project.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use samleng::agenda::Utility;
use serde::Deserialize;

use super::given::{Given, fraction};

/// What is to be selected, by name.
#[derive(Deserialize)]
struct Expected {
    cost: Vec<String>,
    cardinality: Vec<String>,
}

#[test]
fn on_real_elections_the_same_is_selected() {
    let Some(folder) = std::env::var_os("SAMLENG_PABULIB").map(PathBuf::from) else {
        println!("skipped: SAMLENG_PABULIB names no folder of elections");
        return;
    };
    let expected = std::fs::read(folder.join("expected.json")).unwrap();
    let expected: BTreeMap<String, Expected> = serde_json::from_slice(&expected).unwrap();
    assert!(!expected.is_empty());
    for (file, expected) in &expected {
        let mut given = read(&folder.join(file));
        given.selected = vec![
            (Utility::Cost, expected.cost.iter().cloned().collect()),
            (
                Utility::Cardinality,
                expected.cardinality.iter().cloned().collect(),
            ),
        ];
        given.check();
    }
    println!("{} elections: the same is selected", expected.len());
}

/// Reads a file in Pabulib's format. Whatever a ballot names it approves of, with however many points.
fn read(path: &Path) -> Given {
    let text = std::fs::read_to_string(path).unwrap();
    let mut rows = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut given = Given {
        name: path.display().to_string(),
        ..Given::default()
    };
    let (mut section, mut header) = (String::new(), Vec::new());
    let mut is_header = false;
    for row in rows.records() {
        let row = row.unwrap();
        let row: Vec<&str> = row.iter().map(str::trim).collect();
        let first = row[0].to_lowercase();
        if ["meta", "projects", "votes"].contains(&&*first) && row.len() == 1 {
            (section, is_header) = (first, true);
            continue;
        }
        if std::mem::take(&mut is_header) {
            header = row.iter().map(|name| (*name).to_owned()).collect();
            continue;
        }
        let cell = |name: &str| {
            let at = header.iter().position(|known| known == name);
            at.and_then(|at| row.get(at).copied()).unwrap_or("")
        };
        match &*section {
            "meta" if row[0] == "budget" => given.budget = fraction(row[1]),
            "meta" => {}
            "projects" => {
                given
                    .costs
                    .insert(row[0].to_owned(), fraction(cell("cost")));
            }
            "votes" => {
                let names = cell("vote").split(',').filter(|name| !name.is_empty());
                given.ballots.push((1, names.map(str::to_owned).collect()));
            }
            _ => panic!("{row:?} stands in no section"),
        }
    }
    given
}
