import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The text of the one event log in a state folder; empty while there is none. */
export function eventFileText(stateDir: string): string {
  try {
    const name = readdirSync(stateDir).find((each) => /^events-[^.]+\.jsonl$/.test(each));
    return name === undefined ? "" : readFileSync(join(stateDir, name), "utf8");
  } catch {
    return "";
  }
}
