import { Args, Flags } from "@oclif/core";

/** Flags and arguments that mean the same wherever they occur. */

export const containersArg = Args.string({
  multiple: true,
  description: "Containers: NAME, NAME@NODE or a glob; all of the layout when left out.",
});

export const nodesArg = Args.string({
  multiple: true,
  description: "Nodes: a name, a glob or LABEL=VALUE; all when left out.",
});

export const chosenNodes = Args.string({
  multiple: true,
  required: true,
  description: "Nodes: a name, a glob or LABEL=VALUE.",
});

export const nodeFlag = Flags.string({
  char: "n",
  multiple: true,
  multipleNonGreedy: true,
  helpValue: "NODE",
  summary: "Only these nodes: a name, a glob or LABEL=VALUE. Repeatable.",
});

export const dryRunFlag = Flags.boolean({ summary: "Print what would be done, and do nothing." });

export const yes = Flags.boolean({ char: "y", summary: "Do not ask." });

/** Of commands that show host keys. */
export const yesToKeys = Flags.boolean({
  char: "y",
  summary: "Do not ask: trust the host keys that are shown, or those of --fingerprint alone.",
});

export const graceFlag = Flags.integer({
  summary: "Seconds a container may take to stop before it is killed, instead of its own: `--stop-timeout`, else 10.",
  helpValue: "SECONDS",
  min: 0,
  max: 3600,
});

export const checkTimeoutFlag = Flags.integer({
  summary:
    "How long a new container may take until its check succeeds; without it, as its entry's `patience` says, else 30, " +
    "or as long as its HEALTHCHECK takes.",
  helpValue: "SECONDS",
  min: 0,
  max: 3600,
});

export const noCheckFlag = Flags.boolean({
  summary: "Do not wait until a new container has passed its check: it only has to run.",
  exclusive: ["check-timeout"],
});

/** What the two say together. */
export function patience(flags: { readonly "check-timeout": number | undefined; readonly "no-check": boolean }): {
  readonly patienceMs: number | undefined;
  readonly skipsCheck: boolean;
} {
  const seconds = flags["check-timeout"];
  return { patienceMs: seconds === undefined ? undefined : seconds * 1000, skipsCheck: flags["no-check"] };
}

export const waitFlag = Flags.integer({
  summary: "Seconds to wait for another pictl that changes the same containers.",
  helpValue: "SECONDS",
  default: 0,
  min: 0,
  max: 86_400,
});

/** How to say without a terminal that a node may be drained, and what becomes of the data there. */
export function insteadOfDrainingFlags(
  plan: { readonly leftBehind: readonly string[] },
  flags: { readonly "copy-volumes": boolean },
): string {
  if (plan.leftBehind.length === 0) return "Say `--yes` to go on without being asked.";
  const copying = flags["copy-volumes"] ? "" : ", or `--copy-volumes --yes` to copy what has a name";
  return `Say \`--yes\` to leave it behind${copying}.`;
}
