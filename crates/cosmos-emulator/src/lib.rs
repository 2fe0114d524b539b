//! Development only, never deployed: Microsoft's own in-memory emulator of Cosmos DB for `NoSQL`, served over HTTP on
//! this machine, with the faults that tests need.
//!
//! The emulator comes with `azure_data_cosmos_driver`, behind a feature for its own tests. It checks no key, keeps
//! nothing on disk, and never expires a document; docs/cosmos.md lists what else it cannot show.

mod faults;
mod serve;

use std::net::SocketAddr;
use std::sync::Arc;

use azure_core::http::Url;
use azure_data_cosmos_driver::driver::CosmosDriverRuntimeBuilder;
use azure_data_cosmos_driver::in_memory_emulator::{
    ConsistencyLevel, InMemoryEmulatorHttpClient, VirtualAccountConfig, VirtualRegion,
};

use faults::Faults;
pub use faults::{Fault, On, What};

/// An account with one region, in memory. Clones are of the same account.
#[derive(Debug, Clone)]
pub struct Emulator {
    account: Arc<InMemoryEmulatorHttpClient>,
    base: Url,
    faults: Arc<Faults>,
}

/// Whether containers answer 429 when more than their throughput is asked of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Throttling {
    Off,
    On,
}

impl Emulator {
    /// An empty account that says of itself that it is at `address`: clients read that and go there.
    pub fn new(address: SocketAddr, throttling: Throttling) -> Self {
        let base: Url = format!("http://{address}/").parse().expect("an address makes a URL");
        let region = VirtualRegion::new("West Europe", base.clone());
        let config = VirtualAccountConfig::new(vec![region]).expect("one region is enough");
        let config = config
            .with_consistency(ConsistencyLevel::Strong)
            .with_throttling_enabled(throttling == Throttling::On);
        let account = Arc::new(InMemoryEmulatorHttpClient::new(config));
        Self { account, base, faults: Arc::default() }
    }

    /// Where it says that it is.
    pub fn url(&self) -> &str {
        self.base.as_str()
    }

    /// `AccountEndpoint=…;AccountKey=…;`. Any key is taken.
    pub fn connection_string(&self) -> String {
        format!("AccountEndpoint={};AccountKey=ZW11bGF0b3I=;", self.base)
    }

    /// For clients in this process: what they send reaches the account without a connection, and without
    /// [faults](Self::fail).
    pub fn in_process(&self) -> CosmosDriverRuntimeBuilder {
        self.account.runtime_builder()
    }

    /// From now on requests fail as told, until that is used up or [`Self::recover`] is called.
    pub fn fail(&self, fault: Fault) {
        self.faults.add(fault);
    }

    /// No more faults.
    pub fn recover(&self) {
        self.faults.clear();
    }

    /// How many requests of this sort came so far, those that failed included.
    pub fn seen(&self, on: On) -> u64 {
        self.faults.seen(on)
    }
}
