//! From the table to one warp filter. The only file that knows warp's filters.
//!
//! The filter takes every request and the table decides: a rejection never means "try the next route", so an error
//! of one route cannot turn into another's (warp backtracks on rejections).

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Instant;

use bytes::{Buf, BufMut as _, Bytes};
use futures_util::{Stream, StreamExt as _};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use imagegen_core::ids::GenerationId;
use imagegen_core::metrics;
use serde_json::json;
use tracing::Instrument as _;
use warp::Filter as _;
use warp::filters::BoxedFilter;

use super::host::{InvokeRequest, InvokeResponse};
use super::problem::Problem;
use super::request::{self, Request, Response};
use super::spec::{Function, Handler, Outcome, Trigger};
use crate::app::{App, metered};

/// The host's default `extensions.http.routePrefix`. Never empty: a caller could then reach a queue function.
const PREFIX: &str = "api";

/// Every function, where the Azure host will look for it.
pub fn router(app: &App, functions: Vec<Function>) -> BoxedFilter<(Response,)> {
    let table = Arc::new(Table::new(functions));
    let app = app.clone();
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    warp::method()
        .and(warp::path::full())
        .and(query)
        .and(warp::header::headers_cloned())
        .and(warp::body::stream())
        // `then`, never `and_then`: nothing falls through.
        .then(move |method: Method, path: warp::path::FullPath, query, headers, body| {
            let (app, table) = (app.clone(), table.clone());
            async move {
                let call = Call { method, path: path.as_str().to_owned(), query, headers };
                table.answer(app, call, body).await
            }
        })
        .recover(|rejection: warp::Rejection| async move {
            tracing::warn!("A request was not readable: {rejection:?}");
            let problem = Problem::new(StatusCode::BAD_REQUEST, "bad-request", "Bad request");
            Ok::<_, Infallible>(problem.into_response("", ""))
        })
        .unify()
        .boxed()
}

struct Call {
    method: Method,
    path: String,
    query: String,
    headers: HeaderMap,
}

struct Table {
    http: Vec<(Vec<Segment>, Method, Function)>,
    events: Vec<Function>,
}

#[derive(Debug, PartialEq, Eq)]
enum Segment {
    Literal(&'static str),
    Parameter(&'static str),
}

/// What a path and method lead to.
enum Found<'t> {
    Function(&'t Function, Vec<(&'static str, String)>),
    /// The path exists, for these methods.
    OtherMethods(BTreeSet<&'t str>),
    Nothing,
}

impl Table {
    fn new(functions: Vec<Function>) -> Self {
        let (mut http, mut events) = (Vec::new(), Vec::new());
        for function in functions {
            match &function.trigger {
                Trigger::Http { method, route, .. } => {
                    http.push((segments(route), method.clone(), function));
                }
                Trigger::Queue { .. } | Trigger::Timer { .. } => events.push(function),
            }
        }
        // As ASP.NET routes: a literal goes before a parameter.
        http.sort_by_key(|(route, _, _)| {
            route.iter().map(|s| matches!(s, Segment::Parameter(_))).collect::<Vec<_>>()
        });
        Self { http, events }
    }

    async fn answer<B: Buf>(
        &self,
        app: App,
        call: Call,
        body: impl Stream<Item = Result<B, warp::Error>>,
    ) -> Response {
        let trace = Trace::of(&call.headers);
        if let Some(route) = call
            .path
            .strip_prefix('/')
            .and_then(|p| p.strip_prefix(PREFIX))
            .and_then(|p| p.strip_prefix('/'))
        {
            return match self.find(&call.method, route) {
                Found::Function(function, params) => {
                    let span = trace.span(function);
                    self.http(app, function, params, call, body, &trace).instrument(span).await
                }
                Found::OtherMethods(methods) => {
                    let allowed: Vec<_> = methods.into_iter().collect();
                    let problem = Problem::new(
                        StatusCode::METHOD_NOT_ALLOWED,
                        "method-not-allowed",
                        "Method not allowed",
                    )
                    .detail(format!("This address takes {}.", allowed.join(" and ")));
                    let mut response = problem.into_response(&call.path, &trace.id);
                    let allow = HeaderValue::from_str(&allowed.join(", "));
                    response.headers_mut().insert(header::ALLOW, allow.expect("method names"));
                    response
                }
                Found::Nothing => {
                    Problem::not_found("address").into_response(&call.path, &trace.id)
                }
            };
        }
        let function = self.events.iter().find(|f| call.path.strip_prefix('/') == Some(f.name));
        match function {
            Some(function) if call.method == Method::POST => {
                let span = trace.span(function);
                event(app, function, body).instrument(span).await
            }
            // The host's readiness probe.
            None if call.path == "/" => request::json(StatusCode::OK, &json!({})),
            _ => Problem::not_found("address").into_response(&call.path, &trace.id),
        }
    }

