use http::StatusCode;
use imagegen_core::catalog::{Plan, PlanCredits};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// The plans, cheapest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanList {
    items: Vec<PlanView>,
}

/// What a plan gives.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlanView {
    id: &'static str,
    name: String,
    usd_cents_per_month: u32,
    /// `null`: unlimited.
    credits_per_month: Option<u32>,
    /// On an unlimited plan: after this many credits in a month, jobs go to the standard queue; none is refused.
    fair_use_credits: Option<u32>,
    jobs_at_work: usize,
    jobs_waiting: usize,
    images_per_job: u32,
    watermark: bool,
    api_keys: bool,
    retention_days: u32,
    support: String,
}

/// `GET /api/v1/plans`
pub async fn list_plans(app: App, _req: Request) -> Result<Response, Problem> {
    let items = app.services.catalog.plans.iter().map(view).collect();
    Ok(json(StatusCode::OK, &PlanList { items }))
}

fn view(plan: &Plan) -> PlanView {
    let (credits_per_month, fair_use_credits) = match plan.credits {
        PlanCredits::Monthly(credits) => (Some(credits.get()), None),
        PlanCredits::Unlimited { fair_use, .. } => (None, Some(fair_use.get())),
    };
    PlanView {
        id: plan.id.as_str(),
        name: plan.name.clone(),
        usd_cents_per_month: plan.usd_cents_per_month,
        credits_per_month,
        fair_use_credits,
        jobs_at_work: plan.at_work,
        jobs_waiting: plan.waiting,
        images_per_job: plan.images_per_job,
        watermark: plan.watermark,
        api_keys: plan.api_keys,
        retention_days: plan.retention_days,
        support: plan.support.clone(),
    }
}
