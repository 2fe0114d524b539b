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

use imagegen_core::generations::GenerationView;
use imagegen_core::messages::QueueName;
use imagegen_core::uploads::{OfferedView, UploadView};

use self::http::{
    AppealBody, DecisionView, EventList, GenerationList, Health, Me, ModelList, Negotiated,
    NewGeneration, NewUpload, PlanList, Quote, RecipeView,
};
use self::spec::Function;

/// Bytes: what we read of any picture.
const LARGEST_PICTURE: usize = 32 * 1024 * 1024;
/// Bytes: ten million of inputs, and what the provider says of them.
const LARGEST_REPORT: usize = 16 * 1024 * 1024;

/// Table of contents. The router, `functions/*/function.json`, the OpenAPI document and the coverage tests all read
/// it. One name everywhere: folder, row, Rust function, file, `operationId` and span.
#[expect(clippy::too_many_lines, reason = "it is one table")]
pub fn all() -> Vec<Function> {
    vec![
        // Generations
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
        // Pictures to start from, and back from a picture to its order
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
        // Account
        Function::get("get_me", "v1/me", http::get_me)
            .summary("You: plan, credits and limits")
            .gives::<Me>(200),
        Function::open("list_models", "v1/models", http::list_models)
            .summary("The models, with what each takes and costs")
            .gives::<ModelList>(200),
        Function::open("list_plans", "v1/plans", http::list_plans)
            .summary("The plans")
            .gives::<PlanList>(200),
        // Safety
        Function::get("get_decision", "v1/safety/decisions/{id}", http::get_decision)
            .summary("What the safety check kept back, and what became of an appeal")
            .gives::<DecisionView>(200),
        Function::post("appeal_decision", "v1/safety/decisions/{id}/appeal", http::appeal_decision)
            .summary("Say why a verdict of the safety check is wrong")
            .takes::<AppealBody>()
            .gives::<DecisionView>(201),
        // Live updates
        Function::post("negotiate_realtime", "v1/realtime/negotiate", http::negotiate_realtime)
            .summary("An address for live updates, good for an hour")
            .gives::<Negotiated>(200),
        Function::get("list_events", "v1/events", http::list_events)
            .summary("Events that you missed, by number")
            .query("after", "The number of the last event you have seen; 0 when absent.")
            .gives::<EventList>(200),
        // Webhooks
        Function::webhook(
            "replicate_webhook",
            "webhooks/replicate/{ticket}",
            http::replicate_webhook,
        )
        // It repeats the inputs, where these went along in the request.
        .largest_body(LARGEST_REPORT),
        Function::webhook("bfl_webhook", "webhooks/bfl/{ticket}", http::bfl_webhook),
        // About the service
        Function::open("get_health", "health", http::get_health)
            .summary("Whether the service and what it depends on work")
            .gives::<Health>(200),
        Function::open("get_openapi", "openapi.json", http::get_openapi).summary("This document"),
        // Queues: the handler's argument type is the message type
        Function::queue(
            "submit_generation_free",
            QueueName::GenerationFree,
            queue::submit_generation,
        ),
        Function::queue(
            "submit_generation_basic",
            QueueName::GenerationBasic,
            queue::submit_generation,
        ),
        Function::queue(
            "submit_generation_premium",
            QueueName::GenerationPremium,
            queue::submit_generation,
        ),
        Function::queue(
            "finish_generation",
            QueueName::GenerationResults,
            queue::finish_generation,
        ),
        Function::queue(
            "reset_account_credits",
            QueueName::CreditResets,
            queue::reset_account_credits,
        ),
        Function::queue("remove_upload", QueueName::UploadRemovals, queue::remove_upload),
        // Timers (UTC)
        Function::timer("reconcile_generations", "0 * * * * *", timer::reconcile_generations),
        Function::timer("relay_outbox", "30 * * * * *", timer::relay_outbox),
        Function::timer("sweep_uploads", "15 */10 * * * *", timer::sweep_uploads),
        Function::timer("reset_monthly_credits", "0 5 * * * *", timer::reset_monthly_credits),
    ]
}
