//! Who sent this webhook, and when.
//!
//! `Stripe-Signature: t=<Unix time>,v1=<hex>[,v1=<hex>…]`: HMAC-SHA256 of `<t>.<body>`, byte for byte as it came. The
//! key is the whole secret as it is written, `whsec_` and all; nothing is decoded. There are several `v1` while a
//! secret is being rolled.

use hmac::{Hmac, KeyInit as _, Mac as _};
use imagegen_core::ports::payments::{NoticeCall, NoticeError};
use sha2::Sha256;

use crate::http::Secret;

/// Seconds. What is older may be a replay; what is younger than our clock is a clock that is ahead, and as good.
const MOST_AGE: i64 = 5 * 60;

pub(super) fn check(secrets: &[Secret], call: &NoticeCall<'_>) -> Result<(), NoticeError> {
    let forged = NoticeError::Forged;
    let header = call.signature.ok_or(forged("it has no signature"))?;
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let sent = parts().find_map(|(name, value)| (name == "t").then_some(value));
    let sent = sent.ok_or(forged("it has no timestamp"))?;
    let seconds: i64 = sent.parse().map_err(|_| forged("its timestamp is not a number"))?;
    let given: Vec<_> =
        parts().filter(|(name, _)| *name == "v1").filter_map(|(_, hex)| bytes(hex)).collect();

    let signed = secrets.iter().any(|secret| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
            .expect("HMAC takes keys of any length");
        mac.update(format!("{sent}.").as_bytes());
        mac.update(call.body);
        // Takes the same time however much of a signature is right.
        given.iter().any(|signature| mac.clone().verify_slice(signature).is_ok())
    });
    if !signed {
        return Err(forged("no signature is right"));
    }
    let age = call.now.as_second().saturating_sub(seconds);
    if age > MOST_AGE { Err(forged("it is too old")) } else { Ok(()) }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    const SECRET: &str = "whsec_test_secret";
    const RIGHT: &str = "238d47ccc3251152491130a4587f0a855c0e33e88993ce968255c6d168ef7601";
    const BODY: &[u8] = br#"{"id":"evt_1","object":"event"}"#;
    const SENT: i64 = 1_767_225_600;

    fn check_at(
        secrets: &[&str],
        signature: Option<&str>,
        body: &[u8],
        now: i64,
    ) -> Result<(), NoticeError> {
        let secrets: Vec<_> = secrets.iter().map(|text| Secret::new(*text)).collect();
        let now = Timestamp::from_second(now).expect("a time");
        check(&secrets, &NoticeCall { signature, body, now })
    }

    fn signed(signature: &str) -> bool {
        check_at(&[SECRET], Some(signature), BODY, SENT).is_ok()
    }

    #[test]
    fn the_vendors_clients_signature_is_believed() {
        assert!(signed(&format!("t={SENT},v1={RIGHT}")));
        assert!(signed(&format!("t={SENT},v1={},v0=abc", RIGHT.to_uppercase())));
    }

    #[test]
    fn one_right_signature_and_one_right_secret_are_enough() {
        let wrong = RIGHT.replace('2', "3");
        let header = format!("t={SENT},v1={wrong},v1=xyz,v1=,v1={RIGHT}");
        assert!(signed(&header));
        assert!(check_at(&["whsec_new", SECRET], Some(&header), BODY, SENT).is_ok());
        assert!(check_at(&["whsec_new"], Some(&header), BODY, SENT).is_err());
        assert!(check_at(&[], Some(&header), BODY, SENT).is_err());
    }

    #[test]
    fn only_what_is_too_old_is_out_of_time() {
        let header = format!("t={SENT},v1={RIGHT}");
        for (later, good) in [(300, true), (301, false), (-301, true), (-86_400, true)] {
            let result = check_at(&[SECRET], Some(&header), BODY, SENT + later);
            assert_eq!(result.is_ok(), good, "{later}");
        }
    }

    #[test]
    fn a_changed_or_incomplete_call_is_forged() {
        for header in [
            String::new(),
            format!("v1={RIGHT}"),
            format!("t={SENT}"),
            format!("t={SENT},v0={RIGHT}"),
            format!("t={SENT},v1={}", &RIGHT[2..]),
            format!("t={},v1={RIGHT}", SENT + 1),
            format!("t=+{SENT},v1={RIGHT}"),
            format!("t=now,v1={RIGHT}"),
            format!("t=99999999999999999999,v1={RIGHT}"),
            format!("t={SENT},v1=é{RIGHT}"),
        ] {
            assert!(!signed(&header), "{header}");
        }
        let header = format!("t={SENT},v1={RIGHT}");
        assert!(check_at(&[SECRET], None, BODY, SENT).is_err());
        assert!(check_at(&[SECRET], Some(&header), br#"{"id":"evt_2"}"#, SENT).is_err());
    }
}
