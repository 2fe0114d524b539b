import { mkdirSync, writeFileSync } from "node:fs";
import { chromium, expect, type Page, test } from "@playwright/test";
import lighthouse, { type Config } from "lighthouse";
import { freePort } from "./own";
import { order, somebody } from "./steps";

/** Performance is told, not judged: it swings with what else the machine does. Bytes are in `scripts/budget.test.ts`. */
const LEAST = { accessibility: 95, "best-practices": 95, seo: 95 };

// One after the other: two at once would measure each other.
test.describe
  .serial("Lighthouse", () => {
    for (const path of ["/", "/pricing/"])
      test(`finds little to say of ${path}`, async ({ baseURL }) => {
        test.setTimeout(180_000);
        const port = await freePort();
        const browser = await chromium.launch({
          ...test.info().project.use.launchOptions,
          args: [...(test.info().project.use.launchOptions?.args ?? []), `--remote-debugging-port=${port}`],
        });
        try {
          const config: Config = {
            extends: "lighthouse:default",
            // `localhost` has no host that could be asked to redirect, and no one else's policy.
            settings: { onlyCategories: ["performance", ...Object.keys(LEAST)] },
          };
          const run = await lighthouse(`${baseURL}${path}`, { port, logLevel: "error" }, config);
          if (!run) throw new Error("Lighthouse gave no result");
          const { categories, audits } = run.lhr;
          const scores = Object.fromEntries(
            Object.entries(categories).map(([name, it]) => [name, Math.round((it.score ?? 0) * 100)]),
          );
          mkdirSync("test-results/lighthouse", { recursive: true });
          const name = path === "/" ? "home" : "pricing";
          writeFileSync(`test-results/lighthouse/${name}.json`, JSON.stringify(run.lhr, null, 1));
          console.log(`Lighthouse ${path}: ${JSON.stringify(scores)}`);
          const wrong = Object.values(audits)
            .filter((it) => it.score !== null && it.score < 1 && it.scoreDisplayMode === "binary")
            .map((it) => `${it.id}: ${it.title}`);
          for (const [category, least] of Object.entries(LEAST))
            expect(scores[category], `${category}; ${wrong.join("; ")}`).toBeGreaterThanOrEqual(least);
          expect(audits["cumulative-layout-shift"]?.numericValue).toBe(0);
        } finally {
          await browser.close();
        }
      });
  });

type Shift = PerformanceEntry & {
  value: number;
  hadRecentInput: boolean;
  sources?: { node?: Node | null }[];
};

/** Everything that moved without anybody having pressed something, from the first paint on. */
async function watchShifts(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const shifts: string[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Shift[]) {
        if (entry.hadRecentInput || entry.value === 0) continue;
        const names = (entry.sources ?? []).map(({ node }) => {
          const element = node instanceof Element ? node : node?.parentElement;
          return `${element?.tagName.toLowerCase()}.${element?.getAttribute("class")?.slice(0, 40)}`;
        });
        shifts.push(`${location.pathname} ${entry.value.toFixed(4)} ${names.join(", ")}`);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  return () => page.evaluate(() => (window as unknown as { shifts: string[] }).shifts);
}

/** Shifts of more than half a hundredth; what browsers call good is twenty times that. */
const little = async (shifts: () => Promise<string[]>) =>
  (await shifts()).filter((it) => Number(it.split(" ")[1]) > 0.005);

for (const [name, viewport] of [
  ["a desk", { width: 1280, height: 800 }],
  ["a phone", { width: 390, height: 844 }],
] as const)
  test.describe(`on ${name}`, () => {
    test.use({ viewport });
    test("nothing moves by itself, from the first paint to the picture", async ({ page }) => {
      const shifts = await watchShifts(page);
      for (const path of ["/", "/pricing/", "/create/", "/edit/", "/library/"]) {
        await page.goto(path);
        await page.waitForLoadState("networkidle");
        expect(await shifts()).toEqual([]);
      }
      const tile = await order(page, somebody("still"), "a heron in the rain");
      await expect(tile).toHaveAttribute("data-status", "succeeded");
      // What is said below the picture changes with the job; picture, prompt and form stay.
      expect(await little(shifts)).toEqual([]);
      await page.goto("/library/");
      await expect(page.getByRole("button", { name: "a heron in the rain" })).toBeVisible();
      expect(await little(shifts)).toEqual([]);
    });
  });
