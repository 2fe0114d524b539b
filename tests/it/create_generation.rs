//! `POST /api/v1/generations`: what is refused leaves no trace, what is accepted is accepted once.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;

use futures_util::future::join_all;
use imagegen_core::catalog::PlanId;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::app::{TestApp, bearer};

const PATH: &str = "/api/v1/generations";

fn fox(more: &Value) -> Value {
    let mut body = json!({ "prompt": "a red fox in snow", "model": "flux-schnell" });
    for (name, value) in more.as_object().expect("fields") {
        body[name] = value.clone();
    }
    body
}

#[tokio::test]
async fn a_job_is_accepted_with_its_address_and_its_price_is_held() {
    let app = TestApp::new();
    let answer = app.post("ada", PATH, &fox(&json!({ "aspect_ratio": "16:9", "seed": 42 }))).await;
    let id = answer.accepted();
    assert_eq!(answer.header("location"), Some(&*format!("/api/v1/generations/{id}")));
    assert_eq!(answer.header("retry-after"), Some("1"));
    let job = answer.json();
    assert_eq!((&job["status"], &job["revision"]), (&json!("queued"), &json!(1)), "{job}");
    assert_eq!(job["credits"], json!({ "held": 1, "captured": 0, "released": 0 }));
    assert_eq!((&job["seed"], &job["aspect_ratio"]), (&json!(42), &json!("16:9")), "{job}");
    assert_eq!(app.credits("ada").await, (9, 1));
    assert_eq!(app.queue.waiting().len(), 1);
}

#[tokio::test]
async fn a_refused_order_names_the_field_and_leaves_nothing_behind() {
    let app = TestApp::new();
    for (why, body, status, code, field) in [
        ("no prompt", json!({ "model": "flux-schnell" }), 422, "invalid-request", "#/prompt"),
        ("a blank prompt", fox(&json!({ "prompt": " \n" })), 422, "invalid-request", "#/prompt"),
        ("a wrong type", fox(&json!({ "prompt": 7 })), 422, "invalid-request", "#/prompt"),
        ("an unknown field", fox(&json!({ "size": "big" })), 422, "invalid-request", "#/size"),
        (
            "too long a prompt",
            fox(&json!({ "prompt": "🦊".repeat(2001) })),
            422,
            "invalid-request",
            "#/prompt",
        ),
        (
            "a control character",
            fox(&json!({ "prompt": "a\u{0}b" })),
            422,
            "invalid-request",
            "#/prompt",
        ),
        ("an unknown model", fox(&json!({ "model": "dall-e" })), 422, "invalid-request", "#/model"),
        (
            "a model above the plan",
            fox(&json!({ "model": "flux-1.1-pro" })),
            403,
            "plan-too-low",
            "#/model",
        ),
        (
            "a size that the model lacks",
            fox(&json!({ "aspect_ratio": "7:3" })),
            422,
            "invalid-request",
            "#/aspect_ratio",
        ),
        (
            "no ratio at all",
            fox(&json!({ "aspect_ratio": "wide" })),
            422,
            "invalid-request",
            "#/aspect_ratio",
        ),
        ("no images", fox(&json!({ "count": 0 })), 422, "invalid-request", "#/count"),
        ("too many for any plan", fox(&json!({ "count": 5 })), 422, "invalid-request", "#/count"),
        ("too many for the plan", fox(&json!({ "count": 2 })), 403, "plan-too-low", "#/count"),
        ("a negative count", fox(&json!({ "count": -1 })), 422, "invalid-request", "#/count"),
        ("half an image", fox(&json!({ "count": 1.5 })), 422, "invalid-request", "#/count"),
        (
            "too large a seed",
            fox(&json!({ "seed": 1_u64 << 31 })),
            422,
            "invalid-request",
            "#/seed",
        ),
        (
            "an unknown format",
            fox(&json!({ "output_format": "gif" })),
            422,
            "invalid-request",
            "#/output_format",
        ),
        (
            "a word for a truth",
            fox(&json!({ "embed_prompt": "no" })),
            422,
            "invalid-request",
            "#/embed_prompt",
        ),
    ] {
        let answer = app.post("ada", PATH, &body).await;
        assert_eq!(answer.refused_field(status, code), field, "{why}");
        app.assert_untouched("ada", why).await;
    }
}

