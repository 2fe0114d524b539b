//! What a user asks for, checked against the catalogue.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::inputs::{self, Input, InputWish};
use crate::catalog::{AspectRatio, Catalog, Model, OutputFormat, Plan};
use crate::credits::Credits;
use crate::ids::GenerationId;

/// Words to draw: not blank, at most as many characters as the model takes, no control characters but line breaks
/// and tabs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prompt(String);

/// An order as it came in: shapes are right, but nothing was looked up yet.
#[derive(Debug, Clone)]
pub struct Wish {
    pub prompt: String,
    pub model: String,
    pub aspect_ratio: Option<String>,
    pub count: Option<u32>,
    pub seed: Option<u32>,
    pub output_format: Option<OutputFormat>,
    /// Whether the prompt goes into the file's metadata; default yes.
    pub embed_prompt: Option<bool>,
    /// Pictures to start from.
    pub inputs: Vec<InputWish>,
    /// How far the result may go from the input, 0.01 to 1.
    pub strength: Option<f64>,
}

/// An order that the catalogue can make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub prompt: Prompt,
    pub model: String,
    pub aspect_ratio: AspectRatio,
    pub count: u32,
    /// As the user gave it; otherwise every image gets a seed of chance.
    pub seed: Option<u32>,
    pub output_format: OutputFormat,
    pub embed_prompt: bool,
    /// Pictures to start from, in the user's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Input>,
    /// In hundredths; for models that take it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strength_percent: Option<u8>,
    /// The ratio was left open: it is the one most like the first input.
    #[serde(default, skip_serializing_if = "is_false")]
    pub follows_input: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(it: &bool) -> bool {
    !it
}

/// One thing that is wrong with a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objection {
    /// The field's name on the wire.
    pub field: Cow<'static, str>,
    pub detail: String,
}

/// Seeds are whole numbers below 2³¹: what every provider takes.
pub const MAX_SEED: u32 = i32::MAX as u32;

/// The most images that any plan makes in one job.
pub const MAX_COUNT: u32 = 4;

impl Wish {
    /// Everything that is wrong, at once; or the order and its model. What a plan allows is another question: see
    /// [`permit`].
    pub fn parse<'c>(&self, catalog: &'c Catalog) -> Result<(Order, &'c Model), Vec<Objection>> {
        let mut objections = Vec::new();
        let mut object = |field: &'static str, detail: String| {
            objections.push(Objection { field: field.into(), detail });
        };
        let model = catalog.model(&self.model);
        if model.is_none() {
            let known: Vec<_> = catalog.models.iter().map(|m| m.id.as_str()).collect();
            object("model", format!("is not one of {}", known.join(", ")));
        }
        let prompt = self.prompt.trim();
        let characters = prompt.chars().count();
        let limit = model.map_or(usize::MAX, |m| m.prompt_characters);
        if prompt.is_empty() {
            object("prompt", "must say what to draw".into());
        } else if characters > limit {
            object("prompt", format!("has {characters} characters; this model takes {limit}"));
        } else if prompt.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            object("prompt", "must not contain control characters".into());
        }
        let aspect_ratio = self.aspect_ratio.as_deref().unwrap_or("1:1").parse::<AspectRatio>();
        match (aspect_ratio, model) {
            (Err(error), _) => object("aspect_ratio", error.to_string()),
            (Ok(ratio), Some(model)) if model.size(ratio).is_none() => {
                let known: Vec<_> =
                    model.sizes.iter().map(|s| s.aspect_ratio.to_string()).collect();
                object("aspect_ratio", format!("{} makes only {}", model.name, known.join(", ")));
            }
            (Ok(_), _) => {}
        }
        let count = self.count.unwrap_or(1);
        if !(1..=MAX_COUNT).contains(&count) {
            object("count", format!("must be 1 to {MAX_COUNT}"));
        }
        if self.seed.is_some_and(|seed| seed > MAX_SEED) {
            object("seed", format!("must be 0 to {MAX_SEED}"));
        }
        let inputs = model.map(|model| inputs::parse(&self.inputs, self.strength, model));
        let (inputs, strength_percent) = match inputs {
            Some(Ok(parsed)) => parsed,
            Some(Err(wrong)) => {
                objections.extend(wrong);
                (Vec::new(), None)
            }
            None => (Vec::new(), None),
        };
        match (model, aspect_ratio) {
            (Some(model), Ok(aspect_ratio)) if objections.is_empty() => {
                let order = Order {
                    prompt: Prompt(prompt.to_owned()),
                    model: model.id.clone(),
                    aspect_ratio,
                    count,
                    seed: self.seed,
                    output_format: self.output_format.unwrap_or(OutputFormat::Webp),
                    embed_prompt: self.embed_prompt.unwrap_or(true),
                    follows_input: self.aspect_ratio.is_none() && !inputs.is_empty(),
                    inputs,
                    strength_percent,
                };
                Ok((order, model))
            }
            _ => Err(objections),
        }
    }
}

