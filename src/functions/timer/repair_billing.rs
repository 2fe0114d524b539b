use imagegen_core::billing;

use crate::app::App;
use crate::functions::spec::Outcome;

/// Each day: what webhooks failed to tell.
pub async fn repair_billing(app: App) -> Outcome {
    billing::repair(&app.services).await.map(drop).into()
}
