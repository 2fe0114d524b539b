use bytes::Bytes;
use futures_util::StreamExt as _;
use http::StatusCode;
use imagegen_core::accounts;
use imagegen_core::statement::{self, LineView, UsageView};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json, streamed};

/// One page of your statement, newest line first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Statement {
    items: Vec<LineView>,
    /// For the next page; `null` on the last.
    next_cursor: Option<String>,
}

/// `GET /api/v1/usage`
pub async fn get_usage(app: App, user: User, _req: Request) -> Result<Response, Problem> {
    let account = accounts::current(&app.services, &user.id, &user.person).await?;
    Ok(json(StatusCode::OK, &UsageView::of(&account, &app.services)))
}

/// `GET /api/v1/usage/ledger`
pub async fn list_ledger(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let limit = req.limit()?;
    let before = req.query::<u64>("cursor", "must be a `next_cursor` of ours")?;
    // Whoever is seen for the first time has the first month's credits in it.
    accounts::current(&app.services, &user.id, &user.person).await?;
    let page = statement::page(&app.services, &user.id, before, limit).await?;
    let next_cursor = page.next.map(|number| number.to_string());
    Ok(json(StatusCode::OK, &Statement { items: page.lines, next_cursor }))
}

/// `GET /api/v1/usage/ledger.csv`
pub async fn export_ledger(app: App, user: User, _req: Request) -> Result<Response, Problem> {
    let day = app.services.clock.now().strftime("%Y-%m-%d").to_string();
    let pieces = statement::csv(app.services, user.id);
    let pieces = pieces.map(|piece| piece.map(Bytes::from));
    Ok(streamed("text/csv; charset=utf-8", &format!("statement-{day}.csv"), pieces))
}
