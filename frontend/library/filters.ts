/** What a list is narrowed by. It lives in the address, so that it can be sent and gone back to. */
export type Filters = { q: string; model: string; aspect_ratio: string; favourite: boolean; trash: boolean };

export const none: Filters = { q: "", model: "", aspect_ratio: "", favourite: false, trash: false };

export const readFilters = (search: Pick<URLSearchParams, "get">): Filters => ({
  q: (search.get("q") ?? "").slice(0, 200),
  model: search.get("model") ?? "",
  aspect_ratio: search.get("aspect_ratio") ?? "",
  favourite: search.get("favourite") === "true",
  trash: search.get("trash") === "true",
});

/** As the API takes it, and as the address has it. */
export function query(filters: Filters): Record<string, string> {
  const { q, model, aspect_ratio, favourite, trash } = filters;
  return {
    ...(q.trim() ? { q: q.trim() } : {}),
    ...(model ? { model } : {}),
    ...(aspect_ratio ? { aspect_ratio } : {}),
    ...(favourite ? { favourite: "true" } : {}),
    ...(trash ? { trash: "true" } : {}),
  };
}

export const isNarrowed = (filters: Filters) => Object.keys(query(filters)).length > 0;
