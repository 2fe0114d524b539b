//! `imagegen billing setup`, run as an operator runs it, against a server of ours.

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use warp::Filter as _;
use warp::http::{Method, Response, StatusCode};
use warp::path::FullPath;

use super::local::{HANDLER, without_settings};

const HOOK: &str = "https://api.example.com/api/webhooks/stripe";

/// Where all is as it should be but for the webhook endpoint. That one is kept when it is made.
#[derive(Debug, Default)]
struct Stripe {
    endpoint: Mutex<Option<Value>>,
    posts: Mutex<Vec<String>>,
}

impl Stripe {
    async fn listen(self: &Arc<Self>) -> String {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let stripe = Arc::clone(self);
        let route = warp::any()
            .and(warp::method())
            .and(warp::path::full())
            .and(warp::query::raw().or(warp::any().map(String::new)).unify())
            .and(warp::header::<String>("authorization"))
            .and(warp::body::bytes())
            .map(move |method: Method, path: FullPath, query: String, key: String, body: Bytes| {
                let known = key == "Bearer sk_test_right";
                let body = String::from_utf8_lossy(&body).into_owned();
                let (status, answer) = if known {
                    stripe.answer(method.as_str(), path.as_str(), &query, &body)
                } else {
                    (StatusCode::UNAUTHORIZED, json!({ "error": { "message": "no" } }))
                };
                Response::builder().status(status).body(answer.to_string())
            });
        tokio::spawn(warp::serve(route).incoming(listener).run());
        format!("http://{address}")
    }

    fn answer(&self, method: &str, path: &str, query: &str, body: &str) -> (StatusCode, Value) {
        let path = path.strip_prefix("/v1/").expect("the first version");
        let mut endpoint = self.endpoint.lock().expect("a test");
        if method == "POST" {
            self.posts.lock().expect("a test").push(path.to_owned());
            assert_eq!(path, "webhook_endpoints");
            let sent = url::form_urlencoded::parse(body.as_bytes());
            let events = sent.filter(|(name, _)| name.starts_with("enabled_events"));
            let events: Vec<_> = events.map(|(_, event)| event.into_owned()).collect();
            let mut made = json!({
                "id": "we_1", "url": HOOK, "status": "enabled", "api_version": "2026-10-28.endive",
                "enabled_events": events,
            });
            *endpoint = Some(made.clone());
            made["secret"] = "whsec_told_once".into();
            return (StatusCode::OK, made);
        }
        let list = |data: Vec<Value>| json!({ "object": "list", "has_more": false, "data": data });
        let found = match path.split_once('/') {
            Some(("products", id)) => product(id.trim_start_matches("imagegen_")),
            None if path == "prices" => list(price(query).into_iter().collect()),
            None if path == "webhook_endpoints" => list(endpoint.iter().cloned().collect()),
            Some(("billing_portal", "configurations")) => list(vec![portal()]),
            _ => panic!("{path} is not asked for"),
        };
        (StatusCode::OK, found)
    }
}

fn product(ware: &str) -> Value {
    let name = match ware {
        "basic" => "Basic",
        "premium" => "Premium",
        "credits_100" => "100 credits",
        _ => "500 credits",
    };
    json!({ "id": format!("imagegen_{ware}"), "name": name, "active": true, "metadata": { "ware": ware } })
}

fn price(query: &str) -> Option<Value> {
    let (ware, cents) =
        [("basic", 999), ("premium", 2999), ("credits_100", 599), ("credits_500", 2499)]
            .into_iter()
            .find(|(ware, _)| query.contains(ware))?;
    let recurring = json!({ "interval": "month", "interval_count": 1 });
    Some(json!({
        "id": format!("price_{ware}"), "active": true, "currency": "usd", "unit_amount": cents,
        "product": format!("imagegen_{ware}"), "metadata": { "ware": ware },
        "recurring": if cents % 1000 == 999 { recurring } else { Value::Null },
    }))
}

fn portal() -> Value {
    json!({
        "id": "bpc_1",
        "metadata": {
            "imagegen": "1",
            "offers": "imagegen_basic:price_basic,imagegen_premium:price_premium",
        },
        "features": {
            "invoice_history": { "enabled": true },
            "payment_method_update": { "enabled": true },
            "subscription_cancel": {
                "enabled": true, "mode": "at_period_end", "proration_behavior": "none",
            },
            "subscription_update": {
                "enabled": true, "default_allowed_updates": ["price"],
                "proration_behavior": "always_invoice",
                "schedule_at_period_end": { "conditions": [{ "type": "decreasing_item_amount" }] },
            },
        },
    })
}

async fn run(mut command: Command) -> Output {
    let run = tokio::task::spawn_blocking(move || command.output());
    run.await.expect("it does not panic").expect("it was built")
}

/// The command with no settings but these.
fn setup(url: &str, key: &str) -> Command {
    let mut command = without_settings(Path::new(HANDLER));
    command.args(["billing", "setup", "--webhook-url", HOOK]);
    command.env("STRIPE_BASE_URL", url).env("STRIPE_API_KEY", key);
    command
}

#[tokio::test]
async fn setting_up_needs_nothing_but_stripe_and_tells_the_secret_once() {
    let stripe = Arc::new(Stripe::default());
    let url = stripe.listen().await;
    let output = run(setup(&url, "sk_test_right")).await;
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).expect("lines are text");
    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines.len(), 11, "{said}");
    assert_eq!(lines[0], "product imagegen_basic: as it should be");
    assert_eq!(
        lines[1],
        "price imagegen_basic_monthly: price_basic, 999 US cents: as it should be"
    );
    assert_eq!(lines[8], "portal configuration bpc_1: as it should be");
    assert_eq!(lines[9], format!("webhook endpoint we_1: {HOOK}: made"));
    assert!(lines[10].ends_with("STRIPE_WEBHOOK_SECRETS=whsec_told_once"), "{said}");

    let output = run(setup(&url, "sk_test_right")).await;
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).expect("lines are text");
    assert_eq!(
        said.lines().filter(|line| line.ends_with(": as it should be")).count(),
        10,
        "{said}"
    );
    assert!(!said.contains("whsec_"), "{said}");
    assert_eq!(*stripe.posts.lock().expect("a test"), ["webhook_endpoints"]);
}

#[tokio::test]
async fn what_is_missing_or_not_taken_is_said_in_one_sentence() {
    let url = Arc::new(Stripe::default()).listen().await;
    let mut no_key = setup(&url, "");
    no_key.env_remove("STRIPE_API_KEY");
    let mut no_url = without_settings(Path::new(HANDLER));
    no_url.args(["billing", "setup", "--webhook-url", "here"]);
    for (command, name) in [
        (no_key, "STRIPE_API_KEY"),
        (setup(&url, "sk_test_wrong"), "STRIPE_API_KEY"),
        (setup("http://stripe.example", "sk_test_right"), "STRIPE_"),
        (no_url, "--webhook-url"),
    ] {
        let output = run(command).await;
        assert!(!output.status.success(), "{output:?}");
        let said = String::from_utf8(output.stderr).expect("sentences are text");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
        assert!(said.contains(name) && !said.contains("sk_test"), "{said}");
    }
}
