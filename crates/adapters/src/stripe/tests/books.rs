//! A customer's books, from what Stripe tells of them.

use imagegen_core::ports::payments::{
    Dispute, DisputeId, DisputeState, InvoiceState, SubscriptionStatus,
};

use super::*;

const START: Timestamp = Timestamp::constant(1_767_225_600, 0);
const END: Timestamp = Timestamp::constant(1_767_225_600 + 31 * 86_400, 0);

/// A customer with everything there is, unless `other` says otherwise.
async fn ledger(other: impl Fn(&Seen) -> Option<Act> + Send + Sync + 'static) -> Server {
    Server::start(move |seen| {
        if let Some(act) = other(seen) {
            return act;
        }
        let text = match path(seen) {
            "customers/cus_1" => include_str!("../fixtures/customer.json"),
            "subscriptions" => include_str!("../fixtures/subscriptions.json"),
            "invoices" => include_str!("../fixtures/invoices.json"),
            "charges" => include_str!("../fixtures/charges.json"),
            "charges/ch_1" => include_str!("../fixtures/charge.json"),
            "checkout/sessions/cs_test_1" => include_str!("../fixtures/checkout_session.json"),
            "disputes" => include_str!("../fixtures/disputes.json"),
            "invoice_payments" => include_str!("../fixtures/invoice_payments.json"),
            "prices/price_pack" => include_str!("../fixtures/price_pack.json"),
            "prices/price_unknown" => include_str!("../fixtures/price_unknown.json"),
            other => return answer(500, other),
        };
        answer(200, text)
    })
    .await
}

async fn read(server: &Server) -> Books {
    let of = BooksOf::Customer(CustomerId("cus_1".into()));
    stripe(&server.url).books(&of).await.expect("an answer").expect("a customer")
}

fn empty(seen: &Seen) -> Option<Act> {
    let lists = ["subscriptions", "invoices", "charges"];
    lists.contains(&path(seen)).then(|| list(""))
}

#[tokio::test]
async fn subscriptions_are_read_by_their_items() {
    let books = read(&ledger(|_| None).await).await;
    assert_eq!(books.customer, CustomerId("cus_1".into()));
    assert_eq!(books.user, Some(user()));
    let [portal_cancel, ended, unknown, two] = &books.subscriptions[..] else {
        panic!("{books:?}");
    };
    assert_eq!(portal_cancel.id, SubscriptionId("sub_1".into()));
    assert_eq!(portal_cancel.plan, Some(PlanId::Basic));
    assert_eq!(portal_cancel.status, SubscriptionStatus::Active);
    assert_eq!((portal_cancel.period_start, portal_cancel.period_end), (START, END));
    // The portal in flexible mode sets nothing but the time.
    assert_eq!(portal_cancel.cancels_at, Some(END));
    assert_eq!((portal_cancel.created_at, portal_cancel.ended_at), (START, None));

    // An old price lost its lookup key to the new one.
    assert_eq!(ended.plan, Some(PlanId::Basic));
    assert_eq!(ended.status, SubscriptionStatus::Canceled);
    assert_eq!((ended.ended_at, ended.cancels_at), (Some(START), None));

    assert_eq!((unknown.plan, unknown.cancels_at), (None, Some(END)));
    assert_eq!(unknown.status, SubscriptionStatus::Other("on_the_moon".into()));

    assert_eq!((two.plan, two.cancels_at), (Some(PlanId::Basic), None));
    assert_eq!(two.period_end, END + SignedDuration::from_hours(31 * 24));
}

