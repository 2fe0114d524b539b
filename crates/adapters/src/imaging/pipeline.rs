//! The pipeline behind its port.

use std::time::Instant;

use async_trait::async_trait;
use imagegen_core::ports::imaging as port;

use super::{Order, finish, for_moderation, without_recipe};

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
            finish(&Order { bytes: &bytes, format, watermark, recipe: &recipe })
        })
        .await
    }

    async fn for_moderation(&self, bytes: Vec<u8>) -> Result<Vec<u8>, port::ImagingError> {
        apart(move || for_moderation(bytes)).await
    }

    async fn without_recipe(&self, bytes: Vec<u8>) -> Result<port::Encoded, port::ImagingError> {
        apart(move || without_recipe(&bytes)).await
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
