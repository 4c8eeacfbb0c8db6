import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { SafetyRule } from "../../src/domain/safety.ts";

/** Who noticed that a rule was left out, and what they saw. */
export interface Catch {
  readonly by: string;
  readonly what: string;
}

/** Runs something without a rule (none for ""); resolves to undefined when it notices nothing. */
type Detector = (rule: string) => Promise<Catch | undefined>;

/** More than it takes for each rule that a simulation can see at all. */
const schedules = "3000";
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const tsx = ["--import", "tsx", "--import", new URL("./without.ts", import.meta.url).href];

const cluster: Detector = async (rule) => {
  const args = [here("../sim.ts"), "--schedules", schedules, "--stop-at-first"];
  const { code, output } = await run([...tsx, ...args], rule);
  const [, seed, what = ""] = /^seed (\d+): (.*)$/m.exec(output) ?? [];
  return code === 0 || seed === undefined ? undefined : { by: "sim", what: `${what} (seed ${seed})` };
};

const vip: Detector = async (rule) => {
  const args = [here("../sim-vip.ts"), "--schedules", schedules, "--stop-at-first"];
  const { code, output } = await run([...tsx, ...args], rule);
  const [, seed, what = ""] = /^seed (\d+): (.*)$/m.exec(output) ?? [];
  return code === 0 || seed === undefined ? undefined : { by: "sim:vip", what: `${what} (seed ${seed})` };
};

/** The tests of the decisions, and of what runs on nodes. */
const unitTests: Detector = async (rule) => {
  const vitest = here("../../node_modules/vitest/vitest.mjs");
  const folders = ["heartbeat", "guard", "vip", "leadership"].map((each) => `test/domain/${each}`);
  const { code, output } = await run(
    [
      vitest,
      "run",
      "--project",
      "unit",
      "--reporter=json",
      ...folders,
      "test/app/move",
      "test/app/place",
      "test/templates",
      "test/sim/controllers.test.ts",
    ],
    rule,
  );
  const [, test = "a test"] = /"status":"failed"[^}]*?"title":"((?:[^"\\]|\\.)*)"/.exec(output) ?? [];
  return code === 0 ? undefined : { by: "unit tests", what: test };
};

/** Rules that nothing in the simulated cluster of containers obeys. */
const ofTheVip: ReadonlySet<string> = new Set<SafetyRule>([
  "lease-margin",
  "book-before-sending",
  "remove-on-contact",
  "foreign-address",
  "pass-over",
  "frozen-mark",
  "announce",
]);

/** Rules that tests notice first: those about several controllers, and about what seldom happens. */
const ofTests: ReadonlySet<string> = new Set<SafetyRule>([
  "still-making",
  "one-memory",
  "lease",
  "announced",
  "electorate",
  "register",
  "shared-layout",
  "shared-counters",
]);

/** The quickest to notice first; for no rule at all, everything that must be green. */
export function detectorsOf(rule: string): readonly Detector[] {
  if (rule === "") return [unitTests];
  if (ofTests.has(rule)) return [unitTests, vip, cluster];
  return ofTheVip.has(rule) ? [vip, unitTests] : [vip, cluster, unitTests];
}

function run(args: readonly string[], rule: string): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: here("../.."),
      env: { ...process.env, PICTL_WITHOUT: rule },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString("utf8");
    });
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, output });
    });
  });
}
