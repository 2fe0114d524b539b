//! From one price to another: at once, when it is paid, or at the end of the period.

use serde_json::{Value, json};

use super::books::{Books, new_id};
use super::invoices::{self, New, text};
use super::payments::{Outcome, Presence};
use super::refusal::{Done, Refusal};
use super::{events, lines};

const KIND: &str = "customer.subscription.updated";
/// How long a change waits for its money.
const PATIENCE: i64 = 23 * 3_600;

/// `proration_behavior`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proration {
    /// On the next invoice.
    Later,
    None,
    /// On an invoice of its own, now.
    Now,
}

/// `payment_behavior`: what becomes of the change when it cannot be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unpaid {
    /// It is made all the same, and the subscription falls behind.
    Allow,
    /// It is refused.
    Refuse,
    /// It waits.
    Wait,
}

/// What an item is to be.
pub(super) struct Target {
    pub(super) item: String,
    pub(super) price: Value,
    pub(super) quantity: i64,
}

/// Makes `target` of `before`'s item. What else has changed of the subscription is in `after` already.
pub(super) fn make(
    books: &Books<'_>,
    before: &Value,
    mut after: Value,
    target: &Target,
    proration: Proration,
    unpaid: Unpaid,
) -> Done {
    let old = item(before, &target.item)?;
    let same = |name: &str| old["price"]["recurring"][name] == target.price["recurring"][name];
    if !same("interval")
        || !same("interval_count")
        || old["price"]["currency"] != target.price["currency"]
    {
        let message = "The stand-in changes prices of the same interval and currency alone.";
        return Err(Refusal::invalid("items[0][price]", message));
    }
    let new = changed(&old, target);
    if new == old {
        events::change(books, KIND, before, &after);
        return Ok(after);
    }
    forget_what_was_planned(books, &mut after);
    put(&mut after, &new);
    let parts = lines::prorations(books, before, &old, &new);
    match proration {
        Proration::None => events::change(books, KIND, before, &after),
        Proration::Later => {
            lines::keep_for_later(books, before, &parts);
            events::change(books, KIND, before, &after);
        }
        Proration::Now => return bill(books, before, after, target, &parts, unpaid),
    }
    Ok(after)
}

/// The change with an invoice of its own.
fn bill(
    books: &Books<'_>,
    before: &Value,
    mut after: Value,
    target: &Target,
    parts: &[Value],
    unpaid: Unpaid,
) -> Done {
    lines::keep_for_later(books, before, parts);
    let mut draft = invoices::draft(
        books,
        New {
            customer: &text(before, "customer"),
            subscription: Some(before),
            reason: "subscription_update",
            lines: Vec::new(),
            period: (books.now, books.now),
            metadata: json!({}),
        },
    );
    let waits = unpaid == Unpaid::Wait;
    draft["_pending"] = json!(waits);
    if !waits {
        after["latest_invoice"] = draft["id"].clone();
        events::change(books, KIND, before, &after);
    }
    let open = invoices::finalize(books, &draft);
    let id = text(before, "id");
    match (invoices::collect(books, &open, Presence::Elsewhere).1, unpaid) {
        (Outcome::Declined, Unpaid::Refuse) => Err(Refusal::declined()),
        (Outcome::Declined, Unpaid::Wait) => {
            let mut waiting = before.clone();
            waiting["latest_invoice"] = open["id"].clone();
            waiting["pending_update"] = json!({
                "billing_cycle_anchor": null, "expires_at": books.now + PATIENCE,
                "subscription_items": [changed(&item(before, &target.item)?, target)],
                "trial_end": null, "trial_from_plan": null,
            });
            waiting["_pending_invoice"] = open["id"].clone();
            events::change(books, KIND, before, &waiting);
            Ok(waiting)
        }
        (Outcome::Paid, Unpaid::Wait) => {
            after["latest_invoice"] = open["id"].clone();
            events::change(books, KIND, before, &after);
            Ok(after)
        }
        (Outcome::Paid, Unpaid::Allow | Unpaid::Refuse) | (Outcome::Declined, Unpaid::Allow) => {
            Ok(books.get(&id))
        }
    }
}

