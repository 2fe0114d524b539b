//! HTTP functions in proxy mode: the request goes to the handler as it came, bodies stream both ways.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use http::header::{
    CONNECTION, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{Method, StatusCode, Uri};
use http_body_util::BodyDataStream;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use tokio::time::Instant;
use warp::Reply as _;
use warp::reply::Response;

use super::Host;
use super::invoke::{HOST_VERSION, HOST_VERSION_HEADER, INVOCATION_HEADER};
use super::keeper::{Incarnation, Reason, Unavailable};
use crate::console;

/// The host's limit on request bodies.
pub(crate) const BODY_LIMIT: u64 = 104_857_600;
/// When nothing moves for so long, the exchange is over.
const IDLE_TIMEOUT: Duration = Duration::from_mins(4);
/// How often a connection that was refused is tried again, and how long it waits before.
const CONNECTION_RETRIES: u32 = 10;

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
pub(crate) type Body = BoxStream<'static, Result<Bytes, BoxError>>;

/// A request whose body has not been read.
pub(crate) struct Request {
    pub(crate) method: Method,
    /// As it stands in the request line.
    pub(crate) path: String,
    /// Without the `?`; empty when there is none.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

/// Connections to the handler. This client sends paths as they are; one that parses addresses would tidy them.
pub(crate) type Connections = Client<HttpConnector, reqwest::Body>;

pub(crate) fn connections() -> Connections {
    Client::builder(TokioExecutor::new()).build_http()
}

/// A bare status, which is all that the host says when it fails.
pub(crate) fn status(status: StatusCode) -> Response {
    status.into_response()
}

/// Hands `request` to the handler, and the answer back while it comes.
pub(crate) async fn forward(host: &Arc<Host>, function: &str, request: Request) -> Response {
    let declared = request
        .headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| length > BODY_LIMIT) {
        return status(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let deadline = host.json.function_timeout.map(|timeout| Instant::now() + timeout);
    let too_large = Arc::new(AtomicBool::new(false));
    let outbound = Outbound::new(request, &too_large);
    match exchange(host, &outbound, deadline).await {
        Ok((incarnation, response)) => inbound(host, incarnation, function, deadline, response),
        Err(_) if too_large.load(Ordering::Relaxed) => status(StatusCode::PAYLOAD_TOO_LARGE),
        Err(failure) => {
            let (code, reason) = match failure {
                Failure::Unavailable(Unavailable::HostEnds(reason)) => {
                    (StatusCode::SERVICE_UNAVAILABLE, reason)
                }
                Failure::Unavailable(ended @ Unavailable::Ended) => {
                    (StatusCode::BAD_GATEWAY, ended.to_string())
                }
                Failure::Broken(reason) => (StatusCode::BAD_GATEWAY, reason),
                Failure::TimedOut => (StatusCode::INTERNAL_SERVER_ERROR, "it ran too long".into()),
            };
            console::host(&format!("{function} failed: {reason}"));
            status(code)
        }
    }
}

enum Failure {
    Unavailable(Unavailable),
    Broken(String),
    TimedOut,
}

async fn exchange(
    host: &Host,
    outbound: &Outbound,
    deadline: Option<Instant>,
) -> Result<(Incarnation, http::Response<reqwest::Body>), Failure> {
    let mut retries = 0;
    loop {
        let incarnation = host.keeper.ready().await.map_err(Failure::Unavailable)?;
        let sent = host.connections.request(outbound.request(incarnation)?);
        match tokio::time::timeout_at(soonest(deadline), sent).await {
            Ok(Ok(response)) => return Ok((incarnation, response.map(reqwest::Body::wrap))),
            // Refused: nothing of the body has gone, and the handler may just be starting again.
            Ok(Err(error)) if error.is_connect() && retries < CONNECTION_RETRIES => {
                retries += 1;
                tokio::time::sleep(Duration::from_millis(50).saturating_mul(retries.min(5))).await;
            }
            Ok(Err(error)) => {
                return Err(Failure::Broken(format!(
                    "the connection to the handler broke ({error})"
                )));
            }
            Err(_) => {
                give_up(host, incarnation, deadline);
                return Err(Failure::TimedOut);
            }
        }
    }
}

/// Silence ends the exchange only; `functionTimeout` ends the handler too.
fn give_up(host: &Host, incarnation: Incarnation, deadline: Option<Instant>) {
    if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
        host.keeper.kill(incarnation, Reason::Timeout);
    }
}

fn soonest(deadline: Option<Instant>) -> Instant {
    let idle = Instant::now() + IDLE_TIMEOUT;
    deadline.map_or(idle, |deadline| deadline.min(idle))
}

/// What goes to the handler. The body can be taken once; a connection that was refused has not taken it.
struct Outbound {
    method: Method,
    path_and_query: String,
    headers: HeaderMap,
    body: Option<Arc<Mutex<Option<Body>>>>,
}

impl Outbound {
    fn new(request: Request, too_large: &Arc<AtomicBool>) -> Outbound {
        let has_body = request.headers.contains_key(CONTENT_LENGTH)
            || request.headers.contains_key(TRANSFER_ENCODING);
        let body = has_body
            .then(|| Arc::new(Mutex::new(Some(measured(request.body, Arc::clone(too_large))))));
        let mut headers = end_to_end(&request.headers);
        let id = HeaderValue::try_from(crate::guid::random()).expect("a GUID is ASCII");
        headers.insert(HeaderName::from_static(INVOCATION_HEADER), id.clone());
        headers.insert(HeaderName::from_static("x-ms-invocation-id"), id);
        headers.insert(
            HeaderName::from_static(HOST_VERSION_HEADER),
            HeaderValue::from_static(HOST_VERSION),
        );
        let path_and_query = if request.query.is_empty() {
            request.path
        } else {
            format!("{}?{}", request.path, request.query)
        };
        Outbound { method: request.method, path_and_query, headers, body }
    }

