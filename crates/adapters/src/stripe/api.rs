//! One call to Stripe, and what its answer means.

use std::time::Duration;

use imagegen_core::ports::BoxError;
use imagegen_core::ports::payments::PaymentsError;
use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Url};
use serde::de::DeserializeOwned;

use super::form::Form;
use super::wire::{ErrorBody, Page, Refusal};
use crate::http::{Call, Endpoint, Http, Reply, Secret};

/// What all our words are of: objects look otherwise in other versions. Webhook endpoints are made with the same.
pub(super) const API_VERSION: &str = "2026-10-28.endive";

/// For one attempt: taking money asks banks.
const TIMEOUT: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_secs(40);
/// Bytes. A page of invoices repeats every line and tax of them.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;
/// The most that Stripe puts on a page.
pub(super) const PAGE: usize = 100;
/// Beyond it we do not know, rather than say that it is all.
const MOST_PAGES: usize = 50;
/// Stripe takes no longer ones.
const LONGEST_KEY: usize = 255;

#[derive(Debug)]
pub(super) struct Api {
    base: Endpoint,
    key: Secret,
    http: Http,
}

/// No answer that can be used.
#[derive(Debug)]
pub(super) enum Failure {
    /// It may pass, or an operator must do something; not the request's fault.
    Unavailable(BoxError),
    /// Stripe broke over a POST. It keeps that as the answer for the key, for a day: what was meant may have happened
    /// or not, and the same key tells no more about it.
    Broken(BoxError),
    /// Stripe read the request and will not have it.
    Refused(Refusal),
}

/// Something that Stripe lists.
pub(super) trait Listed {
    fn id(&self) -> &str;
}

impl Api {
    pub(super) fn new(base: Endpoint, key: Secret, http: Http) -> Self {
        Self { base, key, http }
    }

    pub(super) fn now(&self) -> jiff::Timestamp {
        self.http.now()
    }

    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &Form,
    ) -> Result<T, Failure> {
        let (mut url, query) = (self.url(path), query.encode());
        url.set_query((!query.is_empty()).then_some(query.as_str()));
        self.call(Call::get(url)).await
    }

    /// `None`: Stripe knows of no such thing.
    pub(super) async fn find<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &Form,
    ) -> Result<Option<T>, Failure> {
        // The names of things come from outside; another name must not become another path.
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if !path.iter().all(|segment| !segment.is_empty() && segment.chars().all(plain)) {
            return Ok(None);
        }
        match self.get(path, query).await {
            Ok(found) => Ok(Some(found)),
            Err(Failure::Refused(refusal)) if refusal.is_missing() => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// `key` says what is to happen once. Stripe keeps it for a day at least, with its answer.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        form: &Form,
        key: &str,
    ) -> Result<T, Failure> {
        debug_assert!(key.len() <= LONGEST_KEY && key.bytes().all(|b| b.is_ascii_graphic()));
        let call = Call::post(self.url(path))
            .body("application/x-www-form-urlencoded", form.encode())
            .header("idempotency-key", key);
        self.call(call).await
    }

    pub(super) async fn delete<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, Failure> {
        self.call(Call::delete(self.url(path))).await
    }

    /// Every page of a list.
    pub(super) async fn all<T: DeserializeOwned + Listed>(
        &self,
        path: &[&str],
        query: &Form,
    ) -> Result<Vec<T>, Failure> {
        let mut all = Vec::<T>::new();
        for _ in 0..MOST_PAGES {
            let query = query.clone().with("limit", PAGE);
            let query = query.with_some("starting_after", all.last().map(Listed::id));
            let page: Page<T> = self.get(path, &query).await?;
            let (is_empty, more) = (page.data.is_empty(), page.has_more);
            all.extend(page.data);
            if !more {
                return Ok(all);
            }
            if is_empty {
                break;
            }
        }
        Err(Failure::Unavailable(format!("the list of {} does not end", path.join("/")).into()))
    }

    async fn call<T: DeserializeOwned>(&self, call: Call) -> Result<T, Failure> {
        let call = call
            .bearer(&self.key)
            .header("stripe-version", API_VERSION)
            .timeout(TIMEOUT)
            .patience(PATIENCE)
            .largest_answer(LARGEST_ANSWER)
            .passes_if(may_pass);
        let reply = self.http.send_idempotent(&call).await;
        let reply = reply.map_err(|e| Failure::Unavailable(e.into()))?;
        if reply.status.is_success() {
            return reply.json().map_err(|e| Failure::Unavailable(e.into()));
        }
        Err(failure(&reply))
    }

    fn url(&self, path: &[&str]) -> Url {
        self.base.join(["v1"].into_iter().chain(path.iter().copied()))
    }
}

/// Stripe says itself whether another try is of use; where it does not, these are the rules of its own clients, and
/// besides we wait when we are told to.
fn may_pass(status: StatusCode, headers: &HeaderMap) -> bool {
    match headers.get("stripe-should-retry").map(reqwest::header::HeaderValue::as_bytes) {
        Some(b"true") => true,
        Some(b"false") => false,
        Some(_) | None => matches!(status.as_u16(), 408 | 409 | 429) || status.is_server_error(),
    }
}

fn failure(reply: &Reply) -> Failure {
    let status = reply.status;
    let error = serde_json::from_slice::<ErrorBody>(&reply.body).unwrap_or_default().error;
    match status.as_u16() {
        401 => operator(status, "Stripe does not take the key in STRIPE_API_KEY".to_owned()),
        403 => {
            let why = error.reason();
            operator(status, format!("the key in STRIPE_API_KEY may not do this: {why}"))
        }
        // A test key sees no live objects, and the other way round. It would look as if all customers were gone.
        400 | 404 if error.is_of_the_other_mode() => {
            let why = "the key in STRIPE_API_KEY is of the other mode, live or test, than what it is asked about";
            operator(status, why.to_owned())
        }
        // Not a word of Stripe's: some other server.
        404 if !error.is_missing() => {
            operator(status, "nothing of Stripe's is at STRIPE_BASE_URL".to_owned())
        }
        400 | 402 | 404 => Failure::Refused(error),
        500 => Failure::Broken(reply.unexpected().into()),
        _ => Failure::Unavailable(reply.unexpected().into()),
    }
}

/// Logged here because whoever tries again sees nothing but "unavailable".
fn operator(status: StatusCode, why: String) -> Failure {
    tracing::error!(status = status.as_u16(), why, "Stripe turned our account away");
    Failure::Unavailable(why.into())
}

impl From<Failure> for PaymentsError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable(source) | Failure::Broken(source) => Self::Unavailable(source),
            Failure::Refused(refusal) => Self::Refused { reason: refusal.reason() },
        }
    }
}

/// `name` with a part that came from outside, as a key that Stripe takes.
pub(super) fn idempotency_key(name: &str, part: &str) -> String {
    use sha2::{Digest as _, Sha256};
    let plain = format!("{name}:{part}");
    if plain.len() <= LONGEST_KEY && plain.bytes().all(|b| b.is_ascii_graphic()) {
        return plain;
    }
    let digest = Sha256::digest(part.as_bytes());
    let number = digest.iter().take(16).fold(0u128, |number, byte| number << 8 | u128::from(*byte));
    format!("{name}:{number:032x}")
}
