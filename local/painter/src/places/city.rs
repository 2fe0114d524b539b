//! The city: rows of towers, the street before them.

use super::super::canvas::Canvas;
use super::super::geometry::{at, blend, smooth, unit};
use super::super::light::Light;
use super::super::mask::Mask;
use super::super::outline::{Form, polygon, ring, slab, wire};
use super::super::palette::{Rgb, rgb};
use super::super::random::{Random, lattice, layered, noise};
use super::super::scene::{Scene, Style};
use super::super::sky::mist;
use super::{Stage, row, sky_above};

pub(super) fn city(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    random: &mut Random,
) -> Stage {
    let horizon = row(canvas, random.between(0.66, 0.74));
    let (short, height) = (canvas.short(), canvas.height as f32);
    sky_above(canvas, scene, light, horizon, random);
    let neon = scene.style == Style::Neon;
    for layer in 0..4 {
        let near = layer as f32 / 3.0;
        skyline(canvas, scene, light, horizon, near, neon, random);
        let veil = if scene.dark() { light.haze.lighter(0.05) } else { light.haze };
        mist(canvas, veil, horizon, short * 0.22, 0.35 * (1.0 - near), random.next() as u32);
    }
    street(canvas, scene, light, horizon, random.next() as u32);
    Stage { near: blend(horizon, height, 0.66), far: horizon + short * 0.06, horizon }
}

/// One row of towers, with lights in their windows when it is dark.
fn skyline(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    horizon: f32,
    near: f32,
    neon: bool,
    random: &mut Random,
) {
    let (width, short) = (canvas.width as f32, canvas.short());
    let tints = [rgb(0x8c_8690), rgb(0x70_7c90), rgb(0xa0_8a78), rgb(0x60_6678)];
    let mut x = -short * random.between(0.0, 0.1);
    while x < width {
        let wide = short * random.between(0.06, 0.13) * blend(0.7, 1.5, near);
        let middle = 1.0 - ((x + wide * 0.5) / width - 0.5).abs();
        let tall = (horizon * random.between(0.34, 0.8) * blend(1.05, 0.62, near) * middle)
            .max(short * 0.06);
        let tone = random.pick(&tints) * random.between(0.7, 1.05);
        let salt = random.next() as u32;
        tower(
            canvas,
            scene,
            light,
            Tower {
                left: x,
                right: x + wide,
                top: horizon - tall,
                foot: horizon + 2.0,
                tone,
                near,
                salt,
                neon,
            },
            random,
        );
        x += wide * random.between(0.92, 1.3);
    }
}

#[derive(Debug, Clone, Copy)]
struct Tower {
    left: f32,
    right: f32,
    top: f32,
    foot: f32,
    tone: Rgb,
    near: f32,
    salt: u32,
    neon: bool,
}

fn tower(canvas: &mut Canvas, scene: &Scene, light: &Light, t: Tower, random: &mut Random) {
    let short = canvas.short();
    let wide = t.right - t.left;
    let mut forms = vec![slab(t.left, t.top, t.right, t.foot, 0.0)];
    match random.below(5) {
        0 => forms.push(polygon(&[
            (t.left, t.top + 1.0),
            (t.left + wide * 0.5, t.top - wide * 0.6),
            (t.right, t.top + 1.0),
        ])),
        1 => forms.push(slab(
            t.left + wide * 0.2,
            t.top - wide * 0.3,
            t.right - wide * 0.2,
            t.top + 2.0,
            0.0,
        )),
        2 => {
            forms.push(slab(
                t.left + wide * 0.25,
                t.top - wide * 0.25,
                t.right - wide * 0.25,
                t.top + 2.0,
                0.0,
            ));
            forms.push(wire(
                &[(t.left + wide * 0.5, t.top), (t.left + wide * 0.5, t.top - wide * 0.9)],
                short * 0.0015,
            ));
        }
        _ => {}
    }
    let lit_side = light.toward[0] > 0.0;
    let (bright, dim) = (light.flat(t.tone * 1.1), light.flat(t.tone * 0.72));
    let cell = (short * blend(0.009, 0.017, t.near)).max(2.0);
    let distance = 0.72 * (1.0 - t.near);
    let lit_share = if scene.dark() { 0.42 } else { 0.0 };
    let lamps = if t.neon {
        [rgb(0xff_4cc0), rgb(0x48_e8ff), rgb(0xff_d070), rgb(0x9c_70ff)]
    } else {
        [rgb(0xff_d890), rgb(0xff_e8b8), rgb(0xff_c070), rgb(0xd8_e8ff)]
    };
    let Some(mask) = Mask::of(&forms, canvas.width, canvas.height, 0.0) else {
        return;
    };
    canvas.cover(&mask, |x, y, _| {
        let across = (x - t.left) / wide;
        let side = if lit_side { across } else { 1.0 - across };
        let mut wall = dim.toward(bright, smooth(0.2, 0.75, side));
        let fall = unit((y - t.top) / (t.foot - t.top));
        wall = wall.toward(light.haze, unit(distance + 0.16 * fall));
        let (u, v) = ((x - t.left) / cell, (y - t.top) / (cell * 1.25));
        let (column, line) = (u.floor(), v.floor());
        let inside =
            (u - column) > 0.28 && (u - column) < 0.8 && (v - line) > 0.25 && (v - line) < 0.75;
        if !inside || v < 0.6 || !(0.08..=0.92).contains(&across) {
            return wall;
        }
        let chance = lattice(column as i32, line as i32, t.salt);
        if chance < lit_share {
            let lamp = lamps[(chance * 97.0) as usize % 4];
            return lamp.toward(light.haze, distance * 0.6)
                * (0.75 + 0.4 * lattice(line as i32, column as i32, t.salt));
        }
        wall.toward(light.haze.toward(light.flat(rgb(0x30_3c50)), 0.6), 0.45)
    });
    if t.neon && t.near > 0.3 && random.chance(0.8) {
        neon_sign(canvas, t, random);
    }
}

