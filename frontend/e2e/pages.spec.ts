import AxeBuilder from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { order, somebody, watch } from "./steps";

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

    test("pages of somebody", async ({ page }) => {
      test.setTimeout(180_000);
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
    });
  });
}
