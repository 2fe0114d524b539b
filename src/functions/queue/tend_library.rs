use imagegen_core::library;
use imagegen_core::messages::LibraryChore;

use crate::app::App;
use crate::functions::spec::Outcome;

/// `library-chores`: pictures whose time is over, and jobs whose collection is gone.
pub async fn tend_library(app: App, message: LibraryChore) -> Outcome {
    library::do_chore(&app.services, &message).await.into()
}
