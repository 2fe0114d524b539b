//! Stripe: what is sold, who pays for it, pages to pay on, and signed webhooks. No money moves.
//!
//! It speaks one version of the API, keeps everything in the data folder's database, and has a clock that can be moved
//! on: months pass in a moment, each renewal at its own time. What it answers was written from the types of the
//! vendor's own clients.

mod api;
mod books;
mod change;
mod checkout;
mod clock;
mod controls;
mod customers;
mod cycle;
mod delivery;
mod endpoints;
mod events;
mod form;
mod invoices;
mod keys;
mod lines;
mod listing;
mod pages;
mod pause;
mod payments;
mod portal;
mod portal_page;
mod prices;
mod products;
mod purchase;
mod refunds;
mod refusal;
mod subscriptions;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;

use super::faults::Faults;
use super::{Answer, Call};
use crate::ground::Ground;
use crate::host::settings::{stripe_key, stripe_webhook_secret};

/// How often it is looked whether something is due.
const TICK: Duration = Duration::from_secs(1);

pub(super) struct Stripe(Arc<Shared>);

/// What calls, the clock and webhooks have in common.
struct Shared {
    ground: Ground,
    key: String,
    webhook_secret: String,
    /// Where browsers find our pages.
    public: String,
    faults: Arc<Faults>,
    client: reqwest::Client,
    /// Keys of calls that are under way.
    under_way: Mutex<HashSet<String>>,
    /// There may be something to tell.
    wake: Notify,
}

impl Stripe {
    /// Also goes on telling what a stop of the process left untold; call it inside the runtime.
    pub(super) fn new(ground: &Ground, faults: Arc<Faults>) -> Self {
        let shared = Arc::new(Shared::open(ground, faults));
        tokio::spawn(delivery::run(Arc::clone(&shared)));
        tokio::spawn(tick(Arc::clone(&shared)));
        Self(shared)
    }

    pub(super) async fn handle(&self, call: &Call) -> Answer {
        let first = call.path.trim_start_matches('/').split('/').next().unwrap_or_default();
        match first {
            "v1" => api::answer(&self.0, call).await,
            "checkout" | "invoice" | "portal" => pages::answer(&self.0, call),
            _ => controls::answer(&self.0, call),
        }
    }
}

impl Shared {
    fn open(ground: &Ground, faults: Arc<Faults>) -> Self {
        books::make_tables(ground);
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build()
            .expect("the client needs nothing from the machine");
        Self {
            key: stripe_key(ground),
            webhook_secret: stripe_webhook_secret(ground),
            public: format!("http://localhost:{}/_local/stripe", ground.port),
            faults,
            client,
            under_way: Mutex::default(),
            wake: Notify::new(),
            ground: Ground::clone(ground),
        }
    }
}

async fn tick(shared: Arc<Shared>) {
    loop {
        clock::catch_up(&shared);
        tokio::time::sleep(TICK).await;
    }
}

#[cfg(test)]
mod tests;
