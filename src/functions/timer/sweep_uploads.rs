use imagegen_core::uploads;

use crate::app::App;
use crate::functions::spec::Outcome;

/// Every ten minutes: uploads whose time is over.
pub async fn sweep_uploads(app: App) -> Outcome {
    uploads::enqueue_due_removals(&app.services).await.map(drop).into()
}
