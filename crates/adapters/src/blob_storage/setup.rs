//! What an account needs before anything is stored in it. In Azure Bicep makes it, from the same file.

use azure_storage_blob::models::{BlobServiceProperties, CorsRule};
use imagegen_core::ports::blobs::BlobsError;
use serde::Deserialize;

use super::StorageAccount;
use super::wire::Failure;

/// `infra/storage/blob-service.json`. Its lifecycle rules are Azure Resource Manager's alone: no storage protocol has
/// them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BlobService {
    pub containers: Vec<String>,
    cors: Vec<Cors>,
}

#[derive(Debug, thiserror::Error)]
#[error("the description of the blob service is not readable")]
pub struct InvalidBlobService(#[from] serde_json::Error);

/// What a page of another origin may do, with a link.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cors {
    allowed_methods: Vec<String>,
    allowed_headers: Vec<String>,
    exposed_headers: Vec<String>,
    max_age_in_seconds: i32,
}

/// One thing, as soon as it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub what: String,
    pub done: Done,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    Made,
    There,
}

impl Done {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Made => "made",
            Self::There => "there already",
        }
    }
}

impl BlobService {
    pub fn parse(text: &str) -> Result<Self, InvalidBlobService> {
        Ok(serde_json::from_str(text)?)
    }

    fn rules(&self, origins: &[String]) -> Vec<CorsRule> {
        let rule = |cors: &Cors| CorsRule {
            allowed_origins: Some(origins.join(",")),
            allowed_methods: Some(cors.allowed_methods.join(",")),
            allowed_headers: Some(cors.allowed_headers.join(",")),
            exposed_headers: Some(cors.exposed_headers.join(",")),
            max_age_in_seconds: Some(cors.max_age_in_seconds),
        };
        if origins.is_empty() { Vec::new() } else { self.cors.iter().map(rule).collect() }
    }
}

impl StorageAccount {
    /// Makes the containers, private, and has pages of `origins` use links. Doing it again changes nothing. Each step is
    /// told as soon as it is done.
    pub async fn set_up(
        &self,
        service: &BlobService,
        origins: &[String],
        tell: &mut (dyn FnMut(Step) + Send),
    ) -> Result<(), BlobsError> {
        for container in &service.containers {
            let what = format!("container `{container}`");
            let made = self.client().blob_container_client(container).create(None).await;
            let done = match self.outcome(made) {
                Ok(_) => Done::Made,
                Err(Failure::ContainerExists) => Done::There,
                Err(failure) => return Err(failure.into_error(container)),
            };
            tell(Step { what, done });
        }
        let done = self.allow(service.rules(origins)).await?;
        let what = if origins.is_empty() {
            "no page of another origin may use links".to_owned()
        } else {
            format!("pages of {} may use links", origins.join(", "))
        };
        tell(Step { what, done });
        Ok(())
    }

    async fn allow(&self, rules: Vec<CorsRule>) -> Result<Done, BlobsError> {
        let asked = async { self.client().get_properties(None).await?.into_model() };
        let current = self
            .outcome(asked.await)
            .map_err(|failure| failure.into_error(""))?
            .cors
            .unwrap_or_default();
        if same(&current, &rules) {
            return Ok(Done::There);
        }
        let properties =
            BlobServiceProperties { cors: Some(rules), ..BlobServiceProperties::default() };
        let set = async { self.client().set_properties(properties.try_into()?, None).await };
        self.outcome(set.await).map_err(|failure| failure.into_error(""))?;
        Ok(Done::Made)
    }
}

fn same(left: &[CorsRule], right: &[CorsRule]) -> bool {
    let fields = |rule: &CorsRule| {
        let lists = [
            &rule.allowed_origins,
            &rule.allowed_methods,
            &rule.allowed_headers,
            &rule.exposed_headers,
        ];
        (lists.map(|list| list.clone().unwrap_or_default()), rule.max_age_in_seconds)
    };
    left.iter().map(fields).eq(right.iter().map(fields))
}
