import { expect, type Page, test } from "@playwright/test";
import { asPhotograph, draw, heic, jpeg } from "./pictures";
import { order, signIn, somebody, subscribe, watch } from "./steps";

// Paying, sending and drawing in one story take their time where the machine does other things as well.
test.describe.configure({ timeout: 180_000 });

const prompt = (page: Page) => page.locator("#prompt");
const generate = (page: Page) => page.getByRole("button", { name: /^Generate/ });

const toEdit = async (page: Page) => {
  await page.getByRole("link", { name: "Image to image" }).click();
  await expect(page.getByLabel("What should change?")).toBeVisible();
};
const choose = (page: Page, ...files: ReturnType<typeof jpeg>[]) =>
  page.getByLabel(/Choose a picture|Add another picture/).setInputFiles(files);
/** Looking at a picture takes a program that was built for finding faults its time. */
const ready = (page: Page, n: number) =>
  expect(page.locator('li[data-state="ready"]')).toHaveCount(n, { timeout: 40_000 });
/** The next job, as the service took it. */
const ordered = (page: Page) =>
  page
    .waitForResponse((it) => it.request().method() === "POST" && it.url().endsWith("/v1/generations"))
    .then((it) => it.json());

test("a photograph is brought along without its place, changed, compared and taken up again", async ({ page }) => {
  const errors = watch(page);
  // What leaves the browser, byte by byte.
  await page.addInitScript(() => {
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (body) {
      if (body instanceof Blob)
        createImageBitmap(body).then(async (it) => {
          const text = new TextDecoder("latin1").decode(await body.arrayBuffer());
          Object.assign(window, { sent: { width: it.width, height: it.height, exif: text.includes("Exif") } });
        });
      send.call(this, body);
    };
  });
  await subscribe(page, "Basic", "photograph");
  await toEdit(page);
  await expect(page.getByText("Add a picture to start from.")).toBeVisible();
  await choose(page, jpeg("garden.jpg", asPhotograph(await draw(page, { width: 3000, height: 2000 }))));
  await ready(page, 1);
  await expect.poll(() => page.evaluate(() => "sent" in window && window.sent)).toMatchObject({ exif: false });
  const sent = (await page.evaluate(() => "sent" in window && window.sent)) as { width: number; height: number };
  // Upright, as the camera was held, and smaller.
  expect(sent.height).toBeGreaterThan(sent.width);
  expect(sent.width * sent.height).toBeLessThanOrEqual(2_010_000);

  await prompt(page).fill("the same in winter");
  await page.getByLabel("Strength").press("Home");
  await expect(page.getByText("FLUX dev keeps the shape of its picture.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Generate · 2 credits" })).toBeEnabled();
  await generate(page).click();
  const tile = page.getByRole("article", { name: "the same in winter" });
  await expect(tile).toHaveAttribute("data-status", "succeeded", { timeout: 30_000 });

  await tile.getByRole("button", { name: "Compare" }).first().click();
  const dialog = page.getByRole("dialog");
  const line = dialog.getByRole("slider", { name: "Line between the two" });
  await expect(line).toHaveAttribute("aria-valuenow", "50");
  await line.press("ArrowRight");
  await expect(line).toHaveAttribute("aria-valuenow", "52");
  await line.press("Home");
  await expect(line).toHaveAttribute("aria-valuetext", "0 % Original");
  const frame = await dialog.getByRole("img", { name: "Result" }).boundingBox();
  if (!frame) throw new Error("no frame");
  expect(frame.height).toBeGreaterThan(frame.width);
  await page.mouse.click(frame.x + frame.width * 0.75, frame.y + frame.height / 2);
  await expect(line).toHaveAttribute("aria-valuenow", "75");
  await dialog.getByText("Side by side").click();
  await expect(dialog.getByRole("figure")).toHaveCount(2);
  await dialog.getByText("Hold", { exact: true }).click();
  const hold = dialog.getByRole("button", { name: /^Hold to see/ });
  await hold.focus();
  await page.keyboard.down("Space");
  await expect(dialog.getByRole("img", { name: "Original" })).toBeVisible();
  await page.keyboard.up("Space");
  await expect(dialog.getByRole("img", { name: "Original" })).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);

  // The recipe brings the picture, the mode and the strength back.
  await page.getByRole("button", { name: "Remove garden.jpg" }).click();
  await ready(page, 0);
  await page.getByRole("link", { name: "Library" }).click();
  await expect(page.getByRole("heading", { name: "Library" })).toBeVisible();
  await page.getByRole("button", { name: "the same in winter" }).click();
  await expect(dialog.getByRole("button", { name: "Compare" })).toBeVisible();
  await dialog.getByRole("button", { name: "Use this recipe" }).click();
  await expect(page).toHaveURL(/\/edit\/$/);
  await ready(page, 1);
  await expect(page.getByText("took the place of yours")).toHaveCount(0);
  await expect(page.getByLabel("Strength")).toHaveValue("1");
  await expect(prompt(page)).toHaveValue("the same in winter");
  expect(errors).toEqual([]);
});

