use super::*;

#[tokio::test]
async fn only_who_knows_the_address_of_a_page_sees_it() {
    let local = Local::new("stripe-guard");
    let shelf = local.shelf().await;
    let configuration = local.configuration(&shelf).await;
    let (customer, subscription) = local.subscriber(&shelf[0], "pay").await;
    let portal = local.portal(&customer, &configuration, "").await;
    let (known, _) = local.path(&portal).split_once('.').expect("an id and a secret");
    let invoice = local.invoices(&subscription).await.remove(0);
    for guess in [
        format!("{known}.guess"),
        known.to_owned(),
        format!("/invoice/{}.", id(&invoice)),
        "/checkout/cs_test_1".to_owned(),
    ] {
        let answer = local.stripe.handle(&call(Method::GET, &guess, "")).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{guess}");
    }
}

#[tokio::test]
async fn nobody_touches_what_is_anothers() {
    let local = Local::new("stripe-another");
    let shelf = local.shelf().await;
    let configuration = local.configuration(&shelf).await;
    let (_, theirs) = local.subscriber(&shelf[0], "pay").await;
    let (mine, _) = local.subscriber(&shelf[0], "pay").await;
    let portal = local.portal(&mine, &configuration, "").await;
    let form = format!("do=cancel&subscription={theirs}");
    assert!(local.press(&portal, &form).await.contains("No such subscription"));
    assert_eq!(local.subscription(&theirs).await["cancel_at"], Value::Null);
}

#[tokio::test]
async fn a_deep_link_shows_its_part_and_leads_back() {
    let local = Local::new("stripe-flow");
    let shelf = local.shelf().await;
    let [_, premium, _] = &shelf;
    let configuration = local.configuration(&shelf).await;
    let (customer, subscription) = local.subscriber(&shelf[0], "pay").await;
    let after = "&flow_data[after_completion][type]=redirect\
                 &flow_data[after_completion][redirect][return_url]=http://localhost:1/done";
    let item_id = id(item(&local.subscription(&subscription).await));
    let confirm = format!(
        "&flow_data[type]=subscription_update_confirm\
         &flow_data[subscription_update_confirm][subscription]={subscription}\
         &flow_data[subscription_update_confirm][items][0][id]={item_id}\
         &flow_data[subscription_update_confirm][items][0][price]={premium}\
         &flow_data[subscription_update_confirm][items][0][quantity]=1{after}"
    );
    let portal = local.portal(&customer, &configuration, &confirm).await;
    let page = local.look(&portal).await;
    assert!(page.contains("Change to premium") && !page.contains("Cancel on"), "{page}");
    let form = format!("do=change&subscription={subscription}&price={premium}");
    assert_eq!(local.press(&portal, &form).await, "http://localhost:1/done");
    assert_eq!(item(&local.subscription(&subscription).await)["price"]["id"], premium.as_str());

    let cancel = format!(
        "&flow_data[type]=subscription_cancel&flow_data[subscription_cancel][subscription]={subscription}{after}"
    );
    let portal = local.portal(&customer, &configuration, &cancel).await;
    let page = local.look(&portal).await;
    assert!(page.contains("Cancel on") && !page.contains("Change to"), "{page}");
    let form = format!("do=cancel&subscription={subscription}");
    assert_eq!(local.press(&portal, &form).await, "http://localhost:1/done");

    let card = format!("&flow_data[type]=payment_method_update{after}");
    let portal = local.portal(&customer, &configuration, &card).await;
    assert_eq!(local.press(&portal, "do=card&card=declined").await, "http://localhost:1/done");
    let page = local.look(&portal).await;
    assert!(page.contains("ending in 0341") && !page.contains("Cancel"), "{page}");
}

#[tokio::test]
async fn a_declined_upgrade_changes_nothing_and_says_so() {
    let local = Local::new("stripe-declined-upgrade");
    let shelf = local.shelf().await;
    let [basic, premium, _] = &shelf;
    let configuration = local.configuration(&shelf).await;
    let (customer, subscription) = local.subscriber(basic, "pay_once").await;
    let portal = local.portal(&customer, &configuration, "").await;
    let form = format!("do=change&subscription={subscription}&price={premium}");
    let back = local.press(&portal, &form).await;
    assert!(local.look(&json!(back)).await.contains("Your card was declined."));
    let same = local.subscription(&subscription).await;
    assert_eq!((&same["status"], &item(&same)["price"]["id"]), (&json!("active"), &json!(basic)));
}

#[tokio::test]
async fn a_portal_needs_a_configuration_that_allows_it() {
    let local = Local::new("stripe-configuration");
    let [basic, ..] = local.shelf().await;
    let (customer, subscription) = local.subscriber(&basic, "pay").await;
    let (status, _) = local
        .ask(Method::POST, "/v1/billing_portal/sessions", &format!("customer={customer}"))
        .await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "there is no default");
    let bare = local
        .post("/v1/billing_portal/configurations", "features[invoice_history][enabled]=true")
        .await;
    let portal = local.portal(&customer, &id(&bare), "").await;
    let refused = local.press(&portal, &format!("do=cancel&subscription={subscription}")).await;
    assert!(refused.contains("does not allow"), "{refused}");
    let flow = format!(
        "customer={customer}&configuration={}&flow_data[type]=subscription_cancel\
         &flow_data[subscription_cancel][subscription]={subscription}",
        id(&bare)
    );
    let (status, _) = local.ask(Method::POST, "/v1/billing_portal/sessions", &flow).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn names_are_text_on_a_page() {
    let local = Local::new("stripe-escape");
    local.post("/v1/products", "id=evil&name=<script>x</script>").await;
    let price = local.post("/v1/prices", "product=evil&currency=usd&unit_amount=100").await;
    let customer = local.customer().await;
    let session = local.session(&customer, &id(&price), "payment").await;
    let page = local.look(&session["url"]).await;
    assert!(page.contains("&lt;script&gt;x") && !page.contains("<script>"), "{page}");
}
