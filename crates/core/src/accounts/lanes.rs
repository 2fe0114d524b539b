//! Fairness: a user's backlog waits in the user's own account, and only as many jobs as the plan says are in the
//! shared queue or at work. So a user with 500 jobs delays the next user by no more than that many.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::catalog::Plan;
use crate::ids::GenerationId;

/// A user's jobs that have not ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lanes {
    at_work: Vec<GenerationId>,
    waiting: VecDeque<GenerationId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Goes to the shared queue now.
    AtWork,
    /// Waits for one of the user's own jobs to end.
    Waits,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{waiting} jobs are waiting already, as many as the plan allows")]
pub struct BacklogFull {
    pub waiting: usize,
}

impl Lanes {
    pub fn admit(&mut self, id: &GenerationId, plan: &Plan) -> Result<Admission, BacklogFull> {
        if self.waiting.is_empty() && self.at_work.len() < plan.at_work {
            self.at_work.push(id.clone());
            return Ok(Admission::AtWork);
        }
        if self.waiting.len() >= plan.waiting {
            return Err(BacklogFull { waiting: self.waiting.len() });
        }
        self.waiting.push_back(id.clone());
        Ok(Admission::Waits)
    }

    /// A job has ended. Leaving twice changes nothing.
    pub fn leave(&mut self, id: &GenerationId) {
        self.at_work.retain(|other| other != id);
        self.waiting.retain(|other| other != id);
    }

    /// Moves the longest-waiting job to work if there is a place: call until `None`.
    pub fn advance(&mut self, plan: &Plan) -> Option<GenerationId> {
        if self.at_work.len() >= plan.at_work {
            return None;
        }
        let next = self.waiting.pop_front()?;
        self.at_work.push(next.clone());
        Some(next)
    }

    /// How many of the user's own jobs come first: 0 when it is at work.
    pub fn position(&self, id: &GenerationId) -> usize {
        self.waiting.iter().position(|other| other == id).map_or(0, |ahead| ahead + 1)
    }

    pub fn at_work(&self) -> usize {
        self.at_work.len()
    }

    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::catalog::{Catalog, PlanId};

    fn job(n: u8) -> GenerationId {
        GenerationId::new(ulid::Ulid::from_parts(1, u128::from(n)))
    }

    proptest! {
        /// A job that is cancelled is the only one that leaves: all others keep their lane and their order, but for
        /// those that move up into the free place.
        #[test]
        fn a_job_that_is_cancelled_touches_no_other(count in 1u8..54, which in any::<prop::sample::Index>()) {
            let catalog = Catalog::built_in();
            let plan = catalog.plan(PlanId::Basic);
            let mut lanes = Lanes::default();
            let came: Vec<_> = (0..count).filter(|n| lanes.admit(&job(*n), plan).is_ok()).map(job).collect();
            let cancelled = which.get(&came);
            let before = lanes.clone();
            lanes.leave(cancelled);
            let others = |all: &[GenerationId]| -> Vec<_> { all.iter().filter(|it| *it != cancelled).cloned().collect() };
            prop_assert_eq!(&lanes.at_work, &others(&before.at_work));
            prop_assert_eq!(lanes.waiting.make_contiguous().to_vec(), others(before.waiting.clone().make_contiguous()));
            while lanes.advance(plan).is_some() {}
            let after: Vec<_> = lanes.at_work.iter().chain(&lanes.waiting).cloned().collect();
            prop_assert_eq!(after, others(&came), "in the order they came");
        }

        /// Whatever others order: when a job enters the shared queue, each other user has at most as many jobs before
        /// it as that user's plan has places. The queue is first in, first out, so nobody overtakes it afterwards.
        #[test]
        fn nobody_delays_another_by_more_than_the_places_of_the_plan(
            steps in prop::collection::vec((0usize..4, prop::option::of(0u8..3)), 0..300),
        ) {
            let catalog = Catalog::built_in();
            let plans = [PlanId::Free, PlanId::Basic, PlanId::Premium, PlanId::Premium];
            let plans = plans.map(|id| catalog.plan(id));
            let mut lanes: [Lanes; 4] = std::array::from_fn(|_| Lanes::default());
            let (mut queue, mut at_work): (VecDeque<(usize, GenerationId)>, _) = (VecDeque::new(), Vec::new());
            let mut count = 0_u32;
            for (user, step) in steps {
                let mut entered = Vec::new();
                match step {
                    // The next job of the queue is taken, or the oldest one at work ends.
                    Some(0) => at_work.extend(queue.pop_front()),
                    Some(_) if !at_work.is_empty() => {
                        let (owner, job): (usize, GenerationId) = at_work.remove(0);
                        lanes[owner].leave(&job);
                        while let Some(next) = lanes[owner].advance(plans[owner]) {
                            entered.push((owner, next));
                        }
                    }
                    Some(_) => {}
                    None => {
                        count += 1;
                        let job = GenerationId::new(ulid::Ulid::from_parts(2, u128::from(count)));
                        if let Ok(Admission::AtWork) = lanes[user].admit(&job, plans[user]) {
                            entered.push((user, job));
                        }
                    }
                }
                for job in entered {
                    for (other, plan) in plans.iter().enumerate() {
                        let before = queue.iter().filter(|(owner, _)| *owner == other).count();
                        prop_assert!(before <= plan.at_work, "{before} jobs of user {other}");
                    }
                    queue.push_back(job);
                }
            }
        }

        /// However jobs come and go: never more at work than the plan says, never a free place while one waits,
        /// each job in one lane, and those that wait advance in the order they came.
        #[test]
        fn places_are_never_exceeded_nor_left_empty(steps in prop::collection::vec((any::<bool>(), 0u8..40), 0..200)) {
            let catalog = Catalog::built_in();
            let plan = catalog.plan(PlanId::Basic);
            let (mut lanes, mut inside, mut came) = (Lanes::default(), Vec::new(), Vec::new());
            for (comes, n) in steps {
                if comes && !inside.contains(&n) {
                    if lanes.admit(&job(n), plan).is_ok() {
                        inside.push(n);
                        came.push(n);
                    } else {
                        prop_assert_eq!(lanes.waiting(), plan.waiting);
                    }
                } else if !comes {
                    lanes.leave(&job(n));
                    lanes.leave(&job(n));
                    inside.retain(|other| *other != n);
                    came.retain(|other| *other != n);
                    while lanes.advance(plan).is_some() {}
                }
                prop_assert!(lanes.at_work() <= plan.at_work);
                prop_assert!(lanes.waiting() == 0 || lanes.at_work() == plan.at_work);
                prop_assert_eq!(lanes.at_work() + lanes.waiting(), inside.len());
                let waiting: Vec<_> = lanes.waiting.iter().cloned().collect();
                let order: Vec<_> = came.iter().map(|n| job(*n)).filter(|j| waiting.contains(j)).collect();
                prop_assert_eq!(waiting, order);
            }
        }
    }
}
