//! Who draws, as the whole product meets it.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use imagegen_core::catalog::Provider;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use warp::Filter as _;
use warp::http::{Response, StatusCode};

use super::local::Local;
use crate::fakes::png;
use crate::folder::Folder;

async fn made_by(local: &Local, service: &str) -> u64 {
    let (_, stats) = local.get("", &format!("/_local/{service}/stats")).await;
    stats["predictions_created"].as_u64().unwrap_or_else(|| panic!("no number: {stats}"))
}

/// Orders a picture of `model` and returns the job once it has ended.
async fn drawn(local: &Local, token: &str, model: &str) -> Value {
    let body = json!({ "prompt": "a red fox", "model": model });
    let (status, job) = local.post(token, "/api/v1/generations", &body).await;
    assert_eq!(status, 202, "{job}");
    local.ended(token, &job["id"]).await
}

#[tokio::test]
async fn without_a_public_url_the_same_stand_in_is_polled() {
    let folder = Folder::new();
    let local = Local::start_with(&folder, 0, &[("PUBLIC_URL", "")]);
    local.hurry().await;
    let token = local.sign_in("ada").await;
    let job = drawn(&local, &token, "flux-schnell").await;
    assert_eq!(job["status"], "succeeded", "{job}");
    assert_eq!(local.predictions_created().await, 1, "asked for once, however often asked about");
    local.assert_no_drift();
}

#[tokio::test]
async fn each_provider_draws_when_those_before_it_are_down() {
    let folder = Folder::new();
    let local = Local::start(&folder);
    let fast = json!({ "speed": 20.0, "canvas": 128 });
    local.order(&json!({ "foundry": fast, "bfl": fast, "cog": fast })).await;
    let token = local.sign_in("ada").await;
    local.put_on_plan(&token, "premium").await;

    let busy = json!({ "error_rate": 1.0, "status": 429 });
    local.order(&json!({ "replicate": busy })).await;
    for (model, provider) in [("flux-schnell", Provider::Cog), ("flux-1.1-pro", Provider::Foundry)]
    {
        let job = drawn(&local, &token, model).await;
        assert_eq!(job["status"], "succeeded", "{job}");
        assert_eq!(made_by(&local, provider.as_str()).await, 1, "{job}");
        let picture = local.download(&job["images"][0]["url"]).await;
        assert!(image::load_from_memory(&picture).is_ok(), "{model}");
    }
    local.order(&json!({ "foundry": busy })).await;
    let job = drawn(&local, &token, "flux-kontext-pro").await;
    assert_eq!(job["status"], "succeeded", "{job}");
    assert_eq!(job["credits"]["captured"], 5, "{job}");
    assert_eq!((made_by(&local, "bfl").await, local.predictions_created().await), (1, 0));
    local.assert_queues_run_dry().await;
    local.assert_no_drift();
    let spent = local.handler_says(&["ledger", "spend"]);
    assert_eq!(
        spent.lines().collect::<Vec<_>>(),
        [
            "flux-1.1-pro by foundry: 1 pictures, 0.040000 USD, 5 credits",
            "flux-kontext-pro by bfl: 1 pictures, 0.040000 USD, 5 credits",
            "flux-schnell by cog: 1 pictures, 0.000000 USD, 1 credits",
            "total: 3 pictures, 0.080000 USD, 11 credits",
        ]
    );
}

#[tokio::test]
async fn with_a_token_of_ones_own_the_named_replicate_is_asked_and_polled() {
    let replicate = Replicate::start().await;
    let (folder, port) = (Folder::new(), replicate.port);
    let local = Local::start_with(
        &folder,
        0,
        &[
            ("REPLICATE_API_TOKEN", "r8_of_the_user"),
            ("REPLICATE_BASE_URL", &format!("http://127.0.0.1:{port}/v1")),
            ("REPLICATE_DELIVERY_HOSTS", &format!("127.0.0.1:{port}")),
        ],
    );
    let token = local.sign_in("ada").await;
    let job = drawn(&local, &token, "flux-schnell").await;
    assert_eq!(job["status"], "succeeded", "{job}");
    let orders = replicate.orders.lock().expect("no holder panics").clone();
    assert_eq!(orders.len(), 1);
    assert_eq!(orders[0].0, "Bearer r8_of_the_user");
    assert_eq!(orders[0].1["input"]["prompt"], "a red fox");
    assert_eq!(orders[0].1.get("webhook"), None, "nobody out there reaches this machine");
    assert_eq!(local.predictions_created().await, 0, "the stand-in was not asked");
    let health = local.get("", "/api/health").await.1;
    assert_eq!(health["providers"], json!([{ "name": "replicate", "status": "ok" }]));
}

/// Another Replicate: it takes an order, works until it was asked twice, and keeps one file.
struct Replicate {
    port: u16,
    orders: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Replicate {
    async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let orders = Arc::new(Mutex::new(Vec::new()));
        let (taken, looks) = (Arc::clone(&orders), Arc::new(Mutex::new(0)));
        let route = warp::any()
            .and(warp::method())
            .and(warp::path::full())
            .and(warp::header::optional("authorization"))
            .and(warp::body::bytes())
            .map(move |method, path: warp::path::FullPath, key: Option<String>, body: Bytes| {
                let shown = |status, output: Value| {
                    let shown = json!({ "id": "one", "status": status, "output": output });
                    shown.to_string().into_bytes()
                };
                let (status, answer) = match (method, path.as_str()) {
                    (
                        warp::http::Method::POST,
                        "/v1/models/black-forest-labs/flux-schnell/predictions",
                    ) => {
                        let order = serde_json::from_slice(&body).expect("JSON");
                        let mut taken = taken.lock().expect("no holder panics");
                        taken.push((key.unwrap_or_default(), order));
                        (StatusCode::CREATED, shown("starting", Value::Null))
                    }
                    (warp::http::Method::GET, "/v1/predictions/one") => {
                        let mut looks = looks.lock().expect("no holder panics");
                        *looks += 1;
                        if *looks < 2 {
                            (StatusCode::OK, shown("processing", Value::Null))
                        } else {
                            let output = format!("http://127.0.0.1:{port}/out.png");
                            (StatusCode::OK, shown("succeeded", json!([output])))
                        }
                    }
                    (warp::http::Method::GET, "/out.png") => (StatusCode::OK, png(7)),
                    _ => (StatusCode::NOT_FOUND, Vec::new()),
                };
                Response::builder().status(status).body(answer).expect("an answer")
            });
        tokio::spawn(warp::serve(route).incoming(listener).run());
        Self { port, orders }
    }
}
