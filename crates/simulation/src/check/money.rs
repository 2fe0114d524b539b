//! What was paid for and what was given, as the payment service's books and the ledger have it.

use std::collections::BTreeSet;

use imagegen_core::accounts::{self, Account};
use imagegen_core::billing::verdict;
use imagegen_core::catalog::PlanId;
use imagegen_core::credits::{AccountName, Credits, Entry, GrantId, Reason};
use imagegen_core::ids::UserId;
use imagegen_core::ports::payments::{Books, DisputeState, Invoice, InvoiceState};
use jiff::SignedDuration;

use crate::till::{Till, is_living};
use crate::watch::{Change, decode};
use crate::world::{World, locked};

/// How long after a moment the hourly timer has seen to it.
const SEEN_TO: SignedDuration = SignedDuration::from_mins(70);
/// Clocks of processes are off by as much.
const SKEW: SignedDuration = SignedDuration::from_secs(5);

/// What is wrong with a commit: credits for nothing, or a debt of somebody who got no money back.
pub(crate) fn moved(world: &World, partition: &str, changes: &[Change]) -> Vec<String> {
    let mut broken = Vec::new();
    let (Some(_), Ok(user)) = (world.months, partition.parse::<UserId>()) else { return broken };
    let till = locked(&world.till);
    for new in changes.iter().filter_map(|change| change.new.as_ref()) {
        match new.kind.as_str() {
            Entry::KIND => {
                let entry: Entry = decode(new);
                if let Reason::Grant { grant } = &entry.reason
                    && grant.is_bought()
                    && !till.ever_paid(grant)
                {
                    broken.push(format!("{grant} was given and is not paid"));
                }
            }
            accounts::KIND => {
                let account: Account = decode(new);
                let paid_back = till.customers_of(&user).any(|it| it.paid_back);
                if account.wallet.balance() < 0 && !paid_back {
                    broken.push(format!("{user} is below zero and got nothing back"));
                }
            }
            _ => {}
        }
    }
    broken
}

/// Each user's account against the books, when all is settled.
pub(super) fn settled(
    world: &World,
    account: &Account,
    entries: &[Entry],
    broken: &mut Vec<String>,
) {
    let till = locked(&world.till);
    let known = account.standing.as_ref().map(|standing| &standing.customer);
    let mut sold = BTreeSet::new();
    for customer in till.customers_of(&account.id) {
        let books = &customer.books;
        if Some(&books.customer) != known {
            if !books.invoices.is_empty() {
                broken.push(format!("{} bought as a customer that we forgot", account.id));
            }
            continue;
        }
        on_the_plan(world, account, books, broken);
        undone(&till, books, broken);
        for invoice in &books.invoices {
            if let Some(sale) = till.sales.get(&invoice.id) {
                sold.insert(sale.grant.clone());
                let failed = till.refund_failed.contains(&invoice.id);
                given(world, invoice, (&sale.grant, sale.credits), failed, entries, broken);
            }
        }
    }
    for entry in entries {
        if let Reason::Grant { grant } = &entry.reason
            && grant.is_bought()
            && !sold.contains(grant)
        {
            broken.push(format!("{} has {grant}, which it did not buy", account.id));
        }
    }
}

fn on_the_plan(world: &World, account: &Account, books: &Books, broken: &mut Vec<String>) {
    let living = books.subscriptions.iter().filter(|it| is_living(it)).count();
    if living > 1 {
        broken.push(format!("{} has {living} subscriptions", account.id));
    }
    let terms = &world.catalog.billing;
    let standing = account.standing.as_ref();
    let now = world.now();
    let asked_at = [now, now - SEEN_TO];
    let said = asked_at.map(|at| verdict(books, standing, terms, at).standing);
    if !said.iter().any(|said| standing.is_some_and(|it| it.agrees_with(said))) {
        broken.push(format!("{} stands at {standing:?}, not at {:?}", account.id, said[0]));
    }
    let paid = account.paid().map(|paid| paid.plan);
    let best = standing.and_then(|standing| standing.paid.as_ref()).map(|paid| paid.plan);
    if (paid.is_some() && paid != Some(account.plan)) || account.plan < best.unwrap_or(PlanId::Free)
    {
        broken.push(format!("{} is on {:?} and pays for {best:?}", account.id, account.plan));
    }
    // Nobody who pays goes without, and nobody has it who does not: said without the verdict's help.
    let active = books.subscriptions.iter().any(|it| {
        let refunded = |i: &Invoice| {
            i.subscription.as_ref() == Some(&it.id) && (i.refunded > 0 || !i.disputes.is_empty())
        };
        is_living(it)
            && it.status == imagegen_core::ports::payments::SubscriptionStatus::Active
            && !books.invoices.iter().any(refunded)
    });
    if active && best.is_none() {
        broken.push(format!("{} pays and gets nothing", account.id));
    }
    if living == 0 && best.is_some() {
        broken.push(format!("{} has a plan of no subscription", account.id));
    }
}

