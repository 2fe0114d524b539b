import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type Browser, chromium, expect, test } from "@playwright/test";
import { folder, freePort, peer, product } from "./own";
import { watch } from "./steps";

type Issuer = { https: number; issuer: string; authority: string; audience: string; scope: string; metadata: string };

/** The page of a place that calls its API across origins, as in Azure, and signs in at `kind`, in a browser to which Microsoft's host names are a provider of ours. */
async function place(kind: "external-id" | "b2c", seconds: number) {
  const port = await freePort();
  const issuer = await peer<Issuer>("entra.mjs", kind, `http://localhost:${port}`, String(seconds));
  const web = folder();
  const url = `http://localhost:${port}`;
  const api = `http://127.0.0.1:${port}`;
  const host = new URL(issuer.authority).host;
  execFileSync(process.execPath, [join(import.meta.dirname, "../scripts/place.mjs"), "out", web.path], {
    env: {
      ...process.env,
      API_URL: api,
      PICTURES_URL: url,
      REALTIME_URL: url,
      SIGN_IN_AUTHORITY: issuer.authority,
      SIGN_IN_CLIENT_ID: "web",
      SIGN_IN_SCOPES: issuer.scope,
      OIDC_ISSUER: issuer.issuer,
    },
  });
  const whole = await product(port, web.path, {
    cors: url,
    env: {
      OIDC_ISSUER: issuer.issuer,
      OIDC_METADATA_URL: issuer.metadata,
      OIDC_AUDIENCE: issuer.audience,
      ...(kind === "b2c" ? { OIDC_POLICIES: "B2C_1_susi" } : {}),
    },
  });
  const browser: Browser = await chromium.launch({
    ...test.info().project.use.launchOptions,
    args: [
      ...(test.info().project.use.launchOptions?.args ?? []),
      `--host-resolver-rules=MAP ${host}:443 127.0.0.1:${issuer.https}`,
    ],
  });
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en-GB" });
  return {
    page: await context.newPage(),
    url,
    host,
    end: async () => {
      await browser.close();
      await whole.end();
      await issuer.end();
      web.gone();
    },
  };
}

// Tokens of a minute are renewed at every call, because MSAL renews five minutes before the end.
for (const [kind, seconds] of [
  ["external-id", 3600],
  ["b2c", 60],
] as const) {
  test(`signs in at ${kind} by MSAL, in its production mode and over https`, async () => {
    const { page, url, host, end } = await place(kind, seconds);
    try {
      const errors = watch(page);
      await page.goto(`${url}/create/`);
      await page.getByLabel("What should it show?").fill("a lamp");
      await page.getByRole("button", { name: "Sign in to generate" }).click();
      await expect(page).toHaveURL(new RegExp(`^https://${host}/`));
      await page.getByLabel("E-mail").fill("ada@example.com");
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(page.getByLabel("What should it show?")).toHaveValue("a lamp");
      await page.getByRole("button", { name: /^Generate/ }).click();
      await expect(page.getByRole("article", { name: "a lamp" })).toHaveAttribute("data-status", "succeeded");
      const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
      expect(stored).not.toContain("eyJ");

      // A new page has no token; the issuer knows them and asks nothing.
      await page.goto(`${url}/library/?q=lamp`);
      await expect(page).toHaveURL(`${url}/library/?q=lamp`);
      await expect(page.getByRole("button", { name: "a lamp" })).toBeVisible();

      await page.goto(`${url}/create/`);
      await page
        .getByRole("banner")
        .getByRole("button", { name: /credit/ })
        .click();
      await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
      // MSAL's state comes back with whoever left.
      await expect(page).toHaveURL(new RegExp(`^${url}/(\\?state=.*)?$`));
      await page.goto(`${url}/library/`);
      await expect(page.getByText("Sign in to see this.")).toBeVisible();
      expect(errors).toEqual([]);
    } finally {
      await end();
    }
  });
}
