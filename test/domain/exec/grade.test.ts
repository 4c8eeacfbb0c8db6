import { expect, test } from "vitest";
import { grade, worstExitCode } from "../../../src/domain/exec/grade.ts";
import { type Failure } from "../../../src/domain/errors.ts";

const place = { node: "n1", timeoutMs: 5000 };
const unknown = (reason: "timeout" | "connection-lost" | "killed", remoteSignal?: string) =>
  ({ status: "unknown", code: null, reason, ...(remoteSignal === undefined ? {} : { remoteSignal }) }) as const;

test("an end with 0 is no failure", () => {
  expect(grade({ status: "ok", code: 0 }, place)).toEqual({ status: "ok" });
});

test.each([
  [{ status: "failed", code: 255 } as const, "failed", "command-failed", "The command ended with exit code 255."],
  [unknown("timeout"), "timeout", "timeout", /did not end within 5 s/],
  [unknown("connection-lost"), "lost", "connection-lost", /may or may not have done its work/],
  [unknown("killed", "KILL"), "killed", "command-failed", "The command was killed by SIGKILL."],
  [unknown("killed"), "killed", "command-failed", "The command was killed."],
])("%j", (end, status, code, message) => {
  const graded = grade(end, place);
  expect(graded.status).toBe(status);
  expect(graded.failure).toMatchObject({ code, node: "n1", message: expect.stringMatching(message) as string });
});

const failure = (code: Failure["code"]): Failure => ({ code, message: "" });

test.each([
  [[0, 0], [], 0],
  [[0, 7, 3], [failure("command-failed")], 7],
  // A broken connection is 3, and a remote 255 is 255: told apart, unlike with ssh.
  [[0, null], [failure("node-unreachable")], 3],
  [[255, null], [failure("command-failed"), failure("node-unreachable")], 255],
  [[null], [failure("timeout")], 1],
  [[255, null], [failure("command-failed"), failure("interrupted")], 130],
])("codes %j with failures %j exit with %i", (codes, failures, exitCode) => {
  expect(worstExitCode(codes, failures)).toBe(exitCode);
});
