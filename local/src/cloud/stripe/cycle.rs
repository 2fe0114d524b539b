//! What time and payments do to subscriptions: they renew, fall behind, and end.

use serde_json::{Value, json};

use super::books::Books;
use super::invoices::{self, New, text};
use super::{change, events, lines};

/// What becomes of a subscription that nobody paid for in the end: `unpaid`, or it ends.
pub(super) const GIVEN_UP: &str = "given_up";

pub(super) fn lives(subscription: &Value) -> bool {
    !["canceled", "incomplete_expired"].iter().any(|ended| subscription["status"] == *ended)
}

/// The end of the period that ends first.
pub(super) fn period_end(subscription: &Value) -> Option<i64> {
    let items = subscription["items"]["data"].as_array()?;
    items.iter().map(|item| lines::period(item).1).min()
}

pub(super) fn due(subscription: &Value) -> Option<i64> {
    if !lives(subscription) {
        return None;
    }
    let renews = ["active", "past_due", "unpaid", "trialing"];
    let renews = renews.iter().any(|status| subscription["status"] == *status);
    let times = [
        subscription["cancel_at"].as_i64(),
        subscription["pending_update"]["expires_at"].as_i64(),
        period_end(subscription).filter(|_| renews),
    ];
    times.into_iter().flatten().min()
}

/// What is due is done.
pub(super) fn turn(books: &Books<'_>, subscription: &Value) {
    let come = |time: &Value| time.as_i64().is_some_and(|time| time <= books.now);
    if come(&subscription["cancel_at"]) {
        end(books, subscription, "cancellation_requested");
    } else if come(&subscription["pending_update"]["expires_at"]) {
        change::let_go(books, subscription);
    } else {
        renew(books, subscription);
    }
}

fn renew(books: &Books<'_>, before: &Value) {
    let mut subscription = before.clone();
    change::carry_out_what_was_planned(books, &mut subscription);
    let anchor = subscription["billing_cycle_anchor"].as_i64().unwrap_or(books.now);
    let id = text(&subscription, "id");
    let (mut due, mut was) = (Vec::new(), (books.now, books.now));
    for item in subscription["items"]["data"].as_array_mut().into_iter().flatten() {
        let (start, end) = lines::period(item);
        if end > books.now {
            continue;
        }
        was = (start, end);
        let quantity = item["quantity"].as_i64().unwrap_or(1);
        let mut renewed =
            lines::item(&id, &text(item, "id"), &item["price"], quantity, (anchor, end));
        renewed["created"] = item["created"].clone();
        *item = renewed;
        due.push(item.clone());
    }
    let lines = due.iter().map(|item| lines::of_item(books, &subscription, item)).collect();
    let mut invoice = invoices::draft(
        books,
        New {
            customer: &text(&subscription, "customer"),
            subscription: Some(&subscription),
            reason: "subscription_cycle",
            lines,
            period: was,
            metadata: json!({}),
        },
    );
    if subscription["status"] == "unpaid" {
        // What comes due meanwhile stays a draft.
        invoice["auto_advance"] = json!(false);
        invoice["automatically_finalizes_at"] = Value::Null;
        books.put(&invoice);
    }
    subscription["latest_invoice"] = invoice["id"].clone();
    events::change(books, "customer.subscription.updated", before, &subscription);
}

/// It ends now.
pub(super) fn end(books: &Books<'_>, before: &Value, reason: &str) {
    let mut subscription = before.clone();
    change::forget_what_was_planned(books, &mut subscription);
    subscription["status"] = json!("canceled");
    subscription["ended_at"] = json!(books.now);
    subscription["pending_update"] = Value::Null;
    if subscription["canceled_at"].is_null() {
        subscription["canceled_at"] = json!(books.now);
    }
    if subscription["cancellation_details"]["reason"].is_null() {
        subscription["cancellation_details"]["reason"] = json!(reason);
    }
    books.put(&subscription);
    events::tell(books, "customer.subscription.deleted", &subscription);
    for invoice in invoices_of(books, &subscription) {
        if ["draft", "open"].iter().any(|status| invoice["status"] == *status) {
            invoices::rest(books, &invoice);
        }
    }
}

fn invoices_of(books: &Books<'_>, subscription: &Value) -> Vec<Value> {
    let mut all = books.all("invoice", subscription["customer"].as_str());
    all.retain(|invoice| *invoices::of(invoice) == subscription["id"]);
    all
}

fn of(books: &Books<'_>, invoice: &Value) -> Option<Value> {
    books.find(invoices::of(invoice).as_str()?).filter(lives)
}

/// An invoice was paid: who had fallen behind may be well again.
pub(super) fn paid(books: &Books<'_>, invoice: &Value) {
    let Some(before) = of(books, invoice) else { return };
    if change::apply_what_was_paid(books, &before, invoice) {
        return;
    }
    let behind = ["incomplete", "past_due", "unpaid"].iter().any(|it| before["status"] == *it);
    let owed = |it: &Value| it["status"] == "open" && it["_pending"] != true;
    if behind && !invoices_of(books, &before).iter().any(owed) {
        let mut subscription = before.clone();
        subscription["status"] = json!("active");
        events::change(books, "customer.subscription.updated", &before, &subscription);
    }
}

/// An invoice was not paid: the subscription falls behind, and after the last try it ends.
pub(super) fn unpaid(books: &Books<'_>, invoice: &Value) {
    let Some(before) = of(books, invoice) else { return };
    let again = invoice["next_payment_attempt"].is_number();
    let stays = books.word(GIVEN_UP).as_deref() == Some("unpaid");
    if !again && !stays {
        end(books, &before, "payment_failed");
        return;
    }
    let mut subscription = before.clone();
    if !again {
        subscription["status"] = json!("unpaid");
    } else if before["status"] == "active" {
        subscription["status"] = json!("past_due");
    }
    events::change(books, "customer.subscription.updated", &before, &subscription);
}
