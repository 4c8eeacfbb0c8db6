import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CliRun, pictl } from "../support/cli.ts";
import { runCommand } from "../support/command.ts";
import { imageArchive } from "../support/image-archive.ts";
import { labObstacle, type TestLab, withLab } from "../support/lab.ts";
import { startRegistry, type TestRegistry, trustRegistry, whyNoRegistry } from "../support/registry.ts";

const obstacle = (await labObstacle()) ?? whyNoRegistry;

const introduction = `# What \`--json\` prints

One document on stdout and nothing else, of the same shape on success and failure:

\`\`\`json
{ "ok": true, "exitCode": 0, "result": {}, "failures": [] }
\`\`\`

\`result\` is null when a command ended as a whole before it had one (wrong usage, an invalid config, a \`move\` that was
undone). Otherwise one plural key in it names its rows; each row has \`node\`, \`container\` or both. Units stand in the
names: \`durationMs\`, \`memoryBytes\`. A row of \`failures\` has a \`code\` of [errors.md](errors.md), a \`message\`, and where
they are known \`node\`, \`container\` and \`hint\`. A followed stream (\`logs --follow\`, \`log --follow\`, \`stats --watch\`,
\`status --watch\`) prints one JSON object a line instead. Of \`status --watch\` the first line has everything and each later
one what has changed: \`containers\` with rows as below, \`gone\` (\`container\`, \`node\`), \`nodes\` (\`node\`, \`state\`, \`message\`).
Help is \`{ "help": TEXT }\`, and \`--version\` is \`{ "version": TEXT }\`.

Where a node or a container fails, the others have their rows all the same:

- Commands that look (\`nodes\`, \`doctor\`, \`status\`, \`stats\`, \`exec\`, \`run LABEL\`) have a row for everything they were asked
  about; what did not answer has a row that says so (\`reachable\`, \`state\`, \`status\`) and a failure that says why.
- Commands that change something (\`build\`, \`create\`, \`start\`, \`stop\`, \`restart\`, \`delete\`) have a row for each container
  that is as asked now, whether something was \`changed\` or not, and a failure with \`container\` and \`node\` for each other
  one: every container stands in one of both.
- Commands that list what they find (\`images\`, \`logs\`, \`syslog\`, \`log\`, \`prune\` …) have rows of what they found, and a
  failure for each node or container that could not be asked.

Below is the \`result\` of each command, as seen on a lab by the test that writes this page; \`|\` stands between the
kinds a value was seen to have, and \`?\` behind a key that not every row has.
`;

/** Each command's words, in order, on one cluster of two nodes and a registry. */
const commandsWith = (
  registry: string,
  { dir, nodes }: ReturnType<TestLab["status"]>,
): readonly (readonly string[])[] => [
  [
    ...["init", "--node", `n1=${nodes[0]?.address ?? ""}`, "--user", "root", "--identity-file", join(dir, "key")],
    ...["--known-hosts-file", join(dir, "known_hosts"), "--yes", "--config", join(dir, "new.json")],
  ],
  ["config", "check"],
  ["config", "path"],
  ["config", "show"],
  ["config", "get", "automatic_heartbeat"],
  ["config", "set", "automatic_heartbeat", "enabled"],
  ["nodes"],
  ["doctor"],
  ["build"],
  ["create"],
  ["status"],
  ["stats"],
  ["exec", "hostname"],
  ["run"],
  ["run", "Uptime"],
  ["syslog", "--tail", "2"],
  ["rsyslog"],
  ["logs", "--tail", "1"],
  ["images"],
  ["search", "app", "--insecure"],
  ["tags", "team/app", "--insecure"],
  ["pull", `${registry}/team/app:1`],
  ["image", "remove", `${registry}/team/app:1`, "--yes"],
  ["image", "push", join(dir, "app.tar"), "n1"],
  ["stop", "web"],
  ["start", "web"],
  ["restart", "web"],
  ["move", "web", "n2"],
  ["container", "add", "new", "--node", "n1", "--args", "--read-only", "--image", "web", "--run"],
  ["container", "edit", "new", "--args", "--read-only --hostname new", "--yes", "--run"],
  ["history", "new"],
  ["rollback", "new", "--yes"],
  ["container", "remove", "new", "--yes"],
  ["import", join(dir, "compose.yaml"), "--node", "n1", "--dry-run"],
  ["heartbeat"],
  ["prune", "--dry-run"],
  ["vip", "move", "n2"],
  ["vip", "show"],
  ["vip", "release", "--yes"],
  ["node", "trust"],
  ["node", "add", "n9", "--address", "192.0.2.9", "--no-check", "--dry-run"],
  ["node", "cordon", "n1", "--dry-run"],
  ["node", "uncordon", "n1", "--dry-run"],
  ["node", "drain", "n2", "--dry-run"],
  ["node", "remove", "n2", "--move", "--dry-run"],
  ["delete", "web", "--yes"],
  ["plan"],
  ["apply", "--yes"],
  ["daemon", "status"],
  ["log", "--tail", "5"],
];

