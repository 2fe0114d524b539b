//! Keeps one handler alive, by the host's rules.
//!
//! Exit code 0 counts as success: the handler is not started again, and every later call fails. 200 is a wish
//! for a restart. Any other end is an error; the last one allowed ends the host.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use thiserror::Error;
use tokio::sync::{mpsc, watch};

use super::faults::Switches;
use super::process::{self, Plan, Process};
use crate::console;

/// Errors are forgotten when the last one is older than this.
const FORGET_AFTER: Duration = Duration::from_mins(30);
const READINESS_INTERVAL: Duration = Duration::from_millis(25);

/// One life of the handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Incarnation {
    pub(crate) number: u32,
    pub(crate) port: u16,
    pub(crate) pid: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// For the first time or again: calls wait.
    Starting,
    Ready(Incarnation),
    /// It ended with code 0, and stays so.
    Ended,
}

/// Why the handler is to be killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A call ran longer than `functionTimeout`; such a restart is free.
    Timeout,
    /// A fault switch; counts as any other crash.
    Fault,
}

/// Why the handler cannot be called.
#[derive(Debug, Error)]
pub(crate) enum Unavailable {
    /// To callers it looks as if the connection were refused.
    #[error("the handler ended with code 0 and is not started again")]
    Ended,
    #[error("{0}")]
    HostEnds(String),
}

enum Order {
    Kill(Incarnation, Reason),
    GiveUp(String),
}

/// What the rest of the host sees of the handler.
pub(crate) struct Keeper {
    state: watch::Sender<State>,
    orders: mpsc::UnboundedSender<Order>,
    starts: AtomicU32,
    /// How long a call waits for a start before the host gives up.
    patience: Duration,
}

/// The other end of a [`Keeper`], for [`keep`].
pub(crate) struct Orders(mpsc::UnboundedReceiver<Order>);

pub(crate) fn keeper(initialization_timeout: Duration) -> (Keeper, Orders) {
    let (orders, receiver) = mpsc::unbounded_channel();
    let keeper = Keeper {
        state: watch::Sender::new(State::Starting),
        orders,
        starts: AtomicU32::new(0),
        // The host allows three restarts and the first start.
        patience: initialization_timeout * 4,
    };
    (keeper, Orders(receiver))
}

impl Keeper {
    /// Waits until the handler can be called.
    ///
    /// # Errors
    /// When it never will be again.
    pub(crate) async fn ready(&self) -> Result<Incarnation, Unavailable> {
        let mut watcher = self.state.subscribe();
        let started = watcher.wait_for(|state| *state != State::Starting);
        match tokio::time::timeout(self.patience, started).await {
            Ok(Ok(state)) => match *state {
                State::Ready(incarnation) => Ok(incarnation),
                State::Ended | State::Starting => Err(Unavailable::Ended),
            },
            Ok(Err(_)) => Err(Unavailable::HostEnds("the host is ending".into())),
            Err(_) => {
                let reason =
                    format!("the handler was not ready within {} s", self.patience.as_secs());
                self.order(Order::GiveUp(reason.clone()));
                Err(Unavailable::HostEnds(reason))
            }
        }
    }

    /// Kills the handler with SIGKILL, if it still is that one.
    pub(crate) fn kill(&self, incarnation: Incarnation, reason: Reason) {
        self.order(Order::Kill(incarnation, reason));
    }

    pub(crate) fn state(&self) -> State {
        self.state.borrow().clone()
    }

    /// How often it was started again.
    pub(crate) fn restarts(&self) -> u32 {
        self.starts.load(Ordering::Relaxed).saturating_sub(1)
    }

    fn order(&self, order: Order) {
        // Without a receiver the host is ending, and with it the handler.
        let _ = self.orders.send(order);
    }
}

/// Runs the handler again and again until the host must end; tells why. Dropped, it kills the handler.
pub(crate) async fn keep(
    keeper: &Keeper,
    mut orders: Orders,
    plan: &Plan,
    faults: &Switches,
    limit: u32,
) -> String {
    let mut strikes = Strikes { limit, count: 0, last: None };
    loop {
        let number = keeper.starts.fetch_add(1, Ordering::Relaxed) + 1;
        keeper.state.send_replace(State::Starting);
        match live(keeper, &mut orders, plan, faults, number).await {
            End::Zero => {
                keeper.state.send_replace(State::Ended);
                console::host(
                    "the handler ended with code 0: it is not started again, and calls fail from now on",
                );
                loop {
                    match orders.0.recv().await {
                        Some(Order::GiveUp(reason)) => return reason,
                        Some(Order::Kill(..)) => {}
                        None => return "the host is ending".into(),
                    }
                }
            }
            End::Wish => console::host("the handler asked to be started again"),
            End::TimedOut => console::host(
                "the handler was killed because a function ran too long; starting it again",
            ),
            End::GivenUp(reason) => return reason,
            End::Error(reason) => {
                console::host(&format!("the handler failed: {reason}"));
                if strikes.add(Instant::now()) {
                    return format!(
                        "the handler failed {limit} times, the last time because {reason}"
                    );
                }
            }
        }
    }
}

