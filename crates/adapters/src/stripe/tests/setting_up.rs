//! Setting Stripe up, against a server that remembers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::*;

/// Products, prices, configurations and endpoints, by path and id.
#[derive(Debug, Default)]
struct Memory(Mutex<BTreeMap<String, Value>>, Mutex<BTreeSet<String>>);

impl Memory {
    async fn serve(self: &Arc<Self>) -> Server {
        let memory = Arc::clone(self);
        Server::start(move |seen| memory.act(seen)).await
    }

    fn act(&self, seen: &Seen) -> Act {
        let mut things = self.0.lock().expect("a test");
        let path = path(seen).to_owned();
        let wanted = query(seen);
        if seen.method == "GET" {
            if let Some(thing) = things.get(&path) {
                return answer(200, thing.to_string());
            }
            let below = things.iter().filter(|(key, _)| key.starts_with(&format!("{path}/")));
            let key = value(&wanted, "lookup_keys[0]");
            let found: Vec<_> = below
                .map(|(_, thing)| thing)
                .filter(|thing| key.is_none_or(|key| thing["lookup_key"] == key))
                .map(Value::to_string)
                .collect();
            let is_list = ["prices", "billing_portal/configurations", "webhook_endpoints"];
            return if is_list.contains(&path.as_str()) {
                list(&found.join(","))
            } else {
                answer(404, include_str!("../fixtures/error_missing_customer.json"))
            };
        }
        let key = seen.header("idempotency-key").expect("a key").to_owned();
        let new = self.1.lock().expect("a test").insert(key.clone());
        assert!(new, "{key} is another call's");
        let sent = form(seen);
        let place = if things.contains_key(&path) {
            path
        } else {
            let id = value(&sent, "id").map(str::to_owned);
            format!("{path}/{}", id.unwrap_or_else(|| format!("{}_{}", &path[..2], things.len())))
        };
        if value(&sent, "transfer_lookup_key") == Some("true") {
            let key = value(&sent, "lookup_key");
            for other in things.values_mut().filter(|it| it["lookup_key"].as_str() == key) {
                other["lookup_key"] = Value::Null;
            }
        }
        let thing = things.entry(place.clone()).or_insert_with(|| {
            let id = place.rsplit('/').next();
            json!({ "id": id, "active": true, "status": "enabled", "features": {} })
        });
        for (name, text) in &sent {
            put(thing, name, text);
        }
        // Stripe keeps it to itself.
        if let Some(update) = thing["features"]["subscription_update"].as_object_mut() {
            update.remove("products");
        }
        let mut told = thing.clone();
        if place.starts_with("webhook_endpoints") && value(&sent, "url").is_some() {
            told["secret"] = "whsec_new".into();
        }
        answer(200, told.to_string())
    }

    fn change(&self, place: &str, change: impl FnOnce(&mut Value)) {
        change(self.0.lock().expect("a test").get_mut(place).expect("it is there"));
    }

    fn place_of(&self, kind: &str) -> String {
        let things = self.0.lock().expect("a test");
        things.keys().find(|key| key.starts_with(kind)).expect("it is there").clone()
    }
}

/// `a[b][0]=text` into JSON.
fn put(thing: &mut Value, name: &str, text: &str) {
    let mut place = thing;
    for part in name.split('[').map(|part| part.trim_end_matches(']')) {
        place = if let Ok(number) = part.parse::<usize>() {
            if !place.is_array() {
                *place = json!([]);
            }
            let all = place.as_array_mut().expect("made above");
            all.resize(all.len().max(number + 1), Value::Null);
            &mut all[number]
        } else {
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            &mut place[part]
        };
    }
    *place = match text {
        "true" => true.into(),
        "false" => false.into(),
        "" => Value::Null,
        text if name == "unit_amount" => text.parse::<i64>().expect("cents").into(),
        text => text.into(),
    };
}

const URL: &str = "https://api.example.com/api/webhooks/stripe";

