import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";

const out = join(import.meta.dirname, "../out");
/** What a browser of today loads before it shows `page`, in bytes: old ones alone take `noModule`. */
function firstLoad(page: string) {
  const html = readFileSync(join(out, page), "utf8");
  const scripts = [...html.matchAll(/<script [^>]*>/g)].map((it) => it[0]).filter((it) => !/nomodule/i.test(it));
  const files = new Set(scripts.map((it) => /src="([^"]+)"/.exec(it)?.[1]).filter((it) => it !== undefined));
  return [...files].reduce((sum, it) => sum + gzipSync(readFileSync(join(out, it)), { level: 9 }).length, 0);
}

it.skipIf(!existsSync(out)).each([
  ["index.html", 140],
  ["pricing/index.html", 160],
  ["create/index.html", 220],
  ["edit/index.html", 220],
  ["library/index.html", 220],
])("%s loads at most %i KiB of scripts", (page, most) => {
  expect(firstLoad(page) / 1024).toBeLessThanOrEqual(most);
});

it.skipIf(!existsSync(out))("no page has a script inside, as the policy wants", () => {
  for (const page of ["index.html", "404.html", "create/index.html", "edit/index.html", "library/index.html"])
    expect(readFileSync(join(out, page), "utf8")).not.toMatch(/<script(?![^>]*\bsrc=)/);
});
