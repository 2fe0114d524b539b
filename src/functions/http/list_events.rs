use http::StatusCode;
use imagegen_core::accounts;
use imagegen_core::generations::{self, EventView};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// Events in order, each with its job as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventList {
    items: Vec<EventView>,
    /// The number of the newest event there is.
    last_seq: u64,
    /// Whether there are events after the last one of this page.
    more: bool,
    /// Events that you missed are no longer kept: load your jobs anew.
    gap: bool,
}

/// `GET /api/v1/events?after=N`
pub async fn list_events(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let after = req.query("after", "must be a whole number")?.unwrap_or(0);
    let account = accounts::current(&app.services, &user.id, &user.person).await?;
    let page = generations::events(&app.services, &user.id, &account, after).await?;
    let list = EventList {
        items: page.events,
        last_seq: account.last_event,
        more: page.more,
        gap: page.gap,
    };
    Ok(json(StatusCode::OK, &list))
}
