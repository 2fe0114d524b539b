//! The stand-ins: each speaks one vendor's wire protocol under `/_local/<service>/…`.
//!
//! They share nothing with the handler but the protocol. What the vendor would do, they do; what they are told
//! to get wrong, [`faults`] gets wrong.

mod bfl;
pub(crate) mod blobs;
mod cog;
pub(crate) mod content_safety;
pub(crate) mod faults;
mod foundry;
pub(crate) mod identity;
pub(crate) mod oidc;
pub(crate) mod replicate;
pub(crate) mod service_bus;
mod stripe;
mod studio;
pub(crate) mod web_pubsub;

use std::sync::Arc;

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use percent_encoding::percent_decode_str;
use sha2::Sha256;

use crate::ground::Ground;

/// Every stand-in of one data folder.
pub(crate) struct Cloud {
    pub(crate) faults: Arc<faults::Faults>,
    pub(crate) web_pubsub: Arc<web_pubsub::WebPubSub>,
    blobs: blobs::Blobs,
    content_safety: content_safety::ContentSafety,
    oidc: oidc::Oidc,
    replicate: replicate::Replicate,
    foundry: foundry::Foundry,
    pub(crate) identity: identity::Identity,
    bfl: bfl::Bfl,
    cog: cog::Cog,
    stripe: stripe::Stripe,
}

impl Cloud {
    /// Opens every stand-in and goes on with the predictions that a stop of the process left open.
    /// Call it inside the runtime: they run in the background.
    ///
    /// # Errors
    /// A sentence for the console.
    pub(crate) fn open(ground: &Ground) -> Result<Self, String> {
        let faults = Arc::new(faults::Faults::default());
        Ok(Self {
            web_pubsub: Arc::new(web_pubsub::WebPubSub::new(ground, Arc::clone(&faults))),
            blobs: blobs::Blobs::new(ground),
            content_safety: content_safety::ContentSafety::new(ground),
            oidc: oidc::Oidc::new(ground)?,
            replicate: replicate::Replicate::new(ground, Arc::clone(&faults)),
            identity: identity::Identity::new(ground),
            foundry: foundry::Foundry::new(ground, Arc::clone(&faults)),
            bfl: bfl::Bfl::new(ground, Arc::clone(&faults)),
            cog: cog::Cog::new(ground, Arc::clone(&faults)),
            stripe: stripe::Stripe::new(ground, Arc::clone(&faults)),
            faults,
        })
    }

    /// Answers `call`, which came for `/_local/<service>`; `None` when there is no such service here.
    pub(crate) async fn handle(&self, service: &str, call: Call) -> Option<Answer> {
        if service == "faults" {
            return Some(self.faults.handle(&call));
        }
        if service == "stripe" {
            // It disturbs its API itself: a fault there has to do with idempotency keys.
            return Some(self.stripe.handle(&call).await);
        }
        // What people and tests steer with is never disturbed itself.
        let steered = ["/stats", "/_cut", "/dev-token"].contains(&call.path.as_str());
        let answer = async {
            Some(match service {
                "blobs" => self.blobs.handle(call).await,
                "contentsafety" => self.content_safety.handle(&call),
                "identity" => self.identity.handle(&call),
                "oidc" => self.oidc.handle(&call),
                "replicate" => self.replicate.handle(call).await,
                "foundry" => self.foundry.handle(&call).await,
                "bfl" => self.bfl.handle(&call).await,
                "cog" => self.cog.handle(&call).await,
                "webpubsub" => self.web_pubsub.handle(&call),
                _ => return None,
            })
        };
        if steered { answer.await } else { self.disturbed(service, answer).await }
    }

    /// Gives `service` the faults that are ordered for it, before and after it does its work.
    pub(crate) async fn disturbed(
        &self,
        service: &str,
        answer: impl Future<Output = Option<Answer>>,
    ) -> Option<Answer> {
        let fault = self.faults.draw(service);
        tokio::time::sleep(fault.delay).await;
        if let Some(status) = fault.error {
            return Some(faults::error(service, status));
        }
        let answer = answer.await?;
        Some(if fault.lost_response { faults::lost() } else { answer })
    }

    /// For `/_local/status`.
    pub(crate) fn predictions_created(&self) -> i64 {
        self.replicate.predictions_created()
    }
}

/// One request to a stand-in, its body read whole.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// What follows `/_local/<service>`: begins with `/`, still percent-encoded.
    pub(crate) path: String,
    /// Without the `?`; empty when there is none.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    /// The first header of that name, when it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The token of `Authorization: Bearer …`.
    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// The first query parameter of that name, decoded.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        pairs(self.query.as_bytes())
            .into_iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }

    /// The path cut at its slashes, each piece decoded. A piece that is not UTF-8 matches nothing.
    pub(crate) fn segments(&self) -> Vec<String> {
        self.path
            .trim_start_matches('/')
            .split('/')
            .map(|piece| percent_decode_str(piece).decode_utf8_lossy().into_owned())
            .collect()
    }
}

/// What a stand-in answers.
pub(crate) type Answer = http::Response<Bytes>;

/// `status` with a JSON body.
pub(crate) fn json(status: StatusCode, body: &serde_json::Value) -> Answer {
    with_body(status, "application/json; charset=utf-8", body.to_string())
}

/// `status` with nothing in it.
pub(crate) fn empty(status: StatusCode) -> Answer {
    let mut answer = Answer::new(Bytes::new());
    *answer.status_mut() = status;
    answer
}

