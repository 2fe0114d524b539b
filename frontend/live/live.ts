import { api, ask, FINAL, type Generation, type LiveEvent } from "@/api/client";
import { peek, put } from "@/store/generations";
import { sequence } from "./sequence";

/** How often jobs are asked for where no socket is open. */
const POLL_MS = 1500;

/**
 * Keeps the jobs of `user` up to date until the signal ends it. One tab holds the socket and tells the others; when it
 * closes, the next takes over where it stopped.
 */
export function live(user: string, signal: AbortSignal, tell: (connected: boolean) => void) {
  const name = `live:${user}`;
  const tabs = new BroadcastChannel(name);
  const show = (generations: Generation[]) => {
    put(generations);
    tabs.postMessage(generations);
  };
  tabs.onmessage = ({ data }: MessageEvent<Generation[]>) => put(data);
  signal.addEventListener("abort", () => tabs.close());
  const load = async () => {
    const page = await ask(api.GET("/api/v1/generations", { params: { query: { limit: "24" } } }));
    if (!signal.aborted) show(page.items);
  };
  load().catch(() => {});
  const lead = () => follow({ signal, tell, show, load });
  if (!navigator.locks) return void lead();
  let led = false;
  navigator.locks
    .request(name, { signal }, () => {
      led = true;
      return lead();
    })
    .catch(() => {
      // Where a browser lets a page keep nothing it gives no locks either: then every tab is for itself.
      if (!led && !signal.aborted) lead();
    });
}

type Leader = {
  signal: AbortSignal;
  tell: (connected: boolean) => void;
  show: (generations: Generation[]) => void;
  load: () => Promise<void>;
};

/** Ends with the signal. */
async function follow({ signal, tell, show, load }: Leader) {
  const events = sequence({
    after: (seq) => ask(api.GET("/api/v1/events", { params: { query: { after: String(seq) } } })),
    show,
    reload: load,
  });
  const catchUp = () => events.catchUp().catch(() => {});
  let connected = false;
  const become = (is: boolean) => {
    connected = is;
    tell(is);
  };
  const { WebPubSubClient } = await import("@azure/web-pubsub-client");
  const client = new WebPubSubClient({
    getClientAccessUrl: async () => (await ask(api.POST("/api/v1/realtime/negotiate"))).url,
  });
  client.on("connected", () => {
    become(true);
    // What happened between the last answer and this moment is in no message.
    catchUp();
  });
  client.on("disconnected", () => become(false));
  client.on("server-message", ({ message }) => {
    events.take(message.data as LiveEvent).catch(() => {});
  });
  const start = () => client.start().catch(() => become(false));
  client.on("stopped", () => {
    if (!signal.aborted) setTimeout(() => !signal.aborted && start(), 3000);
  });
  await catchUp();
  start();
  const polling = setInterval(() => {
    const open = peek().some((it) => !FINAL.has(it.status));
    if (!connected && open && navigator.onLine) catchUp();
  }, POLL_MS);
  // A message may be lost on an open socket too; whoever comes back to the page sees how it is.
  const back = () => document.visibilityState === "visible" && catchUp();
  document.addEventListener("visibilitychange", back);
  window.addEventListener("online", catchUp);
  await new Promise<void>((done) => signal.addEventListener("abort", () => done()));
  clearInterval(polling);
  document.removeEventListener("visibilitychange", back);
  window.removeEventListener("online", catchUp);
  client.stop();
}
