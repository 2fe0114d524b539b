import { expect, type Page, test } from "@playwright/test";
import { order, signIn, somebody, watch } from "./steps";

/** Signs in from the pricing page and pays for Basic. */
async function subscribe(page: Page, email: string) {
  await page.goto("/pricing/");
  await page.getByRole("button", { name: "Choose Basic" }).click();
  await signIn(page, email);
  await page.getByRole("button", { name: "Choose Basic" }).click();
  await page.getByRole("button", { name: /^Pay/ }).first().click();
  await expect(page.getByText("You are on Basic.")).toBeVisible();
}

const credits = (page: Page) => page.getByRole("banner").getByRole("button", { name: /credit|Unlimited/ });

test("the balance opens by keyboard, tells grants and what is held, and gives the focus back", async ({ page }) => {
  const errors = watch(page);
  const tile = await order(page, somebody("balance"), "slow: a harbour");
  await expect(tile.getByRole("progressbar")).toBeVisible();
  await expect(credits(page)).toContainText("1 held");
  await credits(page).focus();
  await page.keyboard.press("Enter");
  const panel = page.getByRole("dialog", { name: "Your credits" });
  await expect(panel).toBeFocused();
  await expect(panel.getByText("a month of Free")).toBeVisible();
  await expect(panel.getByRole("link", { name: /slow: a harbour/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
  await expect(credits(page)).toBeFocused();
  await page.keyboard.press("Enter");
  await panel.getByRole("link", { name: /slow: a harbour/ }).click();
  await expect(page).toHaveURL(/\/library\/\?open=gen_/);
  await expect(panel).toHaveCount(0);
  expect(errors).toEqual([]);
});

test("the statement adds up to the balance, and each line leads to its picture", async ({ page }) => {
  const errors = watch(page);
  const tile = await order(page, somebody("statement"), "a red fox in snow");
  await expect(tile).toHaveAttribute("data-status", "succeeded");
  await page.getByLabel("What should it show?").fill("fail: a lens");
  await page.getByRole("button", { name: /^Generate/ }).click();
  await expect(page.getByRole("article", { name: "fail: a lens" })).toHaveAttribute("data-status", "failed");
  await credits(page).click();
  await page.getByRole("dialog").getByRole("link", { name: "Statement" }).click();

  const table = page.getByRole("table", { name: "Statement" });
  await expect(table.getByRole("row")).toHaveCount(6);
  await expect(table.getByRole("row", { name: /Delivered: 1 credit used/ })).toContainText("a red fox in snow");
  await expect(table.getByRole("row", { name: /No picture came: everything given back/ })).toContainText("+1");
  await expect(table.getByRole("row", { name: /Received: a month of Free/ })).toContainText("+10");
  const sums = page.getByRole("region", { name: "Since the beginning" });
  await expect(sums).toContainText("Balance after");
  const told = await sums.getByRole("definition").allInnerTexts();
  const [before, received, pictures, ended, after] = told.map((it) => Number(it.replace("−", "-")));
  expect([before, received, pictures, ended, after]).toEqual([0, 10, -1, 0, 9]);
  await expect(credits(page)).toContainText("9 credits");

  await page.getByLabel("Kind").selectOption({ label: "Received" });
  await expect(table.getByRole("row")).toHaveCount(2);
  await page.getByLabel("Kind").selectOption({ label: "Ended or taken back" });
  await expect(page.getByText("Nothing of this kind in this time.")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();

  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as CSV" }).click();
  const file = await saved;
  expect(file.suggestedFilename()).toMatch(/^imagegenerator-statement-\d{4}-\d\d-\d\d\.csv$/);
  const text = await (await file.createReadStream()).setEncoding("utf8").toArray();
  expect(text.join("").trim().split("\n")).toHaveLength(6);
  await expect(page.getByText("The statement is saved.")).toBeVisible();

  await table.getByRole("link", { name: /Delivered: 1 credit used/ }).click();
  await expect(page.getByRole("dialog").getByRole("img", { name: "a red fox in snow" })).toBeVisible();
  expect(errors).toEqual([]);
});

test("a long statement is read page by page, down to a month that is asked for", async ({ page }) => {
  await page.goto("/statement/");
  const all = Array.from({ length: 130 }, (_, n) => ({
    number: 130 - n,
    at: new Date(Date.now() - n * 86_400_000).toISOString(),
    kind: "grant",
    reason: "Received: credits.",
    origin: { kind: "other", id: null },
    change: 1,
    balance: 130 - n,
    used: 0,
  }));
  await page.route("**/api/v1/usage/ledger?*", (route) => {
    const from = Number(new URL(route.request().url()).searchParams.get("cursor") ?? 0);
    const next = from + 50;
    return route.fulfill({
      json: { items: all.slice(from, next), next_cursor: next < all.length ? String(next) : null },
    });
  });
  await page.getByRole("button", { name: "Sign in" }).last().click();
  await signIn(page, somebody("long"));
  await expect(page.getByRole("row")).toHaveCount(51);
  await expect(page.getByRole("region", { name: "The latest 50 lines" })).toBeVisible();
  await page.getByRole("button", { name: "Show more" }).click();
  await expect(page.getByRole("row")).toHaveCount(101);
  const month = new Date(Date.now() - 125 * 86_400_000);
  const value = `${month.getFullYear()}-${String(month.getMonth() + 1).padStart(2, "0")}`;
  await page.getByLabel("Month").selectOption(value);
  const lines = all.filter((it) => it.at.slice(0, 7) === value).length;
  await expect(page.getByRole("row")).toHaveCount(lines + 1);
  await page.getByLabel("Month").selectOption("");
  await expect(page.getByRole("region", { name: "Since the beginning" })).toBeVisible();
});

test("cancel the subscription, see until when it stays, and keep it after all", async ({ page }) => {
  const errors = watch(page);
  await subscribe(page, somebody("cancel-plan"));
  await page.getByRole("link", { name: /^Account/ }).click();
  const plan = page.getByRole("region", { name: "Plan and payment" });
  await expect(plan.getByText(/It renews on/)).toBeVisible();
  await plan.getByRole("button", { name: "Cancel the subscription" }).click();
  await page.getByRole("button", { name: /^Cancel on/ }).click();
  await expect(page).toHaveURL(/\/account\/\?returned=1/);
  await expect(plan.getByText(/Basic ends on .*afterwards you are on Free/)).toBeVisible();
  await expect(plan.getByText("210 credits")).toBeVisible();
  await plan.getByRole("button", { name: "Keep the subscription" }).click();
  await page.getByRole("button", { name: "Don't cancel" }).click();
  await page.getByRole("link", { name: "Back" }).click();
  await expect(plan.getByText(/It renews on/)).toBeVisible();
  expect(errors).toEqual([]);
});

test("a change of plan says what it costs and does before anybody pays", async ({ page }) => {
  const errors = watch(page);
  await subscribe(page, somebody("proration"));
  await page.getByRole("link", { name: "Pricing" }).first().click();
  await page.getByRole("button", { name: "Choose Premium" }).click();
  const dialog = page.getByRole("dialog", { name: "Premium instead of Basic" });
  await expect(dialog).toContainText(/About \$20\.00 now, for the time until/);
  await expect(dialog).toContainText("Your 210 credits stay until they end.");
  await dialog.getByRole("button", { name: "Go to the payment page" }).click();
  await page.getByRole("button", { name: /^Change to Premium now, for/ }).click();
  await expect(page.getByText("You are on Premium.")).toBeVisible();
  await expect(credits(page)).toHaveText("Unlimited");

  await page.getByRole("link", { name: "Pricing" }).first().click();
  await page.getByRole("button", { name: "Choose Basic" }).click();
  const down = page.getByRole("dialog", { name: "Basic instead of Premium" });
  await expect(down).toContainText(/Nothing is charged now\. Premium stays until/);
  await down.getByRole("button", { name: "Stay on Premium" }).click();
  await expect(down).toHaveCount(0);
  expect(errors).toEqual([]);
});

test("bought credits are there when their event is; who comes back without paying is told so", async ({ page }) => {
  await page.goto("/pricing/");
  await page.getByRole("button", { name: "Sign in" }).first().click();
  await signIn(page, somebody("pack"));
  await page.getByRole("link", { name: "Pricing" }).first().click();
  const buy = page.getByRole("listitem").filter({ hasText: "100 credits" }).getByRole("button", { name: /^Buy/ });
  await buy.click();
  await page.getByRole("link", { name: /back|cancel/i }).click();
  await expect(page.getByText("The payment is not confirmed yet.")).toBeVisible({ timeout: 30_000 });
  await page.getByRole("main").getByRole("link", { name: "Pricing" }).click();
  await buy.click();
  await page.getByRole("button", { name: /^Pay/ }).first().click();
  await expect(page.getByText("Your credits are there.")).toBeVisible({ timeout: 30_000 });
  await page.getByRole("link", { name: "Statement" }).click();
  await expect(page.getByRole("row", { name: /Received: 100 credits bought/ })).toContainText("+100");
});

test("settings are kept in this browser, and a new order begins with them", async ({ page }) => {
  const errors = watch(page);
  const tile = await order(page, somebody("settings"), "a lamp");
  await expect(tile).toHaveAttribute("data-status", "succeeded");
  await page.getByRole("link", { name: /^Account/ }).click();
  await expect(page.getByRole("region", { name: "Signed in as" })).toContainText("@example.com");
  const orders = page.getByRole("region", { name: "New orders" });
  await orders.getByLabel("Shape").selectOption("16:9");
  await orders.getByLabel(/Keep the prompt in the file/).uncheck();
  const look = page.getByRole("region", { name: "Language and look" });
  await look.getByLabel("Dark").check();
  await look.getByLabel("Less").check();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.locator("html")).toHaveAttribute("data-motion", "less");
  await page.getByRole("link", { name: "Create", exact: true }).click();
  await expect(page.getByLabel("What should it show?")).toHaveValue("a lamp");
  await expect(page.getByRole("radio", { name: "16:9" })).toBeChecked();

  const anew = await page.context().newPage();
  await anew.goto("/create/");
  await expect(anew.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(anew.getByRole("radio", { name: "16:9" })).toBeChecked();
  expect(errors).toEqual([]);
});

test("shared links are listed, and taken back", async ({ page, browser }) => {
  const tile = await order(page, somebody("links"), "a red fox in snow");
  await expect(tile).toHaveAttribute("data-status", "succeeded");
  await page.getByRole("link", { name: "Library" }).click();
  await page.getByRole("button", { name: "a red fox in snow" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Share" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Make a link" }).click();
  const link = await page.getByRole("dialog").getByLabel("The link", { exact: true }).inputValue();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("link", { name: /^Account/ }).click();
  const shares = page.getByRole("region", { name: "Shared links" });
  await expect(shares.getByRole("link", { name: /a red fox in snow/ })).toBeVisible();
  await shares.getByRole("button", { name: "Take it back: a red fox in snow" }).click();
  await expect(shares.getByText("You share nothing.")).toBeVisible();
  const stranger = await (await browser.newContext()).newPage();
  await stranger.goto(link);
  await expect(stranger.getByText("This link has ended")).toBeVisible();
});
