//! `imagegen-local`: the whole product on one machine.

#![expect(dead_code, unused_imports, reason = "the parts land one by one")]

mod cloud;
mod console;
mod ground;
mod guid;
mod host;
mod timespan;

fn main() {}
