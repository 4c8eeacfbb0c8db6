import { type Electorate, formatCandidacy } from "../leadership/electorate.ts";
import { formatMarks, type Marks, parseMarks } from "../leadership/marks.ts";
import { safety } from "../safety.ts";
import { type Command, script } from "../shell.ts";
import { type ClockSample, deadlineOn } from "./clock.ts";
import type { Fence } from "./command.ts";

/** What a node was asked to promise: that for `ttlMs` it obeys nobody but the owner. Epoch 0 only asks. */
export interface Claim extends Fence {
  readonly cluster: string;
  readonly ttlMs: number;
  /** What it is to remember; undefined: what it does already. */
  readonly marks: Marks | undefined;
  /** Who is asked for the promise: it hears of that in the same moment as it gives it. */
  readonly electorate: Electorate;
}

/** What holds on the node after the question. */
export interface ClaimAnswer extends Marks {
  readonly claimed: boolean;
  /** The greatest epoch the node knows of; 0 when it never promised anything. */
  readonly epoch: number;
  /** Whose it is; undefined when nobody's. */
  readonly owner: string | undefined;
  /** How long the promise to that owner still runs; 0 when it has run out. */
  readonly leftMs: number;
  /** The epoch in which it was told what it remembers. */
  readonly markedAt: number;
  readonly clock: ClockSample;
}

/** `clock` and `until` keep a claim from being made late; without them it may be, which can only delay others. */
export function claimCommand(
  guard: string,
  { cluster, owner, epoch, ttlMs, marks, electorate }: Claim,
  late?: { readonly clock: ClockSample; readonly until: number },
): Command {
  const deadline = late === undefined ? "" : String(deadlineOn(late.clock, late.until));
  const args = [cluster, late?.clock.bootId ?? "", deadline, String(epoch), owner, String(Math.ceil(ttlMs / 10))];
  const words = [
    marks === undefined ? "" : formatMarks(marks),
    safety.electorate && marks === undefined ? formatCandidacy(electorate) : "",
  ];
  return script(guard, "claim", "guard.sh", ...args, ...words);
}

/** A node without a `flock` program promises nothing: of two claims at one instant it might promise both. */
export function saysNoFlock({ code }: { readonly code: number | null }): boolean {
  return code === 185;
}

/** Reads what `claimCommand` prints; `at`: our monotonic time when it arrived. Undefined for anything else. */
export function parseClaimAnswer(text: string, at: number): ClaimAnswer | undefined {
  const [, answer, epoch, owner, left, bootId = "", up, markedAt, marks = ""] =
    /^(claimed|refused) (\d+) (\S+) (\d+) ([0-9a-f-]+) (\d+) (\d+) (\S+)$/m.exec(text) ?? [];
  if (answer === undefined) return undefined;
  return {
    claimed: answer === "claimed",
    epoch: Number(epoch),
    owner: owner === "-" ? undefined : owner,
    leftMs: Number(left) * 10,
    ...parseMarks(marks),
    markedAt: Number(markedAt),
    clock: { bootId, uptimeMs: Number(up) * 10, at },
  };
}
