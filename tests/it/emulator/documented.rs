//! docs/EMULATOR.md: every curl line works, one after another, and the table of methods is whole.

use super::*;

/// Path and body of a line; `$C` and `$B` are replaced.
fn parse(line: &str, base: &str) -> (String, Option<String>) {
    let (address, body) = match line.split_once(" -d '") {
        Some((address, body)) => (address, Some(body.trim_end_matches('\'').to_owned())),
        None => (line, None),
    };
    let address = address.split(" -H ").next().unwrap();
    let address = address.trim_start_matches("curl ").trim_matches('"');
    let control = format!("{base}/control/123:abc");
    let bot = format!("{base}/bot123:abc");
    (address.replace("$C", &control).replace("$B", &bot), body)
}

#[tokio::test]
async fn every_line_of_the_document_works() {
    let world = World::free().await;
    let document = include_str!("../../../docs/EMULATOR.md");
    let lines: Vec<&str> = document
        .lines()
        .filter(|line| line.starts_with("curl "))
        .collect();
    assert!(lines.len() > 25, "{}", lines.len());
    for line in lines {
        let (url, body) = parse(line, &world.running.url());
        let request = match body {
            Some(body) => world
                .http
                .post(url)
                .header("content-type", "application/json")
                .body(body),
            None => world.http.get(url),
        };
        let response = request.send().await.unwrap();
        let status = response.status();
        let answer = response.text().await.unwrap();
        assert!(status.is_success(), "{line}: {status} {answer}");
        let json: Value = serde_json::from_str(&answer).unwrap();
        assert!(json.is_object(), "{line}: {answer}");
    }
}

/// The names in the first cells of the table of methods, without paths.
fn tabled(document: &str) -> Vec<&str> {
    let (_, table) = document.split_once("| method |").unwrap();
    let rows = table.lines().skip(2).take_while(|row| row.starts_with('|'));
    let cells = rows.map(|row| row.split('|').nth(1).unwrap());
    let names = cells.flat_map(|cell| cell.split(',').map(str::trim));
    names.filter(|name| !name.starts_with('`')).collect()
}

#[tokio::test]
async fn the_table_names_every_method_and_no_other() {
    let mut tabled = tabled(include_str!("../../../docs/EMULATOR.md"));
    let source = include_str!("../../../src/emulator/methods.rs");
    let entries = source.split("(\"").skip(1);
    let entries = entries.filter_map(|entry| entry.split_once("\", Self::"));
    let mut known: Vec<&str> = entries.map(|(name, _)| name).collect();
    tabled.sort_unstable();
    known.sort_unstable();
    assert_eq!(tabled, known);
    assert!(known.len() > 20, "{}", known.len());
    let world = World::free().await;
    for method in tabled {
        let (status, body) = world.call(method, json!({})).await;
        assert_ne!(status, 404, "{method}: {body}");
    }
}
