/** Work on the service: from when, until when (RFC 3339), and what is said of it, in one language or in several. */
export type Maintenance = { from?: string; until?: string; text?: string | Record<string, string> };

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
  maintenance?: Maintenance;
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

/** Read once more, for what changes while the page is open. What was read before stays when it cannot be. */
export function settingsAnew(): Promise<Settings> {
  const before = read;
  read = undefined;
  return settings().catch((error) => {
    read ??= before;
    throw error;
  });
}
