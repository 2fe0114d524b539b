// Adds up what invocations were charged in request units, from the handler's log on standard input. Fails when it is
// nothing at all, or more than the most.
//
// usage: node request-units.mjs <the most>

import { createInterface } from "node:readline";

const sums = new Map();
for await (const line of createInterface({ input: process.stdin })) {
  const at = line.indexOf("{");
  if (at < 0) continue;
  let entry;
  try {
    entry = JSON.parse(line.slice(at));
  } catch {
    continue; // The host's own lines are no JSON.
  }
  const { request_charge: charge, span } = entry;
  if (!charge || !span?.["generation.id"]) continue;
  const name = span["function.name"];
  sums.set(name, (sums.get(name) ?? 0) + charge);
}
const row = (charge, name) => console.log(`${charge.toFixed(2).padStart(9)}  ${name}`);
for (const [name, charge] of sums) row(charge, name);
const total = [...sums.values()].reduce((sum, charge) => sum + charge, 0);
row(total, "altogether");
const most = Number(process.argv[2]);
if (!(total > 0 && total <= most)) {
  console.error(`${total.toFixed(2)} request units are not between 0 and ${most}.`);
  process.exitCode = 1;
}
