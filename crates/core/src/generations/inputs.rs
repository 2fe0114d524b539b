//! Pictures that a job starts from: named in the order, pinned when the job is accepted, read when the provider is
//! asked.

use std::borrow::Cow;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::create::CreateError;
use super::generation::{Generation, plus};
use super::image::ImageState;
use super::keys::{Rendition, blob_key};
use super::order::{Objection, Order};
use crate::accounts::Draft;
use crate::catalog::{AspectRatio, Model};
use crate::ids::{GenerationId, UploadId, UserId};
use crate::ports::blobs::BlobsError;
use crate::ports::image_provider::InputImage;
use crate::services::Services;
use crate::uploads::{self, CompleteError};

/// A picture to start from, as it came in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InputWish {
    pub upload_id: Option<String>,
    pub generation_id: Option<String>,
    /// Which picture of that job; 0 when absent.
    pub index: Option<u32>,
}

/// A picture to start from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Input {
    /// One that the user brought along.
    Upload { upload: UploadId },
    /// One that an earlier job of the same user delivered.
    Image { generation: GenerationId, index: u32 },
}

/// How far a result goes from its input when nothing is said, in hundredths: the providers' own default.
const USUAL_STRENGTH: u8 = 80;
/// How long the provider can read an input, at the least: a job's work, and some.
const LINK_LIFE: Duration = Duration::from_hours(2);

impl InputWish {
    /// `number` is its place in the list, from 0.
    fn parse(&self, number: usize) -> Result<Input, Objection> {
        let object = |name: &str, detail: String| objection(number, name, detail);
        match (&self.upload_id, &self.generation_id) {
            (Some(upload), None) if self.index.is_none() => match upload.parse() {
                Ok(upload) => Ok(Input::Upload { upload }),
                Err(error) => Err(object("upload_id", error.to_string())),
            },
            (Some(_), None) => Err(object("index", "is for a generation's pictures".into())),
            (None, Some(generation)) => match generation.parse() {
                Ok(generation) => {
                    Ok(Input::Image { generation, index: self.index.unwrap_or_default() })
                }
                Err(error) => Err(object("generation_id", error.to_string())),
            },
            (Some(_), Some(_)) | (None, None) => Err(Objection {
                field: format!("inputs/{number}").into(),
                detail: "must have either `upload_id` or `generation_id`".into(),
            }),
        }
    }
}

/// Checks what an order says about inputs against the model: everything that is wrong, or inputs and strength.
pub(super) fn parse(
    wishes: &[InputWish],
    strength: Option<f64>,
    model: &Model,
) -> Result<(Vec<Input>, Option<u8>), Vec<Objection>> {
    let mut objections = Vec::new();
    let most = model.input_images as usize;
    if wishes.len() > most {
        let detail = match most {
            0 => format!("{} starts from words alone: leave it out", model.name),
            1 => format!("{} starts from one picture at the most", model.name),
            most => format!("{} starts from {most} pictures at the most", model.name),
        };
        objections.push(Objection { field: "inputs".into(), detail });
    }
    let mut inputs = Vec::new();
    for (number, wish) in wishes.iter().enumerate() {
        match wish.parse(number) {
            Ok(input) => inputs.push(input),
            Err(objection) => objections.push(objection),
        }
    }
    let percent = match percent(strength, !wishes.is_empty(), model) {
        Ok(percent) => percent,
        Err(detail) => {
            objections.push(Objection { field: "strength".into(), detail });
            None
        }
    };
    if objections.is_empty() { Ok((inputs, percent)) } else { Err(objections) }
}

fn percent(strength: Option<f64>, has_inputs: bool, model: &Model) -> Result<Option<u8>, String> {
    match strength {
        Some(_) if !model.strength => Err(format!("{} takes none: say it in words", model.name)),
        Some(_) if !has_inputs => Err("needs a picture in `inputs`".into()),
        Some(share) if (0.005..=1.0).contains(&share) => {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "1 to 100, as was just made sure of"
            )]
            let percent = (share * 100.0).round() as u8;
            Ok(Some(percent))
        }
        Some(_) => Err("must be 0.01 (stay close) to 1 (keep nothing)".into()),
        None => Ok((has_inputs && model.strength).then_some(USUAL_STRENGTH)),
    }
}

