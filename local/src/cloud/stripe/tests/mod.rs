//! The lives of subscriptions, told through the doors that programs and people use.

mod api;
mod changes;
mod dunning;
mod keys;
mod life;
mod money_back;
mod pages;
mod telling;

use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Shared, Stripe};
use crate::cloud::Call;
use crate::cloud::faults::Faults;
use crate::cloud::tests::{body, call, folder};
use crate::ground::{Ground, GroundParts};

/// A stand-in whose clock and webhooks move only when a test wants it.
pub(super) struct Local {
    pub(super) stripe: Stripe,
    pub(super) faults: Arc<Faults>,
    pub(super) ground: Ground,
}

impl Local {
    pub(super) fn new(name: &str) -> Self {
        // Nobody listens on port 1: what is told to the handler is told to nobody.
        let ground = GroundParts::open(1, &folder(name)).expect("the folder is writable");
        Self::on(ground)
    }

    pub(super) fn on(ground: Ground) -> Self {
        let faults = Arc::new(Faults::default());
        let stripe = Stripe(Arc::new(Shared::open(&ground, Arc::clone(&faults))));
        Self { stripe, faults, ground }
    }

    pub(super) fn request(&self, method: Method, target: &str, form: &str) -> Call {
        let mut call = call(method, target, form.to_owned());
        let bearer = format!("Bearer {}", self.stripe.0.key);
        call.headers.insert("authorization", bearer.parse().expect("a header value"));
        call
    }

    pub(super) async fn ask(
        &self,
        method: Method,
        target: &str,
        form: &str,
    ) -> (StatusCode, Value) {
        let answer = self.stripe.handle(&self.request(method, target, form)).await;
        (answer.status(), body(&answer))
    }

    pub(super) async fn get(&self, target: &str) -> Value {
        let (status, body) = self.ask(Method::GET, target, "").await;
        assert_eq!(status, StatusCode::OK, "{target}: {body}");
        body
    }

    pub(super) async fn post(&self, target: &str, form: &str) -> Value {
        let (status, body) = self.ask(Method::POST, target, form).await;
        assert_eq!(status, StatusCode::OK, "{target} {form}: {body}");
        body
    }

    /// What steers: JSON, and no key.
    pub(super) async fn steer(&self, target: &str, order: &Value) -> Value {
        let answer = self.stripe.handle(&call(Method::POST, target, order.to_string())).await;
        assert_eq!(answer.status(), StatusCode::OK, "{target}: {answer:?}");
        body(&answer)
    }

    pub(super) async fn advance(&self, by: &str) {
        self.steer("/_clock", &json!({ "advance": by })).await;
    }

