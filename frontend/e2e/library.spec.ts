import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { type Server, seed, serve } from "./seed";
import { library, order, somebody, watch } from "./steps";

/** Jobs of a library that takes more than one step of everything. */
const JOBS = 230;
let server: Server;

test.describe.configure({ mode: "default", timeout: 120_000 });
test.beforeAll(async () => {
  test.setTimeout(120_000);
  server = await serve();
});
test.afterAll(() => server?.end());

async function filled(page: Page, name: string, jobs = JOBS, search = "") {
  const email = somebody(name);
  await seed(server, email, jobs);
  await library(page, server.url, email, search);
  return email;
}
const picture = (page: Page, n: number) => page.locator(`[data-at="${n}"]`);
const bar = (page: Page) => page.getByRole("region", { name: "Select" });

test("a range is chosen, put into a collection, found by its address, and deleted with a way back", async ({
  page,
}) => {
  const errors = watch(page);
  await filled(page, "range");
  await page.getByRole("button", { name: "Select", exact: true }).click();
  await picture(page, 1).click();
  await picture(page, 4).click({ modifiers: ["Shift"] });
  await expect(bar(page).getByText("4 selected")).toBeVisible();
  await picture(page, 2).click({ modifiers: ["Shift"] });
  await picture(page, 6).click({ modifiers: ["Control"] });
  await expect(bar(page).getByText("3 selected")).toBeVisible();
  await expect(picture(page, 6)).toHaveAttribute("aria-pressed", "true");

  await page.getByRole("button", { name: "Collections" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name of a new collection").fill("Foxes");
  await dialog.getByRole("button", { name: "Make it" }).click();
  await expect(dialog.getByLabel("Name of Foxes")).toBeVisible();
  await dialog.getByLabel("Name of a new collection").fill("Foxes");
  await dialog.getByRole("button", { name: "Make it" }).click();
  await expect(dialog.getByText("Another collection has this name.")).toBeVisible();
  await dialog.getByLabel("Name of Foxes").fill("Winter");
  await dialog.getByRole("button", { name: "Rename" }).click();
  await expect(dialog.getByLabel("Name of Winter")).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).click();

  await bar(page).getByLabel("Put into…").selectOption("Winter");
  await expect(page.getByText("3 put into Winter.")).toBeVisible();
  await page.getByLabel("Collection", { exact: true }).selectOption("Winter · 3");
  await expect(page).toHaveURL(/collection=col_/);
  await expect(page.getByRole("list", { name: "Pictures" }).getByRole("button")).toHaveCount(3);
  await page.goBack();
  await expect(page).not.toHaveURL(/collection=/);
  await expect(picture(page, 12)).toBeVisible();

  await page.keyboard.press("Control+a");
  await expect(bar(page).getByText(`${JOBS} selected`)).toBeVisible();
  await page.keyboard.press("Delete");
  await expect(page.getByText(`${JOBS} moved to the trash.`)).toBeVisible();
  await expect(page.getByText("Your pictures will hang here.")).toBeVisible();
  await page.keyboard.press("Control+z");
  await expect(page.getByText(`${JOBS} restored.`)).toBeVisible();
  await expect(picture(page, 0)).toBeVisible();
  expect(errors).toEqual([]);
});

test("what could not be done is told by number and tried again; a zip comes in parts", async ({ page }) => {
  await filled(page, "rest");
  await page.keyboard.press("Control+a");
  await expect(bar(page).getByText(`${JOBS} selected`)).toBeVisible();
  let calls = 0;
  await page.route("**/api/v1/generations/bulk", (route) => {
    calls += 1;
    return calls === 2 ? route.fulfill({ status: 500, json: { code: "internal" } }) : route.continue();
  });
  await bar(page).getByRole("button", { name: "Favourite" }).click();
  await expect(bar(page).getByText(`${JOBS - 100} left as they were.`)).toBeVisible();
  await bar(page).getByRole("button", { name: "Try the rest again" }).click();
  await expect(page.getByText(`${JOBS - 100} marked as favourites.`)).toBeVisible();
  await expect(bar(page).getByRole("alert")).toHaveCount(0);

  const files: string[] = [];
  page.on("download", (file) => files.push(file.suggestedFilename()));
  await bar(page).getByRole("button", { name: "Zip" }).click();
  await expect(page.getByText(`${JOBS} packed.`)).toBeVisible();
  await expect.poll(() => files).toEqual([1, 2, 3].map((n) => `pictures-${n}-of-3.zip`));
  await page.keyboard.press("Escape");
  await expect(bar(page)).toHaveCount(0);
});

test("the address holds what is looked at, and the back button leads through it", async ({ page }) => {
  await filled(page, "address", 60, "?q=fox");
  await expect(page.getByLabel("Search prompts")).toHaveValue("fox");
  await expect(page.getByRole("img", { name: /lighthouse/ })).toHaveCount(0);
  await page.getByRole("button", { name: "More filters" }).click();
  const today = new Date().toISOString().slice(0, 10);
  await page.getByLabel("Until").fill("2020-01-01");
  await expect(page).toHaveURL(/until=2020-01-01/);
  await expect(page.getByText("Nothing matches.")).toBeVisible();
  await page.getByLabel("Until").fill(today);
  await expect(picture(page, 0)).toBeVisible();
  await picture(page, 1).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expect(page).toHaveURL(/open=gen_/);
  await page.keyboard.press("ArrowRight");
  await page.goBack();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page).toHaveURL(/q=fox.*until=/);
  await page.getByRole("button", { name: "Any day" }).click();
  await expect(page).not.toHaveURL(/until=/);
});

