/** A command run inside the test's own process: no start-up to wait for, and its code counts as covered. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Config, type Interfaces } from "@oclif/core";
import type { JsonDocument } from "../../src/view/document.ts";
import type { CliRun } from "./cli.ts";

interface Runnable {
  run(argv: string[], config: Interfaces.LoadOptions): Promise<unknown>;
}

/** Runs a command to its end, as without a terminal. One at a time: the process's streams are everybody's. */
export async function runCommand(command: Runnable, words: readonly string[], config: string): Promise<CliRun> {
  const written = { stdout: "", stderr: "" };
  const { PICLUSTER_CONFIG, NO_COLOR } = process.env;
  const undo = [capture("stdout", written), capture("stderr", written)];
  Object.assign(process.env, { PICLUSTER_CONFIG: config, NO_COLOR: "1" });
  try {
    await command.run([...words], await oclif());
    return { code: Number(process.exitCode ?? 0), ...written };
  } finally {
    for (const each of undo) each();
    process.exitCode = undefined;
    restore({ PICLUSTER_CONFIG, NO_COLOR });
  }
}

export type DocumentOf<Result> = JsonDocument & { readonly result: Result };

/** The one document of a run with `--json`; the caller knows of what. */
export function documentOf({ code, stdout }: CliRun): JsonDocument {
  const document = JSON.parse(stdout) as JsonDocument;
  if (document.exitCode !== code)
    throw new Error(`exit code ${String(code)}, and the document says ${document.exitCode}`);
  return document;
}

function capture(name: "stdout" | "stderr", written: Record<"stdout" | "stderr", string>): () => void {
  const stream = process[name];
  const write = stream.write.bind(stream);
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    written[name] += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    const done = rest.find((each) => typeof each === "function") as (() => void) | undefined;
    done?.();
    return true;
  };
  return () => {
    stream.write = write;
  };
}

function restore(before: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}

let loaded: Promise<Config> | undefined;

/** Knows the program's name and no other command: nothing is loaded but what is run. */
function oclif(): Promise<Config> {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const pjson = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as Interfaces.PJSON;
  Reflect.deleteProperty(pjson.oclif, "commands");
  loaded ??= Config.load({ root, pjson });
  return loaded;
}
