// The built page for one place: place.mjs FROM TO copies FROM and writes into the copy where the API is and who signs
// people in (config.json), and lets it talk to these hosts and no others (staticwebapp.config.json).
// docs/deployment.md names the variables; `PLACE` below does too.
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const PLACE = {
  API_URL: "address of the API",
  PICTURES_URL: "address of the storage account that pictures come from and are sent to",
  REALTIME_URL: "address of Web PubSub",
  SIGN_IN_AUTHORITY: "authority that signs people in, such as https://contoso.ciamlogin.com/",
  SIGN_IN_CLIENT_ID: "client id of the page's registration there",
  SIGN_IN_SCOPES: "scopes of the API, separated by spaces, such as api://…/access_as_user",
};
const KINDS = ["msal", "oidc"];

class Unusable extends Error {}

function asked(env) {
  const missing = Object.keys(PLACE).filter((name) => !env[name]?.trim());
  if (missing.length > 0)
    throw new Unusable(`These variables are missing:\n${missing.map((it) => `  ${it}: the ${PLACE[it]}`).join("\n")}`);
  const address = (name) => {
    const url = URL.canParse(env[name]) ? new URL(env[name]) : null;
    const local = url && ["localhost", "127.0.0.1"].includes(url.hostname);
    if (!url || !(url.protocol === "https:" || (url.protocol === "http:" && local)))
      throw new Unusable(`${name} is no https address: ${env[name]}`);
    return url;
  };
  // External ID's tokens come from a host named after the tenant's id, its pages from one named after the tenant.
  const signsIn = ["SIGN_IN_AUTHORITY", ...(env.OIDC_ISSUER?.trim() ? ["OIDC_ISSUER"] : [])].map(address);
  const kind = env.SIGN_IN_KIND?.trim() || "msal";
  if (!KINDS.includes(kind)) throw new Unusable(`SIGN_IN_KIND is ${KINDS.join(" or ")}, not ${kind}`);
  return {
    api: address("API_URL").origin,
    pictures: address("PICTURES_URL").origin,
    realtime: address("REALTIME_URL").origin.replace(/^http/, "ws"),
    signIn: signsIn.map((it) => it.origin),
    session: {
      kind,
      authority: signsIn[0].href,
      clientId: env.SIGN_IN_CLIENT_ID.trim(),
      scopes: env.SIGN_IN_SCOPES.trim().split(/\s+/),
      ...(kind === "msal" ? { knownAuthorities: [...new Set(signsIn.map((it) => it.host))] } : {}),
    },
  };
}

/** The policy of every place, with the hosts of this one in the place of all that Azure has. */
function policy(written, { api, pictures, realtime, signIn }) {
  const hosts = {
    "connect-src": ["'self'", api, pictures, realtime, ...signIn],
    "img-src": ["'self'", "data:", "blob:", pictures],
  };
  const rules = written.split(/;\s*/).map((rule) => {
    const name = rule.split(" ")[0];
    return hosts[name] ? [name, ...new Set(hosts[name])].join(" ") : rule;
  });
  return rules.join("; ");
}

const json = (file) => JSON.parse(readFileSync(file, "utf8"));
const write = (file, value) => writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);

function place(from, to, env) {
  if (!existsSync(join(from, "index.html"))) throw new Unusable(`${from} is no built page: run make web`);
  const it = asked(env);
  if (resolve(from) !== resolve(to)) {
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true });
  }
  const config = join(to, "config.json");
  write(config, { ...json(config), api: it.api, session: it.session });
  const served = join(to, "staticwebapp.config.json");
  const site = json(served);
  const header = "Content-Security-Policy";
  site.globalHeaders[header] = policy(site.globalHeaders[header], it);
  write(served, site);
  console.log(`${to}: the page for ${it.api}, signing in at ${it.session.authority}`);
}

const [from, to] = process.argv.slice(2);
try {
  if (!from || !to) throw new Unusable("place.mjs FROM TO");
  place(from, to, process.env);
} catch (error) {
  if (!(error instanceof Unusable)) throw error;
  console.error(error.message);
  process.exit(1);
}
