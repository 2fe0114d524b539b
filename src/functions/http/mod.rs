//! What clients call. One file an operation: its shapes on the wire, then the function.

mod appeal_decision;
mod archive_generations;
mod bfl_webhook;
mod cancel_generation;
mod change_generations;
mod collections;
mod complete_upload;
mod create_generation;
mod create_upload;
mod delete_generation;
mod get_decision;
mod get_generation;
mod get_health;
mod get_library_summary;
mod get_me;
mod get_openapi;
mod get_upload;
mod list_events;
mod list_generations;
mod list_models;
mod list_plans;
mod negotiate_realtime;
mod preview_share;
mod quote_generation;
mod read_recipe;
mod replicate_webhook;
mod restore_generation;
mod retry_generation;
mod shares;
mod stripe_webhook;
mod subscription;
mod update_generation;
mod usage;
mod webhook;

pub use self::appeal_decision::{AppealBody, appeal_decision};
pub use self::archive_generations::{ArchiveOrder, archive_generations};
pub use self::bfl_webhook::bfl_webhook;
pub use self::cancel_generation::cancel_generation;
pub use self::change_generations::{BulkChange, BulkResult, change_generations};
pub use self::collections::{
    CollectionList, CollectionView, NewCollection, create_collection, delete_collection,
    list_collections, rename_collection,
};
pub use self::complete_upload::complete_upload;
pub use self::create_generation::{NewGeneration, create_generation};
pub use self::create_upload::{NewUpload, create_upload};
pub use self::delete_generation::delete_generation;
pub use self::get_decision::{DecisionView, get_decision};
pub use self::get_generation::get_generation;
pub use self::get_health::{Health, get_health};
pub use self::get_library_summary::{LibrarySummary, get_library_summary};
pub use self::get_me::{Me, get_me};
pub use self::get_openapi::get_openapi;
pub use self::get_upload::get_upload;
pub use self::list_events::{EventList, list_events};
pub use self::list_generations::{GenerationList, list_generations};
pub use self::list_models::{ModelList, list_models};
pub use self::list_plans::{PlanList, list_plans};
pub use self::negotiate_realtime::{Negotiated, negotiate_realtime};
pub use self::preview_share::preview_share;
pub use self::quote_generation::{Quote, quote_generation};
pub use self::read_recipe::{RecipeView, read_recipe};
pub use self::replicate_webhook::replicate_webhook;
pub use self::restore_generation::restore_generation;
pub use self::retry_generation::retry_generation;
pub use self::shares::{
    NewShare, ShareList, ShareView, SharedView, create_share, delete_share, get_shared, list_shares,
};
pub use self::stripe_webhook::stripe_webhook;
pub use self::subscription::{
    NewCheckout, PaymentPage, PortalVisit, create_checkout, create_portal_visit, get_subscription,
    refresh_subscription,
};
pub use self::update_generation::{GenerationChange, update_generation};
pub use self::usage::{Statement, export_ledger, get_usage, list_ledger};
