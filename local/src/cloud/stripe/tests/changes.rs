use super::*;

async fn configured(local: &Local) -> ([String; 3], String) {
    let shelf = local.shelf().await;
    let configuration = local.configuration(&shelf).await;
    (shelf, configuration)
}

#[tokio::test]
async fn an_upgrade_is_paid_at_once_for_the_rest_of_the_month() {
    let local = Local::new("stripe-upgrade");
    let ([basic, premium, _], configuration) = configured(&local).await;
    let (customer, subscription) = local.subscriber(&basic, "pay").await;
    let before = local.subscription(&subscription).await;
    local.advance("10d").await;
    let portal = local.portal(&customer, &configuration, "").await;
    let page = local.look(&portal).await;
    assert!(page.contains("Change to premium now, for $"), "{page}");
    local.press(&portal, &format!("do=change&subscription={subscription}&price={premium}")).await;
    let after = local.subscription(&subscription).await;
    assert_eq!(item(&after)["price"]["id"], premium.as_str());
    assert_eq!(item(&after)["current_period_end"], item(&before)["current_period_end"]);
    let invoice = local.invoices(&subscription).await.remove(0);
    assert_eq!(
        (&invoice["billing_reason"], &invoice["status"]),
        (&json!("subscription_update"), &json!("paid"))
    );
    let lines = invoice["lines"]["data"].as_array().expect("lines");
    let amounts: Vec<i64> =
        lines.iter().map(|it| it["amount"].as_i64().expect("an amount")).collect();
    let period = item(&before);
    let whole = period["current_period_end"].as_i64().expect("a time")
        - period["current_period_start"].as_i64().expect("a time");
    let about = |cents: i64| cents * (whole - 10 * 86_400) / whole;
    assert!(
        (amounts[0] + about(999)).abs() <= 1 && (amounts[1] - about(2999)).abs() <= 1,
        "{amounts:?}"
    );
    assert!(lines.iter().all(|it| it["parent"]["subscription_item_details"]["proration"] == true));
    assert_eq!(invoice["amount_paid"], amounts[0] + amounts[1]);
    let events = local.get("/v1/events?type=customer.subscription.updated").await;
    let told = events["data"].as_array().expect("a list").iter();
    let mut told = told.filter(|it| it["data"]["previous_attributes"]["items"].is_object());
    let change = told.next().expect("the change was told");
    let old = &change["data"]["previous_attributes"]["items"]["data"][0];
    assert_eq!(old["price"]["id"], basic.as_str());
}

#[tokio::test]
async fn a_downgrade_waits_for_the_end_of_the_month() {
    let local = Local::new("stripe-downgrade");
    let ([basic, premium, _], configuration) = configured(&local).await;
    let (customer, subscription) = local.subscriber(&premium, "pay").await;
    let portal = local.portal(&customer, &configuration, "").await;
    local.press(&portal, &format!("do=change&subscription={subscription}&price={basic}")).await;
    let planned = local.subscription(&subscription).await;
    assert_eq!(item(&planned)["price"]["id"], premium.as_str(), "not yet");
    let schedule = planned["schedule"].as_str().expect("a schedule");
    let schedule = local.get(&format!("/v1/subscription_schedules/{schedule}")).await;
    assert_eq!(schedule["phases"][1]["items"][0]["price"], basic.as_str());
    assert!(local.look(&portal).await.contains("it becomes basic"));
    local.advance("32d").await;
    let after = local.subscription(&subscription).await;
    assert_eq!((&item(&after)["price"]["id"], &after["schedule"]), (&json!(basic), &Value::Null));
    let invoice = local.invoices(&subscription).await.remove(0);
    assert_eq!((&invoice["amount_paid"], &invoice["status"]), (&json!(999), &json!("paid")));
}

#[tokio::test]
async fn who_stays_after_all_keeps_the_plan() {
    let local = Local::new("stripe-stay");
    let ([basic, premium, _], configuration) = configured(&local).await;
    let (customer, subscription) = local.subscriber(&premium, "pay").await;
    let portal = local.portal(&customer, &configuration, "").await;
    local.press(&portal, &format!("do=change&subscription={subscription}&price={basic}")).await;
    local.press(&portal, &format!("do=stay&subscription={subscription}")).await;
    assert_eq!(local.subscription(&subscription).await["schedule"], Value::Null);
    local.advance("32d").await;
    assert_eq!(item(&local.subscription(&subscription).await)["price"]["id"], premium.as_str());
}

#[tokio::test]
async fn a_change_by_the_api_is_prorated_as_asked() {
    let local = Local::new("stripe-prorate");
    let [basic, premium, _] = local.shelf().await;
    for (behaviour, now, next) in
        [("none", 1, 2999), ("create_prorations", 1, 4999), ("always_invoice", 2, 2999)]
    {
        let (_, subscription) = local.subscriber(&basic, "pay").await;
        let item_id = id(item(&local.subscription(&subscription).await));
        let form = format!(
            "items[0][id]={item_id}&items[0][price]={premium}&proration_behavior={behaviour}"
        );
        local.post(&format!("/v1/subscriptions/{subscription}"), &form).await;
        assert_eq!(local.invoices(&subscription).await.len(), now, "{behaviour}");
        local.advance("32d").await;
        let paid =
            local.invoices(&subscription).await[0]["amount_paid"].as_i64().expect("an amount");
        // The whole month was left, up to the seconds that the test takes.
        assert!((paid - next).abs() <= 1, "{behaviour}: {paid}");
    }
}

