import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Header, pack as packed } from "tar-stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hash, type DataPlace } from "../../../src/domain/move/data-commands.ts";
import {
  accept,
  digestOfFacts,
  incoming,
  type Keeps,
  listPowers,
  pack,
  followsLinks,
  tarKind,
  unpack,
  unpacked,
} from "../../../src/domain/move/tar-commands.ts";
import { type Command, render } from "../../../src/domain/shell.ts";

const isRoot = process.getuid?.() === 0;
let folder = "";
let busybox = "";
beforeEach(() => {
  // Not in /tmp, which is a tmpfs in places, and keeps no attributes there.
  folder = mkdtempSync("/var/tmp/pictl-tar-");
  busybox = join(folder, "busybox");
  mkdirSync(busybox);
  execFileSync("busybox", ["--install", "-s", busybox]);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const at = (...names: string[]): string => join(folder, ...names);
const folderAt = (name: string): DataPlace => ({ path: at(name), isFile: false });
const fileAt = (name: string): DataPlace => ({ path: at(name), isFile: true });

function run(command: Command, { input, path }: { input?: Uint8Array; path?: string } = {}) {
  const env = { PATH: path ?? process.env["PATH"] ?? "" };
  const { status, stdout, stderr } = spawnSync("sh", ["-c", render(command)], {
    env,
    input: input ?? "",
    maxBuffer: 1 << 26,
  });
  return { status, stdout, said: stdout.toString().trim(), stderr: stderr.toString() };
}

/** A tar as a node sends it that is somebody else's by now. */
async function hostile(...entries: (Pick<Header, "name"> & Partial<Header>)[]): Promise<Uint8Array> {
  const stream = packed();
  for (const entry of entries) stream.entry({ uid: 0, gid: 0, ...entry }, entry.type === "file" ? "evil\n" : "");
  stream.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** cap_net_bind_service+ep, as the kernel keeps it. */
const capability = `\u0001\0\0\u0002\0\u0004${"\0".repeat(14)}`;

test("GNU tar keeps all, busybox's does not", () => {
  expect([run(tarKind).said, run(tarKind, { path: busybox }).said]).toEqual([
    "all",
    expect.stringMatching(/^BusyBox v\d+\.\d+/),
  ]);
});

test.each([
  ["all", undefined],
  ["tar (GNU tar) 1.34", undefined],
  ["BusyBox v1.35.0 (Debian 1:1.35.0-4) multi-call binary.", undefined],
  ["BusyBox v1.28.0", undefined],
  ["BusyBox v1.27.2 (2018-01-01) multi-call binary.", "1.27.2"],
  ["BusyBox v1.01", "1.01"],
  ["BusyBox v0.60.5", "0.60.5"],
  ["", undefined],
])("a tar of a busybox before 1.28 writes through links: %j", (kind, version) => {
  expect(followsLinks(kind)).toBe(version);
});

describe.runIf(isRoot)("a copy", () => {
  beforeEach(async () => {
    mkdirSync(at("it/sub/empty"), { recursive: true });
    for (const name of ["-n", "new\nline", "back\\slash", "ünï ☃", "x".repeat(200)])
      writeFileSync(at("it", name), name);
    writeFileSync(at("it/sub/run"), "#!/bin/sh\n");
    chmodSync(at("it/sub/run"), 0o4750);
    chownSync(at("it/sub"), 1234, 5678);
    linkSync(at("it/sub/run"), at("it/hard"));
    symlinkSync("/etc/passwd", at("it/link"));
    writeFileSync(at("it/holes"), "");
    truncateSync(at("it/holes"), 4 << 20);
    chmodSync(at("it"), 0o2751);
    const pax = { "SCHILY.xattr.user.k": "v", "SCHILY.xattr.security.capability": capability };
    const bin = await hostile({ name: "./bin", type: "file", mode: 0o755, pax });
    execFileSync("tar", ["--xattrs", "--xattrs-include=*", "-C", at("it"), "-xpf", "-"], { input: bin });
  });

  const copy = (
    keeps: Keeps,
    { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined } = {},
  ): void => {
    mkdirSync(at("copy"));
    const { stdout } = run(pack(folderAt("it"), keeps), from === undefined ? {} : { path: from });
    const there = to === undefined ? {} : { path: to };
    expect(run(unpack(folderAt("copy"), keeps), { ...there, input: stdout })).toMatchObject({ status: 0 });
    expect(lstatSync(incoming(folderAt("copy"))).mode & 0o777).toBe(0o700);
    expect(run(accept(folderAt("copy"), keeps), there)).toMatchObject({ status: 0, stderr: "" });
    expect(readdirSync(at("copy")).sort()).toEqual(readdirSync(at("it")).sort());
  };

  test("keeps attributes, holes, links and the fractions of times", () => {
    copy("all");
    expect(run(hash(folderAt("copy"))).said).toBe(run(hash(folderAt("it"))).said);
    expect(run(digestOfFacts(folderAt("copy"))).said).toBe(run(digestOfFacts(folderAt("it"))).said);
    expect(run(listPowers(folderAt("copy"), "all", { inUse: false })).said).toContain("capabilities ./bin");
    expect(statSync(at("copy/holes")).blocks).toBe(0);
    expect(statSync(at("copy/hard")).ino).toBe(statSync(at("copy/sub/run")).ino);
  });

  test("what it lacks shows in the facts", () => {
    copy("plain");
    expect(run(digestOfFacts(folderAt("copy"))).said).not.toBe(run(digestOfFacts(folderAt("it"))).said);
  });

  test.each([
    ["from busybox to GNU", true, false],
    ["from GNU to busybox", false, true],
    ["between two busyboxes", true, true],
  ])("is whole %s", (_, from, to) => {
    copy("plain", { from: from ? busybox : undefined, to: to ? busybox : undefined });
    expect(run(hash(folderAt("copy"))).said).toBe(run(hash(folderAt("it"))).said);
  });

  test("a file alone, with what it is", () => {
    mkdirSync(at("copy"));
    const { stdout } = run(pack(fileAt("it/bin"), "all"));
    expect(run(unpack(fileAt("copy/bin"), "all"), { input: stdout })).toMatchObject({ status: 0 });
    expect(run(accept(fileAt("copy/bin"), "all")).status).toBe(0);
    expect(readdirSync(at("copy"))).toEqual(["bin"]);
    expect(run(digestOfFacts(fileAt("copy/bin"))).said).toBe(run(digestOfFacts(fileAt("it/bin"))).said);
  });
});

describe.runIf(isRoot)("what a hostile node sends", () => {
  beforeEach(() => {
    mkdirSync(at("etc"));
    writeFileSync(at("etc/passwd"), "root\n");
  });
  const userlands = [["GNU", () => undefined] as const, ["busybox", () => busybox] as const];

  test.each(userlands)("beside the file that was asked for stays out: %s", async (_, bin) => {
    const path = bin();
    const input = await hostile(
      { name: "./cron.d/evil", type: "file" },
      { name: "./app.conf", type: "file" },
      { name: "./passwd", type: "file" },
      { name: "../passwd", type: "file" },
      { name: at("absolute"), type: "file" },
    );
    run(unpack(fileAt("etc/app.conf"), "plain"), { input, ...(path === undefined ? {} : { path }) });
    run(accept(fileAt("etc/app.conf"), "plain"), path === undefined ? {} : { path });
    expect(readdirSync(at("etc")).filter((name) => !name.startsWith("."))).toEqual(
      expect.arrayContaining(["passwd"]) as string[],
    );
    expect(readdirSync(at("etc"))).not.toContain("cron.d");
    expect([readFileSync(at("etc/passwd"), "utf8"), existsSync(at("absolute")), existsSync(at("passwd"))]).toEqual([
      "root\n",
      false,
      false,
    ]);
  });

  test.each<[string, Partial<Header>]>([
    ["a link", { type: "symlink", linkname: "/etc/shadow" }],
    ["a device", { type: "block-device", devmajor: 8, devminor: 0 }],
    ["a fifo", { type: "fifo" }],
    ["a folder", { type: "directory" }],
  ])("%s in the file's place is not taken", async (_, header) => {
    const input = await hostile({ name: "./app.conf", ...header });
    run(unpack(fileAt("etc/app.conf"), "all"), { input });
    expect(run(accept(fileAt("etc/app.conf"), "all")).status).toBe(73);
    expect(existsSync(at("etc/app.conf"))).toBe(false);
  });

  test("never takes a file's place that is there by now", async () => {
    run(unpack(fileAt("etc/passwd"), "all"), { input: await hostile({ name: "./passwd", type: "file" }) });
    expect(run(accept(fileAt("etc/passwd"), "all")).status).toBe(73);
    expect(readFileSync(at("etc/passwd"), "utf8")).toBe("root\n");
  });

  test.each<[string, Partial<Header>, string]>([
    ["a device", { type: "character-device", devmajor: 1, devminor: 3, mode: 0o666 }, "crw-rw-rw- 0:0 1:3 ./x"],
    ["a set-user-id file", { type: "file", mode: 0o4755 }, "-rwsr-xr-x 0:0 0:0 ./x"],
    ["a set-group-id file", { type: "file", mode: 0o2755 }, "-rwxr-sr-x 0:0 0:0 ./x"],
    [
      "a capability",
      { type: "file", mode: 0o755, pax: { "SCHILY.xattr.security.capability": capability } },
      "capabilities ./x",
    ],
  ])("%s is seen before it is anywhere", async (_, header, line) => {
    mkdirSync(at("volume"));
    const volume = folderAt("volume");
    const input = await hostile({ name: "./", type: "directory", mode: 0o777 }, { name: "./x", ...header });
    expect(run(unpack(volume, "all"), { input })).toMatchObject({ status: 0 });
    expect(run(listPowers(unpacked(volume), "all", { inUse: false })).said).toBe(line);
    expect(readdirSync(at("volume"))).toEqual([".pictl-incoming"]);
    expect(lstatSync(incoming(volume)).mode & 0o777).toBe(0o700);
  });

  test.each(userlands)("through links of its own reaches nothing outside: %s", async (_, bin) => {
    mkdirSync(at("volume"));
    const path = bin();
    const input = await hostile(
      { name: "./out", type: "symlink", linkname: at("etc") },
      { name: "./out/evil", type: "file" },
      { name: "./up", type: "symlink", linkname: "../../../etc" },
      { name: "./up/evil", type: "file" },
      { name: "./hard", type: "link", linkname: at("etc/passwd") },
    );
    run(unpack(folderAt("volume"), "plain"), { input, ...(path === undefined ? {} : { path }) });
    expect(readdirSync(at("etc"))).toEqual(["passwd"]);
    expect(statSync(at("etc/passwd")).nlink).toBe(1);
  });

  test("a planted link where it is unpacked is not followed", async () => {
    symlinkSync(at("etc"), incoming(fileAt("app.conf")));
    run(unpack(fileAt("app.conf"), "all"), { input: await hostile({ name: "./app.conf", type: "file" }) });
    expect(readdirSync(at("etc"))).toEqual(["passwd"]);
  });
});
