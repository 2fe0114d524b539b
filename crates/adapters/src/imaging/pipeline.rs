//! The pipeline behind its port.

use std::time::Instant;

use async_trait::async_trait;
use imagegen_core::ports::imaging as port;

use super::{Order, finish, for_moderation};

/// Runs the pipeline on threads of its own, so that pixels never keep requests waiting.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pipeline;

#[async_trait]
impl port::Imaging for Pipeline {
    async fn finish(
        &self,
        bytes: Vec<u8>,
        order: port::ImagingOrder,
    ) -> Result<port::Finished, port::ImagingError> {
        apart(move || {
            let port::ImagingOrder { format, watermark, recipe } = order;
            let format = match format {
                imagegen_core::catalog::OutputFormat::Webp => super::OutputFormat::Webp,
                imagegen_core::catalog::OutputFormat::Png => super::OutputFormat::Png,
                imagegen_core::catalog::OutputFormat::Jpeg => super::OutputFormat::Jpeg,
            };
            let recipe = super::Recipe {
                prompt: recipe.prompt,
                model: recipe.model,
                seed: u64::from(recipe.seed),
                width: recipe.width,
                height: recipe.height,
                parent: recipe.parent,
                generation: recipe.generation,
                index: recipe.index,
                created_at: recipe.created_at,
                provider_note: None,
            };
            let f = finish(&Order { bytes: &bytes, format, watermark, recipe: &recipe })?;
            let e = |e: super::Encoded| port::Encoded {
                bytes: e.bytes,
                content_type: e.content_type,
                extension: e.extension,
            };
            Ok(port::Finished {
                original: e(f.original),
                display: f.display.map(e),
                thumbnail: e(f.thumbnail),
                placeholder: f.placeholder,
                width: f.width,
                height: f.height,
            })
        })
        .await
    }

    async fn for_moderation(&self, bytes: Vec<u8>) -> Result<Vec<u8>, port::ImagingError> {
        apart(move || for_moderation(&bytes)).await
    }
}

async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, super::ImagingError> + Send + 'static,
) -> Result<T, port::ImagingError> {
    let start = Instant::now();
    let done = tokio::task::spawn_blocking(work).await;
    let imaging_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    tracing::debug!(imaging_us, "Worked on a picture");
    match done {
        Ok(result) => result.map_err(|e| port::ImagingError { reason: e.to_string() }),
        // A panic in a decoder: this picture is not usable, and nothing else is touched.
        Err(error) => Err(port::ImagingError { reason: error.to_string() }),
    }
}
