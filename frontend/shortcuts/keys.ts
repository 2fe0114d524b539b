type Pressed = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

/** Whether `event` is `keys`: such as `p`, `?`, `Escape`, `Shift+ArrowLeft`, `Mod+a` (Ctrl, or ⌘). */
export function isPressed(keys: string, event: Pressed): boolean {
  const parts = keys.split("+");
  const key = parts.pop() || "+";
  const mod = event.ctrlKey || event.metaKey;
  if (parts.includes("Mod") !== mod || event.altKey) return false;
  // Which characters need Shift depends on the keyboard.
  if ((key.length > 1 || /[a-z]/.test(key)) && parts.includes("Shift") !== event.shiftKey) return false;
  if (event.key.toLowerCase() === key.toLowerCase()) return true;
  // On a keyboard of another script, the key that has this letter elsewhere.
  const foreign = [...event.key].length === 1 && event.key > "\u007f";
  return foreign && event.code === `Key${key.toUpperCase()}`;
}

/** A character alone, which somebody may press without meaning it: speech and shaking hands do. */
export const isSingle = (keys: string) => keys.length === 1;

/** Where keys are text. */
export const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || (target.matches("input, textarea, select") && !target.matches("[type=checkbox]")));
