use imagegen_core::generations;

use crate::app::App;
use crate::functions::spec::Outcome;

/// Each minute: messages whose first sending was lost.
pub async fn relay_outbox(app: App) -> Outcome {
    generations::relay_outbox(&app.services).await.map(drop).into()
}
