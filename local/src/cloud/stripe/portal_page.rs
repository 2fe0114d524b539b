//! The portal as people see it. What may be done in it is what its configuration says.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::books::Books;
use super::change::{Proration, Target, Unpaid};
use super::customers::Behaviour;
use super::invoices::text;
use super::pages::{Shown, day, escaped, guarded, money, pay_open};
use super::prices::unit_amount;
use super::refusal::{DECLINED, Done, Refusal};
use super::{change, customers, cycle, events, lines, subscriptions};

/// Real seconds that a page can be used for.
const LIFE: i64 = 3_600;
const KIND: &str = "customer.subscription.updated";

/// The page's session and what it may do.
struct Visit {
    session: Value,
    configuration: Value,
}

impl Visit {
    fn allows(&self, feature: &str) -> bool {
        self.configuration["features"][feature]["enabled"] == true
    }

    /// The one thing that a deep link is about.
    fn flow(&self) -> Option<&str> {
        self.session["flow"]["type"].as_str()
    }

    /// Whether this part is shown: everything at home, and alone what a link is about.
    fn shows(&self, feature: &str, flows: &[&str]) -> bool {
        self.allows(feature) && self.flow().is_none_or(|flow| flows.contains(&flow))
    }

    fn customer(&self) -> String {
        text(&self.session, "customer")
    }
}

pub(super) fn answer(
    books: &Books<'_>,
    page: &str,
    posted: Option<&HashMap<String, String>>,
    query: &str,
) -> Done<Shown> {
    let session = guarded(books, "billing_portal.session", page)?;
    if jiff::Timestamp::now().as_second() > session["_made_at"].as_i64().unwrap_or(0) + LIFE {
        return Err(Refusal::no_such("billing_portal.session", &text(&session, "id")));
    }
    let configuration = books.get(&text(&session, "configuration"));
    let visit = Visit { session, configuration };
    let Some(posted) = posted else { return Ok(shown(books, &visit, query == "declined")) };
    match act(books, &visit, posted)? {
        // The page is asked for anew, so that a reload does nothing twice.
        Act::Declined => Ok(Shown::Back(format!("{}?declined", text(&visit.session, "url")))),
        Act::Did => {
            let after = &visit.session["flow"]["after_completion"];
            let back =
                after["redirect"]["return_url"].as_str().filter(|_| after["type"] == "redirect");
            Ok(Shown::Back(back.map_or_else(|| text(&visit.session, "url"), str::to_owned)))
        }
    }
}

/// What a button did.
enum Act {
    Did,
    Declined,
}

fn act(books: &Books<'_>, visit: &Visit, posted: &HashMap<String, String>) -> Done<Act> {
    let field = |name: &str| posted.get(name).map_or("", String::as_str);
    let customer = visit.customer();
    let refused =
        || Refusal::state("not_allowed", "The portal's configuration does not allow this.");
    let mine = |object: &str, id: &str| {
        let found = books.known(object, id)?;
        if found["customer"] == customer.as_str() {
            Ok(found)
        } else {
            Err(Refusal::no_such(object, id))
        }
    };
    match field("do") {
        "card" if visit.allows("payment_method_update") => {
            let works = field("card") != "declined";
            let behaviour = if works { Behaviour::Pays } else { Behaviour::Declined };
            customers::put_card_down(books, &customer, behaviour);
            Ok(Act::Did)
        }
        "pay" => {
            let invoice = mine("invoice", field("invoice"))?;
            if invoice["status"] == "open" && pay_open(books, &invoice).is_none() {
                return Ok(Act::Declined);
            }
            Ok(Act::Did)
        }
        wish @ ("cancel" | "go_on") if visit.allows("subscription_cancel") => {
            let subscription = mine("subscription", field("subscription"))?;
            cancel(books, visit, &subscription, wish == "cancel");
            Ok(Act::Did)
        }
        "stay" if visit.allows("subscription_update") => {
            let before = mine("subscription", field("subscription"))?;
            let mut after = before.clone();
            change::forget_what_was_planned(books, &mut after);
            events::change(books, KIND, &before, &after);
            Ok(Act::Did)
        }
        "change" if visit.allows("subscription_update") => {
            let subscription = mine("subscription", field("subscription"))?;
            let price = field("price");
            if !offers(books, visit).iter().any(|it| it["id"] == price) {
                return Err(refused());
            }
            move_to(books, visit, &subscription, price)
        }
        _ => Err(refused()),
    }
}

