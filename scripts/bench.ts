/**
 * `npm run bench`: pictl against real peers, as ratios within one run on this machine. Each row says what it must be
 * at most; a row beyond its bound makes the exit code 1. Needs root (it brings up labs) and clustershell and pssh.
 * Each file in `bench/groups/` is one group of rows; `npm run bench -- exec logs` measures only those named.
 */
import { readdir } from "node:fs/promises";
import type { Group, LeftOut, Row } from "./bench/row.ts";

const folder = new URL("./bench/groups/", import.meta.url);
const all = (await readdir(folder)).map((file) => file.replace(/\.ts$/, "")).sort();
const named = process.argv.slice(2);
const unknown = named.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no group ${unknown.join(", ")}, only ${all.join(", ")}.\n`);
  process.exitCode = 2;
}

for (const name of unknown.length > 0 ? [] : named.length > 0 ? named : all) {
  const group = (await import(new URL(`${name}.ts`, folder).href)) as { readonly rows: Group };
  for (const row of await group.rows()) report(row);
}

function report(row: Row | LeftOut): void {
  if ("because" in row) {
    process.stdout.write(`left out: ${row.what}: ${row.because}\n`);
    return;
  }
  const { what, value, atMost, unit } = row;
  const good = value <= atMost;
  process.stdout.write(
    `${good ? "ok  " : "MISS"}  ${value.toFixed(2).padStart(7)} ${unit.padEnd(2)}  at most ${String(atMost)}  ${what}\n`,
  );
  if (!good) process.exitCode = 1;
}
