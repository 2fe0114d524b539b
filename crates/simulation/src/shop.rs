//! Runs of money: months in which people buy, cancel and want their money back, and order pictures meanwhile.
//!
//! Nobody can watch every minute of a month. So time leaps from one busy moment to the next: the world wakes, timers
//! tick, the payment service does what is due, some people do something, and when all is quiet it leaps on. It never
//! leaps over a day, so that what is daily is done daily.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use imagegen_core::accounts::{self, Account};
use imagegen_core::catalog::PlanId;
use jiff::SignedDuration;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use crate::deliver::Edge;
use crate::faults::Port;
use crate::people::{self, User, key};
use crate::process::{Ran, invoke};
use crate::random::Random;
use crate::story::quiet;
use crate::till;
use crate::watch::decode;
use crate::world::{World, locked};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// Who lives in a run of money.
pub(crate) async fn move_in(world: &Arc<World>, random: &mut Random) -> Vec<User> {
    let mut users = Vec::new();
    for number in 0..*random.pick(&[1, 1, 2, 2, 3]) {
        // To some of them an operator has given a plan.
        let plan = *random.pick(&[
            PlanId::Free,
            PlanId::Free,
            PlanId::Free,
            PlanId::Free,
            PlanId::Free,
            PlanId::Basic,
            PlanId::Premium,
        ]);
        let user = people::user(number, plan);
        let days = i64::try_from(random.between(0, 27 * 24 * 60)).expect("a month");
        people::open(world, &user, SignedDuration::from_mins(-days)).await;
        users.push(user);
    }
    users
}

/// Until nothing goes wrong any more, and a few days longer, so that whatever was missed is found.
pub(crate) async fn months(world: &Arc<World>, users: &[User], random: &mut Random) {
    let ends = world.weather.ends_at;
    let mut jobs = 0;
    while world.elapsed() < ends {
        leap(world, random).await;
        if world.elapsed() >= ends {
            break;
        }
        if !world.weather.is_calm() && random.chance(600) {
            let port = *random.pick(&[Port::Payments, Port::Payments, Port::Documents]);
            let most = if port == Port::Payments { 3600 } else { 60 };
            world.goes_down(port, Duration::from_secs(random.between(5, most)));
        }
        till::time_passes(world, random);
        if random.chance(800) {
            till::regret(world, random);
        }
        let mut acts = Vec::new();
        for user in users {
            if random.chance(1500) {
                let stream = Random::new(random.number(), "errand");
                acts.push(tokio::spawn(errand(Arc::clone(world), user.clone(), stream)));
            }
            if random.chance(700) {
                let mut user = user.clone();
                user.plan = account(world, &user).plan;
                let numbers = jobs..jobs + *random.pick(&[1, 1, 2, 3, 6]);
                jobs = numbers.end;
                let stream = Random::new(random.number(), "evening");
                acts.push(tokio::spawn(people::draw(Arc::clone(world), user, numbers, stream)));
            }
        }
        for act in acts {
            act.await.expect("nobody panics");
        }
        quiet(world).await;
    }
    // Nothing new, but what is due by itself goes on.
    settle(world, ends + 4 * DAY, random).await;
}

/// Days in which nobody does anything.
async fn settle(world: &Arc<World>, until: Duration, random: &mut Random) {
    while world.elapsed() < until || locked(&world.till).busy > 0 {
        leap(world, random).await;
        till::time_passes(world, random);
        quiet(world).await;
    }
    // An hourly and a daily timer have ticked since anything happened.
    let last = world.elapsed();
    while world.elapsed() < last + 26 * HOUR {
        let left = (last + 26 * HOUR).saturating_sub(world.elapsed());
        tokio::time::advance(left.min(2 * HOUR)).await;
        sleep(Duration::from_secs(1)).await;
        quiet(world).await;
    }
}

/// To the next moment that matters, or a while before or after it.
async fn leap(world: &World, random: &mut Random) {
    let next = locked(&world.till).next_at();
    let next = next.map(|at| at.duration_since(world.now()));
    let next = next.and_then(|d| Duration::try_from(d).ok()).unwrap_or_default();
    let any = Duration::from_secs(random.between(1800, 24 * 3600));
    // Three hours later credits of the old month have lapsed, and the handler asks.
    let off = Duration::from_secs(random.between(0, 3 * 3600));
    let leap = if random.chance(7000) && next < any { next + off } else { any };
    // The daily timers tick at the hour at which the run began.
    let days = world.elapsed().saturating_sub(world.began_at()).as_secs() / DAY.as_secs() + 1;
    let daily = world.began_at() + Duration::from_secs(days * DAY.as_secs());
    let leap = leap.max(Duration::from_secs(1)).min(daily.saturating_sub(world.elapsed()));
    tokio::time::advance(leap).await;
    sleep(Duration::from_secs(1)).await;
}

