//! An issuer on this machine, and tokens of all kinds.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde_json::{Value, json};

use super::super::{OidcIdentity, OidcSettings};
use crate::http::loopback::{Seen, Server, TestClock, answer};

pub(super) const NOW: i64 = 1_767_225_600;

/// An issuer that can lose its keys and change them.
pub(super) struct Issuer {
    pub(super) server: Server,
    pub(super) clock: Arc<TestClock>,
    pub(super) down: Arc<AtomicBool>,
    pub(super) rotated: Arc<AtomicBool>,
}

impl Issuer {
    pub(super) async fn new() -> Self {
        let (down, rotated) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (is_down, is_rotated) = (down.clone(), rotated.clone());
        let server = Server::start(move |seen: &Seen| {
            let host = seen.header("host").expect("a host");
            let id = if is_rotated.load(Ordering::Relaxed) { "new" } else { "old" };
            match (is_down.load(Ordering::Relaxed), &*seen.target) {
                (true, _) => answer(500, ""),
                (_, "/oidc/.well-known/openid-configuration") => {
                    let keys = format!("http://{host}/keys?p=b2c");
                    answer(200, json!({"issuer": "x", "jwks_uri": keys}).to_string())
                }
                (_, "/keys?p=b2c") => answer(200, json!({"keys": [public_key(id)]}).to_string()),
                _ => answer(404, ""),
            }
        })
        .await;
        Self { server, clock: TestClock::new(), down, rotated }
    }

    pub(super) fn settings(&self) -> OidcSettings {
        OidcSettings {
            issuer: format!("{}/oidc", self.server.url),
            metadata_url: None,
            audience: "imagegen-api".into(),
            required_scope: "access_as_user".into(),
            tenant: None,
            policies: Vec::new(),
            skew: Duration::from_mins(1),
        }
    }

    pub(super) fn identity(&self) -> OidcIdentity {
        self.identity_with(self.settings())
    }

    pub(super) fn identity_with(&self, settings: OidcSettings) -> OidcIdentity {
        OidcIdentity::new(settings, self.clock.http(), self.clock.clone()).expect("settings")
    }

    /// The claims of a good token, with `changes` on top; `null` takes a claim away.
    pub(super) fn claims(&self, changes: Value) -> Value {
        let mut claims = json!({
            "iss": format!("{}/oidc", self.server.url), "aud": "imagegen-api", "sub": "pairwise",
            "oid": "ada", "scp": "openid access_as_user", "iat": NOW, "nbf": NOW, "exp": NOW + 3600,
        });
        let Value::Object(changes) = changes else { unreachable!("changes are an object") };
        claims.as_object_mut().expect("an object").extend(changes);
        claims.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
        claims
    }

    pub(super) fn token(&self, changes: Value) -> String {
        sign(&json!({"alg": "RS256", "typ": "JWT", "kid": "old"}), &self.claims(changes))
    }
}

pub(super) fn key_pair() -> &'static RsaKeyPair {
    static PAIR: OnceLock<RsaKeyPair> = OnceLock::new();
    PAIR.get_or_init(|| RsaKeyPair::generate(KeySize::Rsa2048).expect("a key pair"))
}

pub(super) fn public_key(id: &str) -> Value {
    // PKCS #1: a sequence of the modulus (257 bytes, the first zero) and the exponent 65537.
    let modulus = &key_pair().public_key().as_ref()[9..265];
    json!({"kty": "RSA", "use": "sig", "kid": id, "n": BASE64.encode(modulus), "e": "AQAB"})
}

pub(super) fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()))
}

pub(super) fn sign(header: &Value, claims: &Value) -> String {
    let message = unsigned(header, claims);
    let mut signature = vec![0; key_pair().public_modulus_len()];
    key_pair()
        .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)
        .expect("a signature");
    format!("{message}.{}", BASE64.encode(signature))
}
