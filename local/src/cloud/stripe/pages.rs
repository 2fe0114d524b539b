//! The pages that people see: the checkout, an invoice, and the portal. Who knows a page's address may use it; nobody
//! guesses one.

use std::collections::HashMap;
use std::fmt::Write as _;

use http::{Method, StatusCode};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::books::{Asked, Books, within};
use super::customers::{self, Behaviour};
use super::invoices::{self, text};
use super::payments::Presence;
use super::prices::unit_amount;
use super::refusal::{DECLINED, Done, Refusal};
use super::{Shared, lines, portal_page, purchase};
use crate::cloud::{Answer, Call, empty, pairs, with_body, with_header};

const PAGE: &str = include_str!("page.html");

/// What a page shows, or where it leads.
pub(super) enum Shown {
    Page { title: String, body: String },
    Back(String),
}

pub(super) fn answer(shared: &Shared, call: &Call) -> Answer {
    let segments = call.segments();
    let pieces: Vec<&str> = segments.iter().map(String::as_str).collect();
    let posted = match call.method {
        Method::GET => None,
        Method::POST => Some(pairs(&call.body).into_iter().collect::<HashMap<_, _>>()),
        _ => return empty(StatusCode::METHOD_NOT_ALLOWED),
    };
    let done = within(shared, Asked::default(), |books| match pieces.as_slice() {
        ["checkout", id] => checkout_page(books, id, posted.as_ref()),
        ["invoice", page] => invoice_page(books, page, posted.as_ref()),
        ["portal", page] => portal_page::answer(books, page, posted.as_ref(), &call.query),
        _ => Err(Refusal::no_such_address(&call.method, &call.path)),
    });
    match done {
        Ok(Shown::Page { title, body }) => page(StatusCode::OK, &title, &body),
        // 303: the browser must not post the form again.
        Ok(Shown::Back(url)) => with_header(empty(StatusCode::SEE_OTHER), "location", &url),
        Err(refusal) => {
            let body = format!("<p>{}</p>", escaped(refusal.message()));
            page(refusal.status, "This page is not there", &body)
        }
    }
}

fn page(status: StatusCode, title: &str, body: &str) -> Answer {
    let html = PAGE.replace("{{title}}", &escaped(title)).replace("{{body}}", body);
    let answer = with_body(status, "text/html; charset=utf-8", html);
    with_header(answer, "cache-control", "no-store")
}

