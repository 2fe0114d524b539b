//! Our name on pictures of the Free plan.

use ab_glyph::{Font as _, FontRef, PxScale, ScaleFont as _, point};

use super::pixels::Pixels;

const TEXT: &str = "ImageGenerator AI";
/// Inter Medium (SIL Open Font License 1.1, `watermark.LICENSE.txt`), cut down to the letters of
/// [`TEXT`]: `pyftsubset Inter_500Medium.ttf --text="ImageGenerator AI" --layout-features=''
/// --no-hinting`.
const FONT: &[u8] = include_bytes!("watermark.ttf");

/// Of the picture's height.
const SIZE: f32 = 0.022;
/// Letters smaller than this, in pixels, cannot be read.
const SMALLEST: f32 = 10.0;
/// Of the picture's width that the text may take, before it becomes smaller than that after all.
const WIDEST: f32 = 0.6;
/// From the right and lower edge, in letter sizes.
const MARGIN: f32 = 0.9;
/// Of white where a letter covers the whole pixel: the picture still shines through.
const TEXT_STRENGTH: f32 = 0.82;
/// Of black under the middle of a letter. More than 1 because a blurred thin line is pale.
const SHADOW_STRENGTH: f32 = 1.1;
const SHADOW_DARKEST: f32 = 0.6;

/// Draws the text in the lower right corner: white, so that it reads on dark, with a soft dark
/// shadow, so that it reads on light.
pub(super) fn draw(pixels: &mut Pixels) {
    let stamp = Stamp::fitting(pixels.width(), pixels.height());
    for row in 0..stamp.height {
        for column in 0..stamp.width {
            let at = row * stamp.width + column;
            let shadow = (stamp.shadow[at] * SHADOW_STRENGTH).min(SHADOW_DARKEST);
            let text = stamp.text[at].min(1.0) * TEXT_STRENGTH;
            if shadow + text < 0.002 {
                continue;
            }
            let (x, y) = (stamp.left + signed(column), stamp.top + signed(row));
            if let Some(pixel) = pixels.at_mut(x, y) {
                blend(pixel, 0.0, shadow);
                blend(pixel, 255.0, text);
            }
        }
    }
}

/// The text as coverage, 0 to 1, in a box somewhere over the picture.
struct Stamp {
    left: i64,
    top: i64,
    width: usize,
    height: usize,
    text: Vec<f32>,
    shadow: Vec<f32>,
}

impl Stamp {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "lengths of a picture of at most 16,383 pixels a side, none of them negative"
    )]
    fn fitting(width: u32, height: u32) -> Self {
        let font = FontRef::try_from_slice(FONT).expect("the font is part of the program");
        let em = |size: f32| PxScale::from(size * font.height_unscaled() / units(&font));
        let advance = |c: char| font.as_scaled(em(1.0)).h_advance(font.glyph_id(c));
        let width_of_one: f32 = TEXT.chars().map(advance).sum();
        let size =
            (height as f32 * SIZE).max(SMALLEST).min(width as f32 * WIDEST / width_of_one).max(1.0);

        let blur = (size * 0.1).ceil() as usize;
        let pad = 2 * blur + 2;
        let drop = (size * 0.05).round() as usize;
        let scaled = font.as_scaled(em(size));
        let box_width = (width_of_one * size).ceil() as usize + 2 * pad;
        let box_height = scaled.height().ceil() as usize + 2 * pad + drop;
        let mut text = vec![0.0; box_width * box_height];

        let baseline = pad as f32 + scaled.ascent();
        let mut x = pad as f32;
        for c in TEXT.chars() {
            let id = font.glyph_id(c);
            if let Some(outline) =
                font.outline_glyph(id.with_scale_and_position(em(size), point(x, baseline)))
            {
                let bounds = outline.px_bounds();
                let (left, top) = (bounds.min.x as usize, bounds.min.y as usize);
                outline.draw(|column, row, coverage| {
                    let at = (top + row as usize) * box_width + left + column as usize;
                    if let Some(pixel) = text.get_mut(at) {
                        *pixel += coverage;
                    }
                });
            }
            x += scaled.h_advance(id);
        }

        let mut shadow = vec![0.0; text.len()];
        shadow[drop * box_width..].copy_from_slice(&text[..text.len() - drop * box_width]);
        for _ in 0..2 {
            blur_line(&mut shadow, box_width, blur, Direction::Across);
            blur_line(&mut shadow, box_width, blur, Direction::Down);
        }

        let margin = size * MARGIN;
        let right = width as f32 - margin - width_of_one * size;
        let bottom = height as f32 - margin;
        Self {
            left: (right - pad as f32).round() as i64,
            top: (bottom - baseline).round() as i64,
            width: box_width,
            height: box_height,
            text,
            shadow,
        }
    }
}

#[derive(Clone, Copy)]
enum Direction {
    Across,
    Down,
}

/// Replaces each value by the mean of its `2 * radius + 1` neighbours on its line.
#[expect(clippy::cast_precision_loss, reason = "a radius of some pixels")]
fn blur_line(values: &mut [f32], width: usize, radius: usize, direction: Direction) {
    let height = values.len() / width;
    let (lines, length, line_step, step) = match direction {
        Direction::Across => (height, width, width, 1),
        Direction::Down => (width, height, 1, width),
    };
    let share = 1.0 / (2 * radius + 1) as f32;
    let mut line = vec![0.0; length];
    for number in 0..lines {
        let first = number * line_step;
        for (place, value) in line.iter_mut().enumerate() {
            *value = values[first + place * step];
        }
        for place in 0..length {
            let near = place.saturating_sub(radius)..(place + radius + 1).min(length);
            values[first + place * step] = line[near].iter().sum::<f32>() * share;
        }
    }
}

/// Puts `tone` over a pixel, covering it by `amount` (0 to 1).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a mean of numbers from 0 to 255"
)]
fn blend(pixel: &mut [u8], tone: f32, amount: f32) {
    let (colours, alpha) = pixel.split_at_mut(3);
    let below = alpha.first().map_or(1.0, |alpha| f32::from(*alpha) / 255.0);
    let opacity = amount + below * (1.0 - amount);
    if opacity <= 0.0 {
        return;
    }
    for colour in colours {
        let mixed = tone * amount + f32::from(*colour) * below * (1.0 - amount);
        *colour = (mixed / opacity).round() as u8;
    }
    if let Some(alpha) = alpha.first_mut() {
        *alpha = (opacity * 255.0).round() as u8;
    }
}

fn units(font: &FontRef<'_>) -> f32 {
    font.units_per_em().expect("the font is part of the program")
}

fn signed(length: usize) -> i64 {
    i64::try_from(length).expect("a length in a picture")
}
