//! How it is painted: what happens to the finished picture.

mod brushwork;
mod facets;
mod glow;
mod paper;
mod print;

use super::canvas::Canvas;
use super::geometry::{at, smooth, unit};
use super::palette::{Rgb, rgb};
use super::random::{Random, noise};
use super::scene::{Grade, Place, Scene, Style};

pub(super) fn apply(canvas: &mut Canvas, scene: &Scene, random: &mut Random) {
    match scene.style {
        Style::Plain => glow::bloom(canvas, 0.22),
        Style::Photo => {
            glow::bloom(canvas, 0.3);
            grain(canvas, 0.035, random.next() as u32);
        }
        Style::Watercolour => paper::watercolour(canvas, random),
        Style::Oil => brushwork::oil(canvas, random),
        Style::Pixel => print::pixels(canvas),
        Style::Ink => paper::ink(canvas, random),
        Style::LineArt => paper::lines(canvas, random),
        Style::Neon => glow::neon(canvas),
        Style::LowPoly => facets::low_poly(canvas, random),
        Style::Minimal => print::minimal(canvas),
        Style::Poster => print::poster(canvas, random),
        Style::StainedGlass => facets::stained_glass(canvas, random),
        Style::Halftone => print::halftone(canvas),
    }
    grade(canvas, scene.grade);
    if matches!(scene.style, Style::Plain | Style::Photo | Style::Neon | Style::Oil)
        && scene.place != Place::Abstract
    {
        vignette(canvas, if scene.grade == Grade::Cinematic { 0.5 } else { 0.26 });
    }
    if scene.grade == Grade::Cinematic {
        grain(canvas, 0.03, random.next() as u32);
    }
}

/// A lens that is close to its subject shows the rest out of focus.
pub(super) fn blurs_backdrop(scene: &Scene) -> bool {
    !scene.actors.is_empty() && (scene.style == Style::Photo || scene.portrait)
}

/// Gives `canvas` the colours `model` has at the same brightness: the shapes stay, the mood changes.
pub(super) fn recolour(canvas: &mut Canvas, model: &Canvas, share: f32) {
    const STEPS: usize = 24;
    let mut ramp = [(Rgb::default(), 0.0_f32); STEPS];
    let step_of = |c: Rgb| ((unit(c.luminance()) * (STEPS - 1) as f32) as usize).min(STEPS - 1);
    for pixel in &model.pixels {
        let (sum, count) = &mut ramp[step_of(*pixel)];
        *sum = *sum + *pixel;
        *count += 1.0;
    }
    let mut last = rgb(0x80_8080);
    let colours = ramp.map(|(sum, count)| {
        if count > 0.0 {
            last = sum * (1.0 / count);
        }
        last
    });
    canvas.all(|_, _, c| {
        let target = colours[step_of(c)];
        let bright = c.luminance();
        let matched = target * (bright / target.luminance().max(0.04)).min(2.0);
        c.toward(matched, share * 0.7)
    });
}

fn grade(canvas: &mut Canvas, grade: Grade) {
    let tone: fn(Rgb) -> Rgb = match grade {
        Grade::None => return,
        Grade::Monochrome => |c| {
            let l = smooth(0.02, 0.98, c.luminance());
            Rgb(l, l, l)
        },
        Grade::Sepia => |c| {
            let l = 0.1 + 0.85 * c.luminance();
            c.saturated(0.25).toward(Rgb(l * 1.12, l * 0.92, l * 0.68), 0.8)
        },
        Grade::Pastel => |c| c.saturated(0.75).toward(rgb(0xff_f4f0), 0.36),
        Grade::Cinematic => |c| {
            let l = c.luminance();
            let shadows = rgb(0x10_4858) * (0.5 + l);
            c.toward(shadows, 0.28 * (1.0 - smooth(0.1, 0.6, l)))
                + rgb(0xff_9040) * (0.07 * smooth(0.4, 0.9, l))
        },
        Grade::Vivid => |c| c.saturated(1.5),
    };
    canvas.all(|_, _, c| tone(c.clamped()));
}

fn vignette(canvas: &mut Canvas, strength: f32) {
    let (half_x, half_y) = (canvas.width as f32 * 0.5, canvas.height as f32 * 0.5);
    canvas.all(|x, y, c| {
        let away = at((x - half_x) / half_x, (y - half_y) / half_y).length();
        c * (1.0 - strength * smooth(0.65, 1.5, away))
    });
}

fn grain(canvas: &mut Canvas, amount: f32, salt: u32) {
    canvas.all(|x, y, c| {
        let speck = noise(x * 0.8, y * 0.8, salt) + noise(x * 0.37, y * 0.37, salt ^ 1) - 1.0;
        c + Rgb(1.0, 1.0, 1.0) * (speck * amount)
    });
}
