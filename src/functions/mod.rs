//! The edge: every Azure function this app has, in one table.

pub mod auth;
pub mod host;
pub mod http;
pub mod openapi;
pub mod problem;
pub mod queue;
pub mod request;
pub mod router;
pub mod spec;
pub mod timer;

use imagegen_core::billing::SubscriptionView;
use imagegen_core::generations::GenerationView;
use imagegen_core::messages::QueueName;
use imagegen_core::statement::UsageView;
use imagegen_core::uploads::{OfferedView, UploadView};

use self::http::{
    AppealBody, ArchiveOrder, BulkChange, BulkResult, CollectionList, CollectionView, DecisionView,
    EventList, GenerationChange, GenerationList, Health, LibrarySummary, Me, ModelList, Negotiated,
    NewCheckout, NewCollection, NewGeneration, NewShare, NewUpload, PaymentPage, PlanList,
    PortalVisit, Quote, RecipeView, ShareList, ShareView, SharedView, Statement,
};
use self::spec::Function;

/// Bytes: what we read of any picture.
const LARGEST_PICTURE: usize = 32 * 1024 * 1024;
/// Bytes: ten million of inputs, and what the provider says of them.
const LARGEST_REPORT: usize = 16 * 1024 * 1024;

/// Table of contents. The router, `functions/*/function.json`, the OpenAPI document and the coverage tests all read
/// it. One name everywhere: folder, row, Rust function, file, `operationId` and span.
pub fn all() -> Vec<Function> {
    let features = [
        generations(),
        pictures(),
        library(),
        account(),
        billing(),
        safety(),
        live_updates(),
        webhooks(),
        service(),
        queues(),
        timers(),
    ];
    features.into_iter().flatten().collect()
}

/// Jobs.
fn generations() -> Vec<Function> {
    vec![
        Function::post("create_generation", "v1/generations", http::create_generation)
            .summary("Accept a job: a prompt to be drawn")
            .takes::<NewGeneration>()
            .header("Idempotency-Key", "The same key is the same job, however often it is sent.")
            .gives::<GenerationView>(202),
        Function::post("quote_generation", "v1/generations/quote", http::quote_generation)
            .summary("What a job would cost, and whether the plan makes it")
            .takes::<NewGeneration>()
            .gives::<Quote>(200),
        Function::get("list_generations", "v1/generations", http::list_generations)
            .summary("Your jobs, newest first")
            .query("limit", "1 to 100, 20 when absent.")
            .query("cursor", "`next_cursor` of the page before.")
            .query("q", "Words of the prompt; all of them have to be there, in any order.")
            .query("model", "An id of `/api/v1/models`.")
            .query("aspect_ratio", "Such as `16:9`.")
            .query("status", "One status of a job.")
            .query("favourite", "`true`: only favourites.")
            .query("collection", "An id of `/api/v1/collections`: only its jobs.")
            .query("trash", "`true`: what was thrown away, and not what is kept.")
            .query("from", "Made then or later: a date (UTC) or a time.")
            .query("to", "Made before: a date (its first moment, UTC) or a time.")
            .gives::<GenerationList>(200),
        Function::get("get_generation", "v1/generations/{id}", http::get_generation)
            .summary("One job")
            .gives::<GenerationView>(200),
        Function::post("cancel_generation", "v1/generations/{id}/cancel", http::cancel_generation)
            .summary("End a job; what was not delivered is given back")
            .gives::<GenerationView>(200),
        Function::post("retry_generation", "v1/generations/{id}/retry", http::retry_generation)
            .summary("A new job of an old one's order")
            .header("Idempotency-Key", "The same key is the same job, however often it is sent.")
            .gives::<GenerationView>(202),
    ]
}

/// Pictures to start from, and back from a picture to its order.
fn pictures() -> Vec<Function> {
    vec![
        Function::post("create_upload", "v1/uploads", http::create_upload)
            .summary("A place for a picture of yours: send the file to its address with PUT")
            .takes::<NewUpload>()
            .gives::<OfferedView>(201),
        Function::get("get_upload", "v1/uploads/{id}", http::get_upload)
            .summary("One upload")
            .gives::<UploadView>(200),
        Function::post("complete_upload", "v1/uploads/{id}/complete", http::complete_upload)
            .summary(
                "Have the file looked at that you sent; the first job that uses it does so too",
            )
            .gives::<UploadView>(200),
        Function::post("read_recipe", "v1/generations/recipe", http::read_recipe)
            .summary("What a picture of ours was made from, out of the file itself")
            .takes_picture(LARGEST_PICTURE)
            .gives::<RecipeView>(200),
    ]
}

