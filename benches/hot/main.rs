//! How many instructions the hot parts take; docs/BENCHES.md tells how and what for.
//!
//! Without a part it runs itself under callgrind once for each, and holds what was counted against
//! `benches/instructions.txt`. With one it does that part on its fixed input: what comes before is not counted.

mod parts;

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, ExitCode, Stdio};

use anyhow::Context as _;

use parts::Part;

const FIGURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.txt");
const HEAD: &str = "# Instructions of each hot part on its fixed input, as benches/instructions counts them in the release profile.\n";
/// How much more than the figure is too much, in parts of a hundred.
const TOLERANCE: f64 = 5.0;

fn main() -> anyhow::Result<ExitCode> {
    // cargo itself says that this is a bench.
    let args = std::env::args().skip(1).filter(|arg| arg != "--bench");
    let args: Vec<String> = args.collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => held(),
        ["--write"] => written(),
        [name] => {
            let part = Part::named(name).with_context(|| format!("{name} is no part"))?;
            let sum = part.run()?;
            eprintln!("{name}: {sum}");
            Ok(ExitCode::SUCCESS)
        }
        _ => anyhow::bail!("--write, a part, or nothing"),
    }
}

/// Counts all and compares.
fn held() -> anyhow::Result<ExitCode> {
    let text = fs::read_to_string(FIGURES).context(FIGURES)?;
    let figures = read(&text)?;
    println!("| part | counted | figure | difference |\n|---|---|---|---|");
    let mut code = ExitCode::SUCCESS;
    for part in Part::ALL {
        let counted = count(part)?;
        let name = part.name();
        let figure = *figures
            .get(name)
            .with_context(|| format!("no figure for {name}"))?;
        let more = 100.0 * (counted as f64 / figure as f64 - 1.0);
        println!("| {name} | {counted} | {figure} | {more:+.1} % |");
        if more > TOLERANCE {
            eprintln!("{name} takes {more:.1} % more instructions than it did");
            code = ExitCode::FAILURE;
        } else if more < -TOLERANCE {
            eprintln!("{name} takes fewer: benches/instructions --write sets the figures");
        }
    }
    Ok(code)
}

/// Counts all and sets the figures.
fn written() -> anyhow::Result<ExitCode> {
    let mut text = HEAD.to_owned();
    for part in Part::ALL {
        let line = format!("{} {}\n", part.name(), count(part)?);
        print!("{line}");
        text += &line;
    }
    fs::write(FIGURES, text)?;
    Ok(ExitCode::SUCCESS)
}

/// A name and a figure a line.
fn read(text: &str) -> anyhow::Result<BTreeMap<&str, u64>> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, figure) = line.split_once(' ').context("no figure in a line")?;
            Ok((name, figure.parse()?))
        })
        .collect()
}

/// Runs a part under callgrind, which counts while a function `hot_…` of it runs.
fn count(part: Part) -> anyhow::Result<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg("--collect-atstart=no")
        .arg(format!("--toggle-collect=*hot_{}*", part.name()))
        .arg(std::env::current_exe()?)
        .arg(part.name())
        .stdin(Stdio::null())
        .output()
        .context("no valgrind")?;
    let said = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{}: {said}", part.name());
    let collected = said
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    let (_, counted) = collected.with_context(|| format!("nothing was counted: {said}"))?;
    let counted: u64 = counted.trim().parse()?;
    anyhow::ensure!(counted > 0, "{}: nothing was counted", part.name());
    Ok(counted)
}
