//! Shared access signatures of Service Bus.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use sha2::Sha256;
use url::Url;

/// Whether the `Authorization` header lets its bearer at `path` (such as `/_local/servicebus/jobs`).
///
/// The host name in the signed address is not compared: one machine has several (`localhost`, `127.0.0.1`).
///
/// # Errors
/// What the 401 says.
pub(crate) fn check(
    authorization: &str,
    rule: &str,
    key: &str,
    path: &str,
    now: Timestamp,
) -> Result<(), String> {
    let fields = authorization
        .strip_prefix("SharedAccessSignature ")
        .ok_or("MalformedToken: the Authorization header is not a SharedAccessSignature")?;
    let field = |name: &str| {
        fields
            .trim()
            .split('&')
            .find_map(|field| field.split_once('=').filter(|(key, _)| *key == name))
            .map(|(_, value)| value)
            .ok_or_else(|| format!("MalformedToken: {name} is missing"))
    };
    let (resource, expiry) = (field("sr")?, field("se")?);
    if decode(field("skn")?) != rule {
        return Err("InvalidSignature: there is no such rule".into());
    }
    let given =
        BASE64.decode(decode(field("sig")?)).map_err(|_| "MalformedToken: sig is not base64")?;
    // The same encoded form is in `sr` and in the signed text, so it is never encoded anew here.
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(format!("{resource}\n{expiry}").as_bytes());
    mac.verify_slice(&given).map_err(|_| "InvalidSignature: the token has an invalid signature")?;
    let expiry: i64 = expiry.parse().map_err(|_| "MalformedToken: se is not a number")?;
    if expiry <= now.as_second() {
        return Err("ExpiredToken: the token is expired".into());
    }
    let signed =
        Url::parse(&decode(resource)).map_err(|_| "MalformedToken: sr is not an address")?;
    if covers(signed.path(), path) {
        Ok(())
    } else {
        Err(format!("InvalidAudience: the token is for {}", signed.path()))
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// `/a` covers `/a` and `/a/b`, not `/ab`.
fn covers(signed: &str, path: &str) -> bool {
    let (signed, path) = (signed.trim_end_matches('/').to_lowercase(), path.to_lowercase());
    path.strip_prefix(&signed).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What a sender puts into `Authorization`.
#[cfg(test)]
pub(crate) fn sign(address: &str, rule: &str, key: &str, expiry: i64) -> String {
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
    const UNRESERVED: &AsciiSet =
        &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    let encode = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
    let resource = encode(address);
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(format!("{resource}\n{expiry}").as_bytes());
    let signature = encode(&BASE64.encode(mac.finalize().into_bytes()));
    format!("SharedAccessSignature sr={resource}&sig={signature}&se={expiry}&skn={}", encode(rule))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "RootManageSharedAccessKey";
    const KEY: &str = "c2VydmljZWJ1cy10ZXN0LWtleS0wMTIzNDU2Nzg5MDE=";
    const TOKEN: &str = "SharedAccessSignature sr=https%3A%2F%2Ffluxns.servicebus.windows.net%2Fgeneration-jobs&sig=bZy7VbWyBqo2xq944YYLcSqsWNx5zzDawx916vW58Q0%3D&se=1767225600&skn=RootManageSharedAccessKey";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("it is in range")
    }

    #[test]
    fn the_token_of_the_sdk_is_accepted_until_it_expires() {
        assert_eq!(check(TOKEN, RULE, KEY, "/generation-jobs", at(1_767_225_599)), Ok(()));
        let error = check(TOKEN, RULE, KEY, "/generation-jobs", at(1_767_225_600))
            .expect_err("it is expired");
        assert!(error.starts_with("ExpiredToken"), "{error}");
    }

    #[test]
    fn we_sign_as_the_sdk_does() {
        assert_eq!(
            sign("https://fluxns.servicebus.windows.net/generation-jobs", RULE, KEY, 1_767_225_600),
            TOKEN
        );
    }

    #[test]
    fn another_key_rule_queue_or_scheme_is_refused() {
        let now = at(1_767_225_000);
        for (token, key, path, word) in [
            (TOKEN.to_owned(), "another", "/generation-jobs", "InvalidSignature"),
            (
                TOKEN.replace("1767225600", "1999999999"),
                KEY,
                "/generation-jobs",
                "InvalidSignature",
            ),
            (TOKEN.replace("skn=Root", "skn=Other"), KEY, "/generation-jobs", "InvalidSignature"),
            (TOKEN.to_owned(), KEY, "/generation-jobs-2", "InvalidAudience"),
            ("Bearer abc".to_owned(), KEY, "/generation-jobs", "MalformedToken"),
            ("SharedAccessSignature sr=a".to_owned(), KEY, "/generation-jobs", "MalformedToken"),
        ] {
            let error = check(&token, RULE, key, path, now).expect_err(&token);
            assert!(error.starts_with(word), "{error}");
        }
    }

    #[test]
    fn a_token_for_the_namespace_is_good_for_each_queue() {
        let token = sign("http://127.0.0.1:7071/_local/servicebus", RULE, KEY, 2_000_000_000);
        assert_eq!(check(&token, RULE, KEY, "/_local/servicebus/generation-free", at(0)), Ok(()));
        assert!(check(&token, RULE, KEY, "/_local/servicebus2", at(0)).is_err());
    }
}
