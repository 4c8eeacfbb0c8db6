import { resolve } from "node:path";
import { PictlError } from "../domain/errors.ts";
import { defaultDir } from "./files/record.ts";
import type { LabOptions } from "./types.ts";

/** The ports of one bridge, less the controller's. */
const MAX_NODES = 1000;

export interface CheckedOptions {
  readonly name: string;
  readonly nodes: number;
  readonly docker: boolean;
  readonly dir: string;
  readonly subnet: string | null;
  readonly install: boolean;
  readonly disk: string | null;
  readonly sshdOptions: readonly string[];
}

/** Fills in defaults. Throws usage for what cannot be. */
export function checkOptions(options: LabOptions): CheckedOptions {
  const name = options.name ?? "lab";
  check(
    /^[a-z][a-z0-9-]{0,11}$/.test(name),
    `"${name}" cannot name a lab`,
    "Use up to 12 of a-z, 0-9 and -, beginning with a letter.",
  );
  const nodes = options.nodes ?? 3;
  check(
    Number.isInteger(nodes) && nodes >= 1 && nodes <= MAX_NODES,
    `A lab of ${nodes} nodes cannot be`,
    `Ask for 1 to ${MAX_NODES}.`,
  );
  const dir = resolve(options.dir ?? defaultDir(name));
  // The path goes into an fstab and into overlay options, where these mean something.
  check(
    /^[\w./+@=-]+$/.test(dir) && dir !== "/",
    `The lab cannot live in ${dir}`,
    "Choose a folder without blanks, commas, colons and quotes in its path.",
  );
  const disk = options.disk ?? null;
  check(
    disk === null || /^[1-9]\d*[kmg]?$/i.test(disk),
    `"${disk}" is no size`,
    "Give a number with k, m or g, as in `--disk 200m`.",
  );
  const sshdOptions = options.sshdOptions ?? [];
  for (const option of sshdOptions) {
    check(
      /^[A-Za-z]+=[^\n\r]+$/.test(option),
      `"${option}" is no sshd option`,
      "Give KEY=VALUE, as in `--sshd-option MaxSessions=1`.",
    );
  }
  return {
    name,
    nodes,
    dir,
    disk,
    sshdOptions,
    subnet: options.subnet ?? null,
    docker: options.docker ?? true,
    install: options.install ?? false,
  };
}

function check(holds: boolean, message: string, hint: string): void {
  if (!holds) throw new PictlError("usage", `${message}.`, { hint });
}
