//! What becomes of a checkout session: somebody pays, or it expires.

use serde_json::{Value, json};

use super::books::{Books, shown, whole_list};
use super::customers::{self, Behaviour};
use super::form::Form;
use super::invoices::{self, New, text};
use super::payments::{self, Outcome, Presence};
use super::prices::unit_amount;
use super::refusal::{Done, Refusal};
use super::{events, lines, subscriptions};

/// What is bought, with its prices as they are now.
pub(super) fn bought(books: &Books<'_>, session: &Value) -> Vec<(Value, i64)> {
    let items = session["_items"].as_array().into_iter().flatten();
    items.filter_map(|item| Some((books.find(item[0].as_str()?)?, item[1].as_i64()?))).collect()
}

pub(super) fn line_items(books: &Books<'_>, session: &Value) -> Value {
    let id = text(session, "id");
    let line = |(place, (price, quantity)): (usize, &(Value, i64))| {
        let amount = unit_amount(price) * quantity;
        json!({
            "id": format!("li_{place}_{}", &id[id.len().saturating_sub(20)..]), "object": "item",
            "amount_discount": 0, "amount_subtotal": amount, "amount_tax": 0, "amount_total": amount,
            "currency": price["currency"], "description": lines::product_name(books, price),
            "metadata": {}, "price": shown(price), "quantity": quantity,
        })
    };
    let all: Vec<Value> = bought(books, session).iter().enumerate().map(line).collect();
    whole_list(&all, &format!("/v1/checkout/sessions/{id}/line_items"))
}

/// The customer pays with a card that behaves so. An order that is not open any more stays as it is.
pub(super) fn complete(books: &Books<'_>, session: &Value, behaviour: Behaviour) -> Done {
    if session["status"] != "open" {
        return Ok(session.clone());
    }
    let mut session = session.clone();
    let customer = match session["customer"].as_str() {
        Some(customer) => customers::named(books, customer)?,
        None => customers::of_checkout(books, session["customer_email"].as_str()),
    };
    session["customer"] = customer["id"].clone();
    session["customer_details"] = json!({
        "address": customer["address"], "business_name": null, "email": customer["email"],
        "individual_name": null, "name": customer["name"], "phone": null, "tax_exempt": "none", "tax_ids": [],
    });
    let card = customers::put_card_down(books, &text(&session, "customer"), behaviour);
    let paid = if session["mode"] == "subscription" {
        subscribe(books, &mut session, &card)
    } else {
        buy(books, &mut session)
    };
    if paid == Outcome::Declined {
        return Err(Refusal::declined());
    }
    session["status"] = json!("complete");
    session["payment_status"] = json!("paid");
    if session["amount_total"] == 0 {
        session["payment_status"] = json!("no_payment_required");
    }
    session["url"] = Value::Null;
    books.put(&session);
    events::tell(books, "checkout.session.completed", &session);
    Ok(session)
}

fn subscribe(books: &Books<'_>, session: &mut Value, card: &Value) -> Outcome {
    let (recurring, once): (Vec<_>, Vec<_>) =
        bought(books, session).into_iter().partition(|(price, _)| price["type"] == "recurring");
    let handed_on = &session["_handed_on"];
    let about = (&handed_on["metadata"], &handed_on["description"]);
    let customer = text(session, "customer");
    let mut subscription = subscriptions::make(books, &customer, card, &recurring, about);
    let items = subscription["items"]["data"].as_array().into_iter().flatten();
    let mut charged: Vec<Value> =
        items.map(|item| lines::of_item(books, &subscription, item)).collect();
    charged.extend(once.iter().map(|(price, quantity)| lines::once(books, price, *quantity)));
    let draft = subscriptions::new_invoice(books, &subscription, "subscription_create", charged);
    subscription["latest_invoice"] = draft["id"].clone();
    books.put(&subscription);
    let open = invoices::finalize(books, &draft);
    let (_, outcome) = invoices::collect(books, &open, Presence::AtTheCheckout);
    session["subscription"] = subscription["id"].clone();
    session["invoice"] = draft["id"].clone();
    outcome
}

fn buy(books: &Books<'_>, session: &mut Value) -> Outcome {
    let customer = text(session, "customer");
    let metadata = session["_handed_on"]["metadata"].clone();
    if session["invoice_creation"]["enabled"] != true {
        let amount = session["amount_total"].as_i64().unwrap_or(0);
        let mut intent = payments::intent(books, &json!(customer), amount, &session["currency"]);
        intent["metadata"] = metadata;
        books.put(&intent);
        session["payment_intent"] = intent["id"].clone();
        return payments::charge(books, &intent, Presence::AtTheCheckout).1;
    }
    let all = bought(books, session);
    let draft = invoices::draft(
        books,
        New {
            customer: &customer,
            subscription: None,
            reason: "manual",
            lines: all
                .iter()
                .map(|(price, quantity)| lines::once(books, price, *quantity))
                .collect(),
            period: (books.now, books.now),
            metadata: session["invoice_creation"]["invoice_data"]["metadata"].clone(),
        },
    );
    let open = invoices::finalize(books, &draft);
    let mut intent = payments::intent(
        books,
        &json!(customer),
        open["amount_due"].as_i64().unwrap_or(0),
        &open["currency"],
    );
    intent["metadata"] = metadata;
    books.put(&intent);
    payments::promise(books, &open, &intent);
    session["invoice"] = open["id"].clone();
    session["payment_intent"] = intent["id"].clone();
    invoices::collect(books, &open, Presence::AtTheCheckout).1
}

pub(super) fn due(session: &Value) -> Option<i64> {
    session["expires_at"].as_i64().filter(|_| session["status"] == "open")
}

/// Nobody paid in time.
pub(super) fn expire(books: &Books<'_>, session: &Value) -> Value {
    let mut session = session.clone();
    session["status"] = json!("expired");
    session["url"] = Value::Null;
    books.put(&session);
    events::tell(books, "checkout.session.expired", &session);
    session
}

/// `POST /v1/checkout/sessions/{id}/expire`.
pub(super) fn expire_now(books: &Books<'_>, id: &str, form: Form) -> Done {
    let session = books.known("checkout.session", id)?;
    form.finish()?;
    if session["status"] != "open" {
        let message = "Only Checkout Sessions with a status in [\"open\"] can be expired.";
        return Err(Refusal::state("resource_not_open", message));
    }
    Ok(expire(books, &session))
}

/// Where the browser goes after the purchase.
pub(super) fn way_back(session: &Value) -> String {
    text(session, "success_url").replace("{CHECKOUT_SESSION_ID}", &text(session, "id"))
}
