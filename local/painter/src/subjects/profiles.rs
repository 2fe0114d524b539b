//! The heads of animals seen from the side.

use super::super::brush::{Brush, Grain, Surface, fur, mark, smooth_skin, surface};
use super::super::outline::{blob, limb, oval, polygon, tilted_oval};
use super::super::palette::{WHITE, rgb};
use super::super::scene::Kind;
use super::builds::Build;

pub(super) fn head(kind: Kind, brush: &mut Brush, b: Build) {
    let (hx, hy) = b.head;
    let s = b.skull;
    let (dx, dy, r) = b.snout;
    if kind == Kind::Elephant {
        elephant_head(brush, b);
        return;
    }
    if matches!(kind, Kind::Deer | Kind::Cow | Kind::Unicorn) {
        horns(kind, brush, b);
    }
    let face = if kind == Kind::Sheep { b.dark } else { b.coat };
    let grain = if b.grain == Grain::Fur { Grain::Fur } else { Grain::Smooth };
    let skull = [
        oval(hx, hy, s, s * 0.95),
        limb(&[(hx + s * 0.2, hy - s * 0.1, s * 0.8), (hx + dx, hy + dy, r)]),
    ];
    let under = blob(&[
        (hx - s * 0.5, hy - s * 0.5),
        (hx + s * 0.3, hy - s * 0.22),
        (hx + dx * 0.8, hy + dy - r * 0.05),
        (hx + dx * 1.4, hy + dy - r * 0.6),
        (hx + dx, hy + dy - r * 3.0),
        (hx - s * 0.4, hy - s * 1.6),
    ]);
    let mut marks = Vec::new();
    if matches!(kind, Kind::Fox | Kind::Wolf | Kind::Cat | Kind::Dog | Kind::Tiger | Kind::Lion) {
        marks.push(mark([under], b.belly, 0.012));
    }
    if matches!(kind, Kind::Horse | Kind::Cow | Kind::Bear | Kind::Deer) {
        let muzzle = if kind == Kind::Cow { rgb(0xe4_aca0) } else { b.coat.toward(b.dark, 0.45) };
        marks.push(mark([oval(hx + dx * 1.08, hy + dy * 1.08, r * 1.25, r * 1.3)], muzzle, 0.018));
    }
    if kind == Kind::Cow {
        marks.push(mark([oval(hx, hy + s * 0.2, s * 0.85, s * 0.7)], rgb(0x2c_2826), 0.004));
    }
    brush.model(&skull, surface(face, grain, s * 0.8), &marks);
    ear(kind, brush, b, 1.0);
    if matches!(kind, Kind::Horse | Kind::Unicorn) {
        let mane = blob(&[
            (hx + 0.01, hy + s * 1.15),
            (hx - s, hy + s * 0.9),
            (b.length + 0.02, b.back + 0.2),
            (b.length - 0.1, b.back + 0.1),
            (b.length - 0.06, b.back + 0.02),
            (b.length + 0.06, b.back + 0.1),
            (hx - s * 0.7, hy - s * 0.4),
            (hx - s * 0.1, hy + s * 0.4),
        ]);
        brush.body(&[mane], fur(b.dark, 0.04));
    }
    if kind == Kind::Sheep {
        brush.body(
            &[oval(hx - s * 0.35, hy + s * 0.75, s * 0.8, s * 0.55)],
            surface(b.coat, Grain::Leaf, 0.06),
        );
    }
    let eye = (hx + s * 0.42, hy + s * 0.2);
    let e = (s * 0.15).max(0.011);
    brush.flat(&[oval(eye.0, eye.1, e * 1.5, e * 1.35)], b.dark * 0.8);
    brush.body(
        &[oval(eye.0, eye.1, e * 1.1, e * 1.1)],
        smooth_skin(
            if matches!(kind, Kind::Fox | Kind::Wolf | Kind::Cat | Kind::Tiger | Kind::Lion) {
                rgb(0xd8_a030)
            } else {
                rgb(0x30_1c14)
            },
            0.01,
        ),
    );
    brush.flat(&[oval(eye.0 + e * 0.1, eye.1, e * 0.6, e * 0.85)], rgb(0x08_0606));
    brush.shine(
        &[oval(eye.0 + e * 0.35, eye.1 + e * 0.4, e * 0.3, e * 0.3)],
        brush.light.flat(WHITE).lighter(0.3),
    );
    let tip = (hx + dx + r * 0.75, hy + dy + r * 0.25);
    if kind == Kind::Pig {
        brush.body(
            &[oval(tip.0, tip.1 - 0.01, r * 0.5, r * 0.95)],
            smooth_skin(b.dark.toward(b.coat, 0.5), 0.02),
        );
        brush.flat(
            &[
                oval(tip.0 + 0.008, tip.1 + r * 0.2, r * 0.12, r * 0.2),
                oval(tip.0 + 0.008, tip.1 - r * 0.4, r * 0.12, r * 0.2),
            ],
            b.dark * 0.7,
        );
    } else if b.hoof {
        brush.flat(
            &[tilted_oval(tip.0 - r * 0.1, tip.1 - r * 0.2, r * 0.2, r * 0.13, 0.6)],
            b.dark * 0.7,
        );
    } else {
        brush.body(
            &[oval(tip.0, tip.1, r * 0.62, r * 0.52)],
            smooth_skin(rgb(0x1c_1618), 0.015).shiny(0.5),
        );
    }
    if !matches!(kind, Kind::Bear) {
        brush.flat(
            &[limb(&[
                (hx + dx + r * 0.5, hy + dy - r * 0.45, 0.004),
                (hx + dx * 0.45, hy + dy * 0.5 - s * 0.42, 0.003),
            ])],
            b.dark.toward(b.coat, 0.3),
        );
    }
}

