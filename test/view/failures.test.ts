import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import type { Failure } from "../../src/domain/errors.ts";
import { failureText } from "../../src/view/failures.ts";

const pipe = { colour: false, width: Infinity };
const terminal = { colour: false, width: 60 };

const long: Failure = {
  code: "not-as-wanted",
  node: "n1",
  container: "web",
  message: "The container is stopped (exited with code 137), and this sentence goes on for a while.",
  hint: "Start it with `pictl start web`; the log tells more: `pictl logs web --tail 100 --timestamps`.",
};

test("in a pipe each sentence is one line", () => {
  expect(failureText(pipe, [long])).toBe(`✗ web@n1: ${long.message}\n  → ${long.hint ?? ""}\n`);
});

test("on a terminal lines end between words, never within a command, and go on under the text", () => {
  const text = `✗ web@n1: The container is stopped (exited with code 137),
  and this sentence goes on for a while.
  → Start it with \`pictl start web\`; the log tells more:
    \`pictl logs web --tail 100 --timestamps\`.
`;
  expect(failureText(terminal, [long])).toBe(text);
  expect(stripVTControlCharacters(failureText({ ...terminal, colour: true }, [long]))).toBe(text);
});

test("one failure in many places is told once, with all of them", () => {
  const nodes = Array.from({ length: 9 }, (_, index) => `node-${String(index + 1)}`);
  const failures = nodes.map((node): Failure => ({ code: "node-unreachable", message: "No answer.", node }));
  expect(failureText(terminal, failures)).toBe(
    `✗ ${nodes.slice(0, 7).join(", ")},\n  ${nodes.slice(7).join(", ")}: No answer.\n`,
  );
});

test("a line that others said keeps its form where it fits, and its control characters are shown", () => {
  const failure: Failure = { code: "docker-failed", message: "It ended.", hint: "It said:\n  a  b\x1b[2J\nc" };
  expect(failureText(terminal, [failure])).toBe("✗ It ended.\n  → It said:\n      a  b\\x1b[2J\n    c\n");
});

test("what to do is told once for neighbours that share it", () => {
  const failures = ["10.0.0.1", "10.0.0.2"].map((address, index): Failure => {
    const message = `${address} did not answer.`;
    return { code: "node-unreachable", message, node: `n${String(index + 1)}`, hint: "Check that it is on." };
  });
  expect(failureText(pipe, [...failures, long])).toBe(
    `✗ n1: 10.0.0.1 did not answer.\n✗ n2: 10.0.0.2 did not answer.\n  → Check that it is on.\n${failureText(pipe, [long])}`,
  );
});
