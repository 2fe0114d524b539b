use http::StatusCode;
use imagegen_core::accounts;
use imagegen_core::library;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// How many jobs your library has: exact, as of the last change.
#[derive(Debug, Serialize, ToSchema)]
pub struct LibrarySummary {
    /// What a list without a filter gives.
    total: u32,
    favourites: u32,
    trash: u32,
    /// Newest first; months without a job are left out. `from` and `to` of a list cut out one of them.
    months: Vec<MonthCount>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MonthCount {
    /// Year and month in UTC.
    #[schema(example = "2026-11")]
    month: String,
    count: u32,
}

/// `GET /api/v1/library/summary`
pub async fn get_library_summary(app: App, user: User, _req: Request) -> Result<Response, Problem> {
    accounts::current(&app.services, &user.id, &user.person).await?;
    let shelf = library::shelf(&app.services, &user.id).await?;
    let months = shelf.months().map(|(month, count)| MonthCount { month: month.to_owned(), count });
    let summary = LibrarySummary {
        total: shelf.total(),
        favourites: shelf.favourites(),
        trash: shelf.trash(),
        months: months.collect(),
    };
    Ok(json(StatusCode::OK, &summary))
}
