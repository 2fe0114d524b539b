import { ErrorResponse, InMemoryWebStorage, type User, UserManager, WebStorageStateStore } from "oidc-client-ts";
import type { Door, Person } from "./door";
import type { Settings } from "./settings";

const person = (user: User | null): Person | null =>
  user
    ? { id: user.profile.sub, name: user.profile.name ?? user.profile.email ?? "", email: user.profile.email ?? "" }
    : null;

/** Any OpenID issuer, by authorization code with PKCE. */
export function openDoor(settings: Settings["session"]): Door {
  const manager = new UserManager({
    authority: settings.authority.replace(/\/$/, ""),
    client_id: settings.clientId,
    redirect_uri: `${location.origin}/auth/callback/`,
    post_logout_redirect_uri: `${location.origin}/`,
    response_type: "code",
    scope: ["openid", "profile", "email", "offline_access", ...settings.scopes].join(" "),
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    // Only the state and the PKCE secret of a sign-in under way, never a token.
    stateStore: new WebStorageStateStore({ store: sessionStorage }),
    // Renewed on demand below: two renewals at once would spend a rotating refresh token twice.
    automaticSilentRenew: false,
    loadUserInfo: false,
    monitorSession: false,
  });
  let renewing: Promise<User | null> | undefined;
  return {
    enter: (returnTo, silently) => manager.signinRedirect({ state: returnTo, ...(silently ? { prompt: "none" } : {}) }),
    arrive: async () => {
      try {
        const user = await manager.signinRedirectCallback();
        return { person: person(user), returnTo: typeof user.state === "string" ? user.state : "/create/" };
      } catch (error) {
        const asked = error instanceof ErrorResponse && /_required$/.test(error.error ?? "");
        if (!asked) throw error;
        return { person: null, returnTo: typeof error.state === "string" ? error.state : "/" };
      }
    },
    token: async (fresh) => {
      const user = await manager.getUser();
      if (!user) return null;
      if (!fresh && (user.expires_in ?? 0) > 30) return user.access_token;
      renewing ??= manager.signinSilent().finally(() => {
        renewing = undefined;
      });
      return renewing.then(
        (renewed) => renewed?.access_token ?? null,
        (error: unknown) => {
          if (error instanceof ErrorResponse) return null;
          throw error;
        },
      );
    },
    leave: () => manager.signoutRedirect(),
  };
}