/// `status` with a body of `content_type`.
pub(crate) fn with_body(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Answer {
    let mut answer = Answer::new(body.into());
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    answer
}

/// Adds a header whose value the stand-in made itself.
pub(crate) fn with_header(mut answer: Answer, name: &'static str, value: &str) -> Answer {
    // A value with a control character cannot be sent; the header is then left out.
    if let Ok(value) = HeaderValue::from_str(value) {
        answer.headers_mut().insert(HeaderName::from_static(name), value);
    }
    answer
}

/// Lets a page of any origin read `answer`: the web app may be served from another port in development.
pub(crate) fn with_cors(mut answer: Answer) -> Answer {
    let headers = answer.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        "access-control-allow-methods",
        HeaderValue::from_static("GET, HEAD, PUT, POST, OPTIONS"),
    );
    headers.insert("access-control-allow-headers", HeaderValue::from_static("*, authorization"));
    headers.insert("access-control-expose-headers", HeaderValue::from_static("*, etag"));
    headers.insert("access-control-max-age", HeaderValue::from_static("3600"));
    answer
}

/// The pairs of a query or of an `application/x-www-form-urlencoded` body.
pub(crate) fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(encoded).into_owned().collect()
}

/// HMAC-SHA256; whether a vendor's key is text or base64 is the caller's business.
pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Compares two secrets without telling by the time taken how much of them is equal.
pub(crate) fn same_secret(one: &str, other: &str) -> bool {
    subtle::ConstantTimeEq::ct_eq(one.as_bytes(), other.as_bytes()).into()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::path::PathBuf;

    /// Folders of the test on this thread, gone when it ends: each test has a thread of its own.
    struct Folders(std::cell::RefCell<Vec<PathBuf>>);

    impl Drop for Folders {
        fn drop(&mut self) {
            for folder in self.0.take() {
                let _ = std::fs::remove_dir_all(folder);
            }
        }
    }

    thread_local! {
        static FOLDERS: Folders = const { Folders(std::cell::RefCell::new(Vec::new())) };
    }

    /// A new empty folder under the system's temporary one.
    pub(crate) fn folder(name: &str) -> PathBuf {
        let mut random = [0u8; 8];
        getrandom::fill(&mut random).expect("the operating system has random numbers");
        let unique = format!("imagegen-{name}-{:016x}", u64::from_le_bytes(random));
        let folder = std::env::temp_dir().join(unique);
        std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
        FOLDERS.with(|folders| folders.0.borrow_mut().push(folder.clone()));
        folder
    }

    pub(crate) fn ground(name: &str) -> Ground {
        crate::ground::GroundParts::open(7071, &folder(name)).expect("the folder is writable")
    }

    /// `GET /path?query` or another method, without headers.
    pub(crate) fn call(method: Method, target: &str, body: impl Into<Bytes>) -> Call {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Call {
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            headers: HeaderMap::new(),
            body: body.into(),
        }
    }

    pub(crate) fn body(answer: &Answer) -> serde_json::Value {
        serde_json::from_slice(answer.body()).expect("the answer is JSON")
    }

    fn cloud(name: &str) -> Cloud {
        let ground = ground(name);
        oidc::tests::lend_key(&ground);
        Cloud::open(&ground).expect("the folder is writable")
    }

    #[tokio::test]
    async fn an_unknown_service_is_nobodys() {
        let cloud = cloud("cloud");
        assert!(cloud.handle("mail", call(Method::GET, "/", "")).await.is_none());
    }

    #[tokio::test]
    async fn a_fault_is_seen_by_the_caller_until_it_is_cleared() {
        let cloud = cloud("cloud-faults");
        let discover = || call(Method::GET, "/.well-known/openid-configuration", "");
        let order = r#"{"oidc":{"error_rate":1,"status":500}}"#;
        cloud.handle("faults", call(Method::POST, "/", order)).await.expect("faults is a service");
        let broken = cloud.handle("oidc", discover()).await.expect("oidc is a service");
        cloud.handle("faults", call(Method::DELETE, "/", "")).await.expect("faults is a service");
        let whole = cloud.handle("oidc", discover()).await.expect("oidc is a service");
        assert_eq!(
            (broken.status(), whole.status()),
            (StatusCode::INTERNAL_SERVER_ERROR, StatusCode::OK)
        );
    }

    #[tokio::test]
    async fn a_lost_response_leaves_the_work_done() {
        let cloud = cloud("cloud-lost");
        let order = r#"{"replicate":{"lost_response_rate":1}}"#;
        cloud.handle("faults", call(Method::POST, "/", order)).await.expect("faults is a service");
        let path = "/v1/models/black-forest-labs/flux-schnell/predictions";
        let mut create = call(Method::POST, path, r#"{"input":{"prompt":"slow: a fox"}}"#);
        let bearer = format!("Bearer {}", cloud.replicate.token());
        create.headers.insert("authorization", bearer.parse().expect("a header value"));
        let answer = cloud.handle("replicate", create).await.expect("replicate is a service");
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert!(answer.extensions().get::<faults::Lost>().is_some());
        assert_eq!(cloud.predictions_created(), 1);
    }

    #[test]
    fn pieces_of_a_path_are_decoded_after_the_cut() {
        assert_eq!(
            call(Method::GET, "/users/user%2F1/a%20b", "").segments(),
            ["users", "user/1", "a b"]
        );
    }
}
