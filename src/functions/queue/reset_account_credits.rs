use imagegen_core::accounts;
use imagegen_core::messages::ResetAccountCredits;

use crate::app::App;
use crate::functions::spec::Outcome;

/// `credit-resets`: one account's month is over.
pub async fn reset_account_credits(app: App, message: ResetAccountCredits) -> Outcome {
    accounts::reset(&app.services, &message.user).await.map(drop).into()
}
