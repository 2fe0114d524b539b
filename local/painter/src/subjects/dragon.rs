//! The dragon.

use super::super::brush::{Brush, Grain, Surface, mark, smooth_skin, surface};
use super::super::outline::{Form, blob, limb, oval, polygon};
use super::super::palette::{Rgb, rgb};
use super::Look;

pub(super) fn dragon(brush: &mut Brush, look: &mut Look) {
    let coat =
        look.colour_or_one_of(&[rgb(0x2c_8450), rgb(0xb0_3028), rgb(0x40_58a8), rgb(0x6c_3c90)]);
    let belly = coat.toward(rgb(0xf0_d890), 0.7);
    let hide = surface(coat, Grain::Scale, 0.1);
    wing(brush, coat * 0.62, 0.1, -0.06);
    brush.body(
        &[limb(&[
            (-0.2, 0.2, 0.12),
            (-0.46, 0.1, 0.09),
            (-0.72, 0.08, 0.06),
            (-0.9, 0.2, 0.035),
            (-0.88, 0.36, 0.02),
            (-0.8, 0.42, 0.008),
        ])],
        hide,
    );
    brush.body(
        &[polygon(&[(-0.86, 0.4), (-0.72, 0.5), (-0.7, 0.38)])],
        smooth_skin(coat * 0.7, 0.02),
    );
    for (x, tone) in [(-0.16, 0.65), (0.26, 0.65)] {
        leg(brush, x + 0.08, Surface { colour: coat * tone, ..hide });
    }
    let trunk = limb(&[
        (-0.2, 0.3, 0.16),
        (0.04, 0.34, 0.17),
        (0.24, 0.42, 0.14),
        (0.36, 0.58, 0.095),
        (0.36, 0.74, 0.07),
        (0.4, 0.86, 0.066),
    ]);
    let scutes = blob(&[
        (0.48, 0.86),
        (0.42, 0.7),
        (0.46, 0.5),
        (0.36, 0.3),
        (0.0, 0.12),
        (-0.2, 0.1),
        (-0.1, 0.24),
        (0.16, 0.26),
        (0.34, 0.46),
        (0.36, 0.7),
    ]);
    brush.model(&[trunk], hide, &[mark([scutes], belly, 0.012)]);
    spikes(brush, coat);
    leg(brush, -0.2, hide);
    leg(brush, 0.22, hide);
    head(brush, coat, belly);
    wing(brush, coat, 0.0, 0.0);
    if look.random.chance(0.65) || look.lit {
        fire(brush);
    }
}

fn leg(brush: &mut Brush, x: f32, hide: Surface) {
    let hind = x < 0.1;
    let thigh = if hind { 0.115 } else { 0.07 };
    brush.body(
        &[
            limb(&[(x, 0.26, thigh), (x + 0.05, 0.14, 0.052), (x - 0.01, 0.05, 0.04)]),
            oval(x + 0.04, 0.028, 0.085, 0.034),
        ],
        Surface { puff: 0.06, ..hide },
    );
    for toe in [0.0, 0.04, 0.08] {
        brush.flat(
            &[polygon(&[(x + 0.03 + toe, 0.04), (x + 0.075 + toe, 0.0), (x + 0.03 + toe, 0.006)])],
            rgb(0xf0_e8d0),
        );
    }
}

