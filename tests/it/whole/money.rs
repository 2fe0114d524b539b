//! From sign-in to Basic to Premium and back to nothing, through the pages that a user sees.

use serde_json::{Value, json};

use super::local::Local;
use crate::folder::Folder;

/// A user who pays.
struct Buyer<'a> {
    local: &'a Local,
    token: String,
}

impl Buyer<'_> {
    async fn page(&self, way: &str, body: &Value) -> Value {
        let path = format!("/api/v1/subscription/{way}");
        // The handler may just have been killed: then the client asks again.
        let asked = self.local.until("no page is offered", async || {
            let (status, page) = self.local.post(&self.token, &path, body).await;
            if status == 200 { Ok(page["url"].clone()) } else { Err(page) }
        });
        asked.await
    }

    /// Waits until plan and status are these; nobody asks Stripe for it but who was told.
    async fn comes_to(&self, plan: &str, status: &str) -> Value {
        let what = format!("the account does not come to {plan}, {status}");
        self.local
            .until(&what, async || {
                let (_, view) = self.local.get(&self.token, "/api/v1/subscription").await;
                if view["plan"] == plan && view["status"] == status { Ok(view) } else { Err(view) }
            })
            .await
    }

    async fn credits(&self) -> Value {
        let (_, me) = self.local.get(&self.token, "/api/v1/me").await;
        me["credits"]["available"].clone()
    }
}

#[tokio::test]
async fn a_user_goes_from_free_to_basic_to_premium_and_leaves() {
    let folder = Folder::new();
    let local = Local::start(&folder);
    local.can_sell().await;
    let ada = Buyer { local: &local, token: local.sign_in("ada").await };
    assert_eq!(ada.comes_to("free", "none").await["packs"][0]["id"], "credits_100");

    let checkout = ada.page("checkout", &json!({ "plan": "basic" })).await;
    local.press(&checkout, &[("do", "decline")]).await;
    assert_eq!(ada.credits().await, 10);
    local.press(&checkout, &[("do", "pay")]).await;
    ada.comes_to("basic", "active").await;
    assert_eq!(ada.credits().await, 210);

    // What the webhook does not tell is asked for.
    local.order(&json!({ "webhooks": { "drop_rate": 1.0 } })).await;
    let checkout = ada.page("checkout", &json!({ "pack": "credits_100" })).await;
    local.press(&checkout, &[("do", "pay")]).await;
    let (status, _) = local.post(&ada.token, "/api/v1/subscription/refresh", &json!({})).await;
    assert_eq!((status, ada.credits().await), (200, json!(310)));
    // All of it twice and out of order.
    let disorder = json!({ "duplicate_rate": 1.0, "reorder": true, "delay_ms": 50 });
    local.order(&json!({ "webhooks": disorder })).await;

    let change = ada.page("checkout", &json!({ "plan": "premium" })).await;
    local.confirm(&change).await;
    ada.comes_to("premium", "active").await;
    assert_eq!(ada.credits().await, 310);
    let cancel = ada.page("portal", &json!({ "errand": "cancel" })).await;
    local.confirm(&cancel).await;
    ada.comes_to("premium", "cancelling").await;

    let (status, _) = local.post("", "/_local/stripe/_clock", &json!({ "advance": "32d" })).await;
    assert_eq!(status, 200);
    ada.comes_to("free", "none").await;
    let (_, statement) = local.get(&ada.token, "/api/v1/usage/ledger").await;
    let lines = statement["items"].as_array().expect("a list");
    let changes: Vec<_> = lines.iter().map(|line| line["change"].clone()).collect();
    assert_eq!(changes, [100, 200, 10], "{statement}");
    local.assert_queues_run_dry().await;
    local.assert_no_drift();
}

#[tokio::test]
async fn what_is_bought_while_the_handler_is_killed_is_granted_once() {
    let folder = Folder::new();
    let local = Local::start(&folder);
    local.can_sell().await;
    let mut buyers = Vec::new();
    for n in 0..6 {
        let token = local.sign_in(&format!("buyer-{n}")).await;
        buyers.push(Buyer { local: &local, token });
    }
    local.order(&json!({ "webhooks": { "duplicate_rate": 0.5, "reorder": true } })).await;
    for buyer in &buyers {
        let checkout = buyer.page("checkout", &json!({ "plan": "basic" })).await;
        local.press(&checkout, &[("do", "pay")]).await;
        local.kill_handler().await;
    }
    for buyer in &buyers {
        buyer.comes_to("basic", "active").await;
        assert_eq!(buyer.credits().await, 210);
    }
    local.assert_queues_run_dry().await;
    local.assert_no_drift();
}

#[tokio::test]
async fn a_month_that_was_paid_twice_is_paid_once_although_stripe_fails_and_answers_get_lost() {
    let folder = Folder::new();
    let local = Local::start(&folder);
    local.can_sell().await;
    let bob = Buyer { local: &local, token: local.sign_in("bob").await };
    let basic = json!({ "plan": "basic" });
    let windows = [bob.page("checkout", &basic).await, bob.page("checkout", &basic).await];
    let trouble = json!({ "error_rate": 0.2, "status": 503, "lost_response_rate": 0.2 });
    local.order(&json!({ "stripe": trouble })).await;
    for window in &windows {
        local.press(window, &[("do", "pay")]).await;
    }
    bob.comes_to("basic", "active").await;
    local.assert_queues_run_dry().await;
    assert_eq!(bob.credits().await, 210);
    local.assert_no_drift();
}
