import { expect, type Page, type Route, test } from "@playwright/test";
import { freePort, product } from "./own";
import { order, signIn, somebody, watch } from "./steps";

const prompt = (page: Page) => page.getByLabel("What should it show?");
const generate = (page: Page) => page.getByRole("button", { name: /^Generate/ });
const banner = (page: Page) => page.getByRole("status").filter({ hasText: /./ }).first();
const problem = (status: number, code: string, more: object = {}) => ({
  status,
  contentType: "application/problem+json",
  json: { type: `/problems/${code}`, title: "T", status, instance: "/", code, trace_id: "4bf92f3577b34da6", ...more },
});

/** Somebody on the create page with a prompt that was never sent. */
async function ready(page: Page, name: string, words = "a red fox") {
  await page.goto("/create/");
  await prompt(page).fill(words);
  await page.getByRole("button", { name: "Sign in to generate" }).click();
  const email = somebody(name);
  await signIn(page, email);
  await expect(generate(page)).toBeEnabled();
  return email;
}

/** Orders, and gets `answer`. */
async function refused(page: Page, answer: Parameters<Route["fulfill"]>[0]) {
  await page.route("**/api/v1/generations", (route) =>
    route.request().method() === "POST" ? route.fulfill(answer) : route.continue(),
  );
  await generate(page).click();
  return page.getByRole("main").getByRole("alert");
}

test("while somebody works on the service the page says until when, and what was written is there afterwards", async ({
  page,
}) => {
  const errors = watch(page);
  let works: object | undefined = {
    from: new Date(Date.now() + 3_600_000).toISOString(),
    text: { en: "We move to a larger machine." },
  };
  await page.route("**/config.json", async (route) => {
    const own = await (await route.fetch()).json();
    return route.fulfill({ json: { ...own, ...(works ? { maintenance: works } : {}) } });
  });
  await page.goto("/create/");
  await expect(banner(page)).toContainText("The service closes for a while on");
  await prompt(page).fill("a harbour in winter");

  works = { until: "2100-01-01T06:00:00Z", text: { en: "We move to a larger machine." } };
  await page.reload();
  await expect(page.getByRole("heading", { name: "We are working on it" })).toBeVisible();
  await expect(page.getByText("We move to a larger machine.")).toBeVisible();
  await expect(page.getByText(/^Until .*2100/)).toBeVisible();
  await expect(prompt(page)).toBeHidden();

  works = undefined;
  await page.getByRole("button", { name: "Ask now" }).click();
  await expect(prompt(page)).toHaveValue("a harbour in winter");
  expect(errors).toEqual([]);
});

test("a service that is down is told, asked again, and the page goes on by itself", async ({ page }) => {
  const down = (route: Route) => route.fulfill({ ...problem(503, "unavailable"), headers: { "Retry-After": "1" } });
  await page.route("**/api/**", down);
  await page.goto("/create/");
  await prompt(page).fill("a lighthouse");
  await expect(banner(page)).toContainText("The service does not answer.", { timeout: 30_000 });
  await page.unroute("**/api/**", down);
  await page
    .getByRole("button", { name: "Ask now" })
    .or(page.getByRole("radio", { name: /FLUX schnell/ }))
    .first()
    .click();
  await expect(page.getByRole("radio", { name: /FLUX schnell/ })).toBeChecked();
  await expect(page.getByText("The service does not answer.")).toHaveCount(0);
  await expect(prompt(page)).toHaveValue("a lighthouse");
});

test("without the API, and without config.json, no page is blank", async ({ page }) => {
  await page.route("**/api/**", (route) => route.abort());
  await page.goto("/pricing/");
  await expect(page.getByRole("main").getByRole("alert")).toContainText("No connection.", { timeout: 30_000 });
  await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
  await page.unroute("**/api/**");
  await page.route("**/config.json", (route) => route.fulfill({ status: 500, body: "" }));
  await page.goto("/create/");
  await expect(banner(page)).toContainText("The service does not answer.", { timeout: 30_000 });
  await expect(prompt(page)).toBeVisible();
  await page.unroute("**/config.json");
  await expect(page.getByRole("radio", { name: /FLUX schnell/ })).toBeChecked({ timeout: 30_000 });
});