#[tokio::test]
async fn a_change_that_cannot_be_paid_is_refused_waits_or_falls_behind() {
    let local = Local::new("stripe-cannot-pay");
    let [basic, premium, _] = local.shelf().await;
    let change = async |behaviour: &str| {
        let (_, subscription) = local.subscriber(&basic, "pay_once").await;
        let item_id = id(item(&local.subscription(&subscription).await));
        let form = format!(
            "items[0][id]={item_id}&items[0][price]={premium}&proration_behavior=always_invoice&payment_behavior={behaviour}"
        );
        let target = format!("/v1/subscriptions/{subscription}");
        let (status, _) = local.ask(Method::POST, &target, &form).await;
        (status.as_u16(), local.subscription(&subscription).await)
    };
    let (status, refused) = change("error_if_incomplete").await;
    assert_eq!((status, &item(&refused)["price"]["id"]), (402, &json!(basic)));
    assert_eq!(local.invoices(&id(&refused)).await.len(), 1, "nothing of it was kept");
    let (status, behind) = change("allow_incomplete").await;
    assert_eq!(
        (status, &behind["status"], &item(&behind)["price"]["id"]),
        (200, &json!("past_due"), &json!(premium))
    );
    let (status, waiting) = change("pending_if_incomplete").await;
    assert_eq!(
        (status, &waiting["status"], &item(&waiting)["price"]["id"]),
        (200, &json!("active"), &json!(basic))
    );
    assert_eq!(waiting["pending_update"]["subscription_items"][0]["price"]["id"], premium.as_str());
    let invoice = local.invoices(&id(&waiting)).await.remove(0);
    local.press(&invoice["hosted_invoice_url"], "do=pay_with_another").await;
    let done = local.subscription(&id(&waiting)).await;
    assert_eq!(
        (&done["pending_update"], &item(&done)["price"]["id"]),
        (&Value::Null, &json!(premium))
    );

    let (_, forgotten) = change("pending_if_incomplete").await;
    local.advance("24h").await;
    let forgotten = local.subscription(&id(&forgotten)).await;
    assert_eq!(
        (&forgotten["pending_update"], &item(&forgotten)["price"]["id"]),
        (&Value::Null, &json!(basic))
    );
    assert_eq!(local.invoices(&id(&forgotten)).await[0]["status"], "void");
}

#[tokio::test]
async fn who_cancels_in_the_portal_has_a_date_and_no_flag() {
    let local = Local::new("stripe-cancel");
    let ([basic, ..], configuration) = configured(&local).await;
    let (customer, subscription) = local.subscriber(&basic, "pay").await;
    let portal = local.portal(&customer, &configuration, "").await;
    local.press(&portal, &format!("do=cancel&subscription={subscription}")).await;
    let ending = local.subscription(&subscription).await;
    let end = &item(&ending)["current_period_end"];
    assert_eq!((&ending["cancel_at"], &ending["cancel_at_period_end"]), (end, &json!(false)));
    assert_eq!((&ending["status"], ending["canceled_at"].is_number()), (&json!("active"), true));
    local.press(&portal, &format!("do=go_on&subscription={subscription}")).await;
    let going = local.subscription(&subscription).await;
    assert_eq!((&going["cancel_at"], &going["canceled_at"]), (&Value::Null, &Value::Null));
    local.press(&portal, &format!("do=cancel&subscription={subscription}")).await;
    local.advance("32d").await;
    let ended = local.subscription(&subscription).await;
    assert_eq!((&ended["status"], &ended["ended_at"]), (&json!("canceled"), end));
    assert_eq!(local.invoices(&subscription).await.len(), 1);
    // The rest is older than events are kept.
    assert_eq!(local.told().await, ["customer.subscription.deleted"]);
}

#[tokio::test]
async fn the_api_cancels_at_the_end_at_a_time_and_at_once() {
    let local = Local::new("stripe-cancel-api");
    let [basic, ..] = local.shelf().await;
    let (_, subscription) = local.subscriber(&basic, "pay").await;
    let target = format!("/v1/subscriptions/{subscription}");
    let flagged = local.post(&target, "cancel_at_period_end=true").await;
    assert_eq!(
        (&flagged["cancel_at_period_end"], &flagged["cancel_at"]),
        (&json!(true), &item(&flagged)["current_period_end"])
    );
    let undone = local.post(&target, "cancel_at_period_end=false").await;
    assert_eq!(
        (&undone["cancel_at_period_end"], &undone["cancel_at"]),
        (&json!(false), &Value::Null)
    );
    let dated = local.post(&target, "cancel_at=min_period_end").await;
    assert_eq!(dated["cancel_at"], item(&dated)["current_period_end"]);
    // The flag does not take a date away that was set by itself.
    assert!(local.post(&target, "cancel_at_period_end=false").await["cancel_at"].is_number());
    assert_eq!(local.post(&target, "cancel_at=").await["cancel_at"], Value::Null);
    let (status, ended) = local.ask(Method::DELETE, &target, "").await;
    assert_eq!((status, &ended["status"]), (StatusCode::OK, &json!("canceled")));
    assert_eq!(local.ask(Method::DELETE, &target, "").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_pause_makes_no_invoices_and_a_new_month_begins_after_it() {
    let local = Local::new("stripe-pause");
    let [basic, ..] = local.shelf().await;
    let (_, subscription) = local.subscriber(&basic, "pay").await;
    let target = format!("/v1/subscriptions/{subscription}");
    assert_eq!(local.post(&format!("{target}/pause"), "").await["status"], "paused");
    assert_in_order(&local.told().await, &["customer.subscription.paused"]);
    local.advance("100d").await;
    assert_eq!(local.invoices(&subscription).await.len(), 1);
    let resumed = local.post(&format!("{target}/resume"), "").await;
    assert_eq!(resumed["status"], "active");
    assert_eq!(local.invoices(&subscription).await.len(), 2);
    assert_in_order(&local.told().await, &["customer.subscription.resumed", "invoice.paid"]);
}
