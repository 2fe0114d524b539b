//! The provider's calls back: lost, doubled, late and out of order.

use std::sync::Arc;
use std::time::Duration;

use imagegen_core::catalog::Provider;
use imagegen_core::ports::image_provider::{Prediction, PredictionId, Snapshot};
use tokio::time::sleep;

use crate::deliver;
use crate::faults::Fault;
use crate::process::{Ran, invoke};
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
    let rates = world.weather.rates;
    if world.strikes(Fault::WebhookLost, rates.webhook_lost) {
        return;
    }
    let ticket = callback.rsplit('/').next().unwrap_or_default().to_owned();
    let called = |provider: &Provider| callback.contains(&format!("/{}/", provider.as_str()));
    let provider = Provider::ALL.into_iter().find(called).expect("the address names who calls it");
    let body = serde_json::to_vec(&(&snapshot.id, &snapshot.state)).expect("plain data");
    let id = format!("msg_{}_{}", snapshot.id.0, name(&snapshot.state));
    let copies = if world.strikes(Fault::WebhookDoubled, rates.webhook_doubled) { 2 } else { 1 };
    for _ in 0..copies {
        let delay = if world.strikes(Fault::WebhookLate, rates.webhook_late) {
            world.chance(|r| r.between(10_000, 900_000))
        } else {
            world.chance(|r| r.between(5, 2000))
        };
        locked(&world.studio).busy += 1;
        let delay = Duration::from_millis(delay);
        let call = Call { provider, id: id.clone(), ticket: ticket.clone(), body: body.clone() };
        tokio::spawn(travel(Arc::clone(world), delay, call));
    }
}

#[derive(Clone)]
struct Call {
    provider: Provider,
    id: String,
    ticket: String,
    body: Vec<u8>,
}

async fn travel(world: Arc<World>, delay: Duration, call: Call) {
    sleep(delay).await;
    for count in 1..=TRIES {
        let Call { provider, id, ticket, body } = call.clone();
        let answer = invoke(&world, "webhook", move |services| async move {
            deliver::webhook(&services, provider, &id, &ticket, &body).await.is_ok()
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
