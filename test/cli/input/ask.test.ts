import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, expect, test, vi } from "vitest";
import { pictl, startPictl } from "../../support/cli.ts";

const folder = mkdtempSync(join(tmpdir(), "pictl-ask-"));
const config = join(folder, "config.json");
writeFileSync(config, '{ "layout": [{ "node": "n1", "web": "" }, { "node": "n2", "web": "" }] }', { mode: 0o600 });
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("a question answered with no is told with that word, and that nothing was changed", async () => {
  const { code, stdout } = await pictl(["delete", "web"], { config, terminal: true, stdin: "n" });
  const said = stripVTControlCharacters(stdout);
  expect(said).toMatch(/Delete 2 containers \(web@n1, web@n2\)\? \(y\/N\) · no\s*Nothing was changed\.\s*$/);
  expect(said).not.toMatch(/true|false/);
  expect(code).toBe(4);
});

test("a terminal that is closed ends the question that stands there", async () => {
  const running = startPictl(["delete", "web"], { config, terminal: true });
  await vi.waitUntil(() => running.said().includes("(y/N)"), { timeout: 60_000 });
  const pid = execFileSync("ps", ["--ppid", String(running.pid), "-o", "pid="], { encoding: "utf8" });
  process.kill(Number(pid), "SIGHUP");
  const { code, stdout } = await running.ended;
  expect(stripVTControlCharacters(stdout)).toContain("✗ Interrupted at a question; nothing more was done.");
  expect(code).toBe(130);
});

test.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const)("%s ends the question that stands there, and says so: exit code %i", async (signal, expected) => {
  const running = startPictl(["delete", "web"], { config, terminal: true });
  await vi.waitUntil(() => running.said().includes("(y/N)"), { timeout: 60_000 });
  const pid = execFileSync("ps", ["--ppid", String(running.pid), "-o", "pid="], { encoding: "utf8" });
  process.kill(Number(pid), signal);
  const { code, stdout } = await running.ended;
  expect(stripVTControlCharacters(stdout)).toContain("✗ Interrupted at a question; nothing more was done.");
  // The cursor is shown again.
  expect(stdout.lastIndexOf("\u001b[?25h")).toBeGreaterThan(stdout.lastIndexOf("\u001b[?25l"));
  expect(code).toBe(expected);
});

test("an answer that cannot be is told at its question, and those before it are not lost", async () => {
  const output = join(folder, "first.json");
  const words = ["init", "--user", "pi", "--identity-file", "key", "--no-check", "--output", output];
  const running = startPictl(words, { config, terminal: true });
  const until = (text: string) => vi.waitUntil(() => running.said().includes(text), { timeout: 60_000 });
  await until("Nodes");
  running.type("n1 n1\r");
  await until("The node n1 is named twice.");
  running.type("\b2\r");
  await until("A first container");
  running.type("\r");
  expect((await running.ended).code).toBe(0);
  expect(JSON.parse(readFileSync(output, "utf8"))).toMatchObject({ layout: [{ node: "n1" }, { node: "n2" }] });
});

test("a container on several nodes is asked about in the plural", async () => {
  const { stdout } = await pictl(["container", "remove", "web"], { config, terminal: true, stdin: "n" });
  // Where its lines break is for the length of this machine's temporary folder to say.
  expect(stripVTControlCharacters(stdout).replaceAll(/\s+/g, " ")).toContain(
    "Remove web@n1, web@n2 from their nodes and ",
  );
});

test("a wrong command line is told without the colours of the parser", async () => {
  const env = { NO_COLOR: "", FORCE_COLOR: "1" };
  const { code, stdout } = await pictl(["container", "add", "shop"], { config, terminal: true, env });
  expect(stripVTControlCharacters(stdout)).toContain("✗ --node is missing: A node to place it on.");
  expect(code).toBe(2);
});

test("a question has the colours that are asked for, and breaks between words", async () => {
  const wide = join(folder, "wide.json");
  const nodes = Array.from({ length: 6 }, (_, index) => `a-node-with-a-long-name-${String(index)}`);
  writeFileSync(wide, JSON.stringify({ layout: nodes.map((node) => ({ node, web: "" })) }), { mode: 0o600 });
  const ask = (noColor: string) =>
    pictl(["container", "remove", "web"], { config: wide, terminal: true, stdin: "n", env: { NO_COLOR: noColor } });
  const escape = "\u001b";
  const colour = new RegExp(`${escape}\\[[1-9]\\d*m`);
  expect((await ask("")).stdout).toMatch(colour);
  const { stdout } = await ask("1");
  expect(stdout).not.toMatch(colour);
  for (const node of nodes) expect(stdout).toMatch(new RegExp(`[ \\n]web@${node}[, ]`));
  // Drawn anew, it begins where the cursor is moved to.
  const lines = stdout.split(new RegExp(`[\r\n]+|${escape}\\[\\d*G`)).map(stripVTControlCharacters);
  for (const line of lines.filter((each) => each.includes("web@"))) expect(line.length).toBeLessThanOrEqual(80);
});
