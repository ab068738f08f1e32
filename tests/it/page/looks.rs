//! Whom the page serves: on a narrow screen, enlarged, in the dark, by a screen reader, in both languages.

use serde_json::{Value, json};

use super::browser::Browser;
use super::{Demo, Hand, MEMBER, ORGANISER, picture};

const AXE: &str = include_str!("../../data/axe/axe.min.js");

/// Findings that keep somebody out.
const GRAVE: &str = "
    const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'] }).then(({ violations, passes }) => done({
        rules: passes.length,
        grave: violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .map(({ id, help, nodes }) => [id, help, nodes.map((node) => [node.html.slice(0, 200), node.failureSummary])]),
    }), (error) => done({ grave: [String(error)] }));";

async fn judge(browser: &Browser, where_: &str) {
    browser
        .run(&format!("if (!window.axe) {{ {AXE} }}"), Value::Null)
        .await;
    let found = browser.run_long(GRAVE, Value::Null).await;
    assert_eq!(found["grave"], json!([]), "{where_}: {:#}", found["grave"]);
    assert!(found["rules"].as_u64().unwrap() > 15, "{where_}: {found}");
}

/// Everything that can be used in what is shown: it can be scrolled to, and nothing lies above it.
const UNREACHABLE: &str = "
    const usable = [...document.querySelectorAll('header.top button, nav.tabs button, .panel button, .panel a, .panel textarea, .panel select, .panel input:not([hidden]), .panel summary')]
        .filter((node) => node.checkVisibility({ visibilityProperty: true }) && node.getClientRects().length > 0);
    const lost = usable.filter((node) => {
        node.scrollIntoView({ block: 'center', inline: 'center' });
        const { left, top, width, height } = node.getBoundingClientRect();
        const [x, y] = [left + width / 2, top + height / 2];
        const hit = document.elementFromPoint(x, y);
        return !hit || !(node.contains(hit) || hit.contains(node) && hit.matches('label, summary'));
    });
    return [usable.length, lost.map((node) => node.outerHTML.slice(0, 160))];";

/// Goes through what the tabs show, one after the other.
async fn through_the_tabs(browser: &Browser, where_: &str) {
    let tabs = "return document.querySelectorAll('nav.tabs button').length";
    let count = browser.run(tabs, Value::Null).await.as_u64().unwrap();
    assert_eq!(count, 3, "{where_}");
    for number in 0..count {
        let tab = format!("return document.querySelectorAll('nav.tabs button')[{number}]");
        browser.click(&tab, Value::Null).await;
        let panels = "return [...document.querySelectorAll('.panel')].filter((node) => node.checkVisibility()).map((node) => node.id)";
        let panels = browser.run(panels, Value::Null).await;
        assert_eq!(panels.as_array().unwrap().len(), 1, "{where_}: {panels}");
        let width = "return [document.documentElement.scrollWidth, window.innerWidth]";
        let width = browser.run(width, Value::Null).await;
        assert!(
            width[0].as_u64() <= width[1].as_u64(),
            "{where_}, {panels}: the page is wider than the screen: {width}"
        );
        let found = browser.run(UNREACHABLE, Value::Null).await;
        assert!(
            found[0].as_u64().unwrap() > 5,
            "{where_}, {panels}: {found}"
        );
        assert_eq!(found[1], json!([]), "{where_}, {panels}");
        judge(browser, &format!("{where_}, {panels}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_kept_out() {
    let demo = Demo::start().await;
    let browser = demo.open(1440, 900).await;
    let member = Hand::at(&browser, MEMBER);
    judge(&browser, "wide, an empty chat").await;
    member.touch(".begin").await;
    member.go_on("ខ្មែរ").await;
    Hand::at(&browser, ORGANISER).go_on("English").await;
    member
        .send_file("photo", "pond.png", &picture(640, 480))
        .await;
    member
        .own("return own.querySelector('img')?.naturalWidth")
        .await;
    member.send_file("document", "list.txt", b"one\ntwo").await;
    member.own("return own.querySelector('.document')").await;
    member.send_file("sound", "note.ogg", b"OggS").await;
    member.own("return own.querySelector('.voice')").await;
    let fault = "return document.querySelector('#luck > summary')";
    browser.click(fault, Value::Null).await;
    let people = demo.people(&browser).await;
    people
        .refuse("sendMessage", 400, "Bad Request: played", 1)
        .await
        .unwrap();
    member.say("/help").await;
    let bad = "const bad = document.querySelector('.call.bad'); if (bad) bad.open = true; return bad?.querySelector('pre')";
    browser.until(bad, Value::Null).await;
    member.touch(".commands").await;

    for dark in [false, true] {
        browser.dark(dark).await;
        for language in ["en", "km"] {
            let button = format!("return document.querySelector('[data-language={language}]')");
            browser.click(&button, Value::Null).await;
            let name = format!("dark {dark}, {language}");
            browser.size(1440, 900, 1.0).await;
            judge(&browser, &format!("wide, {name}")).await;
            browser.size(360, 640, 2.0).await;
            through_the_tabs(&browser, &format!("narrow, {name}")).await;
            // A screen of 1280 by 900 with everything twice as large.
            browser.size(640, 450, 2.0).await;
            through_the_tabs(&browser, &format!("200 %, {name}")).await;
        }
    }
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:?}");
    demo.end().await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_says_everything_in_both_languages() {
    let demo = Demo::start().await;
    let browser = demo.open(1280, 800).await;
    let compare = "
        const done = arguments[arguments.length - 1];
        import('/page/words.js').then(({ WORDS: { en, km } }) => {
            const used = [...document.querySelectorAll('[data-word], [data-label], [data-placeholder]'), ...document.getElementById('phone').content.querySelectorAll('[data-word], [data-label], [data-placeholder]')]
                .flatMap(({ dataset }) => [dataset.word, dataset.label, dataset.placeholder]).filter(Boolean);
            const alike = Object.keys(en).filter((key) => en[key] === km[key]);
            done([Object.keys(en), Object.keys(km), used.filter((key) => !(key in en)), alike]);
        });";
    let found = browser.run_long(compare, Value::Null).await;
    assert_eq!(found[0], found[1], "the same words in each language");
    assert!(found[0].as_array().unwrap().len() > 80, "{}", found[0]);
    assert_eq!(found[2], json!([]), "words that nobody says");
    assert_eq!(found[3], json!([]), "words that were not translated");
    // Khmer is drawn by the font that the page brings.
    let font = "return document.fonts.status === 'loaded' && [...document.fonts].some((font) => font.family.includes('Samleng Khmer') && font.status === 'loaded')";
    browser.until(font, Value::Null).await;
    demo.end().await;
    browser.close().await;
}
