//! Places the subjects on their stage.

use super::brush::{Brush, Frame, Grain, surface};
use super::canvas::Canvas;
use super::geometry::{at, blend, unit};
use super::light::Light;
use super::outline::{blob, oval};
use super::palette::{Rgb, rgb};
use super::places::Stage;
use super::random::Random;
use super::scene::{Actor, Kind, Place, Scene, Stance};
use super::subjects::{self, Look};
use super::terrain;

/// One figure: who, where, how large.
#[derive(Debug, Clone, Copy)]
struct Role {
    actor: Actor,
    x: f32,
    foot: f32,
    size: f32,
    flip: bool,
    tilt: f32,
    stance: Stance,
    distance: f32,
}

pub(super) fn paint(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    stage: Stage,
    random: &Random,
) {
    let mut random = random.fork("cast");
    if let Some(actor) = scene.actors.first().filter(|a| scene.portrait && has_face(a.kind)) {
        subjects::portrait(canvas, light, *actor, &mut random);
        return;
    }
    let mut roles = Vec::new();
    let total: usize = scene.actors.iter().map(|a| a.count).sum();
    let crowd = 1.0 / (1.0 + 0.24 * (total.max(1) - 1) as f32);
    let mut slot = 0;
    let shuffle = random.pick(&[1.0, -1.0]);
    for actor in &scene.actors {
        for _ in 0..actor.count {
            roles.push(role(
                canvas,
                scene,
                stage,
                *actor,
                (slot, total, crowd, shuffle),
                &mut random,
            ));
            slot += 1;
        }
    }
    // Far ones first, so that near ones stand before them.
    roles.sort_by(|a, b| a.foot.total_cmp(&b.foot));
    for (i, role) in roles.iter().enumerate() {
        let mut chance = random.fork(&format!("role {i}"));
        enter(canvas, scene, light, *role, &mut chance);
    }
}

fn has_face(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Person
            | Kind::Woman
            | Kind::Child
            | Kind::Sailor
            | Kind::King
            | Kind::Queen
            | Kind::Knight
            | Kind::Wizard
    )
}

fn role(
    canvas: &Canvas,
    scene: &Scene,
    stage: Stage,
    actor: Actor,
    (slot, total, crowd, shuffle): (usize, usize, f32, f32),
    random: &mut Random,
) -> Role {
    let (width, height, short) = (canvas.width as f32, canvas.height as f32, canvas.short());
    let nature = actor.kind.nature();
    let stance = stance_in(scene.place, nature.stance);
    let lone_small = actor.size < 0.5;
    let mut size = short * nature.size * crowd.max(0.36) * actor.size * random.between(0.76, 1.12);
    // A tall picture may show a tall thing, and nothing may be wider than its share.
    size *= (height / width).sqrt().clamp(1.0, 1.4);
    size =
        size.min(width * 0.86 / nature.girth / (total as f32).sqrt().max(1.0)).min(height * 0.84);
    let reach = (width / short).min(2.0) * 0.5;
    let spread = if total == 1 {
        random.between(-0.27, 0.27) * reach.max(0.5)
    } else {
        let even = (slot as f32 + 0.5) / total as f32 - 0.5;
        (even * 1.55 + random.between(-0.12, 0.12) / total as f32) * reach * shuffle
    };
    let x = (width * 0.5 + spread * short).clamp(
        size * nature.girth * 0.4,
        (width - size * nature.girth * 0.4).max(size * nature.girth * 0.4),
    );
    let depth = if total == 1 { random.between(0.75, 1.0) } else { random.unit() };
    let (foot, tilt) = match stance {
        Stance::Ground => (blend(stage.far, stage.near, blend(0.35, 1.0, depth)), 0.0),
        Stance::Table => (blend(stage.far, stage.near, blend(0.7, 1.0, depth)), 0.0),
        Stance::Afloat => (
            // On a lake the near end of the stage is land.
            blend(
                stage.horizon,
                if scene.place == Place::Sea { stage.near } else { stage.far },
                blend(0.45, 0.85, depth),
            ),
            random.between(-0.04, 0.04),
        ),
        Stance::Air => {
            let room = if scene.place == Place::Space || scene.place == Place::Sky {
                height * 0.94
            } else {
                stage.horizon * 1.1
            };
            let low = (room - size * 0.25).max(size * 1.02);
            let middle = height * 0.5 + size * 0.5;
            let y = if total == 1 {
                (middle.min(low) + random.between(-0.05, 0.05) * height).max(size * 1.1)
            } else {
                random.between(size * 1.1, low.max(size * 1.15))
            };
            (y, air_tilt(actor.kind, random))
        }
        Stance::Deep => {
            let middle =
                if total == 1 { height * 0.52 } else { height * random.between(0.18, 0.78) };
            (middle + size * 0.5, random.between(-0.12, 0.12))
        }
    };
    let near = unit((foot - stage.far) / (stage.near - stage.far).max(1.0));
    let perspective =
        if total > 1 && matches!(stance, Stance::Ground) { blend(0.78, 1.08, near) } else { 1.0 };
    let foot = if scene.raised && slot == 0 { stage.far - short * 0.02 } else { foot };
    if matches!(stance, Stance::Ground | Stance::Table | Stance::Afloat) {
        // Nobody loses his head at the upper border.
        size = size.min(foot * 0.9);
    }
    Role {
        actor,
        x,
        foot: if lone_small { stage.far + short * 0.03 } else { foot },
        size: size * perspective,
        flip: random.chance(0.5),
        tilt,
        stance,
        distance: if matches!(stance, Stance::Deep | Stance::Air) && total > 1 {
            random.between(0.0, 0.3)
        } else {
            0.0
        },
    }
}

