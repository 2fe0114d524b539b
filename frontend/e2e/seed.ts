import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { folder, freePort, product } from "./own";

export type Server = { url: string; data: string; end: () => Promise<void> };

/** A whole product of its own, on a folder that a test fills. */
export async function serve(): Promise<Server> {
  const { path, gone } = folder();
  const { url, end } = await product(await freePort(), "out", { data: path });
  return { url, data: path, end: () => end().then(gone) };
}

/** Signs `email` in without a page, and fills the library. */
export async function seed({ url, data }: Server, email: string, jobs: number) {
  const token = await fetch(`${url}/_local/oidc/dev-token`, {
    method: "POST",
    body: JSON.stringify({ email, name: "Ada" }),
  });
  const { access_token } = (await token.json()) as { access_token: string };
  const me = await fetch(`${url}/api/v1/me`, { headers: { Authorization: `Bearer ${access_token}` } });
  const { id } = (await me.json()) as { id: string };
  const target = resolve(process.env.CARGO_TARGET_DIR ?? "../target", "debug");
  const words = ["seed", "--data", data, "--user", id, "--jobs", String(jobs)];
  execFileSync(join(target, "imagegen-bench"), words, { stdio: "inherit" });
}
