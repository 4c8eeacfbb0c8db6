/**
 * The nodes that elect a leader, by their names. Each leader has the nodes remember which ones elected it, so that a
 * daemon whose config lists others knows of it: it has to win in both, as a change of members in Raft has to. Two
 * electorates that were both won at one time have a node in common, and that one promises one daemon at a time.
 */
export type Electorate = readonly string[];

export function formatElectorate(nodes: Electorate): string {
  return `@=${nodes.map(encodeURIComponent).join("+")}`;
}

/** Of one who stands for election: it has to be won by others all the same, since he may have been elected. */
export function formatCandidacy(nodes: Electorate): string {
  return formatElectorate(nodes).replace("@=", "@?=");
}

/** Reads what `formatElectorate` or, for a candidate's, `formatCandidacy` made; undefined for anything else. */
export function parseElectorate(
  word: string,
): { readonly nodes: Electorate; readonly isCandidates: boolean } | undefined {
  const [, mark, nodes] = /^@(\??)=(\S+)$/.exec(word) ?? [];
  return nodes === undefined
    ? undefined
    : { nodes: nodes.split("+").map(decodeURIComponent), isCandidates: mark === "?" };
}

export function isSameElectorate(one: Electorate, other: Electorate): boolean {
  return one.length === other.length && one.every((node) => other.includes(node));
}

/** More than half of its nodes are among these. */
export function isWon(electorate: Electorate, nodes: readonly string[]): boolean {
  return electorate.filter((node) => nodes.includes(node)).length > electorate.length / 2;
}

/** Half of its nodes are among these: nobody else wins in it. */
export function isHeld(electorate: Electorate, nodes: readonly string[]): boolean {
  return electorate.filter((node) => nodes.includes(node)).length >= electorate.length / 2;
}

/** Each once. */
export function distinct(electorates: readonly Electorate[]): readonly Electorate[] {
  return electorates.filter((each, index) => electorates.findIndex((other) => isSameElectorate(each, other)) === index);
}

interface Told {
  readonly node: string;
  readonly answer: {
    readonly markedAt: number;
    readonly electorates: readonly Electorate[];
    readonly candidates?: readonly Electorate[] | undefined;
  };
}

function allOf({ electorates, candidates = [] }: Told["answer"]): readonly Electorate[] {
  return [...electorates, ...candidates];
}

/**
 * Other electorates than `own` that nodes tell of, each once. One is over when most of its nodes tell of a later one:
 * whoever came after it has won in it, and had them remember.
 */
export function otherElectorates(own: Electorate, answers: readonly Told[]): readonly Electorate[] {
  const tells = ({ answer }: Told, electorate: Electorate): boolean =>
    allOf(answer).some((each) => isSameElectorate(each, electorate));
  const isOver = (electorate: Electorate): boolean => {
    const last = Math.max(...answers.filter((each) => tells(each, electorate)).map(({ answer }) => answer.markedAt));
    const later = answers.filter(({ answer }) => answer.markedAt > last && answer.electorates.length > 0);
    return isWon(
      electorate,
      later.map(({ node }) => node),
    );
  };
  return distinct(answers.flatMap(({ answer }) => allOf(answer))).filter(
    (each) => !isSameElectorate(each, own) && !isOver(each),
  );
}
