import { expect, test } from "@playwright/test";
import { order, signIn, somebody, watch } from "./steps";

test("sign in, generate, see it live, open, favourite, share, delete and undo", async ({ page, browser }) => {
  const errors = watch(page);
  const tile = await order(page, somebody("story"), "a red fox in snow");
  await expect(tile).toHaveAttribute("data-status", "succeeded");
  await expect(tile.getByRole("img", { name: "a red fox in snow" })).toBeVisible();
  await expect(page.getByText("9 credits")).toBeVisible();

  await page.getByRole("link", { name: "Library" }).click();
  await page.getByRole("button", { name: "a red fox in snow" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Favourite" }).click();
  await expect(dialog.getByRole("button", { name: "Favourite" })).toHaveAttribute("aria-pressed", "true");

  await dialog.getByRole("button", { name: "Share" }).click();
  await dialog.getByLabel("Show the prompt").check();
  await dialog.getByRole("button", { name: "Make a link" }).click();
  const link = await dialog.getByLabel("The link", { exact: true }).inputValue();
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(link);
  await expect(stranger.getByRole("img", { name: "a red fox in snow" })).toBeVisible();
  await dialog.getByRole("button", { name: "Take it back" }).click();
  await expect(page.getByText("The link no longer works.")).toBeVisible();
  await stranger.reload();
  await expect(stranger.getByText("This link has ended")).toBeVisible();

  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("button", { name: "a red fox in snow" })).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("button", { name: "a red fox in snow" })).toBeVisible();

  // A reload has no token any more; the issuer knows them, so nobody is asked.
  await page.reload();
  await page.getByRole("button", { name: "Favourites" }).click();
  await expect(page).toHaveURL(/favourite=true/);
  await expect(page.getByRole("button", { name: "a red fox in snow" })).toBeVisible();
  expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))).not.toContain("eyJ");
  expect(errors).toEqual([]);
});

test("a running job is cancelled, a failed one says why and that nothing was charged", async ({ page }) => {
  const slow = await order(page, somebody("cancel"), "slow: a tortoise");
  await expect(slow.getByRole("progressbar")).toBeVisible();
  await slow.getByRole("button", { name: "Cancel" }).click();
  await expect(slow).toHaveAttribute("data-status", "cancelled");
  await expect(slow).toContainText("1 credit came back");

  await page.getByLabel("What should it show?").fill("fail: a lens");
  await page.getByRole("button", { name: /^Generate/ }).click();
  const failed = page.getByRole("article", { name: "fail: a lens" });
  await expect(failed).toHaveAttribute("data-status", "failed");
  await expect(failed).toContainText("The model failed. 1 credit came back.");
  await failed.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("article", { name: "fail: a lens" })).toHaveCount(2);
});

test("a prompt that is kept back stays in the form, with the reason", async ({ page }) => {
  await order(page, somebody("blocked"), "a massacre, oil on canvas");
  await expect(page.getByRole("alert").filter({ hasText: "safety check kept the prompt back" })).toBeVisible();
  await expect(page.getByLabel("What should it show?")).toHaveValue("a massacre, oil on canvas");
});

test("without a network the page says so and goes on by itself", async ({ page, context }) => {
  const tile = await order(page, somebody("network"), "slow: a harbour");
  await expect(tile).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText("You are offline.")).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText("You are offline.")).toHaveCount(0);
  await expect(tile).toHaveAttribute("data-status", "succeeded", { timeout: 45_000 });
});

test("two tabs agree", async ({ page, context }) => {
  const tile = await order(page, somebody("tabs"), "a lighthouse");
  await expect(tile).toHaveAttribute("data-status", "succeeded");
  const other = await context.newPage();
  await other.goto("/create/");
  await other.getByLabel("What should it show?").fill("a second lighthouse");
  await other.getByRole("button", { name: /^Generate/ }).click();
  for (const tab of [page, other])
    await expect(tab.getByRole("article", { name: "a second lighthouse" })).toHaveAttribute("data-status", "succeeded");
});

test("upgrade through the checkout opens the higher models", async ({ page }) => {
  await page.goto("/pricing/");
  await page.getByRole("button", { name: "Choose Basic" }).click();
  await signIn(page, somebody("upgrade"));
  await page.getByRole("button", { name: "Choose Basic" }).click();
  await page.getByRole("button", { name: /^Pay/ }).first().click();
  await expect(page.getByText("You are on Basic.")).toBeVisible();
  await page.getByRole("link", { name: "Create something" }).click();
  await expect(page.getByRole("radio", { name: /FLUX dev/ })).toBeEnabled();
});

test("the keyboard alone is enough", async ({ page }) => {
  await page.goto("/create/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("What should it show?")).toBeFocused();
  await page.keyboard.type("a lamp");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByLabel("E-mail")).toBeFocused();
});
