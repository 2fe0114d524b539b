//! Taking a sale back that nobody meant.

use imagegen_core::ports::payments::SubscriptionId;

use super::Stripe;
use super::api::{Failure, idempotency_key};
use super::form::Form;
use super::wire::{InvoicePayment, Refund, WireInvoice, WireSubscription};

impl Stripe {
    pub(super) async fn end_and_refund(
        &self,
        subscription: &SubscriptionId,
    ) -> Result<(), Failure> {
        let api = &self.api;
        let query = Form::new().with("subscription", &subscription.0);
        let query = query.with_all("expand", ["data.payments"]);
        let invoices: Vec<WireInvoice> = api.all(&["invoices"], &query).await?;
        for invoice in invoices {
            let payments = match invoice.payments {
                Some(first) if !first.has_more => first.data,
                Some(_) | None => {
                    let query = Form::new().with("invoice", &invoice.id);
                    api.all::<InvoicePayment>(&["invoice_payments"], &query).await?
                }
            };
            for payment in payments.iter().filter(|payment| payment.status == "paid") {
                self.refund(subscription, payment).await?;
            }
        }
        // Last: while it lives, whoever looks undoes it again. Ended first, its money would be kept for good when what
        // comes after fails.
        let ended: Result<WireSubscription, _> =
            api.delete(&["subscriptions", &subscription.0]).await;
        match ended {
            Ok(_) => Ok(()),
            // One that has ended cannot be ended.
            Err(Failure::Refused(refusal)) if refusal.is_missing() => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    async fn refund(
        &self,
        subscription: &SubscriptionId,
        paid: &InvoicePayment,
    ) -> Result<(), Failure> {
        let form = match (&paid.payment.payment_intent, &paid.payment.charge) {
            (Some(intent), _) => Form::new().with("payment_intent", &intent.0),
            (None, Some(charge)) => Form::new().with("charge", &charge.0),
            (None, None) => {
                let id = &paid.id;
                tracing::warn!(
                    payment.id = id,
                    "What was paid outside of Stripe is given back by hand"
                );
                return Ok(());
            }
        };
        let form = form.with("metadata[undone]", &subscription.0);
        let key = idempotency_key(
            &format!("undo:{}", subscription.0),
            paid.payment.id().unwrap_or(&paid.id),
        );
        let refunded = match self.api.post::<Refund>(&["refunds"], &form, &key).await {
            // All that is left is given back, so a second time gives back nothing more.
            Err(Failure::Broken(_)) => {
                self.api.post(&["refunds"], &form, &format!("{key}:again")).await
            }
            other => other,
        };
        match refunded {
            Ok(_) => Ok(()),
            // It is back with its owner already, by our hand, somebody's at the dashboard, or their bank's.
            Err(Failure::Refused(refusal))
                if refusal.has_code("charge_already_refunded")
                    || refusal.has_code("charge_disputed") =>
            {
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }
}
