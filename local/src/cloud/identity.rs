//! The managed identity: tokens as App Service hands them out, and the stand-ins' side of them.
//!
//! With `--keyless` the handler is given this and no key, as in Azure. Source: the REST protocol of managed identities
//! in App Service, version 2019-08-01.

use http::{Method, StatusCode};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Answer, Call, same_secret};
use crate::ground::Ground;
use crate::host::settings::secrets;

/// What the tokens of each service are made for.
pub(crate) const SERVICE_BUS: &str = "https://servicebus.azure.net";
pub(super) const WEB_PUBSUB: &str = "https://webpubsub.azure.com";
pub(super) const COGNITIVE_SERVICES: &str = "https://cognitiveservices.azure.com";
/// All that a token can be had for; the last two are for emulators beside us.
const RESOURCES: [&str; 5] = [
    SERVICE_BUS,
    WEB_PUBSUB,
    COGNITIVE_SERVICES,
    "https://cosmos.azure.com",
    "https://storage.azure.com",
];

/// The one identity there is.
pub(crate) const CLIENT_ID: &str = "00000000-0000-0000-0000-00000000c11e";
const VERSION: &str = "2019-08-01";
/// Seconds: a day, as in Azure.
const LIFE: i64 = 86_400;

/// Makes tokens, and knows its own.
#[derive(Clone)]
pub(crate) struct Identity {
    /// Proves that the caller is the handler.
    header: String,
    key: String,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    aud: String,
    appid: String,
    exp: i64,
}

impl Identity {
    pub(crate) fn new(ground: &Ground) -> Self {
        Self {
            header: ground.secret(secrets::IDENTITY_HEADER),
            key: ground.secret(secrets::IDENTITY_TOKENS),
        }
    }

    pub(super) fn handle(&self, call: &Call) -> Answer {
        if (&call.method, call.path.as_str()) != (&Method::GET, "/token") {
            return refusal(StatusCode::NOT_FOUND, "There is nothing at this address.");
        }
        let header = call.header("x-identity-header");
        if !header.is_some_and(|given| same_secret(given, &self.header)) {
            return refusal(StatusCode::UNAUTHORIZED, "X-IDENTITY-HEADER is missing or wrong.");
        }
        if call.parameter("api-version").as_deref() != Some(VERSION) {
            return refusal(StatusCode::BAD_REQUEST, "The api-version must be 2019-08-01.");
        }
        if call.parameter("client_id").is_some_and(|id| id != CLIENT_ID) {
            return refusal(StatusCode::BAD_REQUEST, "No such identity is assigned.");
        }
        let wanted = call.parameter("resource").unwrap_or_default();
        let Some(resource) = known(&wanted) else {
            return refusal(StatusCode::BAD_REQUEST, "There is no such resource here.");
        };
        let exp = Timestamp::now().as_second() + LIFE;
        super::json(
            StatusCode::OK,
            &json!({
                "access_token": self.token(resource, exp), "expires_on": exp.to_string(),
                "resource": wanted, "token_type": "Bearer", "client_id": CLIENT_ID,
            }),
        )
    }

    fn token(&self, resource: &str, exp: i64) -> String {
        let claims = Claims { aud: resource.to_owned(), appid: CLIENT_ID.to_owned(), exp };
        let key = EncodingKey::from_secret(self.key.as_bytes());
        encode(&Header::default(), &claims, &key).expect("HS256 signs anything")
    }

    /// Whether `token` is one of ours for `resource`.
    pub(crate) fn lets_in(&self, token: &str, resource: &str) -> bool {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.set_audience(&[resource]);
        let key = DecodingKey::from_secret(self.key.as_bytes());
        decode::<Claims>(token, &key, &validation).is_ok()
    }
}

fn known(wanted: &str) -> Option<&'static str> {
    let wanted = wanted.trim_end_matches('/');
    RESOURCES.into_iter().find(|resource| *resource == wanted)
}

fn refusal(status: StatusCode, sentence: &str) -> Answer {
    super::json(status, &json!({ "statusCode": status.as_u16(), "message": sentence }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::testing::ground;

    fn ask(identity: &Identity, query: &str, header: &str) -> (StatusCode, serde_json::Value) {
        let mut call = Call {
            method: Method::GET,
            path: "/token".into(),
            query: query.into(),
            headers: http::HeaderMap::new(),
            body: bytes::Bytes::new(),
        };
        call.headers.insert("x-identity-header", header.parse().expect("a header value"));
        let answer = identity.handle(&call);
        (answer.status(), serde_json::from_slice(answer.body()).expect("JSON"))
    }

    #[test]
    fn a_token_opens_the_service_that_it_was_asked_for() {
        let identity = Identity::new(&ground());
        let query = format!("api-version=2019-08-01&resource={SERVICE_BUS}/&client_id={CLIENT_ID}");
        let (status, answer) = ask(&identity, &query, &identity.header);
        assert_eq!((status, &answer["token_type"]), (StatusCode::OK, &json!("Bearer")), "{answer}");
        let token = answer["access_token"].as_str().expect("a token");
        assert!(identity.lets_in(token, SERVICE_BUS));
        assert!(!identity.lets_in(token, WEB_PUBSUB));
        let expired = identity.token(SERVICE_BUS, Timestamp::now().as_second() - 1);
        assert!(!identity.lets_in(&expired, SERVICE_BUS));
        assert!(!Identity { key: "other".into(), ..identity }.lets_in(token, SERVICE_BUS));
    }

    #[test]
    fn who_is_not_the_handler_or_asks_for_something_else_gets_none() {
        let identity = Identity::new(&ground());
        let good = format!("api-version=2019-08-01&resource={SERVICE_BUS}");
        let other = format!("{good}&client_id=someone");
        for (query, header, status) in [
            (good.as_str(), "wrong", 401),
            ("api-version=2019-08-01&resource=https://vault.azure.net", &*identity.header, 400),
            ("api-version=2017-09-01&resource=https://servicebus.azure.net", &identity.header, 400),
            (&other, &identity.header, 400),
        ] {
            assert_eq!(ask(&identity, query, header).0, status, "{query}");
        }
    }
}
