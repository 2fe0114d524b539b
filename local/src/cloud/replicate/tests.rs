use super::*;
use crate::cloud::tests::{body, call, ground};
use http::HeaderValue;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const FLUX: &str = "/v1/models/black-forest-labs/flux-schnell/predictions";

/// A stand-in in which predictions are over in a moment.
fn fast(ground: &Ground) -> Replicate {
    let faults = Arc::new(Faults::default());
    faults.handle(&call(Method::POST, "/", r#"{"replicate":{"speed":1000}}"#));
    Replicate::new(ground, faults)
}

async fn ask(replicate: &Replicate, method: Method, target: &str, body: Value) -> Answer {
    ask_with(replicate, method, target, body, &[]).await
}

async fn ask_with(
    replicate: &Replicate,
    method: Method,
    target: &str,
    body: Value,
    headers: &[(&'static str, &str)],
) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let mut call = call(method, target, body);
    let bearer = format!("Bearer {}", replicate.token);
    for (name, value) in headers.iter().chain([&("authorization", bearer.as_str())]) {
        call.headers.insert(*name, HeaderValue::from_str(value).expect("a header value"));
    }
    replicate.handle(call).await
}

/// The path of an address that the stand-in gave.
fn local(replicate: &Replicate, address: &Value) -> String {
    let address = address.as_str().expect("an address");
    address.strip_prefix(&replicate.shared.base).expect("it is ours").to_owned()
}

fn small(prompt: &str) -> Value {
    json!({"input": {"prompt": prompt, "megapixels": "0.25", "seed": 7}})
}

/// The prediction once it is over, of a call that waited for it.
async fn finished(replicate: &Replicate, order: Value) -> Value {
    let answer = ask_with(replicate, Method::POST, FLUX, order, &[("prefer", "wait=30")]).await;
    let id = body(&answer)["id"].as_str().expect("an id").to_owned();
    let mut changes = replicate.shared.watch(&id);
    // When the prediction was over before, nobody sends any more, and the store has the end of it.
    let over = changes.wait_for(|status| status.is_final());
    let _ = tokio::time::timeout(Duration::from_secs(1), over).await;
    body(&ask(replicate, Method::GET, &format!("/v1/predictions/{id}"), Value::Null).await)
}

#[tokio::test]
async fn a_prediction_becomes_a_picture() {
    let replicate = fast(&ground("replicate-picture"));
    let prediction = finished(&replicate, small("a fox")).await;
    assert_eq!(prediction["status"], "succeeded", "{prediction}");
    assert!(prediction["logs"].as_str().expect("logs").starts_with("Using seed: 7\n"));
    let file =
        ask(&replicate, Method::GET, &local(&replicate, &prediction["output"][0]), Value::Null)
            .await;
    assert_eq!(file.headers()["content-type"], "image/webp");
    let picture = image::load_from_memory(file.body()).expect("it is a picture");
    assert_eq!((picture.width(), picture.height()), (512, 512));
}

#[tokio::test]
async fn the_script_in_a_prompt_is_followed() {
    let replicate = fast(&ground("replicate-script"));
    let failed = finished(&replicate, small("nsfw: a beach")).await;
    assert_eq!(failed["status"], "failed");
    assert_eq!(
        failed["error"],
        "NSFW content detected. Try running it again, or try a different prompt."
    );
    assert_eq!(failed["output"], Value::Null);
}

#[tokio::test]
async fn a_create_call_is_answered_at_once() {
    let replicate = fast(&ground("replicate-create"));
    let answer = ask(&replicate, Method::POST, FLUX, small("a fox")).await;
    let prediction = body(&answer);
    assert_eq!((answer.status(), &prediction["status"]), (StatusCode::CREATED, &json!("starting")));
    assert_eq!(
        answer.headers()["location"],
        prediction["urls"]["get"].as_str().expect("an address")
    );
    assert_eq!(answer.headers()["ratelimit-remaining"], "599");
    assert_eq!(replicate.predictions_created(), 1);
}

#[tokio::test]
async fn without_the_token_nothing_is_told() {
    let replicate = fast(&ground("replicate-token"));
    let mut call = call(Method::POST, FLUX, small("a fox").to_string());
    call.headers.insert("authorization", HeaderValue::from_static("Bearer r8_guessed"));
    let answer = replicate.handle(call).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert_eq!(replicate.predictions_created(), 0);
}

#[tokio::test]
async fn a_wrong_input_creates_nothing() {
    let replicate = fast(&ground("replicate-invalid"));
    let answer =
        ask(&replicate, Method::POST, FLUX, json!({"input": {"prompt": "x", "steps": 4}})).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(body(&answer)["title"], "Input validation failed");
    assert_eq!(replicate.predictions_created(), 0);
}

#[tokio::test]
async fn a_cancelled_prediction_stays_cancelled() {
    let replicate = Replicate::new(&ground("replicate-cancel"), Arc::new(Faults::default()));
    let made = body(&ask(&replicate, Method::POST, FLUX, small("slow: a fox")).await);
    let cancel = local(&replicate, &made["urls"]["cancel"]);
    let cancelled = body(&ask(&replicate, Method::POST, &cancel, Value::Null).await);
    assert_eq!(cancelled["status"], "canceled");
    let again = body(&ask(&replicate, Method::POST, &cancel, Value::Null).await);
    assert_eq!(again["completed_at"], cancelled["completed_at"]);
}

#[tokio::test]
async fn a_restart_goes_on_with_what_was_at_work() {
    let ground = ground("replicate-restart");
    let first = Replicate::new(&ground, Arc::new(Faults::default()));
    let made = body(&ask(&first, Method::POST, FLUX, small("slow: a fox")).await);
    let id = made["id"].as_str().expect("an id").to_owned();
    drop(first);
    let second = fast(&ground);
    let mut changes = second.shared.watch(&id);
    let over = changes.wait_for(|status| status.is_final());
    // The prediction had not started yet, so the speed of the second run decides.
    let over = tokio::time::timeout(Duration::from_secs(30), over).await;
    assert!(over.is_ok());
}

#[tokio::test]
async fn the_list_is_paged_by_its_own_addresses() {
    let replicate = fast(&ground("replicate-list"));
    for number in 0..101 {
        let mut prediction = prediction::tests::prediction(&format!("p{number}"), "flux-schnell");
        prediction.created_at = Timestamp::from_second(1000 + number).expect("in range");
        replicate.shared.store.insert(&prediction);
    }
    let list =
        "/v1/predictions?created_after=1970-01-01T00:00:00Z&created_before=2020-01-01T00:00:00Z";
    let first = body(&ask(&replicate, Method::GET, list, Value::Null).await);
    let next = local(&replicate, &first["next"]);
    let second = body(&ask(&replicate, Method::GET, &next, Value::Null).await);
    let count = |page: &Value| page["results"].as_array().expect("a list").len();
    assert_eq!((count(&first), count(&second)), (100, 1));
    assert_eq!((&second["results"][0]["id"], &second["next"]), (&json!("p0"), &Value::Null));
}

/// Accepts webhooks and returns the texts of the first `count` requests.
async fn received(listener: TcpListener, count: usize) -> Vec<String> {
    let mut requests = Vec::new();
    while requests.len() < count {
        let (mut socket, _) = listener.accept().await.expect("the listener is open");
        let mut request = Vec::new();
        // The prediction is one JSON object, and it is the end of the request.
        while !request.ends_with(b"}") {
            let mut piece = [0; 4096];
            let read = socket.read(&mut piece).await.expect("the socket is open");
            request.extend_from_slice(&piece[..read]);
        }
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        socket.write_all(answer).await.expect("the socket is open");
        requests.push(String::from_utf8(request).expect("text"));
    }
    requests
}

#[tokio::test]
async fn webhooks_tell_the_start_and_the_end() {
    let replicate = fast(&ground("replicate-webhooks"));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    let mut order = small("a fox");
    order["webhook"] = json!(format!("http://127.0.0.1:{port}/hook?job=1"));
    order["webhook_events_filter"] = json!(["start", "completed"]);
    let requests = tokio::spawn(received(listener, 2));
    ask(&replicate, Method::POST, FLUX, order).await;
    let requests = tokio::time::timeout(Duration::from_secs(30), requests).await;
    let requests = requests.expect("they come").expect("it does not panic");
    let told = |status: &str| {
        let said = format!(r#""status":"{status}""#);
        requests.iter().any(|it| it.contains(&said) && it.contains("webhook-signature: v1,"))
    };
    assert!(told("processing") && told("succeeded"), "{requests:?}");
    assert!(requests.iter().all(|it| it.starts_with("POST /hook?job=1 ")));
}

#[tokio::test]
async fn a_duplicated_webhook_has_the_id_of_the_first() {
    let replicate = fast(&ground("replicate-duplicate"));
    replicate.shared.faults.handle(&call(
        Method::POST,
        "/",
        r#"{"webhooks":{"duplicate_rate":1}}"#,
    ));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    let mut order = small("nsfw: a beach");
    order["webhook"] = json!(format!("http://127.0.0.1:{port}/"));
    order["webhook_events_filter"] = json!(["completed"]);
    let requests = tokio::spawn(received(listener, 2));
    ask(&replicate, Method::POST, FLUX, order).await;
    let requests = tokio::time::timeout(Duration::from_secs(30), requests).await;
    let requests = requests.expect("they come").expect("it does not panic");
    let id = |request: &str| {
        request.lines().find(|line| line.starts_with("webhook-id: ")).map(str::to_owned)
    };
    assert!(id(&requests[0]).is_some());
    assert_eq!(id(&requests[0]), id(&requests[1]));
}
