//! The token endpoint: a code with its PKCE verifier, or a refresh token, for new tokens.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64_URL;
use http::StatusCode;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::people::{Grant, Kind, give, take};
use super::token::{self, Access};
use super::{AUDIENCE, Oidc, SCOPE, refusal};
use crate::cloud::{Answer, Call, pairs, same_secret, with_header};

pub(super) fn answer(oidc: &Oidc, call: &Call, now: i64) -> Answer {
    let form: HashMap<String, String> = pairs(&call.body).into_iter().collect();
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    let grant = match field("grant_type") {
        "authorization_code" => {
            take(&oidc.ground, Kind::Code, field("code"), now).filter(|grant| {
                grant.redirect_uri == field("redirect_uri")
                    && grant
                        .challenge
                        .as_deref()
                        .is_some_and(|it| proves(field("code_verifier"), it))
            })
        }
        "refresh_token" => take(&oidc.ground, Kind::Refresh, field("refresh_token"), now),
        _ => {
            let sentence = "grant_type must be authorization_code or refresh_token";
            return refusal(StatusCode::BAD_REQUEST, "unsupported_grant_type", sentence);
        }
    };
    match grant.filter(|grant| grant.client == field("client_id")) {
        Some(grant) => tokens(oidc, grant, now),
        // One answer for everything: it must not tell a thief which part was wrong.
        None => refusal(
            StatusCode::BAD_REQUEST,
            "invalid_grant",
            "The code or refresh token is unknown, used, expired, or not this client's.",
        ),
    }
}

fn tokens(oidc: &Oidc, grant: Grant, now: i64) -> Answer {
    let scopes: Vec<&str> = grant.scope.split_whitespace().collect();
    let names_the_api =
        |scope: &&str| *scope == SCOPE || *scope == format!("api://{AUDIENCE}/{SCOPE}");
    let access = Access {
        issuer: &oidc.issuer,
        audience: AUDIENCE,
        client: &grant.client,
        scope: if scopes.iter().any(names_the_api) { SCOPE } else { "" },
        issued_at: now,
        expires_at: now + token::LIFE_SECONDS,
    };
    let mut reply = json!({
        "token_type": "Bearer",
        "expires_in": token::LIFE_SECONDS,
        "scope": grant.scope,
        "access_token": token::signed(&oidc.key, &token::access_claims(&grant.person, &access)),
    });
    if scopes.contains(&"openid") {
        let claims = token::id_claims(&grant.person, &access, grant.nonce.as_deref());
        reply["id_token"] = json!(token::signed(&oidc.key, &claims));
    }
    if scopes.contains(&"offline_access") {
        let next = Grant { challenge: None, nonce: None, ..grant };
        reply["refresh_token"] = json!(give(&oidc.ground, Kind::Refresh, &next, now));
    }
    with_header(super::super::json(StatusCode::OK, &reply), "cache-control", "no-store")
}

/// RFC 7636 §4.6, S256.
fn proves(verifier: &str, challenge: &str) -> bool {
    same_secret(&BASE64_URL.encode(Sha256::digest(verifier)), challenge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::oidc::tests::oidc;
    use crate::cloud::oidc::token::Person;
    use crate::cloud::tests::{body, call};
    use http::Method;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    const REDIRECT: &str = "http://localhost:7071/auth/callback";

    fn code(oidc: &Oidc) -> String {
        let grant = Grant {
            person: Person { email: "a@b.c".to_owned(), name: "A".to_owned(), roles: Vec::new() },
            client: "imagegen-web".to_owned(),
            scope: "openid offline_access api://imagegen-api/access_as_user".to_owned(),
            redirect_uri: REDIRECT.to_owned(),
            challenge: Some(CHALLENGE.to_owned()),
            nonce: Some("once".to_owned()),
        };
        give(&oidc.ground, Kind::Code, &grant, jiff::Timestamp::now().as_second())
    }

    fn post(oidc: &Oidc, form: &[(&str, &str)]) -> Answer {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        oidc.handle(&call(Method::POST, "/token", form))
    }

    fn redeem(oidc: &Oidc, code: &str, verifier: &str) -> Answer {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "imagegen-web"),
            ("redirect_uri", REDIRECT),
            ("code", code),
            ("code_verifier", verifier),
        ];
        post(oidc, &form)
    }

    #[test]
    fn the_example_of_rfc_7636_proves_itself() {
        assert!(proves(VERIFIER, CHALLENGE));
        assert!(!proves("", CHALLENGE));
    }

    #[test]
    fn a_code_with_its_verifier_buys_tokens_once() {
        let oidc = oidc("oidc-code");
        let code = code(&oidc);
        let first = redeem(&oidc, &code, VERIFIER);
        assert_eq!(first.status(), StatusCode::OK);
        let now = jiff::Timestamp::now().as_second();
        let id_token = body(&first)["id_token"].as_str().expect("openid was asked for").to_owned();
        let claims = token::verified(&oidc.key, &id_token, now).expect("it is signed by us");
        assert_eq!((&claims["nonce"], &claims["aud"]), (&json!("once"), &json!("imagegen-web")));
        assert_eq!(redeem(&oidc, &code, VERIFIER).status(), StatusCode::BAD_REQUEST);
    }

    #[test]
    fn a_stolen_code_without_the_verifier_buys_nothing() {
        let oidc = oidc("oidc-stolen");
        let answer = redeem(&oidc, &code(&oidc), "guessed");
        assert_eq!(body(&answer)["error"], "invalid_grant");
    }

    #[test]
    fn a_refresh_token_is_exchanged_for_the_next() {
        let oidc = oidc("oidc-refresh");
        let first = body(&redeem(&oidc, &code(&oidc), VERIFIER));
        let refresh = |token: &str| {
            let form = [
                ("grant_type", "refresh_token"),
                ("client_id", "imagegen-web"),
                ("refresh_token", token),
            ];
            post(&oidc, &form)
        };
        let second =
            refresh(first["refresh_token"].as_str().expect("offline_access was asked for"));
        assert_eq!(second.status(), StatusCode::OK);
        let third = refresh(body(&second)["refresh_token"].as_str().expect("there is a next one"));
        assert_eq!(third.status(), StatusCode::OK);
    }
}
