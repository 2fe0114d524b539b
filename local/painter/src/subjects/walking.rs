//! Animals on four legs, seen from the side: one skeleton for all of them.

use super::super::brush::{Brush, Grain, Mark, fur, mark, smooth_skin, surface};
use super::super::geometry::blend;
use super::super::outline::{Form, blob, limb, oval, polygon, tilted_oval};
use super::super::palette::rgb;
use super::super::scene::Kind;
use super::Look;
use super::builds::{Build, build};
use super::profiles::{ear, head};

pub(super) fn draw(kind: Kind, brush: &mut Brush, look: &mut Look) {
    let b = build(kind, look);
    let skin = surface(b.coat, b.grain, 0.12);
    let step = look.random.between(0.03, 0.085);
    tail(kind, brush, b);
    for (x, lift) in [(-b.length + 0.05, step), (b.length * 0.92 - 0.04, -step * 0.8)] {
        leg(kind, brush, b, (x, lift), 0.62);
    }
    if kind == Kind::Elephant || kind == Kind::Lion {
        // Drawn later, over the neck.
    } else {
        ear(kind, brush, b, 0.75);
    }
    let (hx, hy) = b.head;
    let body = limb(&[
        (-b.length, b.back, b.rump),
        (0.0, b.back - 0.012, b.waist),
        (b.length * 0.92, b.back + 0.005, b.chest),
    ]);
    let neck = limb(&[
        (b.length * 0.9, b.back + 0.04, b.chest * 0.85),
        (blend(b.length, hx, 0.55), blend(b.back, hy, 0.5) + 0.02, b.neck * 1.12),
        (hx - b.skull * 0.15, hy, b.neck),
    ]);
    let thigh = tilted_oval(-b.length, b.back - 0.06, b.rump * 0.72, b.rump * 1.08, 0.2);
    let belly = blob(&[
        (-b.length, b.back - b.waist * 0.75),
        (0.0, b.back - b.waist * 0.45),
        (b.length, b.back - b.chest * 0.4),
        (b.length * 1.3, b.back + 0.06),
        (b.length * 1.2, b.back - b.chest * 1.4),
        (-b.length, b.back - b.waist * 1.6),
    ]);
    brush.model(&[body, neck, thigh], skin, &markings(kind, b, belly));
    for (x, lift) in [(-b.length - 0.01, -step * 0.8), (b.length * 0.92 + 0.02, step * 0.7)] {
        leg(kind, brush, b, (x, lift), 1.0);
    }
    if kind == Kind::Lion {
        let mane = blob(&[
            (hx - 0.03, hy + 0.21),
            (hx + 0.1, hy + 0.15),
            (hx + 0.12, hy - 0.06),
            (hx - 0.02, hy - 0.3),
            (hx - 0.2, hy - 0.28),
            (hx - 0.26, hy - 0.02),
            (hx - 0.18, hy + 0.16),
        ]);
        brush.body(&[mane], fur(rgb(0x84_4820), 0.1));
    }
    head(kind, brush, b);
}

fn markings(kind: Kind, b: Build, belly: Form) -> Vec<Mark> {
    let mut marks = vec![mark([belly], b.belly, 0.03)];
    match kind {
        Kind::Cow => marks.push(mark(
            [
                blob(&[(-0.42, 0.8), (-0.2, 0.82), (-0.16, 0.6), (-0.36, 0.52)]),
                blob(&[(0.08, 0.84), (0.3, 0.84), (0.34, 0.62), (0.2, 0.5), (0.06, 0.64)]),
                oval(-0.02, 0.47, 0.1, 0.06),
            ],
            rgb(0x2c_2826),
            0.004,
        )),
        Kind::Tiger => {
            let stripes: Vec<Form> = (0..10)
                .map(|i| {
                    let x = -b.length - 0.08 + i as f32 * 0.105;
                    limb(&[
                        (x, b.back + 0.2, 0.015),
                        (x + 0.03, b.back + 0.04, 0.014),
                        (x - 0.01, b.back - 0.1, 0.004),
                    ])
                })
                .collect();
            marks.push(mark(stripes, b.dark, 0.003));
        }
        Kind::Deer => {
            let spots: Vec<Form> = (0..12)
                .map(|i| {
                    oval(
                        -0.28 + 0.045 * i as f32,
                        b.back + 0.03 + 0.028 * (i * 5 % 3) as f32,
                        0.011,
                        0.01,
                    )
                })
                .collect();
            marks.push(mark(spots, rgb(0xf4_e8d4), 0.003));
        }
        _ => {}
    }
    marks
}

