//! Users' own files as pictures for models.

use image::{DynamicImage, GenericImageView as _, Rgb, RgbImage};
use imagegen_core::ports::imaging::{Normalised, Unusable};
use moxcms::ColorProfile;

use super::{FORMATS, contains, decoded, exif, file, file_of, glass, noise, picture};
use crate::imaging::{OutputFormat, normalise};

fn made(bytes: &[u8]) -> Normalised {
    let made = normalise(bytes).expect("a good picture");
    assert_eq!((made.picture.content_type, made.picture.extension), ("image/webp", "webp"));
    assert_eq!(decoded(&made.picture.bytes).dimensions(), (made.width, made.height));
    assert!(!decoded(&made.picture.bytes).color().has_alpha());
    made
}

fn close(one: &DynamicImage, other: [u8; 3], (x, y): (u32, u32)) -> bool {
    let pixel = one.to_rgb8().get_pixel(x, y).0;
    pixel.iter().zip(other).all(|(a, b)| a.abs_diff(b) <= 12)
}

#[test]
fn every_format_becomes_one() {
    for format in FORMATS {
        let made = made(&file(picture(200, 100), format));
        assert_eq!((made.width, made.height), (200, 100), "{format:?}");
    }
}

#[test]
fn the_same_file_gives_the_same_bytes() {
    let source = file(noise(90, 80), OutputFormat::Png);
    assert_eq!(made(&source), made(&source));
}

#[test]
fn a_large_picture_keeps_its_shape_within_two_megapixels_and_the_bytes_that_go_along() {
    let made = made(&file(noise(3000, 1500), OutputFormat::Jpeg));
    assert!(u64::from(made.width) * u64::from(made.height) <= 2 * 1024 * 1024);
    assert!(made.width.abs_diff(made.height * 2) <= 2, "{} × {}", made.width, made.height);
    assert!(made.picture.bytes.len() <= 900_000, "{} bytes", made.picture.bytes.len());
}

#[test]
fn nothing_is_enlarged() {
    assert_eq!(made(&file(picture(64, 64), OutputFormat::Png)).width, 64);
}

#[test]
fn it_is_upright_and_tells_nothing() {
    for format in FORMATS {
        let mut notes = exif(6);
        notes.extend_from_slice(b"GPS 52.5200N 13.4050E");
        let mut source = file_of(&picture(120, 80), format, notes, super::rgb_profile());
        source.extend_from_slice(b"PK\x03\x04 another file");
        let made = made(&source);
        assert_eq!((made.width, made.height), (80, 120), "{format:?}");
        for secret in ["13.4050E", "EXIF", "ICCP", "another file"] {
            assert!(!contains(&made.picture, secret), "{format:?}: {secret}");
        }
    }
}

#[test]
fn what_can_be_seen_through_stands_on_white() {
    let made = made(&file(glass(100, 80), OutputFormat::Png));
    let seen = decoded(&made.picture.bytes);
    assert!(close(&seen, [255, 255, 255], (10, 40)) && close(&seen, [200, 30, 30], (90, 40)));
}

#[test]
fn sixteen_bits_and_grey_become_eight_bits_of_three_colours() {
    let deep = image::ImageBuffer::from_fn(80, 80, |x, _| {
        image::Rgb([u16::try_from(x * 800).expect("small"), 0x8000, 0xffff])
    });
    let made_deep = made(&file(DynamicImage::ImageRgb16(deep), OutputFormat::Png));
    assert!(close(&decoded(&made_deep.picture.bytes), [125, 128, 255], (40, 40)));
    let grey = DynamicImage::ImageLuma8(image::GrayImage::from_pixel(80, 80, image::Luma([90])));
    for format in [OutputFormat::Png, OutputFormat::Jpeg] {
        let made = made(&file(grey.clone(), format));
        assert!(close(&decoded(&made.picture.bytes), [90, 90, 90], (40, 40)), "{format:?}");
    }
}

#[test]
fn a_cameras_colours_become_those_of_the_web() {
    let profile = ColorProfile::new_display_p3().encode().expect("a profile");
    let green = RgbImage::from_pixel(80, 80, Rgb([120, 200, 120]));
    let source = file_of(&green, OutputFormat::Png, exif(1), profile);
    let seen = decoded(&made(&source).picture.bytes).to_rgb8().get_pixel(40, 40).0;
    // The same colour has less red in the narrower space.
    assert!(seen[0] < 112 && seen[1] > 195, "{seen:?}");
}

#[test]
fn a_profile_that_is_none_is_passed_over() {
    let source = file_of(&picture(80, 80), OutputFormat::Png, exif(1), super::rgb_profile());
    let plain = made(&file(picture(80, 80), OutputFormat::Png));
    assert_eq!(made(&source).picture, plain.picture);
}

#[test]
fn no_side_is_too_short_for_the_safety_check() {
    let refused = |width, height| {
        normalise(&file(picture(width, height), OutputFormat::Png)).expect_err("refused")
    };
    assert_eq!(refused(63, 200), Unusable::TooSmall { width: 63, height: 200 });
    assert_eq!(refused(641, 64), Unusable::TooNarrow { width: 641, height: 64 });
    assert_eq!(made(&file(picture(640, 64), OutputFormat::Png)).width, 640);
}

#[test]
fn other_files_are_called_by_their_names() {
    let files: [(&[u8], &str); 9] = [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "AVIF"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "MP4"),
        (b"GIF89a\x01\0\x01\0", "GIF"),
        (b"MM\0*\0\0\0\x08", "TIFF"),
        (b"\xef\xbb\xbf  <svg xmlns='x'/>", "SVG"),
        (b"<!DOCTYPE svg><svg/>", "SVG"),
        (b"%PDF-1.7", "PDF"),
        (b"PK\x03\x04", "ZIP"),
    ];
    for (bytes, format) in files {
        let refused = normalise(bytes).expect_err(format);
        assert_eq!(refused, Unusable::Foreign { format: format.to_owned() });
    }
    for bytes in [b"".as_slice(), b"hello", b"<html></html>", b"\0\0\0\x18ftyp", b"\0\0\0\0ftyp"] {
        let refused = normalise(bytes).expect_err("no picture");
        let known = matches!(&refused, Unusable::NotAPicture)
            || matches!(&refused, Unusable::Foreign { format } if format == "MP4");
        assert!(known, "{refused:?}");
    }
}