    /// The path below the stand-in of one of its addresses.
    pub(super) fn path<'a>(&self, url: &'a Value) -> &'a str {
        let url = url.as_str().expect("an address");
        url.strip_prefix(self.stripe.0.public.as_str()).expect("it is ours")
    }

    /// A button of a page; returns the page, or where it leads.
    pub(super) async fn press(&self, url: &Value, form: &str) -> String {
        let answer = self.stripe.handle(&call(Method::POST, self.path(url), form.to_owned())).await;
        match answer.headers().get("location") {
            Some(location) => location.to_str().expect("text").to_owned(),
            None => String::from_utf8(answer.body().to_vec()).expect("text"),
        }
    }

    pub(super) async fn look(&self, url: &Value) -> String {
        let answer = self.stripe.handle(&call(Method::GET, self.path(url), "")).await;
        String::from_utf8(answer.body().to_vec()).expect("text")
    }

    /// Two plans and a pack; returns the ids of the prices.
    pub(super) async fn shelf(&self) -> [String; 3] {
        let mut prices = [const { String::new() }; 3];
        let wares = [("basic", 999, true), ("premium", 2999, true), ("pack", 599, false)];
        for (place, (name, cents, monthly)) in wares.into_iter().enumerate() {
            self.post("/v1/products", &format!("id={name}&name={name}")).await;
            let mut form =
                format!("product={name}&currency=usd&unit_amount={cents}&lookup_key={name}");
            if monthly {
                form.push_str("&recurring[interval]=month");
            }
            prices[place] = id(&self.post("/v1/prices", &form).await);
        }
        prices
    }

    pub(super) async fn customer(&self) -> String {
        id(&self.post("/v1/customers", "email=ada@example.com&metadata[user_id]=usr_1").await)
    }

    pub(super) async fn session(&self, customer: &str, price: &str, mode: &str) -> Value {
        let invoiced = if mode == "payment" { "&invoice_creation[enabled]=true" } else { "" };
        let form = format!(
            "mode={mode}&customer={customer}&line_items[0][price]={price}&line_items[0][quantity]=1\
             &success_url=http://localhost:1/?session_id={{CHECKOUT_SESSION_ID}}&cancel_url=http://localhost:1/{invoiced}"
        );
        self.post("/v1/checkout/sessions", &form).await
    }

    /// Through the checkout; returns the session as it is then.
    pub(super) async fn buy(&self, customer: &str, price: &str, mode: &str, button: &str) -> Value {
        let session = self.session(customer, price, mode).await;
        self.press(&session["url"], &format!("do={button}")).await;
        self.get(&format!("/v1/checkout/sessions/{}", id(&session))).await
    }

    /// Somebody on a plan, with a card that behaves as the button says.
    pub(super) async fn subscriber(&self, price: &str, button: &str) -> (String, String) {
        let customer = self.customer().await;
        let session = self.buy(&customer, price, "subscription", button).await;
        (customer, session["subscription"].as_str().expect("a subscription").to_owned())
    }

    pub(super) async fn subscription(&self, id: &str) -> Value {
        self.get(&format!("/v1/subscriptions/{id}")).await
    }

    /// Newest first.
    pub(super) async fn invoices(&self, subscription: &str) -> Vec<Value> {
        let target =
            format!("/v1/invoices?subscription={subscription}&limit=100&expand[]=data.payments");
        self.get(&target).await["data"].as_array().expect("a list").clone()
    }

    /// The kinds of all events, oldest first.
    pub(super) async fn told(&self) -> Vec<String> {
        let events = self.get("/v1/events?limit=100").await;
        let events = events["data"].as_array().expect("a list").iter().rev();
        events.map(|event| event["type"].as_str().expect("a kind").to_owned()).collect()
    }

    /// A portal's configuration as a shop has it.
    pub(super) async fn configuration(&self, [basic, premium, _]: &[String; 3]) -> String {
        let form = format!(
            "features[invoice_history][enabled]=true&features[payment_method_update][enabled]=true\
             &features[subscription_cancel][enabled]=true&features[subscription_update][enabled]=true\
             &features[subscription_update][default_allowed_updates][0]=price\
             &features[subscription_update][proration_behavior]=always_invoice\
             &features[subscription_update][schedule_at_period_end][conditions][0][type]=decreasing_item_amount\
             &features[subscription_update][products][0][product]=basic\
             &features[subscription_update][products][0][prices][0]={basic}\
             &features[subscription_update][products][1][product]=premium\
             &features[subscription_update][products][1][prices][0]={premium}"
        );
        id(&self.post("/v1/billing_portal/configurations", &form).await)
    }

    pub(super) async fn portal(&self, customer: &str, configuration: &str, more: &str) -> Value {
        let form = format!(
            "customer={customer}&configuration={configuration}&return_url=http://localhost:1/{more}"
        );
        self.post("/v1/billing_portal/sessions", &form).await["url"].take()
    }
}

pub(super) fn id(object: &Value) -> String {
    object["id"].as_str().unwrap_or_else(|| panic!("no id: {object}")).to_owned()
}

pub(super) fn item(subscription: &Value) -> &Value {
    &subscription["items"]["data"][0]
}

/// Whether `wanted` come in `told` in this order, whatever is between them.
pub(super) fn assert_in_order(told: &[String], wanted: &[&str]) {
    let mut rest = told.iter();
    for kind in wanted {
        assert!(rest.any(|it| it == kind), "{kind} is missing or too early: {told:#?}");
    }
}