test("a picture is looked at closely, and parts of its recipe go into the draft", async ({ page }) => {
  await filled(page, "close", 30);
  await picture(page, 1).click();
  const dialog = page.getByRole("dialog");
  const frame = dialog.locator("[data-scale]");
  await expect(frame).toHaveAttribute("data-scale", "1.00");
  await page.keyboard.press("+");
  await expect(frame).toHaveAttribute("data-scale", "1.50");
  await page.keyboard.press("-");
  await expect(frame).toHaveAttribute("data-scale", "1.00");
  await frame.dblclick();
  await expect(frame).not.toHaveAttribute("data-scale", "1.00");
  await page.keyboard.press("0");
  await expect(frame).toHaveAttribute("data-scale", "1.00");
  await frame.hover();
  await page.mouse.wheel(0, -200);
  await expect(frame).not.toHaveAttribute("data-scale", "1.00");
  for (let n = 0; n < 4; n++) await page.keyboard.press("+");
  const image = frame.getByRole("img");
  const before = await image.getAttribute("style");
  await page.keyboard.press("ArrowRight");
  await expect(image).not.toHaveAttribute("style", before ?? "");
  const name = await image.getAttribute("alt");

  await page.keyboard.press("p");
  await expect(dialog.getByText("It is in your draft now.")).toBeVisible();
  const draft = () => page.evaluate(() => JSON.parse(sessionStorage.getItem("draft") ?? "{}"));
  expect((await draft()).prompt).toBe(name);
  await page.keyboard.press("Control+z");
  await expect.poll(async () => (await draft()).prompt).toBe("");
  await page.keyboard.press("s");
  await expect.poll(async () => (await draft()).seed).toBe(1);
  await page.keyboard.press("d");
  await expect.poll(async () => (await draft()).aspect_ratio).not.toBe("1:1");
  expect((await draft()).prompt).toBe("");
  await page.keyboard.press("a");
  await expect(page.getByLabel("What should it show?")).toHaveValue(name ?? "");
});

test("the file comes as it is, or in another format", async ({ page }) => {
  await filled(page, "files", 3);
  await picture(page, 0).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Download" }).click();
  const starts = { "As PNG": "\u0089PNG", "As JPEG": "\u00ff\u00d8\u00ff", "Original · WebP": "RIFF" };
  for (const [name, magic] of Object.entries(starts)) {
    const coming = page.waitForEvent("download");
    await dialog.getByRole("button", { name }).click();
    const file = await coming;
    expect(file.suggestedFilename()).toMatch(/^a-red-fox-in-snow-low-winter-sun-no-0-0\.(png|jpg|webp)$/);
    expect(readFileSync(await file.path()).toString("latin1", 0, 4)).toContain(magic);
  }
});

test("links are sent by the system's sheet, listed with their end, and taken back", async ({ page }) => {
  await page.addInitScript(() => {
    Object.assign(navigator, { share: async (what: ShareData) => localStorage.setItem("sent", what.url ?? "") });
  });
  await filled(page, "links", 3);
  await picture(page, 0).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Share", exact: true }).click();
  await dialog.getByLabel("How long the link works").selectOption("30 days");
  await dialog.getByRole("button", { name: "Make a link" }).click();
  await dialog.getByRole("button", { name: "Share…" }).click();
  const link = await dialog.getByLabel("The link", { exact: true }).inputValue();
  expect(await page.evaluate(() => localStorage.getItem("sent"))).toBe(link);
  const preview = await (await page.request.get(link, { maxRedirects: 0 })).text();
  expect(preview).toContain("og:image");
  expect(preview).not.toContain("a red fox");
  await dialog.getByRole("button", { name: "Close" }).click();
  await picture(page, 0).click();
  await dialog.getByRole("button", { name: "Share", exact: true }).click();
  const live = dialog.getByRole("region", { name: "Links that work" });
  await expect(live).toContainText("hides the prompt");
  await expect(live.getByLabel("The link", { exact: true })).toHaveValue(link);
  await live.getByRole("button", { name: "Take it back" }).click();
  await expect(live).toHaveCount(0);
});

