//! Access and id tokens as Entra External ID makes them, and the bad ones that tests need.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64_URL;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::key::SigningKey;
use crate::cloud::hmac_sha256;

/// The directory everybody is in.
pub(super) const TENANT: &str = "7d3a1c52-0b6e-4f0e-9a55-1f2e3d4c5b6a";
/// The life of an access token; Entra's is drawn from 60 to 90 minutes.
pub(super) const LIFE_SECONDS: i64 = 3600;

/// Who signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Person {
    pub(super) email: String,
    pub(super) name: String,
    pub(super) roles: Vec<String>,
}

impl Person {
    /// The directory id. Made from the e-mail alone, so whoever signs in again, here or on another machine, is
    /// the same user.
    pub(super) fn object_id(&self) -> String {
        let digest = Sha256::digest(format!("oid:{}", self.email.trim().to_lowercase()));
        let mut bytes: [u8; 16] = digest[..16].try_into().expect("a digest has 32 bytes");
        bytes[6] = (bytes[6] & 0x0f) | 0x80;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let hex: String =
            bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    /// Pairwise: another application sees another subject. Users are therefore keyed by `oid`.
    pub(super) fn subject(&self, client: &str) -> String {
        BASE64_URL.encode(Sha256::digest(format!("sub:{client}:{}", self.object_id())))
    }
}

/// What an access token says, before it is signed.
pub(super) struct Access<'a> {
    pub(super) issuer: &'a str,
    pub(super) audience: &'a str,
    pub(super) client: &'a str,
    pub(super) scope: &'a str,
    pub(super) issued_at: i64,
    pub(super) expires_at: i64,
}

pub(super) fn access_claims(person: &Person, access: &Access<'_>) -> Value {
    json!({
        "aud": access.audience,
        "iss": access.issuer,
        // Not-before lies before a clock that is a little behind, and before the expiry of an expired token.
        "iat": access.issued_at.min(access.expires_at),
        "nbf": access.issued_at.min(access.expires_at),
        "exp": access.expires_at,
        "azp": access.client,
        "email": person.email,
        "name": person.name,
        "oid": person.object_id(),
        "roles": person.roles,
        "scp": access.scope,
        "sub": person.subject(access.audience),
        "tid": TENANT,
        "ver": "2.0",
    })
}

/// An id token is for the client, so its audience is the client: an API must not take it.
pub(super) fn id_claims(person: &Person, access: &Access<'_>, nonce: Option<&str>) -> Value {
    let mut claims = json!({
        "aud": access.client,
        "iss": access.issuer,
        "iat": access.issued_at,
        "nbf": access.issued_at,
        "exp": access.expires_at,
        "email": person.email,
        "name": person.name,
        "preferred_username": person.email,
        "oid": person.object_id(),
        "roles": person.roles,
        "sub": person.subject(access.client),
        "tid": TENANT,
        "ver": "2.0",
    });
    if let Some(nonce) = nonce {
        claims["nonce"] = json!(nonce);
    }
    claims
}

/// RS256, as every token of the issuer.
pub(super) fn signed(key: &SigningKey, claims: &Value) -> String {
    signed_under_name(key, &key.id(), claims)
}

/// Signed by `key` under the name of another: a forger knows the name, but has not the key.
pub(super) fn signed_under_name(key: &SigningKey, key_id: &str, claims: &Value) -> String {
    let message = message(&json!({"typ": "JWT", "alg": "RS256", "kid": key_id}), claims);
    let signature = BASE64_URL.encode(key.sign(message.as_bytes()));
    format!("{message}.{signature}")
}

/// `alg: none`, with the empty signature that belongs to it.
pub(super) fn unsigned(claims: &Value) -> String {
    format!("{}.", message(&json!({"typ": "JWT", "alg": "none"}), claims))
}

/// HS256 with the public key as secret: the old attack on verifiers that let the token choose.
pub(super) fn confused(key: &SigningKey, claims: &Value) -> String {
    let message = message(&json!({"typ": "JWT", "alg": "HS256", "kid": key.id()}), claims);
    let signature = BASE64_URL.encode(hmac_sha256(key.public_bytes(), message.as_bytes()));
    format!("{message}.{signature}")
}

/// The claims of a token that `key` signed and that has not expired.
pub(super) fn verified(key: &SigningKey, token: &str, now: i64) -> Option<Value> {
    let (message, signature) = token.rsplit_once('.')?;
    let signature = BASE64_URL.decode(signature).ok()?;
    if !key.verifies(message.as_bytes(), &signature) {
        return None;
    }
    let claims: Value =
        serde_json::from_slice(&BASE64_URL.decode(message.split_once('.')?.1).ok()?).ok()?;
    (claims["exp"].as_i64()? > now).then_some(claims)
}

fn message(header: &Value, claims: &Value) -> String {
    format!("{}.{}", BASE64_URL.encode(header.to_string()), BASE64_URL.encode(claims.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> Person {
        Person { email: "Ada@example.com".to_owned(), name: "Ada".to_owned(), roles: Vec::new() }
    }

    #[test]
    fn the_same_address_is_the_same_user_in_any_case() {
        let shouted = Person { email: "ADA@EXAMPLE.COM".to_owned(), ..ada() };
        assert_eq!(ada().object_id(), shouted.object_id());
        assert_eq!(ada().object_id().len(), 36);
    }

    #[test]
    fn another_application_sees_another_subject() {
        assert_ne!(ada().subject("imagegen-api"), ada().subject("imagegen-web"));
    }

    #[test]
    fn a_token_verifies_until_it_expires_and_only_by_its_key() {
        let (key, other) = (SigningKey::generate(), SigningKey::generate());
        let token = signed(&key, &json!({"exp": 100, "sub": "ada"}));
        assert_eq!(verified(&key, &token, 99).expect("it is good")["sub"], "ada");
        assert_eq!(verified(&key, &token, 100), None);
        assert_eq!(verified(&other, &token, 99), None);
    }
}
