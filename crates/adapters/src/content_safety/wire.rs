//! Content Safety's words.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::http::Reply;

pub(super) const API_VERSION: &str = "2024-09-01";
pub(super) const HATE: &str = "Hate";
pub(super) const SELF_HARM: &str = "SelfHarm";
pub(super) const SEXUAL: &str = "Sexual";
pub(super) const VIOLENCE: &str = "Violence";

const CATEGORIES: [&str; 4] = [HATE, SELF_HARM, SEXUAL, VIOLENCE];
/// 0, 2, 4 or 6: the only kind that both texts and images have.
const OUTPUT_TYPE: &str = "FourSeverityLevels";

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TextRequest<'a> {
    text: &'a str,
    categories: [&'static str; 4],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    blocklist_names: &'a [String],
    /// We want the categories judged also when a term of a list was found.
    halt_on_blocklist_hit: bool,
    output_type: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImageRequest {
    image: ImageContent,
    categories: [&'static str; 4],
    output_type: &'static str,
}

#[derive(Debug, Serialize)]
struct ImageContent {
    /// Base64.
    content: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Analysis {
    categories_analysis: Vec<CategoryAnalysis>,
    blocklists_match: Option<Vec<Value>>,
}

#[derive(Debug, Deserialize)]
struct CategoryAnalysis {
    category: String,
    /// The service leaves a zero out at times.
    severity: Option<u8>,
}

/// Whether the answer says that the content itself is at fault, such as a picture that is not one. A wrong version or
/// a missing list is a 400 or 404 too, but nothing that the content could help.
pub(super) fn refuses_content(reply: &Reply) -> bool {
    #[derive(Deserialize)]
    struct Failed {
        error: Problem,
    }
    #[derive(Deserialize)]
    struct Problem {
        code: String,
    }
    let code =
        || serde_json::from_slice::<Failed>(&reply.body).ok().map(|failed| failed.error.code);
    reply.status.as_u16() == 400
        && code().is_some_and(|code| {
            ["InvalidRequestBody", "InvalidImageFormat", "InvalidImageSize"]
                .contains(&code.as_str())
        })
}

impl<'a> TextRequest<'a> {
    pub(super) fn new(text: &'a str, blocklist_names: &'a [String]) -> Self {
        Self {
            text,
            categories: CATEGORIES,
            blocklist_names,
            halt_on_blocklist_hit: false,
            output_type: OUTPUT_TYPE,
        }
    }
}

impl ImageRequest {
    pub(super) fn new(image: &[u8]) -> Self {
        Self {
            image: ImageContent { content: BASE64.encode(image) },
            categories: CATEGORIES,
            output_type: OUTPUT_TYPE,
        }
    }
}

impl Analysis {
    /// The highest, should a category come twice; `None` when it was not judged.
    pub(super) fn severity(&self, category: &str) -> Option<u8> {
        let judged = self.categories_analysis.iter().filter(|c| c.category == category);
        // Beyond the documented range it is still "very severe".
        judged.map(|c| c.severity.unwrap_or(0).min(7)).max()
    }

    pub(super) fn matches_a_blocklist(&self) -> bool {
        self.blocklists_match.as_ref().is_some_and(|matches| !matches.is_empty())
    }
}
