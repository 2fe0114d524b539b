import { api, ask } from "@/api/client";
import { knownJob, put, subscribeToAll } from "@/store/generations";
import { asked, type Filters, fits, isNarrowed } from "./filters";
import { arrive, empty, idAt, lay, type Month, missing, monthOf, place, type Section, sizeOf, total } from "./list";

export type Shown = {
  sections: readonly Section[];
  length: number;
  begun: boolean;
  error: unknown;
  /** Made while somebody looks further down: they are let in when the top is in sight, so nothing moves before. */
  held: ReadonlySet<string>;
};

/** As many as the API gives at a time. */
const PAGE = "100";
/** What is made and thrown away in quick succession is counted once. */
const COUNT_MS = 800;

const monthAfter = (month: string) => {
  const next = new Date(`${month}-01T00:00:00Z`);
  next.setUTCMonth(next.getUTCMonth() + 1);
  return next.toISOString().slice(0, 10);
};

/**
 * The jobs that `filters` let through, as a list of which any part can be asked for. What is made or changed meanwhile
 * is in it without asking again. It goes on while nobody looks, so that coming back finds it as it was.
 */
export function wall(filters: Filters) {
  // Only of everything does the API tell how many there are in which month.
  const whole = !isNarrowed(filters);
  let shown: Shown = {
    sections: whole ? [] : [empty(null, null)],
    length: 0,
    begun: false,
    error: null,
    held: new Set(),
  };
  let down = false;
  let wanted = { first: 0, last: 30 };
  let loading: Promise<void> | null = null;
  let counting: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  const listeners = new Set<() => void>();

  const become = (part: Partial<Shown>) => {
    const next = { ...shown, ...part };
    shown = { ...next, length: total(next.sections) };
    for (const listener of listeners) listener();
  };

  const count = async () => {
    const summary: { months: Month[] } = await ask(api.GET("/api/v1/library/summary"));
    if (ended) return;
    const waiting = (month: string) => [...shown.held].filter((id) => monthOf(id) === month).length;
    const months = summary.months.map((it) => ({ ...it, count: it.count - waiting(it.month) }));
    become({
      sections: lay(
        shown.sections,
        months.filter((it) => it.count > 0),
      ),
    });
  };
  const countSoon = () => {
    if (!whole) return;
    clearTimeout(counting);
    counting = setTimeout(() => count().then(pump, () => {}), COUNT_MS);
  };

  /** One page more of section `n`. */
  const page = async (n: number) => {
    const section = shown.sections[n];
    if (!section) return;
    const { month, cursor } = section;
    const window = month === null ? {} : { from: `${month}-01`, to: monthAfter(month) };
    const query = { ...asked(filters), ...window, limit: PAGE, ...(cursor ? { cursor } : {}) };
    const { items, next_cursor } = await ask(api.GET("/api/v1/generations", { params: { query } }));
    if (ended) return;
    put(items);
    // What was changed while the page was on its way is in the store already, and the later version stays.
    const still = items.map((it) => knownJob(it.id) ?? it).filter((it) => fits(it, filters) && !shown.held.has(it.id));
    const at = shown.sections.findIndex((it) => it.month === month);
    const now = shown.sections[at];
    if (!now) return;
    const more = arrive(
      now,
      still.map((it) => it.id),
      next_cursor ?? null,
    );
    become({ sections: shown.sections.with(at, more).filter((it) => it.month === null || sizeOf(it) > 0) });
  };

  /** Loads what is in sight, page by page. Where that is may change meanwhile. */
  const pump = () => {
    loading ??= (async () => {
      try {
        if (whole && !shown.begun) await count();
        for (;;) {
          const n = missing(shown.sections, wanted.first, wanted.last);
          if (n === null || ended) break;
          await page(n);
          if (!shown.begun) become({ begun: true });
        }
        become({ begun: true, error: null });
      } catch (error) {
        if (!ended) become({ error });
      } finally {
        loading = null;
      }
    })();
    return loading;
  };

  /** The newest there is, as far as it was shown. */
  const newest = () => shown.sections.find((it) => it.ids.length > 0)?.ids[0] ?? "";
  const letIn = () => {
    if (shown.held.size === 0) return;
    let { sections } = shown;
    for (const id of shown.held) {
      const job = knownJob(id);
      if (job) sections = place(sections, job, fits(job, filters));
    }
    become({ sections, held: new Set() });
  };
  const end = subscribeToAll((changes) => {
    let { sections, held } = shown;
    for (const { was, is } of changes) {
      const fitting = fits(is, filters);
      if (held.has(is.id) ? fitting : down && !was && fitting && shown.begun && is.id > newest())
        held = new Set([...held, is.id]);
      else {
        sections = place(sections, is, fitting);
        if (held.has(is.id)) held = new Set([...held].filter((id) => id !== is.id));
      }
    }
    if (sections !== shown.sections || held.size !== shown.held.size) become({ sections, held });
    // A page that is loaded changes nothing; something that happened to a job does.
    if (changes.some(({ was, is }) => Boolean(was?.deleted_at) !== Boolean(is.deleted_at))) countSoon();
  });

  return {
    filters,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    now: () => shown,
    /** These are in sight, or soon will be; `top` is the first that is. */
    look(first: number, last: number, top: number) {
      wanted = { first, last };
      down = top > 0;
      if (!down) letIn();
      if (shown.error === null && missing(shown.sections, first, last) !== null) pump();
    },
    again() {
      become({ error: null });
      pump();
    },
    /** Asks how it is by now. */
    refresh: () => (whole && shown.begun ? count().then(pump, () => {}) : pump()),
    /** The ids between two places, all of them loaded; ends early when `signal` says so. */
    async ids(first: number, last: number, signal: AbortSignal, tell: (loaded: number) => void): Promise<string[]> {
      await loading;
      const to = () => Math.min(last, shown.length);
      for (;;) {
        const n = missing(shown.sections, first, to());
        if (n === null || signal.aborted) break;
        await page(n);
        tell(shown.sections.reduce((sum, it) => sum + it.ids.length, 0));
      }
      const all: string[] = [];
      for (let n = first; n < to(); n++) {
        const id = idAt(shown.sections, n);
        if (id) all.push(id);
      }
      return all;
    },
    end() {
      ended = true;
      clearTimeout(counting);
      end();
    },
  };
}
export type Wall = ReturnType<typeof wall>;

let kept: { key: string; wall: Wall } | null = null;
/** The wall for `filters`. The last one is kept: whoever comes back finds it where it was left. */
export function keptWall(filters: Filters): Wall {
  const key = JSON.stringify(filters);
  if (kept?.key !== key) {
    kept?.wall.end();
    kept = { key, wall: wall(filters) };
  }
  return kept.wall;
}
