export type Person = { id: string; name: string; email: string };

/** What signs people in. Tokens stay in the memory of the page, whichever door it is. */
export interface Door {
  /** Leaves the page for the issuer's; `silently` fails there instead of showing anything. */
  enter(returnTo: string, silently: boolean): Promise<void>;
  /** Back from the issuer: who came, and where they were. `null` when nobody is signed in there. */
  arrive(): Promise<{ person: Person | null; returnTo: string }>;
  /** A token for the API, renewed when it is about to end or `fresh` is asked for; `null` when signing in is needed. */
  token(fresh: boolean): Promise<string | null>;
  /** Leaves the page, and ends the session at the issuer as well. */
  leave(): Promise<void>;
}
