//! FLUX in Azure AI Foundry: `POST /providers/blackforestlabs/v1/{path}` draws and answers with the picture in base64.
//!
//! It remembers nothing but how often it was asked. `fail: …` is answered with 500, `slow: …` takes 20 seconds.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::faults::Faults;
use super::replicate::script::Script;
use super::studio::{Order, Studio, extension, number};
use super::{Answer, Call, same_secret};
use crate::cloud::identity::{COGNITIVE_SERVICES, Identity};
use crate::ground::Ground;
use crate::host::settings::secrets;

/// Path, model, and the most pixels.
const MODELS: [(&str, &str, u32); 3] = [
    ("flux-pro-1.1", "FLUX-1.1-pro", 1_600_000),
    ("flux-kontext-pro", "FLUX.1-Kontext-pro", 1_100_000),
    ("flux-2-pro", "FLUX.2-pro", 4_200_000),
];
const SECONDS: f64 = 3.0;

pub(super) struct Foundry {
    key: String,
    identity: Identity,
    studio: Studio,
}

impl Foundry {
    pub(super) fn new(ground: &Ground, faults: Arc<Faults>) -> Self {
        let key = ground.secret(secrets::FOUNDRY);
        Self {
            key,
            identity: Identity::new(ground),
            studio: Studio::new("foundry", ground, faults),
        }
    }

    pub(super) async fn handle(&self, call: &Call) -> Answer {
        let segments = call.segments();
        let pieces: Vec<&str> = segments.iter().map(String::as_str).collect();
        let path = match (&call.method, pieces.as_slice()) {
            (&Method::GET, ["stats"]) => {
                return super::json(StatusCode::OK, &self.studio.statistics());
            }
            (&Method::POST, ["providers", "blackforestlabs", "v1", path]) => *path,
            _ => return error(StatusCode::NOT_FOUND, "NotFound", "Resource not found"),
        };
        let lets_in = |given: &str| {
            same_secret(given, &self.key) || self.identity.lets_in(given, COGNITIVE_SERVICES)
        };
        if !call.bearer().is_some_and(lets_in) {
            let sentence = "Access denied due to invalid subscription key.";
            return error(StatusCode::UNAUTHORIZED, "401", sentence);
        }
        if call.parameter("api-version").is_none() {
            return error(StatusCode::NOT_FOUND, "404", "API version not supported");
        }
        let throttled = || {
            let sentence = "Requests have exceeded the call rate limit. Please retry later.";
            error(StatusCode::TOO_MANY_REQUESTS, "429", sentence)
        };
        if let Some(answer) = self.studio.throttled(throttled) {
            return answer;
        }
        match order(path, &call.body) {
            Ok(order) => self.draw(order).await,
            Err(sentence) => error(StatusCode::BAD_REQUEST, "BadRequest", &sentence),
        }
    }

    async fn draw(&self, order: Order) -> Answer {
        self.studio.count(&order.model);
        let takes = self.studio.takes(&order.prompt, SECONDS);
        let (painted, ()) = tokio::join!(self.studio.paint(&order), tokio::time::sleep(takes));
        if Script::of(&order.prompt).error == Script::of("fail:").error {
            let sentence = "The server had an error processing your request.";
            return error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", sentence);
        }
        match painted {
            Ok(picture) => {
                let data = json!([{ "b64_json": BASE64.encode(picture) }]);
                let created = Timestamp::now().as_second();
                super::json(StatusCode::OK, &json!({ "created": created, "data": data }))
            }
            Err(sentence) => error(StatusCode::BAD_REQUEST, "BadRequest", &sentence),
        }
    }
}

fn order(path: &str, body: &[u8]) -> Result<Order, String> {
    let known = MODELS.iter().find(|(known, ..)| *known == path);
    let (_, model, most) = known.ok_or("The model does not exist.")?;
    let body: Value = serde_json::from_slice(body).map_err(|_| "The body is not JSON.")?;
    let text = |name| body.get(name).and_then(Value::as_str);
    if text("model") != Some(*model) {
        return Err(format!("model must be {model}"));
    }
    let prompt = text("prompt").filter(|it| !it.is_empty()).ok_or("prompt is required")?;
    let (width, height) = (number(&body, "width", 1024), number(&body, "height", 1024));
    if width < 64 || height < 64 || width.saturating_mul(height) > *most {
        return Err(format!("width and height: 64 each at least, {most} pixels at the most"));
    }
    Ok(Order {
        model: (*model).to_owned(),
        prompt: prompt.to_owned(),
        seed: body.get("seed").and_then(Value::as_u64).unwrap_or(0),
        width,
        height,
        extension: extension(text("output_format")),
        input: text("input_image").map(str::to_owned),
    })
}

fn error(status: StatusCode, code: &str, message: &str) -> Answer {
    super::json(status, &json!({ "error": { "code": code, "message": message } }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::tests::{body, call, ground};

    async fn ask(foundry: &Foundry, key: &str, order: &Value) -> Answer {
        let path = "/providers/blackforestlabs/v1/flux-pro-1.1?api-version=preview";
        let mut call = call(Method::POST, path, order.to_string());
        let bearer = format!("Bearer {key}").parse().expect("a header value");
        call.headers.insert("authorization", bearer);
        foundry.handle(&call).await
    }

    fn fast(name: &str) -> Foundry {
        let faults = Arc::new(Faults::default());
        let orders = r#"{"foundry":{"speed":1000,"canvas":64,"creates_per_minute":2}}"#;
        faults.handle(&call(Method::POST, "/", orders));
        Foundry::new(&ground(name), faults)
    }

    #[tokio::test]
    async fn the_picture_is_in_the_answer_and_it_is_counted() {
        let foundry = fast("foundry");
        let order = json!({"model": "FLUX-1.1-pro", "prompt": "a fox", "width": 1344, "height": 768,
            "output_format": "png", "num_images": 1, "seed": 7});
        let answer = ask(&foundry, &foundry.key.clone(), &order).await;
        assert_eq!(answer.status(), StatusCode::OK, "{answer:?}");
        let text = body(&answer)["data"][0]["b64_json"].as_str().expect("base64").to_owned();
        let picture = image::load_from_memory(&BASE64.decode(text).expect("base64"));
        assert_eq!(picture.expect("a picture").width(), 64);
        assert_eq!(foundry.studio.statistics()["predictions_created"], 1);
    }

    #[tokio::test]
    async fn what_is_not_as_documented_is_refused() {
        let foundry = fast("foundry-refused");
        let key = foundry.key.clone();
        let good = json!({"model": "FLUX-1.1-pro", "prompt": "fail: a fox"});
        let status = async |key: &str, order: &Value| ask(&foundry, key, order).await.status();
        assert_eq!(status("x", &good).await, StatusCode::UNAUTHORIZED);
        let other = json!({"model": "FLUX.2-pro", "prompt": "a fox"});
        assert_eq!(status(&key, &other).await, StatusCode::BAD_REQUEST);
        assert_eq!(status(&key, &good).await, StatusCode::INTERNAL_SERVER_ERROR);
        let throttled = ask(&foundry, &key, &good).await;
        assert_eq!(throttled.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(throttled.headers().contains_key("retry-after"));
    }
}
