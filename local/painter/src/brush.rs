//! Paints forms as lit bodies, in the units of one subject.

use super::canvas::Canvas;
use super::geometry::{Point, at, blend, smooth, unit};
use super::light::Light;
use super::mask::{Mask, blurred};
use super::outline::Form;
use super::palette::Rgb;
use super::random::{layered, noise};

/// Where a subject stands: its units to pixels. One unit is its height; y points up from the ground.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) origin: Point,
    pub(super) scale: f32,
    pub(super) flip: bool,
    pub(super) tilt: f32,
}

impl Frame {
    pub(super) fn pixel(&self, p: Point) -> Point {
        let p = p.turned(self.tilt);
        let x = if self.flip { -p.x } else { p.x };
        at(self.origin.x + x * self.scale, self.origin.y - p.y * self.scale)
    }

    /// A frame inside this one.
    pub(super) fn part(&self, x: f32, y: f32, scale: f32) -> Self {
        Self { origin: self.pixel(at(x, y)), scale: self.scale * scale, ..*self }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    Smooth,
    Fur,
    Feather,
    Stone,
    Wood,
    Leaf,
    Scale,
}

/// What a body is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surface {
    pub(super) colour: Rgb,
    pub(super) grain: Grain,
    /// How far from its edge a body still curves, in units. 0 is flat.
    pub(super) puff: f32,
    pub(super) shine: f32,
}

pub(super) const fn surface(colour: Rgb, grain: Grain, puff: f32) -> Surface {
    Surface { colour, grain, puff, shine: 0.0 }
}

pub(super) const fn smooth_skin(colour: Rgb, puff: f32) -> Surface {
    surface(colour, Grain::Smooth, puff)
}

pub(super) const fn fur(colour: Rgb, puff: f32) -> Surface {
    surface(colour, Grain::Fur, puff)
}

impl Surface {
    pub(super) const fn shiny(self, shine: f32) -> Self {
        Self { shine, ..self }
    }
}

/// A patch of another colour on a body: it takes the body's light and ends where the body ends.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    forms: Vec<Form>,
    colour: Rgb,
    soft: f32,
}

pub(super) fn mark(forms: impl Into<Vec<Form>>, colour: Rgb, soft: f32) -> Mark {
    Mark { forms: forms.into(), colour, soft }
}

pub(super) struct Brush<'a> {
    pub(super) canvas: &'a mut Canvas,
    pub(super) frame: Frame,
    pub(super) light: &'a Light,
    /// How much air is between: 0 is near, 1 is gone in the haze.
    pub(super) distance: f32,
    pub(super) salt: u32,
}

