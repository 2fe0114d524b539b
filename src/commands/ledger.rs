//! The proof that credits add up, against the stored entries.

use imagegen_adapters::store::Store;
use imagegen_core::accounts::{Account, KIND};
use imagegen_core::catalog::Catalog;
use imagegen_core::credits::{AccountName, Balances, Entry, drift};
use imagegen_core::ids::UserId;
use imagegen_core::ports::documents::{Documents, DocumentsError, Order, Range};
use imagegen_core::statement::{CSV_HEAD, bare_page};

#[expect(clippy::print_stdout, reason = "it is what the command is for")]
pub(super) fn verify(store: &Store, account: Option<&str>) -> Result<(), String> {
    let runtime = runtime()?;
    let (mut accounts, mut entries, mut wrong) = (0_usize, 0, 0_u64);
    let mut totals = [0_i64; AccountName::ALL.len()];
    let mut check = |user: &str| -> Result<(), String> {
        let found =
            runtime.block_on(check_account(store.documents(), user)).map_err(|e| explain(&e))?;
        let Some((balances, problems)) = found else {
            return Err(format!("there is no account {user}"));
        };
        accounts += 1;
        entries += balances.entries;
        for (total, name) in totals.iter_mut().zip(AccountName::ALL) {
            *total += balances.total(name);
        }
        for (problem, off) in problems {
            wrong += off;
            println!("{user}: {problem}");
        }
        Ok(())
    };
    if let Some(user) = account {
        check(user)?;
    } else {
        let mut after = None;
        loop {
            let users = store.partitions_of_kind(KIND, after.as_deref(), 500);
            let users = runtime.block_on(users).map_err(|e| explain(&e))?;
            let Some(last) = users.last() else { break };
            after = Some(last.clone());
            users.iter().try_for_each(|user| check(user))?;
        }
    }
    let sums = AccountName::ALL.map(AccountName::as_str).into_iter().zip(totals);
    let sums: Vec<_> = sums.map(|(name, total)| format!("{name} {total}")).collect();
    println!("{accounts} accounts, {entries} entries: {}", sums.join(", "));
    println!("drift {wrong}");
    if wrong == 0 { Ok(()) } else { Err("the ledger and the balances disagree".into()) }
}

/// The account's balances by its ledger, and each disagreement with how far it is off. `None`: no such account.
async fn check_account(
    store: &dyn Documents,
    user: &str,
) -> Result<Option<(Balances, Vec<(String, u64)>)>, DocumentsError> {
    // Jobs go on meanwhile: entries and balances must be of one moment, so read the account before and after.
    loop {
        let Some(before) = store.get(user, KIND).await? else { return Ok(None) };
        let balances = replay_all(store, user).await?;
        let after = store.get(user, KIND).await?;
        if after.is_some_and(|after| after.etag == before.etag) {
            let account: Account = before.decode()?;
            let mut problems: Vec<_> = balances
                .unbalanced
                .iter()
                .map(|id| (format!("entry {id} does not sum to zero"), 1))
                .collect();
            problems.extend(drift(&account.wallet, &balances).into_iter().map(|d| {
                let text = format!("{}: ledger {}, balance {}", d.what, d.ledger, d.wallet);
                (text, d.ledger.abs_diff(d.wallet))
            }));
            return Ok(Some((balances, problems)));
        }
    }
}

async fn replay_all(store: &dyn Documents, user: &str) -> Result<Balances, DocumentsError> {
    let (mut balances, mut after) = (Balances::default(), None);
    loop {
        let range = Range { kind: Entry::KIND, after, order: Order::Ascending, limit: 100 };
        let page = store.list(user, &range).await?;
        for document in &page.documents {
            balances.add(&document.decode::<Entry>()?);
        }
        after = page.documents.last().map(|d| d.position.clone());
        if !page.more {
            return Ok(balances);
        }
    }
}

/// Prints one account's statement.
#[expect(clippy::print_stdout, reason = "it is what the command is for")]
pub(super) fn show(store: &Store, account: &str, csv: bool) -> Result<(), String> {
    let user: UserId = account.parse().map_err(|e| format!("--account {e}"))?;
    let (store, catalog, runtime) = (store.documents(), Catalog::built_in(), runtime()?);
    let found = runtime.block_on(store.get(user.as_str(), KIND)).map_err(|e| explain(&e))?;
    if found.is_none() {
        return Err(format!("there is no account {user}"));
    }
    if csv {
        print!("{CSV_HEAD}");
    }
    let mut before = None;
    loop {
        let page = runtime.block_on(bare_page(store, &catalog, &user, before));
        let page = page.map_err(|e| explain(&e))?;
        for line in &page.lines {
            if csv {
                print!("{}", line.to_csv());
                continue;
            }
            let job = line.generation_id.as_deref().or(line.invoice_id.as_deref()).unwrap_or("");
            println!(
                "{:>6}  {:<20}  {:>+7}  {:>7}  {} {job}",
                line.number,
                line.at.get(..19).unwrap_or(&line.at),
                line.change,
                line.balance,
                line.reason
            );
        }
        before = page.next;
        if before.is_none() {
            return Ok(());
        }
    }
}

pub(super) fn runtime() -> Result<tokio::runtime::Runtime, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|e| format!("no async runtime: {e}"))
}

pub(super) fn explain(error: &dyn std::error::Error) -> String {
    let chain = std::iter::successors(error.source(), |cause| cause.source());
    chain.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
