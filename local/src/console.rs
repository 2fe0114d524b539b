//! What the terminal shows: the handler's lines as they are, ours with a name in front.

use std::io::Write as _;

/// One line on standard output.
// `println!` panics when the reader of a pipe has gone; losing a line is better than losing the host.
pub(crate) fn line(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// One line about the host itself, on standard error so that standard output stays the handler's.
pub(crate) fn host(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "host: {text}");
}