/// How one life ended.
enum End {
    Zero,
    Wish,
    TimedOut,
    GivenUp(String),
    Error(String),
}

async fn live(
    keeper: &Keeper,
    orders: &mut Orders,
    plan: &Plan,
    faults: &Switches,
    number: u32,
) -> End {
    let started = free_port().and_then(|port| Ok((port, process::start(plan, port)?)));
    let (port, mut process) = match started {
        Ok(started) => started,
        Err(reason) => return End::Error(reason),
    };
    let incarnation = Incarnation { number, port, pid: process.pid };
    let slow_start = Duration::from_millis(faults.get().slow_start_ms);
    let readiness = async {
        tokio::time::sleep(slow_start).await;
        tokio::time::timeout(plan.initialization_timeout, answers(port)).await
    };
    let mut readiness = std::pin::pin!(readiness);
    let mut is_starting = true;
    let mut killed_for = None;
    loop {
        tokio::select! {
            status = process.child.wait() => {
                let code = status.as_ref().ok().and_then(std::process::ExitStatus::code);
                return match (code, killed_for) {
                    (_, Some(KilledFor::Order(Reason::Timeout))) => End::TimedOut,
                    (_, Some(KilledFor::Silence)) => End::Error("it did not answer in time".into()),
                    (Some(0), _) => End::Zero,
                    (Some(200), _) => End::Wish,
                    (_, _) => End::Error(explain(process, status).await),
                };
            }
            answered = &mut readiness, if is_starting => {
                is_starting = false;
                if answered.is_ok() {
                    keeper.state.send_replace(State::Ready(incarnation));
                } else {
                    killed_for = Some(KilledFor::Silence);
                    kill(&mut process);
                }
            }
            order = orders.0.recv() => match order {
                Some(Order::Kill(who, reason)) if who == incarnation => {
                    keeper.state.send_replace(State::Starting);
                    killed_for = killed_for.or(Some(KilledFor::Order(reason)));
                    kill(&mut process);
                }
                // It died before the order came.
                Some(Order::Kill(..)) => {}
                Some(Order::GiveUp(reason)) => return End::GivenUp(reason),
                None => return End::GivenUp("the host is ending".into()),
            },
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum KilledFor {
    Order(Reason),
    Silence,
}

fn kill(process: &mut Process) {
    // An error means that it has ended, which the wait sees next.
    let _ = process.child.start_kill();
}

async fn explain(process: Process, status: std::io::Result<std::process::ExitStatus>) -> String {
    let status = match status {
        Ok(status) => format!("it ended with {status}"),
        Err(e) => format!("its end was not seen ({e})"),
    };
    match process.last_words().await {
        words if words.is_empty() => status,
        words => format!("{status}, saying: {words}"),
    }
}

/// A port that nobody uses now. Somebody may before the handler does: then it fails and is started again.
fn free_port() -> Result<u16, String> {
    std::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|e| format!("there is no free port for it: {e}"))
}

/// Returns when anything answers `GET /`, with any status.
async fn answers(port: u16) {
    let client =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
    let client = client.expect("a client without TLS has nothing that can fail");
    loop {
        match client.get(format!("http://127.0.0.1:{port}/")).send().await {
            // Refused: it does not listen yet. Whatever else goes wrong comes from something that does.
            Err(error) if error.is_connect() => tokio::time::sleep(READINESS_INTERVAL).await,
            Ok(_) | Err(_) => return,
        }
    }
}

/// The bucket of errors.
struct Strikes {
    limit: u32,
    count: u32,
    last: Option<Instant>,
}

impl Strikes {
    /// Whether that was one too many.
    fn add(&mut self, now: Instant) -> bool {
        if self.last.is_some_and(|last| now.duration_since(last) > FORGET_AFTER) {
            self.count = 0;
        }
        self.last = Some(now);
        self.count += 1;
        self.count >= self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_third_error_is_one_too_many() {
        let mut strikes = Strikes { limit: 3, count: 0, last: None };
        let start = Instant::now();
        assert!(!strikes.add(start));
        assert!(!strikes.add(start + Duration::from_mins(29)));
        assert!(
            strikes.add(start + Duration::from_mins(58)),
            "each error keeps the earlier ones in mind"
        );
    }

    #[test]
    fn errors_are_forgotten_after_half_an_hour_without_one() {
        let mut strikes = Strikes { limit: 3, count: 0, last: None };
        let start = Instant::now();
        assert!(!strikes.add(start));
        assert!(!strikes.add(start));
        assert!(!strikes.add(start + Duration::from_mins(31)));
    }
}
