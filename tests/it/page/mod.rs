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

/// The bot is killed.
async fn kill(browser: &Browser) {
    press(browser, "kill").await;
    let stopped = "return document.querySelector('#bot-state.stopped')";
    browser.until(stopped, Value::Null).await;
}

/// It is started again.
async fn revive(browser: &Browser) {
    press(browser, "start").await;
    let running = "return document.querySelector('#bot-state.running')";
    browser.until(running, Value::Null).await;
}

/// Presses the button of this id.
async fn press(browser: &Browser, id: &str) {
    let button = format!("return document.getElementById('{id}')");
    browser.click(&button, Value::Null).await;
}

/// A picture of so many pixels.
fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    let pixels: Vec<u8> = (0..height)
        .flat_map(|y| (0..width).map(move |x| pond(x, y, height)))
        .flatten()
        .collect();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    bytes
}

/// A pixel of a pond that has gone dry: sky, and below it mud that has broken into pieces, smaller the farther away.
fn pond(x: u32, y: u32, height: u32) -> [u8; 3] {
    let shade = |from: f64, by: f64| (from + by).clamp(0.0, 255.0) as u8;
    let down = f64::from(y) / f64::from(height);
    if down < 0.36 {
        let haze = down * 150.0;
        return [
            shade(112.0, haze * 2.0),
            shade(166.0, haze),
            shade(222.0, haze / 3.0),
        ];
    }
    // The ground as seen from above it.
    let far = 0.16 / (down - 0.30);
    let (east, north) = (
        (f64::from(x) / f64::from(height) - 0.67) * far * 9.0,
        far * 7.0,
    );
    let (column, row) = (east.floor(), north.floor());
    let centre = |column: f64, row: f64| {
        let noise = |seed: f64| {
            (f64::sin(column * 127.1 + row * 311.7 + seed) * 43_758.5)
                .fract()
                .abs()
        };
        (column + noise(0.0), row + noise(9.0))
    };
    let mut near = [f64::MAX; 2];
    for (across, along) in
        (-1..=1).flat_map(|a| (-1..=1).map(move |b| (f64::from(a), f64::from(b))))
    {
        let (a, b) = centre(column + across, row + along);
        let distance = f64::hypot(a - east, b - north);
        if distance < near[0] {
            near = [distance, near[0]];
        } else if distance < near[1] {
            near[1] = distance;
        }
    }
    let edge = near[1] - near[0];
    let by = if edge < 0.07 {
        -95.0
    } else {
        -18.0 * near[0] - 14.0 * down
    };
    [shade(196.0, by), shade(164.0, by), shade(122.0, by)]
}