    fn find(&self, method: &Method, path: &str) -> Found<'_> {
        let mut others = BTreeSet::new();
        for (route, allowed, function) in &self.http {
            if let Some(params) = matches(route, path) {
                if allowed == method {
                    return Found::Function(function, params);
                }
                others.insert(allowed.as_str());
            }
        }
        if others.is_empty() { Found::Nothing } else { Found::OtherMethods(others) }
    }

    async fn http<B: Buf>(
        &self,
        app: App,
        function: &Function,
        params: Vec<(&'static str, String)>,
        call: Call,
        body: impl Stream<Item = Result<B, warp::Error>>,
        trace: &Trace,
    ) -> Response {
        let Handler::Http(handler) = &function.handler else {
            unreachable!("constructors pair HTTP triggers with HTTP handlers")
        };
        let start = Instant::now();
        let (outcome, request_charge) = match read_up_to(body, function.largest_body).await {
            Ok(body) => {
                let Call { query, headers, .. } = call;
                metered(handler(app, Request { headers, query, body, params })).await
            }
            Err(problem) => (Err(problem), 0.0),
        };
        let response = match outcome {
            Ok(response) => response,
            Err(problem) => {
                tracing::debug!(
                    status = problem.status().as_u16(),
                    "Answered `{}`",
                    problem.code()
                );
                problem.into_response(&call.path, &trace.id)
            }
        };
        let status = response.status();
        ended(function, start, request_charge, status.as_str(), !status.is_server_error());
        response
    }
}

/// A queue message or a timer tick. What is not 2xx makes the host deliver again.
async fn event<B: Buf>(
    app: App,
    function: &Function,
    body: impl Stream<Item = Result<B, warp::Error>>,
) -> Response {
    let Handler::Event(handler) = &function.handler else {
        unreachable!("constructors pair other triggers with event handlers")
    };
    let start = Instant::now();
    let read = read_up_to(body, function.largest_body).await;
    let request = read.ok().and_then(|body| serde_json::from_slice::<InvokeRequest>(&body).ok());
    let (outcome, request_charge) = match request {
        Some(request) => metered(handler(app, request)).await,
        None => (Outcome::Retry("the host's envelope is not readable".into()), 0.0),
    };
    match outcome {
        Outcome::Done => {
            ended(function, start, request_charge, "done", true);
            request::json(StatusCode::OK, &InvokeResponse::default())
        }
        Outcome::Retry(why) => {
            ended(function, start, request_charge, "retry", false);
            metrics::message_retried(function.name);
            tracing::warn!("`{}` will be tried again: {why}", function.name);
            let mut response = request::json(StatusCode::OK, &json!({ "error": why }));
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response
        }
    }
}

/// How an invocation ended, how long it took, and what Cosmos DB charged for it in request units: nothing with another
/// store. The span has the job that it was about. At `debug`, because a line costs more than many an invocation.
fn ended(function: &Function, start: Instant, request_charge: f64, result: &str, success: bool) {
    let span = tracing::Span::current();
    span.record("invocation.result", result);
    span.record("invocation.success", success);
    let duration_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    tracing::debug!(duration_us, request_charge, "Ended `{}`", function.name);
}

/// Where a call belongs in the logs.
struct Trace {
    /// 32 hexadecimal digits, from the `traceparent` (W3C Trace Context) where there is one.
    id: String,
    /// 16 hexadecimal digits: what of the trace we are part of, if anything.
    parent: Option<String>,
    invocation: String,
}

impl Trace {
    fn of(headers: &HeaderMap) -> Self {
        let text = |name| {
            headers.get_all(name).iter().next_back().and_then(|v: &HeaderValue| v.to_str().ok())
        };
        // In forward mode the host appends its id to one that a client may have sent: the last is the host's.
        let invocation = text("x-azure-functions-invocationid").unwrap_or("").to_owned();
        let mut parts = text("traceparent").unwrap_or("").split('-').skip(1);
        let mut hex = |digits: usize| {
            let part = parts.next()?;
            let good = part.len() == digits && part.bytes().all(|b| b.is_ascii_hexdigit());
            good.then(|| part.to_owned())
        };
        let (id, parent) = (hex(32), hex(16));
        let parent = parent.filter(|_| id.is_some());
        let id = id.unwrap_or_else(|| {
            let from_host: String = invocation.chars().filter(char::is_ascii_hexdigit).collect();
            if from_host.len() == 32 { from_host } else { fresh_trace_id() }
        });
        Self { id, parent, invocation }
    }

