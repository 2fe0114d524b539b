import { api, ask, type Upload } from "@/api/client";
import { Problem } from "@/api/problem";
import { backOff } from "@/api/steady";
import { Unfit } from "./unfit";

export type Step = { step: "sending"; share: number } | { step: "checking" } | { step: "waiting" };
type Tell = (step: Step) => void;

const TRIES = 6;
/** A place may be used up or over; then there is another one. */
const PLACES = 3;
const PASSING = new Set([0, 500, 502, 503, 504]);

/** Brings `file` to the service and has it looked at. It goes on by itself when the network comes back. */
export async function upload(file: Blob, tell: Tell, signal: AbortSignal): Promise<Upload> {
  for (let place = 1; ; place++) {
    const offer = await patiently(tell, signal, () =>
      ask(api.POST("/api/v1/uploads", { body: { content_type: file.type, bytes: file.size }, signal })),
    );
    await patiently(tell, signal, () => put(file, offer, tell, signal));
    tell({ step: "checking" });
    try {
      const path = { id: offer.id };
      return await patiently(tell, signal, () =>
        ask(api.POST("/api/v1/uploads/{id}/complete", { params: { path }, signal })),
      );
    } catch (error) {
      const over = error instanceof Problem && (error.code === "upload-missing" || error.status === 404);
      if (!over || place >= PLACES) throw error;
    }
  }
}

/** Tries again what may pass by: after a while, and not before there is a network. */
async function patiently<T>(tell: Tell, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let n = 1; ; n++) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Problem) || !PASSING.has(error.status)) throw error;
      if (navigator.onLine && n >= TRIES) throw new Unfit("unreachable", { again: true });
      tell({ step: "waiting" });
      await pause(Math.max(backOff(n, Math.random()), (error.retryAfter ?? 0) * 1000), signal);
      // Time without a network is no try.
      if (!navigator.onLine) n = 0;
    }
  }
}

/** Until `ms` are over or the network is back; without one, until it is. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const clock = setTimeout(() => navigator.onLine && end(), ms);
    const end = () => {
      clearTimeout(clock);
      window.removeEventListener("online", end);
      signal.removeEventListener("abort", stop);
      done();
    };
    const stop = () => {
      end();
      fail(signal.reason);
    };
    window.addEventListener("online", end);
    signal.addEventListener("abort", stop);
  });
}

/** `fetch` does not tell how far it is. Resolves when the file is there, whoever put it. */
function put(
  file: Blob,
  { upload_url, headers }: { upload_url: string; headers: Record<string, string> },
  tell: Tell,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    signal.addEventListener("abort", stop);
    request.onloadend = () => signal.removeEventListener("abort", stop);
    request.upload.onprogress = ({ loaded, total }) => tell({ step: "sending", share: total > 0 ? loaded / total : 0 });
    request.onerror = () => fail(new Problem(0, {}, null));
    request.onabort = () => fail(signal.reason);
    request.onload = () => {
      // Storage makes a file once. Refused, it is there from a try whose answer was lost, or the link is over:
      // asking for the check tells which.
      if (request.status < 300 || [403, 409, 412].includes(request.status)) done();
      else fail(new Problem(request.status, {}, null));
    };
    request.open("PUT", upload_url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    tell({ step: "sending", share: 0 });
    request.send(file);
  });
}
