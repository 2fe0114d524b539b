// Starts the whole product on a folder of its own, which is gone afterwards.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const target = resolve(process.env.CARGO_TARGET_DIR ?? "../target", "debug");
const data = mkdtempSync(join(tmpdir(), "imagegen-web-"));
const local = spawn(
  join(target, "imagegen-local"),
  ["--port", process.env.WEB_PORT, "--data", data, "--web", resolve("out")],
  { stdio: ["ignore", "ignore", "inherit"] },
);
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => local.kill("SIGTERM"));
local.on("error", (error) => {
  console.error(`cannot start ${target}/imagegen-local: ${error.message}; build it with make build`);
  process.exitCode = 1;
});
local.on("exit", (code) => {
  rmSync(data, { recursive: true, force: true });
  process.exit(code ?? 0);
});
