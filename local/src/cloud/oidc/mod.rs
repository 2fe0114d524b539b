//! The OIDC issuer: signs people in without a password and makes tokens like those of Entra External ID.
//!
//! `POST /_local/oidc/dev-token` makes an access token without a browser, for tests, the shell and the demo.

mod dev_token;
mod exchange;
mod key;
mod people;
mod sign_in;
mod token;

use std::sync::OnceLock;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use self::key::SigningKey;
use self::token::Person;
use super::{Answer, Call, empty, with_cors, with_header};
use crate::ground::Ground;

/// The API that access tokens are for.
pub(crate) const AUDIENCE: &str = "imagegen-api";
/// The scope that the API asks for; a client may name it alone or as `api://imagegen-api/access_as_user`.
pub(crate) const SCOPE: &str = "access_as_user";
const KEY_FILE: &str = "oidc.key";
/// The one public client: the web app.
const CLIENT: &str = "imagegen-web";

/// The issuer's name, exactly as tokens carry it.
pub(crate) fn issuer(port: u16) -> String {
    format!("http://localhost:{port}/_local/oidc")
}

pub(crate) struct Oidc {
    ground: Ground,
    issuer: String,
    key: SigningKey,
    /// Made when a test first asks for a token that somebody else signed.
    foreign: OnceLock<SigningKey>,
}

impl Oidc {
    /// # Errors
    /// A sentence for the console when the signing key cannot be read or kept.
    pub(crate) fn new(ground: &Ground) -> Result<Self, String> {
        people::make_tables(ground);
        Ok(Self {
            issuer: issuer(ground.port),
            key: SigningKey::open(&ground.data.join(KEY_FILE))?,
            foreign: OnceLock::new(),
            ground: Ground::clone(ground),
        })
    }

    pub(crate) fn handle(&self, call: &Call) -> Answer {
        let now = jiff::Timestamp::now().as_second();
        match (&call.method, call.path.as_str()) {
            (&Method::OPTIONS, _) => with_cors(empty(StatusCode::NO_CONTENT)),
            (&Method::GET, "/.well-known/openid-configuration") => {
                with_cors(super::json(StatusCode::OK, &self.discovery()))
            }
            (&Method::GET, "/jwks") => {
                let keys = json!({ "keys": [self.key.jwk(&self.issuer)] });
                with_cors(super::json(StatusCode::OK, &keys))
            }
            (&Method::GET, "/authorize") => sign_in::show(self, call, now),
            (&Method::POST, "/authorize") => sign_in::submit(self, call, now),
            (&Method::POST, "/token") => with_cors(exchange::answer(self, call, now)),
            (&Method::GET | &Method::POST, "/userinfo") => with_cors(self.userinfo(call, now)),
            (&Method::GET | &Method::POST, "/logout") => sign_in::leave(self, call),
            (&Method::POST, "/dev-token") => with_cors(dev_token::answer(self, call, now)),
            _ => super::json(StatusCode::NOT_FOUND, &json!({"error": "not_found"})),
        }
    }

    fn discovery(&self) -> Value {
        let issuer = &self.issuer;
        json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "userinfo_endpoint": format!("{issuer}/userinfo"),
            "end_session_endpoint": format!("{issuer}/logout"),
            "jwks_uri": format!("{issuer}/jwks"),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "profile", "email", "offline_access", SCOPE],
            "claims_supported": ["sub", "oid", "tid", "email", "name", "roles", "scp", "azp", "ver"],
        })
    }

    fn userinfo(&self, call: &Call, now: i64) -> Answer {
        let claims = call.bearer().and_then(|bearer| token::verified(&self.key, bearer, now));
        let Some(claims) = claims else {
            let refusal = super::json(StatusCode::UNAUTHORIZED, &json!({"error": "invalid_token"}));
            return with_header(refusal, "www-authenticate", "Bearer error=\"invalid_token\"");
        };
        let text = |name: &str| claims[name].as_str().unwrap_or_default().to_owned();
        let person = Person { email: text("email"), name: text("name"), roles: Vec::new() };
        // The client compares the subject with that of its id token, so it is the client's, not the API's.
        let subject = person.subject(&text("azp"));
        let person = json!({
            "sub": subject, "oid": person.object_id(), "email": person.email, "name": person.name,
        });
        super::json(StatusCode::OK, &person)
    }
}

/// An OAuth error as RFC 6749 §5.2 words it.
fn refusal(status: StatusCode, error: &str, description: &str) -> Answer {
    super::json(status, &json!({"error": error, "error_description": description}))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::cloud::tests::{body, call, ground};

    /// An issuer with a key that all tests share: making one takes longer than most tests.
    pub(super) fn oidc(name: &str) -> Oidc {
        let ground = ground(name);
        lend_key(&ground);
        Oidc::new(&ground).expect("the folder is writable")
    }

    pub(in crate::cloud) fn lend_key(ground: &Ground) {
        static KEY: OnceLock<Vec<u8>> = OnceLock::new();
        let file = ground.data.join(KEY_FILE);
        let key = KEY.get_or_init(|| {
            SigningKey::open(&file).expect("the folder is writable");
            std::fs::read(&file).expect("the key was kept")
        });
        std::fs::write(&file, key).expect("the folder is writable");
    }

    #[test]
    fn the_metadata_names_the_issuer_it_is_served_by() {
        let answer =
            oidc("oidc-meta").handle(&call(Method::GET, "/.well-known/openid-configuration", ""));
        let metadata = body(&answer);
        assert_eq!(metadata["issuer"], "http://localhost:7071/_local/oidc");
        assert_eq!(metadata["jwks_uri"], "http://localhost:7071/_local/oidc/jwks");
    }

    #[test]
    fn userinfo_wants_a_token() {
        let answer = oidc("oidc-userinfo").handle(&call(Method::GET, "/userinfo", ""));
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
}
