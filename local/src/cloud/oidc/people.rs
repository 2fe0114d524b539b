//! What the issuer remembers: who signed in here before, and the codes and refresh tokens it gave out.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64_URL;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::token::Person;
use crate::ground::Ground;

/// What a code or a refresh token stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Grant {
    pub(super) person: Person,
    pub(super) client: String,
    pub(super) scope: String,
    pub(super) redirect_uri: String,
    /// The PKCE challenge (S256); a refresh token has none left.
    pub(super) challenge: Option<String>,
    pub(super) nonce: Option<String>,
}

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Code,
    Refresh,
    /// What the browser keeps as a cookie, so that a page can sign in again without asking.
    Session,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Refresh => "refresh",
            Self::Session => "session",
        }
    }

    fn life_seconds(self) -> i64 {
        match self {
            Self::Code => 300,
            // What Entra gives a single-page app.
            Self::Refresh | Self::Session => 24 * 3600,
        }
    }
}

pub(super) fn make_tables(ground: &Ground) {
    ground
        .database
        .lock()
        .expect("no holder panics")
        .execute_batch(
            "CREATE TABLE IF NOT EXISTS oidc_people (
                 address TEXT PRIMARY KEY, person TEXT NOT NULL, seen_at INTEGER NOT NULL) WITHOUT ROWID;
             CREATE TABLE IF NOT EXISTS oidc_grants (
                 digest TEXT PRIMARY KEY, kind TEXT NOT NULL, expires_at INTEGER NOT NULL, grant_ TEXT NOT NULL
             ) WITHOUT ROWID;",
        )
        .expect("the database was opened for writing");
}

/// Keeps `person` for the sign-in page.
pub(super) fn remember(ground: &Ground, person: &Person, now: i64) {
    let written = serde_json::to_string(person).expect("a person is plain data");
    ground
        .database
        .lock()
        .expect("no holder panics")
        .execute(
            "INSERT INTO oidc_people VALUES (?1, ?2, ?3)
             ON CONFLICT (address) DO UPDATE SET person = ?2, seen_at = ?3",
            (person.email.to_lowercase(), written, now),
        )
        .expect("the database was opened for writing");
}

/// Who signed in last, the latest first; at most six, which is what the page shows.
pub(super) fn remembered(ground: &Ground) -> Vec<Person> {
    let database = ground.database.lock().expect("no holder panics");
    let mut statement = database
        .prepare("SELECT person FROM oidc_people ORDER BY seen_at DESC, address LIMIT 6")
        .expect("the table exists");
    let rows =
        statement.query_map([], |row| row.get::<_, String>(0)).expect("there is no parameter");
    rows.flatten().filter_map(|written| serde_json::from_str(&written).ok()).collect()
}

/// Gives out a new secret that stands for `grant`. Only its digest is kept.
pub(super) fn give(ground: &Ground, kind: Kind, grant: &Grant, now: i64) -> String {
    let mut random = [0u8; 32];
    getrandom::fill(&mut random).expect("the operating system has random numbers");
    let secret = BASE64_URL.encode(random);
    let written = serde_json::to_string(grant).expect("a grant is plain data");
    let database = ground.database.lock().expect("no holder panics");
    database
        .execute("DELETE FROM oidc_grants WHERE expires_at <= ?1", [now])
        .and_then(|_| {
            database.execute(
                "INSERT INTO oidc_grants VALUES (?1, ?2, ?3, ?4)",
                (digest(&secret), kind.name(), now + kind.life_seconds(), written),
            )
        })
        .expect("the database was opened for writing");
    secret
}

/// What `secret` stands for. A code is used up by this; a refresh token is good until it expires, as Entra's are,
/// so a client that lost the answer can ask again.
pub(super) fn take(ground: &Ground, kind: Kind, secret: &str, now: i64) -> Option<Grant> {
    let statement = match kind {
        Kind::Code => {
            "DELETE FROM oidc_grants WHERE digest = ?1 AND kind = ?2 AND expires_at > ?3 RETURNING grant_"
        }
        Kind::Refresh | Kind::Session => {
            "SELECT grant_ FROM oidc_grants WHERE digest = ?1 AND kind = ?2 AND expires_at > ?3"
        }
    };
    let written: String = ground
        .database
        .lock()
        .expect("no holder panics")
        .query_row(statement, (digest(secret), kind.name(), now), |row| row.get(0))
        .ok()?;
    serde_json::from_str(&written).ok()
}

/// What `secret` stood for is over.
pub(super) fn forget(ground: &Ground, secret: &str) {
    ground
        .database
        .lock()
        .expect("no holder panics")
        .execute("DELETE FROM oidc_grants WHERE digest = ?1", [digest(secret)])
        .expect("the database was opened for writing");
}

fn digest(secret: &str) -> String {
    BASE64_URL.encode(Sha256::digest(secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud::tests::ground;

    fn grant() -> Grant {
        Grant {
            person: Person { email: "a@b.c".to_owned(), name: "A".to_owned(), roles: Vec::new() },
            client: "imagegen-web".to_owned(),
            scope: "openid".to_owned(),
            redirect_uri: "http://localhost:3000/".to_owned(),
            challenge: None,
            nonce: None,
        }
    }

    #[test]
    fn a_code_works_once_and_not_as_a_refresh_token() {
        let ground = ground("oidc-once");
        make_tables(&ground);
        let code = give(&ground, Kind::Code, &grant(), 1000);
        assert_eq!(take(&ground, Kind::Refresh, &code, 1001), None);
        assert_eq!(take(&ground, Kind::Code, &code, 1001), Some(grant()));
        assert_eq!(take(&ground, Kind::Code, &code, 1001), None);
    }

    #[test]
    fn a_code_expires() {
        let ground = ground("oidc-expiry");
        make_tables(&ground);
        let code = give(&ground, Kind::Code, &grant(), 1000);
        assert_eq!(take(&ground, Kind::Code, &code, 1300), None);
    }

    #[test]
    fn the_page_remembers_the_latest_first_and_nobody_twice() {
        let ground = ground("oidc-people");
        make_tables(&ground);
        let person = |email: &str| Person { email: email.to_owned(), ..grant().person };
        remember(&ground, &person("ada@b.c"), 1);
        remember(&ground, &person("bob@b.c"), 2);
        remember(&ground, &person("ADA@b.c"), 3);
        let addresses: Vec<_> =
            remembered(&ground).into_iter().map(|person| person.email).collect();
        assert_eq!(addresses, ["ADA@b.c", "bob@b.c"]);
    }
}
