import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { api, ask, type Generation } from "@/api/client";
import { put, useGenerations } from "@/store/generations";
import { type Filters, isNarrowed, query } from "./filters";

type Loaded = { ids: readonly string[]; cursor: string | null; begun: boolean; error: unknown };
const fresh: Loaded = { ids: [], cursor: null, begun: false, error: null };

/** The jobs of one list, page by page; what is made or changed meanwhile is in it without asking again. */
export function useList(filters: Filters) {
  const key = JSON.stringify(query(filters));
  const [loaded, setLoaded] = useState<Loaded>(fresh);
  const busy = useRef<string | null>(null);
  const current = useRef(key);
  current.current = key;

  const load = useCallback(
    async (from: Loaded) => {
      const mark = `${key} ${from.cursor}`;
      if (busy.current === mark) return;
      busy.current = mark;
      try {
        let { cursor } = from;
        const ids = [...from.ids];
        // A page of a filtered list may be short or empty and yet not the last.
        do {
          const asked = { ...JSON.parse(key), limit: "60", ...(cursor ? { cursor } : {}) };
          const page = await ask(api.GET("/api/v1/generations", { params: { query: asked } }));
          if (current.current !== key) return;
          put(page.items);
          ids.push(...page.items.map((it) => it.id));
          cursor = page.next_cursor ?? null;
        } while (cursor && ids.length < from.ids.length + 20);
        setLoaded({ ids, cursor, begun: true, error: null });
      } catch (error) {
        if (current.current === key) setLoaded({ ...from, error });
      } finally {
        if (busy.current === mark) busy.current = null;
      }
    },
    [key],
  );
  useEffect(() => {
    setLoaded(fresh);
    load(fresh);
  }, [load]);

  const known = useGenerations();
  const jobs = useMemo(() => {
    const listed = new Set(loaded.ids);
    const newest = loaded.ids[0] ?? "";
    const fits = (it: Generation) => {
      if (filters.trash !== Boolean(it.deleted_at)) return false;
      if (filters.favourite && !it.favourite) return false;
      if (listed.has(it.id)) return true;
      // Made, restored or thrown away since. Searching is the API's.
      const since = loaded.begun && (!isNarrowed(filters) ? it.id > newest || !loaded.cursor : false);
      return since || (filters.trash && Boolean(it.deleted_at));
    };
    return known.filter(fits);
  }, [known, loaded, filters]);
  return {
    jobs,
    begun: loaded.begun,
    error: loaded.error,
    more: loaded.cursor !== null,
    loadMore: () => loaded.cursor && load(loaded),
    again: () => load(loaded),
  };
}
