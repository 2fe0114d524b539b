import { expect, it, vi } from "vitest";
import { steady } from "./steady";

const token = async () => "t";
const wait = async () => {};
const order = (headers: HeadersInit = {}) => new Request("http://x/api", { method: "POST", body: "{}", headers });

it("tries an order again with the same key when the answer was lost", async () => {
  const keys: (string | null)[] = [];
  const once = vi.fn(async (request: Request) => {
    keys.push(request.headers.get("Idempotency-Key"));
    if (keys.length === 1) throw new TypeError("lost");
    return new Response(await request.text(), { status: keys.length === 2 ? 503 : 202 });
  });
  const answer = await steady(token, once, wait)(order({ "Idempotency-Key": "k" }));
  expect([answer.status, await answer.text(), keys]).toEqual([202, "{}", ["k", "k", "k"]]);
});

it("never repeats a change without a key", async () => {
  const once = vi.fn(async () => new Response(null, { status: 503 }));
  expect((await steady(token, once, wait)(order())).status).toBe(503);
  expect(once).toHaveBeenCalledTimes(1);
});

it("renews the token once, then gives up", async () => {
  const asked: boolean[] = [];
  const renewed = async (fresh: boolean) => {
    asked.push(fresh);
    return "t";
  };
  const once = vi.fn(async () => new Response(null, { status: 401 }));
  const answer = await steady(renewed, once, wait)(new Request("http://x/"));
  expect([answer.status, asked]).toEqual([401, [false, true]]);
});

it("ends after four tries", async () => {
  const once = vi.fn(async () => {
    throw new TypeError("down");
  });
  await expect(steady(token, once, wait)(new Request("http://x/"))).rejects.toThrow("down");
  expect(once).toHaveBeenCalledTimes(4);
});
