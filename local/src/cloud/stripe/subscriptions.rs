//! Subscriptions, as the API makes, shows and changes them.

use serde_json::{Value, json};

use super::books::{Books, new_id, nothing_yet, whole_list};
use super::change::{Proration, Target, Unpaid};
use super::form::Form;
use super::invoices::{self, New, text};
use super::listing::{Page, of_customer, same};
use super::payments::Presence;
use super::refusal::{Done, Refusal};
use super::{change, cycle, events, lines};

/// What a new one shows as `null`.
const NOT_YET: [&str; 21] = [
    "application",
    "application_fee_percent",
    "billing_cycle_anchor_config",
    "billing_thresholds",
    "cancel_at",
    "canceled_at",
    "days_until_due",
    "default_source",
    "ended_at",
    "latest_invoice",
    "next_pending_invoice_item_invoice",
    "on_behalf_of",
    "pause_collection",
    "pending_invoice_item_interval",
    "pending_setup_intent",
    "pending_update",
    "schedule",
    "test_clock",
    "transfer_data",
    "trial_end",
    "trial_start",
];

pub(super) const KIND: &str = "customer.subscription.updated";

/// A new one that is still to be paid for: `items` are prices and quantities.
pub(super) fn make(
    books: &Books<'_>,
    customer: &str,
    card: &Value,
    items: &[(Value, i64)],
    (metadata, description): (&Value, &Value),
) -> Value {
    let id = new_id("sub");
    let (now, anchor) = (books.now, books.now);
    let items = items
        .iter()
        .map(|(price, quantity)| lines::item(&id, &new_id("si"), price, *quantity, (anchor, now)));
    let items: Vec<Value> = items.collect();
    let currency = items.first().map_or(json!("usd"), |item| item["price"]["currency"].clone());
    let mut subscription = json!({
        "id": id, "object": "subscription",
        "automatic_tax": { "disabled_reason": null, "enabled": false, "liability": null },
        "billing_cycle_anchor": anchor,
        "billing_mode": {
            "flexible": { "proration_discounts": "included" }, "type": "flexible", "updated_at": null,
        },
        "cancel_at_period_end": false,
        "cancellation_details": { "comment": null, "feedback": null, "reason": null },
        "collection_method": "charge_automatically", "created": now, "currency": currency,
        "customer": customer, "default_payment_method": card["id"], "default_tax_rates": [],
        "description": description, "discounts": [],
        "invoice_settings": { "account_tax_ids": null, "issuer": { "type": "self" } },
        "items": whole_list(&items, &format!("/v1/subscription_items?subscription={id}")), "livemode": false,
        "metadata": metadata,
        "payment_settings": {
            "payment_method_options": null, "payment_method_types": null,
            "save_default_payment_method": "off",
        },
        "start_date": now, "status": "incomplete",
        "trial_settings": { "end_behavior": { "missing_payment_method": "create_invoice" } },
    });
    nothing_yet(&mut subscription, &NOT_YET);
    events::create(books, "customer.subscription.created", &subscription);
    subscription
}

pub(super) fn list(books: &Books<'_>, form: &mut Form) -> Done {
    let (customer, status) = (form.text("customer")?, form.text("status")?);
    let (price, method) = (form.text("price")?, form.text("collection_method")?);
    let page = Page::take(form)?;
    let mut all = of_customer(books, "subscription", customer.as_deref())?;
    all.retain(|it| match status.as_deref() {
        None => it["status"] != "canceled",
        Some("all") => true,
        Some("ended") => !cycle::lives(it),
        Some(status) => it["status"] == status,
    });
    all.retain(|it| method.as_deref().is_none_or(|method| same(&it["collection_method"], method)));
    all.retain(|it| {
        let mut items = it["items"]["data"].as_array().into_iter().flatten();
        price.as_deref().is_none_or(|price| items.any(|item| item["price"]["id"] == price))
    });
    page.of(all, "/v1/subscriptions")
}

