/**
 * The rules that keep a cluster from harm when messages are lost, late or doubled. A product without one of them is
 * still green in ordinary weather; so each can be left out, to see whether the tests notice: `PICTL_WITHOUT` is a list of
 * rules in the environment of `npm run build` and of vitest. The release build has none, and looks at no environment.
 */
export const safetyRules = [
  /** A command carries the time, on the node's own clock, after which it is refused. */
  "deadline",
  /** A command of a daemon carries its epoch, and a node that has seen a greater one refuses it. */
  "epoch",
  /** A lease that has ended is given somewhere else only after a margin: kernels end it late. */
  "lease-margin",
  /** The end of a lease is booked before the lease is sent: it may arrive although no answer does. */
  "book-before-sending",
  /** A node that has the virtual IP and should not have it loses it on contact. */
  "remove-on-contact",
  /** A promise is root's to keep: logins that each keep one of their own would elect two leaders. */
  "one-memory",
  /** An address that a node has from somebody else is given to nobody: the node may be known by it. */
  "foreign-address",
  /** A node that did not take the virtual IP is passed over while another one is fit. */
  "pass-over",
  /** A lease is made to last only when half of the nodes remember that it was. */
  "frozen-mark",
  /** Who is elected by other nodes than the leader before has won among those as well. */
  "electorate",
  /** Half of the nodes remember where a container is moved to, before the config says so: the next leader's may not. */
  "register",
  /** What only a leader may do is begun by no node after his lease: whoever comes next was elected after that. */
  "lease",
  /** A new leader writes its epoch on every node that answers, and gives the others the time that a command may take. */
  "announced",
  /** What had left the layout of the last leader is not started by one who does not know of it. */
  "shared-layout",
  /** The limits to how much is moved count what the last leader moved. */
  "shared-counters",
  /** The network is told where the virtual IP is now. */
  "announce",
  /** A container leaves its node only when its image is ready elsewhere, and its old copy is removed last. */
  "prepare-first",
  /** A move writes down what it is about to do, so that whoever finds it half done can finish or undo it. */
  "journal",
  /** A move is undone only when no client of Docker on the new node still waits there to make the copy. */
  "still-making",
  /** A controller that seems cut off does nothing. */
  "freeze",
  /** A node is dead only when other nodes cannot reach it either. */
  "witness",
  /** Copies of an older generation are removed where they are found. */
  "generation-clean-up",
  /** Nothing is started of which a copy that is not older runs elsewhere. */
  "no-second-copy",
  /** Only failures in a row count. */
  "consecutive",
] as const;

export type SafetyRule = (typeof safetyRules)[number];

declare const PICTL_WITHOUT: string | undefined;

/** Every rule, and whether it holds. */
export const safety: Readonly<Record<SafetyRule, boolean>> = Object.freeze(
  withAllBut(typeof PICTL_WITHOUT === "string" ? PICTL_WITHOUT.split(" ") : []),
);

function withAllBut(left: readonly string[]): Record<SafetyRule, boolean> {
  return Object.fromEntries(safetyRules.map((rule) => [rule, !left.includes(rule)])) as Record<SafetyRule, boolean>;
}
