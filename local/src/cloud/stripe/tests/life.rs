use super::*;

fn seconds(moment: &str) -> i64 {
    moment.parse::<jiff::Timestamp>().expect("a moment").as_second()
}

#[tokio::test]
async fn a_subscription_begins_with_a_paid_invoice_and_its_events() {
    let local = Local::new("stripe-begin");
    let [basic, ..] = local.shelf().await;
    let customer = local.customer().await;
    let open = local.session(&customer, &basic, "subscription").await;
    assert_eq!((&open["status"], &open["payment_status"]), (&json!("open"), &json!("unpaid")));
    let back = local.press(&open["url"], "do=pay").await;
    assert_eq!(back, format!("http://localhost:1/?session_id={}", id(&open)));
    let session = local.get(&format!("/v1/checkout/sessions/{}", id(&open))).await;
    assert_eq!(
        (&session["status"], &session["payment_status"]),
        (&json!("complete"), &json!("paid"))
    );
    assert_eq!(session["url"], Value::Null);
    let subscription = local.subscription(session["subscription"].as_str().expect("an id")).await;
    assert_eq!(subscription["status"], "active");
    assert_eq!(subscription["billing_mode"]["type"], "flexible");
    assert!(subscription.get("current_period_end").is_none(), "it is the item's");
    let invoice = &local.invoices(&id(&subscription)).await[0];
    assert_eq!(
        (&invoice["status"], &invoice["billing_reason"]),
        (&json!("paid"), &json!("subscription_create"))
    );
    assert_eq!(invoice["amount_paid"], 999);
    assert_eq!(invoice["parent"]["subscription_details"]["subscription"], subscription["id"]);
    let line = &invoice["lines"]["data"][0];
    assert_eq!(line["pricing"]["price_details"]["price"], basic.as_str());
    assert_eq!(line["period"]["end"], item(&subscription)["current_period_end"]);
    assert_eq!(line["parent"]["subscription_item_details"]["proration"], false);
    assert_in_order(
        &local.told().await,
        &[
            "customer.created",
            "payment_method.attached",
            "customer.subscription.created",
            "invoice.created",
            "invoice.finalized",
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.succeeded",
            "invoice.paid",
            "invoice.payment_succeeded",
            "customer.subscription.updated",
            "checkout.session.completed",
        ],
    );
    // A second click on the same button buys nothing more.
    assert_eq!(local.press(&open["url"], "do=pay").await, back);
    assert_eq!(local.invoices(&id(&subscription)).await.len(), 1);
}

#[tokio::test]
async fn a_pack_has_a_paid_invoice_that_names_its_payment() {
    let local = Local::new("stripe-pack");
    let [_, _, pack] = local.shelf().await;
    let customer = local.customer().await;
    let session = local.buy(&customer, &pack, "payment", "pay").await;
    let intent = session["payment_intent"].as_str().expect("an intent");
    let target = format!(
        "/v1/invoice_payments?payment[type]=payment_intent&payment[payment_intent]={intent}&expand[]=data.invoice"
    );
    let payments = local.get(&target).await;
    let invoice = &payments["data"][0]["invoice"];
    assert_eq!(
        (&invoice["billing_reason"], &invoice["status"]),
        (&json!("manual"), &json!("paid"))
    );
    assert_eq!((&invoice["id"], &invoice["parent"]), (&session["invoice"], &Value::Null));
    assert_eq!(invoice["lines"]["data"][0]["pricing"]["price_details"]["price"], pack.as_str());
    let charges = local.get(&format!("/v1/charges?customer={customer}")).await;
    assert_eq!(charges["data"][0]["payment_intent"], intent);
    assert_eq!(local.get(&format!("/v1/payment_intents/{intent}")).await["status"], "succeeded");
}

#[tokio::test]
async fn a_declined_card_leaves_the_checkout_open() {
    let local = Local::new("stripe-decline");
    let [basic, ..] = local.shelf().await;
    let customer = local.customer().await;
    let session = local.session(&customer, &basic, "subscription").await;
    let page = local.press(&session["url"], "do=decline").await;
    assert!(page.contains("Your card was declined."), "{page}");
    let session = local.get(&format!("/v1/checkout/sessions/{}", id(&session))).await;
    assert_eq!((&session["status"], &session["subscription"]), (&json!("open"), &Value::Null));
    assert!(
        local.press(&session["url"], "do=pay").await.starts_with("http://localhost:1/?session_id=")
    );
}

