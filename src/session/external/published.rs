//! Which of an issuer's published keys a token may be verified with.

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm},
};

use super::{Error, Key};
use crate::jwks::{Jwks, Keys};

/// 2048 bits, in base64url: a shorter RSA key is not accepted, as RFC 7518 says.
const RSA_MODULUS_TEXT_MIN: usize = 341;

/// The key of that name; without a name, the only key there is.
pub(super) async fn find(keys: &Jwks<Key>, id: Option<&str>) -> Result<Key, Error> {
    let away = |error: crate::jwks::Unavailable| Error::Keys(error.to_string());
    let known = keys.keys().await.map_err(away)?;
    if let Some(key) = named(&known, id) {
        return Ok(key);
    }
    let newer = keys.newer(&known).await.map_err(away)?;
    named(&newer, id).ok_or_else(|| Error::Refused("it names no key that the issuer publishes".to_owned()))
}

fn named(keys: &Keys<Key>, id: Option<&str>) -> Option<Key> {
    let found = match (id, &**keys) {
        (None, [only]) => Some(only),
        (None, _) => None,
        (Some(id), keys) => keys.iter().find(|named| named.id.as_deref() == Some(id)),
    };
    found.map(|named| named.key.clone())
}

/// The key with the one algorithm of its kind, unless it states another. Never a symmetric one.
pub fn usable(jwk: &Jwk) -> Option<Key> {
    let (algorithm, name) = match &jwk.algorithm {
        AlgorithmParameters::RSA(key) if key.n.len() >= RSA_MODULUS_TEXT_MIN => {
            (Algorithm::RS256, KeyAlgorithm::RS256)
        }
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
        }
        _ => return None,
    };
    if jwk.common.key_algorithm.is_some_and(|stated| stated != name) {
        return None;
    }
    Some(Key { algorithm, verifies: DecodingKey::from_jwk(jwk).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_that_sign_with_their_own_algorithm_are_used() {
        let n = "Q".repeat(342);
        let algorithm =
            |jwk: serde_json::Value| usable(&serde_json::from_value(jwk).ok()?).map(|key| key.algorithm);
        let used = [
            (serde_json::json!({"kty": "RSA", "n": n, "e": "AQAB"}), Algorithm::RS256),
            (
                serde_json::json!({"kty": "RSA", "alg": "RS256", "use": "sig", "n": n, "e": "AQAB"}),
                Algorithm::RS256,
            ),
            (
                serde_json::json!({"kty": "EC", "crv": "P-256",
                    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}),
                Algorithm::ES256,
            ),
            (
                serde_json::json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}),
                Algorithm::EdDSA,
            ),
        ];
        for (jwk, expected) in used {
            assert_eq!(algorithm(jwk.clone()), Some(expected), "{jwk}");
        }
        for jwk in [
            serde_json::json!({"kty": "RSA", "n": "Q".repeat(171), "e": "AQAB"}),
            serde_json::json!({"kty": "RSA", "alg": "PS512", "n": n, "e": "AQAB"}),
            serde_json::json!({"kty": "oct", "alg": "HS256", "k": "c2VjcmV0"}),
            serde_json::json!({"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"}),
        ] {
            assert_eq!(algorithm(jwk.clone()), None, "{jwk}");
        }
    }
}
