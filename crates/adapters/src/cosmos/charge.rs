//! What an invocation costs: the request units of all calls that one task makes.

use std::cell::Cell;

tokio::task_local! {
    static METER: Cell<f64>;
}

/// Runs `work`, and tells what its calls were charged, in request units. Calls of tasks that it spawns are not
/// counted.
pub async fn metered<T>(work: impl Future<Output = T>) -> (T, f64) {
    let counted = async {
        let outcome = work.await;
        (outcome, METER.with(Cell::get))
    };
    let (outcome, request_units) = METER.scope(Cell::new(0.0), counted).await;
    // Somebody may count what all of us cost.
    add(request_units);
    (outcome, request_units)
}

/// Counts for the task under way, if anybody wants to know.
pub(super) fn add(request_units: f64) {
    // Without a meter nobody asked.
    let _unmetered = METER.try_with(|meter| meter.set(meter.get() + request_units));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_invocation_has_a_meter_of_its_own_and_counts_for_those_around_it() {
        add(100.0);
        let work = async {
            add(1.5);
            tokio::task::yield_now().await;
            let ((), inner) = metered(async { add(4.0) }).await;
            assert!((inner - 4.0).abs() < f64::EPSILON);
            add(2.0);
        };
        let (((), total), ((), other)) =
            futures_util::future::join(metered(work), metered(async { add(8.0) })).await;
        assert!((total - 7.5).abs() < f64::EPSILON);
        assert!((other - 8.0).abs() < f64::EPSILON);
    }
}
