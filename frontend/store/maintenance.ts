import { useEffect, useState } from "react";
import { type Maintenance, settings, settingsAnew } from "@/session/settings";

export type Works = { state: "none" } | { state: "soon" | "now"; it: Maintenance };

/** Where `it` stands at `now`. A time that cannot be read is as none: then it holds until it is taken out. */
export function stands(it: Maintenance | undefined, now: number): Works {
  if (!it) return { state: "none" };
  const [from, until] = [Date.parse(it.from ?? ""), Date.parse(it.until ?? "")];
  if (until <= now) return { state: "none" };
  return { state: from > now ? "soon" : "now", it };
}

const LOOK_MS = 30_000;
/** What `config.json` says of work on the service; looked at again while there is some. */
export function useMaintenance(): { works: Works; again: () => Promise<void> } {
  const [works, setWorks] = useState<Works>({ state: "none" });
  const again = () =>
    settingsAnew().then(
      (it) => setWorks(stands(it.maintenance, Date.now())),
      () => {},
    );
  useEffect(() => {
    settings().then(
      (it) => setWorks(stands(it.maintenance, Date.now())),
      () => {},
    );
  }, []);
  const { state } = works;
  useEffect(() => {
    if (state === "none") return;
    const clock = setInterval(() => {
      settingsAnew().then(
        (it) => setWorks(stands(it.maintenance, Date.now())),
        () => {},
      );
    }, LOOK_MS);
    return () => clearInterval(clock);
  }, [state]);
  return { works, again };
}

/** What is said of it in the reader's language, where somebody wrote that. */
export function textOf(it: Maintenance, language: string): string | null {
  if (typeof it.text === "string") return it.text;
  return it.text?.[language] ?? it.text?.en ?? null;
}
