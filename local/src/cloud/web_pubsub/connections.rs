//! Who is connected, in which groups, and what each has not acknowledged yet. Nothing here waits or reads a clock.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use tokio::sync::mpsc::UnboundedSender;

use super::protocol::{self, Dialect, Message, Refusal, Said};

/// A client that leaves so much unacknowledged is lost.
const MAX_UNACKNOWLEDGED: usize = 1000;

/// What goes out on a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outgoing {
    Frame(String),
    /// A close frame, then the end.
    Close(u16, String),
    /// The end, without a word, as when a network breaks.
    Cut,
}

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) hub: String,
    pub(super) user: Option<String>,
    pub(super) roles: Vec<String>,
    pub(super) groups: BTreeSet<String>,
    pub(super) dialect: Dialect,
    pub(super) reconnection_token: String,
    sequence: u64,
    unacknowledged: VecDeque<(u64, String)>,
    acknowledged_to_client: HashSet<u64>,
    /// Absent while the client may still come back.
    socket: Option<UnboundedSender<Outgoing>>,
    /// How many sockets there were, so that a late farewell of an old one is not taken for the new one's.
    generation: u64,
}

/// Whom a message is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Audience {
    All,
    User(String),
    Group(String),
    Connection(String),
}

#[derive(Debug, Default)]
pub(super) struct Connections(HashMap<String, Connection>);

impl Connection {
    pub(super) fn new(hub: &str, dialect: Dialect, reconnection_token: String) -> Self {
        Self {
            hub: hub.to_owned(),
            user: None,
            roles: Vec::new(),
            groups: BTreeSet::new(),
            dialect,
            reconnection_token,
            sequence: 0,
            unacknowledged: VecDeque::new(),
            acknowledged_to_client: HashSet::new(),
            socket: None,
            generation: 0,
        }
    }

    fn is_among(&self, id: &str, hub: &str, audience: &Audience) -> bool {
        self.hub == hub
            && match audience {
                Audience::All => true,
                Audience::User(user) => self.user.as_ref() == Some(user),
                Audience::Group(group) => self.groups.contains(group),
                Audience::Connection(connection) => id == connection,
            }
    }

    fn may(&self, role: &str, group: &str) -> bool {
        self.roles
            .iter()
            .any(|it| it == role || it.strip_prefix(role) == Some(&format!(".{group}")))
    }

    fn send(&self, outgoing: Outgoing) {
        if let Some(socket) = &self.socket {
            // A socket whose task has ended says so itself; nothing is to be done about it here.
            let _ = socket.send(outgoing);
        }
    }

    fn receive(&mut self, message: &Message) {
        self.sequence += 1;
        let frame = message.frame(self.dialect, self.sequence);
        if self.dialect == Dialect::Reliable {
            self.unacknowledged.push_back((self.sequence, frame.clone()));
        }
        self.send(Outgoing::Frame(frame));
    }
}

impl Connections {
    /// Adds a connection with its first socket and greets the client. Returns the socket's generation.
    pub(super) fn open(
        &mut self,
        id: &str,
        connection: Connection,
        socket: UnboundedSender<Outgoing>,
    ) -> u64 {
        self.0.insert(id.to_owned(), connection);
        self.attach(id, socket).unwrap_or_default()
    }

    /// A client comes back to its connection: greeted again, then sent what it has not acknowledged.
    /// `None` when there is nothing to come back to.
    pub(super) fn recover(
        &mut self,
        id: &str,
        hub: &str,
        reconnection_token: &str,
        socket: UnboundedSender<Outgoing>,
    ) -> Option<u64> {
        self.0.get(id).filter(|it| {
            it.hub == hub
                && it.dialect == Dialect::Reliable
                && crate::cloud::same_secret(&it.reconnection_token, reconnection_token)
        })?;
        self.attach(id, socket)
    }

    fn attach(&mut self, id: &str, socket: UnboundedSender<Outgoing>) -> Option<u64> {
        let connection = self.0.get_mut(id)?;
        connection.send(Outgoing::Cut);
        connection.socket = Some(socket);
        connection.generation += 1;
        if connection.dialect != Dialect::Bare {
            let reliable = connection.dialect == Dialect::Reliable;
            let token = reliable.then_some(connection.reconnection_token.as_str());
            connection.send(Outgoing::Frame(protocol::connected(
                connection.user.as_deref(),
                id,
                token,
            )));
        }
        for (_, frame) in &connection.unacknowledged {
            connection.send(Outgoing::Frame(frame.clone()));
        }
        Some(connection.generation)
    }

    /// The socket of that generation is gone without a farewell. Whether the client may still come back.
    pub(super) fn detach(&mut self, id: &str, generation: u64) -> bool {
        let Some(connection) = self.0.get_mut(id).filter(|it| it.generation == generation) else {
            return false;
        };
        if connection.dialect == Dialect::Reliable {
            connection.socket = None;
            return true;
        }
        self.0.remove(id);
        false
    }

    /// The time to come back is over, or the client said farewell.
    pub(super) fn remove(&mut self, id: &str, generation: u64) {
        if self.0.get(id).is_some_and(|it| it.generation == generation) {
            self.0.remove(id);
        }
    }

