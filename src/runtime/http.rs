//! HTTP for whoever comes: the webhook, and health and metrics.
//!
//! Guarantees: a connection that sends nothing, or sends a head without end, is closed; there are never more than `CONNECTIONS`
//! of them, whoever comes then waits. When it is time to stop nothing new is accepted, and what is under way may end.
//!
//! Must never: log what anybody sent.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// Connections at once.
const CONNECTIONS: usize = 512;
/// How long a head may take to come, and a connection may be idle.
const HEAD: Duration = Duration::from_secs(60);
/// How long what is under way may take to end when the program stops.
const FAREWELL: Duration = Duration::from_secs(3);

/// Serves until told to stop.
pub async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let seats = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = async {
            let seat = Arc::clone(&seats).acquire_owned().await.ok()?;
            let accepted = listener.accept().await;
            Some((seat, accepted))
        };
        let accepted = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            Some(_) = connections.join_next() => continue,
            accepted = accepted => accepted,
        };
        match accepted {
            Some((seat, Ok((stream, _)))) => {
                let (router, stop) = (router.clone(), stop.clone());
                connections.spawn(async move {
                    converse(stream, router, stop).await;
                    drop(seat);
                });
            }
            Some((_, Err(error))) => {
                log::warn!("no connection: {error}");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            // Nobody closes the seats.
            None => break,
        }
    }
    drop(listener);
    let farewell = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(FAREWELL, farewell).await;
}

async fn converse(stream: TcpStream, router: Router, mut stop: watch::Receiver<bool>) {
    // An answer is one small packet that nothing follows.
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => Some(ended),
        _ = stop.wait_for(|stop| *stop) => None,
    };
    let ended = match ended {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        log::debug!("a connection broke: {error}");
    }
}
