//! What is made of a picture.

use image::GenericImageView as _;

use super::{FORMATS, contains, decoded, file, finished, glass, noise, order, picture, recipe};
use crate::imaging::{Order, OutputFormat, finish, for_moderation};

#[test]
fn a_file_in_the_asked_format_keeps_its_compressed_pixels() {
    for format in FORMATS {
        let source = file(picture(300, 200), format);
        let made = finished(&source, format);
        assert_eq!(decoded(&source), decoded(&made.original.bytes), "{format:?}");
        let body = &source[source.len() - 60..source.len() - 20];
        assert!(
            made.original.bytes.windows(body.len()).any(|window| window == body),
            "the end of the compressed pixels stands in the {format:?} as it came"
        );
    }
}

#[test]
fn every_format_becomes_every_other() {
    for from in FORMATS {
        for to in FORMATS {
            let made = finished(&file(picture(120, 90), from), to);
            assert_eq!(decoded(&made.original.bytes).dimensions(), (120, 90), "{from:?} → {to:?}");
            assert_eq!((made.width, made.height), (120, 90));
            let kind = image::guess_format(&made.original.bytes).expect("known");
            assert_eq!(kind.to_mime_type(), made.original.content_type);
        }
    }
}

#[test]
fn a_webp_within_2048_pixels_is_its_own_display_image() {
    assert_eq!(
        finished(&file(picture(2048, 20), OutputFormat::Webp), OutputFormat::Webp).display,
        None
    );
    assert_eq!(
        finished(&file(picture(90, 90), OutputFormat::Png), OutputFormat::Webp).display,
        None
    );
}

#[test]
fn a_larger_picture_is_shown_at_2048_pixels() {
    let made = finished(&file(picture(2100, 40), OutputFormat::Webp), OutputFormat::Webp);
    let display = made.display.expect("the original is too large");
    assert_eq!(decoded(&display.bytes).dimensions(), (2048, 39));
    assert_eq!(made.width, 2100);
}

#[test]
fn a_webp_kept_as_png_is_shown_with_the_pixels_it_came_with() {
    let source = file(picture(300, 200), OutputFormat::Webp);
    let display = finished(&source, OutputFormat::Png).display.expect("a PNG is not shown");
    assert_eq!(decoded(&source), decoded(&display.bytes));
}

#[test]
fn a_thumbnail_is_a_webp_of_384_pixels_and_at_most_30_kilobytes_even_of_noise() {
    for source in [noise(1000, 1000), noise(384, 384), noise(200, 800), picture(1000, 700)] {
        let thumbnail = finished(&file(source, OutputFormat::Png), OutputFormat::Png).thumbnail;
        assert!(thumbnail.bytes.len() <= 30_000, "{} bytes", thumbnail.bytes.len());
        let (width, height) = decoded(&thumbnail.bytes).dimensions();
        assert_eq!(width.max(height), 384);
    }
}

#[test]
fn a_thumbnail_of_transparent_noise_fits_by_becoming_smaller() {
    let mut source = image::DynamicImage::from(noise(500, 500)).to_rgba8();
    for (colour, alpha) in source.pixels_mut().zip(noise(500, 500).pixels()) {
        colour.0[3] = alpha.0[0];
    }
    let thumbnail = finished(&file(source, OutputFormat::Png), OutputFormat::Png).thumbnail;
    assert!(thumbnail.bytes.len() <= 30_000, "{} bytes", thumbnail.bytes.len());
    assert!(decoded(&thumbnail.bytes).width() >= 100);
}

#[test]
fn a_placeholder_is_a_data_url_of_at_most_600_bytes() {
    use base64::Engine as _;
    for source in [noise(400, 400), picture(64, 900), picture(5, 3)] {
        let url = finished(&file(source, OutputFormat::Png), OutputFormat::Png).placeholder;
        assert!(url.len() <= 600, "{} bytes", url.len());
        let text = url.strip_prefix("data:image/webp;base64,").expect("a WebP");
        let bytes = base64::engine::general_purpose::STANDARD.decode(text).expect("base64");
        assert!(decoded(&bytes).width() <= 32);
    }
}

#[test]
fn the_smallest_and_the_longest_pictures_are_made() {
    for (width, height) in [(1, 1), (2, 1), (1, 3000), (16_383, 1)] {
        for watermark in [false, true] {
            let (bytes, recipe) = (file(picture(width, height), OutputFormat::Png), recipe());
            let made = Order { watermark, ..order(&bytes, OutputFormat::Webp, &recipe) };
            finish(&made).expect("within the limits");
        }
    }
}

