//! The pipeline behind its port.

use std::time::Instant;

use async_trait::async_trait;
use imagegen_core::ports::imaging as port;

use super::{Order, finish, for_moderation, normalise, read_recipe, without_recipe};

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
        let done = apart(move || {
            let port::ImagingOrder { format, watermark, recipe } = order;
            finish(&Order { bytes: &bytes, format, watermark, recipe: &recipe })
        });
        said(done.await)
    }

    async fn for_moderation(&self, bytes: Vec<u8>) -> Result<Vec<u8>, port::ImagingError> {
        said(apart(move || for_moderation(bytes)).await)
    }

    async fn normalise(&self, bytes: Vec<u8>) -> Result<port::Normalised, port::Unusable> {
        match apart(move || normalise(&bytes)).await {
            Ok(result) => result,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "A decoder panicked");
                Err(port::Unusable::Damaged)
            }
        }
    }

    async fn read_recipe(
        &self,
        bytes: Vec<u8>,
    ) -> Result<Option<port::Recipe>, port::ImagingError> {
        said(apart(move || read_recipe(&bytes)).await)
    }

    async fn without_recipe(&self, bytes: Vec<u8>) -> Result<port::Encoded, port::ImagingError> {
        said(apart(move || without_recipe(&bytes)).await)
    }
}

/// Runs `work` where blocking is allowed. `Err`: it panicked.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, tokio::task::JoinError> {
    let start = Instant::now();
    let done = tokio::task::spawn_blocking(work).await;
    let imaging_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    tracing::debug!(imaging_us, "Worked on a picture");
    done
}

fn said<T>(
    done: Result<Result<T, super::ImagingError>, tokio::task::JoinError>,
) -> Result<T, port::ImagingError> {
    match done {
        Ok(result) => result.map_err(|e| port::ImagingError { reason: e.to_string() }),
        // A panic in a decoder: this picture is not usable, and nothing else is touched.
        Err(error) => Err(port::ImagingError { reason: error.to_string() }),
    }
}
