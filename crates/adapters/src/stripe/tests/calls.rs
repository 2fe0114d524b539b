//! What is asked of Stripe.

use super::*;

fn buyer<'a>(user: &'a UserId, email: &'a str) -> Buyer<'a> {
    Buyer { user, email: Some(email), name: Some("Ada") }
}

#[tokio::test]
async fn a_customer_is_made_once_for_a_user() {
    let customer = answer(200, include_str!("../fixtures/customer.json"));
    let server = knowing([("POST customers", customer)]).await;
    let user = user();
    let made = stripe(&server.url).customer(&buyer(&user, "ada+b@example.com")).await;
    assert_eq!(made.expect("a customer"), CustomerId("cus_1".into()));
    let seen = server.only();
    assert_eq!(seen.header("authorization"), Some("Bearer sk_test_key"));
    assert_eq!(seen.header("stripe-version"), Some("2026-10-28.endive"));
    assert_eq!(seen.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(seen.header("idempotency-key"), Some(&*format!("cust-create:{USER}")));
    assert_eq!(
        String::from_utf8(seen.body).expect("text"),
        format!("email=ada%2Bb%40example.com&name=Ada&metadata[user_id]={USER}")
    );
}

#[tokio::test]
async fn an_address_that_is_none_keeps_nobody_from_buying() {
    for email in ["ada", "@example.com", "ada@localhost", &format!("{}@a.b", "a".repeat(512))] {
        let customer = answer(200, include_str!("../fixtures/customer.json"));
        let server = knowing([("POST customers", customer)]).await;
        let user = user();
        stripe(&server.url).customer(&buyer(&user, email)).await.expect("a customer");
        assert_eq!(value(&form(&server.only()), "email"), None, "{email}");
    }
}

#[tokio::test]
async fn a_customer_who_changed_their_name_since_the_answer_was_lost_is_found() {
    let listed = format!(
        r#"{{"id":"cus_9","metadata":{{}}}},{{"id":"cus_8","deleted":true}},{}"#,
        include_str!("../fixtures/customer.json")
    );
    let refused = || answer(400, include_str!("../fixtures/error_idempotency.json"));
    let server = knowing([("POST customers", refused()), ("GET customers", list(&listed))]).await;
    let user = user();
    let found = stripe(&server.url).customer(&buyer(&user, "new@example.com")).await;
    assert_eq!(found.expect("a customer"), CustomerId("cus_1".into()));
    let since = (1_767_225_600 - 72 * 3600).to_string();
    let asked = query(&calls(&server, "GET customers")[0]);
    assert_eq!(value(&asked, "created[gte]"), Some(&*since));

    let server = knowing([("POST customers", refused()), ("GET customers", list(""))]).await;
    let error = stripe(&server.url).customer(&buyer(&user, "new@example.com")).await;
    assert!(matches!(error, Err(PaymentsError::Refused { .. })), "{error:?}");
}

#[tokio::test]
async fn a_customer_whose_making_broke_is_looked_for_and_else_made_again() {
    // Stripe keeps a 500 for the key, and says that another try is of no use.
    let broken = answer(500, "").with("stripe-should-retry", "false");
    let customer = || answer(200, include_str!("../fixtures/customer.json"));
    let listed = list(include_str!("../fixtures/customer.json"));
    for (listed, then, posts) in [(listed, broken.clone(), 1), (list(""), customer(), 2)] {
        let server = Server::script([broken.clone(), listed, then]).await;
        let user = user();
        let made = stripe(&server.url).customer(&buyer(&user, "ada@example.com")).await;
        assert_eq!(made.expect("a customer"), CustomerId("cus_1".into()));
        let seen = calls(&server, "POST customers");
        assert_eq!(seen.len(), posts);
        let keys: Vec<_> = seen.iter().filter_map(|it| it.header("idempotency-key")).collect();
        assert!(keys.len() == 1 || keys[0] != keys[1], "{keys:?}");
    }
}

#[tokio::test]
async fn a_refusal_does_not_quote_the_buyer() {
    let error = r#"{"error":{"type":"invalid_request_error","code":"email_invalid","param":"email",
        "message":"Invalid email address: ada@example.com of Ada"}}"#;
    let server = knowing([("POST customers", answer(400, error))]).await;
    let user = user();
    match stripe(&server.url).customer(&buyer(&user, "ada@example.com")).await {
        Err(PaymentsError::Refused { reason }) => {
            assert_eq!(reason, "email_invalid: email: Invalid email address: … of …");
        }
        other => panic!("{other:?}"),
    }
}

