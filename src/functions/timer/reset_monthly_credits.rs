use imagegen_core::accounts;

use crate::app::App;
use crate::functions::spec::Outcome;

/// Each hour: accounts whose month is over.
pub async fn reset_monthly_credits(app: App) -> Outcome {
    accounts::enqueue_due_resets(&app.services).await.map(drop).into()
}
