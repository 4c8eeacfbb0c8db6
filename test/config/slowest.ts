import type { Reporter, TestCase, TestModule } from "vitest/node";

/** How many files and tests are named. */
const named = 10;

/** Names what took longest, at the end of a run that had enough of it. */
export class Slowest implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    if (modules.length <= named) return;
    const files = modules.map((module) => ({ ms: module.diagnostic().duration, name: nameOf(module) }));
    const each = tests.map((test) => ({ ms: test.diagnostic()?.duration ?? 0, name: titleOf(test) }));
    process.stdout.write(["", " Slowest files", ...top(files), "", " Slowest tests", ...top(each), "", ""].join("\n"));
  }
}

function top(rows: readonly { readonly ms: number; readonly name: string }[]): string[] {
  return [...rows]
    .sort((a, b) => b.ms - a.ms)
    .slice(0, named)
    .map(({ ms, name }) => `${(ms / 1000).toFixed(1).padStart(8)} s  ${name}`);
}

function nameOf(module: TestModule): string {
  return module.relativeModuleId;
}

function titleOf(test: TestCase): string {
  return `${nameOf(test.module)}: ${test.fullName}`;
}
