import { writeFileSync } from "node:fs";
import type { Reporter, TestModule } from "vitest/node";
import { isTooBusy } from "../support/starved.ts";

/**
 * Where all that failed had no processor, writes the files to run again alone into the file that TEST_TOO_BUSY names,
 * one a line. Where anything failed otherwise, nothing: then the run has failed.
 */
export class TooBusy implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const path = process.env["TEST_TOO_BUSY"];
    if (path === undefined || errors.length > 0) return;
    const failed = modules.filter((module) => !module.ok());
    if (failed.length > 0 && failed.every(onlyTooBusy))
      writeFileSync(path, failed.map((module) => `${module.relativeModuleId}\n`).join(""));
  }
}

function onlyTooBusy(module: TestModule): boolean {
  const tests = [...module.children.allTests("failed")].flatMap((test) => test.result().errors ?? []);
  const suites = [...module.children.allSuites()].flatMap((suite) => suite.errors());
  const errors = [...module.errors(), ...suites, ...tests];
  return errors.length > 0 && errors.every(({ message }) => isTooBusy(message));
}
