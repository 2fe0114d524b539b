//! The sky: its colours by the hour, its lights, its clouds.

use super::canvas::Canvas;
use super::field::Field;
use super::geometry::{Point, at, blend, fade, sin, smooth, unit};
use super::light::Light;
use super::outline::{blob, limb};
use super::palette::{Harmony, Rgb, WHITE, rgb};
use super::random::{Random, layered, noise};
use super::scene::{Hour, Scene, Sign, Weather};

/// Paints everything above `horizon` (a row) and a little below, where water will mirror it.
pub(super) fn paint(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    horizon: f32,
    random: &mut Random,
) -> Point {
    let colours = gradient(scene);
    let sun = sun_place(canvas, scene, light, horizon, random);
    let rows = canvas.height;
    let (width, salt) = (canvas.width as f32, random.next() as u32);
    let warm = light.rim.saturated(1.2);
    canvas.each(0, rows, |x, y, _| {
        let height = unit(y / horizon.max(1.0));
        let band = height + 0.05 * (noise(x / width * 3.0, y / width * 9.0, salt) - 0.5);
        let base = if band < 0.55 {
            colours[0].toward(colours[1], smooth(0.0, 0.55, band))
        } else {
            colours[1].toward(colours[2], smooth(0.55, 1.0, band))
        };
        let away = (at(x, y) - sun).length() / width.max(horizon);
        base + warm * (0.35 * fade(away * 5.0))
    });
    let clear = matches!(scene.weather, Weather::Clear | Weather::Cloudy | Weather::Snow);
    if scene.hour == Hour::Night && scene.weather != Weather::Storm
        || scene.shows(Sign::Stars)
        || scene.hour == Hour::Dusk && clear
    {
        stars(canvas, horizon, if scene.hour == Hour::Dusk { 0.35 } else { 1.0 }, random);
    }
    if scene.shows(Sign::Aurora) {
        aurora(canvas, horizon, random);
    }
    if clear || scene.shows(Sign::Moon) || scene.shows(Sign::Sun) {
        lamp(canvas, scene, sun, random);
    }
    clouds(canvas, scene, light, sun, horizon, random);
    if scene.shows(Sign::Rainbow) {
        rainbow(canvas, horizon, random);
    }
    if scene.weather == Weather::Storm || scene.shows(Sign::Lightning) {
        lightning(canvas, horizon, random);
    }
    if scene.shows(Sign::Birds) || (!scene.dark() && clear && random.chance(0.3)) {
        birds(canvas, light, horizon, random);
    }
    sun
}

/// High up, half way, at the horizon.
fn gradient(scene: &Scene) -> [Rgb; 3] {
    let colours = match scene.hour {
        Hour::Night => [rgb(0x07_0c26), rgb(0x14_2150), rgb(0x35_4a80)],
        Hour::Sunrise => [rgb(0x5d_8ec8), rgb(0xf0_bfae), rgb(0xff_dca0)],
        Hour::Day => [rgb(0x2f_79c8), rgb(0x78_b4e6), rgb(0xd6_eaf4)],
        Hour::Noon => [rgb(0x1f_6cc6), rgb(0x5a_a4e6), rgb(0xc4_e4f6)],
        Hour::Sunset => [rgb(0x3a_3f7c), rgb(0xd0_6478), rgb(0xff_b45c)],
        Hour::Dusk => [rgb(0x1b_2252), rgb(0x5c_4c8a), rgb(0xe0_8a90)],
    };
    let grey = |c: Rgb, share: f32, to: Rgb| c.toward(to * (0.25 + c.luminance() * 0.85), share);
    let mut colours = match scene.weather {
        Weather::Clear | Weather::Cloudy => colours,
        Weather::Snow => colours.map(|c| grey(c, 0.6, rgb(0xdc_e4f0))),
        Weather::Rain => colours.map(|c| grey(c, 0.75, rgb(0xa6_b0bc))),
        Weather::Fog => colours.map(|c| grey(c, 0.7, rgb(0xe4_e4e2))),
        Weather::Storm => colours.map(|c| grey(c, 0.8, rgb(0x7c_8698)) * 0.72),
    };
    if let Some(first) = scene.colours.first() {
        // A colour nobody wears is in the air.
        let mut random = Random::new(scene.words);
        let harmony = Harmony::around(&scene.colours, &mut random);
        let depth = if scene.dark() { 0.45 } else { 1.0 };
        colours[0] = colours[0].toward(first.darker(0.25) * depth, 0.6);
        colours[1] = colours[1].toward(*first * depth, 0.65);
        colours[2] = colours[2].toward(harmony.0[3] * depth, 0.55);
    }
    colours
}

