//! `/v1/…`: who may call, what was answered before under the same key, and who answers.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::books::{Asked, Books, new_id, shown, within};
use super::form::Form;
use super::listing::{expand, list, read};
use super::refusal::{Done, Refusal};
use super::{
    Shared, checkout, customers, endpoints, events, invoices, keys, pause, payments, portal,
    prices, products, purchase, refunds, subscriptions,
};
use crate::cloud::{Answer, Call, faults, pairs, same_secret, with_header};

/// Answers a call below `/v1`.
pub(super) async fn answer(shared: &Shared, call: &Call) -> Answer {
    let request = new_id("req");
    let key = call.header("idempotency-key").filter(|_| call.method == Method::POST);
    let fault = shared.faults.draw("stripe");
    let answered = match entered(shared, call) {
        Err(refusal) => Err(refusal),
        Ok(()) => match fault.error {
            // The vendor keeps a 500 under its key: it may come from the middle of the work. Others come before it.
            Some(status) if status != StatusCode::INTERNAL_SERVER_ERROR => {
                tokio::time::sleep(fault.delay).await;
                Err(Refusal::fault(status))
            }
            broken => under_key(shared, call, key, &request, broken, fault.delay).await,
        },
    };
    if fault.lost_response {
        return faults::lost();
    }
    let (status, body, original) = match answered {
        Ok(Answered { status, body, original }) => (status, body, original),
        Err(refusal) => (refusal.status, refusal.body(&request).to_string(), None),
    };
    let mut answer = crate::cloud::with_body(status, "application/json", body);
    answer = with_header(answer, "request-id", &request);
    answer = with_header(answer, "stripe-version", events::API_VERSION);
    if let Some(key) = key {
        answer = with_header(answer, "idempotency-key", key);
    }
    if let Some(original) = original {
        answer = with_header(answer, "idempotent-replayed", "true");
        answer = with_header(answer, "original-request", &original);
    }
    answer
}

struct Answered {
    status: StatusCode,
    body: String,
    /// The request that was really done, when this one repeats it.
    original: Option<String>,
}

/// The key and the version must be ours.
fn entered(shared: &Shared, call: &Call) -> Done<()> {
    let given = call.bearer().map(str::to_owned).or_else(|| basic_user(call));
    if !given.as_deref().is_some_and(|given| same_secret(given, &shared.key)) {
        return Err(Refusal::wrong_key(given.as_deref()));
    }
    match call.header("stripe-version") {
        None | Some(events::API_VERSION) => Ok(()),
        Some(other) => {
            let known = events::API_VERSION;
            let message =
                format!("Invalid Stripe API version: {other}. The stand-in speaks {known} alone.");
            Err(Refusal::invalid("Stripe-Version", message))
        }
    }
}

fn basic_user(call: &Call) -> Option<String> {
    use base64::Engine as _;
    let encoded = call.header("authorization")?.strip_prefix("Basic ")?;
    let decoded = base64::engine::general_purpose::STANDARD.decode(encoded).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    Some(decoded.split(':').next().unwrap_or_default().to_owned())
}

