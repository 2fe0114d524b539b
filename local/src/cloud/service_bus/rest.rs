//! The REST API of Service Bus, below `/_local/servicebus/`: send one or many, receive, settle.
//!
//! Two addresses are ours: `GET <queue>/$deadletter` and `POST <queue>/$deadletter/replay`, for people and tests.

use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Method, StatusCode};
use jiff::Timestamp;
use serde_json::json;

use super::message::{self, SIZE_LIMIT};
use super::{Broker, Error, Message, NewMessage, Order, sas};
use crate::cloud::identity::{self, Identity};
use crate::cloud::{Answer, Call, empty, json};

/// The path under which the stand-in is served, as it stands in signed addresses.
const BASE: &str = "/_local/servicebus";
const BATCH: &str = "application/vnd.microsoft.servicebus.json";
/// How many dead letters one look shows.
const DEAD_LETTERS_SHOWN: u32 = 1000;

/// Answers one call; `rule` and `key` are those of the connection string.
pub(crate) async fn handle(
    broker: &Broker,
    rule: &str,
    key: &str,
    identity: &Identity,
    call: Call,
) -> Answer {
    let token = call.bearer();
    let known = token.is_some_and(|it| identity.lets_in(it, identity::SERVICE_BUS));
    let rule = if known { None } else { Some((rule, key)) };
    match answer(broker, rule, &call).await {
        Ok(answer) => answer,
        Err(refusal) => refusal.into_answer(),
    }
}

/// An answer other than success, with the sentence that real Service Bus puts into XML.
struct Refusal {
    status: StatusCode,
    detail: String,
}

impl Refusal {
    fn new(status: StatusCode, detail: impl Into<String>) -> Refusal {
        Refusal { status, detail: detail.into() }
    }

    fn into_answer(self) -> Answer {
        let detail = self.detail.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let code = self.status.as_u16();
        let mut answer = Answer::new(Bytes::from(format!(
            "<Error><Code>{code}</Code><Detail>{detail}</Detail></Error>"
        )));
        *answer.status_mut() = self.status;
        answer
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/xml; charset=utf-8"));
        answer
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Refusal {
        Refusal::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("the database of the broker failed: {error}"),
        )
    }
}

/// `rule` is what has to have signed the call; `None` when an identity has opened everything.
async fn answer(
    broker: &Broker,
    rule: Option<(&str, &str)>,
    call: &Call,
) -> Result<Answer, Refusal> {
    let path = call.path.trim_matches('/').to_lowercase();
    let parts: Vec<&str> = path.split('/').collect();
    // The dead letters of a queue are a queue, so its name may have two parts.
    let (queue, rest) = match parts.as_slice() {
        [queue, "$deadletter" | "$deadletterqueue", rest @ ..]
            if rest.first() == Some(&"messages") =>
        {
            (super::store::dead_letter_queue(queue), rest)
        }
        [queue, rest @ ..] => ((*queue).to_owned(), rest),
        [] => return Err(not_found()),
    };
    let now = Timestamp::now();
    match (&call.method, rest) {
        (&Method::GET, ["$deadletter"]) => {
            return Ok(dead_letters(&broker.dead_letters(&queue, DEAD_LETTERS_SHOWN)?));
        }
        (&Method::POST, ["$deadletter", "replay"]) => {
            return Ok(json(StatusCode::OK, &json!({ "replayed": broker.replay(&queue, now)? })));
        }
        _ => {
            if let Some((rule, key)) = rule {
                authorize(rule, key, call, now)?;
            }
        }
    }
    if !is_queue_name(parts[0]) {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            format!("{:?} is not a queue name", parts[0]),
        ));
    }
    match (&call.method, rest) {
        (&Method::POST, ["messages"]) => send(broker, &queue, call, now),
        (&Method::POST, ["messages", "head"]) => {
            Ok(peek_lock(receive(broker, &queue, call).await?))
        }
        (&Method::DELETE, ["messages", "head"]) => receive_and_delete(broker, &queue, call).await,
        (method, ["messages", _, token]) => settle(broker, &queue, method, token, now),
        _ => Err(not_found()),
    }
}

fn not_found() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "there is nothing at this address")
}

fn authorize(rule: &str, key: &str, call: &Call, now: Timestamp) -> Result<(), Refusal> {
    let token =
        call.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(|| {
            Refusal::new(
                StatusCode::UNAUTHORIZED,
                "MissingToken: the Authorization header is missing",
            )
        })?;
    sas::check(token, rule, key, &format!("{BASE}{}", call.path), now)
        .map_err(|detail| Refusal::new(StatusCode::UNAUTHORIZED, detail))
}

