//! Invoices: from the draft to the money, or to giving up on it.

use serde_json::{Value, json};

use super::books::{Books, new_id, nothing_yet, random, whole_list};
use super::form::Form;
use super::listing::{Page, of_customer, same};
use super::payments::{Outcome, Presence};
use super::refusal::{Done, Refusal};
use super::{cycle, events, lines, payments};

/// What a new one shows as `null`.
const NOT_YET: [&str; 27] = [
    "account_tax_ids",
    "application",
    "custom_fields",
    "customer_phone",
    "customer_shipping",
    "default_payment_method",
    "default_source",
    "description",
    "due_date",
    "effective_at",
    "ending_balance",
    "footer",
    "from_invoice",
    "hosted_invoice_url",
    "invoice_pdf",
    "last_finalization_error",
    "latest_revision",
    "next_payment_attempt",
    "number",
    "on_behalf_of",
    "receipt_number",
    "rendering",
    "shipping_cost",
    "shipping_details",
    "statement_descriptor",
    "test_clock",
    "webhooks_delivered_at",
];

/// What a new one shows as 0.
const ZERO: [&str; 6] = [
    "amount_overpaid",
    "amount_paid",
    "amount_shipping",
    "attempt_count",
    "post_payment_credit_notes_amount",
    "pre_payment_credit_notes_amount",
];

const DAY: i64 = 86_400;
/// A renewal's draft stays open to changes for so long.
const DRAFT: i64 = 3_600;
/// Days from one failed payment to the next try.
const RETRIES: [i64; 3] = [3, 5, 7];

/// What a new invoice is about.
pub(super) struct New<'a> {
    pub(super) customer: &'a str,
    pub(super) subscription: Option<&'a Value>,
    /// `billing_reason`.
    pub(super) reason: &'a str,
    pub(super) lines: Vec<Value>,
    pub(super) period: (i64, i64),
    pub(super) metadata: Value,
}

pub(super) fn draft(books: &Books<'_>, new: New<'_>) -> Value {
    let New { customer, subscription, reason, lines, period: (start, end), metadata } = new;
    let id = new_id("in");
    let customer = books.get(customer);
    let mut all = subscription.map_or_else(Vec::new, |it| lines::kept(books, it, &id));
    all.extend(lines);
    for line in &mut all {
        line["invoice"] = json!(id);
    }
    let total: i64 = all.iter().filter_map(|line| line["amount"].as_i64()).sum();
    let currency = all.first().map_or(json!("usd"), |line| line["currency"].clone());
    let parent = subscription.map(|it| {
        json!({
            "quote_details": null,
            "subscription_details": {
                "metadata": it["metadata"], "subscription": it["id"], "subscription_proration_date": null,
            },
            "type": "subscription_details",
        })
    });
    let page = random(32);
    let mut invoice = json!({
        "id": id, "object": "invoice", "account_country": "US", "account_name": "Local stand-in",
        "amount_due": total.max(0),
        "amount_remaining": total.max(0), "attempted": false,
        "auto_advance": true,
        "automatic_tax": {
            "disabled_reason": null, "enabled": false, "liability": null, "provider": null, "status": null,
        },
        "automatically_finalizes_at": books.now + DRAFT, "billing_reason": reason,
        "collection_method": "charge_automatically", "created": books.now, "currency": currency,
        "customer": customer["id"], "customer_address": customer["address"],
        "customer_email": customer["email"], "customer_name": customer["name"],
        "customer_tax_exempt": "none", "customer_tax_ids": [], "default_tax_rates": [], "discounts": [],
        "issuer": { "type": "self" }, "lines": whole_list(&all, &format!("/v1/invoices/{id}/lines")),
        "livemode": false, "metadata": metadata, "parent": parent,
        "payment_settings": {
            "default_mandate": null, "payment_method_options": null, "payment_method_types": null,
        },
        "period_end": end, "period_start": start,
         "starting_balance": customer["balance"], "status": "draft",
        "status_transitions": {
            "finalized_at": null, "marked_uncollectible_at": null, "paid_at": null, "voided_at": null,
        },
        "total_discount_amounts": [],
        "total_pretax_credit_amounts": [], "total_taxes": [], "_page": page,
    });
    nothing_yet(&mut invoice, &NOT_YET);
    for name in ["subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax"] {
        invoice[name] = json!(total);
    }
    for name in ZERO {
        invoice[name] = json!(0);
    }
    events::create(books, "invoice.created", &invoice);
    invoice
}

