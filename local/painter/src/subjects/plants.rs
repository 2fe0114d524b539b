//! What grows.

use super::super::brush::{Brush, Grain, mark, smooth_skin, surface};
use super::super::geometry::at;
use super::super::outline::{Form, blob, limb, oval, polygon, tilted_oval};
use super::super::palette::{Rgb, WHITE, rgb};
use super::super::terrain;
use super::Look;

pub(super) fn tree(brush: &mut Brush, look: &mut Look) {
    let leaves = look.colour_or_one_of(&[rgb(0x4c_8a38), rgb(0x5c_9440), rgb(0x3c_7a44)]);
    let bark = surface(rgb(0x64_4834), Grain::Wood, 0.05);
    let lean = look.random.between(-0.05, 0.05);
    brush.body(
        &[
            limb(&[
                (-0.11, -0.015, 0.02),
                (-0.04, 0.05, 0.05),
                (lean, 0.3, 0.05),
                (lean * 1.4, 0.6, 0.03),
            ]),
            limb(&[(0.12, -0.015, 0.018), (0.05, 0.04, 0.045), (lean, 0.24, 0.045)]),
            limb(&[(lean, 0.3, 0.036), (-0.14, 0.46, 0.024), (-0.28, 0.56, 0.01)]),
            limb(&[(lean, 0.34, 0.034), (0.14, 0.48, 0.022), (0.27, 0.6, 0.01)]),
        ],
        bark,
    );
    // Clumps from the back to the front, lighter toward the viewer and the top.
    for layer in 0..3 {
        let t = layer as f32 / 2.0;
        for i in 0..7 {
            let a = i as f32 * 0.9 + look.random.between(-0.3, 0.3) + t;
            let p = at(look.random.between(0.12, 0.3) * (1.0 - t * 0.35), 0.0).turned(a);
            let r = look.random.between(0.1, 0.15) * (1.0 - t * 0.2);
            let tone = 0.66 + 0.22 * t + 0.3 * (p.y + 0.1).max(-0.1);
            brush.body(
                &[oval(lean + p.x * 1.1, 0.7 + p.y * 0.85, r * 1.2, r)],
                surface(leaves * tone, Grain::Leaf, r * 0.8),
            );
        }
    }
}

pub(super) fn pine(brush: &mut Brush, look: &mut Look) {
    let needles = look.colour_or(rgb(0x2c_6440));
    terrain::conifer(brush, needles, false, &mut look.random);
}

fn stem(brush: &mut Brush, top: f32, sway: f32) {
    let green = surface(rgb(0x4c_8838), Grain::Smooth, 0.02);
    brush.body(&[limb(&[(0.0, -0.02, 0.017), (sway, top * 0.5, 0.015), (0.0, top, 0.014)])], green);
    for (side, y) in [(1.0_f32, 0.2), (-1.0, 0.32)] {
        let leaf = blob(&[
            (sway * 0.6, y),
            (side * 0.1, y + 0.1),
            (side * 0.24, y + 0.14),
            (side * 0.17, y + 0.03),
            (side * 0.07, y - 0.015),
        ]);
        brush.model(
            &[leaf],
            green,
            &[mark(
                [limb(&[(sway * 0.6, y, 0.005), (side * 0.22, y + 0.12, 0.002)])],
                rgb(0x88_b860),
                0.002,
            )],
        );
    }
}

pub(super) fn flower(brush: &mut Brush, look: &mut Look) {
    let petal = look.colour_or_one_of(&[
        rgb(0xe0_3c50),
        rgb(0xf0_8cb0),
        rgb(0xf4_c838),
        rgb(0x90_60d0),
        rgb(0xf4_f0ea),
    ]);
    let sway = look.random.between(-0.05, 0.05);
    match look.random.below(3) {
        0 => {
            stem(brush, 0.7, sway);
            tulip(brush, petal);
        }
        1 => {
            stem(brush, 0.72, sway);
            rose(brush, petal);
        }
        _ => {
            stem(brush, 0.7, sway);
            daisy(brush, petal, 12, (0.2, 0.07), rgb(0xf0_b828));
        }
    }
}

