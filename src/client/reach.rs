//! Which addresses a request may go to whose target somebody else has a say in (server-side request forgery).
//!
//! A name is resolved once, by us, and the connection goes to what we have looked at: nobody can answer differently the
//! second time. Names and literal addresses are judged alike.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Where a request may go.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reach {
    /// Whether the public internet is among it.
    pub public: bool,
    /// What may be reached besides, although it is not public.
    pub networks: Vec<IpNet>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{host} is at {address}, which is not to be reached: {why}")]
pub struct Refused {
    host: String,
    address: IpAddr,
    why: &'static str,
}

impl Reach {
    /// Looks at an address that is written out: no name of it is ever resolved.
    pub fn check(&self, url: &Url) -> Result<(), Refused> {
        match url.host() {
            Some(Host::Ipv4(ip)) => self.judge(&ip.to_string(), ip.into()),
            Some(Host::Ipv6(ip)) => self.judge(&ip.to_string(), ip.into()),
            Some(Host::Domain(_)) | None => Ok(()),
        }
    }

    fn judge(&self, host: &str, address: IpAddr) -> Result<(), Refused> {
        // An IPv4 address in the clothes of IPv6 leads where the IPv4 address leads.
        let canonical = address.to_canonical();
        let why = match (self.networks.iter().any(|network| network.contains(&canonical)), self.public) {
            (true, _) => return Ok(()),
            (false, true) if is_public(canonical) => return Ok(()),
            (false, true) => "it is not public, and in no network that is allowed",
            (false, false) => "without TLS only networks that are allowed are reached",
        };
        Err(Refused { host: host.to_owned(), address, why })
    }
}

/// A client's way to names.
pub(super) struct Resolver(pub Arc<Reach>);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let (good, bad): (Vec<_>, Vec<_>) = found
                .into_iter()
                .map(|it| (it, reach.judge(name.as_str(), it.ip())))
                .partition(|(_, it)| it.is_ok());
            if good.is_empty() {
                let refused = bad.into_iter().find_map(|(_, judged)| judged.err());
                let none = || io::Error::new(io::ErrorKind::NotFound, "the name has no address").into();
                return Err(refused.map_or_else(none, Into::into));
            }
            Ok(Box::new(good.into_iter().map(|(address, _)| address)) as Addrs)
        })
    }
}

/// Whether an address belongs to the internet: not to a host, a network, a documentation or a protocol of its own (the
/// registries of special-purpose addresses, RFC 6890 and what followed).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    // This host, private, loopback, multicast and what is reserved; link-local with the clouds' metadata; private; a
    // carrier's own; benchmarks.
    let own = matches!(a, 0 | 10 | 127 | 224..)
        || matches!((a, b), (100, 64..=127) | (169, 254) | (172, 16..=31) | (192, 168) | (198, 18..=19));
    // Protocol assignments, documentation, the old relays of 6to4.
    let assigned = matches!((a, b, c), (192, 0, 0 | 2) | (192, 88, 99) | (198, 51, 100) | (203, 0, 113));
    !own && !assigned
}

/// Only what is given out to be reached by everybody, `2000::/3`: loopback, link-local, unique local, mapped, NAT64 and
/// multicast addresses lie outside of it. Ways into IPv4 within it are left out too.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    let special = match (first, second) {
        // Protocol assignments, with Teredo; documentation; 6to4; documentation.
        (0x2001, 0..=0x01ff | 0x0db8) | (0x2002, _) | (0x3fff, 0..=0x0fff) => true,
        _ => false,
    };
    first & 0xe000 == 0x2000 && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(public: bool, networks: &[&str]) -> Reach {
        Reach { public, networks: networks.iter().map(|text| text.parse().unwrap()).collect() }
    }

    fn check(reach: &Reach, host: &str) -> bool {
        let url = Url::parse(&format!("https://{host}/")).unwrap();
        reach.check(&url).is_ok()
    }

    #[test]
    fn only_the_internet_is_reached_by_itself() {
        let public = reach(true, &[]);
        for host in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "[::]",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:10.0.0.1]",
            "[::ffff:a9fe:a9fe]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b:1::1]",
            "[100::1]",
            "[2001::1]",
            "[2001:db8::1]",
            "[2002:7f00:1::]",
            "[3fff::1]",
            "[5f00::1]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[fe80::1]",
            "[fec0::1]",
            "[ff02::1]",
        ] {
            assert!(!check(&public, host), "{host}");
        }
        for host in [
            "1.1.1.1",
            "172.15.0.1",
            "172.32.0.1",
            "100.128.0.1",
            "198.20.0.1",
            "[2606:4700::1111]",
            "[::ffff:1.1.1.1]",
        ] {
            assert!(check(&public, host), "{host}");
        }
    }

    #[test]
    fn a_network_that_is_allowed_is_reached_in_either_notation_and_no_other() {
        let own = reach(false, &["10.1.0.0/16", "fd00::/8"]);
        for host in ["10.1.2.3", "[::ffff:10.1.2.3]", "[fd12::1]"] {
            assert!(check(&own, host), "{host}");
        }
        for host in ["10.2.0.1", "127.0.0.1", "1.1.1.1", "[2606:4700::1111]"] {
            assert!(!check(&own, host), "{host}");
        }
    }
}
