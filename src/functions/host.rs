//! What the Azure Functions host sends a custom handler for a non-HTTP trigger, and what it expects back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The host's envelope. Unknown members of it and of the metadata are ignored.
#[derive(Debug, Deserialize)]
pub struct InvokeRequest {
    #[serde(rename = "Data", default)]
    pub data: Map<String, Value>,
    #[serde(rename = "Metadata", default)]
    pub metadata: Map<String, Value>,
}

/// Never an empty reply: the host would wait for its timeout.
#[derive(Debug, Default, Serialize)]
pub struct InvokeResponse {
    #[serde(rename = "Outputs")]
    pub outputs: Map<String, Value>,
    #[serde(rename = "Logs")]
    pub logs: Vec<String>,
    #[serde(rename = "ReturnValue")]
    pub return_value: Option<Value>,
}

#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("the invocation has no binding named `{0}`")]
    NoBinding(&'static str),
    #[error("binding `{0}` does not hold the expected message")]
    Body(&'static str, #[source] serde_json::Error),
}

/// The name of every queue binding, so that there is one thing to know.
pub const MESSAGE: &str = "message";

impl InvokeRequest {
    /// The queue message, however the host has wrapped it.
    pub fn message<M: DeserializeOwned>(mut self) -> Result<M, DecodeError> {
        let raw = self.data.remove(MESSAGE).ok_or(DecodeError::NoBinding(MESSAGE))?;
        peel(raw).map_err(|e| DecodeError::Body(MESSAGE, e))
    }

    /// A value of the metadata: a string holds its JSON, so a number comes as `3` or as `"3"`.
    pub fn metadata<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.metadata.get(name).cloned().and_then(|value| peel(value).ok())
    }
}

/// With `"dataType": "binary"` a body is base64. Without it, a JSON text arrives as a string holding a JSON string
/// holding JSON. Take the value as it is, else unwrap one layer at a time.
fn peel<T: DeserializeOwned>(mut value: Value) -> Result<T, serde_json::Error> {
    loop {
        let error = match T::deserialize(&value) {
            Ok(it) => return Ok(it),
            Err(error) => error,
        };
        let Value::String(text) = value else { return Err(error) };
        let inner = serde_json::from_str(&text).ok().or_else(|| {
            let bytes = BASE64.decode(&text).ok()?;
            serde_json::from_slice(&bytes).ok()
        });
        value = inner.ok_or(error)?;
    }
}

#[cfg(test)]
mod tests {
    use imagegen_core::messages::SubmitGeneration;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Note {
        text: String,
    }

    fn envelope(message: &Value) -> InvokeRequest {
        let wire = json!({
            "Data": { MESSAGE: message },
            "Metadata": {
                "DeliveryCount": "1", "SequenceNumber": 42, "MessageId": "\"m\"", "New": { "in": 2027 },
                "sys": { "MethodName": "x", "UtcNow": "2026-01-02T03:04:06.1Z", "RandGuid": "g" }
            },
            "Later": []
        });
        serde_json::from_value(wire).expect("the host's envelope")
    }

    proptest! {
        /// As `"dataType": "binary"` sends it, and as the host wraps a string, once or twice.
        #[test]
        fn a_message_survives_the_host(text in ".*", form in 0u8..4) {
            let body = json!({ "text": text });
            let wire = match form {
                0 => Value::String(BASE64.encode(body.to_string())),
                1 => Value::String(body.to_string()),
                2 => Value::String(Value::String(body.to_string()).to_string()),
                _ => body,
            };
            let note: Note = envelope(&wire).message().expect("readable");
            prop_assert_eq!(note, Note { text });
        }

        #[test]
        fn rubbish_is_an_error_and_never_a_panic(text in ".*") {
            prop_assert!(envelope(&Value::String(text)).message::<SubmitGeneration>().is_err());
        }
    }

    #[test]
    fn metadata_comes_as_numbers_or_as_strings() {
        let request = envelope(&Value::Null);
        assert_eq!(request.metadata::<u32>("DeliveryCount"), Some(1));
        assert_eq!(request.metadata::<u64>("SequenceNumber"), Some(42));
        assert_eq!(request.metadata::<u32>("Absent"), None);
    }

    #[test]
    fn a_reply_is_never_empty() {
        let reply = serde_json::to_string(&InvokeResponse::default()).expect("plain");
        assert_eq!(reply, r#"{"Outputs":{},"Logs":[],"ReturnValue":null}"#);
    }
}
