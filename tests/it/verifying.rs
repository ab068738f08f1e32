//! `samleng verify`: what it says of a receipt, in the store and while the bot runs; that an altered file is found; that a proof
//! holds without the store.

use std::fs;

use jiff::Timestamp;
use miniz_oxide::deflate::compress_to_vec_zlib;
use samleng::dialogue::{Change, World as _};
use samleng::digest::frozen::{Frozen, in_full, in_short};
use samleng::digest::readers::{Authority, Organisers};
use samleng::digest::{Filter, Reader, make_frozen};
use samleng::documents::json;
use samleng::domain::{Concern, Deed, Who};
use samleng::store::Stage;
use serde_json::{Value, json};

use crate::in_memory::forum;
use crate::keeping::submit;
use crate::support::{Said, Site};
use crate::whole_path::refused;

const MEMBER: i64 = 9_000_000_802;

/// Said on one line, and nothing else.
fn says(said: &Said, line: &str) {
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(said.out, format!("{line}\n"));
}

/// A digest is handed out while the bot does not run; with what is printed of it as JSON.
fn hand_out<R: Reader>(site: &Site) -> (Frozen, Value) {
    let mut store = site.store();
    let filter = Filter::default();
    let records = store.snapshot_for(R::EDITION, &filter).unwrap();
    let records = records.open().unwrap();
    let mut count = 0_u128;
    let mut salts = || {
        count += 1;
        count.to_be_bytes()
    };
    let now = Timestamp::from_second(1_800_000_000).unwrap();
    let config = forum().config;
    let (digest, freeze) = make_frozen::<R>(&records, &filter, &config, now, &mut salts);
    assert!(store.freeze(&freeze, now).unwrap());
    let mut printed: Value = serde_json::from_str(&json::render(&digest)).unwrap();
    printed["fingerprint"] = json!(in_full(&freeze.frozen.root));
    (freeze.frozen, printed)
}

