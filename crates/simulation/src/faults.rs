//! What goes wrong, and how often: drawn once a run, so that some runs are calm and some are hell.

use std::time::Duration;

use crate::random::Random;

/// How much goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Level {
    /// Nothing but delays and chance.
    None,
    /// A little of everything.
    Some,
    /// From calm to hellish, by seed.
    All,
}

/// Whom a call goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Port {
    Documents,
    Blobs,
    Queue,
    Provider,
    Moderation,
    Imaging,
    Realtime,
    Payments,
}

/// A kind of trouble, for the tally.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Nothing was done and the caller is told so.
    Before,
    /// It was done, but the caller is told that it was not.
    After,
    /// The caller is told that it was not done; then it is.
    Late,
    /// The adapter got no answer and did it again: the second answer counts.
    Repeated,
    /// Up to half a minute.
    Slow,
    /// The other side was down.
    Outage,
    /// The process was killed in the middle of a call.
    KilledInCall,
    /// The process was killed at a moment of chance.
    Killed,
    LockLost,
    WebhookLost,
    WebhookDoubled,
    WebhookLate,
    Throttled,
}

/// Chances in ten thousand calls.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rates {
    pub(crate) before: u32,
    pub(crate) after: u32,
    pub(crate) late: u32,
    pub(crate) repeated: u32,
    pub(crate) slow: u32,
    pub(crate) killed_in_call: u32,
    pub(crate) lock_lost: u32,
    pub(crate) webhook_lost: u32,
    pub(crate) webhook_doubled: u32,
    pub(crate) webhook_late: u32,
    pub(crate) throttled: u32,
}

#[derive(Debug)]
struct Outage {
    port: Port,
    from: Duration,
    until: Duration,
}

/// The faults of one run.
#[derive(Debug)]
pub(crate) struct Weather {
    pub(crate) rates: Rates,
    outages: Vec<Outage>,
    calm: bool,
    /// The mean time between kills, if there are any.
    pub(crate) kill_every: Option<Duration>,
    /// The most that the clock of a process is off.
    pub(crate) skew: Duration,
    /// From here on nothing goes wrong, so that "within its deadline" can be decided.
    pub(crate) ends_at: Duration,
    /// Whether the queue drops what it saw ten minutes ago.
    pub(crate) detects_duplicates: bool,
    /// Whether the store gives bodies back with their keys in another order.
    pub(crate) rewrites_bodies: bool,
}

/// What happens to one call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fate {
    pub(crate) before: Duration,
    pub(crate) after: Duration,
    pub(crate) fault: Option<Fault>,
}

impl Weather {
    /// `months`: how long things go wrong in a run of which months are seen.
    pub(crate) fn draw(seed: u64, level: Level, months: Option<Duration>) -> Self {
        let mut random = Random::new(seed, "weather");
        // Of ten thousand calls; each kind of fault is drawn on its own, so that runs differ in character too.
        let intensity = match level {
            Level::None => 0,
            Level::Some => 30,
            Level::All => *random.pick(&[0, 10, 30, 100, 300, 800]),
        };
        let mut rate = |share: u64| {
            let most = intensity * share / 100;
            u32::try_from(random.between(0, most)).expect("a rate is small")
        };
        let rates = Rates {
            before: rate(100),
            after: rate(100),
            late: rate(50),
            repeated: rate(100),
            slow: rate(100),
            killed_in_call: rate(20),
            lock_lost: rate(200),
            webhook_lost: rate(600),
            webhook_doubled: rate(600),
            webhook_late: rate(300),
            throttled: rate(300),
        };
        let evening = Duration::from_secs(60 * random.between(10, 40));
        let ends_at = months.unwrap_or(evening);
        let mut outages = Vec::new();
        // In a run of months they come as it goes on.
        if intensity > 0 && months.is_none() {
            for (port, most_seconds) in
                [(Port::Documents, 60), (Port::Provider, 600), (Port::Moderation, 600)]
            {
                if random.chance(3000) {
                    let from = Duration::from_secs(random.below(ends_at.as_secs()));
                    let lasts = Duration::from_secs(random.between(5, most_seconds));
                    outages.push(Outage { port, from, until: (from + lasts).min(ends_at) });
                }
            }
        }
        let kills = intensity > 0 && random.chance(6000);
        let kill_every = kills.then(|| Duration::from_secs(random.between(3, 300)));
        let skewed = intensity > 0 && random.chance(6000);
        Self {
            rates,
            outages,
            calm: intensity == 0,
            kill_every,
            skew: Duration::from_millis(if skewed { random.between(1, 2000) } else { 0 }),
            ends_at,
            detects_duplicates: random.chance(8000),
            rewrites_bodies: random.chance(1000),
        }
    }

    /// Whether nothing goes wrong at all in this run.
    pub(crate) fn is_calm(&self) -> bool {
        self.calm
    }

    /// What happens to a call that begins at `now`.
    pub(crate) fn fate(&self, random: &mut Random, port: Port, now: Duration) -> Fate {
        let usual = match port {
            Port::Documents => 15,
            Port::Realtime | Port::Queue => 20,
            Port::Blobs | Port::Imaging => 60,
            Port::Moderation => 200,
            Port::Payments => 300,
            Port::Provider => 600,
        };
        let mut time = |most| Duration::from_millis(random.between(0, most));
        let mut fate = Fate { before: time(usual), after: time(usual), fault: None };
        if now >= self.ends_at {
            return fate;
        }
        if self.outages.iter().any(|o| o.port == port && (o.from..o.until).contains(&now)) {
            fate.fault = Some(Fault::Outage);
            return fate;
        }
        let rates = &self.rates;
        let kinds = [
            (Fault::Before, rates.before),
            (Fault::After, rates.after),
            (Fault::Late, rates.late),
            (Fault::Repeated, rates.repeated),
            (Fault::Slow, rates.slow),
            (Fault::KilledInCall, rates.killed_in_call),
        ];
        let mut dice = u32::try_from(random.below(10_000)).expect("below ten thousand");
        for (fault, rate) in kinds {
            if dice < rate {
                fate.fault = Some(fault);
                break;
            }
            dice -= rate;
        }
        if fate.fault == Some(Fault::Slow) {
            let long = Duration::from_millis(random.between(1000, 30_000));
            *(if random.chance(5000) { &mut fate.before } else { &mut fate.after }) = long;
        }
        fate
    }
}

impl Fault {
    pub const ALL: [Self; 13] = [
        Self::Before,
        Self::After,
        Self::Late,
        Self::Repeated,
        Self::Slow,
        Self::Outage,
        Self::KilledInCall,
        Self::Killed,
        Self::LockLost,
        Self::WebhookLost,
        Self::WebhookDoubled,
        Self::WebhookLate,
        Self::Throttled,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Before => "failed before",
            Self::After => "failed after",
            Self::Late => "failed, then done",
            Self::Repeated => "repeated",
            Self::Slow => "slow",
            Self::Outage => "outage",
            Self::KilledInCall => "killed in a call",
            Self::Killed => "killed",
            Self::LockLost => "lock lost",
            Self::WebhookLost => "webhook lost",
            Self::WebhookDoubled => "webhook doubled",
            Self::WebhookLate => "webhook late",
            Self::Throttled => "throttled",
        }
    }
}
