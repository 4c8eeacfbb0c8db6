/**
 * Puts tags in the order in which people look for one: `latest`, then versions from the newest to the oldest, then
 * dates likewise, then other words by the alphabet. A version stands before its pre-releases (`2.0` before `2.0-rc1`)
 * and before its variants (`2.0-alpine`).
 */
export function newestFirst(tags: readonly string[]): string[] {
  const keyed = tags.map((tag) => ({ tag, key: keyOf(tag) }));
  return keyed.sort((a, b) => compareKeys(a.key, b.key) || compareText(a.tag, b.tag)).map(({ tag }) => tag);
}

interface Key {
  /** 0 latest, 1 version, 2 date, 3 word. */
  readonly kind: number;
  readonly numbers: readonly number[];
  /** -1 for a pre-release: it is older than what has the same numbers. */
  readonly stage: number;
  readonly preRelease: readonly (string | number)[];
  readonly variant: string;
}

const version =
  /^v?(\d{1,15}(?:\.\d{1,15})*)(?:[-._]?(alpha|beta|preview|pre|rc|dev|a|b)(?![a-z])[-._]?(\d{0,15}))?(?:[-._+](.+))?$/i;
/** `20240923`, `2024-09-23`, also behind or before a word: `bookworm-20240923`. */
const date = /(?:^|-)((?:19|20)\d\d)-?(0[1-9]|1[0-2])-?([0-2]\d|3[01])(?=-|$)/;

function keyOf(tag: string): Key {
  if (tag === "latest") return { kind: 0, numbers: [], stage: 0, preRelease: [], variant: "" };
  const day = date.exec(tag);
  if (day) {
    return { kind: 2, numbers: day.slice(1, 4).map(Number), stage: 0, preRelease: [], variant: tag };
  }
  const match = version.exec(tag);
  if (!match) return { kind: 3, numbers: [], stage: 0, preRelease: [], variant: tag };
  const [, numbers = "", stage, step = "", variant = ""] = match;
  return {
    kind: 1,
    numbers: numbers.split(".").map(Number),
    stage: stage === undefined ? 0 : -1,
    preRelease: stage === undefined ? [] : [stage.toLowerCase(), Number(step)],
    variant,
  };
}

function compareKeys(a: Key, b: Key): number {
  return (
    a.kind - b.kind ||
    compareNumbers(b.numbers, a.numbers) ||
    b.stage - a.stage ||
    compareText(String(b.preRelease[0] ?? ""), String(a.preRelease[0] ?? "")) ||
    Number(b.preRelease[1] ?? 0) - Number(a.preRelease[1] ?? 0) ||
    compareText(a.variant, b.variant)
  );
}

/** `1.27` is older than `1.27.1`, so that it stands behind it as less exact. */
function compareNumbers(a: readonly number[], b: readonly number[]): number {
  const length = Math.max(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const difference = (a[index] ?? -1) - (b[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
