//! Azure AI Content Safety.
//!
//! Source: the service's REST reference, version 2024-09-01.

mod wire;

use std::time::Duration;

use async_trait::async_trait;
use imagegen_core::ports::BoxError;
use imagegen_core::ports::moderation::{Category, Moderation, ModerationError, Verdict};
use reqwest::Url;

use crate::entra::Access;
use crate::http::{Call, Endpoint, Http, InvalidEndpoint};
use wire::{Analysis, ImageRequest, TextRequest};

/// What an Entra token for the service must be made for.
const SCOPE: &str = "https://cognitiveservices.azure.com/.default";
/// Code points in one call.
const LONGEST_TEXT: usize = 10_000;
/// A user waits for the verdict on a prompt.
const TEXT_PATIENCE: Duration = Duration::from_secs(12);
const IMAGE_PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Clone)]
pub struct ContentSafetySettings {
    /// `https://<resource>.cognitiveservices.azure.com`
    pub endpoint: String,
    /// A key, or an identity with the role Cognitive Services User; the endpoint must then be the resource's own name,
    /// not a region's.
    pub access: Access,
    pub thresholds: Thresholds,
    /// Lists of the operator's own terms, made in the service beforehand; may be empty. Only texts are held against
    /// them.
    pub blocklists: Vec<String>,
}

/// The least severity that is blocked, 1 to 7. Answers have 0, 2, 4 and 6: 4 lets "low" pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    pub hate: u8,
    pub self_harm: u8,
    pub sexual: u8,
    pub violence: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidContentSafetySettings {
    #[error("the safety check's endpoint {0}")]
    Endpoint(InvalidEndpoint),
    #[error("the safety check's key must not be empty")]
    Key,
    #[error("a threshold must be 1 to 7")]
    Threshold,
}

#[derive(Debug)]
pub struct ContentSafety {
    endpoint: Endpoint,
    access: Access,
    thresholds: Thresholds,
    blocklists: Vec<String>,
    http: Http,
}

impl ContentSafety {
    pub fn new(
        settings: ContentSafetySettings,
        http: Http,
    ) -> Result<Self, InvalidContentSafetySettings> {
        let endpoint = settings.endpoint.parse().map_err(InvalidContentSafetySettings::Endpoint)?;
        if settings.access.is_empty() {
            return Err(InvalidContentSafetySettings::Key);
        }
        let Thresholds { hate, self_harm, sexual, violence } = settings.thresholds;
        if [hate, self_harm, sexual, violence].iter().any(|t| !(1..=7).contains(t)) {
            return Err(InvalidContentSafetySettings::Threshold);
        }
        Ok(Self {
            endpoint,
            access: settings.access,
            thresholds: settings.thresholds,
            blocklists: settings.blocklists,
            http,
        })
    }

    /// `Ok(None)`: the service does not take this content.
    async fn analyze(&self, call: Call) -> Result<Option<Verdict>, BoxError> {
        let call = match &self.access {
            Access::Key(key) => call.secret_header("ocp-apim-subscription-key", key.clone()),
            Access::Identity(tokens) => call.bearer(&tokens.bearer(SCOPE).await?),
        };
        let reply = self.http.send_idempotent(&call).await?;
        if wire::refuses_content(&reply) {
            return Ok(None);
        }
        let analysis: Analysis = reply.json()?;
        Ok(Some(self.judge(&analysis)?))
    }

    /// Blocked for the most severe reason; allowed only when every category was judged.
    fn judge(&self, analysis: &Analysis) -> Result<Verdict, Unjudged> {
        let mut worst = None;
        for (category, name, threshold) in self.thresholds.named() {
            let severity = analysis.severity(name).ok_or(Unjudged(name))?;
            if severity >= threshold && worst.is_none_or(|(_, w)| severity > w) {
                worst = Some((category, severity));
            }
        }
        if analysis.matches_a_blocklist() {
            return Ok(Verdict::Blocked { category: Category::Other, severity: 7 });
        }
        Ok(match worst {
            Some((category, severity)) => Verdict::Blocked { category, severity },
            None => Verdict::Allowed,
        })
    }

    fn url(&self, action: &str) -> Url {
        let mut url = self.endpoint.join(["contentsafety", action]);
        url.query_pairs_mut().append_pair("api-version", wire::API_VERSION);
        url
    }
}

#[async_trait]
impl Moderation for ContentSafety {
    async fn text(&self, text: &str) -> Result<Verdict, ModerationError> {
        for part in split(text, LONGEST_TEXT) {
            let call = Call::post(self.url("text:analyze"))
                .json(&TextRequest::new(part, &self.blocklists))
                .timeout(TEXT_PATIENCE / 2)
                .patience(TEXT_PATIENCE);
            let verdict = judged(self.analyze(call).await)?;
            if verdict != Verdict::Allowed {
                return Ok(verdict);
            }
        }
        Ok(Verdict::Allowed)
    }

    async fn image(&self, image: &[u8]) -> Result<Verdict, ModerationError> {
        let call = Call::post(self.url("image:analyze"))
            .json(&ImageRequest::new(image))
            .timeout(IMAGE_PATIENCE / 2)
            .patience(IMAGE_PATIENCE);
        judged(self.analyze(call).await)
    }
}

fn judged(verdict: Result<Option<Verdict>, BoxError>) -> Result<Verdict, ModerationError> {
    match verdict {
        Ok(Some(verdict)) => Ok(verdict),
        Ok(None) => Err(ModerationError::Unusable("it does not take this content".into())),
        Err(error) => Err(ModerationError::Unavailable(error)),
    }
}

/// The answer leaves out a category, so there is no verdict.
#[derive(Debug, thiserror::Error)]
#[error("the answer does not judge `{0}`")]
struct Unjudged(&'static str);

impl Thresholds {
    fn named(self) -> [(Category, &'static str, u8); 4] {
        [
            (Category::Hate, wire::HATE, self.hate),
            (Category::SelfHarm, wire::SELF_HARM, self.self_harm),
            (Category::Sexual, wire::SEXUAL, self.sexual),
            (Category::Violence, wire::VIOLENCE, self.violence),
        ]
    }
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { hate: 4, self_harm: 4, sexual: 4, violence: 4 }
    }
}

/// Parts of at most `most` code points, cut behind white space where there is any; at least one part. Nothing is left
/// out.
fn split(text: &str, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((end, _)) = rest.char_indices().nth(most) {
        let whole_words = rest[..end].rfind(char::is_whitespace);
        let cut = match whole_words {
            Some(space) => space + rest[space..].chars().next().map_or(0, char::len_utf8),
            None => end,
        };
        let (part, after) = rest.split_at(cut);
        parts.push(part);
        rest = after;
    }
    if !rest.is_empty() || parts.is_empty() {
        parts.push(rest);
    }
    parts
}

#[cfg(test)]
mod tests;