async fn set_up(server: &Server, url: Option<&str>) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut tell = |step| steps.push(step);
    // Each run is a while after the one before.
    let clock = TestClock::new();
    clock.advance(Duration::from_secs(server.seen().len() as u64));
    at(&clock, settings(&server.url)).set_up(url, &mut tell).await.expect("set up");
    steps
}

fn outcomes(steps: &[Step]) -> Vec<Done> {
    steps.iter().map(|step| step.done).collect()
}

#[tokio::test]
async fn everything_is_made_once_and_then_left_alone() {
    let memory = Arc::new(Memory::default());
    let server = memory.serve().await;
    let first = set_up(&server, Some(URL)).await;
    // Two plans and two packs, each a product and a price; the portal; the webhook endpoint.
    assert_eq!(outcomes(&first), [Done::Made; 10]);
    let secrets: Vec<_> = first.iter().filter_map(|step| step.secret.clone()).collect();
    assert_eq!(secrets, [Secret::new("whsec_new")]);

    let product = &calls(&server, "POST products")[0];
    assert_eq!(pairs_of(product), ["name=Basic", "metadata[ware]=basic", "id=imagegen_basic"]);
    let prices = calls(&server, "POST prices");
    assert_eq!(
        pairs_of(&prices[0]),
        [
            "metadata[ware]=basic",
            "product=imagegen_basic",
            "currency=usd",
            "unit_amount=999",
            "lookup_key=imagegen_basic_monthly",
            "transfer_lookup_key=true",
            "recurring[interval]=month",
        ]
    );
    let pack = form(&prices[2]);
    assert_eq!(value(&pack, "lookup_key"), Some("imagegen_credits_100"));
    assert_eq!(value(&pack, "recurring[interval]"), None);
    let endpoint = form(&calls(&server, "POST webhook_endpoints")[0]);
    assert_eq!(value(&endpoint, "api_version"), Some("2026-10-28.endive"));
    let events: Vec<_> =
        endpoint.iter().filter(|(name, _)| name.starts_with("enabled_ev")).collect();
    assert_eq!(events.len(), events::HANDLED.len());

    let posts = || server.seen().iter().filter(|seen| seen.method == "POST").count();
    let before = posts();
    let second = set_up(&server, Some(URL)).await;
    assert_eq!(outcomes(&second), [Done::AsItShouldBe; 10]);
    assert_eq!(second.iter().find_map(|step| step.secret.clone()), None);
    assert_eq!(posts(), before, "a second run changes nothing");
}

fn pairs_of(seen: &Seen) -> Vec<String> {
    form(seen).into_iter().map(|(name, value)| format!("{name}={value}")).collect()
}

#[tokio::test]
async fn the_portal_lets_customers_cancel_and_change_at_the_periods_end() {
    let memory = Arc::new(Memory::default());
    let server = memory.serve().await;
    set_up(&server, None).await;
    assert!(calls(&server, "POST webhook_endpoints").is_empty());
    let sent = form(&calls(&server, "POST billing_portal/configurations")[0]);
    let update = "features[subscription_update]";
    for (name, wanted) in [
        ("metadata[imagegen]", "1"),
        ("features[invoice_history][enabled]", "true"),
        ("features[payment_method_update][enabled]", "true"),
        ("features[subscription_cancel][enabled]", "true"),
        ("features[subscription_cancel][mode]", "at_period_end"),
        (&format!("{update}[enabled]"), "true"),
        (&format!("{update}[default_allowed_updates][0]"), "price"),
        (&format!("{update}[proration_behavior]"), "always_invoice"),
        (
            &format!("{update}[schedule_at_period_end][conditions][0][type]"),
            "decreasing_item_amount",
        ),
        (&format!("{update}[products][0][product]"), "imagegen_basic"),
        (&format!("{update}[products][1][product]"), "imagegen_premium"),
    ] {
        assert_eq!(value(&sent, name), Some(wanted), "{name}");
    }
    assert!(value(&sent, &format!("{update}[products][1][prices][0]")).is_some());
    assert_eq!(
        value(&sent, &format!("{update}[products][2][product]")),
        None,
        "packs are no plans"
    );
}

