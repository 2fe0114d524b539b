//! Serving: what the Functions host starts.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use imagegen_adapters::app_insights::Buffer;
use tokio::net::TcpListener;

use crate::app::{App, Ground};
use crate::config::Settings;
use crate::functions::{all, router};
use crate::telemetry;

/// How long stopping waits for telemetry.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// The port of the Functions tools' own samples, for a start by hand.
const DEFAULT_PORT: u16 = 3000;

pub(super) fn serve(setting: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    let port = match setting("FUNCTIONS_CUSTOMHANDLER_PORT") {
        None => DEFAULT_PORT,
        Some(text) => text
            .parse()
            .map_err(|_| format!("FUNCTIONS_CUSTOMHANDLER_PORT is wrong: `{text}` is no port"))?,
    };
    let settings = Settings::load(setting).map_err(|e| e.to_string())?;
    let ground = Ground::of(&settings);
    let insights = ground.insights(&settings).map_err(|e| e.to_string())?;
    let (clock, buffer) = (Arc::clone(&ground.clock), Buffer::new());
    let collected = insights.is_some().then(|| (Arc::clone(&buffer), Arc::clone(&clock)));
    telemetry::start(settings.get("LOG_LEVEL"), collected)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|e| format!("no async runtime: {e}"))?;
    runtime.block_on(async {
        // Listen first: the host asks every 25 ms, and nothing here waits for the network.
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = TcpListener::bind(address)
            .await
            .map_err(|e| format!("cannot listen on {address}: {e}"))?;
        let app = App::on(ground, &settings).map_err(|e| e.to_string())?;
        tracing::info!(port, version = env!("CARGO_PKG_VERSION"), "Serving on port {port}");
        let serving =
            warp::serve(router::router(&app, all())).incoming(listener).graceful(stop()).run();
        let Some(insights) = insights else {
            serving.await;
            return Ok(());
        };
        tokio::select! {
            () = serving => {}
            () = buffer.run(&insights, &*clock) => {}
        }
        // Who asks us to stop waits a moment for the last of it; the host does not ask.
        let last = buffer.send_all(&insights, &*clock);
        if tokio::time::timeout(LAST_WORDS, last).await.is_err() {
            tracing::warn!("The last telemetry could not be sent");
        }
        Ok(())
    })
}

/// The host stops a handler with SIGKILL and tells nothing first; this is for people and other supervisors.
async fn stop() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminate => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
