import type { Generation } from "@/api/client";

/** What a list is narrowed by. It lives in the address, so that it can be sent and gone back to. */
export type Filters = {
  q: string;
  model: string;
  aspect_ratio: string;
  collection: string;
  /** Days (UTC), as `2026-11-22`: made on `from` or later, made on `until` or earlier. */
  from: string;
  until: string;
  favourite: boolean;
  trash: boolean;
};

export const none: Filters = {
  q: "",
  model: "",
  aspect_ratio: "",
  collection: "",
  from: "",
  until: "",
  favourite: false,
  trash: false,
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const day = (text: string | null) => (text && DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : "");

export const readFilters = (search: Pick<URLSearchParams, "get">): Filters => ({
  q: (search.get("q") ?? "").slice(0, 200),
  model: search.get("model") ?? "",
  aspect_ratio: search.get("aspect_ratio") ?? "",
  collection: search.get("collection") ?? "",
  from: day(search.get("from")),
  until: day(search.get("until")),
  favourite: search.get("favourite") === "true",
  trash: search.get("trash") === "true",
});

/** As the address has it. */
export function query(filters: Filters): Record<string, string> {
  const entries = Object.entries(filters).map(([name, value]) => [
    name,
    value === true ? "true" : String(value).trim(),
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== "" && value !== "false"));
}

export const dayAfter = (of: string) => new Date(Date.parse(of) + 86_400_000).toISOString().slice(0, 10);

/** As the API takes it: its `to` is the first moment that is left out. */
export function asked(filters: Filters): Record<string, string> {
  const { until, ...rest } = query(filters);
  return { ...rest, ...(until ? { to: dayAfter(until) } : {}) };
}

export const isNarrowed = (filters: Filters) => Object.keys(query(filters)).length > 0;

/** Whether `job` is one of them, as the API would say. */
export function fits(job: Generation, filters: Filters): boolean {
  const prompt = job.prompt.toLowerCase();
  const words = filters.q.toLowerCase().split(/\s+/).filter(Boolean);
  const made = job.created_at.slice(0, 10);
  return (
    filters.trash === Boolean(job.deleted_at) &&
    (!filters.favourite || job.favourite) &&
    (!filters.model || job.model === filters.model) &&
    (!filters.aspect_ratio || job.aspect_ratio === filters.aspect_ratio) &&
    (!filters.collection || job.collection === filters.collection) &&
    (!filters.from || made >= filters.from) &&
    (!filters.until || made <= filters.until) &&
    words.every((word) => prompt.includes(word))
  );
}
