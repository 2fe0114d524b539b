//! Cog's words, and those of the FLUX model that it serves.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use imagegen_core::catalog::{OutputFormat, Provider};
use imagegen_core::ports::image_provider::{ProviderRequest, Submitted};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::submitted::reason;

/// As for Replicate, whose model it is.
const OUTPUT_QUALITY: u8 = 95;

/// The body of `PUT /predictions/{id}`.
#[derive(Debug, Serialize)]
pub(super) struct Create<'a> {
    id: String,
    input: Input<'a>,
}

#[derive(Debug, Serialize)]
struct Input<'a> {
    prompt: &'a str,
    aspect_ratio: String,
    seed: u32,
    num_outputs: u8,
    megapixels: &'static str,
    go_fast: bool,
    output_format: &'static str,
    output_quality: u8,
}

#[derive(Debug, Deserialize)]
pub(super) struct WirePrediction {
    status: String,
    output: Option<Value>,
    error: Option<Value>,
}

impl<'a> Create<'a> {
    /// `None` for a model that we do not know.
    pub(super) fn new(request: &'a ProviderRequest<'_>) -> Option<Self> {
        match request.model.route(Provider::Cog)?.model.as_str() {
            "flux-schnell" => {}
            _ => return None,
        }
        let input = Input {
            prompt: request.prompt,
            aspect_ratio: request.aspect_ratio.to_string(),
            seed: request.seed,
            num_outputs: 1,
            megapixels: "1",
            go_fast: false,
            output_format: match request.output_format {
                OutputFormat::Webp => "webp",
                OutputFormat::Png => "png",
                OutputFormat::Jpeg => "jpg",
            },
            output_quality: OUTPUT_QUALITY,
        };
        Some(Self { id: id_of(request.ticket.as_str()), input })
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

/// The same ticket is the same prediction. The ticket itself is a secret; its hash is none.
fn id_of(ticket: &str) -> String {
    let hash = Sha256::digest(ticket.as_bytes());
    hash.iter().take(13).fold(String::new(), |mut id, byte| {
        write!(id, "{byte:02x}").expect("a String takes it");
        id
    })
}

impl WirePrediction {
    /// `None`: it has not ended.
    pub(super) fn ended(self, prompt: &str) -> Option<Submitted> {
        match self.status.as_str() {
            "succeeded" => {
                let first = match self.output {
                    Some(Value::Array(outputs)) => outputs.into_iter().next(),
                    other => other,
                };
                let picture = first.as_ref().and_then(Value::as_str).and_then(data);
                let missing =
                    || Submitted::Failed { reason: "its output is no `data:` address".into() };
                Some(picture.map_or_else(missing, |picture| Submitted::Drawn { picture }))
            }
            "failed" => {
                let error = match self.error {
                    Some(Value::String(text)) => text,
                    Some(other) => other.to_string(),
                    None => String::new(),
                };
                // There is no code for it, so we go by the word that was seen.
                Some(if error.contains("NSFW") {
                    Submitted::Filtered
                } else {
                    Submitted::Failed { reason: reason(&error, prompt) }
                })
            }
            "canceled" => Some(Submitted::Failed { reason: "it was stopped".into() }),
            status => {
                if !matches!(status, "starting" | "processing") {
                    tracing::warn!(status, "The Cog server has a status that we do not know");
                }
                None
            }
        }
    }
}

/// What a `data:` address holds.
fn data(address: &str) -> Option<Vec<u8>> {
    let (_, content) = address.strip_prefix("data:")?.split_once(";base64,")?;
    BASE64.decode(content).ok()
}
