//! The customer portal: what may be done in it, and who is let in for what.

use serde_json::{Value, json};

use super::books::{Books, new_id, random};
use super::form::Form;
use super::invoices::text;
use super::refusal::{Done, Refusal};
use super::{change, customers, cycle, events, subscriptions};

const CONFIGURATION: &str = "billing_portal.configuration";

/// `POST /v1/billing_portal/configurations`.
pub(super) fn configure(books: &Books<'_>, mut form: Form) -> Done {
    if !form.has("features") {
        return Err(Refusal::parameter_missing("features"));
    }
    let mut configuration = json!({
        "id": new_id("bpc"), "object": CONFIGURATION, "active": true, "application": null,
        "business_profile": { "headline": null, "privacy_policy_url": null, "terms_of_service_url": null },
        "created": books.now, "default_return_url": null,
        "features": {
            "customer_update": { "allowed_updates": [], "enabled": false },
            "invoice_history": { "enabled": false },
            "payment_method_update": { "enabled": false, "payment_method_configuration": null },
            "subscription_cancel": {
                "cancellation_reason": { "enabled": false, "options": [] }, "enabled": false,
                "mode": "at_period_end", "proration_behavior": "none",
            },
            "subscription_pause": { "enabled": false },
            "subscription_update": {
                "billing_cycle_anchor": null, "default_allowed_updates": [], "enabled": false,
                "proration_behavior": "none", "schedule_at_period_end": { "conditions": [] },
                "trial_update_behavior": "end_trial",
            },
        },
        "is_default": false, "livemode": false, "login_page": { "enabled": false, "url": null },
        "metadata": {}, "name": null, "updated": books.now, "_products": [],
    });
    settings(books, &mut configuration, &mut form)?;
    form.finish()?;
    events::create(books, "billing_portal.configuration.created", &configuration);
    Ok(configuration)
}

/// `POST /v1/billing_portal/configurations/{id}`.
pub(super) fn reconfigure(books: &Books<'_>, id: &str, mut form: Form) -> Done {
    let before = books.known(CONFIGURATION, id)?;
    let mut configuration = before.clone();
    settings(books, &mut configuration, &mut form)?;
    form.finish()?;
    if configuration != before {
        configuration["updated"] = json!(books.now);
    }
    events::change(books, "billing_portal.configuration.updated", &before, &configuration);
    Ok(configuration)
}

fn settings(books: &Books<'_>, configuration: &mut Value, form: &mut Form) -> Done<()> {
    form.metadata(configuration)?;
    if let Some(active) = form.flag("active")? {
        configuration["active"] = json!(active);
    }
    for name in ["default_return_url", "name"] {
        if let Some(text) = form.text(name)? {
            configuration[name] = if text.is_empty() { Value::Null } else { json!(text) };
        }
    }
    for name in ["business_profile", "login_page"] {
        if let Some(Value::Object(fields)) = form.any(name) {
            for (field, value) in fields {
                configuration[name][field] = value;
            }
        }
    }
    let Some(mut features) = form.within("features")? else { return Ok(()) };
    let names: Vec<String> = configuration["features"]
        .as_object()
        .map(|known| known.keys().cloned().collect())
        .unwrap_or_default();
    for name in names {
        let Some(Value::Object(mut fields)) = features.any(&name) else { continue };
        if let Some(products) = fields.remove("products") {
            // What may be changed to is not told again, unless somebody asks.
            configuration["_products"] = offered(books, &products)?;
        }
        for (field, value) in fields {
            let known = &mut configuration["features"][&name];
            if known.get(&field).is_none() {
                let param = format!("features[{name}][{field}]");
                return Err(Refusal::parameter_unknown(&param));
            }
            known[field] = value;
        }
    }
    features.finish()
}

/// The prices that may be changed to.
fn offered(books: &Books<'_>, products: &Value) -> Done {
    let mut offered = Vec::new();
    for product in products.as_array().into_iter().flatten() {
        let param = "features[subscription_update][products]";
        books.named("product", product["product"].as_str().unwrap_or_default(), param)?;
        for price in product["prices"].as_array().into_iter().flatten() {
            let price = subscriptions::recurring(books, price.as_str().unwrap_or_default(), param)?;
            if price["product"] != product["product"] {
                let message = "A price in the configuration is of another product.";
                return Err(Refusal::invalid(param, message));
            }
            offered.push(price["id"].clone());
        }
    }
    Ok(Value::Array(offered))
}

/// `POST /v1/billing_portal/sessions`.
pub(super) fn create(books: &Books<'_>, mut form: Form) -> Done {
    let customer = form.needed("customer")?;
    customers::named(books, &customer)?;
    let configuration = match form.text("configuration")? {
        Some(id) => books.named(CONFIGURATION, &id, "configuration")?,
        None => default_configuration(books)?,
    };
    if configuration["active"] != true {
        return Err(Refusal::invalid("configuration", "This configuration is not active."));
    }
    let back = form.url("return_url")?;
    let back = back.or_else(|| configuration["default_return_url"].as_str().map(str::to_owned));
    let locale = form.text("locale")?;
    let flow = match form.within("flow_data")? {
        None => Value::Null,
        Some(flow) => self::flow(books, &customer, &configuration, flow)?,
    };
    form.finish()?;
    let (id, page) = (new_id("bps"), random(40));
    let session = json!({
        "id": id, "object": "billing_portal.session", "configuration": configuration["id"],
        "created": books.now, "customer": customer, "flow": flow, "livemode": false, "locale": locale,
        "on_behalf_of": null, "return_url": back, "url": books.page(&format!("portal/{id}.{page}")),
        "_page": page, "_made_at": jiff::Timestamp::now().as_second(),
    });
    books.put(&session);
    Ok(session)
}