/** Commands that tell of one thing, not of rows. */
const oneThing: ReadonlySet<string> = new Set([
  // Its nodes, and the host keys that it has stored of them.
  "pictl init",
  "pictl config path",
  "pictl config show",
  "pictl config get",
  "pictl config set",
  // Its services, and the networks that they share.
  "pictl import",
]);

/** The kind of a value: `string`, `[…]` of what its elements have in common, or the keys of an object. */
type Shape = {
  readonly kinds: Set<string>;
  readonly keys: Map<string, Shape>;
  seen: number;
  element: Shape | undefined;
};

function look(value: unknown, into: Shape = emptyShape()): Shape {
  into.seen += 1;
  if (Array.isArray(value)) {
    into.kinds.add("list");
    into.element ??= emptyShape();
    for (const each of value) look(each, into.element);
  } else if (value !== null && typeof value === "object") {
    into.kinds.add("object");
    for (const [key, each] of Object.entries(value)) into.keys.set(key, look(each, into.keys.get(key)));
  } else into.kinds.add(value === null ? "null" : typeof value);
  return into;
}

function emptyShape(): Shape {
  return { kinds: new Set(), keys: new Map(), seen: 0, element: undefined };
}

function text(shape: Shape, indent = ""): string {
  const inner = `${indent}  `;
  return [...shape.kinds]
    .sort()
    .map((kind) => {
      if (kind === "list") return shape.element?.seen ? `[ ${text(shape.element, indent)} ]` : "[]";
      if (kind !== "object") return kind;
      const objects = Math.max(...[...shape.keys.values()].map((each) => each.seen), 0);
      const lines = [...shape.keys].map(
        ([key, each]) => `${inner}${key}${each.seen < objects ? "?" : ""}: ${text(each, inner)}`,
      );
      return `{\n${lines.join("\n")}\n${indent}}`;
    })
    .join(" | ");
}

/**
 * A process for each of fifty commands would cost ten times as much. What reads its stdin has one of its own, as each
 * command of the tests below.
 */
async function run(words: readonly string[], config: string): Promise<CliRun> {
  if (words[0] === "exec" || words[0] === "run") return pictl(words, { config });
  const [, ...name] = titleOf(words).split(" ");
  const file = fileURLToPath(new URL(`../../commands/${name.join("/")}.ts`, import.meta.url));
  const { default: command } = (await import(file)) as { default: Parameters<typeof runCommand>[0] };
  return runCommand(command, words.slice(name.length), config);
}

/** `pictl node add`, of `node add n9 …`. */
function titleOf([first = "", second = ""]: readonly string[]): string {
  const isTopic = ["config", "container", "daemon", "image", "node", "vip"].includes(first);
  return isTopic ? `pictl ${first} ${second}` : `pictl ${first}`;
}

