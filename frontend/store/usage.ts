import { useCallback, useEffect, useState } from "react";
import { api, ask, type Usage } from "@/api/client";
import { useMe } from "./me";
import { useReturn } from "./reach";

/** Credits by where they come from; asked for when somebody looks, and again when they move. */
export function useUsage() {
  const me = useMe();
  const [usage, setUsage] = useState<Usage | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [tries, setTries] = useState(0);
  const moved = me ? `${me.plan} ${me.credits.available} ${me.credits.held}` : "";
  // biome-ignore lint/correctness/useExhaustiveDependencies: each move and each try asks once
  useEffect(() => {
    let late = false;
    ask(api.GET("/api/v1/usage")).then(
      (it) => {
        if (late) return;
        setUsage(it);
        setError(null);
      },
      (error: unknown) => late || setError(error),
    );
    return () => {
      late = true;
    };
  }, [moved, tries]);
  const again = useCallback(() => setTries((n) => n + 1), []);
  useReturn(again);
  return { usage, error, again };
}