test("what cannot be used is said beside its picture, and the rest stays", async ({ page }) => {
  await subscribe(page, "Premium", "refused");
  await toEdit(page);
  await choose(
    page,
    jpeg("good.jpg", await draw(page, { width: 400, height: 300 })),
    heic,
    jpeg("tiny.jpg", await draw(page, { width: 40, height: 30 })),
    jpeg("ribbon.jpg", await draw(page, { width: 1300, height: 100 })),
    jpeg("broken.jpg", (await draw(page, { width: 400, height: 300 })).subarray(0, 300)),
    { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") },
    jpeg("violent.jpg", await draw(page, { width: 400, height: 300, corner: "#ff00ff" })),
  );
  await expect(page.locator('li[data-state="wrong"]')).toHaveCount(6);
  await ready(page, 1);
  const said = (name: string) => page.getByRole("listitem").filter({ hasText: name }).getByRole("alert");
  await expect(said("IMG_0042.HEIC")).toContainText("Export it as JPEG");
  await expect(said("tiny.jpg")).toContainText("too small");
  await expect(said("ribbon.jpg")).toContainText("too narrow");
  await expect(said("broken.jpg")).toContainText("damaged");
  await expect(said("notes.txt")).toContainText("is no picture");
  await expect(said("violent.jpg")).toContainText(/kept this picture back \(\w+\)/);
  await prompt(page).fill("a calm evening");
  await expect(page.getByText("Remove the picture that cannot be used")).toBeVisible();
  await expect(generate(page)).toBeDisabled();
  for (const name of [heic.name, "tiny.jpg", "ribbon.jpg", "broken.jpg", "notes.txt", "violent.jpg"])
    await page.getByRole("button", { name: `Remove ${name}` }).click();
  // Several, where the model takes them; the first alone where it takes one.
  await page.getByRole("radio", { name: /FLUX.2 pro/ }).check();
  await choose(page, jpeg("second.jpg", await draw(page, { width: 500, height: 500 })));
  await ready(page, 2);
  await page.getByRole("radio", { name: /Kontext/ }).check();
  await expect(page.getByText("FLUX Kontext pro does not use it")).toBeVisible();
  await page.getByRole("radio", { name: /FLUX.2 pro/ }).check();
  const asked = ordered(page);
  await generate(page).click();
  expect(await asked).toMatchObject({ model: "flux-2-pro", aspect_ratio: "4:3", inputs: [{}, {}] });
  await expect(page.getByRole("article", { name: "a calm evening" })).toHaveAttribute("data-status", "succeeded", {
    timeout: 30_000,
  });
});

test("an upload survives a lost network, and can be stopped", async ({ page }) => {
  await subscribe(page, "Basic", "lost");
  await toEdit(page);
  let lost = 0;
  await page.route(/_local\/blobs\/uploads/, async (route) => {
    lost += 1;
    // Once it never arrives; once it does and the answer is lost.
    if (lost === 1) return route.abort("connectionreset");
    if (lost === 2) await route.fetch();
    if (lost === 2) return route.abort("connectionreset");
    return route.continue();
  });
  await choose(page, jpeg("garden.jpg", await draw(page, { width: 600, height: 400 })));
  await ready(page, 1);
  expect(lost).toBeGreaterThanOrEqual(3);

  await page.unroute(/_local\/blobs\/uploads/);
  await page.route(/_local\/blobs\/uploads/, () => {});
  await choose(page, jpeg("second.jpg", await draw(page, { width: 600, height: 400 })));
  const second = page.getByRole("listitem").filter({ hasText: "second.jpg" });
  await expect(second.getByRole("progressbar")).toBeVisible();
  await second.getByRole("button", { name: "Stop second.jpg" }).click();
  await expect(second).toHaveCount(0);
  await ready(page, 1);
});

test("a picture that was pasted before signing in is there afterwards, and a plan is named that opens it", async ({
  page,
}) => {
  await page.goto("/create/");
  await prompt(page).fill("the same at night");
  const bytes = [...(await draw(page, { width: 400, height: 300 }))];
  await prompt(page).evaluate((box, data) => {
    const carried = new DataTransfer();
    carried.items.add(new File([new Uint8Array(data)], "pasted.jpg", { type: "image/jpeg" }));
    box.dispatchEvent(new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
  }, bytes);
  await expect(page).toHaveURL(/\/edit\/$/);
  await expect(prompt(page)).toHaveValue("the same at night");
  await expect(page.getByText("Kept here; it is sent when you sign in.")).toBeVisible();
  await page.getByRole("button", { name: "Sign in to generate" }).click();
  await signIn(page, somebody("pasted"));
  await ready(page, 1);
  await expect(prompt(page)).toHaveValue("the same at night");
  await expect(page.getByText("FLUX dev opens with Basic.")).toBeVisible();
  await expect(generate(page)).toBeDisabled();
  await page.reload();
  await ready(page, 1);
});

test("a finished picture becomes the next one's input, and gets variations", async ({ page }) => {
  await subscribe(page, "Basic", "chain");
  await page.getByRole("link", { name: "Create something" }).click();
  await prompt(page).fill("a harbour");
  await generate(page).click();
  const tile = page.getByRole("article", { name: "a harbour" });
  await expect(tile).toHaveAttribute("data-status", "succeeded");
  await tile.getByRole("button", { name: "Variations · 4 credits" }).click();
  await expect(page.getByRole("article", { name: "a harbour" })).toHaveCount(2);
  const varied = page.getByRole("article", { name: "a harbour" }).first();
  await expect(varied).toHaveAttribute("data-status", "succeeded", { timeout: 30_000 });
  await expect(varied.getByRole("img")).toHaveCount(4);
  await varied.getByRole("button", { name: "Use picture 3 as input" }).click();
  await expect(page).toHaveURL(/\/edit\/$/);
  await ready(page, 1);
  const asked = ordered(page);
  await prompt(page).fill("with snow");
  await generate(page).click();
  expect(await asked).toMatchObject({ inputs: [{ index: 2 }], strength: 0.8 });
  await expect(page.getByRole("article", { name: "with snow" })).toHaveAttribute("data-status", "succeeded", {
    timeout: 30_000,
  });
  // The model is remembered for each mode.
  await page.getByRole("link", { name: "Create", exact: true }).click();
  await expect(page.getByRole("radio", { name: /schnell/ })).toBeChecked();
});

test("many orders are asked for once more, and stop where the credits end", async ({ page }) => {
  await order(page, somebody("matrix"), "slow: a tortoise");
  await expect(page.getByText("9 credits")).toBeVisible();
  await prompt(page).fill("{red|blue} fox");
  await expect(page.getByText("2 orders, one for each combination")).toBeVisible();
  await page.getByRole("button", { name: "Generate · 2 credits" }).click();
  await expect(page.getByRole("article", { name: "blue fox" })).toBeVisible();
  await expect(page.getByRole("article", { name: "red fox" })).toBeVisible();

  // Said before anything is sent.
  await prompt(page).fill("{a|b|c|d} {1|2}");
  await expect(page.getByText("This needs 8; you have 7.")).toBeVisible();
  await expect(generate(page)).toBeDisabled();

  await prompt(page).fill("{a|b|c|d|e|f} tree");
  // Meanwhile somebody spends elsewhere.
  let taken = 0;
  await page.route(/\/v1\/generations$/, async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    taken += 1;
    if (taken !== 4) return route.continue();
    const problem = { code: "not-enough-credits", status: 402, needed: 1, available: 0 };
    return route.fulfill({ status: 402, contentType: "application/problem+json", body: JSON.stringify(problem) });
  });
  await page.getByRole("button", { name: "Generate · 6 credits" }).click();
  const dialog = page.getByRole("dialog", { name: "6 orders at once?" });
  await expect(dialog).toContainText("In all 6 credits.");
  await expect(dialog.getByRole("listitem")).toHaveCount(6);
  await dialog.getByRole("button", { name: "Order all 6" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "3 of 6 were ordered" })).toContainText("Not enough credits");
  await page.getByRole("button", { name: "Order the other 3" }).click();
  await expect(page.getByRole("article", { name: "f tree" })).toBeVisible();
  expect(taken).toBe(7);
});

