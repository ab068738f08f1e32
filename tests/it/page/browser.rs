//! A real Chromium without a window, driven by its own driver over the WebDriver protocol (<https://www.w3.org/TR/webdriver2/>).
//!
//! It waits for conditions, never for time: a condition is a line of script that is asked again until it holds, and what never
//! comes is told with what the page showed. One browser runs at a time, so that the tests beside it keep their processors.

use std::path::Path;
use std::process::Stdio;

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, MutexGuard};

use crate::support::GUARD;

static TURN: Mutex<()> = Mutex::const_new(());

/// The name under which the protocol hands out an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Asks every so often whether the condition holds; the first that it gives that is something is the answer.
const UNTIL: &str = "
    const done = arguments[arguments.length - 1];
    const condition = new Function('args', arguments[0]);
    const ask = () => {
        let found;
        try { found = condition(arguments[1]); } catch (error) { found = undefined; }
        if (found) done(found); else setTimeout(ask, 25);
    };
    ask();";

/// Keys as the protocol names them.
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const SHIFT: &str = "\u{e008}";
pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const ESCAPE: &str = "\u{e00c}";

pub(crate) struct Browser {
    http: reqwest::Client,
    session: String,
    // The browser goes with its driver, since they are joined by a pipe.
    _driver: Child,
    profile: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Browser {
    /// A window of this size, in pixels of the page.
    pub(crate) async fn open(width: u32, height: u32) -> Self {
        let turn = TURN.lock().await;
        let profile = tempfile::tempdir().unwrap();
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("these tests need chromium and chromedriver: tests/run installs them");
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port: u16 = loop {
            let line = lines.next_line().await.unwrap().expect("the driver starts");
            if let Some((_, port)) = line.split_once("successfully on port ") {
                break port.trim_end_matches('.').parse().unwrap();
            }
        };
        let args = [
            "--headless=new",
            // As root in a container there is no other way; it opens nothing but our page.
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            "--hide-scrollbars",
            "--lang=en",
            "--remote-debugging-pipe",
            // A microphone that beeps.
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
        ];
        let mut args: Vec<String> = args.map(str::to_owned).to_vec();
        args.push(format!("--user-data-dir={}", profile.path().display()));
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let base = format!("http://127.0.0.1:{port}/session");
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "timeouts": {"script": GUARD.as_millis() as u64},
            "goog:loggingPrefs": {"browser": "ALL"},
            "goog:chromeOptions": {"args": args},
        }}});
        let begun = call(&http, Method::POST, &base, &wanted).await;
        let begun = begun.expect("a session");
        let id = begun["sessionId"].as_str().unwrap();
        let browser = Self {
            http,
            session: format!("{base}/{id}"),
            _driver: driver,
            profile,
            _turn: turn,
        };
        browser.size(width, height, 1.0).await;
        browser
    }

    /// A folder that is gone with it.
    pub(crate) fn folder(&self) -> &Path {
        self.profile.path()
    }

    async fn ask(&self, method: Method, path: &str, body: &Value) -> Result<Value, String> {
        call(&self.http, method, &format!("{}{path}", self.session), body).await
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let done = self.ask(Method::POST, path, &body).await;
        done.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    async fn get(&self, path: &str) -> Value {
        let done = self.ask(Method::GET, path, &Value::Null).await;
        done.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) async fn go(&self, url: &str) {
        self.post("/url", json!({"url": url})).await;
    }

    /// The size in pixels of the page, and how many of the screen make one of them: 2 is what a zoom of 200 % does.
    pub(crate) async fn size(&self, width: u32, height: u32, scale: f64) {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": scale, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .await;
    }

    /// Whether whoever looks prefers dark colours.
    pub(crate) async fn dark(&self, dark: bool) {
        let value = if dark { "dark" } else { "light" };
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": value}]});
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    async fn devtools(&self, command: &str, params: Value) -> Value {
        self.post(
            "/goog/cdp/execute",
            json!({"cmd": command, "params": params}),
        )
        .await
    }

    /// Runs a script; what it returns.
    pub(crate) async fn run(&self, script: &str, args: Value) -> Value {
        self.post("/execute/sync", json!({"script": script, "args": [args]}))
            .await
    }

    /// Runs a script that calls its last argument when it is done; with what.
    pub(crate) async fn run_long(&self, script: &str, args: Value) -> Value {
        self.post("/execute/async", json!({"script": script, "args": [args]}))
            .await
    }

    /// Waits until a script with `args` returns something; that.
    pub(crate) async fn until(&self, script: &str, args: Value) -> Value {
        let body = json!({"script": UNTIL, "args": [script, args]});
        match self.ask(Method::POST, "/execute/async", &body).await {
            Ok(found) => found,
            Err(error) => {
                let shown = self.run("return document.body.innerText", Value::Null);
                panic!("{script} {args}: {error}\n{}", shown.await)
            }
        }
    }

    /// Presses an element as a finger would: it must be in sight, and nothing above it.
    pub(crate) async fn click(&self, script: &str, args: Value) {
        let mut last = String::new();
        // The page may draw it anew between finding and pressing it, or something may pass above it.
        for _ in 0..20 {
            let element = self.until(script, args.clone()).await;
            let id = element[ELEMENT].as_str().expect("an element").to_owned();
            let path = format!("/element/{id}/click");
            match self.ask(Method::POST, &path, &json!({})).await {
                Ok(_) => return,
                Err(error) if error.contains("stale") || error.contains("intercepted") => {
                    last = error;
                }
                Err(error) => panic!("{script} {args}: {error}"),
            }
        }
        panic!("{script} {args}: {last}");
    }

    /// Types into an element, or names a file to one that takes files.
    pub(crate) async fn fill(&self, script: &str, text: &str) {
        let element = self.until(script, Value::Null).await;
        let id = element[ELEMENT].as_str().expect("an element");
        self.post(&format!("/element/{id}/value"), json!({"text": text}))
            .await;
    }

    /// Presses keys, one after the other, wherever the focus is.
    pub(crate) async fn keys(&self, keys: &str) {
        let acts: Vec<Value> = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key})))
            .collect();
        self.actions(acts).await;
    }

    /// Presses a key while another is held.
    pub(crate) async fn chord(&self, held: &str, key: &str) {
        let act = |kind: &str, key: &str| json!({"type": kind, "value": key});
        self.actions(vec![
            act("keyDown", held),
            act("keyDown", key),
            act("keyUp", key),
            act("keyUp", held),
        ])
        .await;
    }

    async fn actions(&self, acts: Vec<Value>) {
        let keyboard = json!({"type": "key", "id": "keyboard", "actions": acts});
        self.post("/actions", json!({"actions": [keyboard]})).await;
    }

    /// The windows and tabs there are.
    pub(crate) async fn windows(&self) -> Vec<String> {
        let handles = self.get("/window/handles").await;
        serde_json::from_value(handles).unwrap()
    }

    pub(crate) async fn switch(&self, window: &str) {
        self.post("/window", json!({"handle": window})).await;
    }

    /// What is in sight, as PNG.
    pub(crate) async fn picture(&self) -> Vec<u8> {
        let picture = self.get("/screenshot").await;
        let picture = picture.as_str().unwrap().as_bytes();
        data_encoding::BASE64.decode(picture).unwrap()
    }

    /// What the browser complains of, such as a script that failed or something that the page's policy forbids.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let log = self.post("/se/log", json!({"type": "browser"})).await;
        let lines = log.as_array().unwrap().iter();
        lines
            .filter(|line| line["level"] == "SEVERE")
            .map(|line| line["message"].as_str().unwrap().to_owned())
            .collect()
    }

    pub(crate) async fn close(self) {
        let ended = self.ask(Method::DELETE, "", &Value::Null).await;
        ended.expect("the browser ends");
    }
}

async fn call(
    http: &reqwest::Client,
    method: Method,
    url: &str,
    body: &Value,
) -> Result<Value, String> {
    let mut request = http.request(method, url);
    if !body.is_null() {
        request = request.json(body);
    }
    let response = request.send().await.map_err(|error| error.to_string())?;
    let good = response.status().is_success();
    let mut answer: Value = response.json().await.map_err(|error| error.to_string())?;
    let value = answer["value"].take();
    if good {
        Ok(value)
    } else {
        Err(format!("{}: {}", value["error"], value["message"]))
    }
}
