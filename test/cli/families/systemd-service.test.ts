import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { systemdService, type SystemdServiceOptions } from "../../../src/cli/families/systemd-service.ts";
import { temporaryFolder } from "../../adapters/config/folder.ts";
import { pictl } from "../../support/cli.ts";
import { rejection } from "../../support/ssh.ts";

const root = new URL("../../..", import.meta.url).pathname;
const plain = '{"layout":[{"node":"n1"}],"state_dir":"state"}';

function configIn(folder: string, text = plain): string {
  const path = join(folder, "config.json");
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

async function service(config: string, parts: Partial<SystemdServiceOptions> = {}) {
  return systemdService({ command: "daemon", root, config, user: undefined, ...parts });
}

/** The value of a setting of the unit. */
function setting(unit: string, name: string): string | undefined {
  return new RegExp(`^${name}=(.*)$`, "m").exec(unit)?.[1];
}

test("is one document under --json, which writes nothing", async () => {
  const config = configIn(temporaryFolder());
  const { code, stdout, stderr } = await pictl(["daemon", "install", "--print", "--json"], { config });
  expect([code, stderr]).toEqual([0, ""]);
  const { unit, path, user } = await service(config);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    result: { services: [{ path, user, text: unit, changed: false }] },
  });
});

describe("the unit", () => {
  test("runs this pictl on this config, and may write where the config and the state lie", async () => {
    const folder = temporaryFolder();
    const { unit, path } = await service(configIn(folder));
    expect(path).toBe("/etc/systemd/system/pictl.service");
    expect(setting(unit, "ExecStart")).toBe(
      `${process.execPath} ${root}bin/run.js daemon --config ${folder}/config.json`,
    );
    expect(setting(unit, "ReadWritePaths")).toBe(`${folder} ${folder}/state -${homedir()}/.ssh`);
    expect(unit).not.toMatch(/@[A-Z]+@/);
  });

  test("may write where host keys are kept that are trusted later on", async () => {
    const text = `{"layout":[{"node":"n1"}],"state_dir":"state","nodes":{"n1":{"known_hosts_file":"keys of/known"}}}`;
    const folder = temporaryFolder();
    const { unit } = await service(configIn(folder, text));
    expect(listWords(setting(unit, "ReadWritePaths") ?? "")).toEqual([
      folder,
      `${folder}/state`,
      `-${homedir()}/.ssh`,
      `-${folder}/keys of`,
    ]);
  });

  // Seen on systemd 252: V8's first pkey_alloc ended the process, and `networkInterfaces` threw without netlink.
  test.each(["daemon", "serve"] as const)("of %s lets V8 start, and read this machine's addresses", async (command) => {
    const { unit } = await service(configIn(temporaryFolder()), { command });
    expect(setting(unit, "SystemCallFilter")).toBe("@system-service @pkey");
    expect(setting(unit, "SystemCallErrorNumber")).toBe("EPERM");
    expect(setting(unit, "RestrictAddressFamilies")).toContain("AF_NETLINK");
  });

  test("of another user has that user's state", async () => {
    const { unit, user } = await service(configIn(temporaryFolder(), '{"layout":[{"node":"n1"}]}'), { user: "nobody" });
    const [, , , , , home = ""] = execFileSync("getent", ["passwd", "nobody"], { encoding: "utf8" }).split(":");
    expect([user, setting(unit, "User")]).toEqual(["nobody", "nobody"]);
    expect(setting(unit, "ReadWritePaths")).toContain(` ${home}/.local/state/pictl`);
  });

  test("of nobody that is known is refused", async () => {
    const error = await rejection(service(configIn(temporaryFolder()), { user: "no one\nUser=root" }), "usage");
    expect(error.message).toBe('This machine has no user "no one\\nUser=root".');
  });
});

const weird = ["with blanks", "100%", "$HOME", 'quo"ted', "back\\slash", "it's", "naïve", "a;b", "%h %n $$ \\x41"];

