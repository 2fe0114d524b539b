//! Every function of the table: where it is, who may call it, and what its errors look like.

use std::collections::BTreeSet;
use std::path::Path;

use imagegen::commands::generated;
use imagegen::functions::all;
use imagegen::functions::router::public_path;
use imagegen::functions::spec::{Access, Trigger};
use imagegen_core::messages::QueueName;
use serde_json::json;

use crate::app::{TestApp, bearer, envelope};

/// What no share link has.
const TOKEN: &str = "c2hhcmU";

/// Method, address with every parameter filled in, and who may call it.
pub(crate) fn http_functions() -> Vec<(&'static str, String, String, Access)> {
    let functions = all().into_iter().filter_map(|function| match function.trigger {
        Trigger::Http { method, route, access } => {
            let kind = if route.starts_with("v1/uploads") { "upl" } else { "gen" };
            let id = format!("{kind}_01ARZ3NDEKTSV4RRFFQ69G5FAV");
            let path = public_path(route).replace("{id}", &id);
            let path = path.replace("{ticket}", "a.b.0.c").replace("{token}", TOKEN);
            assert!(!path.contains('{'), "{path}: the tests know no value for this parameter");
            Some((function.name, method.to_string(), path, access))
        }
        Trigger::Queue { .. } | Trigger::Timer { .. } => None,
    });
    functions.collect()
}

#[tokio::test]
async fn every_function_answers_where_the_host_calls_it() {
    let app = TestApp::new();
    for (name, method, path, _) in http_functions() {
        let answer = app.call(&method, &path, &[("authorization", &bearer("ada"))], "").await;
        assert_ne!(answer.status, 405, "{name}: {answer:?}");
        let nowhere = b"There is no such address.";
        let is_nowhere =
            answer.status == 404 && answer.body.windows(nowhere.len()).any(|part| part == nowhere);
        assert!(!is_nowhere, "{name} does not answer {method} {path}");
    }
    for function in all() {
        let status = match function.trigger {
            Trigger::Http { .. } => continue,
            // Not a message of ours: it must come again, until it is dead-lettered and seen.
            Trigger::Queue { .. } => 503,
            Trigger::Timer { .. } => 200,
        };
        let answer = app.invoke(function.name, &envelope("{}")).await;
        assert_eq!(answer.status, status, "{}: {answer:?}", function.name);
        assert!(!answer.body.is_empty(), "{}: the host would wait for its timeout", function.name);
    }
}

#[tokio::test]
async fn the_host_finds_the_handler_ready() {
    let answer = TestApp::new().call("GET", "/", &[], "").await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn what_is_no_http_function_is_not_reached_from_outside() {
    let app = TestApp::new();
    for function in all() {
        if matches!(function.trigger, Trigger::Http { .. }) {
            continue;
        }
        let path = format!("/api/{}", function.name);
        let headers = [("authorization", bearer("ada"))];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        app.call("POST", &path, &headers, "{}").await.problem(404, "not-found");
    }
}

#[test]
fn names_are_what_the_host_takes_and_no_two_are_alike() {
    let mut seen = BTreeSet::new();
    for function in all() {
        let name = function.name;
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(name.starts_with(|c: char| c.is_ascii_lowercase()), "{name}");
        assert!(name.chars().all(legal) && name.len() <= 127, "{name}");
        assert!(seen.insert(name), "{name} is there twice");
    }
}

#[test]
fn generated_files_are_up_to_date() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let wanted = generated();
    for (path, text) in &wanted {
        let found = std::fs::read_to_string(root.join(path)).unwrap_or_default();
        // Not assert_eq: nobody wants to read two whole files.
        assert!(found == *text, "{} is out of date: run `make generate`", path.display());
    }
    for folder in std::fs::read_dir(root.join("functions")).expect("it is generated") {
        let name = folder.expect("it is readable").file_name();
        let path = Path::new("functions").join(name).join("function.json");
        let is_wanted = wanted.contains_key(&path);
        assert!(is_wanted, "{} has no function any more: run `make generate`", path.display());
    }
}

#[test]
fn no_two_routes_overlap() {
    let routes: Vec<_> = all()
        .into_iter()
        .filter_map(|f| match f.trigger {
            Trigger::Http { method, route, .. } => Some((f.name, method, route)),
            Trigger::Queue { .. } | Trigger::Timer { .. } => None,
        })
        .collect();
    for (n, (name, method, route)) in routes.iter().enumerate() {
        for (other, other_method, other_route) in &routes[n + 1..] {
            let (one, two): (Vec<_>, Vec<_>) =
                (route.split('/').collect(), other_route.split('/').collect());
            let meet = one.len() == two.len()
                && one.iter().zip(&two).all(|(a, b)| {
                    a == b || [a, b].into_iter().any(|segment| segment.starts_with('{'))
                });
            assert!(
                !meet || method != other_method,
                "{name} and {other} both take {method} {route}"
            );
        }
    }
}

