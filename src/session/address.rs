//! Where a request comes from.
//!
//! The socket says so; `X-Forwarded-For` is anybody's text and counts only as far as configured proxies vouch for it.
//! It is read from the right: each proxy appends the peer that it saw, so the first address that is not one of ours is
//! the last one that somebody trustworthy has seen.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRef, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use ipnet::IpNet;

use super::Sessions;
use crate::problem::Problem;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The client's address, IPv4 also where the socket is IPv6. Needs the server to offer `ConnectInfo<SocketAddr>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl<S> FromRequestParts<S> for ClientAddress
where
    S: Send + Sync,
    Sessions: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let socket = socket(parts)?;
        Ok(Self(Sessions::from_ref(state).client_address(socket, &parts.headers)))
    }
}

/// Whether the request was made on this very machine, by nobody in between: what a one-time link asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct OnThisMachine(pub bool);

impl<S: Send + Sync> FromRequestParts<S> for OnThisMachine {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // A proxy here makes the whole world look local, so whatever was forwarded is not.
        let forwarded = [FORWARDED_FOR, "forwarded", "x-real-ip", "via"];
        let direct = !forwarded.iter().any(|name| parts.headers.contains_key(*name));
        Ok(Self(direct && socket(parts)?.is_loopback()))
    }
}

fn socket(parts: &Parts) -> Result<IpAddr, Problem> {
    let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let address = info.map(|info| info.0.ip().to_canonical());
    address.ok_or_else(|| Problem::internal("the server does not tell its clients' addresses"))
}

/// The rule, apart from HTTP.
pub fn resolve(socket: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut client = socket.to_canonical();
    let hops: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or("unreadable").split(','))
        .collect();
    for hop in hops.into_iter().rev() {
        if !trusted.iter().any(|network| network.contains(&client)) {
            break;
        }
        let Some(address) = parse(hop.trim()) else { break };
        client = address;
    }
    client
}

/// Some proxies write the port as well.
fn parse(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

/// What a limit is counted by: a household has one IPv4 address but 2^64 IPv6 ones.
pub fn neighbourhood(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forwarded_addresses_count_only_as_far_as_trusted_proxies_vouch() {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "fd00::/8"].map(|net| net.parse().unwrap()).into();
        let cases: &[(&str, &[&str], &str)] = &[
            ("203.0.113.9", &[], "203.0.113.9"),
            ("203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["192.0.2.66, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["192.0.2.66, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            ("10.0.0.1", &["192.0.2.66", "198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["192.0.2.66, nonsense"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("10.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1"),
            ("::ffff:10.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
            ("fd00::1", &["2001:db8::7"], "2001:db8::7"),
            ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ];
        for (socket, forwarded, expected) in cases {
            let headers: HeaderMap = forwarded
                .iter()
                .map(|value| (FORWARDED_FOR.parse().unwrap(), value.parse().unwrap()))
                .collect();
            let client = resolve(socket.parse().unwrap(), &headers, &trusted);
            assert_eq!(client, expected.parse::<IpAddr>().unwrap(), "{socket} {forwarded:?}");
        }
    }

    #[test]
    fn one_household_is_one_client() {
        let of = |text: &str| neighbourhood(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }
}
