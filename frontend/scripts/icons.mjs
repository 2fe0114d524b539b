// Draws the icons of the installed page and the picture that other sites show beside a link. Run by hand when
// app/icon.svg or the look changes; a Chromium is found as for the browser tests (CHROMIUM names one).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import sharp from "sharp";

const here = join(import.meta.dirname, "..");
const icon = readFileSync(join(here, "app/icon.svg"), "utf8").trim();
// Maskable: launchers cut a shape out of it, so the ground goes to the edge and the drawing stays in the middle.
const inner = icon.replace(/^<svg[^>]*>|<\/svg>$/g, "").replace(/<rect[^>]*>/, "");
const maskable = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" fill="#123a6b"/><g transform="translate(4.8 4.8) scale(.7)">${inner}</g></svg>`;
for (const [name, svg, side] of [
  ["icon-192", icon, 192],
  ["icon-512", icon, 512],
  ["icon-maskable", maskable, 512],
  ["apple-icon", maskable, 180],
])
  await sharp(Buffer.from(svg), { density: 1200 })
    .resize(side)
    .png({ palette: true, colours: 64 })
    .toFile(join(here, "public", `${name}.png`));

const font = readFileSync(
  join(here, "node_modules/@fontsource-variable/schibsted-grotesk/files/schibsted-grotesk-latin-wght-normal.woff2"),
).toString("base64");
const fern = readFileSync(join(here, "public/fern.webp")).toString("base64");
const html = `<style>
@font-face{font-family:S;src:url(data:font/woff2;base64,${font});font-weight:400 900}
body{margin:0;width:1200px;height:630px;display:grid;grid-template-columns:1fr 460px;background:#174a87;color:#f3f8fb;font-family:S}
div{padding:70px;display:flex;flex-direction:column;justify-content:space-between}
h1{font-size:84px;line-height:1.04;letter-spacing:-.03em;margin:0;font-weight:800}
p{font-size:30px;margin:0;display:flex;gap:16px;align-items:center;font-weight:600}
svg{width:52px}img{width:460px;height:630px;object-fit:cover}
</style><div><p>${icon}ImageGenerator</p><h1>Put it into words. Watch it develop.</h1></div><img src="data:image/webp;base64,${fern}">`;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage({ viewport: { width: 1200, height: 630 } });
await page.setContent(html);
await page.evaluate(() => document.fonts.ready);
const shot = await page.screenshot();
await browser.close();
// PNG: what shows previews does not always take WebP.
await sharp(shot).png({ palette: true, quality: 85 }).toFile(join(here, "public/preview.png"));
