//! The way to the till, and what is believed of what it says.

use std::time::Duration;

use imagegen_core::ports::payments::{BooksOf, CustomerId, Notice};
use serde_json::{Value, json};

use super::{Shop, Telling, tell};
use crate::app::TestApp;

fn notice(id: &str) -> Notice {
    Notice {
        id: id.into(),
        kind: "invoice.paid".into(),
        of: Some(BooksOf::Customer(CustomerId("cus_1".into()))),
    }
}

#[tokio::test]
async fn the_same_event_a_thousand_times_over_sixty_days_is_one_grant() {
    let shop = Shop::new(Telling::InOrder);
    shop.basic().await;
    let mut chance: u64 = 7;
    for n in 0..1000 {
        // Shuffled among three events; some within the queue's window, some far apart, up to sixty days.
        chance =
            chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let event = notice(&format!("evt_{:03}", (chance >> 33) % 3));
        assert_eq!(tell(&shop.app, &event, crate::fakes::SIGNATURE).await.status, 200);
        for message in shop.app.deliver().await {
            assert_eq!(shop.app.deliver_one(&message).await.status, 200);
        }
        // The queue forgets what it had, as it does after ten minutes.
        if n % 10 == 0 {
            shop.app.queue.forget_ids();
        }
        shop.app.clock.advance(Duration::from_mins(86));
    }
    let lines = shop.lines().await;
    let paid =
        lines.iter().filter(|line| line["kind"] == "grant" && line["invoice_id"].is_string());
    assert_eq!(paid.count(), 1);
    shop.assert_whole().await;
}

#[tokio::test]
async fn what_is_not_signed_is_refused_and_what_is_not_ours_is_passed_over() {
    let app = TestApp::new();
    tell(&app, &notice("evt_1"), "v1,wrong").await.problem(401, "unauthenticated");
    let headers = [("stripe-signature", crate::fakes::SIGNATURE)];
    app.call("POST", "/api/webhooks/stripe", &headers, "{").await.problem(400, "malformed-json");
    let nothing = Notice { of: None, ..notice("evt_2") };
    assert_eq!(tell(&app, &nothing, crate::fakes::SIGNATURE).await.status, 200);
    assert_eq!(app.queue.waiting(), []);
    // Of somebody who is no customer (any more).
    assert_eq!(tell(&app, &notice("evt_3"), crate::fakes::SIGNATURE).await.status, 200);
    assert_eq!(app.deliver().await.len(), 1);
}

#[tokio::test]
async fn while_the_payment_service_is_down_news_wait_and_nothing_is_lost() {
    let shop = Shop::new(Telling::InOrder);
    let page = shop.checkout(&json!({ "plan": "basic" })).await.ok();
    shop.app.till.pay(page["url"].as_str().expect("a page"));
    shop.app.till.set_down(true);
    for notice in shop.app.till.take_untold() {
        assert_eq!(tell(&shop.app, &notice, crate::fakes::SIGNATURE).await.status, 200);
    }
    for waiting in shop.app.queue.waiting() {
        assert_eq!(shop.app.deliver_one(&waiting).await.status, 503);
    }
    let refusal = shop.checkout(&json!({ "pack": "credits_100" })).await;
    assert_eq!(refusal.problem(503, "unavailable")["service"], "payments");
    shop.app
        .post("ada", "/api/v1/subscription/refresh", &Value::Null)
        .await
        .problem(503, "unavailable");
    assert_eq!(shop.stand().await, "free, none: 10 + 0");
    shop.app.till.set_down(false);
    shop.app.deliver().await;
    assert_eq!(shop.stand().await, "basic, active: 210 + 0");
}

#[tokio::test]
async fn an_instance_whose_clock_is_behind_follows_too() {
    let shop = Shop::new(Telling::InOrder);
    shop.basic().await;
    shop.app.clock.set("2026-01-15T07:59:00Z");
    shop.app.till.refund(&crate::fakes::user_id("ada"), 50);
    shop.told().await;
    assert_eq!(shop.stand().await, "basic, active: 111 + 0");
    shop.app.till.refund(&crate::fakes::user_id("ada"), 0);
    shop.told().await;
    assert_eq!(shop.stand().await, "basic, active: 210 + 0");
    shop.assert_whole().await;
}

#[tokio::test]
async fn who_has_paid_need_not_wait_for_the_news() {
    let shop = Shop::new(Telling::InOrder);
    let page = shop.checkout(&json!({ "plan": "basic" })).await.ok();
    shop.app.till.pay(page["url"].as_str().expect("a page"));
    let view = shop.app.post("ada", "/api/v1/subscription/refresh", &Value::Null).await.ok();
    assert_eq!((&view["plan"], &view["status"]), (&json!("basic"), &json!("active")));
    assert_eq!(view["packs"][0]["id"], "credits_100");
    // The news come all the same, and change nothing.
    shop.told().await;
    assert_eq!(shop.stand().await, "basic, active: 210 + 0");
}