impl Brush<'_> {
    /// The same brush in a part of its frame.
    pub(super) fn part(&mut self, x: f32, y: f32, scale: f32, paint: impl FnOnce(&mut Brush)) {
        let frame = self.frame.part(x, y, scale);
        paint(&mut Brush {
            canvas: self.canvas,
            frame,
            light: self.light,
            distance: self.distance,
            salt: self.salt,
        });
    }

    fn placed(&self, forms: &[Form]) -> Vec<Form> {
        forms.iter().map(|form| form.mapped(self.frame.scale, |p| self.frame.pixel(p))).collect()
    }

    /// A body: the union of `forms`, its edge rounded away from the viewer, in this picture's light.
    pub(super) fn model(&mut self, forms: &[Form], surface: Surface, marks: &[Mark]) {
        let radius = surface.puff * self.frame.scale;
        let placed = self.placed(forms);
        let Some(mut mask) =
            Mask::of(&placed, self.canvas.width, self.canvas.height, radius.min(200.0))
        else {
            return;
        };
        if matches!(surface.grain, Grain::Fur | Grain::Leaf) {
            self.roughen(&mut mask, if surface.grain == Grain::Fur { 0.0075 } else { 0.03 });
        }
        let mut colours = self.grained(&mask, surface);
        for mark in marks {
            self.apply(mark, &mask, surface, &mut colours);
        }
        let relief = relief(&mask, radius);
        let mut index = 0;
        let light = self.light;
        let distance = self.distance;
        let shine = surface.shine;
        for (i, colour) in colours.iter_mut().enumerate() {
            if mask.cover[i] > 0.002 {
                let lit = light.shade(*colour, relief[i], shine);
                *colour = lit.toward(light.haze, distance);
            }
        }
        let (left, top, width) = (mask.left, mask.top, mask.width);
        self.canvas.cover(&mask, |x, y, _| {
            index = (y as i32 - top) as usize * width + (x as i32 - left) as usize;
            colours[index]
        });
    }

    /// A body too far away for its form to be seen: one colour, in the light and in the haze.
    pub(super) fn sketch(&mut self, forms: &[Form], surface: Surface) {
        let lit = self.light.shade(surface.colour, (0.0, 0.0), 0.0);
        let placed = self.placed(forms);
        self.canvas.fill(&placed, lit.toward(self.light.haze, self.distance), 1.0);
    }

    /// A body of one material without patches.
    pub(super) fn body(&mut self, forms: &[Form], surface: Surface) {
        self.model(forms, surface, &[]);
    }

    /// Flat: eyes, noses, lines. Takes the colour of the light but no form.
    pub(super) fn flat(&mut self, forms: &[Form], colour: Rgb) {
        let lit = self.light.flat(colour).toward(self.light.haze, self.distance);
        let placed = self.placed(forms);
        self.canvas.fill(&placed, lit, 1.0);
    }

    /// Shines by itself: windows, flames, eyes of machines.
    pub(super) fn shine(&mut self, forms: &[Form], colour: Rgb) {
        let placed = self.placed(forms);
        self.canvas.fill(&placed, colour.toward(self.light.haze, self.distance * 0.5), 1.0);
    }

    /// See-through: glass, foam, smoke, a veil of shadow.
    pub(super) fn veil(&mut self, forms: &[Form], colour: Rgb, strength: f32, soft: f32) {
        let placed = self.placed(forms);
        self.canvas.fill_soft(&placed, colour, strength, soft * self.frame.scale);
    }

    pub(super) fn glow(&mut self, x: f32, y: f32, radius: f32, colour: Rgb, strength: f32) {
        let centre = self.frame.pixel(at(x, y));
        self.canvas.glow(centre, radius * self.frame.scale, colour, strength);
    }

    /// Tufts: the edge is looked up a little off its place.
    fn roughen(&self, mask: &mut Mask, amount: f32) {
        let reach = amount * self.frame.scale;
        if reach < 0.7 {
            return;
        }
        let source = mask.clone();
        let fine = 1.0 / (reach * 0.75);
        for row in 0..mask.height as i32 {
            for column in 0..mask.width as i32 {
                let i = row as usize * mask.width + column as usize;
                let (x, y) = (column + mask.left, row + mask.top);
                let here = source.cover[i];
                let step = reach as i32 + 1;
                // Far inside or far outside nothing changes, and that is nearly everywhere.
                let around = [(-step, 0), (step, 0), (0, -step), (0, step)];
                if around.iter().all(|(dx, dy)| (source.at(x + dx, y + dy) - here).abs() < 1e-3) {
                    continue;
                }
                let (u, v) = (x as f32 * fine, y as f32 * fine);
                let dx = (noise(u, v * 0.45, self.salt) - 0.5) * 2.0 * reach;
                let dy = (noise(u, v, self.salt ^ 0x55) - 0.5) * 2.0 * reach;
                mask.cover[i] = source.at(x + dx as i32, y + dy as i32);
            }
        }
    }

    fn grained(&self, mask: &Mask, surface: Surface) -> Vec<Rgb> {
        let unit_per_pixel = 1.0 / self.frame.scale;
        let mut colours = vec![surface.colour; mask.cover.len()];
        if surface.grain == Grain::Smooth {
            return colours;
        }
        for (i, colour) in colours.iter_mut().enumerate() {
            if mask.cover[i] <= 0.002 {
                continue;
            }
            let x =
                ((i % mask.width) as f32 + mask.left as f32 - self.frame.origin.x) * unit_per_pixel;
            let y =
                ((i / mask.width) as f32 + mask.top as f32 - self.frame.origin.y) * unit_per_pixel;
            *colour = *colour * self.grain_at(surface.grain, x, y);
        }
        colours
    }

    fn grain_at(&self, grain: Grain, x: f32, y: f32) -> f32 {
        let salt = self.salt;
        match grain {
            Grain::Smooth => 1.0,
            Grain::Fur => {
                // Hair falls down and a little outwards, so the noise is long that way.
                let bend = x * y * 16.0;
                0.82 + 0.24 * noise(x * 120.0 + bend, y * 26.0, salt)
                    + 0.14 * noise(x * 14.0, y * 9.0, salt ^ 3)
            }
            Grain::Feather => {
                let row = (y * 26.0).floor();
                let shift = if row as i32 % 2 == 0 { 0.0 } else { 0.5 };
                let across = x * 22.0 + shift;
                let cell = across - across.floor() - 0.5;
                let down = y * 26.0 - row;
                0.78 + 0.3 * smooth(0.95, 0.2, down + cell * cell * 1.6)
                    + 0.1 * noise(x * 60.0, y * 20.0, salt)
            }
            Grain::Stone => {
                0.74 + 0.34 * layered(x * 11.0, y * 11.0, 3, salt)
                    + 0.14 * noise(x * 70.0, y * 70.0, salt ^ 9)
            }
            Grain::Wood => {
                0.8 + 0.3 * noise(x * 9.0 + 2.0 * noise(x * 4.0, y * 5.0, salt), y * 60.0, salt ^ 5)
            }
            Grain::Leaf => 0.66 + 0.6 * layered(x * 26.0, y * 26.0, 2, salt),
            Grain::Scale => {
                let row = (y * 30.0).floor();
                let shift = if row as i32 % 2 == 0 { 0.0 } else { 0.5 };
                let across = x * 24.0 + shift;
                let cell = across - across.floor() - 0.5;
                let down = y * 30.0 - row - 0.5;
                1.08 - 0.9 * (cell * cell + down * down).min(0.4)
            }
        }
    }

    fn apply(&self, mark: &Mark, body: &Mask, surface: Surface, colours: &mut [Rgb]) {
        let placed = self.placed(&mark.forms);
        let soft = mark.soft * self.frame.scale;
        let Some(mut patch) = Mask::of(&placed, self.canvas.width, self.canvas.height, 400.0)
        else {
            return;
        };
        if soft >= 1.0 {
            patch = widened(&patch, (soft * 1.5) as i32 + 1);
            patch.blur(soft);
        }
        let unit_per_pixel = 1.0 / self.frame.scale;
        for row in 0..patch.height as i32 {
            for column in 0..patch.width as i32 {
                let (x, y) = (column + patch.left, row + patch.top);
                let strength = patch.cover[row as usize * patch.width + column as usize];
                if strength <= 0.002 || body.at(x, y) <= 0.002 {
                    continue;
                }
                let i = (y - body.top) as usize * body.width + (x - body.left) as usize;
                let u = (x as f32 - self.frame.origin.x) * unit_per_pixel;
                let v = (y as f32 - self.frame.origin.y) * unit_per_pixel;
                let grain = self.grain_at(surface.grain, u, v);
                colours[i] = colours[i].toward(mark.colour * grain, strength);
            }
        }
    }
}