/// The draft becomes a bill: numbered, with what the customer has in credit taken off.
pub(super) fn finalize(books: &Books<'_>, draft: &Value) -> Value {
    let mut invoice = draft.clone();
    let before = books.get(draft["customer"].as_str().unwrap_or_default());
    let mut customer = before.clone();
    let number = customer["next_invoice_sequence"].as_i64().unwrap_or(1);
    customer["next_invoice_sequence"] = json!(number + 1);
    let balance = customer["balance"].as_i64().unwrap_or(0);
    let total = invoice["total"].as_i64().unwrap_or(0);
    // A negative balance is the customer's money.
    let applied = if total < 0 { total } else { total.min((-balance).max(0)) };
    customer["balance"] = json!(balance + applied);
    customer["currency"] = invoice["currency"].clone();
    books.put(&customer);
    if applied != 0 {
        events::change(books, "customer.updated", &before, &customer);
    }
    let due = (total - applied).max(0);
    invoice["amount_due"] = json!(due);
    invoice["amount_remaining"] = json!(due);
    invoice["starting_balance"] = json!(balance);
    invoice["ending_balance"] = customer["balance"].clone();
    let prefix = customer["invoice_prefix"].as_str().unwrap_or("LOCAL");
    invoice["number"] = json!(format!("{prefix}-{number:04}"));
    invoice["status"] = json!("open");
    invoice["automatically_finalizes_at"] = Value::Null;
    invoice["effective_at"] = json!(books.now);
    invoice["status_transitions"]["finalized_at"] = json!(books.now);
    let (id, page) = (text(&invoice, "id"), text(&invoice, "_page"));
    invoice["hosted_invoice_url"] = json!(books.page(&format!("invoice/{id}.{page}")));
    books.put(&invoice);
    events::tell(books, "invoice.finalized", &invoice);
    invoice
}

/// Takes the money for an open invoice, if it can be had.
pub(super) fn collect(books: &Books<'_>, open: &Value, presence: Presence) -> (Value, Outcome) {
    let before = books.get(&text(open, "id"));
    if before["amount_due"] == 0 {
        return (paid(books, &before), Outcome::Paid);
    }
    let intent = payments::promised(books, &before).unwrap_or_else(|| {
        let amount = before["amount_due"].as_i64().unwrap_or(0);
        let intent = payments::intent(books, &before["customer"], amount, &before["currency"]);
        payments::promise(books, &before, &intent);
        intent
    });
    let (_, outcome) = payments::charge(books, &intent, presence);
    let mut invoice = before;
    let attempts = invoice["attempt_count"].as_u64().unwrap_or(0) + 1;
    invoice["attempt_count"] = json!(attempts);
    invoice["attempted"] = json!(true);
    match outcome {
        Outcome::Paid => (paid(books, &invoice), Outcome::Paid),
        Outcome::Declined => (unpaid(books, invoice, attempts), Outcome::Declined),
    }
}

fn paid(books: &Books<'_>, open: &Value) -> Value {
    let mut invoice = open.clone();
    invoice["status"] = json!("paid");
    invoice["amount_paid"] = invoice["amount_due"].clone();
    invoice["amount_remaining"] = json!(0);
    invoice["attempted"] = json!(true);
    invoice["auto_advance"] = json!(false);
    invoice["next_payment_attempt"] = Value::Null;
    invoice["status_transitions"]["paid_at"] = json!(books.now);
    books.put(&invoice);
    payments::keep_promise(books, &invoice);
    events::tell(books, "invoice.paid", &invoice);
    events::tell(books, "invoice.payment_succeeded", &invoice);
    cycle::paid(books, &invoice);
    invoice
}

