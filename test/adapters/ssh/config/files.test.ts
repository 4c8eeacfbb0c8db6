import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { readSshConfigFile } from "../../../../src/adapters/ssh/config/files.ts";
import { askedOnce } from "../../../../src/adapters/ssh/config/questions.ts";
import { appendToFile } from "../../../../src/adapters/ssh/config/text-file.ts";

/** A home folder with these files. */
function home(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "pictl-ssh-files-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text.replaceAll("HOME", folder));
  }
  return folder;
}

const read = async (folder: string): Promise<readonly string[]> =>
  (await readSshConfigFile(join(folder, ".ssh/config"), folder)).map(
    ({ keyword, words }) => `${keyword} ${words.join(" ")}`,
  );

test("what ssh_config includes stands in its place: by glob, in order, from ~/.ssh, and not what is hidden", async () => {
  const folder = home({
    ".ssh/config":
      "User a\nInclude conf.d/*.conf nowhere\nInclude ~/own HOME/abs/?x\nHost web\n  Port 1\n  Include conf.d/inner\n  Port 2\n",
    ".ssh/conf.d/b.conf": "User b\n",
    ".ssh/conf.d/a.conf": "User a1\n",
    ".ssh/conf.d/.c.conf": "User hidden\n",
    ".ssh/conf.d/d.other": "User other\n",
    ".ssh/conf.d/inner": "Host db\n  User in\n",
    own: "User own\n",
    "abs/1x": "User abs\n",
  });
  expect(await read(folder)).toEqual([
    ...["user a", "user a1", "user b", "user own", "user abs"],
    // After an Include within a section, the section goes on.
    ...["host web", "port 1", "host db", "user in", "host web", "port 2"],
  ]);
});

test("a glob may say where the hidden are, and in which folders", async () => {
  const folder = home({
    ".ssh/config": "Include */.h*\n",
    ".ssh/one/.hidden": "User one\n",
    ".ssh/two/.hidden": "User two\n",
    ".ssh/two/shown": "User shown\n",
  });
  expect(await read(folder)).toEqual(["user one", "user two"]);
});

test("a file that includes itself is read as often as OpenSSH reads it", async () => {
  const folder = home({ ".ssh/config": "User a\nInclude config\n" });
  expect(await read(folder)).toHaveLength(17);
});

test("lines are added whole, also to a file whose last line has no end; a new file is its owner's alone", async () => {
  const folder = home({ whole: "a\n", half: "a", empty: "" });
  for (const name of ["whole", "half", "empty", ".new/deep/file"]) await appendToFile(join(folder, name), ["b", "c"]);
  expect(["whole", "half", "empty", ".new/deep/file"].map((name) => readFileSync(join(folder, name), "utf8"))).toEqual([
    ...["a\nb\nc\n", "a\nb\nc\n", "b\nc\n", "b\nc\n"],
  ]);
  expect(statSync(join(folder, ".new/deep/file")).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, ".new")).mode & 0o777).toBe(0o700);
});

test("one question is asked once by all, again when its answer is old, wrong, or never came", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const ask = askedOnce<number>(1000);
  let asked = 0;
  const question = () => Promise.resolve((asked += 1));
  expect(await Promise.all([ask("a", question), ask("a", question), ask("b", question)])).toEqual([1, 1, 2]);
  vi.advanceTimersByTime(999);
  expect(await ask("a", question)).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await ask("a", question)).toBe(3);
  ask.forget("a");
  expect(await ask("a", question)).toBe(4);
  await expect(ask("c", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await ask("c", question)).toBe(5);
  expect(await ask("a", question)).toBe(4);
});
