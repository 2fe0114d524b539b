//! What an answer means that is none.

use std::error::Error as _;
use std::time::Duration;

use super::*;
use crate::http::loopback::nobody;

fn of() -> BooksOf {
    BooksOf::Charge("ch_1".into())
}

/// What comes of one call, and how often it was sent.
async fn told(acts: Vec<Act>) -> (Result<Option<Books>, PaymentsError>, usize) {
    let server = Server::script(acts).await;
    let books = stripe(&server.url).books(&of()).await;
    (books, server.seen().len())
}

fn missing() -> Act {
    answer(404, include_str!("../fixtures/error_missing_customer.json"))
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    let busy = answer(429, include_str!("../fixtures/error_rate_limit.json"));
    for act in [
        answer(500, ""),
        answer(503, "<html>"),
        answer(409, "{}"),
        Act::Drop,
        busy.with("retry-after", "2"),
        answer(400, "{}").with("stripe-should-retry", "true"),
    ] {
        let (books, sent) = told(vec![act.clone(), missing()]).await;
        assert_eq!(books.expect("the second answer"), None, "{act:?}");
        assert_eq!(sent, 2, "{act:?}");
    }
}

#[tokio::test]
async fn stripe_says_itself_when_another_try_is_of_no_use() {
    for status in [409, 429, 500] {
        let act = answer(status, "{}").with("stripe-should-retry", "false");
        let (books, sent) = told(vec![act]).await;
        assert!(matches!(books, Err(PaymentsError::Unavailable(_))), "{books:?}");
        assert_eq!(sent, 1, "{status}");
    }
}

#[tokio::test]
async fn a_wait_that_stripe_asks_for_is_waited() {
    let busy = answer(429, "{}").with("retry-after", "7");
    let server = Server::script([busy, missing()]).await;
    let clock = TestClock::new();
    let before = clock.http().now();
    at(&clock, settings(&server.url)).books(&of()).await.expect("an answer");
    assert_eq!(clock.http().now().duration_since(before), SignedDuration::from_millis(7_100));
}

#[tokio::test]
async fn a_post_is_repeated_with_the_same_key() {
    let customer = answer(200, include_str!("../fixtures/customer.json"));
    let server = Server::script([Act::Drop, answer(500, ""), customer]).await;
    let user = user();
    let buyer = Buyer { user: &user, email: None, name: None };
    stripe(&server.url).customer(&buyer).await.expect("a customer");
    let seen = server.seen();
    assert_eq!(seen.len(), 3);
    for again in &seen {
        assert_eq!(again.header("idempotency-key"), seen[0].header("idempotency-key"));
        assert_eq!(again.body, seen[0].body);
    }
}

async fn unavailable(act: Act) -> String {
    let (books, _) = told(vec![act]).await;
    match books {
        Err(error @ PaymentsError::Unavailable(_)) => {
            format!("{error}: {}", error.source().expect("a reason"))
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_an_operator_must_mend_names_the_setting_and_does_not_look_like_an_answer() {
    for (status, body, said) in [
        (401, include_str!("../fixtures/error_unauthorized.json"), "STRIPE_API_KEY"),
        (403, include_str!("../fixtures/error_unauthorized.json"), "STRIPE_API_KEY"),
        // All customers would seem to be gone.
        (404, include_str!("../fixtures/error_other_mode.json"), "STRIPE_API_KEY"),
        (404, include_str!("../fixtures/error_url.json"), "STRIPE_BASE_URL"),
        (404, "<html>", "STRIPE_BASE_URL"),
    ] {
        let why = unavailable(answer(status, body)).await;
        assert!(why.contains(said), "{status}: {why}");
    }
}

#[tokio::test]
async fn no_answer_that_can_be_read_is_no_answer() {
    for act in [
        answer(200, "<html>"),
        answer(200, "{}"),
        answer(302, "").with("location", "http://127.0.0.1:1/"),
        Act::Drop,
    ] {
        unavailable(act).await;
    }
    let error = stripe(&nobody().await).books(&of()).await;
    assert!(matches!(error, Err(PaymentsError::Unavailable(_))), "{error:?}");
}

#[tokio::test]
async fn a_refusal_is_not_repeated_and_says_why() {
    let body = r#"{"error":{"type":"card_error","code":"card_declined","message":"No."}}"#;
    for status in [400, 402] {
        let (books, sent) = told(vec![answer(status, body)]).await;
        match books {
            Err(PaymentsError::Refused { reason }) => assert_eq!(reason, "card_declined: No."),
            other => panic!("{other:?}"),
        }
        assert_eq!(sent, 1);
    }
    let long = format!(r#"{{"error":{{"message":"{}"}}}}"#, "é".repeat(500));
    for (body, said) in [(long.as_str(), "é".repeat(200)), ("", "no reason given".to_owned())] {
        match told(vec![answer(400, body)]).await.0 {
            Err(PaymentsError::Refused { reason }) => assert_eq!(reason, said),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up() {
    let server = Server::script([Act::Hang]).await;
    let stripe = stripe(&server.url);
    // The adapter's own patience is longer than a test's.
    let asked = of();
    let waited = tokio::time::timeout(Duration::from_millis(50), stripe.books(&asked)).await;
    assert!(waited.is_err(), "and the call can be dropped");
}

#[test]
fn settings_that_cannot_be_right_stop_the_start() {
    let build = |settings| {
        let catalog = Arc::new(Catalog::built_in());
        Stripe::new(settings, catalog, TestClock::new().http()).err()
    };
    let good = settings("http://127.0.0.1:1");
    assert_eq!(build(good.clone()), None);
    let no_key = StripeSettings { api_key: Secret::new(""), ..good.clone() };
    assert_eq!(build(no_key), Some(InvalidStripeSettings::Key));
    let plain = StripeSettings { base_url: "http://api.stripe.com".into(), ..good.clone() };
    assert!(matches!(build(plain), Some(InvalidStripeSettings::BaseUrl(_))));
    for secret in ["", "whsec_a b", "whsec_a\n"] {
        let webhook_secrets = vec![Secret::new(secret)];
        let spoilt = StripeSettings { webhook_secrets, ..good.clone() };
        assert_eq!(build(spoilt), Some(InvalidStripeSettings::WebhookSecret));
    }
    let shown = format!("{good:?} {:?}", with(good.clone()));
    assert!(!shown.contains("sk_test") && !shown.contains("whsec_"), "{shown}");
}
