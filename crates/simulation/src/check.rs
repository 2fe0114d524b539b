//! What must hold when all is quiet.

mod money;

use std::collections::{BTreeMap, BTreeSet};

use imagegen_core::accounts::{self, Account, StoredEvent, event_id};
use imagegen_core::catalog::{OutputFormat, Provider};
use imagegen_core::credits::{Entry, Reason, drift, replay};
use imagegen_core::generations::{
    self, Asset, Ended, Failure, Generation, Image, ImageState, Stage,
};
use imagegen_core::ids::UserId;
use imagegen_core::ports::documents::Document;
use imagegen_core::ports::image_provider::Prediction;
use imagegen_core::ticket::TicketKey;
use imagegen_core::uploads::{self, Upload, UploadState};
use jiff::SignedDuration;

use crate::people::mood;
use crate::watch::decode;
use crate::world::{World, locked};

pub(crate) use self::money::moved as money_moved;

/// What is not wrong but worth knowing.
#[derive(Debug, Default, Clone, Copy)]
pub struct Counts {
    pub jobs: u64,
    pub succeeded: u64,
    pub delivered: u64,
    /// Blobs of images that were not delivered.
    pub stray_blobs: u64,
    /// Predictions that were drawn to their end a while after their job had ended without them.
    pub drawn_for_nobody: u64,
    pub payments: u64,
    pub refunds: u64,
    pub disputes: u64,
    /// Subscriptions that were bought twice, and undone.
    pub undone: u64,
}

/// A provider that is told by then to stop was told in time.
const TOLD_WITHIN: SignedDuration = SignedDuration::from_secs(10);

/// One user's documents, read.
struct Partition<'a> {
    documents: &'a BTreeMap<String, Document>,
    account: Account,
    entries: Vec<Entry>,
    jobs: Vec<Generation>,
}

/// Everything that is wrong.
pub(crate) fn everything(world: &World) -> (Vec<String>, Counts) {
    let mut broken = Vec::new();
    let mut counts = Counts::default();
    let store = locked(&world.store);
    let mut jobs = BTreeMap::new();
    let mut brought = Vec::new();
    // What is no user's has no money in it.
    let users = store.partitions().filter(|(name, _)| name.parse::<UserId>().is_ok());
    for (name, documents) in users {
        let Some(account) = documents.get(accounts::KIND) else {
            broken.push(format!("the partition {name} has no account"));
            continue;
        };
        let of_kind = |kind| documents.values().filter(move |d: &&Document| d.kind == kind);
        let partition = Partition {
            documents,
            account: decode(account),
            entries: of_kind("entry").map(decode).collect(),
            jobs: [generations::KIND, generations::TRASH, generations::REMOVED]
                .into_iter()
                .flat_map(of_kind)
                .map(decode)
                .collect(),
        };
        books(&partition, &mut broken);
        money::settled(world, &partition.account, &partition.entries, &mut broken);
        let uploads: Vec<Upload> = of_kind(uploads::KIND).map(decode).collect();
        places(&partition.account, &uploads, &mut broken);
        brought.extend(uploads);
        events(world, &partition, &mut broken);
        for job in partition.jobs {
            jobs.insert(job.id.to_string(), job);
        }
    }
    let left = store.count("outbox");
    if left > 0 {
        broken.push(format!("{left} messages are left in the outbox"));
    }
    if world.bus.open() > 0 {
        broken.push(format!("{} messages are left in the queues", world.bus.open()));
    }
    promises(world, &jobs, &mut broken);
    for job in jobs.values() {
        settled(world, job, &mut broken);
        counts.jobs += 1;
        counts.succeeded += u64::from(job.status() == generations::Status::Succeeded);
    }
    pictures(world, &jobs, &brought, &mut broken, &mut counts);
    {
        let till = locked(&world.till);
        counts.payments = till.payments;
        counts.refunds = till.refunds;
        counts.disputes = till.disputes;
        counts.undone = till.undone.len() as u64;
    }
    provider(world, &jobs, &mut broken, &mut counts);
    (broken, counts)
}

fn books(partition: &Partition<'_>, broken: &mut Vec<String>) {
    let Partition { account, entries, jobs, documents } = partition;
    let ledger = replay(entries);
    let drifts = drift(&account.wallet, &ledger);
    broken.extend(drifts.iter().map(|d| format!("drift in {}: {d:?}", account.id)));
    let unbalanced = &ledger.unbalanced;
    broken.extend(unbalanced.iter().map(|e| format!("entry {e} does not sum to zero")));
    if !account.wallet.held().is_zero() {
        broken.push(format!("{} holds {} for nothing", account.id, account.wallet.held()));
    }
    if account.lanes.at_work() + account.lanes.waiting() > 0 {
        broken.push(format!("the lanes of {} are not empty", account.id));
    }
    let known: BTreeSet<_> = jobs.iter().map(|job| &job.id).collect();
    for entry in entries {
        if let Reason::Hold { generation } | Reason::Close { generation, .. } = &entry.reason
            && !known.contains(generation)
        {
            broken.push(format!("{} is for a job that does not exist", entry.id()));
        }
    }
    for job in jobs {
        let close = documents.get(&format!("close:{}", job.id)).map(decode::<Entry>);
        let told = close.as_ref().map(|entry| &entry.reason);
        let agrees = match (&job.stage, told) {
            (Stage::Ended(ended), Some(Reason::Close { captured, released, .. })) => {
                (ended.captured, ended.released) == (*captured, *released)
            }
            _ => false,
        };
        if !agrees || !documents.contains_key(&format!("hold:{}", job.id)) {
            broken.push(format!("the ledger says of {}: {told:?}", job.id));
        }
    }
}

