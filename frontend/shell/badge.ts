/** The number before the title, and on the icon, of what was finished while nobody looked; 0 takes it away. */
export function badge(n: number) {
  const plain = document.title.replace(/^\(\d+\) /, "");
  document.title = n > 0 ? `(${n}) ${plain}` : plain;
  for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel="icon"]')) {
    link.dataset.plain ??= link.href;
    link.href = n > 0 ? icon(n) : link.dataset.plain;
  }
}

/** `app/icon.svg` with a disc. */
const icon = (n: number) =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#123a6b"/><circle cx="16" cy="13" r="6" fill="#f3f8fb"/><path d="M4 26c5-6 19-6 24 0" fill="none" stroke="#f3f8fb" stroke-width="2.4" stroke-linecap="round"/><circle cx="22" cy="10" r="10" fill="#ffc44d"/><text x="22" y="15" font-family="sans-serif" font-size="14" font-weight="700" text-anchor="middle" fill="#122">${n > 9 ? "9+" : n}</text></svg>`,
  )}`;