#[tokio::test]
async fn invoices_know_what_they_are_for_and_what_became_of_the_money() {
    let server = ledger(|_| None).await;
    let books = read(&server).await;
    let [plan, bought, upgrade, odd] = &books.invoices[..] else { panic!("{books:?}") };

    assert_eq!(plan.subscription, Some(SubscriptionId("sub_1".into())));
    assert_eq!((plan.state.clone(), plan.paid, plan.refunded), (InvoiceState::Paid, 999, 333));
    assert_eq!(plan.lines.len(), 1);
    assert_eq!(plan.lines[0].ware, Some(basic()));
    assert_eq!((plan.lines[0].quantity, plan.lines[0].amount), (1, 999));
    assert_eq!((plan.lines[0].period_start, plan.lines[0].period_end), (START, END));
    assert_eq!(plan.page.as_deref(), Some("https://invoice.stripe.com/i/acct_1/in_1"));
    let dispute = |n, state| Dispute { id: DisputeId(format!("du_{n}")), state };
    assert_eq!(
        plan.disputes,
        [
            dispute(0, DisputeState::Open),
            dispute(1, DisputeState::Open),
            dispute(2, DisputeState::Won),
            dispute(3, DisputeState::Lost),
            // 4 and 5 are inquiries, 6 was prevented.
            dispute(7, DisputeState::Open),
            dispute(8, DisputeState::Open),
        ]
    );

    // It told no payments; the charge found it.
    assert_eq!((bought.subscription.clone(), bought.paid, bought.refunded), (None, 599, 599));
    assert_eq!(bought.lines[0].ware, Some(pack()));

    let lines = &upgrade.lines;
    assert_eq!(
        lines.iter().map(|l| (l.amount, l.quantity)).collect::<Vec<_>>(),
        [(-500, 1), (100, 2), (7, 1)]
    );
    let wares: Vec<_> = lines.iter().map(|l| l.ware.clone()).collect();
    assert_eq!(wares, [Some(basic()), None, None]);
    assert_eq!((upgrade.state.clone(), upgrade.refunded), (InvoiceState::Open, 0));

    assert_eq!(odd.state, InvoiceState::Other("from_the_future".into()));
    assert_eq!((odd.page.clone(), odd.subscription.clone()), (None, None));

    // One look for the charge that no invoice names, none for those of which nothing was given back.
    let looked = calls(&server, "GET invoice_payments");
    assert_eq!(looked.len(), 1);
    let asked = query(&looked[0]);
    assert_eq!(value(&asked, "payment[type]"), Some("payment_intent"));
    assert_eq!(value(&asked, "payment[payment_intent]"), Some("pi_2"));
    assert_eq!(calls(&server, "GET disputes").len(), 1);
}

#[tokio::test]
async fn lists_are_asked_for_by_customer_and_as_far_back_as_promised() {
    let server = ledger(empty).await;
    read(&server).await;
    let since = (START - SignedDuration::from_hours(540 * 24)).as_second().to_string();
    for (route, since, expand) in [
        ("GET subscriptions", None, Some("data.items.data.price")),
        ("GET invoices", Some(&*since), Some("data.payments")),
        ("GET charges", Some(&*since), None),
    ] {
        let asked = query(&calls(&server, route)[0]);
        assert_eq!(value(&asked, "customer"), Some("cus_1"));
        assert_eq!(value(&asked, "created[gte]"), since, "{route}");
        assert_eq!(value(&asked, "expand[0]"), expand, "{route}");
        assert_eq!(value(&asked, "limit"), Some("100"));
    }
    let asked = query(&calls(&server, "GET subscriptions")[0]);
    assert_eq!(value(&asked, "status"), Some("all"));
}

#[tokio::test]
async fn a_new_customer_has_empty_books() {
    let books = read(&ledger(empty).await).await;
    assert!(books.subscriptions.is_empty() && books.invoices.is_empty());
}

#[tokio::test]
async fn every_page_is_read() {
    let server = ledger(|seen| {
        let after = value(&query(seen), "starting_after").map(str::to_owned);
        let sub = |id: &str| include_str!("../fixtures/subscription.json").replace("\"sub_1\"", id);
        match (path(seen), after.as_deref()) {
            ("subscriptions", None) => Some(answer(
                200,
                format!(r#"{{"data":[{}],"has_more":true}}"#, sub("\"sub_8\"")),
            )),
            ("subscriptions", Some("sub_8")) => Some(list(&sub("\"sub_9\""))),
            ("invoices", _) => Some(list(
                r#"{"id":"in_1","created":1767225600,"status":"paid","lines":{"data":[],"has_more":true}}"#,
            )),
            ("invoices/in_1/lines", _) => Some(list(
                r#"{"id":"il_1","amount":5,"quantity":3,"period":{"start":0,"end":9},
                    "pricing":{"price_details":{"price":"price_pack"}}}"#,
            )),
            ("charges", _) => Some(list("")),
            _ => None,
        }
    })
    .await;
    let books = read(&server).await;
    let ids: Vec<_> = books.subscriptions.iter().map(|s| s.id.0.as_str()).collect();
    assert_eq!(ids, ["sub_8", "sub_9"]);
    let line = &books.invoices[0].lines[0];
    assert_eq!((line.ware.clone(), line.quantity), (Some(pack()), 3));
}

