//! Who sent this webhook, and when: Replicate's form of Standard Webhooks.
//!
//! The key is what follows `whsec_`, base64-decoded; signed is `<id>.<timestamp>.<body>`, byte for byte as it came.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use imagegen_core::ports::image_provider::{WebhookCall, WebhookError};
use sha2::Sha256;

use super::InvalidReplicateSettings;
use crate::http::Secret;

/// Seconds, in both directions. What is older may be a replay.
const MOST_AGE: u64 = 5 * 60;

/// Every secret that is good now: two while one replaces the other.
pub(super) struct WebhookSecrets(Vec<Vec<u8>>);

impl WebhookSecrets {
    pub(super) fn parse(texts: &[Secret]) -> Result<Self, InvalidReplicateSettings> {
        let secret = |text: &Secret| {
            let key = BASE64.decode(text.expose().trim().strip_prefix("whsec_")?).ok()?;
            (!key.is_empty()).then_some(key)
        };
        let secrets = texts.iter().map(secret).collect::<Option<_>>();
        secrets.map(Self).ok_or(InvalidReplicateSettings::WebhookSecret)
    }

    pub(super) fn check(&self, call: &WebhookCall<'_>) -> Result<(), WebhookError> {
        let forged = WebhookError::Forged;
        let id = call.id.ok_or(forged("it has no id"))?;
        let timestamp = call.timestamp.ok_or(forged("it has no timestamp"))?;
        let signature = call.signature.ok_or(forged("it has no signature"))?;

        let sent: i64 = timestamp.parse().map_err(|_| forged("its timestamp is not a number"))?;
        if call.now.as_second().abs_diff(sent) > MOST_AGE {
            return Err(forged("it is too old, or from the future"));
        }

        let versioned = signature.split(' ').filter_map(|s| s.strip_prefix("v1,"));
        let given: Vec<_> = versioned.filter_map(|s| BASE64.decode(s).ok()).collect();
        let signed = self.0.iter().any(|secret| {
            let mut mac =
                Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
            mac.update(format!("{id}.{timestamp}.").as_bytes());
            mac.update(call.body);
            // Takes the same time however much of a signature is right.
            given.iter().any(|signature| mac.clone().verify_slice(signature).is_ok())
        });
        signed.then_some(()).ok_or(forged("no signature is right"))
    }
}

impl std::fmt::Debug for WebhookSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WebhookSecrets({} …)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const NEW: &str = "whsec_cmVwbGljYXRlLXdlYmhvb2stdGVzdC1rZXktMDAwMQ==";

    /// The vendor's documented example.
    fn first() -> WebhookCall<'static> {
        WebhookCall {
            id: Some("msg_p5jXN8AQM9LWM0D4loKWxJek"),
            timestamp: Some("1614265330"),
            signature: Some("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            body: br#"{"test": 2432232314}"#,
            now: Timestamp::constant(1_614_265_330, 0),
        }
    }

    fn second() -> WebhookCall<'static> {
        WebhookCall {
            id: Some("msg_2LJtbd9GUtoWmqQSDFrWBpiNuMw"),
            timestamp: Some("1767225600"),
            signature: Some("v1,ABU7bGeJCM3Hza2m8QUl34Pu8yRV3W7lmh69aS+Ne6k="),
            body: br#"{"id":"gm3qorzdhgbfurvjtvhg6dckhu","status":"succeeded"}"#,
            now: Timestamp::constant(1_767_225_600, 0),
        }
    }

    fn secrets(texts: &[&str]) -> WebhookSecrets {
        let texts: Vec<_> = texts.iter().map(|t| Secret::new(*t)).collect();
        WebhookSecrets::parse(&texts).expect("secrets")
    }

    #[test]
    fn the_vendors_own_examples_are_believed() {
        assert!(secrets(&[OLD]).check(&first()).is_ok());
        assert!(secrets(&[NEW]).check(&second()).is_ok());
    }

    #[test]
    fn both_secrets_count_while_one_replaces_the_other() {
        let both = secrets(&[OLD, NEW]);
        assert!(both.check(&first()).is_ok() && both.check(&second()).is_ok());
        assert!(secrets(&[NEW]).check(&first()).is_err());
        assert!(secrets(&[]).check(&first()).is_err());
    }

    #[test]
    fn one_right_signature_among_several_is_enough() {
        let signature = format!("v1,AAAA v2,x v1,! {}", second().signature.expect("one"));
        let call = WebhookCall { signature: Some(&signature), ..second() };
        assert!(secrets(&[NEW]).check(&call).is_ok());
    }

    #[test]
    fn five_minutes_are_the_limit_in_both_directions() {
        for (second_of_day, good) in [(300, true), (-300, true), (301, false), (-301, false)] {
            let now = Timestamp::constant(1_767_225_600 + second_of_day, 0);
            let result = secrets(&[NEW]).check(&WebhookCall { now, ..second() });
            assert_eq!(result.is_ok(), good, "{second_of_day}");
        }
    }

    #[test]
    fn a_changed_or_incomplete_call_is_forged() {
        let v1a = second().signature.map(|s| s.replace("v1,", "v1a,"));
        for call in [
            WebhookCall { body: br#"{"id":"other","status":"succeeded"}"#, ..second() },
            WebhookCall { id: Some("msg_other"), ..second() },
            WebhookCall { timestamp: Some("1767225601"), ..second() },
            WebhookCall { timestamp: Some("now"), ..second() },
            WebhookCall { timestamp: Some("9223372036854775807"), ..second() },
            WebhookCall { signature: Some(""), ..second() },
            WebhookCall { signature: Some("v1,"), ..second() },
            WebhookCall { signature: v1a.as_deref(), ..second() },
            WebhookCall { id: None, ..second() },
            WebhookCall { timestamp: None, ..second() },
            WebhookCall { signature: None, ..second() },
        ] {
            assert!(secrets(&[NEW]).check(&call).is_err(), "{call:?}");
        }
    }

    #[test]
    fn a_secret_that_cannot_be_one_stops_the_boot() {
        for wrong in ["", "whsec_", "whsec_!", "cmVwbGljYXRl"] {
            assert!(WebhookSecrets::parse(&[Secret::new(wrong)]).is_err(), "{wrong}");
        }
    }
}
