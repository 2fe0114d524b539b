// Adds up what invocations were charged in request units, from the handler's log on standard input.

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
row([...sums.values()].reduce((sum, charge) => sum + charge, 0), "altogether");
