use http::StatusCode;
use imagegen_core::generations::{Generation, GenerationView};
use imagegen_core::ids::{CollectionId, GenerationId};
use imagegen_core::library::{self, Change, Marks, Refusal};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};
use crate::functions::router::about;

/// What is to be changed; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GenerationChange {
    favourite: Option<bool>,
    /// An id of `/api/v1/collections`; `null` takes the job out of its collection.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    collection: Target,
}

/// `null` is something else than nothing.
#[derive(Debug, Default)]
enum Target {
    #[default]
    AsItIs,
    None,
    Named(String),
}

/// `PATCH /api/v1/generations/{id}`
pub async fn update_generation(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let id = req.param("id", "generation")?;
    about(&id);
    let GenerationChange { favourite, collection } = req.json()?;
    let collection = match collection {
        Target::AsItIs if favourite.is_none() => {
            return Err(Problem::invalid_field("", "must have `favourite` or `collection`"));
        }
        Target::AsItIs => None,
        Target::None => Some(None),
        Target::Named(id) => Some(Some(collection_id(&id)?)),
    };
    let marks = Marks { favourite, collection };
    one(&app, &user, id, &Change::Mark(marks)).await
}

/// Does `change` to one job and shows it.
pub(super) async fn one(
    app: &App,
    user: &User,
    id: GenerationId,
    change: &Change,
) -> Result<Response, Problem> {
    let changed = library::change(&app.services, &user.id, &[id], change).await?.remove(0).1;
    Ok(shown(app, &changed?).await)
}

async fn shown(app: &App, generation: &Generation) -> Response {
    let now = app.services.clock.now();
    // Its place in the queue is told by whoever asks for the job itself.
    json(StatusCode::OK, &GenerationView::of(&app.services, generation, 0, now).await)
}

pub(super) fn collection_id(text: &str) -> Result<CollectionId, Problem> {
    text.parse().map_err(|error| Problem::invalid_field("collection", format!("{error}")))
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(reader)?.map_or(Self::None, Self::Named))
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let detail = |problem: Self| problem.detail(format!("{refusal}."));
        match refusal {
            Refusal::NotFound => Self::not_found("generation"),
            Refusal::StillOpen => {
                detail(Self::new(StatusCode::CONFLICT, "still-open", "The job has not ended"))
            }
            Refusal::InTrash => {
                detail(Self::new(StatusCode::CONFLICT, "in-trash", "The job is in the trash"))
            }
            Refusal::NoCollection => Self::invalid_field("collection", "is no collection of yours"),
        }
    }
}
