//! Web `PubSub`: the REST calls of the server side, and the client endpoint with both JSON subprotocols.
//!
//! Connections live in memory: they die with the process, as sockets do. `POST /_local/webpubsub/_cut` breaks all
//! sockets without a close frame, and `GET …/stats` counts them.

mod connections;
mod protocol;
mod socket;
mod token;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use self::connections::{Audience, Connections};
use self::protocol::{DataType, Message};
use super::faults::Faults;
use super::identity::{Identity, WEB_PUBSUB};
use super::{Answer, Call, empty, pairs, with_header};
use crate::ground::Ground;

/// A message that is held back arrives after what is sent in this time.
const HELD_BACK: Duration = Duration::from_millis(200);

/// The access key of this data folder; its text is the key, although it looks like base64.
pub(crate) fn access_key(ground: &Ground) -> String {
    ground.secret("web_pubsub")
}

pub(crate) struct WebPubSub {
    port: u16,
    key: String,
    identity: Identity,
    faults: Arc<Faults>,
    // Shared with the tasks that send later what is held back now.
    connections: Arc<Mutex<Connections>>,
}

impl WebPubSub {
    pub(crate) fn new(ground: &Ground, faults: Arc<Faults>) -> Self {
        Self {
            port: ground.port,
            key: access_key(ground),
            identity: Identity::new(ground),
            faults,
            connections: Arc::default(),
        }
    }

    pub(crate) fn handle(&self, call: &Call) -> Answer {
        match (&call.method, call.path.as_str()) {
            (&Method::POST, "/_cut") => {
                return super::json(StatusCode::OK, &json!({"cut": self.connections().cut()}));
            }
            (&Method::GET, "/stats") => {
                let (connections, sockets) = self.connections().counts();
                return super::json(
                    StatusCode::OK,
                    &json!({"connections": connections, "sockets": sockets}),
                );
            }
            _ => {}
        }
        if let Err(sentence) = self.authenticate(call) {
            return refusal(StatusCode::UNAUTHORIZED, "Unauthorized", &sentence);
        }
        if call.parameter("api-version").is_none_or(|version| version.is_empty()) {
            return refusal(
                StatusCode::BAD_REQUEST,
                "InvalidApiVersion",
                "api-version is missing.",
            );
        }
        let segments = call.segments();
        let pieces: Vec<&str> = segments.iter().map(String::as_str).collect();
        match pieces.as_slice() {
            ["api", "hubs", hub, rest @ ..] => self.answer(call, hub, rest),
            _ => not_found(),
        }
    }

    fn authenticate(&self, call: &Call) -> Result<(), String> {
        let bearer = call.bearer().ok_or("A bearer token is needed.")?;
        if self.identity.lets_in(bearer, WEB_PUBSUB) {
            return Ok(());
        }
        let whole = if call.query.is_empty() {
            call.path.clone()
        } else {
            format!("{}?{}", call.path, call.query)
        };
        let audiences: Vec<String> = self
            .origins()
            .iter()
            .flat_map(|origin| [format!("{origin}{whole}"), format!("{origin}{}", call.path)])
            .collect();
        token::verified(&self.key, bearer, &audiences).map(|_| ())
    }

    fn answer(&self, call: &Call, hub: &str, pieces: &[&str]) -> Answer {
        let found = |found: bool| empty(if found { StatusCode::OK } else { StatusCode::NOT_FOUND });
        let (audience, rest) = match pieces {
            ["users", user, rest @ ..] => (Audience::User((*user).to_owned()), rest),
            ["groups", group, rest @ ..] => (Audience::Group((*group).to_owned()), rest),
            ["connections", connection, rest @ ..] => {
                (Audience::Connection((*connection).to_owned()), rest)
            }
            rest => (Audience::All, rest),
        };
        match (&call.method, &audience, rest) {
            (&Method::POST, Audience::All, [":generateToken"]) => self.generate_token(call, hub),
            (&Method::POST, _, [":send"]) => self.send(call, hub, &audience),
            (&Method::POST, _, [":closeConnections"]) => {
                let reason = call.parameter("reason").unwrap_or_default();
                self.connections().close_all(hub, &audience, &excluded(call), &reason);
                empty(StatusCode::NO_CONTENT)
            }
            (&Method::DELETE, Audience::Connection(_), []) => {
                let reason = call.parameter("reason").unwrap_or_default();
                self.connections().close_all(hub, &audience, &[], &reason);
                empty(StatusCode::NO_CONTENT)
            }
            (
                &Method::HEAD,
                Audience::User(_) | Audience::Group(_) | Audience::Connection(_),
                [],
            ) => found(self.connections().any(hub, &audience)),
            (&Method::PUT, Audience::User(_) | Audience::Connection(_), ["groups", group]) => {
                found(self.connections().join(hub, &audience, group))
            }
            (&Method::DELETE, Audience::User(_) | Audience::Connection(_), ["groups", group]) => {
                self.connections().leave(hub, &audience, Some(group));
                empty(StatusCode::NO_CONTENT)
            }
            (&Method::DELETE, Audience::User(_) | Audience::Connection(_), ["groups"]) => {
                self.connections().leave(hub, &audience, None);
                empty(StatusCode::NO_CONTENT)
            }
            // The same as the call from the connection's side.
            (&Method::PUT, Audience::Group(group), ["connections", connection]) => {
                let connection = Audience::Connection((*connection).to_owned());
                found(self.connections().join(hub, &connection, group))
            }
            (&Method::DELETE, Audience::Group(group), ["connections", connection]) => {
                let connection = Audience::Connection((*connection).to_owned());
                self.connections().leave(hub, &connection, Some(group));
                empty(StatusCode::NO_CONTENT)
            }
            _ => not_found(),
        }
    }

