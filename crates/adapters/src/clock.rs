//! The machine's time and chance.

use std::time::Duration;

use async_trait::async_trait;
use imagegen_core::ports::clock::{Clock, Ids};
use jiff::Timestamp;

/// UTC of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// Random numbers of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
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
