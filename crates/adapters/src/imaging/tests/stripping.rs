//! What others wrote into a file: notes go, colours stay.

use image::{GenericImageView as _, ImageDecoder as _, ImageReader};

use super::{FORMATS, contains, decoded, exif, file, file_with, finished, picture, rgb_profile};
use crate::imaging::OutputFormat;

fn profile_of(file: &[u8]) -> Option<Vec<u8>> {
    let reader =
        ImageReader::new(std::io::Cursor::new(file)).with_guessed_format().expect("memory");
    reader.into_decoder().expect("a good picture").icc_profile().expect("a good picture")
}

#[test]
fn nothing_of_the_exif_block_is_left() {
    let mut block = exif(1);
    block.extend_from_slice(b"GPS 52.5200N 13.4050E");
    for from in FORMATS {
        let source = file_with(from, block.clone(), rgb_profile());
        for to in FORMATS {
            let made = finished(&source, to);
            assert!(!contains(&made.original, "13.4050E"), "{from:?} → {to:?}");
        }
    }
}

#[test]
fn comments_and_what_follows_the_picture_are_left_behind() {
    let mut jpeg = file(picture(20, 20), OutputFormat::Jpeg);
    jpeg.splice(2..2, *b"\xff\xfe\0\x0esecret words\xff\xeb\0\x08secret");
    let mut png = file(picture(20, 20), OutputFormat::Png);
    let crc = crc32fast::hash(b"tEXtsecret\0words").to_be_bytes();
    png.splice(33..33, [b"\0\0\0\x0ctEXtsecret\0words".as_slice(), &crc].concat());
    let mut webp = file(picture(20, 20), OutputFormat::Webp);
    webp.extend_from_slice(b"XTRA\x06\0\0\0secret");
    let riff = u32::try_from(webp.len() - 8).expect("small");
    webp[4..8].copy_from_slice(&riff.to_le_bytes());
    for (mut bytes, format) in
        [(jpeg, OutputFormat::Jpeg), (png, OutputFormat::Png), (webp, OutputFormat::Webp)]
    {
        bytes.extend_from_slice(b"secret tail");
        let made = finished(&bytes, format);
        assert!(!contains(&made.original, "secret"), "{format:?}");
        assert_eq!(decoded(&bytes), decoded(&made.original.bytes), "{format:?}");
    }
}

#[test]
fn a_picture_that_exif_turned_is_stored_upright() {
    for from in FORMATS {
        let source = file_with(from, exif(6), rgb_profile());
        for to in FORMATS {
            let made = finished(&source, to);
            assert_eq!((made.width, made.height), (40, 60), "{from:?} → {to:?}");
            assert_eq!(decoded(&made.original.bytes).dimensions(), (40, 60));
            assert!(!contains(&made.original, "MM\0*"));
        }
    }
}

#[test]
fn a_colour_profile_stays_with_its_pixels() {
    for from in FORMATS {
        let source = file_with(from, exif(1), rgb_profile());
        for to in FORMATS {
            let made = finished(&source, to);
            let display = made.display.unwrap_or_else(|| made.original.clone());
            for file in [made.original, display, made.thumbnail] {
                assert_eq!(profile_of(&file.bytes), Some(rgb_profile()), "{from:?} → {to:?}");
            }
        }
    }
}

#[test]
fn a_profile_for_other_numbers_is_not_put_on_ours() {
    let mut grey = rgb_profile();
    grey[16..20].copy_from_slice(b"GRAY");
    let made = finished(&file_with(OutputFormat::Png, exif(1), grey), OutputFormat::Webp);
    assert_eq!(profile_of(&made.original.bytes), None);
}

#[test]
fn a_large_profile_is_kept_out_of_the_thumbnail() {
    let mut large = rgb_profile();
    large.resize(5000, 7);
    let source = file_with(OutputFormat::Png, exif(1), large.clone());
    let made = finished(&source, OutputFormat::Webp);
    assert_eq!(profile_of(&made.original.bytes), Some(large));
    assert_eq!(profile_of(&made.thumbnail.bytes), None);
}
