import { spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { openConfigStore } from "../../../src/adapters/config/index.ts";
import { syncsOf } from "../../support/syncs.ts";
import { temporaryFile, temporaryFolder } from "./folder.ts";

const original = '{\n  "layout": [\n    {"node": "pi1"}\n  ]\n}\n';
const isRoot = process.getuid?.() === 0;
const addWeb = () => [{ op: "set" as const, path: ["layout", 0, "web"], value: "-p 80:80" }];
const withWeb = original.replace('"pi1"', '"pi1", "web": "-p 80:80"');

test("a change is written, the old file is kept as .bak, and nothing else is left", async () => {
  const path = temporaryFile(original);
  chmodSync(path, 0o640);
  await openConfigStore(path).change(addWeb);
  expect(readFileSync(path, "utf8")).toBe(withWeb);
  expect(readFileSync(`${path}.bak`, "utf8")).toBe(original);
  expect(statSync(path).mode & 0o7777).toBe(0o640);
  expect(readdirSync(dirname(path)).sort()).toEqual(["config.json", "config.json.bak"]);
  await openConfigStore(path).change(() => [{ op: "delete", path: ["layout", 0, "web"] }]);
  expect(readFileSync(path, "utf8")).toBe(original);
  expect(readFileSync(`${path}.bak`, "utf8")).toBe(withWeb);
});

test("a change is on the disk when a command says that it was made", async () => {
  const path = temporaryFile(original);
  expect((await syncsOf(path, () => openConfigStore(path).change(addWeb))).slice(-2)).toEqual([original, withWeb]);
});

test("where a folder cannot be opened to be synced, a change is none the less made, and not told as failed", async () => {
  const path = temporaryFile(original);
  const folder = dirname(path);
  if (isRoot) for (const each of [folder, path]) chownSync(each, 65534, 0);
  chmodSync(folder, 0o300);
  if (isRoot) process.seteuid?.(65534);
  try {
    await openConfigStore(path).change(addWeb);
    expect(readFileSync(path, "utf8")).toBe(withWeb);
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(folder, 0o700);
  }
});

test("the edits are made to what the file says by then", async () => {
  const path = temporaryFile(original);
  const store = openConfigStore(path);
  await store.read();
  writeFileSync(path, original.replace("pi1", "pi9"));
  await store.change((config, raw) => {
    expect([config.nodes[0]?.name, raw.layout?.[0]?.node]).toEqual(["pi9", "pi9"]);
    return [];
  });
  expect(existsSync(`${path}.bak`)).toBe(false);
});

test("a change that would break the config is refused", async () => {
  const path = temporaryFile(original);
  const store = openConfigStore(path);
  const breaking = [{ op: "set" as const, path: ["layout", 1], value: { node: "pi1" } }];
  await expect(store.change(() => breaking)).rejects.toMatchObject({
    code: "config-invalid",
    message: expect.stringContaining("would be invalid") as string,
  });
  await expect(store.preview(breaking)).rejects.toMatchObject({ code: "config-invalid" });
  expect((await store.preview(addWeb())).placements).toHaveLength(1);
  expect(readFileSync(path, "utf8")).toBe(original);
  expect(readdirSync(dirname(path))).toEqual(["config.json"]);
});

test("a broken config can be repaired by apply and replace, not by change", async () => {
  const path = temporaryFile('{"server_port": 99999}');
  const store = openConfigStore(path);
  await expect(store.change(() => [])).rejects.toThrow("is invalid");
  await store.apply([{ op: "set", path: ["server_port"], value: 3000 }]);
  expect(readFileSync(path, "utf8")).toBe('{"server_port":3000}'.replace(":", ": "));
  await store.replace({ before: '{"server_port": 3000}', after: "server_port: 3001\n" });
  expect(readFileSync(path, "utf8")).toBe("server_port: 3001\n");
  await expect(store.replace({ before: "{}", after: "" })).rejects.toMatchObject({ code: "config-write-failed" });
});

test("a symbolic link stays one, and byte order mark and line ends stay", async () => {
  const path = temporaryFile(`\ufeff${original.replaceAll("\n", "\r\n")}`);
  const link = join(temporaryFolder(), "link.json");
  symlinkSync(path, link);
  await openConfigStore(link).change(addWeb);
  expect(readlinkSync(link)).toBe(path);
  expect(readFileSync(path, "utf8")).toBe(`\ufeff${withWeb.replaceAll("\n", "\r\n")}`);
});

test.skipIf(!isRoot)("the owner stays", async () => {
  const path = temporaryFile(original);
  chownSync(path, 1234, 2345);
  await openConfigStore(path).change(addWeb);
  expect(statSync(path)).toMatchObject({ uid: 1234, gid: 2345 });
});

describe.skipIf(!isRoot)("a disk that", () => {
  function mountTmpfs(...options: string[]): string {
    const folder = join(temporaryFolder(), "disk");
    mkdirSync(folder);
    execFileSync("mount", ["-t", "tmpfs", "-o", ["size=64k", ...options].join(","), "tmpfs", folder]);
    onTestFinished(() => {
      execFileSync("umount", [folder]);
    });
    return folder;
  }

  test("is full keeps the old config and gets no half of a new one", async () => {
    const folder = mountTmpfs();
    const path = join(folder, "config.json");
    writeFileSync(path, original);
    const free = (): number => Number(execFileSync("stat", ["-f", "-c", "%a", folder], { encoding: "utf8" }));
    // One block is left for the lock file, none for the new config.
    writeFileSync(join(folder, "filler"), Buffer.alloc((free() - 1) * 4096));
    await expect(openConfigStore(path).change(addWeb)).rejects.toMatchObject({
      code: "config-write-failed",
      message: expect.stringContaining("the disk is full") as string,
    });
    expect(readFileSync(path, "utf8")).toBe(original);
    expect(readdirSync(folder).sort()).toEqual(["config.json", "filler"]);
  });

  test("is read-only says so", async () => {
    const folder = mountTmpfs();
    const path = join(folder, "config.json");
    writeFileSync(path, original);
    execFileSync("mount", ["-o", "remount,ro", folder]);
    await expect(openConfigStore(path).change(addWeb)).rejects.toThrow("its file system is mounted read-only");
  });
});

describe.skipIf(!isRoot)("a file that is marked as immutable", () => {
  test.each(["config.json", "config.json.bak"])(
    "is told before anything is done that relies on the config: %s",
    async (name) => {
      const path = temporaryFile(original);
      const file = join(dirname(path), name);
      if (name !== "config.json") writeFileSync(file, original);
      execFileSync("chattr", ["+i", file]);
      onTestFinished(() => {
        execFileSync("chattr", ["-i", file]);
      });
      for (const edits of [addWeb, () => []]) {
        await expect(openConfigStore(path).change(edits)).rejects.toMatchObject({
          code: "config-write-failed",
          message: `The config ${path} was not written: ${file} is marked as immutable or append-only.`,
          hint: expect.stringContaining(`chattr -i -a ${file}`) as string,
        });
      }
      expect(readFileSync(path, "utf8")).toBe(original);
    },
  );
});

describe("two processes", () => {
  const writer = fileURLToPath(new URL("./writer.ts", import.meta.url));

  test("that write at once lose nothing of each other's", async () => {
    const path = temporaryFile(original);
    const counts = await Promise.all(["a", "b", "c"].map((name) => runWriter(path, name, 10)));
    expect(counts).toEqual([0, 0, 0]);
    const { config } = await openConfigStore(path).read();
    const names = ["a", "b", "c"].flatMap((name) => Array.from({ length: 10 }, (_, index) => `${name}-${index}`));
    expect(config.placements.map(({ container }) => container).sort()).toEqual(names.sort());
    expect(readdirSync(dirname(path)).sort()).toEqual(["config.json", "config.json.bak"]);
  }, 60_000);

  function runWriter(path: string, name: string, times: number): Promise<number | null> {
    const child = spawn(process.execPath, ["--import", "tsx", writer, path, name, String(times)], { stdio: "inherit" });
    return new Promise((resolve) => child.on("close", resolve));
  }
});
