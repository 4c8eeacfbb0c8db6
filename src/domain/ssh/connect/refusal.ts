import type { ErrorCode } from "../../errors.ts";

const refusals = ["auth-failed", "host-key-unknown", "host-key-changed", "shell-unusable"] as const;

/** Why a node that is there lets nobody in; nothing but a person changes that. */
export type RefusalCode = (typeof refusals)[number];

export function isRefusalCode(code: ErrorCode): code is RefusalCode {
  return refusals.some((each) => each === code);
}

/** The same, or it lets us in and not become root, where that was asked for. */
export function deniesUs(code: ErrorCode): boolean {
  return isRefusalCode(code) || code === "sudo-failed";
}
