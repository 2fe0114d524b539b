//! `POST /dev-token`: an access token for the asking, good or bad as wanted.

use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::key::SigningKey;
use super::token::{self, Access, Person};
use super::{AUDIENCE, CLIENT, Oidc, SCOPE, refusal};
use crate::cloud::{Answer, Call};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    email: String,
    name: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
    /// Seconds; below zero makes a token that has expired.
    expires_in: Option<i64>,
    audience: Option<String>,
    issuer: Option<String>,
    scope: Option<String>,
    #[serde(default)]
    algorithm: Algorithm,
    #[serde(default)]
    key: Key,
}

#[derive(Deserialize, Default)]
enum Algorithm {
    #[default]
    #[serde(rename = "RS256")]
    Rs256,
    /// Not signed at all.
    #[serde(rename = "none")]
    None,
    /// Signed with the public key as if it were a shared secret.
    #[serde(rename = "HS256")]
    Hs256,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "lowercase")]
enum Key {
    #[default]
    Own,
    /// Signed by a stranger under the issuer's key id.
    Foreign,
}

pub(super) fn answer(oidc: &Oidc, call: &Call, now: i64) -> Answer {
    let wish: Wish = match serde_json::from_slice(&call.body) {
        Ok(wish) => wish,
        Err(e) => return refusal(StatusCode::BAD_REQUEST, "invalid_request", &e.to_string()),
    };
    let expires_in = wish.expires_in.unwrap_or(token::LIFE_SECONDS);
    let name =
        wish.name.unwrap_or_else(|| wish.email.split('@').next().unwrap_or_default().to_owned());
    let person = Person { email: wish.email, name, roles: wish.roles };
    let claims = token::access_claims(
        &person,
        &Access {
            issuer: wish.issuer.as_deref().unwrap_or(&oidc.issuer),
            audience: wish.audience.as_deref().unwrap_or(AUDIENCE),
            client: CLIENT,
            scope: wish.scope.as_deref().unwrap_or(SCOPE),
            issued_at: now,
            expires_at: now.saturating_add(expires_in),
        },
    );
    let token = match (wish.algorithm, wish.key) {
        (Algorithm::None, _) => token::unsigned(&claims),
        (Algorithm::Hs256, _) => token::confused(&oidc.key, &claims),
        (Algorithm::Rs256, Key::Own) => token::signed(&oidc.key, &claims),
        (Algorithm::Rs256, Key::Foreign) => {
            let foreign = oidc.foreign.get_or_init(SigningKey::generate);
            token::signed_under_name(foreign, &oidc.key.id(), &claims)
        }
    };
    super::super::json(
        StatusCode::OK,
        &json!({"access_token": token, "token_type": "Bearer", "expires_in": expires_in}),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::oidc::tests::oidc;
    use crate::cloud::tests::{body, call};
    use http::Method;
    use jsonwebtoken::jwk::Jwk;
    use jsonwebtoken::{Algorithm, DecodingKey, Validation};
    use serde_json::Value;

    /// What a strict verifier, written by others, thinks of the token that `wish` makes.
    fn verdict(wish: &Value) -> Result<Value, jsonwebtoken::errors::Error> {
        let oidc = oidc("oidc-dev-token");
        let answer = oidc.handle(&call(Method::POST, "/dev-token", wish.to_string()));
        assert_eq!(answer.status(), StatusCode::OK, "{answer:?}");
        let keys = body(&oidc.handle(&call(Method::GET, "/jwks", "")));
        let jwk: Jwk = serde_json::from_value(keys["keys"][0].clone()).expect("a JWK");
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_audience(&["imagegen-api"]);
        validation.set_issuer(&["http://localhost:7071/_local/oidc"]);
        validation.validate_nbf = true;
        let token = body(&answer)["access_token"].as_str().expect("a token").to_owned();
        let key = DecodingKey::from_jwk(&jwk).expect("an RSA key");
        jsonwebtoken::decode::<Value>(token, &key, &validation).map(|data| data.claims)
    }

    #[test]
    fn a_strict_verifier_takes_the_token() {
        let claims =
            verdict(&json!({"email": "ada@example.com", "name": "Ada", "roles": ["admin"]}))
                .expect("the token is good");
        for (claim, value) in [
            ("scp", json!("access_as_user")),
            ("ver", json!("2.0")),
            ("azp", json!("imagegen-web")),
            ("email", json!("ada@example.com")),
            ("roles", json!(["admin"])),
            ("tid", json!(token::TENANT)),
        ] {
            assert_eq!(claims[claim], value, "{claim}");
        }
        assert!(claims["oid"].is_string());
    }

    #[test]
    fn a_strict_verifier_takes_none_of_the_bad_ones() {
        for bad in [
            json!({"email": "a@b.c", "expires_in": -3600}),
            json!({"email": "a@b.c", "audience": "another-api"}),
            json!({"email": "a@b.c", "issuer": "https://elsewhere.example"}),
            json!({"email": "a@b.c", "algorithm": "none"}),
            json!({"email": "a@b.c", "algorithm": "HS256"}),
            json!({"email": "a@b.c", "key": "foreign"}),
        ] {
            assert!(verdict(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_misspelt_wish_is_refused() {
        let wish = r#"{"email":"a@b.c","expire_in":1}"#;
        let answer = oidc("oidc-wish").handle(&call(Method::POST, "/dev-token", wish));
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    }
}
