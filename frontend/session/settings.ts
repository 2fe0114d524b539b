/** `/config.json`, read when the page runs: one build serves every place. */
export type Settings = {
  /** Where the API is; empty for the page's own origin. */
  api: string;
  session: {
    kind: "oidc" | "msal";
    /** The issuer's address; one that begins with `/` is on the page's own origin. */
    authority: string;
    clientId: string;
    scopes: string[];
    /** MSAL only: needed for B2C and External ID. */
    knownAuthorities?: string[];
  };
};

let read: Promise<Settings> | undefined;
export function settings(): Promise<Settings> {
  read ??= fetch("/config.json", { cache: "no-cache" })
    .then((answer) => {
      if (!answer.ok) throw new Error(`config.json: ${answer.status}`);
      return answer.json() as Promise<Settings>;
    })
    .then((it) => ({
      ...it,
      session: { ...it.session, authority: new URL(it.session.authority, location.origin).href },
    }))
    .catch((error) => {
      read = undefined;
      throw error;
    });
  return read;
}
