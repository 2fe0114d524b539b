use imagegen_core::generations;
use imagegen_core::messages::SubmitGeneration;

use crate::app::App;
use crate::functions::router::about;
use crate::functions::spec::Outcome;

/// `generation-free`, `generation-basic` and `generation-premium`, each scaled on its own: hand the job to its
/// provider and return; nothing waits for the picture.
pub async fn submit_generation(app: App, message: SubmitGeneration) -> Outcome {
    let SubmitGeneration { user, generation } = message;
    about(&generation);
    generations::submit(&app.services, &user, &generation).await.into()
}
