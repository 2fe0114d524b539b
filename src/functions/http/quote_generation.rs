use http::StatusCode;
use imagegen_core::accounts;
use imagegen_core::catalog::PlanCredits;
use imagegen_core::generations::{fitted, permit};
use serde::Serialize;
use utoipa::ToSchema;

use super::NewGeneration;
use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// What a job would cost.
#[derive(Debug, Serialize, ToSchema)]
pub struct Quote {
    credits: u32,
    /// What you have; `null` on an unlimited plan.
    available: Option<u32>,
    /// Whether the job would be accepted now, as far as plan and credits go.
    affordable: bool,
    usual_seconds: f64,
}

/// `POST /api/v1/generations/quote`
pub async fn quote_generation(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let catalog = &app.services.catalog;
    let (order, model) = req.json::<NewGeneration>()?.parse(catalog)?;
    let account = accounts::current(&app.services, &user.id, &user.person).await?;
    let plan = catalog.plan(account.plan);
    permit(&order, model, plan, catalog)?;
    fitted(&app.services, &user.id, &order, model).await?;
    let price = order.price(model);
    let available = match plan.credits {
        PlanCredits::Monthly(_) => Some(account.wallet.available(app.services.clock.now())),
        PlanCredits::Unlimited { .. } => None,
    };
    let quote = Quote {
        credits: price.get(),
        available: available.map(imagegen_core::credits::Credits::get),
        affordable: available.is_none_or(|have| have >= price),
        usual_seconds: model.usual_seconds,
    };
    Ok(json(StatusCode::OK, &quote))
}
