//! Paints samples: `cargo run --release --example paint -- <folder> <width> <height> <seed> <prompt>…`
//!
//! Writes one PNG per prompt and a line with how long it took.

#[path = "../src/cloud/replicate/painter/mod.rs"]
mod painter;

use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, width, height, seed, prompts @ ..] = arguments.as_slice() else {
        return Err("paint <folder> <width> <height> <seed> <prompt>…".into());
    };
    let (width, height, seed) = (width.parse()?, height.parse()?, seed.parse()?);
    std::fs::create_dir_all(folder)?;
    for (number, prompt) in prompts.iter().enumerate() {
        let begin = Instant::now();
        let picture = painter::paint(prompt, seed, width, height);
        println!("{number:02} {:>5} ms  {prompt}", begin.elapsed().as_millis());
        picture.save(Path::new(folder).join(format!("{number:02}.png")))?;
    }
    Ok(())
}