test("the price is the service's own, and the catalogue's while it does not answer", async ({ page }) => {
  let asked = 0;
  await page.route(/\/v1\/generations\/quote$/, (route) => {
    asked += 1;
    if (asked === 1) return route.fulfill({ status: 503, body: "{}" });
    return route.fulfill({ json: { credits: 3, available: 9, affordable: true, usual_seconds: 2 } });
  });
  const tile = await order(page, somebody("quote"), "a clock");
  await expect(tile).toHaveAttribute("data-status", "succeeded");
  await page.getByText("3:2", { exact: true }).click();
  await expect(page.getByRole("button", { name: "Generate · 3 credits" })).toBeEnabled();
  // Words are nobody's business until they are ordered, and do not change the price.
  const before = asked;
  await prompt(page).fill("a clock that nobody hears of");
  await prompt(page).fill("{a|b} clock");
  await expect(page.getByRole("button", { name: "Generate · 6 credits" })).toBeEnabled();
  expect(asked).toBe(before);
  await page.unroute(/\/v1\/generations\/quote$/);
  await page.getByText("More", { exact: true }).click();
  await page.getByText("1:1", { exact: true }).click();
  await expect(page.getByRole("button", { name: "Generate · 2 credits" })).toBeEnabled();
});

test("earlier prompts come back by keys and from a list, and what was being written stays", async ({ page }) => {
  const tile = await order(page, somebody("history"), "the first");
  await expect(tile).toBeVisible();
  await prompt(page).fill("the second");
  await generate(page).click();
  await expect(page.getByRole("article", { name: "the second" })).toBeVisible();
  await prompt(page).fill("being written");
  await prompt(page).press("Alt+ArrowUp");
  await expect(prompt(page)).toHaveValue("the second");
  await prompt(page).press("Alt+ArrowUp");
  await expect(prompt(page)).toHaveValue("the first");
  await prompt(page).press("Alt+ArrowDown");
  await prompt(page).press("Alt+ArrowDown");
  await expect(prompt(page)).toHaveValue("being written");
  await page.getByRole("button", { name: "Earlier prompts" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "the first" }).click();
  await expect(prompt(page)).toBeFocused();
  await expect(prompt(page)).toHaveValue("the first");
  for (let n = 0; n < 2; n++) await prompt(page).press("Alt+ArrowDown");
  await expect(prompt(page)).toHaveValue("being written");
});

