//! `demo --page`: a page with phones on it, in a browser on this machine.
//!
//! The page talks to the emulator's control API, which it shares its address with; what is the demo's alone is here: the
//! page's files, the bot's process, which people have phones ([`keeper`]). Guarantees that nothing comes from elsewhere and
//! nothing goes elsewhere: no address but this one stands in the page's policy. Never a build step: the files are served as they are.

mod keeper;

use std::io::Write as _;

use anyhow::Context as _;
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use super::{Stage, TOKEN, bot};
use crate::emulator::{Config, Emulator, Limits};
use keeper::{Asked, Keeper, Order};

const INDEX: &str = include_str!("index.html");

/// The page's files: path, content type, content.
const FILES: [(&str, &str, &[u8]); 14] = [
    ("style.css", "text/css", include_bytes!("style.css")),
    ("page.js", SCRIPT, include_bytes!("page.js")),
    ("phone.js", SCRIPT, include_bytes!("phone.js")),
    ("composer.js", SCRIPT, include_bytes!("composer.js")),
    ("message.js", SCRIPT, include_bytes!("message.js")),
    ("voice.js", SCRIPT, include_bytes!("voice.js")),
    ("side.js", SCRIPT, include_bytes!("side.js")),
    ("control.js", SCRIPT, include_bytes!("control.js")),
    ("dom.js", SCRIPT, include_bytes!("dom.js")),
    ("when.js", SCRIPT, include_bytes!("when.js")),
    ("words.js", SCRIPT, include_bytes!("words.js")),
    (ICON, "image/svg+xml", include_bytes!("icon.svg")),
    ("khmer.ttf", "font/ttf", crate::documents::KHMER[0]),
    ("khmer-bold.ttf", "font/ttf", crate::documents::KHMER[1]),
];
const ICON: &str = "icon.svg";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// What the page may use: itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; \
     media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Serves until it is time to stop.
pub(super) async fn run(stage: Stage, mut stop: watch::Receiver<bool>) -> anyhow::Result<()> {
    let (orders, taken) = mpsc::channel(8);
    let emulator = Emulator::start(Config {
        limits: Limits::Strict,
        clock_file: stage.clock_file.clone(),
        pages: routes(orders),
        ..Config::default()
    })
    .await?;
    let url = emulator.url();
    let clock = stage.clock_file.as_deref();
    let home = bot::Home::new(stage.folder, &url, &stage.common, clock)?;
    let mut keeper = Keeper::new(home, emulator.client(TOKEN)?);
    let result = tokio::select! {
        result = async {
            keeper.open().await?;
            writeln!(std::io::stdout(), "{url}/").context("cannot print the address")?;
            keeper.serve(taken).await
        } => result,
        _ = stop.wait_for(|stop| *stop) => Ok(()),
    };
    keeper.close().await?;
    emulator.stop().await;
    result
}

fn routes(orders: mpsc::Sender<Asked>) -> Router {
    let index = INDEX.replace("CONTROL", &format!("/control/{TOKEN}"));
    let mut router = Router::new().route(
        "/",
        get(|| async move { file("text/html; charset=utf-8", index) }),
    );
    for (name, kind, content) in FILES {
        let handler = get(move || async move { file(kind, content) });
        if name == ICON {
            // What has no page around it, such as a document in a tab, is asked for its icon here.
            router = router.route("/favicon.ico", handler.clone());
        }
        router = router.route(&format!("/page/{name}"), handler);
    }
    router
        .route("/page/{thing}", post(order))
        .with_state(orders)
}

fn file(kind: &'static str, content: impl axum::response::IntoResponse) -> Response {
    let headers: [(HeaderName, &str); 5] = [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        // The next demo on this port may be another version.
        (CACHE_CONTROL, "no-cache"),
    ];
    (headers, content).into_response()
}

/// `POST /page/bot` and `POST /page/phone`.
async fn order(
    axum::extract::Path(thing): axum::extract::Path<String>,
    State(orders): State<mpsc::Sender<Asked>>,
    Json(fields): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let text = |name: &str| fields[name].as_str().unwrap_or_default().to_owned();
    let order = match (thing.as_str(), text("do").as_str()) {
        ("bot", "kill") => Order::Kill,
        ("bot", "start") => Order::Start,
        ("phone", _) => Order::Phone {
            language: text("language"),
        },
        (other, what) => return refused(StatusCode::NOT_FOUND, &format!("no {other} {what}")),
    };
    let (answer, answered) = tokio::sync::oneshot::channel();
    let stopping = || refused(StatusCode::CONFLICT, "the demo is ending");
    if orders.send((order, answer)).await.is_err() {
        return stopping();
    }
    match answered.await {
        Ok(Ok(done)) => (StatusCode::OK, Json(done)),
        Ok(Err(error)) => refused(StatusCode::CONFLICT, &format!("{error:#}")),
        Err(_) => stopping(),
    }
}

fn refused(code: StatusCode, error: &str) -> (StatusCode, Json<Value>) {
    (code, Json(json!({"error": error})))
}
