//! Requests that callbackd makes itself: which authorities it trusts, and where it may be led.

mod reach;

use std::{error::Error as _, sync::Arc};

use url::{Host, Url};

pub use self::reach::{Reach, Refused};

/// Why no client can be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    #[error("the HTTP client cannot be made")]
    Client(#[from] reqwest::Error),
}

/// For one server. No proxy is asked for the way to this machine.
pub fn builder_for(url: &Url) -> Result<reqwest::ClientBuilder, Error> {
    let builder = builder()?;
    Ok(if is_this_machine(url) { builder.no_proxy() } else { builder })
}

/// Trusts the system's authorities and follows no redirect: an address is somebody's choice and leads nowhere else.
pub fn builder() -> Result<reqwest::ClientBuilder, Error> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(reqwest::Client::builder().tls_backend_preconfigured(tls).redirect(reqwest::redirect::Policy::none()))
}

/// Goes nowhere but within `reach`, whatever names resolve to; a proxy of the environment would go elsewhere. What is
/// written out as an address must be looked at with [`Reach::check`] before.
pub fn builder_within(reach: &Reach) -> Result<reqwest::ClientBuilder, Error> {
    let resolver = reach::Resolver(Arc::new(reach.clone()));
    Ok(builder()?.no_proxy().dns_resolver(Arc::new(resolver)))
}

/// Whether it failed because it would have left its reach.
pub fn refused(error: &reqwest::Error) -> Option<&Refused> {
    let mut cause = error.source();
    while let Some(found) = cause {
        if let Some(refused) = found.downcast_ref() {
            return Some(refused);
        }
        cause = found.source();
    }
    None
}

/// The innermost cause, which says what happened; what is around it only repeats the address.
pub fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
