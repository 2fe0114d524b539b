//! What must be there at Stripe before anything is sold.

use std::sync::Arc;

use imagegen_adapters::stripe::Step;
use imagegen_core::catalog::Catalog;

use super::ledger::{explain, runtime};
use crate::app::{self, Ground};
use crate::config::Settings;

/// Prints a line for each thing as soon as it is done, so that what was done is known when the next thing fails.
pub(super) fn setup(
    webhook_url: Option<&str>,
    setting: impl Fn(&str) -> Option<String>,
) -> Result<(), String> {
    if let Some(url) = webhook_url {
        url::Url::parse(url).map_err(|e| format!("--webhook-url is wrong: {e}"))?;
    }
    let settings = Settings::load_some("STRIPE_", setting).map_err(|e| e.to_string())?;
    let http = Ground::of(&settings).http;
    let stripe = app::stripe(&settings, http, Arc::new(Catalog::built_in()));
    let stripe = stripe.map_err(|e| e.to_string())?;
    let stripe = stripe.ok_or("STRIPE_API_KEY is missing: whose account is it?")?;
    let run = async { stripe.set_up(webhook_url, &mut print).await };
    runtime()?.block_on(run).map_err(|e| explain(&e))
}

#[expect(clippy::print_stdout, reason = "it is what the command is for")]
fn print(step: Step) {
    println!("{}: {}", step.what, step.done.as_str());
    if let Some(secret) = step.secret {
        println!(
            "  Stripe tells its secret this once. Set STRIPE_WEBHOOK_SECRETS={}",
            secret.expose()
        );
    }
}
