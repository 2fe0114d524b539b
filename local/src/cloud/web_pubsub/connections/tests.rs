use super::super::protocol::DataType;
use super::*;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// A client's end of its socket.
struct Client(UnboundedReceiver<Outgoing>);

impl Client {
    /// Everything that was sent and not read yet.
    fn frames(&mut self) -> Vec<Value> {
        let mut frames = Vec::new();
        while let Ok(outgoing) = self.0.try_recv() {
            frames.push(match outgoing {
                Outgoing::Frame(frame) => serde_json::from_str(&frame).expect("frames are JSON"),
                Outgoing::Close(code, _) => json!({"close": code}),
                Outgoing::Cut => json!("cut"),
            });
        }
        frames
    }

    fn data(&mut self) -> Vec<Value> {
        self.frames()
            .into_iter()
            .filter(|it| it["type"] == "message")
            .map(|it| it["data"].clone())
            .collect()
    }
}

fn join(
    connections: &mut Connections,
    id: &str,
    user: &str,
    dialect: Dialect,
    roles: &[&str],
) -> Client {
    let (sender, receiver) = unbounded_channel();
    let mut connection = Connection::new("studio", dialect, format!("token-{id}"));
    connection.user = Some(user.to_owned());
    connection.roles = roles.iter().map(|&role| role.to_owned()).collect();
    connections.open(id, connection, sender);
    Client(receiver)
}

fn message(data: u64) -> Message {
    Message { group: None, from_user: None, data_type: DataType::Json, data: json!(data) }
}

fn to_user(connections: &mut Connections, user: &str, data: u64) -> usize {
    connections.send("studio", &Audience::User(user.to_owned()), &[], &message(data))
}

fn hear(connections: &mut Connections, id: &str, said: Value) {
    connections.hear(id, serde_json::from_value(said).expect("a known frame"));
}

#[test]
fn a_message_reaches_its_user_alone() {
    let mut connections = Connections::default();
    let mut ada = join(&mut connections, "c1", "ada", Dialect::Reliable, &[]);
    let mut bob = join(&mut connections, "c2", "bob", Dialect::Plain, &[]);
    assert_eq!(to_user(&mut connections, "ada", 1), 1);
    assert_eq!(connections.send("another", &Audience::All, &[], &message(2)), 0);
    assert_eq!((ada.data(), bob.data()), (vec![json!(1)], vec![]));
}

#[test]
fn what_was_not_acknowledged_is_sent_again_after_a_break() {
    let mut connections = Connections::default();
    let mut before = join(&mut connections, "c1", "ada", Dialect::Reliable, &[]);
    to_user(&mut connections, "ada", 1);
    to_user(&mut connections, "ada", 2);
    hear(&mut connections, "c1", json!({"type": "sequenceAck", "sequenceId": 1}));
    assert_eq!(before.data().len(), 2);
    assert!(connections.detach("c1", 1));
    to_user(&mut connections, "ada", 3);

    let (sender, receiver) = unbounded_channel();
    assert_eq!(connections.recover("c1", "studio", "token-c1", sender), Some(2));
    let frames = Client(receiver).frames();
    assert_eq!(
        (&frames[0]["event"], &frames[0]["connectionId"]),
        (&json!("connected"), &json!("c1"))
    );
    let again: Vec<_> =
        frames[1..].iter().map(|it| (it["sequenceId"].clone(), it["data"].clone())).collect();
    assert_eq!(again, [(json!(2), json!(2)), (json!(3), json!(3))]);
}

#[test]
fn nobody_recovers_with_a_wrong_token_or_after_the_end() {
    let mut connections = Connections::default();
    let _client = join(&mut connections, "c1", "ada", Dialect::Reliable, &[]);
    let mut recover = |id: &str, hub: &str, token: &str| {
        let (sender, _) = unbounded_channel();
        connections.recover(id, hub, token, sender)
    };
    assert_eq!(recover("c1", "studio", "guessed"), None);
    assert_eq!(recover("c1", "another", "token-c1"), None);
    assert_eq!(recover("c9", "studio", "token-c1"), None);
    connections.detach("c1", 1);
    connections.remove("c1", 1);
    let (sender, _) = unbounded_channel();
    assert_eq!(connections.recover("c1", "studio", "token-c1", sender), None);
}

