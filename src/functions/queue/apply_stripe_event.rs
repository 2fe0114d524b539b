use imagegen_core::billing::{self, Followed};
use imagegen_core::messages::ApplyStripeEvent;

use crate::app::App;
use crate::functions::spec::Outcome;

/// `stripe-events`: something happened to someone's books. Reads them and brings the account there.
pub async fn apply_stripe_event(app: App, message: ApplyStripeEvent) -> Outcome {
    let followed = billing::follow(&app.services, &message.of).await;
    if let Ok(Followed::Moved) = followed {
        tracing::info!(event.id = %message.event, event.kind = %message.kind,
            "An account follows `{}`", message.kind);
    }
    followed.map(drop).into()
}
