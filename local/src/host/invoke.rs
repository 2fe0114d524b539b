//! One call of a queue or timer function: `POST /<function>` to the handler, and what its answer means.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use http::header::CONTENT_TYPE;
use jiff::Timestamp;
use serde_json::Value;
use thiserror::Error;

use super::Host;
use super::keeper::{Incarnation, Reason, Unavailable};
use crate::console;

/// What the host tells the handler about itself; the version is the one whose rules are kept here.
pub(crate) const HOST_VERSION: &str = "4.1052.0.0";
pub(crate) const HOST_VERSION_HEADER: &str = "x-azure-functions-hostversion";
pub(crate) const INVOCATION_HEADER: &str = "x-azure-functions-invocationid";

/// Why a call failed. For a message it all means the same: it comes again.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Unavailable(Unavailable),
    #[error("the connection to the handler broke")]
    Broken(#[source] reqwest::Error),
    #[error("the handler answered with status {0}")]
    Status(u16),
    #[error("the handler's answer is not the JSON of an invocation: {0}")]
    Answer(String),
    #[error("it ran longer than {} s", .0.as_secs())]
    TimedOut(Duration),
}

/// Calls `function` with `envelope` and waits for its end.
pub(crate) async fn invoke(
    host: &Host,
    function: &str,
    mut envelope: Value,
) -> Result<(), Failure> {
    let faults = host.faults.get();
    if faults.unknown_metadata {
        envelope["Metadata"]["AddedInALaterVersion"] =
            serde_json::json!({"Nested": [1, null, "x"]});
    }
    let incarnation = host.keeper.ready().await.map_err(Failure::Unavailable)?;
    let id = crate::guid::random();
    let traceparent = faults.traceparent.then(trace_parent);
    let call = limited(
        host,
        incarnation,
        exchange(host, incarnation, function, &id, envelope.to_string(), traceparent),
    );
    let logs = match host.faults.kill() {
        None => call.await?,
        Some(delay) => {
            let mut call = std::pin::pin!(call);
            if let Ok(answer) = tokio::time::timeout(delay, &mut call).await {
                answer?
            } else {
                host.keeper.kill(incarnation, Reason::Fault);
                call.await?
            }
        }
    };
    for line in logs {
        console::host(&format!("{function} ({id}): {line}"));
    }
    Ok(())
}

/// Within `functionTimeout`; after it the handler dies, with every other call that it has.
async fn limited<T>(
    host: &Host,
    incarnation: Incarnation,
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let Some(limit) = host.json.function_timeout else { return call.await };
    tokio::time::timeout(limit, call).await.unwrap_or_else(|_| {
        host.keeper.kill(incarnation, Reason::Timeout);
        Err(Failure::TimedOut(limit))
    })
}

async fn exchange(
    host: &Host,
    incarnation: Incarnation,
    function: &str,
    id: &str,
    envelope: String,
    traceparent: Option<String>,
) -> Result<Vec<String>, Failure> {
    // Of unknown length and so chunked, as the real host sends it.
    let body =
        reqwest::Body::wrap_stream(stream::iter([Ok::<_, std::io::Error>(Bytes::from(envelope))]));
    let mut request = host
        .client
        .post(format!("http://127.0.0.1:{}/{function}", incarnation.port))
        .header(CONTENT_TYPE, "application/json; charset=utf-8")
        .header("user-agent", format!("Azure-Functions-Host/{HOST_VERSION}"))
        .header(HOST_VERSION_HEADER, HOST_VERSION)
        .header(INVOCATION_HEADER, id)
        .body(body);
    if let Some(traceparent) = traceparent {
        request = request.header("traceparent", traceparent);
    }
    let response = request.send().await.map_err(Failure::Broken)?;
    let status = response.status();
    if !status.is_success() {
        return Err(Failure::Status(status.as_u16()));
    }
    let content_type = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let body = response.bytes().await.map_err(Failure::Broken)?;
    if let Some(logs) = logs(&content_type, &body)? {
        return Ok(logs);
    }
    console::host(&format!(
        "{function} ({id}) was answered with nothing: the host takes that for \"not done yet\" and waits"
    ));
    std::future::pending().await
}

/// `None` is an empty answer, which never ends an invocation.
fn logs(content_type: &str, body: &[u8]) -> Result<Option<Vec<String>>, Failure> {
    if body.is_empty() {
        return Ok(None);
    }
    let media = content_type.split(';').next().unwrap_or_default().trim().to_lowercase();
    if media != "application/json" && media != "text/json" {
        return Err(Failure::Answer(format!("its content type is {content_type:?}")));
    }
    match serde_json::from_slice(body).map_err(|e| Failure::Answer(e.to_string()))? {
        Value::Null => Ok(None),
        Value::Object(answer) => {
            // Names are compared without case. Outputs are not looked at: no function here has one.
            let logs = answer.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("logs"));
            let logs = logs
                .map(|(_, value)| serde_json::from_value::<Option<Vec<String>>>(value))
                .transpose();
            Ok(Some(
                logs.map_err(|e| Failure::Answer(e.to_string()))?.flatten().unwrap_or_default(),
            ))
        }
        other => Err(Failure::Answer(format!("{other} is not an object"))),
    }
}

fn trace_parent() -> String {
    let id = || crate::guid::random().replace('-', "");
    format!("00-{}-{}-01", id(), &id()[..16])
}

/// Who is called when, for the envelope.
pub(crate) fn invocation<'a>(host: &Host, function: &'a str) -> super::envelope::Invocation<'a> {
    super::envelope::Invocation { function, now: Timestamp::now(), style: host.faults.style() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = "application/json; charset=utf-8";

    #[test]
    fn any_json_object_is_success() {
        for body in [
            "{}",
            r#"{"Outputs":{},"Logs":["line"],"ReturnValue":null}"#,
            r#"{"Logs":null,"Unknown":1}"#,
        ] {
            assert!(matches!(logs(JSON, body.as_bytes()), Ok(Some(_))), "{body}");
        }
        let lines =
            logs("text/json", br#"{"logs":["a","b"]}"#).expect("it is good").expect("it is there");
        assert_eq!(lines, ["a", "b"]);
    }

    #[test]
    fn nothing_and_null_are_no_answer() {
        assert!(matches!(logs(JSON, b""), Ok(None)));
        assert!(matches!(logs("", b""), Ok(None)));
        assert!(matches!(logs(JSON, b" null "), Ok(None)));
    }

    #[test]
    fn anything_else_is_a_failure() {
        for (content_type, body) in [
            ("text/plain", "{}"),
            ("", "{}"),
            (JSON, "{"),
            (JSON, "[]"),
            (JSON, "\"ok\""),
            (JSON, r#"{"Logs":"a"}"#),
        ] {
            assert!(
                matches!(logs(content_type, body.as_bytes()), Err(Failure::Answer(_))),
                "{content_type} {body}"
            );
        }
    }
}
