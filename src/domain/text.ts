/**
 * Remote output is data: whatever could move the cursor, change colours, retitle the window or reverse the reading
 * direction is shown as an escape (`\x1b`) instead of being sent to the terminal. Covers C0 (but not tab), DEL, C1
 * and the bidirectional controls (Trojan Source, CVE-2021-42574; kubectl CVE-2021-25743).
 */
export function visible(text: string): string {
  return text.replace(unsafe, escaped);
}

/** The same for a text whose lines are to stay lines. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}

// oxlint-disable-next-line eslint-js/no-control-regex -- control characters are the subject here
const unsafe = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** "1 node", "2 nodes". */
export function plural(count: number, singular: string, many = `${singular}s`): string {
  return `${String(count)} ${count === 1 ? singular : many}`;
}

/** 1536 → "1.5 KiB". */
export function bytes(count: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? String(Math.round(value)) : value.toFixed(value < 10 ? 1 : 0)} ${units[unit] ?? ""}`;
}

/** An id as docker shows it: `sha256:0123456789abcdef…` → its first twelve digits. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, "").slice(0, 12);
}