/// Nobody's money is kept for what nobody meant to buy.
fn undone(till: &Till, books: &Books, broken: &mut Vec<String>) {
    for it in books.subscriptions.iter().filter(|it| till.undone.contains(&it.id)) {
        if is_living(it) {
            broken.push(format!("{} was undone and lives", it.id.0));
        }
        let its = books.invoices.iter().filter(|i| i.subscription.as_ref() == Some(&it.id));
        // What a bank has a hand in is its to decide.
        let ours = its.filter(|i| i.disputes.is_empty() && !till.refund_failed.contains(&i.id));
        for kept in ours.filter(|i| i.refunded < i.paid) {
            broken.push(format!("{} was undone, and {} is kept", it.id.0, kept.id.0));
        }
    }
}

/// One thing that was sold: given once, and taken back as far as the money went back.
fn given(
    world: &World,
    invoice: &Invoice,
    (grant, credits): (&GrantId, Credits),
    refund_failed: bool,
    entries: &[Entry],
    broken: &mut Vec<String>,
) {
    let whole = i64::from(credits.get());
    let (mut grants, mut taken, mut lapsed) = (Vec::new(), 0, 0);
    for entry in entries {
        let of = |account| {
            let its = entry.postings.iter().filter(|p| p.account == account && p.grant == *grant);
            its.map(|posting| posting.amount).sum::<i64>()
        };
        lapsed += of(AccountName::Expired);
        match &entry.reason {
            Reason::Grant { grant: it } if it == grant => grants.push(-of(AccountName::Granted)),
            Reason::ClawBack { grant: it, .. } | Reason::Restore { grant: it, .. }
                if it == grant =>
            {
                taken += of(AccountName::Granted);
            }
            Reason::Grant { .. }
            | Reason::ClawBack { .. }
            | Reason::Restore { .. }
            | Reason::Hold { .. }
            | Reason::Close { .. }
            | Reason::Expire { .. }
            | Reason::ExpireReleased { .. } => {}
        }
    }
    let back = given_back(invoice, whole);
    let right = match invoice.state {
        // What went back before anybody looked was never given.
        InvoiceState::Paid => grants == [whole] || (grants.is_empty() && back == whole),
        InvoiceState::Draft
        | InvoiceState::Open
        | InvoiceState::Void
        | InvoiceState::Uncollectible
        | InvoiceState::Other(_) => grants.is_empty(),
    };
    if !right {
        broken.push(format!("{grant}: {:?} of {whole}, and it is {:?}", grants, invoice.state));
    }
    if grants.is_empty() {
        return;
    }
    let ends = invoice.lines.iter().map(|line| line.period_end).max().expect("it has lines");
    let over = grant.pack().is_none()
        && ends + SignedDuration::try_from(world.catalog.billing.renewal_slack).expect("hours")
            < world.now() + SKEW;
    // What lapsed unused is let off; and what comes back after it has lapsed does not come to life again.
    let least = if over { back - lapsed } else { back };
    let most = if over && refund_failed { whole } else { back };
    if taken < least || taken > most {
        broken.push(format!("{grant}: {taken} taken back, not {least} to {most}; {lapsed} lapsed"));
    }
}

fn given_back(invoice: &Invoice, whole: i64) -> i64 {
    if invoice.disputes.iter().any(|dispute| dispute.state == DisputeState::Lost) {
        return whole;
    }
    let (refunded, paid) = (invoice.refunded, invoice.paid);
    if paid == 0 {
        return 0;
    }
    let part = u64::try_from(whole).expect("it is positive") * refunded.min(paid) / paid;
    i64::try_from(part).expect("no more than the whole")
}
