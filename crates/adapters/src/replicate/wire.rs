//! Replicate's words. What we do not know of is ignored; a status that we do not know is not an end.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use imagegen_core::catalog::{AspectRatio, OutputFormat};
use imagegen_core::ports::image_provider::{
    InputImage, Prediction, PredictionId, ProviderRequest, Snapshot,
};
use imagegen_core::ticket::Ticket;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;

/// How strict the pro models' own filter is: 1 is strictest. 2 is the default, and the most that Kontext takes with
/// an input image.
const SAFETY_TOLERANCE: u8 = 2;
/// 1 to 100. The picture is decoded and encoded once more when it gets a watermark; the loss of the default 80 would
/// then be seen twice. 100 makes twice the bytes for nothing to be seen.
const OUTPUT_QUALITY: u8 = 95;
/// The most that goes along as `data:` URIs, all together, in bytes: Replicate's own client sends no more inline.
const MOST_INLINE: usize = 10_000_000;
/// Characters of a refusal that are kept.
const LONGEST_REASON: usize = 200;

/// The body of `POST /models/{owner}/{name}/predictions`, which takes no other members.
#[derive(Debug, Serialize)]
pub(super) struct Create<'a> {
    input: Input<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_events_filter: Option<[&'static str; 2]>,
}

/// The parameters of all models; each model is given its own. `disable_safety_checker` is not among them.
#[derive(Debug, Default, Serialize)]
struct Input<'a> {
    prompt: &'a str,
    aspect_ratio: String,
    seed: u32,
    output_format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_quality: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    num_outputs: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    megapixels: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    go_fast: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    safety_tolerance: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_upsampling: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resolution: Option<&'static str>,
    // One thing, spelled in three ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Cow<'a, str>>,
    #[serde(rename = "input_image", skip_serializing_if = "Option::is_none")]
    edited: Option<Cow<'a, str>>,
    #[serde(rename = "input_images", skip_serializing_if = "Option::is_none")]
    references: Option<Vec<Cow<'a, str>>>,
    /// 0 keeps the image, 1 ignores it.
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_strength: Option<f64>,
}

/// A prediction, as an answer or in a webhook.
#[derive(Debug, Deserialize)]
pub(super) struct WirePrediction {
    #[serde(deserialize_with = "not_empty")]
    id: String,
    status: String,
    output: Option<Output>,
    /// A string, or anything.
    error: Option<Value>,
    data_removed: Option<bool>,
    /// What was sent, where it is told: in a list, and mostly elsewhere.
    model: Option<String>,
    webhook: Option<String>,
    input: Option<Value>,
}

/// A page of `GET /predictions`.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    pub(super) next: Option<String>,
    pub(super) results: Vec<WirePrediction>,
}

/// What was sent for the picture that is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent<'a> {
    pub(super) ticket: &'a Ticket,
    /// Replicate's name of the model.
    pub(super) model: &'a str,
    pub(super) prompt: &'a str,
    pub(super) aspect_ratio: AspectRatio,
    pub(super) seed: u32,
}

/// RFC 7807, every member of it optional.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Problem {
    title: Option<String>,
    detail: Option<String>,
}

/// One address or several, depending on the model.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Output {
    One(String),
    Many(Vec<String>),
    Unknown(de::IgnoredAny),
}

impl<'a> Create<'a> {
    /// What cannot be asked of `model`, in a sentence.
    pub(super) fn new(model: &str, request: &'a ProviderRequest<'_>) -> Result<Self, &'static str> {
        let webhook = request.callback.as_deref();
        Ok(Self {
            input: input(model, request)?,
            webhook,
            // `start` reveals the prediction when the answer to `submit` was lost.
            webhook_events_filter: webhook.map(|_| ["start", "completed"]),
        })
    }
}

fn input<'a>(model: &str, request: &'a ProviderRequest<'_>) -> Result<Input<'a>, &'static str> {
    let mut images = images(request.inputs)?.into_iter();
    let common = Input {
        prompt: request.prompt,
        aspect_ratio: request.aspect_ratio.to_string(),
        seed: request.seed,
        output_format: match request.output_format {
            OutputFormat::Webp => "webp",
            OutputFormat::Png => "png",
            OutputFormat::Jpeg => "jpg",
        },
        ..Input::default()
    };
    let input = match model {
        "black-forest-labs/flux-schnell" => open(common),
        "black-forest-labs/flux-dev" => {
            let image = images.next();
            // The result takes the shape of the image, whatever `aspect_ratio` says.
            let strength = request.strength_percent.filter(|_| image.is_some());
            let prompt_strength = strength.map(|percent| f64::from(percent) / 100.0);
            Input { image, prompt_strength, ..open(common) }
        }
        "black-forest-labs/flux-1.1-pro" => Input {
            safety_tolerance: Some(SAFETY_TOLERANCE),
            prompt_upsampling: Some(false),
            ..common
        },
        "black-forest-labs/flux-kontext-pro" => Input {
            // It makes no WebP; from PNG we can make one without a loss on the way.
            output_format: if common.output_format == "jpg" { "jpg" } else { "png" },
            safety_tolerance: Some(SAFETY_TOLERANCE),
            edited: images.next(),
            ..common
        },
        "black-forest-labs/flux-2-pro" => Input {
            output_quality: Some(OUTPUT_QUALITY),
            safety_tolerance: Some(SAFETY_TOLERANCE),
            resolution: Some("1 MP"),
            references: Some(images.by_ref().collect()).filter(|all: &Vec<_>| !all.is_empty()),
            ..common
        },
        _ => return Err("we do not know the parameters of this model"),
    };
    match images.next() {
        // It would be drawn without them, and paid.
        Some(_) => Err("the model takes fewer input images"),
        None => Ok(input),
    }
}

