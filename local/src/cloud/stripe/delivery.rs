//! Webhooks: signed, told to every endpoint that wants them, tried again with longer and longer pauses until somebody
//! answers 2xx. What is still to be told is in the database, so a restart forgets nothing.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tokio::task::JoinSet;

use super::Shared;
use super::books::Books;
use crate::cloud::faults::Fault;
use crate::cloud::hmac_sha256;
use crate::console;

/// Seconds before each further try: about two hours in all, where life has three days.
const PAUSES: [i64; 12] = [1, 2, 4, 8, 16, 30, 60, 120, 300, 600, 1_800, 3_600];
/// What is held back arrives after what comes in this time.
const HELD_BACK: Duration = Duration::from_secs(2);
/// How many are on their way at once. They set out in order; nobody promises that they arrive so.
const AT_ONCE: u32 = 8;
/// The endpoint that every data folder has: the handler of this machine.
pub(super) const HANDLER: &str = "we_local";

/// One event on its way to one endpoint.
struct Delivery {
    number: i64,
    endpoint: String,
    tries: usize,
    body: String,
}

/// The endpoints that want to hear of `kind`.
pub(super) fn listeners(books: &Books<'_>, kind: &str) -> Vec<String> {
    let wanted = |endpoint: &Value| {
        let events = endpoint["enabled_events"].as_array().cloned().unwrap_or_default();
        endpoint["status"] == "enabled" && events.iter().any(|it| it == "*" || it == kind)
    };
    let others = books.all("webhook_endpoint", None).into_iter().rev().filter(wanted);
    std::iter::once(HANDLER.to_owned())
        .chain(others.filter_map(|it| it["id"].as_str().map(str::to_owned)))
        .collect()
}

pub(super) fn enqueue(books: &Books<'_>, event: &Value, endpoints: &[String]) {
    let mut statement = books
        .database
        .prepare_cached(
            "INSERT INTO stripe_deliveries (event, endpoint, tries, next_at, body) VALUES (?1, ?2, 0, ?3, ?4)",
        )
        .expect("the table exists");
    for endpoint in endpoints {
        statement
            .execute((event["id"].as_str(), endpoint, milliseconds(), event.to_string()))
            .expect("the database was opened for writing");
    }
}

pub(super) fn pending(books: &Books<'_>, event: &str) -> i64 {
    books
        .database
        .query_row("SELECT count(*) FROM stripe_deliveries WHERE event = ?1", [event], |row| {
            row.get(0)
        })
        .expect("the table exists")
}

/// Tells what is to be told, for ever.
pub(super) async fn run(shared: Arc<Shared>) {
    let (mut at_work, mut tasks) = (HashSet::new(), JoinSet::new());
    loop {
        let (due, next) = due(&shared, &at_work);
        for delivery in due {
            at_work.insert(delivery.number);
            tasks.spawn(tell(Arc::clone(&shared), delivery));
        }
        tokio::select! {
            Some(told) = tasks.join_next() => {
                at_work.remove(&told.expect("telling does not panic"));
            }
            () = shared.wake.notified() => {}
            () = tokio::time::sleep(next) => {}
        }
    }
}

/// What can set out now, and how long it is until there may be more.
fn due(shared: &Shared, at_work: &HashSet<i64>) -> (Vec<Delivery>, Duration) {
    let database = shared.ground.database.lock().expect("no holder panics");
    let now = milliseconds();
    let mut statement = database
        .prepare_cached(
            "SELECT number, endpoint, tries, body FROM stripe_deliveries WHERE next_at <= ?1
             ORDER BY number LIMIT ?2",
        )
        .expect("the table exists");
    let rows = statement
        .query_map((now, AT_ONCE), |row| {
            let tries: i64 = row.get(2)?;
            let tries = usize::try_from(tries).unwrap_or(0);
            Ok(Delivery { number: row.get(0)?, endpoint: row.get(1)?, tries, body: row.get(3)? })
        })
        .expect("the parameters fit");
    let room = AT_ONCE as usize - at_work.len();
    let due = rows.flatten().filter(|it| !at_work.contains(&it.number)).take(room).collect();
    let next: Option<i64> = database
        .query_row("SELECT min(next_at) FROM stripe_deliveries WHERE next_at > ?1", [now], |row| {
            row.get(0)
        })
        .expect("the table exists");
    let wait = next.map_or(60_000, |next| (next - now).clamp(1, 60_000));
    (due, Duration::from_millis(u64::try_from(wait).unwrap_or(1)))
}

