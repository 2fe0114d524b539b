//! `imagegen-local demo`: one picture from the shell, by the same calls that every client makes.

mod progress;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use http::StatusCode;
use reqwest::{RequestBuilder, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use self::progress::Progress;

const EVERY: Duration = Duration::from_millis(100);
/// A job's own deadline comes first; this is for a service that never says so.
const PATIENCE: Duration = Duration::from_mins(15);
/// Answers in a row that may fail while we follow a job, as they do when the handler is started again.
const TOLERATED_FAILURES: u32 = 50;

/// Draw one picture with the local cloud that is running.
#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    /// What the picture shows.
    #[arg(long)]
    prompt: String,
    /// The port of the local cloud.
    #[arg(long, default_value_t = 7071)]
    port: u16,
    /// Where to save the picture [default: pictures/<id>.<format>].
    #[arg(long)]
    out: Option<PathBuf>,
    #[arg(long, default_value = "flux-schnell")]
    model: String,
    /// Draws the same picture again.
    #[arg(long)]
    seed: Option<u32>,
    /// Who asks: each address is a user with credits of its own.
    #[arg(long = "as", value_name = "EMAIL", default_value = "demo@example.com")]
    email: String,
}

/// Orders the picture, follows it and saves it.
///
/// # Errors
/// Sentences that say what went wrong.
pub(crate) async fn run(demo: &Demo) -> Result<(), String> {
    let service = Service::sign_in(demo).await?;
    let mut generation = order(&service, demo).await?;
    let mut progress = Progress::start(Instant::now());
    let mut failures = 0;
    while !generation.is_final() {
        if progress.elapsed() > PATIENCE {
            return Err(format!("{} has not ended after 15 minutes.", generation.id));
        }
        progress.show(&generation);
        tokio::time::sleep(EVERY).await;
        let path = format!("/api/v1/generations/{}", generation.id);
        match service.send(service.client.get(service.url(&path))).await {
            Ok(now) => {
                generation = now;
                failures = 0;
            }
            Err(Failure { sentence, worth_repeating }) => {
                failures += 1;
                if !worth_repeating || failures > TOLERATED_FAILURES {
                    return Err(sentence);
                }
            }
        }
    }
    progress.end(&generation);
    let Some(image) = generation.images.iter().find(|it| it.url.is_some()) else {
        return Err(generation.why());
    };
    save(&service, demo, &generation, image).await?;
    println!("{}", generation.charge().trim_start());
    println!("{}", credits_left(&service).await?);
    Ok(())
}

async fn order(service: &Service, demo: &Demo) -> Result<Generation, String> {
    let mut body = json!({"prompt": demo.prompt, "model": demo.model, "count": 1});
    if let Some(seed) = demo.seed {
        body["seed"] = json!(seed);
    }
    let mut random = [0u8; 16];
    getrandom::fill(&mut random).map_err(|e| format!("no random numbers: {e}"))?;
    let request = service
        .client
        .post(service.url("/api/v1/generations"))
        .header("idempotency-key", format!("{:032x}", u128::from_le_bytes(random)))
        .json(&body);
    service.send(request).await.map_err(|failure| failure.sentence)
}

async fn save(
    service: &Service,
    demo: &Demo,
    generation: &Generation,
    image: &Image,
) -> Result<(), String> {
    let url = image.url.as_deref().unwrap_or_default();
    // A signed link carries its own permission; the token is not for whoever keeps the files.
    let response = service.client.get(url).send().await.map_err(|e| service.unreachable(&e))?;
    if !response.status().is_success() {
        return Err(format!("The picture's link was answered with {}.", response.status()));
    }
    let bytes = response
        .bytes()
        .await
        .map_err(|e| format!("The picture broke off: {}", e.without_url()))?;
    let file = demo.out.clone().unwrap_or_else(|| {
        Path::new("pictures").join(format!("{}.{}", generation.id, image.extension()))
    });
    write(&file, &bytes).map_err(|e| format!("Cannot write {}: {e}", file.display()))?;
    let kilobytes = bytes.len().div_ceil(1000);
    let seed = image.seed.map_or_else(String::new, |seed| format!(", seed {seed}"));
    println!("{}: {} × {} pixels, {kilobytes} kB{seed}", file.display(), image.width, image.height);
    Ok(())
}

fn write(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(file, bytes)
}

async fn credits_left(service: &Service) -> Result<String, String> {
    let request = service.client.get(service.url("/api/v1/me"));
    let me: Me = service.send(request).await.map_err(|failure| failure.sentence)?;
    if me.credits.unlimited {
        return Ok("Credits are unlimited on this plan.".to_owned());
    }
    let reset = me
        .credits
        .resets_at
        .map_or_else(String::new, |at| format!("; they are renewed on {}", day(&at)));
    Ok(format!("{} left{reset}.", credits(me.credits.available)))
}

/// The date of an RFC 3339 time.
fn day(time: &str) -> &str {
    time.split('T').next().unwrap_or(time)
}

fn credits(number: i64) -> String {
    if number == 1 { "1 credit".to_owned() } else { format!("{number} credits") }
}

