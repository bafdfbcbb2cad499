//! How many connections may be open, in all and of one address: idle sockets must not use up what all others need.
//!
//! Whoever finds no place is answered 503 and closed at once, before anything is read. A connection of a trusted proxy
//! counts only among all of them: behind it is everybody.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use ipnet::IpNet;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::{config, session::neighbourhood};

/// Open files beside client connections: the database's, PostgreSQL's notifications, an outgoing replay, logs. Fewer
/// connections are taken where the system allows fewer files.
const OTHER_FILES: usize = 128;

/// A cheap handle.
#[derive(Clone, Debug)]
pub struct Places(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    max: usize,
    per_address_max: usize,
    trusted_proxies: Vec<IpNet>,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    /// Not those of trusted proxies.
    of_address: HashMap<IpAddr, usize>,
}

/// A connection's place, given back when dropped.
#[derive(Debug)]
pub struct Place {
    places: Places,
    address: Option<IpAddr>,
}

/// Why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    Server,
    Address,
}

impl Full {
    /// The setting that says how many there are.
    pub fn setting(self) -> &'static str {
        match self {
            Self::Server => "connections_max",
            Self::Address => "connections_per_address_max",
        }
    }
}

impl Places {
    /// As configured, or as many as this process may have open files, whichever is less.
    pub fn new(limits: &config::Connections, trusted_proxies: &[IpNet]) -> Self {
        let max = limits.max.min(open_files().saturating_sub(OTHER_FILES).max(1));
        Self(Arc::new(Shared {
            max,
            per_address_max: limits.per_address_max,
            trusted_proxies: trusted_proxies.to_vec(),
            taken: Mutex::default(),
        }))
    }

    pub fn say_if_fewer(&self, connections_max: usize) {
        if self.0.max < connections_max {
            tracing::warn!(
                connections_max,
                taken_at_most = self.0.max,
                "this process may not have as many files open as connections_max asks for: raise its limit (ulimit -n, \
                 LimitNOFILE)"
            );
        }
    }

    pub fn take(&self, from: IpAddr) -> Result<Place, Full> {
        let from = from.to_canonical();
        let is_proxy = self.0.trusted_proxies.iter().any(|network| network.contains(&from));
        let address = (!is_proxy).then(|| neighbourhood(from));
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.all >= self.0.max {
            return Err(Full::Server);
        }
        if let Some(address) = address {
            let count = taken.of_address.get(&address).copied().unwrap_or_default();
            if count >= self.0.per_address_max {
                return Err(Full::Address);
            }
            taken.of_address.insert(address, count + 1);
        }
        taken.all += 1;
        Ok(Place { places: self.clone(), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        let Some(address) = self.address else { return };
        if let Some(count) = taken.of_address.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                taken.of_address.remove(&address);
            }
        }
    }
}

/// How many files this process may have open, once it has asked for as many as it may. Most systems start a process with
/// 1,024 and allow far more.
fn open_files() -> usize {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return usize::MAX };
    let raised = soft < hard && setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok();
    usize::try_from(if raised { hard } else { soft }).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(max: usize, per_address_max: usize) -> Places {
        let limits = config::Connections { max, per_address_max };
        Places::new(&limits, &["10.0.0.0/8".parse().expect("a network")])
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn one_address_takes_only_its_share_and_gives_it_back() {
        let places = places(10, 2);
        let here = address("192.0.2.1");
        let (first, second) = (places.take(here).expect("room"), places.take(here).expect("room"));
        assert_eq!(places.take(here).unwrap_err(), Full::Address);
        assert_eq!(places.take(address("::ffff:192.0.2.1")).unwrap_err(), Full::Address);
        let other = places.take(address("192.0.2.2")).expect("others have their own");
        drop(first);
        let again = places.take(here).expect("a place has become free");
        drop((second, again, other));
        let taken = places.0.taken.lock().expect("nobody panicked");
        assert_eq!((taken.all, taken.of_address.len()), (0, 0), "nothing is remembered of who has left");
    }

    #[test]
    fn a_trusted_proxy_counts_only_among_all() {
        let places = places(4, 1);
        let proxy: Vec<_> =
            (0..3).map(|_| places.take(address("10.0.0.1")).expect("everybody comes through it")).collect();
        let direct = places.take(address("192.0.2.1")).expect("room");
        assert_eq!(places.take(address("10.0.0.1")).unwrap_err(), Full::Server);
        drop((proxy, direct));
    }

    #[test]
    fn a_household_is_one_address() {
        let places = places(4, 1);
        let _first = places.take(address("2001:db8:1:2::1")).expect("room");
        assert_eq!(places.take(address("2001:db8:1:2::2")).unwrap_err(), Full::Address);
        assert!(places.take(address("2001:db8:1:3::1")).is_ok());
    }
}
