use imagegen_core::messages::RemoveUpload;
use imagegen_core::uploads;

use crate::app::App;
use crate::functions::spec::Outcome;

/// `upload-removals`: an upload whose time may be over.
pub async fn remove_upload(app: App, message: RemoveUpload) -> Outcome {
    uploads::remove(&app.services, &message.user, &message.upload).await.into()
}
