//! Against Microsoft's in-memory emulator, in this process and over HTTP; with `COSMOS_ENDPOINT` and `COSMOS_KEY` in
//! the environment the suites run against that account instead.

use std::net::Ipv4Addr;
use std::sync::Arc;

use imagegen_core::ports::documents::{NewDocument, Write, conformance};
use imagegen_cosmos_emulator::{Emulator, Fault, On, Throttling, What};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::setup::{Done, Step, set_up};
use super::*;
use crate::clock::{SystemClock, SystemIds};
use crate::http::Http;

const DATABASE: &str = "imagegen-tests";

/// An account of a test's own, served until it is dropped.
struct Served {
    emulator: Emulator,
    serving: JoinHandle<()>,
}

impl Served {
    async fn new() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let emulator = Emulator::new(listener.local_addr().unwrap(), Throttling::Off);
        let serving = tokio::spawn({
            let emulator = emulator.clone();
            async move {
                let Err(_over) = emulator.serve(listener).await;
            }
        });
        let served = Self { emulator, serving };
        set_up_at(&served.account()).await;
        served
    }

    fn account(&self) -> Account {
        Account::with_key(&self.emulator.connection_string()).unwrap()
    }

    fn documents(&self) -> CosmosDocuments {
        CosmosDocuments::new(self.account(), DATABASE)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn set_up_at(account: &Account) -> Vec<Done> {
    let mut done = Vec::new();
    let http = Http::new(Arc::new(SystemClock), Arc::new(SystemIds));
    let mut tell = |step: Step| done.push(step.done);
    set_up(account, DATABASE, &http, &mut tell).await.unwrap();
    done
}

fn create(id: &str) -> Write {
    let body = r#"{"n":0}"#.to_owned();
    Write::Create(NewDocument { id: id.into(), kind: "thing", position: None, due: None, body })
}

#[tokio::test]
async fn conforms_in_process() {
    let served = Served::new().await;
    let mut documents = served.documents();
    documents.client = documents.client.through(served.emulator.in_process().into());
    let before = served.emulator.seen(On::Everything);
    conformance::run(&documents, "in-process").await;
    assert_eq!(served.emulator.seen(On::Everything), before, "nothing went over the network");
}

#[tokio::test]
async fn conforms_over_http() {
    let real = std::env::var("COSMOS_ENDPOINT").ok();
    if let Some(endpoint) = real {
        let key = std::env::var("COSMOS_KEY").expect("COSMOS_KEY belongs to COSMOS_ENDPOINT");
        let account = format!("AccountEndpoint={endpoint};AccountKey={key};");
        let account = Account::with_key(&account).unwrap();
        set_up_at(&account).await;
        let run = format!("run-{}", jiff::Timestamp::now().as_millisecond());
        conformance::run(&CosmosDocuments::new(account, DATABASE), &run).await;
        return;
    }
    let served = Served::new().await;
    conformance::run(&served.documents(), "over-http").await;
    assert!(served.emulator.seen(On::Documents) > 0);
}
