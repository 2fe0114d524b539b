//! The table of `docs/billing.md`: what happens, and what becomes of plan, credits and statement, in whatever order the
//! news come.

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use imagegen_core::catalog::PlanId;
use imagegen_core::ports::payments::{DisputeState, SubscriptionId};
use serde_json::json;

use super::{Shop, Telling};
use crate::fakes::user_id;

/// What was so before, and what happens then.
struct Story {
    name: &'static str,
    before: for<'a> fn(&'a Shop) -> BoxFuture<'a, Option<SubscriptionId>>,
    happens: for<'a> fn(&'a Shop, Option<SubscriptionId>) -> BoxFuture<'a, ()>,
}

/// Ada has Basic.
fn on_basic(shop: &Shop) -> BoxFuture<'_, Option<SubscriptionId>> {
    async move { Some(shop.basic().await) }.boxed()
}

/// Ada has Basic and has spent 150 credits.
fn on_basic_spent(shop: &Shop) -> BoxFuture<'_, Option<SubscriptionId>> {
    async move {
        let id = shop.basic().await;
        shop.spend(150).await;
        Some(id)
    }
    .boxed()
}

fn on_premium(shop: &Shop) -> BoxFuture<'_, Option<SubscriptionId>> {
    async move { shop.buy(&json!({ "plan": "premium" })).await }.boxed()
}

fn on_free(_shop: &Shop) -> BoxFuture<'_, Option<SubscriptionId>> {
    async { None }.boxed()
}

fn with_a_pack(shop: &Shop) -> BoxFuture<'_, Option<SubscriptionId>> {
    async move { shop.buy(&json!({ "pack": "credits_100" })).await }.boxed()
}

fn past_due(shop: &Shop) -> BoxFuture<'_, Option<SubscriptionId>> {
    async move {
        let id = shop.basic().await;
        shop.month_end().await;
        shop.app.till.renew(&id, None, false);
        shop.told().await;
        Some(id)
    }
    .boxed()
}

fn cancelled(shop: &Shop) -> BoxFuture<'_, Option<SubscriptionId>> {
    async move {
        let id = shop.basic().await;
        shop.app.till.cancel_at(&id, true);
        shop.told().await;
        Some(id)
    }
    .boxed()
}

fn disputed(shop: &Shop) -> BoxFuture<'_, Option<SubscriptionId>> {
    async move {
        let id = shop.basic().await;
        shop.spend(50).await;
        shop.app.till.dispute(&user_id("ada"), DisputeState::Open);
        shop.told().await;
        Some(id)
    }
    .boxed()
}

fn refunded(shop: &Shop) -> BoxFuture<'_, Option<SubscriptionId>> {
    async move {
        let id = on_basic_spent(shop).await;
        shop.app.till.refund(&user_id("ada"), 100);
        shop.told().await;
        id
    }
    .boxed()
}

macro_rules! story {
    ($name:literal, $before:ident, |$shop:ident, $id:ident| $happens:block) => {
        Story {
            name: $name,
            before: $before,
            happens: |$shop, $id| {
                async move {
                    let _ = &$id;
                    $happens
                    $shop.told().await;
                }
                .boxed()
            },
        }
    };
}

/// A plan is bought, changed, renewed, cancelled, or not paid for.
fn plans() -> Vec<Story> {
    vec![
        story!("Free to Basic", on_free, |shop, id| {
            shop.basic().await;
        }),
        story!("Free to Premium", on_free, |shop, id| {
            shop.buy(&json!({ "plan": "premium" })).await;
        }),
        story!("Basic to Premium in the middle of a month", on_basic_spent, |shop, id| {
            shop.days(10).await;
            shop.app.till.upgrade(&id.expect("it was bought"), PlanId::Premium);
        }),
        story!("Premium to Basic at the month's end", on_premium, |shop, id| {
            shop.month_end().await;
            shop.app.till.renew(&id.expect("it was bought"), Some(PlanId::Basic), true);
        }),
        story!("Basic goes on for another month", on_basic_spent, |shop, id| {
            shop.month_end().await;
            shop.app.till.renew(&id.expect("it was bought"), None, true);
            shop.told().await;
            shop.days(1).await;
        }),
        story!("Cancelled in the portal (`cancel_at`)", on_basic, |shop, id| {
            shop.app.till.cancel_at(&id.expect("it was bought"), true);
        }),
        story!("Cancelled, and the month is over", cancelled, |shop, id| {
            shop.month_end().await;
            shop.app.till.end(&id.expect("it was bought"));
            shop.told().await;
            shop.days(1).await;
        }),
        story!("Cancelled and resumed, and the month is over", cancelled, |shop, id| {
            let id = id.expect("it was bought");
            shop.app.till.cancel_at(&id, false);
            shop.told().await;
            shop.month_end().await;
            shop.app.till.renew(&id, None, true);
            shop.told().await;
            shop.days(1).await;
        }),
        story!("A renewal's payment fails", on_basic_spent, |shop, id| {
            shop.month_end().await;
            shop.app.till.renew(&id.expect("it was bought"), None, false);
            shop.told().await;
            shop.days(1).await;
        }),
        story!("Past due, paid within the grace", past_due, |shop, id| {
            shop.days(2).await;
            shop.app.till.pay_open(&id.expect("it was bought"));
        }),
        story!("Past due, the grace is over", past_due, |shop, id| {
            shop.days(4).await;
        }),
        story!("Past due, the grace is over, paid at last", past_due, |shop, id| {
            shop.days(9).await;
            shop.app.till.pay_open(&id.expect("it was bought"));
        }),
        story!("Past due, lost", past_due, |shop, id| {
            shop.days(21).await;
            shop.app.till.end(&id.expect("it was bought"));
        }),
    ]
}

