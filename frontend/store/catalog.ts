import { useCallback, useEffect, useState } from "react";
import { api, ask, type Model, type Plan } from "@/api/client";
import { useReturn } from "./reach";

/** Whether the plan `mine` has what `needed` has: plans come from the least to the most. */
export const opens = (plans: readonly Plan[], mine: string, needed: string) =>
  plans.findIndex((it) => it.id === mine) >= plans.findIndex((it) => it.id === needed);

type Catalog = { models: Model[]; plans: Plan[] };
let read: Promise<Catalog> | undefined;
const catalog = () => {
  read ??= Promise.all([ask(api.GET("/api/v1/models")), ask(api.GET("/api/v1/plans"))])
    .then(([models, plans]) => ({ models: models.items, plans: plans.items }))
    .catch((error) => {
      read = undefined;
      throw error;
    });
  return read;
};

/** Models and plans, asked for once a page; `error` with `again` when they did not come. */
export function useCatalog() {
  const [state, set] = useState<{ catalog: Catalog | null; error: unknown; tries: number }>({
    catalog: null,
    error: null,
    tries: 0,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each try asks once
  useEffect(() => {
    let gone = false;
    catalog().then(
      (it) => gone || set((was) => ({ ...was, catalog: it, error: null })),
      (error: unknown) => gone || set((was) => ({ ...was, error })),
    );
    return () => {
      gone = true;
    };
  }, [state.tries]);
  const again = useCallback(() => set((was) => ({ ...was, error: null, tries: was.tries + 1 })), []);
  // What did not come because the service was down comes when it is back.
  const returned = useCallback(() => set((was) => (was.error ? { ...was, tries: was.tries + 1 } : was)), []);
  useReturn(returned);
  return { ...state, again };
}
