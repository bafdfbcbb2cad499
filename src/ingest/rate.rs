//! Limits on how often: requests of a source, and records of what failed.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
};

use crate::config;

/// Addresses that are remembered before those that are no longer limited are forgotten.
const ADDRESSES_MAX: usize = 10_000;

/// Callbacks of each source. A limiter only where one is set.
pub struct Rates {
    per_source: Option<DefaultKeyedRateLimiter<Arc<str>>>,
}

impl Rates {
    pub fn new(settings: &config::Ingest) -> Self {
        let quota = settings.rate_per_source.and_then(NonZeroU32::new).map(Quota::per_second);
        Self { per_source: quota.map(RateLimiter::keyed) }
    }

    /// `Err` holds how long to wait.
    pub fn check(&self, source: &Arc<str>) -> Result<(), Duration> {
        let Some(limiter) = &self.per_source else { return Ok(()) };
        limiter.check_key(source).map_err(|not| not.wait_time_from(DefaultClock::default().now()))
    }
}

/// How many rejected requests are recorded; beyond it they are only counted.
pub struct RejectRates {
    per_source: DefaultKeyedRateLimiter<Arc<str>>,
    per_address: DefaultKeyedRateLimiter<IpAddr>,
}

impl RejectRates {
    pub fn new(settings: &config::Rejects) -> Self {
        let per_minute = |n: u32| Quota::per_minute(NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN));
        Self {
            per_source: RateLimiter::keyed(per_minute(settings.per_source_per_minute)),
            per_address: RateLimiter::keyed(per_minute(settings.per_address_per_minute)),
        }
    }

    /// The address is asked first: one that floods must not use up its source's share.
    pub fn admits(&self, source: &Arc<str>, address: IpAddr) -> bool {
        if self.per_address.len() > ADDRESSES_MAX {
            self.per_address.retain_recent();
        }
        self.per_address.check_key(&address).is_ok() && self.per_source.check_key(source).is_ok()
    }
}