    /// `generation.id` is for the handler to record, as soon as it knows which job the call is about.
    fn span(&self, function: &Function) -> tracing::Span {
        tracing::info_span!(
            "invocation",
            function.name = function.name,
            trace.id = self.id,
            trace.parent = self.parent,
            invocation.id = self.invocation,
            invocation.result = tracing::field::Empty,
            invocation.success = tracing::field::Empty,
            generation.id = tracing::field::Empty,
            generation.new = tracing::field::Empty
        )
    }
}

/// Says which job the invocation under way has begun.
pub(super) fn begins(generation: &GenerationId) {
    tracing::Span::current().record("generation.new", true);
    about(generation);
}

/// Says which job the invocation under way is about.
pub(super) fn about(generation: &GenerationId) {
    tracing::Span::current().record("generation.id", tracing::field::display(generation));
}

fn fresh_trace_id() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system has random numbers");
    format!("{:032x}", u128::from_be_bytes(bytes))
}

fn segments(route: &'static str) -> Vec<Segment> {
    let segment =
        |text: &'static str| match text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
            Some(name) => Segment::Parameter(name),
            None => Segment::Literal(text),
        };
    route.split('/').map(segment).collect()
}

fn matches(route: &[Segment], path: &str) -> Option<Vec<(&'static str, String)>> {
    let mut params = Vec::new();
    let mut parts = path.split('/');
    for segment in route {
        let part = parts.next()?;
        match segment {
            Segment::Literal(text) if *text == part => {}
            // Ids and tickets need no escaping: what is escaped names nothing and parses as nothing.
            Segment::Parameter(name) if !part.is_empty() => params.push((*name, part.to_owned())),
            Segment::Literal(_) | Segment::Parameter(_) => return None,
        }
    }
    parts.next().is_none().then_some(params)
}

/// The whole body, or 413. Chunked bodies carry no length, so count what arrives.
async fn read_up_to<B: Buf>(
    body: impl Stream<Item = Result<B, warp::Error>>,
    limit: usize,
) -> Result<Bytes, Problem> {
    let mut body = std::pin::pin!(body);
    let mut whole = Vec::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| {
            Problem::new(StatusCode::BAD_REQUEST, "body-cut-short", "The body was cut short")
        })?;
        if whole.len() + chunk.remaining() > limit {
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body-too-large",
                "The body is too large",
            )
            .detail(format!("It may have {} KiB at the most.", limit / 1024)));
        }
        whole.put(chunk);
    }
    Ok(whole.into())
}

/// `path` is what the host calls: the prefix and the function's route.
pub fn public_path(route: &str) -> String {
    format!("/{PREFIX}/{route}")
}