/// Whether `invoice` was what a waiting change waited for; it is made then.
pub(super) fn apply_what_was_paid(books: &Books<'_>, before: &Value, invoice: &Value) -> bool {
    if before["pending_update"].is_null() || before["_pending_invoice"] != invoice["id"] {
        return false;
    }
    let mut after = before.clone();
    let items = before["pending_update"]["subscription_items"].as_array().cloned();
    for item in items.unwrap_or_default() {
        put(&mut after, &item);
    }
    after["pending_update"] = Value::Null;
    after["_pending_invoice"] = Value::Null;
    forget_what_was_planned(books, &mut after);
    events::change(books, KIND, before, &after);
    events::tell(books, "customer.subscription.pending_update_applied", &after);
    true
}

/// The change waited too long.
pub(super) fn let_go(books: &Books<'_>, before: &Value) {
    if let Some(invoice) = before["_pending_invoice"].as_str() {
        invoices::void(books, invoice);
    }
    let mut after = before.clone();
    after["pending_update"] = Value::Null;
    after["_pending_invoice"] = Value::Null;
    events::change(books, KIND, before, &after);
    events::tell(books, "customer.subscription.pending_update_expired", &after);
}

/// Plans the change for the end of the period, as a schedule of two phases.
pub(super) fn plan(books: &Books<'_>, before: &Value, target: &Target) -> Done {
    let old = item(before, &target.item)?;
    let mut after = before.clone();
    forget_what_was_planned(books, &mut after);
    let (start, end) = lines::period(&old);
    let phase = |price: &Value, start: i64, end: Option<i64>| {
        json!({
            "start_date": start, "end_date": end, "proration_behavior": "none",
            "items": [{ "price": price["id"], "quantity": target.quantity }],
        })
    };
    let schedule = json!({
        "id": new_id("sub_sched"), "object": "subscription_schedule", "canceled_at": null,
        "completed_at": null, "created": books.now, "current_phase": { "start_date": start, "end_date": end },
        "customer": before["customer"], "end_behavior": "release", "livemode": false, "metadata": {},
        "phases": [phase(&old["price"], start, Some(end)), phase(&target.price, end, None)],
        "released_at": null, "released_subscription": null, "status": "active",
        "subscription": before["id"],
    });
    events::create(books, "subscription_schedule.created", &schedule);
    after["schedule"] = schedule["id"].clone();
    after["_planned"] = json!({
        "item": target.item, "price": target.price["id"], "quantity": target.quantity,
    });
    events::change(books, KIND, before, &after);
    Ok(after)
}

/// The price that comes at the end of the period, if one was planned.
pub(super) fn planned(books: &Books<'_>, subscription: &Value) -> Option<Value> {
    books.find(subscription["_planned"]["price"].as_str()?)
}

/// At the end of the period.
pub(super) fn carry_out_what_was_planned(books: &Books<'_>, subscription: &mut Value) {
    let Some(price) = planned(books, subscription) else { return };
    let plan = subscription["_planned"].clone();
    let target = Target {
        item: text(&plan, "item"),
        price,
        quantity: plan["quantity"].as_i64().unwrap_or(1),
    };
    if let Ok(old) = item(subscription, &target.item) {
        put(subscription, &changed(&old, &target));
    }
    forget_what_was_planned(books, subscription);
}

/// What was planned is done, or not wanted any more.
pub(super) fn forget_what_was_planned(books: &Books<'_>, subscription: &mut Value) {
    if let Some(before) = subscription["schedule"].as_str().and_then(|id| books.find(id)) {
        let mut schedule = before.clone();
        schedule["status"] = json!("released");
        schedule["released_at"] = json!(books.now);
        schedule["released_subscription"] = schedule["subscription"].take();
        schedule["current_phase"] = Value::Null;
        books.put(&schedule);
        events::tell(books, "subscription_schedule.released", &schedule);
    }
    subscription["schedule"] = Value::Null;
    subscription["_planned"] = Value::Null;
}

/// The subscription's item of that id.
pub(super) fn item(subscription: &Value, id: &str) -> Done {
    let items = subscription["items"]["data"].as_array();
    let found = items.and_then(|items| items.iter().find(|item| item["id"] == id));
    found.cloned().ok_or_else(|| Refusal::no_such_named("subscription_item", id, "items[0][id]"))
}

fn changed(old: &Value, target: &Target) -> Value {
    let mut new = old.clone();
    new["price"] = target.price.clone();
    new["quantity"] = json!(target.quantity);
    new
}

fn put(subscription: &mut Value, item: &Value) {
    for old in subscription["items"]["data"].as_array_mut().into_iter().flatten() {
        if old["id"] == item["id"] {
            *old = item.clone();
        }
    }
}
