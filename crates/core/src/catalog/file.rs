//! How `catalog.toml` is written, and what must hold of it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use super::{
    AspectRatio, BillingTerms, Catalog, LibraryLimits, Model, Pack, PackId, Plan, PlanCredits,
    PlanId, Route, Size, UploadLimits,
};
use crate::credits::Credits;
use crate::messages::QueueName;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    jobs: Jobs,
    uploads: Uploads,
    library: LibraryLimits,
    billing: Billing,
    plan: Vec<PlanRow>,
    pack: Vec<PackRow>,
    model: Vec<ModelRow>,
    sizes: BTreeMap<String, BTreeMap<AspectRatio, [u32; 2]>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Jobs {
    deadline_seconds: u64,
    work_seconds: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Uploads {
    most_bytes: u64,
    link_seconds: u64,
    unused_seconds: u64,
    most_unused: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Billing {
    grace_hours: u32,
    renewal_slack_minutes: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PackRow {
    id: PackId,
    name: String,
    credits: u32,
    usd_cents: u32,
    days: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanRow {
    id: PlanId,
    name: String,
    usd_cents_per_month: u32,
    credits_per_month: Option<u32>,
    fair_use_credits: Option<u32>,
    fair_use_queue: Option<QueueName>,
    queue: QueueName,
    at_work: usize,
    waiting: usize,
    images_per_job: u32,
    watermark: bool,
    api_keys: bool,
    retention_days: u32,
    #[serde(default)]
    kept_while_subscribed: bool,
    support: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelRow {
    id: String,
    name: String,
    plan: PlanId,
    credits: u32,
    prompt_characters: usize,
    usual_seconds: f64,
    sizes: String,
    #[serde(default)]
    input_images: u32,
    #[serde(default)]
    strength: bool,
    routes: Vec<Route>,
}

/// Reads a catalogue, or says in a sentence what is wrong with it.
pub(super) fn parse(text: &str) -> Result<Catalog, String> {
    let file: File = toml::from_str(text).map_err(|e| e.to_string())?;
    let plans = file.plan.into_iter().map(plan).collect::<Result<Vec<_>, _>>()?;
    if plans.iter().map(|p| p.id).ne(PlanId::ALL) {
        return Err("the plans must be free, basic and premium, in this order".into());
    }
    let models = file.model.into_iter().map(|row| model(row, &file.sizes));
    let models = models.collect::<Result<Vec<_>, _>>()?;
    let packs = file.pack.into_iter().map(pack).collect::<Result<Vec<_>, _>>()?;
    Ok(Catalog {
        plans,
        packs,
        models,
        job_deadline: Duration::from_secs(file.jobs.deadline_seconds),
        work_limit: Duration::from_secs(file.jobs.work_seconds),
        uploads: UploadLimits {
            most_bytes: file.uploads.most_bytes,
            link_life: Duration::from_secs(file.uploads.link_seconds),
            unused_life: Duration::from_secs(file.uploads.unused_seconds),
            most_unused: file.uploads.most_unused,
        },
        library: file.library,
        billing: BillingTerms {
            grace: Duration::from_hours(file.billing.grace_hours.into()),
            renewal_slack: Duration::from_mins(file.billing.renewal_slack_minutes.into()),
        },
    })
}

fn pack(row: PackRow) -> Result<Pack, String> {
    let PackRow { id, name, credits, usd_cents, days } = row;
    if credits == 0 || usd_cents == 0 || days == 0 {
        return Err(format!("pack {id} must have credits, a price and days"));
    }
    Ok(Pack { id, name, credits: Credits::new(credits), usd_cents, days })
}

fn plan(row: PlanRow) -> Result<Plan, String> {
    let credits = match (row.credits_per_month, row.fair_use_credits, row.fair_use_queue) {
        (Some(monthly), None, None) => PlanCredits::Monthly(Credits::new(monthly)),
        (None, Some(fair_use), Some(queue_after)) => {
            PlanCredits::Unlimited { fair_use: Credits::new(fair_use), queue_after }
        }
        _ => {
            return Err(format!(
                "plan {} needs either credits_per_month, or fair_use_credits and fair_use_queue",
                row.name
            ));
        }
    };
    if row.at_work == 0 || row.images_per_job == 0 || row.images_per_job > 4 {
        return Err(format!("plan {} must let at least one job work, of 1 to 4 images", row.name));
    }
    Ok(Plan {
        id: row.id,
        name: row.name,
        usd_cents_per_month: row.usd_cents_per_month,
        credits,
        queue: row.queue,
        at_work: row.at_work,
        waiting: row.waiting,
        images_per_job: row.images_per_job,
        watermark: row.watermark,
        api_keys: row.api_keys,
        retention_days: row.retention_days,
        kept_while_subscribed: row.kept_while_subscribed,
        support: row.support,
    })
}

fn model(
    row: ModelRow,
    tables: &BTreeMap<String, BTreeMap<AspectRatio, [u32; 2]>>,
) -> Result<Model, String> {
    let table = tables.get(&row.sizes);
    let table = table.ok_or_else(|| format!("model {}: no sizes named {}", row.id, row.sizes))?;
    if row.routes.is_empty() {
        return Err(format!("model {} has no route to a provider", row.id));
    }
    for (place, route) in row.routes.iter().enumerate() {
        if row.routes[..place].iter().any(|other| other.provider == route.provider) {
            let name = route.provider.as_str();
            return Err(format!("model {} has two routes to {name}", row.id));
        }
    }
    let size = |(&aspect_ratio, &[width, height]): (&AspectRatio, &[u32; 2])| Size {
        aspect_ratio,
        width,
        height,
    };
    Ok(Model {
        sizes: table.iter().map(size).collect(),
        id: row.id,
        name: row.name,
        plan: row.plan,
        credits: Credits::new(row.credits),
        prompt_characters: row.prompt_characters,
        usual_seconds: row.usual_seconds,
        input_images: row.input_images,
        strength: row.strength,
        routes: row.routes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_catalogue_is_refused_in_a_sentence() {
        let good = include_str!("catalog.toml");
        assert!(parse(good).is_ok());
        for (find, put, wanted) in [
            ("credits_per_month = 10", "", "needs either"),
            ("sizes = \"flux-pro\"", "sizes = \"none\"", "no sizes named"),
            ("id = \"basic\"", "id = \"premium\"", "in this order"),
            ("watermark = true", "watermark = true\nwatermrk = 1", "watermrk"),
            ("\"16:9\"", "\"16x9\"", "ratio"),
            ("provider = \"cog\"", "provider = \"replicate\"", "two routes"),
        ] {
            let error = parse(&good.replacen(find, put, 1)).expect_err(find);
            assert!(error.contains(wanted), "{find}: {error}");
        }
    }
}
