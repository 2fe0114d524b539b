//! Paints samples: `cargo run --release -p imagegen-painter --example paint -- <folder> <width> <height> <seed> <prompt>…`
//!
//! Writes one PNG per prompt and a line with how long it took. `over:<file>:<strength>:<prompt>` as a prompt
//! repaints the file.

use std::path::Path;
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, width, height, seed, prompts @ ..] = arguments.as_slice() else {
        return Err("paint <folder> <width> <height> <seed> <prompt>…".into());
    };
    let (width, height, seed) = (width.parse()?, height.parse()?, seed.parse()?);
    std::fs::create_dir_all(folder)?;
    for (number, prompt) in prompts.iter().enumerate() {
        let source = prompt.strip_prefix("over:").map(source).transpose()?;
        let begin = Instant::now();
        let picture = match &source {
            Some((image, strength, prompt)) => {
                imagegen_painter::repaint(prompt, seed, image, *strength, width, height)
            }
            None => imagegen_painter::paint(prompt, seed, width, height),
        };
        println!("{number:02} {:>5} ms  {prompt}", begin.elapsed().as_millis());
        picture.save(Path::new(folder).join(format!("{number:02}.png")))?;
    }
    Ok(())
}

/// The parts of `<file>:<strength>:<prompt>`.
fn source(text: &str) -> Result<(image::RgbImage, f32, &str), Failure> {
    let mut parts = text.splitn(3, ':');
    let (Some(file), Some(strength), Some(prompt)) = (parts.next(), parts.next(), parts.next())
    else {
        return Err("over:<file>:<strength>:<prompt>".into());
    };
    Ok((image::open(file)?.to_rgb8(), strength.parse()?, prompt))
}
