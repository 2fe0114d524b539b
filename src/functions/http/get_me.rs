use http::StatusCode;
use imagegen_core::accounts;
use imagegen_core::catalog::PlanCredits;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// You.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    id: String,
    email: Option<String>,
    name: Option<String>,
    /// `free`, `basic` or `premium`.
    plan: &'static str,
    credits: MyCredits,
    limits: MyLimits,
    roles: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MyCredits {
    /// Below zero when a payment went back for what was spent already.
    available: i64,
    /// Reserved for jobs under way.
    held: u32,
    unlimited: bool,
    resets_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MyLimits {
    images_per_job: u32,
    jobs_at_work: usize,
    jobs_waiting: usize,
    retention_days: u32,
    watermark: bool,
}

/// `GET /api/v1/me`
pub async fn get_me(app: App, user: User, _req: Request) -> Result<Response, Problem> {
    let account = accounts::current(&app.services, &user.id, &user.person).await?;
    let plan = app.services.catalog.plan(account.plan);
    let me = Me {
        id: account.id.to_string(),
        plan: account.plan.as_str(),
        credits: MyCredits {
            available: account.spendable(app.services.clock.now()),
            held: account.wallet.held().get(),
            unlimited: matches!(plan.credits, PlanCredits::Unlimited { .. }),
            resets_at: account.month_end().to_string(),
        },
        limits: MyLimits {
            images_per_job: plan.images_per_job,
            jobs_at_work: plan.at_work,
            jobs_waiting: plan.waiting,
            retention_days: plan.retention_days,
            watermark: plan.watermark,
        },
        email: account.email,
        name: account.name,
        roles: user.person.roles,
    };
    Ok(json(StatusCode::OK, &me))
}
