//! A Cog server with FLUX schnell: `PUT /predictions/{id}` draws and answers with a `data:` address; one at a time.
//!
//! It remembers nothing but how often it was asked. `fail: …`, `nsfw: …` and `slow: …` do as at Replicate.

use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::faults::Faults;
use super::replicate::script::Script;
use super::studio::{Order, Studio};
use super::{Answer, Call, empty};
use crate::ground::Ground;

const SECONDS: f64 = 1.0;
const SIZES: [(&str, u32, u32); 11] = [
    ("1:1", 1024, 1024),
    ("16:9", 1344, 768),
    ("21:9", 1536, 640),
    ("3:2", 1216, 832),
    ("2:3", 832, 1216),
    ("4:5", 896, 1088),
    ("5:4", 1088, 896),
    ("3:4", 896, 1152),
    ("4:3", 1152, 896),
    ("9:16", 768, 1344),
    ("9:21", 640, 1536),
];

pub(super) struct Cog {
    studio: Studio,
    /// The prediction at work.
    running: Mutex<Option<String>>,
}

/// Ends the work also when nobody waits for the answer any more.
struct Turn<'a>(&'a Cog);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.running.lock().expect("no holder panics") = None;
    }
}

impl Cog {
    pub(super) fn new(ground: &Ground, faults: Arc<Faults>) -> Self {
        Self { studio: Studio::new("cog", ground, faults), running: Mutex::default() }
    }

    pub(super) async fn handle(&self, call: &Call) -> Answer {
        let segments = call.segments();
        let pieces: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (&call.method, pieces.as_slice()) {
            (&Method::GET, ["stats"]) => super::json(StatusCode::OK, &self.studio.statistics()),
            (&Method::GET, ["health-check"]) => {
                let busy = self.running.lock().expect("no holder panics").is_some();
                let status = if busy { "BUSY" } else { "READY" };
                super::json(StatusCode::OK, &json!({ "status": status }))
            }
            (&Method::PUT, ["predictions", id]) => self.predict(id, &call.body).await,
            (&Method::POST, ["predictions", _, "cancel"]) => empty(StatusCode::NOT_FOUND),
            _ => super::json(StatusCode::NOT_FOUND, &json!({ "detail": "Not Found" })),
        }
    }

    async fn predict(&self, id: &str, body: &[u8]) -> Answer {
        let order = match order(id, body) {
            Ok(order) => order,
            Err((field, complaint)) => {
                let detail = json!([{ "loc": ["body", "input", field], "msg": complaint }]);
                return super::json(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "detail": detail }));
            }
        };
        let busy = || {
            let detail = json!({ "detail": "Already running a prediction" });
            super::json(StatusCode::CONFLICT, &detail)
        };
        let turn = {
            let mut running = self.running.lock().expect("no holder panics");
            match running.as_deref() {
                Some(other) if other == id => {
                    let now = json!({ "id": id, "status": "processing" });
                    return super::json(StatusCode::ACCEPTED, &now);
                }
                Some(_) => return busy(),
                None => {}
            }
            if let Some(answer) = self.studio.throttled(busy) {
                return answer;
            }
            *running = Some(id.to_owned());
            Turn(self)
        };
        self.studio.count("flux-schnell");
        let takes = self.studio.takes(&order.prompt, SECONDS);
        let (painted, ()) = tokio::join!(self.studio.paint(&order), tokio::time::sleep(takes));
        drop(turn);
        let error = Script::of(&order.prompt).error(1).map(str::to_owned);
        let ended = match (error, painted) {
            (None, Ok(picture)) => {
                let output =
                    format!("data:image/{};base64,{}", order.extension, BASE64.encode(picture));
                let metrics = json!({ "predict_time": takes.as_secs_f64() });
                json!({ "id": id, "status": "succeeded", "output": [output], "metrics": metrics })
            }
            (Some(error), _) | (None, Err(error)) => {
                json!({ "id": id, "status": "failed", "output": null, "error": error })
            }
        };
        super::json(StatusCode::OK, &ended)
    }
}

fn order(id: &str, body: &[u8]) -> Result<Order, (&'static str, String)> {
    let body: Value = serde_json::from_slice(body).map_err(|e| ("", e.to_string()))?;
    if body.get("id").is_some_and(|own| own != id) {
        return Err(("id", "prediction ID must match the ID supplied in the URL".into()));
    }
    let input = body.get("input").ok_or(("", "Field required".to_owned()))?;
    let text = |name| input.get(name).and_then(Value::as_str);
    let prompt = text("prompt").ok_or(("prompt", "Field required".to_owned()))?;
    let ratio = text("aspect_ratio").unwrap_or("1:1");
    let size = SIZES.iter().find(|(known, ..)| *known == ratio);
    let (_, width, height) = size.ok_or(("aspect_ratio", format!("{ratio} is no choice")))?;
    Ok(Order {
        model: "flux-schnell".to_owned(),
        prompt: prompt.to_owned(),
        seed: input.get("seed").and_then(Value::as_u64).unwrap_or(0),
        width: *width,
        height: *height,
        extension: text("output_format").unwrap_or("webp").to_owned(),
        input: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::tests::{body, call, ground};

    fn cog(name: &str, speed: u32) -> Cog {
        let faults = Arc::new(Faults::default());
        let orders = json!({ "cog": { "speed": speed, "canvas": 64 } }).to_string();
        faults.handle(&call(Method::POST, "/", orders));
        Cog::new(&ground(name), faults)
    }

    async fn put(cog: &Cog, id: &str, prompt: &str) -> Answer {
        let order = json!({ "id": id, "input": { "prompt": prompt, "seed": 7 } }).to_string();
        cog.handle(&call(Method::PUT, &format!("/predictions/{id}"), order)).await
    }

    #[tokio::test]
    async fn a_prediction_is_answered_with_its_picture_or_why_there_is_none() {
        let cog = cog("cog", 1000);
        let drawn = body(&put(&cog, "a", "a fox").await);
        assert_eq!(drawn["status"], "succeeded", "{drawn}");
        let output = drawn["output"][0].as_str().expect("an address");
        assert!(output.starts_with("data:image/webp;base64,"), "{output}");
        let failed = body(&put(&cog, "b", "nsfw: a beach").await);
        assert_eq!(failed["status"], "failed", "{failed}");
        assert_eq!(put(&cog, "c/d", "a fox").await.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn it_does_one_thing_at_a_time_and_knows_what_it_does() {
        let cog = cog("cog-busy", 1);
        let first = put(&cog, "a", "slow: a fox");
        let (first, others) = tokio::join!(
            tokio::time::timeout(std::time::Duration::from_millis(300), first),
            async {
                (
                    put(&cog, "a", "slow: a fox").await.status(),
                    put(&cog, "b", "a fox").await.status(),
                )
            }
        );
        assert!(first.is_err(), "it takes 20 seconds");
        assert_eq!(others, (StatusCode::ACCEPTED, StatusCode::CONFLICT));
        // Nobody waits for it any more.
        assert_eq!(put(&cog, "b", "a hen").await.status(), StatusCode::OK);
    }
}
