use http::StatusCode;
use imagegen_core::generations::MAX_SEED;
use imagegen_core::ports::imaging::Recipe;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// What a picture was made from, as its file says. Whoever has the file can have changed it: it fills a form and
/// proves nothing.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecipeView {
    /// `null` when its maker kept it out of the file.
    prompt: Option<String>,
    model: String,
    /// Whether that model can be ordered today.
    model_offered: bool,
    /// As ordered, where the model makes such a size.
    aspect_ratio: Option<String>,
    width: u32,
    height: u32,
    seed: u32,
    /// The job that made it, and which of its pictures it is.
    generation_id: String,
    index: u32,
    /// The picture that it started from: a generation's id, `/`, and an index.
    parent: Option<String>,
    created_at: String,
}

/// Characters: no name or time of ours is longer.
const LONGEST_NAME: usize = 100;

/// `POST /api/v1/generations/recipe`
pub async fn read_recipe(app: App, _user: User, req: Request) -> Result<Response, Problem> {
    let content_type = req.header("content-type").unwrap_or_default();
    if !content_type.trim_start().to_ascii_lowercase().starts_with("image/") {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "The body is not sent as a picture",
        )
        .detail("Send the file itself as the body, with `Content-Type: image/png` or its like."));
    }
    let found = app.services.imaging.read_recipe(req.body.to_vec()).await;
    let found = found.map_err(|error| {
        let problem = none().detail(format!("The file cannot be read: {}.", error.reason));
        problem.renamed("picture-refused", "This file cannot be used")
    })?;
    let recipe = found.and_then(|recipe| view(&app, recipe)).ok_or_else(none)?;
    Ok(json(StatusCode::OK, &recipe))
}

fn none() -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "no-recipe",
        "This picture tells nothing about its making",
    )
    .detail(
        "It was not made here, or a program on its way took the notes out: send the original file.",
    )
}

/// `None`: we never write such a one.
fn view(app: &App, recipe: Recipe) -> Option<RecipeView> {
    let catalog = &app.services.catalog;
    let short = |text: &String| text.chars().count() <= LONGEST_NAME;
    let names = [&recipe.model, &recipe.generation, &recipe.created_at];
    let longest = catalog.models.iter().map(|model| model.prompt_characters).max()?;
    let fits = recipe.prompt.as_ref().is_none_or(|prompt| prompt.chars().count() <= longest);
    if !fits || !names.into_iter().chain(&recipe.parent).all(short) || recipe.seed > MAX_SEED {
        return None;
    }
    let model = catalog.model(&recipe.model);
    let size = model.and_then(|model| {
        model.sizes.iter().find(|size| (size.width, size.height) == (recipe.width, recipe.height))
    });
    Some(RecipeView {
        model_offered: model.is_some(),
        aspect_ratio: size.map(|size| size.aspect_ratio.to_string()),
        prompt: recipe.prompt,
        model: recipe.model,
        width: recipe.width,
        height: recipe.height,
        seed: recipe.seed,
        generation_id: recipe.generation,
        index: recipe.index,
        parent: recipe.parent,
        created_at: recipe.created_at,
    })
}
