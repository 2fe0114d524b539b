//! The client endpoint: one task for each WebSocket.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64_URL;
use futures_util::{SinkExt as _, StreamExt as _};
use http::{HeaderValue, StatusCode};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use warp::Reply as _;
use warp::ws::{Message as Frame, WebSocket, Ws};

use super::connections::{Connection, Outgoing};
use super::protocol::{Dialect, Said};
use super::token::{self, Client};
use super::{WebPubSub, refusal};
use crate::cloud::pairs;

/// How long a client may take to come back.
const RECOVERY: Duration = Duration::from_mins(1);
/// The largest message of the service.
const MAX_MESSAGE: usize = 1024 * 1024;
/// The close code that sends a client to a fresh connection.
const POLICY_VIOLATION: u16 = 1008;

/// What a client asks for in the address of its socket.
struct Wish {
    access_token: String,
    recovery: Option<(String, String)>,
}

impl WebPubSub {
    /// Answers the upgrade of `/client/hubs/<hub>?<query>`: refuses a bad token before it, and echoes the
    /// subprotocol that was chosen.
    pub(crate) fn upgrade(
        self: &Arc<Self>,
        hub: &str,
        query: &str,
        protocols: Option<&str>,
        ws: Ws,
    ) -> warp::reply::Response {
        let Some(dialect) = Dialect::choose(protocols) else {
            let sentence = "No known subprotocol was offered.";
            return refusal(StatusCode::BAD_REQUEST, "BadRequest", sentence).into_response();
        };
        let wish = Wish::parse(query);
        // A client that comes back shows its reconnection token; its first one may have expired meanwhile.
        if wish.recovery.is_none()
            && let Err(sentence) = self.client(hub, &wish.access_token)
        {
            return refusal(StatusCode::UNAUTHORIZED, "Unauthorized", &sentence).into_response();
        }
        let (this, hub, query) = (Arc::clone(self), hub.to_owned(), query.to_owned());
        let protocols = protocols.map(str::to_owned);
        let mut reply = ws
            .max_message_size(MAX_MESSAGE)
            .on_upgrade(move |socket| async move {
                this.client_socket(&hub, &query, protocols.as_deref(), socket).await;
            })
            .into_response();
        if let Some(name) = dialect.name() {
            reply.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static(name));
        }
        reply
    }

    /// Serves one socket until it ends.
    pub(crate) async fn client_socket(
        self: &Arc<Self>,
        hub: &str,
        query: &str,
        protocols: Option<&str>,
        mut socket: WebSocket,
    ) {
        let (sender, mut outgoing) = unbounded_channel();
        let Some((id, generation)) = self.admit(hub, query, protocols, sender) else {
            // The client is gone or will go; both are as good.
            let _ = socket
                .send(Frame::close_with(POLICY_VIOLATION, "The connection is unknown."))
                .await;
            return;
        };
        let farewell = loop {
            tokio::select! {
                outgoing = outgoing.recv() => match outgoing {
                    Some(Outgoing::Frame(frame)) => {
                        if socket.send(Frame::text(frame)).await.is_err() {
                            break false;
                        }
                    }
                    Some(Outgoing::Close(code, reason)) => {
                        let _ = socket.send(Frame::close_with(code, reason)).await;
                        break true;
                    }
                    Some(Outgoing::Cut) | None => break false,
                },
                incoming = socket.next() => match incoming {
                    Some(Ok(frame)) if frame.is_close() => break true,
                    Some(Ok(frame)) => {
                        if let Ok(text) = frame.to_str() && !self.hear(&id, text) {
                            let _ = socket.send(Frame::close_with(1007u16, "The frame is not understood.")).await;
                            break true;
                        }
                    }
                    Some(Err(_)) | None => break false,
                },
            }
        };
        self.ended(&id, generation, farewell);
    }

    /// Says what to do when a socket has ended, with or without a close frame.
    fn ended(self: &Arc<Self>, id: &str, generation: u64, farewell: bool) {
        if farewell {
            self.connections().remove(id, generation);
        } else if self.connections().detach(id, generation) {
            let (this, id) = (Arc::clone(self), id.to_owned());
            tokio::spawn(async move {
                tokio::time::sleep(RECOVERY).await;
                // Nothing happens to a client that came back: its generation is another.
                this.connections().remove(&id, generation);
            });
        }
    }

    /// Whether `text` was understood.
    fn hear(&self, id: &str, text: &str) -> bool {
        match serde_json::from_str::<Said>(text) {
            Ok(said) => {
                self.connections().hear(id, said);
                true
            }
            Err(_) => false,
        }
    }

    /// The id of the connection that the socket now belongs to, and the socket's generation.
    fn admit(
        &self,
        hub: &str,
        query: &str,
        protocols: Option<&str>,
        socket: UnboundedSender<Outgoing>,
    ) -> Option<(String, u64)> {
        let wish = Wish::parse(query);
        if let Some((id, reconnection_token)) = wish.recovery {
            let generation = self.connections().recover(&id, hub, &reconnection_token, socket)?;
            return Some((id, generation));
        }
        let client = self.client(hub, &wish.access_token).ok()?;
        let mut connection = Connection::new(hub, Dialect::choose(protocols)?, random());
        connection.user = client.user;
        connection.roles = client.roles.into_vec();
        connection.groups = client.groups.into_vec().into_iter().collect();
        let id = random();
        let generation = self.connections().open(&id, connection, socket);
        Some((id, generation))
    }

    fn client(&self, hub: &str, access_token: &str) -> Result<Client, String> {
        let audiences = self.origins().map(|origin| format!("{origin}/client/hubs/{hub}"));
        token::verified(&self.key, access_token, &audiences)
    }
}

