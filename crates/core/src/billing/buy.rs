//! The way to the payment service's pages.

use crate::accounts::{Draft, Standing};
use crate::catalog::{PlanCredits, PlanId};
use crate::ids::UserId;
use crate::ports::documents::{DocumentsError, Rounds};
use crate::ports::identity::Person;
use crate::ports::payments::{
    Buyer, CheckoutOrder, CustomerId, Payments, PaymentsError, PortalErrand, PortalVisit, Ware,
};
use crate::services::Services;

use super::follow::{FollowError, refresh};

#[derive(Debug, thiserror::Error)]
pub enum BuyError {
    #[error("no payment service is set up")]
    Off,
    #[error("the Free plan is not bought")]
    Free,
    #[error("there is no such pack of credits")]
    NoSuchPack,
    #[error("the account is on this plan already")]
    HasIt,
    #[error("the plan is unlimited: more credits would be of no use")]
    Unlimited,
    #[error("nothing was ever bought")]
    NothingBought,
    /// A payment is disputed.
    #[error("a payment is disputed")]
    Frozen,
    #[error(transparent)]
    Follow(#[from] FollowError),
    #[error(transparent)]
    Payments(#[from] PaymentsError),
    #[error(transparent)]
    Documents(#[from] DocumentsError),
}

/// Why a user goes to the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    Home,
    PaymentMethod,
    Cancel,
}

/// The address of the page where `ware` is paid for. Who has a subscription confirms the change of it there, or pays
/// what is open: a second one is never begun.
pub async fn buy(
    services: &Services,
    user: &UserId,
    person: &Person,
    ware: &Ware,
    nonce: &str,
) -> Result<String, BuyError> {
    let (payments, home) = payments(services)?;
    let customer = customer(services, payments, user, person).await?;
    // What the user has is asked, not remembered: somebody who has just paid must not pay again.
    refresh(services, user).await?;
    let account = Draft::open(services, user, Some(person)).await?.account;
    if account.is_frozen() {
        return Err(BuyError::Frozen);
    }
    let standing = account.standing.as_ref().expect("whoever is a customer has a standing");
    let change = |errand| PortalVisit { customer: &customer, errand, return_url: home };
    match ware {
        Ware::Plan(PlanId::Free) => return Err(BuyError::Free),
        Ware::Plan(plan) => {
            if let Some(paid) = &standing.paid {
                if paid.plan == *plan {
                    return Err(BuyError::HasIt);
                }
                let subscription = &paid.subscription;
                let errand = if paid.grace_until.is_some() {
                    // Nothing is changed before what is open is paid.
                    PortalErrand::PaymentMethod
                } else {
                    PortalErrand::Change { subscription, plan: *plan }
                };
                return Ok(payments.portal(&change(errand)).await?);
            }
            if standing.dormant.is_some() {
                return Ok(payments.portal(&change(PortalErrand::Home)).await?);
            }
        }
        Ware::Pack(pack) => {
            services.catalog.pack(pack).ok_or(BuyError::NoSuchPack)?;
            match services.catalog.plan(account.plan).credits {
                PlanCredits::Unlimited { .. } => return Err(BuyError::Unlimited),
                PlanCredits::Monthly(_) => {}
            }
        }
    }
    let success_url = format!("{home}/?session_id={{CHECKOUT_SESSION_ID}}");
    let order = CheckoutOrder {
        user,
        customer: &customer,
        ware,
        nonce,
        success_url: &success_url,
        cancel_url: home,
    };
    Ok(payments.checkout(&order).await?)
}

/// The address of the page where a customer changes, cancels, and sees invoices.
pub async fn visit_portal(
    services: &Services,
    user: &UserId,
    errand: Errand,
) -> Result<String, BuyError> {
    let (payments, home) = payments(services)?;
    let account = Draft::open(services, user, None).await?.account;
    let standing = account.standing.as_ref().ok_or(BuyError::NothingBought)?;
    let subscription = standing.paid.as_ref().map(|paid| &paid.subscription);
    let errand = match (errand, subscription.or(standing.dormant.as_ref())) {
        (Errand::Home, _) => PortalErrand::Home,
        (Errand::PaymentMethod, _) => PortalErrand::PaymentMethod,
        (Errand::Cancel, Some(subscription)) => PortalErrand::Cancel { subscription },
        (Errand::Cancel, None) => return Err(BuyError::NothingBought),
    };
    let visit = PortalVisit { customer: &standing.customer, errand, return_url: home };
    Ok(payments.portal(&visit).await?)
}

/// With where the browser comes back to.
fn payments(services: &Services) -> Result<(&dyn Payments, &str), BuyError> {
    let payments = services.payments.as_deref().ok_or(BuyError::Off)?;
    Ok((payments, services.app_url.as_deref().ok_or(BuyError::Off)?))
}

/// The customer that stands for a user; kept, so that there is one.
async fn customer(
    services: &Services,
    payments: &dyn Payments,
    user: &UserId,
    person: &Person,
) -> Result<CustomerId, BuyError> {
    let mut made = None;
    let mut rounds = Rounds::default();
    loop {
        let mut draft = Draft::open(services, user, Some(person)).await?;
        if let Some(standing) = &draft.account.standing {
            return Ok(standing.customer.clone());
        }
        let customer = if let Some(customer) = &made {
            customer
        } else {
            let (email, name) = (person.email.as_deref(), person.name.as_deref());
            made.insert(payments.customer(&Buyer { user, email, name }).await?)
        };
        draft.account.standing = Some(Standing::of(customer.clone(), draft.now));
        match draft.commit(services).await {
            Ok(()) => return Ok(customer.clone()),
            Err(error) => rounds.again(error)?,
        }
    }
}