/// In space everybody floats, under water everything sinks or swims.
fn stance_in(place: Place, usual: Stance) -> Stance {
    match place {
        Place::Space | Place::Abstract => Stance::Air,
        Place::Studio | Place::Room => Stance::Table,
        Place::Underwater => match usual {
            Stance::Deep | Stance::Air => Stance::Deep,
            Stance::Ground | Stance::Afloat | Stance::Table => Stance::Ground,
        },
        Place::Sea | Place::Lake | Place::Beach => match usual {
            Stance::Table => Stance::Ground,
            Stance::Ground | Stance::Air | Stance::Afloat | Stance::Deep => usual,
        },
        Place::Meadow
        | Place::Forest
        | Place::Mountains
        | Place::Desert
        | Place::City
        | Place::Sky => match usual {
            // A whale over a meadow is a dream, and dreams fly.
            Stance::Deep | Stance::Air => Stance::Air,
            Stance::Ground | Stance::Afloat | Stance::Table => Stance::Ground,
        },
    }
}

fn air_tilt(kind: Kind, random: &mut Random) -> f32 {
    match kind {
        Kind::Rocket => random.between(-0.75, -0.35),
        Kind::Balloon => random.between(-0.03, 0.03),
        Kind::Plane => random.between(0.02, 0.16),
        _ => random.between(-0.16, 0.16),
    }
}

fn enter(canvas: &mut Canvas, scene: &Scene, light: &Light, role: Role, random: &mut Random) {
    let mut foot = role.foot;
    if scene.raised {
        foot = knoll(canvas, scene, light, role, random);
    } else if role.actor.kind == Kind::Lighthouse && matches!(scene.place, Place::Sea | Place::Lake)
    {
        foot = islet(canvas, scene, light, role, random);
    } else if matches!(role.stance, Stance::Ground | Stance::Table) {
        shadow(canvas, light, role, foot);
    }
    let frame =
        Frame { origin: at(role.x, foot), scale: role.size, flip: role.flip, tilt: role.tilt };
    let mut look = Look {
        colour: role.actor.colour,
        old: role.actor.old,
        lit: scene.dark() || light.dark,
        random: random.fork("look"),
    };
    let salt = random.next() as u32;
    let before = (role.stance == Stance::Afloat).then(|| canvas.clone());
    subjects::draw(
        role.actor.kind,
        &mut Brush { canvas, frame, light, distance: role.distance, salt },
        &mut look,
    );
    if let Some(before) = before {
        reflect(canvas, &before, role, foot, salt);
    }
    if role.stance == Stance::Ground
        && !scene.raised
        && matches!(scene.place, Place::Meadow | Place::Forest)
        && scene.style != super::scene::Style::Minimal
    {
        tuck_in(canvas, scene, light, role, foot, random);
    }
}

/// A soft shadow away from the light, a dark one where the thing touches.
fn shadow(canvas: &mut Canvas, light: &Light, role: Role, foot: f32) {
    let half = role.size * role.actor.kind.nature().girth * 0.42;
    let away = -light.toward[0] * role.size * 0.22;
    let dark = Rgb(0.05, 0.05, 0.11);
    let strength = if light.dark { 0.3 } else { 0.36 };
    canvas.fill_soft(
        &[oval(role.x + away, foot + role.size * 0.012, half * 1.25, role.size * 0.05)],
        dark,
        strength,
        role.size * 0.05,
    );
    canvas.fill_soft(
        &[oval(role.x, foot, half * 0.85, role.size * 0.022)],
        dark,
        strength * 1.3,
        role.size * 0.018,
    );
}

