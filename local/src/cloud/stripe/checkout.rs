//! Checkout sessions: what somebody is about to buy.

use serde_json::{Value, json};

use super::books::{Books, nothing_yet, random};
use super::customers;
use super::form::Form;
use super::invoices::text;
use super::prices::unit_amount;
use super::refusal::{Done, Refusal};

/// Seconds until an open session expires: at the least, and at the most and unless said.
const LIFE: (i64, i64) = (1_800, 86_400);
/// Taken, and given back as they came; none of them changes what happens here.
const KEPT: [&str; 13] = [
    "after_expiration",
    "allowed_payment_method_types",
    "branding_settings",
    "consent_collection",
    "custom_text",
    "customer_update",
    "excluded_payment_method_types",
    "name_collection",
    "origin_context",
    "payment_method_options",
    "phone_number_collection",
    "saved_payment_method_options",
    "tax_id_collection",
];

/// What a new session shows as `null`.
const NOT_YET: [&str; 26] = [
    "adaptive_pricing",
    "after_expiration",
    "allow_promotion_codes",
    "billing_address_collection",
    "client_reference_id",
    "client_secret",
    "collected_information",
    "consent",
    "consent_collection",
    "currency_conversion",
    "custom_text",
    "customer_details",
    "integration_identifier",
    "invoice",
    "invoice_creation",
    "locale",
    "payment_intent",
    "payment_link",
    "payment_method_collection",
    "recovered_from",
    "saved_payment_method_options",
    "setup_intent",
    "shipping_address_collection",
    "shipping_cost",
    "submit_type",
    "subscription",
];

/// `POST /v1/checkout/sessions`.
pub(super) fn create(books: &Books<'_>, mut form: Form) -> Done {
    let mode = form.one_of("mode", &["subscription", "payment", "setup"])?;
    let mode = mode.ok_or_else(|| Refusal::parameter_missing("mode"))?;
    if mode == "setup" {
        return Err(Refusal::invalid("mode", "The stand-in has no setup mode."));
    }
    let success = form.url("success_url")?;
    let success = success.ok_or_else(|| Refusal::parameter_missing("success_url"))?;
    let cancel = form.url("cancel_url")?;
    form.one_of("ui_mode", &["hosted_page"])?;
    let (customer, email) = (form.text("customer")?, form.text("customer_email")?);
    if let Some(customer) = &customer {
        customers::named(books, customer)?;
        if email.is_some() {
            let message = "You may only specify one of these parameters: customer, customer_email.";
            return Err(Refusal::invalid("customer_email", message));
        }
    }
    let items = items(books, &mode, &mut form)?;
    let total: i64 = items.iter().map(|(price, quantity)| unit_amount(price) * quantity).sum();
    let currency = items[0].0["currency"].clone();
    let expires = form.number("expires_at")?.unwrap_or(books.now + LIFE.1);
    // A clock that is a little off is forgiven.
    if expires < books.now + LIFE.0 - 60 || expires > books.now + LIFE.1 + 60 {
        let message = "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours \
                       from Checkout Session creation.";
        return Err(Refusal::invalid("expires_at", message));
    }
    let id = format!("cs_test_{}", random(58));
    let mut session = json!({
        "id": id, "object": "checkout.session", "amount_subtotal": total, "amount_total": total,
        "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
        "cancel_url": cancel, "created": books.now, "currency": currency, "custom_fields": [],
        "customer": customer,
        "customer_creation": if customer.is_some() { Value::Null } else { json!("always") },
        "customer_email": email, "discounts": [], "expires_at": expires, "livemode": false,
        "metadata": {}, "mode": mode, "payment_method_options": {}, "payment_method_types": ["card"],
        "payment_status": "unpaid", "phone_number_collection": { "enabled": false },
        "shipping_options": [], "status": "open", "success_url": success,
        "total_details": { "amount_discount": 0, "amount_shipping": 0, "amount_tax": 0 },
        "ui_mode": "hosted_page", "url": books.page(&format!("checkout/{id}")),
    });
    nothing_yet(&mut session, &NOT_YET);
    let bought = items.iter().map(|(price, quantity)| json!([price["id"], quantity]));
    session["_items"] = bought.collect();
    options(&mut session, &mut form)?;
    of_mode(&mode, &mut session, &mut form)?;
    form.finish()?;
    books.put(&session);
    Ok(session)
}

