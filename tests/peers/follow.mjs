// Follows one job live with the unmodified client, as a page would, and tells what it saw as lines of JSON:
// {"seen": {"seq", "status"}} for each new event, and at the end {"ended": {…}}.
//
// usage: node follow.mjs <url of the product> <access token> <prompt>

import { WebPubSubClient } from "@azure/web-pubsub-client";
import { productAt } from "./product.mjs";

const [base, token, prompt] = process.argv.slice(2);
const tell = (line) => console.log(JSON.stringify(line));

const call = productAt(base, token);

// Nothing takes so long unless it fails.
setTimeout(() => {
  console.error("the job was not followed to its end within five minutes");
  process.exit(1);
}, 300_000).unref();

const seqs = [];
const counts = { live: 0, repeated: 0, filled: 0, connected: 0 };
let job;
let finish;
const finished = new Promise((resolve) => (finish = resolve));

function see({ seq, generation }) {
  seqs.push(seq);
  tell({ seen: { seq, status: generation.status } });
  if (generation.id === job && generation.status === "succeeded") finish();
}

// One at a time, so that what arrives while a gap is being filled waits for its turn.
let turn = Promise.resolve();
const inTurn = (work) => (turn = turn.then(work).catch((error) => finish(Promise.reject(error))));

async function fill() {
  const { items } = await call("GET", `/api/v1/events?after=${seqs.at(-1) ?? 0}`);
  for (const event of items) {
    counts.filled += 1;
    see(event);
  }
}

async function live(event) {
  const next = (seqs.at(-1) ?? 0) + 1;
  if (event.seq < next) {
    counts.repeated += 1;
    return;
  }
  if (event.seq > next) return fill();
  counts.live += 1;
  see(event);
}

const client = new WebPubSubClient({
  getClientAccessUrl: async () => (await call("POST", "/api/v1/realtime/negotiate")).url,
});
client.on("server-message", ({ message }) => inTurn(() => live(message.data)));
client.on("connected", () => {
  counts.connected += 1;
  // A new connection knows nothing of what the old one missed.
  if (counts.connected > 1) inTurn(fill);
});
await client.start();

const body = { prompt, model: "flux-schnell" };
job = (await call("POST", "/api/v1/generations", body)).id;
await finished;
client.stop();
tell({ ended: { ...counts, seqs, job: await call("GET", `/api/v1/generations/${job}`) } });
