//! Files that are not what they should be: each gets a clear problem or a right picture, through the whole API.
//!
//! What this program cannot write lies in `fixtures/`, made with Pillow and libheif.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{
    DynamicImage, ExtendedColorType, GenericImageView as _, ImageEncoder as _, ImageFormat,
};
use image::{ImageBuffer, Rgb, RgbImage, Rgba, RgbaImage};
use serde_json::Value;

use crate::app::TestApp;
use crate::uploads::photo;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("fixtures/", $name)).to_vec()
    };
}

/// Uploads a file that is refused; returns `reason` and what the user reads.
async fn refused(app: &TestApp, file: Vec<u8>) -> (String, String) {
    let answer = app.upload("ada", file).await;
    let problem = answer.problem(422, "picture-refused");
    let text = |name: &str| problem[name].as_str().expect("a text").to_owned();
    (text("reason"), text("detail"))
}

/// Uploads a file that is taken; returns what became of it, as its owner sees it.
async fn taken(app: &TestApp, file: Vec<u8>) -> (DynamicImage, Vec<u8>) {
    let upload: Value = app.upload("ada", file).await.ok();
    let file = app.file(&upload["url"]);
    let picture = image::load_from_memory(&file).expect("other programs open it");
    assert_eq!(picture.dimensions().0, upload["width"], "{upload}");
    assert!(!picture.color().has_alpha());
    (picture, file)
}

fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, ImageFormat::Png).expect("memory is writable");
    bytes.into_inner()
}

fn looks_like(picture: &DynamicImage, (x, y): (u32, u32), wanted: [u8; 3]) -> bool {
    let seen = picture.to_rgb8().get_pixel(x, y).0;
    seen.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) <= 16)
}

#[tokio::test]
async fn formats_that_are_not_taken_say_what_to_do() {
    let app = TestApp::new();
    for (file, advice) in [
        (fixture!("photo.heic"), "JPEG"),
        (fixture!("photo.avif"), "AVIF pictures are not taken"),
        (fixture!("drawing.tiff"), "TIFF pictures are not taken"),
        (fixture!("drawing.svg"), "export it as PNG"),
        (fixture!("moving.gif"), "save one frame"),
    ] {
        let (reason, detail) = refused(&app, file).await;
        assert_eq!(reason, "foreign_format", "{detail}");
        assert!(detail.contains(advice), "{detail}");
    }
    let (_, detail) = refused(&app, fixture!("photo.heic")).await;
    assert!(detail.contains("HEIC") && detail.contains("Most Compatible"), "{detail}");
    for file in [b"".to_vec(), b"hello".to_vec(), vec![0; 1000], b"<html></html>".to_vec()] {
        assert_eq!(refused(&app, file).await.0, "not_a_picture");
    }
    assert_eq!((app.files("uploads"), app.files("images")), (vec![], vec![]));
}

#[tokio::test]
async fn moving_pictures_are_refused() {
    let app = TestApp::new();
    for file in [fixture!("moving.png"), fixture!("moving.webp")] {
        let (reason, detail) = refused(&app, file).await;
        assert_eq!(reason, "animated", "{detail}");
    }
}

#[tokio::test]
async fn a_file_that_is_cut_off_is_refused_wherever_it_ends() {
    let app = TestApp::new();
    let mut jpeg = Vec::new();
    let noise = RgbImage::from_fn(100, 100, |x, y| {
        let byte = |it: u32| u8::try_from(it % 256).expect("a remainder");
        Rgb([byte(x * y * 7), byte(x ^ y), 3])
    });
    JpegEncoder::new(&mut jpeg).encode_image(&noise).expect("memory is writable");
    let webp = taken(&app, png(noise.clone())).await.1;
    for whole in [png(noise), jpeg, webp] {
        for share in [3, 5, 9] {
            let cut = whole[..whole.len() * share / 10].to_vec();
            assert_eq!(refused(&app, cut).await.0, "cut_off");
        }
        assert_eq!(refused(&app, whole[..whole.len() - 1].to_vec()).await.0, "cut_off");
    }
}

#[tokio::test]
async fn a_header_that_promises_too_much_is_refused_before_anything_is_decoded() {
    let app = TestApp::new();
    for (width, height) in [(50_000_u32, 50_000_u32), (16_384, 100), (5_001, 5_000)] {
        let mut bomb = png(RgbImage::new(64, 64));
        bomb[16..20].copy_from_slice(&width.to_be_bytes());
        bomb[20..24].copy_from_slice(&height.to_be_bytes());
        let (reason, detail) = refused(&app, bomb).await;
        assert_eq!(reason, "too_many_pixels");
        assert!(detail.contains(&format!("{width} × {height}")), "{detail}");
    }
    // The header lies the other way: pixels that it does not announce are never unpacked.
    let mut modest = png(RgbImage::new(200, 200));
    modest[16..20].copy_from_slice(&100_u32.to_be_bytes());
    assert_eq!(refused(&app, modest).await.0, "damaged");
}

