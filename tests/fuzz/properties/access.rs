//! What opens a door: cookies, tokens of ours and of others, addresses, sealed secrets.

use std::net::IpAddr;
use std::sync::OnceLock;

use callbackd::config::{External, ExternalKey, SealKey};
use callbackd::parsers::{Issuer, Sealed, Vault, bearer, client_address, cookie, hash_of, published_keys};
use futures_util::FutureExt as _;
use ipnet::IpNet;
use secrecy::{ExposeSecret as _, SecretString};
use uuid::Uuid;

use super::request;

pub fn only_what_can_be_a_token_is_looked_up(bytes: &[u8]) {
    let (headers, _) = request(bytes);
    let shown = [("", cookie(&headers)), ("cbd_", bearer(&headers))];
    for (prefix, text) in shown {
        let Some(text) = text else { continue };
        let is_token = text.strip_prefix(prefix).is_some_and(|random| {
            random.len() == 43 && random.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        });
        assert_eq!(hash_of(prefix, text).is_some(), is_token, "{text:?}");
    }
}

/// A JWT of an issuer, or the keys that it publishes.
pub fn no_foreign_token_proves_anything(bytes: &[u8]) {
    static ISSUER: OnceLock<Issuer> = OnceLock::new();
    let issuer = ISSUER.get_or_init(|| {
        let key = ExternalKey::Hs256(SecretString::from("a-secret-that-nobody-can-guess-from-here"));
        let external = External {
            issuer: "https://issuer.example".to_owned(),
            audience: "authenticated".to_owned(),
            key,
        };
        Issuer::new(&external).expect("an issuer")
    });
    let token = SecretString::from(String::from_utf8_lossy(bytes).into_owned());
    let verified = issuer.verify(&token).now_or_never().expect("a shared secret is not waited for");
    let why = verified.expect_err("nobody else has the secret").to_string();
    let text = token.expose_secret();
    // Our own words have no full stop in them, so that they are not taken for a token that was quoted.
    let has_parts = text.len() >= 40 && text.contains('.');
    assert!(!has_parts || !why.contains(text), "a refusal does not quote the token");

    assert!(published_keys(bytes) <= 64);
}

/// The socket's address on the first line, the header on each other one.
pub fn only_trusted_proxies_are_believed(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    let Some(Ok(socket)) = lines.next().map(str::parse::<IpAddr>) else { return };
    let forwarded: Vec<&str> = lines.take(20).collect();
    let headers = forwarded.iter().filter_map(|line| {
        let value = axum::http::HeaderValue::from_str(line).ok()?;
        Some((axum::http::HeaderName::from_static("x-forwarded-for"), value))
    });
    let headers = headers.collect();
    let trusted: [IpNet; 2] = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().expect("a network"));
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));

    assert_eq!(client_address(socket, &headers, &[]), socket.to_canonical(), "nobody is believed");
    let client = client_address(socket, &headers, &trusted);
    if !is_trusted(&socket.to_canonical()) {
        assert_eq!(client, socket.to_canonical(), "a stranger is not believed");
    }
}

/// 12 bytes of a nonce, and what was sealed; the same bytes are also a secret to be sealed.
pub fn what_was_changed_does_not_open(bytes: &[u8]) {
    static VAULT: OnceLock<Vault> = OnceLock::new();
    let vault = VAULT.get_or_init(|| Vault::new(&[SealKey::from([9; 32])]));
    let (id, source) = (Uuid::nil(), "openai");
    let secret = SecretString::from(String::from_utf8_lossy(bytes).into_owned());
    let sealed = vault.seal(source, id, &secret).expect("it is not too long");
    let opened = vault.open(source, id, &sealed).expect("what was sealed opens");
    assert_eq!(opened.expose_secret(), secret.expose_secret());
    assert!(vault.open("stripe", id, &sealed).is_err(), "another source's");

    let place = usize::from(bytes.first().copied().unwrap_or_default()) % sealed.bytes.len();
    let mut changed = sealed.clone();
    changed.bytes[place] ^= 1;
    assert!(vault.open(source, id, &changed).is_err(), "a bit was changed");
    let (nonce, rest) = bytes.split_at(bytes.len().min(12));
    let foreign = Sealed { key_id: sealed.key_id, nonce: nonce.to_vec(), bytes: rest.to_vec() };
    assert!(vault.open(source, id, &foreign).is_err(), "nobody else has the key");
}
