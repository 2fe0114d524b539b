/** Fills `message`: `{name}`, and `{n|one:# job|other:# jobs}` by the plural rules of `language`. */
export type Values = Record<string, string | number>;

export function format(message: string, values: Values, language: string): string {
  return message.replace(/\{(\w+)((?:\|[^}|]+)*)\}/g, (_, name: string, forms: string) => {
    const value = values[name] ?? "";
    const text = typeof value === "number" ? new Intl.NumberFormat(language).format(value) : value;
    if (!forms) return text;
    const choices = new Map(
      forms
        .slice(1)
        .split("|")
        .map((form) => {
          const colon = form.indexOf(":");
          return [form.slice(0, colon), form.slice(colon + 1)] as const;
        }),
    );
    const rule = new Intl.PluralRules(language).select(Number(value));
    return (choices.get(rule) ?? choices.get("other") ?? "#").replace("#", text);
  });
}