#[tokio::test]
async fn damage_and_odd_shapes_are_told_apart() {
    let app = TestApp::new();
    let mut damaged = photo();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xff;
    assert_eq!(refused(&app, damaged).await.0, "damaged");
    assert_eq!(refused(&app, png(RgbImage::new(63, 100))).await.0, "too_small");
    assert_eq!(refused(&app, png(RgbImage::new(1000, 64))).await.0, "too_narrow");
}

#[tokio::test]
async fn every_kind_of_pixel_becomes_eight_bits_of_three_colours() {
    let app = TestApp::new();
    let deep = ImageBuffer::from_fn(80, 80, |_, _| Rgb([0xffff_u16, 0x8000, 0x0100]));
    let (picture, _) = taken(&app, png(DynamicImage::ImageRgb16(deep))).await;
    assert!(looks_like(&picture, (40, 40), [255, 128, 1]));

    let (picture, _) = taken(&app, fixture!("deep_grey.png")).await;
    assert!(looks_like(&picture, (48, 40), [128, 128, 128]), "{:?}", picture.get_pixel(48, 40));

    // Red ink on the left, bare paper on the right.
    let (picture, _) = taken(&app, fixture!("ink.jpg")).await;
    assert!(looks_like(&picture, (80, 40), [255, 255, 255]), "{:?}", picture.get_pixel(80, 40));
    let red = picture.to_rgb8().get_pixel(20, 40).0;
    assert!(red[0] > 200 && red[1] < 80 && red[2] < 80, "{red:?}");

    // What can be seen through stands on white.
    let (picture, _) = taken(&app, fixture!("palette.png")).await;
    assert!(looks_like(&picture, (20, 40), [255, 255, 255]), "{:?}", picture.get_pixel(20, 40));
    assert!(looks_like(&picture, (80, 40), [30, 200, 30]), "{:?}", picture.get_pixel(80, 40));
    let glass = RgbaImage::from_pixel(80, 80, Rgba([200, 0, 0, 128]));
    let (picture, _) = taken(&app, png(glass)).await;
    assert!(looks_like(&picture, (40, 40), [227, 127, 127]), "{:?}", picture.get_pixel(40, 40));
}

#[tokio::test]
async fn a_file_that_is_two_files_loses_the_second() {
    let app = TestApp::new();
    let mut both = photo();
    both.extend_from_slice(b"PK\x03\x04\x14\0 the stranger's archive PK\x05\x06");
    let (picture, file) = taken(&app, both).await;
    assert_eq!(picture.dimensions(), (200, 100));
    assert!(!holds(&file, b"archive"));
    assert!(!holds(&file, b"PK\x05\x06"));
}

#[tokio::test]
async fn a_phones_picture_is_turned_upright_and_tells_no_place() {
    let app = TestApp::new();
    // Red above blue, as it should be seen; stored lying on its side, as phones do.
    let lying =
        RgbImage::from_fn(120, 80, |x, _| if x < 60 { Rgb([230, 0, 0]) } else { Rgb([0, 0, 230]) });
    let mut jpeg = Vec::new();
    let mut encoder = JpegEncoder::new(&mut jpeg);
    encoder.set_exif_metadata(exif()).expect("supported");
    encoder.write_image(&lying, 120, 80, ExtendedColorType::Rgb8).expect("memory is writable");
    assert!(holds(&jpeg, b"52 deg"));
    let (picture, file) = taken(&app, jpeg).await;
    assert_eq!(picture.dimensions(), (80, 120));
    assert!(looks_like(&picture, (40, 20), [230, 0, 0]), "{:?}", picture.get_pixel(40, 20));
    assert!(looks_like(&picture, (40, 100), [0, 0, 230]), "{:?}", picture.get_pixel(40, 100));
    for note in [b"52 deg".as_slice(), b"Exif", b"EXIF", b"MM\0*"] {
        assert!(!holds(&file, note), "{}", String::from_utf8_lossy(note));
    }
}

/// Turned a quarter to the right (6), and a GPS directory with a place in it.
fn exif() -> Vec<u8> {
    let mut block = b"MM\0*\0\0\0\x08".to_vec();
    block.extend_from_slice(b"\0\x02");
    block.extend_from_slice(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0");
    block.extend_from_slice(b"\x88\x25\0\x04\0\0\0\x01\0\0\0\x26");
    block.extend_from_slice(b"\0\0\0\0");
    // At 0x26: GPSMapDatum, as text.
    block.extend_from_slice(b"\0\x01\0\x12\0\x02\0\0\0\x07\0\0\0\x38\0\0\0\0");
    block.extend_from_slice(b"52 deg\0");
    block
}

fn holds(file: &[u8], part: &[u8]) -> bool {
    file.windows(part.len()).any(|window| window == part)
}
