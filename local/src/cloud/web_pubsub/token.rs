//! Tokens of the server and of clients: HS256 with the access key, whose text is the key as it stands.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::Deserialize;
use serde_json::Value;

/// What a client token says about its connection.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Client {
    #[serde(rename = "sub")]
    pub(super) user: Option<String>,
    #[serde(default, rename = "role")]
    pub(super) roles: OneOrMany,
    #[serde(default, rename = "webpubsub.group")]
    pub(super) groups: OneOrMany,
}

/// A claim with one value is often written without its list.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl OneOrMany {
    pub(super) fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(value) => vec![value],
            Self::Many(values) => values,
        }
    }
}

/// The claims of `token`; a sentence unless `key` signed it, it has not expired and it is for one of `audiences`.
pub(super) fn verified(key: &str, token: &str, audiences: &[String]) -> Result<Client, String> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.leeway = 0;
    validation.validate_nbf = true;
    validation.set_required_spec_claims(&["exp", "aud"]);
    validation.set_audience(audiences);
    decode::<Client>(token, &DecodingKey::from_secret(key.as_bytes()), &validation)
        .map(|data| data.claims)
        .map_err(|e| e.to_string())
}

/// A token with these claims.
pub(super) fn signed(key: &str, claims: &Value) -> String {
    encode(&Header::default(), claims, &EncodingKey::from_secret(key.as_bytes()))
        .expect("HS256 signs anything")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn audiences() -> Vec<String> {
        vec!["http://localhost:7071/a".to_owned(), "http://localhost:7071/a?b=c".to_owned()]
    }

    #[test]
    fn the_key_is_the_text_of_the_access_key() {
        // Written by another implementation; the claims are in the order in which it signed them.
        let header = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
        let claims = concat!(
            r#"{"aud":"https://demo.webpubsub.azure.com/client/hubs/studio","sub":"user1","#,
            r#""role":["webpubsub.joinLeaveGroup.job-1"],"webpubsub.group":["user-user1"],"#,
            r#""iat":1767225600,"exp":1767229200}"#
        );
        let claims =
            base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, claims);
        let token = format!("{header}.{claims}.JSSY2SK4CIDpw3nMAD2W400PyW5dWmIwzSP1Y9wvXt8");
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        validation.set_audience(&["https://demo.webpubsub.azure.com/client/hubs/studio"]);
        let key = DecodingKey::from_secret(b"bG9jYWwtd2ViLXB1YnN1Yi1kZXYta2V5LTAxMjM0NTY3ODk=");
        let client =
            decode::<Client>(token, &key, &validation).expect("the signature is right").claims;
        assert_eq!(client.user.as_deref(), Some("user1"));
        assert_eq!(client.groups.into_vec(), ["user-user1"]);
    }

    #[test]
    fn a_token_must_be_for_this_address_signed_and_young() {
        let later = 4_000_000_000_i64;
        let good = json!({"aud": "http://localhost:7071/a?b=c", "exp": later});
        assert!(verified("key", &signed("key", &good), &audiences()).is_ok());
        for bad in [
            json!({"aud": "http://localhost:7071/b", "exp": later}),
            json!({"aud": "http://localhost:7071/a", "exp": 1_000}),
            json!({"aud": "http://localhost:7071/a"}),
            json!({"exp": later}),
        ] {
            assert!(verified("key", &signed("key", &bad), &audiences()).is_err(), "{bad}");
        }
        assert!(verified("another", &signed("key", &good), &audiences()).is_err());
    }
}
