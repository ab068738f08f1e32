//! What people send is fetched after its concern was submitted, cleaned and sealed: whatever fails, and whenever the
//! program dies.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use data_encoding::BASE64;
use samleng::domain::{Attachment, Whereabouts};
use samleng::emulator::FaultKind;
use samleng::files::{Sent, clean};
use samleng::store::files::read;
use samleng::store::folder::DataFolder;
use samleng::telegram::{Api, Fetched, Token};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::files::{CANARY, has, telling_note, telling_photo};
use super::support::{BotProcess, GUARD, Phone, Site, TOKEN};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj (CANARY) endobj\n%%EOF\n";

fn file(kind: &str, bytes: &[u8], mime: &str) -> Value {
    json!({kind: {"content_base64": BASE64.encode(bytes), "mime_type": mime, "file_name": "CANARY.pdf"}})
}

/// A story that is open for more.
async fn telling(site: &Site, id: i64) -> Phone {
    let mut phone = site.phone(id, "en").await;
    phone.start(None).await;
    phone.until_question(4).await;
    phone
}

/// Submits a concern with these files.
async fn submit(site: &Site, id: i64, files: &[Value]) -> Phone {
    let mut phone = telling(site, id).await;
    for file in files {
        let story = phone.screen().await;
        phone.send(&story, file.clone()).await;
    }
    phone.submit().await;
    phone
}

fn names(site: &Site) -> BTreeSet<String> {
    let entries = fs::read_dir(site.data.join("files")).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// Waits until so many files are there, none of them half written.
async fn until_files(site: &Site, count: usize) {
    let until = tokio::time::Instant::now() + GUARD;
    loop {
        let names = names(site);
        if names.len() == count && !names.iter().any(|name| name.starts_with('.')) {
            return;
        }
        let late = tokio::time::Instant::now() > until;
        assert!(!late, "{count} files are waited for in vain: {names:?}");
        site.last_call().await;
    }
}

/// Stops the bot; every attachment with the bytes that are kept of it. There is no other file.
async fn kept(site: &Site, bot: BotProcess) -> Vec<(Attachment, Option<Vec<u8>>)> {
    bot.stop().await;
    let data = DataFolder::open(&site.data).unwrap();
    let mut known = BTreeSet::new();
    let attachments: Vec<Attachment> = site.store().all().unwrap();
    let kept = attachments.into_iter().map(|attachment| {
        let bytes = match &attachment.whereabouts {
            Whereabouts::Here(sealed) => {
                known.insert(sealed.name.clone());
                let bytes = read(&data, sealed).unwrap();
                assert_eq!(sealed.size, bytes.len() as u64);
                Some(bytes)
            }
            Whereabouts::Telegram(_) | Whereabouts::Refused => None,
        };
        (attachment, bytes)
    });
    let kept = kept.collect();
    assert_eq!(names(site), known);
    kept
}

/// The one file that there is.
async fn only(site: &Site, bot: BotProcess) -> Vec<u8> {
    let mut kept = kept(site, bot).await;
    assert_eq!(kept.len(), 1);
    kept.remove(0).1.expect("it is here")
}

fn search(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search(&path);
        } else if path.is_file() {
            assert!(!has(&fs::read(&path).unwrap(), CANARY), "{path:?}");
        }
    }
}

#[tokio::test]
async fn files_are_kept_clean_and_sealed() {
    let site = Site::new().await;
    let bot = site.run().await;
    let (photo, note) = (telling_photo(), telling_note());
    let sent = [
        (file("photo", &photo, "image/jpeg"), Sent::Photo, &photo[..]),
        (
            file("document", &photo, "image/jpeg"),
            Sent::Document,
            &photo,
        ),
        (file("voice", &note, "audio/ogg"), Sent::Voice, &note),
        (
            file("document", PDF, "application/pdf"),
            Sent::Document,
            PDF,
        ),
    ];
    let mut phone = telling(&site, 11).await;
    for (number, (fields, ..)) in sent.iter().enumerate() {
        let story = phone.screen().await;
        phone.send(&story, fields.clone()).await;
        let said = phone.screen().await.message.text;
        let warned = said.contains("can hold the name of whoever wrote it");
        assert_eq!(warned, number == 3, "{said}");
    }
    assert!(names(&site).is_empty(), "nothing is fetched of a draft");
    phone.submit().await;
    until_files(&site, sent.len()).await;
    search(&site.data);
    let kept = kept(&site, bot).await;
    search(&site.data);
    assert_eq!(kept.len(), sent.len());
    for ((_, sent, bytes), (attachment, kept)) in sent.into_iter().zip(kept) {
        assert!(has(bytes, CANARY));
        let clean = clean(bytes, sent).unwrap();
        assert_eq!(kept.as_ref(), Some(&clean.bytes));
        let Whereabouts::Here(sealed) = attachment.whereabouts else {
            panic!("{attachment:?}");
        };
        assert_eq!(sealed.kind, clean.kind.id());
    }
}

