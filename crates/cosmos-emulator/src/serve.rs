//! From a connection to the account and back.

use std::convert::Infallible;

use azure_core::http::{Method, Request as AccountRequest};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};

use crate::faults::{Sort, What};
use crate::{Emulator, Fault};

/// Where faults are told: `POST` one as JSON, `DELETE` ends them all.
const FAULTS: &str = "/_faults";

/// Why a connection ends without an answer.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cut off, as told")
    }
}

impl std::error::Error for Cut {}

impl Emulator {
    /// Answers whoever connects, HTTP/1.1 and HTTP/2 without TLS, until the future is dropped.
    pub async fn serve(&self, listener: TcpListener) -> std::io::Result<Infallible> {
        loop {
            let (connection, _) = listener.accept().await?;
            tokio::spawn(self.clone().converse(connection));
        }
    }

    async fn converse(self, connection: TcpStream) {
        let answers = service_fn(move |request| self.clone().answer(request));
        let server = auto::Builder::new(TokioExecutor::new());
        // It ends when the other side goes away, or when a fault ends it.
        let _ended = server.serve_connection(TokioIo::new(connection), answers).await;
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Cut> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        if path == FAULTS {
            return Ok(self.faults_told(&head.method, &body));
        }
        let is_commit = head.headers.contains_key("x-ms-cosmos-is-batch-request");
        let sort = match (is_commit, path.contains("/docs")) {
            (true, _) => Sort::Commit,
            (false, true) => Sort::Document,
            (false, false) => Sort::Account,
        };
        let fault = self.faults.next(sort);
        match fault {
            Some(What::Throttle { retry_after_ms }) => return Ok(throttled(retry_after_ms)),
            Some(What::Answer { status }) => return Ok(failed(status)),
            Some(What::Cut) => return Err(Cut),
            Some(What::Lose) | None => {}
        }
        let url = self.base.join(path).map_err(|_| Cut)?;
        let method: Method = head.method.as_str().parse().map_err(|_| Cut)?;
        let mut call = AccountRequest::new(url, method);
        for (name, value) in &head.headers {
            if let Ok(value) = value.to_str() {
                call.insert_header(name.as_str().to_owned(), value.to_owned());
            }
        }
        call.set_body(body);
        let answer = self.account.execute_request(&call).await.map_err(|_| Cut)?;
        let answer = answer.try_into_raw_response().await.map_err(|_| Cut)?;
        if fault == Some(What::Lose) {
            return Err(Cut);
        }
        let mut response = Response::builder().status(u16::from(answer.status()));
        for (name, value) in answer.headers().iter() {
            response = response.header(name.as_str(), value.as_str());
        }
        let body = Bytes::copy_from_slice(answer.body().as_ref());
        response.body(Full::new(body)).map_err(|_| Cut)
    }

    fn faults_told(&self, method: &hyper::Method, body: &[u8]) -> Response<Full<Bytes>> {
        let status = match (method.as_str(), serde_json::from_slice::<Fault>(body)) {
            ("DELETE", _) => {
                self.recover();
                StatusCode::NO_CONTENT
            }
            ("POST", Ok(fault)) => {
                self.fail(fault);
                StatusCode::NO_CONTENT
            }
            ("POST", Err(wrong)) => {
                let mut response = Response::new(Full::new(Bytes::from(wrong.to_string())));
                *response.status_mut() = StatusCode::BAD_REQUEST;
                return response;
            }
            (_, _) => StatusCode::METHOD_NOT_ALLOWED,
        };
        empty(status)
    }
}

/// As the service does it when a partition's throughput is used up.
fn throttled(retry_after_ms: u32) -> Response<Full<Bytes>> {
    let mut response = empty(StatusCode::TOO_MANY_REQUESTS);
    let headers = response.headers_mut();
    headers.insert("x-ms-retry-after-ms", retry_after_ms.into());
    headers.insert("x-ms-substatus", 3200.into());
    headers.insert("x-ms-request-charge", 0.into());
    response
}

fn failed(status: u16) -> Response<Full<Bytes>> {
    empty(StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE))
}

fn empty(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