/// `POST /v1/subscriptions/{id}`.
pub(super) fn update(books: &Books<'_>, id: &str, mut form: Form) -> Done {
    let before = books.known("subscription", id)?;
    let mut after = before.clone();
    form.metadata(&mut after)?;
    if let Some(mut details) = form.within("cancellation_details")? {
        for name in ["comment", "feedback"] {
            if let Some(text) = details.text(name)? {
                after["cancellation_details"][name] = json!(text);
            }
        }
        details.finish()?;
    }
    if !cycle::lives(&before) {
        if form.has("items") || form.has("cancel_at") || form.has("cancel_at_period_end") {
            let message =
                "A canceled subscription can only update its cancellation_details and metadata.";
            return Err(Refusal::invalid("id", message));
        }
        form.finish()?;
        events::change(books, KIND, &before, &after);
        return Ok(after);
    }
    if let Some(description) = form.text("description")? {
        after["description"] = json!(description);
    }
    if let Some(card) = form.text("default_payment_method")?.filter(|card| !card.is_empty()) {
        books.named("payment_method", &card, "default_payment_method")?;
        after["default_payment_method"] = json!(card);
    }
    cancelling(books, &mut after, &mut form)?;
    let proration = match form
        .one_of("proration_behavior", &["create_prorations", "none", "always_invoice"])?
        .as_deref()
    {
        Some("none") => Proration::None,
        Some("always_invoice") => Proration::Now,
        _ => Proration::Later,
    };
    let behaviours =
        ["allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete"];
    let unpaid = match form.one_of("payment_behavior", &behaviours)?.as_deref() {
        Some("error_if_incomplete") => Unpaid::Refuse,
        Some("pending_if_incomplete") => Unpaid::Wait,
        _ => Unpaid::Allow,
    };
    form.one_of("billing_cycle_anchor", &["unchanged"])?;
    form.flag("off_session")?;
    let target = target(books, &before, &mut form)?;
    form.finish()?;
    if unpaid == Unpaid::Wait && after != before {
        let message =
            "With pending_if_incomplete, only items and proration_behavior can be changed.";
        return Err(Refusal::invalid("payment_behavior", message));
    }
    if let Some(target) = target {
        return change::make(books, &before, after, &target, proration, unpaid);
    }
    events::change(books, KIND, &before, &after);
    Ok(after)
}

/// The one item that is to change.
fn target(books: &Books<'_>, subscription: &Value, form: &mut Form) -> Done<Option<Target>> {
    let mut items = form.each("items")?;
    if items.len() > 1 {
        return Err(Refusal::invalid("items", "The stand-in changes one item at a time."));
    }
    let Some(mut wish) = items.pop() else { return Ok(None) };
    let item = wish.needed("id")?;
    let old = change::item(subscription, &item)?;
    let price = match wish.text("price")? {
        None => old["price"].clone(),
        Some(price) => recurring(books, &price, &wish.name("price"))?,
    };
    let quantity = wish.number("quantity")?.or(old["quantity"].as_i64()).unwrap_or(1);
    wish.finish()?;
    if quantity < 1 {
        return Err(Refusal::invalid("items[0][quantity]", "The quantity is at least 1."));
    }
    Ok(Some(Target { item, price, quantity }))
}

/// A price that can be subscribed to.
pub(super) fn recurring(books: &Books<'_>, price: &str, param: &str) -> Done {
    let price = books.named("price", price, param)?;
    if price["active"] != true {
        let message = "The price specified is inactive. This field only accepts active prices.";
        return Err(Refusal::invalid(param, message));
    }
    if price["type"] != "recurring" {
        let message = "The price specified is set to `type=one_time` but this field only accepts \
                       prices with `type=recurring`.";
        return Err(Refusal::invalid(param, message));
    }
    Ok(price)
}

