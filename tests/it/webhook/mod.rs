//! Updates that are brought to a webhook, and what is shown of health and metrics.

mod door;
mod metrics;
mod whole;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use samleng::runtime::clock::Clock;
use samleng::runtime::deliver::Delivery;
use samleng::runtime::intake::Intake;
use samleng::runtime::metrics::Metrics;
use samleng::runtime::webhook::{Door, Lock, SECRET_HEADER};
use samleng::runtime::work::{Ears, Opener, Work};
use samleng::runtime::{http, observe};
use samleng::store::memory_kv::MemoryKv;
use samleng::store::{Store, StoreError, key};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;

use crate::in_memory::forum;

const PATH: &str = "/under/a-path-that-nobody-guesses";
const SECRET: &str = "a-secret-that-only-Telegram_knows";
const BYTES: usize = 64 * 1024;

/// A webhook with a store in memory behind it; its writer works once it is told to.
struct Brought {
    url: String,
    observed: String,
    http: reqwest::Client,
    disk: MemoryKv,
    works: Sender<Work>,
    work: Option<Receiver<Work>>,
    deliveries: UnboundedReceiver<Delivery>,
    metrics: Arc<Metrics>,
    stop: watch::Sender<bool>,
    writer: Option<std::thread::JoinHandle<()>>,
}

fn unlock(disk: &MemoryKv) -> Result<Store, StoreError> {
    let master = key::MasterKey::from_env_value(&"5".repeat(64)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("epoch");
    std::fs::write(&path, [7; 32]).unwrap();
    let epoch = key::Epoch::load_or_create(&path, true).unwrap();
    Store::unlock(Box::new(disk.reopen()), master, &epoch)
}

impl Brought {
    /// Over this disk, with a writer that does not work yet.
    async fn waiting(disk: &MemoryKv, patience: Duration) -> Self {
        let (works, work) = channel();
        let (stop, stopping) = watch::channel(false);
        let metrics = Arc::<Metrics>::default();
        let lock = Lock {
            path: PATH.to_owned().into(),
            secret: SECRET.to_owned().into(),
            body_bytes: BYTES,
            patience,
        };
        let door = Door::new(lock, works.clone(), Arc::clone(&metrics), stopping.clone());
        let url = serve(Arc::new(door).router(), stopping.clone()).await;
        let observed = observe::router(works.clone(), Arc::clone(&metrics));
        let observed = serve(observed, stopping).await;
        Self {
            url,
            observed,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            disk: disk.clone(),
            works,
            work: Some(work),
            deliveries: tokio::sync::mpsc::unbounded_channel().1,
            metrics,
            stop,
            writer: None,
        }
    }

    /// Over this disk.
    async fn over(disk: &MemoryKv) -> Self {
        let mut brought = Self::waiting(disk, Duration::from_secs(60)).await;
        brought.work();
        brought
    }

    /// The writer begins to work.
    fn work(&mut self) {
        let (deliver, deliveries) = tokio::sync::mpsc::unbounded_channel();
        self.deliveries = deliveries;
        let ears = Ears {
            next_due: watch::Sender::new(None),
            deliver,
            strangers_at_most: 0,
            fetch: tokio::sync::mpsc::unbounded_channel().0,
            files_gone: Box::new(|_| {}),
            link_used: Box::new(|| {}),
            erased: Box::new(|_| {}),
        };
        let disk = self.disk.clone();
        let open: Opener = Box::new(move || unlock(&disk));
        let store = open().unwrap();
        let intake = Intake::new(Arc::new(forum()), store, open, ears, Clock::system())
            .unwrap()
            .counting(Arc::clone(&self.metrics));
        let work = self.work.take().expect("it has not begun");
        self.writer = Some(std::thread::spawn(move || intake.run(&work)));
    }

    fn post(&self, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.post(format!("{}{path}", self.url));
        request.header("content-type", "application/json")
    }

    /// Brings an update as Telegram does; the status.
    async fn bring(&self, update: &Value) -> u16 {
        let request = self.post(PATH).header(SECRET_HEADER, SECRET);
        let answer = request.body(update.to_string()).send().await.unwrap();
        answer.status().as_u16()
    }

    /// Everybody in the store, as JSON.
    fn everything(&self) -> String {
        let store = unlock(&self.disk).unwrap();
        let people = store.all::<samleng::dialogue::Person>().unwrap();
        let concerns = store.all::<samleng::domain::Concern>().unwrap();
        let organisations = store.all::<samleng::domain::Organisation>().unwrap();
        let rows = store.all::<samleng::store::Row>().unwrap();
        json!([people, concerns, organisations, rows]).to_string()
    }

    /// Ends in good order.
    fn end(mut self) {
        let _ = self.stop.send(true);
        let _ = self.works.send(Work::Stop);
        if let Some(writer) = self.writer.take() {
            writer.join().unwrap();
        }
    }
}

async fn serve(router: axum::Router, stop: watch::Receiver<bool>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(http::serve(listener, router, stop));
    url
}

/// Somebody writes this.
fn says(id: u32, who: i64, message: i32, text: &str) -> Value {
    json!({"update_id": id, "message": {
        "message_id": message, "date": 1, "chat": {"id": who, "type": "private"}, "from": {"id": who}, "text": text
    }})
}