/// The account as it is stored.
fn account(world: &World, user: &User) -> Account {
    let document = locked(&world.store).get(user.id.as_str(), accounts::KIND);
    decode(&document.expect("accounts stay"))
}

async fn errand(world: Arc<World>, user: User, mut random: Random) {
    match random.below(100) {
        0..50 => {
            let plan = *random.pick(&["basic", "basic", "basic", "premium"]);
            buy(&world, &user, &json!({ "plan": plan }), random).await;
        }
        50..68 => {
            let pack = *random.pick(&["credits_100", "credits_100", "credits_500"]);
            buy(&world, &user, &json!({ "pack": pack }), random).await;
        }
        68..92 => {
            let body = json!({ "errand": random.pick(&["home", "payment_method", "cancel"]) });
            let path = "/api/v1/subscription/portal";
            if let Some(url) = insist(&world, &user, path, None, &body, &mut random).await {
                sleep(Duration::from_secs(random.between(1, 90))).await;
                till::visit(&world, &url, &mut random);
                come_back(&world, &user, &mut random).await;
            }
        }
        _ => come_back(&world, &user, &mut random).await,
    }
}

/// Some press twice, and some have two windows open; all pay where they are sent.
async fn buy(world: &Arc<World>, user: &User, ware: &Value, mut random: Random) {
    let first = key(&mut random);
    let second = match random.below(10) {
        0 => Some(first.clone()),
        1..4 => Some(key(&mut random)),
        _ => None,
    };
    let presses = [Some(first), second].into_iter().flatten().map(|key| {
        let stream = Random::new(random.number(), "press");
        press(world, user, ware, key, stream)
    });
    join_all(presses.collect::<Vec<_>>()).await;
}

async fn press(world: &Arc<World>, user: &User, ware: &Value, key: String, mut random: Random) {
    let path = "/api/v1/subscription/checkout";
    let Some(url) = insist(world, user, path, Some(key), ware, &mut random).await else { return };
    sleep(Duration::from_secs(random.between(2, 300))).await;
    till::visit(world, &url, &mut random);
    come_back(world, user, &mut random).await;
}

/// "I have paid, look again."
async fn come_back(world: &Arc<World>, user: &User, random: &mut Random) {
    for _ in 0..random.between(0, 2) {
        sleep(Duration::from_secs(random.between(0, 10))).await;
        look_again(world, user).await;
    }
}

pub(crate) async fn look_again(world: &Arc<World>, user: &User) -> bool {
    let person = user.person.clone();
    let call = invoke(world, "refresh_subscription", move |edge: Edge| async move {
        let path = "/api/v1/subscription/refresh";
        edge.post(&person, path, None, &Value::Null).await.status
    });
    matches!(timeout(Duration::from_mins(2), call).await, Ok(Ran::Done(200)))
}

/// Where the browser is sent, if anybody answers before patience ends.
async fn insist(
    world: &Arc<World>,
    user: &User,
    path: &'static str,
    key: Option<String>,
    body: &Value,
    random: &mut Random,
) -> Option<String> {
    let begun = Instant::now();
    for _ in 0..random.between(1, 5) {
        let (person, body, key) = (user.person.clone(), body.clone(), key.clone());
        let call = invoke(world, "to the till", move |edge: Edge| async move {
            let answer = edge.post(&person, path, key.as_deref(), &body).await;
            (answer.status, answer.body["url"].as_str().map(str::to_owned))
        });
        match timeout(Duration::from_secs(random.between(5, 60)), call).await {
            Ok(Ran::Done((200, url))) => return url,
            Ok(Ran::Done((400..500, _))) => return None,
            Ok(Ran::Done((500, _))) => {
                world.broken(format!("{path} was answered with 500"));
                return None;
            }
            Ok(Ran::Done(_) | Ran::Killed) | Err(_) => {}
        }
        if begun.elapsed() > HOUR {
            return None;
        }
        sleep(Duration::from_secs(random.between(0, 60))).await;
    }
    None
}

/// What is true of a settled account stays so, however often one looks; and it draws, if it may.
pub(crate) async fn afterwards(world: &Arc<World>, users: &[User]) {
    for user in users {
        let before = account(world, user);
        for _ in 0..2 {
            if !look_again(world, user).await {
                world.broken(format!("{} cannot be followed", user.id));
            }
        }
        quiet(world).await;
        let after = account(world, user);
        if (before.plan, &before.wallet) != (after.plan, &after.wallet) {
            world.broken(format!("looking again changed {before:?} to {after:?}"));
        }
        let unlimited = after.plan == PlanId::Premium;
        let may = !after.is_frozen() && (unlimited || after.spendable(world.now()) > 0);
        if people::rush(world, user, 1).await != usize::from(may) {
            world.broken(format!("{} may draw: {may}, and it is otherwise", user.id));
        }
    }
    quiet(world).await;
}