fn sun_place(
    canvas: &Canvas,
    scene: &Scene,
    light: &Light,
    horizon: f32,
    random: &mut Random,
) -> Point {
    let width = canvas.width as f32;
    let side = 0.5 + light.toward[0].signum() * random.between(0.14, 0.36);
    let height = match scene.hour {
        Hour::Sunrise | Hour::Sunset => random.between(0.72, 0.92),
        Hour::Dusk => random.between(0.3, 0.6),
        Hour::Night | Hour::Day => random.between(0.18, 0.4),
        Hour::Noon => 0.1,
    };
    at(width * side, horizon * height)
}

fn stars(canvas: &mut Canvas, horizon: f32, strength: f32, random: &mut Random) {
    let area = canvas.width as f32 * horizon / (canvas.short() * canvas.short());
    let unit_size = canvas.short() / 1024.0;
    for _ in 0..(420.0 * area) as usize {
        let place = at(
            random.unit() * canvas.width as f32,
            random.unit() * random.between(0.5, 1.0) * horizon,
        );
        let bright = random.unit() * random.unit();
        let tint = random.pick(&[rgb(0xff_ffff), rgb(0xcf_e0ff), rgb(0xff_e8d0)]);
        canvas.glow(
            place,
            unit_size * (0.5 + 1.3 * bright),
            tint,
            strength * (0.35 + 0.65 * bright),
        );
    }
}

pub(super) fn moon(canvas: &mut Canvas, scene: &Scene, place: Point, random: &mut Random) {
    let radius = canvas.short() * random.between(0.045, 0.075);
    canvas.glow(place, radius * 1.5, rgb(0xc8_d8ff), 0.55);
    let (salt, crescent) = (random.next() as u32, random.chance(0.4) && !scene.shows(Sign::Moon));
    let shadow = place + at(radius * random.between(0.45, 0.8), -radius * 0.2);
    disc(canvas, place, radius, |p, under| {
        let crater = layered(p.x * 2.4 / radius, p.y * 2.4 / radius, 3, salt);
        let face = rgb(0xf6_f3e2) * (0.78 + 0.26 * smooth(0.35, 0.6, crater));
        let hidden = smooth(radius * 1.03, radius * 0.97, (p - shadow).length());
        if crescent { face.toward(under, hidden * 0.95) } else { face }
    });
}

/// The sun or the moon, as the hour has it.
fn lamp(canvas: &mut Canvas, scene: &Scene, place: Point, random: &mut Random) {
    if matches!(scene.hour, Hour::Night | Hour::Dusk) {
        moon(canvas, scene, place, random);
        return;
    }
    let short = canvas.short();
    let low = matches!(scene.hour, Hour::Sunrise | Hour::Sunset);
    let radius = short * if low { 0.055 } else { 0.035 };
    let colour = match scene.hour {
        Hour::Sunset => rgb(0xff_d080),
        Hour::Sunrise => rgb(0xff_e8b8),
        _ => rgb(0xff_fbe8),
    };
    canvas.glow(place, radius * if low { 2.4 } else { 2.0 }, colour, 0.7);
    disc(canvas, place, radius, |_, _| colour.lighter(0.55));
}

pub(super) fn disc(
    canvas: &mut Canvas,
    centre: Point,
    radius: f32,
    mut face: impl FnMut(Point, Rgb) -> Rgb,
) {
    let (from, to) =
        ((centre.y - radius - 1.0).max(0.0) as usize, (centre.y + radius + 2.0).max(0.0) as usize);
    canvas.each(from, to, |x, y, under| {
        let inside = unit(radius - (at(x, y) - centre).length() + 0.5);
        if inside > 0.0 { under.toward(face(at(x, y), under), inside) } else { under }
    });
}