#[tokio::test]
async fn another_amount_is_another_price_and_the_old_one_stays_known() {
    let memory = Arc::new(Memory::default());
    let server = memory.serve().await;
    set_up(&server, None).await;
    let old = memory.place_of("prices/");
    memory.change(&old, |price| {
        price["unit_amount"] = 799.into();
        price["metadata"] = json!({});
    });
    let steps = set_up(&server, None).await;
    let changed: Vec<_> = steps.iter().filter(|step| step.done == Done::Changed).collect();
    // The portal offers the new price.
    assert_eq!(changed.len(), 2, "{steps:?}");
    let things = memory.0.lock().expect("a test").clone();
    assert_eq!(things[&old]["lookup_key"], Value::Null);
    assert_eq!(things[&old]["metadata"]["ware"], "basic");
    let new = things.values().find(|it| it["lookup_key"] == "imagegen_basic_monthly");
    assert_eq!(new.expect("a price")["unit_amount"], 999);
}

#[tokio::test]
async fn what_somebody_changed_is_put_right() {
    let memory = Arc::new(Memory::default());
    let server = memory.serve().await;
    set_up(&server, Some(URL)).await;
    memory.change("products/imagegen_basic", |product| product["active"] = false.into());
    let price = memory.place_of("prices/");
    memory.change(&price, |price| price["metadata"] = json!({}));
    let portal = memory.place_of("billing_portal/");
    memory.change(&portal, |it| it["features"]["subscription_cancel"]["enabled"] = false.into());
    let endpoint = memory.place_of("webhook_endpoints/");
    memory.change(&endpoint, |it| it["status"] = "disabled".into());
    let steps = set_up(&server, Some(URL)).await;
    let changed = outcomes(&steps).into_iter().filter(|done| *done == Done::Changed).count();
    assert_eq!(changed, 4, "{steps:?}");
    // The server forgets nothing, and does not know that `disabled` wakes it.
    memory.change(&endpoint, |it| it["status"] = "enabled".into());
    assert_eq!(outcomes(&set_up(&server, Some(URL)).await), [Done::AsItShouldBe; 10]);
}

#[tokio::test]
async fn an_endpoint_of_another_version_is_left_for_its_owner() {
    let memory = Arc::new(Memory::default());
    let server = memory.serve().await;
    set_up(&server, Some(URL)).await;
    let endpoint = memory.place_of("webhook_endpoints/");
    memory.change(&endpoint, |it| it["api_version"] = "2020-08-27".into());
    let steps = set_up(&server, Some(URL)).await;
    assert_eq!(outcomes(&steps)[9..], [Done::Made, Done::InTheWay]);
    assert!(steps[9].secret.is_some() && steps[10].what.contains("2020-08-27"));
    let again = set_up(&server, Some(URL)).await;
    assert_eq!(outcomes(&again)[9..], [Done::AsItShouldBe, Done::InTheWay]);
}

#[tokio::test]
async fn what_was_done_is_told_before_the_next_thing_fails() {
    let product = r#"{"name":"Basic","active":true,"metadata":{"ware":"basic"}}"#;
    let routes = [
        ("GET products/imagegen_basic", answer(200, product)),
        ("GET prices", answer(400, include_str!("../fixtures/error_rate_limit.json"))),
    ];
    let server = knowing(routes).await;
    let mut steps = Vec::new();
    let mut tell = |step| steps.push(step);
    let error = stripe(&server.url).set_up(None, &mut tell).await;
    assert!(matches!(error, Err(PaymentsError::Refused { .. })), "{error:?}");
    assert_eq!(outcomes(&steps), [Done::AsItShouldBe]);
}