#[test]
fn every_queue_has_a_function_and_just_one() {
    let bound: Vec<_> = all()
        .into_iter()
        .filter_map(|f| match f.trigger {
            Trigger::Queue { queue } => Some(queue),
            Trigger::Http { .. } | Trigger::Timer { .. } => None,
        })
        .collect();
    let once: BTreeSet<_> = bound.iter().copied().collect();
    assert_eq!(once, BTreeSet::from(QueueName::ALL));
    assert_eq!(once.len(), bound.len(), "a queue has two functions: {bound:?}");
}

#[tokio::test]
async fn who_is_not_signed_in_gets_401_from_every_function_for_users() {
    let app = TestApp::new();
    for (name, method, path, access) in http_functions() {
        if access != Access::User {
            continue;
        }
        let wrong: [&[(&str, &str)]; 6] = [
            &[],
            &[("authorization", "")],
            &[("authorization", "Bearer")],
            &[("authorization", "Bearer garbage")],
            &[("authorization", "Basic dXNlci1hZGE6")],
            &[("authorization", "user-ada")],
        ];
        for headers in wrong {
            let answer = app.call(&method, &path, headers, "{}").await;
            answer.problem(401, "unauthenticated");
            let challenge = answer.header("www-authenticate").unwrap_or_default();
            assert!(challenge.starts_with("Bearer"), "{name}, {headers:?}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn the_open_functions_answer_anyone() {
    let app = TestApp::new();
    let mut open = 0;
    for (name, method, path, access) in http_functions() {
        // What is open to whoever has a link is nothing to everyone.
        if access == Access::Open && !path.contains(TOKEN) {
            let answer = app.call(&method, &path, &[], "").await;
            assert_eq!(answer.status, 200, "{name}: {answer:?}");
            open += 1;
        }
    }
    assert!(open >= 4, "models, plans, health and the API's description are open");
}

#[tokio::test]
async fn errors_are_problems_with_a_code() {
    let app = TestApp::new();
    app.get("ada", "/api/v1/nothing").await.problem(404, "not-found");
    app.get("ada", "/elsewhere").await.problem(404, "not-found");
    app.get("ada", "/api/v1/generations/gen_nonsense").await.problem(404, "not-found");
    app.get("ada", "/api/v1/generations?limit=0").await.problem(422, "invalid-request");
    app.get("ada", "/api/v1/events?after=now").await.problem(422, "invalid-request");

    let answer = app.call("DELETE", "/api/v1/generations", &[], "").await;
    answer.problem(405, "method-not-allowed");
    assert_eq!(answer.header("allow"), Some("GET, POST"));

    let headers = [("authorization", bearer("ada"))];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    for (body, status, code) in [
        ("{", 400, "malformed-json"),
        ("{}", 422, "invalid-request"),
        (&*"x".repeat(2 * 1024 * 1024), 413, "body-too-large"),
    ] {
        let answer = app.call("POST", "/api/v1/generations", &headers, body.to_owned()).await;
        let problem = answer.problem(status, code);
        assert_eq!(problem["instance"], "/api/v1/generations", "{problem}");
    }
}

#[tokio::test]
async fn the_trace_id_of_a_problem_is_the_callers() {
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let answer =
        TestApp::new().call("GET", "/api/nothing", &[("traceparent", traceparent)], "").await;
    let problem = answer.problem(404, "not-found");
    assert_eq!(problem["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
}

#[tokio::test]
async fn the_description_of_the_api_names_every_function_that_people_call() {
    let app = TestApp::new();
    let document = app.call("GET", "/api/openapi.json", &[], "").await.ok();
    for (name, method, path, access) in http_functions() {
        if access == Access::Signature {
            continue;
        }
        let path = path.replace("gen_01ARZ3NDEKTSV4RRFFQ69G5FAV", "{id}");
        let path = path.replace("upl_01ARZ3NDEKTSV4RRFFQ69G5FAV", "{id}");
        let path = path.replace(TOKEN, "{token}");
        let operation = &document["paths"][&path][method.to_lowercase()];
        assert_eq!(operation["operationId"], name, "{method} {path}");
        let open = json!([]);
        assert_eq!(operation["security"] == open, access == Access::Open, "{name}");
    }
}
