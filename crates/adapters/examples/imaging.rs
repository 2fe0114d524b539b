//! How long a picture takes, and how large it becomes.
//!
//! `cargo run --release -p imagegen-adapters --example imaging [picture.png …]`
//!
//! Without a picture it makes one of 1024 × 1024: soft shapes with fine grain, which is about as
//! hard to compress as a photograph. Prints the medians of 15 runs on one thread: of the time that
//! passed and, where Linux tells it, of the time that the thread had a core.

use std::time::{Duration, Instant};

use image::{ImageFormat, Rgb, RgbImage};
use imagegen_adapters::imaging::{Order, finish, for_moderation};
use imagegen_core::catalog::OutputFormat;
use imagegen_core::ports::imaging::{Finished, Recipe};

const RUNS: usize = 15;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut pictures = Vec::new();
    for path in std::env::args().skip(1) {
        pictures.push((path.clone(), std::fs::read(path)?));
    }
    if pictures.is_empty() {
        pictures.push(("1024 × 1024, synthetic".to_owned(), synthetic()?));
    }
    for (name, bytes) in pictures {
        println!("{name}, {} kB", bytes.len() / 1000);
        let recipe = recipe();
        for format in [OutputFormat::Png, OutputFormat::Webp, OutputFormat::Jpeg] {
            for watermark in [false, true] {
                let order = Order { bytes: &bytes, format, watermark, recipe: &recipe };
                let (time, finished) = median(|| finish(&order))?;
                report(&format!("{format:?}, watermark {watermark}"), &time, &finished);
            }
        }
        let finished = finish(&Order {
            bytes: &bytes,
            format: OutputFormat::Webp,
            watermark: false,
            recipe: &recipe,
        })?;
        let order = Order {
            bytes: &finished.original.bytes,
            format: OutputFormat::Webp,
            watermark: false,
            recipe: &recipe,
        };
        let (time, finished) = median(|| finish(&order))?;
        report("Webp from WebP", &time, &finished);
        let (time, jpeg) = median(|| for_moderation(bytes.clone()))?;
        println!(
            "  {:<24} {:>6.1} ms ({:.1} ms on a core)  {} kB",
            "for_moderation",
            ms(time.passed),
            ms(time.on_core),
            jpeg.len() / 1000
        );
    }
    Ok(())
}

fn report(what: &str, time: &Time, finished: &Finished) {
    println!(
        "  {what:<24} {:>6.1} ms ({:.1} ms on a core)  original {} kB, display {} kB, thumbnail {} B, placeholder {} B",
        ms(time.passed),
        ms(time.on_core),
        finished.original.bytes.len() / 1000,
        finished.display.as_ref().map_or(0, |display| display.bytes.len() / 1000),
        finished.thumbnail.bytes.len(),
        finished.placeholder.len(),
    );
}

/// Of one run: what the clock and what the core say.
struct Time {
    passed: Duration,
    on_core: Duration,
}

fn median<T, E>(mut run: impl FnMut() -> Result<T, E>) -> Result<(Time, T), E> {
    let mut last = run()?;
    let (mut passed, mut on_core) = (Vec::with_capacity(RUNS), Vec::with_capacity(RUNS));
    for _ in 0..RUNS {
        let (start, core) = (Instant::now(), time_on_core());
        last = run()?;
        passed.push(start.elapsed());
        on_core.push(time_on_core().saturating_sub(core));
    }
    passed.sort_unstable();
    on_core.sort_unstable();
    Ok((Time { passed: passed[RUNS / 2], on_core: on_core[RUNS / 2] }, last))
}

/// The first number of Linux's `schedstat`, in nanoseconds; zero elsewhere.
fn time_on_core() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn recipe() -> Recipe {
    Recipe {
        prompt: Some("a lighthouse at dusk, long exposure".to_owned()),
        model: "black-forest-labs/flux-schnell".to_owned(),
        seed: 42,
        width: 1024,
        height: 1024,
        parent: None,
        generation: "gen_01".to_owned(),
        index: 0,
        created_at: "2026-11-22T10:00:00Z".to_owned(),
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "tones from 0 to 255"
)]
fn synthetic() -> image::ImageResult<Vec<u8>> {
    let mut grain = 0x2545_f491_4f6c_dd1d_u64;
    let picture = RgbImage::from_fn(1024, 1024, |x, y| {
        grain ^= grain << 13;
        grain ^= grain >> 7;
        grain ^= grain << 17;
        let noise = (grain >> 60) as f32 - 8.0;
        let (x, y) = (x as f32 / 1024.0, y as f32 / 1024.0);
        let waves = (x * 19.0 + (y * 7.0).sin() * 3.0).sin() + (y * 31.0 + (x * 11.0).cos()).sin();
        let edge = if ((x - 0.5).hypot(y - 0.4) * 9.0).fract() < 0.5 { 30.0 } else { 0.0 };
        let tone = |base: f32| (base + waves * 30.0 + edge + noise).clamp(0.0, 255.0) as u8;
        Rgb([tone(90.0 + 80.0 * y), tone(110.0), tone(150.0 - 70.0 * y)])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png)?;
    Ok(bytes.into_inner())
}