describe.skipIf(obstacle !== undefined)("--json", () => {
  const lab = withLab({ nodes: 2 });
  let pristine = "";
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ address: lab.status().controller, tls: true });
    await registry.push("team/app", ["1", "2"]);
    await Promise.all(["n1", "n2"].map((node) => trustRegistry(lab, node, registry)));
    await lab.inside("n1", "echo 'Nov 26 08:00:00 n1 app[7]: it works' >/var/log/all");
    const rest = { dockerRegistries: [registry.host], rsyslog_host: "n1", rsyslog_logfile: "/var/log/all" };
    const config = JSON.parse(readFileSync(lab.status().config, "utf8")) as { ssh: { connect_timeout?: number } };
    pristine = JSON.stringify({ ...config, ...rest }, null, 2);
    const cache = { image: "redis:7", ports: ["6379"] };
    const { archive } = await imageArchive(["pushed:1"], "content");
    writeFileSync(join(lab.status().dir, "app.tar"), archive);
    writeFileSync(join(lab.status().dir, "compose.yaml"), JSON.stringify({ services: { cache }, include: "$MORE" }));
    // What the page shows is what `lab up` writes.
    delete config.ssh.connect_timeout;
    writeFileSync(lab.status().config, JSON.stringify({ ...config, ...rest }, null, 2));
  });
  afterAll(() => registry.stop());

  test("has the shapes that docs/json.md tells", async () => {
    const parts: string[] = [introduction];
    for (const words of commandsWith(registry.host, lab.status())) {
      const { stdout, stderr, code } = await run([...words, "--json"], lab.status().config);
      const document = JSON.parse(stdout) as { ok: boolean; exitCode: number; result: object; failures: object[] };
      expect(Object.keys(document).sort(), words.join(" ")).toEqual(["exitCode", "failures", "ok", "result"]);
      expect([document.exitCode, document.ok], `${words.join(" ")}: ${stderr}`).toEqual([code, code === 0]);
      // What is wrong with a machine differs from machine to machine.
      if (words[0] === "doctor") {
        const { checks } = document.result as { checks: { state: string }[] };
        document.result = { checks: checks.filter((row) => row.state === "ok") };
      }
      if (!oneThing.has(titleOf(words))) {
        expect(Object.values(document.result).filter(Array.isArray), words.join(" ")).toHaveLength(1);
      }
      const part = `\`\`\`\n${text(look(document.result))}\n\`\`\`\n`;
      const heading = `## ${titleOf(words)}\n`;
      // A second kind of what the command before says.
      if (parts.some((each) => each.startsWith(heading))) parts.push(`or, as \`pictl ${words.join(" ")}\`:\n\n${part}`);
      else parts.push(`${heading}\n${part}`);
    }
    await expect(parts.join("\n")).toMatchFileSnapshot("../../docs/json.md");
  }, 240_000);

  test("has failures of the same shape when a node is dead, a name is wrong, a flag is unknown", async () => {
    await lab.kill("n2");
    for (const [words, expected, code] of [
      [["status"], 3, "node-unreachable"],
      [["start", "ghost"], 2, "unknown-container"],
      [["nodes", "--nonsense"], 2, "usage"],
    ] as const) {
      const run = await pictl([...words, "--json"], { config: lab.status().config });
      const document = JSON.parse(run.stdout) as {
        ok: boolean;
        exitCode: number;
        failures: { code: string; message: string }[];
      };
      expect([run.code, document.exitCode, document.ok]).toEqual([expected, expected, false]);
      expect(document.failures.map((failure) => failure.code)).toContain(code);
      for (const failure of document.failures) expect(typeof failure.message).toBe("string");
    }
  });

  test("what is on a dead node is a row of its own where it is looked at, and a failure where it is changed", async () => {
    // With web on n1 again.
    writeFileSync(lab.status().config, pristine);
    type Row = { readonly node?: string; readonly container?: string };
    const ran = async (...words: string[]): Promise<{ rows: Row[]; failures: Row[] }> => {
      const { stdout } = await pictl([...words, "--json"], { config: lab.status().config });
      const { result, failures } = JSON.parse(stdout) as { result: Record<string, Row[]>; failures: Row[] };
      return { rows: Object.values(result).flat(), failures };
    };
    expect((await ran("create", "web")).failures).toEqual([]);
    const nodes = (rows: readonly Row[]): unknown[] => [...new Set(rows.map(({ node }) => node))].sort();
    for (const words of [["nodes"], ["status"], ["stats"], ["exec", "true"], ["run", "Uptime"]]) {
      const { rows, failures } = await ran(...words);
      expect([nodes(rows), nodes(failures)], words.join(" ")).toEqual([["n1", "n2"], ["n2"]]);
    }
    const places = (rows: readonly Row[]): string[] =>
      rows.map(({ container, node }) => `${container ?? ""}@${node ?? ""}`);
    for (const words of [
      ["build"],
      ["create"],
      ["stop", "--yes"],
      ["start"],
      ["restart", "--yes"],
      ["delete", "--yes"],
    ]) {
      const { rows, failures } = await ran(...words);
      expect([places(rows), places(failures)], words.join(" ")).toEqual([["web@n1"], ["clock@n2"]]);
    }
  }, 240_000);
});
