//! What is bought, and what becomes of it when the money goes back: through the doors that users and the payment
//! service use, with the service's books in memory ([`Till`](crate::till::Till)).

mod buying;
mod plan_changes;
mod statement;

use std::time::Duration;

use imagegen_core::accounts::{Account, Draft, KIND};
use imagegen_core::credits::{Credits, Entry, drift, replay};
use imagegen_core::ids::GenerationId;
use imagegen_core::ports::payments::{Notice, SubscriptionId};
use serde_json::{Value, json};

use crate::app::{Answer, TestApp};
use crate::fakes::{SIGNATURE, user_id};
use crate::till::Told;

/// How the payment service's news come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Telling {
    InOrder,
    Reversed,
    /// Each twice at once, and all of them once more.
    Doubled,
    /// Not at all: the daily timer finds out.
    Missing,
}

impl Telling {
    pub(super) const ALL: [Self; 4] = [Self::InOrder, Self::Reversed, Self::Doubled, Self::Missing];
}

/// Ada, who pays.
pub(super) struct Shop {
    pub(super) app: TestApp,
    telling: Telling,
}

impl Shop {
    pub(super) fn new(telling: Telling) -> Self {
        Self { app: TestApp::new(), telling }
    }

    /// What happened since the last time is told.
    pub(super) async fn told(&self) {
        // So that no two rounds of the timer are the same moment's.
        self.app.clock.advance(Duration::from_secs(1));
        let mut notices = self.app.till.take_untold();
        match self.telling {
            Telling::InOrder => {
                for notice in &notices {
                    self.tell(notice).await;
                }
            }
            Telling::Reversed => {
                notices.reverse();
                for notice in &notices {
                    self.tell(notice).await;
                }
            }
            Telling::Doubled => {
                for notice in notices.iter().chain(&notices) {
                    self.tell(notice).await;
                    self.tell(notice).await;
                }
            }
            Telling::Missing => self.app.tick("repair_billing").await,
        }
        for message in self.app.deliver().await {
            if self.telling == Telling::Doubled {
                assert_eq!(self.app.deliver_one(&message).await.status, 200);
            }
        }
        // Undoing a second subscription is news as well.
        if !self.app.till.take_untold().is_empty() {
            self.app.tick("repair_billing").await;
            self.app.deliver().await;
        }
    }

    async fn tell(&self, notice: &Notice) {
        assert_eq!(tell(&self.app, notice, SIGNATURE).await.status, 200);
    }

    /// Time goes by, with the hourly timer.
    pub(super) async fn days(&self, days: u64) {
        self.app.clock.advance(Duration::from_hours(24 * days));
        self.app.tick("reset_monthly_credits").await;
        self.app.deliver().await;
    }

    /// To one second after the month's end.
    pub(super) async fn month_end(&self) {
        let view = self.subscription().await;
        self.app.clock.set(view["period_end"].as_str().expect("a paid month"));
        self.app.clock.advance(Duration::from_secs(1));
    }

    /// Ada goes to the till and pays. The page's address when it is not one to pay on.
    pub(super) async fn buy(&self, what: &Value) -> Option<SubscriptionId> {
        let page = self.checkout(what).await.ok();
        let page = page["url"].as_str().expect("an address");
        let subscription = self.app.till.pay(page);
        self.told().await;
        subscription
    }

    pub(super) async fn basic(&self) -> SubscriptionId {
        self.buy(&json!({ "plan": "basic" })).await.expect("a plan is a subscription")
    }

    pub(super) async fn checkout(&self, what: &Value) -> Answer {
        self.app.post("ada", "/api/v1/subscription/checkout", what).await
    }

    pub(super) async fn subscription(&self) -> Value {
        self.app.get("ada", "/api/v1/subscription").await.ok()
    }

    /// Ada spends so many credits, as if on a job that was drawn at once.
    pub(super) async fn spend(&self, credits: u32) {
        let services = &self.app.app.services;
        let draft = Draft::open(services, &user_id("ada"), None).await;
        let mut draft = draft.expect("the store works");
        let job = GenerationId::from_bytes(services.ids.random().to_be_bytes());
        let (credits, now) = (Credits::new(credits), draft.now);
        let reserved = draft.account.hold(&job, credits, &services.catalog, now);
        let (hold, entry) = reserved.expect("there is enough");
        draft.enter([entry]);
        let entries = draft.account.wallet.close(&hold, credits, now);
        draft.enter(entries);
        draft.commit(services).await.expect("nobody else decides");
    }

    /// Plan, status, what can be spent and what is held.
    pub(super) async fn stand(&self) -> String {
        let me = self.app.me("ada").await;
        let view = self.subscription().await;
        let credits = &me["credits"];
        let frozen = if view["frozen"] == true { ", frozen" } else { "" };
        let unlimited = if credits["unlimited"] == true { ", unlimited" } else { "" };
        let (plan, status) = (me["plan"].as_str(), view["status"].as_str());
        format!(
            "{}, {}: {} + {}{unlimited}{frozen}",
            plan.expect("a plan"),
            status.expect("a status"),
            credits["available"],
            credits["held"]
        )
    }

    /// The statement's lines, oldest first.
    pub(super) async fn lines(&self) -> Vec<Value> {
        let (mut lines, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/v1/usage/ledger?limit=7{cursor}");
            let page = self.app.get("ada", &path).await.ok();
            lines.extend(page["items"].as_array().expect("a list").clone());
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        lines.reverse();
        lines
    }

    /// The account is what its ledger adds up to.
    pub(super) async fn assert_whole(&self) {
        let entries = self.app.all_stored("ada", Entry::KIND).await;
        let entries: Vec<Entry> =
            entries.iter().map(|it| it.decode().expect("it is an entry")).collect();
        let account = self.app.stored("ada", KIND).await;
        let account: Account = account[0].decode().expect("it is an account");
        let balances = replay(&entries);
        assert_eq!(balances.unbalanced, Vec::<String>::new());
        assert_eq!(drift(&account.wallet, &balances), []);
        let lines = self.lines().await;
        let mut balance = 0;
        for (n, line) in (1..).zip(&lines) {
            balance += line["change"].as_i64().expect("a number");
            assert_eq!(line["number"], n, "{line}");
            assert_eq!(line["balance"], balance, "{line}");
        }
        assert_eq!(lines.len(), entries.len());
    }
}

/// The payment service's webhook.
pub(super) async fn tell(app: &TestApp, notice: &Notice, signature: &str) -> Answer {
    let Notice { id, kind, of } = notice.clone();
    let body = serde_json::to_vec(&Told { id, kind, of }).expect("plain data");
    app.call("POST", "/api/webhooks/stripe", &[("stripe-signature", signature)], body).await
}
