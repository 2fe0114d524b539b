//! What an invoice is made of.

use serde_json::{Value, json};

use super::books::{Books, new_id};
use super::prices::unit_amount;
use super::{clock, events};

/// A line for `amount`, before it is on an invoice.
struct Line<'a> {
    price: &'a Value,
    quantity: i64,
    amount: i64,
    period: (i64, i64),
    description: String,
    parent: Value,
}

fn line(line: Line<'_>) -> Value {
    let Line { price, quantity, amount, period: (start, end), description, parent } = line;
    json!({
        "id": new_id("il"), "object": "line_item", "amount": amount, "currency": price["currency"],
        "description": description, "discount_amounts": [], "discountable": true, "discounts": [],
        "invoice": null, "livemode": false, "metadata": {}, "parent": parent,
        "period": { "start": start, "end": end }, "pretax_credit_amounts": [],
        "pricing": {
            "price_details": { "price": price["id"], "product": price["product"] },
            "type": "price_details", "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": quantity, "quantity_decimal": quantity.to_string(), "subtotal": amount, "taxes": [],
    })
}

/// The name that people know.
pub(super) fn product_name(books: &Books<'_>, price: &Value) -> String {
    let product = price["product"].as_str().and_then(|id| books.find(id));
    let name = product.and_then(|product| product["name"].as_str().map(str::to_owned));
    name.unwrap_or_else(|| "A product".to_owned())
}

/// A period of a subscription's item, in advance.
pub(super) fn of_item(books: &Books<'_>, subscription: &Value, item: &Value) -> Value {
    let price = &item["price"];
    let quantity = item["quantity"].as_i64().unwrap_or(1);
    let description = format!("{quantity} × {}", product_name(books, price));
    let parent = subscription_parent(subscription, item, false);
    let period = period(item);
    let amount = unit_amount(price) * quantity;
    line(Line { price, quantity, amount, period, description, parent })
}

/// Something that is bought once.
pub(super) fn once(books: &Books<'_>, price: &Value, quantity: i64) -> Value {
    let parent = json!({
        "invoice_item_details": {
            "invoice_item": new_id("ii"), "proration": false, "proration_details": null, "subscription": null,
        },
        "subscription_item_details": null, "type": "invoice_item_details",
    });
    let description = product_name(books, price);
    let amount = unit_amount(price) * quantity;
    let period = (books.now, books.now);
    line(Line { price, quantity, amount, period, description, parent })
}

/// What the rest of the period was worth at the old price, and what it costs at the new one.
pub(super) fn prorations(
    books: &Books<'_>,
    subscription: &Value,
    old: &Value,
    new: &Value,
) -> [Value; 2] {
    let (_, end) = period(old);
    let part = |item: &Value, sign: i64, what: &str| {
        let price = &item["price"];
        let quantity = item["quantity"].as_i64().unwrap_or(1);
        let amount = sign * share(books, item, unit_amount(price) * quantity);
        let description = format!("{what} {}", product_name(books, price));
        let parent = subscription_parent(subscription, item, true);
        let period = (books.now, end);
        line(Line { price, quantity, amount, period, description, parent })
    };
    [part(old, -1, "Unused time on"), part(new, 1, "Remaining time on")]
}

/// What of `amount` falls to the rest of the item's period, rounded half up.
fn share(books: &Books<'_>, item: &Value, amount: i64) -> i64 {
    let (start, end) = period(item);
    let (left, whole) = ((end - books.now).max(0), (end - start).max(1));
    (2 * amount * left + whole) / (2 * whole)
}

/// What remains to be paid now for a change of price.
pub(super) fn difference(books: &Books<'_>, item: &Value, price: &Value, quantity: i64) -> i64 {
    let was = unit_amount(&item["price"]) * item["quantity"].as_i64().unwrap_or(1);
    share(books, item, unit_amount(price) * quantity) - share(books, item, was)
}

fn subscription_parent(subscription: &Value, item: &Value, proration: bool) -> Value {
    json!({
        "invoice_item_details": null,
        "subscription_item_details": {
            "invoice_item": null, "proration": proration, "proration_details": null,
            "subscription": subscription["id"], "subscription_item": item["id"],
        },
        "type": "subscription_item_details",
    })
}

pub(super) fn period(item: &Value) -> (i64, i64) {
    let at = |name: &str| item[name].as_i64().unwrap_or_default();
    (at("current_period_start"), at("current_period_end"))
}

/// A subscription's item, for the period that begins at `start`.
pub(super) fn item(
    subscription: &str,
    id: &str,
    price: &Value,
    quantity: i64,
    (anchor, start): (i64, i64),
) -> Value {
    let recurring = &price["recurring"];
    let interval = recurring["interval"].as_str().unwrap_or("month");
    let count = recurring["interval_count"].as_i64().unwrap_or(1);
    json!({
        "id": id, "object": "subscription_item", "billing_thresholds": null, "created": start,
        "current_period_end": clock::period_end(anchor, start, interval, count),
        "current_period_start": start, "discounts": [], "metadata": {}, "price": price,
        "quantity": quantity, "subscription": subscription, "tax_rates": [],
    })
}

/// Keeps lines for the subscription's next invoice.
pub(super) fn keep_for_later(books: &Books<'_>, subscription: &Value, lines: &[Value]) {
    for line in lines {
        let item = json!({
            "id": new_id("ii"), "object": "invoiceitem", "amount": line["amount"],
            "currency": line["currency"], "customer": subscription["customer"], "date": books.now,
            "description": line["description"], "discountable": false, "discounts": [], "invoice": null,
            "livemode": false, "metadata": {},
            "parent": {
                "subscription_details": {
                    "subscription": subscription["id"],
                    "subscription_item": line["parent"]["subscription_item_details"]["subscription_item"],
                },
                "type": "subscription_details",
            },
            "period": line["period"], "pricing": line["pricing"], "proration": true,
            "quantity": line["quantity"], "tax_rates": [], "test_clock": null, "_line": line,
        });
        events::create(books, "invoiceitem.created", &item);
    }
}

/// Takes the lines that were kept for the subscription, for `invoice`.
pub(super) fn kept(books: &Books<'_>, subscription: &Value, invoice: &str) -> Vec<Value> {
    let customer = subscription["customer"].as_str();
    let mine = |it: &Value| {
        it["invoice"].is_null()
            && it["parent"]["subscription_details"]["subscription"] == subscription["id"]
    };
    let items = books.all("invoiceitem", customer).into_iter().rev().filter(mine);
    let take = |mut item: Value| {
        item["invoice"] = json!(invoice);
        books.put(&item);
        let mut line = item["_line"].clone();
        line["parent"]["subscription_item_details"]["invoice_item"] = item["id"].clone();
        line
    };
    items.map(take).collect()
}