#[tokio::test]
async fn what_is_no_json_is_refused_and_leaves_nothing_behind() {
    let app = TestApp::new();
    let bearer = bearer("ada");
    let whole = fox(&json!({})).to_string();
    let bodies: [&[u8]; 6] = [
        b"",
        b"{",
        b"prompt=a+fox",
        b"\xff\xfe{\0}\0",
        &whole.as_bytes()[..whole.len() - 1],
        br#"{"prompt":"x","model":"flux-schnell"} {}"#,
    ];
    for body in bodies {
        let headers = [("authorization", bearer.as_str())];
        let answer = app.call("POST", PATH, &headers, body.to_vec()).await;
        answer.problem(400, "malformed-json");
        app.assert_untouched("ada", &String::from_utf8_lossy(body)).await;
    }
    // JSON, but no object: there is no field to name but the whole.
    for body in ["null", "7", "[]"] {
        let headers = [("authorization", bearer.as_str())];
        let answer = app.call("POST", PATH, &headers, body).await;
        answer.problem(422, "invalid-request");
        app.assert_untouched("ada", body).await;
    }
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let app = TestApp::new();
    let body = json!({ "prompt": "", "model": "dall-e", "aspect_ratio": "x", "count": 9 });
    let problem = app.post("ada", PATH, &body).await.problem(422, "invalid-request");
    let errors = problem["errors"].as_array().expect("a list");
    let fields: Vec<_> = errors.iter().map(|e| e["pointer"].as_str().expect("text")).collect();
    assert_eq!(fields, ["#/model", "#/prompt", "#/aspect_ratio", "#/count"]);
}

#[tokio::test]
async fn a_bad_idempotency_key_is_refused_and_leaves_nothing_behind() {
    let app = TestApp::new();
    for key in ["", "two words", "tab\tkey", &"k".repeat(256)] {
        let answer = app.order("ada", "a fox", Some(key)).await;
        answer.problem(400, "invalid-idempotency-key");
        app.assert_untouched("ada", key).await;
    }
}

#[tokio::test]
async fn a_body_of_2_mb_is_refused_with_and_without_a_length() {
    let app = TestApp::new();
    let prompt = "x".repeat(2 * 1024 * 1024);
    app.post("ada", PATH, &fox(&json!({ "prompt": prompt }))).await.problem(413, "body-too-large");
    app.assert_untouched("ada", "with a length").await;

    let address = app.listen().await;
    let reply = raw_post(address, Sent::Chunked(&[prompt.as_bytes()])).await;
    assert!(reply.starts_with("HTTP/1.1 413 "), "{reply}");
    assert!(reply.contains("body-too-large"), "{reply}");
    app.assert_untouched("ada", "in chunks").await;
}

#[tokio::test]
async fn a_chunked_body_without_a_length_is_accepted() {
    let app = TestApp::new();
    let address = app.listen().await;
    let body = fox(&json!({})).to_string();
    let (one, two) = body.as_bytes().split_at(11);
    let reply = raw_post(address, Sent::Chunked(&[one, two])).await;
    assert!(reply.starts_with("HTTP/1.1 202 "), "{reply}");
    assert_eq!(app.credits("ada").await, (9, 1));
}

#[tokio::test]
async fn a_body_that_is_cut_short_leaves_nothing_behind() {
    let app = TestApp::new();
    let address = app.listen().await;
    let body = fox(&json!({})).to_string();
    // All of a good order is there, but the sender promised more.
    let reply = raw_post(address, Sent::CutShort(body.as_bytes())).await;
    assert!(reply.is_empty() || reply.starts_with("HTTP/1.1 400 "), "{reply}");
    app.assert_untouched("ada", "cut short").await;
}

enum Sent<'a> {
    Chunked(&'a [&'a [u8]]),
    /// Ten bytes fewer than announced, then the end of the connection.
    CutShort(&'a [u8]),
}

/// Writes to the socket what no well-behaved client would, and reads the reply to its end.
async fn raw_post(address: SocketAddr, sent: Sent<'_>) -> String {
    let mut socket = TcpStream::connect(address).await.expect("it listens");
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: {address}\r\nauthorization: {}\r\nconnection: close\r\n",
        bearer("ada")
    );
    let mut bytes = head.into_bytes();
    let is_cut_short = matches!(sent, Sent::CutShort(_));
    match sent {
        Sent::Chunked(chunks) => {
            bytes.extend_from_slice(b"transfer-encoding: chunked\r\n\r\n");
            for chunk in chunks {
                bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                bytes.extend_from_slice(chunk);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(b"0\r\n\r\n");
        }
        Sent::CutShort(body) => {
            let length = format!("content-length: {}\r\n\r\n", body.len() + 10);
            bytes.extend_from_slice(length.as_bytes());
            bytes.extend_from_slice(body);
        }
    }
    let (mut reader, mut writer) = socket.split();
    let mut reply = Vec::new();
    let write = async {
        // Whoever has refused the beginning need not read the rest.
        let _ = writer.write_all(&bytes).await;
        // Only then: to the server an end is the end of the whole connection.
        if is_cut_short {
            let _ = writer.shutdown().await;
        }
    };
    // A reset after the reply is the end as well.
    let (_, ()) = tokio::join!(reader.read_to_end(&mut reply), write);
    String::from_utf8_lossy(&reply).into_owned()
}

