import {
  type AccountInfo,
  AuthError,
  BrowserCacheLocation,
  CacheLookupPolicy,
  PublicClientApplication,
} from "@azure/msal-browser";
import type { Door, Person } from "./door";
import type { Settings } from "./settings";

const person = (account: AccountInfo | null | undefined): Person | null =>
  account ? { id: account.localAccountId, name: account.name ?? account.username, email: account.username } : null;

/** Entra External ID and B2C. */
export async function openDoor(settings: Settings["session"]): Promise<Door> {
  const client = new PublicClientApplication({
    auth: {
      clientId: settings.clientId,
      authority: settings.authority,
      knownAuthorities: settings.knownAuthorities ?? [],
      redirectUri: `${location.origin}/auth/callback/`,
      postLogoutRedirectUri: `${location.origin}/`,
    },
    cache: { cacheLocation: BrowserCacheLocation.MemoryStorage },
  });
  await client.initialize();
  const account = () => client.getActiveAccount() ?? client.getAllAccounts()[0] ?? null;
  return {
    enter: (returnTo, silently) =>
      client.loginRedirect({ scopes: settings.scopes, state: returnTo, ...(silently ? { prompt: "none" } : {}) }),
    arrive: async () => {
      try {
        const result = await client.handleRedirectPromise({ navigateToLoginRequestUrl: false });
        if (result) client.setActiveAccount(result.account);
        return { person: person(result?.account), returnTo: result?.state || "/create/" };
      } catch (error) {
        if (error instanceof AuthError && /_required$/.test(error.errorCode)) return { person: null, returnTo: "/" };
        throw error;
      }
    },
    token: async (fresh) => {
      const who = account();
      if (!who) return null;
      // No hidden frame: browsers keep its cookies back. Without a refresh token, people sign in anew.
      const policy = fresh ? CacheLookupPolicy.RefreshToken : CacheLookupPolicy.AccessTokenAndRefreshToken;
      try {
        const order = { scopes: settings.scopes, account: who, cacheLookupPolicy: policy };
        return (await client.acquireTokenSilent(order)).accessToken;
      } catch (error) {
        if (error instanceof AuthError && /invalid_grant|_required/.test(error.errorCode)) return null;
        throw error;
      }
    },
    leave: () => {
      const who = account();
      return client.logoutRedirect({ account: who, ...(who?.idToken ? { idTokenHint: who.idToken } : {}) });
    },
  };
}
