//! Buying with nothing but a browser: the real adapter, the stand-in's pages, and webhooks between them.

use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::redirect::Policy;
use serde_json::{Value, json};

use super::local::Local;
use crate::folder::Folder;

/// Presses buttons. Does not follow redirects, so that a test sees where they lead.
struct Browser<'a> {
    local: &'a Local,
    client: reqwest::Client,
    token: String,
    clicks: AtomicU64,
}

impl<'a> Browser<'a> {
    async fn of(local: &'a Local, name: &str) -> Self {
        let client = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build();
        let client = client.expect("nothing can fail");
        let token = local.sign_in(name).await;
        let browser = Self { local, client, token, clicks: AtomicU64::new(0) };
        // The handler sets the stand-in up while both start.
        local
            .until("nothing can be bought", async || {
                let (status, answer) = browser.checkout(&json!({ "plan": "premium" })).await;
                if status == 200 { Ok(()) } else { Err(answer) }
            })
            .await;
        browser
    }

    async fn checkout(&self, what: &Value) -> (u16, Value) {
        let url = self.local.url("/api/v1/subscription/checkout");
        let key = format!("click-{}", self.clicks.fetch_add(1, Ordering::Relaxed));
        let request = self.client.post(url).bearer_auth(&self.token).json(what);
        let answer = request.header("idempotency-key", key).send().await.expect("it answers");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    /// The page where `what` is paid or confirmed.
    async fn page(&self, what: &Value) -> String {
        let (status, answer) = self.checkout(what).await;
        assert_eq!(status, 200, "{answer}");
        answer["url"].as_str().expect("an address").replace("//localhost:", "//127.0.0.1:")
    }

    async fn pay(&self, page: &str) {
        self.submit(page, &[("do".to_owned(), "pay".to_owned())]).await;
    }

    /// Presses the first button of a page, with all that its form brings along.
    async fn press(&self, page: &str) {
        let answer = self.client.get(page).send().await.expect("it answers");
        let text = answer.text().await.expect("a page");
        let form = text.split("<form").nth(1).and_then(|rest| rest.split("</form>").next());
        let form = form.unwrap_or_else(|| panic!("no form: {text}"));
        let inputs: Vec<_> = form
            .split(" name=\"")
            .skip(1)
            .filter_map(|rest| {
                let (name, rest) = rest.split_once("\" value=\"")?;
                Some((name.to_owned(), rest.split('"').next()?.to_owned()))
            })
            .collect();
        self.submit(page, &inputs).await;
    }

    async fn submit(&self, page: &str, inputs: &[(String, String)]) {
        let body =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(inputs).finish();
        let request = self.client.post(page).body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.send().await.expect("it answers");
        assert_eq!(answer.status(), 303, "it leads back: {:?}", answer.text().await);
    }

    /// Waits until plan, status and credits that can be spent are these.
    async fn until(&self, plan: &str, status: &str, credits: i64) {
        let what = format!("not {plan}, {status}, {credits}");
        self.local
            .until(&what, async || {
                let (_, view) = self.local.get(&self.token, "/api/v1/subscription").await;
                let (_, me) = self.local.get(&self.token, "/api/v1/me").await;
                let found = (&view["plan"], &view["status"], &me["credits"]["available"]);
                let there = found == (&json!(plan), &json!(status), &json!(credits));
                if there { Ok(()) } else { Err(json!([view, me["credits"]])) }
            })
            .await;
    }
}

#[tokio::test]
async fn from_signing_in_to_basic_to_premium_to_cancelling() {
    let folder = Folder::new();
    let local = Local::start(&folder);
    // News come twice and in another order.
    local.order(&json!({ "webhooks": { "duplicate_rate": 0.3, "reorder": true } })).await;
    let ada = Browser::of(&local, "ada").await;
    ada.until("free", "none", 10).await;
    ada.pay(&ada.page(&json!({ "plan": "basic" })).await).await;
    ada.until("basic", "active", 210).await;
    ada.pay(&ada.page(&json!({ "pack": "credits_100" })).await).await;
    ada.until("basic", "active", 310).await;
    let (status, problem) = ada.checkout(&json!({ "plan": "basic" })).await;
    assert_eq!((status, &problem["code"]), (409, &json!("on-this-plan")));
    ada.press(&ada.page(&json!({ "plan": "premium" })).await).await;
    ada.until("premium", "active", 310).await;
    let cancel = json!({ "errand": "cancel" });
    let (status, portal) = local.post(&ada.token, "/api/v1/subscription/portal", &cancel).await;
    assert_eq!(status, 200, "{portal}");
    let portal = portal["url"].as_str().expect("an address");
    ada.press(&portal.replace("//localhost:", "//127.0.0.1:")).await;
    ada.until("premium", "cancelling", 310).await;
    local.assert_queues_run_dry().await;
    local.assert_no_drift();
}

#[tokio::test]
async fn a_month_of_basic_that_was_paid_twice_is_paid_once_although_stripe_fails_and_forgets() {
    let folder = Folder::new();
    let local = Local::start(&folder);
    let bob = Browser::of(&local, "bob").await;
    let pages =
        [bob.page(&json!({ "plan": "basic" })).await, bob.page(&json!({ "plan": "basic" })).await];
    let faults = json!({ "error_rate": 0.2, "status": 503, "lost_response_rate": 0.2 });
    local.order(&json!({ "stripe": faults })).await;
    for page in &pages {
        bob.pay(page).await;
    }
    bob.until("basic", "active", 210).await;
    local.assert_queues_run_dry().await;
    bob.until("basic", "active", 210).await;
    local.assert_no_drift();
}
