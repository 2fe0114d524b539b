//! Changing an account's plan by hand.

use imagegen_adapters::store::Store;
use imagegen_core::accounts;
use imagegen_core::catalog::{Catalog, PlanId};
use imagegen_core::ids::UserId;
use jiff::Timestamp;

use super::ledger::{explain, runtime};

#[expect(clippy::print_stdout, reason = "it is what the command is for")]
pub(super) fn change(store: &Store, account: &str, plan: &str) -> Result<(), String> {
    let user: UserId = account.parse().map_err(|e| format!("--account {e}"))?;
    let plan: PlanId = plan.parse()?;
    let catalog = Catalog::built_in();
    let changed = accounts::put_on_plan(store.documents(), &catalog, &user, plan, Timestamp::now());
    let found = runtime()?.block_on(changed).map_err(|e| explain(&e))?;
    let account = found.ok_or_else(|| format!("there is no account {user}"))?;
    println!("{user} is on the {} plan until {}", catalog.plan(plan).name, account.month_end());
    Ok(())
}