test("where a picture comes from is shown, and leads there", async ({ page }) => {
  const failed = await order(page, somebody("lineage"), "fail: a lens");
  await failed.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("article", { name: "fail: a lens" })).toHaveCount(2);
  await page.getByRole("link", { name: "Library" }).click();
  await picture(page, 0).click();
  const dialog = page.getByRole("dialog");
  const origin = dialog.getByRole("region", { name: "Another try of" });
  await origin.getByRole("button", { name: "Open: fail: a lens" }).click();
  await expect(dialog.getByRole("region", { name: "Made from this" })).toBeVisible();
});

test("a finger that rests chooses, one that goes across turns the page", async ({ browser }) => {
  const page = await (await browser.newContext({ hasTouch: true, viewport: { width: 390, height: 844 } })).newPage();
  await filled(page, "finger", 30);
  const touch = await page.context().newCDPSession(page);
  const at = async (n: number) => {
    const box = await picture(page, n).boundingBox();
    return { x: (box?.x ?? 0) + 40, y: (box?.y ?? 0) + 40 };
  };
  await picture(page, 0).scrollIntoViewIfNeeded();
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [await at(0)] });
  await expect(bar(page).getByText("1 selected")).toBeVisible();
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await expect(picture(page, 0)).toHaveAttribute("aria-pressed", "true");
  await picture(page, 1).tap();
  await expect(bar(page).getByText("2 selected")).toBeVisible();
  await bar(page).getByRole("button", { name: "End selecting" }).tap();

  await picture(page, 1).tap();
  const frame = page.getByRole("dialog").locator("[data-scale]");
  const first = await frame.getByRole("img").getAttribute("alt");
  const box = await frame.boundingBox();
  const [x, y] = [(box?.x ?? 0) + 250, (box?.y ?? 0) + 60];
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
  for (const by of [20, 60, 120])
    await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [{ x: x - by, y }] });
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await expect(frame.getByRole("img")).not.toHaveAttribute("alt", first ?? "");
});

test("? tells what the keys do, to be searched, and a text field keeps its letters", async ({ page }) => {
  await filled(page, "keys", 3);
  await page.keyboard.press("?");
  const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await list.getByLabel("Find a shortcut").fill("range");
  await expect(list.getByText("Select a range")).toBeVisible();
  await expect(list.getByText("First and last picture")).toHaveCount(0);
  await list.getByLabel("Find a shortcut").fill("");
  await list.getByRole("checkbox").uncheck();
  await page.keyboard.press("Escape");
  await page.keyboard.press("s");
  await expect(bar(page)).toHaveCount(0);
  await page.getByRole("button", { name: "Shortcuts" }).click();
  await list.getByRole("checkbox").check();
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  await page.keyboard.type("s?");
  await expect(page.getByLabel("Search prompts")).toHaveValue("s?");
  await expect(list).toHaveCount(0);
  await expect(bar(page)).toHaveCount(0);
});

test("without a mouse: sign in, write, generate, open, favourite, choose a range, delete, undo", async ({ page }) => {
  const { keyboard } = page;
  const tabTo = async (name: string | RegExp, role: "button" | "link" | "textbox" = "button") => {
    const wanted = page.getByRole(role, { name }).first();
    for (let n = 0; n < 40; n++) {
      if (await wanted.evaluate((it) => it === document.activeElement)) return;
      await keyboard.press("Tab");
    }
    throw new Error(`no way to ${name} by Tab`);
  };
  await page.goto("/create/");
  await tabTo("What should it show?", "textbox");
  await keyboard.type("a lamp");
  await keyboard.press("Control+Enter");
  await expect(page.getByLabel("E-mail")).toBeFocused();
  await keyboard.type(somebody("hands"));
  await keyboard.press("Tab");
  await keyboard.type("Ada");
  await keyboard.press("Enter");
  for (const prompt of ["a lamp", "a second lamp"]) {
    await expect(page.getByRole("button", { name: /^Generate/ })).toBeVisible();
    await tabTo("What should it show?", "textbox");
    await keyboard.press("Control+a");
    await keyboard.type(prompt);
    await keyboard.press("Control+Enter");
    await expect(page.getByRole("article", { name: prompt, exact: true })).toHaveAttribute("data-status", "succeeded");
  }
  await tabTo("Library", "link");
  await keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "a second lamp" })).toBeVisible();
  await tabTo("a second lamp");
  await keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  await keyboard.press("f");
  await expect(dialog.getByRole("button", { name: "Favourite" })).toHaveAttribute("aria-pressed", "true");
  await keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "a second lamp" })).toBeFocused();
  await keyboard.press("Space");
  await keyboard.press("Shift+ArrowRight");
  await expect(bar(page).getByText("2 selected")).toBeVisible();
  await keyboard.press("Delete");
  await expect(page.getByText("2 moved to the trash.")).toBeVisible();
  await keyboard.press("Control+z");
  await expect(page.getByRole("button", { name: "a second lamp" })).toBeVisible();
  await expect(page.getByText("2 restored.")).toBeVisible();
});