/// One try. Returns the delivery's number.
async fn tell(shared: Arc<Shared>, delivery: Delivery) -> i64 {
    let Delivery { number, endpoint, tries, body } = delivery;
    let Some((url, secret)) = address(&shared, &endpoint) else {
        // The endpoint was deleted meanwhile.
        settle(&shared, number, None);
        return number;
    };
    let fault = if tries == 0 { shared.faults.draw("webhooks") } else { Fault::default() };
    let held_back = if fault.held_back { HELD_BACK } else { Duration::ZERO };
    tokio::time::sleep(fault.delay + held_back).await;
    if fault.dropped {
        settle(&shared, number, None);
        return number;
    }
    let accepted = post(&shared, &url, &secret, &body).await;
    if accepted && fault.duplicated {
        post(&shared, &url, &secret, &body).await;
    }
    if accepted {
        settle(&shared, number, None);
    } else if let Some(pause) = PAUSES.get(tries) {
        settle(&shared, number, Some(milliseconds() + pause * 1_000));
    } else {
        console::host(&format!("the local Stripe gives up telling {endpoint} of an event"));
        settle(&shared, number, None);
    }
    number
}

fn address(shared: &Shared, endpoint: &str) -> Option<(String, String)> {
    if endpoint == HANDLER {
        let url = format!("http://127.0.0.1:{}/api/webhooks/stripe", shared.ground.port);
        return Some((url, shared.webhook_secret.clone()));
    }
    let database = shared.ground.database.lock().expect("no holder panics");
    let body: String = database
        .query_row("SELECT body FROM stripe_objects WHERE id = ?1", [endpoint], |row| row.get(0))
        .ok()?;
    let endpoint: Value = serde_json::from_str(&body).expect("this program wrote it");
    let text = |name: &str| endpoint[name].as_str().map(str::to_owned);
    (endpoint["status"] == "enabled").then_some((text("url")?, text("_secret")?))
}

/// It is over, or tried again at a time.
fn settle(shared: &Shared, number: i64, again: Option<i64>) {
    let database = shared.ground.database.lock().expect("no holder panics");
    let done = match again {
        None => database.execute("DELETE FROM stripe_deliveries WHERE number = ?1", [number]),
        Some(at) => database.execute(
            "UPDATE stripe_deliveries SET tries = tries + 1, next_at = ?2 WHERE number = ?1",
            (number, at),
        ),
    };
    done.expect("the database was opened for writing");
}

/// Whether it was accepted.
async fn post(shared: &Shared, url: &str, secret: &str, body: &str) -> bool {
    let request = shared
        .client
        .post(url)
        .header("content-type", "application/json; charset=utf-8")
        .header("user-agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
        // When it is sent, by the real time: receivers compare it with theirs.
        .header("stripe-signature", signature(secret, Timestamp::now().as_second(), body))
        .body(body.to_owned());
    request.send().await.is_ok_and(|answer| answer.status().is_success())
}

/// The whole secret, as text, is the key.
pub(super) fn signature(secret: &str, timestamp: i64, body: &str) -> String {
    let signed = hmac_sha256(secret.as_bytes(), format!("{timestamp}.{body}").as_bytes());
    let mut text = format!("t={timestamp},v1=");
    for byte in signed {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Of the real time: pauses between tries are not part of the story.
fn milliseconds() -> i64 {
    Timestamp::now().as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_the_vendor() {
        let signed =
            signature("whsec_test_secret", 1_767_225_600, r#"{"id":"evt_1","object":"event"}"#);
        assert_eq!(
            signed,
            "t=1767225600,v1=238d47ccc3251152491130a4587f0a855c0e33e88993ce968255c6d168ef7601"
        );
    }
}