#[tokio::test]
async fn killed_at_any_moment_it_keeps_each_file_once() {
    let document = file("document", PDF, "application/pdf");
    for moment in ["before getFile", "during the download", "after the write"] {
        let site = Site::new().await;
        let mut bot = site.run().await;
        let method = match moment {
            "before getFile" => {
                let hang = FaultKind::Hang;
                site.people.fault(Some("getFile"), hang, 1).await.unwrap();
                Some("getFile")
            }
            "during the download" => {
                site.people.slow("file", 3600, 1).await.unwrap();
                Some("file")
            }
            _ => None,
        };
        submit(&site, 21, std::slice::from_ref(&document)).await;
        match method {
            Some(method) => bot.until_it_calls(&site, method).await,
            None => until_files(&site, 1).await,
        }
        bot.kill().await;
        site.people.clear_faults().await.unwrap();
        // What a crash between the write and the commit leaves, and within a write.
        let orphans = [
            "files/00112233445566778899aabbccddeeff",
            "files/.00112233445566778899aabbccddeeff.0123456789abcdef.tmp",
            ".owner-link.0123456789abcdef.tmp",
        ];
        for orphan in orphans {
            fs::write(site.data.join(orphan), "half").unwrap();
        }
        let bot = site.run().await;
        for orphan in orphans {
            assert!(!site.data.join(orphan).exists(), "{orphan}");
        }
        until_files(&site, 1).await;
        assert_eq!(only(&site, bot).await, PDF, "{moment}");
    }
}

#[tokio::test]
async fn it_stops_in_the_middle_of_a_download_and_goes_on_later() {
    let site = Site::new().await;
    let mut bot = site.run().await;
    site.people.slow("file", 3600, 1).await.unwrap();
    submit(&site, 31, &[file("voice", &telling_note(), "audio/ogg")]).await;
    bot.until_it_calls(&site, "file").await;
    bot.stop().await;
    assert!(names(&site).is_empty());
    site.people.clear_faults().await.unwrap();
    let bot = site.run().await;
    until_files(&site, 1).await;
    let clean = clean(&telling_note(), Sent::Voice).unwrap();
    assert_eq!(only(&site, bot).await, clean.bytes);
}

#[tokio::test]
async fn trouble_with_downloads_is_waited_out() {
    let mut site = Site::new().await;
    site.env.insert("RUST_LOG".to_owned(), "trace".to_owned());
    let bot = site.run().await;
    let gone = "Not Found";
    let files: Vec<Value> = (0..7)
        .map(|number| {
            let text = format!("number {number}, the same length each");
            file("document", text.as_bytes(), "text/plain")
        })
        .collect();
    for kind in [
        FaultKind::Internal,
        FaultKind::TooMany,
        FaultKind::BadJson,
        FaultKind::Html,
    ] {
        let people = &site.people;
        people.fault(Some("getFile"), kind, 1).await.unwrap();
    }
    for kind in [
        FaultKind::Internal,
        FaultKind::BadGateway,
        FaultKind::CutBody,
        FaultKind::TooMany,
        FaultKind::Html,
        FaultKind::Reset,
    ] {
        site.people.fault(Some("file"), kind, 1).await.unwrap();
    }
    site.people.refuse("file", 404, gone, 1).await.unwrap();
    submit(&site, 41, &files).await;
    until_files(&site, files.len()).await;
    let log = bot.err();
    assert!(log.contains("trying again until it works"), "{log}");
    assert!(log.contains("Telegram asks to wait 1 s before files"));
    let secret = TOKEN.split(':').nth(1).unwrap();
    assert!(!log.contains(secret), "the token is in the log");
    let mut texts: Vec<String> = kept(&site, bot)
        .await
        .into_iter()
        .map(|(_, bytes)| String::from_utf8(bytes.unwrap()).unwrap())
        .collect();
    texts.sort();
    for (number, text) in texts.iter().enumerate() {
        assert!(text.starts_with(&format!("number {number},")), "{text}");
    }
    assert_eq!(texts.len(), files.len());
}

#[tokio::test]
async fn an_expired_link_is_asked_for_anew() {
    let site = Site::new().await;
    let mut bot = site.run().await;
    site.people.slow("getFile", 3600, 1).await.unwrap();
    submit(&site, 51, &[file("document", PDF, "application/pdf")]).await;
    bot.until_it_calls(&site, "getFile").await;
    site.people.expire_links().await.unwrap();
    site.people.clear_faults().await.unwrap();
    until_files(&site, 1).await;
    let calls = site.people.calls_of("getFile", 0, GUARD).await.unwrap();
    assert_eq!(calls.calls.len(), 2);
    assert_eq!(only(&site, bot).await, PDF);
}