/// In the flexible billing mode a date is set, and `cancel_at_period_end` stays false.
fn cancel(books: &Books<'_>, visit: &Visit, before: &Value, ends: bool) {
    if !cycle::lives(before) {
        return;
    }
    if ends && visit.configuration["features"]["subscription_cancel"]["mode"] == "immediately" {
        cycle::end(books, before, "cancellation_requested");
        return;
    }
    let mut after = before.clone();
    if ends {
        change::forget_what_was_planned(books, &mut after);
    }
    let end = cycle::period_end(before).filter(|_| ends);
    subscriptions::end_at(books, &mut after, end);
    events::change(books, KIND, before, &after);
}

fn move_to(books: &Books<'_>, visit: &Visit, before: &Value, price: &str) -> Done<Act> {
    let Some(item) = first_item(before).filter(|_| cycle::lives(before)) else {
        return Err(Refusal::no_such("subscription", &text(before, "id")));
    };
    let target = Target {
        item: text(item, "id"),
        price: books.get(price),
        quantity: item["quantity"].as_i64().unwrap_or(1),
    };
    let how = &visit.configuration["features"]["subscription_update"];
    if is_later(how, item, &target.price) {
        change::plan(books, before, &target)?;
        return Ok(Act::Did);
    }
    let proration = match how["proration_behavior"].as_str() {
        Some("always_invoice") => Proration::Now,
        Some("create_prorations") => Proration::Later,
        _ => Proration::None,
    };
    let mut after = before.clone();
    // Who changes the plan wants to stay.
    subscriptions::end_at(books, &mut after, None);
    if proration == Proration::Now {
        let due = lines::difference(books, item, &target.price, target.quantity);
        let card = customers::card(books, &visit.customer());
        if due > 0 && card.is_none_or(|card| card["_declines"] == true) {
            return Ok(Act::Declined);
        }
    }
    change::make(books, before, after, &target, proration, Unpaid::Refuse)?;
    Ok(Act::Did)
}

/// Whether the change waits for the end of the period.
fn is_later(how: &Value, item: &Value, price: &Value) -> bool {
    let mut conditions =
        how["schedule_at_period_end"]["conditions"].as_array().into_iter().flatten();
    unit_amount(price) < unit_amount(&item["price"])
        && conditions.any(|it| it["type"] == "decreasing_item_amount")
}

fn first_item(subscription: &Value) -> Option<&Value> {
    subscription["items"]["data"].as_array()?.first()
}

/// The prices that may be changed to.
fn offers(books: &Books<'_>, visit: &Visit) -> Vec<Value> {
    let wanted = visit.session["flow"]["subscription_update_confirm"]["items"][0]["price"].as_str();
    let offered = visit.configuration["_products"].as_array().into_iter().flatten();
    offered
        .filter_map(Value::as_str)
        .filter(|id| wanted.is_none_or(|wanted| wanted == *id))
        .filter_map(|id| books.find(id))
        .collect()
}

