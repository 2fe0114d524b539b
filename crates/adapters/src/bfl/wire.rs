//! The words of Black Forest Labs. What we do not know of is ignored; a status that we do not know is not an end.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use imagegen_core::catalog::{OutputFormat, Provider};
use imagegen_core::ports::image_provider::{Prediction, PredictionId, ProviderRequest};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::http::Secret;
use crate::submitted::reason;

/// How strict the vendor's own filter is: 0 is strictest. The same as Replicate is told.
const SAFETY_TOLERANCE: u8 = 2;

/// The body of `POST /v1/{model}`.
#[derive(Debug, Serialize)]
pub(super) struct Create<'a> {
    prompt: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aspect_ratio: Option<String>,
    seed: u32,
    safety_tolerance: u8,
    output_format: &'static str,
    /// `input_image`, `input_image_2`, …: a link or base64.
    #[serde(flatten)]
    inputs: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_secret: Option<&'a str>,
}

/// The answer to it.
#[derive(Debug, Deserialize)]
pub(super) struct Accepted {
    id: TaskId,
    polling_url: Option<String>,
}

/// A task's name: not empty and without a space, which ends it in our [`PredictionId`].
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
struct TaskId(String);

/// What is told of a task, when asked or by webhook.
#[derive(Debug, Deserialize)]
pub(super) struct Task {
    id: Option<TaskId>,
    status: String,
    result: Option<Value>,
    details: Option<Value>,
}

impl<'a> Create<'a> {
    /// With the vendor's name of the model; `None` for one that we do not know.
    pub(super) fn new(
        request: &'a ProviderRequest<'_>,
        secret: Option<&'a Secret>,
    ) -> Option<(&'a str, Self)> {
        let model = request.model.route(Provider::Bfl)?.model.as_str();
        let size = request.model.size(request.aspect_ratio)?;
        let (sides, ratio) = match model {
            "flux-pro-1.1" | "flux-2-pro" => (Some((size.width, size.height)), None),
            // It thinks in shapes, and makes a megapixel of each.
            "flux-kontext-pro" => (None, Some(request.aspect_ratio.to_string())),
            _ => return None,
        };
        let inputs = request.inputs.iter().enumerate().map(|(place, input)| {
            let name = match place {
                0 => "input_image".to_owned(),
                place => format!("input_image_{}", place + 1),
            };
            (name, input.url.clone().unwrap_or_else(|| BASE64.encode(&input.bytes)))
        });
        // Without a secret nobody could tell who calls.
        let webhook = request.callback.as_deref().zip(secret);
        let create = Self {
            prompt: request.prompt,
            width: sides.map(|(width, _)| width),
            height: sides.map(|(_, height)| height),
            aspect_ratio: ratio,
            seed: request.seed,
            safety_tolerance: SAFETY_TOLERANCE,
            output_format: match request.output_format {
                OutputFormat::Jpeg => "jpeg",
                // It makes no WebP; from PNG we can make one without a loss on the way.
                OutputFormat::Webp | OutputFormat::Png => "png",
            },
            inputs: inputs.collect(),
            webhook_url: webhook.map(|(url, _)| url),
            webhook_secret: webhook.map(|(_, secret)| secret.expose()),
        };
        Some((model, create))
    }
}

impl Accepted {
    pub(super) fn into_prediction(self) -> PredictionId {
        let TaskId(id) = self.id;
        PredictionId(match self.polling_url {
            Some(url) => format!("{id} {url}"),
            None => id,
        })
    }
}

impl Task {
    pub(super) fn prediction(&self) -> Option<PredictionId> {
        self.id.as_ref().map(|id| PredictionId(id.0.clone()))
    }

    /// `None`: there is no such task.
    pub(super) fn state(&self) -> Option<Prediction> {
        Some(match self.status.as_str() {
            "Pending" => Prediction::Working { started: true },
            "Ready" => match self.result.as_ref().and_then(|r| r.get("sample")?.as_str()) {
                Some(sample) => Prediction::Drawn { output: sample.to_owned() },
                None => Prediction::Failed { reason: "it is ready without a picture".into() },
            },
            "Request Moderated" | "Content Moderated" => Prediction::Filtered,
            "Error" => Prediction::Failed {
                reason: reason(
                    &self.details.as_ref().map(Value::to_string).unwrap_or_default(),
                    "",
                ),
            },
            "Task not found" => return None,
            status => {
                tracing::warn!(status, "Black Forest Labs have a status that we do not know");
                Prediction::Working { started: true }
            }
        })
    }
}

impl TryFrom<String> for TaskId {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, &'static str> {
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        if plain { Ok(Self(text)) } else { Err("a task's id is empty or has spaces") }
    }
}
