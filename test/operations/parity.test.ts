import type { Interfaces } from "@oclif/core";
import * as z from "zod/mini";
import { describe, expect, test } from "vitest";
import { flagName } from "../../src/operations/command-line.ts";
import { operations } from "../../src/operations/index.ts";
import type { Operation } from "../../src/operations/operation.ts";
import { sourceManifest } from "../architecture/source-manifest.ts";

/** Commands that no other face has, each for its reason. */
const notOperations: Readonly<Record<string, string>> = {
  __complete: "answers a shell's completion",
  completion: "prints a script for a shell",
  "config edit": "opens an editor; config.replace takes the text",
  "config path": "config.show tells the file, too",
  daemon: "is a process of its own",
  "daemon install": "makes a service of this machine",
  "image push": "reads a file of this machine, or asks its Docker",
  import: "reads a compose file and its neighbours on this machine",
  init: "writes the config that a face needs to begin with",
  kibana: "opens a browser, or sets up another server",
  "lab cut": "is for tests",
  "lab down": "is for tests",
  "lab heal": "is for tests",
  "lab kill": "is for tests",
  "lab start": "is for tests",
  "lab status": "is for tests",
  "lab up": "is for tests",
  "notify test": "is for whoever writes the receivers into the config of this machine",
  serve: "is a process of its own",
  "serve token add": "gives somebody rights, which whoever may use this machine's files does",
  "serve install": "makes a service of this machine",
  "serve token list": "as serve token add",
  "serve token remove": "as serve token add",
  "serve user add": "as serve token add",
  "serve user list": "as serve token add",
  "serve user remove": "as serve token add",
  shell: "is a terminal, which each face has in its own way",
  tui: "is a face itself",
};

/** Flags and arguments that are no field of their command's operation, each for its reason. */
const notFields: Readonly<Record<string, string>> = {
  "apply --plan": "reads a file of this machine; `steps` takes what GET /plan has answered",
  "config set --text": "a JSON value says by itself what it is",
  "exec --fold": "is a way to print",
  "exec --no-prefix": "is a way to print",
  "exec --no-stdin": "without `stdin` there is none",
  "log --from": "asks Elasticsearch, which whoever looks at it there does",
  "log --ship": "is the daemon's, or cron's",
  "logs --no-prefix": "is a way to print",
  "logs --raw": "is a way to print",
  "logs --timestamps": "rows have their time",
  "plan --detailed-exitcode": "the document has the steps",
  "plan --out": "writes a file of this machine",
  "prune --all": "is `foreign`: `all` means all nodes",
  "pull --password-stdin": "is `password`",
  "run --fold": "is a way to print",
  "run --no-prefix": "is a way to print",
  "run --no-stdin": "without `stdin` there is none",
  "search --password-stdin": "is `password`",
  "status --watch": "is the stream of the cluster, which every face has",
  "syslog --no-prefix": "is a way to print",
  "tags --password-stdin": "is `password`",
  "vip move candidate": "is `node`, and `vip` is always said",
};

const manifest = await sourceManifest();
type Entry = Interfaces.Manifest["commands"][string];
const commands = new Map(Object.values(manifest.commands).map((entry) => [entry.id.replaceAll(":", " "), entry]));
const withCommand = operations.flatMap((operation) => {
  const entry = operation.command === null ? undefined : commands.get(operation.command);
  return entry ? [{ id: operation.id, operation, entry, name: operation.command ?? "" }] : [];
});

test("every command is an operation, or has its reason why not", () => {
  const done = operations.flatMap(({ command }) => (command === null ? [] : [command]));
  expect([...new Set([...done, ...Object.keys(notOperations)])].sort()).toEqual([...commands.keys()].sort());
});

test("a reason is only there for what is", () => {
  for (const key of Object.keys(notFields)) {
    const flag = key.split(" --");
    const { args, flags } = commandOf(flag[1] === undefined ? key.replace(/ \S+$/, "") : (flag[0] ?? ""));
    expect(flag[1] === undefined ? args : flags, key).toHaveProperty([flag[1] ?? key.replace(/^.* /, "")]);
  }
});

test.each(withCommand)("$id has a field for each flag and argument of its command", ({ operation, entry, name }) => {
  const fields = new Set(Object.keys(operation.input.shape));
  const missing = [
    ...Object.values(entry.args).map((arg) => ({ key: `${name} ${arg.name}`, field: camel(arg.name) })),
    ...own(entry).map((flag) => ({ key: `${name} --${flag}`, field: flag === "yes" ? "confirm" : camel(flag) })),
  ].filter(({ key, field }) => notFields[key] === undefined && !fields.has(field) && !savedCommands(operation));
  expect(missing).toEqual([]);
});

describe.each(withCommand)("$id says the same as its command", ({ operation, entry }) => {
  const schema = z.toJSONSchema(operation.input, { io: "input" }) as {
    readonly properties: Readonly<Record<string, JsonField>>;
    readonly required?: readonly string[];
  };

  test.each(Object.entries(schema.properties).filter(([name]) => entry.flags[flagOf(operation, name)]))(
    "in %s",
    (name, property) => {
      const flag = entry.flags[flagOf(operation, name)] as FlagEntry;
      if (name === "confirm" || name === "all") return;
      if (flag.type === "boolean") expect(property.default, "default").toBe(flag.allowNo === true);
      else if (property.default !== undefined && !Array.isArray(property.default)) {
        expect(property.default, "default").toBe(flag.default);
      }
      expect(property.type === "array", "repeatable").toBe(flag.multiple ?? false);
      expect((schema.required ?? []).includes(name), "required").toBe(flag.required ?? false);
    },
  );

  test("in what cannot be said together, and what needs something else", () => {
    const clash = own(entry).flatMap((name) =>
      (entry.flags[name]?.exclusive ?? [])
        .filter(() => notFields[`${operation.command ?? ""} --${name}`] === undefined)
        .map((other) => [camel(name), camel(other)]),
    );
    for (const pair of clash) {
      expect(operation.exclusive?.some((each) => pair.every((field) => each.includes(field)))).toBe(true);
    }
    const needs = own(entry).flatMap((name) =>
      (entry.flags[name]?.dependsOn ?? [])
        .filter(() => name !== "password-stdin")
        .map((other) => [camel(name), camel(other)] as const),
    );
    for (const [field, other] of needs) expect(operation.needs?.[field]).toBe(other);
  });
});

interface JsonField {
  readonly type?: string;
  readonly default?: unknown;
}

interface FlagEntry {
  readonly type: string;
  readonly default?: unknown;
  readonly allowNo?: boolean;
  readonly multiple?: boolean;
  readonly required?: boolean;
  readonly exclusive?: string[];
  readonly dependsOn?: string[];
}

function commandOf(name: string): Entry {
  const entry = commands.get(name);
  if (!entry) throw new Error(`there is no command ${name}`);
  return entry;
}

/** Those that not every command has. */
function own({ flags }: Entry): readonly string[] {
  const everywhere = new Set(["config", "json", "no-color", "debug", "concurrency"]);
  return Object.keys(flags).filter((name) => !everywhere.has(name));
}

function camel(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function flagOf(operation: Operation, field: string): string {
  return operation.flags?.[field] ?? flagName(field);
}

/** `run` without a label lists them, and heeds no flag. */
function savedCommands({ id }: Operation): boolean {
  return id === "command.list";
}
