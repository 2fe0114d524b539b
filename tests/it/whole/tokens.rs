//! Access tokens, checked by the real adapter against the issuer's keys.

use imagegen::functions::spec::Access;
use serde_json::json;

use super::local::Local;
use crate::folder::Folder;
use crate::functions::http_functions;

#[tokio::test]
async fn no_function_for_users_takes_a_bad_token() {
    let folder = Folder::new();
    let local = Local::start(&folder);
    let mut tokens = vec![("none at all", None), ("garbage", Some("garbage".to_owned()))];
    for (why, wish) in [
        ("a foreign key", json!({ "email": "a@example.com", "key": "foreign" })),
        ("expired", json!({ "email": "a@example.com", "expires_in": -3600 })),
        ("another audience", json!({ "email": "a@example.com", "audience": "another-api" })),
        ("another issuer", json!({ "email": "a@example.com", "issuer": "https://x.example" })),
        ("alg=none", json!({ "email": "a@example.com", "algorithm": "none" })),
        ("the public key as a secret", json!({ "email": "a@example.com", "algorithm": "HS256" })),
    ] {
        tokens.push((why, Some(local.token_of(&wish).await)));
    }
    for (name, method, path, access) in http_functions() {
        if access != Access::User {
            continue;
        }
        for (why, token) in &tokens {
            let answer = local.request(&method, &path, token.as_deref()).await;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let problem: serde_json::Value = answer.json().await.expect("it is a problem");
            assert_eq!(status, 401, "{name} with {why}: {problem}");
            assert_eq!(headers["content-type"], "application/problem+json", "{name} with {why}");
            assert!(headers.contains_key("www-authenticate"), "{name} with {why}");
            assert_eq!(problem["code"], "unauthenticated", "{name} with {why}");
        }
    }
    // Nobody's account was opened: the good token of the same person meets a new one.
    let good = local.sign_in("a").await;
    let (_, list) = local.get(&good, "/api/v1/generations").await;
    assert_eq!(list["items"], json!([]));
    assert_eq!(local.predictions_created().await, 0);
    let (_, me) = local.get(&good, "/api/v1/me").await;
    assert_eq!(me["credits"]["available"], 10, "{me}");
}

#[tokio::test]
async fn a_good_token_without_the_scope_is_told_so() {
    let folder = Folder::new();
    let local = Local::start(&folder);
    let wish = json!({ "email": "a@example.com", "scope": "something_else" });
    let token = local.token_of(&wish).await;
    let (status, problem) = local.get(&token, "/api/v1/me").await;
    assert_eq!((status, &problem["code"]), (403, &json!("insufficient-scope")), "{problem}");
}
