//! The SDK's client: when it is made, how patient it is, and what each call leaves behind.

use std::time::Duration;

use azure_data_cosmos::clients::{ContainerClient, CosmosClientBuilder};
use azure_data_cosmos::models::ResponseHeaders;
use azure_data_cosmos::options::{
    AvailabilityStrategy, ConnectionPoolOptions, EndToEndOperationLatencyPolicy, OperationOptions,
    OperationOptionsBuilder, ReadConsistencyStrategy, RoutingStrategy, ThrottlingRetryOptions,
    ThrottlingRetryOptionsBuilder,
};
use azure_data_cosmos::{CosmosError, CosmosRuntime, CosmosRuntimeBuilder};
use imagegen_core::ports::documents::DocumentsError;
use tokio::sync::OnceCell;
use tracing::Instrument as _;

use super::account::Account;
use super::charge;
use super::failure::{self, unavailable};
use super::setup::CONTAINER;
use crate::dependency::Dependency;

/// What Application Insights calls Cosmos DB.
const KIND: &str = "Azure DocumentDB";
/// For the account, the container and its partitions: three round trips.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// For one read or commit with all attempts: a user waits for it.
const ANSWER_WITHIN: Duration = Duration::from_secs(8);
/// How often a throttled request is sent again, and how long it waits for that in all.
const THROTTLED_RETRIES: u32 = 5;
const THROTTLED_WAIT: Duration = Duration::from_secs(3);
/// How often a read that failed is tried again.
const READ_RETRIES: u32 = 2;
/// And a commit.
const COMMIT_RETRIES: u32 = 1;

pub(super) struct Client {
    account: Account,
    database: String,
    host: String,
    /// Made by whoever needs it first; the others wait for that one. A failure leaves it empty, so that the next one
    /// tries anew.
    container: OnceCell<ContainerClient>,
    /// Another transport than the network; tests have one.
    in_process: Option<CosmosRuntimeBuilder>,
}

impl Client {
    pub(super) fn new(account: Account, database: &str) -> Self {
        let host = account.endpoint.host().to_owned();
        Self {
            account,
            database: database.to_owned(),
            host,
            container: OnceCell::new(),
            in_process: None,
        }
    }

    #[cfg(test)]
    pub(super) fn through(self, runtime: CosmosRuntimeBuilder) -> Self {
        Self { in_process: Some(runtime), ..self }
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) async fn container(&self) -> Result<&ContainerClient, DocumentsError> {
        self.container.get_or_try_init(|| self.connect()).await
    }

    async fn connect(&self) -> Result<ContainerClient, DocumentsError> {
        let connecting = async {
            let runtime = self.in_process.clone().map_or_else(over_the_network, Ok)?;
            let runtime = runtime.build().await?;
            let account = self.account.reference()?;
            let client = CosmosClientBuilder::new()
                .with_runtime(runtime)
                // The account's own order: it has one region.
                .build(account, RoutingStrategy::PreferredRegions(Vec::new()))
                .await?;
            let database = client.database_client(self.database.clone());
            database.container_client(CONTAINER, None).await
        };
        let call = self.measured("connect", async {
            let connected = tokio::time::timeout(CONNECT_WITHIN, Box::pin(connecting)).await;
            Ok::<_, CosmosError>((connected, 0.0))
        });
        match call.await {
            Ok(Ok(Ok(container))) => Ok(container),
            Ok(Ok(Err(error))) => Err(failure::of_container(error, &self.database)),
            Ok(Err(late)) => Err(unavailable(late)),
            Err(error) => Err(failure::of(error)),
        }
    }

    /// Runs one call as a dependency, and counts what it was charged.
    pub(super) async fn measured<T>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<(T, f64), CosmosError>>,
    ) -> Result<T, CosmosError> {
        let dependency = Dependency::begin(KIND, &self.host, || name);
        let outcome = call.instrument(dependency.span()).await;
        let (charge, outcome) = match outcome {
            Ok((value, charge)) => {
                dependency.ended("ok", true);
                (charge, Ok(value))
            }
            Err(error) => {
                let status = u16::from(error.status().status_code());
                // A document that is not there is an answer.
                dependency.ended(status, status == 404);
                let charge =
                    error.response().and_then(|answer| answer.headers().request_charge.as_ref());
                (charge.map_or(0.0, |charge| charge.value()), Err(error))
            }
        };
        dependency.charged(charge);
        charge::add(charge);
        outcome
    }
}

/// No environment decides where keys travel, and the way through Gateway 2.0 has never been tried here.
fn over_the_network() -> Result<CosmosRuntimeBuilder, CosmosError> {
    let pool = ConnectionPoolOptions::builder()
        .with_proxy_allowed(false)
        .with_gateway_v2_disabled(true)
        .build()?;
    Ok(CosmosRuntime::builder().with_connection_pool(pool))
}

pub(super) fn charged(headers: &ResponseHeaders) -> f64 {
    headers.request_charge().map_or(0.0, |charge| charge.value())
}

/// Reads see every commit that returned before: a quorum of the replicas is asked, whatever the account's own level
/// (ADR 16). They may be tried again as often as one likes.
pub(super) fn reads() -> OperationOptions {
    patience()
        .with_read_consistency_strategy(ReadConsistencyStrategy::LatestCommitted)
        .with_max_failover_retry_count(READ_RETRIES)
        .build()
}

/// A commit is sent once more where the first try failed, and as often as throttling wants it. [`super::commit`] says
/// why that makes no half state and no conflict with ourselves.
pub(super) fn commits() -> OperationOptions {
    patience().with_max_failover_retry_count(COMMIT_RETRIES).build()
}

fn patience() -> OperationOptionsBuilder {
    let throttling: ThrottlingRetryOptions = ThrottlingRetryOptionsBuilder::new()
        .with_max_retry_count(THROTTLED_RETRIES)
        .with_max_retry_wait_time(THROTTLED_WAIT)
        .build();
    OperationOptionsBuilder::new()
        .with_throttling_retry_options(throttling)
        .with_end_to_end_latency_policy(EndToEndOperationLatencyPolicy::new(ANSWER_WITHIN))
        // Session tokens tell of this process's own writes alone; the quorum makes them needless.
        .with_session_capturing_disabled(true)
        // One region: there is nobody else to ask.
        .with_availability_strategy(AvailabilityStrategy::Disabled)
        // The only region must not be avoided because it failed a moment ago.
        .with_endpoint_unavailability_ttl(Duration::ZERO)
}
