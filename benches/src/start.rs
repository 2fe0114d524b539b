//! N1: from the start of the process to the first answer.

use std::time::Duration;

use crate::Bench;
use crate::process::Server;
use crate::table::{Row, median_and_p99, ms};

const GOAL: Duration = Duration::from_millis(10);

pub(crate) fn measure(bench: &Bench) -> Result<Vec<Row>, String> {
    let times = bench.pick(7, 21);
    let (mut ours, mut fresh, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    // One start that is not counted brings the files into memory, and makes the store.
    for n in 0..=times {
        let again =
            Server::handler(&bench.binaries, &bench.stand_ins, &bench.folder.join("start"))?;
        let new = bench.folder.join(format!("start-{n}"));
        let first = Server::handler(&bench.binaries, &bench.stand_ins, &new)?;
        let bare = Server::bare_warp(&bench.binaries)?;
        if n > 0 {
            ours.push(again.started_in);
            fresh.push(first.started_in);
            theirs.push(bare.started_in);
        }
    }
    let [(ours, _), (fresh, _), (theirs, _)] = [ours, fresh, theirs].map(median_and_p99);
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    Ok(vec![
        Row::new("N1", format!("start to first answer, median of {times}"), ms(ours))
            .goal(format!("≤ {}", ms(GOAL)), ours <= GOAL)
            .beside(format!("{}, ours is {ratio:.1} × that", ms(theirs))),
        Row::new("", "the same with a new, empty store (the disk syncs it)", ms(fresh)),
    ])
}
