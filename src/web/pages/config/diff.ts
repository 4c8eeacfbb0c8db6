interface DiffLine {
  readonly sign: "+" | "-" | " " | "…";
  readonly text: string;
  /** Of the newer text; undefined for what is gone. */
  readonly line?: number;
}

const around = 3;
/** Beyond it what lies between the first and the last change is shown as changed as a whole. */
const mostCells = 4_000_000;

/** The lines that differ, with three unchanged ones around them. */
export function differenceOf(before: string, after: string): readonly DiffLine[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < old.length - head && tail < now.length - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const same = (from: number, to: number): readonly DiffLine[] =>
    now.slice(from, to).map((text, index) => ({ sign: " ", text, line: from + index + 1 }));
  const middle = between(old.slice(head, old.length - tail), now.slice(head, now.length - tail), head);
  return shortened([...same(0, head), ...middle, ...same(now.length - tail, now.length)]);
}

/** By the longest common subsequence. */
function between(old: readonly string[], now: readonly string[], offset: number): readonly DiffLine[] {
  if (old.length * now.length > mostCells) return [...old.map(gone), ...now.map((text, at) => come(text, offset + at))];
  const common = old.map(() => new Uint32Array(now.length + 1));
  common.push(new Uint32Array(now.length + 1));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      const row = common[i];
      if (row) row[j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({ sign: " ", text: now[j] ?? "", line: offset + j + 1 });
      i++;
      j++;
    } else if (i < old.length && (j >= now.length || at(i + 1, j) >= at(i, j + 1))) lines.push(gone(old[i++] ?? ""));
    else lines.push(come(now[j] ?? "", offset + j++));
  }
  return lines;
}

function gone(text: string): DiffLine {
  return { sign: "-", text };
}

function come(text: string, index: number): DiffLine {
  return { sign: "+", text, line: index + 1 };
}

function shortened(lines: readonly DiffLine[]): readonly DiffLine[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - around), index + around + 1).some(({ sign }) => sign !== " "),
  );
  return lines.flatMap((line, index): readonly DiffLine[] => {
    if (near[index] === true) return [line];
    return near[index - 1] === true && lines.slice(index).some((_, rest) => near[index + rest] === true)
      ? [{ sign: "…", text: "" }]
      : [];
  });
}
