//! A custom handler that does what it is told: the other side of `tests/host.rs`.
//!
//! HTTP functions below `/api/` show what arrived. Queue and timer functions print one line, `INVOKED {…}`, with
//! everything they got, and then do what the message says: `{"do": "ok|fail|empty|text|hang|exit", "code": 3,
//! "below": 2}`, where anything but `ok` is done only while the delivery count is below `below`, if it is given.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::{Buf, Bytes};
use futures_util::{Stream, StreamExt as _};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use warp::reply::Response;
use warp::{Filter as _, Reply as _};

#[tokio::main]
async fn main() {
    if let [_, package, out, folder] = std::env::args().collect::<Vec<_>>().as_slice()
        && (package.as_str(), out.as_str()) == ("package", "--out")
    {
        return stage(Path::new(folder)).expect("the folder is writable");
    }
    let port: u16 = setting("FUNCTIONS_CUSTOMHANDLER_PORT").parse().expect("the host gives a port");
    if std::env::args().nth(1).as_deref() == Some("--exit-at-start") {
        eprintln!("a warning, then an end");
        std::process::exit(9);
    }
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    let everything = warp::any()
        .and(warp::method())
        .and(warp::path::full())
        .and(query)
        .and(warp::header::headers_cloned())
        .and(warp::body::stream())
        .then(|method, path: warp::path::FullPath, query, headers, body| async move {
            answer(method, path.as_str(), query, headers, body).await
        });
    warp::serve(everything).run(([127, 0, 0, 1], port)).await;
}

/// What `imagegen package` does, with one function.
fn stage(folder: &Path) -> std::io::Result<()> {
    let host = json!({
        "version": "2.0",
        "customHandler": {"description": {"defaultExecutablePath": "handler"}, "enableProxyingHttpRequest": true},
    });
    let function = json!({"bindings": [
        {"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous"},
        {"type": "http", "direction": "out", "name": "res"},
    ]});
    std::fs::create_dir_all(folder.join("staged"))?;
    std::fs::write(folder.join("host.json"), host.to_string())?;
    std::fs::write(folder.join("staged/function.json"), function.to_string())?;
    std::fs::copy(std::env::current_exe()?, folder.join("handler"))?;
    Ok(())
}

fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

async fn answer(
    method: Method,
    path: &str,
    query: String,
    headers: HeaderMap,
    body: impl Stream<Item = Result<impl Buf + 'static, warp::Error>> + Send + Sync + 'static,
) -> Response {
    match path {
        "/" => "ready".into_response(),
        // As it comes, so that a test can tell whether anybody on the way waits for the end.
        "/api/stream" => {
            warp::reply::stream(body.map(|chunk| chunk.map(|mut chunk| copy(&mut chunk))))
                .into_response()
        }
        "/api/hang" => std::future::pending().await,
        "/api/settings" => {
            warp::reply::json(&std::env::vars().collect::<BTreeMap<String, String>>())
                .into_response()
        }
        "/api/teapot" => {
            let mut response = "short and stout".into_response();
            *response.status_mut() = StatusCode::IM_A_TEAPOT;
            response.headers_mut().append("set-cookie", "a=1".parse().expect("it is good"));
            response.headers_mut().append("set-cookie", "b=2".parse().expect("it is good"));
            response
        }
        "/api/exit" => std::process::exit(query.parse().unwrap_or(1)),
        _ => {
            let body = whole(body).await;
            let seen = json!({
                "method": method.as_str(), "path": path, "query": query, "headers": headers_of(&headers),
                "body": String::from_utf8_lossy(&body), "pid": std::process::id(),
            });
            if path.starts_with("/api/") {
                warp::reply::json(&seen).into_response()
            } else {
                invoked(path, seen).await
            }
        }
    }
}

async fn invoked(path: &str, mut seen: Value) -> Response {
    let envelope: Value =
        serde_json::from_str(seen["body"].as_str().unwrap_or_default()).unwrap_or_default();
    let wish: Value = envelope["Data"]["message"]
        .as_str()
        .and_then(|text| BASE64.decode(text).ok())
        .and_then(|body| serde_json::from_slice(&body).ok())
        .unwrap_or_default();
    let delivery: u64 = envelope["Metadata"]["DeliveryCount"]
        .as_str()
        .and_then(|text| text.parse().ok())
        .unwrap_or_default();
    seen["function"] = path.trim_start_matches('/').into();
    seen["message"] = wish.clone();
    seen["delivery"] = delivery.into();
    seen["envelope"] = envelope;
    seen.as_object_mut().expect("it is an object").remove("body");
    let _ = writeln!(std::io::stdout(), "INVOKED {seen}");
    let obeys = wish["below"].as_u64().is_none_or(|below| delivery < below);
    match wish["do"].as_str().filter(|_| obeys) {
        Some("fail") => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some("empty") => StatusCode::OK.into_response(),
        Some("text") => "done".into_response(),
        Some("hang") => std::future::pending().await,
        Some("exit") => std::process::exit(
            wish["code"].as_i64().and_then(|code| i32::try_from(code).ok()).unwrap_or(1),
        ),
        Some(_) | None => warp::reply::json(&json!({ "Logs": ["done"] })).into_response(),
    }
}

fn headers_of(headers: &HeaderMap) -> Value {
    headers
        .iter()
        .map(|(name, value)| {
            (name.to_string(), Value::from(String::from_utf8_lossy(value.as_bytes())))
        })
        .collect()
}

async fn whole(body: impl Stream<Item = Result<impl Buf, warp::Error>>) -> Vec<u8> {
    let mut body = std::pin::pin!(body);
    let mut all = Vec::new();
    while let Some(Ok(mut chunk)) = body.next().await {
        all.extend_from_slice(&copy(&mut chunk));
    }
    all
}

fn copy(chunk: &mut impl Buf) -> Bytes {
    chunk.copy_to_bytes(chunk.remaining())
}
