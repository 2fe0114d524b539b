//! Stripe: takes the money, and keeps the books that we go by.
//!
//! Nothing that an event says is believed; it says whose books to read again (`events.rs`, `books.rs`). Every POST
//! names what is to happen once, so every call may be tried again.
//!
//! Source: the types of Stripe's own clients for this API version, and its pages on webhooks, idempotent requests and
//! billing. No part of it ever ran against the real service.

mod api;
mod books;
mod events;
mod form;
mod portal;
mod prices;
mod setup;
mod undo;
mod webhook;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use imagegen_core::catalog::Catalog;
use imagegen_core::ports::payments::{
    Books, BooksOf, Buyer, CheckoutOrder, CustomerId, Notice, NoticeCall, NoticeError, NoticePage,
    PaymentNotices, Payments, PaymentsError, PortalErrand, PortalVisit, SubscriptionId, Ware,
};
use jiff::{SignedDuration, Timestamp};

use crate::http::{Http, Secret};
use api::{Api, Failure, idempotency_key};
use form::Form;
use portal::Configuration;
use prices::{Prices, lookup_key, name};
pub use setup::{Done, Step};
use wire::{Customer, Session, WireSubscription, user};

pub const DEFAULT_BASE_URL: &str = "https://api.stripe.com";

/// For how long a customer that we made is looked for in the list: Stripe keeps idempotency keys for a day, and may
/// keep them longer.
const MADE_LATELY: SignedDuration = SignedDuration::from_hours(72);
/// Characters.
const LONGEST_EMAIL: usize = 512;
const LONGEST_NAME: usize = 256;

#[derive(Debug, Clone)]
pub struct StripeSettings {
    /// `sk_…` or `rk_…`.
    pub api_key: Secret,
    /// [`DEFAULT_BASE_URL`], or a stand-in's address.
    pub base_url: String,
    /// `whsec_…`. The new one and the old one while they are exchanged; none means that no webhook is believed.
    pub webhook_secrets: Vec<Secret>,
    /// Whether Stripe adds tax; it must be set up there.
    pub automatic_tax: bool,
    /// `bpc_…`; otherwise the one that `imagegen billing setup` made, otherwise the account's own.
    pub portal_configuration: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidStripeSettings {
    #[error("the key must not be empty")]
    Key,
    #[error("the base URL {0}")]
    BaseUrl(crate::http::InvalidEndpoint),
    #[error("a webhook secret must not be empty, and has no spaces")]
    WebhookSecret,
}

#[derive(Debug)]
pub struct Stripe {
    api: Api,
    prices: Prices,
    catalog: Arc<Catalog>,
    webhook_secrets: Vec<Secret>,
    automatic_tax: bool,
    portal_configuration: Configuration,
}

impl Stripe {
    pub fn new(
        settings: StripeSettings,
        catalog: Arc<Catalog>,
        http: Http,
    ) -> Result<Self, InvalidStripeSettings> {
        if settings.api_key.expose().is_empty() {
            return Err(InvalidStripeSettings::Key);
        }
        let plain =
            |s: &Secret| !s.expose().is_empty() && s.expose().bytes().all(|b| b.is_ascii_graphic());
        if !settings.webhook_secrets.iter().all(plain) {
            return Err(InvalidStripeSettings::WebhookSecret);
        }
        let base = settings.base_url.parse().map_err(InvalidStripeSettings::BaseUrl)?;
        Ok(Self {
            api: Api::new(base, settings.api_key, http),
            prices: Prices::new(Arc::clone(&catalog)),
            catalog,
            webhook_secrets: settings.webhook_secrets,
            automatic_tax: settings.automatic_tax,
            portal_configuration: Configuration::new(settings.portal_configuration),
        })
    }