fn tulip(brush: &mut Brush, petal: Rgb) {
    for x in [-0.09, 0.09] {
        brush.body(
            &[blob(&[(x, 0.68), (x * 2.0, 0.8), (x * 1.75, 0.99), (x * 0.7, 0.86)])],
            smooth_skin(petal * 0.8, 0.05),
        );
    }
    for side in [1.0, -1.0] {
        brush.body(
            &[blob(&[
                (0.0, 0.66),
                (side * 0.12, 0.69),
                (side * 0.18, 0.83),
                (side * 0.13, 1.0),
                (side * 0.03, 0.84),
            ])],
            smooth_skin(petal * 0.93, 0.06),
        );
    }
    brush.body(
        &[blob(&[
            (0.0, 0.655),
            (0.085, 0.74),
            (0.065, 0.88),
            (0.0, 0.985),
            (-0.065, 0.88),
            (-0.085, 0.74),
        ])],
        smooth_skin(petal.lighter(0.08), 0.06),
    );
}

fn rose(brush: &mut Brush, petal: Rgb) {
    for i in 0..5 {
        let p = at(0.115, 0.0).turned(i as f32 * 1.2566 + 0.3);
        brush.body(&[oval(p.x, 0.83 + p.y, 0.13, 0.12)], smooth_skin(petal * 0.78, 0.07));
    }
    for i in 0..4 {
        let p = at(0.07, 0.0).turned(i as f32 * 1.571 + 0.9);
        brush.body(&[oval(p.x, 0.84 + p.y, 0.1, 0.09)], smooth_skin(petal * 0.9, 0.06));
    }
    for i in 0..3 {
        let p = at(0.032, 0.0).turned(i as f32 * 2.094);
        brush.body(&[oval(p.x, 0.85 + p.y, 0.066, 0.06)], smooth_skin(petal, 0.05));
    }
    brush.veil(
        &[limb(&[
            (-0.03, 0.86, 0.006),
            (0.0, 0.885, 0.006),
            (0.03, 0.86, 0.006),
            (0.01, 0.835, 0.005),
        ])],
        petal * 0.5,
        0.8,
        0.004,
    );
}

fn daisy(brush: &mut Brush, petal: Rgb, count: usize, (long, wide): (f32, f32), heart: Rgb) {
    for layer in [0.5, 0.0] {
        for i in 0..count {
            let a = (i as f32 + layer) / count as f32 * std::f32::consts::TAU;
            let p = at(long * 0.72, 0.0).turned(a);
            let shape = tilted_oval(p.x, 0.78 + p.y, long * 0.52, wide * 0.62, a);
            brush.body(&[shape], smooth_skin(petal * if layer > 0.0 { 0.8 } else { 1.0 }, 0.03));
        }
    }
    brush.body(&[oval(0.0, 0.78, long * 0.38, long * 0.38)], surface(heart, Grain::Scale, 0.05));
}

pub(super) fn sunflower(brush: &mut Brush, look: &mut Look) {
    stem(brush, 0.7, look.random.between(-0.04, 0.04));
    let petal = look.colour_or(rgb(0xf8_c020));
    daisy(brush, petal, 17, (0.27, 0.075), rgb(0x50_3018));
    let mut seeds: Vec<Form> = Vec::new();
    for i in 0..60 {
        // The golden angle, as the plant does it.
        let p = at(0.0125 * (i as f32).sqrt(), 0.0).turned(i as f32 * 2.399_963);
        seeds.push(oval(p.x, 0.78 + p.y, 0.005, 0.005));
    }
    brush.flat(&seeds, rgb(0x9c_6c30));
}

pub(super) fn mushroom(brush: &mut Brush, look: &mut Look) {
    let cap = look.colour_or(rgb(0xd0_3028));
    for (x, size, tone) in [(-0.36, 0.45, 0.85), (0.38, 0.36, 0.9), (0.0, 1.0, 1.0)] {
        if size < 1.0 && look.random.chance(0.3) {
            continue;
        }
        brush.part(x, 0.0, size, |brush| one_mushroom(brush, cap * tone));
    }
}