    /// Sends `message` to every connection among `audience` that is not `excluded`; how many there were.
    pub(super) fn send(
        &mut self,
        hub: &str,
        audience: &Audience,
        excluded: &[String],
        message: &Message,
    ) -> usize {
        let mut count = 0;
        let mut lost = Vec::new();
        for (id, connection) in &mut self.0 {
            if connection.is_among(id, hub, audience) && !excluded.contains(id) {
                connection.receive(message);
                count += 1;
                if connection.unacknowledged.len() > MAX_UNACKNOWLEDGED {
                    lost.push(id.clone());
                }
            }
        }
        for id in lost {
            self.close(&id, "The client is too slow.");
        }
        count
    }

    pub(super) fn any(&self, hub: &str, audience: &Audience) -> bool {
        self.0.iter().any(|(id, it)| it.is_among(id, hub, audience))
    }

    /// Puts everybody among `audience` into `group`; whether there was anybody.
    pub(super) fn join(&mut self, hub: &str, audience: &Audience, group: &str) -> bool {
        self.regroup(hub, audience, |groups| {
            groups.insert(group.to_owned());
        })
    }

    /// Takes everybody among `audience` out of `group`, or out of every group.
    pub(super) fn leave(&mut self, hub: &str, audience: &Audience, group: Option<&str>) -> bool {
        self.regroup(hub, audience, |groups| match group {
            Some(group) => {
                groups.remove(group);
            }
            None => groups.clear(),
        })
    }

    fn regroup(
        &mut self,
        hub: &str,
        audience: &Audience,
        change: impl Fn(&mut BTreeSet<String>),
    ) -> bool {
        let mut any = false;
        for (id, connection) in &mut self.0 {
            if connection.is_among(id, hub, audience) {
                change(&mut connection.groups);
                any = true;
            }
        }
        any
    }

    /// Ends every connection among `audience`.
    pub(super) fn close_all(
        &mut self,
        hub: &str,
        audience: &Audience,
        excluded: &[String],
        reason: &str,
    ) {
        let closing = |(id, it): &(&String, &Connection)| {
            it.is_among(id, hub, audience) && !excluded.contains(*id)
        };
        let ids: Vec<String> = self.0.iter().filter(closing).map(|(id, _)| id.clone()).collect();
        for id in ids {
            self.close(&id, reason);
        }
    }

    fn close(&mut self, id: &str, reason: &str) {
        if let Some(connection) = self.0.remove(id) {
            if connection.dialect != Dialect::Bare {
                connection.send(Outgoing::Frame(protocol::disconnected(reason)));
            }
            connection.send(Outgoing::Close(1000, reason.to_owned()));
        }
    }

    /// Breaks every socket; the connections stay as they are, and their clients may come back.
    pub(super) fn cut(&self) -> usize {
        let attached = self.0.values().filter(|it| it.socket.is_some());
        attached.map(|it| it.send(Outgoing::Cut)).count()
    }

    /// Connections, and how many of them have a socket now.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.0.len(), self.0.values().filter(|it| it.socket.is_some()).count())
    }

    /// Does what the client of connection `id` said, and answers it.
    pub(super) fn hear(&mut self, id: &str, said: Said) {
        let Some(connection) = self.0.get_mut(id) else { return };
        let (ack_id, done) = match said {
            Said::Ping {} => return connection.send(Outgoing::Frame(protocol::pong())),
            Said::CancelInvocation {} => return,
            Said::Invoke { invocation_id } => {
                return connection.send(Outgoing::Frame(protocol::not_invoked(&invocation_id)));
            }
            Said::SequenceAck { sequence_id } => {
                connection.unacknowledged.retain(|(sequence, _)| *sequence > sequence_id);
                return;
            }
            // The hub has no event handler, so there is nobody whose failure could be told.
            Said::Event { ack_id } => (ack_id, first_time(connection, ack_id)),
            Said::JoinGroup { group, ack_id } => (
                ack_id,
                join_or_leave(connection, &group, |groups, group| {
                    groups.insert(group);
                }),
            ),
            Said::LeaveGroup { group, ack_id } => (
                ack_id,
                join_or_leave(connection, &group, |groups, group| {
                    groups.remove(&group);
                }),
            ),
            Said::SendToGroup { group, ack_id, no_echo, data_type, data } => {
                let done = if connection.may("webpubsub.sendToGroup", &group) {
                    first_time(connection, ack_id)
                } else {
                    Err(Refusal::Forbidden)
                };
                if done.is_ok() {
                    let (hub, from_user) = (connection.hub.clone(), connection.user.clone());
                    let message =
                        Message { group: Some(group.clone()), from_user, data_type, data };
                    let excluded = if no_echo { vec![id.to_owned()] } else { Vec::new() };
                    self.send(&hub, &Audience::Group(group), &excluded, &message);
                }
                (ack_id, done)
            }
        };
        if let (Some(ack_id), Some(connection)) = (ack_id, self.0.get(id)) {
            connection.send(Outgoing::Frame(protocol::ack(ack_id, done)));
        }
    }
}

fn join_or_leave(
    connection: &mut Connection,
    group: &str,
    change: impl FnOnce(&mut BTreeSet<String>, String),
) -> Result<(), Refusal> {
    if !connection.may("webpubsub.joinLeaveGroup", group) {
        return Err(Refusal::Forbidden);
    }
    change(&mut connection.groups, group.to_owned());
    Ok(())
}

/// Joining twice is joining once, but a message must not be sent twice because its ack was lost.
fn first_time(connection: &mut Connection, ack_id: Option<u64>) -> Result<(), Refusal> {
    match ack_id {
        Some(id) if !connection.acknowledged_to_client.insert(id) => Err(Refusal::Duplicate),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
