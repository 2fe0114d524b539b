use imagegen_core::generations;
use imagegen_core::messages::FinishGeneration;

use crate::app::App;
use crate::functions::router::about;
use crate::functions::spec::Outcome;

/// `generation-results`: what a provider reported, or that nobody did.
pub async fn finish_generation(app: App, message: FinishGeneration) -> Outcome {
    about(&message.generation);
    generations::finish(&app.services, &message).await.into()
}
