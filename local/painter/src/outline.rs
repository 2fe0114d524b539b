//! The outlines of things, in the units of whoever draws them.

use std::f32::consts::TAU;

use super::geometry::{Point, at, cos, sin};

#[derive(Debug, Clone)]
pub(super) enum Form {
    /// What a closed line encloses.
    Area(Vec<Point>),
    /// A thread with a radius at every point: legs, tails, branches.
    Strand(Vec<(Point, f32)>),
}

impl Form {
    pub(super) fn mapped(&self, scale: f32, place: impl Fn(Point) -> Point) -> Self {
        match self {
            Self::Area(points) => Self::Area(points.iter().map(|p| place(*p)).collect()),
            Self::Strand(points) => {
                Self::Strand(points.iter().map(|(p, r)| (place(*p), r * scale)).collect())
            }
        }
    }

    pub(super) fn mirrored(&self) -> Self {
        self.mapped(1.0, |p| at(-p.x, p.y))
    }

    pub(super) fn moved(&self, x: f32, y: f32) -> Self {
        self.mapped(1.0, |p| at(p.x + x, p.y + y))
    }

    pub(super) fn turned(&self, angle: f32) -> Self {
        self.mapped(1.0, |p| p.turned(angle))
    }

    pub(super) fn scaled(&self, factor: f32) -> Self {
        self.mapped(factor, |p| p * factor)
    }

    /// Left, top, right, bottom; `None` when it has no points.
    pub(super) fn bounds(&self) -> Option<[f32; 4]> {
        let mut bounds: Option<[f32; 4]> = None;
        let mut include = |p: Point, r: f32| {
            let b = bounds.get_or_insert([p.x - r, p.y - r, p.x + r, p.y + r]);
            *b = [b[0].min(p.x - r), b[1].min(p.y - r), b[2].max(p.x + r), b[3].max(p.y + r)];
        };
        match self {
            Self::Area(points) => points.iter().for_each(|p| include(*p, 0.0)),
            Self::Strand(points) => points.iter().for_each(|(p, r)| include(*p, *r)),
        }
        bounds
    }
}

/// A form and its mirror image: ears, eyes, wings.
pub(super) fn pair(form: Form) -> [Form; 2] {
    let other = form.mirrored();
    [form, other]
}

pub(super) fn polygon(points: &[(f32, f32)]) -> Form {
    Form::Area(points.iter().map(|(x, y)| at(*x, *y)).collect())
}

/// A soft closed shape through all of `points`.
pub(super) fn blob(points: &[(f32, f32)]) -> Form {
    const STEPS: usize = 8;
    let n = points.len();
    let p = |i: usize| at(points[i % n].0, points[i % n].1);
    let mut outline = Vec::with_capacity(n * STEPS);
    for i in 0..n {
        for step in 0..STEPS {
            outline
                .push(spline([p(i + n - 1), p(i), p(i + 1), p(i + 2)], step as f32 / STEPS as f32));
        }
    }
    Form::Area(outline)
}

pub(super) fn oval(x: f32, y: f32, rx: f32, ry: f32) -> Form {
    tilted_oval(x, y, rx, ry, 0.0)
}

pub(super) fn tilted_oval(x: f32, y: f32, rx: f32, ry: f32, angle: f32) -> Form {
    const STEPS: usize = 40;
    Form::Area(
        (0..STEPS)
            .map(|i| {
                let a = i as f32 / STEPS as f32 * TAU;
                at(x, y) + at(rx * cos(a), ry * sin(a)).turned(angle)
            })
            .collect(),
    )
}

/// A ring as a closed strand.
pub(super) fn ring(x: f32, y: f32, radius: f32, thickness: f32) -> Form {
    const STEPS: usize = 28;
    Form::Strand(
        (0..=STEPS)
            .map(|i| {
                let a = i as f32 / STEPS as f32 * TAU;
                (at(x + radius * cos(a), y + radius * sin(a)), thickness)
            })
            .collect(),
    )
}

/// A rectangle with round corners.
pub(super) fn slab(x0: f32, y0: f32, x1: f32, y1: f32, corner: f32) -> Form {
    const STEPS: usize = 6;
    if corner <= 0.0 {
        return polygon(&[(x0, y0), (x1, y0), (x1, y1), (x0, y1)]);
    }
    let centres = [
        (x1 - corner, y1 - corner),
        (x0 + corner, y1 - corner),
        (x0 + corner, y0 + corner),
        (x1 - corner, y0 + corner),
    ];
    let mut outline = Vec::with_capacity(4 * (STEPS + 1));
    for (quarter, (x, y)) in centres.iter().enumerate() {
        for step in 0..=STEPS {
            let a = (quarter as f32 + step as f32 / STEPS as f32) * TAU / 4.0;
            outline.push(at(x + corner * cos(a), y + corner * sin(a)));
        }
    }
    Form::Area(outline)
}

/// A smooth strand through `(x, y, radius)`.
pub(super) fn limb(points: &[(f32, f32, f32)]) -> Form {
    const STEPS: usize = 6;
    let last = points.len().saturating_sub(1);
    let p = |i: usize| at(points[i.min(last)].0, points[i.min(last)].1);
    let mut strand = Vec::with_capacity(last * STEPS + 1);
    for i in 0..last {
        for step in 0..STEPS {
            let t = step as f32 / STEPS as f32;
            let radius = points[i].2 + (points[i + 1].2 - points[i].2) * t;
            strand.push((spline([p(i.saturating_sub(1)), p(i), p(i + 1), p(i + 2)], t), radius));
        }
    }
    strand.extend(points.last().map(|(x, y, r)| (at(*x, *y), *r)));
    Form::Strand(strand)
}

/// A straight-edged strand of one thickness.
pub(super) fn wire(points: &[(f32, f32)], radius: f32) -> Form {
    Form::Strand(points.iter().map(|(x, y)| (at(*x, *y), radius)).collect())
}

/// Catmull-Rom: goes through the points, so that a drawing can be read off its table.
fn spline([a, b, c, d]: [Point; 4], t: f32) -> Point {
    let (t2, t3) = (t * t, t * t * t);
    let along = |a: f32, b: f32, c: f32, d: f32| {
        0.5 * (2.0 * b
            + (c - a) * t
            + (2.0 * a - 5.0 * b + 4.0 * c - d) * t2
            + (3.0 * b - a - 3.0 * c + d) * t3)
    };
    at(along(a.x, b.x, c.x, d.x), along(a.y, b.y, c.y, d.y))
}
