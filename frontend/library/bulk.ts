import { api, ask, type Generation, newKey } from "@/api/client";
import { Problem } from "@/api/problem";
import { knownJob, put } from "@/store/generations";
import { refreshCollections } from "./collections";
import { save } from "./save";
import { AT_ONCE, cut, inSteps, type Outcome } from "./steps";

export type Deed =
  | { action: "delete" | "restore" | "favourite" | "unfavourite" }
  | { action: "collect"; collection: string | null };

/** How `job` is after `deed`; events bring the rest. */
function after(job: Generation, deed: Deed, revision: number): Generation {
  switch (deed.action) {
    case "delete":
      return { ...job, revision, deleted_at: new Date().toISOString() };
    case "restore":
      return { ...job, revision, deleted_at: null, restorable_until: null };
    case "collect":
      return { ...job, revision, collection: deed.collection };
    default:
      return { ...job, revision, favourite: deed.action === "favourite" };
  }
}

/** Does `deed` to all of `ids`, in steps. Doing it twice is doing it once, so what failed may be tried again. */
export async function change(
  ids: readonly string[],
  deed: Deed,
  tell: (tried: number) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const step = async (some: string[]) => {
    // The key only says that the call may be repeated.
    const headers = newKey().header;
    const { results } = await ask(api.POST("/api/v1/generations/bulk", { headers, body: { ids: some, ...deed } }));
    put(
      results.flatMap(({ id, done, revision }) => {
        const job = knownJob(id);
        return done && job ? [after(job, deed, revision ?? job.revision)] : [];
      }),
    );
    return results;
  };
  const outcome = await inSteps(ids, step, tell, signal);
  refreshCollections().catch(() => {});
  return outcome;
}

/** Zips of a hundred jobs each, named by their part. Jobs without a picture are not `left`: there is nothing to have. */
export async function zip(
  ids: readonly string[],
  tell: (tried: number) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const parts = cut(ids, AT_ONCE).length;
  let part = 0;
  const step = async (some: string[]) => {
    part += 1;
    const name = parts === 1 ? "pictures.zip" : `pictures-${part}-of-${parts}.zip`;
    try {
      const headers = newKey().header;
      const call = api.POST("/api/v1/generations/archive", { headers, body: { ids: some }, parseAs: "blob", signal });
      save((await ask(call)) as unknown as Blob, name);
    } catch (error) {
      if (!(error instanceof Problem && error.status === 404)) throw error;
    }
    return some.map((id) => ({ id, done: true }));
  };
  return inSteps(ids, step, tell, signal);
}
