//! Shared access signatures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use percent_encoding::utf8_percent_encode;

use crate::http::Secret;
use crate::signature::{URI_COMPONENT, hmac_sha256};

/// A shared access policy.
#[derive(Debug, Clone)]
pub(super) struct SasKey {
    pub(super) name: String,
    /// Its characters are the key, although they look like base64.
    pub(super) key: Secret,
}

impl SasKey {
    /// The `Authorization` header that opens `resource`, a URL, until `expiry`.
    pub(super) fn sign(&self, resource: &str, expiry: Timestamp) -> Secret {
        let resource = escape(resource);
        let expiry = expiry.as_second();
        let text = format!("{resource}\n{expiry}");
        let signature = hmac_sha256(self.key.expose().as_bytes(), &text);
        let signature = escape(&BASE64.encode(signature));
        let name = escape(&self.name);
        Secret::new(format!(
            "SharedAccessSignature sr={resource}&sig={signature}&se={expiry}&skn={name}"
        ))
    }
}

/// The signed text and the token must agree on it.
fn escape(text: &str) -> String {
    utf8_percent_encode(text, URI_COMPONENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_that_the_vendors_sdk_makes() {
        let key = SasKey {
            name: "RootManageSharedAccessKey".into(),
            key: Secret::new("c2VydmljZWJ1cy10ZXN0LWtleS0wMTIzNDU2Nzg5MDE="),
        };
        let expiry = Timestamp::constant(1_767_225_600, 0);
        let signed = key.sign("https://fluxns.servicebus.windows.net/generation-jobs", expiry);
        assert_eq!(
            signed.expose(),
            "SharedAccessSignature sr=https%3A%2F%2Ffluxns.servicebus.windows.net%2Fgeneration-jobs\
             &sig=bZy7VbWyBqo2xq944YYLcSqsWNx5zzDawx916vW58Q0%3D&se=1767225600\
             &skn=RootManageSharedAccessKey"
        );
    }
}