fn objection(number: usize, name: &str, detail: String) -> Objection {
    Objection { field: Cow::Owned(format!("inputs/{number}/{name}")), detail }
}

/// Has every upload of the order looked at that nobody has looked at yet.
pub(super) async fn complete(
    services: &Services,
    user: &UserId,
    order: &Order,
) -> Result<(), CreateError> {
    for (number, input) in order.inputs.iter().enumerate() {
        if let Input::Upload { upload } = input {
            let completed = uploads::complete(services, user, upload).await;
            completed.map_err(|error| unfit(number, error))?;
        }
    }
    Ok(())
}

/// What is wrong with one input.
fn unfit(number: usize, error: CompleteError) -> CreateError {
    let wrong =
        |detail: &str| CreateError::Inputs(vec![objection(number, "upload_id", detail.to_owned())]);
    match error {
        CompleteError::NotFound => wrong("is no upload of yours, or it is gone: upload it again"),
        CompleteError::Missing { can_send: true } => {
            wrong("was not sent yet: send the file to its `upload_url` first")
        }
        CompleteError::Missing { can_send: false } => {
            wrong("was never sent, and its `upload_url` is good no more: make another upload")
        }
        CompleteError::Refused { why } => wrong(&uploads::sentence(&why)),
        CompleteError::Blocked { decision, category } => {
            CreateError::InputBlocked { number, decision, category }
        }
        CompleteError::Moderation(error) => error.into(),
        CompleteError::Blobs(error) => error.into(),
        CompleteError::Documents(error) => error.into(),
    }
}

/// Looks at the inputs as they are now: the order with the shape of the first one, where it asks for that. Nothing is
/// written.
pub async fn fitted(
    services: &Services,
    user: &UserId,
    order: &Order,
    model: &Model,
) -> Result<Order, CreateError> {
    let mut order = order.clone();
    let mut first = None;
    for (number, input) in order.inputs.iter().enumerate() {
        let size = match input {
            Input::Upload { upload } => {
                let found = uploads::get(services, user, upload).await?;
                let upload = found.ok_or_else(|| unfit(number, CompleteError::NotFound))?;
                match upload.state {
                    uploads::UploadState::Ready { picture, .. } => {
                        Some((picture.width, picture.height))
                    }
                    // It will be looked at when a job starts from it.
                    uploads::UploadState::Open | uploads::UploadState::Removed => None,
                    uploads::UploadState::Refused { why } => {
                        return Err(unfit(number, CompleteError::Refused { why }));
                    }
                    uploads::UploadState::Blocked { decision, category } => {
                        return Err(unfit(number, CompleteError::Blocked { decision, category }));
                    }
                }
            }
            Input::Image { generation, index } => {
                Some(delivered(services, user, generation, *index, number).await?)
            }
        };
        first = first.or(size);
    }
    if let (true, Some((width, height))) = (order.follows_input, first) {
        order.aspect_ratio = nearest(model, width, height).unwrap_or(order.aspect_ratio);
    }
    Ok(order)
}

/// The size of a delivered picture.
async fn delivered(
    services: &Services,
    user: &UserId,
    id: &GenerationId,
    index: u32,
    number: usize,
) -> Result<(u32, u32), CreateError> {
    let wrong =
        |name, detail: &str| CreateError::Inputs(vec![objection(number, name, detail.to_owned())]);
    let found = super::get(services, user, id).await?;
    let generation =
        found.ok_or_else(|| wrong("generation_id", "is no generation of yours, or it is gone"))?;
    let image = generation.images().iter().find(|image| image.index == index);
    match image.map(|image| &image.state) {
        Some(ImageState::Delivered(asset)) => Ok((asset.width, asset.height)),
        Some(_) | None => Err(wrong("index", "names no delivered picture of that generation")),
    }
}