fn shown(books: &Books<'_>, visit: &Visit, declined: bool) -> Shown {
    let customer = visit.customer();
    let mut body = String::new();
    if declined {
        let _ = write!(
            body,
            r#"<p class="complaint" role="alert">{DECLINED} Nothing was changed.</p>"#
        );
    }
    let all = books.all("subscription", Some(&customer));
    let about = visit.flow().and_then(|flow| visit.session["flow"][flow]["subscription"].as_str());
    let living = all.iter().filter(|it| cycle::lives(it));
    let living: Vec<_> = living.filter(|it| about.is_none_or(|id| it["id"] == id)).collect();
    if living.is_empty() && visit.flow() != Some("payment_method_update") {
        body.push_str("<p>There is no subscription.</p>");
    }
    if visit.flow() != Some("payment_method_update") {
        for subscription in living {
            subscription_part(books, visit, subscription, &mut body);
        }
    }
    if visit.shows("payment_method_update", &["payment_method_update"]) {
        card_part(books, &customer, &mut body);
    }
    if visit.shows("invoice_history", &[]) {
        invoices_part(books, &customer, &mut body);
    }
    if let Some(back) = visit.session["return_url"].as_str() {
        let _ = write!(body, r#"<p class="back"><a href="{}">Back</a></p>"#, escaped(back));
    }
    Shown::Page { title: "Your subscription".to_owned(), body }
}

fn subscription_part(books: &Books<'_>, visit: &Visit, subscription: &Value, body: &mut String) {
    let Some(item) = first_item(subscription) else { return };
    let id = escaped(&text(subscription, "id"));
    let name = escaped(&lines::product_name(books, &item["price"]));
    let price = money(unit_amount(&item["price"]), &item["price"]["currency"]);
    let until = day(&item["current_period_end"]);
    let ends = subscription["cancel_at"].is_number();
    let planned = change::planned(books, subscription);
    let what_next = if ends {
        format!("It ends on {}.", day(&subscription["cancel_at"]))
    } else if let Some(planned) = &planned {
        format!("On {until} it becomes {}.", escaped(&lines::product_name(books, planned)))
    } else {
        format!("It renews on {until}.")
    };
    let status = escaped(&text(subscription, "status"));
    let _ = write!(body, "<h2>{name}</h2><p>{price} a month, <b>{status}</b>. {what_next}</p>");
    let button = |wish: &str, more: &str, label: &str, class: &str| {
        format!(
            r#"<form method="post"><input type="hidden" name="do" value="{wish}"><input type="hidden" name="subscription" value="{id}">{more}<button class="{class}">{label}</button></form>"#
        )
    };
    if visit.shows("subscription_update", &["subscription_update", "subscription_update_confirm"]) {
        let how = &visit.configuration["features"]["subscription_update"];
        for offer in offers(books, visit) {
            if offer["id"] == item["price"]["id"]
                || planned.as_ref().is_some_and(|it| it["id"] == offer["id"])
            {
                continue;
            }
            let to = escaped(&lines::product_name(books, &offer));
            let when = if is_later(how, item, &offer) {
                format!("on {until}")
            } else if how["proration_behavior"] == "always_invoice" {
                let due =
                    lines::difference(books, item, &offer, item["quantity"].as_i64().unwrap_or(1));
                format!("now, for {}", money(due.max(0), &offer["currency"]))
            } else {
                "now".to_owned()
            };
            let hidden = format!(
                r#"<input type="hidden" name="price" value="{}">"#,
                escaped(&text(&offer, "id"))
            );
            body.push_str(&button("change", &hidden, &format!("Change to {to} {when}"), ""));
        }
        if planned.is_some() {
            body.push_str(&button("stay", "", &format!("Stay with {name}"), "plain"));
        }
    }
    if visit.shows("subscription_cancel", &["subscription_cancel"]) {
        let at_once =
            visit.configuration["features"]["subscription_cancel"]["mode"] == "immediately";
        if ends {
            body.push_str(&button("go_on", "", "Don't cancel", ""));
        } else if at_once {
            body.push_str(&button("cancel", "", "Cancel now", "plain"));
        } else {
            body.push_str(&button("cancel", "", &format!("Cancel on {until}"), "plain"));
        }
    }
}

fn card_part(books: &Books<'_>, customer: &str, body: &mut String) {
    body.push_str("<h2>Card</h2>");
    match customers::card(books, customer) {
        None => body.push_str("<p>There is none yet.</p>"),
        Some(card) => {
            let number = escaped(&text(&card["card"], "last4"));
            let fate = if card["_declines"] == true { "it will be declined" } else { "it works" };
            let _ = write!(body, "<p>Visa ending in {number}: {fate}.</p>");
        }
    }
    for (card, label) in [
        ("works", "Use a card that works"),
        ("declined", "Use a card that will be declined at the next renewal"),
    ] {
        let _ = write!(
            body,
            r#"<form method="post"><input type="hidden" name="do" value="card"><input type="hidden" name="card" value="{card}"><button class="plain">{label}</button></form>"#
        );
    }
}

fn invoices_part(books: &Books<'_>, customer: &str, body: &mut String) {
    let all = books.all("invoice", Some(customer));
    let told: Vec<_> = all.iter().filter(|it| it["status"] != "draft").collect();
    if told.is_empty() {
        return;
    }
    body.push_str("<h2>Invoices</h2><table>");
    for invoice in told {
        let open = invoice["status"] == "open";
        let pay = if open {
            let id = escaped(&text(invoice, "id"));
            format!(
                r#"<form method="post"><input type="hidden" name="do" value="pay"><input type="hidden" name="invoice" value="{id}"><button>Pay this invoice</button></form>"#
            )
        } else {
            String::new()
        };
        let _ = write!(
            body,
            r#"<tr><td><a href="{}">{}</a>, {}{pay}</td><td class="number">{} {}</td></tr>"#,
            escaped(&text(invoice, "hosted_invoice_url")),
            escaped(&text(invoice, "number")),
            day(&invoice["created"]),
            money(invoice["total"].as_i64().unwrap_or(0), &invoice["currency"]),
            escaped(&text(invoice, "status")),
        );
    }
    body.push_str("</table>");
}
