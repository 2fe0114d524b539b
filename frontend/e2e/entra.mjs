// A certified OpenID provider in the shape of Entra External ID or of Azure AD B2C, for the browser tests of MSAL:
//   node entra.mjs external-id|b2c PAGE [SECONDS]
// PAGE is the origin of the web page, SECONDS how long an access token lasts. It prints one line of JSON with its ports;
// the browser is told that the real host names are there. What only Microsoft's own pages do is not here.
import { generateKeyPairSync } from "node:crypto";
import { createServer as plain } from "node:http";
import { createServer as secure } from "node:https";
import { text } from "node:stream/consumers";
import Provider from "oidc-provider";
import { generate } from "selfsigned";

const [kind, page, seconds = "3600"] = process.argv.slice(2);
const TENANT = "5d2a6f6e-3f0b-4b43-9c1e-3b0f4c7c9a11";
const API = "8a1f0d7c-0000-4000-8000-1a2b3c4d5e6f";
const SHAPES = {
  "external-id": {
    host: "contoso.ciamlogin.com",
    mount: `/${TENANT}/v2.0`,
    authority: `https://contoso.ciamlogin.com/${TENANT}`,
    issuer: `https://${TENANT}.ciamlogin.com/${TENANT}/v2.0`,
    claims: {},
  },
  b2c: {
    host: "contoso.b2clogin.com",
    mount: "/contoso.onmicrosoft.com/b2c_1_susi/v2.0",
    authority: "https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_susi",
    issuer: `https://contoso.b2clogin.com/${TENANT}/v2.0/`,
    claims: { tfp: "B2C_1_susi" },
  },
};
const shape = SHAPES[kind];
const scope = `api://${API}/access_as_user`;
const jwk = { ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }) };

const provider = new Provider(shape.issuer, {
  jwks: { keys: [{ ...jwk, alg: "RS256", use: "sig", kid: "one" }] },
  clients: [
    {
      client_id: "web",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      redirect_uris: [`${page}/auth/callback/`],
      post_logout_redirect_uris: [`${page}/`],
      scope: `openid profile email offline_access ${scope}`,
    },
  ],
  scopes: ["openid", "profile", "email", "offline_access", scope],
  claims: { openid: ["sub", "oid", "tid"], profile: ["name", "preferred_username"], email: ["email"] },
  // Entra puts them into the ID token.
  conformIdTokenClaims: false,
  findAccount: (_, email) => ({ accountId: email, claims: () => person(email) }),
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: { enabled: true, logoutSource: leave },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => "urn:api",
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope,
        audience: API,
        accessTokenTTL: Number(seconds),
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: "RS256" } },
      }),
    },
  },
  extraTokenClaims: (_, token) => ({ ...person(token.accountId), ...shape.claims, scp: "access_as_user", ver: "2.0" }),
  clientBasedCORS: (_, origin) => origin === page,
  cookies: { keys: ["of no account"] },
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  interactions: { url: (_, interaction) => `${shape.mount}/interaction/${interaction.uid}` },
  loadExistingGrant: async ({ oidc }) => provider.Grant.find(await agreed(oidc.session.accountId)),
});
for (const name of ["server_error", "authorization.error", "grant.error"])
  provider.on(name, (_, error) =>
    console.error(name, error.message, error.error_description ?? "", error.error_detail ?? ""),
  );

function person(email) {
  return { sub: email, oid: email, tid: TENANT, name: "Ada", preferred_username: email, email };
}

function leave(ctx, form) {
  ctx.body = `<!doctype html><title>Sign out</title><body>${form}<script>document.forms[0].append(Object.assign(document.createElement("input"),{name:"logout",value:"yes"}));document.forms[0].submit()</script>`;
}

/** Microsoft's page asks for more; the browser needs a form that answers. Whoever signs in has agreed. */
async function interaction(req, res) {
  const { prompt, session } = await provider.interactionDetails(req, res);
  const finish = (result) => provider.interactionFinished(req, res, result, { mergeWithLastSubmission: true });
  if (prompt.name === "consent") return finish({ consent: { grantId: await agreed(session.accountId) } });
  const email = new URL(req.originalUrl, page).searchParams.get("email");
  if (email) return finish({ login: { accountId: email } });
  res.writeHead(200, { "Content-Type": "text/html" });
  res.end(
    '<!doctype html><html lang="en"><title>Sign in</title><h1>Sign in to Contoso</h1><form><label>E-mail <input name="email"></label><button>Sign in</button></form>',
  );
}

function agreed(accountId) {
  const grant = new provider.Grant({ accountId, clientId: "web" });
  grant.addOIDCScope(`openid profile email offline_access ${scope}`);
  grant.addResourceScope("urn:api", scope);
  return grant.save();
}

// As Entra does: MSAL makes an account's name of it.
provider.use(async (ctx, next) => {
  await next();
  if (ctx.oidc?.route === "token" && ctx.body?.id_token) {
    const info = { uid: ctx.oidc.entities.Account.accountId, utid: TENANT };
    ctx.body.client_info = Buffer.from(JSON.stringify(info)).toString("base64url");
  }
});
const callback = provider.callback();
const answer = async (req, res) => {
  if (!req.url.toLowerCase().startsWith(shape.mount)) return res.writeHead(404).end();
  req.originalUrl = req.url;
  req.url = req.url.slice(shape.mount.length) || "/";
  if (req.url.startsWith("/interaction/")) return interaction(req, res);
  // Entra gives refresh tokens for `offline_access` alone. A provider by the book wants consent asked for as well, which
  // nobody can be without being shown anything: then it forgets that scope, and has to be helped when it is asked for again.
  if (req.url.startsWith("/auth?") && !/[?&]prompt=/.test(req.url)) {
    req.url += "&prompt=consent";
    req.originalUrl += "&prompt=consent";
  }
  if (req.method === "POST" && req.url.startsWith("/token")) {
    req.body = Object.fromEntries(new URLSearchParams(await text(req)));
    if (req.body.grant_type === "refresh_token") req.body.scope = req.body.scope.replace(/\s*offline_access/, "");
  }
  return callback(req, res);
};

const { private: key, cert } = await generate([{ name: "commonName", value: shape.host }], { keySize: 2048 });
const listen = (server) => new Promise((done) => server.listen(0, "127.0.0.1", () => done(server.address().port)));
const https = await listen(secure({ key, cert }, answer));
const http = await listen(plain(answer));
console.log(
  JSON.stringify({
    https,
    issuer: shape.issuer,
    authority: shape.authority,
    audience: API,
    scope,
    metadata: `http://127.0.0.1:${http}${shape.mount}/.well-known/openid-configuration`,
  }),
);
