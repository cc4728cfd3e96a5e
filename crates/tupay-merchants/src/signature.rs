//! The signatures of TuPay's payment API: lower-case hex HMAC-SHA256, keyed
//! with the merchant's API signature.
//!
//! Sources: docs.tupayonline.com, "Signature Authorization and Calculation"
//! (deposits) and "Authentication and Signature Calculation" (cashouts).

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// The value of `Payload-Signature` for a call of the Cashout API: the
/// signature of the exact bytes of the body, which may be empty.
#[must_use]
pub fn payload_signature(api_signature: &SecretString, body: &[u8]) -> String {
    sign(api_signature, &[body])
}

/// The signature in `Authorization` for a call of the Deposit API: of `X-Date`,
/// `X-Login` and the body, which is empty for a GET, one after the other.
///
/// `Authorization` then is the brand's prefix (`TUPAY`, or `D24` for
/// Directa24), a space, and this.
#[must_use]
pub fn deposit_signature(
    api_signature: &SecretString,
    x_date: &str,
    x_login: &str,
    body: &[u8],
) -> String {
    sign(
        api_signature,
        &[x_date.as_bytes(), x_login.as_bytes(), body],
    )
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
fn sign(key: &SecretString, parts: &[&[u8]]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes())
        .expect("HMAC takes keys of every length");
    for part in parts {
        mac.update(part);
    }
    hex::encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SecretString {
        "api_signature_example".into()
    }

    #[test]
    fn cashout_bodies_are_signed_as_in_the_reference() {
        assert_eq!(
            payload_signature(&key(), b""),
            "04ca6a455a4719bd4e01159f2d901d1ce22d0639a73266b1109435ad836854eb"
        );
        let body = br#"{"login":"cashout_login","pass":"cashout_pass","cashout_id":11954}"#;
        assert_eq!(
            payload_signature(&key(), body),
            "09f1e4df922045d4aef7ab0cda27fda1ad9c5753e245373bddfecfad53b125e7"
        );
    }

    #[test]
    fn deposit_calls_are_signed_as_in_the_reference() {
        assert_eq!(
            deposit_signature(&key(), "2020-06-21T12:33:20Z", "xlogin", b""),
            "c51872ab2bd58e97a7505860df3874ea9a859674accf2fee9952a22d13419115"
        );
    }
}
