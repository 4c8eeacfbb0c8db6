import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { splitWords } from "../../src/domain/config/document/words.ts";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startPictl } from "../support/cli.ts";
import { labObstacle, withLab } from "../support/lab.ts";
import { startRegistry, type TestRegistry, trustRegistry, whyNoRegistry } from "../support/registry.ts";

/** One `$ line` of a console block, and what the README shows below it. */
interface Shown {
  readonly line: string;
  readonly output: readonly string[];
}

function shownIn(document: string): Shown[] {
  const text = readFileSync(new URL(`../../${document}`, import.meta.url), "utf8");
  return [...text.matchAll(/^```console\n([^]*?)^```$/gm)].flatMap(([, block = ""]) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [line = "", ...output] = part.trimEnd().split("\n");
        return { line, output };
      }),
  );
}

/** What differs from run to run, and from machine to machine: measures, times, ids, names of systems. */
function normal(line: string): string {
  return (
    stripVTControlCharacters(line)
      .trimEnd()
      // A shell may draw its prompt anew.
      .replace(/^.*\r/, "")
      .replaceAll(/\b[0-9a-f]{12,}\b/g, "ID")
      .replaceAll(/SHA256:[\w+/]+/g, "SHA256:ID")
      .replaceAll(/\/tmp\/pictl-\w+\//g, "/tmp/ID/")
      .replaceAll(/\S+@\S+: pictl/g, "WHO: pictl")
      .replaceAll(/by \S+@\S+ at \S+/g, "by WHO")
      .replaceAll(/\d+(?:[.:-]\d+)*/g, "0")
      .replaceAll(/\b0 (?:ms|s|min|h|d|B|KiB|MiB|GiB)\b/g, "0")
      .replaceAll(/\s+/g, " ")
      .trim()
  );
}

const obstacle = (await labObstacle()) ?? whyNoRegistry;

describe.skipIf(obstacle !== undefined).each(["README.md", "docs/tour.md"])("the tour of %s", (document) => {
  const lab = withLab({ nodes: 3 });
  const folder = mkdtempSync(join(tmpdir(), "pictl-tour-"));
  let registry: TestRegistry;
  /** What stands in the document, and what it is here. */
  const here = (): [string, string][] => [
    ["registry.lab:5000", registry.host],
    ...["lab.key", "known_hosts", "first.json"].map((name): [string, string] => [name, join(folder, name)]),
    ...["n1", "n2"].map((node): [string, string] => [
      `${node}=10.77.1.1${node.slice(1)}`,
      `${node}=${lab.node(node).address}`,
    ]),
  ];

  beforeAll(async () => {
    registry = await startRegistry({ address: lab.status().controller, tls: true });
    await registry.push("team/tool", ["1.9", "1.10", "latest"]);
    copyFileSync(join(lab.status().dir, "key"), join(folder, "lab.key"));
    cpSync(join(lab.status().dir, "docker", "web"), join(lab.status().dir, "docker", "shop"), { recursive: true });
    for (const { node } of lab.status().nodes) {
      await trustRegistry(lab, node, registry);
      await lab.inside(node, `cat >/var/log/messages <<'END'\n${messages}END`);
    }
    const config = JSON.parse(readFileSync(lab.status().config, "utf8")) as object;
    const logs = { syslog: "cat /var/log/messages", rsyslog_host: "n3", rsyslog_logfile: "/var/log/messages" };
    const commandlist = [{ Kernel: "uname -s" }, { DiskSpace: "df -h /" }];
    writeFileSync(lab.status().config, JSON.stringify({ ...config, ...logs, commandlist }, null, 2), { mode: 0o600 });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await registry.stop();
  });

  // In order, on one cluster: each command finds what the one before left.
  test.each(shownIn(document))("$line", async ({ line, output }) => {
    const [, file] = /^cat (\S+)$/.exec(line) ?? [];
    if (file !== undefined) {
      writeFileSync(join(folder, file), output.join("\n"));
      return;
    }
    const [command = "", asksForCode] = line.split("; echo $?");
    const meant = here().reduce((text, [name, real]) => text.replaceAll(name, real), command);
    const split = splitWords(meant.replace(/(?<=--config )(?=\w)/, `${folder}/`));
    if (!split.ok) throw new Error(split.message);
    const [program, ...words] = split.words.map((word) => word.text);
    const editor = /^EDITOR=(.*)$/.exec(program ?? "")?.[1];
    expect(editor === undefined ? program : words.shift()).toBe("pictl");
    const env = editor === undefined ? {} : { EDITOR: editor };
    const terminal = words[0] === "shell" || editor !== undefined;
    const running = startPictl(words, { config: lab.status().config, terminal, env });
    const typed = terminal ? output.flatMap((each) => prompt.exec(each)?.[1] ?? []) : [];
    for (const [index, each] of typed.entries()) {
      const prompts = (): number => stripVTControlCharacters(running.said()).split(/\S ?[#$] /).length - 1;
      await vi.waitUntil(() => prompts() > index, { timeout: 20_000 });
      running.type(`${each}\n`);
    }
    const { code, stdout, stderr } = await running.ended;
    const said = here()
      .reduce((text, [name, real]) => text.replaceAll(real, name), `${stdout}${stderr}`)
      .replaceAll(`${folder}/`, "")
      .replaceAll(`${lab.status().dir}/`, "")
      .concat(asksForCode === undefined ? "" : `${String(code)}\n`);
    if (asksForCode === undefined) expect(code, said).toBe(0);
    // A table of measures is told by its head: systems differ in the rest.
    const expected = line === "pictl nodes" ? output.slice(0, 1) : output.filter((each) => each.trim() !== "…");
    expect(expected).not.toEqual([]);
    expect(said.split("\n").map(normal)).toEqual(expect.arrayContaining(expected.map(normal)));
  });
});

/** What stands behind it is typed. */
const prompt = /^\S+ ?[#$] (.+)$/;

const messages = Array.from({ length: 40 }, (_, index) => {
  const time = `Nov 23 10:1${String(Math.floor(index / 8))}:00`;
  return index % 10 === 9
    ? `${time} n1 kernel: error: disk sda${String(index)} answers slowly\n`
    : `${time} n${String(1 + (index % 2))} sshd[7]: session ${String(index)} opened\n`;
}).join("");
