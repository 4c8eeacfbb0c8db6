import type { Failure } from "../errors.ts";
import { exitCodeOf, PictlError, toFailure } from "../errors.ts";

/**
 * How a command ended on one node. `ok` and `failed`: with an exit code. `killed`: by a signal. `timeout`, `lost`:
 * nobody knows whether it did its work. `stopped`: by Ctrl-C. `unreached`: it never began. `planned`: a dry run.
 */
export type ExecStatus = "ok" | "failed" | "killed" | "timeout" | "lost" | "stopped" | "unreached" | "planned";

/** How a command on a node ended; `unknown`: nobody knows whether it did its work. */
export type CommandEnd =
  | { readonly status: "ok"; readonly code: 0 }
  | { readonly status: "failed"; readonly code: number }
  | {
      readonly status: "unknown";
      readonly code: null;
      readonly reason: "timeout" | "connection-lost" | "killed";
      readonly remoteSignal?: string;
    };

/** The row's status, and the failure to report when it did not end well. */
export function grade(
  end: CommandEnd,
  { node, timeoutMs }: { node: string; timeoutMs: number },
): { status: ExecStatus; failure?: Failure } {
  if (end.status === "ok") return { status: "ok" };
  if (end.status === "failed") {
    return {
      status: "failed",
      failure: fail("command-failed", `The command ended with exit code ${end.code}.`, node),
    };
  }
  switch (end.reason) {
    case "timeout":
      return {
        status: "timeout",
        failure: fail(
          "timeout",
          `The command did not end within ${timeoutMs / 1000} s. It was told to stop, and may have done part of its work.`,
          node,
        ),
      };
    case "connection-lost":
      return {
        status: "lost",
        failure: fail(
          "connection-lost",
          "The connection ended while the command ran; it may or may not have done its work.",
          node,
        ),
      };
    case "killed":
      return {
        status: "killed",
        failure: fail(
          "command-failed",
          `The command was killed${end.remoteSignal === undefined ? "" : ` by SIG${end.remoteSignal.replace(/^SIG/, "")}`}.`,
          node,
        ),
      };
  }
}

/**
 * The worst of the remote exit codes, and of the failures that have none (3 for an unreachable node); 130 whenever
 * the command was interrupted. A remote 255 and a broken connection thus differ, unlike with `ssh`.
 */
export function worstExitCode(codes: readonly (number | null)[], failures: readonly Failure[]): number {
  if (failures.some((failure) => failure.code === "interrupted"))
    return exitCodeOf([{ code: "interrupted", message: "" }]);
  return Math.max(0, exitCodeOf(failures), ...codes.map((code) => code ?? 0));
}

function fail(code: "command-failed" | "timeout" | "connection-lost", message: string, node: string): Failure {
  return toFailure(new PictlError(code, message, { node }));
}
