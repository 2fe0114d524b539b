//! Cut into pieces: low poly, stained glass.

use super::super::canvas::Canvas;
use super::super::geometry::{Point, at, smooth, unit};
use super::super::palette::{Rgb, rgb};
use super::super::random::{Random, lattice, layered};

/// Triangles over a shaken grid, each in one colour and each with its own light.
pub(super) fn low_poly(canvas: &mut Canvas, random: &mut Random) {
    let source = canvas.defocused(canvas.short() * 0.004);
    let cell = (canvas.short() / 34.0).max(6.0);
    let salt = random.next() as u32;
    let (columns, rows) =
        ((canvas.width as f32 / cell) as i32 + 2, (canvas.height as f32 / cell) as i32 + 2);
    let corner = |column: i32, row: i32| {
        let shake = |s: u32| (lattice(column, row, salt ^ s) - 0.5) * 0.85;
        let p = at((column as f32 + shake(1)) * cell, (row as f32 + shake(2)) * cell);
        // A corner that is drawn to the strongest contour nearby keeps the subject's outline.
        pulled(&source, p, cell * 0.42)
    };
    let stride = (columns + 2) as usize;
    let corners: Vec<Point> = (-1..=rows)
        .flat_map(|row| (-1..=columns).map(move |column| (column, row)))
        .map(|(c, r)| corner(c, r))
        .collect();
    for row in 0..=(rows as usize) {
        for column in 0..stride - 1 {
            let (a, b) = (corners[row * stride + column], corners[row * stride + column + 1]);
            let (c, d) =
                (corners[(row + 1) * stride + column], corners[(row + 1) * stride + column + 1]);
            let halves = if (row + column) % 2 == 0 {
                [[a, b, c], [b, d, c]]
            } else {
                [[a, b, d], [a, d, c]]
            };
            for (k, triangle) in halves.iter().enumerate() {
                let light = 0.9 + 0.2 * lattice(column as i32, row as i32, salt ^ (k as u32 + 9));
                facet(canvas, &source, *triangle, light);
            }
        }
    }
}

fn pulled(source: &Canvas, p: Point, reach: f32) -> Point {
    let mut best = (0.02, p);
    for i in 0..16 {
        let q = p + at(reach, 0.0).turned(i as f32 * 0.785) * if i < 8 { 1.0 } else { 0.5 };
        let d = reach * 0.3;
        let edge = source.between(q.x - d, q.y).distance(source.between(q.x + d, q.y))
            + source.between(q.x, q.y - d).distance(source.between(q.x, q.y + d));
        if edge > best.0 {
            best = (edge, q);
        }
    }
    best.1
}

fn facet(canvas: &mut Canvas, source: &Canvas, [a, b, c]: [Point; 3], light: f32) {
    let middle = (a + b + c) * (1.0 / 3.0);
    let mut sum = source.between(middle.x, middle.y) * 2.0;
    for corner in [a, b, c] {
        let p = middle.toward(corner, 0.5);
        sum = sum + source.between(p.x, p.y);
    }
    let colour = (sum * (light / 5.0)).saturated(1.15);
    // A hair larger than itself, so that no seam shows between neighbours.
    let grown = [a, b, c].map(|p| {
        let out = p - middle;
        let length = out.length().max(0.01);
        p + out * (0.8 / length)
    });
    canvas.fill(&[super::super::outline::Form::Area(grown.to_vec())], colour, 1.0);
}

/// Pieces of glass between strips of lead.
pub(super) fn stained_glass(canvas: &mut Canvas, random: &mut Random) {
    let source = canvas.defocused(canvas.short() * 0.004);
    let cell = (canvas.short() / 26.0).max(8.0);
    let salt = random.next() as u32;
    let short = canvas.short();
    let stride = (canvas.width as f32 / cell) as usize + 6;
    let rows = (canvas.height as f32 / cell) as usize + 6;
    let seeds: Vec<(Point, Rgb)> = (0..stride * rows)
        .map(|i| {
            let (column, row) = ((i % stride) as i32 - 2, (i / stride) as i32 - 2);
            let p = at(
                (column as f32 + lattice(column, row, salt)) * cell,
                (row as f32 + lattice(column, row, salt ^ 1)) * cell,
            );
            (p, source.between(p.x, p.y).clamped().saturated(1.7) * 1.06)
        })
        .collect();
    canvas.all(|x, y, _| {
        let (column, row) = ((x / cell) as usize + 2, (y / cell) as usize + 2);
        let (mut first, mut second, mut colour) = (f32::MAX, f32::MAX, Rgb::default());
        for r in row - 2..=(row + 2).min(rows - 1) {
            for c in column - 2..=(column + 2).min(stride - 1) {
                let (p, glass) = seeds[r * stride + c];
                let away = (at(x, y) - p).length();
                if away < first {
                    second = first;
                    first = away;
                    colour = glass;
                } else if away < second {
                    second = away;
                }
            }
        }
        let border = second - first;
        let ripple = 0.85 + 0.3 * layered(x / short * 30.0, y / short * 30.0, 2, salt);
        let lead = unit(smooth(short * 0.0075, short * 0.0035, border));
        (colour * ripple).toward(rgb(0x16_151a), lead)
    });
}
