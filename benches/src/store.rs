//! N4 without HTTP: `generations::create` on the real store, with services that do nothing. The difference to N4 is
//! what the edge, the token and the calls to other services cost.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use imagegen_adapters::clock::{SystemClock, SystemIds};
use imagegen_adapters::files::FileBlobs;
use imagegen_adapters::http::{Http, Secret};
use imagegen_adapters::imaging::Pipeline;
use imagegen_adapters::replicate::{DEFAULT_BASE_URL, Replicate, ReplicateSettings};
use imagegen_adapters::sas::BlobSas;
use imagegen_adapters::sqlite::SqliteDocuments;
use imagegen_core::accounts;
use imagegen_core::catalog::{Catalog, Provider};
use imagegen_core::generations::{self, IdempotencyKey, Wish};
use imagegen_core::ids::UserId;
use imagegen_core::ports::clock::{Clock, Ids};
use imagegen_core::ports::identity::Person;
use imagegen_core::ports::image_provider::ImageProvider;
use imagegen_core::ports::moderation::{Moderation, ModerationError, Verdict};
use imagegen_core::ports::queue::{Outgoing, Queue, QueueError};
use imagegen_core::ports::realtime::{Realtime, RealtimeError};
use imagegen_core::providers::Providers;
use imagegen_core::services::Services;
use imagegen_core::ticket::TicketKey;
use jiff::Timestamp;
use tokio::task::JoinSet;

use crate::process::Cpu;

const TASKS: usize = 128;

pub(crate) struct Accepts {
    pub(crate) rate: f64,
    pub(crate) tasks: usize,
    /// In words.
    pub(crate) cpu: String,
}

/// `jobs` jobs of each of `users` users, a round of all users at a time.
pub(crate) fn accepts(folder: &Path, users: usize, jobs: usize) -> Result<Accepts, String> {
    std::fs::create_dir_all(folder).map_err(|e| format!("cannot write the folder: {e}"))?;
    let services = services(folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|e| format!("no async runtime: {e}"))?;
    runtime.block_on(all(&services, users, 1, Work::Open))?;
    let (start, before) = (Instant::now(), Cpu::of(std::process::id()));
    runtime.block_on(all(&services, users, jobs, Work::Create))?;
    let (took, cpu) = (start.elapsed(), Cpu::of(std::process::id()).since(before));
    let rate = f64::from(u32::try_from(users * jobs).unwrap_or(u32::MAX)) / took.as_secs_f64();
    let each = |time: Duration| time.as_secs_f64() * 1e6 / (rate * took.as_secs_f64());
    let cpu = format!(
        "{:.0} µs of the cores each, {:.0} of it in the kernel",
        each(cpu.all()),
        each(cpu.system)
    );
    Ok(Accepts { rate, tasks: TASKS, cpu })
}

#[derive(Debug, Clone, Copy)]
enum Work {
    /// The accounts are opened.
    Open,
    Create,
}

async fn all(services: &Services, users: usize, rounds: usize, work: Work) -> Result<(), String> {
    let mut running = JoinSet::new();
    for task in 0..TASKS {
        let services = services.clone();
        running.spawn(async move {
            for _ in 0..rounds {
                for user in (task..users).step_by(TASKS) {
                    one(&services, user, work).await?;
                }
            }
            Ok::<_, String>(())
        });
    }
    while let Some(ended) = running.join_next().await {
        ended.map_err(|e| e.to_string())??;
    }
    Ok(())
}

