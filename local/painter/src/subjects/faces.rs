//! The faces of animals that look at you.

use super::super::brush::{Brush, Mark, fur, mark, smooth_skin};
use super::super::outline::{Form, blob, limb, oval, pair, polygon, tilted_oval};
use super::super::palette::{WHITE, rgb};
use super::super::scene::Kind;
use super::breeds::{Breed, Ears};

pub(super) fn head(kind: Kind, brush: &mut Brush, b: Breed) {
    ears(kind, brush, b);
    let c = b.cheek;
    let skull = blob(&[
        (0.0, 0.945),
        (c * 0.55, 0.92),
        (c * 0.88, 0.83),
        (c, 0.71),
        (c * 0.62, 0.61),
        (b.muzzle * 0.95, b.chin + 0.018),
        (0.0, b.chin),
        (-b.muzzle * 0.95, b.chin + 0.018),
        (-c * 0.62, 0.61),
        (-c, 0.71),
        (-c * 0.88, 0.83),
        (-c * 0.55, 0.92),
    ]);
    brush.model(&[skull], fur(b.coat, 0.13), &face_marks(kind, b));
    let soft = matches!(kind, Kind::Bear | Kind::Panda | Kind::Dog | Kind::Lion | Kind::Tiger);
    if soft {
        let muzzle = oval(0.0, b.chin + 0.062, b.muzzle * 1.08, 0.072);
        brush.body(
            &[muzzle],
            fur(if kind == Kind::Dog { b.pale.toward(b.coat, 0.25) } else { b.pale }, 0.06),
        );
    }
    eyes(kind, brush, b);
    nose(kind, brush, b);
}

fn face_marks(kind: Kind, b: Breed) -> Vec<Mark> {
    let c = b.cheek;
    match kind {
        Kind::Fox | Kind::Wolf => vec![
            mark(
                pair(blob(&[
                    (0.028, 0.655),
                    (0.09, 0.705),
                    (c * 1.05, 0.715),
                    (c * 0.75, 0.6),
                    (0.04, 0.5),
                    (0.0, 0.52),
                    (0.0, 0.585),
                ])),
                b.pale,
                0.012,
            ),
            mark(
                pair(tilted_oval(0.075, 0.79, 0.034, 0.016, 0.3)),
                b.pale.toward(b.coat, 0.4),
                0.012,
            ),
            mark([oval(0.0, 0.69, 0.03, 0.1)], b.coat * 0.9, 0.02),
        ],
        Kind::Panda => {
            vec![mark(pair(tilted_oval(0.098, 0.735, 0.052, 0.068, 0.5)), b.dark, 0.006)]
        }
        Kind::Tiger => {
            let mut stripes = vec![limb(&[(0.0, 0.95, 0.014), (0.0, 0.84, 0.004)])];
            for (x, y, l) in
                [(0.08, 0.94, 0.09), (0.19, 0.8, 0.08), (0.23, 0.72, 0.08), (0.22, 0.65, 0.07)]
            {
                stripes.extend(pair(limb(&[(x, y, 0.013), (x - l * 0.7, y - l * 0.25, 0.003)])));
            }
            vec![
                mark(pair(oval(0.11, 0.61, 0.1, 0.06)), b.pale, 0.02),
                mark(pair(oval(0.085, 0.8, 0.04, 0.028)), b.pale, 0.012),
                mark(stripes, b.dark, 0.003),
            ]
        }
        Kind::Cat => {
            let mut lines = Vec::new();
            for x in [0.0, 0.045] {
                lines.extend(pair(limb(&[(x, 0.93, 0.009), (x * 0.8, 0.83, 0.003)])));
            }
            for y in [0.73, 0.69] {
                lines.extend(pair(limb(&[(0.205, y, 0.009), (0.14, y - 0.012, 0.002)])));
            }
            vec![
                mark([oval(0.0, 0.605, 0.085, 0.055)], b.pale, 0.02),
                mark(lines, b.coat * 0.6, 0.003),
            ]
        }
        Kind::Dog => vec![mark(
            [limb(&[(0.0, 0.93, 0.02), (0.0, 0.72, 0.03), (0.0, 0.6, 0.06)])],
            b.pale.toward(b.coat, 0.2),
            0.02,
        )],
        Kind::Bear => Vec::new(),
        _ => vec![mark([oval(0.0, 0.605, b.muzzle * 1.6, 0.06)], b.pale, 0.025)],
    }
}

