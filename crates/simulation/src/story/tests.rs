use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use imagegen_core::accounts::Draft;
use imagegen_core::catalog::PlanId;
use imagegen_core::credits::Credits;
use imagegen_core::ids::GenerationId;
use imagegen_core::ports::{blobs, documents};
use jiff::SignedDuration;

use super::*;
use crate::deliver::Edge;
use crate::process::{Process, services};
use crate::world::Caller;

/// Replay one with `cargo run -p imagegen-simulation -- --seed N`.
#[test]
fn whatever_crashes_repeats_or_comes_late_the_books_are_whole() {
    let (next, failures) = (AtomicU64::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= 300 {
                        return;
                    }
                    let report = run(seed, Level::All, Recording::Off);
                    if !report.broken.is_empty() {
                        locked(&failures).push((seed, report.broken));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().expect("no run panics");
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn when_nothing_goes_wrong_every_fine_wish_is_delivered() {
    for seed in 0..20 {
        let report = run(seed, Level::None, Recording::Off);
        assert!(report.broken.is_empty(), "seed {seed}: {:#?}", report.broken);
        assert_eq!((report.dead_letters, report.counts.stray_blobs), (0, 0), "seed {seed}");
    }
}

#[test]
fn in_a_run_of_money_months_pass_and_things_are_bought_given_back_and_undone() {
    let (mut payments, mut refunds, mut disputes) = (0, 0, 0);
    for seed in [4, 9, 14, 19, 24, 29] {
        let Report { counts, virtual_time, .. } = run(seed, Level::Some, Recording::Off);
        assert!(virtual_time > Duration::from_hours(20 * 24), "seed {seed}: {virtual_time:?}");
        payments += counts.payments;
        refunds += counts.refunds;
        disputes += counts.disputes;
    }
    assert!(payments > 10 && refunds > 0 && disputes > 0, "{payments}, {refunds}, {disputes}");
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in [1, 2, 3, 4] {
        let trace = || run(seed, Level::All, Recording::Kept).trace;
        let (first, second) = (trace(), trace());
        assert!(first.len() > 100, "seed {seed} tells nothing");
        let differs = first.iter().zip(&second).find(|(a, b)| a != b);
        assert_eq!(differs, None, "seed {seed}");
        assert_eq!(first.len(), second.len(), "seed {seed}");
    }
}

#[test]
fn of_64_wishes_at_once_for_one_credit_one_is_accepted_and_the_provider_is_called_once() {
    for seed in 0..20 {
        on_virtual_time(async {
            let world = World::new(seed, Level::None, Recording::Off);
            process::boot(&world, 3);
            let user = people::user(1, PlanId::Free);
            people::open(&world, &user, SignedDuration::ZERO).await;
            leave_one_credit(&world, &user).await;
            world.begin();
            let timers = timers(&world);
            assert_eq!(people::rush(&world, &user, 64).await, 1, "seed {seed}");
            quiet(&world).await;
            timers.iter().for_each(JoinHandle::abort);
            assert_eq!(locked(&world.studio).predictions.len(), 1, "seed {seed}");
            let kept = locked(&world.store).get(user.id.as_str(), accounts::KIND);
            let account: Account = decode(&kept.expect("the account is there"));
            assert_eq!(account.wallet.available(world.now()), Credits::ZERO, "seed {seed}");
            assert_eq!(account.wallet.totals().used, 10, "seed {seed}");
            locked(&world.slots).clear();
        });
    }
}

async fn leave_one_credit(world: &Arc<World>, user: &User) {
    let services = services(world, &Process::new(99, SignedDuration::ZERO));
    let mut draft = Draft::open(&services, &user.id, None).await.expect("nothing goes wrong");
    let (job, nine): (GenerationId, _) =
        ("gen_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().expect("an id"), Credits::new(9));
    let reserved = draft.account.hold(&job, nine, &services.catalog, draft.now);
    let (hold, entry) = reserved.expect("there are ten");
    draft.enter([entry]);
    let entries = draft.account.wallet.close(&hold, nine, draft.now);
    draft.enter(entries);
    draft.commit(&services).await.expect("nothing goes wrong");
}

#[test]
fn the_stores_keep_the_contracts_of_their_ports() {
    on_virtual_time(async {
        let world = World::new(1, Level::None, Recording::Off);
        let process = Process::new(1, SignedDuration::ZERO);
        let caller = Caller { world, process };
        documents::conformance::run(&caller, "run").await;
        blobs::conformance::run(&caller, "run").await;
    });
}

#[test]
fn a_notice_that_the_till_did_not_sign_is_refused() {
    on_virtual_time(async {
        let world = World::new(4, Level::None, Recording::Off);
        let edge = Edge::new(services(&world, &Process::new(1, SignedDuration::ZERO)));
        let body = br#"{"id":"evt_1","kind":"invoice.paid","of":{"of":"customer","id":"cus_1"}}"#;
        assert_eq!(edge.notice("mine", body.to_vec()).await.status, 401);
        assert_eq!(world.bus.open(), 0);
    });
}

#[test]
fn a_webhook_with_a_ticket_that_we_did_not_issue_is_refused() {
    on_virtual_time(async {
        let world = World::new(1, Level::None, Recording::Off);
        let edge = Edge::new(services(&world, &Process::new(1, SignedDuration::ZERO)));
        let body = br#"["prediction1",{"state":"filtered"}]"#.to_vec();
        let path = "/api/webhooks/replicate/usr_1.gen_1.0.AAAA";
        assert_eq!(edge.webhook(path, "msg_1", body).await.status, 404);
        assert_eq!(world.bus.open(), 0);
    });
}