fn events(world: &World, partition: &Partition<'_>, broken: &mut Vec<String>) {
    let Partition { account, documents, .. } = partition;
    let mut revisions = BTreeMap::<_, u64>::new();
    let stored = documents.values().filter(|d| d.kind == "event").count() as u64;
    let kept = account.last_event.min(accounts::EVENTS_KEPT);
    if stored != kept {
        broken.push(format!("{} has {stored} events, not {kept}", account.id));
    }
    let mut told = BTreeMap::new();
    for seq in account.last_event - kept + 1..=account.last_event {
        let Some(event) = documents.get(&event_id(seq)).map(decode::<StoredEvent>) else {
            broken.push(format!("event {seq} of {} is missing", account.id));
            continue;
        };
        let last = revisions.entry(event.generation.to_string()).or_default();
        if event.seq != seq || event.revision <= *last {
            broken.push(format!("event {seq} of {} takes {} back", account.id, event.generation));
        }
        *last = event.revision;
        told.insert(seq, event.revision);
    }
    for (job, ended) in &locked(&world.watch).ended {
        let ours = documents.contains_key(job) && stored == account.last_event;
        if ours && revisions.get(job).is_none_or(|last| last < ended) {
            broken.push(format!("nobody was told that {job} ended"));
        }
    }
    let published = locked(&world.published);
    let mut seen = BTreeSet::new();
    for (seq, revision) in published.get(account.id.as_str()).into_iter().flatten() {
        if !seen.insert(*seq) && world.weather.rates.repeated == 0 {
            broken.push(format!("event {seq} of {} was published twice", account.id));
        }
        if told.get(seq).is_some_and(|stored| stored != revision) {
            broken.push(format!("event {seq} of {} was published otherwise", account.id));
        }
    }
}

/// What was answered is true, and no wish became two jobs.
fn promises(world: &World, jobs: &BTreeMap<String, Generation>, broken: &mut Vec<String>) {
    for (user, id) in locked(&world.watch).all_accepted() {
        if jobs.get(id.as_str()).is_none_or(|job| job.user != *user) {
            broken.push(format!("{id} was accepted and does not exist"));
        }
    }
    let mut wishes = BTreeMap::new();
    for job in jobs.values().filter(|job| job.keeping.removal.is_none()) {
        let wish = (job.user.clone(), job.order.prompt.as_str(), job.retry_of.clone());
        if let Some(other) = wishes.insert(wish, &job.id) {
            broken.push(format!("{other} and {} are one wish", job.id));
        }
    }
}

fn settled(world: &World, job: &Generation, broken: &mut Vec<String>) {
    let Stage::Ended(ended) = &job.stage else {
        return broken.push(format!("{} has not ended: {:?}", job.id, job.stage));
    };
    let Ended { images, captured, released, .. } = ended;
    let price = world.catalog.model(&job.order.model).expect("it was offered").credits;
    let delivered = images.iter().filter(|i| is_delivered(i)).map(|_| price).sum();
    // Of a job whose time is over no image is left to be counted.
    let forgotten = job.keeping.removal.is_some();
    if (!forgotten && *captured != delivered) || *captured + *released != price * job.order.count {
        broken.push(format!("{} captured {captured}, released {released}", job.id));
    }
    let prompt = job.order.prompt.as_str();
    let fine = !mood::TROUBLED.iter().any(|word| prompt.contains(word));
    // Who waits behind his own jobs for too long is not drawn either.
    let waited = ended.started_at.is_none();
    let cancelled = job.status() == generations::Status::Cancelled;
    // Nor does it tell what was asked.
    if !forgotten
        && world.tally().is_empty()
        && fine
        && !released.is_zero()
        && !cancelled
        && !waited
    {
        broken.push(format!("nothing went wrong, yet {} came to {:?}", job.id, ended.outcome));
    }
}

fn is_delivered(image: &Image) -> bool {
    matches!(image.state, ImageState::Delivered(_))
}

/// A place is taken by each picture that may still be used and is not, and by no other.
fn places(account: &Account, uploads: &[Upload], broken: &mut Vec<String>) {
    let unused = |upload: &&Upload| match upload.state {
        UploadState::Open | UploadState::Ready { kept_until: None, .. } => true,
        UploadState::Ready { kept_until: Some(_), .. }
        | UploadState::Refused { .. }
        | UploadState::Blocked { .. }
        | UploadState::Removed => false,
    };
    let unused: BTreeSet<_> = uploads.iter().filter(unused).map(|upload| &upload.id).collect();
    let counted: BTreeSet<_> = account.unused_uploads().iter().collect();
    if unused != counted {
        broken.push(format!("{} counts {counted:?} as unused, not {unused:?}", account.id));
    }
}

