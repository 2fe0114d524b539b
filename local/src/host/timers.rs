//! Timer functions: when they run, and what of that survives a restart of the host.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Result, params};

use super::Host;
use super::envelope::{self, Due, ScheduleStatus};
use super::functions::TimerTrigger;
use super::invoke::{invocation, invoke};
use crate::console;
use crate::ground::Ground;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS host_timers (
  function TEXT PRIMARY KEY, last INTEGER, next INTEGER NOT NULL, updated INTEGER NOT NULL) WITHOUT ROWID";

/// The clock of the machine may be set or sleep; so no wait is longer than this.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The next tick of each timer, and the kept status of those that are monitored.
pub(crate) struct Timers {
    ground: Ground,
    next: Mutex<BTreeMap<String, Timestamp>>,
}

impl Timers {
    pub(crate) fn open(ground: Ground) -> Result<Timers> {
        ground.database.lock().expect("no holder panics").execute_batch(TABLE)?;
        Ok(Timers { ground, next: Mutex::default() })
    }

    pub(crate) fn next(&self) -> BTreeMap<String, Timestamp> {
        self.next.lock().expect("no holder panics").clone()
    }

    fn announce(&self, function: &str, next: Timestamp) {
        self.next.lock().expect("no holder panics").insert(function.to_owned(), next);
    }

    fn load(&self, function: &str) -> Result<Option<ScheduleStatus>> {
        load(&self.ground.database.lock().expect("no holder panics"), function)
    }

    fn save(&self, function: &str, status: ScheduleStatus) {
        let saved = save(&self.ground.database.lock().expect("no holder panics"), function, status);
        if let Err(e) = saved {
            console::host(&format!("the status of the timer {function} cannot be kept: {e}"));
        }
    }
}

fn load(database: &Connection, function: &str) -> Result<Option<ScheduleStatus>> {
    let time =
        |millisecond| Timestamp::from_millisecond(millisecond).unwrap_or(Timestamp::UNIX_EPOCH);
    database
        .query_row(
            "SELECT last, next, updated FROM host_timers WHERE function = ?1",
            [function],
            |row| {
                Ok(ScheduleStatus {
                    last: row.get::<_, Option<i64>>(0)?.map(time),
                    next: time(row.get(1)?),
                    updated: time(row.get(2)?),
                })
            },
        )
        .optional()
}

fn save(database: &Connection, function: &str, status: ScheduleStatus) -> Result<()> {
    database.execute(
        "INSERT OR REPLACE INTO host_timers (function, last, next, updated) VALUES (?1, ?2, ?3, ?4)",
        params![
            function,
            status.last.map(Timestamp::as_millisecond),
            status.next.as_millisecond(),
            status.updated.as_millisecond()
        ],
    )?;
    Ok(())
}

/// What a timer does when the host starts.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Plan {
    /// `None` for timers without a monitor.
    status: Option<ScheduleStatus>,
    /// A tick right now, before the next one.
    first: Option<Due>,
    next: Timestamp,
}

/// `None` when the schedule has no next time.
fn plan(trigger: &TimerTrigger, kept: Option<ScheduleStatus>, now: Timestamp) -> Option<Plan> {
    let next = trigger.schedule.next_after(now)?;
    let on_startup = trigger.run_on_startup.then_some(Due::Now);
    if !trigger.use_monitor || !trigger.schedule.is_worth_monitoring(now) {
        return Some(Plan { status: None, first: on_startup, next });
    }
    // The schedule may have been changed meanwhile, so what was expected is computed anew from the last run.
    let missed = kept
        .and_then(|kept| trigger.schedule.next_after(kept.last.unwrap_or(kept.updated)))
        .filter(|expected| *expected < now);
    let status = ScheduleStatus {
        last: kept.and_then(|kept| kept.last),
        next: missed.unwrap_or(next),
        updated: kept.map_or(now, |kept| kept.updated),
    };
    Some(Plan { status: Some(status), first: missed.map(|_| Due::Past).or(on_startup), next })
}

/// Runs for ever: one tick after the other, so that no two of a timer overlap. Errors wait for the next tick.
pub(crate) async fn tick(host: Arc<Host>, function: String, trigger: TimerTrigger) {
    let kept = host.timers.load(&function).unwrap_or_else(|e| {
        console::host(&format!("the status of the timer {function} cannot be read: {e}"));
        None
    });
    let Some(Plan { mut status, first, mut next }) = plan(&trigger, kept, Timestamp::now()) else {
        console::host(&format!("the schedule of {function} has no next time: it never runs"));
        return;
    };
    // A missed tick is kept as missed until it has run.
    if let Some(status) = status.filter(|_| first != Some(Due::Past)) {
        host.timers.save(&function, status);
    }
    if let Some(due) = first {
        host.timers.announce(&function, next);
        status = run(&host, &function, &trigger, status, due).await;
    }
    loop {
        host.timers.announce(&function, next);
        sleep_until(next).await;
        status = run(&host, &function, &trigger, status, Due::Now).await;
        // A tick that passed while the function ran is left out.
        let now = Timestamp::now().max(next);
        next = match trigger.schedule.next_after(now) {
            Some(next) => next,
            None => return,
        };
    }
}