fn widened(mask: &Mask, by: i32) -> Mask {
    let (width, height) = (mask.width + 2 * by as usize, mask.height + 2 * by as usize);
    let mut cover = vec![0.0; width * height];
    for (row, line) in mask.cover.chunks_exact(mask.width.max(1)).enumerate() {
        cover[(row + by as usize) * width + by as usize..][..mask.width].copy_from_slice(line);
    }
    Mask { left: mask.left - by, top: mask.top - by, width, height, cover }
}

/// The slope of a body's front at every pixel of its mask, as if it were inflated: `(to the right, downwards)`.
fn relief(mask: &Mask, radius: f32) -> Vec<(f32, f32)> {
    let mut slopes = vec![(0.0, 0.0); mask.cover.len()];
    if radius < 1.0 {
        return slopes;
    }
    // A wide blur has no fine detail: a coarse grid holds it at a fraction of the cost.
    let step = ((radius / 5.0) as usize).clamp(1, 12);
    let (width, height) = (mask.width.div_ceil(step) + 1, mask.height.div_ceil(step) + 1);
    let mut coarse = vec![0.0; width * height];
    let share = 1.0 / (step * step) as f32;
    for (row, line) in mask.cover.chunks_exact(mask.width).enumerate() {
        for (column, cover) in line.iter().enumerate() {
            coarse[row / step * width + column / step] += cover * share;
        }
    }
    let wide = blurred(&coarse, width, height, radius / step as f32);
    let near = blurred(&coarse, width, height, radius * 0.35 / step as f32);
    let heights: Vec<f32> = wide.iter().zip(&near).map(|(w, n)| w * 2.4 + n * 0.5).collect();
    let height_at = |x: usize, y: usize| heights[y.min(height - 1) * width + x.min(width - 1)];
    let steepness = radius / step as f32 * 0.5;
    let mut grid = vec![(0.0, 0.0); width * height];
    for y in 0..height {
        for x in 0..width {
            let dx = height_at(x + 1, y) - height_at(x.saturating_sub(1), y);
            let dy = height_at(x, y + 1) - height_at(x, y.saturating_sub(1));
            grid[y * width + x] = (dx * steepness, dy * steepness);
        }
    }
    let back = 1.0 / step as f32;
    for (i, slope) in slopes.iter_mut().enumerate() {
        if mask.cover[i] <= 0.002 {
            continue;
        }
        let x = (((i % mask.width) as f32 + 0.5) * back - 0.5).max(0.0);
        let y = (((i / mask.width) as f32 + 0.5) * back - 0.5).max(0.0);
        let (column, row) = (x as usize, y as usize);
        let (u, v) = (unit(x - column as f32), unit(y - row as f32));
        let g = |cx: usize, cy: usize| grid[cy.min(height - 1) * width + cx.min(width - 1)];
        let (a, b, c, d) =
            (g(column, row), g(column + 1, row), g(column, row + 1), g(column + 1, row + 1));
        *slope = (
            blend(blend(a.0, b.0, u), blend(c.0, d.0, u), v),
            blend(blend(a.1, b.1, u), blend(c.1, d.1, u), v),
        );
    }
    slopes
}
