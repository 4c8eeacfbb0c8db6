/** Why pictl does not pass a flag of `docker run` on; undefined when it does. */
export function refusal(flag: string, value: string): string | undefined {
  if (flag === "label") return labelRefusal(value);
  if (onlyWhenTrue.has(flag) && isFalse(value)) return undefined;
  if (flag === "detach") return "-d=false is not possible: pictl always starts containers in the background; remove it";
  return reasons[flag];
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

const onlyWhenTrue: ReadonlySet<string> = new Set(["interactive", "tty", "rm", "help"]);

const noTerminal =
  "pictl starts containers in the background, with no terminal; remove it, and use `pictl shell` to look in";

const reasons: Readonly<Record<string, string>> = {
  name: "--name is not possible: a container has the name of its layout entry; rename the entry instead",
  interactive: `-i (--interactive) is not possible: ${noTerminal}`,
  tty: `-t (--tty) is not possible: ${noTerminal}`,
  attach: `-a (--attach) is not possible: ${noTerminal}`,
  rm: "--rm is not possible: a container that removes itself cannot be restarted or looked into; `pictl delete` removes it",
  cidfile:
    "--cidfile is not possible: docker refuses to start when the file is there already; `pictl status` tells ids",
  help: "--help is not possible: docker would print its manual and start nothing; remove it",
};
