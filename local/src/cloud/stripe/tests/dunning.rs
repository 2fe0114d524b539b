use super::*;

#[tokio::test]
async fn a_renewal_that_fails_is_tried_after_three_five_and_seven_days_and_then_it_ends() {
    let local = Local::new("stripe-dunning");
    let [basic, ..] = local.shelf().await;
    let (_, subscription) = local.subscriber(&basic, "pay_once").await;
    let end = item(&local.subscription(&subscription).await)["current_period_end"]
        .as_i64()
        .expect("a time");
    local.advance(&jiff::Timestamp::from_second(end + 7200).expect("in range").to_string()).await;
    let behind = local.subscription(&subscription).await;
    assert_eq!(behind["status"], "past_due");
    assert_eq!(item(&behind)["current_period_start"], end, "the new month has begun");
    let failed = end + 3600;
    let mut next = failed;
    for (tries, days) in [(1, 3), (2, 5), (3, 7)] {
        let invoice = local.invoices(&subscription).await.remove(0);
        next += days * 86_400;
        assert_eq!(
            (&invoice["status"], &invoice["attempt_count"]),
            (&json!("open"), &json!(tries))
        );
        assert_eq!(invoice["next_payment_attempt"], next, "{tries}");
        local.advance(&format!("{days}d")).await;
    }
    let invoice = local.invoices(&subscription).await.remove(0);
    assert_eq!(
        (&invoice["attempt_count"], &invoice["next_payment_attempt"]),
        (&json!(4), &Value::Null)
    );
    let ended = local.subscription(&subscription).await;
    assert_eq!((&ended["status"], &ended["ended_at"]), (&json!("canceled"), &json!(next)));
    assert_eq!(ended["cancellation_details"]["reason"], "payment_failed");
    let told = local.told().await;
    assert_eq!(told.iter().filter(|kind| *kind == "invoice.payment_failed").count(), 4);
    assert_in_order(
        &told,
        &[
            "charge.failed",
            "payment_intent.payment_failed",
            "invoice.payment_failed",
            "customer.subscription.updated",
            "customer.subscription.deleted",
        ],
    );
    local.advance("60d").await;
    assert_eq!(local.invoices(&subscription).await.len(), 2, "what has ended renews no more");
}

#[tokio::test]
async fn it_can_stay_unpaid_instead_and_be_paid_later() {
    let local = Local::new("stripe-unpaid");
    let [basic, ..] = local.shelf().await;
    local.steer("/_given_up", &json!({ "then": "unpaid" })).await;
    let (_, subscription) = local.subscriber(&basic, "pay_once").await;
    local.advance("50d").await;
    assert_eq!(local.subscription(&subscription).await["status"], "unpaid");
    let invoice = local.invoices(&subscription).await.remove(0);
    let page = local.press(&invoice["hosted_invoice_url"], "do=pay").await;
    assert!(page.contains("declined"), "the card is the same: {page}");
    local.press(&invoice["hosted_invoice_url"], "do=pay_with_another").await;
    assert_eq!(local.invoices(&subscription).await[0]["status"], "paid");
    assert_eq!(local.subscription(&subscription).await["status"], "active");
}

#[tokio::test]
async fn a_card_that_works_makes_it_well_at_the_next_try() {
    let local = Local::new("stripe-well");
    let shelf = local.shelf().await;
    let configuration = local.configuration(&shelf).await;
    let (customer, subscription) = local.subscriber(&shelf[0], "pay_once").await;
    local.advance("32d").await;
    assert_eq!(local.subscription(&subscription).await["status"], "past_due");
    let portal = local.portal(&customer, &configuration, "").await;
    local.press(&portal, "do=card&card=works").await;
    local.advance("3d").await;
    assert_eq!(local.subscription(&subscription).await["status"], "active");
    let told = local.told().await;
    let charges = local.get(&format!("/v1/charges?customer={customer}")).await;
    assert_eq!(charges["data"].as_array().map(Vec::len), Some(3), "{told:#?}");
    let intent = &charges["data"][0]["payment_intent"];
    assert_eq!(intent, &charges["data"][1]["payment_intent"], "a try more is no intent more");
}
