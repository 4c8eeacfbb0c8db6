import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";
import { isTooBusy } from "../support/starved.ts";

/**
 * Where no file failed otherwise, writes those to run again alone into the file that TEST_TOO_BUSY names, one a line.
 * Otherwise nothing: then the run has failed.
 */
export class TooBusy implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const path = process.env["TEST_TOO_BUSY"];
    if (path === undefined || errors.length > 0) return;
    const failed = modules.filter((module) => !module.ok());
    if (failed.length > 0 && failed.every(beganTooBusy))
      writeFileSync(path, failed.map((module) => `${module.relativeModuleId}\n`).join(""));
  }
}

/**
 * Whether what failed first had no processor: what fails after it in that file may come of what it left behind, and
 * is seen when the file runs alone.
 */
function beganTooBusy(module: TestModule): boolean {
  const tests = [...module.children.allTests("failed")].flatMap((test) => test.result().errors ?? []);
  // Where a suite's `beforeAll` fails no test of it runs; its `afterAll` comes behind them.
  const suites = [...module.children.allSuites()].flatMap((suite) => suite.errors());
  const [first] = [...module.errors(), ...tests, ...suites];
  return first !== undefined && isTooBusy(first.message);
}
