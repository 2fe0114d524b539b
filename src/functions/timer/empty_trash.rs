use imagegen_core::library;

use crate::app::App;
use crate::functions::spec::Outcome;

/// Each hour: jobs whose time in the trash is over.
pub async fn empty_trash(app: App) -> Outcome {
    library::enqueue_due(&app.services).await.map(drop).into()
}
