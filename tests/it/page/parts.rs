//! Each thing that a phone and the third column can do.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::browser::Browser;
use super::{Demo, Hand, MEMBER, ORGANISER, kill, press, revive};

/// Calls the Bot API in the bot's place.
async fn as_bot(demo: &Demo, browser: &Browser, method: &str, params: Value) -> Value {
    let path = "return document.body.dataset.control.replace('/control/', '/bot')";
    let path = browser.run(path, Value::Null).await;
    let url = format!(
        "{}{}/{method}",
        demo.url.trim_end_matches('/'),
        path.as_str().unwrap()
    );
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = http.post(url).json(&params).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["ok"], json!(true), "{method}: {answer}");
    answer["result"].clone()
}

/// A message's text as the page draws it: tags and what stands in them.
const DRAWN: &str =
    "return [...phone.querySelectorAll('.theirs .text')].at(-1)?.innerHTML.includes(args[1])
    && [...phone.querySelectorAll('.theirs .text')].at(-1).innerHTML";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_are_drawn_as_telegram_draws_them_and_never_act() {
    let demo = Demo::start().await;
    let browser = demo.open(1440, 900).await;
    let member = Hand::at(&browser, MEMBER);
    let people = demo.people(&browser).await;
    member.touch(".begin").await;
    member.sees("Samleng").await;
    for (sent, drawn) in [
        (
            json!({"text": "😀<b>bold <i>both</i></b> <u>u</u> <s>s</s>", "parse_mode": "HTML"}),
            "😀<strong>bold <em>both</em></strong> <u>u</u> <s>s</s>",
        ),
        (
            json!({"text": "<code>a &lt; b</code><pre>c</pre><blockquote>q</blockquote>", "parse_mode": "HTML"}),
            "<code>a &lt; b</code><pre>c</pre><blockquote>q</blockquote>",
        ),
        (
            json!({"text": "abcdefgh", "entities": [{"type": "bold", "offset": 0, "length": 5}, {"type": "italic", "offset": 3, "length": 5}]}),
            "<strong>abc<em>de</em></strong><em>fgh</em>",
        ),
        (
            json!({"text": "&lt;img src=x onerror=alert(1)&gt; &lt;/div&gt;", "parse_mode": "HTML"}),
            "&lt;img src=x onerror=alert(1)&gt; &lt;/div&gt;",
        ),
        (
            json!({"text": "<a href=\"https://example.org/a\">here</a> @nobody #tag", "parse_mode": "HTML"}),
            "<a href=\"https://example.org/a\" target=\"_blank\" rel=\"noopener noreferrer\">here</a> <span class=\"mark\">@nobody</span> <span class=\"mark\">#tag</span>",
        ),
        (
            json!({"text": "a <tg-spoiler>secret</tg-spoiler>", "parse_mode": "HTML"}),
            "a <button class=\"spoiler\" type=\"button\" aria-label=\"អត្ថបទលាក់៖ បង្ហាញ\">secret</button>",
        ),
        (
            json!({"text": "<blockquote expandable>long</blockquote>", "parse_mode": "HTML"}),
            "<blockquote class=\"short\">long<button class=\"link\" type=\"button\">បង្ហាញទាំងអស់</button></blockquote>",
        ),
    ] {
        // Telegram's limits hold here; time goes by instead of being waited for.
        people.time(Duration::from_secs(2)).await.unwrap();
        let mut params = sent.clone();
        params["chat_id"] = json!(MEMBER);
        as_bot(&demo, &browser, "sendMessage", params).await;
        let found = member.until(DRAWN, drawn).await;
        assert_eq!(found, json!(drawn), "{sent}");
    }
    // What people write is text, too.
    let hostile =
        "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>";
    member.say(hostile).await;
    let own = member.own("return own.innerText.includes('onerror') && [own.querySelectorAll('img, script').length, document.title]");
    assert_eq!(own.await, json!([0, "Samleng · សំឡេង"]));
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:?}");
    demo.end().await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_does_what_a_phone_does() {
    let demo = Demo::start().await;
    let browser = demo.open(1440, 900).await;
    let people = demo.people(&browser).await;
    let member = Hand::at(&browser, MEMBER);
    member.touch(".begin").await;
    member.go_on("ខ្មែរ").await;

    // A voice note is recorded, is what Telegram's apps send, and is played.
    member.touch(".record").await;
    member
        .until(
            "return phone.querySelector('.recording .length').textContent === '0:01'",
            "",
        )
        .await;
    member.touch(".keep").await;
    let id = member
        .own("return own.querySelector('audio')?.src.split('/').at(-1)")
        .await;
    let note = people.file(id.as_str().unwrap()).await.unwrap();
    let clean = samleng::files::clean(&note, samleng::files::Sent::Voice);
    assert!(clean.is_ok(), "{:?}", clean.err());
    member.touch(".mine .play").await;
    let plays =
        "const sound = phone.querySelector('audio'); return sound.currentTime > 0 && !sound.error";
    member.until(plays, "").await;

    // Editing and deleting what one wrote, and answering a message.
    member.say("Three Rivers Fishers").await;
    member
        .own("return own.innerText.includes('Three Rivers')")
        .await;
    member
        .touch(".mine:last-of-type .more, .mine:nth-last-child(1 of .mine) .more")
        .await;
    member.touch(".choices button:nth-child(2)").await;
    let field = format!("return document.querySelector('#phone-{MEMBER} textarea')");
    browser.fill(&field, " Network\u{e007}").await;
    member.own("return own.innerText.includes('Three Rivers Fishers Network') && own.querySelector('.edited')").await;
    member.touch(".mine:nth-last-child(1 of .mine) .more").await;
    member.touch(".choices button:nth-child(3)").await;
    member.until("return !phone.querySelector('.log').innerText.includes('Three Rivers Fishers Network')", "").await;
    member.touch(".theirs .more").await;
    member.touch(".choices button").await;
    member.say("As to this").await;
    member.own("return own.innerText.includes('As to this') && own.querySelector('.quoted').textContent.length > 3").await;

    // Commands and words follow the language of the phone.
    let commands = "return [...phone.querySelectorAll('.command')].map((node) => node.textContent).join(' ').includes(args[1])";
    member.until(commands, "ប្តូរភាសា").await;
    member.touch(".options").await;
    member.until("const to = phone.querySelector('.language'); to.value = 'en'; to.dispatchEvent(new Event('change')); return true", "").await;
    member.until(commands, "Another language").await;
    member.until("return phone.querySelector('textarea').placeholder === 'Message' && phone.lang === 'en'", "").await;
    // The menu may lie above what comes.
    member.touch(".options").await;
    member
        .until("return phone.querySelector('.settings').hidden", "")
        .await;

    // A link into the bot opens it on this phone; what it carries stays with the app.
    let profile = as_bot(&demo, &browser, "getMe", json!({})).await;
    let link = format!(
        "https://t.me/{}?start=abc",
        profile["username"].as_str().unwrap()
    );
    member.say(&link).await;
    member.own("return own.innerText.includes('t.me')").await;
    member
        .touch(".mine:nth-last-child(1 of .mine) .text a")
        .await;
    member
        .own("return own.querySelector('.text')?.textContent === '/start'")
        .await;
    let chat = people.chat(MEMBER, 0, Duration::ZERO).await.unwrap();
    assert!(
        chat.messages
            .iter()
            .any(|message| message.text == "/start abc")
    );

    // Blocking the bot and letting it in again.
    member.touch(".options").await;
    member.touch(".block").await;
    member.until("return phone.querySelector('.composer').hidden && phone.querySelector('.status').textContent === 'blocked'", "").await;
    member.touch(".unblock").await;
    member
        .until("return !phone.querySelector('.composer').hidden", "")
        .await;

    // One more phone, which every page of this demo shows.
    press(&browser, "add").await;
    Hand::at(&browser, 2_003).until("return phone && !phone.querySelector('.empty').hidden && phone.querySelector('.description').textContent", "").await;
    browser.go(&demo.url).await;
    browser
        .until(
            "return document.querySelectorAll('.phone').length === 3",
            Value::Null,
        )
        .await;
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:?}");
    demo.end().await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn presses_are_acknowledged() {
    let demo = Demo::start().await;
    let browser = demo.open(1440, 900).await;
    let organiser = Hand::at(&browser, ORGANISER);
    let people = demo.people(&browser).await;
    // While the bot is away, a press waits.
    kill(&browser).await;
    let key = format!("return document.querySelector('#phone-{ORGANISER} .key')");
    browser.click(&key, Value::Null).await;
    let waits = "return phone.querySelector('.key').ariaBusy === 'true'";
    organiser.until(waits, "").await;
    let mut answered = Value::Null;
    for (text, alert) in [("Noted", false), ("Read this", true)] {
        browser.click(&key, Value::Null).await;
        // It may still be on its way from the page.
        let begun = Instant::now();
        let press = loop {
            assert!(begun.elapsed() < Duration::from_secs(60), "the press comes");
            let updates = people.updates().await.unwrap();
            let updates = updates["updates"].as_array().unwrap();
            let press = &updates.last().unwrap()["update"]["callback_query"]["id"];
            if press.is_string() && *press != answered {
                break press.clone();
            }
        };
        answered = press.clone();
        let answer = json!({"callback_query_id": press, "text": text, "show_alert": alert});
        as_bot(&demo, &browser, "answerCallbackQuery", answer).await;
        organiser
            .until(
                "return phone.querySelector('.key').ariaBusy === 'false'",
                "",
            )
            .await;
        if alert {
            browser.until("return document.getElementById('alert').open && document.getElementById('alert-text').textContent === args", json!(text)).await;
            browser.keys(super::browser::ENTER).await;
            browser
                .until("return !document.getElementById('alert').open", Value::Null)
                .await;
        } else {
            organiser
                .until(
                    "return phone.querySelector('.toast.on')?.textContent === args[1]",
                    text,
                )
                .await;
        }
    }
    // What the bot is doing shows.
    let typing = json!({"chat_id": ORGANISER, "action": "typing"});
    as_bot(&demo, &browser, "sendChatAction", typing).await;
    organiser
        .until(
            "return phone.querySelector('.status.busy')?.textContent.includes('typing')",
            "",
        )
        .await;
    demo.end().await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_is_red_and_time_goes_on() {
    let demo = Demo::start().await;
    let browser = demo.open(1440, 900).await;
    let member = Hand::at(&browser, MEMBER);
    member.touch(".begin").await;
    member.go_on("ខ្មែរ").await;

    browser
        .click(
            "return document.querySelector('#luck > summary')",
            Value::Null,
        )
        .await;
    let choose = "document.getElementById('fault-kind').value = '429'; document.getElementById('fault-method').value = 'sendMessage'; return true";
    browser.run(choose, Value::Null).await;
    browser
        .click(
            "return document.querySelector('#fault [type=submit]')",
            Value::Null,
        )
        .await;
    browser
        .until(
            "return document.getElementById('faults').classList.contains('some')",
            Value::Null,
        )
        .await;
    member.say("/help").await;
    let refused = "const error = document.querySelector('.call.bad .error'); return error && [error.textContent, getComputedStyle(error).color]";
    let refused = browser.until(refused, Value::Null).await;
    assert_eq!(refused[0], "refused: 429 Too Many Requests: retry after 5");
    let colour = refused[1].as_str().unwrap();
    let parts: Vec<i32> = colour
        .trim_start_matches("rgb(")
        .trim_end_matches(')')
        .split(", ")
        .map(|part| part.parse().unwrap())
        .collect();
    assert!(
        parts[0] > parts[1] + 80 && parts[0] > parts[2] + 80,
        "{colour} is no red"
    );
    browser
        .until(
            "return !document.getElementById('faults').classList.contains('some')",
            Value::Null,
        )
        .await;
    press(&browser, "refused").await;
    let only = "const all = [...document.querySelectorAll('#calls > *')]; return all.length === 1 && all[0].matches('.bad')";
    browser.until(only, Value::Null).await;
    press(&browser, "calls-clear").await;
    browser
        .until(
            "return document.querySelectorAll('#calls .call').length === 0",
            Value::Null,
        )
        .await;
    press(&browser, "refused").await;

    // A day goes by, for the phones and for the bot.
    let days = "const days = [...phone.querySelectorAll('[data-day]')]; return days.length === Number(args[1])";
    member.until(days, "1").await;
    browser
        .click(
            "return document.querySelector('[data-hours=\"24\"]')",
            Value::Null,
        )
        .await;
    browser
        .until(
            "return document.getElementById('moved').textContent === 'moved on by 24 h'",
            Value::Null,
        )
        .await;
    member.say("/privacy").await;
    member.until(days, "2").await;

    // A bot that ends by itself says why.
    let people = demo.people(&browser).await;
    people
        .refuse("getMe", 401, "Unauthorized", -1)
        .await
        .unwrap();
    kill(&browser).await;
    press(&browser, "start").await;
    browser.until("return document.querySelector('#bot-state.ended') && document.getElementById('bot-why').textContent.includes('exit status: 1')", Value::Null).await;
    people.clear_faults().await.unwrap();
    revive(&browser).await;
    member.say("/help").await;
    browser.until("return [...document.querySelectorAll('.call:not(.bad) .method')].some((node) => node.textContent === 'sendMessage')", Value::Null).await;
    demo.end().await;
    browser.close().await;
}

#[tokio::test]
async fn the_page_is_for_this_machine_and_uses_nothing_else() {
    let demo = Demo::start().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let page = http.get(&demo.url).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    for word in ["unsafe", "http:", "https:", "data:", "*"] {
        assert!(!policy.contains(word), "{policy}");
    }
    let page = page.text().await.unwrap();
    let mut files = Vec::new();
    for part in page.split(['"', '\'']) {
        assert!(
            !part.starts_with("http") && !part.starts_with("//"),
            "{part}"
        );
        if part.starts_with("/page/") {
            files.push(part.to_owned());
        }
    }
    assert!(files.len() > 3, "{files:?}");
    for file in files {
        let answer = http
            .get(format!("{}{file}", demo.url.trim_end_matches('/')))
            .send()
            .await;
        assert_eq!(answer.unwrap().status(), 200, "{file}");
    }
    let kill = format!("{}page/bot", demo.url);
    for (name, value) in [("origin", "http://evil.example"), ("host", "evil.example")] {
        let order = http
            .post(&kill)
            .json(&json!({"do": "kill"}))
            .header(name, value);
        assert_eq!(order.send().await.unwrap().status(), 400, "{name}");
    }
    let order = http.post(&kill).json(&json!({"do": "dance"})).send().await;
    assert_eq!(order.unwrap().status(), 404);
    demo.end().await;
}
