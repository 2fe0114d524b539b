//! Webhook endpoints: who is told. The handler of this machine always is, and is the first of the list.

use serde_json::{Value, json};

use super::books::{Books, new_id, random};
use super::delivery::HANDLER;
use super::events::API_VERSION;
use super::form::Form;
use super::listing::Page;
use super::refusal::{Done, Refusal};

pub(super) fn create(books: &Books<'_>, mut form: Form) -> Done {
    let url = address(&mut form)?.ok_or_else(|| Refusal::parameter_missing("url"))?;
    let events = form.texts("enabled_events")?;
    if events.is_empty() {
        return Err(Refusal::parameter_missing("enabled_events"));
    }
    form.one_of("api_version", &[API_VERSION])?;
    let secret = format!("whsec_{}", random(32));
    let mut endpoint = json!({
        "id": new_id("we"), "object": "webhook_endpoint", "api_version": API_VERSION,
        "application": null, "created": books.now, "description": null, "enabled_events": events,
        "livemode": false, "metadata": {}, "status": "enabled", "url": url, "_secret": secret,
    });
    fields(&mut endpoint, &mut form)?;
    form.flag("connect")?;
    form.finish()?;
    books.put(&endpoint);
    // Only this answer shows it.
    endpoint["secret"] = json!(secret);
    Ok(endpoint)
}

pub(super) fn update(books: &Books<'_>, id: &str, mut form: Form) -> Done {
    let mut endpoint = ours_alone(books, id)?;
    if let Some(url) = address(&mut form)? {
        endpoint["url"] = json!(url);
    }
    let events = form.texts("enabled_events")?;
    if !events.is_empty() {
        endpoint["enabled_events"] = json!(events);
    }
    if let Some(disabled) = form.flag("disabled")? {
        endpoint["status"] = json!(if disabled { "disabled" } else { "enabled" });
    }
    fields(&mut endpoint, &mut form)?;
    form.finish()?;
    books.put(&endpoint);
    Ok(endpoint)
}

pub(super) fn delete(books: &Books<'_>, id: &str, form: Form) -> Done {
    ours_alone(books, id)?;
    form.finish()?;
    let deleted = json!({ "id": id, "object": "webhook_endpoint", "deleted": true });
    books.put(&deleted);
    Ok(deleted)
}

pub(super) fn get(books: &Books<'_>, id: &str) -> Done {
    if id == HANDLER {
        return Ok(handler(books));
    }
    Ok(super::books::shown(&ours_alone(books, id)?))
}

pub(super) fn list(books: &Books<'_>, form: &mut Form) -> Done {
    let page = Page::take(form)?;
    let mut all = books.all("webhook_endpoint", None);
    all.retain(|it| it["deleted"] != true);
    all.push(handler(books));
    page.of(all, "/v1/webhook_endpoints")
}

/// One that was registered; that of the handler belongs to the data folder.
fn ours_alone(books: &Books<'_>, id: &str) -> Done {
    if id == HANDLER {
        let message = "The endpoint of this machine's handler stays as it is.";
        return Err(Refusal::invalid("id", message));
    }
    let endpoint = books.known("webhook_endpoint", id)?;
    if endpoint["deleted"] == true {
        return Err(Refusal::no_such("webhook endpoint", id));
    }
    Ok(endpoint)
}

fn handler(books: &Books<'_>) -> Value {
    let port = books.shared.ground.port;
    json!({
        "id": HANDLER, "object": "webhook_endpoint", "api_version": API_VERSION, "application": null,
        "created": 0, "description": "The handler of this machine", "enabled_events": ["*"],
        "livemode": false, "metadata": {}, "status": "enabled",
        "url": format!("http://127.0.0.1:{port}/api/webhooks/stripe"),
    })
}

fn fields(endpoint: &mut Value, form: &mut Form) -> Done<()> {
    if let Some(description) = form.text("description")? {
        endpoint["description"] = json!(description);
    }
    form.metadata(endpoint)
}

fn address(form: &mut Form) -> Done<Option<String>> {
    let Some(url) = form.url("url")? else { return Ok(None) };
    let here = url::Url::parse(&url)
        .is_ok_and(|url| matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]")));
    if here {
        return Ok(Some(url));
    }
    Err(Refusal::coded("url_invalid", "url", "The local Stripe calls no other machine."))
}
