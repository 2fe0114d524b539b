//! The users: who they are, what they wish for, and how their clients behave when nobody answers.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use imagegen_core::accounts::Draft;
use imagegen_core::catalog::{OutputFormat, PlanId};
use imagegen_core::ids::{GenerationId, UserId};
use imagegen_core::ports::identity::Person;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan as _};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::deliver::{Edge, person};
use crate::process::{Process, Ran, invoke, services};
use crate::random::Random;
use crate::surroundings::{BAD, UNSAFE};
use crate::world::{World, locked};

/// Words in a prompt that decide what becomes of it.
pub(crate) mod mood {
    pub(crate) const REFUSED: &str = "refused";
    pub(crate) const FILTERED: &str = "filtered";
    pub(crate) const FAILED: &str = "failed";
    pub(crate) const STUCK: &str = "stuck";
    pub(crate) const UNSAFE: &str = "gore";
    pub(crate) const BAD: &str = "torn";
    pub(crate) const TROUBLED: [&str; 7] =
        [REFUSED, FILTERED, FAILED, STUCK, UNSAFE, BAD, crate::surroundings::FORBIDDEN];
}

#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) person: Person,
    pub(crate) plan: PlanId,
    /// When the first month ends, if it does while we watch.
    month_ends: Option<Duration>,
}

/// What a client makes of an answer.
#[derive(Debug, Clone)]
enum Reply {
    Accepted(GenerationId),
    /// Trying again will not help.
    No,
    /// 503, or a connection that broke.
    Again,
}

/// One `POST`: a new wish, or an old job once more.
#[derive(Debug, Clone)]
struct Post {
    key: String,
    /// The body of the order.
    wish: Value,
    retry_of: Option<GenerationId>,
}

/// Who lives in this run; in some runs a month ends while they are at it.
pub(crate) async fn move_in(world: &Arc<World>, random: &mut Random) -> Vec<User> {
    let months_end = random.chance(4000);
    let mut users = Vec::new();
    for n in 0..*random.pick(&[1, 1, 1, 1, 1, 2, 2, 3, 4]) {
        let into = if months_end {
            // Often while the first jobs are under way.
            let most = *random.pick(&[15_000, 60_000, 1_500_000]);
            random.between(1, most)
        } else {
            random.between(7_200_000, 1_000_000_000)
        };
        let into = SignedDuration::from_millis(i64::try_from(into).expect("days fit"));
        let plan = *random.pick(&[PlanId::Free, PlanId::Basic, PlanId::Premium]);
        let mut user = user(n, plan);
        let ends = world.now().checked_add(into).expect("days fit").to_zoned(TimeZone::UTC);
        let opened = ends.checked_sub(1.month()).expect("a month fits").timestamp();
        user.month_ends = months_end.then(|| world.elapsed() + into.unsigned_abs());
        open(world, &user, opened.duration_since(world.now())).await;
        users.push(user);
    }
    users
}

pub(crate) fn user(number: u32, plan: PlanId) -> User {
    let person = person(&number.to_string());
    User { id: UserId::of(&person.issuer, &person.subject), person, plan, month_ends: None }
}

/// Opens the account as if it were `then`.
pub(crate) async fn open(world: &Arc<World>, user: &User, then: SignedDuration) {
    let services = services(world, &Process::new(99, then));
    let draft = Draft::open(&services, &user.id, Some(&user.person)).await;
    let mut draft = draft.expect("nothing goes wrong yet");
    let entries = draft.account.change_plan(user.plan, &services.catalog, draft.now);
    draft.enter(entries);
    draft.commit(&services).await.expect("nothing goes wrong yet");
}

/// A user's evening: jobs in bursts.
pub(crate) async fn live(world: Arc<World>, user: User, mut random: Random) {
    let jobs = *random.pick(&[5, 5, 5, 5, 5, 6, 7, 8, 10, 15, 40]);
    let mut clients = Vec::new();
    if let Some(ends) = user.month_ends {
        let stream = Random::new(random.number(), "midnight");
        clients.push(tokio::spawn(midnight(Arc::clone(&world), user.clone(), ends, stream)));
    }
    for number in 0..jobs {
        if random.chance(2500) {
            sleep(Duration::from_secs(random.between(1, 240))).await;
        }
        let wish = wish(&mut random, number, user.plan);
        let stream = Random::new(random.number(), "client");
        clients.push(tokio::spawn(client(Arc::clone(&world), user.clone(), wish, stream)));
    }
    for client in clients {
        client.await.expect("a client does not panic");
    }
}

