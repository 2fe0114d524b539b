//! The account's key on a request. Microsoft's client for Rust knows Entra alone.
//!
//! The rule: <https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key>.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{Context, Request};
use reqwest::Url;

use crate::http::{Http, http_date};
use crate::sas::BlobSas;

/// Standard headers that are signed, in this order, after the method. `content-length` is the body's.
const SIGNED: [&str; 11] = [
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
];

#[derive(Debug)]
pub(super) struct SharedKey {
    key: Arc<BlobSas>,
    /// For its clock.
    http: Http,
}

impl SharedKey {
    pub(super) fn new(key: Arc<BlobSas>, http: Http) -> Self {
        Self { key, http }
    }
}

#[async_trait]
impl Policy for SharedKey {
    async fn send(
        &self,
        context: &Context,
        request: &mut Request,
        next: &[Arc<dyn Policy>],
    ) -> PolicyResult {
        request.insert_header("x-ms-date", http_date(self.http.now()));
        let signature = self.key.sign(&text(request, self.key.account()));
        let value = format!("SharedKey {}:{signature}", self.key.account());
        request.insert_header("authorization", value);
        let (first, others) = next.split_first().expect("the transport is the last");
        first.send(context, request, others).await
    }
}

fn text(request: &Request, account: &str) -> String {
    let mut text = request.method().as_str().to_owned();
    let headers: BTreeMap<_, _> =
        request.headers().iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let length = request.body().len().filter(|length| *length > 0);
    let length = length.map(|length| length.to_string()).unwrap_or_default();
    for name in SIGNED {
        text.push('\n');
        text.push_str(match name {
            "content-length" => &length,
            name => headers.get(name).copied().unwrap_or_default(),
        });
    }
    text.push('\n');
    for (name, value) in headers.iter().filter(|(name, _)| name.starts_with("x-ms-")) {
        text.extend([name, ":", value.trim(), "\n"]);
    }
    text + &resource(request.url(), account)
}

/// The path as it is sent, after the account's name, which an emulator's path has a second time; then the query, sorted.
fn resource(url: &Url, account: &str) -> String {
    let mut fields = BTreeMap::<String, Vec<String>>::new();
    for (name, value) in url.query_pairs() {
        fields.entry(name.to_lowercase()).or_default().push(value.into_owned());
    }
    let mut resource = format!("/{account}{}", url.path());
    for (name, mut values) in fields {
        values.sort();
        resource.extend(["\n", &name, ":", &values.join(",")]);
    }
    resource
}
