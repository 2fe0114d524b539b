import { useCallback, useEffect, useState } from "react";
import { api, ask, type Subscription } from "@/api/client";
import { useSession } from "@/session/session";
import { useReturn } from "./reach";

/** What is paid for. `fresh` asks the payment service at once, for the moment in which somebody comes back from it. */
export function useSubscription(fresh = false) {
  const { status } = useSession();
  const [standing, setStanding] = useState<Subscription | null>(null);
  const [error, setError] = useState<unknown>(null);
  const look = useCallback(async (fresh: boolean) => {
    try {
      setError(null);
      setStanding(await ask(fresh ? api.POST("/api/v1/subscription/refresh") : api.GET("/api/v1/subscription")));
    } catch (error) {
      setError(error);
    }
  }, []);
  useEffect(() => {
    if (status === "in") look(fresh);
  }, [status, look, fresh]);
  const again = useCallback(() => look(true), [look]);
  useReturn(again);
  return { standing, error, again };
}
