//! What a function is: a name, a trigger, a handler, and how it is documented.

use std::future::Future;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::Method;
use imagegen_core::messages::QueueName;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::auth::User;
use super::host::{InvokeRequest, MESSAGE};
use super::problem::Problem;
use super::request::{Request, Response};
use crate::app::App;

pub struct Function {
    /// Folder name, URL of a non-HTTP trigger, `operationId`, span name and Rust function name.
    pub name: &'static str,
    pub trigger: Trigger,
    pub doc: Doc,
    /// Bytes of a request's body at the most.
    pub(super) largest_body: usize,
    pub(super) handler: Handler,
}

/// JSON of a few fields; pictures go to storage, not through here.
const LARGEST_JSON: usize = 1024 * 1024;
/// A message of 256 KiB in base64, and what the host knows of it.
const LARGEST_EVENT: usize = 16 * LARGEST_JSON;

pub enum Trigger {
    /// `route` follows the host's prefix `api/`.
    Http {
        method: Method,
        route: &'static str,
        access: Access,
    },
    Queue {
        queue: QueueName,
    },
    /// Six fields, UTC.
    Timer {
        schedule: &'static str,
    },
}

/// Who may call an HTTP function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Whoever has a valid token.
    User,
    /// Another service, which proves itself by a signature.
    Signature,
    /// Anyone: nothing in the answer belongs to someone.
    Open,
}

/// What the OpenAPI document says of an HTTP function.
#[derive(Default)]
pub struct Doc {
    pub summary: &'static str,
    pub takes: Option<SchemaOf>,
    /// The body is a picture.
    pub takes_picture: bool,
    pub gives: Option<(u16, SchemaOf)>,
    /// The content type of a 200 that is no JSON.
    pub file: Option<&'static str>,
    pub query: Vec<(&'static str, &'static str)>,
    pub headers: Vec<(&'static str, &'static str)>,
}

/// A type's name and how to get its schema and those it refers to.
pub struct SchemaOf {
    pub name: String,
    pub collect: fn(&mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>),
}

/// What a queue or timer handler tells the host.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Settled: the host completes the message.
    Done,
    /// Not yet: the host abandons the message and delivers it again.
    Retry(String),
}

type HttpHandler =
    dyn Fn(App, Request) -> BoxFuture<'static, Result<Response, Problem>> + Send + Sync;
type EventHandler = dyn Fn(App, InvokeRequest) -> BoxFuture<'static, Outcome> + Send + Sync;

#[derive(Clone)]
pub(super) enum Handler {
    Http(Arc<HttpHandler>),
    Event(Arc<EventHandler>),
}

