//! Tokens that the service takes from us: JWTs signed with its access key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};

use crate::http::Secret;
use crate::signature::hmac_sha256;

#[derive(Debug, Serialize)]
pub(super) struct Claims<'a> {
    /// The address that the token opens.
    pub(super) aud: &'a str,
    /// The user that a client connects as; absent for ourselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sub: Option<&'a str>,
    /// Unix seconds, like `exp`.
    pub(super) iat: i64,
    pub(super) exp: i64,
}

/// The answer of `:generateToken`.
#[derive(Deserialize)]
pub(super) struct GeneratedToken {
    pub(super) token: String,
}

/// HS256. The key is the characters of the access key, although they look like base64.
pub(super) fn sign(key: &Secret, claims: &Claims<'_>) -> Secret {
    let claims = serde_json::to_string(claims).expect("claims are words and numbers");
    sign_text(key, &claims)
}

fn sign_text(key: &Secret, claims: &str) -> Secret {
    let header = BASE64.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let message = format!("{header}.{}", BASE64.encode(claims));
    let signature = hmac_sha256(key.expose().as_bytes(), &message);
    Secret::new(format!("{message}.{}", BASE64.encode(signature)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_that_the_vendors_sdk_makes() {
        let key = Secret::new("bG9jYWwtd2ViLXB1YnN1Yi1kZXYta2V5LTAxMjM0NTY3ODk=");
        let claims = r#"{"aud":"https://demo.webpubsub.azure.com/client/hubs/studio","sub":"user1","role":["webpubsub.joinLeaveGroup.job-1"],"webpubsub.group":["user-user1"],"iat":1767225600,"exp":1767229200}"#;
        let token = sign_text(&key, claims);
        let signature = token.expose().rsplit('.').next();
        assert_eq!(signature, Some("JSSY2SK4CIDpw3nMAD2W400PyW5dWmIwzSP1Y9wvXt8"));
    }
}
