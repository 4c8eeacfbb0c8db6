/**
 * `npm run soak -- [MINUTES]`: an hour of simulated and so many minutes (10) of real rounds with faults in them, on a lab.
 * What the daemon uses is to stay flat: prints a row for each thing at the beginning and at the end, and exits 1 when one
 * has grown. Needs root.
 */
import { real } from "./soak/real.ts";
import { simulated } from "./soak/simulated.ts";
import type { Usage } from "./soak/usage.ts";

const minutes = Number(process.argv[2] ?? 10);
if (!(minutes >= 1)) throw new Error("Say for how many minutes, at least 1: `npm run soak -- 10`.");

for (const { what, unit, first, last, atMost } of [
  ...(await simulated()),
  ...(await real(minutes)),
] satisfies Usage[]) {
  const good = last <= atMost;
  const columns = [first, last, atMost].map((value) => value.toFixed(1).padStart(8)).join("");
  process.stdout.write(`${good ? "ok   " : "GROWS"}${columns} ${unit.padEnd(3)} ${what}\n`);
  if (!good) process.exitCode = 1;
}
process.stdout.write("       first    last at most\n");