/// Why a plan does not make this order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPermitted {
    #[error("{model} is part of the {opens} plan")]
    Model { model: String, opens: String },
    #[error("the {plan} plan makes {most} image{} at a time", if *most == 1 { "" } else { "s" })]
    Count { plan: String, most: u32 },
    #[error("{model} is no longer offered")]
    Gone { model: String },
}

/// Whether `plan` makes `order`.
pub fn permit(
    order: &Order,
    model: &Model,
    plan: &Plan,
    catalog: &Catalog,
) -> Result<(), NotPermitted> {
    if !plan.opens(model) {
        let opens = catalog.plan(model.plan).name.clone();
        return Err(NotPermitted::Model { model: model.name.clone(), opens });
    }
    if order.count > plan.images_per_job {
        return Err(NotPermitted::Count { plan: plan.name.clone(), most: plan.images_per_job });
    }
    Ok(())
}

impl Order {
    pub fn price(&self, model: &Model) -> Credits {
        model.price(self.count)
    }

    /// The picture of the user's own that it starts from, if there is one: where a result comes from.
    pub fn parent(&self) -> Option<(&GenerationId, u32)> {
        self.inputs.iter().find_map(|input| match input {
            Input::Image { generation, index } => Some((generation, *index)),
            Input::Upload { .. } => None,
        })
    }

    /// The seed of one image: the user's for the first, counted on for the next ones, so that each can be made again
    /// alone; or `chance`.
    pub fn seed_of(&self, index: u32, chance: u128) -> u32 {
        let seed = self.seed.map_or_else(
            || u32::try_from(chance % (u128::from(MAX_SEED) + 1)).expect("the remainder fits"),
            |given| given.wrapping_add(index),
        );
        // Counting on from the largest seed goes on at 0.
        seed & MAX_SEED
    }
}

impl Prompt {
    /// Of a job that was removed.
    pub(super) fn forgotten() -> Self {
        Self(String::new())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::PlanId;

    fn wish() -> Wish {
        Wish {
            prompt: " a red fox in snow ".into(),
            model: "flux-schnell".into(),
            aspect_ratio: None,
            count: None,
            seed: None,
            output_format: None,
            embed_prompt: None,
            inputs: Vec::new(),
            strength: None,
        }
    }

    fn fields(wish: &Wish) -> Vec<Cow<'static, str>> {
        let catalog = Catalog::built_in();
        let objections = wish.parse(&catalog).expect_err("it is wrong");
        objections.into_iter().map(|o| o.field).collect()
    }

    #[test]
    fn a_wish_with_a_prompt_and_a_model_is_enough() {
        let catalog = Catalog::built_in();
        let (order, model) = wish().parse(&catalog).expect("it is right");
        assert_eq!((order.prompt.as_str(), order.count), ("a red fox in snow", 1));
        assert_eq!(order.price(model), Credits::new(1));
    }

    #[test]
    fn everything_wrong_is_told_at_once_by_the_names_on_the_wire() {
        let wrong = Wish {
            prompt: "  ".into(),
            model: "dall-e".into(),
            aspect_ratio: Some("wide".into()),
            count: Some(5),
            seed: Some(MAX_SEED + 1),
            ..wish()
        };
        assert_eq!(fields(&wrong), ["model", "prompt", "aspect_ratio", "count", "seed"]);
        assert_eq!(fields(&Wish { prompt: "a\u{0}b".into(), ..wish() }), ["prompt"]);
        assert_eq!(fields(&Wish { prompt: "🦊".repeat(2001), ..wish() }), ["prompt"]);
        assert_eq!(fields(&Wish { aspect_ratio: Some("7:3".into()), ..wish() }), ["aspect_ratio"]);
    }

    #[test]
    fn a_plan_makes_what_it_opens() {
        let catalog = Catalog::built_in();
        let pro = Wish { model: "flux-1.1-pro".into(), ..wish() };
        let (order, model) = pro.parse(&catalog).expect("it is right");
        let refused = permit(&order, model, catalog.plan(PlanId::Basic), &catalog);
        assert_eq!(refused.unwrap_err().to_string(), "FLUX 1.1 pro is part of the Premium plan");
        let four = Wish { count: Some(4), ..wish() };
        let (order, model) = four.parse(&catalog).expect("it is right");
        let refused = permit(&order, model, catalog.plan(PlanId::Free), &catalog);
        assert_eq!(refused.unwrap_err().to_string(), "the Free plan makes 1 image at a time");
        assert_eq!(permit(&order, model, catalog.plan(PlanId::Basic), &catalog), Ok(()));
    }

    #[test]
    fn each_image_has_a_seed_of_its_own() {
        let catalog = Catalog::built_in();
        let given = Wish { seed: Some(MAX_SEED), ..wish() };
        let (order, _) = given.parse(&catalog).expect("it is right");
        assert_eq!([0, 1, 2].map(|i| order.seed_of(i, 7)), [MAX_SEED, 0, 1]);
        let (order, _) = wish().parse(&catalog).expect("it is right");
        assert!(order.seed_of(0, u128::MAX) <= MAX_SEED);
    }
}
