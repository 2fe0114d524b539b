import { useCallback, useEffect, useRef, useState } from "react";
import { api, ask, type StatementLine } from "@/api/client";
import { useMe } from "@/store/me";
import { useReturn } from "@/store/reach";
import { merged, monthOf } from "./lines";

type Loaded = { lines: readonly StatementLine[]; cursor: string | null; begun: boolean };
const fresh: Loaded = { lines: [], cursor: null, begun: false };
const page = (cursor: string | null) =>
  ask(api.GET("/api/v1/usage/ledger", { params: { query: { limit: "50", ...(cursor ? { cursor } : {}) } } }));

/** The statement as far as it was read: newest first, without a gap. What is booked meanwhile comes on top. */
export function useLines() {
  const [loaded, setLoaded] = useState<Loaded>(fresh);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const at = useRef(loaded);
  at.current = loaded;
  const under = useRef(false);
  // Asked for while something else was under way.
  const waiting = useRef<(() => void) | null>(null);

  const become = useCallback((next: Loaded) => {
    at.current = next;
    setLoaded(next);
  }, []);
  const run = useCallback(async (work: () => Promise<void>) => {
    if (under.current) return;
    under.current = true;
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (error) {
      setError(error);
    }
    under.current = false;
    setBusy(false);
    const next = waiting.current;
    waiting.current = null;
    next?.();
  }, []);

  /** From the newest down to what is known already; from the beginning when nothing is. */
  const refresh = useCallback((): void => {
    if (under.current) {
      waiting.current = refresh;
      return;
    }
    run(async () => {
      const known = at.current;
      const newest = known.lines[0]?.number ?? 0;
      let cursor: string | null = null;
      let lines: StatementLine[] = [];
      for (;;) {
        const got = await page(cursor);
        lines = merged(lines, got.items);
        cursor = got.next_cursor ?? null;
        const last = lines.at(-1)?.number ?? 0;
        if (!known.begun) return become({ lines, cursor, begun: true });
        // They touch: what was read before goes on below.
        if (last <= newest + 1 || !cursor) return become({ ...known, lines: merged(known.lines, lines) });
      }
    });
  }, [run, become]);

  /** One page more, or all pages down to the beginning of `month`. */
  const more = useCallback(
    (month?: string) =>
      run(async () => {
        do {
          const { cursor, lines } = at.current;
          if (!cursor) return;
          const got = await page(cursor);
          become({ lines: merged(lines, got.items), cursor: got.next_cursor ?? null, begun: true });
        } while (month && monthOf(at.current.lines.at(-1)?.at ?? "") >= month);
      }),
    [run, become],
  );

  const me = useMe();
  const moved = me ? `${me.credits.available} ${me.credits.held}` : "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: a line is new whenever credits moved
  useEffect(() => {
    refresh();
  }, [moved, refresh]);
  useReturn(refresh);
  return { ...loaded, busy, error, more, refresh };
}
