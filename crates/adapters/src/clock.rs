//! The machine's time and chance.

use std::time::Duration;

use async_trait::async_trait;
use imagegen_core::ports::clock::{Clock, Ids};
use jiff::Timestamp;

/// UTC of the operating system, in whole milliseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// Random numbers of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        // Nothing here needs more, and a time on the wire reads better so.
        let now = Timestamp::now().as_millisecond();
        Timestamp::from_millisecond(now).expect("it was a time before it was rounded")
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

impl Ids for SystemIds {
    fn random(&self) -> u128 {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the operating system has random numbers");
        u128::from_be_bytes(bytes)
    }
}
