/** What is to become of a flag that pictl does not pass on as it is. */
export interface RunRefusal {
  /** `warning`: the flag is left out, and the rest is run. */
  readonly severity: "error" | "warning";
  readonly message: string;
}

/** Why pictl does not pass a flag of `docker run` on; undefined when it does. */
export function runRefusal(flag: string, value: string): RunRefusal | undefined {
  const message = flag === "label" ? labelRefusal(value) : reasons[flag];
  if (message !== undefined) return { severity: "error", message };
  if (flag === "rm" && isFalse(value)) return undefined;
  const leftOut = leftOutReasons[flag];
  return leftOut === undefined ? undefined : { severity: "warning", message: leftOut };
}

/** As Go's strconv.ParseBool, with which the docker client reads its switches. */
export function isFalse(value: string): boolean {
  return /^(?:0|f|F|false|FALSE|False)$/.test(value);
}

/** Labels under this name are pictl's own: they say whose a container is. */
const ownNamespace = "io.pictl.";

function labelRefusal(label: string): string | undefined {
  if (!label.startsWith(ownNamespace)) return undefined;
  return `labels that begin with ${ownNamespace} are pictl's own: it knows its containers by them; choose another name`;
}

const reasons: Readonly<Record<string, string>> = {
  name: "--name is not possible: a container has the name of its layout entry; rename the entry instead",
  attach:
    "-a (--attach) is not possible: docker does not take it for a container that starts in the background; remove it, and use `pictl logs` or `pictl shell`",
  help: "--help is not possible: docker would print its manual and start nothing; remove it",
};

const leftOutReasons: Readonly<Record<string, string>> = {
  detach: "-d=false is left out: pictl always starts containers in the background",
  rm: "--rm is left out: a container that removes itself cannot be restarted or looked into; `pictl delete` removes it",
  cidfile:
    "--cidfile is left out: docker refuses to start when the file is there already; `pictl status --json` tells ids",
};
