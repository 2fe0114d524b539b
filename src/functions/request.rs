//! An HTTP request as handlers see it, and what they answer: no warp types.

use std::pin::Pin;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use imagegen_core::generations::IdempotencyKey;
use serde::Serialize;
use serde::de::DeserializeOwned;
use warp::Reply as _;

use super::problem::{FieldError, Problem};
use crate::app::App;

pub type Response = warp::reply::Response;

pub struct Request {
    pub headers: HeaderMap,
    /// Without the `?`.
    pub query: String,
    pub body: Bytes,
    pub(super) params: Vec<(&'static str, String)>,
}

impl Request {
    /// The body as `T`. What is no JSON is 400; JSON of another shape is 422 and names the field.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let mut reader = serde_json::Deserializer::from_slice(&self.body);
        let parsed = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = error.path().to_string();
            let inner = error.into_inner();
            if inner.is_data() { misfit(&path, &inner) } else { malformed(&inner) }
        })?;
        reader.end().map_err(|error| malformed(&error))?;
        Ok(parsed)
    }

    /// A path parameter that does not parse cannot name anything, so it is a 404.
    pub fn param<T: FromStr>(&self, name: &str, what: &str) -> Result<T, Problem> {
        let found = self.params.iter().find(|(n, _)| *n == name);
        found.and_then(|(_, v)| v.parse().ok()).ok_or_else(|| Problem::not_found(what))
    }

    /// A query parameter, decoded; `None` when it is absent or empty.
    pub fn query<T: FromStr>(&self, name: &str, rule: &str) -> Result<Option<T>, Problem> {
        let mut pairs = url::form_urlencoded::parse(self.query.as_bytes());
        let value = pairs.find(|(n, v)| n == name && !v.is_empty());
        let parsed = value.map(|(_, v)| v.parse().map_err(|_| Problem::invalid_field(name, rule)));
        parsed.transpose()
    }

    /// How many items a page has: 1 to 100.
    pub fn limit(&self) -> Result<usize, Problem> {
        const RULE: &str = "must be 1 to 100";
        let limit = self.query("limit", RULE)?.unwrap_or(20);
        (1..=100)
            .contains(&limit)
            .then_some(limit)
            .ok_or_else(|| Problem::invalid_field("limit", RULE))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The caller's key, or one of our own: then a repeat is another job.
    pub fn idempotency_key(&self, app: &App) -> Result<IdempotencyKey, Problem> {
        match self.headers.get("idempotency-key") {
            None => Ok(IdempotencyKey::fresh(&app.services)),
            Some(value) => {
                let text = value.to_str().unwrap_or("");
                IdempotencyKey::parse(text).map_err(|error| {
                    Problem::new(
                        StatusCode::BAD_REQUEST,
                        "invalid-idempotency-key",
                        "The Idempotency-Key header is not valid",
                    )
                    .detail(format!("It {error}."))
                })
            }
        }
    }
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed-json", "The body is not JSON")
        .detail(format!("{error}."))
}

/// serde tells what it wanted in words; they name no type of ours.
fn misfit(path: &str, error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    // The position is of no use to someone who is told the field.
    let text = text.rsplit_once(" at line").map_or(text.as_str(), |(said, _)| said);
    let quoted = text.split('`').nth(1);
    let (field, detail) = match quoted {
        Some(field) if text.starts_with("unknown field") => {
            (field.to_owned(), "is not a field of this request".to_owned())
        }
        Some(field) if text.starts_with("missing field") => {
            (field.to_owned(), "is required".to_owned())
        }
        _ => (String::new(), text.to_owned()),
    };
    let parents =
        path.trim_matches('.').split(['.', '[', ']']).filter(|p| !p.is_empty() && *p != "?");
    let mut pointer: Vec<_> = parents.map(str::to_owned).collect();
    if !field.is_empty() && pointer.last() != Some(&field) {
        pointer.push(field);
    }
    Problem::invalid(vec![FieldError { pointer: format!("#/{}", pointer.join("/")), detail }])
}

/// `status` with `body` as JSON, not to be kept by any cache.
pub fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let body = serde_json::to_vec(body).expect("views are plain data");
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// 200 with a file to be saved under `name` (ASCII), made while it is sent, not to be kept by any cache. An error cuts the connection, so that
/// nobody takes half a body for the whole.
pub fn streamed<E>(
    content_type: &'static str,
    name: &str,
    pieces: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
) -> Response
where
    E: std::error::Error + Send + Sync + 'static,
{
    let pieces = pieces.inspect_err(|error| {
        tracing::error!(error = error as &dyn std::error::Error, "A body breaks off");
    });
    let pieces = Shareable(Mutex::new(pieces.boxed()));
    let mut response = warp::reply::stream(pieces).into_response();
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_DISPOSITION, disposition.expect("a file's name is ASCII"));
    response
}

/// warp wants a body that threads may share, which what awaits a port is not. Nobody does share it: the lock is never
/// taken.
struct Shareable<T>(Mutex<BoxStream<'static, T>>);

impl<T> Stream for Shareable<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let stream = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        stream.poll_next_unpin(context)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only their shape matters here")]
    struct Body {
        prompt: String,
        #[serde(default)]
        inputs: Vec<Input>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only their shape matters here")]
    struct Input {
        index: u32,
    }

    fn refused(body: &str) -> Problem {
        let request = Request {
            headers: HeaderMap::new(),
            query: String::new(),
            body: Bytes::copy_from_slice(body.as_bytes()),
            params: Vec::new(),
        };
        request.json::<Body>().expect_err(body)
    }

    #[test]
    fn a_wrong_body_names_the_field() {
        for (body, pointer) in [
            (r#"{"prompt":1}"#, "#/prompt"),
            (r"{}", "#/prompt"),
            (r#"{"prompt":"x","size":1}"#, "#/size"),
            (r#"{"prompt":"x","inputs":[{"index":0},{"index":"1"}]}"#, "#/inputs/1/index"),
            (r#"{"prompt":"x","inputs":[{"url":"x"}]}"#, "#/inputs/0/url"),
            (r#"{"prompt":"x","inputs":[{}]}"#, "#/inputs/0/index"),
        ] {
            let problem = refused(body);
            assert_eq!(problem.status(), 422, "{body}");
            assert_eq!(problem.errors()[0].pointer, pointer, "{body}: {problem:?}");
        }
        for body in ["", "{", "nonsense", r#"{"prompt":"x"} {}"#, "\u{0}"] {
            assert_eq!(refused(body).code(), "malformed-json", "{body}");
        }
    }
}
