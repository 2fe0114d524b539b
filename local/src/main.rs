//! `imagegen-local`: the whole product on one machine.

#![allow(dead_code, unused_imports, reason = "the parts land one by one")]

mod cloud;
mod demo;
mod ground;

fn main() {}
