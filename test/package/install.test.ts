import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const { version } = JSON.parse(await readFile(`${root}package.json`, "utf8")) as { version: string };

let folder: string;
let files: string[];

/** The installed program, run from a folder that is neither the package's nor the sources'. */
const pictl = (...words: string[]): Promise<{ stdout: string; stderr: string }> =>
  run(join(folder, "bin/pictl"), words, { cwd: tmpdir(), env: { PATH: process.env.PATH, HOME: folder } });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pictl-package-"));
  // The build is there (test/architecture/build.test.ts); making it again would pull it from under other tests.
  const packed = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], { cwd: root });
  const [{ filename, files: entries }] = JSON.parse(packed.stdout) as [{ filename: string; files: { path: string }[] }];
  files = entries.map(({ path }) => path);
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline"];
  const globally = ["install", "--global", "--prefix", folder, "--omit=dev", "--ignore-scripts", ...quiet];
  await run("npm", [...globally, `./${filename}`], { cwd: folder });
}, 180_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test("the package holds what runs and nothing of what makes it", () => {
  expect(files).toEqual(
    expect.arrayContaining([
      "package.json",
      "LICENSE",
      "README.md",
      "bin/run.js",
      "dist/main.js",
      "oclif.manifest.json",
    ]),
  );
  expect(files.filter((path) => /^(src|commands|test|scripts|\.)|\.ts$|^bin\/dev/.test(path))).toEqual([]);
});

test.each([["--version"], ["-v"], ["version"]])("%s", async (word) => {
  expect(await pictl(word)).toEqual({ stdout: `${version}\n`, stderr: "" });
});

test("`man pictl` finds its page", async () => {
  expect(await readFile(join(folder, "share/man/man1/pictl.1"), "utf8")).toContain(".TH PICTL 1");
});

test("--help lists the commands", async () => {
  const { stdout, stderr } = await pictl("--help");
  expect(stdout).toMatch(/^ +nodes +Show every node/m);
  expect(stderr).toBe("");
});

test("a command runs, and finds its config", async () => {
  const config = join(folder, "config.json");
  await writeFile(config, JSON.stringify({ layout: [{ node: "alpha", web: "-p 80:80" }] }), { mode: 0o600 });
  expect((await pictl("config", "check", "--config", config)).stderr).toBe("");
});

test("a command that fails says so without a stack trace and with its exit code", async () => {
  const failed = pictl("status", "--config", join(folder, "nowhere.json"));
  await expect(failed).rejects.toMatchObject({
    code: 2,
    stdout: "",
    stderr: expect.not.stringMatching(/\n +at /) as string,
  });
});