#[tokio::test]
async fn a_year_has_twelve_renewals_each_at_its_own_time() {
    let local = Local::new("stripe-year");
    let [basic, ..] = local.shelf().await;
    // From a 31st: the hardest anchor.
    local.advance("2027-01-31T09:00:00Z").await;
    let (_, subscription) = local.subscriber(&basic, "pay").await;
    local.advance("2028-02-01T00:00:00Z").await;
    let mut invoices = local.invoices(&subscription).await;
    invoices.reverse();
    assert_eq!(invoices.len(), 13);
    assert!(invoices.iter().all(|it| it["status"] == "paid"), "{invoices:#?}");
    let starts: Vec<i64> = invoices
        .iter()
        .map(|it| it["lines"]["data"][0]["period"]["start"].as_i64().expect("a time"))
        .collect();
    let begin = starts[0];
    assert!((begin - seconds("2027-01-31T09:00:00Z")).abs() < 60);
    let late = begin - seconds("2027-01-31T09:00:00Z");
    for (place, day) in
        [(1, "2027-02-28"), (2, "2027-03-31"), (3, "2027-04-30"), (12, "2028-01-31")]
    {
        assert_eq!(starts[place], seconds(&format!("{day}T09:00:00Z")) + late, "{day}");
    }
    // A renewal's invoice is made when the month begins, and paid an hour later.
    let renewal = &invoices[1];
    let at = &renewal["status_transitions"];
    assert_eq!(renewal["created"].as_i64(), Some(starts[1]));
    assert_eq!(
        (at["finalized_at"].as_i64(), at["paid_at"].as_i64()),
        (Some(starts[1] + 3600), Some(starts[1] + 3600))
    );
    assert_eq!(renewal["billing_reason"], "subscription_cycle");
}

#[tokio::test]
async fn steps_of_a_day_and_one_of_a_month_come_to_the_same() {
    let mut seen = Vec::new();
    for steps in [&["40d"][..], &["1d"; 40][..]] {
        let local = Local::new("stripe-steps");
        let [basic, ..] = local.shelf().await;
        let (_, subscription) = local.subscriber(&basic, "pay_once").await;
        let begin = local.subscription(&subscription).await["start_date"].as_i64().expect("a time");
        for step in steps {
            local.advance(step).await;
        }
        let events = local.get("/v1/events?limit=100").await;
        let events = events["data"].as_array().expect("a list").clone();
        let told: Vec<(String, i64)> = events
            .iter()
            .map(|it| (it["type"].to_string(), it["created"].as_i64().expect("a time") - begin))
            .filter(|(_, after)| *after > 3600)
            .collect();
        seen.push(told);
    }
    assert!(seen[0].len() > 5, "{:?}", seen[0]);
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn a_session_expires_after_a_day() {
    let local = Local::new("stripe-expire");
    let [basic, ..] = local.shelf().await;
    let customer = local.customer().await;
    let session = local.session(&customer, &basic, "subscription").await;
    local.advance("23h").await;
    assert_eq!(
        local.get(&format!("/v1/checkout/sessions/{}", id(&session))).await["status"],
        "open"
    );
    local.advance("2h").await;
    assert_eq!(
        local.get(&format!("/v1/checkout/sessions/{}", id(&session))).await["status"],
        "expired"
    );
    assert_eq!(local.told().await.last().map(String::as_str), Some("checkout.session.expired"));
    assert!(local.press(&session["url"], "do=pay").await.contains("has expired"));
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let local = Local::new("stripe-restart");
    let [basic, ..] = local.shelf().await;
    let (_, subscription) = local.subscriber(&basic, "pay").await;
    local.advance("10d").await;
    let before = local.subscription(&subscription).await;
    let again = Local::on(Ground::clone(&local.ground));
    assert_eq!(again.subscription(&subscription).await, before);
    again.advance("25d").await;
    assert_eq!(again.invoices(&subscription).await.len(), 2);
}

#[tokio::test]
async fn the_clock_only_goes_on() {
    let local = Local::new("stripe-clock");
    for wish in
        [json!({ "advance": "-1d" }), json!({ "advance": "2020-01-01T00:00:00Z" }), json!({})]
    {
        let answer = local.stripe.handle(&call(Method::POST, "/_clock", wish.to_string())).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{wish}");
    }
    let told = local.steer("/_clock", &json!({ "advance": "36h" })).await;
    assert_eq!(told["ahead_seconds"], 36 * 3600);
}
