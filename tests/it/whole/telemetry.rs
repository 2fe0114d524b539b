//! What reaches Application Insights of a whole job, and what never does.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use warp::Filter as _;

use super::local::Local;
use crate::folder::Folder;

const PROMPT: &str = "a crimson wombat juggling teacups";

/// What stands in for the ingestion endpoint: it keeps what it is sent.
struct Ingestion {
    url: String,
    bodies: Arc<Mutex<Vec<String>>>,
}

impl Ingestion {
    async fn start() -> Self {
        let bodies = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&bodies);
        let track = warp::path!("v2.1" / "track").and(warp::post()).and(warp::body::bytes()).map(
            move |body: bytes::Bytes| {
                kept.lock().unwrap().push(String::from_utf8_lossy(&body).into_owned());
                warp::reply::json(&json!({ "itemsReceived": 1, "itemsAccepted": 1, "errors": [] }))
            },
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        tokio::spawn(warp::serve(track).incoming(listener).run());
        Self { url, bodies }
    }

    fn text(&self) -> String {
        self.bodies.lock().unwrap().concat()
    }

    fn items(&self) -> Vec<Value> {
        let bodies = self.bodies.lock().unwrap();
        let lists =
            bodies.iter().map(|body| serde_json::from_str::<Vec<Value>>(body).expect("JSON"));
        lists.flatten().collect()
    }
}

fn requests(items: &[Value], operation: &str) -> Vec<String> {
    let of_job = items.iter().filter(|it| {
        it["tags"]["ai.operation.id"] == operation && it["data"]["baseType"] == "RequestData"
    });
    of_job.filter_map(|it| it["data"]["baseData"]["name"].as_str()).map(str::to_owned).collect()
}

/// A ULID in hexadecimal, read by somebody else's rule than the handler's.
fn operation_of(job: &str) -> String {
    const DIGITS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let ulid = job.strip_prefix("gen_").expect("a job's id");
    let value = ulid
        .chars()
        .fold(0_u128, |sum, digit| (sum << 5) | DIGITS.find(digit).expect("base 32") as u128);
    format!("{value:032x}")
}

#[tokio::test]
async fn a_job_is_one_operation_through_queues_and_webhooks_and_nothing_private_leaves() {
    let ingestion = Ingestion::start().await;
    let resource = format!("InstrumentationKey=k;IngestionEndpoint={}", ingestion.url);
    let folder = Folder::new();
    let settings = [("APPLICATIONINSIGHTS_CONNECTION_STRING", resource.as_str())];
    let local = Local::start_with(&folder, 0, &settings);
    local.hurry().await;
    let ada = local.sign_in("ada.lovelace").await;
    let (status, job) = local.order_picture(&ada, PROMPT, "a-key-of-hers").await;
    assert_eq!(status, 202, "{job}");
    let job = local.ended(&ada, &job["id"]).await;
    assert_eq!(job["status"], "succeeded", "{job}");
    local.download(&job["images"][0]["url"]).await;
    let (_, me) = local.get(&ada, "/api/v1/me").await;

    let operation = operation_of(job["id"].as_str().expect("an id"));
    let wanted =
        ["create_generation", "submit_generation_free", "replicate_webhook", "finish_generation"];
    let items = loop {
        let items = ingestion.items();
        let seen = requests(&items, &operation);
        if wanted.iter().all(|name| seen.iter().any(|it| it == name)) {
            break items;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    };
    let called: Vec<_> = items
        .iter()
        .filter(|it| it["tags"]["ai.operation.id"] == operation.as_str())
        .filter_map(|it| it["data"]["baseData"]["type"].as_str())
        .collect();
    assert!(called.contains(&"HTTP"), "{called:?}");
    let figure =
        |name: &str| items.iter().any(|it| it["data"]["baseData"]["metrics"][0]["name"] == name);
    assert!(figure("provider_spend_usd") && figure("credits_held_change"));

    let sent = ingestion.text();
    let token = ada.split('.').next_back().expect("a signature");
    for private in ["wombat", "teacups", "sig=", "ada.lovelace", "a-key-of-hers", "Bearer", token] {
        assert!(!sent.contains(private), "`{private}` was sent");
    }
    assert!(me["email"].as_str().is_some_and(|mail| mail.starts_with("ada.lovelace")));
}
