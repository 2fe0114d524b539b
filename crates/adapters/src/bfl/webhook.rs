//! `X-BFL-Signature: sha256=<hex of HMAC-SHA256(secret, body)>`. The secret is the one that we sent with the request,
//! its text as it is. Nothing in it tells the time: a call that is repeated names the same task, and changes nothing.

use hmac::{Hmac, KeyInit as _, Mac as _};
use imagegen_core::ports::image_provider::{WebhookCall, WebhookError};
use sha2::Sha256;

use crate::http::Secret;

pub(super) fn check(secret: Option<&Secret>, call: &WebhookCall<'_>) -> Result<(), WebhookError> {
    let forged = WebhookError::Forged;
    let secret = secret.ok_or(forged("none was asked for"))?;
    let signature = call.signature.ok_or(forged("it has no signature"))?;
    let given = signature.strip_prefix("sha256=").and_then(bytes);
    let given = given.ok_or(forged("its signature is not of a known form"))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(call.body);
    // Takes the same time however much of the signature is right.
    mac.verify_slice(&given).map_err(|_| forged("no signature is right"))
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}
