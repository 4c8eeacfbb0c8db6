import { fileURLToPath } from "node:url";

/** One line of the benchmark. Beyond `atMost` it makes the exit code 1. */
export interface Row {
  readonly what: string;
  readonly value: number;
  readonly atMost: number;
  readonly unit: "×" | "MB" | "s" | "%" | "";
}

/** A row that could not be measured here, and why; it is no miss. */
export interface LeftOut {
  readonly what: string;
  readonly because: string;
}

/** A file in `groups/` exports one as `rows`: it brings up what it needs, takes it down again and says what it saw. */
export type Group = () => Promise<readonly (Row | LeftOut)[]>;

/** The built program. */
export const pictl: readonly string[] = [process.execPath, fileURLToPath(new URL("../../bin/run.js", import.meta.url))];