async fn one(services: &Services, user: usize, work: Work) -> Result<(), String> {
    let person = Person {
        issuer: "https://issuer.example".into(),
        subject: format!("00000000-0000-4000-8000-{user:012}"),
        email: Some(format!("user{user}@example.com")),
        name: Some(format!("User {user}")),
        roles: Vec::new(),
    };
    let id = UserId::of(&person.issuer, &person.subject);
    if matches!(work, Work::Open) {
        return accounts::current(services, &id, &person)
            .await
            .map(drop)
            .map_err(|e| e.to_string());
    }
    let wish = Wish {
        prompt: "a red fox in snow, early morning, long shadows".into(),
        model: "flux-schnell".into(),
        aspect_ratio: None,
        count: None,
        seed: None,
        output_format: None,
        embed_prompt: None,
        inputs: Vec::new(),
        strength: None,
    };
    let (order, model) = wish.parse(&services.catalog).map_err(|e| format!("{e:?}"))?;
    let key = IdempotencyKey::fresh(services);
    let created = generations::create(services, &id, &person, &key, &order, model).await;
    created.map(drop).map_err(|e| e.to_string())
}

/// The mean of one append with its fsync.
pub(crate) fn fsync(folder: &Path) -> Result<Duration, String> {
    use std::io::Write as _;
    const TIMES: u32 = 300;
    let path = folder.join("probe");
    let failed = |e: std::io::Error| format!("cannot write {}: {e}", path.display());
    let mut file = std::fs::File::create(&path).map_err(failed)?;
    let start = Instant::now();
    for _ in 0..TIMES {
        file.write_all(&[1; 4096]).and_then(|()| file.sync_data()).map_err(failed)?;
    }
    Ok(start.elapsed() / TIMES)
}

/// Real where the work is, silent elsewhere. Nobody is asked anything.
pub(crate) fn services(folder: &Path) -> Result<Services, String> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids: Arc<dyn Ids> = Arc::new(SystemIds);
    let http = Http::new(Arc::clone(&clock), Arc::clone(&ids));
    let documents = SqliteDocuments::open(folder.join("documents.sqlite"));
    let sas = BlobSas::new("local", "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTAwMDA=");
    let sas = sas.map_err(|e| e.to_string())?;
    let blobs = |container| {
        FileBlobs::open(folder.join("blobs"), container, "http://127.0.0.1:9/blobs", sas.clone())
            .map_err(|e| e.to_string())
    };
    let replicate = ReplicateSettings {
        token: Secret::new("r8_nobody"),
        base_url: DEFAULT_BASE_URL.into(),
        webhook_secrets: Vec::new(),
        output_hosts: vec!["replicate.delivery".into()],
    };
    let replicate: Arc<dyn ImageProvider> =
        Arc::new(Replicate::new(replicate, http).map_err(|e| e.to_string())?);
    Ok(Services {
        documents: Arc::new(documents.map_err(|e| e.to_string())?),
        blobs: Arc::new(blobs("images")?),
        uploads: Arc::new(blobs("uploads")?),
        queue: Arc::new(Silent),
        providers: Providers::new([(Provider::Replicate, replicate)]),
        realtime: Arc::new(Silent),
        moderation: Arc::new(Silent),
        imaging: Arc::new(Pipeline),
        clock,
        ids,
        catalog: Arc::new(Catalog::built_in()),
        paces: Arc::default(),
        tickets: TicketKey::new("bench"),
        public_url: None,
        payments: None,
        app_url: None,
    })
}

/// Says yes at once.
#[derive(Debug)]
struct Silent;

#[async_trait]
impl Queue for Silent {
    async fn send(&self, _message: &Outgoing) -> Result<(), QueueError> {
        Ok(())
    }
}

#[async_trait]
impl Realtime for Silent {
    async fn negotiate(&self, _user: &UserId, _now: Timestamp) -> Result<String, RealtimeError> {
        Err(RealtimeError("nobody listens".into()))
    }

    async fn publish(&self, _user: &UserId, _event: String) -> Result<(), RealtimeError> {
        Ok(())
    }
}

#[async_trait]
impl Moderation for Silent {
    async fn text(&self, _text: &str) -> Result<Verdict, ModerationError> {
        Ok(Verdict::Allowed)
    }

    async fn image(&self, _image: &[u8]) -> Result<Verdict, ModerationError> {
        Ok(Verdict::Allowed)
    }
}
