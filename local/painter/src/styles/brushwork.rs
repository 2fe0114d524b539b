//! Oil: strokes laid over each other, large to small, each one colour, each with the ridges of its bristles.

use super::super::canvas::Canvas;
use super::super::geometry::{at, blend, smooth, unit};
use super::super::palette::Rgb;
use super::super::random::{Random, layered};

pub(super) fn oil(canvas: &mut Canvas, random: &mut Random) {
    let source = canvas.clone();
    let short = canvas.short();
    let area = canvas.width as f32 * canvas.height as f32 / (short * short);
    let mut ridges = vec![0.0_f32; canvas.pixels.len()];
    for (share, count, careful) in
        [(0.026, 3000.0, 0.0), (0.014, 7000.0, 0.03), (0.0075, 13000.0, 0.07)]
    {
        // Blurring by the stroke's width: a stroke is one colour, not what happens to be at its middle.
        let soft = source.defocused(short * share * 0.35);
        for _ in 0..(count * area) as usize {
            let place =
                at(random.unit() * canvas.width as f32, random.unit() * canvas.height as f32);
            let colour = soft.between(place.x, place.y);
            // Small strokes only where there is something to say.
            if careful > 0.0
                && source
                    .between(place.x, place.y)
                    .distance(canvas.between(place.x, place.y))
                    .sqrt()
                    < careful
            {
                continue;
            }
            stroke(canvas, &mut ridges, &soft, (place.x, place.y), short * share, colour, random);
        }
    }
    let (width, height) = (canvas.width, canvas.height);
    canvas.all(|x, y, c| {
        let (column, row) = (x as usize, y as usize);
        let here = ridges[row * width + column];
        let above =
            ridges[row.saturating_sub(1).min(height - 1) * width + column.saturating_sub(1)];
        (c * (1.0 + (here - above) * 0.42)).saturated(1.14)
    });
}

fn stroke(
    canvas: &mut Canvas,
    ridges: &mut [f32],
    soft: &Canvas,
    (x, y): (f32, f32),
    size: f32,
    colour: Rgb,
    random: &mut Random,
) {
    let d = size * 0.6;
    let gx = soft.between(x + d, y).luminance() - soft.between(x - d, y).luminance();
    let gy = soft.between(x, y + d).luminance() - soft.between(x, y - d).luminance();
    let steep = (gx * gx + gy * gy).sqrt();
    // Along the contour where there is one; elsewhere the hand swings with a slow noise.
    let short = canvas.short();
    let swing =
        layered(x / short * 2.2, y / short * 2.2, 2, 77) * 5.0 + random.between(-0.25, 0.25);
    let free = at(super::super::geometry::cos(swing), super::super::geometry::sin(swing));
    let along = if steep > 0.03 { at(-gy / steep, gx / steep) } else { free };
    let (long, wide) = (size * random.between(1.0, 1.9), size * random.between(0.34, 0.5));
    let tone = colour * random.between(0.92, 1.08)
        + Rgb(
            random.between(-0.02, 0.02),
            random.between(-0.02, 0.02),
            random.between(-0.02, 0.02),
        );
    let bristles: [f32; 9] = std::array::from_fn(|_| random.unit());
    let reach_x = along.x.abs() * long + along.y.abs() * wide + 1.0;
    let reach_y = along.y.abs() * long + along.x.abs() * wide + 1.0;
    let (x0, y0) = ((x - reach_x).max(0.0) as usize, (y - reach_y).max(0.0) as usize);
    let x1 = ((x + reach_x).max(0.0) as usize).min(canvas.width);
    let y1 = ((y + reach_y).max(0.0) as usize).min(canvas.height);
    for row in y0..y1 {
        for column in x0..x1 {
            let (dx, dy) = (column as f32 + 0.5 - x, row as f32 + 0.5 - y);
            let (u, v) =
                ((dx * along.x + dy * along.y) / long, (dy * along.x - dx * along.y) / wide);
            if u.abs() > 1.0 || v.abs() > 1.0 {
                continue;
            }
            let hair = (v + 1.0) * 3.99;
            let bristle =
                blend(bristles[hair as usize], bristles[hair as usize + 1], hair - hair.floor());
            let end = blend(0.75, 1.0, bristle);
            let cover = smooth(1.0, 0.75, v.abs()) * smooth(end, end - 0.25, u.abs());
            let i = row * canvas.width + column;
            canvas.pixels[i] = canvas.pixels[i].toward(tone, unit(cover * 0.92));
            ridges[i] = blend(ridges[i], bristle * (1.0 - v * v), cover);
        }
    }
}
