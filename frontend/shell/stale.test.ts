import { expect, it } from "vitest";
import { isStale, mayReload } from "./stale";

const named = (name: string, message: string) => Object.assign(new Error(message), { name });

it("knows a script that is gone by what the bundlers and browsers call it", () => {
  expect(isStale(named("ChunkLoadError", "x"))).toBe(true);
  expect(isStale(new Error("Failed to load chunk /_next/static/chunks/a.js from module 7"))).toBe(true);
  expect(isStale(new TypeError("Failed to fetch dynamically imported module: https://x/a.js"))).toBe(true);
  expect(isStale(new TypeError("Failed to fetch"))).toBe(false);
  expect(isStale("ChunkLoadError")).toBe(false);
});

it("loads anew once, and again only after a while", () => {
  const kept = new Map<string, string>();
  const store = {
    getItem: (it: string) => kept.get(it) ?? null,
    setItem: (it: string, to: string) => kept.set(it, to),
  };
  expect(mayReload(store, 1_000_000)).toBe(true);
  expect(mayReload(store, 1_030_000)).toBe(false);
  expect(mayReload(store, 1_060_000)).toBe(true);
});
