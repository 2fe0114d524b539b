//! Group commit: one thread, one transaction for all commits that wait, one fsync for all of them.
//!
//! An fsync costs a thousand times what a write does, and the disk does one at a time. So while one is under way the
//! next commits gather, and share the next one: each waits for two fsyncs at the most, however many there are.

use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use imagegen_core::ports::documents::{DocumentsError, NewDocument, Write};
use rusqlite::{Connection, Statement, params};
use tokio::sync::{mpsc, oneshot};

use super::error;

/// The most commits in one transaction: bounds what one failure touches and how long a reply waits for others.
const BATCH: usize = 256;

/// Commits that may wait; further ones wait outside, in `send`, with the tasks that made them.
const WAITING: usize = 1024;

pub(super) struct Writer {
    /// `None` only while dropping.
    commits: Option<mpsc::Sender<Commit>>,
    thread: Option<JoinHandle<()>>,
}

struct Commit {
    partition: String,
    writes: Vec<Write>,
    reply: oneshot::Sender<Result<(), DocumentsError>>,
}

/// The id on which a commit failed.
struct Conflict(String);

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, rusqlite::Error> {
        let etags = Etags::new();
        // Compiled here once, so that a schema which does not fit stops the start.
        drop(Statements::prepare(&connection)?);
        let (sender, receiver) = mpsc::channel(WAITING);
        let thread = Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || write_until_dropped(&connection, etags, receiver))
            .expect("a program that is starting can start a thread");
        Ok(Self { commits: Some(sender), thread: Some(thread) })
    }

    /// Returns when the commit is on the disk, or is known not to be.
    pub(super) async fn commit(
        &self,
        partition: String,
        writes: Vec<Write>,
    ) -> Result<(), DocumentsError> {
        let ended = || DocumentsError::Unavailable("the thread that writes has ended".into());
        let (reply, answer) = oneshot::channel();
        let commits = self.commits.as_ref().expect("nobody commits while dropping");
        commits.send(Commit { partition, writes, reply }).await.map_err(|_| ended())?;
        answer.await.map_err(|_| ended())?
    }
}

impl Drop for Writer {
    /// Afterwards the file is closed, with everything in it that was asked for.
    fn drop(&mut self) {
        drop(self.commits.take());
        if let Some(thread) = self.thread.take() {
            // It panicked, or it ended: in both cases it is gone, and those who waited were told.
            let _ = thread.join();
        }
    }
}

fn write_until_dropped(
    connection: &Connection,
    mut etags: Etags,
    mut commits: mpsc::Receiver<Commit>,
) {
    let mut statements = Statements::prepare(connection).expect("they were prepared at the start");
    let mut batch = Vec::with_capacity(BATCH);
    while commits.blocking_recv_many(&mut batch, BATCH) > 0 {
        match statements.write(&mut etags, &batch) {
            Ok(outcomes) => {
                for (commit, outcome) in batch.drain(..).zip(outcomes) {
                    let answer = outcome.map_err(|Conflict(id)| DocumentsError::Conflict { id });
                    // Nobody may be left to hear it; the commit is done all the same.
                    let _ = commit.reply.send(answer);
                }
            }
            Err(e) => {
                // A conflict, too, may be one with a commit that was just undone: so nobody hears of one.
                statements.roll_back();
                let e = Arc::new(e);
                for commit in batch.drain(..) {
                    let _ = commit.reply.send(Err(error(Arc::clone(&e))));
                }
            }
        }
    }
}

/// What the writer says to `SQLite`, compiled once.
struct Statements<'c> {
    connection: &'c Connection,
    begin: Statement<'c>,
    commit: Statement<'c>,
    rollback: Statement<'c>,
    savepoint: Statement<'c>,
    release: Statement<'c>,
    rollback_to: Statement<'c>,
    create: Statement<'c>,
    replace: Statement<'c>,
    replace_and_move: Statement<'c>,
    delete: Statement<'c>,
}

