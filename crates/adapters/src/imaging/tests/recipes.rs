//! The recipe in the file and back.

use proptest::prelude::*;

use super::{FORMATS, contains, file, finished, order, picture, recipe};
use crate::imaging::{
    Encoded, ImagingError, OutputFormat, Recipe, finish, read_recipe, without_recipe, xmp,
};

fn sealed(format: OutputFormat, recipe: &Recipe) -> Encoded {
    let source = file(picture(8, 6), format);
    finish(&order(&source, format, recipe)).expect("a good picture").original
}

fn read_back(file: &Encoded) -> Recipe {
    read_recipe(&file.bytes).expect("our own file").expect("our own recipe")
}

#[test]
fn a_recipe_comes_back_as_it_was() {
    for format in FORMATS {
        assert_eq!(read_back(&sealed(format, &recipe())), recipe(), "{format:?}");
    }
}

#[test]
fn a_prompt_of_any_writing_comes_back_as_it_was() {
    for prompt in [
        "",
        " two  spaces ",
        "<b>&amp;</b> \"quoted\" 'too' ]]> <![CDATA[x]]> <!-- -->",
        "line\nfeed, carriage\rreturn, both\r\nand\ttab",
        "🦊👩‍🚀 naïve 漢字 \u{10ffff}",
        "שלום \u{202e}עולם\u{202c} مرحبا",
        "<?xpacket end=\"w\"?>",
    ] {
        for format in FORMATS {
            let recipe = Recipe { prompt: Some(prompt.to_owned()), ..recipe() };
            assert_eq!(read_back(&sealed(format, &recipe)).prompt.as_deref(), Some(prompt));
        }
    }
}

#[test]
fn control_characters_are_dropped() {
    let recipe = Recipe { prompt: Some("a\0b\u{1b}[31mc\u{85}\u{ffff}d".to_owned()), ..recipe() };
    for format in FORMATS {
        assert_eq!(read_back(&sealed(format, &recipe)).prompt.as_deref(), Some("ab[31mcd"));
    }
}

#[test]
fn a_user_who_opts_out_has_the_prompt_in_no_file() {
    for format in FORMATS {
        let with = sealed(format, &recipe());
        assert!(contains(&with, "lighthouse"), "the search finds it where it is");
        let without = sealed(format, &Recipe { prompt: None, ..recipe() });
        assert!(!contains(&without, "lighthouse") && !contains(&without, "description"));
        assert_eq!(read_back(&without), Recipe { prompt: None, ..recipe() });
    }
}

#[test]
fn only_the_original_carries_the_prompt() {
    let made = finished(&file(picture(300, 300), OutputFormat::Png), OutputFormat::Png);
    assert!(contains(&made.original, "lighthouse"));
    assert!(!contains(&made.display.expect("a PNG is not shown"), "lighthouse"));
    assert!(!contains(&made.thumbnail, "lighthouse"));
}

#[test]
fn a_file_without_its_recipe_is_the_same_picture_and_still_marked() {
    for format in FORMATS {
        let with = sealed(format, &recipe());
        let without = without_recipe(&with.bytes).expect("our own file");
        assert_eq!(read_recipe(&without.bytes).expect("a good file"), None);
        assert!(!contains(&without, "lighthouse") && contains(&without, "trainedAlgorithmicMedia"));
        assert!(contains(&without, "2026-11-22T10:00:00.5Z"));
        assert_eq!(super::decoded(&with.bytes), super::decoded(&without.bytes));
    }
}

#[test]
fn a_prompt_that_a_jpeg_cannot_hold_is_left_out_of_it_whole() {
    let recipe = Recipe { prompt: Some("&".repeat(20_000)), ..recipe() };
    assert_eq!(read_back(&sealed(OutputFormat::Jpeg, &recipe)).prompt, None);
    for format in [OutputFormat::Png, OutputFormat::Webp] {
        assert_eq!(read_back(&sealed(format, &recipe)), recipe);
    }
}