/// A few jobs, of numbers that no other has.
pub(crate) async fn draw(world: Arc<World>, user: User, numbers: Range<u32>, mut random: Random) {
    let mut clients = Vec::new();
    for number in numbers {
        sleep(Duration::from_secs(random.between(0, 60))).await;
        let wish = wish(&mut random, number, user.plan);
        let stream = Random::new(random.number(), "client");
        clients.push(tokio::spawn(client(Arc::clone(&world), user.clone(), wish, stream)));
    }
    for client in clients {
        client.await.expect("a client does not panic");
    }
}

/// Jobs from before the month's end, given up as it ends: their credits come home to a month that is over, by the
/// clock of one process and not of another.
async fn midnight(world: Arc<World>, user: User, ends: Duration, mut random: Random) {
    let before = Duration::from_millis(random.between(2000, 10_000));
    sleep(ends.saturating_sub(world.elapsed() + before)).await;
    let late = (1000..1003).map(|number| {
        let (world, user, mut random) = (&world, &user, Random::new(random.number(), "late"));
        async move {
            let mut wish = wish(&mut random, number, user.plan);
            wish["model"] = "flux-schnell".into();
            let post = Post { key: key(&mut random), wish, retry_of: None };
            let id = insist(Arc::clone(world), user.clone(), post, random.clone()).await?;
            let off = Duration::from_millis(random.between(0, 4000));
            sleep((ends + off).saturating_sub(world.elapsed() + Duration::from_secs(2))).await;
            cancel(world, user, &id, &mut random).await;
            Some(())
        }
    });
    futures_util::future::join_all(late.collect::<Vec<_>>()).await;
}

fn wish(random: &mut Random, number: u32, plan: PlanId) -> Value {
    let word = if random.chance(3000) { *random.pick(&mood::TROUBLED) } else { "fine" };
    let models: &[&str] = match plan {
        PlanId::Free => &["flux-schnell", "flux-schnell", "flux-schnell", "flux-dev"],
        PlanId::Basic => &["flux-schnell", "flux-dev", "flux-dev"],
        PlanId::Premium => &["flux-schnell", "flux-dev", "flux-2-pro"],
    };
    let count =
        if plan == PlanId::Free { *random.pick(&[1, 1, 1, 2]) } else { random.between(1, 4) };
    json!({
        // Of its own, so that two jobs of one wish are noticed.
        "prompt": format!("a {word} fox, number {number}"),
        "model": *random.pick(models),
        "count": count,
        "seed": random.chance(3000).then_some(42),
        "output_format": random.pick(&OutputFormat::ALL).as_str(),
    })
}

/// From the wish to the last click.
async fn client(world: Arc<World>, user: User, mut wish: Value, mut random: Random) {
    let key = key(&mut random);
    if user.plan != PlanId::Free && wish["model"] != "flux-schnell" && random.chance(4000) {
        let inputs = bring_along(&world, &user, &mut random).await;
        wish["inputs"] = inputs.into_iter().collect();
    }
    let post = Post { key, wish, retry_of: None };
    if random.chance(1000) {
        // A double click.
        let stream = Random::new(random.number(), "again");
        tokio::spawn(insist(Arc::clone(&world), user.clone(), post.clone(), stream));
    }
    let Some(id) = insist(Arc::clone(&world), user.clone(), post.clone(), random.clone()).await
    else {
        return;
    };
    if random.chance(500) {
        let stream = Random::new(random.number(), "again");
        insist(Arc::clone(&world), user.clone(), post.clone(), stream).await;
    }
    if random.chance(1500) {
        sleep(Duration::from_millis(random.between(0, 20_000))).await;
        cancel(&world, &user, &id, &mut random).await;
    }
    if random.chance(1000) {
        sleep(Duration::from_secs(random.between(0, 120))).await;
        let post = Post { key: self::key(&mut random), retry_of: Some(id), ..post };
        insist(world, user, post, random).await;
    }
}

