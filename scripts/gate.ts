/**
 * `npm run gate`: leaves out one safety rule after the other (`src/domain/safety.ts`) and looks whether the simulations or
 * the unit tests notice. Prints what caught each, and after how much; exit code 1 when one is missed by nobody, or when
 * something is red although no rule is left out. `npm run gate -- RULE …` looks at those only.
 */
import { safetyRules } from "../src/domain/safety.ts";
import { type Catch, detectorsOf } from "./gate/detectors.ts";

const asked = process.argv.slice(2);
const unknown = asked.filter((rule) => !safetyRules.some((each) => each === rule));
if (unknown.length > 0) throw new Error(`There is no rule ${unknown.join(", ")}, only ${safetyRules.join(", ")}.`);

const whole = await caughtBy("");
if (whole) fail(`red with every rule: ${whole.by}, ${whole.what}`);
for (const rule of safetyRules.filter((each) => asked.length === 0 || asked.includes(each))) {
  const found = await caughtBy(rule);
  if (found) process.stdout.write(`ok    ${rule.padEnd(20)} ${found.by}: ${found.what}\n`);
  else fail(`MISS  ${rule.padEnd(20)} nobody notices that it is gone`);
}

/** The first that notices, the quickest to notice first. */
async function caughtBy(rule: string): Promise<Catch | undefined> {
  for (const detector of detectorsOf(rule)) {
    const found = await detector(rule);
    if (found) return found;
  }
  return undefined;
}

function fail(line: string): void {
  process.stdout.write(`${line}\n`);
  process.exitCode = 1;
}
