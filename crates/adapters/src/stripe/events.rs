//! What happened, and whose books tell more. An event is a reason to look and never what is believed: it may be late,
//! repeated, out of order, or of another version.

use imagegen_core::ports::payments::{
    BooksOf, CustomerId, Notice, NoticeCall, NoticeError, NoticePage,
};
use jiff::Timestamp;

use super::Stripe;
use super::api::{API_VERSION, Failure, PAGE};
use super::form::Form;
use super::webhook;
use super::wire::{Event, Page};

/// The events that change somebody's books. `setup` subscribes to exactly these; the API takes 20 of them at once.
pub(super) const HANDLED: &[&str] = &[
    "checkout.session.completed",
    // A method that takes days came through.
    "checkout.session.async_payment_succeeded",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    // An upgrade that waited for its payment.
    "customer.subscription.pending_update_applied",
    "customer.deleted",
    // What credits are for. Also without a payment, or with one outside of Stripe, unlike `payment_succeeded`.
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_action_required",
    "invoice.voided",
    "invoice.marked_uncollectible",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.closed",
];

/// Events that we know of and leave alone, and why. None of them is subscribed to; what comes all the same is
/// answered and forgotten, as every other.
#[cfg(test)]
const IGNORED: &[(&str, &str)] = &[
    ("checkout.session.async_payment_failed", "nothing was given for it: the invoice is not paid"),
    ("checkout.session.expired", "nothing was bought"),
    ("customer.subscription.trial_will_end", "no trial is sold, and Stripe writes the mails"),
    ("customer.subscription.pending_update_expired", "the plan stays what it was"),
    ("invoice.finalization_failed", "nothing is paid yet; Stripe tells the account's owner"),
    ("invoice.payment_succeeded", "`invoice.paid` says it, and more often"),
    ("radar.early_fraud_warning.created", "to pay back before a dispute is the owner's decision"),
];

impl Stripe {
    pub(super) fn read_notice(&self, call: &NoticeCall<'_>) -> Result<Notice, NoticeError> {
        webhook::check(&self.webhook_secrets, call)?;
        let event: Event =
            serde_json::from_slice(call.body).map_err(|e| NoticeError::Unreadable(e.into()))?;
        if event.object != "event" {
            // `v2.core.event` is a thin one, which tells even less and is set up by mistake.
            let why = format!("`{}` is no snapshot event", event.object);
            return Err(NoticeError::Unreadable(why.into()));
        }
        if event.api_version.as_deref() != Some(API_VERSION) {
            tracing::warn!(
                event.api_version = event.api_version.as_deref().unwrap_or_default(),
                "A webhook endpoint at Stripe has another API version than {API_VERSION}"
            );
        }
        Ok(event.into_notice())
    }

    pub(super) async fn read_notices(
        &self,
        since: Timestamp,
        cursor: Option<&str>,
    ) -> Result<NoticePage, Failure> {
        let query = Form::new()
            .with_all("types", HANDLED)
            .with("created[gte]", since.as_second())
            .with("limit", PAGE)
            .with_some("starting_after", cursor);
        let page: Page<Event> = self.api.get(&["events"], &query).await?;
        let last = page.data.last().filter(|_| page.has_more);
        let cursor = last.map(|event| event.id.clone());
        let notices = page.data.into_iter().map(Event::into_notice).collect();
        Ok(NoticePage { notices, cursor })
    }
}

impl Event {
    fn into_notice(self) -> Notice {
        Notice { of: whose(&self), id: self.id, kind: self.kind }
    }
}

/// The customer where there is one: refunds name none in older versions, and disputes never.
fn whose(event: &Event) -> Option<BooksOf> {
    let kind = event.kind.as_str();
    if !HANDLED.contains(&kind) {
        return None;
    }
    let customer = event.name_of(if kind == "customer.deleted" { "id" } else { "customer" });
    match customer {
        Some(id) => Some(BooksOf::Customer(CustomerId(id.to_owned()))),
        None => event.name_of("charge").map(|id| BooksOf::Charge(id.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn of(kind: &str, object: &Value) -> Option<BooksOf> {
        let event = json!({
            "id": "evt_1", "object": "event", "api_version": API_VERSION, "type": kind, "data": { "object": object },
        });
        let event: Event = serde_json::from_value(event).expect("an event");
        event.into_notice().of
    }

    #[test]
    fn every_event_of_money_is_handled_or_knowingly_left_alone() {
        // Stripe's events about checkout, subscriptions, invoices, refunds and disputes that an integration is told
        // to think of.
        let all = [
            "checkout.session.completed",
            "checkout.session.async_payment_succeeded",
            "checkout.session.async_payment_failed",
            "checkout.session.expired",
            "customer.subscription.created",
            "customer.subscription.updated",
            "customer.subscription.deleted",
            "customer.subscription.paused",
            "customer.subscription.resumed",
            "customer.subscription.trial_will_end",
            "customer.subscription.pending_update_applied",
            "customer.subscription.pending_update_expired",
            "invoice.paid",
            "invoice.payment_failed",
            "invoice.payment_action_required",
            "invoice.finalization_failed",
            "charge.refunded",
            "refund.created",
            "refund.failed",
            "charge.dispute.created",
            "charge.dispute.closed",
            "radar.early_fraud_warning.created",
        ];
        for kind in all {
            let ignored = IGNORED.iter().any(|(name, why)| *name == kind && !why.is_empty());
            assert!(HANDLED.contains(&kind) != ignored, "{kind}");
        }
        assert!(HANDLED.len() <= 20, "the API takes no more `types` at once");
    }

    #[test]
    fn an_event_leads_to_the_books_of_whom_it_names() {
        let customer = |id: &str| Some(BooksOf::Customer(CustomerId(id.into())));
        let charge = Some(BooksOf::Charge("ch_1".into()));
        for kind in HANDLED.iter().filter(|kind| **kind != "customer.deleted") {
            assert_eq!(of(kind, &json!({ "id": "x", "customer": "cus_1" })), customer("cus_1"));
            assert_eq!(of(kind, &json!({ "customer": { "id": "cus_2" } })), customer("cus_2"));
            assert_eq!(of(kind, &json!({ "id": "x", "customer": null })), None, "a guest");
        }
        assert_eq!(of("customer.deleted", &json!({ "id": "cus_3" })), customer("cus_3"));
        assert_eq!(of("charge.dispute.created", &json!({ "charge": "ch_1" })), charge);
        assert_eq!(of("refund.failed", &json!({ "charge": "ch_1" })), charge);
        assert_eq!(
            of("refund.failed", &json!({ "customer": "cus_1", "charge": "ch_1" })),
            customer("cus_1")
        );
    }

    #[test]
    fn other_events_are_about_nobody() {
        for (kind, _) in IGNORED.iter().chain(&[("product.created", ""), ("", "")]) {
            assert_eq!(of(kind, &json!({ "customer": "cus_1" })), None, "{kind}");
        }
    }
}
