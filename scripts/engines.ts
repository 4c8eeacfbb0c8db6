/**
 * `npm run engines -- [NAME…]`: the core of pictl on real nodes with each engine that Debian's releases have, a table in the
 * end. Needs root and debootstrap; the engines are fetched once (`scripts/engines/roots.sh`). Exit code 1 when a part fails.
 */
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import type { CoreRow } from "./engines/core-row.ts";

const every = ["docker-20.10", "docker-26.1", "docker-28.5", "podman-4.3", "podman-5.4", "podman-5.8"];
const engines = process.argv.length > 2 ? process.argv.slice(2) : every;
const unknown = engines.filter((name) => !every.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no engine ${unknown.join(", ")}. There are: ${every.join(", ")}.\n`);
  process.exit(2);
}
const repository = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const scripts = join(repository, "scripts/engines");
const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "pictl-test/engines");

const results = new Map<string, readonly CoreRow[]>();
for (const engine of engines) results.set(engine, await tryOut(engine));
const parts = [...new Set([...results.values()].flatMap((rows) => rows.map(({ part }) => part)))];
const table = new Table({ head: ["", ...engines], style: { head: [], border: [] } });
for (const part of parts) {
  table.push([
    part,
    ...engines.map((engine) => {
      const row = results.get(engine)?.find((each) => each.part === part);
      return row === undefined ? "-" : row.ok ? `ok ${String(row.seconds)} s` : "FAILED";
    }),
  ]);
}
process.stdout.write(`${table.toString()}\n`);
for (const [engine, rows] of results) {
  for (const { part, ok, said } of rows) if (!ok || said !== "") process.stdout.write(`${engine}: ${part}: ${said}\n`);
}
if ([...results.values()].some((rows) => rows.length === 0 || rows.some(({ ok }) => !ok))) process.exitCode = 1;

async function tryOut(engine: string): Promise<readonly CoreRow[]> {
  await output(join(scripts, "roots.sh"), [engine]);
  const root = join(cache, engine);
  mkdirSync(join(root, "usr/local/bin"), { recursive: true });
  // One that runs there still cannot be written over.
  rmSync(join(root, "usr/local/bin/node"), { force: true });
  copyFileSync(process.execPath, join(root, "usr/local/bin/node"));
  const subnet = `10.88.${String(every.indexOf(engine) + 1)}.0/24`;
  const words = ["node", "--import", "tsx", join(scripts, "core.ts"), engine.replaceAll(".", "-"), subnet];
  const text = await output(join(scripts, "on-other-root.sh"), [root, repository, ...words]);
  return text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as CoreRow);
}

/** What a program prints; its errors come on this terminal, and so does every line of a part. */
function output(program: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      process.stderr.write(chunk);
    });
    child.on("error", reject);
    child.on("close", () => {
      resolve(text);
    });
  });
}
