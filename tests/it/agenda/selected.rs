//! On 200 random elections the method selects what pabutools selects; tests/data/agenda/README.md tells of them.

use super::given::{Given, fraction};
use samleng::agenda::{Election, Item, Utility, equal_shares};

#[test]
fn what_another_program_selects_is_selected() {
    let all = read(include_str!("../../data/agenda/instances.txt"));
    assert_eq!(all.len(), 200);
    for given in all {
        given.check();
    }
}

/// Amounts that a float cannot tell apart are told apart.
#[test]
fn what_floats_cannot_see_decides() {
    const GREAT: u64 = 1 << 60;
    // The budget of one voter, two costs, and what is bought, by both utilities.
    for (budget, costs, by_cost, by_cardinality) in [
        (GREAT + 3, [GREAT + 1, 2], "01", "10"),
        (GREAT + 2, [GREAT + 1, 2], "0", "1"),
        (GREAT + 2, [GREAT + 1, 1], "01", "10"),
        (2 * GREAT, [GREAT + 1, GREAT], "0", "1"),
        (2 * GREAT + 1, [GREAT + 1, GREAT], "01", "10"),
        (GREAT, [GREAT + 1, GREAT], "1", "1"),
    ] {
        let items = [0, 1].map(|project| Item {
            id: project as u64,
            topic: String::new(),
            place: String::new(),
            seconds: costs[project],
            supporters: [7].into(),
        });
        let election = Election::new(&items, 0, budget);
        for (utility, bought) in [
            (Utility::Cost, by_cost),
            (Utility::Cardinality, by_cardinality),
        ] {
            let run = equal_shares(&election, utility, 0);
            let order: String = run.bought().map(|project| project.to_string()).collect();
            assert_eq!(order, bought, "{budget} {costs:?} {utility:?}");
        }
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