test.each(weird)("a path with %s is one word to systemd and to cron", async (name) => {
  const folder = join(temporaryFolder(), name);
  mkdirSync(folder);
  const { unit, crontabLine } = await service(configIn(folder));
  expect(execWords(setting(unit, "ExecStart") ?? "").at(-1)).toBe(`${folder}/config.json`);
  expect(listWords(setting(unit, "ReadWritePaths") ?? "").slice(0, 2)).toEqual([folder, `${folder}/state`]);
  // cron makes of `\%` a `%`, and hands the rest to sh.
  const command = crontabLine
    .replace("* * * * * ", "")
    .replaceAll("\\%", "%")
    .replace(/^\S+ \S+ /, "printf '%s\\n' ");
  const words = execFileSync("sh", ["-c", command.replace(">/dev/null", "")], { encoding: "utf8" });
  expect(words.trimEnd().split("\n").at(-1)).toBe(`${folder}/config.json`);
});

/** What systemd.syntax(7) and systemd.service(5) say of words, quotes and specifiers. */
function listWords(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, bare]) =>
    (quoted === undefined ? (bare ?? "") : quoted.replace(/\\(.)/g, "$1")).replaceAll("%%", "%"),
  );
}

function execWords(line: string): string[] {
  return listWords(line).map((each) => each.replaceAll("$$", "$"));
}

const verifier = ["/usr/bin/systemd-analyze", "/bin/systemd-analyze"].find((path) => existsSync(path));

describe.skipIf(verifier === undefined)("systemd-analyze verify", () => {
  const verified = async (unit: string): Promise<string> => {
    const path = join(temporaryFolder(), "pictl.service");
    writeFileSync(path, unit);
    const { stderr } = await promisify(execFile)(verifier ?? "", ["verify", path]).catch(
      (error: unknown) => error as { stderr: string },
    );
    return stderr;
  };

  test("has nothing to say", async () => {
    expect(await verified((await service(configIn(temporaryFolder()))).unit)).toBe("");
  });

  test("has nothing to say of the server's unit, which is one of its own", async () => {
    const { unit, path } = await service(configIn(temporaryFolder()), { command: "serve" });
    expect(path).toBe("/etc/systemd/system/pictl-serve.service");
    expect(setting(unit, "ExecStart")).toContain(`${root}bin/run.js serve --config `);
    expect(unit).not.toMatch(/@[A-Z]+@/);
    expect(await verified(unit)).toBe("");
  });

  test("would have of a unit that is wrong", async () => {
    expect(await verified("[Service]\nType=notify\nExecStart=nowhere/pictl\n")).not.toBe("");
  });

  // What it says of a program that is not there, or must not be called so, has the name as systemd reads it.
  test.each(weird)("reads a path with %s as it is", async (name) => {
    const folder = join(temporaryFolder(), name);
    mkdirSync(folder);
    const { unit } = await service(configIn(folder));
    const [path = ""] = (setting(unit, "ReadWritePaths") ?? "").match(/"(?:[^"\\]|\\.)*"|\S+/) ?? [];
    expect(await verified(unit.replace(/^ExecStart=.*$/m, () => `ExecStart=${path}`))).toContain(folder);
  });
});

describe("installing", () => {
  test("writes the unit and makes the folder of the state", async () => {
    const [folder, units] = [temporaryFolder(), temporaryFolder()];
    const { install, unit, path } = await service(configIn(folder), { folder: units });
    await install();
    expect([path, readFileSync(path, "utf8")]).toEqual([join(units, "pictl.service"), unit]);
    expect(statSync(join(folder, "state")).mode & 0o777).toBe(0o700);
  });

  test.skipIf(process.getuid?.() !== 0)(
    "for another user, what is made of the state's folder is that user's",
    async () => {
      const folder = temporaryFolder();
      const config = configIn(folder, JSON.stringify({ layout: [{ node: "n1" }], state_dir: "a/b/state" }));
      await (await service(config, { folder: temporaryFolder(), user: "nobody" })).install();
      const owner = Number(execFileSync("id", ["-u", "nobody"], { encoding: "utf8" }));
      const owners = ["a", "a/b", "a/b/state"].map((name) => statSync(join(folder, name)).uid);
      expect([...owners, statSync(folder).uid]).toEqual([owner, owner, owner, 0]);
    },
  );

  test("without systemd says what to do instead", async () => {
    const { install } = await service(configIn(temporaryFolder()), { folder: "/nonexistent/units" });
    const error = await rejection(install(), "missing-prerequisite");
    expect(error.message).toContain("/nonexistent/units/pictl.service cannot be written: its folder does not exist.");
    expect(error.hint).toContain("--cron");
  });
});
