//! The picture while it is painted: more range than a byte, no idea of what it shows.

use image::{Rgb as Pixel, RgbImage};

use super::geometry::{Point, blend, fade, unit};
use super::mask::{Mask, blurred};
use super::outline::Form;
use super::palette::Rgb;

#[derive(Debug, Clone)]
pub(super) struct Canvas {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<Rgb>,
}

impl Canvas {
    pub(super) fn new(width: u32, height: u32) -> Self {
        let (width, height) = (width.max(1) as usize, height.max(1) as usize);
        Self { width, height, pixels: vec![Rgb::default(); width * height] }
    }

    /// `source` cut to this shape around its middle, and scaled.
    pub(super) fn from_image(source: &RgbImage, width: u32, height: u32) -> Self {
        let mut canvas = Self::new(width, height);
        let (across, down) = (source.width() as f32, source.height() as f32);
        let step = (across / canvas.width as f32).min(down / canvas.height as f32);
        let (left, top) = (
            (across - step * canvas.width as f32) * 0.5,
            (down - step * canvas.height as f32) * 0.5,
        );
        let pixel = |x: u32, y: u32| {
            let Pixel([r, g, b]) =
                *source.get_pixel(x.min(source.width() - 1), y.min(source.height() - 1));
            Rgb(f32::from(r), f32::from(g), f32::from(b)) * (1.0 / 255.0)
        };
        // A box of as many samples as the scale leaves out, so that a large source does not flicker.
        let samples = (step.ceil() as u32).clamp(1, 8);
        let share = 1.0 / (samples * samples) as f32;
        canvas.all(|x, y, _| {
            let mut sum = Rgb::default();
            for i in 0..samples * samples {
                let (dx, dy) = ((i % samples) as f32, (i / samples) as f32);
                let offset = |d: f32| ((d + 0.5) / samples as f32 - 0.5) * step;
                let (sx, sy) =
                    (left + x * step + offset(dx) - 0.5, top + y * step + offset(dy) - 0.5);
                let (sx, sy) = (sx.clamp(0.0, across - 1.0), sy.clamp(0.0, down - 1.0));
                let (u, v) = (sx - sx.floor(), sy - sy.floor());
                let (column, row) = (sx as u32, sy as u32);
                let upper = pixel(column, row).toward(pixel(column + 1, row), u);
                let lower = pixel(column, row + 1).toward(pixel(column + 1, row + 1), u);
                sum = sum + upper.toward(lower, v) * share;
            }
            sum
        });
        canvas
    }

    /// The shorter side, in pixels: what sizes are relative to.
    pub(super) fn short(&self) -> f32 {
        self.width.min(self.height) as f32
    }

    pub(super) fn at(&self, x: usize, y: usize) -> Rgb {
        self.pixels[y.min(self.height - 1) * self.width + x.min(self.width - 1)]
    }

    /// The colour between pixels; outside, the nearest edge.
    pub(super) fn between(&self, x: f32, y: f32) -> Rgb {
        let (x, y) =
            (x.clamp(0.0, self.width as f32 - 1.0), y.clamp(0.0, self.height as f32 - 1.0));
        let (left, top) = (x as usize, y as usize);
        let (u, v) = (x - left as f32, y - top as f32);
        let upper = self.at(left, top).toward(self.at(left + 1, top), u);
        upper.toward(self.at(left, top + 1).toward(self.at(left + 1, top + 1), u), v)
    }

    /// Repaints rows `from..to` from each pixel's place and colour.
    pub(super) fn each(
        &mut self,
        from: usize,
        to: usize,
        mut paint: impl FnMut(f32, f32, Rgb) -> Rgb,
    ) {
        for y in from.min(self.height)..to.min(self.height) {
            let row = &mut self.pixels[y * self.width..][..self.width];
            for (x, pixel) in row.iter_mut().enumerate() {
                *pixel = paint(x as f32 + 0.5, y as f32 + 0.5, *pixel);
            }
        }
    }

    /// Repaints every pixel.
    pub(super) fn all(&mut self, paint: impl FnMut(f32, f32, Rgb) -> Rgb) {
        self.each(0, self.height, paint);
    }

    /// Repaints what `mask` covers.
    pub(super) fn cover(&mut self, mask: &Mask, mut paint: impl FnMut(f32, f32, Rgb) -> Rgb) {
        let (x0, y0) = (mask.left.max(0), mask.top.max(0));
        let x1 = (mask.left + mask.width as i32).min(self.width as i32);
        let y1 = (mask.top + mask.height as i32).min(self.height as i32);
        for y in y0..y1 {
            for x in x0..x1 {
                let cover =
                    mask.cover[(y - mask.top) as usize * mask.width + (x - mask.left) as usize];
                if cover > 0.002 {
                    let pixel = &mut self.pixels[y as usize * self.width + x as usize];
                    *pixel = pixel.toward(paint(x as f32 + 0.5, y as f32 + 0.5, *pixel), cover);
                }
            }
        }
    }

