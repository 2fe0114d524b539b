//! [`TestApp`]: the real router, rules, stores and image pipeline, with [`fakes`](crate::fakes) outside of them.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::HeaderMap;
use imagegen::app::App;
use imagegen::functions::{all, request::Response, router::router, spec::Trigger};
use imagegen_adapters::files::FileBlobs;
use imagegen_adapters::imaging::Pipeline;
use imagegen_adapters::sas::BlobSas;
use imagegen_adapters::sqlite::SqliteDocuments;
use imagegen_core::accounts::put_on_plan;
use imagegen_core::catalog::{Catalog, PlanId, Provider};
use imagegen_core::messages::QueueName;
use imagegen_core::ports::documents::{Document, Documents, Order, Range};
use imagegen_core::ports::image_provider::ImageProvider;
use imagegen_core::ports::queue::Outgoing;
use imagegen_core::providers::Providers;
use imagegen_core::services::Services;
use imagegen_core::ticket::TicketKey;
use serde_json::{Value, json};
use warp::filters::BoxedFilter;

use crate::fakes::{
    CountedIds, NamedUsers, SIGNATURE, Sheet, TestClock, TestModeration, TestProvider, TestQueue,
    TestRealtime, WebhookBody, user_id,
};
use crate::folder::Folder;
use crate::till::Till;

const PUBLIC_URL: &str = "https://api.test";

pub(crate) struct TestApp {
    pub(crate) app: App,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) queue: Arc<TestQueue>,
    /// The preferred one; alone unless the test wants others too.
    pub(crate) provider: Arc<TestProvider>,
    pub(crate) others: BTreeMap<Provider, Arc<TestProvider>>,
    pub(crate) moderation: Arc<TestModeration>,
    pub(crate) realtime: Arc<TestRealtime>,
    pub(crate) till: Arc<Till>,
    router: BoxedFilter<(Response,)>,
    folder: Folder,
}