/// Prices and quantities.
fn items(books: &Books<'_>, mode: &str, form: &mut Form) -> Done<Vec<(Value, i64)>> {
    let mut items = Vec::new();
    for mut item in form.each("line_items")? {
        let price = item.needed("price")?;
        let price = books.named("price", &price, &item.name("price"))?;
        let quantity = item.number("quantity")?;
        let name = item.name("quantity");
        let quantity = quantity.ok_or_else(|| Refusal::parameter_missing(&name))?;
        item.any("adjustable_quantity");
        item.finish()?;
        if price["active"] != true
            || books.find(&text(&price, "product")).is_some_and(|it| it["active"] != true)
        {
            let message = "The price specified is inactive. This field only accepts active prices.";
            return Err(Refusal::invalid("line_items[0][price]", message));
        }
        if quantity < 1 {
            return Err(Refusal::invalid(&name, "This value must be greater than or equal to 1."));
        }
        items.push((price, quantity));
    }
    let Some((first, _)) = items.first() else {
        return Err(Refusal::parameter_missing("line_items"));
    };
    if items.iter().any(|(price, _)| price["currency"] != first["currency"]) {
        return Err(Refusal::invalid("line_items", "All prices must have the same currency."));
    }
    let recurring: Vec<&Value> =
        items.iter().map(|(price, _)| &price["recurring"]).filter(|it| it.is_object()).collect();
    if mode == "payment" && !recurring.is_empty() {
        let message = "You specified `payment` mode but passed a recurring price. Either switch to \
                       `subscription` mode or use only one-time prices.";
        return Err(Refusal::invalid("mode", message));
    }
    if mode == "subscription" && recurring.is_empty() {
        let message = "You must provide at least one recurring price in `subscription` mode when using prices.";
        return Err(Refusal::invalid("line_items", message));
    }
    if recurring.iter().any(|it| {
        it["interval"] != recurring[0]["interval"]
            || it["interval_count"] != recurring[0]["interval_count"]
    }) {
        let message = "Checkout does not support multiple prices with different billing intervals.";
        return Err(Refusal::invalid("line_items", message));
    }
    Ok(items)
}

fn options(session: &mut Value, form: &mut Form) -> Done<()> {
    form.metadata(session)?;
    for name in ["client_reference_id", "locale", "integration_identifier", "currency"] {
        if let Some(text) = form.text(name)? {
            session[name] = json!(text);
        }
    }
    if session["client_reference_id"].as_str().is_some_and(|id| id.len() > 200) {
        return Err(Refusal::invalid(
            "client_reference_id",
            "Invalid string: at most 200 characters.",
        ));
    }
    let choices: [(&str, &[&str]); 4] = [
        ("billing_address_collection", &["auto", "required"]),
        ("customer_creation", &["always", "if_required"]),
        ("payment_method_collection", &["always", "if_required"]),
        ("submit_type", &["auto", "book", "donate", "pay", "subscribe"]),
    ];
    for (name, values) in choices {
        if let Some(text) = form.one_of(name, values)? {
            session[name] = json!(text);
        }
    }
    if let Some(allow) = form.flag("allow_promotion_codes")? {
        session["allow_promotion_codes"] = json!(allow);
    }
    let has_customer = session["customer"].is_string();
    let mut updates = json!({});
    for name in KEPT {
        let Some(value) = form.any(name) else { continue };
        if name == "customer_update" {
            if !has_customer {
                let message = "`customer_update` can only be used with `customer`.";
                return Err(Refusal::invalid(name, message));
            }
            updates = value;
        } else {
            session[name] = value;
        }
    }
    if let Some(mut tax) = form.within("automatic_tax")? {
        let enabled = tax.flag("enabled")?.unwrap_or(false);
        tax.any("liability");
        tax.finish()?;
        if enabled && has_customer && updates["address"] != "auto" {
            let message = "Automatic tax calculation in Checkout requires a valid address on the Customer. \
                           Add a valid address to the Customer or set either `customer_update[address]` to 'auto' \
                           or `customer_update[shipping]` to 'auto'.";
            return Err(Refusal::coded("customer_tax_location_invalid", "automatic_tax", message));
        }
        session["automatic_tax"]["enabled"] = json!(enabled);
        session["automatic_tax"]["status"] =
            if enabled { json!("requires_location_inputs") } else { Value::Null };
    }
    let asks_for_number = session["tax_id_collection"]["enabled"] == true;
    if asks_for_number && has_customer && updates["name"] != "auto" {
        let message = "Tax ID collection requires updating business name on the customer. To enable tax ID \
                       collection for an existing customer, please set `customer_update[name]` to `auto`.";
        return Err(Refusal::invalid("tax_id_collection", message));
    }
    Ok(())
}

fn of_mode(mode: &str, session: &mut Value, form: &mut Form) -> Done<()> {
    let mut handed_on = json!({ "metadata": {}, "description": null });
    let (ours, others) = match mode {
        "subscription" => ("subscription_data", ["payment_intent_data", "invoice_creation"]),
        _ => ("payment_intent_data", ["subscription_data", ""]),
    };
    if let Some(other) = others.iter().find(|name| form.has(name)) {
        let message = format!("You can not pass `{other}` in `{mode}` mode.");
        return Err(Refusal::invalid(other, message));
    }
    if let Some(mut data) = form.within(ours)? {
        data.metadata(&mut handed_on)?;
        if let Some(description) = data.text("description")? {
            handed_on["description"] = json!(description);
        }
        data.any("billing_mode");
        data.any("receipt_email");
        data.any("setup_future_usage");
        data.finish()?;
    }
    session["_handed_on"] = handed_on;
    if mode == "payment" {
        let mut about = json!({ "metadata": {} });
        let mut enabled = false;
        if let Some(mut invoice) = form.within("invoice_creation")? {
            enabled = invoice.flag("enabled")?.unwrap_or(false);
            if let Some(mut data) = invoice.within("invoice_data")? {
                data.metadata(&mut about)?;
                data.any("description");
                data.any("footer");
                data.finish()?;
            }
            invoice.finish()?;
        }
        session["invoice_creation"] = json!({
            "enabled": enabled,
            "invoice_data": {
                "account_tax_ids": null, "custom_fields": null, "description": null, "footer": null,
                "issuer": null, "metadata": about["metadata"], "rendering_options": null,
            },
        });
    }
    Ok(())
}
