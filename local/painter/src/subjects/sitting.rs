//! Animals that sit and look at you: one body for all of them.

use super::super::brush::{Brush, fur, mark};
use super::super::geometry::at;
use super::super::outline::{Form, blob, limb, oval, pair, polygon, tilted_oval};
use super::super::palette::rgb;
use super::super::scene::Kind;
use super::Look;
use super::breeds::{Breed, Tail, breed};
use super::faces::head;

pub(super) fn draw(kind: Kind, brush: &mut Brush, look: &mut Look) {
    let breed = breed(kind, look);
    tail(brush, breed);
    if kind == Kind::Panda {
        panda_body(brush, breed);
    } else {
        body(kind, brush, breed);
    }
    // A little turn of the head makes two of them a conversation.
    let turn = look.random.between(-0.07, 0.07);
    let frame = brush.frame;
    brush.frame.origin = brush.frame.pixel(at(0.0, 0.62));
    brush.frame.tilt += turn;
    brush.frame.origin = brush.frame.pixel(at(0.0, -0.62));
    head(kind, brush, breed);
    brush.frame = frame;
}

fn tail(brush: &mut Brush, b: Breed) {
    match b.tail {
        Tail::Brush => {
            let sweep = limb(&[
                (0.12, 0.1, 0.07),
                (0.3, 0.07, 0.1),
                (0.43, 0.16, 0.125),
                (0.46, 0.32, 0.1),
                (0.41, 0.46, 0.02),
            ]);
            let tip = mark(
                [blob(&[(0.3, 0.4), (0.4, 0.33), (0.56, 0.38), (0.5, 0.55), (0.3, 0.55)])],
                b.pale,
                0.015,
            );
            brush.model(&[sweep], fur(b.coat, 0.1), &[tip]);
        }
        Tail::Long => {
            let sweep = limb(&[
                (0.12, 0.05, 0.045),
                (0.3, 0.03, 0.045),
                (0.42, 0.1, 0.042),
                (0.42, 0.24, 0.038),
                (0.36, 0.3, 0.03),
            ]);
            brush.body(&[sweep], fur(b.coat * 0.9, 0.045));
        }
        Tail::Short => brush.body(&[oval(0.24, 0.1, 0.08, 0.075)], fur(b.pale, 0.07)),
    }
}

fn body(kind: Kind, brush: &mut Brush, b: Breed) {
    let w = b.plump;
    let torso = blob(&[
        (0.0, 0.66),
        (0.12 * w, 0.58),
        (0.155 * w, 0.42),
        (0.21 * w, 0.24),
        (0.2 * w, 0.06),
        (0.0, 0.02),
        (-0.2 * w, 0.06),
        (-0.21 * w, 0.24),
        (-0.155 * w, 0.42),
        (-0.12 * w, 0.58),
    ]);
    let stripes = if kind == Kind::Tiger { stripes_on_body(b) } else { Vec::new() };
    let bib = blob(&[
        (0.0, 0.62),
        (0.09 * w, 0.56),
        (0.105 * w, 0.42),
        (0.05, 0.28),
        (0.0, 0.22),
        (-0.05, 0.28),
        (-0.105 * w, 0.42),
        (-0.09 * w, 0.56),
    ]);
    let mut marks = vec![mark(stripes.clone(), b.dark, 0.004), mark([bib], b.pale, 0.025)];
    if matches!(kind, Kind::Bear | Kind::Cat | Kind::Mouse) {
        marks.truncate(1);
    }
    brush.model(&[torso], fur(b.coat, 0.15), &marks);
    for side in [1.0, -1.0] {
        let thigh = tilted_oval(side * 0.17 * w, 0.14, 0.1 * w, 0.125, side * -0.25);
        brush.model(&[thigh], fur(b.coat, 0.09), &[mark(stripes.clone(), b.dark, 0.004)]);
        brush.body(&[oval(side * 0.19 * w, 0.03, 0.085, 0.038)], fur(b.coat * 0.95, 0.035));
    }
    let black_socks = matches!(kind, Kind::Fox);
    let sock = if black_socks { b.dark } else { b.pale };
    for side in [1.0, -1.0] {
        let leg = limb(&[
            (side * 0.075 * w, 0.42, 0.05 * w),
            (side * 0.078 * w, 0.2, 0.047 * w),
            (side * 0.082 * w, 0.05, 0.043 * w),
        ]);
        let paw = oval(side * 0.085 * w, 0.025, 0.062 * w, 0.036);
        let mut marks = Vec::new();
        if kind != Kind::Bear {
            let top = if black_socks { 0.2 } else { 0.09 };
            marks.push(mark(
                [polygon(&[(-0.4, -0.1), (0.4, -0.1), (0.4, top), (-0.4, top)])],
                sock,
                0.02,
            ));
        }
        brush.model(&[leg, paw], fur(b.coat, 0.05), &marks);
        for toe in [-0.02, 0.02] {
            let x = side * 0.085 * w + toe;
            brush.flat(&[limb(&[(x, 0.032, 0.004), (x, 0.0, 0.004)])], b.dark * 0.8);
        }
    }
    if kind == Kind::Lion {
        let mane = blob(&[
            (0.0, 1.06),
            (0.2, 1.0),
            (0.31, 0.82),
            (0.28, 0.6),
            (0.15, 0.42),
            (0.0, 0.36),
            (-0.15, 0.42),
            (-0.28, 0.6),
            (-0.31, 0.82),
            (-0.2, 1.0),
        ]);
        brush.body(&[mane], fur(rgb(0x8c_4c20), 0.12));
    }
}

fn stripes_on_body(b: Breed) -> Vec<Form> {
    let mut forms = Vec::new();
    for i in 0..5 {
        let y = 0.14 + 0.1 * i as f32;
        forms.extend(pair(limb(&[(0.26 * b.plump, y + 0.03, 0.016), (0.14 * b.plump, y, 0.004)])));
    }
    forms
}

fn panda_body(brush: &mut Brush, b: Breed) {
    let torso = blob(&[
        (0.0, 0.62),
        (0.2, 0.52),
        (0.28, 0.3),
        (0.24, 0.08),
        (0.0, 0.02),
        (-0.24, 0.08),
        (-0.28, 0.3),
        (-0.2, 0.52),
    ]);
    let shoulders = polygon(&[(-0.5, 0.45), (0.5, 0.45), (0.5, 0.7), (-0.5, 0.7)]);
    brush.model(&[torso], fur(b.coat, 0.16), &[mark([shoulders], b.dark, 0.03)]);
    for side in [1.0, -1.0] {
        brush.body(
            &[limb(&[
                (side * 0.19, 0.5, 0.08),
                (side * 0.26, 0.34, 0.075),
                (side * 0.14, 0.22, 0.07),
            ])],
            fur(b.dark * 1.2, 0.07),
        );
        brush.body(
            &[limb(&[(side * 0.2, 0.1, 0.1), (side * 0.28, 0.09, 0.09)])],
            fur(b.dark * 1.2, 0.09),
        );
        brush.body(&[oval(side * 0.31, 0.1, 0.05, 0.065)], fur(rgb(0x50_4a4a), 0.05));
    }
}