/// Does the call, or answers as the first call under the same key was answered.
async fn under_key(
    shared: &Shared,
    call: &Call,
    key: Option<&str>,
    request: &str,
    broken: Option<StatusCode>,
    delay: std::time::Duration,
) -> Done<Answered> {
    let mut parameters = pairs(call.query.as_bytes());
    parameters.extend(pairs(&call.body));
    let asked = Asked { request: Some(request.to_owned()), key: key.map(str::to_owned) };
    let Some(key) = key else {
        tokio::time::sleep(delay).await;
        if let Some(status) = broken {
            return Err(Refusal::fault(status));
        }
        let body = within(shared, asked, |books| route(books, call, parameters))?.to_string();
        return Ok(Answered { status: StatusCode::OK, body, original: None });
    };
    let _claim = keys::claim(shared, key)?;
    tokio::time::sleep(delay).await;
    let print = fingerprint(call, &parameters);
    if let Some(answer) = within(shared, asked.clone(), |books| keys::find(books, key, &print))? {
        let keys::Kept { status, request, body } = answer;
        return Ok(Answered { status, body, original: Some(request) });
    }
    let done = match broken {
        Some(status) => Err(Refusal::fault(status)),
        // The work and its answer are one transaction: whoever asks again finds both or neither.
        None => within(shared, asked.clone(), |books| {
            let body = route(books, call, parameters)?.to_string();
            keys::keep(books, key, &print, StatusCode::OK, &body);
            Ok(body)
        }),
    };
    match done {
        Ok(body) => Ok(Answered { status: StatusCode::OK, body, original: None }),
        // A call that was not begun leaves nothing under its key.
        Err(refusal)
            if refusal.status.is_client_error()
                && refusal.status != StatusCode::PAYMENT_REQUIRED =>
        {
            Err(refusal)
        }
        Err(refusal) => {
            let body = refusal.body(request).to_string();
            within(shared, asked, |books| {
                keys::keep(books, key, &print, refusal.status, &body);
                Ok(())
            })?;
            Err(refusal)
        }
    }
}