    /// For those who have no key to sign with.
    fn generate_token(&self, call: &Call, hub: &str) -> Answer {
        let all = |wanted: &str| {
            let pairs = pairs(call.query.as_bytes()).into_iter();
            pairs.filter(|(name, _)| name == wanted).map(|(_, value)| value).collect::<Vec<_>>()
        };
        let minutes = call.parameter("minutesToExpire").map_or(Ok(60), |text| text.parse());
        let Some(minutes) = minutes.ok().filter(|minutes| *minutes > 0) else {
            let sentence = "minutesToExpire must be a whole number above 0.";
            return refusal(StatusCode::BAD_REQUEST, "InvalidRequest", sentence);
        };
        let [origin, ..] = self.origins();
        let claims = json!({
            "aud": format!("{origin}/client/hubs/{hub}"),
            "sub": call.parameter("userId"),
            "role": all("role"),
            "webpubsub.group": all("group"),
            "exp": jiff::Timestamp::now().as_second() + minutes * 60,
        });
        super::json(StatusCode::OK, &json!({ "token": token::signed(&self.key, &claims) }))
    }

    fn send(&self, call: &Call, hub: &str, audience: &Audience) -> Answer {
        if call.parameter("filter").is_some() {
            let sentence = "The local Web PubSub reads no filter.";
            return refusal(StatusCode::BAD_REQUEST, "InvalidRequest", sentence);
        }
        let message = match message(call, audience) {
            Ok(message) => message,
            Err(sentence) => return refusal(StatusCode::BAD_REQUEST, "InvalidRequest", sentence),
        };
        if matches!(audience, Audience::Connection(_)) && !self.connections().any(hub, audience) {
            return not_found();
        }
        let fault = self.faults.draw("webpubsub");
        let times = usize::from(!fault.dropped) + usize::from(fault.duplicated && !fault.dropped);
        let (connections, excluded) = (Arc::clone(&self.connections), excluded(call));
        let (hub, audience) = (hub.to_owned(), audience.clone());
        let send = move || {
            for _ in 0..times {
                connections
                    .lock()
                    .expect("no holder panics")
                    .send(&hub, &audience, &excluded, &message);
            }
        };
        if fault.held_back {
            tokio::spawn(async move {
                tokio::time::sleep(HELD_BACK).await;
                send();
            });
        } else {
            send();
        }
        empty(StatusCode::ACCEPTED)
    }

    fn connections(&self) -> MutexGuard<'_, Connections> {
        self.connections.lock().expect("no holder panics")
    }

    /// How this service is called in addresses; both names of the loopback are in use.
    fn origins(&self) -> [String; 2] {
        ["localhost", "127.0.0.1"]
            .map(|host| format!("http://{host}:{}/_local/webpubsub", self.port))
    }
}

fn message(call: &Call, audience: &Audience) -> Result<Message, &'static str> {
    let content_type =
        call.header("content-type").and_then(|it| it.split(';').next()).map(str::trim);
    let (data_type, data) = match content_type {
        Some("application/json") => (
            DataType::Json,
            serde_json::from_slice(&call.body).map_err(|_| "The body is not JSON.")?,
        ),
        Some("text/plain") => {
            let text = std::str::from_utf8(&call.body).map_err(|_| "The body is not UTF-8.")?;
            (DataType::Text, Value::from(text))
        }
        Some("application/octet-stream") => {
            (DataType::Binary, Value::from(BASE64.encode(&call.body)))
        }
        _ => {
            return Err(
                "Content-Type must be application/json, text/plain or application/octet-stream.",
            );
        }
    };
    let group = match audience {
        Audience::Group(group) => Some(group.clone()),
        Audience::All | Audience::User(_) | Audience::Connection(_) => None,
    };
    Ok(Message { group, from_user: None, data_type, data })
}

fn excluded(call: &Call) -> Vec<String> {
    let pairs = pairs(call.query.as_bytes());
    pairs.into_iter().filter(|(name, _)| name == "excluded").map(|(_, value)| value).collect()
}

fn not_found() -> Answer {
    refusal(StatusCode::NOT_FOUND, "NotFound", "There is no such thing.")
}

fn refusal(status: StatusCode, code: &str, message: &str) -> Answer {
    let body = json!({"code": code, "message": message, "target": null, "details": []});
    with_header(super::json(status, &body), "x-ms-error-code", code)
}