fn unpaid(books: &Books<'_>, mut invoice: Value, attempts: u64) -> Value {
    // A change that waits for its money is not pressed for.
    let pressed = invoice["auto_advance"] == true && invoice["_pending"] != true;
    let days = usize::try_from(attempts - 1).ok().and_then(|place| RETRIES.get(place));
    let next = days.filter(|_| pressed).map(|days| books.now + days * DAY);
    invoice["next_payment_attempt"] = json!(next);
    invoice["auto_advance"] = json!(next.is_some());
    books.put(&invoice);
    events::tell(books, "invoice.payment_failed", &invoice);
    if pressed {
        cycle::unpaid(books, &invoice);
    }
    invoice
}

/// Nobody is to pay it any more.
pub(super) fn void(books: &Books<'_>, id: &str) {
    let mut invoice = books.get(id);
    invoice["status"] = json!("void");
    invoice["auto_advance"] = json!(false);
    invoice["next_payment_attempt"] = Value::Null;
    invoice["status_transitions"]["voided_at"] = json!(books.now);
    books.put(&invoice);
    events::tell(books, "invoice.voided", &invoice);
}

/// It stays as it is, but nobody is asked to pay it.
pub(super) fn rest(books: &Books<'_>, before: &Value) {
    let mut invoice = before.clone();
    invoice["auto_advance"] = json!(false);
    invoice["next_payment_attempt"] = Value::Null;
    invoice["automatically_finalizes_at"] = Value::Null;
    events::change(books, "invoice.updated", before, &invoice);
}

pub(super) fn due(invoice: &Value) -> Option<i64> {
    if invoice["auto_advance"] != true {
        return None;
    }
    match invoice["status"].as_str()? {
        "draft" => invoice["automatically_finalizes_at"].as_i64(),
        "open" => invoice["next_payment_attempt"].as_i64(),
        _ => None,
    }
}

/// What is due is done: the draft is finalized, and what is open is tried again.
pub(super) fn turn(books: &Books<'_>, invoice: &Value) {
    let open =
        if invoice["status"] == "draft" { finalize(books, invoice) } else { invoice.clone() };
    collect(books, &open, Presence::Elsewhere);
}

/// `POST /v1/invoices/{id}/pay`.
pub(super) fn pay_now(books: &Books<'_>, id: &str, form: Form) -> Done {
    let invoice = books.known("invoice", id)?;
    form.finish()?;
    let open = match invoice["status"].as_str() {
        Some("draft") => finalize(books, &invoice),
        Some("open") => invoice,
        _ => return Err(Refusal::state("invoice_not_open", "Invoice is already paid or void.")),
    };
    match collect(books, &open, Presence::Elsewhere) {
        (invoice, Outcome::Paid) => Ok(invoice),
        (_, Outcome::Declined) => Err(Refusal::declined()),
    }
}

pub(super) fn list(books: &Books<'_>, form: &mut Form) -> Done {
    let subscription = form.text("subscription")?;
    let mut wanted = Vec::new();
    for name in ["customer", "status", "collection_method"] {
        if let Some(value) = form.text(name)? {
            wanted.push((name, value));
        }
    }
    let page = Page::take(form)?;
    let customer = wanted.iter().find(|(name, _)| *name == "customer");
    let mut all = of_customer(books, "invoice", customer.map(|(_, value)| value.as_str()))?;
    all.retain(|it| wanted.iter().all(|(name, value)| same(&it[*name], value)));
    all.retain(|it| subscription.as_deref().is_none_or(|id| same(of(it), id)));
    page.of(all, "/v1/invoices")
}

/// `GET /v1/invoices/{id}/lines`.
pub(super) fn lines(books: &Books<'_>, id: &str, form: &mut Form) -> Done {
    let invoice = books.known("invoice", id)?;
    let lines = invoice["lines"]["data"].as_array().cloned().unwrap_or_default();
    Page::take(form)?.of(lines, &format!("/v1/invoices/{id}/lines"))
}

/// The id of the subscription that an invoice is for.
pub(super) fn of(invoice: &Value) -> &Value {
    &invoice["parent"]["subscription_details"]["subscription"]
}

pub(super) fn text(object: &Value, name: &str) -> String {
    object[name].as_str().unwrap_or_default().to_owned()
}
