import { readFileSync } from "node:fs";
import { join } from "node:path";
import openapiTS, { astToString } from "openapi-typescript";
import { expect, it } from "vitest";

it("the types are those of openapi.json; if not: npm run generate", async () => {
  const here = import.meta.dirname;
  const made = astToString(await openapiTS(new URL(`file://${join(here, "../../openapi.json")}`)));
  const kept = readFileSync(join(here, "schema.d.ts"), "utf8");
  expect(kept.endsWith(made), "schema.d.ts is stale: run `npm run generate` in frontend/").toBe(true);
}, 60_000);
