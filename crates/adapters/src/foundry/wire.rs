//! Foundry's words for FLUX.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use imagegen_core::catalog::{OutputFormat, Provider};
use imagegen_core::ports::image_provider::ProviderRequest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The body of `POST /providers/blackforestlabs/v1/{path}`.
#[derive(Debug, Serialize)]
pub(super) struct Create<'a> {
    model: &'static str,
    prompt: &'a str,
    width: u32,
    height: u32,
    output_format: &'static str,
    num_images: u8,
    seed: u32,
    /// `input_image`, `input_image_2`, … in base64.
    #[serde(flatten)]
    inputs: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Images {
    data: Vec<Image>,
}

#[derive(Debug, Deserialize)]
struct Image {
    b64_json: Option<String>,
    url: Option<String>,
}

/// The picture, or where it is.
pub(super) enum File {
    Here(Vec<u8>),
    There(String),
}

impl<'a> Create<'a> {
    /// With the last part of the address; `None` for a model that we do not know.
    pub(super) fn new(request: &'a ProviderRequest<'_>) -> Option<(&'a str, Self)> {
        let path = request.model.route(Provider::Foundry)?.model.as_str();
        let size = request.model.size(request.aspect_ratio)?;
        let model = match path {
            "flux-pro-1.1" => "FLUX-1.1-pro",
            "flux-kontext-pro" => "FLUX.1-Kontext-pro",
            "flux-2-pro" => "FLUX.2-pro",
            _ => return None,
        };
        let inputs = request.inputs.iter().enumerate().map(|(place, input)| {
            let name = match place {
                0 => "input_image".to_owned(),
                place => format!("input_image_{}", place + 1),
            };
            (name, BASE64.encode(&input.bytes))
        });
        let create = Self {
            model,
            prompt: request.prompt,
            width: size.width,
            height: size.height,
            output_format: match request.output_format {
                OutputFormat::Jpeg => "jpeg",
                // It makes no WebP; from PNG we can make one without a loss on the way.
                OutputFormat::Webp | OutputFormat::Png => "png",
            },
            num_images: 1,
            seed: request.seed,
            inputs: inputs.collect(),
        };
        Some((path, create))
    }
}

impl Images {
    /// The first one; we ask for one.
    pub(super) fn into_file(self) -> Option<File> {
        let image = self.data.into_iter().next()?;
        let here = image.b64_json.and_then(|text| BASE64.decode(text).ok()).map(File::Here);
        here.or(image.url.map(File::There))
    }
}

/// What an answer that is no success says.
pub(super) fn message(body: &[u8]) -> String {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = body.get("error");
    let part = |name| error.and_then(|error| error.get(name)).and_then(Value::as_str);
    [part("code"), part("message")].into_iter().flatten().collect::<Vec<_>>().join(": ")
}
