import { useEffect, useRef, useState } from "react";
import { api, ask, newKey } from "@/api/client";
import { Problem, sentence } from "@/api/problem";
import { useI18n } from "@/i18n/i18n";
import { toast } from "@/ui/toasts";
import { type Errand, forgetErrand, keepErrand } from "./errand";

export type Ware = { plan: string } | { pack: string };

/** The ways to the payment service's pages. What somebody goes for is kept, so that coming back is about it. */
export function useLeave() {
  const { t } = useI18n();
  const [busy, setBusy] = useState(false);
  const keys = useRef(new Map<string, ReturnType<typeof newKey>>());
  // Back by the browser's button, out of its memory: nothing is under way, and nobody went for anything.
  useEffect(() => {
    const back = () => {
      setBusy(false);
      forgetErrand(sessionStorage);
    };
    const shown = (event: PageTransitionEvent) => event.persisted && back();
    back();
    window.addEventListener("pageshow", shown);
    return () => window.removeEventListener("pageshow", shown);
  }, []);
  const leave = async (errand: () => Promise<Errand>, address: () => Promise<{ url: string }>) => {
    setBusy(true);
    try {
      const [kept, { url }] = await Promise.all([errand(), address()]);
      keepErrand(sessionStorage, kept);
      location.assign(url);
    } catch (error) {
      forgetErrand(sessionStorage);
      setBusy(false);
      const known = error instanceof Problem && error.code !== "invalid-request";
      toast(known ? sentence(error, t) : t("problem.unavailable"));
    }
  };
  return {
    busy,
    buy: (ware: Ware) => {
      const name = JSON.stringify(ware);
      // One wish, one key: pressed again after a lost answer, it is the same checkout.
      const key = keys.current.get(name) ?? newKey();
      keys.current.set(name, key);
      const errand = async (): Promise<Errand> => {
        if ("plan" in ware) return { what: "plan", plan: ware.plan };
        const { items } = await ask(api.GET("/api/v1/usage/ledger", { params: { query: { limit: "1" } } }));
        return { what: "pack", pack: ware.pack, line: items[0]?.number ?? 0 };
      };
      return leave(errand, () => ask(api.POST("/api/v1/subscription/checkout", { body: ware, params: key })));
    },
    portal: (back: string, errand?: "cancel" | "payment_method") =>
      leave(
        async () => ({ what: "portal", back }),
        () => ask(api.POST("/api/v1/subscription/portal", { body: errand ? { errand } : {} })),
      ),
  };
}
