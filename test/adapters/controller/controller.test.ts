import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { thisMachine } from "../../../src/adapters/controller/index.ts";

describe("this machine", () => {
  let folder = "";
  let config = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pictl-controller-"));
    config = join(folder, "config.json");
    await writeFile(config, "{}");
    await chmod(config, 0o642);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("its programs, and the config's file mode", async () => {
    const facts = await thisMachine.look({ config, stateDir: folder });
    expect(facts).toMatchObject({
      nodeVersion: process.versions.node,
      config: { path: config, mode: 0o642, folderWritable: true },
      stateDir: { path: folder, state: "writable" },
    });
    expect(facts.sshVersion ?? "OpenSSH_").toMatch(/^OpenSSH_/);
  });

  test("a state folder that is not there yet is not made by looking", async () => {
    const stateDir = join(folder, "deep", "down");
    expect((await thisMachine.look({ config, stateDir })).stateDir).toEqual({ path: stateDir, state: "missing" });
    await expect(stat(join(folder, "deep"))).rejects.toThrow("ENOENT");
  });

  test.each([
    ["below a file", () => join(config, "state")],
    ["that is a file", () => config],
  ])("a state folder %s is unusable", async (_what, path) => {
    const { stateDir } = await thisMachine.look({ config, stateDir: path() });
    expect(stateDir).toEqual({ path: path(), state: "unusable", reason: "it is not a folder" });
  });

  test("a config that is gone meanwhile is no reason to fail", async () => {
    const gone = join(folder, "gone", "config.json");
    expect((await thisMachine.look({ config: gone, stateDir: folder })).config).toEqual({
      path: gone,
      mode: 0,
      folderWritable: false,
    });
  });
});
