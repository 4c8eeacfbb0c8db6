/** A virtual IP that a node may have without an end, because a controller has left: only that node's answer frees it. */
export interface Frozen {
  readonly vip: string;
  readonly node: string;
}

const none = "-";

/** One word, as nodes remember it. */
export function formatFrozen(frozen: readonly Frozen[]): string {
  return frozen.length === 0 ? none : frozen.map(({ vip, node }) => `${vip}=${node}`).join(",");
}

/** Reads what `formatFrozen` made. */
export function parseFrozen(word: string): readonly Frozen[] {
  if (word === none) return [];
  return word.split(",").map((each) => {
    const [vip = "", node = ""] = each.split("=");
    return { vip, node };
  });
}

/**
 * What the nodes remember, by the newest of a majority: who freezes an address has half of the nodes store it with an
 * epoch that nobody had before. In one epoch marks only ever go, and a claim may overtake another: what one node has
 * of that epoch counts.
 */
export function newestFrozen(
  answers: readonly { readonly answer: { readonly markedAt: number; readonly frozen: readonly Frozen[] } }[],
): readonly Frozen[] {
  const newest = Math.max(...answers.map(({ answer }) => answer.markedAt));
  const all = answers.flatMap(({ answer }) => (answer.markedAt === newest ? answer.frozen : []));
  return all.reduce<readonly Frozen[]>(withFrozen, []);
}

export function withFrozen(frozen: readonly Frozen[], mark: Frozen): readonly Frozen[] {
  return [...withoutFrozen(frozen, mark), mark];
}

export function withoutFrozen(frozen: readonly Frozen[], { vip, node }: Frozen): readonly Frozen[] {
  return frozen.filter((each) => each.vip !== vip || each.node !== node);
}
