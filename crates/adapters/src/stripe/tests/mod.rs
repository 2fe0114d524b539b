//! What goes over the wire, and what comes back.

mod books;
mod calls;
mod notices;
mod setting_up;
mod trouble;

use std::sync::Arc;

use imagegen_core::catalog::{PackId, PlanId};
use imagegen_core::ids::UserId;
use reqwest::Url;

use super::*;
use crate::http::loopback::{Act, Seen, Server, TestClock, answer};

const USER: &str = "usr_01ARZ3NDEKTSV4RRFFQ69G5FAV";
const SECRET: &str = "whsec_test_secret";

fn settings(url: &str) -> StripeSettings {
    StripeSettings {
        api_key: Secret::new("sk_test_key"),
        base_url: format!("{url}/_local/stripe"),
        webhook_secrets: vec![Secret::new("whsec_old"), Secret::new(SECRET)],
        automatic_tax: false,
        portal_configuration: None,
    }
}

fn stripe(url: &str) -> Stripe {
    with(settings(url))
}

fn with(settings: StripeSettings) -> Stripe {
    at(&TestClock::new(), settings)
}

fn at(clock: &Arc<TestClock>, settings: StripeSettings) -> Stripe {
    Stripe::new(settings, Arc::new(Catalog::built_in()), clock.http()).expect("settings")
}

/// A server that knows these paths, after `/_local/stripe/v1/`, and no other.
async fn knowing(routes: impl IntoIterator<Item = (&'static str, Act)>) -> Server {
    let routes: Vec<_> = routes.into_iter().collect();
    Server::start(move |seen| {
        let wanted = format!("{} {}", seen.method, path(seen));
        let route = routes.iter().find(|(route, _)| *route == wanted);
        route.map_or_else(|| answer(500, wanted), |(_, act)| act.clone())
    })
    .await
}

fn path(seen: &Seen) -> &str {
    let path = seen.target.split('?').next().unwrap_or_default();
    path.strip_prefix("/_local/stripe/v1/").expect("every call is one of the first version")
}

/// The pairs of the body, as the URL standard reads them.
fn form(seen: &Seen) -> Vec<(String, String)> {
    pairs(std::str::from_utf8(&seen.body).expect("a form is text"))
}

/// Those of the query.
fn query(seen: &Seen) -> Vec<(String, String)> {
    pairs(seen.target.split_once('?').map_or("", |(_, query)| query))
}

fn pairs(text: &str) -> Vec<(String, String)> {
    let url = Url::parse(&format!("http://localhost/?{text}")).expect("a form");
    url.query_pairs().into_owned().collect()
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
}

/// The calls of `server` to one route.
fn calls(server: &Server, route: &str) -> Vec<Seen> {
    let is = |seen: &Seen| format!("{} {}", seen.method, path(seen)) == route;
    server.seen().into_iter().filter(is).collect()
}

fn user() -> UserId {
    USER.parse().expect("an id")
}

fn list(items: &str) -> Act {
    answer(200, format!(r#"{{"object":"list","has_more":false,"data":[{items}]}}"#))
}

fn basic() -> Ware {
    Ware::Plan(PlanId::Basic)
}

fn pack() -> Ware {
    Ware::Pack(PackId("credits_100".into()))
}