test("who draws and does not answer is named while an order waits for it", async ({ page }) => {
  await page.route("**/api/health", (route) =>
    route.fulfill({
      json: {
        status: "ok",
        version: "1",
        dependencies: [],
        providers: [
          { name: "replicate", status: "down" },
          { name: "bfl", status: "ok" },
        ],
      },
    }),
  );
  const tile = await order(page, somebody("outage"), "slow: a tortoise");
  await expect(banner(page)).toContainText("Replicate does not answer at the moment. Your order waits", {
    timeout: 40_000,
  });
  await expect(tile).toHaveAttribute("data-status", "succeeded", { timeout: 45_000 });
  await expect(page.getByText("Replicate does not answer")).toHaveCount(0);
});

test("the real thing: a safety check and providers that fail", async ({ page, request }) => {
  test.setTimeout(180_000);
  // A product of its own: these faults are everybody's.
  const own = await product(await freePort(), "out");
  try {
    const fail = (faults: object) => request.post(`${own.url}/_local/faults`, { data: faults });
    await fail({ contentsafety: { error_rate: 1 } });
    await page.goto(`${own.url}/create/`);
    await prompt(page).fill("a fox in snow");
    await page.getByRole("button", { name: "Sign in to generate" }).click();
    await signIn(page, somebody("real"));
    await generate(page).click();
    const alert = page.getByRole("main").getByRole("alert");
    await expect(alert).toContainText("The safety check cannot be reached", { timeout: 45_000 });
    await request.delete(`${own.url}/_local/faults`);

    const down = { error_rate: 1 };
    await fail({ replicate: down, foundry: down, bfl: down, cog: down });
    // One failure may be an accident: others order, too.
    for (let n = 0; n < 6; n++) {
      const who = await request.post(`${own.url}/_local/oidc/dev-token`, { data: { email: somebody("other") } });
      const { access_token } = await who.json();
      const order = await request.post(`${own.url}/api/v1/generations`, {
        headers: { Authorization: `Bearer ${access_token}` },
        data: { prompt: "a boat", model: "flux-schnell" },
      });
      expect(order.status()).toBe(202);
    }
    await generate(page).click();
    const tile = page.getByRole("article", { name: "a fox in snow" });
    await expect(tile).toBeVisible();
    await expect(banner(page)).toContainText("Replicate", { timeout: 90_000 });
    await expect(banner(page)).toContainText("what cannot be drawn is not charged");
    // It is neither lost nor charged: it waits.
    await expect(tile).toHaveAttribute("data-status", /queued|starting/);
  } finally {
    await own.end();
  }
});

test("a safety check that is down costs nothing, and is told as such", async ({ page }) => {
  await ready(page, "safety");
  const alert = await refused(page, {
    ...problem(503, "unavailable", { service: "safety-check" }),
    headers: { "Retry-After": "1" },
  });
  await expect(alert).toContainText("The safety check cannot be reached", { timeout: 30_000 });
  await expect(alert).toContainText("Nothing was charged");
  await expect(prompt(page)).toHaveValue("a red fox");
});

test("asked to slow down, the button counts and works again at zero", async ({ page }) => {
  await ready(page, "slow-down");
  const alert = await refused(page, { status: 429, body: "", headers: { "Retry-After": "3" } });
  await expect(alert).toContainText("Too many requests at once.");
  await expect(page.getByRole("button", { name: /^Try again in \d s\.$/ })).toBeDisabled();
  await page.unroute("**/api/v1/generations");
  await expect(generate(page)).toBeEnabled();
  await generate(page).click();
  await expect(page.getByRole("article", { name: "a red fox" })).toHaveAttribute("data-status", "succeeded");
});

