//! On 200 random elections the method selects what pabutools selects; tests/data/agenda/README.md tells of them.

use super::given::{Given, fraction};
use samleng::agenda::Utility;

#[test]
fn what_another_program_selects_is_selected() {
    let all = read(include_str!("../../data/agenda/instances.txt"));
    assert_eq!(all.len(), 200);
    for given in all {
        given.check();
    }
}

fn read(text: &str) -> Vec<Given> {
    let mut all: Vec<Given> = Vec::new();
    let names = |text: &str| -> Vec<String> {
        let names = text.split('|').filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    };
    for line in text.lines().filter(|line| !line.is_empty()) {
        let (key, rest) = line.split_once(' ').unwrap_or((line, ""));
        if key == "=" {
            all.push(Given {
                name: rest.to_owned(),
                ..Given::default()
            });
        }
        let given = all.last_mut().unwrap();
        let mut select = |utility| {
            let selected = names(rest).into_iter().collect();
            given.selected.push((utility, selected));
        };
        match key {
            "=" => {}
            "budget" => given.budget = fraction(rest),
            "project" => {
                let (cost, name) = rest.split_once(' ').unwrap();
                given.costs.insert(name.to_owned(), fraction(cost));
            }
            "ballot" => {
                let (count, ballot) = rest.split_once(' ').unwrap_or((rest, ""));
                given.ballots.push((count.parse().unwrap(), names(ballot)));
            }
            "cost" => select(Utility::Cost),
            "cardinality" => select(Utility::Cardinality),
            _ => panic!("{line}"),
        }
    }
    all
}