fn leg(kind: Kind, brush: &mut Brush, b: Build, (x, lift): (f32, f32), shade: f32) {
    let hind = x < 0.0;
    let top = b.back - 0.06;
    let knee = if hind { x - lift * 0.3 - 0.02 } else { x + lift * 0.6 };
    let hock = if hind { -0.035 } else { 0.008 };
    let foot = x + lift * 1.15;
    let thick = if hind { b.leg * 1.9 } else { b.leg * 1.7 };
    let bones = limb(&[
        (x, top, thick),
        (knee + 0.01, top * 0.55, b.leg * 1.12),
        (foot + hock, top * 0.24, b.leg * 0.86),
        (foot, 0.045, b.leg * 0.82),
    ]);
    let paw = if b.hoof {
        oval(foot + 0.006, 0.03, b.leg * 0.95, 0.03)
    } else {
        oval(foot + b.leg * 0.5, 0.024, b.leg * 1.5, 0.027)
    };
    let mut marks = Vec::new();
    let low = |to: f32| polygon(&[(-1.0, -0.2), (1.0, -0.2), (1.0, to), (-1.0, to)]);
    match kind {
        Kind::Fox => marks.push(mark([low(0.24)], b.dark, 0.04)),
        Kind::Sheep => marks.push(mark([low(0.6)], b.dark, 0.0)),
        _ if b.hoof && kind != Kind::Elephant => marks.push(mark([low(0.045)], b.dark, 0.004)),
        Kind::Tiger => marks.push(mark(
            (0..3)
                .map(|i| {
                    limb(&[
                        (x - 0.1, 0.36 - 0.09 * i as f32, 0.012),
                        (x + 0.03, 0.34 - 0.09 * i as f32, 0.003),
                    ])
                })
                .collect::<Vec<_>>(),
            b.dark,
            0.003,
        )),
        _ => {}
    }
    let grain = if b.grain == Grain::Leaf { Grain::Smooth } else { b.grain };
    brush.model(&[bones, paw], surface(b.coat * shade, grain, 0.05), &marks);
}

fn tail(kind: Kind, brush: &mut Brush, b: Build) {
    let (x, y) = (-b.length - b.rump * 0.75, b.back + b.rump * 0.35);
    match kind {
        Kind::Fox | Kind::Wolf => {
            let sweep = limb(&[
                (x + 0.04, y, 0.045),
                (x - 0.12, y - 0.06, 0.085),
                (x - 0.26, y - 0.13, 0.1),
                (x - 0.4, y - 0.15, 0.07),
                (x - 0.48, y - 0.14, 0.015),
            ]);
            let tip = mark(
                [polygon(&[
                    (x - 0.33, y + 0.2),
                    (x - 0.31, y - 0.4),
                    (x - 0.8, y - 0.4),
                    (x - 0.8, y + 0.2),
                ])],
                b.belly,
                0.02,
            );
            brush.model(&[sweep], fur(b.coat, 0.08), &[tip]);
        }
        Kind::Horse | Kind::Unicorn => {
            brush.body(
                &[limb(&[
                    (x + 0.03, y + 0.02, 0.03),
                    (x - 0.06, y - 0.02, 0.045),
                    (x - 0.1, y - 0.2, 0.05),
                    (x - 0.09, y - 0.38, 0.012),
                ])],
                fur(b.dark, 0.05),
            );
        }
        Kind::Deer | Kind::Sheep | Kind::Bear => {
            brush.body(&[oval(x, y, 0.04, 0.05)], fur(b.belly, 0.04));
        }
        Kind::Pig => brush.body(
            &[limb(&[
                (x + 0.03, y, 0.014),
                (x - 0.04, y + 0.04, 0.013),
                (x - 0.06, y, 0.012),
                (x - 0.02, y - 0.005, 0.011),
                (x - 0.07, y + 0.07, 0.008),
            ])],
            smooth_skin(b.coat, 0.015),
        ),
        Kind::Cow | Kind::Elephant | Kind::Lion => {
            brush.body(
                &[limb(&[
                    (x + 0.02, y, 0.018),
                    (x - 0.06, y - 0.16, 0.014),
                    (x - 0.05, y - 0.32, 0.012),
                ])],
                smooth_skin(b.coat, 0.02),
            );
            brush.body(&[oval(x - 0.048, y - 0.36, 0.026, 0.05)], fur(b.dark, 0.03));
        }
        _ => {
            let high = limb(&[
                (x + 0.04, y, 0.035),
                (x - 0.1, y + 0.02, 0.034),
                (x - 0.2, y + 0.14, 0.032),
                (x - 0.19, y + 0.28, 0.022),
            ]);
            brush.body(&[high], fur(b.coat, 0.035));
        }
    }
}