#[cfg(test)]
mod tests {
    use super::connections::{Connection, Outgoing};
    use super::protocol::Dialect;
    use super::*;
    use crate::cloud::tests::{call, ground};
    use http::HeaderValue;
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    const SEND: &str = "/api/hubs/studio/users/user%2F1/:send?api-version=2024-12-01";

    fn web_pubsub(name: &str) -> WebPubSub {
        WebPubSub::new(&ground(name), Arc::new(Faults::default()))
    }

    /// A call as the server's library makes it: its token is for exactly this address.
    fn signed(web_pubsub: &WebPubSub, method: Method, target: &str, body: &str) -> Call {
        let audience = format!("http://localhost:7071/_local/webpubsub{target}");
        authorized(web_pubsub, method, target, body, &audience)
    }

    fn authorized(
        web_pubsub: &WebPubSub,
        method: Method,
        target: &str,
        body: &str,
        audience: &str,
    ) -> Call {
        let token =
            token::signed(&web_pubsub.key, &json!({"aud": audience, "exp": 4_000_000_000_i64}));
        let mut call = call(method, target, body.to_owned());
        let bearer =
            HeaderValue::from_str(&format!("Bearer {token}")).expect("a token is a header value");
        call.headers.insert("authorization", bearer);
        call.headers.insert("content-type", HeaderValue::from_static("application/json"));
        call
    }

    fn connect(web_pubsub: &WebPubSub, user: &str) -> UnboundedReceiver<Outgoing> {
        let (sender, receiver) = unbounded_channel();
        let mut connection = Connection::new("studio", Dialect::Plain, String::new());
        connection.user = Some(user.to_owned());
        web_pubsub.connections().open("c1", connection, sender);
        receiver
    }

    #[test]
    fn a_message_to_a_user_arrives_as_json() {
        let web_pubsub = web_pubsub("pubsub-send");
        let mut client = connect(&web_pubsub, "user/1");
        let answer = web_pubsub.handle(&signed(&web_pubsub, Method::POST, SEND, r#"{"rev":3}"#));
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        let _greeting = client.try_recv();
        let Ok(Outgoing::Frame(frame)) = client.try_recv() else { panic!("a message was sent") };
        let frame: Value = serde_json::from_str(&frame).expect("a frame is JSON");
        assert_eq!((&frame["from"], &frame["data"]["rev"]), (&json!("server"), &json!(3)));
    }

    #[test]
    fn a_message_to_nobody_is_accepted() {
        let web_pubsub = web_pubsub("pubsub-nobody");
        let answer = web_pubsub.handle(&signed(&web_pubsub, Method::POST, SEND, "{}"));
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
    }

    #[test]
    fn the_audience_is_the_address_with_or_without_its_query() {
        let web_pubsub = web_pubsub("pubsub-audience");
        let status = |audience: &str| {
            web_pubsub.handle(&authorized(&web_pubsub, Method::POST, SEND, "{}", audience)).status()
        };
        let base = "http://127.0.0.1:7071/_local/webpubsub/api/hubs/studio";
        assert_eq!(status(&format!("{base}/users/user%2F1/:send")), StatusCode::ACCEPTED);
        assert_eq!(status(&format!("{base}/users/user%2F2/:send")), StatusCode::UNAUTHORIZED);
        let anonymous = call(Method::POST, SEND, "{}");
        assert_eq!(web_pubsub.handle(&anonymous).status(), StatusCode::UNAUTHORIZED);
    }

    #[test]
    fn who_is_there_can_be_asked() {
        let web_pubsub = web_pubsub("pubsub-exists");
        let _client = connect(&web_pubsub, "ada");
        let status = |method, path: &str| {
            let target = format!("/api/hubs/studio/{path}?api-version=2024-12-01");
            web_pubsub.handle(&signed(&web_pubsub, method, &target, "")).status()
        };
        assert_eq!(status(Method::HEAD, "users/ada"), StatusCode::OK);
        assert_eq!(status(Method::HEAD, "users/bob"), StatusCode::NOT_FOUND);
        assert_eq!(status(Method::PUT, "users/ada/groups/g"), StatusCode::OK);
        assert_eq!(status(Method::HEAD, "groups/g"), StatusCode::OK);
        assert_eq!(status(Method::POST, "users/ada/:closeConnections"), StatusCode::NO_CONTENT);
        assert_eq!(status(Method::HEAD, "connections/c1"), StatusCode::NOT_FOUND);
    }

    #[test]
    fn a_dropped_message_is_accepted_all_the_same() {
        let web_pubsub = web_pubsub("pubsub-drop");
        web_pubsub.faults.handle(&call(Method::POST, "/", r#"{"webpubsub":{"drop_rate":1}}"#));
        let mut client = connect(&web_pubsub, "user/1");
        let answer = web_pubsub.handle(&signed(&web_pubsub, Method::POST, SEND, "{}"));
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        let _greeting = client.try_recv();
        assert!(client.try_recv().is_err());
    }
}
