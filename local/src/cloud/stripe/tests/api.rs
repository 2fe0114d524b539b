use super::*;

async fn refused(local: &Local, target: &str, form: &str) -> (u16, Value) {
    let (status, body) = local.ask(Method::POST, target, form).await;
    (status.as_u16(), body["error"].clone())
}

#[tokio::test]
async fn nobody_enters_without_the_key() {
    let local = Local::new("stripe-key");
    for header in [None, Some("Bearer sk_test_guess"), Some("Basic Z3Vlc3M6")] {
        let mut asked = call(Method::GET, "/v1/products", "");
        if let Some(header) = header {
            asked.headers.insert("authorization", header.parse().expect("a header value"));
        }
        assert_eq!(local.stripe.handle(&asked).await.status(), StatusCode::UNAUTHORIZED);
    }
    let mut asked = local.request(Method::GET, "/v1/products", "");
    asked.headers.insert("stripe-version", "2017-08-15".parse().expect("a header value"));
    assert_eq!(local.stripe.handle(&asked).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn answers_carry_what_the_vendor_puts_on_them() {
    let local = Local::new("stripe-headers");
    let mut asked = local.request(Method::POST, "/v1/customers", "email=a@b.c");
    asked.headers.insert("idempotency-key", "k1".parse().expect("a header value"));
    let answer = local.stripe.handle(&asked).await;
    let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
    assert!(header("request-id").starts_with("req_"));
    assert_eq!(header("stripe-version"), "2026-10-28.endive");
    assert_eq!(header("idempotency-key"), "k1");
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let local = Local::new("stripe-wrong");
    let [basic, _, pack] = local.shelf().await;
    let customer = local.customer().await;
    let session = format!(
        "mode=subscription&customer={customer}&line_items[0][quantity]=1&success_url=http://localhost:1/"
    );
    let cases = [
        ("/v1/customers", "mail=a@b.c".to_owned(), 400, "parameter_unknown", "mail"),
        ("/v1/customers", "email=nobody".to_owned(), 400, "email_invalid", "email"),
        ("/v1/products", String::new(), 400, "parameter_missing", "name"),
        ("/v1/products", "id=basic&name=b".to_owned(), 400, "resource_already_exists", "id"),
        (
            "/v1/prices",
            "currency=usd&unit_amount=1&product=none".to_owned(),
            400,
            "resource_missing",
            "product",
        ),
        (
            "/v1/prices",
            "currency=usd&unit_amount=1&product=basic&lookup_key=basic".to_owned(),
            400,
            "resource_already_exists",
            "lookup_key",
        ),
        ("/v1/prices/none", "active=false".to_owned(), 404, "resource_missing", "id"),
        (
            "/v1/checkout/sessions",
            session.clone(),
            400,
            "parameter_missing",
            "line_items[0][price]",
        ),
        (
            "/v1/checkout/sessions",
            format!("{session}&line_items[0][price]={basic}&payment_method_types[0]=card"),
            400,
            "parameter_unknown",
            "payment_method_types",
        ),
        (
            "/v1/billing_portal/sessions",
            "customer=cus_none".to_owned(),
            400,
            "resource_missing",
            "customer",
        ),
        ("/v1/refunds", "charge=ch_none".to_owned(), 400, "resource_missing", "charge"),
    ];
    for (target, form, status, code, param) in cases {
        let (given, error) = refused(&local, target, &form).await;
        let seen = (given, error["code"].as_str(), error["param"].as_str());
        assert_eq!(seen, (status, Some(code), Some(param)), "{target} {form}: {error}");
        assert_eq!(error["type"], "invalid_request_error");
    }
    for wrong in [
        format!("{session}&line_items[0][price]={pack}"),
        format!("{session}&line_items[0][price]={basic}&invoice_creation[enabled]=true"),
        format!("{session}&line_items[0][price]={basic}&customer_email=a@b.c"),
        format!("{session}&line_items[0][price]={basic}&expires_at=5"),
        format!("{session}&line_items[0][price]={basic}&automatic_tax[enabled]=true"),
    ] {
        assert_eq!(refused(&local, "/v1/checkout/sessions", &wrong).await.0, 400, "{wrong}");
    }
}

#[tokio::test]
async fn lists_come_in_pages_that_hold_everything_once() {
    let local = Local::new("stripe-pages");
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(local.customer().await);
    }
    made.reverse();
    let ids =
        |page: &Value| page["data"].as_array().expect("a list").iter().map(id).collect::<Vec<_>>();
    let first = local.get("/v1/customers?limit=2").await;
    assert_eq!((ids(&first), &first["has_more"]), (made[..2].to_vec(), &json!(true)));
    let last = local.get(&format!("/v1/customers?limit=3&starting_after={}", made[1])).await;
    assert_eq!((ids(&last), &last["has_more"]), (made[2..].to_vec(), &json!(false)));
    let back = local.get(&format!("/v1/customers?limit=2&ending_before={}", made[4])).await;
    assert_eq!((ids(&back), &back["has_more"]), (made[2..4].to_vec(), &json!(true)));
    let none = local.get("/v1/customers?created[gt]=99999999999").await;
    assert_eq!(ids(&none), Vec::<String>::new());
}

#[tokio::test]
async fn a_lookup_key_moves_only_when_it_is_meant() {
    let local = Local::new("stripe-lookup");
    let [old, ..] = local.shelf().await;
    let form = "product=basic&currency=usd&unit_amount=1099&lookup_key=basic&transfer_lookup_key=true\
                &recurring[interval]=month";
    let new = id(&local.post("/v1/prices", form).await);
    let found = local.get("/v1/prices?lookup_keys[0]=basic&active=true").await;
    assert_eq!(
        (found["data"][0]["id"].as_str(), found["data"][1].is_null()),
        (Some(new.as_str()), true)
    );
    assert_eq!(local.get(&format!("/v1/prices/{old}")).await["lookup_key"], Value::Null);
}

#[tokio::test]
async fn what_is_expanded_becomes_the_object() {
    let local = Local::new("stripe-expand");
    let [basic, ..] = local.shelf().await;
    let (customer, subscription) = local.subscriber(&basic, "pay").await;
    let target = format!(
        "/v1/subscriptions?customer={customer}&status=all&expand[]=data.items.data.price\
         &expand[]=data.latest_invoice.payments.data.payment.payment_intent&expand[]=data.customer"
    );
    let (status, body) = local.ask(Method::GET, &target, "").await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "deeper than four levels: {body}");
    let target = format!(
        "/v1/subscriptions?customer={customer}&expand[]=data.items.data.price\
         &expand[]=data.latest_invoice.payments&expand[]=data.customer"
    );
    let found = &local.get(&target).await["data"][0];
    assert_eq!(found["id"], subscription.as_str());
    assert_eq!(item(found)["price"]["lookup_key"], "basic");
    assert_eq!(found["customer"]["metadata"]["user_id"], "usr_1");
    let payment = &found["latest_invoice"]["payments"]["data"][0];
    assert_eq!(
        (&payment["status"], &payment["payment"]["type"]),
        (&json!("paid"), &json!("payment_intent"))
    );
    let plain = local.subscription(&subscription).await;
    assert!(plain["latest_invoice"].is_string() && plain["customer"].is_string());
    let target = format!("/v1/subscriptions/{subscription}?expand[]=status");
    assert_eq!(local.ask(Method::GET, &target, "").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_deleted_customer_is_told_of_and_loses_what_they_had() {
    let local = Local::new("stripe-delete");
    let [basic, ..] = local.shelf().await;
    let (customer, subscription) = local.subscriber(&basic, "pay").await;
    let (status, _) = local.ask(Method::DELETE, &format!("/v1/customers/{customer}"), "").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(local.get(&format!("/v1/customers/{customer}")).await["deleted"], true);
    assert_eq!(local.subscription(&subscription).await["status"], "canceled");
    let form = format!("customer={customer}");
    assert_eq!(refused(&local, "/v1/billing_portal/sessions", &form).await.0, 400);
}