#[tokio::test]
async fn a_list_that_does_not_end_is_no_answer() {
    for page in [
        r#"{"data":[],"has_more":true}"#.to_owned(),
        format!(r#"{{"data":[{}],"has_more":true}}"#, include_str!("../fixtures/charge.json")),
    ] {
        let server = ledger(move |seen| match path(seen) {
            "charges" => Some(answer(200, &page)),
            _ => empty(seen),
        })
        .await;
        let of = BooksOf::Customer(CustomerId("cus_1".into()));
        let error = stripe(&server.url).books(&of).await;
        assert!(matches!(error, Err(PaymentsError::Unavailable(_))), "{error:?}");
    }
}

#[tokio::test]
async fn books_are_found_by_a_charge_and_by_a_session() {
    let server = ledger(empty).await;
    for of in [BooksOf::Charge("ch_1".into()), BooksOf::Session("cs_test_1".into())] {
        let books = stripe(&server.url).books(&of).await.expect("an answer").expect("books");
        assert_eq!(books.customer, CustomerId("cus_1".into()));
    }
}

#[tokio::test]
async fn nobodys_books_are_none() {
    let missing = || answer(404, include_str!("../fixtures/error_missing_customer.json"));
    let guest = include_str!("../fixtures/charge.json");
    let guest = guest.replace(r#""customer":"cus_1""#, r#""customer":null"#);
    let deleted = include_str!("../fixtures/customer_deleted.json");
    for (other, of) in [
        (("charges/ch_1", missing()), BooksOf::Charge("ch_1".into())),
        (("charges/ch_1", answer(200, guest)), BooksOf::Charge("ch_1".into())),
        (("checkout/sessions/cs_test_1", missing()), BooksOf::Session("cs_test_1".into())),
        (("customers/cus_1", missing()), BooksOf::Customer(CustomerId("cus_1".into()))),
        (("customers/cus_1", answer(200, deleted)), BooksOf::Charge("ch_1".into())),
    ] {
        let (gone, act) = other;
        let server = ledger(move |seen| {
            // The lists of a customer that is gone are errors.
            let list = ["subscriptions", "invoices"].contains(&path(seen));
            let is_gone = path(seen) == gone;
            if is_gone { Some(act.clone()) } else { list.then(missing) }
        })
        .await;
        let books = stripe(&server.url).books(&of).await;
        assert_eq!(books.expect("an answer"), None, "{of:?}");
    }
}

#[tokio::test]
async fn a_name_from_outside_leads_to_no_other_path() {
    let server = ledger(|_| None).await;
    for id in ["", "..", "cs_1/../../customers", "cs_1?expand[]=x", "cs 1", "é"] {
        let books = stripe(&server.url).books(&BooksOf::Session(id.into())).await;
        assert_eq!(books.expect("an answer"), None, "{id}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_customer_that_we_did_not_make_stands_for_nobody() {
    for metadata in ["{}", "null", r#"{"user_id":"ada"}"#] {
        let server = ledger(move |seen| match path(seen) {
            "customers/cus_1" => {
                Some(answer(200, format!(r#"{{"id":"cus_1","metadata":{metadata}}}"#)))
            }
            _ => empty(seen),
        })
        .await;
        assert_eq!(read(&server).await.user, None, "{metadata}");
    }
}

#[tokio::test]
async fn what_a_price_is_for_is_asked_once() {
    let server = ledger(|_| None).await;
    let stripe = stripe(&server.url);
    let of = BooksOf::Customer(CustomerId("cus_1".into()));
    for _ in 0..2 {
        stripe.books(&of).await.expect("an answer");
    }
    assert_eq!(calls(&server, "GET prices/price_pack").len(), 1);
    // Known from a subscription, which brings it along.
    assert!(calls(&server, "GET prices/price_basic").is_empty());
    assert!(calls(&server, "GET prices/price_unknown").is_empty());
}

#[tokio::test]
async fn a_subscription_without_items_entitles_to_nothing() {
    let server = ledger(|seen| match path(seen) {
        "subscriptions" => Some(list(
            r#"{"id":"sub_1","status":"active","created":1767225600,"items":{"data":[]},"customer":"cus_1"}"#,
        )),
        _ => empty(seen),
    })
    .await;
    let books = read(&server).await;
    let found = &books.subscriptions[0];
    assert_eq!((found.plan, found.period_start, found.period_end), (None, START, START));
}
