import { beforeEach, expect, it } from "vitest";
import type { Generation } from "@/api/client";
import { type Change, forgetAll, peek, put, subscribeToAll } from "./generations";
import { merge, placeOf } from "./merge";

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

it("tells what changed, with what it was, and nothing else", () => {
  put([job("gen_1", 1), job("gen_2", 1)]);
  const heard: Change[] = [];
  const end = subscribeToAll((changes) => heard.push(...changes));
  put([job("gen_2", 1, "queued"), job("gen_2", 2, "running"), job("gen_1", 0)]);
  end();
  expect(heard.map(({ was, is }) => [is.id, was?.status, is.status])).toEqual([["gen_2", "queued", "running"]]);
});

it("finds and keeps the place of each among many", () => {
  const some = (...ids: number[]) => ids.map((n) => ({ id: String(n), of: "new" }));
  const list = [9, 7, 5, 3].map((n) => ({ id: String(n), of: "old" }));
  expect([9, 8, 3, 1].map((n) => placeOf(list, String(n)))).toEqual([0, 1, 3, 4]);
  const merged = merge(list, some(4, 7, 1, 8));
  expect(merged.map((it) => it.id)).toEqual(["9", "8", "7", "5", "4", "3", "1"]);
  expect(merged.filter((it) => it.of === "new").map((it) => it.id)).toEqual(["8", "7", "4", "1"]);
  expect(list.map((it) => it.of)).not.toContain("new");
});
