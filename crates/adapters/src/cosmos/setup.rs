//! Making the database and its containers, as `infra/cosmos/containers.json` has them, over the service's REST
//! interface.
//!
//! With an account's key alone: Entra gives no rights to make containers this way (Microsoft's rule for roles of the
//! data plane), so in Azure the deployment makes them, from the same file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use imagegen_core::ports::BoxError;
use reqwest::{StatusCode, Url};
use serde::Deserialize;
use serde_json::Value;

use super::account::Account;
use crate::http::{Call, Http, HttpError, Reply, Secret, UnexpectedReply, http_date};
use crate::signature::hmac_sha256;

/// The one container.
pub(super) const CONTAINER: &str = "documents";

/// What Bicep reads too.
const DEFINITIONS: &str = include_str!("../../../../infra/cosmos/containers.json");

/// The version of the interface that these requests were written for.
const API_VERSION: &str = "2020-07-15";

/// What became of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub what: String,
    pub done: Done,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    Made,
    Found,
    /// It was there, with other indexes or another time to live.
    Changed,
}

#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error(
        "containers are made here with an account's key alone, in Azure by the deployment from the same file: give a \
         connection string"
    )]
    NoKey,
    #[error("the partition key of the container `{0}` is another one; it cannot be changed")]
    OtherPartitionKey(String),
    #[error("{what} cannot be set up")]
    Failed { what: String, source: BoxError },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Definitions {
    containers: Vec<Definition>,
}

/// A container as the service's interfaces have it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Definition {
    id: String,
    partition_key: Value,
    indexing_policy: Value,
    default_ttl: Value,
}

impl Done {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::Found => "is there",
            Self::Changed => "changed",
        }
    }
}

/// Makes what is missing and changes what differs; a second run does nothing. `tell` is called for each thing as soon
/// as it is done.
pub async fn set_up(
    account: &Account,
    database: &str,
    http: &Http,
    tell: &mut (dyn FnMut(&Step) + Send),
) -> Result<(), SetupError> {
    let key = account.key().ok_or(SetupError::NoKey)?;
    let service = Service { account, key, http };
    let definitions: Definitions =
        serde_json::from_str(DEFINITIONS).expect("a test reads it, and it is compiled in");
    let what = format!("the database `{database}`");
    let made = service.post(&["dbs"], "dbs", "", &serde_json::json!({ "id": database })).await;
    let done = made.and_then(|reply| made_or_found(&reply)).map_err(failed(&what))?;
    tell(&Step { what, done });
    for container in &definitions.containers {
        let done = service.container(database, container).await?;
        tell(&Step { what: format!("the container `{}`", container.id), done });
    }
    Ok(())
}

struct Service<'a> {
    account: &'a Account,
    key: &'a Secret,
    http: &'a Http,
}

impl Service<'_> {
    async fn container(&self, database: &str, wanted: &Definition) -> Result<Done, SetupError> {
        let what = format!("the container `{}`", wanted.id);
        let body = serde_json::json!({
            "id": wanted.id,
            "partitionKey": wanted.partition_key,
            "indexingPolicy": wanted.indexing_policy,
            "defaultTtl": wanted.default_ttl,
        });
        let link = format!("dbs/{database}");
        let made = self.post(&["dbs", database, "colls"], "colls", &link, &body).await;
        match made.and_then(|reply| made_or_found(&reply)).map_err(failed(&what))? {
            Done::Made | Done::Changed => return Ok(Done::Made),
            Done::Found => {}
        }
        let link = format!("{link}/colls/{}", wanted.id);
        let path = ["dbs", database, "colls", &wanted.id];
        let is = self.send("get", Call::get(self.url(&path)), "colls", &link).await;
        let is = is.and_then(|reply| Ok(reply.json::<Value>()?)).map_err(failed(&what))?;
        if is["partitionKey"]["paths"] != wanted.partition_key["paths"] {
            return Err(SetupError::OtherPartitionKey(wanted.id.clone()));
        }
        if same_indexes(&is["indexingPolicy"], &wanted.indexing_policy)
            && is["defaultTtl"] == wanted.default_ttl
        {
            return Ok(Done::Found);
        }
        let call = Call::put(self.url(&path)).json(&body);
        let replaced = self.send("put", call, "colls", &link).await;
        let replaced = replaced.and_then(|reply| Ok(reply.success()?));
        replaced.map(|()| Done::Changed).map_err(failed(&what))
    }

    async fn post(
        &self,
        path: &[&str],
        kind: &str,
        link: &str,
        body: &Value,
    ) -> Result<Reply, BoxError> {
        self.send("post", Call::post(self.url(path)).json(body), kind, link).await
    }

    /// Each of these requests may come twice: what was made is then there.
    async fn send(
        &self,
        verb: &str,
        call: Call,
        kind: &str,
        link: &str,
    ) -> Result<Reply, BoxError> {
        let date = http_date(self.http.now());
        let token = authorization(self.key, verb, kind, link, &date)?;
        let call = call
            .header("x-ms-date", date)
            .header("x-ms-version", API_VERSION)
            .secret_header("authorization", token);
        Ok(self.http.send_idempotent(&call).await.map_err(Box::<HttpError>::new)?)
    }

    fn url(&self, path: &[&str]) -> Url {
        self.account.endpoint.join(path.iter().copied())
    }
}