/// The rock a castle stands on; returns where its top is.
fn knoll(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    role: Role,
    random: &mut Random,
) -> f32 {
    let half = role.size * role.actor.kind.nature().girth * 0.72;
    let bottom = canvas.height as f32;
    let top = role.foot.max(role.size * 1.05);
    let frame =
        Frame { origin: at(role.x, top), scale: role.size, flip: random.chance(0.5), tilt: 0.0 };
    let (reach, deep) = (half / role.size, (bottom - top) / role.size + 0.2);
    let mut outline = vec![(-reach * 0.72, 0.02), (0.0, 0.035), (reach * 0.72, 0.01)];
    let steps = 5;
    for i in 1..=steps {
        let t = i as f32 / steps as f32;
        outline.push((reach * blend(0.85, 2.0, t * t) + random.between(-0.05, 0.05), -deep * t));
    }
    for i in (1..=steps).rev() {
        let t = i as f32 / steps as f32;
        outline.push((-reach * blend(0.85, 2.2, t * t) + random.between(-0.05, 0.05), -deep * t));
    }
    let stone = if scene.snowy() { rgb(0xc8_d0dc) } else { rgb(0x7c_7870) };
    let green = if scene.snowy() { rgb(0xf0_f4fa) } else { terrain::grass_colour(scene) * 0.8 };
    let mut brush = Brush { canvas, frame, light, distance: 0.0, salt: random.next() as u32 };
    let turf = super::brush::mark(
        [blob(&[
            (-reach * 1.3, -0.16),
            (-reach * 0.5, -0.12),
            (0.0, -0.07),
            (reach * 0.5, -0.14),
            (reach * 1.3, -0.17),
            (reach, 0.1),
            (-reach, 0.1),
        ])],
        green,
        0.02,
    );
    brush.model(&[super::outline::polygon(&outline)], surface(stone, Grain::Stone, 0.2), &[turf]);
    top
}

/// Rocks in the sea with foam around them.
fn islet(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    role: Role,
    random: &mut Random,
) -> f32 {
    let foot = role.foot;
    for i in 0..7 {
        let t = i as f32 / 6.0;
        let x = role.x + (t - 0.5) * role.size * 0.75;
        let scale = role.size * random.between(0.16, 0.3) * (1.2 - (t - 0.5).abs());
        let frame = Frame {
            origin: at(x, foot + role.size * 0.07),
            scale,
            flip: random.chance(0.5),
            tilt: 0.0,
        };
        let mut brush = Brush { canvas, frame, light, distance: 0.0, salt: random.next() as u32 };
        terrain::rock(&mut brush, scene.snowy(), random);
    }
    let foam = light.flat(rgb(0xf4_f8fa));
    let strength = if scene.wet() { 0.95 } else { 0.55 };
    for _ in 0..26 {
        let t = random.between(-1.0, 1.0);
        let r = role.size * random.between(0.012, 0.04) * if scene.wet() { 1.5 } else { 1.0 };
        let y = foot
            + role.size * 0.08 * (1.0 - t.abs() * 0.4)
            + random.between(-0.01, 0.02) * role.size;
        canvas.fill_soft(
            &[oval(role.x + t * role.size * 0.52, y, r * 1.8, r * 0.6)],
            foam,
            strength,
            r * 0.3,
        );
    }
    foot - role.size * 0.07
}

/// What floats is seen again in the water, broken by its waves.
fn reflect(canvas: &mut Canvas, before: &Canvas, role: Role, foot: f32, salt: u32) {
    let after = canvas.clone();
    let short = canvas.short();
    let (from, to) = (foot.max(0.0) as usize, (foot + role.size * 0.75).max(0.0) as usize);
    canvas.each(from, to, |x, y, under| {
        let down = (y - foot) / role.size;
        let wave = super::random::layered(x / short * 9.0, y / short * 55.0, 2, salt) - 0.5;
        let (sx, sy) = (
            x + wave * short * 0.035 * (0.3 + down),
            foot - (y - foot) * 1.15 - wave * short * 0.02,
        );
        if sy < 0.0 || sy >= foot {
            return under;
        }
        let (seen, was) = (after.between(sx, sy), before.between(sx, sy));
        let changed = unit(seen.distance(was) * 60.0);
        under.toward(seen * 0.8, changed * 0.62 * unit(1.0 - down * 1.2))
    });
}

/// Grass or snow before the feet: nothing stands on a field as on a shelf.
fn tuck_in(
    canvas: &mut Canvas,
    scene: &Scene,
    light: &Light,
    role: Role,
    foot: f32,
    random: &mut Random,
) {
    let half = role.size * role.actor.kind.nature().girth * 0.55;
    if scene.snowy() {
        let snow = light.flat(rgb(0xee_f3fb));
        for i in 0..7 {
            let x = role.x + (i as f32 / 3.0 - 1.0) * half * 0.8;
            let r = role.size * random.between(0.045, 0.075);
            canvas.fill_soft(&[oval(x, foot + r * 0.75, r * 2.4, r * 0.62)], snow, 0.85, r * 0.35);
        }
        return;
    }
    let green = terrain::grass_colour(scene) * 0.82;
    for _ in 0..70 {
        let x = role.x + random.between(-1.0, 1.0) * half;
        let tall = role.size * random.between(0.03, 0.085);
        let lean = random.between(-0.4, 0.4) * tall;
        let y = foot + role.size * random.between(0.0, 0.035);
        let blade = super::outline::limb(&[
            (x, y, tall * 0.07),
            (x + lean * 0.3, y - tall * 0.6, tall * 0.045),
            (x + lean, y - tall, 0.2),
        ]);
        canvas.fill(&[blade], light.flat(green * random.between(0.6, 1.2)), 0.95);
    }
}
