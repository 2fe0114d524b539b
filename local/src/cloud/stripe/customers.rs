//! Customers, and the cards that they pay with.

use serde_json::{Value, json};

use super::books::{Books, new_id, random};
use super::form::Form;
use super::refusal::{Done, Refusal};
use super::{cycle, events};

pub(super) fn create(books: &Books<'_>, mut form: Form) -> Done {
    let mut customer = plain(books);
    fields(&mut customer, &mut form)?;
    form.finish()?;
    events::create(books, "customer.created", &customer);
    Ok(customer)
}

/// For who checks out without being one.
pub(super) fn of_checkout(books: &Books<'_>, email: Option<&str>) -> Value {
    let mut customer = plain(books);
    customer["email"] = json!(email);
    events::create(books, "customer.created", &customer);
    customer
}

fn plain(books: &Books<'_>) -> Value {
    json!({
        "id": new_id("cus"), "object": "customer", "address": null, "balance": 0,
        "created": books.now, "currency": null, "default_source": null, "delinquent": false,
        "description": null, "discount": null, "email": null, "invoice_prefix": random(8).to_uppercase(),
        "invoice_settings": {
            "custom_fields": null, "default_payment_method": null, "footer": null, "rendering_options": null,
        },
        "livemode": false, "metadata": {}, "name": null, "next_invoice_sequence": 1, "phone": null,
        "preferred_locales": [], "shipping": null, "tax_exempt": "none", "test_clock": null,
    })
}

pub(super) fn update(books: &Books<'_>, id: &str, mut form: Form) -> Done {
    let before = alive(books, id)?;
    let mut customer = before.clone();
    fields(&mut customer, &mut form)?;
    form.finish()?;
    events::change(books, "customer.updated", &before, &customer);
    Ok(customer)
}

/// The customer is gone, what they subscribed to ends at once, and the name stays taken.
pub(super) fn delete(books: &Books<'_>, id: &str, form: Form) -> Done {
    let customer = alive(books, id)?;
    form.finish()?;
    for subscription in books.all("subscription", Some(id)) {
        if cycle::lives(&subscription) {
            cycle::end(books, &subscription, "cancellation_requested");
        }
    }
    events::tell(books, "customer.deleted", &customer);
    let deleted = json!({ "id": id, "object": "customer", "deleted": true });
    books.put(&deleted);
    Ok(deleted)
}

/// One that was not deleted, named by an address.
fn alive(books: &Books<'_>, id: &str) -> Done {
    let customer = books.known("customer", id)?;
    if customer["deleted"] == true {
        return Err(Refusal::no_such("customer", id));
    }
    Ok(customer)
}

/// One that was not deleted, named by a parameter.
pub(super) fn named(books: &Books<'_>, id: &str) -> Done {
    let customer = books.named("customer", id, "customer")?;
    if customer["deleted"] == true {
        return Err(Refusal::no_such_named("customer", id, "customer"));
    }
    Ok(customer)
}

fn fields(customer: &mut Value, form: &mut Form) -> Done<()> {
    if let Some(email) = form.text("email")? {
        let fits =
            email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
        if !fits && !email.is_empty() {
            let message = format!("Invalid email address: {email}");
            return Err(Refusal::coded("email_invalid", "email", message));
        }
        customer["email"] = if email.is_empty() { Value::Null } else { json!(email) };
    }
    for name in ["name", "description", "phone", "tax_exempt"] {
        if let Some(text) = form.text(name)? {
            customer[name] = if text.is_empty() { Value::Null } else { json!(text) };
        }
    }
    for name in ["address", "shipping"] {
        if let Some(object) = form.any(name) {
            customer[name] = object;
        }
    }
    if let Some(locales) = form.any("preferred_locales") {
        customer["preferred_locales"] = locales;
    }
    form.metadata(customer)
}

/// What a card does when it is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Behaviour {
    Pays,
    /// It can be put down, and is declined when it is charged.
    Declined,
}

/// Puts a card down as the customer's default.
pub(super) fn put_card_down(books: &Books<'_>, customer: &str, behaviour: Behaviour) -> Value {
    let (last4, declines) = match behaviour {
        Behaviour::Pays => ("4242", false),
        Behaviour::Declined => ("0341", true),
    };
    let card = json!({
        "id": new_id("pm"), "object": "payment_method", "allow_redisplay": "limited",
        "billing_details": { "address": null, "email": null, "name": null, "phone": null, "tax_id": null },
        "card": {
            "brand": "visa", "country": "US", "display_brand": "visa", "exp_month": 12, "exp_year": 2040,
            "fingerprint": random(16), "funding": "credit", "last4": last4, "generated_from": null,
            "networks": { "available": ["visa"], "preferred": null }, "three_d_secure_usage": { "supported": true },
            "wallet": null,
        },
        "created": books.now, "customer": customer, "livemode": false, "metadata": {}, "type": "card",
        "_declines": declines,
    });
    events::create(books, "payment_method.attached", &card);
    let before = books.get(customer);
    let mut after = before.clone();
    after["invoice_settings"]["default_payment_method"] = card["id"].clone();
    events::change(books, "customer.updated", &before, &after);
    for before in books.all("subscription", Some(customer)) {
        if cycle::lives(&before) {
            let mut after = before.clone();
            after["default_payment_method"] = card["id"].clone();
            events::change(books, "customer.subscription.updated", &before, &after);
        }
    }
    card
}

/// The card that is charged next; nobody without one gets so far.
pub(super) fn card(books: &Books<'_>, customer: &str) -> Option<Value> {
    let customer = books.find(customer)?;
    let card = customer["invoice_settings"]["default_payment_method"].as_str()?;
    books.find(card)
}