/// The one that the dashboard makes; whoever has only made their own has none.
fn default_configuration(books: &Books<'_>) -> Done {
    let all = books.all(CONFIGURATION, None);
    all.into_iter().find(|it| it["is_default"] == true).ok_or_else(|| {
        let message = "No configuration provided and your test mode default configuration has not been created. \
                       Provide a configuration or create your default by saving your customer portal settings in \
                       test mode.";
        Refusal::invalid("configuration", message)
    })
}

const FLOWS: [&str; 4] = [
    "payment_method_update",
    "subscription_cancel",
    "subscription_update",
    "subscription_update_confirm",
];

fn flow(books: &Books<'_>, customer: &str, configuration: &Value, mut form: Form) -> Done {
    let kind = form.one_of("type", &FLOWS)?;
    let kind = kind.ok_or_else(|| Refusal::parameter_missing("flow_data[type]"))?;
    // What the configuration has switched off, no link opens.
    let feature = if kind == "subscription_update_confirm" { "subscription_update" } else { &kind };
    if configuration["features"][feature]["enabled"] != true {
        let message = format!(
            "This {feature} flow cannot be used because the feature is disabled in the portal configuration."
        );
        return Err(Refusal::invalid("flow_data[type]", message));
    }
    let mut flow = json!({
        "type": kind, "after_completion": { "hosted_confirmation": null, "redirect": null, "type": "portal_homepage" },
        "subscription_cancel": null, "subscription_update": null, "subscription_update_confirm": null,
    });
    if kind != "payment_method_update" {
        let details = form.within(&kind)?;
        let name = form.name(&kind);
        let mut details = details.ok_or_else(|| Refusal::parameter_missing(&name))?;
        let param = details.name("subscription");
        let subscription = details.needed("subscription")?;
        let subscription = books.named("subscription", &subscription, &param)?;
        if subscription["customer"] != customer || !cycle::lives(&subscription) {
            return Err(Refusal::no_such_named("subscription", &text(&subscription, "id"), &param));
        }
        if kind == "subscription_cancel" && subscription["cancel_at"].is_number() {
            let message = "This subscription is already set to be canceled.";
            return Err(Refusal::invalid(&param, message));
        }
        flow[&kind] = json!({ "subscription": subscription["id"] });
        if kind == "subscription_update_confirm" {
            flow[&kind]["items"] = confirmed(books, configuration, &subscription, &mut details)?;
        }
        details.any("retention");
        details.finish()?;
    }
    if let Some(mut after) = form.within("after_completion")? {
        let kinds = ["redirect", "portal_homepage", "hosted_confirmation"];
        let kind = after.one_of("type", &kinds)?;
        let kind = kind.ok_or_else(|| Refusal::parameter_missing(&after.name("type")))?;
        flow["after_completion"]["type"] = json!(kind);
        if let Some(mut redirect) = after.within("redirect")? {
            let back = redirect.url("return_url")?;
            let name = redirect.name("return_url");
            let back = back.ok_or_else(|| Refusal::parameter_missing(&name))?;
            redirect.finish()?;
            flow["after_completion"]["redirect"] = json!({ "return_url": back });
        }
        after.any("hosted_confirmation");
        let name = after.name("redirect");
        after.finish()?;
        if kind == "redirect" && flow["after_completion"]["redirect"].is_null() {
            return Err(Refusal::parameter_missing(&name));
        }
    }
    form.finish()?;
    Ok(flow)
}

/// The item and the price of a change that only waits for a nod.
fn confirmed(
    books: &Books<'_>,
    configuration: &Value,
    subscription: &Value,
    details: &mut Form,
) -> Done {
    let mut items = details.each("items")?;
    let name = details.name("items");
    if items.len() != 1 {
        return Err(Refusal::invalid(&name, "Exactly one item can be updated."));
    }
    let mut wish = items.remove(0);
    let item = wish.needed("id")?;
    let old = change::item(subscription, &item)?;
    let param = wish.name("price");
    let price = wish.needed("price")?;
    let price = subscriptions::recurring(books, &price, &param)?;
    let quantity = wish.number("quantity")?.or(old["quantity"].as_i64()).unwrap_or(1);
    wish.finish()?;
    let offered = configuration["_products"].as_array().into_iter().flatten();
    if !offered.into_iter().any(|it| *it == price["id"]) {
        let message =
            "The price is not one that the portal configuration lets customers change to.";
        return Err(Refusal::invalid(&param, message));
    }
    if price["id"] == old["price"]["id"] {
        let message = "The subscription has this price already.";
        return Err(Refusal::invalid(&param, message));
    }
    Ok(json!([{ "id": item, "price": price["id"], "quantity": quantity }]))
}
