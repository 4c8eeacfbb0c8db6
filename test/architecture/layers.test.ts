import { cruise, type ICruiseResult } from "dependency-cruiser";
import extractConfig from "dependency-cruiser/config-utl/extract-depcruise-config";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

/** For each rule, the smallest thing that breaks it: the files and what they hold. */
const violations: Record<string, Record<string, string>> = {
  "domain-is-pure": { "src/domain/a.ts": 'import { hostname } from "node:os";\nexport const a = hostname();' },
  "app-knows-no-outside": { "src/app/a.ts": 'import { hostname } from "node:os";\nexport const a = hostname();' },
  "app-types-know-no-outside": {
    "src/app/a.ts": 'import type { Client } from "ssh2";\nexport type A = Client;',
  },
  "abort-stands-alone": { "src/abort.ts": 'import { hostname } from "node:os";\nexport const a = hostname();' },
  "files-stand-alone": {
    "src/files/a.ts": 'import { b } from "../domain/b.ts";\nexport const a = b;',
    "src/domain/b.ts": "export const b = 1;",
  },
  "view-is-pure": { "src/view/a.ts": 'import { readFileSync } from "node:fs";\nexport const a = readFileSync;' },
  "view-runs-no-use-case": {
    "src/view/a.ts": 'import { b } from "../app/b.ts";\nexport const a = b;',
    "src/app/b.ts": "export const b = 1;",
  },
  "adapters-know-ports-and-domain": {
    "src/adapters/ssh/a.ts": 'import { b } from "../../app/b.ts";\nexport const a = b;',
    "src/app/b.ts": "export const b = 1;",
  },
  "adapters-are-strangers": {
    "src/adapters/ssh/a.ts": 'import { b } from "../ssh-config/b.ts";\nexport const a = b;',
    "src/adapters/ssh-config/b.ts": "export const b = 1;",
  },
  "checks-know-ports-and-domain": {
    "src/checks/kinds/tcp.ts": 'import { b } from "../../view/b.ts";\nexport const a = b;',
    "src/view/b.ts": "export const b = 1;",
  },
  "check-kinds-are-strangers": {
    "src/checks/kinds/http.ts": 'import { b } from "./tcp.ts";\nexport const a = b;',
    "src/checks/kinds/tcp.ts": "export const b = 1;",
  },
  "only-context-knows-adapters": {
    "src/cli/a.ts": 'export const a = async () => import("../adapters/ssh/b.ts");',
    "src/adapters/ssh/b.ts": "export const b = 1;",
  },
  "context-is-the-cellar": {
    "src/context.ts": 'import { b } from "./cli/b.ts";\nexport const a = b;',
    "src/cli/b.ts": "export const b = 1;",
  },
  "drivers-know-use-cases": {
    "src/daemon/a.ts": 'import { b } from "../cli/b.ts";\nexport const a = b;',
    "src/cli/b.ts": "export const b = 1;",
  },
  "watch-knows-use-cases": {
    "src/watch/a.ts": 'import { b } from "../operations/b.ts";\nexport const a = b;',
    "src/operations/b.ts": "export const b = 1;",
  },
  "operations-know-use-cases": {
    "src/operations/a.ts": 'import { b } from "../tui/b.ts";\nexport const a = b;',
    "src/tui/b.ts": "export const b = 1;",
  },
  "drivers-are-strangers": {
    "src/tui/a.ts": 'import { b } from "../http/b.ts";\nexport const a = b;',
    "src/http/b.ts": "export const b = 1;",
  },
  "web-knows-the-api": {
    "src/web/a.ts": 'import { b } from "../http/b.ts";\nexport const a = b;',
    "src/http/b.ts": "export const b = 1;",
  },
  "nothing-knows-the-web": {
    "src/http/a.ts": 'import { b } from "../web/b.ts";\nexport const a = b;',
    "src/web/b.ts": "export const b = 1;",
  },
  "cli-knows-no-command": {
    "src/cli/a.ts": 'import { b } from "../../commands/b.ts";\nexport const a = b;',
    "commands/b.ts": "export const b = 1;",
  },
  "commands-are-strangers": {
    "commands/a.ts": 'import { b } from "./b.ts";\nexport const a = b;',
    "commands/b.ts": "export const b = 1;",
  },
  "commands-go-through-cli": {
    "commands/a.ts": 'import { b } from "../src/context.ts";\nexport const a = b;',
    "src/context.ts": "export const b = 1;",
  },
  "commands-start-light": { "commands/a.ts": 'import { Client } from "ssh2";\nexport const a = Client;' },
  "lab-is-no-product-code": {
    "src/cli/a.ts": 'import { b } from "../lab/b.ts";\nexport const a = b;',
    "src/lab/b.ts": "export const b = 1;",
  },
  "lab-stands-alone": {
    "src/lab/a.ts": 'import { b } from "../app/b.ts";\nexport const a = b;',
    "src/app/b.ts": "export const b = 1;",
  },
  "auditor-shares-no-code": {
    "test/auditor/a.ts": 'import { b } from "../../src/domain/b.ts";\nexport const a = b;',
    "src/domain/b.ts": "export const b = 1;",
  },
  "no-cycles": {
    "src/domain/a.ts": 'import { b } from "./b.ts";\nexport const a = (): number => b();',
    "src/domain/b.ts": 'import { a } from "./a.ts";\nexport const b = (): number => a();',
  },
  "no-test-code-in-the-product": {
    "src/cli/a.ts": 'import { b } from "../../test/b.ts";\nexport const a = b;',
    "test/b.ts": "export const b = 1;",
  },
  "no-undeclared-package": { "src/cli/a.ts": 'import { z } from "zod";\nexport const a = z;' },
  "no-unresolvable": { "src/domain/a.ts": 'import { b } from "./nowhere.ts";\nexport const a = b;' },
};