fn neon_sign(canvas: &mut Canvas, t: Tower, random: &mut Random) {
    let colour = random.pick(&[rgb(0xff_30b0), rgb(0x30_e8ff), rgb(0x9a_50ff), rgb(0xff_6a3c)]);
    let wide = t.right - t.left;
    let x = t.left + wide * random.between(0.1, 0.8);
    let (y0, y1) = (
        t.top + (t.foot - t.top) * random.between(0.1, 0.3),
        t.top + (t.foot - t.top) * random.between(0.45, 0.8),
    );
    let r = wide * 0.02 + 0.8;
    let forms: [Form; 3] = match random.below(3) {
        0 => [
            slab(x, y0, x + wide * 0.14, y1, 2.0),
            slab(x, y0, x, y0, 0.0),
            slab(x, y0, x, y0, 0.0),
        ],
        1 => [
            wire(&[(t.left, y0), (t.right, y0)], r),
            wire(&[(t.left, y0 + r * 5.0), (t.right, y0 + r * 5.0)], r * 0.7),
            wire(&[(t.left, t.top), (t.left, t.foot)], r * 0.8),
        ],
        _ => [
            ring(x, y0, wide * 0.16, r),
            wire(&[(x, y0 + wide * 0.2), (x, y1)], r),
            wire(&[(t.right, t.top), (t.right, t.foot)], r * 0.8),
        ],
    };
    canvas.fill_soft(&forms, colour, 0.8, wide * 0.12);
    canvas.fill(&forms, colour.lighter(0.35), 1.0);
    canvas.glow(at(x, f32::midpoint(y0, y1)), wide * 0.45, colour, 0.4);
}

/// The ground of the city: it shines when it is wet or when the lights are on.
fn street(canvas: &mut Canvas, scene: &Scene, light: &Light, horizon: f32, salt: u32) {
    let (height, short, width) = (canvas.height as f32, canvas.short(), canvas.width as f32);
    let mirror = canvas.clone();
    let shine = match (scene.wet() || scene.style == Style::Neon, scene.dark()) {
        (true, _) => 0.72,
        (_, true) => 0.45,
        _ => 0.12,
    };
    let snow = scene.snowy();
    let asphalt = light.flat(if snow { rgb(0xdc_e2ea) } else { rgb(0x60_6068) });
    let pavement = light.flat(if snow { rgb(0xf0_f4fa) } else { rgb(0x9a_948c) });
    let rows = canvas.height;
    canvas.each(horizon.max(0.0) as usize, rows, |x, y, _| {
        let depth = (y - horizon) / (height - horizon).max(1.0);
        let across = ((x / width - 0.5) / (0.12 + depth)).abs();
        let road = smooth(0.62, 0.58, across);
        let grain = 0.92 + 0.16 * noise(x / short * 180.0, y / short * 260.0, salt) * depth;
        let mut c = pavement.toward(asphalt, road) * grain;
        let dash = ((1.0 / (0.12 + depth) * 1.7).fract() < 0.5) && across < 0.018;
        if dash && !snow {
            c = c.toward(light.flat(rgb(0xf0_e4b0)), 0.7);
        }
        let kerb = smooth(0.035, 0.0, (across - 0.6).abs());
        c = c.toward(light.flat(rgb(0xc4_c0b8)), kerb * 0.5);
        let wobble = layered(x / short * 14.0, y / short * 60.0, 3, salt) - 0.5;
        let seen = mirror.between(
            x + wobble * short * 0.035,
            horizon - (y - horizon) * 1.35 - wobble * short * 0.1,
        );
        let puddle = smooth(0.25, 0.6, layered(x / short * 3.0, y / short * 12.0, 3, salt ^ 5));
        c.toward(seen, shine * (0.35 + 0.65 * puddle)) * blend(1.0, 0.8, depth * depth)
    });
}
