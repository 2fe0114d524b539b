//! The whole product as `imagegen-local` serves it: only HTTP, files and processes.

mod bad_days;
mod billing_setup;
mod cosmos;
mod emulated;
mod image_input;
mod keyless;
mod kill;
mod library;
mod live;
mod local;
mod money;
mod package;
mod picture;
mod providers;
mod restart;
mod smoke;
mod storage;
mod stripe;
mod telemetry;
mod tokens;