#[tokio::test]
async fn the_same_key_twice_is_one_job_and_the_same_answer() {
    let app = TestApp::new();
    let first = app.order("ada", "a fox", Some("key-1")).await;
    let second = app.order("ada", "a fox", Some("key-1")).await;
    first.accepted();
    assert_eq!(first.json(), second.json());
    assert_eq!(first.header("location"), second.header("location"));
    assert_eq!(second.header("idempotency-replayed"), Some("true"));
    assert_eq!(app.stored("ada", "generation").await.len(), 1);
    assert_eq!(app.credits("ada").await, (9, 1));
}

#[tokio::test]
async fn the_same_key_many_times_at_once_is_one_job() {
    let app = TestApp::new();
    let answers = join_all((0..8).map(|_| app.order("ada", "a fox", Some("key-1")))).await;
    let first = answers[0].accepted();
    assert!(answers.iter().all(|answer| answer.accepted() == first));
    assert_eq!(app.credits("ada").await, (9, 1));
}

#[tokio::test]
async fn the_same_key_with_another_body_is_a_conflict() {
    let app = TestApp::new();
    app.order("ada", "a fox", Some("key-1")).await.accepted();
    app.order("ada", "a hen", Some("key-1")).await.problem(409, "idempotency-key-reused");
    // Keys are each user's own.
    app.order("bob", "a hen", Some("key-1")).await.accepted();
    assert_eq!(app.credits("ada").await, (9, 1));
}

#[tokio::test]
async fn without_a_key_each_order_is_a_job() {
    let app = TestApp::new();
    let (one, two) = (app.create("ada", "a fox").await, app.create("ada", "a fox").await);
    assert_ne!(one, two);
    assert_eq!(app.credits("ada").await, (8, 2));
}

#[tokio::test]
async fn sixty_four_parallel_orders_on_one_credit_accept_exactly_one() {
    let app = TestApp::new();
    for _ in 0..9 {
        app.create("ada", "a fox").await;
        app.drain().await;
    }
    assert_eq!(app.credits("ada").await, (1, 0));
    let before = app.provider.sheets().len();

    let answers = join_all((0..64).map(|_| app.order("ada", "a fox", None))).await;
    let accepted = answers.iter().filter(|answer| answer.status == 202).count();
    assert_eq!(accepted, 1);
    for answer in answers.iter().filter(|answer| answer.status != 202) {
        let problem = answer.problem(402, "not-enough-credits");
        assert_eq!((&problem["needed"], &problem["available"]), (&json!(1), &json!(0)));
    }
    assert_eq!(app.credits("ada").await, (0, 1));
    app.drain().await;
    assert_eq!(app.credits("ada").await, (0, 0));
    assert_eq!(app.provider.sheets().len(), before + 1, "the provider was called once");
}

#[tokio::test]
async fn a_full_backlog_refuses_for_a_while() {
    let app = TestApp::new();
    app.put_on_plan("ada", PlanId::Basic).await;
    // 3 at work and 50 waiting.
    for _ in 0..53 {
        app.create("ada", "a fox").await;
    }
    let answer = app.order("ada", "a fox", None).await;
    answer.problem(429, "backlog-full");
    assert!(answer.header("retry-after").is_some(), "{answer:?}");
    let waiting = app.queue.waiting().len();
    assert_eq!(waiting, 3, "no more of one user's jobs than the plan allows is in the queue");
}

#[tokio::test]
async fn without_a_safety_check_nothing_is_accepted_and_nothing_charged() {
    let app = TestApp::new();
    app.moderation.is_down.store(true, Ordering::Relaxed);
    let answer = app.order("ada", "a fox", None).await;
    assert_eq!(answer.problem(503, "unavailable")["service"], "safety-check");
    assert!(answer.header("retry-after").is_some(), "{answer:?}");
    app.assert_untouched("ada", "no safety check").await;
}

#[tokio::test]
async fn a_blocked_prompt_is_refused_with_a_decision_and_nothing_charged() {
    let app = TestApp::new();
    let answer = app.order("ada", "a forbidden thing", None).await;
    let problem = answer.problem(422, "content-blocked");
    assert_eq!(problem["errors"][0]["pointer"], "#/prompt", "{problem}");
    assert_eq!(problem["category"], "violence", "{problem}");
    assert!(problem["decision_id"].as_str().is_some_and(|id| id.starts_with("dec_")), "{problem}");
    app.assert_untouched("ada", "blocked").await;
}

#[tokio::test]
async fn a_quote_says_what_a_job_costs_and_stores_nothing() {
    let app = TestApp::new();
    let quote = app.post("ada", "/api/v1/generations/quote", &fox(&json!({}))).await.ok();
    assert_eq!((&quote["credits"], &quote["available"]), (&json!(1), &json!(10)), "{quote}");
    assert_eq!(quote["affordable"], true, "{quote}");
    let pro = fox(&json!({ "model": "flux-1.1-pro" }));
    let answer = app.post("ada", "/api/v1/generations/quote", &pro).await;
    assert_eq!(answer.refused_field(403, "plan-too-low"), "#/model");
    app.assert_untouched("ada", "a quote").await;
}