/// A picture of the user's own: mostly sent, sometimes looked at before a job asks for it.
async fn bring_along(world: &Arc<World>, user: &User, random: &mut Random) -> Option<Value> {
    let person = user.person.clone();
    let call = invoke(world, "create_upload", move |edge| async move {
        let body = json!({ "content_type": "image/png", "bytes": 1000 });
        edge.post(&person, "/api/v1/uploads", None, &body).await.body
    });
    let Ok(Ran::Done(offered)) = timeout(Duration::from_mins(1), call).await else { return None };
    let id = offered["id"].as_str()?.to_owned();
    let link = offered["upload_url"].as_str()?.strip_prefix("https://blobs.example/")?;
    let key = link.strip_suffix("?make")?.to_owned();
    if random.chance(9500) {
        // Storage takes it by itself: no process of ours has a part in it.
        let content = *random.pick(&["fine", "fine", "fine", "fine", UNSAFE, BAD]);
        locked(&world.pictures).insert(key, format!("a {content} photo of {id}").into_bytes());
    }
    for _ in 0..random.between(0, 2) {
        let (person, path) = (user.person.clone(), format!("/api/v1/uploads/{id}/complete"));
        let call = invoke(world, "complete_upload", move |edge| async move {
            edge.post(&person, &path, None, &Value::Null).await.status
        });
        // Whatever became of it, the job asks again.
        let _ = timeout(Duration::from_secs(random.between(1, 60)), call).await;
    }
    Some(json!({ "upload_id": id }))
}

pub(crate) fn key(random: &mut Random) -> String {
    format!("key-{:016x}", random.number())
}

/// Sends the same request until somebody answers it, or patience ends.
async fn insist(
    world: Arc<World>,
    user: User,
    post: Post,
    mut random: Random,
) -> Option<GenerationId> {
    for _ in 0..random.between(1, 6) {
        let (person, asked) = (user.clone(), post.clone());
        let call = invoke(&world, "create_generation", move |edge| async move {
            ask(&edge, &person.person, &asked).await
        });
        let patience = Duration::from_secs(random.between(2, 60));
        match timeout(patience, call).await {
            Ok(Ran::Done(Reply::Accepted(id))) => {
                locked(&world.watch).accepted(&user.id, &id);
                return Some(id);
            }
            Ok(Ran::Done(Reply::No)) => return None,
            Ok(Ran::Done(Reply::Again) | Ran::Killed) | Err(_) => {}
        }
        let wait = if random.chance(5000) { 0 } else { random.between(1, 60) };
        sleep(Duration::from_secs(wait)).await;
    }
    None
}

async fn ask(edge: &Edge, person: &Person, post: &Post) -> Reply {
    let key = Some(post.key.as_str());
    let answer = match &post.retry_of {
        Some(old) => {
            let path = format!("/api/v1/generations/{old}/retry");
            edge.post(person, &path, key, &Value::Null).await
        }
        None => edge.post(person, "/api/v1/generations", key, &post.wish).await,
    };
    match answer.status {
        202 => {
            let id = answer.body["id"].as_str().and_then(|id| id.parse().ok());
            Reply::Accepted(id.expect("a 202 names the job"))
        }
        400..500 => Reply::No,
        _ => Reply::Again,
    }
}

async fn cancel(world: &Arc<World>, user: &User, id: &GenerationId, random: &mut Random) {
    for _ in 0..3 {
        let (person, path) = (user.person.clone(), format!("/api/v1/generations/{id}/cancel"));
        let call = invoke(world, "cancel_generation", move |edge| async move {
            // Done, or ended already, or never there: only what is down is worth another try.
            edge.post(&person, &path, None, &Value::Null).await.status < 500
        });
        if let Ok(Ran::Done(true)) = timeout(Duration::from_mins(1), call).await {
            return;
        }
        sleep(Duration::from_secs(random.between(0, 5))).await;
    }
}

/// Sends `count` wishes at the same moment; how many were accepted.
pub(crate) async fn rush(world: &Arc<World>, user: &User, count: u32) -> usize {
    let wish = |number| json!({ "prompt": format!("a fine hare, number {number}"), "model": "flux-schnell" });
    let posts = (0..count).map(|number| {
        let mut random = Random::new(u64::from(number), "rush");
        let post = Post { key: key(&mut random), wish: wish(number), retry_of: None };
        insist(Arc::clone(world), user.clone(), post, random)
    });
    let answers = futures_util::future::join_all(posts).await;
    answers.iter().flatten().count()
}
