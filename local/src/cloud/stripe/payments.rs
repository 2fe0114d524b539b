//! Payment intents, charges, and which of them paid which invoice.

use serde_json::{Value, json};

use super::books::{Books, new_id, nothing_yet, random};
use super::form::Form;
use super::listing::{Page, same};
use super::refusal::{DECLINED, Done};
use super::{customers, events};

/// What a new one shows as `null`.
const NOT_YET: [&str; 17] = [
    "application",
    "application_fee_amount",
    "automatic_payment_methods",
    "canceled_at",
    "cancellation_reason",
    "description",
    "last_payment_error",
    "latest_charge",
    "next_action",
    "on_behalf_of",
    "payment_method",
    "processing",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "transfer_data",
];

/// Whether somebody is at the card: a bank is asked at the checkout, and hands out cards that fail later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    AtTheCheckout,
    Elsewhere,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Paid,
    Declined,
}

/// An intent to take `amount` of a customer.
pub(super) fn intent(books: &Books<'_>, customer: &Value, amount: i64, currency: &Value) -> Value {
    let id = new_id("pi");
    let mut intent = json!({
        "id": id, "object": "payment_intent", "amount": amount, "amount_capturable": 0,
        "amount_details": { "tip": {} }, "amount_received": 0, "capture_method": "automatic",
        "client_secret": format!("{id}_secret_{}", random(24)), "confirmation_method": "automatic",
        "created": books.now, "currency": currency, "customer": customer, "livemode": false, "metadata": {},
        "payment_method_types": ["card"], "status": "requires_payment_method",
    });
    nothing_yet(&mut intent, &NOT_YET);
    events::create(books, "payment_intent.created", &intent);
    intent
}

/// Charges the customer's card for `intent`.
pub(super) fn charge(books: &Books<'_>, intent: &Value, presence: Presence) -> (Value, Outcome) {
    let mut intent = books.get(intent["id"].as_str().unwrap_or_default());
    let card = intent["customer"].as_str().and_then(|customer| customers::card(books, customer));
    let pays = card
        .as_ref()
        .is_some_and(|card| card["_declines"] == false || presence == Presence::AtTheCheckout);
    let outcome = if pays { Outcome::Paid } else { Outcome::Declined };
    let charge = card.as_ref().map(|card| charged(books, &intent, card, outcome));
    if let Some(charge) = &charge {
        intent["latest_charge"] = charge["id"].clone();
    }
    let error = json!({
        "charge": charge.as_ref().map(|charge| charge["id"].clone()), "code": "card_declined",
        "decline_code": "generic_decline", "message": DECLINED, "type": "card_error",
    });
    match outcome {
        Outcome::Paid => {
            intent["status"] = json!("succeeded");
            intent["amount_received"] = intent["amount"].clone();
            intent["payment_method"] = card.map_or(Value::Null, |card| card["id"].clone());
            intent["last_payment_error"] = Value::Null;
            books.put(&intent);
            tell(books, "charge.succeeded", charge.as_ref());
            events::tell(books, "payment_intent.succeeded", &intent);
        }
        Outcome::Declined => {
            intent["status"] = json!("requires_payment_method");
            intent["last_payment_error"] = error;
            books.put(&intent);
            tell(books, "charge.failed", charge.as_ref());
            events::tell(books, "payment_intent.payment_failed", &intent);
        }
    }
    (intent, outcome)
}

fn tell(books: &Books<'_>, kind: &str, charge: Option<&Value>) {
    if let Some(charge) = charge {
        events::tell(books, kind, charge);
    }
}

fn charged(books: &Books<'_>, intent: &Value, card: &Value, outcome: Outcome) -> Value {
    let paid = outcome == Outcome::Paid;
    let failure = if paid { Value::Null } else { json!("card_declined") };
    let captured = if paid { intent["amount"].clone() } else { json!(0) };
    let charge = json!({
        "id": new_id("ch"), "object": "charge", "amount": intent["amount"], "amount_captured": captured,
        "amount_refunded": 0, "application": null, "balance_transaction": null,
        "billing_details": card["billing_details"], "calculated_statement_descriptor": "LOCAL",
        "captured": paid, "created": books.now, "currency": intent["currency"],
        "customer": intent["customer"], "description": intent["description"], "disputed": false,
        "failure_balance_transaction": null, "failure_code": failure,
        "failure_message": if paid { Value::Null } else { json!(DECLINED) }, "fraud_details": {},
        "livemode": false, "metadata": intent["metadata"],
        "outcome": {
            "network_status": if paid { "approved_by_network" } else { "declined_by_network" },
            "type": if paid { "authorized" } else { "issuer_declined" },
        },
        "paid": paid, "payment_intent": intent["id"], "payment_method": card["id"],
        "payment_method_details": { "card": card["card"], "type": "card" }, "receipt_email": null,
        "receipt_number": null, "receipt_url": null, "refunded": false, "review": null,
        "shipping": null, "statement_descriptor": null, "status": if paid { "succeeded" } else { "failed" },
        "transfer_data": null, "transfer_group": null,
    });
    books.put(&charge);
    charge
}

/// That `intent` is to pay `invoice`.
pub(super) fn promise(books: &Books<'_>, invoice: &Value, intent: &Value) {
    books.put(&json!({
        "id": new_id("inpay"), "object": "invoice_payment", "amount_paid": null,
        "amount_requested": invoice["amount_due"], "created": books.now, "currency": invoice["currency"],
        "customer": invoice["customer"], "invoice": invoice["id"], "is_default": true, "livemode": false,
        "payment": { "payment_intent": intent["id"], "type": "payment_intent" }, "status": "open",
        "status_transitions": { "canceled_at": null, "paid_at": null },
    }));
}

/// That it did.
pub(super) fn keep_promise(books: &Books<'_>, invoice: &Value) {
    let mine = |it: &Value| it["invoice"] == invoice["id"] && it["status"] == "open";
    let all = books.all("invoice_payment", invoice["customer"].as_str());
    for mut payment in all.into_iter().filter(mine) {
        payment["status"] = json!("paid");
        payment["amount_paid"] = payment["amount_requested"].clone();
        payment["status_transitions"]["paid_at"] = json!(books.now);
        books.put(&payment);
        events::tell(books, "invoice_payment.paid", &payment);
    }
}

/// The intent that is to pay `invoice`, if one is.
pub(super) fn promised(books: &Books<'_>, invoice: &Value) -> Option<Value> {
    let all = books.all("invoice_payment", invoice["customer"].as_str());
    let payment = all.into_iter().find(|it| it["invoice"] == invoice["id"])?;
    books.find(payment["payment"]["payment_intent"].as_str()?)
}

pub(super) fn list_invoice_payments(books: &Books<'_>, form: &mut Form) -> Done {
    let (invoice, status) = (form.text("invoice")?, form.text("status")?);
    let mut all = books.all("invoice_payment", None);
    if let Some(mut payment) = form.within("payment")? {
        let kind = payment.one_of("type", &["payment_intent", "charge", "payment_record"])?;
        let kind =
            kind.ok_or_else(|| super::refusal::Refusal::parameter_missing("payment[type]"))?;
        let wanted = payment.needed(&kind)?;
        payment.finish()?;
        all.retain(|it| same(&it["payment"][kind.as_str()], &wanted));
    }
    let page = Page::take(form)?;
    all.retain(|it| invoice.as_deref().is_none_or(|id| same(&it["invoice"], id)));
    all.retain(|it| status.as_deref().is_none_or(|status| same(&it["status"], status)));
    page.of(all, "/v1/invoice_payments")
}