test("styles and own presets", async ({ page }) => {
  await page.goto("/create/");
  await prompt(page).fill("a red fox");
  await page.getByRole("button", { name: "Ink" }).click();
  await expect(prompt(page)).toHaveValue(/^a red fox, ink drawing/);
  await expect(page.getByRole("radio", { name: "3:4" })).toBeChecked();
  await page.getByRole("button", { name: "Poster" }).click();
  await expect(prompt(page)).not.toHaveValue(/ink drawing/);
  await page.getByRole("button", { name: "Your presets" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Save this recipe as").fill("Foxes");
  await dialog.getByLabel("Save this recipe as").press("Enter");
  await dialog.getByLabel("Name of Foxes").fill("Fox posters");
  await dialog.getByLabel("Name of Foxes").press("Enter");
  await expect(dialog.getByLabel("Name of Fox posters")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Your presets" })).toBeFocused();
  await page.reload();
  await prompt(page).fill("something else");
  await page.getByRole("button", { name: "Fox posters" }).click();
  await expect(prompt(page)).toHaveValue(/^a red fox, screen-printed/);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(prompt(page)).toHaveValue("something else");
  await page.getByRole("button", { name: "Your presets" }).click();
  await dialog.getByRole("button", { name: "Delete Fox posters" }).click();
  await dialog.getByRole("button", { name: "Undo" }).click();
  await dialog.getByRole("button", { name: "Delete Fox posters" }).click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Fox posters" })).toHaveCount(0);
});

test("too many orders: the button counts down, and then it works", async ({ page }) => {
  let asked = 0;
  await page.route(/\/v1\/generations$/, (route) => {
    asked += route.request().method() === "POST" ? 1 : 0;
    if (route.request().method() !== "POST" || asked > 1) return route.continue();
    const problem = { code: "backlog-full", status: 429, detail: "too many" };
    return route.fulfill({ status: 429, headers: { "Retry-After": "3" }, json: problem });
  });
  await order(page, somebody("wait"), "a patient fox");
  await expect(page.getByRole("alert").filter({ hasText: "wait as your plan allows" })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Try again in \d s/ })).toBeDisabled();
  await generate(page).click();
  await expect(page.getByRole("article", { name: "a patient fox" })).toHaveAttribute("data-status", "succeeded");
  expect(asked).toBe(2);
});

test("what is written before the page is awake is not lost", async ({ page }) => {
  let wake = () => {};
  const asleep = new Promise<void>((done) => {
    wake = done;
  });
  await page.route(/_next\/static\/.*\.js$/, async (route) => {
    await asleep;
    await route.continue();
  });
  await page.goto("/create/", { waitUntil: "commit" });
  await prompt(page).fill("an early bird");
  wake();
  await expect(page.getByText("13 of 2,000")).toBeVisible();
  await expect(prompt(page)).toHaveValue("an early bird");
});

test("seed, shape, and a tile before the answer comes", async ({ page }) => {
  await page.goto("/create/");
  await page.getByText("16:9", { exact: true }).click();
  await expect(page.getByText("1 megapixel")).toBeVisible();
  await page.getByRole("button", { name: "Turn to 9:16" }).click();
  await expect(page.getByRole("radio", { name: "9:16" })).toBeChecked();
  const tile = await order(page, somebody("seed"), "an owl");
  await expect(tile).toHaveAttribute("data-status", "succeeded");
  await page.getByText("More", { exact: true }).click();
  const seed = page.getByLabel("Seed", { exact: true });
  await page.getByRole("button", { name: "Roll a new seed" }).click();
  await expect(seed).toHaveValue(/^\d+$/);
  await expect(page.getByText("For the next order; then it is chance again.")).toBeVisible();
  let answer = () => {};
  const held = new Promise<void>((done) => {
    answer = done;
  });
  await page.route(/\/v1\/generations$/, async (route) => {
    if (route.request().method() === "POST") await held;
    return route.continue();
  });
  await prompt(page).fill("a held owl");
  await generate(page).click();
  await expect(page.getByRole("article", { name: "a held owl" })).toHaveAttribute("data-status", "held");
  answer();
  await expect(page.getByRole("article", { name: "a held owl" })).toHaveAttribute("data-status", "succeeded");
  await expect(seed).toHaveValue("");
  await seed.fill("42");
  await expect(page.getByRole("button", { name: "Keep this seed" })).toHaveAttribute("aria-pressed", "true");
  await generate(page).click();
  await expect(page.getByRole("article", { name: "a held owl" })).toHaveCount(2);
  await expect(seed).toHaveValue("42");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });
  test("the composer is at the bottom, and its choices open upwards", async ({ page }) => {
    const tile = await order(page, somebody("phone"), "a lamp");
    await expect(tile).toHaveAttribute("data-status", "succeeded");
    const foot = async () => {
      const box = await generate(page).boundingBox();
      return box ? box.y + box.height : 0;
    };
    await expect.poll(foot).toBeGreaterThan(780);
    await expect.poll(foot).toBeLessThanOrEqual(844);
    await expect(page.getByRole("radio", { name: /schnell/ })).toBeHidden();
    await page.getByRole("button", { name: /^Choices/ }).click();
    await expect(page.getByRole("radio", { name: /schnell/ })).toBeVisible();
    await expect.poll(foot).toBeLessThanOrEqual(844);
    await page.getByRole("button", { name: /^Fewer choices/ }).click();
    await expect(page.getByRole("radio", { name: /schnell/ })).toBeHidden();
  });
});

