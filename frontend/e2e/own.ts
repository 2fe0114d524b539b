import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

/** Ends when the test does. */
type Ending = { end: () => Promise<void> };

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (typeof address !== "object" || !address) throw new Error("a server without an address");
  return address.port;
}

async function stop(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

/** A folder that is gone afterwards. */
export function folder(): { path: string; gone: () => void } {
  const path = mkdtempSync(join(tmpdir(), "imagegen-web-"));
  return { path, gone: () => rmSync(path, { recursive: true, force: true }) };
}

/** A script of this folder that says in its first line, as JSON, where it is. */
export async function peer<T>(script: string, ...words: string[]): Promise<T & Ending> {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...words], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, NODE_NO_WARNINGS: "1" },
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, "line", { signal: AbortSignal.timeout(30_000) });
  return { ...(JSON.parse(String(line)) as T), end: () => stop(child) };
}

type Wishes = {
  /** Settings of the handler that differ. */
  env?: Record<string, string>;
  /** A folder that is there already, instead of one that is gone afterwards. */
  data?: string;
  /** An origin that may call the API besides its own. */
  cors?: string;
};

/** The whole product on `port`, with the page of `web`. */
export async function product(port: number, web: string, { env, data, cors }: Wishes = {}) {
  const own = data === undefined ? folder() : undefined;
  const target = resolve(process.env.CARGO_TARGET_DIR ?? "../target", "debug");
  const words = ["--port", String(port), "--data", data ?? own?.path ?? "", "--web", resolve(web)];
  if (cors) words.push("--cors", cors);
  const child = spawn(join(target, "imagegen-local"), words, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, ...env },
  });
  const url = `http://localhost:${port}`;
  for (let n = 0; ; n++) {
    const well = await fetch(`${url}/api/health`).then(
      (it) => it.ok,
      () => false,
    );
    if (well) break;
    if (n > 300 || child.exitCode !== null) throw new Error(`imagegen-local does not answer at ${url}`);
    await new Promise((done) => setTimeout(done, 100));
  }
  return {
    url,
    end: async () => {
      await stop(child);
      own?.gone();
    },
  };
}
