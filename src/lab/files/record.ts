/**
 * Where a lab is written down: `/run/pictl-lab/NAME.json` (found by name, gone after a reboot like all that it
 * describes) and `DIR/lab.json` (found by folder, still there after a reboot). Written before anything is made.
 */
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PictlError } from "../../domain/errors.ts";
import { removeIfEmpty, withLock } from "../machine/lock.ts";
import { labPaths, REGISTRY } from "./plan.ts";
import type { LabRecord } from "../types.ts";

export function defaultDir(name: string): string {
  return `/var/lib/pictl/lab/${name}`;
}

export function registered(name: string): LabRecord | undefined {
  return readRecord(join(REGISTRY, `${name}.json`));
}

export function allRegistered(): LabRecord[] {
  try {
    return readdirSync(REGISTRY)
      .filter((file) => file.endsWith(".json"))
      .flatMap((file) => readRecord(join(REGISTRY, file)) ?? []);
  } catch {
    return [];
  }
}

export function recordIn(dir: string): LabRecord | undefined {
  return readRecord(join(dir, "lab.json"));
}

/** The lab of that name: a running one, else what is left of it in `dir` (default: the default folder). */
export function findLab(name: string, dir?: string): LabRecord | undefined {
  const record = registered(name) ?? recordIn(dir ?? defaultDir(name));
  return record?.name === name && (dir === undefined || record.dir === dir) ? record : undefined;
}

/** As findLab, for those who need one. Throws lab-failed. */
export function needLab(name: string): LabRecord {
  const record = findLab(name);
  if (record !== undefined) return record;
  const names = allRegistered().map((lab) => lab.name);
  throw new PictlError("lab-failed", `There is no lab "${name}" on this machine.`, {
    hint:
      names.length > 0 ? `Labs here: ${names.join(", ")}; choose one with --name.` : "Start one with `pictl lab up`.",
  });
}

export function register(record: LabRecord): void {
  writeWhole(join(REGISTRY, `${record.name}.json`), record);
}

export function writeRecord(record: LabRecord): void {
  writeWhole(labPaths(record).record, record);
}

export function unregister(name: string): void {
  for (const file of [`${name}.json`, `${name}.json.new`]) rmSync(join(REGISTRY, file), { force: true });
  removeIfEmpty(REGISTRY);
}

/** One command at a time changes a lab; others wait up to 30 s. */
export function withLabLock<T>(name: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  return withLock(
    join(REGISTRY, `${name}.lock`),
    { waitMs: 30_000, signal, holderIs: `working on lab "${name}"` },
    work,
  );
}

/** Held while a subnet is chosen and written down. */
export function withRegistryLock<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  return withLock(join(REGISTRY, "registry.lock"), { waitMs: 30_000, signal, holderIs: "choosing a subnet" }, work);
}

function readRecord(path: string): LabRecord | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
  try {
    const record = JSON.parse(text) as Partial<LabRecord>;
    if (record.version === 1 && record.name !== undefined && record.dir !== undefined) return record as LabRecord;
  } catch {
    // Falls through: both a torn and a foreign file are told by name.
  }
  throw new PictlError("lab-failed", `${path} is not a lab's record.`, {
    hint: "Remove that file if it is not yours.",
  });
}

function writeWhole(path: string, record: LabRecord): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.new`;
  writeFileSync(draft, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}
