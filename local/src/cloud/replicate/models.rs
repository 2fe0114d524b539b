//! The FLUX models: what each takes, what it answers with, and how long it works.

use serde_json::{Map, Value, json};

use super::input::{Input, Kind, input};

pub(super) const OWNER: &str = "black-forest-labs";

pub(super) struct Model {
    pub(super) name: &'static str,
    /// Several models answer with a list even for one picture; that is a property of the model, not of the order.
    pub(super) answers_with_list: bool,
    /// A realistic fraction of what the model takes in life.
    pub(super) seconds: f64,
    pub(super) inputs: &'static [Input],
}

const FORMATS: Kind = Kind::Choice(&["webp", "jpg", "png"]);
const SEED: Kind = Kind::Integer(0, 4_294_967_295);
const QUALITY: Kind = Kind::Integer(0, 100);
const OPEN_RATIOS: Kind = Kind::Choice(&[
    "1:1", "16:9", "21:9", "3:2", "2:3", "4:5", "5:4", "3:4", "4:3", "9:16", "9:21",
]);

/// Every model of this stand-in.
pub(super) const MODELS: [Model; 5] = [
    Model {
        name: "flux-schnell",
        answers_with_list: true,
        seconds: 0.5,
        inputs: &[
            input("prompt", Kind::Prompt, ""),
            input("aspect_ratio", OPEN_RATIOS, r#""1:1""#),
            input("num_outputs", Kind::Integer(1, 4), "1"),
            input("num_inference_steps", Kind::Integer(1, 4), "4"),
            input("seed", SEED, ""),
            input("output_format", FORMATS, r#""webp""#),
            input("output_quality", QUALITY, "80"),
            input("disable_safety_checker", Kind::Boolean, "false"),
            input("go_fast", Kind::Boolean, "true"),
            input("megapixels", Kind::Choice(&["1", "0.25"]), r#""1""#),
        ],
    },
    Model {
        name: "flux-dev",
        answers_with_list: true,
        seconds: 1.5,
        inputs: &[
            input("prompt", Kind::Prompt, ""),
            input("aspect_ratio", OPEN_RATIOS, r#""1:1""#),
            input("image", Kind::Image, ""),
            input("prompt_strength", Kind::Number(0.0, 1.0), "0.8"),
            input("num_outputs", Kind::Integer(1, 4), "1"),
            input("num_inference_steps", Kind::Integer(1, 50), "28"),
            input("guidance", Kind::Number(0.0, 10.0), "3"),
            input("seed", SEED, ""),
            input("output_format", FORMATS, r#""webp""#),
            input("output_quality", QUALITY, "80"),
            input("disable_safety_checker", Kind::Boolean, "false"),
            input("go_fast", Kind::Boolean, "true"),
            input("megapixels", Kind::Choice(&["1", "0.25"]), r#""1""#),
        ],
    },
    Model {
        name: "flux-1.1-pro",
        answers_with_list: false,
        seconds: 3.0,
        inputs: &[
            input("prompt", Kind::Prompt, ""),
            input("image_prompt", Kind::Image, ""),
            input(
                "aspect_ratio",
                Kind::Choice(&[
                    "custom", "1:1", "16:9", "3:2", "2:3", "4:5", "5:4", "9:16", "3:4", "4:3",
                ]),
                r#""1:1""#,
            ),
            input("width", Kind::Integer(256, 1440), ""),
            input("height", Kind::Integer(256, 1440), ""),
            input("safety_tolerance", Kind::Integer(1, 6), "2"),
            input("seed", SEED, ""),
            input("prompt_upsampling", Kind::Boolean, "false"),
            input("output_format", FORMATS, r#""webp""#),
            input("output_quality", QUALITY, "80"),
        ],
    },
    Model {
        name: "flux-kontext-pro",
        answers_with_list: false,
        seconds: 3.0,
        inputs: &[
            input("prompt", Kind::Prompt, ""),
            input("input_image", Kind::Image, ""),
            input(
                "aspect_ratio",
                Kind::Choice(&[
                    "match_input_image",
                    "1:1",
                    "16:9",
                    "9:16",
                    "4:3",
                    "3:4",
                    "3:2",
                    "2:3",
                    "4:5",
                    "5:4",
                    "21:9",
                    "9:21",
                    "2:1",
                    "1:2",
                ]),
                r#""match_input_image""#,
            ),
            input("output_format", Kind::Choice(&["jpg", "png"]), r#""png""#),
            input("safety_tolerance", Kind::Integer(0, 6), "2"),
            input("seed", SEED, ""),
            input("prompt_upsampling", Kind::Boolean, "false"),
        ],
    },
    Model {
        name: "flux-2-pro",
        answers_with_list: false,
        seconds: 3.5,
        inputs: &[
            input("prompt", Kind::Prompt, ""),
            input("input_images", Kind::Images(8), "[]"),
            input(
                "aspect_ratio",
                Kind::Choice(&[
                    "match_input_image",
                    "custom",
                    "1:1",
                    "16:9",
                    "3:2",
                    "2:3",
                    "4:5",
                    "5:4",
                    "9:16",
                    "3:4",
                    "4:3",
                ]),
                r#""1:1""#,
            ),
            input(
                "resolution",
                Kind::Choice(&["match_input_image", "0.5 MP", "1 MP", "2 MP", "4 MP"]),
                r#""1 MP""#,
            ),
            input("width", Kind::Integer(256, 2048), ""),
            input("height", Kind::Integer(256, 2048), ""),
            input("safety_tolerance", Kind::Integer(1, 5), "2"),
            input("seed", SEED, ""),
            input("output_format", FORMATS, r#""webp""#),
            input("output_quality", QUALITY, "80"),
        ],
    },
];

pub(super) fn find(owner: &str, name: &str) -> Option<&'static Model> {
    MODELS.iter().find(|model| owner == OWNER && model.name == name)
}

impl Model {
    pub(super) fn full_name(&self) -> String {
        format!("{OWNER}/{}", self.name)
    }

    /// What `input` says of `name`, or the model's default.
    pub(super) fn value(&self, input: &Map<String, Value>, name: &str) -> Value {
        let default = || {
            let known = self.inputs.iter().find(|it| it.name == name);
            known.and_then(|it| serde_json::from_str(it.default).ok()).unwrap_or(Value::Null)
        };
        input.get(name).filter(|value| !value.is_null()).cloned().unwrap_or_else(default)
    }

    /// Every complaint about `input`, worded as the vendor words it; empty when there is none.
    pub(super) fn complaints(&self, input: &Map<String, Value>) -> Vec<String> {
        let unknown = input
            .keys()
            .filter(|name| !self.inputs.iter().any(|it| it.name == *name))
            .map(|name| format!("- input.{name}: Additional property {name} is not allowed"));
        let wrong = self.inputs.iter().filter_map(|it| {
            let value = input.get(it.name).filter(|value| !value.is_null());
            Some(format!("- input.{}: {}", it.name, it.kind.complaint(it.name, value)?))
        });
        let mut complaints: Vec<String> = unknown.chain(wrong).collect();
        if self.name == "flux-kontext-pro"
            && input.contains_key("input_image")
            && input.get("safety_tolerance").and_then(Value::as_i64).is_some_and(|it| it > 2)
        {
            complaints.push(
                "- input.safety_tolerance: Must be at most 2 when input_image is given".to_owned(),
            );
        }
        let custom = self.value(input, "aspect_ratio") == "custom";
        if custom && !(input.contains_key("width") && input.contains_key("height")) {
            complaints.push("- input.aspect_ratio: custom needs width and height".to_owned());
        }
        complaints
    }

    /// The model as `GET /v1/models/{owner}/{name}` shows it.
    pub(super) fn shown(&self) -> Value {
        let properties: Map<String, Value> =
            self.inputs.iter().map(|it| (it.name.to_owned(), it.schema())).collect();
        json!({
            "url": format!("https://replicate.com/{}", self.full_name()),
            "owner": OWNER,
            "name": self.name,
            "description": "A stand-in: pictures are drawn from the prompt and the seed, not by FLUX.",
            "visibility": "public",
            "latest_version": {
                "id": "hidden",
                "openapi_schema": {"components": {"schemas": {
                    "Input": {"type": "object", "title": "Input", "required": ["prompt"], "properties": properties},
                    "Output": if self.answers_with_list {
                        json!({"type": "array", "items": {"type": "string", "format": "uri"}, "title": "Output"})
                    } else {
                        json!({"type": "string", "format": "uri", "title": "Output"})
                    },
                }}},
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(model: &str, input: &Value) -> Vec<String> {
        let model = find(OWNER, model).expect("the model is in the table");
        model.complaints(input.as_object().expect("an object"))
    }

    #[test]
    fn every_default_is_valid() {
        for model in &MODELS {
            for it in model.inputs.iter().filter(|it| !it.default.is_empty()) {
                let value: Value = serde_json::from_str(it.default).expect("a default is JSON");
                assert_eq!(
                    it.kind.complaint(it.name, Some(&value)),
                    None,
                    "{} {}",
                    model.name,
                    it.name
                );
            }
        }
    }

    #[test]
    fn a_prompt_is_enough_for_every_model() {
        for model in &MODELS {
            assert!(
                complaints(model.name, &json!({"prompt": "a fox"})).is_empty(),
                "{}",
                model.name
            );
        }
    }

    #[test]
    fn what_a_model_does_not_take_is_named() {
        for (model, input, complaint) in [
            ("flux-schnell", json!({}), "- input.prompt: prompt is required"),
            (
                "flux-schnell",
                json!({"prompt": 1}),
                "- input.prompt: Invalid type. Expected: string, given: integer",
            ),
            (
                "flux-schnell",
                json!({"prompt": "x", "num_outputs": 5}),
                "- input.num_outputs: Must be less than or equal to 4",
            ),
            (
                "flux-schnell",
                json!({"prompt": "x", "image": "https://a/b.png"}),
                "- input.image: Additional property image is not allowed",
            ),
            (
                "flux-dev",
                json!({"prompt": "x", "prompt_strength": -0.5}),
                "- input.prompt_strength: Must be greater than or equal to 0",
            ),
            (
                "flux-dev",
                json!({"prompt": "x", "image": "b.png"}),
                "- input.image: Does not match format 'uri'",
            ),
            (
                "flux-kontext-pro",
                json!({"prompt": "x", "output_format": "webp"}),
                "- input.output_format: input.output_format must be one of the following: \"jpg\", \"png\"",
            ),
            (
                "flux-kontext-pro",
                json!({"prompt": "x", "input_image": "data:image/png;base64,AA", "safety_tolerance": 3}),
                "- input.safety_tolerance: Must be at most 2 when input_image is given",
            ),
            (
                "flux-2-pro",
                json!({"prompt": "x", "aspect_ratio": "custom", "width": 512}),
                "- input.aspect_ratio: custom needs width and height",
            ),
            (
                "flux-2-pro",
                json!({"prompt": "x", "input_images": vec!["https://a/b"; 9]}),
                "- input.input_images: Array must have at most 8 items",
            ),
        ] {
            assert_eq!(complaints(model, &input), [complaint]);
        }
    }
}
