//! A tiny issuer of access tokens.

use std::thread;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jiff::Timestamp;
use serde_json::{Value, json};

pub(crate) const AUDIENCE: &str = "imagegen-api";
pub(crate) const SCOPE: &str = "access_as_user";
const KEY_ID: &str = "bench";

pub(crate) struct Issuer {
    key: RsaKeyPair,
}

impl Issuer {
    pub(crate) fn new() -> Result<Self, String> {
        let key = RsaKeyPair::generate(KeySize::Rsa2048);
        Ok(Self { key: key.map_err(|e| format!("no RSA key can be made: {e}"))? })
    }

    pub(crate) fn key_set(&self) -> Value {
        // PKCS #1: a sequence of the modulus (257 bytes, the first zero) and the exponent 65537.
        let modulus = &self.key.public_key().as_ref()[9..265];
        let n = BASE64.encode(modulus);
        json!({"keys": [{"kty": "RSA", "use": "sig", "kid": KEY_ID, "n": n, "e": "AQAB"}]})
    }

    /// A token for each of `count` users, with the claims that Entra's have.
    pub(crate) fn tokens(&self, issuer: &str, count: usize) -> Vec<String> {
        let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let users: Vec<usize> = (0..count).collect();
        thread::scope(|scope| {
            let parts = users.chunks(count.div_ceil(threads)).map(|part| {
                scope.spawn(move || part.iter().map(|n| self.token(issuer, *n)).collect::<Vec<_>>())
            });
            let parts: Vec<_> = parts.collect();
            parts
                .into_iter()
                .flat_map(|part| part.join().expect("signing does not panic"))
                .collect()
        })
    }

    fn token(&self, issuer: &str, user: usize) -> String {
        let now = Timestamp::now().as_second();
        let header = json!({"alg": "RS256", "typ": "JWT", "kid": KEY_ID});
        let claims = json!({
            "iss": issuer, "aud": AUDIENCE, "scp": SCOPE, "ver": "2.0",
            "sub": format!("pairwise-{user:08}-abcdefghijklmnopqrstuvwxyz"),
            "oid": format!("00000000-0000-4000-8000-{user:012}"),
            "tid": "11111111-2222-4333-8444-555555555555", "azp": "imagegen-web",
            "email": format!("user{user}@example.com"), "name": format!("User {user}"),
            "iat": now, "nbf": now, "exp": now + 3600,
        });
        let encode = |value: &Value| BASE64.encode(value.to_string());
        let message = format!("{}.{}", encode(&header), encode(&claims));
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature)
            .expect("a key that was just made signs");
        format!("{message}.{}", BASE64.encode(signature))
    }
}