impl<'c> Statements<'c> {
    fn prepare(connection: &'c Connection) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            connection,
            // IMMEDIATE: waits for another process's write here, where nothing is lost by waiting.
            begin: connection.prepare("BEGIN IMMEDIATE")?,
            commit: connection.prepare("COMMIT")?,
            rollback: connection.prepare("ROLLBACK")?,
            savepoint: connection.prepare("SAVEPOINT one")?,
            release: connection.prepare("RELEASE one")?,
            rollback_to: connection.prepare("ROLLBACK TO one")?,
            create: connection.prepare(
                "INSERT INTO documents (partition, id, kind, due, etag, body, position)
                 VALUES (?, ?, ?, ?, ?, ?, ?)
                 ON CONFLICT DO NOTHING",
            )?,
            replace: connection.prepare(
                "UPDATE documents SET etag = ?5, body = ?6
                 WHERE partition = ?1 AND id = ?2 AND etag = ?7 AND kind = ?3 AND due IS ?4",
            )?,
            replace_and_move: connection.prepare(
                "UPDATE documents SET kind = ?3, due = ?4, etag = ?5, body = ?6
                 WHERE partition = ?1 AND id = ?2 AND etag = ?7",
            )?,
            delete: connection.prepare("DELETE FROM documents WHERE partition = ? AND id = ?")?,
        })
    }

    /// All of `batch` in one transaction, durable on return. An error means that none of it is known to be.
    fn write(
        &mut self,
        etags: &mut Etags,
        batch: &[Commit],
    ) -> Result<Vec<Result<(), Conflict>>, rusqlite::Error> {
        self.begin.execute([])?;
        let mut outcomes = Vec::with_capacity(batch.len());
        for commit in batch {
            self.savepoint.execute([])?;
            let outcome = self.apply(etags, commit)?;
            if outcome.is_err() {
                self.rollback_to.execute([])?;
            }
            self.release.execute([])?;
            outcomes.push(outcome);
        }
        self.commit.execute([])?;
        Ok(outcomes)
    }

    /// Stops at the first conflict, with what came before it still to be undone.
    fn apply(
        &mut self,
        etags: &mut Etags,
        commit: &Commit,
    ) -> Result<Result<(), Conflict>, rusqlite::Error> {
        let partition = &commit.partition;
        for write in &commit.writes {
            let (id, changed) = match write {
                Write::Create(NewDocument { id, kind, position, due, body }) => {
                    let due = due.map(jiff::Timestamp::as_millisecond);
                    let row = params![partition, id, kind, due, etags.next(), body, position];
                    (id, self.create.execute(row)?)
                }
                Write::Replace {
                    etag,
                    document: NewDocument { id, kind, due, body, position: _ },
                } => {
                    let due = due.map(jiff::Timestamp::as_millisecond);
                    let old = Etags::parse(&etag.0);
                    let row = params![partition, id, kind, due, etags.next(), body, old];
                    // Most writes change neither kind nor time, and then no index has to be written.
                    let changed = match self.replace.execute(row)? {
                        0 => self.replace_and_move.execute(row)?,
                        changed => changed,
                    };
                    (id, changed)
                }
                Write::Delete { id } => (id, self.delete.execute(params![partition, id])?),
            };
            if changed == 0 {
                return Ok(Err(Conflict(id.clone())));
            }
        }
        Ok(Ok(()))
    }

    fn roll_back(&mut self) {
        // After some errors SQLite has rolled back by itself. If this fails too, the next BEGIN fails, and says why.
        if !self.connection.is_autocommit() {
            let _ = self.rollback.execute([]);
        }
    }
}

/// Numbers that no earlier write of a document had, also not in an earlier life of it.
///
/// They count from a random start: within one process none comes twice; that two processes' ranges meet on the same
/// document is as likely as guessing a 64-bit number. A counter in the file would cost every commit one more page.
struct Etags(u64);

impl Etags {
    fn new() -> Self {
        Self(getrandom::u64().expect("the system has random numbers"))
    }

    fn next(&mut self) -> i64 {
        self.0 = self.0.wrapping_add(1);
        self.0.cast_signed()
    }

    fn parse(text: &str) -> Option<i64> {
        // NULL equals nothing: what we did not write conflicts.
        u64::from_str_radix(text, 16).ok().map(u64::cast_signed)
    }
}
