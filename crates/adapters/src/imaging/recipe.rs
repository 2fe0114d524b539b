//! What a picture was made from.

use std::fmt::Write as _;

use super::xmp;

/// Everything needed to make a picture again, as it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// `None`: the user opted out of having it in files.
    pub prompt: Option<String>,
    pub model: String,
    pub seed: u64,
    /// As ordered, in pixels.
    pub width: u32,
    /// As ordered, in pixels.
    pub height: u32,
    /// The picture this one was made from.
    pub parent: Option<String>,
    pub generation: String,
    /// Which of the generation's pictures, from 0.
    pub index: u32,
    /// RFC 3339.
    pub created_at: String,
    /// What the provider adds of its own, such as the exact version of the model.
    pub provider_note: Option<String>,
}

impl Recipe {
    /// The recipe in the form that Stable Diffusion web UI started and galleries, `ComfyUI` nodes
    /// and sharing sites read: the prompt, then one line of `Key: value` pairs, at least three.
    pub(super) fn parameters(&self) -> String {
        let mut text = String::new();
        if let Some(prompt) = &self.prompt {
            text.push_str(&xmp::printable(prompt));
            text.push('\n');
        }
        let model = xmp::printable(&self.model);
        // Their rule: a value with a comma, colon or line end is written as a JSON string.
        let model = if model.contains([',', ':', '\n', '"']) {
            serde_json::Value::from(model.as_ref()).to_string()
        } else {
            model.into_owned()
        };
        let Self { seed, width, height, .. } = self;
        write!(
            text,
            "Seed: {seed}, Size: {width}x{height}, Model: {model}, Version: ImageGenerator AI"
        )
        .expect("writing to a string");
        text
    }
}
