//! Words before a colon that make a prediction go another way, for tests and demonstrations.
//!
//! | prompt | what happens |
//! |---|---|
//! | `fail: …` | the prediction fails half way |
//! | `nsfw: …` | it fails as one whose output was found unsafe by the vendor |
//! | `some-nsfw: …` | one picture fewer than asked for; with one asked, as `nsfw:` |
//! | `slow: …` | it works for 20 seconds |
//! | `… unsafe-image …` | our own Content Safety will find every picture violent |
//! | `… one-unsafe-image …` | it will find the first one so |

/// What a prompt asks of the stand-in besides a picture.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::cloud) struct Script<'a> {
    /// What is to be painted.
    pub(in crate::cloud) subject: &'a str,
    pub(in crate::cloud) error: Option<&'static str>,
    pub(in crate::cloud) drops_one: bool,
    pub(in crate::cloud) slow: bool,
}

const NSFW: &str = "NSFW content detected. Try running it again, or try a different prompt.";
const ALL_NSFW: &str =
    "All generated images contained NSFW content. Try running it again with a different prompt.";
const FAILED: &str = "The model failed: CUDA error: device-side assert triggered";

impl<'a> Script<'a> {
    pub(in crate::cloud) fn of(prompt: &'a str) -> Self {
        let plain = Self { subject: prompt, error: None, drops_one: false, slow: false };
        let Some((word, subject)) = prompt.trim_start().split_once(':') else { return plain };
        let directed = Self { subject: subject.trim_start(), ..plain };
        match word.to_lowercase().as_str() {
            "fail" => Self { error: Some(FAILED), ..directed },
            "nsfw" => Self { error: Some(NSFW), ..directed },
            "some-nsfw" => Self { drops_one: true, ..directed },
            "slow" => Self { slow: true, ..directed },
            _ => Self { subject: prompt, ..directed },
        }
    }

    /// What the prediction fails with when `asked` pictures were ordered.
    pub(in crate::cloud) fn error(&self, asked: u64) -> Option<&'static str> {
        if self.drops_one && asked == 1 { Some(ALL_NSFW) } else { self.error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_before_a_colon_directs_and_is_not_painted() {
        let script = Script::of(" NSFW: a beach");
        assert_eq!((script.error, script.subject), (Some(NSFW), "a beach"));
        assert!(Script::of("slow: a tortoise").slow);
    }

    #[test]
    fn another_word_before_a_colon_is_part_of_the_prompt() {
        let script = Script::of("portrait: a fox");
        assert_eq!((script.error, script.subject), (None, "portrait: a fox"));
    }

    #[test]
    fn of_one_picture_none_is_left() {
        let script = Script::of("some-nsfw: a beach");
        assert_eq!((script.error(1), script.error(4)), (Some(ALL_NSFW), None));
    }
}