/** Allowed on purpose, next to a rule that would otherwise forbid it. */
const exceptions: Record<string, Record<string, string>> = {
  "a type of node:stream in ports.ts": {
    "src/app/ports.ts": 'import type { Duplex } from "node:stream";\nexport type A = Duplex;',
  },
  "the type of what a view shows": {
    "src/view/a.ts": 'import type { B } from "../app/b.ts";\nexport type A = B;',
    "src/app/b.ts": "export type B = 1;",
  },
  "a digest in a use case": {
    "src/app/a.ts": 'import { createHash } from "node:crypto";\nexport const a = createHash;',
  },
  "p-map in a use case": { "src/app/a.ts": 'import pMap from "p-map";\nexport const a = pMap;' },
  "a heavy package loaded when a command runs": {
    "commands/a.ts": 'export const a = async () => import("ssh2");',
  },
  "the lab's own commands": {
    "commands/lab/a.ts": 'import { b } from "../../src/lab/b.ts";\nexport const a = b;',
    "src/lab/b.ts": "export const b = 1;",
  },
};

const root = fileURLToPath(new URL("../..", import.meta.url));
const { forbidden = [], options = {} } = await extractConfig(join(root, "test/config/layers.js"));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pictl-layers-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

test("every rule has a reason and a violation below", () => {
  expect(forbidden.filter((rule) => !rule.comment).map((rule) => rule.name)).toEqual([]);
  expect(Object.keys(violations).sort()).toEqual(forbidden.map((rule) => rule.name).sort());
});

test.each(Object.entries(violations))("%s fails when broken", async (rule, files) => {
  expect(await brokenRules(rule, files)).toContain(rule);
});

test.each(Object.entries(exceptions))("allowed: %s", async (name, files) => {
  expect(await brokenRules(name, files)).toEqual([]);
});

async function brokenRules(name: string, files: Record<string, string>): Promise<string[]> {
  const project = join(folder, name.replaceAll(/\W+/g, "-"));
  const manifest = { dependencies: { ssh2: "*", "p-map": "*" }, devDependencies: { zod: "*" } };
  for (const [path, text] of Object.entries({ ...files, "package.json": JSON.stringify(manifest) })) {
    await mkdir(dirname(join(project, path)), { recursive: true });
    await writeFile(join(project, path), text);
  }
  await symlink(join(root, "node_modules"), join(project, "node_modules"));
  const folders = [...new Set(Object.keys(files).map((path) => path.split("/")[0] ?? path))];
  const { output } = await cruise(
    folders,
    { ...options, baseDir: project, validate: true, ruleSet: { forbidden } },
    options.enhancedResolveOptions,
  );
  return (output as ICruiseResult).summary.violations.map((violation) => violation.rule.name);
}
