const taken = new Set<string>();

/** Puts the styles of a package into the page, once. */
export function addSheet(text: string): void {
  if (taken.has(text)) return;
  taken.add(text);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