fn clouds(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    sun: Point,
    horizon: f32,
    random: &mut Random,
) {
    let cover: f32 = match scene.weather {
        Weather::Clear if scene.shows(Sign::Clouds) => 0.52,
        Weather::Clear => random.pick(&[0.3, 0.4, 0.46]),
        Weather::Cloudy => 0.62,
        Weather::Rain => 0.7,
        Weather::Storm => 0.74,
        Weather::Snow => 0.56,
        Weather::Fog => 0.3,
    };
    let lit = match scene.hour {
        Hour::Night => rgb(0x44_5488),
        Hour::Dusk => rgb(0xb4_88a4),
        Hour::Sunset => rgb(0xff_c08c),
        Hour::Sunrise => rgb(0xff_e4d0),
        Hour::Day | Hour::Noon => WHITE,
    };
    let shade = match scene.weather {
        Weather::Storm => light.haze * 0.42,
        Weather::Rain => light.haze * 0.62,
        _ => lit.toward(light.haze, 0.55).toward(rgb(0x6a_6c92), 0.25) * 0.86,
    };
    let lit = if scene.wet() { lit.saturated(0.3).toward(shade, 0.6) } else { lit };
    let salt = random.next() as u32;
    let drift = random.between(0.0, 40.0);
    let short = canvas.short();
    let size = random.between(1.5, 2.3) / short;
    let (away_x, away_y) =
        if sun.y < horizon { (light.toward[0] * 14.0, -16.0) } else { (0.0, -16.0) };
    let rows = (horizon.max(0.0) as usize).min(canvas.height);
    // Flatter toward the horizon, as clouds are seen from below.
    let place = |x: f32, y: f32| {
        let near = y / horizon;
        (x * size * (1.0 + near) + drift, y * size * (2.0 + near * 3.2))
    };
    let thick = Field::of(canvas.width, rows, 3, |x, y| {
        let (u, v) = place(x, y);
        layered(u, v, 5, salt) * 0.98
    });
    let shaded = Field::of(canvas.width, rows, 6, |x, y| {
        let (u, v) = place(x, y);
        layered(u + away_x * size * 2.0, v + away_y * size * 3.0, 3, salt)
    });
    let edge = 1.0 - cover;
    canvas.each(0, rows, |x, y, under| {
        let thick = thick.at(x, y);
        if thick < edge - 0.08 {
            return under;
        }
        let bright = unit(0.55 + (thick - shaded.at(x, y)) * 3.4);
        let density =
            smooth(edge - 0.06, edge + 0.16, thick) * smooth(1.02, 0.82, y / horizon) * 0.94;
        under.toward(shade.toward(lit, bright), density)
    });
}

fn aurora(canvas: &mut Canvas, horizon: f32, random: &mut Random) {
    let salt = random.next() as u32;
    let (width, base) = (canvas.width as f32, random.between(0.6, 0.75) * horizon);
    let phase = random.between(0.0, 6.0);
    canvas.each(0, horizon.max(0.0) as usize, |x, y, under| {
        let mut sum = under;
        for (band, colour) in [(0.0, rgb(0x40_f0a0)), (1.7, rgb(0x8c_60f0))] {
            let u = x / width;
            let fold = base
                + horizon
                    * (0.14 * sin(u * 6.0 + phase + band) + 0.06 * sin(u * 17.0 + band * 3.0))
                - horizon * 0.12 * band;
            let above = (fold - y) / horizon;
            let curtain = smooth(-0.02, 0.03, above) * smooth(0.55, 0.0, above);
            let rays = 0.4 + 0.6 * noise(u * 60.0 + y / horizon * 2.0, band, salt);
            sum = sum + colour * (curtain * rays * 0.5);
        }
        sum
    });
}

fn rainbow(canvas: &mut Canvas, horizon: f32, random: &mut Random) {
    let centre = at(canvas.width as f32 * random.between(0.35, 0.65), horizon * 1.15);
    let radius = canvas.width as f32 * random.between(0.4, 0.5);
    let thickness = radius * 0.11;
    canvas.each(0, horizon.max(0.0) as usize, |x, y, under| {
        let band = ((at(x, y) - centre).length() - radius) / thickness;
        if !(0.0..1.0).contains(&band) {
            return under;
        }
        let strength = smooth(0.0, 0.2, band) * smooth(1.0, 0.8, band) * 0.55;
        under.toward(Rgb::from_hue(0.78 * (1.0 - band), 0.9, 0.6), strength)
    });
}

