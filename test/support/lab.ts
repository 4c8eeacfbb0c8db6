/** Labs for tests: brought up for one test file and taken down after it. */
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll } from "vitest";
import type { LabOptions } from "../../src/lab/index.ts";
import { watched } from "./starved.ts";
import { openLab, type TestLab } from "./test-lab.ts";

export { labName, labObstacle, silent, type TestLab } from "./test-lab.ts";

/** Registers the hooks that bring a lab up before the tests of this file (or describe block) and down after them. */
export function withLab(options: Omit<LabOptions, "name" | "dir"> = {}): TestLab {
  let opened: Awaited<ReturnType<typeof openLab>> | undefined;
  const lab = (): TestLab => {
    if (opened === undefined) throw new Error("the lab is not up yet: use it inside a test or a hook");
    return opened;
  };
  beforeAll(async () => {
    opened = await watched(() => openLab(options));
    giveUpSooner(opened.status().config);
  });
  afterAll(() => opened?.down());
  return new Proxy({} as TestLab, { get: (_, key) => Reflect.get(lab(), key) as unknown });
}

/**
 * Whoever asks a dead node waits, and on the lab's own switch the default of ten seconds tells no more than six. Three
 * were too few for nodes that are well, on a machine with twenty programs for two processors.
 */
function giveUpSooner(config: string): void {
  const text = readFileSync(config, "utf8");
  writeFileSync(config, text.replace('"ssh": {', '"ssh": {\n    "connect_timeout": 6,'));
}
