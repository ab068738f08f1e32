//! By keyboard only: from the empty chat to the receipt, and never without a place.

use serde_json::{Value, json};

use super::browser::{Browser, ENTER, ESCAPE, SHIFT, TAB};
use super::{Demo, Hand, MEMBER};

/// Where the focus must not be: nowhere.
const LOST: &str = "return document.activeElement === document.body";

struct Keys<'b> {
    browser: &'b Browser,
    member: Hand<'b>,
}

impl Keys<'_> {
    /// Moves the focus by the tabulator, as often as needed, to what a script finds.
    async fn reach(&self, script: &str, argument: &str) {
        let args = json!([self.member.id, argument]);
        let phone = super::PHONE;
        self.browser
            .until(&format!("{phone} return Boolean({script})"), args.clone())
            .await;
        for _ in 0..120 {
            let way = format!(
                "{phone} const to = {script}; const at = document.activeElement;
                 if (!to) return 'later';
                 if (to === at) return 'there';
                 return at.compareDocumentPosition(to) & Node.DOCUMENT_POSITION_PRECEDING ? 'back' : 'on';"
            );
            let way = self
                .browser
                .run(&way.replace("args", "arguments[0]"), args.clone())
                .await;
            match way.as_str().unwrap() {
                "there" => {
                    let seen = "const style = getComputedStyle(document.activeElement);
                                return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2";
                    let seen = self.browser.run(seen, Value::Null).await;
                    assert_eq!(seen, json!(true), "{argument}: the focus is not seen");
                    return;
                }
                "back" => self.browser.chord(SHIFT, TAB).await,
                _ => self.browser.keys(TAB).await,
            }
        }
        panic!("{script} {argument} is not reached");
    }

    /// Presses the newest button with these words; what comes of it leaves the focus somewhere.
    async fn press(&self, label: &str) {
        let newest = "[...phone.querySelectorAll('.key')].filter((key) => key.textContent.includes(args[1])).at(-1)";
        self.reach(newest, label).await;
        self.browser
            .run("window.pressed = document.activeElement", Value::Null)
            .await;
        self.browser.keys(ENTER).await;
        let gone = "return !window.pressed.isConnected";
        self.browser.until(gone, Value::Null).await;
        let lost = self.browser.run(LOST, Value::Null).await;
        assert_eq!(lost, json!(false), "{label}: the focus is lost");
    }

    async fn say(&self, words: &str) {
        self.reach("phone.querySelector('textarea')", "").await;
        self.browser.keys(&format!("{words}{ENTER}")).await;
        self.member
            .until("return phone.querySelector('textarea').value === ''", "")
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_concern_is_submitted_by_keyboard_only() {
    let demo = Demo::start().await;
    let browser = demo.open(1440, 900).await;
    let member = Hand::at(&browser, MEMBER);
    let keys = Keys {
        browser: &browser,
        member,
    };
    keys.reach("phone.querySelector('.begin')", "").await;
    browser.keys(ENTER).await;
    keys.press("English").await;
    keys.press("I agree").await;
    keys.say("Lotus Friends Circle").await;
    keys.press("Battambang").await;
    // The menu of commands opens, is left without a choice, and gives the focus back.
    keys.reach("phone.querySelector('.commands')", "").await;
    browser.keys(ENTER).await;
    let inside = "return document.activeElement.closest('.command-list') !== null";
    browser.until(inside, Value::Null).await;
    browser.keys(ESCAPE).await;
    let back = "return document.activeElement.matches('.commands')";
    browser.until(back, Value::Null).await;
    keys.press("New concern").await;
    keys.press("Land and housing").await;
    keys.press("Battambang").await;
    member.sees("3 of 8").await;
    keys.say("The pond has run dry").await;
    member.sees("4 of 8").await;
    keys.say("Nobody has had water since January.").await;
    member.sees("1 text").await;
    keys.press("Done").await;
    member.sees("5 of 8").await;
    keys.press("Skip").await;
    member.sees("6 of 8").await;
    keys.press("Skip").await;
    member.sees("7 of 8").await;
    keys.press("Very").await;
    member.sees("8 of 8").await;
    keys.press("With our name").await;
    keys.press("Submit").await;
    member.sees("SL-").await;
    let complaints = browser.complaints().await;
    assert!(complaints.is_empty(), "{complaints:?}");
    demo.end().await;
    browser.close().await;
}
