import { expect, it } from "vitest";
import type { Generation } from "@/api/client";
import { endings, outcome } from "./ended";

const job = (id: string, status: string) => ({ id, status }) as Generation;

it("tells each ending once, and none that was over before", () => {
  const ended = endings();
  expect(ended([job("a", "running"), job("b", "succeeded")])).toEqual([]);
  expect(ended([job("a", "succeeded"), job("b", "succeeded")])).toEqual([job("a", "succeeded")]);
  expect(ended([job("a", "succeeded")])).toEqual([]);
});

it("counts what came and what failed; what somebody cancelled is no news", () => {
  expect(outcome([job("a", "succeeded"), job("b", "failed"), job("c", "blocked"), job("d", "cancelled")])).toEqual({
    done: 1,
    failed: 2,
  });
});
