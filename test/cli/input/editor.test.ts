import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import ConfigEdit from "../../../commands/config/edit.ts";
import { openDraft } from "../../../src/cli/input/editor.ts";
import { type CliRun, startPictl } from "../../support/cli.ts";
import { runCommand } from "../../support/command.ts";

const folder = mkdtempSync(join(tmpdir(), "pictl-editor-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A program that gets its arguments as `$1`, `$2` …. */
function editor(script: string): string {
  const path = join(folder, "ed");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o700);
  return path;
}

test("the editor gets a private copy with the name of the file, and may be a command line", async () => {
  const EDITOR = `${editor('test "$1" = --wait && stat -c %a "$2" >> "$2"')} --wait`;
  const draft = await openDraft("/etc/pictl/config.yaml", { EDITOR });
  expect(await draft.edit("a: 1\n")).toBe("a: 1\n600\n");
  expect(draft.path).toMatch(/config\.yaml$/);
  await draft.remove();
  expect(existsSync(draft.path)).toBe(false);
});

describe("config edit", () => {
  const config = join(folder, "config.json");
  const before = '{"layout": [], "web_password": "hunter2"}\n';
  const drafts = join(folder, "drafts");
  /** What lies in the folder of drafts when the command has ended. */
  const left = (): readonly string[] =>
    readdirSync(drafts, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name));
  /** On a terminal, where stderr is stdout; nobody wants to go on editing. */
  const edit = async (script: string): Promise<CliRun> => {
    // Run from the sources, it would be compiled into that folder, too.
    const env = { VISUAL: editor(script), TMPDIR: drafts, TSX_DISABLE_CACHE: "1" };
    const running = startPictl(["config", "edit"], { config, terminal: true, env });
    const asks = (): boolean => running.said().includes("Go on editing?");
    let hasEnded = false;
    const ended = running.ended.finally(() => (hasEnded = true));
    await vi.waitUntil(() => hasEnded || asks(), { timeout: 60_000 });
    if (asks()) running.type("n");
    return ended;
  };
  beforeEach(() => {
    writeFileSync(config, before, { mode: 0o600 });
    mkdirSync(drafts);
  });
  afterEach(() => {
    rmSync(drafts, { recursive: true });
  });

  test("starts no editor where there is no terminal", async () => {
    vi.stubEnv("VISUAL", editor(`touch ${join(drafts, "started")}`));
    const { code, stderr } = await runCommand(ConfigEdit, [], config).finally(() => vi.unstubAllEnvs());
    expect([code, left()]).toEqual([2, []]);
    expect(stderr).toContain("An editor needs a terminal");
  });

  test("leaves no copy when nothing was written into it", async () => {
    for (const script of ["exit 1", ":"]) {
      const { stdout } = await edit(script);
      expect(stdout).not.toContain(drafts);
      expect(left()).toEqual([]);
    }
    expect(readFileSync(config, "utf8")).toBe(before);
  });

  test.each([
    ["the editor fails", "exit 1", "ended with exit code 1"],
    ["the result is broken", "echo x >> $1", "would be invalid"],
    ["somebody else has changed the config", `echo >> ${config}`, "changed by somebody else"],
  ])("tells where what was written is kept when %s", async (_, script, told) => {
    const { code, stdout } = await edit(`echo >> $1; ${script}`);
    expect(code).toBeGreaterThan(0);
    const said = stripVTControlCharacters(stdout).replace(/\s+/g, " ");
    expect(said).toContain(told);
    const [kept = "", ...others] = left();
    expect(others).toEqual([]);
    expect(said).toContain(`What you wrote is kept in ${kept}.`);
    expect(readFileSync(kept, "utf8")).toMatch(/^\{.*\}\n\n/);
  });

  test("leaves none when it is taken", async () => {
    const { code } = await edit("echo >> $1");
    expect([code, left(), readFileSync(config, "utf8")]).toEqual([0, [], `${before}\n`]);
  });
});