pub(super) fn ear(kind: Kind, brush: &mut Brush, b: Build, shade: f32) {
    let (hx, hy) = b.head;
    let s = b.skull;
    let back = if shade < 1.0 { s * 0.5 } else { 0.0 };
    let skin = surface(
        b.coat * shade,
        if b.grain == Grain::Fur { Grain::Fur } else { Grain::Smooth },
        0.03,
    );
    let x = hx + back;
    let form = match kind {
        Kind::Fox | Kind::Wolf | Kind::Cat => polygon(&[
            (x - s * 0.75, hy + s * 0.5),
            (x - s * 0.4, hy + s * 2.0),
            (x + s * 0.3, hy + s * 0.75),
        ]),
        Kind::Dog => blob(&[
            (x - s * 0.5, hy + s * 0.9),
            (x - s * 0.1, hy + s * 0.7),
            (x - s * 0.25, hy - s * 0.7),
            (x - s * 0.75, hy - s * 0.8),
            (x - s * 0.85, hy),
        ]),
        Kind::Horse | Kind::Unicorn => polygon(&[
            (x - s * 0.7, hy + s * 0.7),
            (x - s * 0.3, hy + s * 1.9),
            (x + s * 0.25, hy + s * 0.8),
        ]),
        Kind::Deer | Kind::Cow | Kind::Sheep => {
            tilted_oval(x - s * 0.95, hy + s * 0.75, s * 0.75, s * 0.32, -0.5)
        }
        Kind::Pig => blob(&[
            (x - s * 0.5, hy + s * 0.6),
            (x - s * 0.1, hy + s * 1.35),
            (x + s * 0.4, hy + s * 0.9),
            (x + s * 0.1, hy + s * 0.5),
        ]),
        _ => oval(x - s * 0.45, hy + s * 0.85, s * 0.36, s * 0.36),
    };
    let coat = if kind == Kind::Sheep { Surface { colour: b.dark, ..skin } } else { skin };
    let tip = mark(
        [polygon(&[
            (x - 1.0, hy + s * 1.5),
            (x + 1.0, hy + s * 1.5),
            (x + 1.0, hy + s * 3.0),
            (x - 1.0, hy + s * 3.0),
        ])],
        b.dark,
        0.01,
    );
    let marks = if kind == Kind::Fox { vec![tip] } else { Vec::new() };
    brush.model(&[form], coat, &marks);
}

fn horns(kind: Kind, brush: &mut Brush, b: Build) {
    let (hx, hy) = b.head;
    let s = b.skull;
    match kind {
        Kind::Unicorn => brush.body(
            &[limb(&[(hx + s * 0.5, hy + s * 0.7, 0.018), (hx + s * 2.6, hy + s * 3.6, 0.002)])],
            smooth_skin(rgb(0xf0_d078), 0.015).shiny(0.6),
        ),
        Kind::Cow => brush.body(
            &[limb(&[
                (hx - s * 0.2, hy + s * 0.7, 0.026),
                (hx - s * 0.1, hy + s * 1.5, 0.018),
                (hx + s * 0.4, hy + s * 1.8, 0.006),
            ])],
            smooth_skin(rgb(0xe0_d4bc), 0.02),
        ),
        _ => {
            for (shift, tone) in [(s * 0.6, 0.7), (0.0, 1.0)] {
                let x = hx - s * 0.1 + shift;
                let y = hy + s * 0.7;
                let beam = [
                    limb(&[
                        (x, y, 0.014),
                        (x - 0.07, y + 0.1, 0.012),
                        (x - 0.05, y + 0.2, 0.009),
                        (x + 0.02, y + 0.27, 0.003),
                    ]),
                    limb(&[(x - 0.03, y + 0.05, 0.01), (x + 0.05, y + 0.12, 0.003)]),
                    limb(&[(x - 0.07, y + 0.12, 0.01), (x - 0.13, y + 0.22, 0.003)]),
                    limb(&[(x - 0.055, y + 0.18, 0.008), (x - 0.09, y + 0.28, 0.003)]),
                ];
                brush.body(&beam, smooth_skin(rgb(0x9a_7c58) * tone, 0.014));
            }
        }
    }
}

fn elephant_head(brush: &mut Brush, b: Build) {
    let (hx, hy) = b.head;
    let skin = surface(b.coat, Grain::Stone, 0.12);
    let trunk = limb(&[
        (hx + 0.1, hy - 0.02, 0.1),
        (hx + 0.2, hy - 0.2, 0.075),
        (hx + 0.21, hy - 0.42, 0.055),
        (hx + 0.26, hy - 0.58, 0.042),
        (hx + 0.34, hy - 0.58, 0.034),
    ]);
    brush.body(
        &[limb(&[
            (hx + 0.1, hy - 0.17, 0.03),
            (hx + 0.24, hy - 0.27, 0.022),
            (hx + 0.34, hy - 0.24, 0.006),
        ])],
        smooth_skin(rgb(0xf0_e8d4), 0.03),
    );
    brush.body(&[oval(hx, hy, 0.18, 0.2), trunk], skin);
    brush.body(
        &[blob(&[
            (hx - 0.04, hy + 0.17),
            (hx - 0.2, hy + 0.18),
            (hx - 0.3, hy + 0.02),
            (hx - 0.25, hy - 0.2),
            (hx - 0.12, hy - 0.24),
            (hx - 0.02, hy - 0.1),
        ])],
        surface(b.coat * 0.92, Grain::Stone, 0.05),
    );
    brush.flat(&[oval(hx + 0.09, hy + 0.03, 0.018, 0.018)], rgb(0x18_1414));
    brush.shine(&[oval(hx + 0.095, hy + 0.037, 0.005, 0.005)], WHITE);
}
