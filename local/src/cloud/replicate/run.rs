//! The life of a prediction, from `starting` to its end, in the background.

use std::sync::Arc;
use std::time::Duration;

use image::RgbImage;
use jiff::Timestamp;

use super::prediction::{Event, Prediction, Status};
use super::script::Script;
use super::{Shared, picture, webhooks};

/// From the order to the start of the work.
const BOOT: Duration = Duration::from_millis(80);
/// Logs are told at most this often.
const TOLD_EVERY: Duration = Duration::from_millis(500);
/// Between the output being there and the prediction being over: the vendor shows the one before the other.
const WRAP_UP: Duration = Duration::from_millis(20);

/// Works on the prediction until it ends: by itself, by its deadline or by being cancelled.
pub(super) async fn run(shared: Arc<Shared>, prediction: Prediction) {
    let id = prediction.id.clone();
    let mut changes = shared.watch(&id);
    // A prediction that was cancelled before this was polled first is over already.
    if shared.store.get(&id).is_some_and(|it| !it.status.is_final()) {
        tokio::select! {
            () = work(&shared, prediction.clone()) => {}
            () = deadline(&prediction) => { shared.end(&id, overdue); }
            _ = changes.wait_for(|status| status.is_final()) => {}
        }
    }
    shared.forget(&id);
}

async fn work(shared: &Arc<Shared>, mut prediction: Prediction) {
    let id = prediction.id.clone();
    if prediction.status == Status::Starting {
        tokio::time::sleep(BOOT.div_f64(shared.faults.speed("replicate"))).await;
        let takes_ms = duration_ms(&prediction, shared.faults.speed("replicate"));
        let begun = shared.change(&id, |it| {
            it.status = Status::Processing;
            it.started_at = Some(Timestamp::now());
            it.takes_ms = takes_ms;
        });
        let Some(begun) = begun else { return };
        webhooks::tell(shared, &begun, Event::Start);
        prediction = begun;
    }
    let takes = Duration::from_millis(prediction.takes_ms);
    let asked = prediction.model().value(&prediction.input, "num_outputs").as_u64().unwrap_or(1);
    let result = match Script::of(prediction.prompt()).error(asked) {
        Some(error) => {
            pass(shared, &prediction, takes / 2).await;
            Err(error.to_owned())
        }
        None => paint(shared, &prediction).await,
    };
    let files = match result {
        Ok(files) => files,
        Err(error) => {
            shared.end(&id, |it| {
                it.status = Status::Failed;
                it.error = Some(error);
            });
            return;
        }
    };
    pass(shared, &prediction, takes).await;
    let Some(filled) = shared.change(&id, |it| it.files = files) else { return };
    webhooks::tell(shared, &filled, Event::Output);
    tokio::time::sleep(WRAP_UP).await;
    shared.end(&id, |it| it.status = Status::Succeeded);
}

/// Waits until `takes` has passed since the start, telling the logs where that is wanted.
async fn pass(shared: &Arc<Shared>, prediction: &Prediction, takes: Duration) {
    let Some(start) = prediction.started_at else { return };
    loop {
        let worked = Duration::try_from(Timestamp::now().duration_since(start)).unwrap_or_default();
        let Some(left) = takes.checked_sub(worked).filter(|it| !it.is_zero()) else { return };
        tokio::time::sleep(left.min(TOLD_EVERY)).await;
        if left > TOLD_EVERY {
            webhooks::tell(shared, prediction, Event::Logs);
        }
    }
}

/// Paints and keeps the files, and returns their names.
async fn paint(shared: &Arc<Shared>, prediction: &Prediction) -> Result<Vec<String>, String> {
    let inputs: Vec<RgbImage> = picture::inputs(&shared.client, prediction).await?;
    // One at a time: the machine has other work, and a prediction's time is told by its model, not by the painter.
    let turn = shared.painting.acquire().await.expect("the semaphore is never closed");
    let (prediction, folder) = (prediction.clone(), shared.folder(&prediction.id));
    let canvas = shared.faults.canvas("replicate");
    let painted = tokio::task::spawn_blocking(move || {
        let files = picture::files(&prediction, &inputs, canvas);
        std::fs::create_dir_all(&folder)?;
        for (name, content) in &files {
            std::fs::write(folder.join(name), content)?;
        }
        Ok::<_, std::io::Error>(files.into_iter().map(|(name, _)| name).collect())
    });
    let painted = painted.await;
    drop(turn);
    painted.map_err(|e| e.to_string())?.map_err(|e| format!("the output cannot be written: {e}"))
}

/// How long the model works on this order.
fn duration_ms(prediction: &Prediction, speed: f64) -> u64 {
    let model = prediction.model();
    let outputs = model.value(&prediction.input, "num_outputs").as_f64().unwrap_or(1.0);
    let script = Script::of(prediction.prompt());
    // A batch costs less than its pictures one by one.
    let seconds = if script.slow { 20.0 } else { model.seconds * (0.75 + 0.25 * outputs) };
    u64::try_from(Duration::from_secs_f64(seconds / speed).as_millis()).unwrap_or(u64::MAX)
}

async fn deadline(prediction: &Prediction) {
    match prediction.deadline {
        Some(deadline) => {
            let left = deadline.duration_since(Timestamp::now());
            tokio::time::sleep(Duration::try_from(left).unwrap_or_default()).await;
        }
        None => std::future::pending().await,
    }
}

fn overdue(prediction: &mut Prediction) {
    prediction.status = match prediction.started_at {
        None => Status::Aborted,
        Some(_) => Status::Canceled,
    };
}

#[cfg(test)]
mod tests {
    use super::super::prediction::tests::prediction;
    use super::*;
    use serde_json::json;

    fn takes(model: &str, input: &serde_json::Value, speed: f64) -> u64 {
        let mut prediction = prediction("p1", model);
        prediction.input = input.as_object().cloned().expect("an object");
        duration_ms(&prediction, speed)
    }

    #[test]
    fn the_model_and_the_speed_decide_how_long_it_takes() {
        assert_eq!(takes("flux-schnell", &json!({"prompt": "x"}), 1.0), 500);
        assert_eq!(takes("flux-schnell", &json!({"prompt": "x", "num_outputs": 4}), 1.0), 875);
        assert_eq!(takes("flux-1.1-pro", &json!({"prompt": "x"}), 10.0), 300);
        assert_eq!(takes("flux-schnell", &json!({"prompt": "slow: x"}), 1.0), 20_000);
    }

    #[test]
    fn what_never_started_is_aborted_and_what_did_is_cancelled() {
        let mut late = prediction("p1", "flux-dev");
        overdue(&mut late);
        assert_eq!(late.status, Status::Canceled);
        late.started_at = None;
        overdue(&mut late);
        assert_eq!(late.status, Status::Aborted);
    }
}
