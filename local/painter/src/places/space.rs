//! Space and the open sky: nothing to stand on.

use super::super::canvas::Canvas;
use super::super::field::Field;
use super::super::geometry::{at, blend, smooth, unit};
use super::super::light::Light;
use super::super::palette::{Rgb, WHITE, rgb};
use super::super::random::{Random, layered};
use super::super::scene::Scene;
use super::super::sky::{disc, puff};
use super::{Stage, sky_above};

pub(super) fn space(canvas: &mut Canvas, scene: &Scene, random: &mut Random) -> Stage {
    let (width, height, short) = (canvas.width as f32, canvas.height as f32, canvas.short());
    let salt = random.next() as u32;
    let clouds = [
        [rgb(0x3a_1c78), rgb(0xc0_3c8c), rgb(0x2c_78c8)],
        [rgb(0x10_3c6c), rgb(0x20_9c98), rgb(0x70_3cb0)],
        [rgb(0x5c_1c38), rgb(0xe0_7838), rgb(0x38_3c9c)],
    ];
    let mut nebula = random.pick(&clouds);
    for (cloud, asked) in nebula.iter_mut().rev().zip(&scene.colours) {
        *cloud = *asked;
    }
    let lean = random.between(-0.9, 0.9);
    let warps = Field::of(canvas.width, canvas.height, 4, |x, y| {
        layered(x / short * 1.6, y / short * 1.6, 3, salt) - 0.5
    });
    let dusts = Field::of(canvas.width, canvas.height, 3, |x, y| {
        layered(x / short * 2.3 + warps.at(x, y), y / short * 2.3, 5, salt ^ 1)
    });
    let seconds = Field::of(canvas.width, canvas.height, 3, |x, y| {
        layered(x / short * 1.7 - warps.at(x, y), y / short * 1.9, 4, salt ^ 2)
    });
    canvas.all(|x, y, _| {
        let (u, v) = (x / short, y / short);
        let warp = warps.at(x, y);
        let band = (v - height / short * 0.5 - (u - width / short * 0.5) * lean + warp * 0.5).abs();
        let (dust, second) = (dusts.at(x, y), seconds.at(x, y));
        let milky = smooth(0.75, 0.0, band);
        let base = rgb(0x05_0616).toward(nebula[0], unit(milky * 0.5 * dust + 0.1));
        let glow = smooth(0.42, 0.85, dust) * (0.25 + 0.75 * milky);
        let other = smooth(0.45, 0.85, second) * (0.15 + 0.6 * milky);
        base + nebula[1] * (glow * 0.75) + nebula[2] * (other * 0.65)
    });
    for i in 0..(700.0 * width * height / (short * short)) as usize {
        let p = at(random.unit() * width, random.unit() * height);
        let bright = random.unit() * random.unit() * random.unit();
        let tint = random.pick(&[rgb(0xff_ffff), rgb(0xbc_d4ff), rgb(0xff_dcc0)]);
        canvas.glow(p, short / 1024.0 * (0.45 + 2.0 * bright), tint, 0.45 + 0.55 * bright);
        if i % 90 == 0 {
            flare(canvas, p, short * 0.012, tint);
        }
    }
    let side = random.pick(&[-1.0, 1.0]);
    let centre =
        at(width * (0.5 + side * random.between(0.3, 0.42)), height * random.between(0.2, 0.34));
    planet(canvas, centre, short * random.between(0.09, 0.17), [-side * 0.6, 0.3], random);
    if random.chance(0.6) {
        let low = at(
            width * (0.5 - side * random.between(0.0, 0.3)),
            height + short * random.between(0.5, 0.62),
        );
        planet(canvas, low, short * 0.78, [-side * 0.4, -0.8], random);
    }
    Stage { near: height * 0.82, far: height * 0.6, horizon: height * 0.6 }
}

fn flare(canvas: &mut Canvas, p: super::super::geometry::Point, size: f32, tint: Rgb) {
    let line = |dx: f32, dy: f32| {
        super::super::outline::limb(&[
            (p.x - dx, p.y - dy, 0.2),
            (p.x, p.y, 0.9),
            (p.x + dx, p.y + dy, 0.2),
        ])
    };
    canvas.fill(&[line(size, 0.0), line(0.0, size)], tint, 0.7);
    canvas.glow(p, size * 0.16, tint, 0.9);
}

