//! What a picture was made from, as galleries read it.

use std::fmt::Write as _;

use imagegen_core::ports::imaging::Recipe;

use super::xmp;

/// The recipe in the form that Stable Diffusion web UI started and galleries, `ComfyUI` nodes
/// and sharing sites read: the prompt, then one line of `Key: value` pairs, at least three.
pub(super) fn parameters(recipe: &Recipe) -> String {
    let mut text = String::new();
    if let Some(prompt) = &recipe.prompt {
        text.push_str(&xmp::printable(prompt));
        text.push('\n');
    }
    let model = xmp::printable(&recipe.model);
    // Their rule: a value with a comma, colon or line end is written as a JSON string.
    let model = if model.contains([',', ':', '\n', '"']) {
        serde_json::Value::from(model.as_ref()).to_string()
    } else {
        model.into_owned()
    };
    let Recipe { seed, width, height, .. } = recipe;
    write!(
        text,
        "Seed: {seed}, Size: {width}x{height}, Model: {model}, Version: ImageGenerator AI"
    )
    .expect("writing to a string");
    text
}