    /// `forms`, in pixels, in one colour.
    pub(super) fn fill(&mut self, forms: &[Form], colour: Rgb, strength: f32) {
        if let Some(mask) = Mask::of(forms, self.width, self.height, 0.0) {
            self.cover(&mask, |_, _, under| under.toward(colour, strength));
        }
    }

    /// `forms`, in pixels, with an edge `softness` pixels wide: shadows, mist, light.
    pub(super) fn fill_soft(&mut self, forms: &[Form], colour: Rgb, strength: f32, softness: f32) {
        let reach = softness * 1.6;
        let padded: Vec<Form> = forms.iter().cloned().chain(padding(forms, reach)).collect();
        if let Some(mut mask) = Mask::of(&padded, self.width, self.height, reach) {
            mask.blur(softness);
            self.cover(&mask, |_, _, under| under.toward(colour, strength));
        }
    }

    /// Adds light around a point.
    pub(super) fn glow(&mut self, centre: Point, radius: f32, colour: Rgb, strength: f32) {
        let reach = radius * 7.0;
        let x0 = (centre.x - reach).max(0.0) as usize;
        let x1 = (centre.x + reach).clamp(0.0, self.width as f32) as usize;
        let y0 = (centre.y - reach).max(0.0) as usize;
        let y1 = (centre.y + reach).clamp(0.0, self.height as f32) as usize;
        for y in y0..y1 {
            for x in x0..x1 {
                let away =
                    Point { x: x as f32 + 0.5 - centre.x, y: y as f32 + 0.5 - centre.y }.length();
                let light = strength * fade(away / radius) * unit(1.0 - away / reach);
                let pixel = &mut self.pixels[y * self.width + x];
                // Screened, not added: bright skies must not burn out.
                *pixel = Rgb(
                    screen(pixel.0, colour.0 * light),
                    screen(pixel.1, colour.1 * light),
                    screen(pixel.2, colour.2 * light),
                );
            }
        }
    }

    /// A copy out of focus.
    pub(super) fn defocused(&self, radius: f32) -> Self {
        let channel = |of: fn(&Rgb) -> f32| {
            // The blur counts what is outside as nothing; dividing by a blurred one repairs the border.
            let values: Vec<f32> = self.pixels.iter().map(of).collect();
            blurred(&values, self.width, self.height, radius)
        };
        let (r, g, b) = (channel(|p| p.0), channel(|p| p.1), channel(|p| p.2));
        let column_share = blurred(&vec![1.0; self.width], self.width, 1, radius);
        // A column is blurred as a row is, so a row of the picture's height tells its shares.
        let row_share = blurred(&vec![1.0; self.height], self.height, 1, radius);
        let mut copy = self.clone();
        for (i, pixel) in copy.pixels.iter_mut().enumerate() {
            let share = 1.0 / (column_share[i % self.width] * row_share[i / self.width]);
            *pixel = Rgb(r[i], g[i], b[i]) * share;
        }
        copy
    }

    /// A copy in which every `factor` pixels of each direction are one.
    pub(super) fn shrunk(&self, factor: usize) -> Self {
        let (width, height) = (self.width.div_ceil(factor), self.height.div_ceil(factor));
        let mut copy = Self::new(width as u32, height as u32);
        let mut counts = vec![0.0_f32; copy.pixels.len()];
        for (row, line) in self.pixels.chunks_exact(self.width).enumerate() {
            for (column, pixel) in line.iter().enumerate() {
                let i = row / factor * width + column / factor;
                copy.pixels[i] = copy.pixels[i] + *pixel;
                counts[i] += 1.0;
            }
        }
        for (pixel, count) in copy.pixels.iter_mut().zip(&counts) {
            *pixel = *pixel * (1.0 / count.max(1.0));
        }
        copy
    }

    pub(super) fn mixed(&mut self, other: &Self, share: f32) {
        for (pixel, with) in self.pixels.iter_mut().zip(&other.pixels) {
            *pixel = pixel.toward(*with, share);
        }
    }

    pub(super) fn to_image(&self) -> RgbImage {
        let byte = |value: f32| (unit(value) * 255.0 + 0.5) as u8;
        RgbImage::from_fn(self.width as u32, self.height as u32, |x, y| {
            let Rgb(r, g, b) = self.pixels[y as usize * self.width + x as usize];
            Pixel([byte(r), byte(g), byte(b)])
        })
    }
}

/// Two empty corners that widen the window of `forms` by `reach`.
fn padding(forms: &[Form], reach: f32) -> Vec<Form> {
    forms
        .iter()
        .filter_map(Form::bounds)
        .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])
        .map(|[x0, y0, x1, y1]| {
            let corner = |x, y| Form::Area(vec![Point { x, y }]);
            vec![corner(x0 - reach, y0 - reach), corner(x1 + reach, y1 + reach)]
        })
        .unwrap_or_default()
}

fn screen(under: f32, light: f32) -> f32 {
    if under >= 1.0 { under } else { blend(under, 1.0, unit(light)) }
}
