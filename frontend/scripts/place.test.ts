import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

const script = join(import.meta.dirname, "place.mjs");
const env = {
  ...process.env,
  API_URL: "https://func-x.azurewebsites.net",
  PICTURES_URL: "https://stpicsx.blob.core.windows.net/",
  REALTIME_URL: "https://pubsub-x.webpubsub.azure.com",
  SIGN_IN_AUTHORITY: "https://contoso.ciamlogin.com/1-2-3",
  SIGN_IN_CLIENT_ID: "page",
  SIGN_IN_SCOPES: "api://x/access_as_user",
  OIDC_ISSUER: "https://1-2-3.ciamlogin.com/1-2-3/v2.0",
};
let here = "";
beforeEach(() => {
  here = mkdtempSync(join(tmpdir(), "place-"));
  mkdirSync(join(here, "out"));
  writeFileSync(join(here, "out/index.html"), "");
  for (const name of ["config.json", "staticwebapp.config.json"])
    writeFileSync(join(here, "out", name), readFileSync(join(import.meta.dirname, "../public", name)));
});
afterEach(() => rmSync(here, { recursive: true, force: true }));
const read = (name: string) => JSON.parse(readFileSync(join(here, "place", name), "utf8"));

it("knows its API and its door, and may talk to their hosts alone", () => {
  execFileSync(process.execPath, [script, join(here, "out"), join(here, "place")], { env });
  expect(read("config.json")).toMatchObject({
    api: "https://func-x.azurewebsites.net",
    session: {
      kind: "msal",
      authority: "https://contoso.ciamlogin.com/1-2-3",
      knownAuthorities: ["contoso.ciamlogin.com", "1-2-3.ciamlogin.com"],
    },
  });
  const policy: string = read("staticwebapp.config.json").globalHeaders["Content-Security-Policy"];
  expect(policy).toContain(
    "connect-src 'self' https://func-x.azurewebsites.net https://stpicsx.blob.core.windows.net wss://pubsub-x.webpubsub.azure.com https://contoso.ciamlogin.com https://1-2-3.ciamlogin.com;",
  );
  expect(policy).toContain("img-src 'self' data: blob: https://stpicsx.blob.core.windows.net;");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toContain("*");
});

it.each([
  [{ PICTURES_URL: "" }, "PICTURES_URL: the address of the storage account"],
  [{ API_URL: "http://example.com" }, "API_URL is no https address"],
  [{ SIGN_IN_KIND: "saml" }, "SIGN_IN_KIND is msal or oidc"],
])("says what is wrong, and makes nothing: %o", (wrong, said) => {
  const words = [script, join(here, "out"), join(here, "place")];
  const run = spawnSync(process.execPath, words, { env: { ...env, ...wrong }, encoding: "utf8" });
  expect(run.status).toBe(1);
  expect(run.stderr).toContain(said);
  expect(() => read("config.json")).toThrow();
});
