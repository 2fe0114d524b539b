//! The one public port: functions, the host's own addresses, the stand-ins and a page for people.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use http::{Method, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;
use warp::reply::Response;
use warp::ws::Ws;
use warp::{Filter as _, Rejection, Reply as _};

use crate::cloud::faults::Lost;
use crate::cloud::{Answer, Call, empty, json, service_bus};
use crate::console;
use crate::host::proxy::{BoxError, Request, status};
use crate::host::settings::{SERVICE_BUS_RULE, secrets};
use crate::host::{Host, admin, faults, http as functions};

/// The largest body that a stand-in takes.
const STAND_IN_BODY_LIMIT: usize = 64 * 1024 * 1024;

/// The listeners of one port.
pub(crate) struct Listeners {
    pub(crate) port: u16,
    ipv4: TcpListener,
    /// Browsers may resolve `localhost` to it; a machine without it does very well.
    ipv6: Option<TcpListener>,
}

/// Binds `port` on loopback, or any free one for 0.
///
/// # Errors
/// A sentence when it is taken.
pub(crate) async fn bind(port: u16) -> Result<Listeners, String> {
    let refused = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!("port {port} is in use: end what listens there, or choose another with --port")
        }
        _ => format!("cannot listen on port {port}: {e}"),
    };
    let ipv4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(refused)?;
    let port = ipv4.local_addr().map_err(refused)?.port();
    let ipv6 = match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
        Ok(listener) => Some(listener),
        Err(e) => {
            if e.kind() == std::io::ErrorKind::AddrInUse {
                console::host(&format!(
                    "another program listens on [::1]:{port}, so use http://127.0.0.1:{port}"
                ));
            }
            None
        }
    };
    Ok(Listeners { port, ipv4, ipv6 })
}

/// Serves for ever.
pub(crate) async fn serve(host: Arc<Host>, listeners: Listeners) {
    let everything = everything(host);
    let ipv4 = warp::serve(everything.clone()).incoming(listeners.ipv4).run();
    match listeners.ipv6 {
        None => ipv4.await,
        Some(ipv6) => {
            tokio::join!(ipv4, warp::serve(everything).incoming(ipv6).run());
        }
    }
}

/// One filter takes every request; who it is for is decided in plain code below.
fn everything(
    host: Arc<Host>,
) -> impl warp::Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync + 'static {
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    let web_socket = warp::ws().map(Some).or(warp::any().map(|| None)).unify();
    warp::any()
        .and(warp::method())
        .and(warp::path::full())
        .and(query)
        .and(warp::header::headers_cloned())
        .and(web_socket)
        .and(warp::body::stream())
        .then(move |method, path: warp::path::FullPath, query, headers, web_socket, body| {
            let host = Arc::clone(&host);
            let body = StreamExt::map(body, |chunk| match chunk {
                Ok(mut chunk) => Ok(copy(&mut chunk)),
                Err(error) => Err(BoxError::from(error)),
            });
            let body = body.boxed();
            let request = Request { method, path: path.as_str().to_owned(), query, headers, body };
            async move { dispatch(&host, request, web_socket).await }
        })
}

fn copy(chunk: &mut impl bytes::Buf) -> Bytes {
    chunk.copy_to_bytes(chunk.remaining())
}

async fn dispatch(host: &Arc<Host>, request: Request, web_socket: Option<Ws>) -> Response {
    let reads = request.method == Method::GET || request.method == Method::HEAD;
    let small = if host.site.is_some() { "/_local/" } else { "/" };
    if request.path == small && reads {
        return warp::reply::html(include_str!("page.html")).into_response();
    }
    if let Some(rest) = below(&request.path, "/admin") {
        return match whole(request, rest).await {
            Ok(call) => reply(admin::handle(host, &call)),
            Err(refusal) => refusal,
        };
    }
    if let Some(rest) = below(&request.path, "/_local") {
        let service = rest[1..].split('/').next().unwrap_or_default().to_owned();
        let rest = rest[1 + service.len()..].to_owned();
        return match whole(request, if rest.is_empty() { "/".into() } else { rest }).await {
            Ok(call) => stand_in(host, &service, call, web_socket).await,
            Err(refusal) => refusal,
        };
    }
    match &host.site {
        Some(site)
            if reads && below(&request.path, &format!("/{}", host.json.route_prefix)).is_none() =>
        {
            site.answer(&request.path, &request.query, &request.headers).await.into_response()
        }
        _ => functions::serve(host, request).await,
    }
}

/// The seam to the stand-ins: one line for each.
async fn stand_in(host: &Arc<Host>, service: &str, call: Call, web_socket: Option<Ws>) -> Response {
    let answer = match (service, web_socket) {
        ("webpubsub", Some(socket)) => return web_socket_of(host, &call, socket),
        ("servicebus", _) => {
            let key = host.ground.secret(secrets::SERVICE_BUS);
            let send = service_bus::handle(
                &host.broker,
                SERVICE_BUS_RULE,
                &key,
                &host.cloud.identity,
                call,
            );
            host.cloud.disturbed(service, async { Some(send.await) }).await
        }
        ("status", _) => Some(json(StatusCode::OK, &Value::Object(admin::status(host)))),
        ("faults", _) => match faults::read(&call) {
            Ok(ours) => {
                let answer = host.cloud.handle(service, call).await;
                let taken = answer.as_ref().is_some_and(|it| it.status().is_success());
                if let Some(ours) = ours.filter(|_| taken) {
                    host.faults.set(ours);
                }
                answer
            }
            Err(refusal) => Some(*refusal),
        },
        (_, _) => host.cloud.handle(service, call).await,
    };
    reply(answer.unwrap_or_else(|| empty(StatusCode::NOT_FOUND)))
}

/// `/client/hubs/<hub>`: the one address with a web socket behind it.
fn web_socket_of(host: &Arc<Host>, call: &Call, socket: Ws) -> Response {
    let Some(hub) = call.path.strip_prefix("/client/hubs/") else {
        return reply(empty(StatusCode::NOT_FOUND));
    };
    let protocols =
        call.headers.get("sec-websocket-protocol").and_then(|value| value.to_str().ok());
    host.cloud.web_pubsub.upgrade(hub, &call.query, protocols, socket)
}

/// What follows `base`, beginning with a slash.
fn below(path: &str, base: &str) -> Option<String> {
    path.strip_prefix(base).filter(|rest| rest.starts_with('/')).map(str::to_owned)
}

fn reply(answer: Answer) -> Response {
    if answer.extensions().get::<Lost>().is_some() {
        // A body that fails before it begins makes the server break the connection, as a lost answer does.
        let broken = futures_util::stream::once(async {
            Err::<Bytes, BoxError>("the answer is lost, as ordered".into())
        });
        return warp::reply::stream(broken).into_response();
    }
    answer.into_response()
}

/// Reads the body whole, up to what stand-ins take.
async fn whole(mut request: Request, path: String) -> Result<Call, Response> {
    let mut body = BytesMut::new();
    while let Some(chunk) = request.body.next().await {
        let Ok(chunk) = chunk else { return Err(status(StatusCode::BAD_REQUEST)) };
        if body.len() + chunk.len() > STAND_IN_BODY_LIMIT {
            return Err(status(StatusCode::PAYLOAD_TOO_LARGE));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Call {
        method: request.method,
        path,
        query: request.query,
        headers: request.headers,
        body: body.freeze(),
    })
}