async fn shop() -> Server {
    Server::start(|seen| match path(seen) {
        "prices" => {
            let key = value(&query(seen), "lookup_keys[0]").unwrap_or_default().to_owned();
            match key.as_str() {
                "imagegen_basic_monthly" => list(include_str!("../fixtures/price_basic.json")),
                "imagegen_credits_100" => list(include_str!("../fixtures/price_pack.json")),
                _ => list(""),
            }
        }
        "checkout/sessions" => answer(200, include_str!("../fixtures/checkout_session.json")),
        "billing_portal/sessions" => answer(200, include_str!("../fixtures/portal_session.json")),
        "billing_portal/configurations" => {
            answer(200, include_str!("../fixtures/portal_configurations.json"))
        }
        "subscriptions/sub_1" => answer(200, include_str!("../fixtures/subscription.json")),
        other => answer(500, other),
    })
    .await
}

async fn order(stripe: &Stripe, ware: &Ware, nonce: &str) -> Result<String, PaymentsError> {
    let (user, customer) = (user(), CustomerId("cus_1".into()));
    let order = CheckoutOrder {
        user: &user,
        customer: &customer,
        ware,
        nonce,
        success_url: "https://app.example.com/?session={CHECKOUT_SESSION_ID}",
        cancel_url: "https://app.example.com/plans",
    };
    stripe.checkout(&order).await
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn a_plan_is_bought_by_a_subscription() {
    let server = shop().await;
    let url = order(&stripe(&server.url), &basic(), "n-1").await.expect("a page");
    assert_eq!(url, "https://checkout.stripe.com/c/pay/cs_test_1#fid");
    let seen = &calls(&server, "POST checkout/sessions")[0];
    assert_eq!(seen.header("idempotency-key"), Some(&*format!("checkout:{USER}:basic:n-1")));
    let wanted = [
        ("mode", "subscription"),
        ("customer", "cus_1"),
        ("client_reference_id", USER),
        ("line_items[0][price]", "price_basic"),
        ("line_items[0][quantity]", "1"),
        ("success_url", "https://app.example.com/?session={CHECKOUT_SESSION_ID}"),
        ("cancel_url", "https://app.example.com/plans"),
        ("metadata[user_id]", USER),
        ("metadata[ware]", "basic"),
        ("subscription_data[metadata][user_id]", USER),
        ("allow_promotion_codes", "true"),
    ];
    assert_eq!(form(seen), owned(&wanted));
}

#[tokio::test]
async fn a_pack_is_bought_once_and_has_an_invoice() {
    let server = shop().await;
    order(&stripe(&server.url), &pack(), "n-1").await.expect("a page");
    let sent = form(&calls(&server, "POST checkout/sessions")[0]);
    assert_eq!(value(&sent, "mode"), Some("payment"));
    assert_eq!(value(&sent, "line_items[0][price]"), Some("price_pack"));
    assert_eq!(value(&sent, "invoice_creation[enabled]"), Some("true"));
    assert_eq!(value(&sent, "payment_intent_data[metadata][user_id]"), Some(USER));
    assert_eq!(value(&sent, "metadata[ware]"), Some("credits_100"));
    let of_plans = |(name, _): &(String, String)| name.starts_with("subscription_data");
    assert!(!sent.iter().any(of_plans) && value(&sent, "allow_promotion_codes").is_none());
}

#[tokio::test]
async fn tax_is_asked_for_only_where_it_is_configured() {
    let names = ["automatic_tax[enabled]", "customer_update[address]", "customer_update[name]"];
    for automatic_tax in [false, true] {
        let server = shop().await;
        let stripe = with(StripeSettings { automatic_tax, ..settings(&server.url) });
        order(&stripe, &pack(), "n-1").await.expect("a page");
        let sent = form(&calls(&server, "POST checkout/sessions")[0]);
        for name in names {
            assert_eq!(value(&sent, name).is_some(), automatic_tax, "{name}");
        }
    }
}

#[tokio::test]
async fn a_price_is_read_again_after_minutes_or_a_refusal() {
    let (server, clock) = (shop().await, TestClock::new());
    let stripe = at(&clock, settings(&server.url));
    for _ in 0..3 {
        order(&stripe, &basic(), "n-1").await.expect("a page");
    }
    assert_eq!(calls(&server, "GET prices").len(), 1);
    clock.advance(std::time::Duration::from_mins(5));
    order(&stripe, &basic(), "n-1").await.expect("a page");
    assert_eq!(calls(&server, "GET prices").len(), 2);

    let refused = answer(400, r#"{"error":{"type":"invalid_request_error","message":"inactive"}}"#);
    let price = list(include_str!("../fixtures/price_basic.json"));
    let server = knowing([("GET prices", price), ("POST checkout/sessions", refused)]).await;
    let stripe = super::stripe(&server.url);
    for _ in 0..2 {
        let error = order(&stripe, &basic(), "n-1").await;
        assert!(matches!(error, Err(PaymentsError::Refused { .. })), "{error:?}");
    }
    assert_eq!(calls(&server, "GET prices").len(), 2);
}

#[tokio::test]
async fn what_has_no_price_cannot_be_bought() {
    let server = shop().await;
    let inactive = include_str!("../fixtures/price_basic.json");
    let inactive = inactive.replace(r#""active":true"#, r#""active":false"#);
    let gone = knowing([("GET prices", list(&inactive))]).await;
    for (server, ware, key) in [
        (&server, Ware::Plan(PlanId::Free), "imagegen_free_monthly"),
        (&server, Ware::Pack(PackId("credits_7".into())), "imagegen_credits_7"),
        (&gone, basic(), "imagegen_basic_monthly"),
    ] {
        match order(&stripe(&server.url), &ware, "n-1").await {
            Err(PaymentsError::Refused { reason }) => assert!(reason.contains(key), "{reason}"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn any_nonce_makes_a_key_that_stripe_takes() {
    for nonce in ["a b", "é", "a\r\nb", &"x".repeat(300)] {
        let server = shop().await;
        let stripe = stripe(&server.url);
        for _ in 0..2 {
            order(&stripe, &basic(), nonce).await.expect("a page");
        }
        let seen = calls(&server, "POST checkout/sessions");
        let key = seen[0].header("idempotency-key").expect("a key");
        assert!(key.len() < 255 && key.starts_with("checkout:usr_"), "{key}");
        assert_eq!(seen[1].header("idempotency-key"), Some(key));
    }
}

async fn visit(stripe: &Stripe, errand: PortalErrand<'_>) -> Result<String, PaymentsError> {
    let customer = CustomerId("cus_1".into());
    let return_url = "https://app.example.com/billing";
    stripe.portal(&PortalVisit { customer: &customer, errand, return_url }).await
}

#[tokio::test]
async fn the_portal_opens_where_the_errand_is() {
    let subscription = SubscriptionId("sub_1".into());
    let home = [
        ("customer", "cus_1"),
        ("return_url", "https://app.example.com/billing"),
        ("configuration", "bpc_ours"),
    ];
    let back = [
        ("flow_data[after_completion][type]", "redirect"),
        ("flow_data[after_completion][redirect][return_url]", "https://app.example.com/billing"),
    ];
    let cancel = [
        ("flow_data[type]", "subscription_cancel"),
        ("flow_data[subscription_cancel][subscription]", "sub_1"),
    ];
    let change = [
        ("flow_data[type]", "subscription_update_confirm"),
        ("flow_data[subscription_update_confirm][subscription]", "sub_1"),
        ("flow_data[subscription_update_confirm][items][0][id]", "si_sub_1"),
        ("flow_data[subscription_update_confirm][items][0][price]", "price_basic"),
        ("flow_data[subscription_update_confirm][items][0][quantity]", "1"),
    ];
    let subscription = &subscription;
    for (errand, flow) in [
        (PortalErrand::Home, vec![]),
        (PortalErrand::PaymentMethod, vec![("flow_data[type]", "payment_method_update")]),
        (PortalErrand::Cancel { subscription }, cancel.to_vec()),
        (PortalErrand::Change { subscription, plan: PlanId::Basic }, change.to_vec()),
    ] {
        let server = shop().await;
        let url = visit(&stripe(&server.url), errand).await.expect("a page");
        assert_eq!(url, "https://billing.stripe.com/p/session/test_1");
        let seen = &calls(&server, "POST billing_portal/sessions")[0];
        let back = if flow.is_empty() { &[][..] } else { &back[..] };
        assert_eq!(form(seen), owned(&[&home[..], &flow, back].concat()), "{errand:?}");
        assert!(seen.header("idempotency-key").is_some_and(|key| key.starts_with("portal:cus_1:")));
    }
}

#[tokio::test]
async fn each_click_has_a_portal_session_of_its_own() {
    let (server, clock) = (shop().await, TestClock::new());
    let stripe = at(&clock, settings(&server.url));
    for _ in 0..2 {
        visit(&stripe, PortalErrand::Home).await.expect("a page");
        clock.advance(std::time::Duration::from_millis(1));
    }
    let seen = calls(&server, "POST billing_portal/sessions");
    assert_ne!(seen[0].header("idempotency-key"), seen[1].header("idempotency-key"));
    assert_eq!(calls(&server, "GET billing_portal/configurations").len(), 1);
}

#[tokio::test]
async fn the_portals_configuration_is_the_given_one_or_ours_or_the_accounts() {
    let session = || answer(200, include_str!("../fixtures/portal_session.json"));
    let routes = [("POST billing_portal/sessions", session())];
    let server = knowing(routes).await;
    let given = Some("bpc_given".to_owned());
    let stripe_ = with(StripeSettings { portal_configuration: given, ..settings(&server.url) });
    visit(&stripe_, PortalErrand::Home).await.expect("a page");
    assert_eq!(value(&form(&server.only()), "configuration"), Some("bpc_given"));

    let routes = [
        ("POST billing_portal/sessions", session()),
        ("GET billing_portal/configurations", list("")),
    ];
    let server = knowing(routes).await;
    visit(&stripe(&server.url), PortalErrand::Home).await.expect("a page");
    let seen = &calls(&server, "POST billing_portal/sessions")[0];
    assert_eq!(value(&form(seen), "configuration"), None);
}

#[tokio::test]
async fn a_subscription_that_is_gone_cannot_be_changed() {
    let missing = answer(404, include_str!("../fixtures/error_missing_customer.json"));
    let routes = [
        ("GET billing_portal/configurations", list("")),
        ("GET prices", list(include_str!("../fixtures/price_basic.json"))),
        ("GET subscriptions/sub_1", missing),
    ];
    let server = knowing(routes).await;
    let subscription = &SubscriptionId("sub_1".into());
    let errand = PortalErrand::Change { subscription, plan: PlanId::Basic };
    let error = visit(&stripe(&server.url), errand).await;
    assert!(matches!(error, Err(PaymentsError::Refused { .. })), "{error:?}");
}

fn paid(payments: &str) -> Act {
    let invoice = r#"{"id":"in_1","created":1767225600,"status":"paid","lines":{"data":[]}"#;
    list(&format!("{invoice}{payments}}}"))
}

fn payment(id: &str, status: &str, of: &str) -> String {
    format!(r#"{{"id":"{id}","status":"{status}","invoice":"in_1","payment":{of}}}"#)
}

#[tokio::test]
async fn what_nobody_meant_to_buy_is_ended_and_given_back() {
    let all = [
        payment("inpay_1", "paid", r#"{"type":"payment_intent","payment_intent":"pi_1"}"#),
        payment("inpay_2", "canceled", r#"{"type":"payment_intent","payment_intent":"pi_2"}"#),
        payment("inpay_3", "paid", r#"{"type":"charge","charge":{"id":"ch_3"}}"#),
        payment("inpay_4", "paid", r#"{"type":"payment_record","payment_record":"pr_4"}"#),
    ]
    .join(",");
    let whole = format!(r#","payments":{{"data":[{all}],"has_more":false}}"#);
    // With its payments, with the first of them, and without any.
    for payments in [whole, r#","payments":{"data":[],"has_more":true}"#.into(), String::new()] {
        let routes = [
            (
                "DELETE subscriptions/sub_1",
                answer(200, include_str!("../fixtures/subscription.json")),
            ),
            ("GET invoices", paid(&payments)),
            ("GET invoice_payments", list(&all)),
            ("POST refunds", answer(200, include_str!("../fixtures/refund.json"))),
        ];
        let server = knowing(routes).await;
        stripe(&server.url).undo(&SubscriptionId("sub_1".into())).await.expect("undone");
        let refunds = calls(&server, "POST refunds");
        let keys: Vec<_> = refunds.iter().filter_map(|it| it.header("idempotency-key")).collect();
        assert_eq!(keys, ["undo:sub_1:pi_1", "undo:sub_1:ch_3"]);
        assert_eq!(value(&form(&refunds[0]), "payment_intent"), Some("pi_1"));
        assert_eq!(value(&form(&refunds[1]), "charge"), Some("ch_3"));
        assert_eq!(calls(&server, "DELETE subscriptions/sub_1")[0].header("idempotency-key"), None);
    }
}

#[tokio::test]
async fn a_refund_that_broke_is_asked_for_by_another_key() {
    let whole = payment("inpay_1", "paid", r#"{"type":"payment_intent","payment_intent":"pi_1"}"#);
    let whole = format!(r#","payments":{{"data":[{whole}],"has_more":false}}"#);
    let server = Server::start(move |seen| match path(seen) {
        "invoices" => paid(&whole),
        "refunds" if seen.header("idempotency-key").is_some_and(|key| key.ends_with("pi_1")) => {
            answer(500, "").with("stripe-should-retry", "false")
        }
        "refunds" => answer(400, include_str!("../fixtures/error_already_refunded.json")),
        _ => answer(200, include_str!("../fixtures/subscription.json")),
    })
    .await;
    stripe(&server.url).undo(&SubscriptionId("sub_1".into())).await.expect("undone");
    assert_eq!(calls(&server, "POST refunds").len(), 2);
}

#[tokio::test]
async fn undoing_again_is_no_error() {
    let whole = payment("inpay_1", "paid", r#"{"type":"payment_intent","payment_intent":"pi_1"}"#);
    let whole = format!(r#","payments":{{"data":[{whole}],"has_more":false}}"#);
    let disputed = r#"{"error":{"type":"invalid_request_error","code":"charge_disputed"}}"#;
    for refused in [include_str!("../fixtures/error_already_refunded.json"), disputed] {
        let missing = include_str!("../fixtures/error_missing_customer.json");
        let routes = [
            ("DELETE subscriptions/sub_1", answer(404, missing)),
            ("GET invoices", paid(&whole)),
            ("POST refunds", answer(400, refused)),
        ];
        let server = knowing(routes).await;
        stripe(&server.url).undo(&SubscriptionId("sub_1".into())).await.expect("undone");
    }
    let other = r#"{"error":{"type":"invalid_request_error","code":"balance_insufficient"}}"#;
    let routes = [
        ("DELETE subscriptions/sub_1", answer(200, include_str!("../fixtures/subscription.json"))),
        ("GET invoices", paid(&whole)),
        ("POST refunds", answer(400, other)),
    ];
    let server = knowing(routes).await;
    let error = stripe(&server.url).undo(&SubscriptionId("sub_1".into())).await;
    assert!(matches!(error, Err(PaymentsError::Refused { .. })), "{error:?}");
    // As long as its money is here it lives, so that it is undone again.
    assert_eq!(calls(&server, "DELETE subscriptions/sub_1").len(), 0);
}
