use std::str::FromStr;

use futures_util::future::join_all;
use http::StatusCode;
use imagegen_core::accounts;
use imagegen_core::generations::GenerationView;
use imagegen_core::ids::GenerationId;
use imagegen_core::library::{self, Filter, Moment};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// One page of jobs.
#[derive(Debug, Serialize, ToSchema)]
pub struct GenerationList {
    items: Vec<GenerationView>,
    /// For the next page; `null` on the last. A filtered page may be short, or empty, and yet not the last.
    next_cursor: Option<String>,
}

/// `GET /api/v1/generations`
pub async fn list_generations(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let limit = req.limit()?;
    let cursor = req.query::<GenerationId>("cursor", "must be a `next_cursor` of ours")?;
    let filter = filter(&req)?;
    let services = &app.services;
    let account = accounts::current(services, &user.id, &user.person).await?;
    let page = library::list(services, &user.id, &filter, cursor.as_ref(), limit).await?;
    let now = services.clock.now();
    let views = page.generations.iter().map(|generation| {
        let position = account.lanes.position(&generation.id);
        GenerationView::of(services, generation, position, now)
    });
    let next_cursor = page.next.map(String::from);
    Ok(json(StatusCode::OK, &GenerationList { items: join_all(views).await, next_cursor }))
}

fn filter(req: &Request) -> Result<Filter, Problem> {
    const MOMENT: &str = "must be a date such as `2026-11-01`, or a time of RFC 3339";
    let words = req.query::<String>("q", "")?.unwrap_or_default();
    let words = Filter::words_of(&words).ok_or_else(|| {
        Problem::invalid_field("q", "must have 200 characters and 16 words at the most")
    })?;
    Ok(Filter {
        words,
        model: req.query("model", "")?,
        aspect_ratio: req.query("aspect_ratio", "must be a ratio such as `16:9`")?,
        status: req.query(
            "status",
            "must be queued, starting, running, finishing, succeeded, failed, cancelled or blocked",
        )?,
        favourite: req.query::<Flag>("favourite", "must be `true`")?.is_some(),
        collection: req.query("collection", "must be an id of a collection")?,
        trash: req.query::<Flag>("trash", "must be `true`")?.is_some(),
        from: req.query::<Moment>("from", MOMENT)?.map(|moment| moment.0),
        to: req.query::<Moment>("to", MOMENT)?.map(|moment| moment.0),
    })
}

/// `true`, and nothing else: what is not asked for is left out.
struct Flag;

impl FromStr for Flag {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        (text == "true").then_some(Self).ok_or(())
    }
}
