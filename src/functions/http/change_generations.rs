use http::StatusCode;
use imagegen_core::ids::GenerationId;
use imagegen_core::library::{self, Change, Changed, Marks};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::update_generation::collection_id;
use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// One thing to be done to many jobs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkChange {
    /// 1 to 100 jobs.
    #[schema(min_items = 1, max_items = 100)]
    ids: Vec<String>,
    /// `delete`, `restore`, `favourite`, `unfavourite` or `collect`.
    #[schema(value_type = String, example = "delete")]
    action: Action,
    /// For `collect`: an id of `/api/v1/collections`, or `null` for none.
    collection: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Delete,
    Restore,
    Favourite,
    Unfavourite,
    Collect,
}

/// What became of each, in the order asked; of a job that was named twice once.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkResult {
    results: Vec<BulkOutcome>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BulkOutcome {
    id: String,
    done: bool,
    /// Why it was left as it is: `not-found`, `still-open`, `in-trash` or `invalid-request`.
    code: Option<&'static str>,
    /// Of the job as it is now.
    revision: Option<u64>,
}

/// `POST /api/v1/generations/bulk`
pub async fn change_generations(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let BulkChange { ids, action, collection } = req.json()?;
    let change = change(action, collection.as_deref())?;
    let ids = some_ids(&ids, app.services.catalog.library.at_once)?;
    let known: Vec<GenerationId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let mut changed = library::change(&app.services, &user.id, &known, &change).await?.into_iter();
    let results = ids.iter().map(|id| {
        // An id that is none names nothing, and was not asked about.
        let asked = id.parse::<GenerationId>().is_ok();
        let changed = asked.then(|| changed.next()).flatten().map(|(_, changed)| changed);
        outcome(id, changed)
    });
    Ok(json(StatusCode::OK, &BulkResult { results: results.collect() }))
}

/// What was given, each once.
pub(super) fn some_ids(ids: &[String], most: usize) -> Result<Vec<&str>, Problem> {
    if !(1..=most).contains(&ids.len()) {
        return Err(Problem::invalid_field("ids", format!("must be 1 to {most} ids")));
    }
    let mut once: Vec<&str> = Vec::with_capacity(ids.len());
    for id in ids {
        if !once.contains(&id.as_str()) {
            once.push(id);
        }
    }
    Ok(once)
}

fn change(action: Action, collection: Option<&str>) -> Result<Change, Problem> {
    let favourite = |yes| Change::Mark(Marks { favourite: Some(yes), collection: None });
    match (action, collection) {
        (Action::Collect, collection) => {
            let collection = collection.map(collection_id).transpose()?;
            Ok(Change::Mark(Marks { favourite: None, collection: Some(collection) }))
        }
        (_, Some(_)) => Err(Problem::invalid_field("collection", "is for `collect` alone")),
        (Action::Delete, None) => Ok(Change::Delete),
        (Action::Restore, None) => Ok(Change::Restore),
        (Action::Favourite, None) => Ok(favourite(true)),
        (Action::Unfavourite, None) => Ok(favourite(false)),
    }
}

fn outcome(id: &str, changed: Option<Changed>) -> BulkOutcome {
    let (code, revision) = match changed {
        None => (Some("not-found"), None),
        Some(Ok(generation)) => (None, Some(generation.revision)),
        Some(Err(refusal)) => (Some(Problem::from(refusal).code()), None),
    };
    BulkOutcome { id: id.to_owned(), done: code.is_none(), code, revision }
}
