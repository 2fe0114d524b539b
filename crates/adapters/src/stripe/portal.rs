//! What customers may do in the portal: look at invoices, give another card, cancel at the end of the period, and
//! change between the plans, downwards at the end of the period.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::api::{Api, Failure};
use super::form::Form;
use super::wire::PortalConfiguration;

/// How long a configuration that was found counts.
const FRESH: Duration = Duration::from_mins(5);
/// In its metadata, so that it is found again.
const MARK: (&str, &str) = ("imagegen", "1");

/// The portal's configuration that sessions are made with.
#[derive(Debug)]
pub(super) struct Configuration {
    given: Option<String>,
    /// When it was looked for, and what was found.
    found: Mutex<Option<(Timestamp, Option<String>)>>,
}

/// A plan that may be changed to.
#[derive(Debug)]
pub(super) struct Offer {
    pub(super) product: String,
    pub(super) price: String,
}

impl Configuration {
    pub(super) fn new(given: Option<String>) -> Self {
        Self { given, found: Mutex::default() }
    }

    /// The one that was given, otherwise ours; `None` for the account's own.
    pub(super) async fn id(&self, api: &Api) -> Result<Option<String>, Failure> {
        if self.given.is_some() {
            return Ok(self.given.clone());
        }
        let now = api.now();
        let known = self.found.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((read_at, id)) = known
            && now.duration_since(read_at).unsigned_abs() < FRESH
        {
            return Ok(id);
        }
        let id = ours(api).await?.map(|found| found.id);
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, id.clone()));
        Ok(id)
    }

    /// To be looked for again: Stripe did not take it.
    pub(super) fn forget(&self) {
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The configuration that `wanted` made, if it is there and active.
pub(super) async fn ours(api: &Api) -> Result<Option<PortalConfiguration>, Failure> {
    let query = Form::new().with("active", true);
    let all: Vec<PortalConfiguration> =
        api.all(&["billing_portal", "configurations"], &query).await?;
    let marked = |it: &PortalConfiguration| it.metadata.get(MARK.0).is_some_and(|it| it == MARK.1);
    Ok(all.into_iter().find(marked))
}

/// Each setting that we care about: where it stands in an answer, what it must be, and how that is written.
const FEATURES: &[(&str, &str)] = &[
    ("invoice_history.enabled", "true"),
    ("payment_method_update.enabled", "true"),
    ("subscription_cancel.enabled", "true"),
    ("subscription_cancel.mode", "at_period_end"),
    ("subscription_cancel.proration_behavior", "none"),
    ("subscription_update.enabled", "true"),
    ("subscription_update.default_allowed_updates.0", "price"),
    // An upgrade is paid when it is made.
    ("subscription_update.proration_behavior", "always_invoice"),
    ("subscription_update.schedule_at_period_end.conditions.0.type", "decreasing_item_amount"),
];

pub(super) fn wanted(offers: &[Offer]) -> Form {
    let form = Form::new()
        .with(format!("metadata[{}]", MARK.0), MARK.1)
        .with("metadata[offers]", told(offers));
    let form = FEATURES.iter().fold(form, |form, (place, value)| {
        form.with(format!("features[{}]", place.replace('.', "][")), value)
    });
    offers.iter().enumerate().fold(form, |form, (n, offer)| {
        let name = format!("features[subscription_update][products][{n}]");
        form.with(format!("{name}[product]"), &offer.product)
            .with(format!("{name}[prices][0]"), &offer.price)
    })
}

pub(super) fn is_as_wanted(found: &PortalConfiguration, offers: &[Offer]) -> bool {
    let is = |(place, value): &(&str, &str)| {
        let path = format!("/{}", place.replace('.', "/"));
        match found.features.pointer(&path) {
            Some(Value::String(text)) => text == value,
            Some(Value::Bool(is)) => is.to_string() == *value,
            _ => false,
        }
    };
    FEATURES.iter().all(is) && found.metadata.get("offers") == Some(&told(offers))
}

/// Stripe does not tell what may be changed to, so it stands in the metadata as well.
fn told(offers: &[Offer]) -> String {
    let offer = |it: &Offer| format!("{}:{}", it.product, it.price);
    offers.iter().map(offer).collect::<Vec<_>>().join(",")
}