fn wing(brush: &mut Brush, colour: Rgb, dx: f32, dy: f32) {
    let p = |x: f32, y: f32| (x + dx, y + dy);
    let fingers = [p(-0.82, 0.72), p(-0.62, 0.48), p(-0.36, 0.4)];
    let membrane = blob(&[
        p(0.08, 0.48),
        p(-0.06, 0.8),
        p(-0.26, 1.06),
        p(-0.56, 0.98),
        p(-0.84, 0.72),
        p(-0.7, 0.68),
        p(-0.62, 0.48),
        p(-0.5, 0.52),
        p(-0.36, 0.4),
        p(-0.16, 0.46),
    ]);
    let bones: Vec<Form> = fingers
        .iter()
        .map(|(x, y)| {
            limb(&[
                (-0.26 + dx, 1.04 + dy, 0.012),
                ((x - 0.26 + dx) * 0.5, (y + 1.1 + dy) * 0.5, 0.011),
                (*x, *y, 0.004),
            ])
        })
        .collect();
    brush.model(
        &[membrane],
        smooth_skin(colour.toward(rgb(0xe0_9050), 0.35), 0.05),
        &[mark(bones, colour * 0.7, 0.003)],
    );
    brush.body(
        &[limb(&[
            (0.1 + dx, 0.46 + dy, 0.045),
            (-0.04 + dx, 0.78 + dy, 0.03),
            (-0.26 + dx, 1.06 + dy, 0.022),
            (-0.3 + dx, 1.12 + dy, 0.004),
        ])],
        surface(colour, Grain::Scale, 0.03),
    );
}

fn spikes(brush: &mut Brush, coat: Rgb) {
    for (x, y, a) in [
        (0.33, 0.9, 0.5),
        (0.28, 0.8, 0.7),
        (0.26, 0.68, 0.8),
        (0.22, 0.6, 0.8),
        (-0.26, 0.46, 0.3),
        (-0.36, 0.36, 0.6),
        (-0.5, 0.21, 0.3),
        (-0.64, 0.16, 0.2),
    ] {
        let spike = polygon(&[(-0.03, 0.0), (0.03, 0.0), (0.0, 0.08)]).turned(a).moved(x, y);
        brush.body(&[spike], smooth_skin(coat.toward(rgb(0xf0_d080), 0.5), 0.02));
    }
}

fn head(brush: &mut Brush, coat: Rgb, belly: Rgb) {
    for (x, y) in [(0.3, 1.1), (0.24, 1.04)] {
        brush.body(
            &[limb(&[(0.4, 0.94, 0.024), (0.35, 1.02, 0.018), (x, y, 0.003)])],
            smooth_skin(rgb(0xe8_dcc0), 0.02),
        );
    }
    brush.body(
        &[polygon(&[(0.46, 0.84), (0.68, 0.78), (0.66, 0.75), (0.48, 0.76)])],
        surface(belly, Grain::Scale, 0.03),
    );
    brush.body(
        &[blob(&[
            (0.34, 0.92),
            (0.42, 0.985),
            (0.52, 0.96),
            (0.66, 0.92),
            (0.76, 0.9),
            (0.78, 0.845),
            (0.7, 0.82),
            (0.52, 0.815),
            (0.38, 0.8),
        ])],
        surface(coat, Grain::Scale, 0.06),
    );
    for x in [0.56, 0.62, 0.68, 0.73] {
        brush
            .flat(&[polygon(&[(x - 0.012, 0.825), (x + 0.012, 0.825), (x, 0.79)])], rgb(0xf8_f4e4));
    }
    brush.flat(&[blob(&[(0.44, 0.915), (0.49, 0.94), (0.525, 0.91), (0.48, 0.9)])], rgb(0xff_d040));
    brush.flat(&[oval(0.486, 0.915, 0.007, 0.016)], rgb(0x10_0808));
    brush.flat(&[oval(0.74, 0.885, 0.012, 0.009)], coat * 0.4);
}

fn fire(brush: &mut Brush) {
    brush.glow(1.02, 0.78, 0.1, rgb(0xff_8020), 0.9);
    brush.veil(
        &[blob(&[(0.74, 0.8), (0.95, 0.93), (1.2, 0.92), (1.32, 0.76), (1.18, 0.64), (0.95, 0.7)])],
        rgb(0xff_6818),
        0.85,
        0.03,
    );
    brush.veil(
        &[blob(&[(0.74, 0.8), (0.95, 0.87), (1.16, 0.84), (1.2, 0.76), (1.1, 0.7), (0.95, 0.74)])],
        rgb(0xff_c038),
        0.95,
        0.02,
    );
    brush.veil(
        &[blob(&[(0.74, 0.8), (0.9, 0.83), (1.04, 0.8), (1.02, 0.76), (0.9, 0.77)])],
        rgb(0xff_f8d0),
        0.95,
        0.012,
    );
}
