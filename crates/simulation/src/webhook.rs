//! The provider's calls back: lost, doubled, late and out of order.

use std::sync::Arc;
use std::time::Duration;

use imagegen_core::ports::image_provider::{Prediction, PredictionId, Snapshot};
use tokio::time::sleep;

use crate::faults::Fault;
use crate::process::{PUBLIC_URL, Ran, invoke};
use crate::world::{World, locked};

/// How often the provider tries when it gets no good answer.
const TRIES: u32 = 3;

/// The body of a call.
pub(crate) fn read(body: &[u8]) -> Result<Snapshot, serde_json::Error> {
    let (id, state): (PredictionId, Prediction) = serde_json::from_slice(body)?;
    Ok(Snapshot { id, state })
}

/// Sends a call on its way.
pub(crate) fn call(world: &Arc<World>, callback: &str, snapshot: &Snapshot) {
    let path = callback.strip_prefix(PUBLIC_URL).expect("an address of ours").to_owned();
    let body = serde_json::to_vec(&(&snapshot.id, &snapshot.state)).expect("plain data");
    let id = format!("msg_{}_{}", snapshot.id.0, name(&snapshot.state));
    for delay in delays(world) {
        locked(&world.studio).busy += 1;
        tokio::spawn(travel(Arc::clone(world), delay, id.clone(), path.clone(), body.clone()));
    }
}

/// After how long each copy of a webhook arrives: none when it is lost, two when it is doubled.
pub(crate) fn delays(world: &World) -> Vec<Duration> {
    let rates = world.weather.rates;
    if world.strikes(Fault::WebhookLost, rates.webhook_lost) {
        return Vec::new();
    }
    let copies = if world.strikes(Fault::WebhookDoubled, rates.webhook_doubled) { 2 } else { 1 };
    let delay = |_| {
        let millis = if world.strikes(Fault::WebhookLate, rates.webhook_late) {
            world.chance(|r| r.between(10_000, 900_000))
        } else {
            world.chance(|r| r.between(5, 2000))
        };
        Duration::from_millis(millis)
    };
    (0..copies).map(delay).collect()
}

async fn travel(world: Arc<World>, delay: Duration, id: String, path: String, body: Vec<u8>) {
    sleep(delay).await;
    for count in 1..=TRIES {
        let (id, path, body) = (id.clone(), path.clone(), body.clone());
        let answer = invoke(&world, "webhook", move |edge| async move {
            edge.webhook(&path, &id, body).await.status == 200
        });
        if matches!(answer.await, Ran::Done(true)) {
            break;
        }
        sleep(Duration::from_secs(5 * u64::from(count))).await;
    }
    locked(&world.studio).busy -= 1;
}

fn name(state: &Prediction) -> &'static str {
    match state {
        Prediction::Working { .. } => "start",
        Prediction::Drawn { .. }
        | Prediction::Filtered
        | Prediction::Failed { .. }
        | Prediction::Cancelled => "completed",
    }
}
