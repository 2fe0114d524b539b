// Runs the browser tests on a free port, with a browser that is on this machine. Debian's is fetched where this may be
// done; where there is none, and none is to be had, it says so in one sentence and leaves the tests out.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";

const browsers = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/google-chrome"];

function installed() {
  return process.env.CHROMIUM ?? browsers.find((file) => existsSync(file));
}

function install() {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return;
  console.log("Chromium is missing: fetching Debian's.");
  const patience = ["-o", "Acquire::http::Timeout=30", "-o", "Acquire::Retries=1"];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...words) => execFileSync("apt-get", ["-qq", ...patience, ...words], { stdio: "inherit", env });
  try {
    apt("update");
    apt("install", "-y", "--no-install-recommends", "chromium");
  } catch (error) {
    console.error(`It is not to be had: ${error.message}`);
  }
}

function freePort() {
  return new Promise((found, failed) => {
    const server = createServer();
    server.on("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

if (!installed()) install();
const browser = installed();
if (!browser) {
  console.error("There is no Chromium: install it, or name one in CHROMIUM. The browser tests are left out.");
  process.exit(0);
}
const env = { ...process.env, CHROMIUM: browser, WEB_PORT: process.env.WEB_PORT ?? String(await freePort()) };
const run = spawnSync("npx", ["playwright", "test", ...process.argv.slice(2)], { stdio: "inherit", env });
process.exit(run.status ?? 1);
