//! Values over the picture that change slowly: worked out on a coarse grid, read everywhere.

use super::geometry::blend;

/// Layered noise costs more than all else of a picture, and most of it is far coarser than a pixel.
#[derive(Debug, Clone)]
pub(super) struct Field {
    step: f32,
    columns: usize,
    rows: usize,
    values: Vec<f32>,
}

impl Field {
    /// `value` at every `step`th pixel of rows `0..height`.
    pub(super) fn of(
        width: usize,
        height: usize,
        step: usize,
        value: impl Fn(f32, f32) -> f32,
    ) -> Self {
        let step = step.max(1);
        let (columns, rows) = (width.div_ceil(step) + 2, height.div_ceil(step) + 2);
        let mut values = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            for column in 0..columns {
                values.push(value((column * step) as f32, (row * step) as f32));
            }
        }
        Self { step: step as f32, columns, rows, values }
    }

    /// Between the grid's points; outside, its edge.
    pub(super) fn at(&self, x: f32, y: f32) -> f32 {
        let (x, y) = ((x / self.step).max(0.0), (y / self.step).max(0.0));
        let (column, row) = ((x as usize).min(self.columns - 2), (y as usize).min(self.rows - 2));
        let (u, v) = ((x - column as f32).min(1.0), (y - row as f32).min(1.0));
        let upper = &self.values[row * self.columns + column..];
        let lower = &upper[self.columns..];
        blend(blend(upper[0], upper[1], u), blend(lower[0], lower[1], u), v)
    }
}
