import type { Generation } from "@/api/client";
import { placeOf } from "@/store/merge";

/**
 * A run of the list that is loaded from its newest job on. How many it has is known before they are, where the API
 * tells: then a grid has its whole height from the beginning, and any place of it can be gone to.
 */
export type Section = {
  /** `2026-11`; `null` where a list is not cut into months. */
  month: string | null;
  count: number | null;
  ids: readonly string[];
  cursor: string | null;
  done: boolean;
};
export type Month = { month: string; count: number };

/** Shown behind the last job while nobody knows how many follow. */
const AHEAD = 24;
export const empty = (month: string | null, count: number | null): Section => ({
  month,
  count,
  ids: [],
  cursor: null,
  done: count === 0,
});

export const sizeOf = ({ ids, count, done }: Section) =>
  done ? ids.length : Math.max(ids.length + 1, count ?? ids.length + AHEAD);
export const total = (sections: readonly Section[]) => sections.reduce((sum, it) => sum + sizeOf(it), 0);

/** Which section has the job at `index`, and which of its jobs that is. */
export function spot(sections: readonly Section[], index: number): { section: number; offset: number } | null {
  let before = 0;
  for (const [section, it] of sections.entries()) {
    const size = sizeOf(it);
    if (index < before + size) return index < 0 ? null : { section, offset: index - before };
    before += size;
  }
  return null;
}

/** The job at `index`; `null` while it is not loaded. */
export function idAt(sections: readonly Section[], index: number): string | null {
  const at = spot(sections, index);
  return at ? (sections[at.section]?.ids[at.offset] ?? null) : null;
}

/** Where `id` is among ids that descend, or would be. */
const rank = (ids: readonly string[], id: string) =>
  placeOf(
    ids.map((it) => ({ id: it })),
    id,
  );

export function indexOf(sections: readonly Section[], id: string): number {
  let before = 0;
  for (const it of sections) {
    const at = it.ids.indexOf(id);
    if (at >= 0) return before + at;
    before += sizeOf(it);
  }
  return -1;
}

/** Cuts the list anew by what the API counted. What is loaded stays, unless it cannot be true any more. */
export function lay(sections: readonly Section[], months: readonly Month[]): readonly Section[] {
  const old = new Map(sections.map((it) => [it.month, it]));
  return months.map(({ month, count }) => {
    const it = old.get(month);
    if (!it || (it.done && it.ids.length !== count)) return empty(month, count);
    return it.count === count ? it : { ...it, count };
  });
}

/** A page of one section, of which `ids` are those that still fit. */
export function arrive(section: Section, ids: readonly string[], cursor: string | null): Section {
  const all = [...new Set([...section.ids, ...ids])].sort((a, b) => (a < b ? 1 : -1));
  return { ...section, ids: all, cursor, done: cursor === null };
}

/** The UTC month that a ULID was made in: the first ten letters after the prefix are its milliseconds. */
export function monthOf(id: string): string {
  const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const ulid = id.slice(id.indexOf("_") + 1, id.indexOf("_") + 11);
  let ms = 0;
  for (const letter of ulid) ms = ms * 32 + letters.indexOf(letter);
  return new Date(ms).toISOString().slice(0, 7);
}

/** `job` fits the list now, or no longer. The same list when it has nothing to do with that. */
export function place(sections: readonly Section[], job: Generation, fits: boolean): readonly Section[] {
  const byMonth = sections[0] === undefined || sections[0].month !== null;
  const month = byMonth ? monthOf(job.id) : null;
  const n = sections.findIndex((it) => it.month === month);
  const section = sections[n];
  if (!section) {
    if (!fits) return sections;
    const fresh: Section = { ...empty(month, 1), ids: [job.id], done: true };
    const after = sections.findIndex((it) => (it.month ?? "") < (month ?? ""));
    return after < 0 ? [...sections, fresh] : sections.toSpliced(after, 0, fresh);
  }
  const { ids, count, done } = section;
  const listed = ids.includes(job.id);
  if (listed === fits) return sections;
  const counted = count === null ? null : Math.max(0, count + (fits ? 1 : -1));
  if (listed) {
    const rest = { ...section, ids: ids.filter((it) => it !== job.id), count: counted };
    return sections.with(n, rest).filter((it) => it.month === null || sizeOf(it) > 0);
  }
  // Older than what is loaded: it comes with its page.
  if (!done && job.id < (ids.at(-1) ?? "~")) return sections;
  return sections.with(n, { ...section, ids: ids.toSpliced(rank(ids, job.id), 0, job.id), count: counted });
}

/** The first section of which something between two places is missing. */
export function missing(sections: readonly Section[], first: number, last: number): number | null {
  let before = 0;
  for (const [n, it] of sections.entries()) {
    const size = sizeOf(it);
    const loadedTo = before + it.ids.length;
    if (!it.done && before < last && first < before + size && last > loadedTo) return n;
    before += size;
  }
  return null;
}

/** The place of the first job of section `n`. */
export const startOf = (sections: readonly Section[], n: number) => total(sections.slice(0, n));