/// A reply, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl TestApp {
    pub(crate) fn new() -> Self {
        Self::reached_at(Some(PUBLIC_URL.to_owned()), &[])
    }

    /// With further providers beside the preferred one.
    pub(crate) fn with_providers(others: &[Provider]) -> Self {
        Self::reached_at(Some(PUBLIC_URL.to_owned()), others)
    }

    /// As on a machine that providers cannot reach.
    pub(crate) fn without_webhooks() -> Self {
        Self::reached_at(None, &[])
    }

    /// With documents kept elsewhere than in a file.
    pub(crate) fn on(documents: Arc<dyn Documents>) -> Self {
        Self::built(Folder::new(), documents, Some(PUBLIC_URL.to_owned()), &[])
    }

    fn reached_at(public_url: Option<String>, others: &[Provider]) -> Self {
        let folder = Folder::new();
        let documents = SqliteDocuments::open(folder.join("documents.sqlite")).expect("a new file");
        Self::built(folder, Arc::new(documents), public_url, others)
    }

    fn built(
        folder: Folder,
        documents: Arc<dyn Documents>,
        public_url: Option<String>,
        others: &[Provider],
    ) -> Self {
        let clock = Arc::new(TestClock::new());
        let queue = Arc::new(TestQueue::new(clock.clone()));
        let provider = Arc::new(TestProvider::new(Provider::Replicate));
        let others: BTreeMap<_, _> =
            others.iter().map(|other| (*other, Arc::new(TestProvider::new(*other)))).collect();
        let known = others.iter().map(|(which, it)| (*which, it.clone() as Arc<dyn ImageProvider>));
        let known =
            known.chain([(Provider::Replicate, provider.clone() as Arc<dyn ImageProvider>)]);
        let moderation = Arc::new(TestModeration::default());
        let realtime = Arc::new(TestRealtime::default());
        let till = Arc::new(Till::new(clock.clone()));
        let sas = BlobSas::new("local", &BASE64.encode([7; 32])).expect("a key");
        let blobs = |container| {
            let opened =
                FileBlobs::open(folder.join("blobs"), container, "https://blobs.test", sas.clone());
            Arc::new(opened.expect("a new folder"))
        };
        let services = Services {
            documents,
            blobs: blobs("images"),
            uploads: blobs("uploads"),
            queue: queue.clone(),
            providers: Providers::new(known),
            realtime: realtime.clone(),
            moderation: moderation.clone(),
            imaging: Arc::new(Pipeline),
            clock: clock.clone(),
            ids: Arc::new(CountedIds::default()),
            catalog: Arc::new(Catalog::built_in()),
            paces: Arc::default(),
            tickets: TicketKey::new("a secret of the tests"),
            public_url,
            payments: Some(till.clone()),
            app_url: Some("https://app.test".to_owned()),
        };
        let app = App { services, identity: Arc::new(NamedUsers) };
        let router = router(&app, all());
        Self { app, clock, queue, provider, others, moderation, realtime, till, router, folder }
    }

    /// Serves on a free port of the loopback, for what only a socket can say.
    pub(crate) async fn listen(&self) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(warp::serve(self.router.clone()).incoming(listener).run());
        address
    }

    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let mut request = warp::test::request().method(method).path(path).body(body.into());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, body) = request.reply(&self.router).await.into_parts();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// `user` is a name: `ada`.
    pub(crate) async fn get(&self, user: &str, path: &str) -> Answer {
        self.call("GET", path, &[("authorization", &bearer(user))], "").await
    }

    pub(crate) async fn post(&self, user: &str, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.call("POST", path, &[("authorization", &bearer(user))], body).await
    }

    pub(crate) async fn patch(&self, user: &str, path: &str, body: &Value) -> Answer {
        self.call("PATCH", path, &[("authorization", &bearer(user))], body.to_string()).await
    }

    pub(crate) async fn delete(&self, user: &str, path: &str) -> Answer {
        self.call("DELETE", path, &[("authorization", &bearer(user))], "").await
    }

    /// Orders one picture of the least model, under a key where there is one.
    pub(crate) async fn order(&self, user: &str, prompt: &str, key: Option<&str>) -> Answer {
        let bearer = bearer(user);
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend(key.map(|key| ("idempotency-key", key)));
        let body = json!({ "prompt": prompt, "model": "flux-schnell" });
        self.call("POST", "/api/v1/generations", &headers, body.to_string()).await
    }

    /// Orders as [`Self::order`] does and returns the id of the job.
    pub(crate) async fn create(&self, user: &str, prompt: &str) -> String {
        self.order(user, prompt, None).await.accepted()
    }

    pub(crate) async fn generation(&self, user: &str, id: &str) -> Value {
        self.get(user, &format!("/api/v1/generations/{id}")).await.ok()
    }

    pub(crate) async fn me(&self, user: &str) -> Value {
        self.get(user, "/api/v1/me").await.ok()
    }

    /// Available and held.
    pub(crate) async fn credits(&self, user: &str) -> (u64, u64) {
        let me = self.me(user).await;
        let number = |name| me["credits"][name].as_u64().expect("a number");
        (number("available"), number("held"))
    }

    pub(crate) async fn put_on_plan(&self, user: &str, plan: PlanId) {
        self.me(user).await;
        let services = &self.app.services;
        let (documents, now) = (&*services.documents, services.clock.now());
        let put = put_on_plan(documents, &services.catalog, &user_id(user), plan, now).await;
        put.expect("the store works").expect("the account was opened");
    }

    /// Delivers what is due, as the host would, until nothing is; returns the messages.
    pub(crate) async fn deliver(&self) -> Vec<Outgoing> {
        let mut delivered = Vec::new();
        while let Some(mut kept) = self.queue.take() {
            kept.deliveries += 1;
            let answer = self.deliver_one(&kept.message).await;
            if answer.status == 200 {
                delivered.push(kept.message);
            } else {
                let Outgoing { id, .. } = &kept.message;
                assert!(kept.deliveries < 10, "message {id} would be dead-lettered: {answer:?}");
                self.queue.give_back(kept);
            }
        }
        delivered
    }

    pub(crate) async fn deliver_one(&self, message: &Outgoing) -> Answer {
        self.invoke(function_of(message.queue), &envelope(&message.body)).await
    }

    /// Calls a queue or timer function.
    pub(crate) async fn invoke(&self, function: &str, envelope: &Value) -> Answer {
        self.call("POST", &format!("/{function}"), &[], envelope.to_string()).await
    }

    pub(crate) async fn tick(&self, timer: &str) {
        let answer = self.invoke(timer, &json!({ "Data": { "timer": {} }, "Metadata": {} })).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// The providers end what they work on and report it; returns how many.
    pub(crate) async fn draw(&self) -> usize {
        let others = self.others.values().flat_map(|other| other.draw());
        let drawn: Vec<_> = self.provider.draw().into_iter().chain(others).collect();
        for sheet in &drawn {
            if sheet.callback.is_some() {
                assert_eq!(self.report(sheet, SIGNATURE).await.status, 200);
            }
        }
        drawn.len()
    }

    /// The provider's webhook about one prediction.
    pub(crate) async fn report(&self, sheet: &Sheet, signature: &str) -> Answer {
        let callback = sheet.callback.as_deref().expect("a webhook was asked for");
        let path = callback.strip_prefix(PUBLIC_URL).expect("it is an address of ours");
        let body = WebhookBody { id: sheet.id.clone(), state: sheet.state.clone() };
        let body = serde_json::to_vec(&body).expect("plain data");
        let headers = [
            ("webhook-id", sheet.id.0.as_str()),
            ("webhook-signature", signature),
            ("x-bfl-signature", signature),
        ];
        self.call("POST", path, &headers, body).await
    }

    /// Everything goes its way until nothing is left to do.
    pub(crate) async fn drain(&self) {
        while !self.deliver().await.is_empty() || self.draw().await > 0 {}
    }

    pub(crate) async fn stored(&self, user: &str, kind: &'static str) -> Vec<Document> {
        let range = Range { kind, after: None, order: Order::Ascending, limit: 100 };
        let page = self.app.services.documents.list(user_id(user).as_str(), &range).await;
        page.expect("the store works").documents
    }

    /// The same, however many there are.
    pub(crate) async fn all_stored(&self, user: &str, kind: &'static str) -> Vec<Document> {
        let (user, mut found, mut after) = (user_id(user), Vec::new(), None);
        loop {
            let range = Range { kind, after, order: Order::Ascending, limit: 100 };
            let page = self.app.services.documents.list(user.as_str(), &range).await;
            let page = page.expect("the store works");
            found.extend(page.documents);
            after = found.last().map(|last: &Document| last.position.clone());
            if !page.more {
                return found;
            }
        }
    }

    /// Beyond the account and its first credits there is nothing of `user`'s, and nothing was sent.
    pub(crate) async fn assert_untouched(&self, user: &str, why: &str) {
        for kind in ["generation", "event", "outbox", "idempotency_key"] {
            assert_eq!(self.stored(user, kind).await, [], "{why}");
        }
        let entries = self.stored(user, "entry").await;
        assert!(entries.iter().all(|entry| entry.id.starts_with("grant:")), "{why}: {entries:?}");
        assert_eq!(self.queue.waiting(), [], "{why}");
        assert_eq!(self.credits(user).await, (10, 0), "{why}");
    }

    /// A place for a file of `user`'s, as it is offered.
    pub(crate) async fn offer(&self, user: &str) -> Value {
        let body = json!({ "content_type": "image/png", "bytes": 1000 });
        let answer = self.post(user, "/api/v1/uploads", &body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()
    }

    /// What the user's program and the storage service do together.
    pub(crate) async fn send_file(&self, offered: &Value, file: Vec<u8>) {
        let url = offered["upload_url"].as_str().expect("a link");
        let path = url.strip_prefix("https://blobs.test/uploads/").expect("a link of ours");
        let key = path.split('?').next().expect("a path");
        self.app.services.uploads.put(key, "image/png", file).await.expect("the store works");
    }

    /// Offers, sends and completes; returns the answer.
    pub(crate) async fn upload(&self, user: &str, file: Vec<u8>) -> Answer {
        let offered = self.offer(user).await;
        self.send_file(&offered, file).await;
        let id = offered["id"].as_str().expect("an id");
        self.post(user, &format!("/api/v1/uploads/{id}/complete"), &Value::Null).await
    }

    /// The id of an upload that is ready.
    pub(crate) async fn uploaded(&self, user: &str, file: Vec<u8>) -> String {
        let upload = self.upload(user, file).await.ok();
        assert_eq!(upload["status"], "ready", "{upload}");
        upload["id"].as_str().expect("an id").to_owned()
    }

    /// The keys of all stored pictures.
    pub(crate) fn stored_blobs(&self) -> Vec<String> {
        self.files("")
    }

    /// Every file of one container, by its path.
    pub(crate) fn files(&self, container: &str) -> Vec<String> {
        fn walk(folder: &std::path::Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    walk(&path, found);
                } else {
                    found.push(path.display().to_string());
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.folder.join("blobs").join(container), &mut found);
        found
    }

    /// The stored file behind a link.
    pub(crate) fn file(&self, link: &Value) -> Vec<u8> {
        std::fs::read(self.place(link)).expect("it is stored")
    }

    /// As if the disk had lost it.
    pub(crate) fn lose(&self, link: &Value) {
        std::fs::remove_file(self.place(link)).expect("it is stored");
    }

    fn place(&self, link: &Value) -> PathBuf {
        let link = link.as_str().expect("a link");
        let path = link.strip_prefix("https://blobs.test/").expect("a link of ours");
        self.folder.join("blobs").join(path.split('?').next().expect("a path"))
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("headers are text"))
    }

    /// The body of a 200.
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()
    }

    /// The id of the job that a 202 tells.
    pub(crate) fn accepted(&self) -> String {
        assert_eq!(self.status, 202, "{self:?}");
        self.json()["id"].as_str().expect("an id").to_owned()
    }

    /// The problem that this is, which must have all that RFC 9457 and our habits want.
    pub(crate) fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(problem["type"], format!("/problems/{code}"), "{problem}");
        assert!(problem["title"].is_string(), "{problem}");
        assert_eq!(problem["trace_id"].as_str().map(str::len), Some(32), "{problem}");
        problem
    }

    /// The field that a problem is about.
    pub(crate) fn refused_field(&self, status: u16, code: &str) -> String {
        let problem = self.problem(status, code);
        let pointer = problem["errors"][0]["pointer"].as_str();
        pointer.unwrap_or_else(|| panic!("no field is named: {problem}")).to_owned()
    }
}

pub(crate) fn bearer(user: &str) -> String {
    format!("Bearer user-{user}")
}

/// As the host sends a message of a binding with `"dataType": "binary"`.
pub(crate) fn envelope(body: &str) -> Value {
    json!({
        "Data": { "message": BASE64.encode(body) },
        "Metadata": { "DeliveryCount": "1", "MessageId": "\"1\"", "sys": { "MethodName": "x" } },
    })
}

fn function_of(queue: QueueName) -> &'static str {
    let functions: BTreeMap<_, _> = all()
        .into_iter()
        .filter_map(|f| match f.trigger {
            Trigger::Queue { queue } => Some((queue, f.name)),
            Trigger::Http { .. } | Trigger::Timer { .. } => None,
        })
        .collect();
    functions[&queue]
}