#[test]
fn transparency_is_kept_except_in_jpeg_where_it_is_white() {
    let source = file(glass(80, 60), OutputFormat::Png);
    for format in [OutputFormat::Webp, OutputFormat::Png] {
        let pixel = decoded(&finished(&source, format).original.bytes).get_pixel(5, 5);
        assert_eq!(pixel.0[3], 0, "{format:?}");
    }
    let jpeg = finished(&source, OutputFormat::Jpeg);
    let pixel = decoded(&jpeg.original.bytes).get_pixel(5, 5);
    assert!(pixel.0[..3].iter().all(|channel| *channel > 250), "{pixel:?}");
    assert_eq!(decoded(&jpeg.thumbnail.bytes).get_pixel(5, 5).0[3], 0);
}

#[test]
fn sixteen_bits_and_grey_become_eight_bits_of_colour() {
    let deep = image::DynamicImage::from(picture(50, 50)).to_rgb16();
    let made = finished(&file(deep, OutputFormat::Png), OutputFormat::Jpeg);
    assert_eq!(decoded(&made.original.bytes).color(), image::ColorType::Rgb8);
    let grey = image::DynamicImage::from(picture(50, 50)).to_luma8();
    finished(&file(grey, OutputFormat::Png), OutputFormat::Webp);
}

#[test]
fn a_watermark_changes_the_lower_right_corner_and_nothing_else() {
    for tone in [0, 128, 255] {
        let plain = image::RgbImage::from_pixel(1000, 800, image::Rgb([tone; 3]));
        let (source, recipe) = (file(plain.clone(), OutputFormat::Png), recipe());
        let ordered = Order { watermark: true, ..order(&source, OutputFormat::Png, &recipe) };
        let marked = decoded(&finish(&ordered).expect("good").original.bytes).to_rgb8();
        let changed: Vec<_> = plain
            .enumerate_pixels()
            .filter(|(x, y, pixel)| pixel.0[0].abs_diff(marked.get_pixel(*x, *y).0[0]) > 2)
            .collect();
        assert!(changed.len() > 500, "it can be seen on {tone}: {} pixels", changed.len());
        assert!(changed.iter().all(|(x, y, _)| *x > 700 && *y > 740), "on {tone}");
        let strongest =
            changed.iter().map(|(x, y, pixel)| pixel.0[0].abs_diff(marked.get_pixel(*x, *y).0[0]));
        assert!(strongest.max() > Some(80), "it can be read on {tone}");
    }
}

#[test]
fn a_watermark_is_on_every_file() {
    let (source, recipe) = (file(picture(600, 600), OutputFormat::Webp), recipe());
    for format in FORMATS {
        let plain = order(&source, format, &recipe);
        let marked = Order { watermark: true, ..plain };
        let (plain, marked) = (finish(&plain).expect("good"), finish(&marked).expect("good"));
        let shown = |made: &crate::imaging::Finished| {
            made.display.clone().unwrap_or_else(|| made.original.clone()).bytes
        };
        for (before, after) in [
            (plain.original.bytes.clone(), marked.original.bytes.clone()),
            (shown(&plain), shown(&marked)),
            (plain.thumbnail.bytes.clone(), marked.thumbnail.bytes.clone()),
        ] {
            assert_ne!(decoded(&before), decoded(&after), "{format:?}");
        }
    }
}

#[test]
fn the_same_order_gives_the_same_bytes() {
    let (source, recipe) = (file(picture(200, 100), OutputFormat::Png), recipe());
    let ordered = Order { watermark: true, ..order(&source, OutputFormat::Webp, &recipe) };
    assert_eq!(finish(&ordered).expect("good"), finish(&ordered).expect("good"));
}

#[test]
fn moderation_sees_a_jpeg_of_at_most_1024_pixels() {
    let jpeg = for_moderation(file(picture(3000, 600), OutputFormat::Png)).expect("good");
    assert!(jpeg.starts_with(b"\xff\xd8\xff"));
    assert_eq!(decoded(&jpeg).dimensions(), (1024, 205));
}

#[test]
fn moderation_sees_a_file_that_fits_as_it_is() {
    for format in FORMATS {
        let source = file(picture(1024, 768), format);
        assert!(for_moderation(source.clone()).expect("good") == source, "{format:?}");
    }
    let see_through = image::RgbaImage::from_pixel(100, 100, image::Rgba([9, 9, 9, 0]));
    let mut png = std::io::Cursor::new(Vec::new());
    see_through.write_to(&mut png, image::ImageFormat::Png).expect("a PNG");
    let jpeg = for_moderation(png.into_inner()).expect("good");
    assert!(decoded(&jpeg).to_rgb8().pixels().all(|p| p.0 == [255; 3]), "it is seen on white");
}

#[test]
fn every_file_says_that_a_model_made_it() {
    for format in FORMATS {
        let made = finished(&file(picture(300, 300), OutputFormat::Png), format);
        for file in [Some(&made.original), made.display.as_ref(), Some(&made.thumbnail)] {
            assert!(file.is_none_or(|file| contains(file, "/trainedAlgorithmicMedia<")));
        }
    }
}
