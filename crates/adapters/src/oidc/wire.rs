//! The issuer's words.

use std::collections::HashMap;
use std::sync::Arc;

use imagegen_core::ports::identity::Person;
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// What we read of `OpenID` Connect Discovery 1.0's metadata.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    pub(super) issuer: String,
    pub(super) jwks_uri: String,
}

/// RFC 7517.
#[derive(Debug, Deserialize)]
pub(super) struct JsonWebKeys {
    keys: Vec<JsonWebKey>,
}

#[derive(Debug, Deserialize)]
struct JsonWebKey {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

/// What we read of an access token.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) aud: Words,
    /// Unix seconds.
    pub(super) exp: i64,
    /// Unix seconds.
    pub(super) nbf: Option<i64>,
    pub(super) scp: Option<String>,
    pub(super) tid: Option<String>,
    pub(super) ver: Option<String>,
    pub(super) tfp: Option<String>,
    oid: Option<String>,
    sub: Option<String>,
    #[serde(default)]
    email: Words,
    #[serde(default)]
    emails: Words,
    #[serde(default)]
    preferred_username: Words,
    #[serde(default)]
    name: Words,
    #[serde(default)]
    roles: Words,
}

/// Issuers disagree on which claims are lists. Anything but words is nothing, and no reason to refuse a signed token.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Words {
    One(String),
    Many(Vec<String>),
    Other(IgnoredAny),
}

impl JsonWebKeys {
    /// The keys that may have signed with RS256, by their names.
    pub(super) fn into_keys(self) -> HashMap<String, Arc<DecodingKey>> {
        self.keys.into_iter().filter_map(JsonWebKey::into_key).collect()
    }
}

impl JsonWebKey {
    fn into_key(self) -> Option<(String, Arc<DecodingKey>)> {
        let ours = self.kty == "RSA"
            && self.purpose.is_none_or(|p| p == "sig")
            && self.alg.is_none_or(|a| a == "RS256");
        let key = DecodingKey::from_rsa_components(&self.n?, &self.e?).ok()?;
        ours.then_some((self.kid?, Arc::new(key)))
    }
}

impl Claims {
    /// `None` when it names nobody.
    pub(super) fn into_person(self) -> Option<Person> {
        let username = self.preferred_username.first().filter(|u| is_address(u));
        let email = self.email.first().or(self.emails.first()).or(username);
        let named = |id: Option<String>| id.filter(|id| !id.is_empty());
        Some(Person {
            email: email.map(str::to_owned),
            name: self.name.first().map(str::to_owned),
            roles: self.roles.into_vec(),
            subject: named(self.oid).or(named(self.sub))?,
            issuer: self.iss,
        })
    }
}

impl Words {
    pub(super) fn contains(&self, word: &str) -> bool {
        self.as_slice().iter().any(|w| w == word)
    }

    fn first(&self) -> Option<&str> {
        self.as_slice().iter().map(String::as_str).find(|w| !w.is_empty())
    }

    fn as_slice(&self) -> &[String] {
        match self {
            Self::One(word) => std::slice::from_ref(word),
            Self::Many(words) => words,
            Self::Other(_) => &[],
        }
    }

    fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(word) => vec![word],
            Self::Many(words) => words,
            Self::Other(_) => Vec::new(),
        }
    }
}

impl Default for Words {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

/// Whether mail could arrive there. Entra makes up names under `onmicrosoft.com` that have no mailbox.
fn is_address(text: &str) -> bool {
    let Some((user, domain)) = text.split_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '@';
    !user.is_empty()
        && text.replacen('@', "", 1).chars().all(plain)
        && domain.split('.').count() > 1
        && domain.split('.').all(|label| !label.is_empty())
        && !domain.to_ascii_lowercase().ends_with(".onmicrosoft.com")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_name_is_an_address_only_if_mail_could_arrive() {
        assert!(is_address("ada@example.org"));
        for not in [
            "ada",
            "@example.org",
            "ada@",
            "ada@localhost",
            "a@b@c.d",
            "a b@c.d",
            "ada@c..d",
            "0f3c@tenant.onmicrosoft.com",
        ] {
            assert!(!is_address(not), "{not}");
        }
    }

    #[test]
    fn keys_for_other_uses_are_left_out_and_unknown_members_ignored() {
        let text = r#"{"keys":[
            {"kty":"RSA","kid":"good","n":"AQAB","e":"AQAB","x5c":["…"],"issuer":"https://a"},
            {"kty":"RSA","kid":"also","n":"AQAB","e":"AQAB","use":"sig","alg":"RS256"},
            {"kty":"RSA","kid":"encryption","n":"AQAB","e":"AQAB","use":"enc"},
            {"kty":"RSA","kid":"other","n":"AQAB","e":"AQAB","alg":"PS256"},
            {"kty":"RSA","n":"AQAB","e":"AQAB"},
            {"kty":"RSA","kid":"torn","n":"!","e":"AQAB"},
            {"kty":"oct","kid":"secret","k":"AQAB"},
            {"kty":"EC","kid":"curve","crv":"P-256","x":"AQAB","y":"AQAB"}]}"#;
        let keys: JsonWebKeys = serde_json::from_str(text).expect("a key set");
        let mut names: Vec<_> = keys.into_keys().into_keys().collect();
        names.sort();
        assert_eq!(names, ["also", "good"]);
    }
}