/// The id of the newest document that was sent.
async fn newest_document(site: &Site) -> String {
    let updates = site.people.updates().await.unwrap();
    let text = updates.to_string();
    let (_, after) = text.rsplit_once(r#""file_id":"BQ"#).unwrap();
    format!("BQ{}", after.split('"').next().unwrap())
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_and_its_author_told() {
    let site = Site::new().await;
    let bot = site.run().await;
    let mut phone = telling(&site, 61).await;
    let story = phone.screen().await;
    let large = json!({"document": {"size": (20 << 20) + 1, "mime_type": "application/pdf"}});
    phone.send(&story, large).await;
    let told = phone.screen().await;
    let text = &told.message.text;
    assert!(text.contains("larger than 20 MB"), "{text}");

    // The same file, said to be small.
    phone.acted(&told, false);
    let who = json!({"id": 61, "is_bot": false, "type": "private", "first_name": "Somebody"});
    let file_id = newest_document(&site).await;
    let document = json!({"file_id": file_id, "file_size": 9, "mime_type": "application/pdf"});
    let small = json!({"message": {"message_id": 90_000, "date": 1, "chat": who, "from": who, "document": document}});
    site.people.raw(&small).await.unwrap();

    for (bytes, mime) in [
        (&b"\x7fELF\x02\x01\x01 a program"[..], "application/pdf"),
        (PDF, "application/pdf"),
    ] {
        let story = phone.screen().await;
        phone.send(&story, file("document", bytes, mime)).await;
    }
    phone.screen().await;
    // Telegram does not give the last one; that may pass, so it is waited for.
    let lost = json!({"file_id": newest_document(&site).await});
    site.people.post("expire", &lost).await.unwrap();
    phone.submit().await;
    phone
        .sees(|chat| {
            let told = chat
                .messages
                .iter()
                .filter(|m| m.text.contains("could not be kept"));
            (told.count() == 2).then_some(())
        })
        .await;
    let kept = kept(&site, bot).await;
    assert_eq!(kept.len(), 3);
    let refused = kept
        .iter()
        .filter(|(attachment, _)| attachment.whereabouts == Whereabouts::Refused);
    assert_eq!(refused.count(), 2);
    let waits =
        |attachment: &Attachment| matches!(attachment.whereabouts, Whereabouts::Telegram(_));
    assert!(kept.iter().any(|(attachment, _)| waits(attachment)));
}

#[tokio::test]
async fn a_withdrawn_concern_takes_its_file_along() {
    let site = Site::new().await;
    let bot = site.run().await;
    submit(&site, 71, &[file("document", PDF, "application/pdf")]).await;
    until_files(&site, 1).await;
    // Somebody else's goes; the first stays.
    let mut phone = submit(&site, 72, &[file("voice", &telling_note(), "audio/ogg")]).await;
    until_files(&site, 2).await;
    phone.withdraw().await;
    until_files(&site, 1).await;
    assert_eq!(only(&site, bot).await, PDF);
}

/// Reads a request up to its body; its first line.
async fn asked(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    while !request.windows(4).any(|four| four == b"\r\n\r\n") {
        let more = stream.read_buf(&mut request).await.unwrap();
        assert!(more > 0, "it is whole");
    }
    let text = String::from_utf8_lossy(&request);
    text.lines().next().unwrap().to_owned()
}

/// A server that gives a link with a declared size, and then answers the download with these pieces, for ever if told so.
async fn fetched(path: &str, declared: u64, piece: &str, for_ever: bool) -> (Fetched, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let link =
        json!({"ok": true, "result": {"file_id": "x", "file_path": path, "file_size": declared}})
            .to_string();
    let piece = format!("{:x}\r\n{piece}\r\n", piece.len());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        asked(&mut stream).await;
        let length = link.len();
        let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n");
        let whole = format!("{head}\r\n{link}");
        stream.write_all(whole.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let (mut stream, _) = listener.accept().await.unwrap();
        let line = asked(&mut stream).await;
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(piece.as_bytes()).await.unwrap();
        if for_ever {
            while stream.write_all(piece.as_bytes()).await.is_ok() {}
        } else {
            stream.write_all(b"0\r\n\r\n").await.unwrap();
        }
        line
    });
    let api = Api::new(&address, &Token::parse(TOKEN).unwrap()).unwrap();
    let fetched = api.fetch("x", 1_000).await;
    (fetched, server.await.unwrap())
}

#[tokio::test]
async fn a_download_is_counted_and_not_believed() {
    let hundred = "0123456789".repeat(10);
    let (whole, line) = fetched("documents/a b.pdf", 100, &hundred, false).await;
    assert_eq!(whole, Fetched::Bytes(hundred.clone().into_bytes()));
    let wanted = format!("GET /file/bot{TOKEN}/documents/a%20b.pdf HTTP/1.1");
    assert_eq!(line, wanted);
    // Said to be small, it has no end.
    let (endless, _) = fetched("a", 100, &hundred, true).await;
    assert_eq!(endless, Fetched::Refused);
    // Neither more nor less than was said.
    for declared in [99, 101] {
        let (other, _) = fetched("a", declared, &hundred, false).await;
        assert_eq!(other, Fetched::Doubtful);
    }
    // A path leads nowhere else.
    let (_, line) = fetched("//elsewhere/../../x?y#z", 100, &hundred, false).await;
    assert!(
        line.starts_with(&format!("GET /file/bot{TOKEN}/")),
        "{line}"
    );
    assert!(line.ends_with("/elsewhere/x%3Fy%23z HTTP/1.1"), "{line}");
}
