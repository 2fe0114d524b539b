import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const target = resolve(process.env.CARGO_TARGET_DIR ?? "../target", "debug");

export type Server = { address: string; data: string; end: () => void };

/** A whole product of its own, on a folder of its own, for a test that fills it. */
export async function serve(): Promise<Server> {
  const data = mkdtempSync(join(tmpdir(), "imagegen-web-"));
  const local = spawn(join(target, "imagegen-local"), ["--port", "0", "--data", data, "--web", resolve("out")], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const gone = new Promise<never>((_, failed) => {
    local.on("error", failed);
    local.on("exit", (code) => failed(new Error(`imagegen-local ended with ${code}`)));
  });
  const end = () => {
    local.kill("SIGTERM");
    local.on("exit", () => rmSync(data, { recursive: true, force: true }));
  };
  gone.catch(() => {});
  const answers = async () => {
    for (;;) {
      const port = join(data, "port");
      const address = existsSync(port) ? `http://localhost:${readFileSync(port, "utf8").trim()}` : null;
      const answer = address === null ? null : await fetch(`${address}/api/health`).catch(() => null);
      if (address !== null && answer?.ok) return address;
      await new Promise((done) => setTimeout(done, 100));
    }
  };
  return { address: await Promise.race([answers(), gone]), data, end };
}

/** Signs `email` in without a page, and fills the library. */
export async function seed({ address, data }: Server, email: string, jobs: number) {
  const token = await fetch(`${address}/_local/oidc/dev-token`, {
    method: "POST",
    body: JSON.stringify({ email, name: "Ada" }),
  });
  const { access_token } = (await token.json()) as { access_token: string };
  const me = await fetch(`${address}/api/v1/me`, { headers: { Authorization: `Bearer ${access_token}` } });
  const { id } = (await me.json()) as { id: string };
  const words = ["seed", "--data", data, "--user", id, "--jobs", String(jobs)];
  execFileSync(join(target, "imagegen-bench"), words, { stdio: "inherit" });
}
