import type { ErrorCode, PictlError } from "../errors.ts";

/** Everything `doctor` looks at on a node, in the order it is told: what comes first must work for the rest to. */
export const nodeChecks = [
  "cordon",
  "address",
  "ssh",
  "host-key",
  "login",
  "shell",
  "sudo",
  "docker",
  "docker-access",
  "docker-version",
  "podman-restart",
  "lingering",
  "userland",
  "ip",
  "arping",
  "ping",
  "flock",
  "vip-device",
  "vip-network",
  "vip-folders",
  "vip-conflict",
  "vip-stray",
  "clock",
  "disk",
  "docker-disk",
  "memory",
  "cgroup-memory",
] as const;

/** What it looks at on the machine it runs on. */
export const controllerChecks = ["node-js", "ssh-client", "config-file", "state-dir", "heartbeat"] as const;

export type CheckName = (typeof nodeChecks)[number] | (typeof controllerChecks)[number];

/** `skipped`: could not be looked at because something before it failed. */
export type DoctorState = "ok" | "warning" | "problem" | "skipped";

export interface Check {
  readonly check: CheckName;
  readonly state: DoctorState;
  /** What was found, in a few words. */
  readonly message: string;
  /** What to do, as a sentence; commands in it stand between backquotes. Null when there is nothing to do. */
  readonly remedy: string | null;
  /** Of a problem: the error that commands would end with. */
  readonly code?: ErrorCode;
  readonly measured?: Measures;
}

/** What was measured, in plain units. */
export interface Measures {
  readonly durationMs?: number;
  /** How far the node's clock is ahead of the controller's; less than nothing when it is behind. */
  readonly skewMs?: number;
  readonly totalBytes?: number;
  readonly availableBytes?: number;
}

export function ok(check: CheckName, message: string, measured?: Measures): Check {
  return { check, state: "ok", message, remedy: null, ...(measured ? { measured } : {}) };
}

export function warning(check: CheckName, message: string, remedy: string, measured?: Measures): Check {
  return { check, state: "warning", message, remedy, ...(measured ? { measured } : {}) };
}

export function problem(check: CheckName, message: string, remedy: string, code: ErrorCode = "check-failed"): Check {
  return { check, state: "problem", message, remedy, code };
}

export function skipped(check: CheckName, message: string): Check {
  return { check, state: "skipped", message, remedy: null };
}

/** The problem that an error is. */
export function failed(check: CheckName, error: PictlError): Check {
  return problem(check, error.message, error.hint ?? "Run it again with `--debug` to see more.", error.code);
}