/// What becomes of pictures once they are made.
fn library() -> Vec<Function> {
    vec![
        Function::get("get_library_summary", "v1/library/summary", http::get_library_summary)
            .summary("How many jobs your library has, by month")
            .gives::<LibrarySummary>(200),
        Function::patch("update_generation", "v1/generations/{id}", http::update_generation)
            .summary("Make a job a favourite, put it into a collection")
            .takes::<GenerationChange>()
            .gives::<GenerationView>(200),
        Function::delete("delete_generation", "v1/generations/{id}", http::delete_generation)
            .summary("Throw a job that has ended into the trash")
            .gives::<GenerationView>(200),
        Function::post(
            "restore_generation",
            "v1/generations/{id}/restore",
            http::restore_generation,
        )
        .summary("Get a job back out of the trash")
        .gives::<GenerationView>(200),
        Function::post("change_generations", "v1/generations/bulk", http::change_generations)
            .summary("Do one thing to up to 100 jobs")
            .takes::<BulkChange>()
            .gives::<BulkResult>(200),
        Function::get("list_collections", "v1/collections", http::list_collections)
            .summary("Your collections")
            .gives::<CollectionList>(200),
        Function::post("create_collection", "v1/collections", http::create_collection)
            .summary("Make a collection")
            .takes::<NewCollection>()
            .gives::<CollectionView>(201),
        Function::patch("rename_collection", "v1/collections/{id}", http::rename_collection)
            .summary("Give a collection another name")
            .takes::<NewCollection>()
            .gives::<CollectionView>(200),
        Function::delete("delete_collection", "v1/collections/{id}", http::delete_collection)
            .summary("Delete a collection; its jobs stay")
            .gives::<CollectionView>(200),
        Function::post("archive_generations", "v1/generations/archive", http::archive_generations)
            .summary("The pictures of up to 100 jobs as one zip, with their recipes")
            .takes::<ArchiveOrder>()
            .gives_file("application/zip"),
        Function::post("create_share", "v1/generations/{id}/shares", http::create_share)
            .summary("Make a link that shows a job's pictures to whoever has it")
            .takes::<NewShare>()
            .gives::<ShareView>(201),
        Function::get("list_shares", "v1/shares", http::list_shares)
            .summary("Your share links, newest first")
            .query("limit", "1 to 100, 20 when absent.")
            .query("cursor", "`next_cursor` of the page before.")
            .query("generation", "An id of a job: only its links.")
            .gives::<ShareList>(200),
        Function::delete("delete_share", "v1/shares/{id}", http::delete_share)
            .summary("Revoke a share link")
            .gives::<ShareView>(200),
        Function::open("get_shared", "v1/shared/{token}", http::get_shared)
            .summary("What a share link shows")
            .gives::<SharedView>(200),
        Function::open("preview_share", "v1/shared/{token}/page", http::preview_share)
            .summary("A share link for people and for previews of it: tells what it shows, and goes on to the web page")
            .gives_file("text/html"),
    ]
}

/// Who is asking, and what there is to be had.
fn account() -> Vec<Function> {
    vec![
        Function::get("get_me", "v1/me", http::get_me)
            .summary("You: plan, credits and limits")
            .gives::<Me>(200),
        Function::open("list_models", "v1/models", http::list_models)
            .summary("The models, with what each takes and costs")
            .gives::<ModelList>(200),
        Function::open("list_plans", "v1/plans", http::list_plans)
            .summary("The plans")
            .gives::<PlanList>(200),
    ]
}

/// What is paid for, and where the credits went.
fn billing() -> Vec<Function> {
    vec![
        Function::get("get_subscription", "v1/subscription", http::get_subscription)
            .summary("What you pay for, and what can be bought")
            .gives::<SubscriptionView>(200),
        Function::post("create_checkout", "v1/subscription/checkout", http::create_checkout)
            .summary("The address of a page where you pay for a plan or a pack of credits")
            .header("Idempotency-Key", "The same key is the same page, however often it is sent.")
            .takes::<NewCheckout>()
            .gives::<PaymentPage>(200),
        Function::post("create_portal_visit", "v1/subscription/portal", http::create_portal_visit)
            .summary("The address of a page where you change or cancel your plan and see invoices")
            .takes::<PortalVisit>()
            .gives::<PaymentPage>(200),
        Function::post(
            "refresh_subscription",
            "v1/subscription/refresh",
            http::refresh_subscription,
        )
        .summary("You have paid: ask the payment service at once")
        .gives::<SubscriptionView>(200),
        Function::get("get_usage", "v1/usage", http::get_usage)
            .summary("Your credits: what there is, and what was used")
            .gives::<UsageView>(200),
        Function::get("list_ledger", "v1/usage/ledger", http::list_ledger)
            .summary("Your statement: each movement of credits, newest first")
            .query("limit", "1 to 100, 20 when absent.")
            .query("cursor", "`next_cursor` of the page before.")
            .gives::<Statement>(200),
        Function::get("export_ledger", "v1/usage/ledger.csv", http::export_ledger)
            .summary("Your whole statement as a file")
            .gives_file("text/csv"),
    ]
}

