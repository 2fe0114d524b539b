use http::StatusCode;
use imagegen_core::library::{self, Collection, CollectionError, CollectionName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCollection {
    /// 1 to 80 characters, of your collections none other's.
    #[schema(example = "Foxes")]
    name: String,
}

/// A named heap of jobs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Collection)]
pub struct CollectionView {
    /// `col_` and a ULID.
    id: String,
    name: String,
    /// Jobs in it; those in the trash are not counted.
    count: u32,
    created_at: String,
}

/// All of your collections, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct CollectionList {
    items: Vec<CollectionView>,
}

/// `GET /api/v1/collections`
pub async fn list_collections(app: App, user: User, _req: Request) -> Result<Response, Problem> {
    let all = library::collections(&app.services, &user.id).await?;
    let items = all.into_iter().map(CollectionView::from).collect();
    Ok(json(StatusCode::OK, &CollectionList { items }))
}

/// `POST /api/v1/collections`
pub async fn create_collection(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let name = name(&req)?;
    let made = library::create_collection(&app.services, &user.id, &name).await?;
    Ok(json(StatusCode::CREATED, &CollectionView::from(made)))
}

/// `PATCH /api/v1/collections/{id}`
pub async fn rename_collection(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let id = req.param("id", "collection")?;
    let name = name(&req)?;
    let renamed = library::rename_collection(&app.services, &user.id, &id, &name).await?;
    Ok(json(StatusCode::OK, &CollectionView::from(renamed)))
}

/// `DELETE /api/v1/collections/{id}`
pub async fn delete_collection(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let id = req.param("id", "collection")?;
    let gone = library::delete_collection(&app.services, &user.id, &id).await?;
    Ok(json(StatusCode::OK, &CollectionView::from(gone)))
}

fn name(req: &Request) -> Result<CollectionName, Problem> {
    let NewCollection { name } = req.json()?;
    CollectionName::parse(&name).map_err(|error| Problem::invalid_field("name", error.to_string()))
}

impl From<Collection> for CollectionView {
    fn from(collection: Collection) -> Self {
        Self {
            id: collection.id.to_string(),
            name: collection.name.as_str().to_owned(),
            count: collection.count,
            created_at: collection.created_at.to_string(),
        }
    }
}

impl From<CollectionError> for Problem {
    fn from(error: CollectionError) -> Self {
        let conflict = |code, title| Self::new(StatusCode::CONFLICT, code, title);
        match error {
            CollectionError::NotFound => Self::not_found("collection"),
            CollectionError::NameTaken => conflict("name-taken", "There is one of this name")
                .detail("Capital and small letters do not make two names.")
                .field("name", "is the name of another collection"),
            CollectionError::TooMany { most } => {
                conflict("too-many-collections", "Too many collections")
                    .detail(format!("There may be {most}; delete one first."))
            }
            CollectionError::Documents(error) => error.into(),
        }
    }
}
