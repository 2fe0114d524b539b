//! What must hold for every picture; whether it is a good one, only an eye can tell.

use image::RgbImage;
use proptest::prelude::*;

use super::scene::{Hour, Kind, Place, Style, Weather};
use super::words::read;
use super::{paint, repaint};

/// How much of the picture is closer to this hue than to any other, and strong enough to be called by its name.
fn share_of(picture: &RgbImage, hit: impl Fn(i32, i32, i32) -> bool) -> f32 {
    let hits =
        picture.pixels().filter(|p| hit(i32::from(p[0]), i32::from(p[1]), i32::from(p[2]))).count();
    hits as f32 / (picture.width() * picture.height()) as f32
}

/// The mean difference of two pictures of one size, in steps of a byte.
fn difference(a: &RgbImage, b: &RgbImage) -> f32 {
    let sum: u64 = a.as_raw().iter().zip(b.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f32 / a.as_raw().len() as f32
}

#[test]
fn the_same_words_and_seed_give_the_same_bytes() {
    for prompt in ["a red fox in snow", "a city at night, neon", "quiet algebra, oil painting"] {
        assert_eq!(paint(prompt, 7, 160, 120), paint(prompt, 7, 160, 120), "{prompt}");
    }
}

#[test]
fn another_seed_arranges_the_picture_anew() {
    for prompt in ["a red fox in snow", "a sailing boat on the sea", "loneliness", "zxqv wvut"] {
        let change = difference(&paint(prompt, 1, 128, 128), &paint(prompt, 2, 128, 128));
        assert!(change > 4.0, "{prompt}: the pictures differ by {change}");
    }
}

#[test]
fn other_words_give_another_picture() {
    let change = difference(&paint("a red fox", 1, 128, 128), &paint("a blue whale", 1, 128, 128));
    assert!(change > 10.0, "the pictures differ by {change}");
}

#[test]
fn a_colour_in_the_words_is_in_the_picture() {
    for seed in 0..4 {
        let red = share_of(&paint("a red car in the city", seed, 192, 192), |r, g, b| {
            r > 110 && r > 2 * g && r > 2 * b
        });
        assert!(red > 0.01, "seed {seed}: {red} of the red car is red");
        let blue = share_of(&paint("a blue dog in a meadow", seed, 192, 192), |r, g, b| {
            b > 90 && b > 2 * r && 2 * b > 3 * g
        });
        assert!(blue > 0.01, "seed {seed}: {blue} of the blue dog is blue");
        let green = share_of(&paint("green thoughts of xyzzy", seed, 192, 192), |r, g, b| {
            g > r + 12 && g > b + 12
        });
        assert!(green > 0.05, "seed {seed}: {green} of the green thoughts is green");
    }
}

#[test]
fn the_night_is_darker_than_the_day() {
    let light = |prompt| {
        let picture = paint(prompt, 3, 96, 96);
        picture.as_raw().iter().map(|byte| u64::from(*byte)).sum::<u64>()
    };
    assert!(light("a house in a meadow at night") * 2 < light("a house in a meadow at noon"));
}

#[test]
fn words_become_the_scene_they_name() {
    let scene = read("Two black cats in a snowy forest at night, watercolour");
    assert_eq!(scene.actors.len(), 1);
    assert_eq!((scene.actors[0].kind, scene.actors[0].count), (Kind::Cat, 2));
    assert!(scene.actors[0].colour.is_some_and(|c| c.luminance() < 0.2));
    assert_eq!(
        (scene.place, scene.hour, scene.weather),
        (Place::Forest, Hour::Night, Weather::Snow)
    );
    assert_eq!(scene.style, Style::Watercolour);
}

#[test]
fn german_and_spanish_words_are_understood() {
    let hund = read("ein Hund am Strand");
    assert_eq!((hund.actors[0].kind, hund.place), (Kind::Dog, Place::Beach));
    let barco = read("un barco rojo en el mar, de noche");
    assert_eq!(
        (barco.actors[0].kind, barco.place, barco.hour),
        (Kind::Sailboat, Place::Sea, Hour::Night)
    );
}

#[test]
fn every_colour_goes_to_the_thing_it_stands_before() {
    let scene = read("a red fox and a blue car");
    let (fox, car) = (scene.actors[0], scene.actors[1]);
    assert_eq!((fox.kind, car.kind), (Kind::Fox, Kind::Car));
    assert!(fox.colour.is_some_and(|c| c.0 > c.2) && car.colour.is_some_and(|c| c.2 > c.0));
}

#[test]
fn what_is_not_wanted_is_not_painted() {
    assert!(read("a forest without people").actors.is_empty());
}

#[test]
fn every_word_of_the_vocabulary_is_read_as_its_row_says() {
    for (row, (words, _)) in super::vocabulary::VOCABULARY.iter().enumerate() {
        for word in words.split('|') {
            let first = super::vocabulary::VOCABULARY
                .iter()
                .position(|(w, _)| w.split('|').any(|w| w == word));
            assert_eq!(
                first,
                Some(row),
                "`{word}` stands in two rows of vocabulary.rs; only the first is read"
            );
            assert!(word.split(' ').count() <= 4, "`{word}` has more words than a phrase may have");
        }
    }
}

#[test]
fn repainting_with_no_strength_keeps_the_source_and_with_full_strength_ignores_it() {
    let source = paint("a lake", 5, 96, 64);
    assert_eq!(repaint("a red fox", 1, &source, 0.0, 96, 64), source);
    assert_eq!(repaint("a red fox", 1, &source, 1.0, 96, 64), paint("a red fox", 1, 96, 64));
    let (little, much) = (
        repaint("a red fox", 1, &source, 0.2, 96, 64),
        repaint("a red fox", 1, &source, 0.8, 96, 64),
    );
    assert!(difference(&little, &source) > 0.5);
    assert!(difference(&much, &source) > difference(&little, &source));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_prompt_at_any_size_gives_a_picture_of_that_size(
        prompt in any::<String>(), seed in any::<u64>(), width in 1_u32..200, height in 1_u32..200,
    ) {
        let picture = paint(&prompt, seed, width, height);
        prop_assert_eq!(picture.dimensions(), (width, height));
    }

    #[test]
    fn known_words_in_any_order_give_a_picture(
        words in proptest::collection::vec(proptest::sample::select(known_words()), 0..7),
        seed in any::<u64>(), width in 64_u32..200, height in 64_u32..200, strength in -0.5_f32..1.5,
    ) {
        let prompt = words.join(" ");
        let picture = paint(&prompt, seed, width, height);
        prop_assert_eq!(picture.dimensions(), (width, height));
        let again = repaint(&prompt, seed, &picture, strength, height, width);
        prop_assert_eq!(again.dimensions(), (height, width));
    }
}

fn known_words() -> Vec<&'static str> {
    super::vocabulary::VOCABULARY.iter().flat_map(|(words, _)| words.split('|')).collect()
}
