//! What will be done, drawn from a seed: the same seed makes the same faults, in the same order, with the same whims.
//!
//! What it cannot repeat is how the machine interleaves them; a failure comes again often, not always.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use crate::fault::Fault;
use crate::stage::{Replication, Setting};

/// One stage and everything that happens on it.
pub struct Plan {
    pub setting: Setting,
    pub seed: u64,
    pub crowd: Crowd,
    pub acts: Vec<Act>,
    /// Said to PostgreSQL before anybody acts: how a test breaks a promise.
    pub sabotage: Option<Sabotage>,
    /// How long readers may take to reach the end.
    pub settle: Duration,
}

/// How many act.
#[derive(Clone, Copy)]
pub struct Crowd {
    pub senders: usize,
    /// Between two callbacks of one sender, on average.
    pub interval: Duration,
    pub clients: u32,
    pub pollers: u32,
}

/// Faults that come together, and the quiet after them.
#[derive(Clone)]
pub struct Act {
    pub faults: Vec<Fault>,
    pub hold: Duration,
    pub pause: Duration,
}

/// A change of the procedure that stores, or of the schema.
#[derive(Clone, Copy)]
pub struct Sabotage {
    /// What is replaced in the procedure, which must be there.
    pub replace: &'static [(&'static str, &'static str)],
    /// What else is done to the database, statement by statement.
    pub sql: &'static [&'static str],
}

pub const CROWD: Crowd = Crowd { senders: 6, interval: Duration::from_millis(120), clients: 12, pollers: 2 };

impl Act {
    fn outage(fault: Fault, hold: Duration) -> Self {
        Self { faults: vec![fault], hold, pause: Duration::from_secs(2) }
    }

    pub fn quiet(pause: Duration) -> Self {
        Self { faults: Vec::new(), hold: Duration::ZERO, pause }
    }
}

impl Plan {
    fn new(name: &'static str, seed: u64, acts: Vec<Act>) -> Self {
        let setting = Setting {
            name,
            nodes: 3,
            replication: Replication::None,
            poll_interval: "5s",
            disk_mb: None,
            spools: false,
        };
        Self { setting, seed, crowd: CROWD, acts, sabotage: None, settle: Duration::from_mins(1) }
    }

    /// For `make test`: two nodes with spools, an outage, and a few faults that the seed chooses.
    pub fn short(seed: u64) -> Self {
        let mut plan = Self::mixed(seed, Duration::from_secs(8));
        let outage = StdRng::seed_from_u64(seed).random_range(0..Fault::OUTAGES.len());
        plan.acts.insert(0, Act::outage(Fault::OUTAGES[outage], Duration::from_secs(4)));
        plan.setting.name = "short";
        plan.setting.spools = true;
        plan.setting.nodes = 2;
        plan.crowd = Crowd { senders: 4, clients: 6, pollers: 1, ..CROWD };
        plan
    }

    /// Every common fault by itself.
    pub fn alone(seed: u64) -> Self {
        let act =
            |fault| Act { faults: vec![fault], hold: Duration::from_secs(5), pause: Duration::from_secs(4) };
        Self::new("alone", seed, Fault::COMMON.map(act).into())
    }

    /// One, two or three common faults at once, again and again.
    pub fn mixed(seed: u64, whole: Duration) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let (mut acts, mut length) = (Vec::new(), Duration::ZERO);
        while length < whole {
            let count = rng.random_range(1..=3);
            let act = Act {
                faults: Fault::COMMON.sample(&mut rng, count).copied().collect(),
                hold: Duration::from_millis(rng.random_range(500..5_000)),
                pause: Duration::from_millis(rng.random_range(200..4_000)),
            };
            length += act.hold + act.pause;
            acts.push(act);
        }
        let mut plan = Self::new("mixed", seed, acts);
        // With and without.
        plan.setting.spools = seed % 2 == 1;
        plan
    }

    /// The primary dies, twice, with a standby that has everything that was acknowledged.
    pub fn failover(seed: u64) -> Self {
        let faults = [Fault::FailOver, Fault::StandbyAway, Fault::FailOverToOneAway];
        let mut plan = Self::fateful("failover", seed, &faults);
        plan.setting.replication = Replication::Synchronous;
        plan
    }

    /// The primary dies, with a standby that was cut off before.
    pub fn lossy_failover(seed: u64) -> Self {
        let mut plan = Self::fateful("lossy-failover", seed, &[Fault::FailOverWithLoss]);
        plan.setting.replication = Replication::Asynchronous;
        plan
    }

    /// Back to a backup, and once more.
    pub fn restore(seed: u64) -> Self {
        Self::fateful("restore", seed, &[Fault::Restored, Fault::Restored])
    }

    pub fn disk_full(seed: u64) -> Self {
        let mut plan = Self::fateful("disk-full", seed, &[Fault::DiskFull, Fault::DiskFull]);
        plan.setting.disk_mb = Some(256);
        plan
    }

    /// The database is away for longer than a sender has patience, in every way there is; nodes have spools.
    pub fn outage(seed: u64, hold: Duration) -> Self {
        let mut acts = vec![Act::quiet(Duration::from_secs(2))];
        acts.extend(Fault::OUTAGES.map(|fault| Act::outage(fault, hold)));
        let mut plan = Self::new("outage", seed, acts);
        plan.setting.spools = true;
        plan
    }

    fn fateful(name: &'static str, seed: u64, faults: &[Fault]) -> Self {
        let act = |fault: &Fault| Act {
            faults: vec![*fault],
            hold: Duration::from_secs(6),
            pause: Duration::from_secs(8),
        };
        let quiet = Act::quiet(Duration::from_secs(2));
        Self::new(name, seed, [quiet].into_iter().chain(faults.iter().map(act)).collect())
    }

    /// How long faults and pauses take together, at the least.
    pub fn length(&self) -> Duration {
        self.acts.iter().map(|act| act.hold + act.pause).sum()
    }
}