impl Function {
    /// `GET`, for a signed-in user.
    pub fn get<F, Fut>(name: &'static str, route: &'static str, f: F) -> Self
    where
        F: Fn(App, User, Request) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        Self::http(name, Method::GET, route, Access::User, with_user(f))
    }

    /// `POST`, for a signed-in user.
    pub fn post<F, Fut>(name: &'static str, route: &'static str, f: F) -> Self
    where
        F: Fn(App, User, Request) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        Self::http(name, Method::POST, route, Access::User, with_user(f))
    }

    /// `PATCH`, for a signed-in user.
    pub fn patch<F, Fut>(name: &'static str, route: &'static str, f: F) -> Self
    where
        F: Fn(App, User, Request) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        Self::http(name, Method::PATCH, route, Access::User, with_user(f))
    }

    /// `DELETE`, for a signed-in user.
    pub fn delete<F, Fut>(name: &'static str, route: &'static str, f: F) -> Self
    where
        F: Fn(App, User, Request) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        Self::http(name, Method::DELETE, route, Access::User, with_user(f))
    }

    /// `GET`, for anyone.
    pub fn open<F, Fut>(name: &'static str, route: &'static str, f: F) -> Self
    where
        F: Fn(App, Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        let handler: Arc<HttpHandler> = Arc::new(move |app, req| f(app, req).boxed());
        Self::http(name, Method::GET, route, Access::Open, handler)
    }

    /// `POST` from another service. There is no user; the handler must verify the signature.
    pub fn webhook<F, Fut>(name: &'static str, route: &'static str, f: F) -> Self
    where
        F: Fn(App, Request) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        let handler: Arc<HttpHandler> = Arc::new(move |app, req| f(app, req).boxed());
        Self::http(name, Method::POST, route, Access::Signature, handler)
    }

    fn http(
        name: &'static str,
        method: Method,
        route: &'static str,
        access: Access,
        handler: Arc<HttpHandler>,
    ) -> Self {
        let trigger = Trigger::Http { method, route, access };
        let handler = Handler::Http(handler);
        Self { name, trigger, doc: Doc::default(), largest_body: LARGEST_JSON, handler }
    }

    pub fn queue<M, F, Fut>(name: &'static str, queue: QueueName, f: F) -> Self
    where
        M: DeserializeOwned + Send + 'static,
        F: Fn(App, M) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        let handler: Arc<EventHandler> =
            Arc::new(move |app, req: InvokeRequest| match req.message::<M>() {
                Ok(message) => f(app, message).boxed(),
                // Delivered until it is dead-lettered, where an operator sees it: nothing is lost.
                Err(error) => async move { Outcome::Retry(error.to_string()) }.boxed(),
            });
        let trigger = Trigger::Queue { queue };
        let handler = Handler::Event(handler);
        Self { name, trigger, doc: Doc::default(), largest_body: LARGEST_EVENT, handler }
    }

    pub fn timer<F, Fut>(name: &'static str, schedule: &'static str, f: F) -> Self
    where
        F: Fn(App) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Outcome> + Send + 'static,
    {
        let handler = Handler::Event(Arc::new(move |app, _| f(app).boxed()));
        let trigger = Trigger::Timer { schedule };
        Self { name, trigger, doc: Doc::default(), largest_body: LARGEST_EVENT, handler }
    }

    #[must_use]
    pub fn summary(mut self, summary: &'static str) -> Self {
        self.doc.summary = summary;
        self
    }

    #[must_use]
    pub fn takes<T: ToSchema>(mut self) -> Self {
        self.doc.takes = Some(SchemaOf::of::<T>());
        self
    }

    /// The body is a picture of so many bytes at the most.
    #[must_use]
    pub fn takes_picture(self, largest_body: usize) -> Self {
        let doc = Doc { takes_picture: true, ..self.doc };
        Self { doc, ..self }.largest_body(largest_body)
    }

    /// The body may have so many bytes. The Functions host passes on 100 MB.
    #[must_use]
    pub fn largest_body(self, largest_body: usize) -> Self {
        Self { largest_body, ..self }
    }

    #[must_use]
    pub fn gives<T: ToSchema>(mut self, status: u16) -> Self {
        self.doc.gives = Some((status, SchemaOf::of::<T>()));
        self
    }

    /// 200 with a file.
    #[must_use]
    pub fn gives_file(mut self, content_type: &'static str) -> Self {
        self.doc.file = Some(content_type);
        self
    }

    #[must_use]
    pub fn query(mut self, name: &'static str, description: &'static str) -> Self {
        self.doc.query.push((name, description));
        self
    }

    #[must_use]
    pub fn header(mut self, name: &'static str, description: &'static str) -> Self {
        self.doc.headers.push((name, description));
        self
    }

    /// The exact text of `functions/<name>/function.json`.
    pub fn function_json(&self) -> String {
        let bindings = match &self.trigger {
            Trigger::Http { method, route, .. } => json!([
                {
                    // Tokens are checked by the handler, per user; the host's keys are not used.
                    "type": "httpTrigger", "direction": "in", "name": "req",
                    "authLevel": "anonymous",
                    "methods": [method.as_str().to_lowercase()],
                    "route": route,
                },
                { "type": "http", "direction": "out", "name": "res" },
            ]),
            Trigger::Queue { queue } => json!([{
                "type": "serviceBusTrigger", "direction": "in", "name": MESSAGE,
                "queueName": queue.as_str(), "connection": "ServiceBus",
                // As bytes: a string body would be encoded twice and could overwrite the metadata.
                "dataType": "binary",
            }]),
            Trigger::Timer { schedule } => json!([{
                "type": "timerTrigger", "direction": "in", "name": "timer", "schedule": schedule,
            }]),
        };
        let doc: Value = json!({ "bindings": bindings });
        let mut text = serde_json::to_string_pretty(&doc).expect("plain JSON");
        text.push('\n');
        text
    }
}

impl SchemaOf {
    fn of<T: ToSchema>() -> Self {
        Self {
            name: T::name().into_owned(),
            collect: |schemas| {
                schemas.push((T::name().into_owned(), T::schema()));
                T::schemas(schemas);
            },
        }
    }
}

/// Authentication comes with the type: a handler that takes a [`User`] cannot run without one.
fn with_user<F, Fut>(f: F) -> Arc<HttpHandler>
where
    F: Fn(App, User, Request) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Response, Problem>> + Send + 'static,
{
    Arc::new(move |app, req| {
        let f = f.clone();
        async move {
            let user = super::auth::authenticate(&app, &req.headers).await?;
            f(app, user, req).await
        }
        .boxed()
    })
}

/// What could not be done now comes again.
impl<E: std::error::Error> From<Result<(), E>> for Outcome {
    fn from(result: Result<(), E>) -> Self {
        match result {
            Ok(()) => Self::Done,
            Err(error) => {
                let chain = std::iter::successors(error.source(), |cause| cause.source());
                let why = chain.fold(error.to_string(), |why, cause| format!("{why}: {cause}"));
                Self::Retry(why)
            }
        }
    }
}