/// The ratio of the model that is most like this shape.
fn nearest(model: &Model, width: u32, height: u32) -> Option<AspectRatio> {
    let shape = |width: u32, height: u32| (f64::from(width) / f64::from(height)).ln();
    let wanted = shape(width, height);
    let off = |size: &&crate::catalog::Size| (shape(size.width, size.height) - wanted).abs();
    let best = model.sizes.iter().min_by(|a, b| off(a).total_cmp(&off(b)));
    best.map(|size| size.aspect_ratio)
}

/// Adds to the commit that the uploads are used, and until when they are kept for it. One that is not ready any more
/// is an error.
pub(super) async fn pin(
    services: &Services,
    order: &Order,
    draft: &mut Draft,
) -> Result<(), CreateError> {
    let days = services.catalog.plan(draft.account.plan).retention_days;
    let until = plus(draft.now, SignedDuration::from_hours(24 * (i64::from(days) + 1)));
    let user = draft.account.id.clone();
    let mut pinned = Vec::new();
    for (number, input) in order.inputs.iter().enumerate() {
        let Input::Upload { upload: id } = input else { continue };
        if pinned.contains(&id) {
            continue;
        }
        let found = uploads::read(services, &user, id).await?;
        let (mut upload, etag) = found.ok_or_else(|| unfit(number, CompleteError::NotFound))?;
        if upload.use_until(until).is_none() {
            // It was ready a moment ago, so it is being removed.
            return Err(unfit(number, CompleteError::NotFound));
        }
        draft.account.release_upload(id);
        draft.replace(etag, uploads::document_of(&upload));
        pinned.push(id);
    }
    Ok(())
}

/// Why a job's inputs cannot be had.
#[derive(Debug)]
pub(super) enum NoInputs {
    /// They will not come back.
    Gone,
    /// Worth trying again.
    NotNow(BlobsError),
}

/// The pictures that a job starts from, in the user's order.
pub(super) async fn read(
    services: &Services,
    generation: &Generation,
) -> Result<Vec<InputImage>, NoInputs> {
    let (mut images, now) = (Vec::new(), services.clock.now());
    for input in &generation.order.inputs {
        images.push(match input {
            Input::Upload { upload } => {
                let key = uploads::picture_key(&generation.user, upload);
                let bytes = blob(services, &key).await?;
                let url = link(services, &key, now).await?;
                InputImage { content_type: "image/webp", bytes, url }
            }
            Input::Image { generation: parent, index } => {
                of_generation(services, &generation.user, parent, *index).await?
            }
        });
    }
    Ok(images)
}

async fn of_generation(
    services: &Services,
    user: &UserId,
    parent: &GenerationId,
    index: u32,
) -> Result<InputImage, NoInputs> {
    let found = super::get(services, user, parent).await;
    let found = found.map_err(|error| NoInputs::NotNow(BlobsError::Unavailable(error.into())))?;
    let images = found.iter().flat_map(Generation::images);
    let asset = images.filter(|image| image.index == index).find_map(|image| match &image.state {
        ImageState::Delivered(asset) => Some(asset.clone()),
        _ => None,
    });
    let format = asset.ok_or(NoInputs::Gone)?.format;
    let key = blob_key(user, parent, index, Rendition::Original(format));
    let original = blob(services, &key).await?;
    // Its recipe is between us and its owner, so no link to the original goes along.
    let normalised = services.imaging.normalise(original).await.map_err(|why| {
        tracing::error!("A picture of generation `{parent}` cannot be read: {why:?}");
        NoInputs::Gone
    })?;
    let picture = normalised.picture;
    Ok(InputImage { content_type: picture.content_type, bytes: picture.bytes, url: None })
}

async fn blob(services: &Services, key: &str) -> Result<Vec<u8>, NoInputs> {
    let found = services.blobs.get(key).await.map_err(NoInputs::NotNow)?;
    found.ok_or(NoInputs::Gone)
}