#[test]
fn a_recipe_that_a_jpeg_cannot_hold_at_all_leaves_the_mark() {
    let endless = Recipe { parent: Some("n".repeat(70_000)), ..recipe() };
    let jpeg = sealed(OutputFormat::Jpeg, &endless);
    assert!(contains(&jpeg, "trainedAlgorithmicMedia"));
    assert_eq!(read_recipe(&jpeg.bytes).expect("a good file"), None);
    let late = Recipe { created_at: "9".repeat(70_000), ..recipe() };
    assert!(contains(&sealed(OutputFormat::Jpeg, &late), "trainedAlgorithmicMedia"));
}

#[test]
fn a_png_has_the_line_that_other_programs_read() {
    let png = sealed(OutputFormat::Png, &recipe());
    let line = "tEXtparameters\0a lighthouse at dusk, \"long\" exposure\nSeed: 4294967295, \
                Size: 1024x768, Model: black-forest-labs/flux-schnell, Version: ImageGenerator AI";
    assert!(contains(&png, line));
    let foreign = Recipe { prompt: Some("größer".to_owned()), ..recipe() };
    assert!(contains(
        &sealed(OutputFormat::Png, &foreign),
        "iTXtparameters\0\0\0\0\0größer\nSeed: "
    ));
    let odd = Recipe { model: "a, b: \"c\"".to_owned(), ..recipe() };
    assert!(contains(&sealed(OutputFormat::Png, &odd), r#"Model: "a, b: \"c\"", Version"#));
}

#[test]
fn a_picture_of_others_has_no_recipe() {
    for format in FORMATS {
        assert_eq!(read_recipe(&file(picture(8, 6), format)).expect("a good file"), None);
    }
    assert!(matches!(read_recipe(b"GIF89a"), Err(ImagingError::UnknownFormat)));
}

#[test]
fn a_packet_that_another_program_rewrote_is_read() {
    let packet = br#"<x:xmpmeta xmlns:x="adobe:ns:meta/">
      <r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <r:Description r:about="" xmlns:a="http://ns.adobe.com/xap/1.0/" a:CreateDate="2026-11-22"/>
      <r:Description r:about="" xmlns:b="https://imagegenerator.example/ns/recipe/1.0/"
        b:model="m" b:seed="7" b:width="64" b:height="32" b:index="0"><b:generation>g</b:generation>
      </r:Description></r:RDF></x:xmpmeta>"#;
    let recipe = xmp::parse(packet).expect("the same statements in another form");
    assert_eq!((recipe.seed, recipe.generation.as_str(), recipe.prompt), (7, "g", None));
}

#[test]
fn a_hostile_packet_is_no_recipe() {
    let ours = xmp::packet(&recipe());
    let bomb = format!("<!DOCTYPE a [<!ENTITY b \"bb\">]>{ours}");
    let deep = "<a>".repeat(100_000);
    let long = ours.replace("lighthouse", &"x".repeat(1024 * 1024));
    let seed = ours.replace("4294967295", "4294967296");
    for packet in [&bomb, &deep, &long, &seed, "", "\u{feff}", "<a"] {
        assert_eq!(xmp::parse(packet.as_bytes()), None);
    }
    assert_eq!(xmp::parse(b"\xff\xfe<\0"), None);
}

proptest! {
    #[test]
    fn any_recipe_comes_back(
        prompt in proptest::option::of(any::<String>()),
        text in proptest::array::uniform2(any::<String>()),
        (seed, width, height, index) in any::<(u32, u32, u32, u32)>(),
        parent in proptest::option::of(any::<String>()),
    ) {
        let [model, generation] = text.map(|text| xmp::printable(&text).into_owned());
        let clean = |text: Option<String>| text.map(|text| xmp::printable(&text).into_owned());
        let recipe = Recipe {
            prompt: clean(prompt), parent: clean(parent),
            model, generation, seed, width, height, index, ..recipe()
        };
        for format in FORMATS {
            prop_assert_eq!(&read_back(&sealed(format, &recipe)), &recipe);
        }
    }

    #[test]
    fn no_packet_makes_the_reader_fall(packet in any::<Vec<u8>>(), cut in any::<prop::sample::Index>()) {
        xmp::parse(&packet);
        let ours = xmp::packet(&recipe());
        let (before, after) = ours.as_bytes().split_at(cut.index(ours.len()));
        xmp::parse(&[before, packet.as_slice(), after].concat());
    }
}
