//! The bot as a process.
//!
//! What it writes goes into files, so that what it had written at some moment can be told: a pipe would have to be
//! read first. The process is killed when this is dropped.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Child;

use super::{GUARD, Site, Way};

static NUMBER: AtomicU32 = AtomicU32::new(0);

pub(crate) struct BotProcess {
    child: Child,
    out: PathBuf,
    err: PathBuf,
    /// The newest call when it was started.
    after: u64,
}

impl BotProcess {
    pub(super) async fn spawn<S: AsRef<OsStr>>(site: &Site, wrapper: &[S]) -> Self {
        let after = site.last_call().await;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let file = |name: &str| site.folder.path().join(format!("{number}.{name}"));
        let (out, err) = (file("out"), file("err"));
        let args: Vec<&str> = site.started_by.iter().map(String::as_str).collect();
        let child = site
            .command(wrapper, &args)
            .stdout(File::create(&out).unwrap())
            .stderr(File::create(&err).unwrap())
            .spawn()
            .expect("the program starts");
        Self {
            child,
            out,
            err,
            after,
        }
    }

    /// Behind a wrapper, such as a tracer.
    pub(crate) async fn behind<S: AsRef<OsStr>>(site: &Site, wrapper: &[S]) -> Self {
        Self::spawn(site, wrapper).await
    }

    /// Waits for its first `getUpdates`; or until Telegram is told of its webhook.
    pub(crate) async fn until_it_polls(&mut self, site: &Site) {
        match site.way() {
            Way::Polling => {
                site.poke().await;
                self.until_it_calls(site, "getUpdates").await;
            }
            Way::Webhook => self.until_it_calls(site, "setWebhook").await,
        }
    }

    /// Waits until a call of this method has ended since the process began.
    pub(crate) async fn until_it_calls(&mut self, site: &Site, method: &str) {
        let calls = site.until_call(self.after, method, |_| true);
        let ended = tokio::select! {
            _ = calls => None,
            status = self.child.wait() => Some(status.unwrap()),
        };
        if let Some(status) = ended {
            panic!("it ended with {status} before {method}: {}", self.err());
        }
    }

    pub(crate) fn out(&self) -> String {
        fs::read_to_string(&self.out).unwrap()
    }

    pub(crate) fn err(&self) -> String {
        fs::read_to_string(&self.err).unwrap()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("it has not ended")
    }

    /// Ends it at once, as a power cut would end the process, and waits until it is gone.
    pub(crate) async fn kill(&mut self) {
        let ended = self.child.try_wait().unwrap();
        assert!(ended.is_none(), "it had ended by itself: {}", self.err());
        self.child.kill().await.unwrap();
    }

    /// Asks it to end, by the signal of service managers.
    pub(crate) fn terminate(&self) {
        let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw);
        kill_process(pid.unwrap(), Signal::TERM).unwrap();
    }

    /// Waits until it ends by itself; it is to take five seconds at most, and a busy machine may be slower.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        match tokio::time::timeout(GUARD / 4, self.child.wait()).await {
            Ok(status) => status.unwrap(),
            Err(_) => panic!("it does not end: {}", self.err()),
        }
    }

    /// Has it end in peace: with 0, having panicked nowhere.
    pub(crate) async fn stop(mut self) {
        self.terminate();
        let status = self.ended().await;
        assert_eq!(status.code(), Some(0), "{}", self.err());
        assert!(!self.err().contains("panicked"), "{}", self.err());
    }
}

impl Drop for BotProcess {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("the bot said: {}", self.err());
        }
    }
}
