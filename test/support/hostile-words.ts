/** Words made to break quoting: the same for the same seed, never with a NUL, always valid UTF-16. */
export function hostileWords(count: number, seed: number): string[] {
  const random = mulberry32(seed);
  return Array.from({ length: count }, () => {
    const length = Math.floor(random() * 12);
    return Array.from({ length }, () => pick(random)).join("");
  });
}

const pieces = [
  ...Array.from(" \t\n\r!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
  ...Array.from("abcXYZ019"),
  ...Array.from("\u0001\u0007\b\u001b\u007f\u0085\u00a0é漢\u200b\u202e\ufeff\u{1f600}\u{10ffff}"),
  "\\n",
  "\\0101",
  "\\\\",
  "!!",
  "!$",
  "%s",
  "%%",
  "$(id)",
  "`id`",
  "${HOME}",
  "''",
  "\r\n",
  "-n",
  "~root",
  "&&",
  "EOF",
];

function pick(random: () => number): string {
  return pieces[Math.floor(random() * pieces.length)] ?? "";
}

/** A small seeded generator (Tommy Ettinger's mulberry32). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