async fn run(
    host: &Host,
    function: &str,
    trigger: &TimerTrigger,
    status: Option<ScheduleStatus>,
    due: Due,
) -> Option<ScheduleStatus> {
    let now = Timestamp::now();
    let envelope = envelope::timer(invocation(host, function), &trigger.binding, status, due);
    if let Err(failure) = invoke(host, function, envelope).await {
        console::host(&format!("{function} failed: {failure}"));
    }
    // Only now: a host that dies during the run finds the tick past due and runs it again.
    let next = trigger.schedule.next_after(now)?;
    let status = status.map(|_| ScheduleStatus { last: Some(now), next, updated: now })?;
    host.timers.save(function, status);
    Some(status)
}

/// Runs a timer function once, now, outside of its schedule.
pub(crate) async fn run_now(host: &Host, function: &str, trigger: &TimerTrigger) {
    let status = host.timers.load(function).ok().flatten();
    let envelope = envelope::timer(invocation(host, function), &trigger.binding, status, Due::Now);
    if let Err(failure) = invoke(host, function, envelope).await {
        console::host(&format!("{function} failed: {failure}"));
    }
}

async fn sleep_until(time: Timestamp) {
    while let Ok(left) = Duration::try_from(time.duration_since(Timestamp::now()))
        && !left.is_zero()
    {
        tokio::time::sleep(left.min(LONGEST_WAIT)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::schedule::Schedule;
    use crate::host::testing::ground;

    fn time(text: &str) -> Timestamp {
        format!("2026-11-22T{text}Z").parse().expect("it is a time")
    }

    fn trigger(schedule: &str) -> TimerTrigger {
        TimerTrigger {
            binding: "timer".into(),
            schedule: Schedule::parse(schedule).expect("it is good"),
            use_monitor: true,
            run_on_startup: false,
        }
    }

    fn ran(last: &str) -> ScheduleStatus {
        ScheduleStatus { last: Some(time(last)), next: time("12:05:00"), updated: time(last) }
    }

    #[test]
    fn a_new_timer_waits_for_its_first_tick() {
        let plan =
            plan(&trigger("0 */5 * * * *"), None, time("12:01:00")).expect("there is a next time");
        assert_eq!(plan.first, None);
        let status =
            ScheduleStatus { last: None, next: time("12:05:00"), updated: time("12:01:00") };
        assert_eq!((plan.status, plan.next), (Some(status), time("12:05:00")));
    }

    #[test]
    fn after_downtime_a_missed_tick_runs_once_and_past_due() {
        let plan = plan(&trigger("0 */5 * * * *"), Some(ran("12:00:00")), time("13:02:00"))
            .expect("there is a next time");
        assert_eq!(plan.first, Some(Due::Past));
        assert_eq!(
            plan.status.map(|status| status.next),
            Some(time("12:05:00")),
            "the tick that was missed"
        );
        assert_eq!(plan.next, time("13:05:00"));
    }

    #[test]
    fn a_short_downtime_between_ticks_misses_nothing() {
        let plan = plan(&trigger("0 */5 * * * *"), Some(ran("12:00:00")), time("12:04:00"))
            .expect("there is a next time");
        assert_eq!(plan.first, None);
        assert_eq!(plan.status, Some(ran("12:00:00")));
    }

    #[test]
    fn a_timer_that_never_ran_can_be_past_due_too() {
        let kept = ScheduleStatus { last: None, next: time("12:05:00"), updated: time("12:01:00") };
        let plan = plan(&trigger("0 */5 * * * *"), Some(kept), time("12:06:00"))
            .expect("there is a next time");
        assert_eq!(plan.first, Some(Due::Past));
    }

    #[test]
    fn a_fast_timer_is_never_past_due() {
        let plan = plan(&trigger("*/10 * * * * *"), Some(ran("12:00:00")), time("13:00:00"))
            .expect("there is a next time");
        assert_eq!((plan.status, plan.first), (None, None));
    }

    #[test]
    fn run_on_startup_runs_without_being_past_due() {
        let trigger = TimerTrigger { run_on_startup: true, ..trigger("0 */5 * * * *") };
        let plan = plan(&trigger, None, time("12:01:00")).expect("there is a next time");
        assert_eq!(plan.first, Some(Due::Now));
    }

    #[test]
    fn the_status_is_kept() {
        let timers = Timers::open(ground()).expect("memory is writable");
        assert_eq!(timers.load("sweep").expect("memory is readable"), None);
        timers.save("sweep", ran("12:00:00"));
        assert_eq!(timers.load("sweep").expect("memory is readable"), Some(ran("12:00:00")));
    }
}
