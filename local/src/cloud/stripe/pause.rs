//! Pauses: no invoices until somebody goes on.

use serde_json::json;

use super::books::Books;
use super::form::Form;
use super::invoices::{self, text};
use super::payments::Presence;
use super::refusal::{Done, Refusal};
use super::subscriptions::{KIND, living, new_invoice};
use super::{change, cycle, events, lines};

/// `POST /v1/subscriptions/{id}/pause`: no invoices until it is resumed.
pub(super) fn pause(books: &Books<'_>, id: &str, form: Form) -> Done {
    let before = living(books, id)?;
    form.finish()?;
    if before["status"] != "active" && before["status"] != "trialing" {
        let message = "Only an active subscription can be paused.";
        return Err(Refusal::state("subscription_not_active", message));
    }
    let mut after = before.clone();
    change::forget_what_was_planned(books, &mut after);
    after["status"] = json!("paused");
    events::change(books, KIND, &before, &after);
    events::tell(books, "customer.subscription.paused", &after);
    Ok(after)
}

/// `POST /v1/subscriptions/{id}/resume`: a new period begins, unless the old one goes on.
pub(super) fn resume(books: &Books<'_>, id: &str, mut form: Form) -> Done {
    let before = living(books, id)?;
    let anchor = form.one_of("billing_cycle_anchor", &["now", "unchanged"])?;
    form.one_of("proration_behavior", &["create_prorations", "none", "always_invoice"])?;
    form.finish()?;
    if before["status"] != "paused" {
        let message = "Only a paused subscription can be resumed.";
        return Err(Refusal::state("subscription_not_paused", message));
    }
    let mut after = before.clone();
    after["status"] = json!("active");
    let period_goes_on = cycle::period_end(&before).is_some_and(|end| end > books.now);
    if anchor.as_deref() == Some("unchanged") && period_goes_on {
        events::change(books, KIND, &before, &after);
        events::tell(books, "customer.subscription.resumed", &after);
        return Ok(after);
    }
    after["billing_cycle_anchor"] = json!(books.now);
    let mut charged = Vec::new();
    for item in after["items"]["data"].as_array_mut().into_iter().flatten() {
        let quantity = item["quantity"].as_i64().unwrap_or(1);
        let begins = (books.now, books.now);
        *item = lines::item(id, &text(item, "id"), &item["price"], quantity, begins);
        charged.push(item.clone());
    }
    let lines = charged.iter().map(|item| lines::of_item(books, &after, item)).collect();
    let draft = new_invoice(books, &after, "subscription_cycle", lines);
    after["latest_invoice"] = draft["id"].clone();
    events::change(books, KIND, &before, &after);
    events::tell(books, "customer.subscription.resumed", &after);
    let open = invoices::finalize(books, &draft);
    invoices::collect(books, &open, Presence::Elsewhere);
    Ok(books.get(id))
}
