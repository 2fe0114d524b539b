use imagegen_core::generations;

use crate::app::App;
use crate::functions::spec::Outcome;

/// Each minute: jobs that have been silent for too long, or are past their time.
pub async fn reconcile_generations(app: App) -> Outcome {
    generations::enqueue_silent(&app.services).await.map(drop).into()
}
