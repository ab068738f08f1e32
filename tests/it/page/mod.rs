//! The page of phones in a real browser, with the real bot: as whoever tries it out uses it.

mod browser;
mod keyboard;
mod looks;
mod parts;
mod story;

use std::ffi::OsStr;
use std::process::Stdio;

use samleng::emulator::client::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use browser::Browser;

use super::support::GUARD;

/// The phones that there are from the start.
const MEMBER: i64 = 2_001;
const ORGANISER: i64 = 2_002;

/// `samleng demo --page`, as it is run.
struct Demo {
    child: Child,
    url: String,
    home: TempDir,
}

impl Demo {
    async fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut child = Command::new(OsStr::new(env!("CARGO_BIN_EXE_samleng")))
            .args(["demo", "--page"])
            .env_clear()
            .env("HOME", home.path())
            .env("TMPDIR", home.path())
            .current_dir(home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(GUARD, lines.next_line()).await;
        let url = line.unwrap().unwrap().expect("a line");
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        Self { child, url, home }
    }

    /// The page in a browser, with both phones on it.
    async fn open(&self, width: u32, height: u32) -> Browser {
        let browser = Browser::open(width, height).await;
        browser.go(&self.url).await;
        let there = "return document.querySelectorAll('.phone').length === 2 && document.querySelector('#phone-2002 .key')";
        browser.until(there, Value::Null).await;
        browser
    }

    /// The emulator behind the page, without the page.
    async fn people(&self, browser: &Browser) -> Client {
        let path = browser
            .run("return document.body.dataset.control", Value::Null)
            .await;
        let token = path.as_str().unwrap().strip_prefix("/control/").unwrap();
        Client::new(&self.url, token).unwrap()
    }

    /// Ends as Ctrl-C ends it: with 0, and nothing left behind.
    async fn end(mut self) {
        let pid = i32::try_from(self.child.id().unwrap()).unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
        let status = tokio::time::timeout(GUARD, self.child.wait()).await;
        assert_eq!(status.unwrap().unwrap().code(), Some(0));
        let left: Vec<_> = std::fs::read_dir(self.home.path()).unwrap().collect();
        assert!(left.is_empty(), "it leaves nothing behind: {left:?}");
    }
}

/// Somebody's hand at a phone on the page.
#[derive(Clone, Copy)]
struct Hand<'b> {
    browser: &'b Browser,
    id: i64,
}

/// Begins a script with the phone.
const PHONE: &str = "const phone = document.getElementById('phone-' + args[0]);";

impl<'b> Hand<'b> {
    fn at(browser: &'b Browser, id: i64) -> Self {
        Self { browser, id }
    }

    /// Waits until a script, in which `phone` and `args` are known, returns something; that.
    async fn until(self, script: &str, argument: &str) -> Value {
        let script = format!("{PHONE} {script}");
        self.browser
            .until(&script, json!([self.id, argument]))
            .await
    }

    /// Waits until the chat shows these words.
    async fn sees(self, words: &str) {
        let shown = "return phone.querySelector('.log').innerText.includes(args[1])";
        self.until(shown, words).await;
    }

    /// Presses something of the phone itself.
    async fn touch(self, selector: &str) {
        let script = format!("{PHONE} return phone.querySelector(args[1])");
        self.browser
            .click(&script, json!([self.id, selector]))
            .await;
    }

    /// Presses the newest button with these words, and waits for what comes of it.
    async fn press(self, label: &str) {
        let find = format!(
            "{PHONE} const all = [...phone.querySelectorAll('.key')].filter((key) => key.textContent.includes(args[1]));
             return window.pressed = all.at(-1);"
        );
        self.browser.click(&find, json!([self.id, label])).await;
        let heard = "return !window.pressed.isConnected || window.pressed.ariaBusy === 'false'";
        self.browser.until(heard, Value::Null).await;
    }

    /// As [`Hand::press`], where the message that was pressed is drawn anew.
    async fn go_on(self, label: &str) {
        self.press(label).await;
        let gone = "return !window.pressed.isConnected";
        self.browser.until(gone, Value::Null).await;
    }

    /// Types and sends.
    async fn say(self, words: &str) {
        let field = format!(
            "return document.querySelector('#phone-{} textarea')",
            self.id
        );
        self.browser
            .fill(&field, &format!("{words}{}", browser::ENTER))
            .await;
        self.until("return phone.querySelector('textarea').value === ''", "")
            .await;
    }

    /// Chooses a file for what this kind of file is sent by.
    async fn send_file(self, kind: &str, name: &str, bytes: &[u8]) {
        let path = self.browser.folder().join(name);
        std::fs::write(&path, bytes).unwrap();
        let field = format!(
            "return document.querySelector('#phone-{} .pick-{kind}')",
            self.id
        );
        self.browser.fill(&field, path.to_str().unwrap()).await;
    }

    /// Waits until the newest message is the person's own, of this kind, and gives what a script finds in it.
    async fn own(self, script: &str) -> Value {
        let newest = format!(
            "const own = [...phone.querySelectorAll('.mine')].at(-1); if (!own) return; {script}"
        );
        self.until(&newest, "").await
    }
}

/// A picture of so many pixels.
fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    // A pond that has gone dry, seen from far away.
    let pixels: Vec<u8> = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .flat_map(|(x, y)| {
            let (across, down) = (x * 255 / width, y * 255 / height);
            let crack = (x * 7 + y * y / 97) % 61 < 3 || (x * x / 83 + y * 5) % 53 < 2;
            match (down, crack) {
                (0..=95, _) => [120 + down / 3, 175 + down / 4, 225 - down / 8],
                (_, true) => [94, 70, 48],
                (_, false) => [190 - across / 9, 158 - across / 9, 112 - across / 12],
            }
        })
        .map(|part| u8::try_from(part.min(255)).unwrap())
        .collect();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    bytes
}