fn fingerprint(call: &Call, parameters: &[(String, String)]) -> String {
    let mut parameters = parameters.to_vec();
    parameters.sort();
    let asked = json!([call.method.as_str(), call.path, parameters]).to_string();
    Sha256::digest(asked).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn route(books: &Books<'_>, call: &Call, parameters: Vec<(String, String)>) -> Done {
    let mut form = Form::parse(parameters)?;
    let paths = form.texts("expand")?;
    let segments = call.segments();
    let pieces: Vec<&str> = segments.iter().skip(1).map(String::as_str).collect();
    let mut answer = if call.method == Method::GET {
        looked_up(books, &pieces, form, &call.path)?
    } else {
        done(books, call, &pieces, form)?
    };
    expand(books, &mut answer, &paths)?;
    Ok(answer)
}

/// `GET`.
fn looked_up(books: &Books<'_>, pieces: &[&str], mut form: Form, path: &str) -> Done {
    let answer = match pieces {
        ["products"] => products::list(books, &mut form)?,
        ["products", id] => read(books, "product", id)?,
        ["prices"] => prices::list(books, &mut form)?,
        ["prices", id] => read(books, "price", id)?,
        ["customers"] => list(books, &mut form, "customer", &["email"], path)?,
        ["customers", id] => read(books, "customer", id)?,
        ["payment_methods", id] => read(books, "payment_method", id)?,
        ["checkout", "sessions"] => {
            let filters = ["customer", "subscription", "payment_intent", "status"];
            list(books, &mut form, "checkout.session", &filters, path)?
        }
        ["checkout", "sessions", id] => read(books, "checkout.session", id)?,
        ["checkout", "sessions", id, "line_items"] => {
            purchase::line_items(books, &books.known("checkout.session", id)?)
        }
        ["billing_portal", "configurations"] => {
            let filters = ["active", "is_default"];
            list(books, &mut form, "billing_portal.configuration", &filters, path)?
        }
        ["billing_portal", "configurations", id] => {
            read(books, "billing_portal.configuration", id)?
        }
        ["subscriptions"] => subscriptions::list(books, &mut form)?,
        ["subscriptions", id] => read(books, "subscription", id)?,
        ["subscription_schedules", id] => read(books, "subscription_schedule", id)?,
        ["invoices"] => invoices::list(books, &mut form)?,
        ["invoices", id] => read(books, "invoice", id)?,
        ["invoices", id, "lines"] => invoices::lines(books, id, &mut form)?,
        ["invoice_payments"] => payments::list_invoice_payments(books, &mut form)?,
        ["invoice_payments", id] => read(books, "invoice_payment", id)?,
        ["charges"] => list(books, &mut form, "charge", &["customer", "payment_intent"], path)?,
        ["charges", id] => read(books, "charge", id)?,
        ["payment_intents"] => list(books, &mut form, "payment_intent", &["customer"], path)?,
        ["payment_intents", id] => read(books, "payment_intent", id)?,
        ["refunds"] => list(books, &mut form, "refund", &["charge", "payment_intent"], path)?,
        ["refunds", id] => read(books, "refund", id)?,
        ["disputes"] => list(books, &mut form, "dispute", &["charge", "payment_intent"], path)?,
        ["disputes", id] => read(books, "dispute", id)?,
        ["events"] => events_of(books, &mut form)?,
        ["events", id] => read(books, "event", id)?,
        ["webhook_endpoints"] => endpoints::list(books, &mut form)?,
        ["webhook_endpoints", id] => endpoints::get(books, id)?,
        _ => return Err(Refusal::no_such_address(&Method::GET, path)),
    };
    form.finish()?;
    Ok(answer)
}

/// `POST` and `DELETE`.
fn done(books: &Books<'_>, call: &Call, pieces: &[&str], form: Form) -> Done {
    let object = match (&call.method, pieces) {
        (&Method::POST, ["products"]) => products::create(books, form),
        (&Method::POST, ["products", id]) => products::update(books, id, form),
        (&Method::POST, ["prices"]) => prices::create(books, form),
        (&Method::POST, ["prices", id]) => prices::update(books, id, form),
        (&Method::POST, ["customers"]) => customers::create(books, form),
        (&Method::POST, ["customers", id]) => customers::update(books, id, form),
        (&Method::DELETE, ["customers", id]) => customers::delete(books, id, form),
        (&Method::POST, ["checkout", "sessions"]) => checkout::create(books, form),
        (&Method::POST, ["checkout", "sessions", id, "expire"]) => {
            purchase::expire_now(books, id, form)
        }
        (&Method::POST, ["billing_portal", "configurations"]) => portal::configure(books, form),
        (&Method::POST, ["billing_portal", "configurations", id]) => {
            portal::reconfigure(books, id, form)
        }
        (&Method::POST, ["billing_portal", "sessions"]) => portal::create(books, form),
        (&Method::POST, ["subscriptions", id]) => subscriptions::update(books, id, form),
        (&Method::DELETE, ["subscriptions", id]) => subscriptions::cancel_now(books, id, form),
        (&Method::POST, ["subscriptions", id, "pause"]) => pause::pause(books, id, form),
        (&Method::POST, ["subscriptions", id, "resume"]) => pause::resume(books, id, form),
        (&Method::POST, ["invoices", id, "pay"]) => invoices::pay_now(books, id, form),
        (&Method::POST, ["refunds"]) => refunds::create(books, form),
        (&Method::POST, ["webhook_endpoints"]) => endpoints::create(books, form),
        (&Method::POST, ["webhook_endpoints", id]) => endpoints::update(books, id, form),
        (&Method::DELETE, ["webhook_endpoints", id]) => endpoints::delete(books, id, form),
        (method, _) => return Err(Refusal::no_such_address(method, &call.path)),
    }?;
    Ok(shown(&object))
}

fn events_of(books: &Books<'_>, form: &mut Form) -> Done {
    let kinds: Vec<String> = form.text("type")?.into_iter().chain(form.texts("types")?).collect();
    let told = form.flag("delivery_success")?;
    let page = super::listing::Page::take(form)?;
    let wanted = |event: &Value| {
        let kind = event["type"].as_str().unwrap_or_default();
        let any = kinds.is_empty()
            || kinds.iter().any(|it| match it.strip_suffix('*') {
                Some(beginning) => kind.starts_with(beginning),
                None => it == kind,
            });
        any && event["created"].as_i64().unwrap_or_default() > books.now - events::KEPT
    };
    let mut all = books.all("event", None);
    all.retain(wanted);
    let mut all: Vec<Value> = all.iter().map(|event| events::seen(books, event)).collect();
    if let Some(told) = told {
        all.retain(|event| (event["pending_webhooks"] == 0) == told);
    }
    page.of(all, "/v1/events")
}
