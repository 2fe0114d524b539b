use http::StatusCode;
use imagegen_core::accounts;
use imagegen_core::billing::{self, BuyError, Errand, FollowError, SubscriptionView};
use imagegen_core::catalog::{PackId, PlanId};
use imagegen_core::ports::payments::{PaymentsError, Ware};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// What you want to pay for: either `plan` or `pack`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCheckout {
    /// `basic` or `premium`.
    #[schema(example = "basic")]
    plan: Option<String>,
    /// An id of `packs` in `/api/v1/subscription`.
    #[schema(example = "credits_100")]
    pack: Option<String>,
}

/// Why you go to the portal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PortalVisit {
    /// `home` (when absent), `payment_method` or `cancel`.
    #[schema(value_type = Option<String>, example = "cancel")]
    errand: Option<PortalErrand>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PortalErrand {
    #[default]
    Home,
    PaymentMethod,
    Cancel,
}

/// Where to go on, in the browser.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentPage {
    url: String,
}

/// `GET /api/v1/subscription`
pub async fn get_subscription(app: App, user: User, _req: Request) -> Result<Response, Problem> {
    shown(&app, &user).await
}

/// `POST /api/v1/subscription/checkout`: with the same Idempotency-Key it is the same page.
pub async fn create_checkout(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let nonce = req.idempotency_key(&app)?;
    let ware = req.json::<NewCheckout>()?.ware()?;
    let url =
        billing::buy(&app.services, &user.id, &user.person, &ware, &nonce.fingerprint()).await?;
    Ok(json(StatusCode::OK, &PaymentPage { url }))
}

/// `POST /api/v1/subscription/portal`
pub async fn create_portal_visit(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let errand = match req.json::<PortalVisit>()?.errand.unwrap_or_default() {
        PortalErrand::Home => Errand::Home,
        PortalErrand::PaymentMethod => Errand::PaymentMethod,
        PortalErrand::Cancel => Errand::Cancel,
    };
    let url = billing::visit_portal(&app.services, &user.id, errand).await?;
    Ok(json(StatusCode::OK, &PaymentPage { url }))
}

/// `POST /api/v1/subscription/refresh`: "I have paid, look again." Has no body.
pub async fn refresh_subscription(
    app: App,
    user: User,
    _req: Request,
) -> Result<Response, Problem> {
    billing::refresh(&app.services, &user.id).await?;
    shown(&app, &user).await
}

async fn shown(app: &App, user: &User) -> Result<Response, Problem> {
    let account = accounts::current(&app.services, &user.id, &user.person).await?;
    Ok(json(StatusCode::OK, &SubscriptionView::of(&account, &app.services.catalog)))
}

impl NewCheckout {
    fn ware(self) -> Result<Ware, Problem> {
        match (self.plan, self.pack) {
            (Some(plan), None) => {
                let plan = plan.parse::<PlanId>();
                let plan = plan
                    .map_err(|_| Problem::invalid_field("plan", "must be `basic` or `premium`"))?;
                Ok(Ware::Plan(plan))
            }
            (None, Some(pack)) => Ok(Ware::Pack(PackId(pack))),
            (None, None) => Err(Problem::invalid_field("plan", "is required, or `pack` is")),
            (Some(_), Some(_)) => {
                Err(Problem::invalid_field("pack", "cannot be bought together with a plan"))
            }
        }
    }
}

impl From<BuyError> for Problem {
    fn from(error: BuyError) -> Self {
        let conflict = |code, title| Self::new(StatusCode::CONFLICT, code, title);
        match error {
            BuyError::Off => {
                Self::unavailable("Nothing is sold here: no payment service is set up.")
                    .renamed("billing-off", "Nothing is sold here")
            }
            BuyError::Free => Self::invalid_field(
                "plan",
                "is free: to go back to it, cancel the plan that you pay for",
            ),
            BuyError::NoSuchPack => {
                Self::invalid_field("pack", "must be an id of `packs` in `/api/v1/subscription`")
            }
            BuyError::HasIt => conflict("on-this-plan", "You are on this plan already"),
            BuyError::Unlimited => conflict("plan-is-unlimited", "Your plan is unlimited")
                .detail("More credits would be of no use."),
            BuyError::NothingBought => {
                conflict("nothing-bought", "You have not bought anything yet")
                    .detail("There is nothing to manage or to cancel.")
            }
            BuyError::Frozen => frozen(),
            BuyError::Follow(error) => error.into(),
            BuyError::Payments(error) => error.into(),
            BuyError::Documents(error) => error.into(),
        }
    }
}

/// While a payment is disputed.
pub(super) fn frozen() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "account-frozen", "A payment of yours is disputed").detail(
        "Your bank was asked to take a payment back. Until that is decided, nothing is drawn or sold; your pictures \
         stay where they are.",
    )
}

impl From<FollowError> for Problem {
    fn from(error: FollowError) -> Self {
        match error {
            FollowError::Off => BuyError::Off.into(),
            FollowError::Payments(error) => error.into(),
            FollowError::Documents(error) => error.into(),
            error @ FollowError::TwoCustomers { .. } => {
                tracing::error!(error = &error as &dyn std::error::Error, "Two customers");
                Self::internal()
            }
        }
    }
}

impl From<PaymentsError> for Problem {
    fn from(error: PaymentsError) -> Self {
        let cause = &error as &dyn std::error::Error;
        match &error {
            PaymentsError::Unavailable(_) => {
                tracing::error!(error = cause, "No payment service");
                Self::unavailable("The payment service is not reachable. Nothing was charged.")
                    .with("service", "payments")
            }
            PaymentsError::Refused { .. } => {
                tracing::error!(error = cause, "The payment service refused");
                Self::internal()
            }
        }
    }
}