/// A ball in sunlight; some have rings.
pub(super) fn planet(
    canvas: &mut Canvas,
    centre: super::super::geometry::Point,
    radius: f32,
    sun: [f32; 2],
    random: &mut Random,
) {
    let salt = random.next() as u32;
    let kinds = [
        [rgb(0xc8_7c48), rgb(0xf0_d0a0)],
        [rgb(0x2c_5ca0), rgb(0x8c_d0c0)],
        [rgb(0x8c_4c90), rgb(0xe8_a8b8)],
        [rgb(0x9c_988c), rgb(0xd8_d4c8)],
    ];
    let [dark, bright] = random.pick(&kinds);
    let banded = random.chance(0.6);
    let ringed = random.chance(0.5) && radius < canvas.short() * 0.3;
    let tilt = random.between(-0.5, 0.5);
    if ringed {
        rings(canvas, centre, radius, tilt, bright, RingHalf::Behind);
    }
    canvas.glow(centre, radius * 0.75, bright, 0.35);
    disc(canvas, centre, radius, |p, _| {
        let (u, v) = ((p.x - centre.x) / radius, (p.y - centre.y) / radius);
        let front = (1.0 - u * u - v * v).max(0.0).sqrt();
        let turned = at(u, v).turned(tilt);
        let swirl = layered(turned.x * 2.0 + salt as f32 % 17.0, turned.y * 2.0, 4, salt);
        let pattern = if banded {
            layered(swirl * 0.9, turned.y * 5.0 + swirl * 0.8, 3, salt)
        } else {
            swirl
        };
        let lit = unit(u * sun[0] + v * sun[1] + front * 0.45 + 0.05);
        let face = dark.toward(bright, smooth(0.3, 0.7, pattern));
        let air = (1.0 - front) * (1.0 - front);
        face * (0.06 + 1.15 * lit) + rgb(0x90_c0ff) * (air * lit * 0.6)
    });
    if ringed {
        rings(canvas, centre, radius, tilt, bright, RingHalf::Before);
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RingHalf {
    Behind,
    Before,
}

fn rings(
    canvas: &mut Canvas,
    centre: super::super::geometry::Point,
    radius: f32,
    tilt: f32,
    colour: Rgb,
    half: RingHalf,
) {
    let reach = radius * 2.2;
    let (from, to) = ((centre.y - reach).max(0.0) as usize, (centre.y + reach).max(0.0) as usize);
    canvas.each(from, to, |x, y, under| {
        let p = (at(x, y) - centre).turned(tilt);
        if (p.y > 0.0) != (half == RingHalf::Before) {
            return under;
        }
        let away = at(p.x, p.y * 3.6).length() / radius;
        let band = smooth(1.3, 1.36, away) * smooth(2.15, 2.0, away);
        let gap = 1.0 - 0.85 * smooth(0.04, 0.02, (away - 1.78).abs());
        let fine = 0.6 + 0.4 * layered(away * 16.0, 0.5, 2, 5);
        under.toward(colour.lighter(0.2), band * gap * fine * 0.75)
    });
}

pub(super) fn clouds(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    random: &mut Random,
) -> Stage {
    let (width, height, short) = (canvas.width as f32, canvas.height as f32, canvas.short());
    sky_above(canvas, scene, light, height * 1.02, random);
    for layer in 0..3 {
        let near = layer as f32 / 2.0;
        for _ in 0..(4.0 * width / short) as usize + 2 {
            let centre = at(
                random.unit() * width,
                height * (blend(0.84, 1.0, near) + random.between(-0.05, 0.05)),
            );
            puff(
                canvas,
                light,
                centre,
                short * blend(0.1, 0.3, near) * random.between(0.7, 1.2),
                random,
            );
        }
    }
    let low = light.flat(WHITE).lighter(0.2);
    super::super::sky::mist(canvas, low, height * 1.05, short * 0.16, 0.9, 4);
    Stage { near: height * 0.72, far: height * 0.5, horizon: height }
}
