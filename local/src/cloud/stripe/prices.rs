//! Prices: what products cost, and the keys that they are looked up by.

use serde_json::{Value, json};

use super::books::{Books, new_id};
use super::events;
use super::form::Form;
use super::listing::{Page, same};
use super::refusal::{Done, Refusal};

const TAXES: [&str; 3] = ["exclusive", "inclusive", "unspecified"];

pub(super) fn create(books: &Books<'_>, mut form: Form) -> Done {
    let currency = form.needed("currency")?.to_lowercase();
    let amount = amount(&mut form)?;
    let mut price = json!({
        "id": new_id("price"), "object": "price", "active": true, "billing_scheme": "per_unit",
        "created": books.now, "currency": currency, "custom_unit_amount": null, "livemode": false,
        "lookup_key": null, "metadata": {}, "nickname": null, "product": null, "recurring": null,
        "tax_behavior": "unspecified", "tiers_mode": null, "transform_quantity": null,
        "type": "one_time", "unit_amount": amount, "unit_amount_decimal": amount.to_string(),
    });
    if let Some(recurring) = recurring(&mut form)? {
        price["type"] = json!("recurring");
        price["recurring"] = recurring;
    }
    form.one_of("billing_scheme", &["per_unit"])?;
    price["product"] = json!(product(books, &mut form)?);
    let stolen = fields(books, &mut price, &mut form)?;
    form.finish()?;
    release(books, stolen);
    events::create(books, "price.created", &price);
    Ok(price)
}

pub(super) fn update(books: &Books<'_>, id: &str, mut form: Form) -> Done {
    let before = books.known("price", id)?;
    let mut price = before.clone();
    let stolen = fields(books, &mut price, &mut form)?;
    form.finish()?;
    release(books, stolen);
    events::change(books, "price.updated", &before, &price);
    show_it(books, &price);
    Ok(price)
}

pub(super) fn list(books: &Books<'_>, form: &mut Form) -> Done {
    let keys = form.texts("lookup_keys")?;
    if keys.len() > 10 {
        return Err(Refusal::invalid("lookup_keys", "You can look up up to 10 keys."));
    }
    let mut wanted = Vec::new();
    for name in ["active", "product", "type", "currency"] {
        if let Some(value) = form.text(name)? {
            wanted.push((name, value));
        }
    }
    let page = Page::take(form)?;
    let mut all = books.all("price", None);
    all.retain(|it| wanted.iter().all(|(name, value)| same(&it[*name], value)));
    all.retain(|it| keys.is_empty() || keys.iter().any(|key| it["lookup_key"] == key.as_str()));
    page.of(all, "/v1/prices")
}

/// In the smallest unit of the currency.
pub(super) fn unit_amount(price: &Value) -> i64 {
    price["unit_amount"].as_i64().unwrap_or(0)
}

fn amount(form: &mut Form) -> Done<i64> {
    let decimal = form.text("unit_amount_decimal")?;
    let amount = match (form.number("unit_amount")?, decimal) {
        (Some(amount), None) => amount,
        (None, Some(decimal)) => decimal.parse().map_err(|_| {
            let message = "The stand-in has whole amounts alone.";
            Refusal::invalid("unit_amount_decimal", message)
        })?,
        (None, None) => return Err(Refusal::parameter_missing("unit_amount")),
        (Some(_), Some(_)) => {
            let message = "You may only specify one of unit_amount and unit_amount_decimal.";
            return Err(Refusal::invalid("unit_amount", message));
        }
    };
    if amount < 0 {
        let message = "This value must be greater than or equal to 0.";
        return Err(Refusal::coded("parameter_invalid_integer", "unit_amount", message));
    }
    Ok(amount)
}

fn recurring(form: &mut Form) -> Done<Option<Value>> {
    let Some(mut recurring) = form.within("recurring")? else { return Ok(None) };
    let interval = recurring.one_of("interval", &["day", "week", "month", "year"])?;
    let interval = interval.ok_or_else(|| Refusal::parameter_missing("recurring[interval]"))?;
    let count = recurring.number("interval_count")?.unwrap_or(1);
    if !(1..=36).contains(&count) {
        let message = "The interval is three years at the most.";
        return Err(Refusal::invalid("recurring[interval_count]", message));
    }
    recurring.one_of("usage_type", &["licensed"])?;
    recurring.finish()?;
    Ok(Some(json!({
        "interval": interval, "interval_count": count, "meter": null, "trial_period_days": null,
        "usage_type": "licensed",
    })))
}

fn product(books: &Books<'_>, form: &mut Form) -> Done<String> {
    if let Some(id) = form.text("product")? {
        books.named("product", &id, "product")?;
        return Ok(id);
    }
    let Some(data) = form.within("product_data")? else {
        return Err(Refusal::parameter_missing("product"));
    };
    let product = super::products::create(books, data)?;
    Ok(product["id"].as_str().unwrap_or_default().to_owned())
}

/// The price that loses its key to this one, if there is one.
fn fields(books: &Books<'_>, price: &mut Value, form: &mut Form) -> Done<Option<Value>> {
    if let Some(active) = form.flag("active")? {
        price["active"] = json!(active);
    }
    if let Some(nickname) = form.text("nickname")? {
        price["nickname"] = json!(nickname);
    }
    if let Some(tax) = form.one_of("tax_behavior", &TAXES)? {
        price["tax_behavior"] = json!(tax);
    }
    form.metadata(price)?;
    let transfer = form.flag("transfer_lookup_key")?.unwrap_or(false);
    let Some(key) = form.text("lookup_key")? else { return Ok(None) };
    if key.is_empty() {
        price["lookup_key"] = Value::Null;
        return Ok(None);
    }
    price["lookup_key"] = json!(key);
    let all = books.all("price", None);
    let holder = all.into_iter().find(|it| it["lookup_key"] == key && it["id"] != price["id"]);
    if let Some(holder) = holder.as_ref().filter(|_| !transfer) {
        let message = format!(
            "A price (`{}`) already uses that lookup key.",
            holder["id"].as_str().unwrap_or_default()
        );
        return Err(Refusal::coded("resource_already_exists", "lookup_key", message));
    }
    Ok(holder)
}

fn release(books: &Books<'_>, holder: Option<Value>) {
    if let Some(before) = holder {
        let mut price = before.clone();
        price["lookup_key"] = Value::Null;
        events::change(books, "price.updated", &before, &price);
        show_it(books, &price);
    }
}

/// Subscriptions show their prices as they are now.
fn show_it(books: &Books<'_>, price: &Value) {
    for mut subscription in books.all("subscription", None) {
        let items = subscription["items"]["data"].as_array_mut().into_iter().flatten();
        let mut shows = false;
        for item in items.filter(|item| item["price"]["id"] == price["id"]) {
            item["price"] = price.clone();
            shows = true;
        }
        if shows {
            books.put(&subscription);
        }
    }
}
