//! `imagegen-bench seed`: fills the library of one user, with pictures that can be looked at. The web page's test of a
//! large library runs on it.
//!
//! The store may be in use meanwhile: each commit stands alone, as it does when jobs are made.

use std::path::{Path, PathBuf};

use clap::Args;
use imagegen_adapters::imaging::{Order, finish};
use imagegen_adapters::sqlite::SqliteDocuments;
use imagegen_core::accounts;
use imagegen_core::catalog::OutputFormat;
use imagegen_core::ids::GenerationId;
use imagegen_core::ports::documents::{Documents as _, MAX_WRITES, NewDocument, Write};
use imagegen_core::ports::imaging::{Finished, Recipe};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// Fills a user's library with delivered jobs, each an hour older than the one before.
#[derive(Debug, Args)]
pub(crate) struct Seed {
    /// The data folder of an `imagegen-local`, which may be running.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The id of somebody who has signed in there.
    #[arg(long)]
    user: String,
    #[arg(long, default_value_t = 10_000)]
    jobs: u64,
}

/// All pictures are some of these, so that it takes seconds.
const PROMPTS: [&str; 12] = [
    "a red fox in snow, low winter sun",
    "a lighthouse at night, storm, long exposure",
    "a harbour in winter, fog, morning light",
    "a mountain lake at sunrise",
    "a city street in the rain, neon",
    "a sailing boat on a calm sea, watercolour",
    "a forest in autumn, sunbeams",
    "a desert under stars",
    "a village by a river, oil on canvas",
    "a cat on a window sill, evening",
    "a field of flowers, summer",
    "the moon over a frozen lake",
];
const SHAPES: [(&str, u32, u32); 3] = [("1:1", 384, 384), ("16:9", 448, 256), ("2:3", 320, 480)];

impl Seed {
    pub(crate) fn run(&self) -> Result<(), String> {
        let drawn = PROMPTS.iter().zip(0..).flat_map(|(prompt, n)| {
            let shapes = SHAPES.iter().cycle().skip(n).take(2);
            shapes.map(move |shape| Drawn::new(&self.data, prompt, *shape))
        });
        let drawn = drawn.collect::<Result<Vec<_>, _>>()?;
        let images = self.data.join("blobs/images").join(&self.user);
        let now = Timestamp::now();
        let mut jobs = Vec::new();
        for (n, picture) in (0..self.jobs).zip(drawn.iter().cycle()) {
            let hours = i64::try_from(n).map_err(|e| e.to_string())? + 1;
            let at = now.checked_sub(SignedDuration::from_hours(hours));
            let at = at.map_err(|e| e.to_string())?;
            let id = GenerationId::first_at(at).to_string();
            picture.lay(&self.data, &images.join(&id).join("0"))?;
            jobs.push((id.clone(), picture.job(&id, &self.user, n, at)));
        }
        let file = self.data.join("documents.sqlite");
        write(&file, &self.user, &jobs)?;
        forget_counts(&file, &self.user)
    }
}

/// A picture with its smaller selves, and what it shows.
struct Drawn {
    prompt: &'static str,
    shape: (&'static str, u32, u32),
    files: Finished,
}

impl Drawn {
    fn new(
        data: &Path,
        prompt: &'static str,
        shape: (&'static str, u32, u32),
    ) -> Result<Self, String> {
        let (_, width, height) = shape;
        let painted = imagegen_painter::paint(prompt, u64::from(width), width, height);
        let file = data.join("seed.png");
        painted.save(&file).map_err(|e| e.to_string())?;
        let png = std::fs::read(&file).map_err(|e| e.to_string())?;
        let recipe = Recipe {
            prompt: Some(prompt.into()),
            model: "flux-schnell".into(),
            seed: width,
            width,
            height,
            generation: GenerationId::first_at(Timestamp::UNIX_EPOCH).to_string(),
            index: 0,
            parent: None,
            created_at: Timestamp::UNIX_EPOCH.to_string(),
        };
        let order =
            Order { bytes: &png, format: OutputFormat::Webp, watermark: false, recipe: &recipe };
        let files = finish(&order).map_err(|e| e.to_string())?;
        Ok(Self { prompt, shape, files })
    }

    /// Puts the files where those of a job lie. They are written once, and then have many names.
    fn lay(&self, data: &Path, folder: &Path) -> Result<(), String> {
        let failed = |e: std::io::Error| format!("cannot write {}: {e}", folder.display());
        std::fs::create_dir_all(folder).map_err(failed)?;
        for (name, file) in
            [("original", &self.files.original), ("thumbnail", &self.files.thumbnail)]
        {
            let (shape, _, _) = self.shape;
            let source = format!("seed-{}-{name}-{shape}.webp", self.prompt);
            let source = data.join(source.replace([' ', ':', ','], "-"));
            if !source.exists() {
                std::fs::write(&source, &file.bytes).map_err(failed)?;
            }
            std::fs::hard_link(&source, folder.join(format!("{name}.webp"))).map_err(failed)?;
        }
        Ok(())
    }

    fn job(&self, id: &str, user: &str, n: u64, at: Timestamp) -> Value {
        let (aspect_ratio, width, height) = self.shape;
        let mut job = crate::library::job(id, user, n);
        let at = Value::from(at.to_string());
        job["order"]["prompt"] = format!("{}, no. {n}", self.prompt).into();
        job["order"]["aspect_ratio"] = aspect_ratio.into();
        for time in ["created_at", "deadline_at"] {
            job[time] = at.clone();
        }
        for time in ["started_at", "finished_at"] {
            job["stage"][time] = at.clone();
        }
        let image = &mut job["stage"]["images"][0];
        image["seed"] = n.into();
        image["state"]["width"] = width.into();
        image["state"]["height"] = height.into();
        image["state"]["bytes"] = self.files.original.bytes.len().into();
        image["state"]["placeholder"] = self.files.placeholder.clone().into();
        job
    }
}

/// Each job by its id.
pub(crate) fn write(file: &Path, user: &str, jobs: &[(String, Value)]) -> Result<(), String> {
    let store = SqliteDocuments::open(file).map_err(|e| e.to_string())?;
    let runtime = runtime()?;
    for some in jobs.chunks(MAX_WRITES) {
        let one = |(id, body): &(String, Value)| {
            Write::Create(NewDocument {
                id: id.clone(),
                kind: "generation",
                position: None,
                due: None,
                body: body.to_string(),
            })
        };
        let writes = some.iter().map(one).collect();
        runtime.block_on(store.commit(user, writes)).map_err(|e| e.to_string())?;
    }
    Ok(())
}

/// An account without counts is counted when somebody asks, as one that is older than the counts.
fn forget_counts(file: &Path, user: &str) -> Result<(), String> {
    let store = SqliteDocuments::open(file).map_err(|e| e.to_string())?;
    let runtime = runtime()?;
    let account = runtime.block_on(store.get(user, accounts::KIND)).map_err(|e| e.to_string())?;
    let account = account.ok_or("nobody with that id has signed in there")?;
    let mut body: Value = serde_json::from_str(&account.body).map_err(|e| e.to_string())?;
    body["shelf"] = json!(null);
    let document = NewDocument {
        id: account.id,
        kind: accounts::KIND,
        position: None,
        due: account.due,
        body: body.to_string(),
    };
    let write = Write::Replace { etag: account.etag, document };
    runtime.block_on(store.commit(user, vec![write])).map_err(|e| e.to_string())
}

fn runtime() -> Result<tokio::runtime::Runtime, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|e| format!("no async runtime: {e}"))
}
