//! The Functions host's stand-in from outside: a package, a handler, a port.
//!
//! `cargo test -p imagegen-local` builds the handler, `examples/echo_handler.rs`; with `--test host` alone, Cargo
//! leaves it as it is.

#[path = "host/local.rs"]
mod local;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use local::{Local, Place, host_json};
use serde_json::{Value, json};

fn kill(pid: u64, signal: &str) {
    let status = Command::new("kill").args([signal, &pid.to_string()]).status();
    assert!(status.expect("there is a kill").success());
}

fn pid(status: &Value) -> u64 {
    status["handler"]["pid"].as_u64().expect("the handler runs")
}

/// A process that nobody has waited for yet has no executable any more.
fn assert_gone(pid: u64) {
    let limit = Instant::now() + Duration::from_secs(10);
    while Path::new(&format!("/proc/{pid}/exe")).read_link().is_ok() {
        assert!(Instant::now() < limit, "the handler outlived the host");
        std::thread::yield_now();
    }
}

async fn ready(local: &Local) -> Value {
    local.status_when(|status| status["handler"]["state"] == "ready").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_reaches_the_handler_as_it_was() {
    let place = Place::new();
    let local = place.start();
    let request = local.client.put(format!("{}/api/files/a%2Fb/x%20y?q=1&q=2", local.url));
    let request = request
        .header("x-mine", "1")
        .header("x-azure-functions-invocationid", "forged")
        .body("hello");
    let seen: Value =
        request.send().await.expect("the front answers").json().await.expect("it is JSON");
    assert_eq!(
        (&seen["method"], &seen["path"], &seen["query"], &seen["body"]),
        (&json!("PUT"), &json!("/api/files/a%2Fb/x%20y"), &json!("q=1&q=2"), &json!("hello"))
    );
    let headers = &seen["headers"];
    assert_eq!((&headers["x-mine"], &headers["content-length"]), (&json!("1"), &json!("5")));
    assert_eq!(headers["host"], local.url.trim_start_matches("http://"), "the client's own");
    assert_ne!(headers["x-azure-functions-invocationid"], "forged");
    assert_eq!(headers["x-azure-functions-invocationid"], headers["x-ms-invocation-id"]);
    assert!(
        headers["x-azure-functions-hostversion"]
            .as_str()
            .is_some_and(|version| version.starts_with("4."))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_comes_back_as_it_was() {
    let place = Place::new();
    let local = place.start();
    let answer = local.get("/api/teapot").await;
    assert_eq!(answer.status(), 418);
    let cookies: Vec<_> = answer.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
    assert_eq!(answer.text().await.expect("it is text"), "short and stout");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_stream_both_ways() {
    let place = Place::new();
    let local = place.start();
    let (sender, receiver) = tokio::sync::mpsc::channel::<&'static str>(1);
    let body = stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|chunk| (Ok::<_, std::io::Error>(chunk), receiver))
    });
    let request = local
        .client
        .post(format!("{}/api/stream", local.url))
        .body(reqwest::Body::wrap_stream(body));
    sender.send("first").await.expect("the request takes it");
    let answer = request.send().await.expect("the front answers");
    let mut chunks = answer.bytes_stream();
    let mut next = async || chunks.next().await.map(|chunk| chunk.expect("it does not break"));
    assert_eq!(next().await.as_deref(), Some(b"first".as_slice()), "before the second was sent");
    sender.send("second").await.expect("the request takes it");
    assert_eq!(next().await.as_deref(), Some(b"second".as_slice()));
    drop(sender);
    assert_eq!(next().await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_host_refuses_what_the_handler_need_not_see() {
    let place = Place::new();
    place.http("secret", "secret", r#""methods":["post"]"#);
    let local = place.start();
    for (method, path, status) in [
        ("GET", "/api/jobs/seven", 404),
        ("GET", "/work", 404),
        ("POST", "/work", 404),
        ("GET", "/api/secret", 405),
        ("POST", "/api/secret", 401),
        ("POST", "/api/secret?code=guess", 401),
        ("GET", "/api/jobs/7", 200),
        ("GET", "/", 200),
    ] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("it is a method");
        let answer =
            local.client.request(method.clone(), format!("{}{path}", local.url)).send().await;
        assert_eq!(answer.expect("the front answers").status(), status, "{method} {path}");
    }
    let length = 100 * 1024 * 1024 + 1;
    let large =
        stream::repeat(vec![0u8; 65536]).take(length / 65536 + 1).map(Ok::<_, std::io::Error>);
    let large = local
        .client
        .post(format!("{}/api/files/x", local.url))
        .body(reqwest::Body::wrap_stream(large));
    // The answer may come while the body is still sent, and then the connection ends.
    if let Ok(answer) = large.send().await {
        assert_eq!(answer.status(), 413);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_of_listed_origins_are_let_in() {
    let place = Place::new();
    let mut command = place.command();
    command.args(["--cors", "http://localhost:3000"]);
    let local = Local::start(command);
    let asked = local.client.request(reqwest::Method::OPTIONS, format!("{}/api/jobs/7", local.url));
    let asked = asked
        .header("origin", "http://localhost:3000")
        .header("access-control-request-method", "DELETE");
    let answer = asked.send().await.expect("the front answers");
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.headers()["access-control-allow-methods"], "DELETE");
    let request = local
        .client
        .get(format!("{}/api/jobs/7", local.url))
        .header("origin", "http://localhost:3000");
    let answer = request.send().await.expect("the front answers");
    assert_eq!(answer.headers()["access-control-allow-origin"], "http://localhost:3000");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_delivered_chunked_and_then_gone() {
    let place = Place::new();
    let local = place.start();
    local.send(&json!({"job": "gen_1"})).await;
    let call = local.invoked();
    assert_eq!(
        (&call["function"], &call["method"], &call["message"]["job"]),
        (&json!("work"), &json!("POST"), &json!("gen_1"))
    );
    assert_eq!(call["headers"]["transfer-encoding"], "chunked");
    assert_eq!(call["headers"]["content-type"], "application/json; charset=utf-8");
    assert_eq!(call["envelope"]["Metadata"]["DeliveryCount"], "1");
    assert_eq!(call["envelope"]["Metadata"]["sys"]["MethodName"], "work");
    let done = json!({"active": 0, "scheduled": 0, "locked": 0, "dead_letter": 0});
    local.status_when(|status| status["queues"]["jobs"] == done).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_messages_pass_once_each() {
    const MESSAGES: usize = 1000;
    let place = Place::new();
    let local = place.start();
    ready(&local).await;
    let begin = Instant::now();
    for first in (0..MESSAGES).step_by(100) {
        let entries: Vec<Value> =
            (first..first + 100).map(|n| json!({"Body": json!({ "n": n }).to_string()})).collect();
        local.send_with(json!(entries).to_string(), Some(local::BATCH)).await;
    }
    let mut seen: Vec<u64> = (0..MESSAGES)
        .map(|_| local.invoked()["message"]["n"].as_u64().expect("it has a number"))
        .collect();
    println!("{MESSAGES} messages passed in {} ms", begin.elapsed().as_millis());
    seen.sort_unstable();
    assert!(seen.iter().zip(0..).all(|(seen, n)| *seen == n), "{seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_message_comes_again_until_it_is_dead() {
    let place = Place::new();
    let local = place.start();
    local.send(&json!({"do": "fail"})).await;
    for delivery in 1..=10 {
        assert_eq!(local.invoked()["delivery"], delivery);
    }
    local.status_when(|status| status["queues"]["jobs"]["dead_letter"] == 1).await;
    local.send(&json!({"do": "text", "below": 2})).await;
    assert_eq!(local.invoked()["delivery"], 1, "what is not JSON is a failure");
    assert_eq!(local.invoked()["delivery"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_survives_the_crash_of_its_handler() {
    let place = Place::new();
    let local = place.start();
    local.send(&json!({"do": "exit", "code": 3, "below": 2})).await;
    let (first, second) = (local.invoked(), local.invoked());
    assert_eq!((&first["delivery"], &second["delivery"]), (&json!(1), &json!(2)));
    assert_ne!(first["pid"], second["pid"]);
    let status = local.status_when(|status| status["queues"]["jobs"]["locked"] == 0).await;
    assert_eq!(status["handler"]["restarts"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_wait_while_the_handler_starts_again() {
    let place = Place::new();
    let local = place.start();
    let handler = pid(&ready(&local).await);
    local.faults(json!({"slow_start_ms": 300})).await;
    kill(handler, "-KILL");
    local.line(|line| line.contains("the handler failed"));
    assert_eq!(local.get("/api/jobs/7").await.status(), 200);
}

#[test]
fn the_third_failure_ends_the_host() {
    let place = Place::new();
    place.write(
        "package/host.json",
        &host_json("00:00:30").replace(
            "\"defaultExecutablePath\"",
            "\"arguments\":[\"--exit-at-start\"],\"defaultExecutablePath\"",
        ),
    );
    let local = place.start();
    local.line(|line| line.contains("failed 3 times") && line.contains("a warning, then an end"));
    assert!(!local.end());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_with_code_0_is_final_and_with_200_it_is_free() {
    let place = Place::new();
    let local = place.start();
    for restarts in 1..=4 {
        assert_eq!(local.get("/api/exit?200").await.status(), 502);
        let status = local.status_when(|status| {
            status["handler"]["restarts"] == restarts && status["handler"]["state"] == "ready"
        });
        status.await;
    }
    assert_eq!(local.get("/api/exit?0").await.status(), 502);
    local.status_when(|status| status["handler"]["state"] == "ended").await;
    assert_eq!(local.get("/api/jobs/7").await.status(), 502);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_answer_hangs_until_the_timeout_kills_the_handler() {
    let place = Place::new();
    place.write("package/host.json", &host_json("00:00:01"));
    let local = place.start();
    ready(&local).await;
    local.send(&json!({"do": "empty", "below": 2})).await;
    let (first, begin) = (local.invoked(), Instant::now());
    let second = local.invoked();
    assert!(begin.elapsed() >= Duration::from_millis(900));
    assert_eq!(second["delivery"], 2);
    assert_ne!(first["pid"], second["pid"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_hangs_is_ended_with_the_handler() {
    let place = Place::new();
    place.write("package/host.json", &host_json("00:00:01"));
    let local = place.start();
    let before = pid(&ready(&local).await);
    assert_eq!(local.get("/api/hang").await.status(), 500);
    local
        .status_when(|status| status["handler"]["pid"].as_u64().is_some_and(|pid| pid != before))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_handler_dies_with_us_and_its_message_comes_again_afterwards() {
    let place = Place::new();
    let local = place.start();
    local.send(&json!({"do": "hang", "below": 2})).await;
    let handler = local.invoked()["pid"].as_u64().expect("it is a number");
    local.kill();
    assert_gone(handler);
    let local = place.start();
    assert_eq!(local.invoked()["delivery"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_setpriv_the_handler_dies_with_us_too() {
    let place = Place::new();
    for program in ["sh", "cat"] {
        place.link(program, &format!("/bin/{program}"));
    }
    let mut command = place.command();
    command.env("PATH", place.path("bin"));
    let local = Local::start(command);
    let handler = pid(&ready(&local).await);
    local.kill();
    assert_gone(handler);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_us_in_peace() {
    let place = Place::new();
    let local = place.start();
    let handler = pid(&ready(&local).await);
    kill(u64::from(local.pid()), "-TERM");
    assert!(local.end());
    assert_gone(handler);
}

#[tokio::test(flavor = "multi_thread")]
async fn timers_tick_and_can_be_run_by_hand() {
    let place = Place::new();
    place.timer("each_second", "* * * * * *");
    place.timer("each_january", "0 0 0 1 1 *");
    let local = place.start();
    let call = local.invoked_as("each_second");
    let timer = &call["envelope"]["Data"]["timer"];
    assert_eq!((&timer["IsPastDue"], &timer["ScheduleStatus"]), (&json!(false), &Value::Null));
    let answer = local
        .client
        .post(format!("{}/admin/functions/each_january", local.url))
        .body("{}")
        .send()
        .await;
    assert_eq!(answer.expect("the front answers").status(), 202);
    let call = local.invoked_as("each_january");
    assert_eq!(
        call["envelope"]["Data"]["timer"]["ScheduleStatus"]["Last"],
        "0001-01-01T00:00:00+00:00"
    );
    let status = local.status().await;
    let next = status["timers"]["each_january"]["next"].as_str().expect("it is announced");
    assert!(next.ends_with("-01-01T00:00:00Z"), "{next}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_function_can_be_run_by_hand() {
    let place = Place::new();
    let local = place.start();
    let body = json!({"input": "{\"job\":\"by hand\"}"}).to_string();
    let answer =
        local.client.post(format!("{}/admin/functions/work", local.url)).body(body).send().await;
    assert_eq!(answer.expect("the front answers").status(), 202);
    assert_eq!(local.invoked()["message"]["job"], "by hand");
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_hit_deliveries() {
    let place = Place::new();
    let local = place.start();
    local.faults(json!({"deliver_twice": 1, "unknown_metadata": true, "traceparent": true})).await;
    local.send(&json!({"n": 1})).await;
    let twice = [local.invoked(), local.invoked()];
    assert!(twice.iter().all(|call| call["message"]["n"] == 1));
    assert!(twice[0]["envelope"]["Metadata"]["AddedInALaterVersion"].is_object());
    assert!(twice[0]["headers"]["traceparent"].is_string());
    local.faults(json!({"lose_completions": 1, "documentation_style": true})).await;
    local.send(&json!({"n": 2})).await;
    let (first, second) = (local.invoked(), local.invoked());
    assert_eq!((&first["message"]["n"], &second["message"]["n"]), (&json!(2), &json!(2)));
    assert_eq!(second["envelope"]["Metadata"]["DeliveryCount"], 2);
    local.faults(json!({"kill_handler": 1, "kill_after_ms": 10})).await;
    local.send(&json!({"n": 3, "do": "hang", "below": 2})).await;
    let status = local.status_when(|status| {
        status["handler"]["restarts"] == 1 && status["queues"]["jobs"]["locked"] == 0
    });
    assert_eq!(status.await["queues"]["jobs"]["dead_letter"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_function_is_left_out_and_named() {
    let place = Place::new();
    place.function("broken", "nonsense");
    let local = place.start();
    let functions = local.json("/admin/functions").await;
    let disabled: Vec<_> = functions
        .as_array()
        .expect("it is a list")
        .iter()
        .filter(|function| function["isDisabled"] == true)
        .collect();
    assert_eq!(disabled.len(), 1);
    assert_eq!(disabled[0]["name"], "broken");
    assert_eq!(local.get("/api/jobs/7").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_package_the_handler_stages_one() {
    let place = Place::new();
    let local = Local::start(place.command_without_package());
    let seen = local.json("/api/staged").await;
    assert_eq!(seen["path"], "/api/staged");
    assert_eq!(local.get("/api/jobs/7").await.status(), 404, "that is in the other package");
}

#[test]
fn one_data_folder_has_one_local_cloud_and_one_port_file() {
    let place = Place::new();
    let local = place.start();
    let port = std::fs::read_to_string(place.data().join("port")).expect("it was written");
    assert_eq!(local.url, format!("http://localhost:{port}"));
    let error = place.refusal(|_| {});
    assert!(error.contains("another imagegen-local uses the data folder"), "{error}");
}

#[test]
fn what_cannot_begin_says_so_in_one_sentence() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let port = taken.local_addr().expect("it is bound").port().to_string();
    let error = place.refusal(|command| {
        command.args(["--port", &port]);
    });
    assert!(error.contains(&format!("port {port} is in use")), "{error}");
    let error = place.refusal(|command| {
        command.args(["--handler", "/nowhere/handler"]);
    });
    assert!(error.contains("/nowhere/handler is missing"), "{error}");
    place.write("package/host.json", "{}");
    let error = place.refusal(|_| {});
    assert!(error.contains("host.json is not usable") && error.contains("version"), "{error}");
    assert_eq!(error.trim_end().lines().count(), 1, "{error}");
}