    async fn make_customer(&self, buyer: &Buyer<'_>) -> Result<CustomerId, Failure> {
        // What Stripe would not take would keep them from ever buying anything.
        let email = buyer.email.filter(|email| {
            let parts = email.split_once('@');
            parts.is_some_and(|(who, at)| !who.is_empty() && at.contains('.'))
                && email.chars().count() <= LONGEST_EMAIL
        });
        let name = buyer.name.filter(|name| name.chars().count() <= LONGEST_NAME);
        let form = Form::new()
            .with_some("email", email)
            .with_some("name", name)
            .with("metadata[user_id]", buyer.user);
        let key = format!("cust-create:{}", buyer.user);
        let made = match self.api.post::<Customer>(&["customers"], &form, &key).await {
            Ok(made) => Ok(made),
            // Asked for before by another name or address, and the answer was lost: it is there.
            Err(Failure::Refused(refusal)) if refusal.is_of_another_request() => {
                self.made_lately(buyer).await?.ok_or(Failure::Refused(refusal))
            }
            // Nobody waits for a day. A second customer of one user, should there be one, buys nothing.
            Err(Failure::Broken(_)) => match self.made_lately(buyer).await? {
                Some(made) => Ok(made),
                None => self.api.post(&["customers"], &form, &format!("{key}:again")).await,
            },
            Err(other) => Err(other),
        };
        match made {
            Ok(made) => Ok(CustomerId(made.id)),
            // It goes into a log, where nobody's address belongs.
            Err(Failure::Refused(refusal)) => {
                Err(Failure::Refused(refusal.without([buyer.email, buyer.name])))
            }
            Err(other) => Err(other),
        }
    }

    async fn made_lately(&self, buyer: &Buyer<'_>) -> Result<Option<Customer>, Failure> {
        let since = self.api.now().checked_sub(MADE_LATELY).unwrap_or_default();
        let query = Form::new().with("created[gte]", since.as_second());
        let customers: Vec<Customer> = self.api.all(&["customers"], &query).await?;
        let theirs = |it: &Customer| !it.deleted && user(&it.metadata).as_ref() == Some(buyer.user);
        Ok(customers.into_iter().find(theirs))
    }

    async fn price(&self, ware: &Ware) -> Result<String, PaymentsError> {
        self.prices.selling(&self.api, ware).await?.ok_or_else(|| PaymentsError::Refused {
            reason: format!("no active price has the lookup key `{}`", lookup_key(ware)),
        })
    }

    fn checkout_form(&self, order: &CheckoutOrder<'_>, price: &str) -> Form {
        let (mode, is_plan) = match order.ware {
            Ware::Plan(_) => ("subscription", true),
            Ware::Pack(_) => ("payment", false),
        };
        let form = Form::new()
            .with("mode", mode)
            .with("customer", &order.customer.0)
            .with("client_reference_id", order.user)
            .with("line_items[0][price]", price)
            .with("line_items[0][quantity]", 1)
            .with("success_url", order.success_url)
            .with("cancel_url", order.cancel_url)
            .with("metadata[user_id]", order.user)
            .with("metadata[ware]", name(order.ware));
        // A session's metadata goes nowhere else by itself.
        let form = if is_plan {
            form.with("subscription_data[metadata][user_id]", order.user)
                .with("allow_promotion_codes", true)
        } else {
            // A pack has an invoice as well: credits are given for invoices, and for nothing else.
            form.with("invoice_creation[enabled]", true)
                .with("invoice_creation[invoice_data][metadata][user_id]", order.user)
                .with("payment_intent_data[metadata][user_id]", order.user)
        };
        if self.automatic_tax {
            form.with("automatic_tax[enabled]", true)
                .with("billing_address_collection", "auto")
                .with("customer_update[address]", "auto")
                .with("customer_update[name]", "auto")
                .with("tax_id_collection[enabled]", true)
        } else {
            form
        }
    }

    async fn portal_form(&self, visit: &PortalVisit<'_>) -> Result<Form, PaymentsError> {
        let configuration = self.portal_configuration.id(&self.api).await?;
        let form = Form::new()
            .with("customer", &visit.customer.0)
            .with("return_url", visit.return_url)
            .with_some("configuration", configuration);
        let form = match visit.errand {
            PortalErrand::Home => return Ok(form),
            PortalErrand::PaymentMethod => form.with("flow_data[type]", "payment_method_update"),
            PortalErrand::Cancel { subscription } => form
                .with("flow_data[type]", "subscription_cancel")
                .with("flow_data[subscription_cancel][subscription]", &subscription.0),
            PortalErrand::Change { subscription, plan } => {
                let price = self.price(&Ware::Plan(plan)).await?;
                let item = self.item(subscription).await?;
                form.with("flow_data[type]", "subscription_update_confirm")
                    .with("flow_data[subscription_update_confirm][subscription]", &subscription.0)
                    .with("flow_data[subscription_update_confirm][items][0][id]", item)
                    .with("flow_data[subscription_update_confirm][items][0][price]", price)
                    .with("flow_data[subscription_update_confirm][items][0][quantity]", 1)
            }
        };
        Ok(form
            .with("flow_data[after_completion][type]", "redirect")
            .with("flow_data[after_completion][redirect][return_url]", visit.return_url))
    }