fn checkout_page(
    books: &Books<'_>,
    id: &str,
    posted: Option<&HashMap<String, String>>,
) -> Done<Shown> {
    let session = books.known("checkout.session", id)?;
    let wish = posted.and_then(|posted| posted.get("do")).map(String::as_str);
    let behaviour = match wish {
        Some("pay") => Some(Behaviour::Pays),
        Some("pay_once") => Some(Behaviour::Declined),
        _ => None,
    };
    let session = match behaviour {
        Some(behaviour) => purchase::complete(books, &session, behaviour)?,
        None => session,
    };
    match session["status"].as_str() {
        Some("complete") => return Ok(Shown::Back(purchase::way_back(&session))),
        Some("open") => {}
        _ => {
            let body = format!("<p>Nobody paid in time.</p>{}", back_link(&session["cancel_url"]));
            return Ok(Shown::Page { title: "This checkout has expired".to_owned(), body });
        }
    }
    let mut rows = String::new();
    for (price, quantity) in purchase::bought(books, &session) {
        let every = match price["recurring"]["interval"].as_str() {
            Some(interval) => format!(" a {interval}"),
            None => String::new(),
        };
        let name = lines::product_name(books, &price);
        let amount = money(unit_amount(&price) * quantity, &price["currency"]);
        // Writing to a string cannot fail.
        let _ = write!(
            rows,
            "<tr><td>{} × {}</td><td class=\"number\">{amount}{every}</td></tr>",
            quantity,
            escaped(&name)
        );
    }
    let total = money(session["amount_total"].as_i64().unwrap_or(0), &session["currency"]);
    let declined = match wish {
        Some("decline") => {
            format!(r#"<p class="complaint" role="alert">{DECLINED} Nothing was bought.</p>"#)
        }
        _ => String::new(),
    };
    let body = format!(
        r#"<table>{rows}<tr class="total"><td>To pay now</td><td class="number">{total}</td></tr></table>{declined}
<form method="post"><button name="do" value="pay">Pay {total}</button>
<button class="plain" name="do" value="pay_once">Pay with a card that is declined later on</button>
<button class="plain" name="do" value="decline">Decline</button></form>{}"#,
        back_link(&session["cancel_url"])
    );
    Ok(Shown::Page { title: "Checkout".to_owned(), body })
}

fn invoice_page(
    books: &Books<'_>,
    page: &str,
    posted: Option<&HashMap<String, String>>,
) -> Done<Shown> {
    let invoice = guarded(books, "invoice", page)?;
    let mut complaint = String::new();
    let invoice = match posted.and_then(|posted| posted.get("do")).map(String::as_str) {
        Some("pay") if invoice["status"] == "open" => {
            pay_open(books, &invoice).unwrap_or_else(|| {
                complaint = format!(r#"<p class="complaint" role="alert">{DECLINED}</p>"#);
                invoice
            })
        }
        Some("pay_with_another") if invoice["status"] == "open" => {
            customers::put_card_down(books, &text(&invoice, "customer"), Behaviour::Pays);
            pay_open(books, &invoice).unwrap_or(invoice)
        }
        _ => invoice,
    };
    let mut rows = String::new();
    for line in invoice["lines"]["data"].as_array().into_iter().flatten() {
        let amount = money(line["amount"].as_i64().unwrap_or(0), &line["currency"]);
        let what = escaped(&text(line, "description"));
        let _ = write!(rows, "<tr><td>{what}</td><td class=\"number\">{amount}</td></tr>");
    }
    let total = money(invoice["total"].as_i64().unwrap_or(0), &invoice["currency"]);
    let pay = if invoice["status"] == "open" {
        let due = money(invoice["amount_due"].as_i64().unwrap_or(0), &invoice["currency"]);
        format!(
            r#"<form method="post"><button name="do" value="pay">Pay {due}</button>
<button class="plain" name="do" value="pay_with_another">Pay with a card that works</button></form>"#
        )
    } else {
        String::new()
    };
    let body = format!(
        r#"<p>{}, {}: <b>{}</b></p><table>{rows}<tr class="total"><td>Total</td><td class="number">{total}</td></tr></table>{complaint}{pay}"#,
        escaped(&text(&invoice, "number")),
        day(&invoice["created"]),
        escaped(&text(&invoice, "status")),
    );
    Ok(Shown::Page { title: "Invoice".to_owned(), body })
}

/// Pays with the card that is there, if it can: a card that cannot is not tried.
pub(super) fn pay_open(books: &Books<'_>, invoice: &Value) -> Option<Value> {
    let card = customers::card(books, invoice["customer"].as_str()?)?;
    (card["_declines"] == false).then(|| invoices::collect(books, invoice, Presence::Elsewhere).0)
}

/// The object of an address `<id>.<what nobody guesses>`.
pub(super) fn guarded(books: &Books<'_>, object: &str, page: &str) -> Done {
    let (id, secret) = page.split_once('.').unwrap_or((page, ""));
    let found = books.known(object, id)?;
    let ours = found["_page"].as_str().unwrap_or_default();
    if ours.is_empty() || !crate::cloud::same_secret(ours, secret) {
        return Err(Refusal::no_such(object, id));
    }
    Ok(found)
}

fn back_link(url: &Value) -> String {
    url.as_str().map_or_else(String::new, |url| {
        format!(r#"<p class="back"><a href="{}">Back, without paying</a></p>"#, escaped(url))
    })
}

/// `$9.99`.
pub(super) fn money(cents: i64, currency: &Value) -> String {
    let sign = if cents < 0 { "−" } else { "" };
    let (whole, part) = (cents.abs() / 100, cents.abs() % 100);
    match currency.as_str() {
        Some("usd") | None => format!("{sign}${whole}.{part:02}"),
        Some(other) => format!("{sign}{whole}.{part:02} {}", escaped(&other.to_uppercase())),
    }
}

/// `22 November 2026`, in UTC.
pub(super) fn day(seconds: &Value) -> String {
    let moment = seconds.as_i64().and_then(|seconds| Timestamp::from_second(seconds).ok());
    moment.map_or_else(String::new, |moment| {
        moment.to_zoned(TimeZone::UTC).strftime("%-d %B %Y").to_string()
    })
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
