//! The table, for people.

use crate::functions::router::public_path;
use crate::functions::spec::Trigger;

#[expect(clippy::print_stdout, reason = "it is what the command is for")]
pub(super) fn print() {
    for function in crate::functions::all() {
        let trigger = match function.trigger {
            Trigger::Http { method, route, .. } => format!("{method} {}", public_path(route)),
            Trigger::Queue { queue } => format!("queue {}", queue.as_str()),
            Trigger::Timer { schedule } => format!("timer {schedule}"),
        };
        println!("{:28} {trigger}", function.name);
    }
}
