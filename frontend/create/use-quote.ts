import { useEffect, useState } from "react";
import { api, ask, type NewGeneration, type Quote } from "@/api/client";
import { Problem } from "@/api/problem";

const WAIT_MS = 350;
/** A price does not depend on the words, so they stay here until they are ordered. */
const WORDS = "quote";

export type Quoted = { quote: Quote | null; refusal: Problem | null };
const nothing: Quoted = { quote: null, refusal: null };

/** What the service would take for `body`: asked a moment after the last change; an answer to an earlier one is dropped. */
export function useQuote(body: NewGeneration, wanted: boolean, credits: number | undefined): Quoted {
  const text = JSON.stringify({ ...body, prompt: WORDS, seed: null });
  const [answer, setAnswer] = useState<Quoted & { to: string }>({ ...nothing, to: "" });
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is there to spend changes the answer
  useEffect(() => {
    if (!wanted) return;
    const end = new AbortController();
    const clock = setTimeout(() => {
      ask(api.POST("/api/v1/generations/quote", { body: JSON.parse(text), signal: end.signal })).then(
        (quote) => end.signal.aborted || setAnswer({ quote, refusal: null, to: text }),
        (error: unknown) => {
          if (end.signal.aborted) return;
          // Without an answer the catalogue's price stays: the order itself is told the truth in any case.
          const refusal = error instanceof Problem && error.status >= 400 && error.status < 500 ? error : null;
          setAnswer({ quote: null, refusal, to: text });
        },
      );
    }, WAIT_MS);
    return () => {
      clearTimeout(clock);
      end.abort();
    };
  }, [text, wanted, credits]);
  return wanted && answer.to === text ? answer : nothing;
}
