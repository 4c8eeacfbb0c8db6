/** Where something stands in a config: keys and list indexes from the top. */
export type ConfigPath = readonly (string | number)[];

/** `layout[1].node`; a key that is not a plain word stands in brackets: `layout[0]["my.app"]`. Empty for the top. */
export function formatPath(path: ConfigPath): string {
  return path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      if (!plainKey.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join("");
}

/** The inverse of `formatPath`; also accepts indexes between dots (`layout.1.node`). Undefined when it is no path. */
export function parsePath(text: string): ConfigPath | undefined {
  const path: (string | number)[] = [];
  const part = /\.?(?:([A-Za-z0-9_$-]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\])/y;
  while (part.lastIndex < text.length) {
    const start = part.lastIndex;
    const match = part.exec(text);
    if (match === null) return undefined;
    const dotted = text[start] === ".";
    const bare = match[1] !== undefined;
    if (start === 0 ? dotted : dotted !== bare) return undefined;
    path.push(partOf(match));
  }
  return path;
}

const plainKey = /^[A-Za-z_$][A-Za-z0-9_$-]*$/;

function partOf([, bare, index, quoted]: RegExpExecArray): string | number {
  if (quoted !== undefined) return unescape(quoted);
  if (index !== undefined) return Number(index);
  return /^\d+$/.test(bare ?? "") ? Number(bare) : (bare ?? "");
}

function unescape(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted.slice(1, -1);
  }
}
