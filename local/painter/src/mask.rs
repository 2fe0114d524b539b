//! Where a form covers the pixels, and how much of each.

use super::geometry::{Point, blend, unit};
use super::outline::Form;

/// Coverage, `0.0..=1.0`, in a window that may hang over the picture's edge.
#[derive(Debug, Clone)]
pub(super) struct Mask {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) cover: Vec<f32>,
}

impl Mask {
    /// The union of `forms`, given in pixels; `None` when nothing of it is near the picture.
    ///
    /// `margin` is how far outside the picture still counts: what is blurred later must not see a false edge there.
    pub(super) fn of(forms: &[Form], width: usize, height: usize, margin: f32) -> Option<Self> {
        let [x0, y0, x1, y1] = forms
            .iter()
            .filter_map(Form::bounds)
            .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])])?;
        let left = (x0 - 2.0).max(-margin).floor();
        let top = (y0 - 2.0).max(-margin).floor();
        let right = (x1 + 2.0).min(width as f32 + margin).ceil();
        let bottom = (y1 + 2.0).min(height as f32 + margin).ceil();
        if right <= left || bottom <= top {
            return None;
        }
        let (columns, rows) = ((right - left) as usize, (bottom - top) as usize);
        let mut mask = Self {
            left: left as i32,
            top: top as i32,
            width: columns,
            height: rows,
            cover: vec![0.0; columns * rows],
        };
        for form in forms {
            match form {
                Form::Area(points) => mask.add_area(points),
                Form::Strand(points) => mask.add_strand(points),
            }
        }
        Some(mask)
    }

    /// Exact area coverage: every edge adds its signed area, a running sum along the row fills the inside.
    fn add_area(&mut self, points: &[Point]) {
        let Some([x0, y0, x1, y1]) = Form::Area(points.to_vec()).bounds() else { return };
        // A window of its own: a small form in a large union must not cost the whole window.
        let (left, top) = (self.left as f32, self.top as f32);
        let (from_x, from_y) = ((x0 - left).floor().max(0.0), (y0 - top).floor().max(0.0));
        let to_x = ((x1 - left).ceil() + 1.0).min(self.width as f32);
        let to_y = ((y1 - top).ceil() + 1.0).min(self.height as f32);
        if to_x <= from_x || to_y <= from_y {
            return;
        }
        let (columns, rows) = ((to_x - from_x) as usize, (to_y - from_y) as usize);
        let stride = columns + 2;
        let mut areas = vec![0.0_f32; stride * rows];
        for (i, start) in points.iter().enumerate() {
            let end = points[(i + 1) % points.len()];
            let shift = |p: Point| Point { x: p.x - left - from_x, y: p.y - top - from_y };
            add_edge(&mut areas, columns, rows, shift(*start), shift(end));
        }
        for row in 0..rows {
            let mut sum = 0.0;
            let target = (row + from_y as usize) * self.width + from_x as usize;
            for column in 0..columns {
                sum += areas[row * stride + column];
                let cover = &mut self.cover[target + column];
                *cover = cover.max(sum.abs().min(1.0));
            }
        }
    }

    fn add_strand(&mut self, points: &[(Point, f32)]) {
        if let [(centre, radius)] = points {
            self.add_segment((*centre, *radius), (*centre, *radius));
        }
        for pair in points.windows(2) {
            self.add_segment(pair[0], pair[1]);
        }
    }

    fn add_segment(&mut self, (a, from): (Point, f32), (b, to): (Point, f32)) {
        let (left, top) = (self.left as f32, self.top as f32);
        let widest = from.max(to) + 1.0;
        let x0 = (a.x.min(b.x) - widest - left).floor().max(0.0) as usize;
        let y0 = (a.y.min(b.y) - widest - top).floor().max(0.0) as usize;
        let x1 = (a.x.max(b.x) + widest - left).ceil().clamp(0.0, self.width as f32) as usize;
        let y1 = (a.y.max(b.y) + widest - top).ceil().clamp(0.0, self.height as f32) as usize;
        let along = b - a;
        let squared = (along.x * along.x + along.y * along.y).max(1e-6);
        for y in y0..y1 {
            for x in x0..x1 {
                let p = Point { x: x as f32 + 0.5 + left, y: y as f32 + 0.5 + top };
                let from_start = p - a;
                let t = unit((from_start.x * along.x + from_start.y * along.y) / squared);
                let radius = blend(from, to, t);
                let distance = (from_start - along * t).length();
                // Thinner than a pixel: paler instead of vanishing between two of them.
                let cover = unit(radius.max(0.5) - distance + 0.5) * (radius * 2.0).min(1.0);
                let target = &mut self.cover[y * self.width + x];
                *target = target.max(cover);
            }
        }
    }

    pub(super) fn at(&self, x: i32, y: i32) -> f32 {
        let (column, row) = (x - self.left, y - self.top);
        if column < 0 || row < 0 || column as usize >= self.width || row as usize >= self.height {
            return 0.0;
        }
        self.cover[row as usize * self.width + column as usize]
    }

    pub(super) fn blur(&mut self, radius: f32) {
        self.cover = blurred(&self.cover, self.width, self.height, radius);
    }
}

