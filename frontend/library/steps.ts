/** What came of doing one thing to many. `left` was refused or never tried; trying again may help. */
export type Outcome = { done: string[]; left: string[]; codes: ReadonlySet<string>; error: unknown };
type Result = { id: string; done: boolean; code?: string | null };

/** As many as the API takes in one call. */
export const AT_ONCE = 100;

export const cut = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));

/**
 * Does something to `ids`, a hundred at a time. It ends early when `signal` says so, or when a whole step fails: then
 * what was not done is told, and nothing is known to be undone.
 */
export async function inSteps(
  ids: readonly string[],
  step: (some: string[]) => Promise<Result[]>,
  tell: (tried: number) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const done: string[] = [];
  const codes = new Set<string>();
  let error: unknown = null;
  let tried = 0;
  for (const some of cut(ids, AT_ONCE)) {
    if (signal.aborted) break;
    try {
      for (const { id, done: well, code } of await step(some)) {
        if (well) done.push(id);
        else if (code) codes.add(code);
      }
    } catch (thrown) {
      error = thrown;
      break;
    }
    tried += some.length;
    tell(tried);
  }
  const finished = new Set(done);
  return { done, left: ids.filter((id) => !finished.has(id)), codes, error };
}
