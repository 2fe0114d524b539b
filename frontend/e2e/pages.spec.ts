import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { draw, heic, jpeg } from "./pictures";
import { order, signIn, somebody, subscribe, watch } from "./steps";

// Each look takes seconds where the machine is busy with other things, and a test has many.
test.describe.configure({ timeout: 240_000 });

const THEMES = ["light", "dark"] as const;
const WIDTHS = [390, 820, 1360];

/** No rule broken, nothing wider than the page; kept as a picture for people to look at. */
async function inspect(page: Page, name: string, theme: string) {
  await page.evaluate(() => document.fonts.ready);
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  expect(violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: width < 500 ? 844 : 900 });
    // The library's wall measures itself, and hears of a new width after the page has it.
    const over = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await expect.poll(over, { message: `${name} at ${width}` }).toBeLessThanOrEqual(0);
    await page.screenshot({ path: `test-results/pages/${name}-${theme}-${width}.png` });
  }
  await page.setViewportSize({ width: 1280, height: 720 });
}

for (const theme of THEMES) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme, reducedMotion: "reduce" });

    test("pages that need nobody", async ({ page }) => {
      const errors = watch(page);
      await page.goto("/");
      await inspect(page, "home", theme);
      await page.goto("/create/");
      await expect(page.getByRole("radio", { name: /FLUX schnell/ })).toBeChecked();
      await inspect(page, "create-out", theme);
      await page.goto("/edit/");
      await expect(page.getByRole("radio", { name: /FLUX dev/ })).toBeChecked();
      await expect(page.getByText("Choose a picture")).toBeVisible();
      await inspect(page, "edit-out", theme);
      await page.goto("/pricing/");
      await expect(page.getByRole("heading", { name: "Premium" })).toBeVisible();
      await inspect(page, "pricing", theme);
      await page.goto("/library/");
      await expect(page.getByText("Sign in to see this.")).toBeVisible();
      await inspect(page, "library-out", theme);
      await page.goto("/shared/?t=unknown");
      await expect(page.getByText("There is no such link.")).toBeVisible();
      await inspect(page, "shared-unknown", theme);
      await page.goto("/nowhere/");
      await expect(page.getByText("404", { exact: true })).toBeVisible();
      await inspect(page, "missing", theme);
      expect(errors).toEqual([]);
    });

    test("making pictures from pictures", async ({ page }) => {
      const errors = watch(page);
      await subscribe(page, "Premium", `make-${theme}`);
      await page.getByRole("link", { name: "Image to image" }).click();
      const chooser = page.getByLabel(/Choose a picture|Add another picture/);
      await chooser.setInputFiles([
        jpeg("garden.jpg", await draw(page, { width: 900, height: 600 })),
        jpeg("tiny.jpg", await draw(page, { width: 40, height: 30 })),
        heic,
      ]);
      await expect(page.locator('li[data-state="ready"]')).toHaveCount(1);
      await expect(page.locator('li[data-state="wrong"]')).toHaveCount(2);
      await inspect(page, "edit-refused", theme);
      for (const name of ["tiny.jpg", heic.name]) await page.getByRole("button", { name: `Remove ${name}` }).click();
      await page.getByRole("radio", { name: /FLUX dev/ }).check();
      await page.getByLabel("What should change?").fill("the same in winter");
      await page.getByRole("button", { name: /^Generate/ }).click();
      const tile = page.getByRole("article", { name: "the same in winter" });
      await expect(tile).toHaveAttribute("data-status", "succeeded", { timeout: 30_000 });
      await page.getByLabel("What should change?").fill("slow: the same in spring");
      await page.getByRole("button", { name: /^Generate/ }).click();
      const slow = page.getByRole("article", { name: "slow: the same in spring" });
      await expect(slow).toHaveAttribute("data-status", "running");
      await inspect(page, "edit", theme);
      await page.setViewportSize({ width: 390, height: 844 });
      await page.getByRole("button", { name: /^Choices/ }).click();
      await inspect(page, "edit-choices", theme);
      await tile.getByRole("button", { name: "Compare" }).first().click();
      await expect(page.getByRole("slider", { name: "Line between the two" })).toBeVisible();
      await inspect(page, "compare", theme);
      await page.getByRole("dialog").getByText("Side by side").click();
      await inspect(page, "compare-sides", theme);
      await page.keyboard.press("Escape");
      await page.getByRole("link", { name: "Create", exact: true }).click();
      await page.getByLabel("What should it show?").fill("{red|blue|green} fox in {snow|rain}");
      await page.getByRole("button", { name: "Your presets" }).click();
      await page.getByRole("dialog").getByLabel("Save this recipe as").fill("Foxes");
      await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
      await inspect(page, "presets", theme);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Earlier prompts" }).click();
      await inspect(page, "history", theme);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: /^Generate/ }).click();
      await expect(page.getByRole("dialog", { name: "6 orders at once?" })).toBeVisible();
      await inspect(page, "matrix", theme);
      expect(errors).toEqual([]);
    });

    test("pages of somebody", async ({ page }) => {
      // Many states, each looked at three times over.
      test.slow();
      const errors = watch(page);
      const tile = await order(page, somebody(`look-${theme}`), "a lighthouse at night, storm");
      await expect(tile).toHaveAttribute("data-status", "succeeded");
      for (const prompt of ["fail: a lens", "a harbour in winter, fog", "a red fox in snow", "slow: a tortoise"]) {
        await page.getByLabel("What should it show?").fill(prompt);
        await page.getByRole("button", { name: /^Generate/ }).click();
        const next = page.getByRole("article", { name: prompt });
        await expect(next).toHaveAttribute("data-status", prompt.startsWith("slow") ? "running" : /succeeded|failed/);
      }
      await inspect(page, "create", theme);
      await page.getByRole("link", { name: "Library" }).click();
      await expect(page.getByRole("button", { name: "a red fox in snow" })).toBeVisible();
      await inspect(page, "library", theme);
      await page.getByRole("button", { name: "a red fox in snow" }).click();
      await expect(page.getByRole("dialog")).toBeVisible();
      await page.getByRole("dialog").getByRole("button", { name: "Share" }).click();
      await inspect(page, "detail", theme);
      await page.getByRole("button", { name: "Close" }).click();
      await page.getByLabel("Search prompts").fill("nothing like it");
      await expect(page.getByText("Nothing matches.")).toBeVisible();
      await inspect(page, "library-nothing", theme);
      await page.getByRole("link", { name: "Pricing" }).click();
      await expect(page.getByText("Your plan", { exact: true })).toBeVisible();
      await inspect(page, "pricing-in", theme);
      await page.goto("/billing/return/");
      await expect(page.getByText("not confirmed yet")).toBeVisible();
      await inspect(page, "billing", theme);
      expect(errors).toEqual([]);
    });

    test("money, account and bad days", async ({ page }) => {
      // Many states, each looked at three times over.
      test.slow();
      const errors = watch(page);
      const tile = await order(page, somebody(`money-${theme}`), "a lighthouse at night, storm");
      await expect(tile).toHaveAttribute("data-status", "succeeded");
      for (const prompt of ["fail: a lens", "slow: a tortoise"]) {
        await page.getByLabel("What should it show?").fill(prompt);
        await page.getByRole("button", { name: /^Generate/ }).click();
        const status = prompt.startsWith("slow") ? "running" : "failed";
        await expect(page.getByRole("article", { name: prompt })).toHaveAttribute("data-status", status);
      }
      await page
        .getByRole("banner")
        .getByRole("button", { name: /credit/ })
        .click();
      await expect(page.getByRole("dialog").getByText("a month of Free")).toBeVisible();
      await inspect(page, "balance", theme);
      await page.getByRole("dialog").getByRole("link", { name: "Statement" }).click();
      await expect(page.getByRole("row").first()).toBeVisible();
      await inspect(page, "statement", theme);
      await page.getByRole("link", { name: /^Account/ }).click();
      await expect(page.getByText("You share nothing.")).toBeVisible();
      await inspect(page, "account", theme);

      await page.route("**/api/v1/subscription", (route) =>
        route.fulfill({
          json: {
            plan: "basic",
            status: "past_due",
            frozen: true,
            grace_until: "2100-03-04T00:00:00Z",
            unpaid_invoice_url: "https://invoice.example/1",
            packs: [],
          },
        }),
      );
      await page.getByRole("link", { name: "Pricing" }).click();
      await expect(page.getByRole("link", { name: "Pay what is open" })).toBeVisible();
      await inspect(page, "pricing-past-due", theme);
      await page.unroute("**/api/v1/subscription");

      await page.route("**/api/v1/models", (route) => route.fulfill({ json: { items: [null] } }));
      await page.goto("/create/");
      await expect(page.getByRole("link", { name: /^Account/ })).toBeVisible();
      await expect(page.getByRole("heading", { name: "This page broke" })).toBeVisible();
      await inspect(page, "broken", theme);
      errors.length = 0;
      await page.unroute("**/api/v1/models");

      await page.route("**/api/health", (route) => route.fulfill({ status: 503, body: "" }));
      await page.route("**/api/v1/plans", (route) => route.fulfill({ status: 503, body: "" }));
      await page.goto("/pricing/");
      await expect(page.getByRole("link", { name: /^Account/ })).toBeVisible();
      await expect(page.getByText("The service does not answer.")).toBeVisible({ timeout: 30_000 });
      await inspect(page, "down", theme);

      const until = "2100-01-01T06:00:00Z";
      await page.route("**/config.json", async (route) =>
        route.fulfill({ json: { ...(await (await route.fetch()).json()), maintenance: { until } } }),
      );
      await page.goto("/create/");
      await expect(page.getByRole("link", { name: /^Account/ })).toBeVisible();
      await expect(page.getByRole("heading", { name: "We are working on it" })).toBeVisible();
      await inspect(page, "maintenance", theme);
      expect(errors).toEqual([]);
    });

    test("the library at work, and what a link shows", async ({ page }) => {
      test.setTimeout(180_000);
      const errors = watch(page);
      await order(page, somebody(`work-${theme}`), "a harbour in winter, fog");
      await page.getByRole("link", { name: "Library" }).click();
      const harbour = page.getByRole("button", { name: /a harbour in winter/ });
      await expect(harbour.getByRole("img")).toBeVisible();
      await page.getByRole("button", { name: "Collections" }).click();
      await page.getByLabel("Name of a new collection").fill("Harbours");
      await page.getByRole("button", { name: "Make it" }).click();
      await page.getByRole("button", { name: "Delete Harbours" }).click();
      await expect(page.getByText("Its pictures stay in the library.")).toBeVisible();
      await inspect(page, "collections", theme);
      await page.getByRole("button", { name: "Close" }).click();
      await page.getByRole("button", { name: "More filters" }).click();
      await page.getByRole("button", { name: "Select", exact: true }).click();
      await harbour.click();
      await expect(page.getByText("1 selected")).toBeVisible();
      await inspect(page, "library-select", theme);
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
      await inspect(page, "shortcuts", theme);
      await page.getByRole("button", { name: "Close" }).click();
      await page.getByRole("button", { name: "End selecting" }).click();
      await harbour.click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("button", { name: "Download" }).click();
      await dialog.getByRole("button", { name: "Share", exact: true }).click();
      await dialog.getByLabel("Show the prompt").check();
      await dialog.getByRole("button", { name: "Make a link" }).click();
      const link = await dialog.getByLabel("The link", { exact: true }).inputValue();
      await page.keyboard.press("+");
      await inspect(page, "detail-near", theme);
      await page.goto(link);
      await expect(page.getByRole("img", { name: "a harbour in winter, fog" })).toBeVisible();
      await inspect(page, "shared", theme);
      await page.goto("/auth/callback/");
      await expect(page.getByText("Signing in did not work.")).toBeVisible();
      await inspect(page, "callback", theme);
      expect(errors).toEqual([]);
    });
  });
}

