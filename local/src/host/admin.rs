//! The host's own addresses: `/admin/…`, and `/_local/status` for people and tests.

use std::sync::Arc;

use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::functions::{Function, Trigger};
use super::invoke::{HOST_VERSION, invocation, invoke};
use super::keeper::State;
use super::{Host, envelope, timers};
use crate::cloud::{Answer, Call, empty, json};
use crate::console;

/// Answers a call below `/admin`. On one machine there is no key for it.
pub(crate) fn handle(host: &Arc<Host>, call: &Call) -> Answer {
    let path = call.path.trim_matches('/');
    match (&call.method, path.split('/').collect::<Vec<_>>().as_slice()) {
        (&Method::GET, ["functions"]) => json(StatusCode::OK, &functions(host)),
        (&Method::GET, ["host", "status"]) => json(StatusCode::OK, &host_status(host)),
        (&Method::POST, ["functions", name]) => run(host, name, &call.body),
        _ => empty(StatusCode::NOT_FOUND),
    }
}

fn functions(host: &Host) -> Value {
    let good = host.functions.iter().map(|function| {
        let trigger = match function.trigger {
            Trigger::Http(_) => "httpTrigger",
            Trigger::Queue(_) => "serviceBusTrigger",
            Trigger::Timer(_) => "timerTrigger",
        };
        json!({ "name": function.name, "trigger": trigger, "isDisabled": false })
    });
    let broken = host
        .broken
        .iter()
        .map(|broken| json!({ "name": broken.name, "isDisabled": true, "reason": broken.reason }));
    good.chain(broken).collect()
}

fn host_status(host: &Host) -> Value {
    let errors: Vec<String> = host
        .broken
        .iter()
        .map(|broken| format!("The '{}' function is in error: {}", broken.name, broken.reason))
        .collect();
    json!({ "id": "local", "state": "Running", "version": HOST_VERSION, "errors": errors })
}

#[derive(Deserialize)]
struct Input {
    #[serde(default)]
    input: Option<String>,
}

/// Runs a function that has no address, now; the answer does not wait for it.
fn run(host: &Arc<Host>, name: &str, body: &[u8]) -> Answer {
    let Ok(Input { input }) = serde_json::from_slice(body) else {
        return empty(StatusCode::BAD_REQUEST);
    };
    let function =
        host.functions.iter().find(|function| function.name.eq_ignore_ascii_case(name)).cloned();
    match function {
        None => empty(StatusCode::NOT_FOUND),
        Some(Function { trigger: Trigger::Http(_), .. }) => empty(StatusCode::BAD_REQUEST),
        Some(function) => {
            let host = Arc::clone(host);
            tokio::spawn(async move { run_now(&host, function, input.unwrap_or_default()).await });
            empty(StatusCode::ACCEPTED)
        }
    }
}

async fn run_now(host: &Host, Function { name, trigger }: Function, input: String) {
    match trigger {
        Trigger::Http(_) => {}
        Trigger::Timer(timer) => timers::run_now(host, &name, &timer).await,
        Trigger::Queue(queue) => {
            let envelope = envelope::manual(invocation(host, &name), &queue, &input);
            if let Err(failure) = invoke(host, &name, envelope).await {
                console::host(&format!("{name} failed: {failure}"));
            }
        }
    }
}

/// What `/_local/status` tells.
pub(crate) fn status(host: &Host) -> Map<String, Value> {
    let (state, pid) = match host.keeper.state() {
        State::Starting => ("starting", None),
        State::Ready(incarnation) => ("ready", Some(incarnation.pid)),
        State::Ended => ("ended", None),
    };
    let queues = host.broker.counts().unwrap_or_else(|e| {
        console::host(&format!("the queues cannot be counted: {e}"));
        std::collections::BTreeMap::new()
    });
    let timers: Map<String, Value> = host
        .timers
        .next()
        .into_iter()
        .map(|(name, next)| (name, json!({ "next": next.to_string() })))
        .collect();
    let handler = json!({ "pid": pid, "state": state, "restarts": host.keeper.restarts() });
    Map::from_iter([
        ("handler".to_owned(), handler),
        ("queues".to_owned(), json!(queues)),
        ("timers".to_owned(), Value::Object(timers)),
        (
            "replicate".to_owned(),
            json!({ "predictions_created": host.cloud.predictions_created() }),
        ),
    ])
}
