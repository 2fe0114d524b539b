import { beforeEach, expect, it } from "vitest";
import type { Generation } from "@/api/client";
import { forgetAll, peek, put } from "./generations";

const job = (id: string, revision: number, status = "queued") => ({ id, revision, status }) as Generation;
beforeEach(forgetAll);

it("keeps the later version, in whatever order they come", () => {
  put([job("gen_1", 3, "running")]);
  put([job("gen_1", 2, "starting")]);
  expect(peek().map((it) => it.status)).toEqual(["running"]);
});

it("has the newest first", () => {
  put([job("gen_1", 1), job("gen_3", 1)]);
  put([job("gen_2", 1)]);
  expect(peek().map((it) => it.id)).toEqual(["gen_3", "gen_2", "gen_1"]);
});