fn lightning(canvas: &mut Canvas, horizon: f32, random: &mut Random) {
    let width = canvas.width as f32;
    let mut place = at(width * random.between(0.12, 0.88), horizon * 0.02);
    let thin = canvas.short() / 420.0;
    canvas.glow(place + at(0.0, horizon * 0.3), horizon * 0.22, rgb(0xb0_b8ff), 0.4);
    let mut bolt = vec![(place.x, place.y, thin * 1.6)];
    let lean = random.between(-0.25, 0.25);
    while place.y < horizon * 0.92 {
        place = place
            + at(
                horizon * (random.between(-0.07, 0.07) + lean * 0.1),
                horizon * random.between(0.03, 0.09),
            );
        bolt.push((place.x, place.y, thin * blend(1.6, 0.6, place.y / horizon)));
        if random.chance(0.3) {
            let side = random.between(-0.16, 0.16) * horizon;
            let fork = [
                (place.x, place.y, thin * 0.7),
                (place.x + side * 0.6, place.y + horizon * 0.05, thin * 0.5),
                (place.x + side, place.y + horizon * 0.12, 0.4),
            ];
            canvas.fill(&[limb(&fork)], rgb(0xdf_e2ff), 0.85);
        }
    }
    let straight =
        super::outline::Form::Strand(bolt.iter().map(|(x, y, r)| (at(*x, *y), *r)).collect());
    canvas.fill_soft(std::slice::from_ref(&straight), rgb(0xaf_b6ff), 1.0, thin * 7.0);
    canvas.fill(&[straight], WHITE, 1.0);
}

fn birds(canvas: &mut Canvas, light: &Light, horizon: f32, random: &mut Random) {
    let centre =
        at(canvas.width as f32 * random.between(0.2, 0.8), horizon * random.between(0.2, 0.5));
    let colour = light.flat(rgb(0x2c_3040));
    for _ in 0..3 + random.below(5) {
        let p =
            centre + at(random.between(-0.14, 0.14), random.between(-0.06, 0.06)) * canvas.short();
        let s = canvas.short() * random.between(0.009, 0.017);
        let lift = random.between(0.2, 0.7) * s;
        let wings = [
            (p.x - s, p.y - lift, 0.3),
            (p.x - s * 0.5, p.y - lift * 1.2, s * 0.09),
            (p.x, p.y, s * 0.13),
            (p.x + s * 0.5, p.y - lift * 1.2, s * 0.09),
            (p.x + s, p.y - lift, 0.3),
        ];
        canvas.fill(&[limb(&wings)], colour, 0.85);
    }
}

/// A soft bank of mist across the picture around `row`.
pub(super) fn mist(
    canvas: &mut Canvas,
    colour: Rgb,
    row: f32,
    thickness: f32,
    strength: f32,
    salt: u32,
) {
    let (from, to) =
        ((row - thickness).max(0.0), (row + thickness).clamp(0.0, canvas.height as f32));
    if to <= from {
        return;
    }
    let short = canvas.short();
    let wisps = Field::of(canvas.width, (to - from) as usize + 1, 6, |x, y| {
        layered(x / short * 2.2, (y + from) / short * 7.0, 3, salt)
    });
    canvas.each(from as usize, to as usize, |x, y, under| {
        let away = (y - row) / thickness;
        let veil = unit(1.0 - away * away);
        under.toward(colour, unit(veil * (0.45 + 0.75 * wisps.at(x, y - from)) * strength))
    });
}

/// A cumulus by itself, for pictures that are all sky.
pub(super) fn puff(
    canvas: &mut Canvas,
    light: &Light,
    centre: Point,
    size: f32,
    random: &mut Random,
) {
    let mut forms = Vec::new();
    for i in 0..7 {
        let t = (i as f32 - 3.0) / 3.0;
        let r = size * (0.34 - 0.17 * t * t) * random.between(0.8, 1.2);
        forms.push(blob(&[
            (centre.x + t * size - r, centre.y),
            (centre.x + t * size, centre.y - r * 1.3),
            (centre.x + t * size + r, centre.y),
            (centre.x + t * size, centre.y + r * 0.5),
        ]));
    }
    canvas.fill_soft(&forms, light.haze.lighter(0.25), 0.6, size * 0.14);
    let upper: Vec<_> =
        forms.iter().map(|f| f.moved(light.toward[0] * size * 0.08, -size * 0.07)).collect();
    canvas.fill_soft(&upper, light.flat(WHITE).lighter(0.3), 0.75, size * 0.08);
}