impl Wish {
    fn parse(query: &str) -> Self {
        let pairs = pairs(query.as_bytes());
        let find =
            |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        Self {
            access_token: find("access_token").unwrap_or_default(),
            recovery: find("awps_connection_id").zip(find("awps_reconnection_token")),
        }
    }
}

fn random() -> String {
    let mut random = [0u8; 24];
    getrandom::fill(&mut random).expect("the operating system has random numbers");
    BASE64_URL.encode(random)
}

#[cfg(test)]
mod tests {
    use super::super::token::signed;
    use super::*;
    use crate::cloud::faults::Faults;
    use crate::cloud::tests::{call, ground};
    use http::Method;
    use serde_json::{Value, json};
    use warp::Filter as _;
    use warp::test::WsClient;

    const PROTOCOL: &str = "json.reliable.webpubsub.azure.v1";

    fn web_pubsub(name: &str) -> Arc<WebPubSub> {
        Arc::new(WebPubSub::new(&ground(name), Arc::new(Faults::default())))
    }

    fn access_token(web_pubsub: &WebPubSub) -> String {
        let audience = "http://localhost:7071/_local/webpubsub/client/hubs/studio";
        let claims = json!({"aud": audience, "exp": 4_000_000_000_i64, "sub": "ada", "webpubsub.group": "g"});
        signed(&web_pubsub.key, &claims)
    }

    async fn connect(web_pubsub: &Arc<WebPubSub>, query: String) -> Option<WsClient> {
        let web_pubsub = Arc::clone(web_pubsub);
        let endpoint =
            warp::ws().map(move |ws| web_pubsub.upgrade("studio", &query, Some(PROTOCOL), ws));
        warp::test::ws().handshake(endpoint).await.ok()
    }

    async fn next(client: &mut WsClient) -> Value {
        let frame = client.recv().await.expect("a frame comes");
        serde_json::from_str(frame.to_str().expect("frames are text")).expect("frames are JSON")
    }

    fn tell(web_pubsub: &WebPubSub, number: u64) {
        let target = "/api/hubs/studio/groups/g/:send?api-version=2024-12-01";
        let audience = format!("http://localhost:7071/_local/webpubsub{target}");
        let token = signed(&web_pubsub.key, &json!({"aud": audience, "exp": 4_000_000_000_i64}));
        let mut call = call(Method::POST, target, number.to_string());
        call.headers.insert("content-type", HeaderValue::from_static("application/json"));
        call.headers
            .insert("authorization", format!("Bearer {token}").parse().expect("a header value"));
        assert_eq!(web_pubsub.handle(&call).status(), StatusCode::ACCEPTED);
    }

    #[tokio::test]
    async fn a_client_whose_socket_broke_comes_back_and_misses_nothing() {
        let web_pubsub = web_pubsub("pubsub-recovery");
        let query = format!("access_token={}", access_token(&web_pubsub));
        let mut client = connect(&web_pubsub, query).await.expect("the token is good");
        let greeting = next(&mut client).await;
        tell(&web_pubsub, 1);
        assert_eq!(next(&mut client).await["data"], 1);
        web_pubsub.handle(&call(Method::POST, "/_cut", ""));
        assert!(client.recv().await.is_err());
        tell(&web_pubsub, 2);

        let text = |name: &str| greeting[name].as_str().expect("text").to_owned();
        let query = format!(
            "awps_connection_id={}&awps_reconnection_token={}",
            text("connectionId"),
            text("reconnectionToken")
        );
        let mut client = connect(&web_pubsub, query).await.expect("it may come back");
        assert_eq!(next(&mut client).await["connectionId"], greeting["connectionId"]);
        assert_eq!(next(&mut client).await["sequenceId"], 1);
        assert_eq!(next(&mut client).await["sequenceId"], 2);
    }

    #[tokio::test]
    async fn a_bad_token_is_refused_before_the_upgrade() {
        let web_pubsub = web_pubsub("pubsub-refused");
        assert!(connect(&web_pubsub, "access_token=guessed".to_owned()).await.is_none());
    }

    #[tokio::test]
    async fn an_unknown_connection_is_closed_at_once() {
        let web_pubsub = web_pubsub("pubsub-unknown");
        let query = "awps_connection_id=x&awps_reconnection_token=y".to_owned();
        let mut client = connect(&web_pubsub, query).await.expect("the upgrade is made to say why");
        assert!(client.recv().await.is_err());
    }
}