/// What the safety check kept back.
fn safety() -> Vec<Function> {
    vec![
        Function::get("get_decision", "v1/safety/decisions/{id}", http::get_decision)
            .summary("What the safety check kept back, and what became of an appeal")
            .gives::<DecisionView>(200),
        Function::post("appeal_decision", "v1/safety/decisions/{id}/appeal", http::appeal_decision)
            .summary("Say why a verdict of the safety check is wrong")
            .takes::<AppealBody>()
            .gives::<DecisionView>(201),
    ]
}

/// Events, as they happen and afterwards.
fn live_updates() -> Vec<Function> {
    vec![
        Function::post("negotiate_realtime", "v1/realtime/negotiate", http::negotiate_realtime)
            .summary("An address for live updates, good for an hour")
            .gives::<Negotiated>(200),
        Function::get("list_events", "v1/events", http::list_events)
            .summary("Events that you missed, by number")
            .query("after", "The number of the last event you have seen; 0 when absent.")
            .gives::<EventList>(200),
    ]
}

/// What providers call. Whoever calls proves itself by a signature.
fn webhooks() -> Vec<Function> {
    vec![
        Function::webhook(
            "replicate_webhook",
            "webhooks/replicate/{ticket}",
            http::replicate_webhook,
        )
        .summary("What Replicate reports")
        // It repeats the inputs, where these went along in the request.
        .largest_body(LARGEST_REPORT),
        Function::webhook("bfl_webhook", "webhooks/bfl/{ticket}", http::bfl_webhook)
            .summary("What Black Forest Labs report"),
        Function::webhook("stripe_webhook", "webhooks/stripe", http::stripe_webhook)
            .summary("What happens at Stripe"),
    ]
}

/// About the service itself.
fn service() -> Vec<Function> {
    vec![
        Function::open("get_health", "health", http::get_health)
            .summary("Whether the service and what it depends on work")
            .gives::<Health>(200),
        Function::open("get_openapi", "openapi.json", http::get_openapi).summary("This document"),
    ]
}

/// What arrives through queues: the handler's argument type is the message type.
fn queues() -> Vec<Function> {
    vec![
        Function::queue(
            "submit_generation_free",
            QueueName::GenerationFree,
            queue::submit_generation,
        )
        .summary("Hand a job of the Free queue to its provider"),
        Function::queue(
            "submit_generation_basic",
            QueueName::GenerationBasic,
            queue::submit_generation,
        )
        .summary("The same for the Basic queue"),
        Function::queue(
            "submit_generation_premium",
            QueueName::GenerationPremium,
            queue::submit_generation,
        )
        .summary("The same for the Premium queue"),
        Function::queue(
            "finish_generation",
            QueueName::GenerationResults,
            queue::finish_generation,
        )
        .summary("What a provider reported, or that nobody did"),
        Function::queue(
            "reset_account_credits",
            QueueName::CreditResets,
            queue::reset_account_credits,
        )
        .summary("One account's month is over"),
        Function::queue("remove_upload", QueueName::UploadRemovals, queue::remove_upload)
            .summary("One upload's time is over"),
        Function::queue("tend_library", QueueName::LibraryChores, queue::tend_library)
            .summary("Remove pictures whose time is over; empty a collection that is gone"),
        Function::queue("apply_stripe_event", QueueName::StripeEvents, queue::apply_stripe_event)
            .summary("Bring an account to where Stripe's books say it is"),
    ]
}

/// What the clock starts, in UTC.
fn timers() -> Vec<Function> {
    vec![
        Function::timer("reconcile_generations", "0 * * * * *", timer::reconcile_generations).summary("Ask which jobs were silent for too long, or ended so long ago that their pictures go"),
        Function::timer("relay_outbox", "30 * * * * *", timer::relay_outbox).summary("Send again what stayed in the outbox"),
        Function::timer("sweep_uploads", "15 */10 * * * *", timer::sweep_uploads).summary("Ask which uploads' time is over"),
        Function::timer("reset_monthly_credits", "0 5 * * * *", timer::reset_monthly_credits).summary("Ask whose month is over"),
        Function::timer("empty_trash", "0 35 * * * *", timer::empty_trash).summary("Ask whose time in the trash is over"),
        Function::timer("repair_billing", "0 20 3 * * *", timer::repair_billing).summary("Ask what Stripe's webhooks failed to tell"),
    ]
}
