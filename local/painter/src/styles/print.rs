//! Few colours: pixels, posters, flat shapes, dots.

use super::super::canvas::Canvas;
use super::super::geometry::{smooth, unit};
use super::super::palette::{Rgb, rgb};
use super::super::random::{Random, layered};

/// Large pixels in a palette of two dozen, dithered as old machines did.
pub(super) fn pixels(canvas: &mut Canvas) {
    // Bayer's order: neighbours in the pattern are far apart in brightness.
    const ORDER: [f32; 16] =
        [0.0, 8.0, 2.0, 10.0, 12.0, 4.0, 14.0, 6.0, 3.0, 11.0, 1.0, 9.0, 15.0, 7.0, 13.0, 5.0];
    let cell = (canvas.short() / 112.0).round().max(2.0) as usize;
    let (columns, rows) = (canvas.width.div_ceil(cell), canvas.height.div_ceil(cell));
    let mut small = Canvas::new(columns as u32, rows as u32);
    for row in 0..rows {
        for column in 0..columns {
            // Closer to the middle of the cell than its mean: thin lines survive.
            let (mut sum, mut count) = (Rgb::default(), 0.0);
            for y in row * cell..((row + 1) * cell).min(canvas.height) {
                for x in column * cell..((column + 1) * cell).min(canvas.width) {
                    sum = sum + canvas.at(x, y).clamped();
                    count += 1.0;
                }
            }
            small.pixels[row * columns + column] =
                (sum * (1.0 / f32::max(count, 1.0))).saturated(1.25);
        }
    }
    let palette = palette_of(&small, 24);
    for row in 0..rows {
        for column in 0..columns {
            let lift = (ORDER[(row % 4) * 4 + column % 4] / 15.0 - 0.5) * 0.07;
            let c = &mut small.pixels[row * columns + column];
            *c = nearest(&palette, *c + Rgb(lift, lift, lift));
        }
    }
    canvas.all(|x, y, _| small.at(x as usize / cell, y as usize / cell));
}

/// A few flat colours with clean borders, and air.
pub(super) fn minimal(canvas: &mut Canvas) {
    flatten(canvas, 9, 0.006);
}

/// A travel poster: flat inks, a paper border, the tooth of the paper.
pub(super) fn poster(canvas: &mut Canvas, random: &mut Random) {
    flatten(canvas, 12, 0.003);
    let (width, height, short) = (canvas.width as f32, canvas.height as f32, canvas.short());
    let salt = random.next() as u32;
    let paper = rgb(0xf4_ead4);
    let (outer, inner) = (short * 0.045, short * 0.052);
    canvas.all(|x, y, c| {
        let border = x.min(width - x).min(y).min(height - y);
        let tooth = layered(x / short * 120.0, y / short * 120.0, 2, salt);
        let warm = c.toward(c * rgb(0xff_f0d8), 0.7);
        let line = smooth(outer - 1.0, outer, border) * smooth(inner + 1.0, inner, border);
        let picture = paper
            .toward(warm, smooth(inner, inner + 1.0, border))
            .toward(rgb(0x2c_2834), line * 0.9);
        picture.toward(paper, smooth(0.66, 0.8, tooth) * 0.35) * (0.96 + 0.06 * tooth)
    });
}

/// Dots of ink over flat colour, and strong blacks.
pub(super) fn halftone(canvas: &mut Canvas) {
    let short = canvas.short();
    let source = canvas.defocused(short * 0.002);
    flatten(canvas, 12, 0.003);
    let pitch = (short / 120.0).max(4.0);
    let reach = (short / 520.0).max(1.0) as usize;
    canvas.all(|x, y, c| {
        let (column, row) = (x as usize, y as usize);
        let tone = source.at(column, row).luminance();
        let (u, v) = ((x + y) / pitch * 0.7, (x - y) / pitch * 0.7);
        let (du, dv) = (u - u.floor() - 0.5, v - v.floor() - 0.5);
        let dot = (du * du + dv * dv).sqrt();
        let radius = 0.52 * smooth(0.75, 0.1, tone);
        let ink = smooth(radius + 0.06, radius - 0.06, dot);
        let (left, right) =
            (source.at(column.saturating_sub(reach), row), source.at(column + reach, row));
        let (up, down) =
            (source.at(column, row.saturating_sub(reach)), source.at(column, row + reach));
        let edge = (left.distance(right) + up.distance(down)).sqrt();
        let bright = c.saturated(1.5).toward(Rgb(1.0, 1.0, 1.0), 0.12);
        bright.toward(bright * 0.45, ink).toward(rgb(0x14_1018), smooth(0.16, 0.3, edge))
    });
}

/// Every pixel to the nearest of `count` colours, borders smoothed first so that they do not fray.
fn flatten(canvas: &mut Canvas, count: usize, softness: f32) {
    let short = canvas.short();
    let soft = canvas.defocused(short * softness);
    let palette = palette_of(&soft, count);
    // Between the two nearest, a narrow ramp: an edge without steps.
    canvas.all(|x, y, _| {
        let c = soft.at(x as usize, y as usize).clamped();
        let (mut first, mut second) = ((f32::MAX, c), (f32::MAX, c));
        for ink in &palette {
            let away = ink.distance(c);
            if away < first.0 {
                second = first;
                first = (away, *ink);
            } else if away < second.0 {
                second = (away, *ink);
            }
        }
        let share = first.0.sqrt() / (first.0.sqrt() + second.0.sqrt()).max(1e-5);
        first.1.toward(second.1, unit((share - 0.44) / 0.12) * 0.5)
    });
}

/// The colours of a picture, by splitting the widest group again and again.
fn palette_of(canvas: &Canvas, count: usize) -> Vec<Rgb> {
    let step = (canvas.pixels.len() / 6000).max(1);
    let mut groups: Vec<Vec<Rgb>> =
        vec![canvas.pixels.iter().step_by(step).map(|c| c.clamped()).collect()];
    while groups.len() < count {
        let spread = |group: &Vec<Rgb>, of: fn(&Rgb) -> f32| {
            let (low, high) =
                group.iter().map(of).fold((f32::MAX, f32::MIN), |(l, h), v| (l.min(v), h.max(v)));
            high - low
        };
        let axes: [fn(&Rgb) -> f32; 3] = [|c| c.0, |c| c.1, |c| c.2];
        let mut widest = (0.0, 0, axes[0]);
        for (i, group) in groups.iter().enumerate().filter(|(_, g)| g.len() > 1) {
            for axis in axes {
                let weight = spread(group, axis) * (group.len() as f32).sqrt().sqrt();
                if weight > widest.0 {
                    widest = (weight, i, axis);
                }
            }
        }
        if widest.0 <= 0.0 {
            break;
        }
        let mut group = groups.swap_remove(widest.1);
        group.sort_by(|a, b| widest.2(a).total_cmp(&widest.2(b)));
        let middle = f32::midpoint(widest.2(&group[0]), widest.2(&group[group.len() - 1]));
        let cut = group.partition_point(|c| widest.2(c) < middle).clamp(1, group.len() - 1);
        let upper = group.split_off(cut);
        groups.push(group);
        groups.push(upper);
    }
    groups
        .iter()
        .map(|g| g.iter().fold(Rgb::default(), |sum, c| sum + *c) * (1.0 / g.len().max(1) as f32))
        .collect()
}

fn nearest(palette: &[Rgb], colour: Rgb) -> Rgb {
    palette
        .iter()
        .copied()
        .min_by(|a, b| a.distance(colour).total_cmp(&b.distance(colour)))
        .unwrap_or(colour)
}
