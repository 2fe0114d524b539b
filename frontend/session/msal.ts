import {
  type AccountInfo,
  AuthError,
  BrowserCacheLocation,
  CacheLookupPolicy,
  PublicClientApplication,
} from "@azure/msal-browser";
import type { Door, Person } from "./door";
import type { Settings } from "./settings";

/** Where whoever signs in was. */
const RETURN = "return";

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
  // MSAL refuses to redirect with its store in memory, because a page that comes back has lost what was in it. Ours has
  // lost nothing that it needs: the request under way is in `sessionStorage` either way, and tokens are asked for anew.
  // The store was made above and stays; only the check reads this.
  client.getConfiguration().cache.cacheLocation = BrowserCacheLocation.SessionStorage;
  await client.initialize();
  const account = () => client.getActiveAccount() ?? client.getAllAccounts()[0] ?? null;
  return {
    enter: (returnTo, silently) => {
      // A refusal brings no state back.
      sessionStorage.setItem(RETURN, returnTo);
      return client.loginRedirect({ scopes: settings.scopes, ...(silently ? { prompt: "none" } : {}) });
    },
    arrive: async () => {
      const returnTo = sessionStorage.getItem(RETURN) ?? "/create/";
      try {
        const result = await client.handleRedirectPromise({ navigateToLoginRequestUrl: false });
        if (result) client.setActiveAccount(result.account);
        return { person: person(result?.account), returnTo };
      } catch (error) {
        if (error instanceof AuthError && /_required$/.test(error.errorCode)) return { person: null, returnTo };
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
