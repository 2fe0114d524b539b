//! Products: what is sold.

use serde_json::{Value, json};

use super::books::{Books, new_id};
use super::events;
use super::form::Form;
use super::listing::{Page, same};
use super::refusal::{Done, Refusal};

pub(super) fn create(books: &Books<'_>, mut form: Form) -> Done {
    let id = form.text("id")?.unwrap_or_else(|| new_id("prod"));
    let name = form.needed("name")?;
    if books.find(&id).is_some() {
        return Err(Refusal::coded("resource_already_exists", "id", "Product already exists."));
    }
    let mut product = json!({
        "id": id, "object": "product", "active": true, "created": books.now, "default_price": null,
        "description": null, "images": [], "livemode": false, "marketing_features": [], "metadata": {},
        "name": name, "package_dimensions": null, "shippable": null, "statement_descriptor": null,
        "tax_code": null, "type": "service", "unit_label": null, "updated": books.now, "url": null,
    });
    fields(&mut product, &mut form)?;
    form.finish()?;
    events::create(books, "product.created", &product);
    Ok(product)
}

pub(super) fn update(books: &Books<'_>, id: &str, mut form: Form) -> Done {
    let before = books.known("product", id)?;
    let mut product = before.clone();
    if let Some(name) = form.text("name")? {
        product["name"] = json!(name);
    }
    if let Some(price) = form.text("default_price")?.filter(|price| !price.is_empty()) {
        books.named("price", &price, "default_price")?;
        product["default_price"] = json!(price);
    }
    fields(&mut product, &mut form)?;
    form.finish()?;
    if product != before {
        product["updated"] = json!(books.now);
    }
    events::change(books, "product.updated", &before, &product);
    Ok(product)
}

fn fields(product: &mut Value, form: &mut Form) -> Done<()> {
    for name in ["description", "statement_descriptor", "tax_code", "unit_label", "url"] {
        if let Some(text) = form.text(name)? {
            product[name] = if text.is_empty() { Value::Null } else { json!(text) };
        }
    }
    for name in ["active", "shippable"] {
        if let Some(flag) = form.flag(name)? {
            product[name] = json!(flag);
        }
    }
    for name in ["images", "marketing_features"] {
        if let Some(list) = form.any(name) {
            product[name] = if list.is_array() { list } else { json!([]) };
        }
    }
    form.metadata(product)
}

pub(super) fn list(books: &Books<'_>, form: &mut Form) -> Done {
    let (ids, active) = (form.texts("ids")?, form.text("active")?);
    let page = Page::take(form)?;
    let mut all = books.all("product", None);
    all.retain(|it| ids.is_empty() || ids.iter().any(|id| it["id"] == id.as_str()));
    all.retain(|it| active.as_deref().is_none_or(|active| same(&it["active"], active)));
    page.of(all, "/v1/products")
}