fn one_mushroom(brush: &mut Brush, cap: Rgb) {
    brush.body(
        &[blob(&[
            (-0.11, 0.0),
            (0.11, 0.0),
            (0.13, 0.08),
            (0.085, 0.28),
            (0.08, 0.58),
            (-0.08, 0.58),
            (-0.085, 0.28),
            (-0.13, 0.08),
        ])],
        surface(rgb(0xf0_e8d8), Grain::Smooth, 0.08),
    );
    brush.body(
        &[blob(&[(-0.36, 0.5), (0.0, 0.42), (0.36, 0.5), (0.0, 0.6)])],
        smooth_skin(rgb(0xd8_c4a8), 0.05),
    );
    brush.body(
        &[blob(&[(-0.1, 0.44), (0.1, 0.44), (0.13, 0.33), (0.0, 0.36), (-0.13, 0.33)])],
        smooth_skin(rgb(0xf4_ecdc), 0.02),
    );
    let spots: Vec<Form> = [
        (0.0, 0.9, 0.055, 0.035),
        (-0.17, 0.8, 0.05, 0.04),
        (0.16, 0.76, 0.06, 0.045),
        (-0.03, 0.7, 0.055, 0.045),
        (-0.3, 0.63, 0.035, 0.04),
        (0.31, 0.62, 0.035, 0.04),
        (0.11, 0.6, 0.035, 0.025),
        (-0.16, 0.6, 0.04, 0.025),
    ]
    .iter()
    .map(|(x, y, a, b)| oval(*x, *y, *a, *b))
    .collect();
    brush.model(
        &[blob(&[
            (-0.43, 0.5),
            (-0.36, 0.74),
            (-0.16, 0.94),
            (0.0, 0.98),
            (0.16, 0.94),
            (0.36, 0.74),
            (0.43, 0.5),
            (0.22, 0.535),
            (0.0, 0.55),
            (-0.22, 0.535),
        ])],
        smooth_skin(cap, 0.18).shiny(0.35),
        &[mark(spots, WHITE * 0.98, 0.003)],
    );
}

pub(in super::super) fn cactus(brush: &mut Brush, colour: Option<Rgb>) {
    let green = colour.unwrap_or(rgb(0x4c_8c50));
    let ribs: Vec<Form> = [-0.07, -0.035, 0.0, 0.035, 0.07]
        .iter()
        .map(|x| limb(&[(*x, -0.1, 0.006), (*x, 1.0, 0.006)]))
        .collect();
    for form in [
        limb(&[
            (-0.06, 0.36, 0.055),
            (-0.2, 0.38, 0.058),
            (-0.27, 0.46, 0.058),
            (-0.27, 0.68, 0.05),
        ]),
        limb(&[(0.06, 0.28, 0.055), (0.2, 0.3, 0.056), (0.25, 0.38, 0.056), (0.25, 0.56, 0.048)]),
    ] {
        brush.model(
            &[form],
            smooth_skin(green * 0.92, 0.06),
            &[mark(
                [
                    limb(&[(-0.27, 0.4, 0.005), (-0.27, 0.75, 0.005)]),
                    limb(&[(0.25, 0.34, 0.005), (0.25, 0.62, 0.005)]),
                ],
                green * 0.66,
                0.003,
            )],
        );
    }
    brush.model(
        &[limb(&[(0.0, -0.02, 0.1), (0.0, 0.5, 0.11), (0.0, 0.88, 0.095)])],
        smooth_skin(green, 0.1),
        &[mark(ribs, green * 0.66, 0.004)],
    );
    for (x, y) in [(0.0, 0.99), (-0.27, 0.74), (0.04, 0.965)] {
        brush.body(
            &[polygon(&[
                (x - 0.035, y),
                (x - 0.02, y + 0.04),
                (x, y + 0.02),
                (x + 0.02, y + 0.042),
                (x + 0.035, y),
            ])],
            smooth_skin(rgb(0xf0_5c90), 0.02),
        );
    }
}
