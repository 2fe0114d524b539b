import type { Generation, LiveEvent } from "@/api/client";

type Page = { items: LiveEvent[]; last_seq: number; more: boolean; gap: boolean };
export type Sources = {
  /** Events after that number. */
  after: (seq: number) => Promise<Page>;
  show: (generations: Generation[]) => void;
  /** Events are gone for good: everything is to be loaded anew. */
  reload: () => Promise<void>;
};

/** Takes events by their numbers: none twice, none left out, whatever is lost, doubled or early on the way. */
export function sequence({ after, show, reload }: Sources) {
  let last: number | null = null;
  let catching: Promise<void> | null = null;
  let again = false;

  const pages = async () => {
    for (;;) {
      const from: number = last ?? 0;
      const page = await after(from);
      const first = last === null;
      if (first || page.gap) {
        // The list is asked for after the number was read, so nothing falls between them.
        last = page.last_seq;
        await reload();
        return;
      }
      show(page.items.map((it) => it.generation));
      last = Math.max(from, page.items.at(-1)?.seq ?? page.last_seq);
      if (!page.more) return;
    }
  };
  /** Brings everything up to now. Asked for while it is under way, it runs once more after that. */
  const catchUp = (): Promise<void> => {
    if (catching) {
      again = true;
      return catching;
    }
    catching = pages().finally(() => {
      catching = null;
    });
    return catching.then(() => {
      if (!again) return;
      again = false;
      return catchUp();
    });
  };
  return {
    catchUp,
    take(event: LiveEvent): Promise<void> {
      if (last !== null && event.seq <= last) return Promise.resolve();
      if (last !== null && event.seq === last + 1 && !catching) {
        last = event.seq;
        show([event.generation]);
        return Promise.resolve();
      }
      return catchUp();
    },
  };
}
