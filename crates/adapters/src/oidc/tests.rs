//! Tokens good and hostile, against an issuer on this machine.

mod issuer;

use std::sync::atomic::Ordering;

use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;

use super::*;
use crate::http::loopback::{Server, TestClock, answer, nobody};
use issuer::{Issuer, NOW, key_pair, sign, unsigned};

async fn refusal(identity: &OidcIdentity, token: &str) -> &'static str {
    match identity.authenticate(token).await {
        Err(IdentityError::Invalid { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_good_token_names_its_person() {
    let issuer = Issuer::new().await;
    let token =
        issuer.token(json!({"email": "ada@example.org", "name": "Ada", "roles": ["admin"]}));
    let identity = issuer.identity();
    assert!(issuer.server.seen().is_empty(), "nothing is asked before the first token");
    let person = identity.authenticate(&token).await.expect("a person");
    assert_eq!(
        person,
        Person {
            issuer: format!("{}/oidc", issuer.server.url),
            subject: "ada".into(),
            email: Some("ada@example.org".into()),
            name: Some("Ada".into()),
            roles: vec!["admin".into()],
        }
    );
    assert_eq!(identity.authenticate(&token).await.expect("the same again"), person);
    assert_eq!(issuer.server.seen().len(), 2, "metadata and keys, once");
}

#[tokio::test]
async fn the_name_comes_from_what_the_issuer_gives() {
    let issuer = Issuer::new().await;
    let identity = issuer.identity();
    for (changes, subject, email) in [
        (json!({"oid": null}), "pairwise", None),
        (json!({"oid": ""}), "pairwise", None),
        (json!({"emails": ["b2c@example.org", "x@y.z"]}), "ada", Some("b2c@example.org")),
        (json!({"preferred_username": "ada@example.org"}), "ada", Some("ada@example.org")),
        (json!({"preferred_username": "a0@t.onmicrosoft.com"}), "ada", None),
        (json!({"preferred_username": "ada", "roles": 7, "name": {}}), "ada", None),
    ] {
        let person = identity.authenticate(&issuer.token(changes.clone())).await.expect("a person");
        assert_eq!((&*person.subject, person.email.as_deref()), (subject, email), "{changes}");
    }
    let nobody = issuer.token(json!({"oid": null, "sub": null}));
    assert_eq!(refusal(&identity, &nobody).await, "it names nobody");
}

#[tokio::test]
async fn a_token_for_anything_else_is_refused() {
    let issuer = Issuer::new().await;
    let identity = issuer.identity();
    for (changes, reason) in [
        (json!({"iss": "https://evil.example"}), "it is from another issuer"),
        (json!({"iss": format!("{}/oidc/", issuer.server.url)}), "it is from another issuer"),
        (json!({"aud": "the-page"}), "it is for another audience"),
        (json!({"aud": ["the-page"]}), "it is for another audience"),
        (json!({"aud": 1}), "it is for another audience"),
        (json!({"exp": NOW - 60}), "it has expired"),
        (json!({"exp": i64::MIN}), "it has expired"),
        (json!({"nbf": NOW + 61}), "it is not valid yet"),
        (json!({"exp": null}), "it is not readable"),
        (json!({"exp": "soon"}), "it is not readable"),
        (json!({"aud": null}), "it is not readable"),
    ] {
        let token = issuer.token(changes.clone());
        assert_eq!(refusal(&identity, &token).await, reason, "{changes}");
    }
    for changes in [
        json!({"exp": NOW - 59}),
        json!({"nbf": NOW + 60}),
        json!({"nbf": null}),
        json!({"exp": i64::MAX}),
        json!({"aud": ["other", "imagegen-api"]}),
    ] {
        let token = issuer.token(changes.clone());
        assert!(identity.authenticate(&token).await.is_ok(), "{changes}");
    }
}

#[tokio::test]
async fn a_token_expires_also_when_it_was_just_checked() {
    let issuer = Issuer::new().await;
    let identity = issuer.identity();
    let token = issuer.token(json!({"exp": NOW + 10}));
    for advance_s in [0, 69] {
        issuer.clock.advance(Duration::from_secs(advance_s));
        assert!(identity.authenticate(&token).await.is_ok());
    }
    issuer.clock.advance(Duration::from_secs(1));
    assert_eq!(refusal(&identity, &token).await, "it has expired");
}

#[tokio::test]
async fn the_scope_is_a_whole_word() {
    let issuer = Issuer::new().await;
    let identity = issuer.identity();
    for scope in [json!("access_as_user_not"), json!("openid"), json!(null)] {
        let error = identity.authenticate(&issuer.token(json!({"scp": scope}))).await;
        let refused = matches!(&error, Err(IdentityError::InsufficientScope { scope }) if scope == "access_as_user");
        assert!(refused, "{error:?}");
    }
}

#[tokio::test]
async fn tenant_and_user_flow_are_checked_where_they_are_set() {
    let issuer = Issuer::new().await;
    let tenant = OidcSettings { tenant: Some("t1".into()), ..issuer.settings() };
    let identity = issuer.identity_with(tenant);
    for (changes, good) in [
        (json!({"tid": "t1", "ver": "2.0"}), true),
        (json!({"tid": "T1", "ver": "2.0"}), true),
        (json!({"tid": "t1", "ver": "1.0"}), false),
        (json!({"tid": "t2", "ver": "2.0"}), false),
        (json!({"ver": "2.0"}), false),
    ] {
        let token = issuer.token(changes.clone());
        assert_eq!(identity.authenticate(&token).await.is_ok(), good, "{changes}");
    }
    let flows = OidcSettings { policies: vec!["B2C_1_susi".into()], ..issuer.settings() };
    let identity = issuer.identity_with(flows);
    for (flow, good) in
        [(json!("b2c_1_SUSI"), true), (json!("b2c_1_x"), false), (json!(null), false)]
    {
        let token = issuer.token(json!({"tfp": flow}));
        assert_eq!(identity.authenticate(&token).await.is_ok(), good, "{flow}");
    }
}

#[tokio::test]
async fn hostile_tokens_are_refused() {
    let issuer = Issuer::new().await;
    let identity = issuer.identity();
    let claims = issuer.claims(json!({}));
    let good = issuer.token(json!({}));
    let (message, signature) = good.rsplit_once('.').expect("three parts");

    let none = json!({"alg": "none", "kid": "old"});
    let as_secret = unsigned(&json!({"alg": "HS256", "kid": "old"}), &claims);
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key_pair().public_key().as_ref())
        .expect("HMAC takes keys of any length");
    mac.update(as_secret.as_bytes());
    let as_secret = format!("{as_secret}.{}", BASE64.encode(mac.finalize().into_bytes()));
    let other_claims =
        unsigned(&json!({"alg": "RS256", "kid": "old"}), &issuer.claims(json!({"oid": "eve"})));

    for (token, reason) in [
        (String::new(), "it is not a signed token"),
        ("..".into(), "it is not a signed token"),
        ("a.b.c".into(), "it is not a signed token"),
        ("\u{fffd}\0".into(), "it is not a signed token"),
        (message.into(), "it is not a signed token"),
        (format!("{good}.x"), "it is not a signed token"),
        (unsigned(&none, &claims) + ".", "it is not a signed token"),
        (as_secret, "it is not signed with RS256"),
        (sign(&json!({"alg": "RS256"}), &claims), "it does not name its key"),
        (
            sign(&json!({"alg": "RS256", "kid": "old", "crit": ["b64"]}), &claims),
            "its header asks for something that we do not know",
        ),
        (format!("{other_claims}.{signature}"), "its signature does not hold"),
        (format!("{message}."), "its signature does not hold"),
        (format!("{message}.!"), "it is not readable"),
        (sign(&json!({"alg": "RS256", "kid": "old"}), &json!([1])), "it is not readable"),
        ("x".repeat(LONGEST_TOKEN + 1), "it is too long"),
    ] {
        assert_eq!(refusal(&identity, &token).await, reason, "{token:.80}");
    }
}

#[tokio::test]
async fn a_new_key_is_asked_for_once_in_five_minutes() {
    let issuer = Issuer::new().await;
    let identity = issuer.identity();
    assert!(identity.authenticate(&issuer.token(json!({}))).await.is_ok());
    issuer.rotated.store(true, Ordering::Relaxed);
    let header = json!({"alg": "RS256", "kid": "new"});
    let token = sign(&header, &issuer.claims(json!({})));
    for _ in 0..3 {
        assert_eq!(refusal(&identity, &token).await, "its key is not one of the issuer's");
    }
    assert_eq!(issuer.server.seen().len(), 2);
    issuer.clock.advance(Duration::from_mins(5));
    assert!(identity.authenticate(&token).await.is_ok());
    assert_eq!(issuer.server.seen().len(), 4);
}

#[tokio::test]
async fn many_first_tokens_ask_for_the_keys_once() {
    let issuer = Issuer::new().await;
    let identity = Arc::new(issuer.identity());
    let tokens: Vec<_> = (0..8).map(|n| issuer.token(json!({"oid": n.to_string()}))).collect();
    let tasks: Vec<_> = tokens
        .into_iter()
        .map(|token| {
            let identity = identity.clone();
            tokio::spawn(async move { identity.authenticate(&token).await.is_ok() })
        })
        .collect();
    for task in tasks {
        assert!(task.await.expect("no panic"));
    }
    assert_eq!(issuer.server.seen().len(), 2);
}

#[tokio::test]
async fn old_keys_serve_while_the_issuer_is_down() {
    let issuer = Issuer::new().await;
    let identity = issuer.identity();
    assert!(identity.authenticate(&issuer.token(json!({}))).await.is_ok());
    issuer.down.store(true, Ordering::Relaxed);
    issuer.clock.advance(Duration::from_hours(25));
    let token = issuer.token(json!({"exp": NOW + 200_000}));
    assert!(identity.authenticate(&token).await.is_ok());
    let stranger = sign(&json!({"alg": "RS256", "kid": "new"}), &issuer.claims(json!({})));
    assert_eq!(refusal(&identity, &stranger).await, "its key is not one of the issuer's");
}

#[tokio::test]
async fn without_any_keys_the_token_may_be_good() {
    let issuer = Issuer::new().await;
    let identity = issuer.identity();
    issuer.down.store(true, Ordering::Relaxed);
    let token = issuer.token(json!({}));
    for _ in 0..2 {
        let error = identity.authenticate(&token).await;
        assert!(matches!(error, Err(IdentityError::Unavailable(_))), "{error:?}");
    }
    let asked = issuer.server.seen().len();
    assert_eq!(asked, 4, "four attempts of one call; the second token does not ask");
    issuer.down.store(false, Ordering::Relaxed);
    issuer.clock.advance(Duration::from_secs(5));
    assert!(identity.authenticate(&token).await.is_ok());

    let elsewhere = OidcSettings { metadata_url: Some(nobody().await), ..issuer.settings() };
    let error = issuer.identity_with(elsewhere).authenticate(&token).await;
    assert!(matches!(error, Err(IdentityError::Unavailable(_))), "{error:?}");
}

#[tokio::test]
async fn rubbish_from_the_issuer_is_no_key() {
    let clock = TestClock::new();
    for body in ["", "[]", "{}", r#"{"issuer":"x","jwks_uri":"http://evil.example/keys"}"#] {
        let server = Server::script([answer(200, body)]).await;
        let issuer = Issuer::new().await;
        let settings = OidcSettings { metadata_url: Some(server.url.clone()), ..issuer.settings() };
        let identity = OidcIdentity::new(settings, clock.http(), clock.clone()).expect("settings");
        let error = identity.authenticate(&issuer.token(json!({}))).await;
        assert!(matches!(error, Err(IdentityError::Unavailable(_))), "{body}: {error:?}");
        assert_eq!(server.seen().len(), 1, "{body}");
    }
}

#[tokio::test]
async fn settings_that_cannot_work_stop_the_boot() {
    let issuer = Issuer::new().await;
    let good = issuer.settings();
    for (settings, error) in [
        (OidcSettings { audience: String::new(), ..good.clone() }, InvalidOidcSettings::Empty),
        (
            OidcSettings { issuer: "http://a.example".into(), ..good.clone() },
            InvalidOidcSettings::MetadataUrl,
        ),
        (OidcSettings { skew: Duration::ZERO, ..good.clone() }, InvalidOidcSettings::Skew),
        (OidcSettings { skew: Duration::from_mins(6), ..good }, InvalidOidcSettings::Skew),
    ] {
        let made = OidcIdentity::new(settings, issuer.clock.http(), issuer.clock.clone());
        assert_eq!(made.err(), Some(error));
    }
}