#[test]
fn a_late_farewell_of_an_old_socket_does_not_end_the_new_one() {
    let mut connections = Connections::default();
    let _old = join(&mut connections, "c1", "ada", Dialect::Reliable, &[]);
    let (sender, receiver) = unbounded_channel();
    connections.recover("c1", "studio", "token-c1", sender);
    assert!(!connections.detach("c1", 1));
    connections.remove("c1", 1);
    to_user(&mut connections, "ada", 1);
    assert_eq!(Client(receiver).data(), [json!(1)]);
}

#[test]
fn a_plain_client_does_not_come_back() {
    let mut connections = Connections::default();
    let _client = join(&mut connections, "c1", "ada", Dialect::Plain, &[]);
    assert!(!connections.detach("c1", 1));
    assert_eq!(connections.counts(), (0, 0));
}

#[test]
fn a_group_is_joined_with_the_role_for_it() {
    let mut connections = Connections::default();
    let mut ada =
        join(&mut connections, "c1", "ada", Dialect::Plain, &["webpubsub.joinLeaveGroup.job-1"]);
    hear(&mut connections, "c1", json!({"type": "joinGroup", "group": "job-1", "ackId": 1}));
    hear(&mut connections, "c1", json!({"type": "joinGroup", "group": "job-10", "ackId": 2}));
    let acks: Vec<_> = ada.frames()[1..]
        .iter()
        .map(|it| (it["success"].clone(), it["error"]["name"].clone()))
        .collect();
    assert_eq!(acks, [(json!(true), Value::Null), (json!(false), json!("Forbidden"))]);
    let group = |name: &str| Audience::Group(name.to_owned());
    assert!(
        connections.any("studio", &group("job-1")) && !connections.any("studio", &group("job-10"))
    );
}

#[test]
fn a_repeated_send_is_done_once_and_told_so() {
    let mut connections = Connections::default();
    let roles = ["webpubsub.joinLeaveGroup", "webpubsub.sendToGroup"];
    let mut ada = join(&mut connections, "c1", "ada", Dialect::Plain, &roles);
    let mut bob = join(&mut connections, "c2", "bob", Dialect::Plain, &roles);
    for id in ["c1", "c2"] {
        hear(&mut connections, id, json!({"type": "joinGroup", "group": "g"}));
    }
    let send = json!({"type": "sendToGroup", "group": "g", "ackId": 5, "noEcho": true, "dataType": "text", "data": "hi"});
    hear(&mut connections, "c1", send.clone());
    hear(&mut connections, "c1", send);
    let acks: Vec<_> = ada.frames().into_iter().filter(|it| it["type"] == "ack").collect();
    assert_eq!(
        (&acks[0]["success"], &acks[1]["error"]["name"]),
        (&json!(true), &json!("Duplicate"))
    );
    let heard = bob.frames();
    let heard: Vec<_> = heard.iter().filter(|it| it["type"] == "message").collect();
    assert_eq!(heard.len(), 1);
    assert_eq!((&heard[0]["from"], &heard[0]["fromUserId"]), (&json!("group"), &json!("ada")));
}

#[test]
fn a_ping_is_answered() {
    let mut connections = Connections::default();
    let mut ada = join(&mut connections, "c1", "ada", Dialect::Plain, &[]);
    hear(&mut connections, "c1", json!({"type": "ping"}));
    assert_eq!(ada.frames()[1], json!({"type": "pong"}));
}

#[test]
fn who_is_closed_is_told_and_gone() {
    let mut connections = Connections::default();
    let mut ada = join(&mut connections, "c1", "ada", Dialect::Reliable, &[]);
    connections.close_all("studio", &Audience::User("ada".to_owned()), &[], "bye");
    let frames = ada.frames();
    assert_eq!(
        (&frames[1]["event"], &frames[2]),
        (&json!("disconnected"), &json!({"close": 1000}))
    );
    assert_eq!(connections.counts(), (0, 0));
}

#[test]
fn a_client_that_acknowledges_nothing_is_given_up() {
    let mut connections = Connections::default();
    let _ada = join(&mut connections, "c1", "ada", Dialect::Reliable, &[]);
    for data in 0..=1000 {
        to_user(&mut connections, "ada", data);
    }
    assert_eq!(connections.counts(), (0, 0));
}