/// By learn.microsoft.com/rest/api/cosmos-db/access-control-on-cosmosdb-resources.
fn authorization(
    key: &Secret,
    verb: &str,
    kind: &str,
    link: &str,
    date: &str,
) -> Result<Secret, BoxError> {
    let key = BASE64.decode(key.expose()).map_err(|_| "the account's key is not base64")?;
    let text = format!("{verb}\n{kind}\n{link}\n{}\n\n", date.to_ascii_lowercase());
    let signature = BASE64.encode(hmac_sha256(&key, &text));
    let token = format!("type=master&ver=1.0&sig={signature}");
    let escaped = percent_encoding::utf8_percent_encode(&token, percent_encoding::NON_ALPHANUMERIC);
    Ok(Secret::new(escaped.to_string()))
}

fn made_or_found(reply: &Reply) -> Result<Done, BoxError> {
    if reply.status == StatusCode::CONFLICT {
        return Ok(Done::Found);
    }
    reply.success().map(|()| Done::Made).map_err(|e: UnexpectedReply| e.into())
}

/// The service adds `/"_etag"/?` to what is excluded and spells out what it was not told.
fn same_indexes(is: &Value, wanted: &Value) -> bool {
    let paths = |policy: &Value, name: &str| {
        let list = policy[name].as_array().into_iter().flatten();
        let paths = list.filter_map(|entry| entry["path"].as_str().map(str::to_owned));
        paths.filter(|path| path != "/\"_etag\"/?").collect::<std::collections::BTreeSet<_>>()
    };
    let same = |name| paths(is, name) == paths(wanted, name);
    let composite = |policy: &Value| policy["compositeIndexes"].as_array().map_or(0, Vec::len);
    same("includedPaths") && same("excludedPaths") && composite(is) == composite(wanted)
}

fn failed(what: &str) -> impl Fn(BoxError) -> SetupError {
    move |source| SetupError::Failed { what: what.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_are_read_and_have_the_container_that_documents_are_kept_in() {
        let definitions: Definitions = serde_json::from_str(DEFINITIONS).unwrap();
        let ids: Vec<_> = definitions.containers.iter().map(|c| c.id.as_str()).collect();
        assert_eq!(ids, [CONTAINER]);
        assert_eq!(definitions.containers[0].partition_key["paths"][0], "/partition");
    }

    /// The example of Microsoft's page on access control.
    #[test]
    fn requests_are_signed_as_published() {
        let key = "dsZQi3KtZmCv1ljt3VNWNm7sQUF1y5rJfC6kv5JiwvW0EndXdDku/dkKBp8/ufDToSxLzR4y+O/0H/t4bQtVNw==";
        let date = "Thu, 27 Apr 2017 00:51:12 GMT";
        let token = authorization(&Secret::new(key), "get", "dbs", "dbs/ToDoList", date).unwrap();
        let published =
            "type%3dmaster%26ver%3d1.0%26sig%3dc09PEVJrgp2uQRkr934kFbTqhByc7TVr3OHyqlu%2bc%2bc%3d";
        assert_eq!(token.expose().to_lowercase().replace("%2e", "."), published.to_lowercase());
    }

    #[test]
    fn dates_are_as_http_has_them() {
        assert_eq!(
            http_date("2026-11-02T03:04:05Z".parse().unwrap()),
            "Mon, 02 Nov 2026 03:04:05 GMT"
        );
    }

    #[test]
    fn what_the_service_adds_is_no_difference() {
        let wanted = serde_json::json!({"includedPaths": [{"path": "/a/?"}], "excludedPaths": [{"path": "/*"}]});
        let is = serde_json::json!({
            "indexingMode": "consistent",
            "includedPaths": [{"path": "/a/?", "indexes": []}],
            "excludedPaths": [{"path": "/*"}, {"path": "/\"_etag\"/?"}],
        });
        assert!(same_indexes(&is, &wanted));
        let other = serde_json::json!({"includedPaths": [{"path": "/*"}], "excludedPaths": []});
        assert!(!same_indexes(&other, &wanted));
    }
}