#[tokio::test]
async fn who_has_a_subscription_is_sent_to_change_it_and_never_to_buy_a_second() {
    let shop = Shop::new(Telling::InOrder);
    let id = shop.basic().await;
    shop.checkout(&json!({ "plan": "basic" })).await.problem(409, "on-this-plan");
    let page = shop.checkout(&json!({ "plan": "premium" })).await.ok();
    assert_eq!(page["url"], format!("https://pay.test/portal/change/{}/premium", id.0));
    shop.app.till.upgrade(&id, imagegen_core::catalog::PlanId::Premium);
    shop.told().await;
    shop.checkout(&json!({ "pack": "credits_100" })).await.problem(409, "plan-is-unlimited");
    // One that waits for money: first of all it is paid.
    let other = Shop::new(Telling::InOrder);
    let id = other.basic().await;
    other.month_end().await;
    other.app.till.renew(&id, None, false);
    other.told().await;
    let page = other.checkout(&json!({ "plan": "premium" })).await.ok();
    assert_eq!(page["url"], "https://pay.test/portal/payment_method");
    other.days(5).await;
    let page = other.checkout(&json!({ "plan": "basic" })).await.ok();
    assert_eq!(page["url"], "https://pay.test/portal/home");
}

#[tokio::test]
async fn the_portal_is_for_who_has_bought_something() {
    let shop = Shop::new(Telling::InOrder);
    let portal = |body: Value| async move { body };
    let cancel = portal(json!({ "errand": "cancel" })).await;
    let visit = |body: Value| {
        let app = &shop.app;
        async move { app.post("ada", "/api/v1/subscription/portal", &body).await }
    };
    visit(cancel.clone()).await.problem(409, "nothing-bought");
    let id = shop.basic().await;
    assert_eq!(visit(json!({})).await.ok()["url"], "https://pay.test/portal/home");
    assert_eq!(visit(cancel).await.ok()["url"], format!("https://pay.test/portal/cancel/{}", id.0));
    let field = visit(json!({ "errand": "steal" })).await.refused_field(422, "invalid-request");
    assert_eq!(field, "#/errand");
    // Another user has none of it.
    let bob = shop.app.get("bob", "/api/v1/subscription").await.ok();
    assert_eq!((&bob["plan"], &bob["status"]), (&json!("free"), &json!("none")));
}

#[tokio::test]
async fn wishes_that_make_no_sense_are_refused_by_their_field() {
    let shop = Shop::new(Telling::InOrder);
    for (body, field) in [
        (json!({}), "#/plan"),
        (json!({ "plan": "gold" }), "#/plan"),
        (json!({ "plan": "free" }), "#/plan"),
        (json!({ "pack": "credits_7" }), "#/pack"),
        (json!({ "plan": "basic", "pack": "credits_100" }), "#/pack"),
        (json!({ "plan": "basic", "price": 1 }), "#/price"),
    ] {
        assert_eq!(
            shop.checkout(&body).await.refused_field(422, "invalid-request"),
            field,
            "{body}"
        );
    }
}

#[tokio::test]
async fn however_many_buttons_are_pressed_at_once_there_is_one_customer() {
    let shop = Shop::new(Telling::InOrder);
    let (basic, pack) = (json!({ "plan": "basic" }), json!({ "pack": "credits_100" }));
    let (one, two, three) =
        tokio::join!(shop.checkout(&basic), shop.checkout(&pack), shop.checkout(&basic));
    for answer in [one, two, three] {
        answer.ok();
    }
    assert_eq!(shop.app.till.customers(), 1);
}

#[tokio::test]
async fn who_is_disputed_draws_nothing_and_buys_nothing_but_keeps_the_pictures() {
    use imagegen_core::ports::payments::DisputeState;
    let shop = Shop::new(Telling::InOrder);
    shop.basic().await;
    let id = shop.app.create("ada", "a fox").await;
    shop.app.drain().await;
    shop.app.till.dispute(&crate::fakes::user_id("ada"), DisputeState::Open);
    shop.told().await;
    shop.app.order("ada", "a fox", None).await.problem(403, "account-frozen");
    shop.checkout(&json!({ "pack": "credits_100" })).await.problem(403, "account-frozen");
    assert_eq!(shop.app.generation("ada", &id).await["status"], "succeeded");
}

#[tokio::test]
async fn of_two_checkouts_at_once_the_second_is_undone_and_paid_back() {
    let shop = Shop::new(Telling::InOrder);
    let one = shop.checkout(&json!({ "plan": "basic" })).await.ok();
    let other = shop.checkout(&json!({ "plan": "premium" })).await.ok();
    let first = shop.app.till.pay(one["url"].as_str().expect("a page")).expect("a subscription");
    let second = shop.app.till.pay(other["url"].as_str().expect("a page")).expect("a subscription");
    shop.told().await;
    let undone = shop.app.till.undone();
    assert!(undone.contains(&second) && !undone.contains(&first), "{undone:?}");
    assert_eq!(shop.stand().await, "basic, active: 210 + 0");
    shop.assert_whole().await;
}
