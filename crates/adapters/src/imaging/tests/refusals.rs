//! What is not taken, and why.

use proptest::prelude::*;

use super::{FORMATS, file, finished, noise, order, picture, recipe};
use crate::imaging::{
    ImagingError, OutputFormat, finish, for_moderation, normalise, read_recipe, without_recipe,
};

fn refusal(bytes: &[u8]) -> ImagingError {
    finish(&order(bytes, OutputFormat::Webp, &recipe())).expect_err("not a picture to take")
}

/// A PNG whose header promises `width` × `height` pixels.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend_from_slice(&width.to_be_bytes());
    header.extend_from_slice(&height.to_be_bytes());
    header.extend_from_slice(&[8, 2, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    bytes.extend_from_slice(&header);
    bytes.extend_from_slice(&crc32fast::hash(&header).to_be_bytes());
    bytes.extend_from_slice(b"\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xae\x42\x60\x82");
    bytes
}

#[test]
fn a_decompression_bomb_is_refused_by_its_header() {
    for (width, height) in [(50_000, 50_000), (5001, 5000), (16_384, 1), (u32::MAX, u32::MAX)] {
        let error = refusal(&png_header(width, height));
        assert!(matches!(error, ImagingError::TooLarge(_)), "{width} × {height}: {error}");
    }
    assert!(matches!(refusal(&png_header(0, 9)), ImagingError::Damaged(_)));
}

#[test]
fn a_refused_bomb_says_how_large_it_is() {
    let text = refusal(&png_header(50_000, 50_000)).to_string();
    assert_eq!(text, "the picture is too large: 50000 × 50000 pixels");
}

#[test]
fn more_than_32_mebibytes_are_refused_unread() {
    let mut bytes = file(picture(8, 8), OutputFormat::Png);
    bytes.resize(32 * 1024 * 1024 + 1, 0);
    assert!(matches!(refusal(&bytes), ImagingError::TooLarge(_)));
}

#[test]
fn only_three_formats_are_read_whatever_the_name() {
    for bytes in [b"".as_slice(), b"GIF89a\x01\0\x01\0", b"BM", b"<svg/>", b"RIFF\0\0\0\0AVI "] {
        assert!(matches!(refusal(bytes), ImagingError::UnknownFormat));
    }
}

#[test]
fn a_picture_cut_off_anywhere_is_an_error() {
    for format in FORMATS {
        let whole = file(noise(40, 40), format);
        for length in (0..whole.len()).step_by(7).chain([whole.len() - 1]) {
            let error = refusal(&whole[..length]);
            let known = matches!(error, ImagingError::Truncated | ImagingError::UnknownFormat);
            assert!(known, "{format:?} of {length} bytes: {error}");
        }
    }
}

#[test]
fn animations_are_refused() {
    let mut png = file(picture(8, 8), OutputFormat::Png);
    png.splice(33..33, *b"\0\0\0\0acTL\0\0\0\0");
    let webp = b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x07\0\0\x07\0\0";
    for bytes in [png.as_slice(), webp] {
        let error = refusal(bytes);
        assert_eq!(error.to_string(), "animated pictures are not supported");
    }
}

#[test]
fn a_jpeg_in_printing_colours_is_refused() {
    let jpeg = include_bytes!("../../../../../tests/it/fixtures/ink.jpg");
    assert_eq!(refusal(jpeg).to_string(), "CMYK pictures are not supported");
}

#[test]
fn a_jpeg_of_endless_scans_is_refused() {
    let mut jpeg = file(picture(8, 8), OutputFormat::Jpeg);
    jpeg.truncate(jpeg.len() - 2);
    for _ in 0..100 {
        jpeg.extend_from_slice(b"\xff\xda\0\x08\x01\x01\0\0\x3f\0");
    }
    jpeg.extend_from_slice(b"\xff\xd9");
    assert!(matches!(refusal(&jpeg), ImagingError::Unsupported(_)));
}

fn take_everything_from(bytes: &[u8]) {
    let recipe = recipe();
    for format in FORMATS {
        let _ = finish(&order(bytes, format, &recipe));
    }
    let moderated = for_moderation(bytes.to_vec());
    let _ = (moderated, read_recipe(bytes), without_recipe(bytes), normalise(bytes));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn arbitrary_bytes_never_panic(tail in any::<Vec<u8>>()) {
        for head in [b"".as_slice(), b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x50\0\0\0WEBP"] {
            take_everything_from(&[head, &tail].concat());
        }
    }

    #[test]
    fn damaged_pictures_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        for format in FORMATS {
            let mut bytes = finished(&file(noise(24, 16), format), format).original.bytes;
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            take_everything_from(&bytes);
            bytes.truncate(cut.index(bytes.len()));
            take_everything_from(&bytes);
        }
    }
}
