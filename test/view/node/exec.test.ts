import { expect, test } from "vitest";
import type { ExecRow } from "../../../src/app/exec.ts";
import { finishedText, foldedView, plannedView } from "../../../src/view/node/exec.ts";

const plain = { colour: false, width: Infinity };
const terminal = { colour: false, width: 80 };
const row = (node: string, parts: Partial<ExecRow> = {}): ExecRow => ({
  node,
  status: "ok",
  code: 0,
  stdout: "same\n",
  stderr: "",
  truncated: false,
  durationMs: 1,
  ...parts,
});

test("nodes with the same output and end are one group, the largest first", () => {
  const nodes = [
    row("n1", { status: "failed", code: 2, stdout: "", stderr: "no\n" }),
    row("n2"),
    row("n3"),
    row("n4", { status: "unreached", code: null, stdout: "" }),
    row("n5", { stdout: "same", truncated: true }),
  ];
  expect(foldedView({ nodes }, plain)).toBe(
    [
      "── n[2-3] (2 nodes): exit code 0",
      "same",
      "── n1: exit code 2",
      "! no",
      "── n5: exit code 0",
      "[the beginning was cut]",
      "same",
      "",
    ].join("\n"),
  );
});

test("control sequences are shown on a terminal and pass in a pipe", () => {
  const nodes = [row("n1", { stdout: "\u001b[31mred\r\n" })];
  expect(foldedView({ nodes }, terminal)).toBe("── n1: exit code 0\n\\x1b[31mred\n");
  expect(foldedView({ nodes }, plain)).toBe("── n1: exit code 0\n\u001b[31mred\r\n");
});

test("what a dry run would do", () => {
  expect(plannedView({ nodes: [row("n1", { wouldRun: "echo a\necho b" })] })).toBe("n1: would run: echo a\\necho b\n");
});

test("what an interruption left done", () => {
  const stopped = row("n3", { status: "stopped", code: null });
  expect(finishedText([row("n1"), row("n2", { status: "failed", code: 1 }), stopped])).toBe(
    "Finished before the interruption: n[1-2].",
  );
  expect(finishedText([stopped])).toBe("No node had finished.");
});
