//! The frames of the subprotocols, as text.

use serde::Deserialize;
use serde_json::{Value, json};

/// How a client wants to be spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `json.reliable.webpubsub.azure.v1`: messages are numbered, acknowledged, and sent again after a break.
    Reliable,
    /// `json.webpubsub.azure.v1`
    Plain,
    /// No subprotocol: the bare data of messages.
    Bare,
}

impl Dialect {
    /// The dialect for what a client offers in `Sec-WebSocket-Protocol`, ours first; `None` when it offers only
    /// others.
    pub(super) fn choose(offered: Option<&str>) -> Option<Self> {
        let Some(offered) = offered else { return Some(Self::Bare) };
        let offers =
            |dialect: &Self| offered.split(',').any(|it| Some(it.trim()) == dialect.name());
        [Self::Reliable, Self::Plain].into_iter().find(offers)
    }

    /// What is echoed to the client.
    pub(super) fn name(self) -> Option<&'static str> {
        match self {
            Self::Reliable => Some("json.reliable.webpubsub.azure.v1"),
            Self::Plain => Some("json.webpubsub.azure.v1"),
            Self::Bare => None,
        }
    }
}

/// What a client gets from the server or from another client.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Message {
    /// The group it was sent to; `None` for a message of the server to a user, a connection or all.
    pub(super) group: Option<String>,
    pub(super) from_user: Option<String>,
    pub(super) data_type: DataType,
    /// Text and base64 are strings.
    pub(super) data: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum DataType {
    Json,
    Text,
    Binary,
}

impl DataType {
    fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Text => "text",
            Self::Binary => "binary",
        }
    }
}

impl Message {
    pub(super) fn frame(&self, dialect: Dialect, sequence: u64) -> String {
        if dialect == Dialect::Bare {
            return self.data.as_str().map_or_else(|| self.data.to_string(), str::to_owned);
        }
        let mut frame = json!({
            "type": "message",
            "from": if self.group.is_some() { "group" } else { "server" },
            "dataType": self.data_type.name(),
            "data": self.data,
        });
        if let Some(group) = &self.group {
            frame["group"] = json!(group);
        }
        if let Some(user) = &self.from_user {
            frame["fromUserId"] = json!(user);
        }
        if dialect == Dialect::Reliable {
            frame["sequenceId"] = json!(sequence);
        }
        frame.to_string()
    }
}

/// What a client says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(super) enum Said {
    JoinGroup {
        group: String,
        ack_id: Option<u64>,
    },
    LeaveGroup {
        group: String,
        ack_id: Option<u64>,
    },
    SendToGroup {
        group: String,
        ack_id: Option<u64>,
        #[serde(default)]
        no_echo: bool,
        data_type: DataType,
        data: Value,
    },
    Event {
        ack_id: Option<u64>,
    },
    SequenceAck {
        sequence_id: u64,
    },
    Invoke {
        invocation_id: String,
    },
    CancelInvocation {},
    Ping {},
}

pub(super) fn connected(
    user: Option<&str>,
    connection: &str,
    reconnection_token: Option<&str>,
) -> String {
    let mut frame =
        json!({"type": "system", "event": "connected", "userId": user, "connectionId": connection});
    if let Some(token) = reconnection_token {
        frame["reconnectionToken"] = json!(token);
    }
    frame.to_string()
}

pub(super) fn disconnected(reason: &str) -> String {
    json!({"type": "system", "event": "disconnected", "message": reason}).to_string()
}

pub(super) fn pong() -> String {
    json!({"type": "pong"}).to_string()
}

/// Why something was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Forbidden,
    /// Done before: clients take this for success.
    Duplicate,
}

pub(super) fn ack(id: u64, done: Result<(), Refusal>) -> String {
    let (name, message) = match done {
        Ok(()) => return json!({"type": "ack", "ackId": id, "success": true}).to_string(),
        Err(Refusal::Forbidden) => ("Forbidden", "The client does not have permission to do this."),
        Err(Refusal::Duplicate) => ("Duplicate", "A request with this ackId was handled before."),
    };
    json!({"type": "ack", "ackId": id, "success": false, "error": {"name": name, "message": message}}).to_string()
}

/// There is no upstream that could answer an invocation.
pub(super) fn not_invoked(id: &str) -> String {
    let error = json!({"name": "NotFound", "message": "The hub has no event handler."});
    json!({"type": "invokeResponse", "invocationId": id, "success": false, "error": error})
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reliable_dialect_is_preferred() {
        let offered = "json.webpubsub.azure.v1, json.reliable.webpubsub.azure.v1";
        assert_eq!(Dialect::choose(Some(offered)), Some(Dialect::Reliable));
        assert_eq!(Dialect::choose(Some("json.webpubsub.azure.v1")), Some(Dialect::Plain));
        assert_eq!(Dialect::choose(Some("mqtt")), None);
        assert_eq!(Dialect::choose(None), Some(Dialect::Bare));
    }

    #[test]
    fn only_reliable_messages_are_numbered() {
        let message = Message {
            group: None,
            from_user: None,
            data_type: DataType::Json,
            data: json!({"a": 1}),
        };
        let frame = |dialect| message.frame(dialect, 7);
        assert!(frame(Dialect::Reliable).contains(r#""sequenceId":7"#));
        assert!(!frame(Dialect::Plain).contains("sequenceId"));
        assert_eq!(frame(Dialect::Bare), r#"{"a":1}"#);
    }

    #[test]
    fn what_clients_say_is_understood() {
        let said = |text: &str| serde_json::from_str::<Said>(text);
        assert!(matches!(said(r#"{"type":"ping"}"#), Ok(Said::Ping {})));
        assert!(matches!(
            said(r#"{"type":"joinGroup","group":"g","ackId":1}"#),
            Ok(Said::JoinGroup { ack_id: Some(1), .. })
        ));
        assert!(matches!(
            said(
                r#"{"type":"sendToGroup","group":"g","noEcho":true,"dataType":"text","data":"x"}"#
            ),
            Ok(Said::SendToGroup { ack_id: None, no_echo: true, data_type: DataType::Text, .. })
        ));
        assert!(matches!(
            said(r#"{"type":"event","event":"e","dataType":"json","data":1,"ackId":2}"#),
            Ok(Said::Event { ack_id: Some(2) })
        ));
        assert!(said(r#"{"type":"dance"}"#).is_err());
    }
}
