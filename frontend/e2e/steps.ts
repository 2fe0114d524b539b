import { expect, type Page } from "@playwright/test";

let count = 0;
/** Nobody's yet: each test has a user of its own. */
export const somebody = (name: string) => {
  count += 1;
  return `${name}-${process.pid}-${count}-${Date.now()}@example.com`;
};

/** Through the local issuer's own page. */
export async function signIn(page: Page, email: string) {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Name").fill("Ada");
  await page.getByRole("button", { name: "Sign in", exact: true }).last().click();
}

/** Signs in from the create page with `prompt` written, and orders it. */
export async function order(page: Page, email: string, prompt: string) {
  await page.goto("/create/");
  await page.getByLabel("What should it show?").fill(prompt);
  await page.getByRole("button", { name: "Sign in to generate" }).click();
  await signIn(page, email);
  await expect(page.getByLabel("What should it show?")).toHaveValue(prompt);
  await page.getByRole("button", { name: /^Generate/ }).click();
  return page.getByRole("article", { name: prompt });
}

/** Somebody new on `plan`, through the checkout. */
export async function subscribe(page: Page, plan: "Basic" | "Premium", name: string) {
  await page.goto("/pricing/");
  await page.getByRole("button", { name: `Choose ${plan}` }).click();
  await signIn(page, somebody(name));
  await page.getByRole("button", { name: `Choose ${plan}` }).click();
  await page.getByRole("button", { name: /^Pay/ }).first().click();
  await expect(page.getByText(`You are on ${plan}.`)).toBeVisible();
}
/** Errors of the page itself; the browser's own note of a refused answer is none. */
export function watch(page: Page): string[] {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !/Failed to load resource/.test(message.text())) errors.push(message.text());
  });
  return errors;
}

/** The library of `email` on the server at `address`, in sight. */
export async function library(page: Page, address: string, email: string, search = "") {
  await page.goto(`${address}/library/${search}`);
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  await signIn(page, email);
  await expect(page.getByRole("list", { name: "Pictures" }).getByRole("img").first()).toBeVisible();
}
