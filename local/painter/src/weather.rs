//! What falls or hangs between the picture and the viewer.

use super::canvas::Canvas;
use super::geometry::at;
use super::light::Light;
use super::outline::{limb, oval};
use super::palette::{WHITE, rgb};
use super::places::Stage;
use super::random::Random;
use super::scene::{Place, Scene, Season, Weather};
use super::sky::mist;

pub(super) fn paint(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    stage: Stage,
    random: &Random,
) {
    if matches!(
        scene.place,
        Place::Space | Place::Underwater | Place::Room | Place::Studio | Place::Abstract
    ) {
        return;
    }
    let mut random = random.fork("weather");
    match scene.weather {
        Weather::Snow => snow(canvas, light, &mut random),
        Weather::Rain | Weather::Storm => rain(canvas, scene, light, &mut random),
        Weather::Fog => fog(canvas, light, stage, &mut random),
        Weather::Clear | Weather::Cloudy => {
            if scene.season == Season::Autumn {
                leaves(canvas, light, &mut random);
            }
        }
    }
}

fn snow(canvas: &mut Canvas, light: &Light, random: &mut Random) {
    let (width, height, short) = (canvas.width as f32, canvas.height as f32, canvas.short());
    let flake = light.flat(WHITE).lighter(0.5);
    for i in 0..(330.0 * width * height / (short * short)) as usize {
        let near = (i % 20) as f32 / 19.0;
        let near = near * near * near;
        let p = at(random.unit() * width, random.unit() * height);
        let r = short * (0.0014 + 0.008 * near) * random.between(0.7, 1.3);
        canvas.fill_soft(&[oval(p.x, p.y, r, r)], flake, 0.85 - 0.35 * near, r * 0.8 * near + 0.4);
    }
}

fn rain(canvas: &mut Canvas, scene: &Scene, light: &Light, random: &mut Random) {
    let (width, height, short) = (canvas.width as f32, canvas.height as f32, canvas.short());
    let slant = if scene.weather == Weather::Storm {
        random.pick(&[-0.42, 0.42])
    } else {
        random.between(-0.12, 0.12)
    };
    let drop = light.haze.lighter(0.45);
    for _ in 0..(620.0 * width * height / (short * short)) as usize {
        let p = at(random.between(-0.2, 1.2) * width, random.between(-0.1, 1.0) * height);
        let long = short * random.between(0.018, 0.06);
        let streak = limb(&[(p.x, p.y, 0.35), (p.x + slant * long, p.y + long, short * 0.0008)]);
        canvas.fill(&[streak], drop, random.between(0.16, 0.46));
    }
}

fn fog(canvas: &mut Canvas, light: &Light, stage: Stage, random: &mut Random) {
    let short = canvas.short();
    let veil = light.haze.toward(rgb(0xe8_e8e8), 0.2);
    mist(canvas, veil, stage.far, short * 0.18, 0.45, random.next() as u32);
    mist(canvas, veil, canvas.height as f32, short * 0.3, 0.4, random.next() as u32);
}

fn leaves(canvas: &mut Canvas, light: &Light, random: &mut Random) {
    let (width, height, short) = (canvas.width as f32, canvas.height as f32, canvas.short());
    for _ in 0..(34.0 * width / short) as usize {
        let p = at(random.unit() * width, random.unit() * height);
        let r = short * random.between(0.005, 0.012);
        let colour = random.pick(&[rgb(0xd0_6020), rgb(0xe0_9028), rgb(0xb0_3c20)]);
        let leaf = super::outline::tilted_oval(p.x, p.y, r, r * 0.5, random.between(0.0, 3.0));
        canvas.fill(&[leaf], light.flat(colour), 0.95);
    }
}
