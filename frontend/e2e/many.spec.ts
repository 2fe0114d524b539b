import { expect, type Page, test } from "@playwright/test";
import { type Server, seed, serve } from "./seed";
import { library, somebody, watch } from "./steps";

const JOBS = 10_000;
/** Of the page's main thread, in microseconds. */
const LONGEST = 50_000;
let server: Server;
const email = somebody("many");

test.describe.configure({ mode: "default" });
test.beforeAll(async () => {
  test.setTimeout(180_000);
  server = await serve();
  await seed(server, email, JOBS);
});
test.afterAll(() => server?.end());

type Task = {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  ts: number;
  args: { name?: string };
};

/**
 * The tasks of the page's main thread while `doing` runs, longest first, by the time that the thread really had: the
 * clock on the wall counts the other programs of a busy machine too, and `requestAnimationFrame` and the Long Animation
 * Frames API know no other.
 */
async function tasks(page: Page, doing: () => Promise<void>): Promise<number[]> {
  const browser = page.context().browser();
  if (!browser) throw new Error("a page of no browser");
  await browser.startTracing(page, {
    categories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"],
  });
  await doing();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: Task[] };
  const main = new Set(
    traceEvents
      .filter((it) => it.name === "thread_name" && it.args.name === "CrRendererMain")
      .map((it) => `${it.pid} ${it.tid}`),
  );
  const run = traceEvents.filter((it) => /RunTask$/.test(it.name) && it.ph === "X" && main.has(`${it.pid} ${it.tid}`));
  expect(run.length).toBeGreaterThan(100);
  // Chrome writes no time of the thread where there was next to none.
  return run.map((it) => it.tdur ?? 0).sort((a, b) => b - a);
}

test("ten thousand pictures scroll without a long frame, to the end and back", async ({ page }) => {
  test.setTimeout(120_000);
  const errors = watch(page);
  await library(page, server.url, email);
  const bottom = () => page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
  expect(await bottom()).toBeGreaterThan(100_000);
  await page.mouse.move(600, 400);
  const longest = await tasks(page, async () => {
    for (let n = 0; n < 60; n++) await page.mouse.wheel(0, 300);
    // As the bar at the side is drawn: far in few steps.
    const end = await bottom();
    for (const part of [0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1, 0.8, 0.6, 0.45, 0.3, 0.15, 0])
      await page.evaluate(
        (top) => new Promise((done) => requestAnimationFrame(() => done(window.scrollTo(0, top)))),
        end * part,
      );
    await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
    await expect(page.getByRole("button", { name: /no\. 9999$/ })).toBeVisible();
    for (let n = 0; n < 20; n++) await page.mouse.wheel(0, -300);
    await page.evaluate(() => window.scrollTo(0, 0));
    await expect(page.getByRole("button", { name: /no\. 0$/ })).toBeVisible();
  });
  console.log(
    `longest tasks of the main thread: ${longest
      .slice(0, 5)
      .map((it) => `${(it / 1000).toFixed(1)} ms`)
      .join(", ")}`,
  );
  // Without the time of the thread the trace would say that all is well.
  expect(longest[0]).toBeGreaterThan(1000);
  expect(longest[0]).toBeLessThan(LONGEST);
  expect(errors).toEqual([]);
});

test("a month is gone to, and whoever comes back from a picture or a page is where they were", async ({ page }) => {
  test.setTimeout(120_000);
  await library(page, server.url, email);
  const rail = page.getByRole("navigation", { name: "Jump to a month" });
  const month = rail.getByRole("button").nth(7);
  await month.click();
  await expect(month).toHaveAttribute("aria-current", "true");
  const first = page.getByRole("list", { name: "Pictures" }).getByRole("img").first();
  await expect(first).toBeVisible();
  const down = () => page.evaluate(() => Math.round(window.scrollY));
  const top = await down();
  expect(top).toBeGreaterThan(50_000);

  const open = () => page.getByRole("list", { name: "Pictures" }).getByRole("button").nth(12).press("Enter");
  await open();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.goBack();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(Math.abs((await down()) - top)).toBeLessThan(1000);
  await open();
  await expect(page.getByRole("dialog")).toBeVisible();
  const left = await down();
  await page.keyboard.press("a");
  await expect(page.getByLabel("What should it show?")).toHaveValue(/no\. \d+/);
  await page.goBack();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expect.poll(down).toBe(left);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(await down()).toBe(left);
});

test("what is made meanwhile moves nothing until the top is in sight", async ({ page }) => {
  test.setTimeout(120_000);
  await library(page, server.url, email);
  await page.mouse.move(500, 400);
  await page.mouse.wheel(0, 1500);
  const sixth = page.locator('[data-at="30"]');
  await expect(sixth).toBeVisible();
  const before = await sixth.getAttribute("data-id");
  const other = await page.context().newPage();
  await other.goto(`${server.url}/create/`);
  await other.getByLabel("What should it show?").fill("a newcomer");
  await other.getByRole("button", { name: /^Generate/ }).click();
  await page.getByRole("button", { name: "1 new · to the top" }).waitFor();
  expect(await sixth.getAttribute("data-id")).toBe(before);
  await page.getByRole("button", { name: "1 new · to the top" }).click();
  await expect(page.getByRole("button", { name: /a newcomer/ })).toHaveAttribute("data-at", "0");
});
