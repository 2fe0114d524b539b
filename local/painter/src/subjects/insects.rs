//! Butterfly, bee, snail: the small ones.

use super::super::brush::{Brush, Grain, fur, mark, smooth_skin, surface};
use super::super::outline::{Form, blob, limb, oval, pair, ring, tilted_oval};
use super::super::palette::{WHITE, rgb};
use super::Look;

pub(super) fn butterfly(brush: &mut Brush, look: &mut Look) {
    let wing =
        look.colour_or_one_of(&[rgb(0xf0_8c20), rgb(0x30_80e0), rgb(0xe0_50a0), rgb(0xf0_d040)]);
    let dark = rgb(0x20_1820);
    for side in [1.0_f32, -1.0] {
        let flip = |form: Form| if side < 0.0 { form.mirrored() } else { form };
        let lower = flip(blob(&[
            (0.03, 0.44),
            (0.26, 0.42),
            (0.42, 0.26),
            (0.4, 0.08),
            (0.26, 0.0),
            (0.12, 0.12),
        ]));
        let upper = flip(blob(&[
            (0.03, 0.5),
            (0.14, 0.76),
            (0.38, 0.98),
            (0.58, 0.98),
            (0.6, 0.78),
            (0.48, 0.5),
            (0.24, 0.4),
        ]));
        let lower_core = flip(blob(&[
            (0.05, 0.42),
            (0.24, 0.38),
            (0.35, 0.25),
            (0.33, 0.12),
            (0.25, 0.07),
            (0.14, 0.16),
        ]));
        let upper_core = flip(blob(&[
            (0.06, 0.5),
            (0.17, 0.72),
            (0.37, 0.9),
            (0.5, 0.89),
            (0.52, 0.76),
            (0.43, 0.54),
            (0.24, 0.45),
        ]));
        let mut veins: Vec<Form> = Vec::new();
        for (x, y) in [(0.3, 0.95), (0.45, 0.92), (0.55, 0.78), (0.5, 0.6), (0.38, 0.47)] {
            veins.push(flip(limb(&[(0.05, 0.5, 0.006), (x, y, 0.006)])));
        }
        let spots: Vec<Form> =
            [(0.54, 0.93), (0.57, 0.84), (0.55, 0.75), (0.45, 0.95), (0.35, 0.94)]
                .iter()
                .map(|(x, y)| flip(oval(*x, *y, 0.014, 0.014)))
                .collect();
        let low_spots: Vec<Form> = [(0.38, 0.2), (0.37, 0.11), (0.31, 0.05), (0.22, 0.05)]
            .iter()
            .map(|(x, y)| flip(oval(*x, *y, 0.013, 0.013)))
            .collect();
        brush.model(
            &[lower],
            smooth_skin(dark, 0.03),
            &[
                mark([lower_core], wing.toward(rgb(0xff_e080), 0.3), 0.012),
                mark(low_spots, WHITE, 0.002),
                mark([flip(oval(0.25, 0.24, 0.05, 0.045))], wing * 0.6, 0.01),
            ],
        );
        brush.model(
            &[upper],
            smooth_skin(dark, 0.03),
            &[mark([upper_core], wing, 0.012), mark(veins, dark, 0.002), mark(spots, WHITE, 0.002)],
        );
    }
    brush.body(
        &[
            limb(&[(0.0, 0.66, 0.03), (0.0, 0.5, 0.04), (0.0, 0.3, 0.026), (0.0, 0.14, 0.008)]),
            oval(0.0, 0.69, 0.036, 0.034),
        ],
        fur(rgb(0x34_2820), 0.03),
    );
    for form in pair(limb(&[(0.015, 0.71, 0.006), (0.07, 0.85, 0.005), (0.12, 0.9, 0.005)])) {
        brush.flat(&[form], dark);
    }
}

pub(super) fn bee(brush: &mut Brush, look: &mut Look) {
    let coat = look.colour_or(rgb(0xf4_b828));
    brush.veil(
        &[tilted_oval(-0.12, 0.86, 0.16, 0.32, 0.45), tilted_oval(0.14, 0.88, 0.14, 0.3, -0.15)],
        rgb(0xe0_f0ff),
        0.7,
        0.004,
    );
    let body = blob(&[
        (-0.64, 0.38),
        (-0.4, 0.6),
        (0.0, 0.68),
        (0.3, 0.6),
        (0.4, 0.42),
        (0.28, 0.22),
        (-0.04, 0.14),
        (-0.4, 0.22),
    ]);
    let bands: Vec<Form> = [0.16, -0.1, -0.36]
        .iter()
        .map(|x| limb(&[(*x, 0.75, 0.055), (x - 0.03, 0.4, 0.06), (*x, 0.05, 0.055)]))
        .collect();
    brush.model(&[body], fur(coat, 0.18), &[mark(bands, rgb(0x28_2020), 0.01)]);
    brush.body(&[oval(0.5, 0.44, 0.17, 0.17)], fur(rgb(0x34_2a24), 0.1));
    for x in [-0.2, 0.0, 0.2] {
        brush.flat(
            &[limb(&[(x, 0.2, 0.014), (x + 0.04, 0.06, 0.012), (x + 0.1, 0.0, 0.009)])],
            rgb(0x20_1818),
        );
    }
    brush.flat(
        &[limb(&[(0.55, 0.58, 0.01), (0.64, 0.74, 0.009), (0.74, 0.76, 0.014)])],
        rgb(0x20_1818),
    );
    brush.flat(&[oval(0.57, 0.47, 0.045, 0.055)], WHITE);
    brush.flat(&[oval(0.582, 0.47, 0.03, 0.038)], rgb(0x10_0c10));
}

pub(super) fn snail(brush: &mut Brush, look: &mut Look) {
    let shell = look.colour_or(rgb(0xc0_8048));
    let skin = surface(rgb(0xcc_b088), Grain::Smooth, 0.06);
    brush.body(
        &[limb(&[
            (-0.66, 0.03, 0.02),
            (-0.3, 0.08, 0.09),
            (0.3, 0.09, 0.1),
            (0.52, 0.2, 0.1),
            (0.58, 0.42, 0.09),
        ])],
        skin,
    );
    for x in [0.55, 0.64] {
        brush.body(
            &[
                limb(&[(x, 0.46, 0.018), (x + 0.06, 0.68, 0.014)]),
                oval(x + 0.062, 0.7, 0.028, 0.028),
            ],
            skin,
        );
    }
    brush.body(&[oval(-0.02, 0.48, 0.42, 0.4)], surface(shell, Grain::Stone, 0.18));
    for (r, thickness) in [(0.33, 0.02), (0.22, 0.018), (0.11, 0.016)] {
        brush.veil(
            &[ring(-0.02 + (0.33 - r) * 0.2, 0.48 - (0.33 - r) * 0.15, r, thickness)],
            shell * 0.45,
            0.75,
            0.012,
        );
    }
    brush.flat(
        &[oval(0.705, 0.705, 0.012, 0.012), oval(0.615, 0.705, 0.012, 0.012)],
        rgb(0x14_1010),
    );
}
