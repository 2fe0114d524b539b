//! The account itself: values and rules, no I/O.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Lanes, PaidPlan, Period, Place, Shelf, Standing};
use crate::catalog::{BillingTerms, Catalog, Plan, PlanCredits, PlanId};
use crate::credits::{
    AccountName, Booked, Credits, Entry, GrantId, Hold, NewGrant, NotEnough, Wallet,
};
use crate::ids::{GenerationId, UploadId, UserId};
use crate::messages::QueueName;
use crate::ports::identity::Person;

/// The kind of an account's document, and its id: there is one in a partition.
pub const KIND: &str = "account";

/// Stored as it is (`schema` 1); a fixture test holds the stored form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    schema: u8,
    pub id: UserId,
    pub email: Option<String>,
    pub name: Option<String>,
    /// The better one of what is paid for and what is given.
    pub plan: PlanId,
    /// The months of a plan that nobody pays for. One that is paid for has the payment service's.
    pub period: Period,
    pub wallet: Wallet,
    /// Credits held in this period on an unlimited plan, for the fair-use rule.
    pub drawn_in_period: Credits,
    pub lanes: Lanes,
    /// The number of the last event; events count from 1 without a gap.
    pub last_event: u64,
    /// Pictures that were brought along and that no job uses yet: counted here, so that two requests at one moment
    /// cannot both take the last place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unused_uploads: Vec<UploadId>,
    /// How many jobs the library has; `None` in an account that is older than the count, until somebody counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shelf: Option<Shelf>,
    /// What was made before the account left a plan that keeps pictures while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Kept>,
    /// What the payment service said last; `None` until the user first goes to pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// The plan that an operator gave.
    #[serde(default, skip_serializing_if = "is_free")]
    given: PlanId,
    /// The number of the last ledger entry; entries count from 1 without a gap.
    #[serde(default, skip_serializing_if = "is_zero")]
    last_entry: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_free(plan: &PlanId) -> bool {
    *plan == PlanId::Free
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Why nothing can be ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotHold {
    #[error(transparent)]
    NotEnough(#[from] NotEnough),
    /// A payment is disputed; until that is over, nothing is drawn.
    #[error("a payment is disputed")]
    Frozen,
}

/// The user has as many unused pictures as there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{most} pictures were brought along that no job uses yet")]
pub struct TooManyUploads {
    pub most: usize,
}

/// Pictures of an earlier plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub made_before: Timestamp,
    pub until: Timestamp,
}

/// Monthly credits burn before anything that was bought.
const MONTHLY_PRIORITY: u8 = 0;

impl Account {
    /// A person seen for the first time: on the Free plan, with the first month's credits.
    pub fn open(
        id: UserId,
        person: Option<&Person>,
        catalog: &Catalog,
        now: Timestamp,
    ) -> (Self, Vec<Entry>) {
        let mut account = Self {
            schema: 1,
            id,
            email: person.and_then(|p| p.email.clone()),
            name: person.and_then(|p| p.name.clone()),
            plan: PlanId::Free,
            period: Period::first(now),
            wallet: Wallet::default(),
            drawn_in_period: Credits::ZERO,
            lanes: Lanes::default(),
            last_event: 0,
            unused_uploads: Vec::new(),
            shelf: Some(Shelf::default()),
            kept: None,
            standing: None,
            given: PlanId::Free,
            last_entry: 0,
        };
        let entries = account.grant_for_period(catalog, now).into_iter().collect();
        (account, entries)
    }

    /// Sweeps what has lapsed. When a month that nobody pays for has ended, the new one's credits come: one grant,
    /// however many months have passed. Nothing to do otherwise.
    pub fn reset_if_due(&mut self, catalog: &Catalog, now: Timestamp) -> Vec<Entry> {
        let mut entries = self.wallet.expire(now);
        if self.paid().is_none() && now >= self.period.end() {
            self.period = self.period.at(now);
            self.drawn_in_period = Credits::ZERO;
            entries.extend(self.grant_for_period(catalog, now));
        }
        entries
    }

    /// When a timer should look at the account: something lapses, a month ends, or the payment service should be
    /// asked what it knows.
    pub fn due(&self, terms: &BillingTerms) -> Timestamp {
        let month = if self.paid().is_some() { None } else { Some(self.period.end()) };
        let asked = self.standing.as_ref().and_then(|standing| standing.ask_at(terms));
        let due = [month, asked, self.wallet.lapses_next()].into_iter().flatten().min();
        due.expect("without a month of its own, it has one that is paid for")
    }

    /// The subscription that the plan comes from, if it is not given.
    pub fn paid(&self) -> Option<&PaidPlan> {
        let paid = self.standing.as_ref()?.paid.as_ref()?;
        (paid.plan >= self.given).then_some(paid)
    }

    /// When the month began that the account is in.
    pub fn month_start(&self) -> Timestamp {
        self.paid().map_or_else(|| self.period.start(), |paid| paid.period_start)
    }

    /// What can be spent at `now`; below zero when something is owed.
    pub fn spendable(&self, now: Timestamp) -> i64 {
        let owed = i64::from(self.wallet.debt().get());
        i64::from(self.wallet.available(now).get()) - owed
    }

    /// When it ends.
    pub fn month_end(&self) -> Timestamp {
        self.paid().map_or_else(|| self.period.end(), |paid| paid.period_end)
    }

    /// Whether nothing is drawn because a payment is disputed.
    pub fn is_frozen(&self) -> bool {
        self.standing.as_ref().is_some_and(|standing| standing.disputed)
    }

    /// An operator gives `plan` from now on, with a month of its own and that month's credits; what is left of the
    /// old month stays until its expiry. Nothing to do when the account is on that plan, given or paid for.
    pub fn change_plan(&mut self, plan: PlanId, catalog: &Catalog, now: Timestamp) -> Vec<Entry> {
        let was = self.plan;
        self.given = plan;
        self.be_on_the_better_plan(catalog, now);
        if self.plan == was || self.paid().is_some() {
            return Vec::new();
        }
        self.period = Period::first(now);
        self.drawn_in_period = Credits::ZERO;
        self.grant_for_period(catalog, now).into_iter().collect()
    }

    /// Takes in what the payment service says. Credits that were paid for come by their invoices, not from here; those
    /// of a plan that nobody pays for come when its month is over, as if there had been no subscription.
    pub fn take_standing(
        &mut self,
        standing: Standing,
        catalog: &Catalog,
        now: Timestamp,
    ) -> Vec<Entry> {
        let month = self.month_start();
        self.standing = Some(standing);
        self.be_on_the_better_plan(catalog, now);
        if self.month_start() != month {
            self.drawn_in_period = Credits::ZERO;
        }
        self.reset_if_due(catalog, now)
    }

    fn be_on_the_better_plan(&mut self, catalog: &Catalog, now: Timestamp) {
        let plan = self.paid().map_or(self.given, |paid| paid.plan);
        if plan == self.plan {
            return;
        }
        let left = catalog.plan(self.plan);
        if left.kept_while_subscribed {
            self.kept = Some(Kept { made_before: now, until: left.keeps_until(now) });
        }
        self.plan = plan;
    }

    /// Numbers entries as they are written into the ledger. All that changed the wallet since the last time, in order.
    pub(super) fn book(&mut self, entries: &mut [Entry]) {
        let mut balance = self.wallet.balance();
        let mut number = self.last_entry + entries.len() as u64;
        self.last_entry = number;
        for entry in entries.iter_mut().rev() {
            entry.booked = Some(Booked { number, balance });
            balance -= entry.effect_on(AccountName::Available);
            number -= 1;
        }
    }

    /// Reserves the price of a job, as the plan has it.
    pub fn hold(
        &mut self,
        generation: &GenerationId,
        price: Credits,
        catalog: &Catalog,
        now: Timestamp,
    ) -> Result<(Hold, Entry), CannotHold> {
        if self.is_frozen() {
            return Err(CannotHold::Frozen);
        }
        match catalog.plan(self.plan).credits {
            PlanCredits::Monthly(_) => Ok(self.wallet.hold(generation, price, now)?),
            PlanCredits::Unlimited { .. } => {
                self.drawn_in_period += price;
                Ok(self.wallet.hold_unlimited(generation, price, now))
            }
        }
    }

    /// The queue for the account's next job.
    pub fn queue(&self, catalog: &Catalog) -> QueueName {
        let plan = catalog.plan(self.plan);
        match plan.credits {
            PlanCredits::Unlimited { fair_use, queue_after }
                if self.drawn_in_period >= fair_use =>
            {
                queue_after
            }
            PlanCredits::Monthly(_) | PlanCredits::Unlimited { .. } => plan.queue,
        }
    }

    /// Takes a place for a picture.
    pub fn admit_upload(&mut self, id: &UploadId, most: usize) -> Result<(), TooManyUploads> {
        if self.unused_uploads.len() >= most {
            return Err(TooManyUploads { most });
        }
        self.unused_uploads.push(id.clone());
        Ok(())
    }

    /// The pictures that no job uses yet.
    pub fn unused_uploads(&self) -> &[UploadId] {
        &self.unused_uploads
    }

    /// A picture is used, of no use or gone: its place is free. Nothing to do when it has none.
    pub fn release_upload(&mut self, id: &UploadId) {
        self.unused_uploads.retain(|unused| unused != id);
    }

    /// Until when the pictures of a job are kept that ended at `ended_at` and was made on the plan `made_on`: by that
    /// plan or the one of today, whichever keeps them longer.
    pub fn keeps_until(
        &self,
        made_on: PlanId,
        ended_at: Timestamp,
        catalog: &Catalog,
        now: Timestamp,
    ) -> Timestamp {
        let today = catalog.plan(self.plan);
        let since = if today.kept_while_subscribed { now.max(ended_at) } else { ended_at };
        let kept = self.kept.as_ref().filter(|kept| ended_at < kept.made_before);
        let by_plans = catalog.plan(made_on).keeps_until(ended_at).max(today.keeps_until(since));
        kept.map_or(by_plans, |kept| by_plans.max(kept.until))
    }

    /// A job of the library comes, goes or moves about.
    pub fn shelve(&mut self, id: &GenerationId, from: Place, to: Place) {
        if let Some(shelf) = &mut self.shelf {
            shelf.moved(id, from, to);
        }
    }

    /// Keeps the e-mail address and name that the issuer tells, when they changed.
    pub(super) fn remember(&mut self, person: &Person) {
        for (kept, told) in [(&mut self.email, &person.email), (&mut self.name, &person.name)] {
            if told.is_some() && kept != told {
                kept.clone_from(told);
            }
        }
    }

    /// The number of the next event.
    pub(super) fn next_event(&mut self) -> u64 {
        self.last_event += 1;
        self.last_event
    }

    fn grant_for_period(&mut self, catalog: &Catalog, now: Timestamp) -> Option<Entry> {
        let Plan { credits: PlanCredits::Monthly(amount), id: plan, .. } = catalog.plan(self.plan)
        else {
            return None;
        };
        // One grant a period: the plan and the period's first moment are its name.
        let id = GrantId(format!("{}:{}", plan.as_str(), self.period.start()));
        let new = NewGrant {
            id,
            amount: *amount,
            priority: MONTHLY_PRIORITY,
            expires_at: Some(self.period.end()),
        };
        Some(self.wallet.grant(new, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::payments::{CustomerId, SubscriptionId};

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn account() -> (Account, Catalog) {
        let catalog = Catalog::built_in();
        let now = at("2026-01-31T08:00:00Z");
        (Account::open(UserId::of("i", "s"), None, &catalog, now).0, catalog)
    }

    #[test]
    fn a_new_account_has_the_free_months_credits() {
        let (account, _) = account();
        assert_eq!(account.wallet.available(at("2026-01-31T08:00:00Z")), Credits::new(10));
        assert_eq!(account.period.end(), at("2026-02-28T08:00:00Z"));
    }

    #[test]
    fn a_reset_lapses_what_is_left_and_grants_once_however_late_and_often_it_comes() {
        let (mut account, catalog) = account();
        let late = at("2026-06-15T00:00:00Z");
        let ids: Vec<_> = account.reset_if_due(&catalog, late).iter().map(Entry::id).collect();
        assert_eq!(ids, ["expire:free:2026-01-31T08:00:00Z", "grant:free:2026-05-31T08:00:00Z"]);
        assert_eq!(account.wallet.available(late), Credits::new(10));
        assert_eq!(account.reset_if_due(&catalog, late), vec![]);
        assert_eq!(account.period.end(), at("2026-06-30T08:00:00Z"));
    }

    #[test]
    fn an_unlimited_plan_refuses_nothing_and_moves_to_the_standard_queue_past_fair_use() {
        let (mut account, catalog) = account();
        let now = at("2026-02-01T00:00:00Z");
        account.change_plan(PlanId::Premium, &catalog, now);
        assert_eq!(account.queue(&catalog), QueueName::GenerationPremium);
        for n in 0..400 {
            let job = GenerationId::new(ulid::Ulid::from_parts(1, n));
            account.hold(&job, Credits::new(5), &catalog, now).expect("unlimited");
        }
        assert_eq!(account.queue(&catalog), QueueName::GenerationBasic);
        // The free month's credits were not touched.
        assert_eq!(account.wallet.available(now), Credits::new(10));
    }

    fn paid(plan: PlanId, start: &str, end: &str) -> Standing {
        let mut standing = Standing::of(CustomerId("cus_1".into()), at(start));
        standing.paid = Some(PaidPlan {
            plan,
            subscription: SubscriptionId("sub_1".into()),
            period_start: at(start),
            period_end: at(end),
            cancels_at: None,
            grace_until: None,
        });
        standing
    }

    #[test]
    fn the_better_one_of_what_is_given_and_what_is_paid_for_counts() {
        let (mut account, catalog) = account();
        let now = at("2026-02-01T00:00:00Z");
        assert_eq!(account.change_plan(PlanId::Basic, &catalog, now).len(), 1);
        let premium = paid(PlanId::Premium, "2026-02-10T00:00:00Z", "2026-03-10T00:00:00Z");
        let entries = account.take_standing(premium, &catalog, at("2026-02-10T00:00:00Z"));
        assert_eq!((account.plan, entries.len()), (PlanId::Premium, 0));
        assert_eq!(account.month_end(), at("2026-03-10T00:00:00Z"));
        // The given plan's months go on afterwards as if nothing had been, with one grant for the one it is in.
        let none = Standing::of(CustomerId("cus_1".into()), at("2026-05-05T00:00:00Z"));
        let entries = account.take_standing(none, &catalog, at("2026-05-05T00:00:00Z"));
        let ids: Vec<_> = entries.iter().map(Entry::id).collect();
        assert_eq!(account.plan, PlanId::Basic);
        assert!(ids.contains(&"grant:basic:2026-05-01T00:00:00Z".into()), "{ids:?}");
        assert_eq!(account.wallet.available(at("2026-05-05T00:00:00Z")), Credits::new(200));
        // Less paid for than given: the given one.
        let basic = paid(PlanId::Basic, "2026-05-06T00:00:00Z", "2026-06-06T00:00:00Z");
        account.change_plan(PlanId::Premium, &catalog, at("2026-05-06T00:00:00Z"));
        account.take_standing(basic, &catalog, at("2026-05-06T00:00:00Z"));
        assert_eq!((account.plan, account.paid()), (PlanId::Premium, None));
    }

    #[test]
    fn who_comes_and_goes_gains_no_free_credits_by_it() {
        let (mut account, catalog) = account();
        let mut free = 10;
        for day in 1..28 {
            let start = at(&format!("2026-02-{day:02}T00:00:00Z"));
            let standing = paid(PlanId::Basic, &start.to_string(), "2026-03-15T00:00:00Z");
            account.take_standing(standing, &catalog, start);
            let ended = Standing::of(CustomerId("cus_1".into()), start);
            let entries = account.take_standing(ended, &catalog, start);
            free += entries.iter().map(|it| it.effect_on(AccountName::Granted).abs()).sum::<i64>();
        }
        assert_eq!(free, 10);
    }

    #[test]
    fn an_account_is_due_when_its_month_a_grant_or_the_grace_ends() {
        let (mut account, catalog) = account();
        let terms = &catalog.billing;
        assert_eq!(account.due(terms), at("2026-02-28T08:00:00Z"));
        let mut standing = paid(PlanId::Premium, "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z");
        account.take_standing(standing.clone(), &catalog, at("2026-02-01T00:00:00Z"));
        assert_eq!(account.due(terms), at("2026-02-28T08:00:00Z"), "free credits lapse");
        account.wallet.expire(at("2026-02-28T08:00:00Z"));
        assert_eq!(account.due(terms), at("2026-03-01T02:00:00Z"), "the renewal has its time");
        standing.paid.as_mut().expect("it is paid").grace_until = Some(at("2026-03-01T01:00:00Z"));
        account.take_standing(standing, &catalog, at("2026-02-28T09:00:00Z"));
        assert_eq!(account.due(terms), at("2026-03-01T01:00:00Z"));
    }

    #[test]
    fn pictures_are_kept_as_the_better_plan_says_and_a_year_after_premium() {
        let (mut account, catalog) = account();
        let made = at("2026-02-01T00:00:00Z");
        let kept = |account: &Account, plan, now: &str| {
            account.keeps_until(plan, made, &catalog, at(now)).to_string()
        };
        assert_eq!(kept(&account, PlanId::Free, "2026-02-01T00:00:00Z"), "2026-03-03T00:00:00Z");
        assert_eq!(kept(&account, PlanId::Basic, "2026-02-01T00:00:00Z"), "2027-02-01T00:00:00Z");
        account.change_plan(PlanId::Premium, &catalog, at("2026-02-10T00:00:00Z"));
        // While it lasts, always a year from now.
        assert_eq!(kept(&account, PlanId::Free, "2026-03-03T00:00:00Z"), "2027-03-03T00:00:00Z");
        assert_eq!(kept(&account, PlanId::Free, "2030-03-03T00:00:00Z"), "2031-03-03T00:00:00Z");
        account.change_plan(PlanId::Free, &catalog, at("2030-06-01T00:00:00Z"));
        assert_eq!(kept(&account, PlanId::Free, "2031-05-31T00:00:00Z"), "2031-06-01T00:00:00Z");
        // What was made afterwards is kept as the plan of that time says.
        let later = at("2030-07-01T00:00:00Z");
        let until = account.keeps_until(PlanId::Free, later, &catalog, later);
        assert_eq!(until, at("2030-07-31T00:00:00Z"));
    }

    /// Accounts stored by the first version are still read.
    #[test]
    fn the_stored_form_of_schema_1_still_decodes() {
        let stored = include_str!("fixtures/account-1.json");
        let account: Account = serde_json::from_str(stored).expect("schema 1");
        assert_eq!(account.wallet.held(), Credits::new(2));
        let again = serde_json::to_value(&account).expect("plain data");
        assert_eq!(again, serde_json::from_str::<serde_json::Value>(stored).expect("JSON"));
    }

    /// With all that was added since.
    #[test]
    fn what_came_later_is_read_as_it_is_written() {
        let stored = include_str!("fixtures/account-2.json");
        let stored: Vec<serde_json::Value> = serde_json::from_str(stored).expect("JSON");
        for stored in stored {
            let account: Account = serde_json::from_value(stored.clone()).expect("schema 1");
            assert_eq!(serde_json::to_value(&account).expect("plain data"), stored);
        }
    }
}