/// `cancel_at_period_end` and `cancel_at`.
fn cancelling(books: &Books<'_>, after: &mut Value, form: &mut Form) -> Done<()> {
    let flag = form.flag("cancel_at_period_end")?;
    let at = form.text("cancel_at")?;
    if flag == Some(true) && at.as_deref().is_some_and(|at| !at.is_empty()) {
        let message = "You may only specify one of cancel_at and cancel_at_period_end.";
        return Err(Refusal::invalid("cancel_at", message));
    }
    let period_end = cycle::period_end(after);
    match flag {
        Some(true) => {
            end_at(books, after, period_end);
            after["cancel_at_period_end"] = json!(true);
        }
        // A date that was set by itself stays until it is taken away itself.
        Some(false) if after["cancel_at_period_end"] == true => end_at(books, after, None),
        Some(false) | None => {}
    }
    match at.as_deref() {
        None => {}
        Some("") => end_at(books, after, None),
        Some("min_period_end" | "max_period_end") => end_at(books, after, period_end),
        Some(time) => {
            let time = time.parse().ok().filter(|time| *time > books.now);
            let message = "cancel_at must be a timestamp in the future.";
            let time = time.ok_or_else(|| Refusal::invalid("cancel_at", message))?;
            end_at(books, after, Some(time));
        }
    }
    Ok(())
}

/// It will end at `time`, or go on.
pub(super) fn end_at(books: &Books<'_>, subscription: &mut Value, time: Option<i64>) {
    subscription["cancel_at"] = json!(time);
    subscription["cancel_at_period_end"] = json!(false);
    subscription["canceled_at"] = json!(time.map(|_| books.now));
    subscription["cancellation_details"]["reason"] = json!(time.map(|_| "cancellation_requested"));
}

pub(super) fn living(books: &Books<'_>, id: &str) -> Done {
    let subscription = books.known("subscription", id)?;
    if cycle::lives(&subscription) {
        return Ok(subscription);
    }
    Err(Refusal::no_such("subscription", id))
}

/// `DELETE /v1/subscriptions/{id}`.
pub(super) fn cancel_now(books: &Books<'_>, id: &str, mut form: Form) -> Done {
    let mut before = living(books, id)?;
    if let Some(mut details) = form.within("cancellation_details")? {
        for name in ["comment", "feedback"] {
            if let Some(text) = details.text(name)? {
                before["cancellation_details"][name] = json!(text);
            }
        }
        details.finish()?;
    }
    let prorate = form.flag("prorate")?.unwrap_or(false);
    let invoice_now = form.flag("invoice_now")?.unwrap_or(false);
    form.finish()?;
    if prorate {
        let items = before["items"]["data"].as_array().cloned().unwrap_or_default();
        for item in items {
            let [unused, _] = lines::prorations(books, &before, &item, &item);
            lines::keep_for_later(books, &before, &[unused]);
        }
    }
    if invoice_now {
        let draft = new_invoice(books, &before, "subscription_update", Vec::new());
        if draft["lines"]["data"].as_array().is_some_and(|lines| !lines.is_empty()) {
            let open = invoices::finalize(books, &draft);
            invoices::collect(books, &open, Presence::Elsewhere);
        } else {
            invoices::void(books, &text(&draft, "id"));
        }
    }
    let details = before["cancellation_details"].take();
    let mut before = books.get(id);
    before["cancellation_details"] = details;
    cycle::end(books, &before, "cancellation_requested");
    Ok(books.get(id))
}

/// A draft about `subscription`, now.
pub(super) fn new_invoice(
    books: &Books<'_>,
    subscription: &Value,
    reason: &str,
    lines: Vec<Value>,
) -> Value {
    invoices::draft(
        books,
        New {
            customer: &text(subscription, "customer"),
            subscription: Some(subscription),
            reason,
            lines,
            period: (books.now, books.now),
            metadata: json!({}),
        },
    )
}