fn is_queue_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.len() <= 260
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

fn send(broker: &Broker, queue: &str, call: &Call, now: Timestamp) -> Result<Answer, Refusal> {
    let bad = |detail| Refusal::new(StatusCode::BAD_REQUEST, detail);
    // With a charset parameter, the real service takes the array for the body of one message.
    let messages = if call.headers.get(CONTENT_TYPE).is_some_and(|value| value == BATCH) {
        message::batch(&call.body).map_err(bad)?
    } else {
        vec![message::single(&call.headers, &call.body).map_err(bad)?]
    };
    let size: usize = messages.iter().map(NewMessage::size).sum();
    if size > SIZE_LIMIT {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            format!("the message or batch has {size} bytes, more than {SIZE_LIMIT}"),
        ));
    }
    broker.send(queue, &messages, now)?;
    Ok(empty(StatusCode::CREATED))
}

/// `None` after `?timeout=` seconds (60 when it is not given) without a message.
async fn receive(broker: &Broker, queue: &str, call: &Call) -> Result<Option<Message>, Refusal> {
    let seconds = url::form_urlencoded::parse(call.query.as_bytes())
        .find(|(name, _)| name == "timeout")
        .map_or(Ok(60), |(_, value)| value.parse::<u64>())
        .map_err(|_| {
            Refusal::new(StatusCode::BAD_REQUEST, "timeout must be a number of seconds")
        })?;
    let limit = Duration::from_secs(seconds.min(60));
    match tokio::time::timeout(limit, broker.receive(queue, || Order::Oldest)).await {
        Ok(message) => Ok(Some(message?)),
        Err(_) => Ok(None),
    }
}

fn peek_lock(message: Option<Message>) -> Answer {
    message.map_or_else(
        || empty(StatusCode::NO_CONTENT),
        |message| received(StatusCode::CREATED, &message),
    )
}

async fn receive_and_delete(broker: &Broker, queue: &str, call: &Call) -> Result<Answer, Refusal> {
    let Some(message) = receive(broker, queue, call).await? else {
        return Ok(empty(StatusCode::NO_CONTENT));
    };
    broker.complete(&message.lock_token)?;
    Ok(received(StatusCode::OK, &message))
}

fn received(status: StatusCode, message: &Message) -> Answer {
    let mut answer = Answer::new(Bytes::from(message.body.clone()));
    *answer.status_mut() = status;
    let location =
        format!("{BASE}/{}/messages/{}/{}", message.queue, message.sequence, message.lock_token);
    let user =
        message.user_properties.iter().map(|(name, value)| (name.clone(), value.to_string()));
    let ours = [
        ("BrokerProperties".to_owned(), message.broker_properties()),
        (LOCATION.as_str().to_owned(), location),
        (CONTENT_TYPE.as_str().to_owned(), message.content_type.clone().unwrap_or_default()),
    ];
    for (name, value) in user.chain(ours) {
        // A property that does not fit into a header is lost over REST, there as here.
        if let (Ok(name), Ok(value)) =
            (http::HeaderName::try_from(name), HeaderValue::try_from(value))
            && !value.is_empty()
        {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

fn settle(
    broker: &Broker,
    queue: &str,
    method: &Method,
    token: &str,
    now: Timestamp,
) -> Result<Answer, Refusal> {
    let held = match *method {
        Method::DELETE => broker.complete(token)?,
        Method::PUT => broker.abandon(queue, token)?,
        Method::POST => broker.renew(token, now)?.is_some(),
        _ => return Err(not_found()),
    };
    if held {
        Ok(empty(StatusCode::OK))
    } else {
        Err(Refusal::new(
            StatusCode::GONE,
            "MessageLockLost: the lock has expired, or the message was settled",
        ))
    }
}

fn dead_letters(messages: &[Message]) -> Answer {
    let list: Vec<_> = messages
        .iter()
        .map(|message| {
            json!({
                "messageId": message.message_id,
                "deliveryCount": message.delivery_count,
                "enqueuedTime": message.enqueued.to_string(),
                "body": String::from_utf8_lossy(&message.body),
                "userProperties": message.user_properties,
            })
        })
        .collect();
    json(StatusCode::OK, &json!({ "messages": list }))
}
