use http::{HeaderValue, StatusCode, header};
use imagegen_core::accounts::CannotHold;
use imagegen_core::catalog::{Catalog, Model, OutputFormat};
use imagegen_core::generations::{
    self, CreateError, Created, GenerationView, InputWish, NotPermitted, Order, Wish,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::functions::auth::User;
use crate::functions::problem::{FieldError, Problem};
use crate::functions::request::{Request, Response, json};
use crate::functions::router::{about, begins};

/// A job to be done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGeneration {
    /// What to draw. How long it may be depends on the model; see `/api/v1/models`.
    #[schema(example = "a red fox in snow")]
    prompt: String,
    #[schema(example = "flux-schnell")]
    model: String,
    /// `1:1` when absent.
    #[schema(example = "16:9")]
    aspect_ratio: Option<String>,
    /// 1 to 4 images, 1 when absent; how many depends on the plan.
    #[schema(minimum = 1, maximum = 4)]
    count: Option<u32>,
    /// The same seed, prompt and model make the same picture. Image n has this seed plus n. Chance when absent.
    #[schema(minimum = 0, maximum = 2_147_483_647)]
    seed: Option<u32>,
    /// `webp` (when absent), `png` or `jpeg`.
    #[schema(value_type = Option<String>, example = "webp")]
    output_format: Option<Format>,
    /// Whether the prompt goes into the file's metadata; `true` when absent.
    embed_prompt: Option<bool>,
    /// Pictures to start from; how many depends on the model. Without `aspect_ratio`, the result has the shape of
    /// the first.
    #[serde(default)]
    inputs: Vec<NewInput>,
    /// How far the result may go from the picture: 0.01 stays close, 1 keeps nothing. 0.8 when absent, for models
    /// that take it.
    #[schema(minimum = 0.01, maximum = 1.0, example = 0.8)]
    strength: Option<f64>,
}

/// A picture to start from: either `upload_id`, or `generation_id` and `index`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewInput {
    /// One that you brought along.
    upload_id: Option<String>,
    /// A job of yours.
    generation_id: Option<String>,
    /// Which of that job's pictures; 0 when absent.
    index: Option<u32>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    Webp,
    Png,
    Jpeg,
}

/// `POST /api/v1/generations`
pub async fn create_generation(app: App, user: User, req: Request) -> Result<Response, Problem> {
    let key = req.idempotency_key(&app)?;
    let (order, model) = req.json::<NewGeneration>()?.parse(&app.services.catalog)?;
    let services = &app.services;
    let created =
        generations::create(services, &user.id, &user.person, &key, &order, model).await?;
    Ok(accepted(&app, &created).await)
}

/// 202 with the address of the job.
pub(super) async fn accepted(app: &App, created: &Created) -> Response {
    if created.replayed {
        about(&created.generation.id);
    } else {
        begins(&created.generation.id);
    }
    let Created { generation, position, replayed } = created;
    let now = app.services.clock.now();
    let view = GenerationView::of(&app.services, generation, *position, now).await;
    let mut response = json(StatusCode::ACCEPTED, &view);
    let headers = response.headers_mut();
    let location = HeaderValue::from_str(&format!("/api/v1/generations/{}", generation.id));
    headers.insert(header::LOCATION, location.expect("ids are ASCII"));
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    if *replayed {
        headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    response
}

impl NewGeneration {
    pub(super) fn parse(self, catalog: &Catalog) -> Result<(Order, &Model), Problem> {
        let wish = Wish {
            prompt: self.prompt,
            model: self.model,
            aspect_ratio: self.aspect_ratio,
            count: self.count,
            seed: self.seed,
            output_format: self.output_format.map(|format| match format {
                Format::Webp => OutputFormat::Webp,
                Format::Png => OutputFormat::Png,
                Format::Jpeg => OutputFormat::Jpeg,
            }),
            embed_prompt: self.embed_prompt,
            inputs: self.inputs.into_iter().map(InputWish::from).collect(),
            strength: self.strength,
        };
        wish.parse(catalog).map_err(wrong)
    }
}

impl From<NewInput> for InputWish {
    fn from(NewInput { upload_id, generation_id, index }: NewInput) -> Self {
        Self { upload_id, generation_id, index }
    }
}

fn wrong(objections: Vec<generations::Objection>) -> Problem {
    let error = |o: generations::Objection| FieldError {
        pointer: format!("#/{}", o.field),
        detail: o.detail,
    };
    Problem::invalid(objections.into_iter().map(error).collect())
}

impl From<CreateError> for Problem {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::NotPermitted(why) => why.into(),
            CreateError::CannotHold(CannotHold::Frozen) => super::subscription::frozen(),
            CreateError::CannotHold(CannotHold::NotEnough(why)) => {
                Self::new(StatusCode::PAYMENT_REQUIRED, "not-enough-credits", "Not enough credits")
                    .detail(format!("{why}. Nothing was charged."))
                    .with("needed", why.needed.get())
                    .with("available", why.available.get())
                    .with("owed", why.owed.get())
            }
            CreateError::BacklogFull(why) => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "backlog-full",
                "Too many jobs are waiting",
            )
            .detail(format!("{why}; wait for one to end."))
            .retry_after(std::time::Duration::from_secs(5)),
            CreateError::Blocked { decision, category } => {
                let mut problem = Self::invalid_field(
                    "prompt",
                    format!("was kept back by the safety check ({})", category.as_str()),
                );
                problem = problem.with("decision_id", decision.to_string());
                problem
                    .with("category", category.as_str())
                    .renamed("content-blocked", "The safety check kept the prompt back")
            }
            CreateError::Inputs(objections) => wrong(objections),
            CreateError::InputBlocked { number, decision, category } => Self::invalid_field(
                &format!("inputs/{number}/upload_id"),
                format!("was kept back by the safety check ({})", category.as_str()),
            )
            .with("decision_id", decision.to_string())
            .with("category", category.as_str())
            .renamed("content-blocked", "The safety check kept a picture back"),
            CreateError::KeyReused => Self::new(
                StatusCode::CONFLICT,
                "idempotency-key-reused",
                "This Idempotency-Key was used for another request",
            )
            .detail("Send a new key with a new request; the same key only repeats the same one."),
            CreateError::NotFound => Self::not_found("generation"),
            CreateError::Moderation(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "No safety check");
                Self::unavailable("The safety check is not reachable. Nothing was charged.")
                    .with("service", "safety-check")
            }
            CreateError::Blobs(error) => error.into(),
            CreateError::Documents(error) => error.into(),
        }
    }
}

impl From<NotPermitted> for Problem {
    fn from(why: NotPermitted) -> Self {
        let sentence = format!("{why}.");
        let too_low = ("plan-too-low", "Your plan does not include this");
        let ((code, title), status, field) = match &why {
            NotPermitted::Model { .. } => (too_low, StatusCode::FORBIDDEN, "model"),
            NotPermitted::Count { .. } => (too_low, StatusCode::FORBIDDEN, "count"),
            NotPermitted::Gone { .. } => {
                (("model-gone", "This model is no longer offered"), StatusCode::GONE, "model")
            }
        };
        Self::new(status, code, title).detail(sentence).field(field, why.to_string())
    }
}
