import { type Electorate, formatElectorate, parseElectorate } from "./electorate.ts";
import { type Frozen, withFrozen } from "./frozen.ts";
import { formatPlaced, parsePlaced, type Placed, withPlacement } from "./placed.ts";

/** What nodes remember for whoever leads next. */
export interface Marks {
  readonly frozen: readonly Frozen[];
  readonly placed: readonly Placed[];
  /**
   * Who elected the leader that had this remembered, and who else had to be won, as long as too few of those have been
   * told; none where a pictl of before led.
   */
  readonly electorates: readonly Electorate[];
  /** Who was to elect those that have asked for a promise since; what a leader has remembered takes their place. */
  readonly candidates?: readonly Electorate[];
}

export const noMarks: Marks = { frozen: [], placed: [], electorates: [] };

const none = "-";

/** One word, as nodes remember it. */
export function formatMarks({ frozen, placed, electorates }: Marks): string {
  const words = [
    ...frozen.map(({ vip, node }) => `${vip}=${node}`),
    ...placed.map(formatPlaced),
    ...electorates.map(formatElectorate),
  ];
  return words.length === 0 ? none : words.join(",");
}

/** Reads what `formatMarks` made. */
export function parseMarks(word: string): Marks {
  const words = word === none ? [] : word.split(",");
  const frozen = words.filter((each) => !each.includes("@")).map((each) => each.split("="));
  const electorates = words.flatMap((each) => parseElectorate(each) ?? []);
  const nodesOf = (candidates: boolean): readonly Electorate[] =>
    electorates.filter(({ isCandidates }) => isCandidates === candidates).map(({ nodes }) => nodes);
  const candidates = nodesOf(true);
  return {
    frozen: frozen.map(([vip = "", node = ""]) => ({ vip, node })),
    placed: words.flatMap((each) => parsePlaced(each) ?? []),
    electorates: nodesOf(false),
    ...(candidates.length > 0 ? { candidates } : {}),
  };
}

/**
 * What the nodes remember, by the newest of a majority: who has something remembered has half of the nodes store it with
 * an epoch that nobody had before. In one epoch marks only ever go, and a claim may overtake another: what one node has
 * of that epoch counts.
 */
export function newestMarks(
  answers: readonly { readonly answer: Pick<Marks, "frozen" | "placed"> & { readonly markedAt: number } }[],
): Pick<Marks, "frozen" | "placed"> {
  const newest = Math.max(...answers.map(({ answer }) => answer.markedAt));
  const all = answers.map(({ answer }) => answer).filter(({ markedAt }) => markedAt === newest);
  return {
    frozen: all.flatMap(({ frozen }) => frozen).reduce<readonly Frozen[]>(withFrozen, []),
    placed: all.flatMap(({ placed }) => placed).reduce<readonly Placed[]>(withPlacement, []),
  };
}
