//! What providers took and what users paid, by model and provider: the two sides of the margin.

use std::collections::BTreeMap;

use imagegen_adapters::store::Store;
use imagegen_core::accounts;
use imagegen_core::generations::{Generation, ImageState, KIND, Stage};
use imagegen_core::ports::documents::{Documents, DocumentsError, Order, Range};

use super::ledger::{explain, runtime};

#[derive(Debug, Default, Clone, Copy)]
struct Sum {
    pictures: u64,
    usd_micros: u64,
    credits: u64,
}

#[expect(clippy::print_stdout, reason = "it is what the command is for")]
pub(super) fn spend(store: &Store) -> Result<(), String> {
    let runtime = runtime()?;
    let mut sums = BTreeMap::<(String, &'static str), Sum>::new();
    let mut after = None;
    loop {
        let users = store.partitions_of_kind(accounts::KIND, after.as_deref(), 500);
        let users = runtime.block_on(users).map_err(|e| explain(&e))?;
        let Some(last) = users.last() else { break };
        after = Some(last.clone());
        for user in &users {
            let added = add_user(store.documents(), user, &mut sums);
            runtime.block_on(added).map_err(|e| explain(&e))?;
        }
    }
    let mut total = Sum::default();
    for ((model, provider), sum) in &sums {
        println!("{model} by {provider}: {}", said(*sum));
        total.add(*sum);
    }
    println!("total: {}", said(total));
    Ok(())
}

async fn add_user(
    store: &dyn Documents,
    user: &str,
    sums: &mut BTreeMap<(String, &'static str), Sum>,
) -> Result<(), DocumentsError> {
    let mut after = None;
    loop {
        let range = Range { kind: KIND, after, order: Order::Ascending, limit: 100 };
        let page = store.list(user, &range).await?;
        for document in &page.documents {
            add_job(&document.decode()?, sums);
        }
        after = page.documents.last().map(|d| d.id.clone());
        if !page.more {
            return Ok(());
        }
    }
}

fn add_job(job: &Generation, sums: &mut BTreeMap<(String, &'static str), Sum>) {
    let delivered =
        |image: &imagegen_core::generations::Image| matches!(image.state, ImageState::Delivered(_));
    let captured = match &job.stage {
        Stage::Ended(ended) => u64::from(ended.captured.get()),
        Stage::Waiting | Stage::Queued { .. } | Stage::AtWork { .. } => 0,
    };
    let count = job.images().iter().filter(|image| delivered(image)).count() as u64;
    for image in job.images() {
        let is_delivered = delivered(image);
        if !is_delivered && image.spent_usd_micros == 0 {
            continue;
        }
        let key = (job.order.model.clone(), image.provider.as_str());
        sums.entry(key).or_default().add(Sum {
            pictures: u64::from(is_delivered),
            usd_micros: image.spent_usd_micros,
            // What is captured is one price for each picture that was delivered.
            credits: if is_delivered { captured / count } else { 0 },
        });
    }
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.pictures += other.pictures;
        self.usd_micros += other.usd_micros;
        self.credits += other.credits;
    }
}

fn said(Sum { pictures, usd_micros, credits }: Sum) -> String {
    let (dollars, rest) = (usd_micros / 1_000_000, usd_micros % 1_000_000);
    format!("{pictures} pictures, {dollars}.{rest:06} USD, {credits} credits")
}
