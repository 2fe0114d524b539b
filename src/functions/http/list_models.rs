use http::StatusCode;
use imagegen_core::catalog::{Model, OutputFormat};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::functions::problem::Problem;
use crate::functions::request::{Request, Response, json};

/// The models, cheapest plan first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelList {
    items: Vec<ModelView>,
}

/// What a model takes and costs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ModelView {
    id: String,
    name: String,
    /// The least plan that opens it.
    plan: &'static str,
    credits_per_image: u32,
    usual_seconds: f64,
    /// The longest prompt, in characters.
    prompt_characters: usize,
    sizes: Vec<SizeView>,
    output_formats: Vec<&'static str>,
    /// How many pictures it takes as input.
    input_images: u32,
    strength: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SizeView {
    aspect_ratio: String,
    width: u32,
    height: u32,
}

/// `GET /api/v1/models`
pub async fn list_models(app: App, _req: Request) -> Result<Response, Problem> {
    let items = app.services.catalog.models.iter().map(view).collect();
    Ok(json(StatusCode::OK, &ModelList { items }))
}

fn view(model: &Model) -> ModelView {
    let size = |s: &imagegen_core::catalog::Size| SizeView {
        aspect_ratio: s.aspect_ratio.to_string(),
        width: s.width,
        height: s.height,
    };
    ModelView {
        id: model.id.clone(),
        name: model.name.clone(),
        plan: model.plan.as_str(),
        credits_per_image: model.credits.get(),
        usual_seconds: model.usual_seconds,
        prompt_characters: model.prompt_characters,
        sizes: model.sizes.iter().map(size).collect(),
        output_formats: OutputFormat::ALL.map(OutputFormat::as_str).to_vec(),
        input_images: model.input_images,
        strength: model.strength,
    }
}
