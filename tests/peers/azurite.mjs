// Runs Azurite's blob service on this machine, in memory, until standard input ends: so it ends with whoever started it,
// however that ends. Prints the address it listens on, as one line.
//
// usage: node azurite.mjs <port, 0 for a free one> [certificate.pem key.pem]
//
// With a certificate it speaks https, and also takes Entra tokens, of which it checks all but the signature.

import { createRequire } from "node:module";

const [port, certificate, key] = process.argv.slice(2);
const options = ["--blobHost", "127.0.0.1", "--blobPort", port, "--inMemoryPersistence", "--silent", "--disableTelemetry"];
// The vendor's newest clients name a version of the protocol that Azurite learns months later.
options.push("--skipApiVersionCheck");
if (certificate) options.push("--oauth", "basic", "--cert", certificate, "--key", key);
process.argv.splice(2, Infinity, ...options);

const print = console.log;
console.log = (line) => {
  const address = /successfully listens on (\S+)/.exec(line)?.[1];
  if (address) print(address);
};
process.stdin.on("end", () => process.exit()).resume();
createRequire(import.meta.url)("azurite/dist/src/blob/main.js");