test.describe("in Arabic", () => {
  test.use({ locale: "ar" });
  test("the line between two pictures goes where the arrow points", async ({ page }) => {
    await page.goto("/pricing/");
    await page.getByRole("button", { name: /Basic/ }).click();
    await signIn(page, somebody("arabic"));
    await page.getByRole("button", { name: /Basic/ }).click();
    await page.getByRole("button", { name: /^Pay/ }).first().click();
    await expect(page.getByText("أنت الآن على Basic.")).toBeVisible();
    await page.getByRole("link", { name: "صورة إلى صورة" }).click();
    await page
      .locator('input[type="file"]')
      .setInputFiles(jpeg("garden.jpg", await draw(page, { width: 600, height: 400 })));
    await ready(page, 1);
    await prompt(page).fill("شتاء");
    await prompt(page).press("Control+Enter");
    const tile = page.getByRole("article", { name: "شتاء" });
    await expect(tile).toHaveAttribute("data-status", "succeeded", { timeout: 30_000 });
    await tile.getByRole("button", { name: "مقارنة" }).first().click();
    const line = page.getByRole("dialog").getByRole("slider");
    await line.press("ArrowRight");
    await expect(line).toHaveAttribute("aria-valuenow", "48");
    const frame = await page.getByRole("dialog").getByRole("img", { name: "النتيجة" }).boundingBox();
    if (!frame) throw new Error("no frame");
    await page.mouse.click(frame.x + frame.width * 0.75, frame.y + frame.height / 2);
    await expect(line).toHaveAttribute("aria-valuenow", "25");
    await page.screenshot({ path: "test-results/pages/compare-ar.png" });
  });
});
