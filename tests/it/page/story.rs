//! The whole story: an organisation submits in Khmer with a photo while the bot is killed; an organiser reads, asks, approves,
//! merges, and opens the digest as PDF.

use std::path::Path;

use samleng::emulator::FaultKind;
use serde_json::{Value, json};
use tokio::process::Command;

use super::super::support::Phone;
use super::browser::Browser;
use super::{Demo, Hand, MEMBER, ORGANISER, kill, picture, revive};

const ORGANISATION: &str = "ក្រុមមិត្តផ្កាឈូក";
const TITLE: &str = "អាងទឹកភូមិរីងស្ងួត";
const STORY: &str = "អាងទឹកភូមិរីងតាំងពីខែមករា។";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organisation_is_heard_from_the_first_word_to_the_printed_page() {
    let demo = Demo::start().await;
    let browser = demo.open(1440, 900).await;
    let member = Hand::at(&browser, MEMBER);
    let organiser = Hand::at(&browser, ORGANISER);

    member.touch(".begin").await;
    member.go_on("ខ្មែរ").await;
    member.go_on("យល់ព្រម").await;
    member.say(ORGANISATION).await;
    member.go_on("បាត់ដំបង").await;
    member.go_on("លើកបញ្ហាថ្មី").await;
    member.go_on("ដីធ្លី").await;
    member.go_on("បាត់ដំបង").await;
    member.sees("៣ នៃ ៨").await;

    // In the middle of the form the power fails. What is written meanwhile waits, and nothing is asked twice.
    kill(&browser).await;
    member.say(TITLE).await;
    member.own("return own.innerText.includes('អាងទឹក')").await;
    revive(&browser).await;
    member.sees("៤ នៃ ៨").await;

    member.say(STORY).await;
    member.sees("អត្ថបទ ១").await;
    member
        .send_file("photo", "pond.png", &picture(1600, 1200))
        .await;
    let shown = member.own("const image = own.querySelector('img'); return image?.naturalWidth && [image.naturalWidth, image.naturalHeight]").await;
    assert_eq!(shown, json!([1280, 960]), "a photo goes as an app sends it");
    member.sees("រូបថត ១").await;
    member.go_on("រួចរាល់").await;
    member.say("គ្រួសារ ៤០").await;
    member.sees("៦ នៃ ៨").await;
    member.say("សូមជួសជុលអាងទឹក។").await;
    member.go_on("បន្ទាន់ណាស់").await;
    member.go_on("បង្ហាញឈ្មោះអង្គការ").await;
    member.sees(TITLE).await;
    member.go_on("ដាក់ស្នើ").await;
    member.sees("SL-").await;

    // Another organisation says something close, on a phone that is not on the page.
    let people = demo.people(&browser).await;
    people.user(3_001, "Somebody", "en").await.unwrap();
    let mut other = Phone::new(people.clone(), 3_001, "en");
    other.start(None).await;
    let second = other.submit().await;

    organiser.go_on("English").await;
    organiser.go_on("Concerns · 2").await;
    organiser.go_on("Newest first · 2").await;
    organiser.sees(&second).await;
    organiser.go_on("After ›").await;
    organiser.sees(TITLE).await;
    organiser.sees(ORGANISATION).await;
    organiser.go_on("Ask").await;
    organiser.say("Since which day?").await;
    organiser
        .sees("The organisers asked: Since which day?")
        .await;
    member.sees("Since which day?").await;
    member.press("មើល").await;
    member.go_on("ឆ្លើយសំណួរ").await;
    member.say("តាំងពីថ្ងៃទី១២ មករា។").await;
    member.sees("ចម្លើយ៖ តាំងពី").await;

    // Two that say the same become one, and it is good.
    organiser.say("/concerns").await;
    organiser.go_on("Newest first · 2").await;
    organiser.sees(&second).await;
    organiser.go_on("Merge into").await;
    organiser.say(TITLE).await;
    organiser.go_on(TITLE).await;
    organiser.sees("1 of 1").await;
    organiser.sees("ទី១២ មករា").await;
    organiser.go_on("Approve").await;

    // Everything as one printed document, which opens in a tab of its own.
    organiser.say("/digest").await;
    organiser.sees("Fingerprint").await;
    // Telegram refuses the document once; the bot waits, and sends it again.
    let busy = FaultKind::TooMany;
    people.fault(Some("sendDocument"), busy, 1).await.unwrap();
    organiser.press("PDF").await;
    organiser
        .until("return phone.querySelector('.message .document')", "")
        .await;
    organiser.touch(".message .document").await;
    let first = browser.windows().await.remove(0);
    let mut tabs = browser.windows().await;
    while tabs.len() < 2 {
        tabs = browser.windows().await;
    }
    browser.switch(&tabs[1]).await;
    let kind = "return document.readyState === 'complete' && document.contentType !== 'text/html' && [document.contentType, location.href]";
    let opened = browser.until(kind, Value::Null).await;
    assert_eq!(opened[0], "application/pdf");
    browser.switch(&first).await;
    let address = opened[1].as_str().unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let file = http.get(address).send().await.unwrap();
    assert_eq!(file.headers()["content-type"], "application/pdf");
    let name = file.headers()["content-disposition"].to_str().unwrap();
    assert_eq!(
        name,
        "inline; filename*=UTF-8''samleng-digest-1-organisers.pdf"
    );
    let bytes = file.bytes().await.unwrap();
    assert!(bytes.starts_with(b"%PDF-"));
    let path = browser.folder().join("digest.pdf");
    std::fs::write(&path, &bytes).unwrap();
    let read = Command::new("pdftotext").arg(&path).arg("-").output().await;
    let read = read.expect("pdftotext reads it: tests/run installs it");
    let read: String = String::from_utf8(read.stdout).unwrap();
    let read: String = read.split_whitespace().collect();
    for words in [TITLE, STORY, ORGANISATION] {
        assert!(read.contains(&words.replace(' ', "")), "{words}: {read}");
    }

    let refused = "return document.querySelector('.call.bad .error')?.textContent";
    let refused = browser.until(refused, Value::Null).await;
    assert_eq!(refused, "refused: 429 Too Many Requests: retry after 1");
    for (name, language, dark) in [("page-km", "km", true), ("page", "en", false)] {
        let button = format!("return document.querySelector('[data-language={language}]')");
        browser.click(&button, Value::Null).await;
        browser.dark(dark).await;
        keep(&browser, name).await;
    }
    browser.size(390, 844, 2.0).await;
    let tab = "return document.querySelector('nav.tabs button')";
    browser.click(tab, Value::Null).await;
    keep(&browser, "page-narrow").await;
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:?}");
    demo.end().await;
    browser.close().await;
}

/// Keeps a picture of what is in sight, with the photo in it, where `SAMLENG_PICTURES` names a folder for them: docs/, when the page has changed.
async fn keep(browser: &Browser, name: &str) {
    if let Some(folder) = std::env::var_os("SAMLENG_PICTURES") {
        let photo = "document.querySelector('.message img').scrollIntoView({ block: 'center' });
            for (const toast of document.querySelectorAll('.toast')) toast.classList.remove('on');";
        browser.run(photo, Value::Null).await;
        let file = Path::new(&folder).join(format!("{name}.png"));
        std::fs::write(file, browser.picture().await).unwrap();
    }
}
