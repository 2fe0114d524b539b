import { expect, it } from "vitest";
import type { NewGeneration } from "@/api/client";
import { Problem } from "@/api/problem";
import { leftOf, sendAll, wishesFor } from "./wishes";

let count = 0;
const fresh = () => ({
  header: { "Idempotency-Key": `key-${++count}` as `${string}-${string}-${string}-${string}-${string}` },
});
const bodies = ["one", "two", "three"].map((prompt) => ({ prompt, model: "m" }) as NewGeneration);

it("stops where the credits end, and goes on from there with what is left", async () => {
  const sent: string[] = [];
  let credits = 2;
  const send = async ({ body }: { body: NewGeneration }) => {
    if (credits === 0) throw new Problem(402, { code: "not-enough-credits" }, null);
    credits--;
    sent.push(body.prompt);
  };
  const wishes = wishesFor(bodies, [], fresh);
  expect(await sendAll(wishes, send, fresh)).toMatchObject({ made: 2, left: 1 });
  expect(leftOf(bodies, wishes).map((it) => it.prompt)).toEqual(["three"]);
  expect(leftOf(bodies.slice(1), wishes)).toHaveLength(2);
  credits = 5;
  expect(await sendAll(wishesFor(bodies, wishes, fresh), send, fresh)).toMatchObject({ made: 1, left: 0 });
  expect(sent).toEqual(["one", "two", "three"]);
});

it("keeps the key when no answer came, and takes another after a refusal", async () => {
  const wishes = wishesFor(bodies.slice(0, 1), [], fresh);
  const key = () => wishes[0]?.key.header["Idempotency-Key"];
  const first = key();
  await sendAll(wishes, () => Promise.reject(new Problem(0, {}, null)), fresh);
  expect(key()).toBe(first);
  await sendAll(wishes, () => Promise.reject(new Problem(422, {}, null)), fresh);
  expect(key()).not.toBe(first);
});

it("makes new wishes when all are done, or the order is another", async () => {
  const wishes = wishesFor(bodies, [], fresh);
  expect(wishesFor(bodies, wishes, fresh)).toBe(wishes);
  expect(wishesFor(bodies.slice(1), wishes, fresh)).not.toBe(wishes);
  await sendAll(wishes, async () => {}, fresh);
  expect(wishesFor(bodies, wishes, fresh)).not.toBe(wishes);
});
