/**
 * `npm run house`: figures of the sources that anyone can compare with those of last time: files and lines per layer,
 * files that lie loose in a folder, names that more than one file exports, and what has to be read for one use case.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { importClosure } from "./house/closure.ts";
import { namesDeclaredTwice } from "./house/names.ts";

/** A folder with more files than this is a heap. */
const crowded = 14;
const useCases = ["src/app/create.ts", "src/app/move/index.ts", "src/app/heartbeat/index.ts", "src/app/logs/follow.ts"];

const files = execFileSync("git", ["ls-files", "src", "commands", "bin"], { encoding: "utf8" })
  .split("\n")
  .filter((file) => /\.tsx?$/.test(file));
const say = (...cells: readonly (string | number)[]): void => {
  process.stdout.write(
    `${cells.map((cell, i) => (i === 0 ? String(cell).padEnd(30) : String(cell).padStart(8))).join("")}\n`,
  );
};

say("layer", "files", "lines", "p50", "p90", "max");
for (const [layer, members] of groups((file) =>
  file
    .split("/")
    .slice(0, file.startsWith("src/") ? 2 : 1)
    .join("/"),
)) {
  const lines = members.map((file) => readFileSync(file, "utf8").split("\n").length - 1).sort((a, b) => a - b);
  const at = (share: number): number => lines[Math.min(lines.length - 1, Math.floor(share * lines.length))] ?? 0;
  say(
    layer,
    lines.length,
    lines.reduce((sum, each) => sum + each, 0),
    at(0.5),
    at(0.9),
    at(1),
  );
}

say("");
say(`folders of more than ${String(crowded)} files`);
for (const [folder, members] of groups(dirname)) if (members.length > crowded) say(`  ${folder}`, members.length);

// The console is a program of its own, whose components are named as what they show.
const isWeb = (file: string): boolean => file.startsWith("src/web/");
const twice = [files.filter(isWeb), files.filter((file) => !isWeb(file))].flatMap(namesDeclaredTwice);
say("");
say("names that several files export", twice.length);
for (const [name, where] of twice) say(`  ${name.padEnd(26)}${where.join(" ")}`);

say("");
say("files to read for");
for (const file of useCases) say(`  ${file}`, importClosure(file).size);

function groups(key: (file: string) => string): [string, string[]][] {
  const all = new Map<string, string[]>();
  for (const file of files) all.set(key(file), [...(all.get(key(file)) ?? []), file]);
  return [...all].sort(([a], [b]) => (a < b ? -1 : 1));
}
