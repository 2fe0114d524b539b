// Follows jobs live over a socket that is cut a hundred times, and tells as one line of JSON what it saw:
// {"seqs", "cuts", "recovered", "fresh", "filled", "repeated", "job"}. A client of its own, because the vendor's takes
// its time to notice a cut: it speaks the reliable subprotocol, takes up the old connection every other time, begins a
// new one in between, and asks for what it missed by number.
//
// usage: node drops.mjs <url of the product> <access token> <cuts>

import WebSocket from "ws";
import { productAt } from "./product.mjs";

const [base, token, wanted] = process.argv.slice(2);
const cutsWanted = Number(wanted);

const call = productAt(base, token);

setTimeout(() => {
  console.error("a hundred cuts were not survived within five minutes", told());
  process.exit(1);
}, 300_000).unref();

const seqs = [];
const statuses = new Map();
const counts = { cuts: 0, recovered: 0, fresh: 0, filled: 0, repeated: 0 };
const told = () => JSON.stringify({ ...counts, seqs });

function see({ seq, generation }) {
  seqs.push(seq);
  statuses.set(generation.id, generation.status);
}

// One at a time, so that what arrives while a gap is being filled waits for its turn.
let turn = Promise.resolve();
function inTurn(work) {
  turn = turn.then(work).catch((error) => {
    console.error(error);
    process.exit(1);
  });
}

async function fill() {
  const { items, gap } = await call("GET", `/api/v1/events?after=${seqs.at(-1) ?? 0}`);
  if (gap) throw new Error("events are no longer kept");
  for (const event of items) {
    counts.filled += 1;
    see(event);
  }
}

async function live(event) {
  const next = (seqs.at(-1) ?? 0) + 1;
  if (event.seq < next) counts.repeated += 1;
  else if (event.seq > next) await fill();
  else see(event);
}

/** One connection, until it is cut. Gives what is needed to take it up again. */
async function connection(address) {
  const socket = new WebSocket(address, "json.reliable.webpubsub.azure.v1");
  let identity;
  let acknowledged = 0;
  socket.on("message", (text) => {
    const frame = JSON.parse(text);
    if (frame.event === "connected") {
      identity = frame;
      if (counts.cuts < cutsWanted) setTimeout(cut, 10 + Math.random() * 60);
    }
    if (frame.type === "message" && frame.sequenceId > acknowledged) {
      acknowledged = frame.sequenceId;
      socket.send(JSON.stringify({ type: "sequenceAck", sequenceId: acknowledged }));
      inTurn(() => live(frame.data));
    }
  });
  const ended = new Promise((resolve) => {
    socket.on("close", resolve);
    socket.on("error", resolve);
  });
  const done = new Promise((resolve) => {
    const look = setInterval(() => {
      if (!finished()) return;
      clearInterval(look);
      resolve();
      socket.terminate();
    }, 50);
  });
  await Promise.race([ended, done]);
  return identity;
}

async function cut() {
  counts.cuts += 1;
  await call("POST", "/_local/webpubsub/_cut");
}

const finished = () => counts.cuts >= cutsWanted && statuses.get(job) === "succeeded";

const order = (prompt) => call("POST", "/api/v1/generations", { prompt, model: "flux-schnell" });
const job = (await order("slow: a tortoise")).id;
// Others, so that there is something to miss all the time.
const hares = setInterval(() => {
  if (counts.cuts < cutsWanted) order("a hare").catch(() => {});
}, 120);

let url = (await call("POST", "/api/v1/realtime/negotiate")).url;
let old;
while (!finished()) {
  let address = url;
  if (old?.reconnectionToken && counts.cuts % 2 === 1) {
    counts.recovered += 1;
    const { connectionId, reconnectionToken } = old;
    const again = new URLSearchParams({
      awps_connection_id: connectionId,
      awps_reconnection_token: reconnectionToken,
    });
    address += `&${again}`;
  } else {
    counts.fresh += 1;
    address = url = (await call("POST", "/api/v1/realtime/negotiate")).url;
    // A new connection knows nothing of what the old one missed.
    inTurn(fill);
  }
  old = await connection(address);
  // Between the cut and the next connection, too, things happen.
  inTurn(fill);
}
clearInterval(hares);
await turn;
console.log(JSON.stringify({ ...counts, seqs, job: await call("GET", `/api/v1/generations/${job}`) }));
process.exit(0);