/// Adds one edge's signed area to the rows it crosses. Beyond the left border it still counts, beyond the right not.
fn add_edge(areas: &mut [f32], columns: usize, rows: usize, start: Point, end: Point) {
    let (sign, upper, lower) = if start.y < end.y { (1.0, start, end) } else { (-1.0, end, start) };
    let (first, last) = (upper.y.max(0.0), lower.y.min(rows as f32));
    if last <= first {
        return;
    }
    let slope = (lower.x - upper.x) / (lower.y - upper.y);
    let border = columns as f32;
    for row in (first as usize)..(last.ceil() as usize).min(rows) {
        let (y0, y1) = (first.max(row as f32), last.min(row as f32 + 1.0));
        let height = (y1 - y0) * sign;
        let enter = (upper.x + (y0 - upper.y) * slope).clamp(0.0, border);
        let leave = (upper.x + (y1 - upper.y) * slope).clamp(0.0, border);
        let (near, far) = (enter.min(leave), enter.max(leave));
        let base = row * (columns + 2);
        let (from, to) = (near.floor() as usize, far.floor() as usize);
        let per_column = if far > near { height / (far - near) } else { 0.0 };
        for column in from..=to {
            let (x0, x1) = (near.max(column as f32), far.min(column as f32 + 1.0));
            let part = if from == to { height } else { per_column * (x1 - x0) };
            let middle = f32::midpoint(x0, x1) - column as f32;
            areas[base + column] += part * (1.0 - middle);
            areas[base + column + 1] += part * middle;
        }
    }
}

/// Two box blurs: near enough to a Gaussian, and as cheap for a wide radius as for a narrow one.
/// Outside the window counts as 0.
pub(super) fn blurred(values: &[f32], width: usize, height: usize, radius: f32) -> Vec<f32> {
    let reach = (radius * 0.6).round().max(0.0) as usize;
    let mut result = values.to_vec();
    if reach == 0 || width == 0 || height == 0 {
        return result;
    }
    let share = 1.0 / (2 * reach + 1) as f32;
    let mut line = vec![0.0; width];
    for row in result.chunks_exact_mut(width) {
        for _ in 0..2 {
            line.copy_from_slice(row);
            let mut sum: f32 = line.iter().take(reach).sum();
            for x in 0..width {
                sum += line.get(x + reach).copied().unwrap_or(0.0);
                row[x] = sum * share;
                if x >= reach {
                    sum -= line[x - reach];
                }
            }
        }
    }
    if height == 1 {
        return result;
    }
    // Down the columns, all of a row at once: the memory is walked in its order.
    for _ in 0..2 {
        let source = result.clone();
        let mut sums = vec![0.0_f32; width];
        for row in source.chunks_exact(width).take(reach) {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
        for y in 0..height {
            if y + reach < height {
                let row = &source[(y + reach) * width..][..width];
                sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            }
            let target = &mut result[y * width..][..width];
            target.iter_mut().zip(&sums).for_each(|(value, sum)| *value = sum * share);
            if y >= reach {
                let row = &source[(y - reach) * width..][..width];
                sums.iter_mut().zip(row).for_each(|(sum, value)| *sum -= value);
            }
        }
    }
    result
}
