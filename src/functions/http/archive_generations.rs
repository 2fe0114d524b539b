use std::convert::Infallible;

use bytes::Bytes;
use futures_util::StreamExt as _;
use imagegen_core::ids::GenerationId;
use imagegen_core::library;
use serde::Deserialize;
use utoipa::ToSchema;

use super::change_generations::some_ids;
use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, streamed};

/// Jobs whose pictures are wanted as one file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArchiveOrder {
    /// 1 to 100 jobs.
    #[schema(min_items = 1, max_items = 100)]
    ids: Vec<String>,
}

/// `POST /api/v1/generations/archive`
pub async fn archive_generations(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let ArchiveOrder { ids } = req.json()?;
    let ids = some_ids(&ids, app.services.catalog.library.at_once)?;
    let (mut known, mut others) = (Vec::new(), Vec::new());
    for text in ids {
        match text.parse::<GenerationId>() {
            Ok(id) => known.push(id),
            Err(_) => others.push(text),
        }
    }
    let pieces = library::archive(&app.services, &user.id, &known, &others).await?;
    let pieces = pieces.ok_or_else(|| Problem::not_found("picture"))?;
    let pieces = pieces.map(|piece| Ok::<_, Infallible>(Bytes::from(piece)));
    let day = app.services.clock.now().strftime("%Y-%m-%d");
    Ok(streamed("application/zip", &format!("pictures-{day}.zip"), pieces))
}
