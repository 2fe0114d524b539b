import createClient from "openapi-fetch";
import { accessToken } from "@/session/session";
import { settings } from "@/session/settings";
import { Problem } from "./problem";
import type { components, paths } from "./schema";
import { steady } from "./steady";

type Schemas = components["schemas"];
export type Generation = Schemas["Generation"];
export type Picture = Schemas["Image"];
export type Model = Schemas["ModelView"];
export type Plan = Schemas["PlanView"];
export type Me = Schemas["Me"];
export type Share = Schemas["Share"];
export type Shared = Schemas["Shared"];
export type Subscription = Schemas["Subscription"];
export type NewGeneration = Schemas["NewGeneration"];
export type LiveEvent = Schemas["Event"];

export const FINAL = new Set(["succeeded", "failed", "cancelled", "blocked"]);

const reach = steady(accessToken);
/** Where the API is, is known at run time: one build serves every place. */
export const api = createClient<paths>({
  baseUrl: typeof location === "undefined" ? "" : location.origin,
  fetch: async (request) => {
    const { api: base } = await settings();
    return reach(base ? await moved(request, base) : request);
  },
});

/** The same request of another host. Its body is read, because a browser sends a stream over HTTP/2 alone. */
async function moved(request: Request, base: string): Promise<Request> {
  const { method, headers, signal } = request;
  const body = method === "GET" ? null : await request.arrayBuffer();
  return new Request(request.url.replace(location.origin, base), {
    method,
    headers,
    signal,
    body: body?.byteLength ? body : null,
  });
}

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The body of a good answer; a `Problem` is thrown otherwise, with status 0 when none came. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch {
    throw new Problem(0, {}, null);
  }
  if (answer.response.ok) return answer.data as T;
  const written = typeof answer.error === "object" && answer.error ? answer.error : {};
  const after = Number(answer.response.headers.get("Retry-After"));
  throw new Problem(answer.response.status, written, after > 0 ? after : null);
}

export const newKey = () => ({ header: { "Idempotency-Key": crypto.randomUUID() } });