for (const [language, word] of [
  ["de", "Preise"],
  ["es", "Precios"],
  ["ja", "料金"],
  ["ar", "الأسعار"],
] as const) {
  test.describe(language, () => {
    test.use({ locale: language });
    test("is what a browser gets that asks for it", async ({ page }) => {
      await page.goto("/");
      await expect(page.getByRole("link", { name: word }).first()).toBeVisible();
      await expect(page.locator("html")).toHaveAttribute("dir", language === "ar" ? "rtl" : "ltr");
      await inspect(page, `home-${language}`, "light");
      await page.goto("/create/");
      await expect(page.getByRole("radio", { name: /FLUX schnell/ })).toBeChecked();
      await inspect(page, `create-${language}`, "light");
      await page.goto("/edit/");
      await expect(page.getByRole("radio", { name: /FLUX dev/ })).toBeChecked();
      await inspect(page, `edit-${language}`, "light");
    });
  });
}

test.describe("from right to left", () => {
  test.use({ locale: "ar", reducedMotion: "reduce" });
  test("money and account read as they should", async ({ page }) => {
    await page.goto("/account/");
    await page.getByRole("button", { name: "تسجيل الدخول" }).last().click();
    await signIn(page, somebody("rtl"));
    await expect(page.getByText("لا تشارك شيئًا.")).toBeVisible();
    await inspect(page, "account-ar", "light");
    await page.goto("/statement/");
    await expect(page.getByRole("row").nth(1)).toBeVisible();
    await inspect(page, "statement-ar", "light");
    await page.getByRole("banner").getByRole("button", { expanded: false }).click();
    await expect(page.getByRole("dialog", { name: "رصيدك" }).getByRole("listitem")).toHaveCount(1);
    await inspect(page, "balance-ar", "light");
  });
});
