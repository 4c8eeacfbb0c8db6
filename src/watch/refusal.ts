import type { ErrorCode } from "../domain/errors.ts";

const refusals: ReadonlySet<ErrorCode> = new Set([
  "auth-failed",
  "host-key-unknown",
  "host-key-changed",
  "shell-unusable",
  "sudo-failed",
]);

/** Whether the node is there and says no, which nothing but a person changes. */
export function isRefusal(code: ErrorCode): boolean {
  return refusals.has(code);
}