fn write(site: &Site, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path = site.folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A PDF with a picture, another file and this one attached, deflated or not.
fn pdf(json: &str, deflated: bool) -> Vec<u8> {
    let (filter, stream) = if deflated {
        (
            "/Filter /FlateDecode ",
            compress_to_vec_zlib(json.as_bytes(), 6),
        )
    } else {
        ("", json.as_bytes().to_vec())
    };
    let other = compress_to_vec_zlib(b"a picture", 6);
    let mut bytes =
        b"%PDF-1.7\n1 0 obj\n<< /Type /XObject /Filter /FlateDecode >>\nstream\n".to_vec();
    bytes.extend(&other);
    bytes.extend(b"\nendstream\nendobj\n2 0 obj\n<< /Type /EmbeddedFile >>\nstream\r\nname,of,a,table\r\nendstream\nendobj\n");
    bytes.extend(format!("3 0 obj\n<< /Length {} {filter}/Type /EmbeddedFile /Subtype /application#2Fjson >>\nstream\n", stream.len()).as_bytes());
    bytes.extend(stream);
    bytes.extend(b"\nendstream\nendobj\ntrailer\n<< >>\n%%EOF\n");
    bytes
}

/// A bot that does not run, with one concern and its receipt.
async fn lived(site: &Site) -> String {
    let bot = site.run().await;
    let mut member = site.phone(MEMBER, "en").await;
    let receipt = submit(&mut member, &[]).await;
    bot.stop().await;
    receipt
}

#[tokio::test]
async fn a_receipt_is_found_in_its_digests_and_an_altered_file_is_not_theirs() {
    let site = Site::new().await;
    refused(
        &site.say(&["verify", "SL-0000-0000-0000"]).await,
        "has the bot run there?",
    );
    let receipt = lived(&site).await;
    refused(
        &site.say(&["verify", &receipt]).await,
        "no digest speaks of",
    );
    let (first, printed) = hand_out::<Organisers>(&site);
    let (second, shared) = hand_out::<Authority>(&site);
    let one = format!(
        "digest 1, organisers' edition, 2027-01-15: included as number 1; fingerprint {}",
        in_short(&first.root)
    );
    let two = format!(
        "digest 2, shared edition, 2027-01-15: withheld, it was not reviewed yet; fingerprint {}",
        in_short(&second.root)
    );
    let file = write(&site, "digest.json", printed.to_string());
    let other = write(&site, "shared.json", shared.to_string());
    let deflated = write(&site, "deflated.pdf", pdf(&printed.to_string(), true));
    let plain = write(&site, "plain.pdf", pdf(&printed.to_string(), false));
    let empty = write(&site, "empty.pdf", b"%PDF-1.7\n%%EOF\n");

    let alter = |name: &str, change: &dyn Fn(&mut Value)| {
        let mut printed = printed.clone();
        change(&mut printed);
        write(&site, name, printed.to_string())
    };
    let altered = [
        (
            alter("title.json", &|digest| {
                digest["concerns"][0]["title"] = json!("Another")
            }),
            "said something else",
        ),
        (
            alter("receipt.json", &|digest| {
                digest["concerns"][0]["receipt"] = json!("SL-0000-0000-0000")
            }),
            "said something else",
        ),
        (
            alter("root.json", &|digest| {
                digest["fingerprint"] = json!("0".repeat(64))
            }),
            "fingerprint is not that of digest 1",
        ),
        (
            alter("number.json", &|digest| digest["number"] = json!(2)),
            "fingerprint is not that of digest 2",
        ),
        (
            alter("later.json", &|digest| digest["number"] = json!(3)),
            "digest 3 does not speak of",
        ),
        (
            alter("none.json", &|digest| digest["number"] = Value::Null),
            "was not handed out",
        ),
        (
            alter("totals.json", &|digest| digest["totals"]["held"] = json!(1)),
            "its totals or its scores are not",
        ),
        (
            alter("empty.json", &|digest| digest["concerns"] = json!([])),
            "holds no concern number 1",
        ),
        (
            alter("twice.json", &|digest| {
                let again = digest["concerns"][0].clone();
                digest["concerns"].as_array_mut().unwrap().push(again);
            }),
            "said something else",
        ),
        (
            alter("schema.json", &|digest| digest["concerns"] = json!(1)),
            "no digest of this program",
        ),
    ];
    let put_in = {
        let mut shared = shared.clone();
        shared["concerns"] = json!([{"number": 1, "receipt": receipt}]);
        write(&site, "put-in.json", shared.to_string())
    };
    let altered_pdf = {
        let mut printed = printed.clone();
        printed["concerns"][0]["ask"] = json!("Nothing at all");
        write(&site, "altered.pdf", pdf(&printed.to_string(), true))
    };

    for running in [false, true] {
        let bot = if running {
            Some(site.run().await)
        } else {
            None
        };
        let all = site.say(&["verify", &receipt]).await;
        says(&all, &format!("{two}\n{one}"));
        let code = receipt.to_lowercase().replace('-', " ");
        for args in [
            vec!["verify", &receipt, "--in", "1"],
            vec!["verify", "1", &code],
            vec!["verify", &receipt, "--in", &file],
            vec!["verify", &file, &receipt],
            vec!["verify", &deflated, &receipt],
            vec!["verify", &receipt, "--in", &plain],
        ] {
            says(&site.say(&args).await, &one);
        }
        says(&site.say(&["verify", &other, &receipt]).await, &two);
        for (file, why) in &altered {
            refused(&site.say(&["verify", file, &receipt]).await, why);
        }
        for (args, why) in [
            (["verify", &put_in, &receipt], "said something else"),
            (["verify", &altered_pdf, &receipt], "said something else"),
            (["verify", &empty, &receipt], "no digest in this PDF"),
            (["verify", "3", &receipt], "digest 3 does not speak of"),
            (
                ["verify", "nowhere.json", &receipt],
                "cannot read nowhere.json",
            ),
            (
                ["verify", "1", "SL-0000-0000-0000"],
                "no concern has this receipt",
            ),
            (["verify", "1", "SL-0000-0000-0001"], "changed places"),
            (["verify", "1", "hello"], "twelve letters and digits"),
        ] {
            refused(&site.say(&args).await, why);
        }
        if let Some(bot) = bot {
            bot.stop().await;
        }
    }

    // Whoever looks is in the log, once for each look that found something.
    let (entries, _) = site.store().audit().unwrap();
    let concern = site.store().all::<Concern>().unwrap()[0].clone();
    let looks = entries
        .iter()
        .filter(|entry| entry.deed == Deed::Looked(concern.id));
    assert!(looks.clone().all(|entry| entry.who == Who::CommandLine));
    assert!(looks.count() > 20);

    // What is withdrawn can be proven no more; that it was there is still said.
    let mut store = site.store();
    let mut stage = Stage::new(&store, Timestamp::now()).unwrap();
    stage.change(Change::Withdrawn(Box::new(concern.withdrawn())));
    stage.apply_notices(Vec::new()).unwrap();
    let finished = stage.finish().unwrap();
    store.commit(finished).unwrap();
    drop(store);
    let erased = one.replace("number 1;", "number 1, withdrawn and erased since;");
    says(&site.say(&["verify", &file, &receipt]).await, &erased);
    let out = site.folder.path().join("late.json");
    let said = site
        .say(&[
            "verify",
            &receipt,
            "--in",
            "1",
            "--proof",
            out.to_str().unwrap(),
        ])
        .await;
    refused(&said, "nothing can be proven of it");
    assert!(!out.exists());
}

#[tokio::test]
async fn a_proof_holds_without_the_store_and_for_nothing_else() {
    let site = Site::new().await;
    let receipt = lived(&site).await;
    let (first, printed) = hand_out::<Organisers>(&site);
    hand_out::<Authority>(&site);
    let file = write(&site, "digest.json", printed.to_string());
    let path = |name: &str| site.folder.path().join(name).to_str().unwrap().to_owned();
    let (whole, bare, counted) = (path("whole.json"), path("bare.json"), path("counted.json"));
    for args in [
        ["verify", &receipt, "--in", &file, "--proof", &whole],
        ["verify", &receipt, "--in", "1", "--proof", &bare],
        ["verify", &receipt, "--in", "2", "--proof", &counted],
    ] {
        let said = site.say(&args).await;
        assert_eq!(said.code, Some(0), "{said:?}");
    }
    // It is never written over another, and says of which digest it is.
    let said = site
        .say(&["verify", &receipt, "--in", "1", "--proof", &bare])
        .await;
    refused(&said, "cannot make");
    let said = site
        .say(&["verify", &receipt, "--proof", &path("any.json")])
        .await;
    refused(&said, "of which digest");

    let elsewhere = Site::new().await;
    let line = format!(
        "digest 1, organisers' edition: included as number 1; fingerprint {}",
        in_short(&first.root)
    );
    let verify = async |args: &[&str]| {
        let begin = ["verify", &receipt];
        elsewhere.say(&[&begin, args].concat()).await
    };
    says(&verify(&["--in", &file, "--with", &whole]).await, &line);
    says(&verify(&["--in", &file, "--with", &bare]).await, &line);
    says(&verify(&["--with", &whole]).await, &line);
    let said = verify(&["--with", &counted]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(
        said.out
            .starts_with("digest 2, shared edition: withheld, it was not reviewed yet")
    );
    refused(&verify(&["--with", &bare]).await, "names no concern");
    refused(
        &verify(&["--in", &file, "--with", &counted]).await,
        "another receipt or of another digest",
    );
    refused(
        &verify(&["--in", "1", "--with", &whole]).await,
        "against a file",
    );
    let said = elsewhere
        .say(&["verify", "SL-0000-0000-0000", "--with", &whole])
        .await;
    refused(&said, "another receipt or of another digest");

    let mut altered = printed.clone();
    altered["concerns"][0]["title"] = json!("Another");
    let altered = write(&site, "altered.json", altered.to_string());
    refused(
        &verify(&["--in", &altered, "--with", &whole]).await,
        "said something else",
    );
    let mut other = printed.clone();
    other["fingerprint"] = json!("0".repeat(64));
    let other = write(&site, "other.json", other.to_string());
    refused(
        &verify(&["--in", &other, "--with", &whole]).await,
        "fingerprint is not that",
    );
    let proof: Value = serde_json::from_str(&fs::read_to_string(&whole).unwrap()).unwrap();
    for (field, value) in [
        ("salt", json!("0".repeat(32))),
        ("root", json!("0".repeat(64))),
        ("fate", json!({"included": {"number": 2}})),
        ("path", json!({"index": 0, "size": 2, "beside": []})),
    ] {
        let mut forged = proof.clone();
        assert_ne!(forged[field], value);
        forged[field] = value;
        let name = write(&site, &format!("{field}.json"), forged.to_string());
        let said = verify(&["--in", &file, "--with", &name]).await;
        assert_eq!(said.code, Some(1), "{field}: {said:?}");
    }
}