for (const [name, answer, says, way] of [
  ["credits", problem(402, "not-enough-credits", { needed: 4, available: 1 }), "4 needed, 1 there", "Buy credits"],
  ["plan", problem(403, "plan-too-low"), "Your plan does not include this.", "See the plans"],
  ["backlog", problem(429, "backlog-full"), "As many of your jobs wait", "Library"],
  ["frozen", problem(403, "account-frozen"), "A payment of yours is disputed.", "Account"],
] as const)
  test(`a refusal for ${name} says why and leads out of it`, async ({ page }) => {
    await ready(page, name);
    const alert = await refused(page, answer);
    await expect(alert).toContainText(says);
    await alert.getByRole("link", { name: way }).click();
    await expect(page).not.toHaveURL(/\/create\//);
    await page.goBack();
    await expect(prompt(page)).toHaveValue("a red fox");
  });

test("a disputed payment freezes the account, and the page says what stays", async ({ page, request }) => {
  await page.goto("/pricing/");
  await page.getByRole("button", { name: "Choose Basic" }).click();
  await signIn(page, somebody("dispute"));
  await page.getByRole("button", { name: "Choose Basic" }).click();
  await page.getByRole("button", { name: /^Pay/ }).first().click();
  await expect(page.getByText("You are on Basic.")).toBeVisible();
  const ledger = page.waitForResponse(/usage\/ledger\?/);
  await page.getByRole("link", { name: "Statement" }).click();
  const { items } = await (await ledger).json();
  const invoice = items.find((it: { invoice_id: string | null }) => it.invoice_id).invoice_id;
  const { id } = await (await request.post("/_local/stripe/_disputes", { data: { invoice } })).json();
  await page.getByRole("link", { name: /^Account/ }).click();
  await expect(page).toHaveURL(/\/account\//);
  const plan = page.getByRole("region", { name: "Plan and payment" });
  await expect(async () => {
    await page.reload();
    await expect(plan.getByRole("alert")).toContainText("Your pictures and credits stay.", { timeout: 5000 });
  }).toPass();
  await page.getByRole("link", { name: "Create", exact: true }).click();
  await prompt(page).fill("a fox");
  await generate(page).click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("A payment of yours is disputed.");
  await request.post(`/_local/stripe/_disputes/${id}/close`, { data: { status: "won" } });
});

test("past due says until when the plan goes on and where to pay", async ({ page }) => {
  await ready(page, "past-due");
  await page.route("**/api/v1/subscription", (route) =>
    route.fulfill({
      json: {
        plan: "basic",
        status: "past_due",
        frozen: false,
        grace_until: "2100-03-04T00:00:00Z",
        unpaid_invoice_url: "https://invoice.example/1",
        packs: [],
      },
    }),
  );
  await page.getByRole("link", { name: /^Account/ }).click();
  const plan = page.getByRole("region", { name: "Plan and payment" });
  await expect(plan.getByRole("alert")).toContainText(/Basic goes on until .*2100/);
  await expect(plan.getByRole("link", { name: "Pay what is open" })).toHaveAttribute(
    "href",
    "https://invoice.example/1",
  );
});

test("a session that ended elsewhere leads to signing in, with everything kept", async ({ page }) => {
  const email = await ready(page, "ended", "a fox that nobody lost");
  const over = (route: Route) => route.fulfill(problem(401, "unauthenticated"));
  await page.route("**/api/v1/**", over);
  // What comes back from a bad network asks what it missed, and is the first to hear of it.
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await expect(banner(page)).toContainText("You are signed out");
  await expect(prompt(page)).toHaveValue("a fox that nobody lost");
  await page.unroute("**/api/v1/**", over);
  await banner(page).getByRole("button", { name: "Sign in" }).click();
  await signIn(page, email);
  await expect(prompt(page)).toHaveValue("a fox that nobody lost");
  await expect(generate(page)).toBeEnabled();
});

test("a picture whose address is over comes again by itself, or when somebody presses", async ({ page }) => {
  const tile = await order(page, somebody("address"), "a lamp");
  await expect(tile).toHaveAttribute("data-status", "succeeded");
  let left = 1;
  await page.route("**/_local/blobs/**", (route) =>
    left-- > 0 ? route.fulfill({ status: 403, body: "" }) : route.continue(),
  );
  await page.getByRole("link", { name: "Library" }).click();
  const image = page.getByRole("main").getByRole("img", { name: "a lamp" });
  const drawn = () => image.evaluate((it) => it instanceof HTMLImageElement && it.complete && it.naturalWidth > 0);
  await expect.poll(drawn).toBe(true);

  left = 1000;
  await page.getByRole("button", { name: "a lamp" }).click();
  const again = page.getByRole("dialog").getByRole("button", { name: "Load the picture again" });
  await expect(again).toBeVisible();
  left = 0;
  await again.click();
  await expect(page.getByRole("dialog").getByRole("img", { name: "a lamp" })).toBeVisible();
  await expect(again).toHaveCount(0);
});

test("a script that a deployment took away: the page loads anew once, with the draft", async ({ page }) => {
  await ready(page, "stale", "a fox from before");
  let [gone, missed] = [true, 0];
  page.on("request", (request) => {
    // The new page has scripts of its own.
    if (request.isNavigationRequest()) gone = false;
  });
  await page.route("**/_next/static/chunks/*.js", (route) => {
    if (!gone) return route.continue();
    missed += 1;
    return route.fulfill({ status: 404, body: "" });
  });
  const anew = page.waitForRequest((request) => request.isNavigationRequest());
  await page
    .getByRole("banner")
    .getByRole("button", { name: /credit/ })
    .click();
  await anew;
  expect(missed).toBeGreaterThan(0);
  await expect(prompt(page)).toHaveValue("a fox from before");
  await expect(generate(page)).toBeEnabled();
});

test("a page that breaks says so with a reference, and the rest goes on", async ({ page }) => {
  await page.route("**/api/v1/models", (route) => route.fulfill({ json: { items: [null] } }));
  await page.goto("/create/");
  await expect(page.getByRole("heading", { name: "This page broke" })).toBeVisible();
  await expect(page.getByText(/TypeError: /)).toBeVisible();
  await page.unroute("**/api/v1/models");
  await page.getByRole("button", { name: "Load the page anew" }).click();
  await expect(page.getByRole("radio", { name: /FLUX schnell/ })).toBeChecked();
});

test("where a browser lets the page keep nothing, it works as far as it can", async ({ page }) => {
  const errors = watch(page);
  await page.addInitScript(() => {
    for (const name of ["localStorage", "sessionStorage", "indexedDB"])
      Object.defineProperty(window, name, {
        configurable: true,
        get() {
          throw new DOMException("The operation is insecure.", "SecurityError");
        },
      });
  });
  await page.goto("/create/");
  await expect(page.getByRole("radio", { name: /FLUX schnell/ })).toBeChecked();
  await prompt(page).fill("a fox");
  await page.getByLabel("Theme").selectOption("dark");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.getByRole("link", { name: "Pricing" }).click();
  await expect(page.getByRole("heading", { name: "Premium" })).toBeVisible();
  await page.getByRole("button", { name: "Sign in" }).first().click();
  await signIn(page, somebody("private"));
  await expect(page.getByText("This browser keeps nothing for this page")).toBeVisible();
  expect(errors).toEqual([]);
});

test("what is finished while nobody looks stands in the title, and is notified when that was wished", async ({
  page,
}) => {
  await page.addInitScript(() => {
    const told: string[] = [];
    class Stub {
      static permission = "default";
      static async requestPermission() {
        Stub.permission = "granted";
        return "granted";
      }
      onclick = null;
      constructor(title: string, options: { body: string }) {
        told.push(`${title} ${options.body}`);
      }
      close() {}
    }
    Object.assign(window, { Notification: Stub, told });
  });
  await ready(page, "hidden", "slow: a boat");
  await page.getByRole("link", { name: /^Account/ }).click();
  await page.getByLabel(/Notify me/).check();
  await page.getByRole("link", { name: "Create", exact: true }).click();
  await generate(page).click();
  await expect(page.getByRole("article", { name: "slow: a boat" })).toBeVisible();
  const hide = (is: boolean) =>
    page.evaluate((is) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => is });
      document.dispatchEvent(new Event("visibilitychange"));
    }, is);
  await hide(true);
  await expect(page).toHaveTitle(/^\(1\) /, { timeout: 45_000 });
  await expect(page.locator('link[rel="icon"]').first()).toHaveAttribute("href", /^data:image\/svg/);
  expect(await page.evaluate(() => (window as unknown as { told: string[] }).told)).toEqual([
    "A picture is done. slow: a boat",
  ]);
  await expect(page.getByText("A picture is done.")).toBeAttached();
  await hide(false);
  await expect(page).not.toHaveTitle(/^\(/);
  await expect(page.locator('link[rel="icon"]').first()).toHaveAttribute("href", /icon\.svg/);
});