/// Money goes back.
fn refunds() -> Vec<Story> {
    vec![
        story!("Refunded whole, nothing spent", on_basic, |shop, id| {
            shop.app.till.refund(&user_id("ada"), 100);
        }),
        story!("Refunded whole, 150 spent", on_basic_spent, |shop, id| {
            shop.app.till.refund(&user_id("ada"), 100);
        }),
        story!("Refunded by half, nothing spent", on_basic, |shop, id| {
            shop.app.till.refund(&user_id("ada"), 50);
        }),
        story!("Refunded by half, 150 spent", on_basic_spent, |shop, id| {
            shop.app.till.refund(&user_id("ada"), 50);
        }),
        story!("Refunded by a quarter, and by another", on_basic_spent, |shop, id| {
            shop.app.till.refund(&user_id("ada"), 25);
            shop.told().await;
            shop.app.till.refund(&user_id("ada"), 50);
        }),
        story!("The refund fails after all", refunded, |shop, id| {
            shop.app.till.refund(&user_id("ada"), 0);
        }),
        story!("Refunded after the month is over", on_basic_spent, |shop, id| {
            let id = id.expect("it was bought");
            shop.app.till.cancel_at(&id, true);
            shop.told().await;
            shop.month_end().await;
            shop.app.till.end(&id);
            shop.told().await;
            shop.days(2).await;
            shop.app.till.refund(&user_id("ada"), 100);
        }),
        story!("A payment is disputed", on_basic, |shop, id| {
            shop.app.till.dispute(&user_id("ada"), DisputeState::Open);
        }),
        story!("The dispute is won", disputed, |shop, id| {
            shop.app.till.dispute(&user_id("ada"), DisputeState::Won);
        }),
        story!("The dispute is lost", disputed, |shop, id| {
            shop.app.till.dispute(&user_id("ada"), DisputeState::Lost);
        }),
    ]
}

/// What else may be bought, and what is odd.
fn others() -> Vec<Story> {
    vec![
        story!("Two checkouts at once", on_free, |shop, id| {
            let one = shop.checkout(&json!({ "plan": "basic" })).await.ok();
            let other = shop.checkout(&json!({ "plan": "basic" })).await.ok();
            shop.app.till.pay(one["url"].as_str().expect("a page"));
            shop.app.till.pay(other["url"].as_str().expect("a page"));
        }),
        story!("100 credits bought", on_free, |shop, id| {
            shop.buy(&json!({ "pack": "credits_100" })).await;
        }),
        story!("100 credits refunded", with_a_pack, |shop, id| {
            shop.app.till.refund(&user_id("ada"), 100);
        }),
        story!("A price that nobody knows", on_basic, |shop, id| {
            shop.app.till.forget_price(&id.expect("it was bought"));
        }),
    ]
}

#[tokio::test]
async fn the_table_of_plan_changes_holds_in_whatever_order_the_news_come() {
    let mut table = String::from(
        "| what happens | before | after | lines of the statement |\n|---|---|---|---|\n",
    );
    for story in plans().into_iter().chain(refunds()).chain(others()) {
        let mut rows = Vec::new();
        for telling in Telling::ALL {
            rows.push(row(&story, telling).await);
        }
        for (row, telling) in rows.iter().zip(Telling::ALL) {
            assert_eq!(*row, rows[0], "{}: {telling:?} differs", story.name);
        }
        table.push_str(&rows[0]);
    }
    let docs = include_str!("../../../docs/billing.md");
    assert!(docs.contains(&table), "docs/billing.md does not have this table:\n{table}");
}

async fn row(story: &Story, telling: Telling) -> String {
    let shop = Shop::new(telling);
    let id = (story.before)(&shop).await;
    // One job is under way meanwhile: what is held for it stays whole.
    let frozen = shop.subscription().await["frozen"] == true;
    if !frozen && shop.app.me("ada").await["credits"]["available"].as_i64() > Some(0) {
        shop.app.create("ada", "a fox").await;
        shop.app.queue.forget();
    }
    let seen = shop.lines().await.len();
    let before = shop.stand().await;
    (story.happens)(&shop, id).await;
    let after = shop.stand().await;
    shop.assert_whole().await;
    let lines = shop.lines().await;
    let mut lines: Vec<_> = lines[seen..]
        .iter()
        .map(|line| {
            format!(
                "{:+} {}",
                line["change"].as_i64().expect("a number"),
                line["kind"].as_str().expect("a word")
            )
        })
        .collect();
    lines.sort();
    let lines = if lines.is_empty() { "none".to_owned() } else { lines.join(", ") };
    format!("| {} | {before} | {after} | {lines} |\n", story.name)
}
