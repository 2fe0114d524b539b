use super::*;

async fn bought(local: &Local) -> (String, String) {
    let [_, _, pack] = local.shelf().await;
    let customer = local.customer().await;
    let session = local.buy(&customer, &pack, "payment", "pay").await;
    (customer, session["payment_intent"].as_str().expect("an intent").to_owned())
}

async fn charge(local: &Local, customer: &str) -> Value {
    local.get(&format!("/v1/charges?customer={customer}")).await["data"][0].clone()
}

#[tokio::test]
async fn what_was_paid_goes_back_in_parts_and_never_more() {
    let local = Local::new("stripe-refund");
    let (customer, intent) = bought(&local).await;
    let first = local
        .post("/v1/refunds", &format!("payment_intent={intent}&amount=200&metadata[why]=asked"))
        .await;
    assert_eq!((&first["status"], &first["amount"]), (&json!("succeeded"), &json!(200)));
    let part = charge(&local, &customer).await;
    assert_eq!((&part["amount_refunded"], &part["refunded"]), (&json!(200), &json!(false)));
    let (status, error) = local
        .ask(Method::POST, "/v1/refunds", &format!("payment_intent={intent}&amount=400"))
        .await;
    assert_eq!((status, &error["error"]["param"]), (StatusCode::BAD_REQUEST, &json!("amount")));
    local.post("/v1/refunds", &format!("charge={}", id(&part))).await;
    let whole = charge(&local, &customer).await;
    assert_eq!((&whole["amount_refunded"], &whole["refunded"]), (&json!(599), &json!(true)));
    let (_, error) =
        local.ask(Method::POST, "/v1/refunds", &format!("payment_intent={intent}")).await;
    assert_eq!(error["error"]["code"], "charge_already_refunded");
    let list = local.get(&format!("/v1/refunds?payment_intent={intent}")).await;
    assert_eq!(list["data"].as_array().map(Vec::len), Some(2));
    assert_in_order(
        &local.told().await,
        &["refund.created", "charge.refunded", "refund.updated", "refund.created"],
    );
}

#[tokio::test]
async fn a_refund_that_fails_is_taken_back() {
    let local = Local::new("stripe-refund-fails");
    let (customer, intent) = bought(&local).await;
    let refund = local.post("/v1/refunds", &format!("payment_intent={intent}")).await;
    let failed = local.steer(&format!("/_fail_refund/{}", id(&refund)), &Value::Null).await;
    assert_eq!(failed["status"], "failed");
    let charge = charge(&local, &customer).await;
    assert_eq!((&charge["amount_refunded"], &charge["refunded"]), (&json!(0), &json!(false)));
    assert_in_order(&local.told().await, &["charge.refunded", "refund.updated", "refund.failed"]);
}

#[tokio::test]
async fn a_dispute_is_opened_and_decided() {
    let local = Local::new("stripe-dispute");
    let (customer, intent) = bought(&local).await;
    let target = format!(
        "/v1/invoice_payments?payment[type]=payment_intent&payment[payment_intent]={intent}"
    );
    let invoice = local.get(&target).await["data"][0]["invoice"].clone();
    let dispute =
        local.steer("/_disputes", &json!({ "invoice": invoice, "reason": "fraudulent" })).await;
    assert_eq!((&dispute["status"], &dispute["amount"]), (&json!("needs_response"), &json!(599)));
    let charge = charge(&local, &customer).await;
    assert_eq!(charge["disputed"], true);
    let list = local.get(&format!("/v1/disputes?charge={}", id(&charge))).await;
    assert_eq!(list["data"][0]["id"], dispute["id"]);
    let (_, error) =
        local.ask(Method::POST, "/v1/refunds", &format!("payment_intent={intent}")).await;
    assert_eq!(error["error"]["code"], "charge_disputed");
    let closed = local
        .steer(&format!("/_disputes/{}/close", id(&dispute)), &json!({ "status": "won" }))
        .await;
    assert_eq!(closed["status"], "won");
    assert_in_order(
        &local.told().await,
        &[
            "charge.dispute.created",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.funds_reinstated",
            "charge.dispute.closed",
        ],
    );
}

#[tokio::test]
async fn a_warning_moves_no_money() {
    let local = Local::new("stripe-warning");
    let (customer, _) = bought(&local).await;
    let charge = charge(&local, &customer).await;
    let order = json!({ "charge": charge["id"], "warning": true });
    let dispute = local.steer("/_disputes", &order).await;
    assert_eq!(dispute["status"], "warning_needs_response");
    let closed = local
        .steer(&format!("/_disputes/{}/close", id(&dispute)), &json!({ "status": "lost" }))
        .await;
    assert_eq!(closed["status"], "warning_closed");
    assert!(!local.told().await.iter().any(|kind| kind.contains("funds")));
}