/// A link that can be read from everywhere, or none: what is served without TLS is a machine's own.
async fn link(services: &Services, key: &str, now: Timestamp) -> Result<Option<String>, NoInputs> {
    let url = services.blobs.read_url(key, now, LINK_LIFE).await.map_err(NoInputs::NotNow)?;
    Ok(Some(url).filter(|url| url.starts_with("https://")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    fn upload() -> InputWish {
        let upload_id = Some("upl_01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned());
        InputWish { upload_id, ..InputWish::default() }
    }

    fn parsed(
        model: &str,
        wishes: &[InputWish],
        strength: Option<f64>,
    ) -> Result<Option<u8>, Vec<String>> {
        let catalog = Catalog::built_in();
        let model = catalog.model(model).expect("it is sold");
        let fields = |it: Vec<Objection>| it.into_iter().map(|it| it.field.into_owned()).collect();
        parse(wishes, strength, model).map(|(_, percent)| percent).map_err(fields)
    }

    #[test]
    fn strength_is_kept_in_hundredths_and_is_for_pictures() {
        assert_eq!(parsed("flux-dev", &[upload()], Some(0.355)), Ok(Some(36)));
        assert_eq!(parsed("flux-dev", &[upload()], Some(1.0)), Ok(Some(100)));
        assert_eq!(parsed("flux-dev", &[upload()], None), Ok(Some(USUAL_STRENGTH)));
        assert_eq!(parsed("flux-dev", &[], None), Ok(None));
        assert_eq!(parsed("flux-kontext-pro", &[upload()], None), Ok(None));
        for wrong in [0.0, 0.004, 1.01, -1.0, f64::NAN, f64::INFINITY] {
            let refused = parsed("flux-dev", &[upload()], Some(wrong));
            assert_eq!(refused, Err(vec!["strength".into()]), "{wrong}");
        }
        assert_eq!(parsed("flux-dev", &[], Some(0.5)), Err(vec!["strength".into()]));
        let kontext = parsed("flux-kontext-pro", &[upload()], Some(0.5));
        assert_eq!(kontext, Err(vec!["strength".into()]));
    }

    #[test]
    fn every_wrong_input_is_named_at_once() {
        let both = InputWish { generation_id: Some("gen_x".into()), ..upload() };
        let foreign = InputWish { upload_id: Some("gen_1".into()), ..InputWish::default() };
        let index = InputWish { index: Some(1), ..upload() };
        let wishes = [upload(), both, foreign, index, InputWish::default()];
        assert_eq!(
            parsed("flux-2-pro", &wishes, None),
            Err(["inputs/1", "inputs/2/upload_id", "inputs/3/index", "inputs/4"]
                .map(String::from)
                .into())
        );
        assert_eq!(parsed("flux-schnell", &[upload()], None), Err(vec!["inputs".into()]));
        assert_eq!(parsed("flux-dev", &[upload(), upload()], None), Err(vec!["inputs".into()]));
    }

    #[test]
    fn the_shape_is_that_of_the_nearest_ratio() {
        let catalog = Catalog::built_in();
        let model = catalog.model("flux-dev").expect("it is sold");
        let ratio = |w, h| nearest(model, w, h).map(|it| it.to_string()).unwrap_or_default();
        assert_eq!(ratio(4032, 3024), "4:3");
        assert_eq!(ratio(1080, 1920), "9:16");
        assert_eq!(ratio(1000, 1010), "1:1");
        assert_eq!(ratio(5000, 600), "21:9");
    }

    #[test]
    fn the_stored_form_of_an_input_is_held() {
        let upload = r#"{"from":"upload","upload":"upl_01ARZ3NDEKTSV4RRFFQ69G5FAV"}"#;
        let image = r#"{"from":"image","generation":"gen_01ARZ3NDEKTSV4RRFFQ69G5FAV","index":1}"#;
        for stored in [upload, image] {
            let input: Input = serde_json::from_str(stored).expect("it decodes");
            assert_eq!(serde_json::to_string(&input).expect("plain data"), stored);
        }
    }
}
