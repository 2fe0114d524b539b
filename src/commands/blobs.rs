//! What must be there before a picture is stored.

use imagegen_adapters::blob_storage::{BlobService, Step, StorageAccount};

use super::ledger::{explain, runtime};
use crate::app::{self, Ground};
use crate::config::Settings;

/// Bicep reads it too.
const SERVICE: &str = include_str!("../../infra/storage/blob-service.json");

/// Prints a line for each thing as soon as it is done, so that what was done is known when the next thing fails.
pub(super) fn setup(
    origins: &[String],
    setting: impl Fn(&str) -> Option<String>,
) -> Result<(), String> {
    let origins: Vec<_> = origins.iter().map(|it| origin(it)).collect::<Result<_, _>>()?;
    let settings = Settings::load_some(app::BLOBS, setting).map_err(|e| e.to_string())?;
    let place = settings.get(app::BLOBS);
    if place.starts_with(app::FILES) {
        return Err("IMAGEGEN_BLOBS is a folder, which needs no setting up".to_owned());
    }
    if app::is_address(place) {
        let why = "in Azure the containers and their rules come from infra/, by Bicep; this command takes a \
                   connection string";
        return Err(why.to_owned());
    }
    let service = BlobService::parse(SERVICE).map_err(|e| explain(&e))?;
    let http = Ground::of(&settings).http;
    let account = StorageAccount::with_connection_string(place, http);
    let account = account.map_err(|e| format!("IMAGEGEN_BLOBS is wrong: {e}"))?;
    let run = async { account.set_up(&service, &origins, &mut |step| print(&step)).await };
    runtime()?.block_on(run).map_err(|e| explain(&e))
}

/// Of a page's address, as browsers name it.
fn origin(text: &str) -> Result<String, String> {
    let wrong = || format!("`{text}` is not the address of a page");
    let url = url::Url::parse(text.trim()).map_err(|_| wrong())?;
    let origin = url.origin();
    if origin.is_tuple() { Ok(origin.ascii_serialization()) } else { Err(wrong()) }
}

#[expect(clippy::print_stdout, reason = "it is what the command is for")]
fn print(step: &Step) {
    println!("{}: {}", step.what, step.done.as_str());
}
