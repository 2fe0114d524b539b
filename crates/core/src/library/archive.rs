//! A zip of up to a hundred jobs' pictures, made while it is sent: one picture is in memory at a time.

use std::collections::VecDeque;
use std::fmt::Write as _;

use futures_util::Stream;
use futures_util::future::try_join_all;
use futures_util::stream;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::zip::Zip;
use crate::catalog::OutputFormat;
use crate::generations::{Asset, Generation, ImageState, Removal, Rendition, blob_key};
use crate::ids::{GenerationId, UserId};
use crate::ports::documents::DocumentsError;
use crate::services::Services;

/// One picture to come.
#[derive(Debug)]
struct Picture {
    key: String,
    name: String,
    recipe: Value,
    at: Timestamp,
}

struct Packing {
    services: Services,
    zip: Zip,
    pictures: VecDeque<Picture>,
    /// What is sent before the next picture is fetched.
    ready: VecDeque<Vec<u8>>,
    recipes: Vec<Value>,
    /// What is not in it, and why, for people.
    missing: Vec<String>,
    made_at: Timestamp,
    ended: bool,
}

/// The zip, piece by piece. `None` when none of `ids` is a job of this user with a picture.
///
/// A picture that cannot be had does not break it: `README.txt` in it names what is missing. `others` is what the
/// caller could not read as an id.
pub async fn archive(
    services: &Services,
    user: &UserId,
    ids: &[GenerationId],
    others: &[&str],
) -> Result<Option<impl Stream<Item = Vec<u8>> + Send + use<>>, DocumentsError> {
    let jobs =
        try_join_all(ids.iter().map(|id| crate::generations::get(services, user, id))).await?;
    let mut pictures = VecDeque::new();
    let mut missing: Vec<_> = others.iter().map(|text| format!("{text}: is no job")).collect();
    for (id, job) in ids.iter().zip(jobs) {
        match job {
            None => missing.push(format!("{id}: there is no such job")),
            Some(job) if matches!(job.keeping.removal, Some(Removal::Trashed { .. })) => {
                missing.push(format!("{id}: is in the trash"));
            }
            Some(job) => {
                let before = pictures.len();
                for image in job.images() {
                    if let ImageState::Delivered(asset) = &image.state {
                        pictures.push_back(picture(&job, image.index, image.seed, asset));
                    }
                }
                if pictures.len() == before {
                    missing.push(format!("{id}: has no picture"));
                }
            }
        }
    }
    if pictures.is_empty() {
        return Ok(None);
    }
    let packing = Packing {
        services: services.clone(),
        zip: Zip::default(),
        pictures,
        ready: VecDeque::new(),
        recipes: Vec::new(),
        missing,
        made_at: services.clock.now(),
        ended: false,
    };
    Ok(Some(stream::unfold(packing, |mut packing| async {
        let piece = packing.next().await?;
        Some((piece, packing))
    })))
}

impl Packing {
    async fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some(piece) = self.ready.pop_front() {
                return Some(piece);
            }
            if self.ended {
                return None;
            }
            match self.pictures.pop_front() {
                Some(picture) => self.fetch(picture).await,
                None => self.end(),
            }
        }
    }

    async fn fetch(&mut self, picture: Picture) {
        let Picture { key, name, recipe, at } = picture;
        let bytes = match self.services.blobs.get(&key).await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return self.missing.push(format!("{name}: is not there any more")),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "A zip lacks a picture");
                return self.missing.push(format!("{name}: could not be read; try again later"));
            }
        };
        if self.add(&name, bytes, at) {
            self.recipes.push(recipe);
        } else {
            self.missing.push(format!("{name}: the zip is full; take fewer jobs at a time"));
        }
    }

    fn add(&mut self, name: &str, bytes: Vec<u8>, at: Timestamp) -> bool {
        let Some(header) = self.zip.file(name, &bytes, at) else { return false };
        self.ready.extend([header, bytes]);
        true
    }

    fn end(&mut self) {
        let recipes = json!({ "pictures": std::mem::take(&mut self.recipes) });
        let recipes = serde_json::to_vec_pretty(&recipes).expect("plain data");
        let mut readme = String::from(
            "Pictures made by ImageGenerator AI. recipe.json tells how each can be made again.\r\n",
        );
        if !self.missing.is_empty() {
            readme.push_str("\r\nMissing:\r\n");
        }
        for line in std::mem::take(&mut self.missing) {
            write!(readme, "- {line}\r\n").expect("a String takes everything");
        }
        // If the zip is full to the last byte, it goes without them.
        self.add("recipe.json", recipes, self.made_at);
        self.add("README.txt", readme.into_bytes(), self.made_at);
        self.ready.push_back(std::mem::take(&mut self.zip).end());
        self.ended = true;
    }
}

fn picture(job: &Generation, index: u32, seed: u32, asset: &Asset) -> Picture {
    let order = &job.order;
    let extension = match asset.format {
        OutputFormat::Webp => "webp",
        OutputFormat::Png => "png",
        OutputFormat::Jpeg => "jpg",
    };
    let date = job.created_at.strftime("%Y-%m-%d");
    let ulid = job.id.as_str().trim_start_matches(GenerationId::PREFIX);
    let number = index + 1;
    let name = format!("{date}_{}_{ulid}_{number}.{extension}", slug(order.prompt.as_str()));
    let recipe = json!({
        "file": name,
        "generation": job.id.as_str(),
        "index": index,
        // Who did not want it in the file does not want it beside the file.
        "prompt": order.embed_prompt.then(|| order.prompt.as_str()),
        "model": order.model,
        "seed": seed,
        "aspect_ratio": order.aspect_ratio.to_string(),
        "width": asset.width,
        "height": asset.height,
        "created_at": job.created_at.to_string(),
    });
    let key = blob_key(&job.user, &job.id, index, Rendition::Original(asset.format));
    Picture { key, name, recipe, at: job.created_at }
}

/// The beginning of a prompt as every file system takes it.
fn slug(prompt: &str) -> String {
    const MOST: usize = 40;
    let mut slug = String::new();
    for word in prompt.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()) {
        if slug.len() + word.len() > MOST {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word.to_ascii_lowercase());
    }
    if slug.is_empty() { "picture".to_owned() } else { slug }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_is_the_prompts_beginning_in_plain_letters() {
        for (prompt, wanted) in [
            ("A red fox, in snow!", "a-red-fox-in-snow"),
            ("../../etc/passwd", "etc-passwd"),
            ("狐", "picture"),
            (&"word ".repeat(30), "word-word-word-word-word-word-word-word"),
        ] {
            assert_eq!(slug(prompt), wanted);
        }
    }
}