    /// The item of a subscription that pays for its plan.
    async fn item(&self, subscription: &SubscriptionId) -> Result<String, PaymentsError> {
        let query = Form::new().with_all("expand", ["items.data.price"]);
        let path = ["subscriptions", subscription.0.as_str()];
        let found: Option<WireSubscription> = self.api.find(&path, &query).await?;
        let items = found.map(|found| found.items.data).unwrap_or_default();
        let wares = self.prices.wares(&self.api, items.iter().map(|item| &item.price)).await?;
        let pays = |item: &&wire::Item| matches!(wares.get(item.price.id()), Some(Ware::Plan(_)));
        let item = items.iter().find(pays).or(items.first());
        item.map(|item| item.id.clone()).ok_or_else(|| PaymentsError::Refused {
            reason: format!("the subscription {} has no item to change", subscription.0),
        })
    }
}

#[async_trait]
impl Payments for Stripe {
    async fn customer(&self, buyer: &Buyer<'_>) -> Result<CustomerId, PaymentsError> {
        Ok(self.make_customer(buyer).await?)
    }

    async fn checkout(&self, order: &CheckoutOrder<'_>) -> Result<String, PaymentsError> {
        let price = self.price(order.ware).await?;
        let form = self.checkout_form(order, &price);
        let key = format!("checkout:{}:{}", order.user, name(order.ware));
        let key = idempotency_key(&key, order.nonce);
        let session = self.api.post::<Session>(&["checkout", "sessions"], &form, &key).await;
        if matches!(session, Err(Failure::Refused(_))) {
            // It may be the price, which was changed a moment ago.
            self.prices.forget(order.ware);
        }
        address(session?)
    }

    async fn portal(&self, visit: &PortalVisit<'_>) -> Result<String, PaymentsError> {
        let form = self.portal_form(visit).await?;
        // A session is for one click. Two in a millisecond may share it.
        let errand = match visit.errand {
            PortalErrand::Home => "home",
            PortalErrand::PaymentMethod => "payment_method",
            PortalErrand::Cancel { .. } => "cancel",
            PortalErrand::Change { plan, .. } => plan.as_str(),
        };
        let key = format!("portal:{}:{errand}", visit.customer.0);
        let key = idempotency_key(&key, &self.api.now().as_millisecond().to_string());
        let session = self.api.post::<Session>(&["billing_portal", "sessions"], &form, &key).await;
        if matches!(session, Err(Failure::Refused(_))) {
            self.portal_configuration.forget();
            if let PortalErrand::Change { plan, .. } = visit.errand {
                self.prices.forget(&Ware::Plan(plan));
            }
        }
        address(session?)
    }

    async fn books(&self, of: &BooksOf) -> Result<Option<Books>, PaymentsError> {
        Ok(self.read_books(of).await?)
    }

    async fn undo(&self, subscription: &SubscriptionId) -> Result<(), PaymentsError> {
        Ok(self.end_and_refund(subscription).await?)
    }
}

#[async_trait]
impl PaymentNotices for Stripe {
    fn verify(&self, call: &NoticeCall<'_>) -> Result<Notice, NoticeError> {
        self.read_notice(call)
    }

    async fn notices(
        &self,
        since: Timestamp,
        cursor: Option<&str>,
    ) -> Result<NoticePage, PaymentsError> {
        Ok(self.read_notices(since, cursor).await?)
    }
}

fn address(session: Session) -> Result<String, PaymentsError> {
    session.url.ok_or_else(|| PaymentsError::Unavailable("Stripe's session has no address".into()))
}

#[cfg(test)]
mod tests;