fn ears(kind: Kind, brush: &mut Brush, b: Breed) {
    for side in [1.0_f32, -1.0] {
        let flip = |form: Form| if side < 0.0 { form.mirrored() } else { form };
        match b.ears {
            Ears::Pointed => {
                let (tip, wide) = if kind == Kind::Cat { (1.05, 0.0) } else { (1.1, 0.015) };
                let ear = flip(blob(&[
                    (0.05, 0.89),
                    (0.1, 1.0),
                    (0.165 + wide, tip),
                    (0.2 + wide, 0.97),
                    (0.205 + wide, 0.82),
                    (0.12, 0.84),
                ]));
                let inner = flip(blob(&[
                    (0.098, 0.9),
                    (0.125, 0.99),
                    (0.163 + wide, tip - 0.035),
                    (0.185 + wide, 0.95),
                    (0.18, 0.86),
                ]));
                let dark_tip = flip(polygon(&[
                    (0.0, tip - 0.065),
                    (0.3, tip - 0.085),
                    (0.3, tip + 0.1),
                    (0.0, tip + 0.1),
                ]));
                let tips = if kind == Kind::Fox {
                    vec![mark([dark_tip], b.dark, 0.015)]
                } else {
                    Vec::new()
                };
                brush.model(&[ear], fur(b.coat, 0.05), &tips);
                let lining =
                    if kind == Kind::Cat { rgb(0xd8_9890) } else { b.dark.toward(b.pale, 0.35) };
                brush.body(&[inner], fur(lining, 0.03));
            }
            Ears::Round => {
                let (x, y, r) = if kind == Kind::Mouse {
                    (0.17, 0.94, 0.12)
                } else {
                    (b.cheek * 0.74, 0.915, 0.073)
                };
                let outer = if kind == Kind::Panda { b.dark } else { b.coat };
                brush.body(&[oval(side * x, y, r, r)], fur(outer, 0.05));
                let lining =
                    if kind == Kind::Mouse { rgb(0xe0_a8a0) } else { outer.toward(b.dark, 0.5) };
                brush.body(&[oval(side * x, y - r * 0.12, r * 0.62, r * 0.62)], fur(lining, 0.03));
            }
            Ears::Long => {
                brush.body(
                    &[flip(blob(&[
                        (0.03, 0.88),
                        (0.03, 1.08),
                        (0.075, 1.28),
                        (0.125, 1.26),
                        (0.135, 1.08),
                        (0.115, 0.87),
                    ]))],
                    fur(b.coat, 0.05),
                );
                brush.body(
                    &[flip(blob(&[
                        (0.06, 0.92),
                        (0.058, 1.08),
                        (0.084, 1.22),
                        (0.108, 1.2),
                        (0.112, 1.08),
                        (0.1, 0.92),
                    ]))],
                    fur(rgb(0xe4_aca4), 0.03),
                );
            }
            Ears::Floppy => {
                brush.body(
                    &[flip(blob(&[
                        (0.09, 0.93),
                        (0.19, 0.92),
                        (0.25, 0.8),
                        (0.255, 0.66),
                        (0.21, 0.6),
                        (0.17, 0.68),
                        (0.15, 0.82),
                    ]))],
                    fur(b.coat * 0.68, 0.05),
                );
            }
        }
    }
}

fn eyes(kind: Kind, brush: &mut Brush, b: Breed) {
    let (x, y, r) = match kind {
        Kind::Fox | Kind::Wolf => (0.088, 0.738, 0.026),
        Kind::Cat => (0.085, 0.735, 0.036),
        Kind::Panda => (0.094, 0.742, 0.026),
        Kind::Mouse | Kind::Rabbit => (0.1, 0.745, 0.034),
        _ => (0.082, 0.745, 0.028),
    };
    for side in [1.0, -1.0] {
        let tilt = if matches!(kind, Kind::Fox | Kind::Wolf | Kind::Cat | Kind::Tiger | Kind::Lion)
        {
            side * 0.3
        } else {
            0.0
        };
        brush.flat(&[tilted_oval(side * x, y, r * 1.38, r * 1.12, tilt)], b.dark * 0.7);
        brush.body(
            &[tilted_oval(side * x, y, r * 1.1, r * 0.92, tilt)],
            smooth_skin(b.eye, 0.012).shiny(0.4),
        );
        let slit = if matches!(kind, Kind::Cat | Kind::Fox) { 0.42 } else { 0.62 };
        brush.flat(&[oval(side * x, y, r * slit, r * 0.88)], rgb(0x08_0608));
        brush.shine(
            &[oval(side * x - r * 0.3, y + r * 0.36, r * 0.24, r * 0.24)],
            brush.light.flat(WHITE).lighter(0.4),
        );
    }
}

fn nose(kind: Kind, brush: &mut Brush, b: Breed) {
    let pink = matches!(kind, Kind::Cat | Kind::Rabbit | Kind::Mouse);
    let colour = if pink { rgb(0xd0_8080) } else { rgb(0x1c_1618) };
    let big = matches!(kind, Kind::Bear | Kind::Panda | Kind::Dog | Kind::Lion | Kind::Tiger);
    let (y, r) = if big {
        (b.chin + 0.096, 0.042)
    } else if pink {
        (0.638, 0.02)
    } else {
        (b.chin + 0.048, 0.032)
    };
    let form = blob(&[
        (-r, y + r * 0.5),
        (0.0, y + r * 0.72),
        (r, y + r * 0.5),
        (r * 0.5, y - r * 0.4),
        (0.0, y - r * 0.75),
        (-r * 0.5, y - r * 0.4),
    ]);
    if big || pink {
        let drop = r * 1.5;
        let mouth = pair(limb(&[
            (0.0, y - r * 0.6, 0.0045),
            (0.004, y - drop, 0.0045),
            (r * 1.1, y - drop - r * 0.4, 0.0035),
        ]));
        brush.flat(&mouth, b.dark);
    }
    brush.body(&[form], smooth_skin(colour, 0.02).shiny(0.5));
    if pink {
        for side in [1.0, -1.0] {
            for i in 0..3 {
                let fall = (i as f32 - 1.0) * 0.035;
                brush.veil(
                    &[limb(&[
                        (side * 0.05, 0.625 + fall * 0.2, 0.0022),
                        (side * 0.16, 0.635 + fall, 0.0018),
                        (side * 0.26, 0.62 + fall * 1.7, 0.0008),
                    ])],
                    WHITE,
                    0.75,
                    0.0,
                );
            }
        }
    }
}