/// What the open-weight models have in common.
fn open(common: Input<'_>) -> Input<'_> {
    Input {
        output_quality: Some(OUTPUT_QUALITY),
        num_outputs: Some(1),
        megapixels: Some("1"),
        // The fast path draws another picture each time, even from the same seed.
        go_fast: Some(false),
        ..common
    }
}

/// Each input as Replicate fetches it: by its link, or in the request itself where there is none.
fn images(inputs: &[InputImage]) -> Result<Vec<Cow<'_, str>>, &'static str> {
    let uri = |input: &'_ InputImage| {
        format!("data:{};base64,{}", input.content_type, BASE64.encode(&input.bytes))
    };
    let images: Vec<Cow<'_, str>> = inputs
        .iter()
        .map(|input| match &input.url {
            Some(url) => Cow::Borrowed(url.as_str()),
            None => Cow::Owned(uri(input)),
        })
        .collect();
    let inline = images.iter().filter(|uri| matches!(uri, Cow::Owned(_))).map(|uri| uri.len());
    if inline.sum::<usize>() > MOST_INLINE {
        return Err("the input images are too large to go along");
    }
    Ok(images)
}

impl WirePrediction {
    pub(super) fn into_snapshot(self) -> Snapshot {
        let state = match self.status.as_str() {
            "starting" => Prediction::Working { started: false },
            // May carry an output already; it is not complete before `succeeded`.
            "processing" => Prediction::Working { started: true },
            "succeeded" => self.drawn(),
            "failed" => self.failed(),
            // `aborted` is `cancel_after` before the start, `canceled` after it.
            "canceled" | "aborted" => Prediction::Cancelled,
            status => {
                tracing::warn!(status, "Replicate has a status that we do not know");
                Prediction::Working { started: false }
            }
        };
        Snapshot { id: PredictionId(self.id), state }
    }

    fn drawn(&self) -> Prediction {
        let output = match &self.output {
            Some(Output::One(output)) => Some(output),
            Some(Output::Many(outputs)) => outputs.first(),
            Some(Output::Unknown(_)) | None => None,
        };
        match output {
            Some(output) if self.data_removed != Some(true) => {
                Prediction::Drawn { output: output.clone() }
            }
            _ if self.data_removed == Some(true) => {
                Prediction::Failed { reason: "its output was removed already".into() }
            }
            _ => Prediction::Failed { reason: "it succeeded without an output".into() },
        }
    }

    fn failed(&self) -> Prediction {
        let reason = match &self.error {
            Some(Value::String(text)) => text.clone(),
            None | Some(Value::Null) => "no reason given".into(),
            Some(other) => other.to_string(),
        };
        // There is no code for it, so we go by the sentences that were seen.
        let filtered =
            ["NSFW", "flagged as sensitive", "(E005)"].iter().any(|s| reason.contains(s));
        if filtered {
            Prediction::Filtered
        } else {
            // It goes into the log, where no prompt belongs, should the provider quote it.
            let prompt = self.input.as_ref().and_then(|i| i.get("prompt")).and_then(Value::as_str);
            let reason = match prompt.filter(|prompt| !prompt.is_empty()) {
                Some(prompt) => reason.replace(prompt, "…"),
                None => reason,
            };
            Prediction::Failed { reason: shorten(&reason) }
        }
    }
}

impl WirePrediction {
    pub(super) fn was_asked_for(&self, sent: &Sent<'_>) -> bool {
        if let Some(webhook) = &self.webhook {
            return webhook.contains(sent.ticket.as_str());
        }
        let input = |name| self.input.as_ref().and_then(|input: &Value| input.get(name));
        let text = |name| input(name).and_then(Value::as_str);
        self.model.as_deref().is_none_or(|model| model == sent.model)
            && input("seed").and_then(Value::as_u64) == Some(sent.seed.into())
            && text("prompt") == Some(sent.prompt)
            && text("aspect_ratio") == Some(sent.aspect_ratio.to_string().as_str())
    }
}

impl Problem {
    pub(super) fn read(body: &[u8]) -> Self {
        serde_json::from_slice(body).unwrap_or_default()
    }

    /// Short, and without the prompt, should the provider quote it.
    pub(super) fn reason(&self, prompt: &str) -> String {
        let parts = [self.title.as_deref(), self.detail.as_deref()];
        let text = parts.into_iter().flatten().collect::<Vec<_>>().join(": ");
        let text = if prompt.is_empty() { text } else { text.replace(prompt, "…") };
        if text.is_empty() { "no reason given".into() } else { shorten(&text) }
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(LONGEST_REASON).collect()
}

fn not_empty<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    if text.is_empty() { Err(de::Error::custom("an empty id")) } else { Ok(text) }
}

#[cfg(test)]
mod tests;
