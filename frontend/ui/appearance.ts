/** Theme and motion, as `theme.js` puts them on the page before its first paint. */
export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];
export const MOTIONS = ["system", "less"] as const;
export type Motion = (typeof MOTIONS)[number];

const html = () => document.documentElement.dataset;
function choose(name: "theme" | "motion", value: string) {
  if (value === "system") {
    localStorage.removeItem(name);
    delete html()[name];
  } else {
    localStorage.setItem(name, value);
    html()[name] = value;
  }
  for (const listener of listeners) listener();
}
const listeners = new Set<() => void>();
/** Two places of a page show it. */
export const watchAppearance = (listener: () => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

export const theme = (): Theme => THEMES.find((it) => it === html().theme) ?? "system";
export const chooseTheme = (value: Theme) => choose("theme", value);
export const motion = (): Motion => (html().motion === "less" ? "less" : "system");
export const chooseMotion = (value: Motion) => choose("motion", value);
