/**
 * Names with numbers in short, as ClusterShell's NodeSet writes them: n1 n2 n3 db → `n[1-3],db`. Zeros in front are
 * kept (`n[08-10]`). Groups stand in the order of their first name.
 */
export function foldNames(names: readonly string[]): string {
  const groups = new Map<string, Group>();
  for (const name of names) {
    // The last number in the name; sixteen digits and more are no number that can be counted with.
    const match = /^(.*?)(\d{1,15})(\D*)$/s.exec(name);
    const [, prefix = name, digits, suffix = ""] = match ?? [];
    const key = digits === undefined ? `=${name}` : `${prefix}#${suffix}`;
    const group = groups.get(key) ?? { prefix, suffix, numbers: [] };
    if (digits !== undefined) group.numbers.push(digits);
    groups.set(key, group);
  }
  return [...groups.values()].map(folded).join(",");
}

interface Group {
  readonly prefix: string;
  readonly suffix: string;
  /** As written; none for a name without a number. */
  readonly numbers: string[];
}

function folded({ prefix, suffix, numbers }: Group): string {
  if (numbers.length === 0) return prefix;
  const runs: { first: string; last: string }[] = [];
  for (const number of [...new Set(numbers)].sort((a, b) => Number(a) - Number(b) || a.length - b.length)) {
    const run = runs.at(-1);
    if (run && follows(run.last, number)) run.last = number;
    else runs.push({ first: number, last: number });
  }
  const text = runs.map(({ first, last }) => (first === last ? first : `${first}-${last}`)).join(",");
  return runs.length === 1 && !text.includes("-") ? `${prefix}${text}${suffix}` : `${prefix}[${text}]${suffix}`;
}

function follows(last: string, next: string): boolean {
  if (Number(next) !== Number(last) + 1) return false;
  return next.length === last.length || (!next.startsWith("0") && !last.startsWith("0"));
}
