//! Lists in pages, and `expand`: ids that become the objects they name.

use serde_json::{Value, json};

use super::books::{Books, shown, whole_list};
use super::events;
use super::form::{Form, Range};
use super::refusal::{Done, Refusal};

/// Which part of a list is asked for.
pub(super) struct Page {
    limit: usize,
    after: Option<String>,
    before: Option<String>,
    created: Range,
}

impl Page {
    pub(super) fn take(form: &mut Form) -> Done<Self> {
        let limit = form.number("limit")?.unwrap_or(10);
        let limit = usize::try_from(limit).ok().filter(|limit| (1..=100).contains(limit));
        let message = "This value must be between 1 and 100.";
        let limit = limit.ok_or_else(|| Refusal::invalid("limit", message))?;
        let (after, before) = (form.text("starting_after")?, form.text("ending_before")?);
        if after.is_some() && before.is_some() {
            let message = "Only one of starting_after and ending_before can be given.";
            return Err(Refusal::invalid("ending_before", message));
        }
        Ok(Self { limit, after, before, created: form.range("created")? })
    }

    /// The page out of `all`, which is newest first.
    pub(super) fn of(&self, all: Vec<Value>, url: &str) -> Done {
        let created = |it: &Value| self.created.holds(it["created"].as_i64().unwrap_or_default());
        let all: Vec<Value> = all.into_iter().filter(created).collect();
        let place = |id: &Option<String>, param: &str| -> Done<Option<usize>> {
            let Some(id) = id else { return Ok(None) };
            let place = all.iter().position(|it| it["id"] == id.as_str());
            place.map(Some).ok_or_else(|| Refusal::no_such_named("object", id, param))
        };
        let (after, before) =
            (place(&self.after, "starting_after")?, place(&self.before, "ending_before")?);
        let (begin, end, more) = if let Some(before) = before {
            let begin = before.saturating_sub(self.limit);
            (begin, before, begin > 0)
        } else {
            let begin = after.map_or(0, |after| after + 1);
            let end = all.len().min(begin + self.limit);
            (begin, end, end < all.len())
        };
        let data: Vec<Value> = all[begin..end].iter().map(shown).collect();
        Ok(json!({ "object": "list", "data": data, "has_more": more, "url": url }))
    }
}

/// Replaces what `expand` names in `answer`.
pub(super) fn expand(books: &Books<'_>, answer: &mut Value, paths: &[String]) -> Done<()> {
    for path in paths {
        let pieces: Vec<&str> = path.split('.').collect();
        if pieces.len() > 4 + usize::from(pieces[0] == "data") {
            let message = format!("You cannot expand more than 4 levels of a property: {path}");
            return Err(Refusal::invalid("expand", message));
        }
        step(books, answer, &pieces, path)?;
    }
    Ok(())
}

fn step(books: &Books<'_>, value: &mut Value, pieces: &[&str], path: &str) -> Done<()> {
    if let Some(list) = value.as_array_mut() {
        return list.iter_mut().try_for_each(|it| step(books, it, pieces, path));
    }
    let Some((first, rest)) = pieces.split_first() else { return Ok(()) };
    if value.is_null() {
        return Ok(());
    }
    let refused = || {
        let message = format!("This property cannot be expanded ({path}).");
        Err(Refusal::invalid("expand", message))
    };
    if let Some(hidden) = hidden(books, value, first) {
        value[*first] = hidden;
    }
    // Lists say `data` or leave it out.
    let inside = value["object"] == "list" && *first != "data" && value["data"].is_array();
    if inside {
        return step(books, &mut value["data"], pieces, path);
    }
    match value.get_mut(*first) {
        None => refused(),
        Some(Value::String(id)) => match books.find(id) {
            None => refused(),
            Some(object) => {
                value[*first] = shown(&object);
                step(books, &mut value[*first], rest, path)
            }
        },
        Some(Value::Null) => Ok(()),
        Some(inner) if rest.is_empty() => {
            if inner.is_object() {
                Ok(())
            } else {
                refused()
            }
        }
        Some(inner) => step(books, inner, rest, path),
    }
}

/// What is only there when somebody asks for it.
fn hidden(books: &Books<'_>, object: &Value, field: &str) -> Option<Value> {
    let id = object["id"].as_str()?;
    let of = |kind: &str, name: &str| -> Vec<Value> {
        let all = books.all(kind, object["customer"].as_str());
        all.iter().filter(|it| it[name] == id).map(shown).collect()
    };
    match (object["object"].as_str()?, field) {
        ("invoice", "payments") => {
            let payments = of("invoice_payment", "invoice");
            Some(whole_list(&payments, &format!("/v1/invoice_payments?invoice={id}")))
        }
        ("customer", "subscriptions") => {
            let all = books.all("subscription", Some(id));
            let live = all.iter().filter(|it| it["status"] != "canceled").map(shown);
            let live: Vec<Value> = live.collect();
            Some(whole_list(&live, &format!("/v1/customers/{id}/subscriptions")))
        }
        ("charge", "refunds") => {
            Some(whole_list(&of("refund", "charge"), &format!("/v1/charges/{id}/refunds")))
        }
        // What is shown does not have them; what is kept has.
        ("checkout.session", "line_items") => {
            Some(super::purchase::line_items(books, &books.find(id)?))
        }
        _ => None,
    }
}

/// `GET /v1/{things}/{id}` of what only is read.
pub(super) fn read(books: &Books<'_>, object: &str, id: &str) -> Done {
    let found = books.known(object, id)?;
    Ok(if object == "event" { events::seen(books, &found) } else { shown(&found) })
}

/// `GET /v1/{things}` with filters that are fields: `(parameter, field)`.
pub(super) fn list(
    books: &Books<'_>,
    form: &mut Form,
    object: &str,
    filters: &[&str],
    url: &str,
) -> Done {
    let page = Page::take(form)?;
    let mut wanted = Vec::new();
    for filter in filters {
        if let Some(value) = form.text(filter)? {
            wanted.push((*filter, value));
        }
    }
    let customer = wanted.iter().find(|(name, _)| *name == "customer");
    let mut all = of_customer(books, object, customer.map(|(_, value)| value.as_str()))?;
    all.retain(|it| it["deleted"] != true);
    all.retain(|it| wanted.iter().all(|(name, value)| same(&it[*name], value)));
    page.of(all, url)
}

/// All of one customer, who must be known, or of everybody.
pub(super) fn of_customer(
    books: &Books<'_>,
    object: &str,
    customer: Option<&str>,
) -> Done<Vec<Value>> {
    if let Some(customer) = customer {
        books.named("customer", customer, "customer")?;
    }
    Ok(books.all(object, customer))
}

/// Whether a field has the value that a parameter gives as text.
pub(super) fn same(field: &Value, value: &str) -> bool {
    match field {
        Value::String(text) => text == value,
        Value::Bool(flag) => flag.to_string() == value,
        Value::Number(number) => number.to_string() == value,
        _ => false,
    }
}