/// What users brought along lies where it should and nowhere else.
fn own_pictures(uploads: &[Upload], stored: &mut BTreeSet<String>, broken: &mut Vec<String>) {
    for upload in uploads {
        let made = stored.remove(&uploads::picture_key(&upload.user, &upload.id));
        let sent = stored.remove(&format!("{}/{}/raw", upload.user, upload.id));
        match upload.state {
            UploadState::Ready { .. } if !made => {
                broken.push(format!("{} is ready and not there", upload.id));
            }
            UploadState::Refused { .. } | UploadState::Blocked { .. } if made || sent => {
                broken.push(format!("{} was turned away and is stored", upload.id));
            }
            UploadState::Open
            | UploadState::Ready { .. }
            | UploadState::Refused { .. }
            | UploadState::Blocked { .. }
            | UploadState::Removed => {}
        }
    }
}

fn pictures(
    world: &World,
    jobs: &BTreeMap<String, Generation>,
    uploads: &[Upload],
    broken: &mut Vec<String>,
    counts: &mut Counts,
) {
    let mut stored: BTreeSet<_> = locked(&world.pictures).keys().cloned().collect();
    own_pictures(uploads, &mut stored, broken);
    for job in jobs.values() {
        for image in job.images() {
            let prefix = format!("{}/{}/{}/", job.user, job.id, image.index);
            if let ImageState::Delivered(asset) = &image.state {
                counts.delivered += 1;
                let model = world.catalog.model(&job.order.model).expect("it was offered");
                let price = model.route(image.provider).map(|route| route.usd_micros);
                if price != Some(image.spent_usd_micros) {
                    broken.push(format!(
                        "{prefix} took {} of us, not {price:?}",
                        image.spent_usd_micros
                    ));
                }
                for name in names(asset) {
                    if !stored.remove(&format!("{prefix}{name}")) {
                        broken.push(format!("{prefix}{name} was delivered and is not there"));
                    }
                }
            }
            if let ImageState::Failed { reason: Failure::InputGone } = image.state {
                broken.push(format!("{} was accepted with an input that is gone", job.id));
            }
            // A provider's file as it came is cleared up as well as can be; no link is ever made to it.
            let shown = |key: &&String| key.starts_with(&prefix) && !key.ends_with("/raw.bin");
            if let ImageState::Filtered { .. } = image.state
                && stored.iter().any(|key| shown(&key))
            {
                broken.push(format!("{prefix} was kept back and is stored"));
            }
        }
    }
    counts.stray_blobs += stored.len() as u64;
    if world.tally().is_empty() {
        broken.extend(stored.iter().map(|key| format!("{key} belongs to no delivered image")));
    }
}

fn names(asset: &Asset) -> Vec<&'static str> {
    let original = match asset.format {
        OutputFormat::Webp => "original.webp",
        OutputFormat::Png => "original.png",
        OutputFormat::Jpeg => "original.jpg",
    };
    let display = (!asset.original_is_display).then_some("display.webp");
    [Some(original), display, Some("thumbnail.webp")].into_iter().flatten().collect()
}

/// The provider's books against ours.
fn provider(
    world: &World,
    jobs: &BTreeMap<String, Generation>,
    broken: &mut Vec<String>,
    counts: &mut Counts,
) {
    let tickets = TicketKey::new("simulation");
    let mut paid = BTreeSet::new();
    for (id, drawing) in &locked(&world.studio).predictions {
        let Some(named) = tickets.check(&drawing.ticket) else {
            broken.push(format!("{} was asked for with a bad ticket", id.0));
            continue;
        };
        // A machine of our own is not paid by the picture.
        if drawing.provider != Provider::Cog
            && !paid.insert((named.generation.clone(), named.index))
        {
            broken
                .push(format!("image {} of {} was paid for twice", named.index, named.generation));
        }
        let job = jobs.get(named.generation.as_str());
        if job.is_some_and(|job| job.keeping.removal.is_some()) {
            continue;
        }
        let images = job.map(Generation::images).unwrap_or_default();
        let image = images.iter().find(|image| image.index == named.index);
        match image.map(|image| &image.state) {
            None => broken.push(format!("{} was paid for no image", drawing.ticket)),
            Some(ImageState::Failed { reason: Failure::Refused }) => {
                broken.push(format!("{} was paid for and refused", drawing.ticket));
            }
            Some(state) => {
                let drawn = matches!(drawing.state, Prediction::Drawn { .. });
                let after = job.is_some_and(|job| match &job.stage {
                    Stage::Ended(ended) => drawing.ended_at > ended.finished_at + TOLD_WITHIN,
                    Stage::Waiting | Stage::Queued { .. } | Stage::AtWork { .. } => false,
                }) && drawing.provider == Provider::Replicate;
                counts.drawn_for_nobody += u64::from(drawn && after && state.is_open());
            }
        }
    }
}
