use imagegen_core::billing;
use imagegen_core::messages::ResetAccountCredits;

use crate::app::App;
use crate::functions::spec::Outcome;

/// `credit-resets`: one account is due: its month is over, or something of it lapses.
pub async fn reset_account_credits(app: App, message: ResetAccountCredits) -> Outcome {
    billing::renew(&app.services, &message.user).await.into()
}