    fn request(&self, incarnation: Incarnation) -> Result<http::Request<reqwest::Body>, Failure> {
        let uri = Uri::builder()
            .scheme("http")
            .authority(format!("127.0.0.1:{}", incarnation.port))
            .path_and_query(self.path_and_query.as_str())
            .build()
            .map_err(|e| Failure::Broken(format!("the address cannot be passed on ({e})")))?;
        let body = self.body.as_ref().map_or_else(reqwest::Body::default, |slot| {
            let slot = Arc::clone(slot);
            let body = stream::once(async move { slot.lock().expect("no holder panics").take() });
            reqwest::Body::wrap_stream(body.filter_map(std::future::ready).flatten())
        });
        let mut request = http::Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers.clone();
        Ok(request)
    }
}

/// Breaks off a body of unknown length when it gets too long.
fn measured(body: Body, too_large: Arc<AtomicBool>) -> Body {
    let read = AtomicU64::new(0);
    body.and_then(move |chunk| {
        let length = read.fetch_add(chunk.len() as u64, Ordering::Relaxed) + chunk.len() as u64;
        std::future::ready(if length > BODY_LIMIT {
            too_large.store(true, Ordering::Relaxed);
            Err(BoxError::from("the body is too large"))
        } else {
            Ok(chunk)
        })
    })
    .boxed()
}

/// Without the headers that belong to one connection.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    const HOP_BY_HOP: [HeaderName; 7] = [
        CONNECTION,
        PROXY_AUTHENTICATE,
        PROXY_AUTHORIZATION,
        TE,
        TRAILER,
        TRANSFER_ENCODING,
        UPGRADE,
    ];
    let mut kept = headers.clone();
    let named = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    for name in named.flat_map(|value| value.split(',')) {
        kept.remove(name.trim());
    }
    for name in HOP_BY_HOP.iter().chain([&HeaderName::from_static("keep-alive")]) {
        kept.remove(name);
    }
    kept
}

fn inbound(
    host: &Arc<Host>,
    incarnation: Incarnation,
    function: &str,
    deadline: Option<Instant>,
    response: http::Response<reqwest::Body>,
) -> Response {
    let (parts, body) = response.into_parts();
    let body = Inbound {
        body: BodyDataStream::new(body),
        host: Arc::clone(host),
        incarnation,
        function: function.to_owned(),
        deadline,
    };
    let mut reply = warp::reply::stream(stream::unfold(Some(body), next_chunk)).into_response();
    *reply.status_mut() = parts.status;
    *reply.headers_mut() = end_to_end(&parts.headers);
    reply
}

struct Inbound {
    body: BodyDataStream<reqwest::Body>,
    host: Arc<Host>,
    incarnation: Incarnation,
    function: String,
    deadline: Option<Instant>,
}

/// An error ends the stream and, since the answer has begun, breaks the client's connection.
async fn next_chunk(
    inbound: Option<Inbound>,
) -> Option<(Result<Bytes, BoxError>, Option<Inbound>)> {
    let mut inbound = inbound?;
    let reason = match tokio::time::timeout_at(soonest(inbound.deadline), inbound.body.next()).await
    {
        Ok(None) => return None,
        Ok(Some(Ok(chunk))) => return Some((Ok(chunk), Some(inbound))),
        Ok(Some(Err(error))) => format!("the handler's answer broke off ({error})"),
        Err(_) => {
            give_up(&inbound.host, inbound.incarnation, inbound.deadline);
            "its answer took too long".to_owned()
        }
    };
    console::host(&format!("{} failed: {reason}", inbound.function));
    Some((Err(reason.into()), None))
}
