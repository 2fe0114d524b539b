// After `next build`: moves each page's inline scripts into a file, so that the policy is `script-src 'self'` on every
// page and every host alike. Their order stays: a plain script in a file runs where an inline one would have run.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const out = process.argv[2] ?? "out";
const folder = "_next/static/inline";
mkdirSync(join(out, folder), { recursive: true });
const INLINE = /<script(?![^>]*\bsrc=)([^>]*)>([\s\S]*?)<\/script>/;
// Neighbours become one file.
const RUN = new RegExp(`(?:${INLINE.source.replace(/\((?!\?)/g, "(?:")})+`, "g");

// For pages that show a link with a picture, and for phones. It is put in here because what stands in the layout is in
// the scripts of every page as well, and because Next would write a host before the picture: one build serves every place.
const of = (html, pattern) => pattern.exec(html)?.[1] ?? "";
const preview = (html) =>
  [
    ["og:type", "website"],
    ["og:site_name", "ImageGenerator AI"],
    ["og:title", of(html, /<title>([^<]*)<\/title>/)],
    ["og:description", of(html, /<meta name="description" content="([^"]*)"/)],
    ["og:image", "/preview.png"],
    ["og:image:width", "1200"],
    ["og:image:height", "630"],
    ["og:image:alt", "A fern as a cyanotype, and: Put it into words. Watch it develop."],
  ]
    .map(([name, content]) => `<meta property="${name}" content="${content}"/>`)
    .join("");
const ADDED = [
  `<meta name="twitter:card" content="summary_large_image"/>`,
  `<link rel="manifest" href="/manifest.webmanifest"/>`,
  `<link rel="apple-touch-icon" href="/apple-icon.png"/>`,
  `<meta name="theme-color" media="(prefers-color-scheme: light)" content="#f6f9fb"/>`,
  `<meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0a1420"/>`,
].join("");

let pages = 0;
for (const name of readdirSync(out, { recursive: true }).filter((it) => it.endsWith(".html"))) {
  const file = join(out, name);
  const html = readFileSync(file, "utf8");
  const moved = html.replace(RUN, (run) => {
    const scripts = [...run.matchAll(new RegExp(INLINE.source, "g"))];
    const code = scripts.map((it) => it[2]).join(";\n");
    const id = scripts.map((it) => / id="[^"]*"/.exec(it[1])?.[0]).find(Boolean) ?? "";
    const digest = createHash("sha256").update(code).digest("hex").slice(0, 20);
    writeFileSync(join(out, folder, `${digest}.js`), code);
    return `<script src="/${folder}/${digest}.js"${id}></script>`;
  });
  if (INLINE.test(moved)) throw new Error(`${name} still has an inline script`);
  writeFileSync(file, moved.replace("</head>", `${preview(moved)}${ADDED}</head>`));
  pages++;
}
// Comments are for who reads the source.
const theme = join(out, "theme.js");
writeFileSync(
  theme,
  readFileSync(theme, "utf8")
    .replace(/^\s*\/\/.*\n/gm, "")
    .replace(/^\s+/gm, ""),
);
console.log(`${pages} pages, none with an inline script`);
