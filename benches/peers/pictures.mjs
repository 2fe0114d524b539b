// N7 with sharp: the same file, the same three pictures, on one core. Prints the median in milliseconds.
// Arguments: the PNG, the WebP effort (0 to 6), how often.

import { readFile } from "node:fs/promises";
import sharp from "sharp";

const [file, effort, rounds] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
sharp.concurrency(1);
sharp.cache(false);
const png = await readFile(file);

async function make() {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const pixels = { raw: { width: info.width, height: info.height, channels: info.channels } };
  // One after another: it is one core that is measured.
  const display = await sharp(data, pixels).webp({ quality: 80, effort }).toBuffer();
  const small = await sharp(data, pixels).resize(384, 384).raw().toBuffer({ resolveWithObject: true });
  const raw = { raw: { width: 384, height: 384, channels: small.info.channels } };
  const thumbnail = await sharp(small.data, raw).webp({ quality: 75, effort: 4 }).toBuffer();
  const placeholder = await sharp(small.data, raw).resize(32, 32).webp({ quality: 40, effort: 4 }).toBuffer();
  return display.length + thumbnail.length + placeholder.length;
}

const times = [];
for (let round = 0; round < rounds + 2; round += 1) {
  const start = process.hrtime.bigint();
  await make();
  times.push(Number(process.hrtime.bigint() - start) / 1e6);
}
// The first two warm up.
const sorted = times.slice(2).sort((a, b) => a - b);
console.log(JSON.stringify({ ms: sorted[Math.floor(sorted.length / 2)], version: `sharp ${sharp.versions.sharp}` }));
