import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { liveOutput } from "../../../src/cli/output/live-output.ts";

const plain = { colour: false, width: Infinity };
const coloured = { colour: true, width: 80 };

function outputs(options: { nodes: string[]; prefix?: boolean; terminal?: boolean; style?: typeof plain }) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const { nodes, prefix = true, terminal = false, style = plain } = options;
  const live = liveOutput({
    nodes,
    prefix,
    stdout: { stream: stdout, style, terminal },
    stderr: { stream: stderr, style, terminal },
  });
  const read = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString("latin1") ?? "";
  return { ...live, stdout: () => read(stdout), stderr: () => read(stderr), stream: stdout };
}

test("lines of several nodes never mix, and names are aligned", () => {
  const out = outputs({ nodes: ["n1", "n10"] });
  void out.write("n1", "stdout", bytes("half "));
  void out.write("n10", "stdout", bytes("one\ntwo\n"));
  void out.write("n1", "stderr", bytes("oops\n"));
  void out.write("n1", "stdout", bytes("a line\nrest"));
  out.end("n1");
  out.end("n10");
  expect(out.stdout()).toBe("n10 | one\nn10 | two\nn1  | half a line\nn1  | rest\n");
  expect(out.stderr()).toBe("n1  ! oops\n");
});

test("in a pipe bytes pass as they are", () => {
  const out = outputs({ nodes: ["n1", "n2"] });
  void out.write("n1", "stdout", Uint8Array.of(0x1b, 0x5b, 0x33, 0x31, 0x6d, 0x00, 0xff, 0xfe, 0x0d, 0x0a, 0x0a));
  expect(out.stdout()).toBe("n1 | \u001b[31m\0\xff\xfe\r\nn1 | \n");
});

test("on a terminal control sequences are shown, not sent", () => {
  const out = outputs({ nodes: ["n1"], terminal: true });
  void out.write("n1", "stdout", bytes("\u001b]0;owned\u0007tab\there\r\n"));
  expect(out.stdout()).toBe("n1 | \\x1b]0;owned\\x07tab\there\n");
});

test("each node has a colour, and the name stays the same text", () => {
  const out = outputs({ nodes: ["n1", "n2"], terminal: true, style: coloured });
  void out.write("n1", "stdout", bytes("x\n"));
  void out.write("n2", "stdout", bytes("x\n"));
  expect(out.stdout()).toBe("\u001b[36mn1 |\u001b[39m x\n\u001b[33mn2 |\u001b[39m x\n");
});

test("one node without prefix is passed on byte by byte, before any newline", () => {
  const out = outputs({ nodes: ["n1"], prefix: false });
  void out.write("n1", "stdout", bytes("no newline yet"));
  expect(out.stdout()).toBe("no newline yet");
  out.end("n1");
  expect(out.stdout()).toBe("");
});

test("several nodes without prefix still share the output by lines", () => {
  const out = outputs({ nodes: ["n1", "n2"], prefix: false });
  void out.write("n1", "stdout", bytes("a"));
  void out.write("n2", "stdout", bytes("b\n"));
  void out.write("n1", "stdout", bytes("c\n"));
  expect(out.stdout()).toBe("b\nac\n");
});

test("a reader that is behind makes the node wait", async () => {
  const out = outputs({ nodes: ["n1"] });
  const waiting = [1, 2, 3].map(() => out.write("n1", "stdout", bytes(`${"x".repeat(100_000)}\n`)));
  expect(waiting.every((each) => each instanceof Promise)).toBe(true);
  expect(out.stream.listenerCount("drain")).toBe(1);
  out.stream.resume();
  for (const each of waiting) await each;
});

function bytes(text: string): Uint8Array {
  return Buffer.from(text);
}