#[derive(Debug, Deserialize)]
struct Generation {
    id: String,
    status: String,
    #[serde(default)]
    progress: f64,
    position: Option<u64>,
    #[serde(default)]
    credits: Charge,
    #[serde(default)]
    images: Vec<Image>,
    #[serde(default)]
    error: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Charge {
    captured: i64,
    released: i64,
}

#[derive(Debug, Deserialize)]
struct Image {
    url: Option<String>,
    #[serde(default)]
    width: u32,
    #[serde(default)]
    height: u32,
    seed: Option<u64>,
    content_type: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Me {
    credits: Balance,
}

#[derive(Debug, Deserialize)]
struct Balance {
    available: i64,
    #[serde(default)]
    unlimited: bool,
    resets_at: Option<String>,
}

impl Generation {
    fn is_final(&self) -> bool {
        ["succeeded", "failed", "cancelled", "blocked"].contains(&self.status.as_str())
    }

    fn why(&self) -> String {
        match told(&self.error) {
            // The reason says as well what becomes of the credits.
            told if !told.is_empty() => format!("The picture was not made: {told}"),
            _ => format!("The picture was not made: the job is {}.{}", self.status, self.charge()),
        }
    }

    fn charge(&self) -> String {
        match (self.credits.captured, self.credits.released) {
            (0, 0) => String::new(),
            (0, released) => format!(" {} given back.", credits(released)),
            (captured, 0) => format!(" It cost {}.", credits(captured)),
            (captured, released) => {
                format!(" It cost {}; {} given back.", credits(captured), credits(released))
            }
        }
    }
}

impl Image {
    fn extension(&self) -> &str {
        match self.content_type.as_deref() {
            Some("image/png") => "png",
            Some("image/jpeg") => "jpg",
            _ => "webp",
        }
    }
}

/// The local cloud as a signed-in user sees it.
struct Service {
    client: reqwest::Client,
    port: u16,
    token: String,
}

/// Why a call did not succeed.
struct Failure {
    sentence: String,
    worth_repeating: bool,
}

impl Service {
    async fn sign_in(demo: &Demo) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Token {
            access_token: String,
        }
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(30))
            .build()
            .map_err(|e| format!("no HTTP client: {e}"))?;
        let mut service = Self { client, port: demo.port, token: String::new() };
        let url = service.url("/_local/oidc/dev-token");
        let request = service.client.post(url).json(&json!({"email": demo.email}));
        let token: Token = service.send(request).await.map_err(|failure| failure.sentence)?;
        service.token = token.access_token;
        Ok(service)
    }

    fn url(&self, path: &str) -> String {
        // By number: `localhost` may be looked up as [::1] first, which costs a moment and may be another program.
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        let request =
            if self.token.is_empty() { request } else { request.bearer_auth(&self.token) };
        let unreachable = |e: reqwest::Error| Failure {
            sentence: self.unreachable(&e),
            worth_repeating: !e.is_connect(),
        };
        let response = request.send().await.map_err(unreachable)?;
        if !response.status().is_success() {
            return Err(refused(response).await);
        }
        response.json().await.map_err(|e| Failure {
            sentence: format!("The answer is not what it should be: {}", e.without_url()),
            worth_repeating: false,
        })
    }

    fn unreachable(&self, error: &reqwest::Error) -> String {
        if error.is_connect() {
            return format!(
                "Nothing listens on port {}. Start the local cloud first, with `make run`, or name its port with --port.",
                self.port
            );
        }
        let reason = if error.is_timeout() { "it took too long" } else { "the connection broke" };
        format!("The local cloud on port {} did not answer: {reason}.", self.port)
    }
}

async fn refused(response: Response) -> Failure {
    let status = response.status();
    let problem: Value = response.json().await.unwrap_or_default();
    let sentence = match told(&problem) {
        nothing if nothing.is_empty() => format!("The answer was {status}."),
        told => told,
    };
    Failure {
        sentence,
        worth_repeating: status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS,
    }
}

/// A problem (RFC 9457) or a job's error in sentences: what it says of itself, then of each field.
fn told(problem: &Value) -> String {
    let text =
        |value: &Value| value.as_str().map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    let summary = ["detail", "message", "title", "error_description"]
        .iter()
        .find_map(|name| text(&problem[*name]));
    let mut sentences: Vec<String> =
        summary.or_else(|| text(problem)).into_iter().map(ended).collect();
    for field in problem["errors"].as_array().into_iter().flatten() {
        if let (Some(pointer), Some(detail)) = (text(&field["pointer"]), text(&field["detail"]))
            // The summary often says it already.
            && !sentences.iter().any(|said| said.contains(&detail))
        {
            sentences.push(ended(format!("{}: {detail}", pointer.trim_start_matches(['#', '/']))));
        }
    }
    sentences.join(" ")
}

fn ended(sentence: String) -> String {
    if sentence.ends_with(['.', '!', '?']) { sentence } else { format!("{sentence}.") }
}

#[cfg(test)]
mod tests;
