//! Every curl line of docs/EMULATOR.md works, one after another.

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
